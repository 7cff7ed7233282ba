#!/bin/sh
# train.sh OCELLUS TRAIN TEST MODEL THREADS LOSS: seconds of `ocellus train`, whole process, those of its processors, and the
# accuracy on the test set.
set -eu
start=$(date +%s.%N)
"$1" train -q "$2" -o "$4" -j "$5" --loss "$6" >/dev/null
stop=$(date +%s.%N)
times >"$4.times"
processor=$(awk 'NR == 2 { split($1 " " $2, t, /[ms ]+/); print t[1] * 60 + t[2] + t[3] * 60 + t[4] }' "$4.times")
rm "$4.times"
accuracy=$("$1" evaluate -q "$4" "$3" --json | sed 's/.*"accuracy": *\([0-9.]*\).*/\1/;q')
echo "$start $stop $accuracy $processor" |
    awk '{ printf "%.3f test accuracy %.2f %%, %.2f s of processors\n", $2 - $1, 100 * $3, $4 }'
