load common

@test "train writes a model and prints its properties" {
    run -0 --separate-stderr ocellus train "$DATA/test" -f pixels:size=8,gray=1 -o model
    [ -s model ]
    [[ "$output" == *"64 values"* ]]
    [[ "$output" == *"650 weights and biases"* ]]
}

@test "a set saves measuring again and gives the same weights" {
    ocellus extract "$DATA/test" -f pixels:size=8 -o set
    ocellus train set -o from-set
    ocellus train "$DATA/test" -f pixels:size=8 -o from-images
    cmp from-set from-images
}

# bats test_tags=long
@test "the same seed gives the same bytes on one thread and on two" {
    for threads in 1 2; do
        ocellus train "$DATA/test" -f hog:cell=7+words:count=8,patch=5 --seed 5 --threads $threads -o model$threads
    done
    cmp model1 model2
}

@test "another seed gives another model" {
    ocellus train "$DATA/test" -f words:count=8,patch=5 --seed 1 -o model1
    ocellus train "$DATA/test" -f words:count=8,patch=5 --seed 2 -o model2
    run ! cmp -s model1 model2
}

# bats test_tags=long
@test "every loss and every scaling trains" {
    for loss in softmax hinge squared-hinge ovr-squared-hinge square; do
        ocellus train "$DATA/test" -f pixels:size=8,gray=1 --loss $loss -o model
        ocellus evaluate model "$DATA/test" --json | jq -e '.accuracy > 0.6'
    done
    for scale in none center range standard; do
        ocellus train "$DATA/test" -f pixels:size=8,gray=1 --scale $scale -o model
    done
}

@test "damaged images are skipped and named, exit 3" {
    make_damaged damaged
    run -3 --separate-stderr ocellus train damaged -f pixels:size=4 -o model
    [ -s model ]
    [ "$(grep -c skipped <<<"$stderr")" -eq 3 ]
    run -1 ocellus train damaged -f pixels:size=4 -o other --strict
    [ ! -e other ]
}

@test "one class, or none, is a clear failure" {
    mkdir one
    cp -r "$DATA/test/Bag" one
    run -1 ocellus train one -f pixels:size=4 -o model
    run -1 ocellus train one/Bag -f pixels:size=4 -o model
    [ ! -e model ]
}

@test "wrong usage is exit 2" {
    run -2 ocellus train
    run -2 ocellus train "$DATA/test"
    run -2 ocellus train "$DATA/test" --loss l2 -o model
    [[ "$output" == *softmax* ]]
    run -2 ocellus train "$DATA/test" --epochs many -o model
    local penalty
    for penalty in l2 score-l2 l1; do
        run -2 ocellus train "$DATA/test" --$penalty 1e300 -o model
        [[ "$output" == *"--$penalty: '1e300' is not allowed"*"0..1e+30"* ]]
    done
    ocellus extract "$DATA/test" -f pixels:size=4 -o set
    run -2 ocellus train set -f hog -o model
    [ ! -e model ]
}

@test "a model is named as one where images are expected" {
    ocellus train "$DATA/test" -f pixels:size=4 -o model
    for command in "train model -o other" "extract model -f hog -o other" "classify model model" "compare model"; do
        run -1 ocellus $command
        [[ "$output" == *"model: a model that training wrote, where images are expected"* ]]
    done
}

@test "stopped by a signal: exit 1, the older model is whole, no other file remains" {
    echo old >model
    "$OCELLUS" train "$DATA/train" -f pixels:size=28 --epochs 1000000 -o model 2>message &
    local process=$!
    sleep 1
    kill -TERM $process
    local status=0
    wait $process || status=$?
    [ "$status" -eq 1 ]
    [[ "$(cat message)" == *interrupted* ]]
    [ "$(cat model)" = old ]
    [ "$(ls -A)" = "$(printf 'message\nmodel')" ]
}

@test "neither an image nor the input is replaced by a model" {
    cp "$DATA/kinds/plain.png" photo
    cp photo kept
    run -2 ocellus train "$DATA/test" -f pixels:size=4 -o photo
    [[ "$output" == *"is an image"* ]]
    cmp photo kept
    find "$DATA/test" -name '*.png' | sed 's,.*/\([^/]*\)/[^/]*$,&\,\1,;1i path,label' >list.csv
    cp list.csv kept
    run -2 ocellus train list.csv -f pixels:size=4 -o ./list.csv
    [[ "$output" == *"is an input of this command"* ]]
    cmp list.csv kept
}
