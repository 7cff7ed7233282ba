load common

@test "--holdout tells the accuracy on images that were held out, and the model is that of all" {
    run -0 ocellus train "$DATA/train" -f pixels:size=8,gray=1 --holdout 0.2 -o model
    [[ "$output" == *"validation  "*" of 200 images that were held out, 95 % interval "* ]]
    run -0 ocellus info model
    [[ "$output" == *" of 200 images that were held out"* ]]
    ocellus info model --json | jq -e '.validation | .held == 200 and .folds == 1 and .accuracy > 0.5 and .deviation == null'
}

@test "--folds tells mean and deviation" {
    run -0 ocellus train "$DATA/train" -f pixels:size=8,gray=1 --folds 4 -o model
    [[ "$output" == *"standard deviation "*" over 4 folds of 1000 images"* ]]
    ocellus train "$DATA/train" -f pixels:size=8,gray=1 --folds 4 -o model --json >json
    [ "$(wc -l <json)" -eq 1 ]
    jq -e '.validation | .held == 1000 and .folds == 4 and .deviation > 0 and (.trials | length) == 1' json
    jq -e '.dimension == 64 and .images == 1000 and (.classes | length) == 10 and .train_accuracy > 0.5' json
}

@test "--tune tries a path of penalties, chooses the best, and another run can repeat it by hand" {
    run -0 ocellus train "$DATA/train" -f pixels:size=8,gray=1 --tune -o model
    [[ "$output" == *"chosen"* ]]
    ocellus info model --json >json
    jq -e '.validation | .accuracy == .trials[.best].accuracy and (.trials | length) > 4' json
    jq -e '.validation as $v | (.training.l2 | tonumber) / $v.trials[$v.best].l2 - 1 | fabs < 1e-6' json
    ocellus train "$DATA/train" -f pixels:size=8,gray=1 --tune --threads 2 -o again
    cmp model again
}

@test "compare validates, tunes and chooses by the same means" {
    ocellus compare "$DATA/train" --test "$DATA/test" -f pixels:size=4 -f hog:cell=7 --tune -o model --json >json
    jq -e 'all(.rows[]; .validation.held == 333 and .validation_accuracy == .validation.accuracy)' json
    jq -e '.rows[.best].validation_accuracy == ([.rows[].validation_accuracy] | max)' json
    run -0 --separate-stderr ocellus compare "$DATA/train" --test "$DATA/test" -f pixels:size=4 --folds 3
    [[ "${lines[1]}" == *"held out" ]]
}

@test "--augment mirror works from images and from a set alike" {
    ocellus train "$DATA/train" -f pixels:size=28,gray=1+hog:cell=7 --augment mirror -o from-images
    ocellus extract "$DATA/train" -f pixels:size=28,gray=1+hog:cell=7 -o set
    ocellus train set --augment mirror -o from-set
    cmp from-images from-set
    ocellus train set -o plain
    run ! cmp -s plain from-set
    ocellus compare "$DATA/train" --test "$DATA/test" -f hog:cell=7 --augment mirror --json | jq -e '.rows[0].test_accuracy > 0.6'
}

@test "where the mirrored row cannot be told, it is said before the work" {
    run -2 ocellus train "$DATA/train" -f words:count=8,patch=5 --augment mirror -o model
    [[ "$output" == *"words:count=8,patch=5"* ]]
    [ ! -e model ]
    ocellus train "$DATA/test" -f words:count=8,patch=5,mirror=1 --augment mirror -o model
}

@test "what cannot be validated is said" {
    mkdir -p alone/a alone/b few
    cp "$DATA/test/Bag/"*1.png alone/a/ && cp "$DATA/test/Coat/"*1.png alone/b/
    find alone -name '*.png' | sort | awk -F/ '!seen[$2]++' >keep
    find alone -name '*.png' | grep -vxFf keep | xargs rm
    run -1 ocellus train alone -f pixels:size=4 --tune -o model
    [[ "$output" == *"no class has more than one row"* ]]
    ocellus train alone -f pixels:size=4 -o model
    rm model
    run -1 ocellus train "$DATA/test" -f pixels:size=4 --folds 1000 -o model
    [[ "$output" == *"1000 folds"* ]]
    run -1 ocellus train "$DATA/test" -f pixels:size=4 --holdout 0.001 -o model
    [[ "$output" == *"less than one row"* ]]
    [ ! -e model ]
}

@test "options that exclude each other are wrong usage" {
    local wrong=("--tune --l2 1" "--tune --classifier nearest" "--holdout 0.1 --folds 5" "--tune --optimizer random-search"
        "--holdout 0.7" "--folds 1" "--augment flip" "--check-gradient --json")
    for options in "${wrong[@]}"; do
        run -2 ocellus train "$DATA/test" -f pixels:size=4 $options -o model
        [ ! -e model ]
    done
    run -2 ocellus compare "$DATA/train" --test "$DATA/test" -f pixels:size=4 --tune --l2 1
}

@test "compare --seeds tells mean and deviation, codebooks learned anew" {
    ocellus compare "$DATA/test" --test "$DATA/train" -f words:count=6,patch=5,samples=2000 -f pixels:size=4 --seeds 3 --json >json
    jq -e '.seeds == 3 and .rows[0].test_deviation > 0 and (.rows[0].test_mean - .rows[0].test_accuracy | fabs) < 0.2' json
    run -0 --separate-stderr ocellus compare "$DATA/train" --test "$DATA/test" -f pixels:size=4 --seeds 2
    [[ "$output" == *"over 2 seeds"*"mean test %"* ]]
}
