#!/bin/sh
# compare.sh OCELLUS TRAIN TEST THREADS SPEC: seconds of `ocellus compare` from files to tested model, whole process, and the accuracy.
set -eu
start=$(date +%s.%N)
accuracy=$("$1" compare -q "$2" --test "$3" -j "$4" -f "$5" --json | sed 's/.*"test_accuracy": *\([0-9.]*\).*/\1/;q')
stop=$(date +%s.%N)
echo "$start $stop $accuracy" | awk '{ printf "%.3f test accuracy %.2f %%\n", $2 - $1, 100 * $3 }'
