# --depth, and 16-bit PNG files that use fewer bits.
load common

# Makes FOLDER/a and FOLDER/b of 16-bit gray PNG files with 12-bit noise: make_deep FOLDER COUNT [SBIT]
make_deep() {
    python3 - "$@" <<'PYTHON'
import os, random, struct, sys, zlib
folder, count, bits = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
random.seed(4)
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
for label, top in (("a", 2000), ("b", 4095)):
    os.makedirs(f"{folder}/{label}")
    for i in range(count):
        rows = [[random.randint(0, top) for _ in range(8)] for _ in range(8)]
        raw = b"".join(b"\0" + struct.pack(">8H", *row) for row in rows)
        with open(f"{folder}/{label}/{i}.png", "wb") as file:
            file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", 8, 8, 16, 0, 0, 0, 0)) +
                       (chunk(b"sBIT", bytes([int(bits[0])])) if bits else b"") + chunk(b"IDAT", zlib.compress(raw)) +
                       chunk(b"IEND", b""))
PYTHON
}

# The largest value of a set's rows.
largest() {
    python3 - "$1/features.npy" <<'PYTHON'
import struct, sys
with open(sys.argv[1], "rb") as file:
    data = file.read()
start = 10 + struct.unpack("<H", data[8:10])[0]
print(round(max(struct.unpack("<%df" % ((len(data) - start) // 4), data[start:]))))
PYTHON
}

@test "dark 16-bit files are noted once, with the number of bits and the option" {
    make_deep deep 60
    run -0 --separate-stderr ocellus extract deep -f pixels:size=8 -o set
    [ "$(grep -c 'dark 16-bit PNG files: the largest sample of the first 100 has 12 bits.*--depth N' <<<"$stderr")" = 1 ]
    [ "$(largest set)" = 16 ]
    run -0 --separate-stderr ocellus extract deep -f pixels:size=8 -o set -q
    [ -z "$stderr" ]
    run -0 --separate-stderr ocellus extract deep -f pixels:size=8 -o plain --depth 16
    [[ $stderr != *dark* ]]
    cmp plain/features.npy set/features.npy
    run -0 --separate-stderr ocellus train deep -f hog -o m -j1
    [[ $stderr == *"dark 16-bit PNG files"* ]]
}

@test "fewer files than are looked at, and files that use their bits" {
    make_deep few 2
    run -0 --separate-stderr ocellus extract few -f pixels:size=8 -o set
    [[ $stderr == *"of the first 4 has 12 bits"* ]]
    make_deep said 2 12
    run -0 --separate-stderr ocellus extract said -f pixels:size=8 -o said-set
    [[ $stderr != *dark* ]]
    [ "$(largest said-set)" -ge 250 ]
    run -0 --separate-stderr ocellus extract few -f pixels:size=8 -o given --depth 12
    [[ $stderr != *dark* ]]
    cmp given/features.npy said-set/features.npy
}

@test "sets and models record the depth, and apply it to other images" {
    make_deep deep 6
    ocellus extract deep -f pixels:size=8 -o set --depth 12
    run -0 ocellus info set
    [[ $output == *"depth 12"* ]]
    ocellus info set --json | grep -q '"depth":12'
    ocellus extract deep --with set -o again
    cmp set/features.npy again/features.npy
    cmp set/stages.safetensors again/stages.safetensors
    ocellus train deep -f pixels:size=8 -o by-option --depth 12 -j1
    ocellus train set -o by-set -j1
    for model in by-option by-set; do
        run -0 ocellus info $model
        [[ $output == *"depth 12"* ]]
        ocellus extract deep --with $model -o by-model
        cmp set/features.npy by-model/features.npy
        ocellus classify $model deep/a/0.png --json >$model.json
        ocellus info $model --card | grep -q 'lowest 12 bits'
    done
    cmp by-option.json by-set.json
    # What a model was trained on, it finds again in an image alone: by pixels that are not dark.
    ocellus evaluate by-set deep -j1 >images
    ocellus evaluate by-set set -j1 >rows
    [ "$(grep -i '^accuracy' images)" = "$(grep -i '^accuracy' rows)" ]
}

@test "without --depth nothing of it is stored" {
    make_deep deep 4
    ocellus extract deep -f pixels:size=8 -o set -q
    ocellus train deep -f pixels:size=8 -o model -q
    [ "$(grep -c depth set/stages.safetensors)" = 0 ]
    [ "$(grep -c '"depth"' model)" = 0 ]
    run -0 ocellus info set
    [[ $output != *depth* ]]
    ocellus info set --json | grep -q '"depth":0'
}

@test "depths that are refused or have no effect" {
    make_deep deep 4
    for depth in 17 -1 twelve 1.5; do
        run -2 ocellus extract deep -f pixels -o set --depth $depth
        [[ $output == *--depth* ]]
    done
    ocellus extract deep -f pixels:size=8 -o set --depth 12
    ocellus extract deep -f pixels:size=8 -o other -q
    run -2 ocellus extract deep --with set -o again --depth 11
    [[ $output == *"--depth have no effect: --with defines them"* ]]
    run -2 ocellus train set -o model --depth 12
    [[ $output == *"--depth has no effect"* ]]
    ocellus train set -o model -j1
    run -2 ocellus evaluate model other
    [[ $output == *"--depth 12 here and 0 there"* ]]
    run -2 ocellus show model deep/a/0.png --depth 12 -o picture.png
    [[ $output == *"--depth has no effect"* ]]
    ocellus extract deep --with set --shard 1/2 -o part1
    ocellus extract deep --with other --shard 2/2 -o part2 -q
    run -1 ocellus merge part1 part2 -o whole
    [[ $output == *"--depth differs"* ]]
}

@test "a depth that is too small is a warning of the image" {
    make_deep deep 1
    run -0 --separate-stderr ocellus extract deep -f pixels:size=8 -o set --depth 8 -v
    [[ $stderr == *"samples above 255, the largest of --depth 8"* ]]
}
