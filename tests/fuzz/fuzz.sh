#!/bin/sh
# Fuzzes the targets one after the other: fuzz.sh BUILD SECONDS TARGET...
#
# BUILD has fuzz/fuzz-TARGET, fuzz-inputs and seeds. What a target finds grows in BUILD/corpus/TARGET; afterwards the inputs
# that together reach the same code are in BUILD/minimised/corpus/TARGET, which `inputs.sh pack` can keep. A line for each target:
# code reached by the inputs that are kept, and at the end, in edges; inputs before and after; runs. An input that breaks
# a promise is BUILD/TARGET-crash-...: the exit status is then 1. A minute for one input is long, but a busy machine stands
# still for some seconds.
set -eu
build=$1 seconds=$2
shift 2
failed=0

# The last number after a word in a log of libFuzzer.
last() {
    sed -n "s/.* $1: *\([0-9]*\).*/\1/p" "$2" | tail -1
}

for target in "$@"; do
    corpus=$build/corpus/$target small=$build/minimised/corpus/$target log=$build/fuzz-$target.log
    kept=$(ls -d "$build"/fuzz-inputs/*/"$target" 2>/dev/null || true)
    mkdir -p "$corpus"
    # shellcheck disable=SC2086 # a list of folders
    "$build/fuzz/fuzz-$target" -runs=0 -timeout=60 -rss_limit_mb=2500 -max_len=8192 $kept "$build/seeds/$target" >"$log" 2>&1 || failed=1
    before=$(last cov "$log") inputs=0
    # shellcheck disable=SC2086
    [ -z "$kept" ] || inputs=$(find $kept -type f | wc -l)
    # shellcheck disable=SC2086
    "$build/fuzz/fuzz-$target" -max_total_time="$seconds" -timeout=60 -rss_limit_mb=2500 -max_len=8192 -print_final_stats=1 \
        -artifact_prefix="$build/$target-" "$corpus" $kept "$build/seeds/$target" >"$log" 2>&1 || {
        failed=1
        echo "$target: BROKEN, see $log"
        tail -20 "$log"
    }
    after=$(last cov "$log") runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    rm -rf "$small"
    mkdir -p "$small"
    # shellcheck disable=SC2086
    "$build/fuzz/fuzz-$target" -merge=1 -timeout=60 -rss_limit_mb=2500 "$small" "$corpus" $kept "$build/seeds/$target" >"$log.merge" 2>&1 || true
    echo "$target: edges $before -> $after, inputs $inputs -> $(find "$small" -type f | wc -l), ${runs:-0} runs in $seconds s"
done
exit $failed
