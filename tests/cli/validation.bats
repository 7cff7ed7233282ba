load common

@test "rows that are all equal are trained on with a note" {
    mkdir -p same/a same/b
    for i in 1 2 3; do cp "$DATA/kinds/plain.png" same/a/$i.png; cp "$DATA/kinds/plain.png" same/b/$i.png; done
    run -0 --separate-stderr ocellus train same -f pixels:size=4 -o m
    [[ "$stderr" == *"all 6 rows are equal"* ]]
    run -0 --separate-stderr ocellus train "$DATA/test" -f pixels:size=4 -o m
    [[ "$stderr" != *"rows are equal"* ]]
}

# bats test_tags=long
@test "train prints the accuracy on images held out first, and the model is that of all" {
    run -0 --separate-stderr ocellus train "$DATA/train" -f pixels:size=8,gray=1 -o model
    [[ "${lines[0]}" == "accuracy "*" % of 1000 images held out, 95 % interval "*" to "*" % (5 folds)" ]]
    [[ "$output" != *balanced* && "$output$stderr" != *"training rows"* ]]
    run -0 --separate-stderr ocellus train "$DATA/train" -f pixels:size=8,gray=1 -o model -v
    [[ "$stderr" == *"accuracy on the training rows"* && "$stderr" == *"minibatch SGD, then L-BFGS"* ]]
    ocellus info model --json | jq -e '.validation | .images == 1000 and .accuracy > 0.5 and .log_loss < 1.5 and
        .interval[0] < .accuracy and .accuracy < .interval[1] and (.balanced_accuracy - .accuracy | fabs) < 0.02'
    run -0 ocellus info model --card
    [[ "$output" == *"training examples held out in turn: "*" % (95 % interval "* ]]
}

@test "--holdout looks at one part, --folds 0 at none" {
    run -0 ocellus train "$DATA/train" -f pixels:size=8,gray=1 --holdout 0.2 -o model
    [[ "${lines[0]}" == "accuracy "*" of 200 images held out, "*"(one part)" ]]
    run -0 ocellus info model
    [[ "$output" == *" of 200 images held out"* ]]
    ocellus info model --json | jq -e '.validation | .held == 200 and .folds == 1 and .accuracy > 0.5 and .deviation == null'
    run -0 ocellus train "$DATA/train" -f pixels:size=8,gray=1 --folds 0 -o model
    [[ "$output" != *accuracy* ]]
    ocellus info model --json | jq -e '.validation == null'
}

@test "--folds reports the number of parts and the deviation" {
    run -0 ocellus train "$DATA/train" -f pixels:size=8,gray=1 --folds 4 -o model
    [[ "${lines[0]}" == *" of 1000 images held out, "*"(4 folds)" ]]
    ocellus train "$DATA/train" -f pixels:size=8,gray=1 --folds 4 --l2 0.01 -o model --json >json
    [ "$(wc -l <json)" -eq 1 ]
    jq -e '.validation | .held == 1000 and .folds == 4 and .deviation > 0 and (.trials | length) == 1' json
    jq -e '.dimension == 64 and .images == 1000 and (.classes | length) == 10 and .train_accuracy > 0.5' json
}

@test "classes of unequal size get a balanced accuracy, and one that is never given a note" {
    mkdir -p unequal/{bag,coat,rare}
    for i in $(seq 10 59); do cp "$DATA/train/Bag/"*$i.png unequal/bag/ 2>/dev/null || true; done
    cp "$DATA/train/Coat/"*.png unequal/coat/
    ls "$DATA/train/Coat/"*.png "$DATA/train/Pullover/"*.png | sed -n '5p;50p;101p;102p' | xargs -I{} cp {} unequal/rare/
    run -0 --separate-stderr ocellus train unequal -f pixels:size=4,gray=1 --l2 1 --scale center -o model
    [[ "${lines[1]}" == "balanced "*" %, the mean over the classes" ]]
    [[ "$stderr" == *"1 of 3 classes were predicted for none of the "*" --class-weight balanced "* ]]
    run -0 --separate-stderr ocellus train unequal -f pixels:size=4,gray=1 --l2 1 --scale center --class-weight balanced -o model
    [[ "$stderr" != *"were given to none"* ]]
}

# bats test_tags=long
@test "the penalty is the best of a path, and another run can repeat it by hand" {
    ocellus train "$DATA/train" -f pixels:size=8,gray=1 -o model
    run -0 ocellus info model
    [[ "$output" == *"chosen"* ]]
    ocellus info model --json >json
    jq -e '.validation | .accuracy == .trials[.best].accuracy and (.trials | length) > 4' json
    jq -e '.validation as $v | (.training.l2 | tonumber) / $v.trials[$v.best].l2 - 1 | fabs < 1e-6' json
    ocellus train "$DATA/train" -f pixels:size=8,gray=1 --threads 2 -o again
    cmp model again
    ocellus train "$DATA/train" -f pixels:size=8,gray=1 --tune --threads 2 -o tuned
    ocellus info tuned --json | jq -e --slurpfile plain json '.validation.accuracy >= $plain[0].validation.accuracy'
}

# bats test_tags=long
@test "compare validates, tunes and chooses by the same means" {
    ocellus compare "$DATA/train" --test "$DATA/test" -f pixels:size=4 -f hog:cell=7 --tune -o model --json >json
    jq -e 'all(.rows[]; .validation.held == 1000 and .validation_accuracy == .validation.accuracy)' json
    jq -e '.rows[.best].validation_accuracy == ([.rows[].validation_accuracy] | max)' json
    run -0 --separate-stderr ocellus compare "$DATA/train" --test "$DATA/test" -f pixels:size=4 --folds 3
    [[ "${lines[1]}" == *"held out" ]]
}

# bats test_tags=long
@test "--augment mirror works from images and from a set alike" {
    ocellus train "$DATA/train" -f pixels:size=28,gray=1+hog:cell=7 --augment mirror -o from-images
    ocellus extract "$DATA/train" -f pixels:size=28,gray=1+hog:cell=7 -o set
    ocellus train set --augment mirror -o from-set
    cmp from-images from-set
    ocellus train set -o plain
    run ! cmp -s plain from-set
    ocellus compare "$DATA/train" --test "$DATA/test" -f hog:cell=7 --augment mirror --json | jq -e '.rows[0].test_accuracy > 0.6'
}

@test "rows that cannot be mirrored are an error before the work" {
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
        "--holdout 0.7" "--folds 1" "--augment flip" "--check-gradient --json" "--check-gradient")
    for options in "${wrong[@]}"; do
        run -2 ocellus train "$DATA/test" -f pixels:size=4 $options -o model
        [ ! -e model ]
    done
    run -2 ocellus compare "$DATA/train" --test "$DATA/test" -f pixels:size=4 --tune --l2 1
}

# bats test_tags=long
@test "compare --seeds prints mean and deviation, codebooks learned again" {
    ocellus compare "$DATA/test" --test "$DATA/train" -f words:count=6,patch=5,samples=2000 -f pixels:size=4 --seeds 3 --json >json
    jq -e '.seeds == 3 and .rows[0].test_deviation > 0 and (.rows[0].test_mean - .rows[0].test_accuracy | fabs) < 0.2' json
    run -0 --separate-stderr ocellus compare "$DATA/train" --test "$DATA/test" -f pixels:size=4 --seeds 2
    [[ "$output" == *"over 2 seeds"*"mean test %"* ]]
}

@test "copies of an image are held out together" {
    /usr/bin/python3 - <<'PYTHON' || skip "python3 has no PIL"
import os, random
from PIL import Image
random.seed(1)
for c in "ab":
    os.makedirs("copies/" + c)
    for i in range(20):
        picture = Image.new("L", (16, 16))
        picture.putdata([random.randrange(256) for _ in range(256)])
        for k in range(3):
            picture.save(f"copies/{c}/{i}-{k}.png")
PYTHON
    run -0 --separate-stderr ocellus train copies -f pixels:size=8,gray=1 --json -o m
    jq -e '.validation.accuracy < 0.8' <<<"$output" # noise: with copies on both sides it is 1
}

@test "a class that cannot be held out has no balanced accuracy, and a note" {
    mkdir -p few/a few/b
    cp "$DATA"/test/Dress/*.png few/a
    cp "$DATA/kinds/plain.png" few/b
    run -0 --separate-stderr ocellus train few -f pixels:size=4,gray=1 --json -o m
    jq -e '.validation.balanced_accuracy == null' <<<"$output"
    [[ "$stderr" == *"1 of 2 classes have too few different images for one to be held out"* ]]
}

@test "classes that are not in the part held out, and weights that are all 0, are noted" {
    run -0 --separate-stderr ocellus train "$DATA/train" -f pixels:size=4 --holdout 0.001 -o m
    [[ "$stderr" == *"classes have no image in the part held out"*"--folds 2 or more holds out images of more classes"* ]]
    run -0 --separate-stderr ocellus train "$DATA/train" -f pixels:size=4 --l1 100 -o m
    [[ "$stderr" == *"all weights are 0: --l1 100 is too strong"* ]]
}
