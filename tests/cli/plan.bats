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
    [[ "$output" == *"rows        200 of 10 classes"*"values      48 per row"* ]]
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

@test "--dry-run checks the output as the work would" {
    mkdir folder && echo mine >folder/letter
    cp -r "$DATA/test" photos
    ocellus extract photos -f pixels:size=4 -o rows -q
    cp photos/Bag/00030.png photo.png
    for name in nothing/out folder photo.png photos/Bag/00030.png; do
        for command in "train photos -f pixels:size=4" "classify $DATA/model photos" "compare photos -f pixels:size=4" \
            "extract photos -f pixels:size=4 --format csv" "train rows"; do
            run --separate-stderr ocellus $command -o $name --dry-run
            # a folder that is missing is no wrong usage, all else is
            [ "$status" -eq $([ $name = nothing/out ] && echo 1 || echo 2) ] || { echo "$command -o $name: $status"; return 1; }
            [[ "$stderr" == *"$name"* || "$stderr" == *"folder nothing"* ]] && [ -z "$output" ]
        done
    done
    run -2 ocellus extract photos -f pixels:size=4 -o folder --dry-run
    [[ "$output" == *"a file that is not part of a set"* ]]
    run -2 ocellus extract photos -f pixels:size=4 -o photo.png --dry-run
    run -2 ocellus extract photos -f pixels:size=4 -o photos --dry-run
    run -2 ocellus compare photos -f pixels:size=4 --report folder --dry-run
    run -2 ocellus compare photos -f pixels:size=4 --predictions folder --dry-run
    run -2 ocellus classify "$DATA/model" photo.png --explain photo.png --dry-run
    [ "$(ls)" = $'folder\nphoto.png\nphotos\nrows' ]
    # a good one passes, and nothing is written
    run -0 ocellus extract photos -f pixels:size=4 -o rows --dry-run
    run -0 ocellus train photos -f pixels:size=4 -o model --dry-run
    [ "$(ls)" = $'folder\nphoto.png\nphotos\nrows' ]
}
