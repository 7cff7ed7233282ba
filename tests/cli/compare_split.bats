load common

# compare without --test: some of the images are put aside, or each is tested once in folds.

# bats test_tags=long
@test "without --test a stratified fifth is the test set, and a note says so" {
    run -0 --separate-stderr ocellus compare "$DATA/train" -f pixels:size=4
    [[ "${lines[0]}" == "800 images to train on, 200 put aside to test on, 10 classes" ]]
    [[ "$stderr" == *"a fifth of the images, drawn by --seed 0"*"--folds 5"*"--test IMAGES"* ]]
    ocellus compare "$DATA/train" -f pixels:size=4 --json --predictions rows >table 2>/dev/null
    jq -e '.split == "fifth" and .folds == null and .train == 800 and .test == 200' table
    # of each class a fifth, to within one image
    for class in $(ls "$DATA/train"); do
        all=$(ls "$DATA/train/$class" | wc -l)
        tested=$(grep -c "^$DATA/train/$class/" "rows/01-pixels-size=4.csv") || true
        [ $((5 * tested)) -ge $((all - 5)) ] && [ $((5 * tested)) -le $((all + 5)) ] || { echo "$class: $tested of $all"; return 1; }
    done
}

@test "the seed draws the fifth: the same one twice, another one with another seed" {
    for seed in 1 1 2; do
        ocellus compare "$DATA/test" -f pixels:size=2 --seed $seed --predictions p -q >/dev/null
        cut -d, -f1 p/*.csv >>"paths$seed"
    done
    [ "$(sort paths1 | uniq -d | wc -l)" -eq "$(sort -u paths1 | wc -l)" ]
    ! cmp -s <(sort -u paths1) <(sort paths2)
}

@test "without -f the pixels are compared with features" {
    run -0 --separate-stderr ocellus compare "$DATA/test"
    [[ "$output" == *$'\n'"pixels "*$'\n'"hog+color "* ]]
    [[ "$stderr" == *"comparing pixels and hog+color"* ]]
}

# bats test_tags=long
@test "--folds tests every image once" {
    ocellus compare "$DATA/test" -f pixels:size=4 -f hog:cell=7 --folds 4 --json --predictions p 2>/dev/null >table
    jq -e '.split == "folds" and .folds == 4 and .test == 200 and .train == 150' table
    jq -e 'all(.rows[]; .interval[0] < .test_accuracy and .test_accuracy < .interval[1]) and .rows[1].p_value >= 0' table
    for file in p/*.csv; do
        # in the order of the folder
        diff <(tail -n +2 "$file" | cut -d, -f1) <(ls -d "$DATA/test"/*/* | LC_ALL=C sort)
    done
    accuracy=$(tail -n +2 p/01*.csv | awk -F, '{right += $2 == $3} END {print right / NR}')
    jq -e --argjson accuracy "$accuracy" '(.rows[0].test_accuracy - $accuracy) * (.rows[0].test_accuracy - $accuracy) < 1e-9' table
    run -0 ocellus compare "$DATA/test" -f pixels:size=4 --folds 4 -q
    [[ "${lines[0]}" == "200 images, each tested once in 4 folds"* ]]
}

@test "a row of --folds that is saved was trained on all images" {
    run -0 --separate-stderr ocellus compare "$DATA/test" -f pixels:size=2 -f hog:cell=7 --folds 3 -o model
    [[ "$output" == *"trained on all images: hog:cell=7, saved as model"* ]]
    ocellus train "$DATA/test" -f hog:cell=7 -o alone -q >/dev/null
    cmp model alone
}

@test "equal images are on one side of the split" {
    mkdir -p photos/a photos/b
    files=("$DATA"/test/Bag/*.png)
    others=("$DATA"/test/Coat/*.png)
    for i in 0 1 2 3 4 5 6 7 8 9; do
        for copy in 1 2 3; do
            cp "${files[i]}" "photos/a/$i-$copy.png"
            cp "${others[i]}" "photos/b/$i-$copy.png"
        done
    done
    ocellus compare photos -f pixels:size=4 --json --predictions p 2>notes >table
    jq -e '.split == "fifth" and .test == 12' table
    [[ "$(<notes)" == *"same pixels as an earlier image"* ]]
    [[ "$(<notes)" != *"same pixels as a training image"* ]]
    # all three copies or none
    [ "$(tail -n +2 p/01*.csv | cut -d- -f1 | sort | uniq -c | awk '$1 != 3' | wc -l)" -eq 0 ]
    ocellus compare photos -f pixels:size=4 --folds 5 --json 2>/dev/null | jq -e '.test == 60'
}

@test "images that cannot be read are named once and not trained on, exit 3" {
    make_damaged damaged
    run -3 --separate-stderr ocellus compare damaged -f pixels:size=2 --folds 3 --json
    jq -e '.test == 997 and .train_skipped == 3 and .test_skipped == 0' <<<"$output"
    [ "$(grep -c 'skipped training image' <<<"$stderr")" -eq 3 ]
}

@test "--test is a given split, and --folds then validates on the training images" {
    ocellus compare "$DATA/test" --test "$DATA/train" -f pixels:size=2 --folds 3 --json >table
    jq -e '.split == "given" and .test == 1000 and .rows[0].validation.folds == 3' table
}

@test "too few images for a split are an error that says so" {
    mkdir -p two/a two/b
    cp "$DATA"/test/Bag/00030.png two/a
    cp "$DATA"/test/Coat/00006.png two/b
    run -1 ocellus compare two -f pixels:size=2
    [[ "$output" == *"2 different images are too few"* ]]
}

@test "--seeds draws the fifth again for each seed; a report and a dry run need no --test" {
    run -0 ocellus compare "$DATA/test" -f pixels:size=2 --seeds 3 --report page.html -q
    [[ "$output" == *"over 3 seeds"* ]]
    grep -q '"split":"fifth"' page.html
    run -0 ocellus compare "$DATA/test" -f pixels:size=2 --dry-run --json -q
    jq -e '.images == 200' <<<"$output"
    run -0 ocellus compare "$DATA/test" --dry-run --folds 4 -q
    [[ "$output" == *"150 of 10 classes"* ]]
}

@test "balanced accuracy stands beside accuracy where classes differ in size, and in --json always" {
    mkdir -p uneven/many uneven/few
    files=("$DATA"/train/{Bag,Coat}/*.png)
    cp "${files[@]:0:100}" uneven/many
    for i in 1 2 3 4 5 6 7 8 9 10; do cp "${files[100 + i]}" uneven/few; done
    run -0 --separate-stderr ocellus compare uneven -f pixels:size=1 --folds 5
    [[ "$output" == *"test %  balanced %"* ]]
    [[ "$stderr" == *"never predicts"*"'few'"*"10 of 110"*"--class-weight balanced"* ]]
    ocellus compare uneven -f pixels:size=1 --folds 5 --json 2>/dev/null |
        jq -e '.rows[0] | .balanced_accuracy == 0.5 and .test_accuracy > 0.9'
    ocellus train uneven -f pixels:size=1 -o model -q >/dev/null
    run -0 --separate-stderr ocellus evaluate model uneven
    [[ "$output" == *"balanced  50.00 %"* ]]
    [[ "$stderr" == *"'few'"*"--class-weight balanced"* ]]
    run -0 --separate-stderr ocellus compare "$DATA/test" -f pixels:size=4
    [[ "$output" != *balanced* ]]
    ocellus evaluate "$DATA/model" "$DATA/test" --json | jq -e '.balanced_accuracy as $b | ([.classes[].recall] | add / length) - $b | . * . < 1e-12'
    run -0 ocellus evaluate "$DATA/model" "$DATA/test"
    [[ "$output" != *balanced* ]]
}

@test "--folds says how many images are never tested" {
    mkdir -p few/a few/b few/c
    cp "$DATA"/test/Dress/*.png few/a
    cp "$DATA"/test/Bag/*.png few/b
    cp "$DATA/kinds/plain.png" few/c
    run -0 --separate-stderr ocellus compare few -f pixels:size=4,gray=1 --folds 3
    [[ "$stderr" == *"1 of "*" images are never tested"* ]]
}

@test "folds of two images a class leave one of each to train on, which is no wrong column of labels" {
    for class in Bag Coat Dress; do
        mkdir -p few/$class
        cp "$DATA/train/$class/"*1.png few/$class
        (cd few/$class && ls | tail -n +3 | xargs rm)
    done
    run -0 ocellus compare few -f pixels:size=4 --folds 2
    [[ "$output" == *"6 images, each tested once in 2 folds"* ]]
}
