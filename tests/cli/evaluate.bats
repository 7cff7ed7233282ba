load common

@test "evaluate shows accuracy, classes and confusion" {
    run -0 --separate-stderr ocellus evaluate "$DATA/model" "$DATA/test"
    [[ "${lines[0]}" == accuracy*"of 200 images"*"95 % interval"* ]]
    [[ "$output" == *precision*recall* ]]
    [[ "$output" == *"confusion matrix"* ]]
    [[ "$output" == *"Ankle boot"* ]]
}

@test "--json has the figures" {
    run -0 --separate-stderr ocellus evaluate "$DATA/model" "$DATA/test" --json
    [ "$(wc -l <<<"$output")" -eq 1 ]
    jq -e '.images == 200 and .accuracy > 0.65 and .accuracy <= 1' <<<"$output"
    jq -e '(.classes | length) == 10 and ([.classes[].count] | add) == 200' <<<"$output"
    jq -e '.classes[0] | has("name") and has("precision") and has("recall") and has("f1")' <<<"$output"
    jq -e '(.confusion | length) == 10 and ([.confusion[][]] | add) == 200' <<<"$output"
    jq -e '([range(10) as $i | .confusion[$i][$i]] | add) / 200 - .accuracy | fabs < 1e-9' <<<"$output"
}

@test "images and a set of them give the same" {
    ocellus extract "$DATA/test" --with "$DATA/model" -o set
    ocellus evaluate "$DATA/model" set --json >from-set
    ocellus evaluate "$DATA/model" "$DATA/test" --json >from-images
    cmp from-set from-images
}

@test "a set that other stages made is refused" {
    ocellus extract "$DATA/test" -f pixels:size=8 -o set
    run -2 ocellus evaluate "$DATA/model" set
    [[ "$output" == *"stage pixels has size=14x14 in one and 8x8 in the other"* ]]
}

@test "a class without test images is stated and left out" {
    cp -r "$DATA/test" some
    rm -r some/Bag
    run -0 ocellus evaluate "$DATA/model" some
    [[ "$output" == *"no image of: Bag"* ]]
}

@test "a class that the model does not know is a clear failure" {
    cp -r "$DATA/test" more
    cp -r more/Bag more/Handbag
    run -1 ocellus evaluate "$DATA/model" more
    [[ "$output" == *Handbag* ]]
}

@test "damaged images are skipped and named, exit 3" {
    make_damaged damaged
    run -3 --separate-stderr ocellus evaluate "$DATA/model" damaged --json
    jq -e '.images == 997' <<<"$output"
    [ "$(grep -c skipped <<<"$stderr")" -eq 3 ]
    run -1 ocellus evaluate "$DATA/model" damaged --strict
}

@test "no labels, no model, wrong usage" {
    run -1 ocellus evaluate "$DATA/model" "$DATA/test/Bag"
    run -1 ocellus evaluate "$DATA/nothing" "$DATA/test"
    run -1 ocellus evaluate "$DATA/names.txt" "$DATA/test"
    run -2 ocellus evaluate "$DATA/model"
    run -2 ocellus evaluate "$DATA/model" "$DATA/test" --size 8x8
}
