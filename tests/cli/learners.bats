load common

@test "every optimizer trains, and -v prints the loss of each pass" {
    for optimizer in auto sgd lbfgs gd random-search local-search; do
        run -0 --separate-stderr ocellus train "$DATA/test" -f pixels:size=8,gray=1 --optimizer $optimizer -v -o model
        [[ "$stderr" == *"pass "*" loss "* ]]
        [[ "$stderr" != *nan* ]]
        run -0 ocellus info model
        [[ "$output" == *"optimizer $optimizer"* ]]
    done
}

# bats test_tags=long
@test "following the slope beats local search, local search beats guessing" {
    local accuracy=()
    for optimizer in random-search local-search gd; do
        ocellus train "$DATA/train" -f pixels:size=8,gray=1 --loss hinge --optimizer $optimizer -o model -q
        accuracy+=("$(ocellus evaluate model "$DATA/test" --json | jq .accuracy)")
    done
    jq -en "${accuracy[0]} < ${accuracy[1]} and ${accuracy[1]} < ${accuracy[2]} and ${accuracy[2]} > 0.6"
}

@test "--check-gradient prints a line for each loss and writes nothing" {
    run -0 ocellus train "$DATA/test" -f pixels:size=8,gray=1 --check-gradient
    for loss in softmax hinge squared-hinge ovr-squared-hinge square; do
        [[ "$output" == *"$loss "*e-* ]]
    done
    ocellus extract "$DATA/test" -f pixels:size=4 -o set
    ocellus train set --check-gradient --scale none
    [ "$(ls -A)" = set ]
    run -1 ocellus train "$DATA/test/Bag" -f pixels:size=4 --check-gradient
}

@test "nearest neighbours train, evaluate, compare and classify" {
    ocellus train "$DATA/train" -f pixels:size=14,gray=1 --classifier nearest:k=5 -o model
    ocellus evaluate model "$DATA/test" --json | jq -e '.accuracy > 0.6'
    run -0 --separate-stderr ocellus classify model "$DATA/test"/Bag/*.png --top 2
    [[ "$stderr" == *"not a probability"* ]]
    ocellus classify model "$DATA/test"/Bag/*.png --json | jq -e '.probability == null and (.scores | add) > 5'
    run -0 ocellus info model
    [[ "$output" == *"nearest:k=5,metric=l2"* ]]
    [[ "$output" == *"neighbours x 196 values"* ]]
    ocellus compare "$DATA/train" --test "$DATA/test" -f pixels:size=7 --classifier nearest:metric=l1 --json |
        jq -e '.rows[0].test_accuracy > 0.6 and .rows[0].train_accuracy == null'
}

@test "more neighbours than held-out rows leave is a note, not an accuracy that is missing without a word" {
    ocellus extract "$DATA/test" -f pixels:size=4 -o set -q
    local rows
    rows=$(ocellus info set --json | jq .images)
    run -0 --separate-stderr ocellus train set --classifier nearest:k=$((rows - 1)) -o model
    [[ "$output" != *accuracy* && "$stderr" == *"no accuracy is measured"*"smaller k"* ]]
    run -2 ocellus train set --classifier nearest:k=$((rows + 1)) -o model
    [[ "$output" == *"k is at most the number of rows"* ]]
}

@test "images get the same votes alone and together" {
    ocellus train "$DATA/train" -f pixels:size=14,gray=1 --classifier nearest:k=3 -o model
    ocellus evaluate model "$DATA/test" --json >together
    find "$DATA/test" -name '*.png' -print0 | xargs -0 "$OCELLUS" classify model --json >alone
    local right
    right=$(jq -r 'select((.path | split("/")[-2]) == .label) | .path' alone | wc -l)
    jq -e ".accuracy * .images - $right | fabs < 0.001" together
}

@test "training options that the classifier or the optimizer does not use are refused" {
    local wrong=("--classifier nearest --loss hinge" "--classifier nearest --l2 1" "--optimizer gd --batch 20"
        "--optimizer gd --finish 3" "--optimizer random-search --rate 0.1" "--optimizer local-search --momentum 0")
    for options in "${wrong[@]}"; do
        # shellcheck disable=SC2086 # a list of options
        run -2 ocellus train "$DATA/test" -f pixels:size=4 $options -o model
        [[ "$output" == *"has no effect on"* ]]
        # shellcheck disable=SC2086
        run -2 ocellus compare "$DATA/test" --test "$DATA/train" -f pixels:size=4 $options
        [[ "$output" == *"has no effect on"* ]]
    done
    ocellus train "$DATA/test" -f pixels:size=4 --classifier nearest --scale none --holdout 0.2 -o model
    ocellus train "$DATA/test" -f pixels:size=4 --optimizer gd --rate 0.1 --momentum 0.5 --epochs 3 -o model
}

@test "a classifier that does not exist is wrong usage, too many neighbours a failure" {
    run -2 ocellus train "$DATA/test" --classifier nearest:k=0 -o model
    [[ "$output" == *"nearest:k=K"* ]]
    run -2 ocellus train "$DATA/test" --classifier forest -o model
    run -2 ocellus train "$DATA/test" -f pixels:size=4 --classifier nearest:k=1000 -o model
    [[ "$output" == *"rows"* ]]
    [ ! -e model ]
}
