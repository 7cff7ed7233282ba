load common

# --dry-run: what a command will take, with nothing written.

# bats test_tags=long
@test "train --dry-run tries a few images and writes nothing" {
    run -0 --separate-stderr ocellus train "$DATA/train" -f hog:cell=7 -o model --dry-run
    [[ "$output" == *"images      1000 of 10 classes"*"memory      about "*"after that, training"*"nothing was written"* ]]
    [ ! -e model ]
    run -0 ocellus train "$DATA/train" --dry-run --json -q
    jq -e '.images == 1000 and .classes == 10 and .dimension > 0 and .memory_bytes > 0 and .output_bytes > 0' <<<"$output"
    run -1 ocellus train "$DATA/nothing" --dry-run
}

@test "train --dry-run on rows needs no image" {
    ocellus extract "$DATA/test" -f pixels:size=4 -o rows -q
    run -0 --separate-stderr ocellus train rows --dry-run
    [[ "$output" == *"rows        200 of 10 classes"*"values      48 a row"* ]]
}

@test "classify --dry-run counts the images of all operands" {
    ocellus extract "$DATA/test" --with "$DATA/model" -o rows -q
    find "$DATA/test/Bag" -name '*.png' >list
    run -0 ocellus classify "$DATA/model" "$DATA/test" rows --files-from list -o labels.csv --dry-run -q
    [[ "$output" == *"images      $((400 + $(wc -l <list)))"$'\n'*"nothing was written"* ]]
    [ ! -e labels.csv ]
    run -0 ocellus classify "$DATA/model" rows --dry-run --json -q
    jq -e '.images == 200' <<<"$output"
    run -2 ocellus classify "$DATA/model" - --dry-run
    [[ "$output" == *"standard input"* ]]
    run -1 ocellus classify "$DATA/model" nothing --dry-run
}
