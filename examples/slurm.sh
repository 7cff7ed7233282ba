#!/bin/sh
#SBATCH --job-name=ocellus --array=1-16 --cpus-per-task=4 --requeue
#
# One shard a task of a Slurm job array: sbatch slurm.sh IMAGES LEARNED PARTS
#
# LEARNED is a set or a model whose stages are applied: 'ocellus extract SOME-IMAGES -f SPEC -o LEARNED'. A task that is
# requeued goes on where it stood. When all are done: ocellus merge PARTS/shard* -o SET
set -eu

images=$1 learned=$2 parts=$3
mkdir -p "$parts"
ocellus extract "$images" --with "$learned" --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" \
    --threads "${SLURM_CPUS_PER_TASK:-1}" --resume -o "$parts/shard$SLURM_ARRAY_TASK_ID" ||
    [ $? -eq 3 ] # some images were skipped, and are named in skipped.csv
