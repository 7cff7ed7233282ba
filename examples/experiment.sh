#!/bin/sh
# A whole experiment: experiment.sh TRAIN TEST RESULTS
#
# Compares pixels with features, saves the row that is best on held-out training images, tests it, and leaves everything
# that a report needs in the folder RESULTS.
set -eu

if [ $# -ne 3 ]; then
    echo "usage: experiment.sh TRAIN TEST RESULTS" >&2
    exit 2
fi
train=$1 test=$2 results=$3
mkdir -p "$results"

# Images that cannot be read are skipped and named; then the exit status is 3, and what was asked for is done.
ocellus() {
    command ocellus "$@" || [ $? -eq 3 ]
}

ocellus compare "$train" --test "$test" --seed 1 \
    -f pixels -f color -f hog -f hog+color \
    -o "$results/best.model" --json >"$results/compare.json"
ocellus evaluate "$results/best.model" "$test" >"$results/evaluate.txt"
ocellus evaluate "$results/best.model" "$test" --json >"$results/evaluate.json"
ocellus info "$results/best.model" --card >"$results/card.md"

head -1 "$results/evaluate.txt"
