load common

# "width height" of a PNG file, which must be whole.
png_size() {
    python3 - "$1" <<'PYTHON'
import struct, sys, zlib
data = open(sys.argv[1], "rb").read()
assert data[:8] == b"\x89PNG\r\n\x1a\n", data[:8]
at, pixels = 8, b""
while at < len(data):
    size, kind = struct.unpack(">I4s", data[at:at + 8])
    body = data[at + 8:at + 8 + size]
    assert zlib.crc32(kind + body) == struct.unpack(">I", data[at + 8 + size:at + 12 + size])[0]
    pixels += body if kind == b"IDAT" else b""
    if kind == b"IHDR":
        width, height = struct.unpack(">II", body[:8])
    at += 12 + size
assert kind == b"IEND" and len(zlib.decompress(pixels)) == height * (3 * width + 1)
print(width, height)
PYTHON
}

first_image() {
    local files=("$DATA"/test/*/*.png)
    cp "${files[0]}" "$1"
}

@test "show draws an image as every stage sees it" {
    first_image photo.png
    run -0 ocellus show photo.png -f hog:cell=7+color+color:grid=2,joint=0+pixels:size=14 -o picture.png
    [ -z "$output" ]
    png_size picture.png
    run -0 ocellus show photo.png -o default.png
    png_size default.png
}

# bats test_tags=long
@test "show draws templates, a codebook, and an image by its words" {
    first_image photo.png
    ocellus train "$DATA/train" -f hog:cell=7+words:count=12,gray=1,samples=2000 -o model -q >/dev/null
    run -0 ocellus show model -o templates.png
    run -0 ocellus show model --what codebook -o codebook.png
    run -0 ocellus show model photo.png -o words.png
    for page in templates codebook words; do png_size "$page.png"; done
    run -2 ocellus show "$DATA/model" --what codebook -o none.png
    [[ "$output" == *"none of its stages learns"* ]]
    [ ! -e none.png ]
}

# bats test_tags=long
@test "show draws the loss, and the same for the same seed" {
    ocellus extract "$DATA/test" --with "$DATA/model" -o rows -q >/dev/null
    for what in ray plane; do
        run -0 ocellus show "$DATA/model" "$DATA/test" --what "$what" -o "$what.png"
        png_size "$what.png"
    done
    ocellus show "$DATA/model" rows --what plane -j 1 -o again.png
    cmp plane.png again.png
    ocellus show "$DATA/model" rows --what plane --seed 1 -o other.png
    run -1 cmp plane.png other.png
    run -0 --separate-stderr ocellus show "$DATA/model" rows --what steps -o steps.png
    [[ "${lines[0]}" == *step*loss* ]]
    [ "${#lines[@]}" -eq 11 ]
}

@test "classify --explain draws one file and gives the same label" {
    first_image photo.png
    ocellus classify "$DATA/model" photo.png --json >plain
    ocellus classify "$DATA/model" photo.png --explain why.png --json >explained
    cmp plain explained
    png_size why.png
    run -2 ocellus classify "$DATA/model" photo.png photo.png --explain why.png
    [[ "$output" == *"one FILE; 2 are given"* ]]
    run -1 ocellus classify "$DATA/model" nothing.png --explain none.png
    [ ! -e none.png ]
}

@test "show replaces a picture, but never what it reads" {
    first_image photo.png
    cp photo.png kept.png
    run -2 ocellus show photo.png -o photo.png
    run -2 ocellus classify "$DATA/model" photo.png --explain photo.png
    cmp photo.png kept.png
    ocellus show photo.png -f pixels -o picture.png
    ocellus show photo.png -f pixels -o picture.png
    run -2 ocellus show photo.png -o .
    run -1 ocellus show photo.png -o missing/picture.png
    [[ "$output" == *"missing"* ]]
}

@test "show keeps the limits of the command line, with a model too" {
    first_image photo.png
    for what in "" "$DATA/model"; do
        # shellcheck disable=SC2086 # one word or none
        run -1 ocellus show $what photo.png --max-side 20 -o picture.png
        [[ "$output" == *"--max-side"* ]]
        [ ! -e picture.png ]
    done
}

@test "show writes to standard output" {
    first_image photo.png
    ocellus show photo.png -f pixels -o picture.png
    ocellus show photo.png -f pixels -o - | cmp - picture.png
}

@test "wrong usage of show says what is missing" {
    first_image photo.png
    run -2 ocellus show photo.png
    [[ "$output" == *"-o PICTURE.png is missing"* ]]
    run -2 ocellus show photo.png --what templates -o a.png
    [[ "$output" == *"needs a MODEL"* ]]
    run -2 ocellus show photo.png photo.png -o a.png
    run -2 ocellus show "$DATA/model" --what ray -o a.png
    [[ "$output" == *"labelled IMAGES"* ]]
    run -2 ocellus show "$DATA/model" -f hog -o a.png
    run -2 ocellus show "$DATA/model" --size 20 -o a.png
    run -2 ocellus show photo.png -f words:count=9 -o a.png
    [[ "$output" == *"learn from images first"* ]]
    run -2 ocellus show photo.png --what flowers -o a.png
    [ ! -e a.png ]
}
