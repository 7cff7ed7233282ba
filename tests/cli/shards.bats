load common

# Shards of one extraction, extracted apart and put together.

# bats test_tags=long
@test "merged shards equal one extraction byte for byte, whatever their number and order" {
    make_damaged damaged
    run -3 ocellus extract damaged -f hog:cell=7+color -o whole
    for n in 1 2 3 7; do
        shards=()
        for i in $(seq "$n"); do
            ocellus extract damaged -f hog:cell=7+color --shard "$i/$n" -o "part$i" --threads $((i % 2 + 1)) || [ $? -eq 3 ]
            shards=("part$i" "${shards[@]}")
        done
        ocellus merge "${shards[@]}" -o merged
        diff -r whole merged
        rm -r part*
    done
}

@test "merge notes what no shard can see: a class without an image that can be read, equal images in two shards" {
    mkdir photos
    cp -r "$DATA/test/Bag" "$DATA/test/Coat" photos
    mkdir photos/Dress && echo no image >photos/Dress/1.png && echo no image >photos/Dress/2.png
    cp "$(ls -d photos/Bag/* | head -1)" photos/Coat/zzz.png
    for i in 1 2; do
        ocellus extract photos -f pixels:size=4 --shard $i/2 -o part$i || [ $? -eq 3 ]
    done
    run -0 --separate-stderr ocellus merge part1 part2 -o merged
    [[ "$stderr" == *"with another label; the first: Bag/"*"('Bag') and Coat/zzz.png ('Coat')"* ]]
    [[ "$stderr" == *"left out: Dress (2)"* ]]
    run -0 --separate-stderr ocellus merge part1 part2 -o merged -q
    [ -z "$stderr" ]
    # in whatever order a list has them
    mkdir photos/Shirt && echo no image >photos/Shirt/1.png && echo no image >photos/Shirt/2.png
    (cd photos && echo path,label && printf '%s\n' Dress/1.png,Dress Shirt/1.png,Shirt Bag/*.png Dress/2.png,Dress \
        Shirt/2.png,Shirt Coat/*.png | sed -E 's|^((Bag\|Coat)/.*)|\1,\2|') >photos/list.csv
    for i in 1 2; do
        ocellus extract photos/list.csv -f pixels:size=4 --shard $i/2 -o listed$i || [ $? -eq 3 ]
    done
    run -0 --separate-stderr ocellus merge listed1 listed2 -o merged
    [[ "$stderr" == *"classes without a readable image, which are left out: Dress (2), Shirt (2)"* ]]
}

@test "a codebook is learned once and comes from --with" {
    ocellus extract "$DATA/test" -f words:count=8,patch=5 -o learned
    ocellus extract "$DATA/train" --with learned -o whole
    for i in 1 2 3; do
        ocellus extract "$DATA/train" --with learned --shard $i/3 -o part$i
    done
    ocellus merge part? -o merged
    diff -r whole merged
    run -2 ocellus extract "$DATA/train" -f words:count=8,patch=5 --shard 1/3 -o part
    [[ "$output" == *"ocellus extract SOME-IMAGES -f words:count=8,patch=5 -o learned"*"--with learned"* ]]
}

@test "binary data sets and lists have shards too" {
    for images in "$DATA/small-images-idx3-ubyte" list.csv; do
        (cd "$DATA/test" && printf 'path,label\n' && find . -name '*.png' | sort -r | sed 's,^./\(.*\)/.*$,&\,\1,') |
            sed "s,^./,$DATA/test/," >list.csv
        ocellus extract "$images" -f pixels:size=4 -o whole
        ocellus extract "$images" -f pixels:size=4 --shard 1/2 -o part1
        ocellus extract "$images" -f pixels:size=4 --shard 2/2 -o part2
        ocellus merge part1 part2 -o merged
        diff -r whole merged
    done
}

@test "more shards than images: some are empty" {
    ocellus extract "$DATA/kinds" -f pixels:size=4 --size 20 -o whole
    for i in $(seq 9); do
        ocellus extract "$DATA/kinds" -f pixels:size=4 --size 20 --shard "$i/9" -o "part$i"
    done
    ocellus merge part? -o merged
    diff -r whole merged
}

@test "shards whose images differ in size need --size" {
    mkdir mixed
    cp "$DATA/kinds/plain.png" mixed/a.png
    cp "$(find "$DATA/test" -name '*.png' | head -1)" mixed/b.png
    cp mixed/a.png mixed/c.png
    cp mixed/a.png mixed/d.png
    run -2 ocellus extract mixed -f hog --shard 1/2 -o part1
    [[ "$output" == *"--size WxH"* ]]
    for i in 1 2 3 4; do
        ocellus extract mixed -f hog --shard $i/4 -o part$i
    done
    run -1 ocellus merge part? -o merged
    [[ "$output" == *"24 in one and"* ]]
    [ ! -e merged ]
}

# bats test_tags=long
@test "merge refuses what does not fit together" {
    for i in 1 2 3; do
        ocellus extract "$DATA/test" -f pixels:size=4 --shard $i/3 -o part$i
    done
    run -1 ocellus merge part1 part3 -o merged
    [[ "$output" == *"shard 2/3 is missing"* ]]
    run -1 ocellus merge part1 part2 -o merged
    [[ "$output" == *"shard 3/3 is missing"* ]]
    run -1 ocellus merge part1 part2 part3 part2 -o merged
    [[ "$output" == *"both shard 2/3"* ]]
    ocellus extract "$DATA/test" -f pixels:size=5 --shard 2/3 -o other
    run -1 ocellus merge part1 other part3 -o merged
    [[ "$output" == *"size=4x4 in one and 5x5 in the other"* ]]
    ocellus extract "$DATA/test" -f pixels:size=4 --shard 2/4 -o other
    run -1 ocellus merge part1 other part3 -o merged
    [[ "$output" == *"2/4"* ]]
    ocellus extract "$DATA/train" -f pixels:size=4 --shard 2/3 -o other
    run -1 ocellus merge part1 other part3 -o merged
    ocellus extract "$DATA/test" -f pixels:size=4 -o whole
    run -1 ocellus merge whole -o merged
    [[ "$output" == *"is not a shard"* ]]
    rm -r other
    cp -r part3 other
    sed '1s/.*/row,path,label,height,width/' part3/index.csv >other/index.csv
    run -1 ocellus merge part1 part2 other -o merged
    [[ "$output" == *"other/index.csv: line 1: the fields row,path,label,width,height are needed"* ]]
    sed '2s/[0-9]*$/-5/' part3/index.csv >other/index.csv
    run -1 ocellus merge part1 part2 other -o merged
    [[ "$output" == *"other/index.csv: line 2: '28' x '-5' is not a size"* ]]
    run -2 ocellus merge part1 part2 part3
    run -2 ocellus merge
    [ ! -e merged ]
    ocellus merge part1 part2 part3 -o merged
    diff -r whole merged
}

@test "a shard must be one of them" {
    for shard in 0/3 4/3 3 a/b 1/0 1/2/3 -1/2 "1/ 2" 99999999999999999999/2; do
        run -2 ocellus extract "$DATA/test" -f pixels:size=4 --shard "$shard" -o part
        [[ "$output" == *"$shard"* ]]
    done
    run -2 ocellus extract "$DATA/test" -f hog --format csv --shard 1/2 -o part
    [ ! -e part ]
}

@test "--files-from takes the images of a list, with their labels and in its order" {
    (cd "$DATA/test" && find . -name '*.png' | sort -R | head -20) >list
    ocellus extract "$DATA/test" --files-from list -f pixels:size=4 -o set
    [ "$(sed 's,^./,,' list)" = "$(tail -n +2 set/index.csv | cut -d, -f2)" ]
    [ "$(sed 's,^./,,; s,/.*,,' list)" = "$(tail -n +2 set/index.csv | cut -d, -f3)" ]
    tr '\n' '\0' <list | ocellus extract "$DATA/test" --files-from - -f pixels:size=4 -o piped
    diff -r set piped
    (cd "$DATA/test" && ocellus extract --files-from "$OLDPWD/list" -f pixels:size=4 -o "$OLDPWD/flat")
    cmp set/features.npy flat/features.npy
    [ "$(cut -d, -f3 flat/index.csv | sort -u | tr -d '\n')" = label ]
    echo Bag/none.png >>list
    run -1 ocellus extract "$DATA/test" --files-from list -f pixels:size=4 -o other
    [[ "$output" == *"Bag/none.png: is not among the images (line 21 of the list)"* ]]
    run -2 ocellus extract -f pixels:size=4 -o other
}

@test "--dry-run prints images, values, memory and time, and writes nothing" {
    run -0 --separate-stderr ocellus extract "$DATA/train" -f hog+words:count=8,patch=5 -o set --dry-run
    [[ "$output" == *"1000 of 10 classes"*"113 per image"* ]]
    [[ "$output" == *memory*"about "*time*"about "* ]]
    ocellus extract "$DATA/train" -f pixels:size=4 --dry-run --json |
        jq -e '.images == 1000 and .classes == 10 and .dimension == 48 and .output_bytes == 192000 and .memory_bytes > 0'
    run -0 ocellus compare "$DATA/train" --test "$DATA/test" -f pixels:size=4 -f pixels:size=4+hog -o model --dry-run
    [[ "$output" == *"1000 of 10"*"200 of 10"*"129 per image"* ]]
    [ "$(ls -A)" = "" ]
}
