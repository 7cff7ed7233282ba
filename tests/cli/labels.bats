load common

# Labels that look like a mistake, and what is known before the first image is read. Where a test's images are no images,
# a command that had begun to read would complain of them instead.

# no_images FOLDER CLASS...: four files of each class that cannot be read.
no_images() {
    local folder=$1 class i
    shift
    for class in "$@"; do
        mkdir -p "$folder/$class"
        for i in 0 1 2 3; do printf 'no image' >"$folder/$class/$i.png"; done
    done
}

# one_image FOLDER CLASS...: as no_images, but one file can be read: a class of which none can does not count.
one_image() {
    local folder=$1 class
    no_images "$@"
    shift
    for class in "$@"; do cp "$(find "$DATA/test/Bag" -name '*.png' | head -1)" "$folder/$class/3.png"; done
}

@test "test classes that training lacks are all named before an image is read" {
    no_images train cat dog
    one_image test 'Cat ' dog emu fox
    for refusal in "compare train --test test -f pixels" "compare train --test test -f pixels --dry-run"; do
        # shellcheck disable=SC2086 # a list of words
        run -1 ocellus $refusal
        [[ "$output" == *"3 labels that training does not know: 'Cat ' where training has 'cat' (case, blanks), 'emu'"* ]]
        [[ "$output" == *"'fox' (first: fox/3.png)"* && "$output" != *"no image'"* ]]
    done
    one_image other Bag 'coat' emu
    for refusal in "evaluate $DATA/model other" "info $DATA/model --card --test other" \
        "show $DATA/model other --what ray -o ray.png" "show $DATA/model other --what steps -o -"; do
        # shellcheck disable=SC2086 # a list of words
        run -1 ocellus $refusal
        [[ "$output" == *"2 labels that the model does not know: 'coat' where the model has 'Coat' (case), 'emu' (first: emu/3.png)"* ]]
    done
    mkdir flat && cp other/Bag/* flat
    run -1 ocellus evaluate "$DATA/model" flat
    [[ "$output" == *"the images have no labels"* ]]
    run -1 ocellus compare train --test flat -f pixels
    [[ "$output" == *"the images have no labels"* ]]
}

@test "a set whose labels differ says how" {
    cp -r "$DATA/test" test
    mv test/Bag 'test/bag '
    ocellus extract test --with "$DATA/model" -o set
    run -1 ocellus evaluate "$DATA/model" set
    [[ "$output" == *"1 label that the model does not know: 'bag ' where the model has 'Bag' (case, blanks)"* ]]
}

@test "labels that look alike, and classes of one image, are named" {
    cp -r "$DATA/test" photos
    cp -r photos/Bag 'photos/bag '
    mkdir photos/$'caf\u00e9' photos/$'cafe\u0301'
    cp photos/Coat/*[0-4].png photos/$'caf\u00e9'
    cp photos/Coat/*[5-9].png photos/$'cafe\u0301'
    cp "$(ls photos/Coat/*.png | head -1)" one.png
    mkdir photos/single && mv one.png photos/single
    for command in "train photos -f pixels:size=4 -o m" "extract photos -f pixels:size=4 -o rows" "train rows -o m" \
        "compare photos --test photos/../photos -f pixels:size=4"; do
        # shellcheck disable=SC2086 # a list of words
        run -0 --separate-stderr ocellus $command
        [[ "$stderr" == *"labels that look alike are different classes: 'Bag' and 'bag ' (case, blanks), 'cafe<U+0301>' and 'caf<U+00E9>' (Unicode form)"* ]]
        [[ "$stderr" == *"1 of 14 classes has only one image or row: 'single'"* ]]
        [ "$(grep -c 'look alike' <<<"$stderr")" -eq 1 ]
    done
    run -0 --separate-stderr ocellus train "$DATA/test" -f pixels:size=4 -o m
    [[ "$stderr" != *alike* && "$stderr" != *alone* ]]
}

@test "a column of names is not accepted as labels" {
    no_images names a b
    (cd names && printf 'path,label\n' && for f in */*.png; do echo "$f,$f"; done) >names/list.csv
    run -1 ocellus train names/list.csv -f pixels -o m
    [[ "$output" == *"each of the 8 images or rows has a different label (the first: 'a/0.png')"* ]]
    run -1 ocellus compare names/list.csv --test names/list.csv -f pixels
    [[ "$output" == *"a different label"* ]]
    printf '%s\n' 1,2,3 >rows.csv
    printf '%d 1:%d 2:1\n' 1 1 2 2 3 3 >rows.svm
    run -1 ocellus train rows.svm -o m
    [[ "$output" == *"a different label"* ]]
    run -0 ocellus train rows.svm -o m --classifier nearest:k=1
}

@test "options and outputs that cannot be are refused before an image is read" {
    no_images train a b
    run -1 ocellus train train -f pixels -o m --folds 9
    [[ "$output" == *"too few for 9 folds"* ]]
    run -2 ocellus train train -f pixels -o m --classifier nearest:k=9
    [[ "$output" == *"9 nearest neighbours of 8 rows"* ]]
    run -1 ocellus compare train --test train -f pixels --folds 9
    [[ "$output" == *"too few for 9 folds"* ]]
    mkdir rows.svm.classes
    run -2 ocellus extract train -f pixels --format svmlight -o rows.svm
    [[ "$output" == *rows.svm.classes* && ! -e rows.svm ]]
    ocellus train "$DATA/test" -f pixels:size=4 --classifier nearest -o nearest.model
    run -2 ocellus show nearest.model train --what ray -o ray.png
    [[ "$output" == *"no weights"* ]]
    local many
    many=$(printf '+pixels:size=%d' $(seq 2 40))
    run -2 ocellus compare train --test train -f "${many#+}"
    [[ "$output" == *"39 stages in one spec; at most 32"* ]]
}

@test "a later spec that the images are too small for ends the comparison before the first is trained" {
    for refusal in "-f pixels -f hog:cell=64" "-f pixels -f hog:cell=64 --size 32x32"; do
        # shellcheck disable=SC2086 # a list of words
        run -1 --separate-stderr ocellus compare "$DATA/test" --test "$DATA/test" $refusal
        [ -z "$output" ]
        [[ "$stderr" == *"smaller than one cell of 64x64"* ]]
    done
}
