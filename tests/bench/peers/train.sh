#!/bin/sh
# train.sh OCELLUS TRAIN TEST MODEL THREADS LOSS: seconds of `ocellus train`, whole process, and the accuracy on the test set.
set -eu
start=$(date +%s.%N)
"$1" train -q "$2" -o "$4" -j "$5" --loss "$6" >/dev/null
stop=$(date +%s.%N)
accuracy=$("$1" evaluate -q "$4" "$3" --json | sed 's/.*"accuracy": *\([0-9.]*\).*/\1/;q')
echo "$start $stop $accuracy" | awk '{ printf "%.3f test accuracy %.2f %%\n", $2 - $1, 100 * $3 }'
