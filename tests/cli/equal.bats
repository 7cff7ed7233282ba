load common

# Images with the same pixels, whatever their files are called and however they are compressed.

@test "equal images in training and test, with two labels, and twice with one, are noted" {
    cp -r "$DATA/test" train
    mkdir -p test/Bag test/Coat
    local bags=(train/Bag/*.png) coats=(train/Coat/*.png)
    cp "${bags[0]}" test/Bag/copy.png
    cp "${coats[1]}" test/Coat/another.png
    mv "${bags[5]}" "${bags[6]}" test/Bag
    run -0 --separate-stderr ocellus compare train --test test -f hog -f pixels -j2 --seeds 2
    [[ "$stderr" == *"2 of 4 test images have the same pixels as a training image, so that the test accuracy is too good; the first: ${bags[0]#train/} in training and Bag/copy.png in the test"* ]]
    [ "$(grep -c 'same pixels' <<<"$stderr")" -eq 1 ]
    cp "${bags[0]}" train/Coat/zz.png
    cp "${coats[1]}" train/Coat/zzz.png
    for command in "train train -f hog -o m" "train rows -o m" "extract train -f hog -o rows"; do
        [[ "$command" != *rows\ -o* ]] || ocellus extract train -f hog -o rows -q
        # shellcheck disable=SC2086 # a list of words
        run -0 --separate-stderr ocellus $command
        [[ "$stderr" == *"1 of 200 images have the same pixels as an earlier image with another label; the first: ${bags[0]#train/} ('Bag') and Coat/zz.png ('Coat')"* ]]
        [[ "$command" == extract* || "$stderr" == *"1 of 200 images have the same pixels as an earlier image with the same label, and count more than once; the first: ${coats[1]#train/} and Coat/zzz.png"* ]]
    done
}

@test "hashes survive a merge, and one set is the same bytes as its shards" {
    for i in 1 2 3; do ocellus extract "$DATA/test" -f hog --shard $i/3 --size 28x28 -o part$i; done
    ocellus merge part3 part1 part2 -o merged
    ocellus extract "$DATA/test" -f hog --size 28x28 -o whole
    diff -r merged whole
    [ "$(stat -c %s whole/hashes.npy)" -eq $((128 + 16 * $(npy_shape whole/features.npy | cut -d' ' -f1))) ]
    rm part2/hashes.npy
    ocellus merge part3 part1 part2 -o merged
    [ ! -e merged/hashes.npy ]
    cmp merged/features.npy whole/features.npy
    ocellus train merged -o m
}
