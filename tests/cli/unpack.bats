load common

@test "unpack writes every image into the folder of its class" {
    [ "$(find "$DATA/test" -name '*.png' | wc -l)" -eq 200 ]
    [ "$(ls "$DATA/test" | wc -l)" -eq 10 ]
    run -0 ocellus unpack "$DATA/check-images-idx3-ubyte" -o digits
    [ "$(ls digits | tr -d '\n')" = 0123456789 ]
    cmp digits/9/00000.png "$DATA/test/Ankle boot/00000.png"
}

@test "what was unpacked holds the same pixels in the same classes" {
    ocellus extract "$DATA/check-images-idx3-ubyte" -f pixels:size=28,gray=1 -o binary
    ocellus extract "$DATA/test" -f pixels:size=28,gray=1 -o files
    python3 - <<'PYTHON'
import csv
def rows(name):
    data = open(name + "/features.npy", "rb").read()
    data = data[data.index(b"\n") + 1:]
    return sorted(data[i * 3136:(i + 1) * 3136] for i in range(200))
assert rows("binary") == rows("files")
PYTHON
}

@test "an unpacked folder is replaced, other files are not" {
    ocellus unpack "$DATA/check-images-idx3-ubyte" -o out
    touch out/9/99999.png
    ocellus unpack "$DATA/check-images-idx3-ubyte" -o out
    [ ! -e out/9/99999.png ]
    touch out/notes
    run -2 ocellus unpack "$DATA/check-images-idx3-ubyte" -o out
    [ -e out/notes ]
}

@test "wrong names and wrong usage" {
    head -3 "$DATA/names.txt" >few
    run ! ocellus unpack "$DATA/check-images-idx3-ubyte" --names few -o out
    run -1 ocellus unpack "$DATA/check-images-idx3-ubyte" --names missing -o out
    run -2 ocellus unpack "$DATA/check-images-idx3-ubyte"
    run -2 ocellus unpack -o out
    run -2 ocellus unpack "$DATA/test" -o out
    [[ "$output" == *".png is an image already; only IDX and CIFAR-10"* ]]
    [ ! -e out ]
}
