load common

@test "extract writes one row of float32 for each image" {
    run -0 --separate-stderr ocellus extract "$DATA/test" -f hog:cell=7 -o set
    [ "$output" != "" ]
    [ "$(npy_shape set/features.npy)" = "200 144" ]
    [ "$(head -1 set/index.csv)" = "row,path,label,width,height" ]
    [ "$(wc -l <set/index.csv)" -eq 201 ]
    [ -s set/stages.safetensors ]
    [ ! -e set/skipped.csv ]
}

@test "index.csv has path, label and size of every row, sorted by bytes" {
    ocellus extract "$DATA/test" -f pixels:size=4 -o set
    LC_ALL=C sort -c <(tail -n +2 set/index.csv | cut -d, -f2)
    python3 - "$DATA/test" <<'PYTHON'
import csv, os, sys
rows = list(csv.DictReader(open("set/index.csv", newline="")))
for i, row in enumerate(rows):
    assert row["row"] == str(i) and (row["width"], row["height"]) == ("28", "28")
    assert os.path.isfile(os.path.join(sys.argv[1], row["path"]))
assert len({row["label"] for row in rows}) == 10
PYTHON
}

@test "numpy reads the rows" {
    python3 -c 'import numpy' 2>/dev/null || skip "python3 has no numpy"
    ocellus extract "$DATA/test" -f pixels:size=28,gray=1 -o set
    python3 - <<'PYTHON'
import numpy
rows = numpy.load("set/features.npy", mmap_mode="r")
assert rows.shape == (200, 784) and rows.dtype == numpy.float32
assert rows.min() == 0 and rows.max() == 255
PYTHON
}

@test "an image of 320x240 has 10,800 values of HoG" {
    ocellus extract "$DATA/kinds/plain.png" -f hog --size 320x240 -o set
    [ "$(npy_shape set/features.npy)" = "1 10800" ]
}

@test "a joined row is its parts side by side, to the bit" {
    ocellus extract "$DATA/test" -f pixels:size=4+hog:cell=7 -o joined
    ocellus extract "$DATA/test" -f pixels:size=4 -o first
    ocellus extract "$DATA/test" -f hog:cell=7 -o second
    python3 - <<'PYTHON'
def rows(name):
    data = open(name + "/features.npy", "rb").read()
    data = data[data.index(b"\n") + 1:]
    size = len(data) // 200
    return [data[i * size:(i + 1) * size] for i in range(200)]
assert rows("joined") == [a + b for a, b in zip(rows("first"), rows("second"))]
PYTHON
}

@test "three damaged files among a thousand: 997 rows, three lines with reasons, exit 3" {
    make_damaged damaged
    run -3 --separate-stderr ocellus extract damaged -f pixels:size=4 -o set
    [ "$(npy_shape set/features.npy)" = "997 48" ]
    [ "$(wc -l <set/skipped.csv)" -eq 4 ]
    [ "$(head -1 set/skipped.csv)" = "path,reason" ]
    [ "$(wc -l <set/index.csv)" -eq 998 ]
    [ "$(grep -c skipped <<<"$stderr")" -eq 3 ]
}

@test "--json is one object with what was done" {
    make_damaged damaged
    run -3 --separate-stderr ocellus extract damaged -f pixels:size=4 -o set --json
    [ "$(wc -l <<<"$output")" -eq 1 ]
    jq -e '.images == 997 and .skipped == 3 and .dimension == 48 and .seconds >= 0' <<<"$output"
}

@test "--strict stops at the first damaged file and writes nothing" {
    make_damaged damaged
    run -1 --separate-stderr ocellus extract damaged -f pixels:size=4 -o set --strict
    [ ! -e set ]
    [ "$output" = "" ]
    [ "$(ls)" = damaged ]
}

@test "no readable image at all is a failure" {
    mkdir -p none/a
    echo text >none/a/x.jpg
    run -1 ocellus extract none -f pixels -o set
    [ ! -e set ]
}

@test "a list on standard input keeps its order and its paths" {
    ls -r "$DATA"/kinds/*.jpg >list
    ocellus extract - -f pixels:size=4 -o set <list
    cmp list <(tail -n +2 set/index.csv | cut -d, -f2)
    [ "$(tail -n +2 set/index.csv | cut -d, -f3 | tr -d '\n')" = "" ]
}

@test "a CSV list keeps its order and has labels" {
    cp -r "$DATA/kinds" .
    printf 'path,label\nkinds/plain.png,boot\n"kinds/gray.jpg","a ""quoted"", label"\n' >list.csv
    ocellus extract list.csv -f pixels:size=4 -o set
    [ "$(sed -n 2p set/index.csv)" = "0,kinds/plain.png,boot,28,24" ]
    [ "$(sed -n 3p set/index.csv)" = '1,kinds/gray.jpg,"a ""quoted"", label",28,24' ]
}

@test "the size in the index is that of the upright image" {
    ocellus extract "$DATA/kinds/rotated.jpg" -f pixels:size=4 -o set
    [ "$(sed -n 2p set/index.csv | cut -d, -f4,5)" = "28,24" ]
}

@test "images of different sizes: 128x128, and it says so" {
    mkdir mixed
    cp "$DATA/kinds/plain.png" mixed
    cp "$(find "$DATA/test" -name '*.png' | head -1)" mixed
    run -0 --separate-stderr ocellus extract mixed -f hog -o set
    [ "$(npy_shape set/features.npy)" = "2 2304" ]
    [[ "$stderr" == *128* ]]
    run -0 --separate-stderr ocellus extract mixed -f hog -o set --size 32x16 --fit pad
    [ "$(npy_shape set/features.npy)" = "2 72" ]
    [ "$stderr" = "" ]
}

@test "--with a set applies its stages and its size" {
    ocellus extract "$DATA/test" -f words:count=8,patch=5+pixels:size=4 -o first --size 20x20
    ocellus extract "$DATA/test" --with first -o second
    cmp first/features.npy second/features.npy
    cmp first/stages.safetensors second/stages.safetensors
    ocellus extract "$DATA/kinds" --with first -o third
    [ "$(npy_shape third/features.npy | cut -d' ' -f2)" = "$(npy_shape first/features.npy | cut -d' ' -f2)" ]
}

@test "--with a model applies its stages" {
    ocellus extract "$DATA/test" --with "$DATA/model" -o set
    [ "$(npy_shape set/features.npy)" = "200 196" ]
    run -0 ocellus evaluate "$DATA/model" set
}

@test "the same bytes on one thread and on two" {
    for threads in 1 2; do
        ocellus extract "$DATA/test" -f color+words:count=8,patch=5 -o set$threads --threads $threads --seed 3
    done
    cmp set1/features.npy set2/features.npy
    cmp set1/stages.safetensors set2/stages.safetensors
    cmp set1/index.csv set2/index.csv
}

@test "an older set is replaced whole" {
    make_damaged damaged
    run -3 ocellus extract damaged -f pixels:size=4 -o set
    run -0 ocellus extract "$DATA/test" -f pixels:size=4 -o set
    [ ! -e set/skipped.csv ]
    [ "$(ls -A)" = "$(printf 'damaged\nset')" ]
}

@test "a folder of other files is not replaced" {
    mkdir photos
    echo precious >photos/file
    run -2 ocellus extract "$DATA/test" -f pixels:size=4 -o photos
    [ "$(cat photos/file)" = precious ]
    run -2 ocellus extract photos -f pixels:size=4 -o photos
    [ "$(cat photos/file)" = precious ]
}

@test "a set that fails leaves the older one as it was" {
    ocellus extract "$DATA/test" -f pixels:size=4 -o set
    cp -r set before
    run -1 ocellus extract "$DATA/nothing" -f pixels:size=4 -o set
    run -1 ocellus extract "$DATA/test" -f hog:cell=64 -o set
    diff -r set before
    [ "$(ls -A)" = "$(printf 'before\nset')" ]
}

@test "wrong usage is exit 2 and writes nothing" {
    run -2 ocellus extract
    run -2 ocellus extract "$DATA/test" -f hog
    run -2 ocellus extract "$DATA/test" -o set
    run -2 ocellus extract "$DATA/test" -f hog --with "$DATA/model" -o set
    run -2 ocellus extract "$DATA/test" -f hog -f color -o set
    run -2 ocellus extract "$DATA/test" -f hogg -o set
    [[ "$output" == *"did you mean 'hog'"* ]]
    run -2 ocellus extract "$DATA/test" -f hog:cells=4 -o set
    run -2 ocellus extract "$DATA/test" -f hog:cell=0 -o set
    run -2 ocellus extract "$DATA/test" --with "$DATA/model" --size 8x8 -o set
    run -2 ocellus extract "$DATA/test" -f hog -o set -o other
    [ "$(ls -A)" = "" ]
}

@test "an output in a folder that is not there fails before the work" {
    run -1 ocellus extract "$DATA/test" -f hog -o missing/set
    [[ "$output" == *missing* ]]
}

@test "-v counts the files that are no images" {
    mkdir flat
    cp "$DATA/kinds/plain.png" flat
    echo text >flat/notes.txt
    run -0 --separate-stderr ocellus extract flat -f pixels -o set -v
    [[ "$stderr" == *"1 file that is hidden or not an image is ignored"* ]]
    run -0 --separate-stderr ocellus extract flat -f pixels -o set
    [[ "$stderr" != *ignored* ]]
}

# bats test_tags=long
@test "all processor families write the same rows within 1e-5 of the largest value" {
    python3 -c 'import numpy' || skip "python3 has no numpy"
    local family spec
    for spec in pixels:size=20 color:space=lab hog hog:cell=7,preset=skimage words:count=30,samples=3000; do
        ocellus extract "$DATA/test" -f $spec -o learned
        for family in plain avx2 avx512; do
            OCELLUS_KERNELS=$family ocellus extract "$DATA/test" --with learned -o $family
        done
        python3 -c '
import numpy
plain, *others = (numpy.load(f"{name}/features.npy") for name in ("plain", "avx2", "avx512"))
for rows in others:
    assert abs(rows - plain).max() <= 1e-5 * abs(plain).max()'
    done
}

@test "what is not there is named before an option that it may not need" {
    run -1 ocellus extract nosuch --format svmlight -o rows
    [[ "$output" == *"nosuch: cannot be opened: No such file"* ]]
    run -1 ocellus show nosuch --what codebook -o picture.png
    [[ "$output" == *"nosuch: cannot be opened: No such file"* ]]
    run -2 ocellus extract "$DATA/test" -o set
    [[ "$output" == *"-f SPEC is missing"* ]]
}
