#!/bin/sh
# Feature rows of many images by several processes: shards.sh IMAGES SPEC SET [N]
#
# What the stages learn (a codebook) is learned once, from some of the images. GNU parallel then extracts N shards and
# starts one again that was killed, which goes on where it stood. Run the script again after a failure or a power cut:
# what is done stays done.
set -eu

if [ $# -lt 3 ]; then
    echo "usage: shards.sh IMAGES SPEC SET [N]" >&2
    exit 2
fi
export images="$1" n="${4:-$(nproc)}" parts="$3.parts"
mkdir -p "$parts"

if [ ! -d "$parts/learned" ]; then
    (cd "$images" && find . -name '*.jpg' -o -name '*.png') | LC_ALL=C sort | awk 'NR % 20 == 1' |
        ocellus extract "$images" --files-from - -f "$2" -o "$parts/learned"
fi

# Exit status 3: some images were skipped, and are named in skipped.csv.
# shellcheck disable=SC2016 # the shells that parallel starts expand it
seq "$n" | parallel --retries 3 --joblog "$parts/log" '
    [ -d "$parts/shard{}" ] ||
        ocellus extract "$images" --with "$parts/learned" --shard {}/"$n" --resume --threads 1 -o "$parts/shard{}" ||
        [ $? -eq 3 ]'

ocellus merge "$parts"/shard* -o "$3"
rm -r "$parts"
