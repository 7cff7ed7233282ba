load common

# The first commands of somebody with one folder of photographs: nothing fails, and nothing has to be looked up.

# bats test_tags=long
@test "three commands on one folder" {
    cp -r "$DATA/train" photos
    cp -r "$DATA/test/Bag" new-photos
    run -0 --separate-stderr ocellus compare photos
    [[ "$output" == *"pixels "*"hog+color "*"best on the test images: "* ]]
    run -0 --separate-stderr ocellus train photos -o photos.model
    run -0 --separate-stderr ocellus classify photos.model new-photos -o labels.csv
    [ "$(wc -l <labels.csv)" -eq $(($(ls new-photos | wc -l) + 1)) ]
}

@test "the overview shows these commands" {
    run -0 ocellus help
    for command in "compare photos" "train photos -o photos.model" "classify photos.model new-photos -o labels.csv"; do
        [[ "$output" == *"ocellus $command"$'\n'* ]]
    done
    [ "$(wc -L <<<"$output")" -le 80 ]
}

@test "a folder where a command is expected, and a command without what it needs" {
    cp -r "$DATA/test" photos
    run -2 ocellus photos
    [[ "$output" == *"'photos' is not a command"*"ocellus compare photos"* ]]
    run -2 ocellus train photos
    [[ "$output" == *"for example -o photos.model"* ]]
    run -2 ocellus pohtos
    [[ "$output" == *"unknown command 'pohtos'"* ]]
}

@test "an error stands alone: no note on work that does not begin" {
    mkdir empty
    run -1 ocellus compare empty
    [ "$(wc -l <<<"$output")" -eq 1 ]
    run -1 ocellus train empty -o model
    [ "$(wc -l <<<"$output")" -eq 1 ]
    mkdir one
    cp -r "$DATA/test/Bag" one
    run -1 ocellus compare one
    [[ "$output" == *"of one class"* ]]
    [ "$(wc -l <<<"$output")" -eq 1 ]
}
