load common

# bats test_tags=long
@test "without -f the features are chosen, and typed they give the same model" {
    run -0 --separate-stderr ocellus train "$DATA/test" -o chosen
    [[ "$output" == *"choosing the features by cross-validation on 200 of 200 images"* ]]
    spec=$(sed -n 's/^chosen: -f //p' <<<"$output")
    [[ "$output" == *"features    $spec, "* ]]
    best=$(sed -n '/candidate$/,/^$/p' <<<"$output" | tail -n +2 | sort -s -r -g -k1 | head -n 1)
    [[ "$best" == *" $spec" ]]
    ocellus train "$DATA/test" -f "$spec" -o typed
    cmp chosen typed
    [ "$(ocellus info chosen --json | jq -r .features)" = "$spec" ]
}

# bats test_tags=long
@test "-f auto is the default; --json prints no table" {
    run -0 --separate-stderr ocellus train "$DATA/test" -f auto -o auto --json
    [ "$(wc -l <<<"$output")" -eq 1 ]
    jq -e '.images == 200 and .choice.images == 200 and .choice.features == .features' <<<"$output"
    jq -e '.choice as $c | ($c.candidates | length) > 2 and
           any($c.candidates[]; .features == $c.features and .accuracy > 0 and .log_loss > 0 and .dimension > 0)' \
        <<<"$output"
    run -0 --separate-stderr ocellus train "$DATA/test" -f pixels:size=4 -o typed --json
    jq -e 'has("choice") and .choice == null' <<<"$output"
}

# bats test_tags=long
@test "compare -f auto is one row, of the features that are chosen" {
    run -0 --separate-stderr ocellus compare "$DATA/test" --test "$DATA/train" -f pixels:size=4 -f auto --json
    jq -e '(.rows | length) == 2 and .rows[0].features == "pixels:size=4" and .rows[1].features != "auto"' <<<"$output"
    run -0 --separate-stderr ocellus compare "$DATA/test" --test "$DATA/train" -f auto
    spec=$(sed -n 's/^chosen: -f //p' <<<"$output")
    [[ "${lines[-1]}" == "$spec "* ]]
}

# bats test_tags=long
@test "compare --dry-run says how long the choice takes" {
    run -0 --separate-stderr ocellus compare "$DATA/train" --test "$DATA/test" -f auto --dry-run
    [[ "$output" == *"choosing the features for -f auto: at most 2 min"* ]]
    run -0 --separate-stderr ocellus compare "$DATA/train" --test "$DATA/test" -f auto -f pixels --dry-run --json
    jq -e '.choose_seconds == 120' <<<"$output"
    run -0 --separate-stderr ocellus compare "$DATA/train" --test "$DATA/test" -f pixels --dry-run --json
    jq -e '.choose_seconds == 0' <<<"$output"
}

@test "auto is for commands that have labels to judge by" {
    run -2 ocellus extract "$DATA/test" -f auto -o set
    [[ "$output" == *"train"*"compare"* ]]
    run -2 ocellus show "$DATA/test/Bag/00001.png" -f auto -o picture.png
    [[ "$output" == *"train"*"compare"* ]]
}
