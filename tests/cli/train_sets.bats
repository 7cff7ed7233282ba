load common

# train on several sets as if they were one.

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    ocellus extract "$DATA/test" -f words:count=20,patch=4,samples=2000 -o learned -q
    for i in 1 2 3; do ocellus extract "$DATA/train" --with learned --shard $i/3 -o part$i -q; done
    ocellus merge part1 part2 part3 -o whole -q
    export SETS="$BATS_FILE_TMPDIR"
}

# bats test_tags=long
@test "several shards, in any order, give the bytes of their merge" {
    ocellus train "$SETS/whole" -o whole.model -q
    ocellus train "$SETS/part3" "$SETS/part1" "$SETS/part2" -o parts.model -q
    cmp whole.model parts.model
    ocellus train "$SETS/whole" -o whole.model -q --tune --seed 3
    ocellus train "$SETS"/part? -o parts.model -q --tune --seed 3
    cmp whole.model parts.model
    ocellus train "$SETS/whole" -o whole.model -q --classifier nearest
    ocellus train "$SETS"/part? -o parts.model -q --classifier nearest
    cmp whole.model parts.model
}

# bats test_tags=long
@test "mirrored rows of several sets are those of their merge" {
    for i in 1 2; do ocellus extract "$DATA/train" -f pixels:size=28+hog:cell=7 --shard $i/2 -o m$i -q; done
    ocellus merge m1 m2 -o m -q
    ocellus train m --augment mirror -o whole.model -q
    ocellus train m1 m2 --augment mirror -o parts.model -q
    cmp whole.model parts.model
}

@test "sets of different classes join them" {
    mkdir a b
    cp -r "$DATA/train/Bag" "$DATA/train/Coat" a
    cp -r "$DATA/train/Dress" "$DATA/train/Bag" b
    ocellus extract a -f hog:cell=7 -o rows-a -q
    ocellus extract b --with rows-a -o rows-b -q
    run -0 --separate-stderr ocellus train rows-a rows-b -o model
    [[ "$output" == *" of 3 classes"* ]]
    [[ "$stderr" == *"same pixels as an earlier image"* ]]
    run -0 ocellus train rows-a rows-b --check-gradient
    run -0 ocellus train rows-a rows-b --dry-run
    [[ "$output" == *"of 3 classes"* ]]
}

@test "what cannot be trained on as one is refused before the work" {
    ocellus extract "$DATA/test" -f hog:cell=7 -o other -q
    run -1 ocellus train "$SETS/part1" other -o model
    [[ "$output" == *"part1 and other were not extracted alike"* ]]
    run -2 ocellus train "$SETS/part1" "$DATA/test" -o model
    [[ "$output" == *"is not; 'ocellus extract' makes a set of it"* ]]
    run -2 ocellus train "$DATA/train" "$DATA/test" -o model
    run -2 ocellus train "$SETS/part1" "$SETS/./part1" -o model
    [[ "$output" == *"is given twice"* ]]
    cp -r "$SETS/part1" copy
    run -1 ocellus train "$SETS/part1" copy -o model
    [[ "$output" == *"shard 1/3 is given twice"* ]]
    run -2 ocellus train "$SETS/part1" "$SETS/part2" -o "$SETS/part2/features.npy"
    [ ! -e model ]
}
