load common

# bats test_tags=long
@test "compare prints one aligned row for each -f" {
    run -0 --separate-stderr ocellus compare "$DATA/train" --test "$DATA/test" -f pixels:size=8 -f hog:cell=7
    [[ "${lines[0]}" == "1000 images to train on, 200 to test on, 10 classes" ]]
    [[ "${lines[1]}" == features*values*test* ]]
    [[ "${lines[2]}" == pixels:size=8* ]]
    [[ "${lines[3]}" == hog:cell=7* ]]
    [ "${#lines[1]}" -eq "${#lines[2]}" ]
    [ "${#lines[1]}" -eq "${#lines[3]}" ]
    [[ "$output" == *"best on the test images: "* ]]
}

# bats test_tags=long
@test "--json has the rows in the order of -f" {
    run -0 --separate-stderr ocellus compare "$DATA/train" --test "$DATA/test" -f hog:cell=7 -f pixels:size=8 -f hog:cell=7+pixels:size=8 --json
    [ "$(wc -l <<<"$output")" -eq 1 ]
    jq -e '.train == 1000 and .test == 200 and (.classes | length) == 10' <<<"$output"
    jq -e '[.rows[].features] == ["hog:cell=7", "pixels:size=8", "hog:cell=7+pixels:size=8"]' <<<"$output"
    jq -e '.rows[2].dimension == .rows[0].dimension + .rows[1].dimension' <<<"$output"
    jq -e 'all(.rows[]; .test_accuracy >= .interval[0] and .test_accuracy <= .interval[1])' <<<"$output"
    jq -e 'all(.rows[]; .extract_seconds >= 0 and .train_seconds >= 0 and .train_accuracy > 0.5)' <<<"$output"
}

# bats test_tags=long
@test "-o saves a model of one of the rows that does as well as the table says" {
    ocellus compare "$DATA/train" --test "$DATA/test" -f pixels:size=2 -f pixels:size=14 -o model --json >table
    accuracy=$(ocellus evaluate model "$DATA/test" --json | jq .accuracy)
    jq -e --argjson accuracy "$accuracy" 'any(.rows[]; .test_accuracy == $accuracy)' table
    run -0 ocellus info model
    [[ "$output" == *"pixels:size=14"* ]]
}

# bats test_tags=long
@test "binary data sets and folders give the same figures" {
    ocellus compare "$DATA/small-images-idx3-ubyte" --test "$DATA/check-images-idx3-ubyte" -f pixels:size=8 --json | jq .rows[0].dimension >a
    ocellus compare "$DATA/train" --test "$DATA/test" -f pixels:size=8 --json | jq .rows[0].dimension >b
    cmp a b
}

@test "a note says that the test images are the training images" {
    run -0 --separate-stderr ocellus compare "$DATA/test" --test "$DATA/./test" -f pixels:size=2
    [[ "$stderr" == *"shows nothing about other images"* ]]
    run -0 --separate-stderr ocellus compare "$DATA/test" --test "$DATA/train" -f pixels:size=2 -q
    [[ "$stderr" != *"shows nothing about"* ]]
}

@test "damaged images are counted, exit 3" {
    make_damaged damaged
    run -3 --separate-stderr ocellus compare damaged --test "$DATA/test" -f pixels:size=4 --json
    jq -e '.train == 997 and .test == 200' <<<"$output"
    [ "$(grep -c 'skipped training image' <<<"$stderr")" -eq 3 ]
}

@test "a slip in the last -f costs no time" {
    run -2 --separate-stderr ocellus compare "$DATA/train" --test "$DATA/test" -f pixels -f hgo
    [ "$output" = "" ]
    [[ "$stderr" == *"hgo"* ]]
}

@test "wrong usage is exit 2" {
    run -2 ocellus compare
    [[ "$output" == *"expects IMAGES"* ]]
    run -2 ocellus compare --test "$DATA/test" -f pixels
    run -1 ocellus compare "$DATA/train" --test "$DATA/nothing" -f pixels
    run -2 ocellus compare "$DATA/train" --test "$DATA/test" -f pixels -o both --report ./both
    [[ "$output" == *"need two names"* ]]
    ln -s other link
    touch other
    run -2 ocellus compare "$DATA/train" --test "$DATA/test" -f pixels -o other --report link
    [ ! -s other ]
}
