# For all tests: a folder of their own as current folder, and helpers.
bats_require_minimum_version 1.5.0

setup() {
    mkdir "$BATS_TEST_TMPDIR/here"
    cd "$BATS_TEST_TMPDIR/here" || return 1
}

ocellus() {
    "$OCELLUS" "$@"
}

# The shape in the header of a .npy file: "1000 784".
npy_shape() {
    python3 - "$1" <<'PYTHON'
import ast, struct, sys
with open(sys.argv[1], "rb") as file:
    assert file.read(6) == b"\x93NUMPY"
    major, _ = file.read(2)
    size = struct.unpack("<H", file.read(2)) if major == 1 else struct.unpack("<I", file.read(4))
    header = ast.literal_eval(file.read(size[0]).decode())
    assert header["descr"] == "<f4" and header["fortran_order"] is False
    start = file.tell()
    bytes_left = file.seek(0, 2) - start
    n, d = header["shape"]
    assert bytes_left == 4 * n * d, (bytes_left, n, d)
    print(n, d)
PYTHON
}

# A folder with the training images of which three are damaged.
make_damaged() {
    cp -r "$DATA/train" "$1"
    local files=("$1"/*/*.png)
    truncate -s 100 "${files[10]}"
    printf 'no image\n' >"${files[500]}"
    truncate -s 0 "${files[900]}"
}

# What a program needs to be built with the library beside the command.
library_flags() {
    local folder kind=
    folder=$(dirname "$OCELLUS")
    case $folder in
    */sanitize) kind=-fsanitize=address,undefined ;;
    */coverage) kind=--coverage ;;
    *) folder="$folder/release" ;;
    esac
    echo $kind -I "$BATS_TEST_DIRNAME/../../include" "$folder/libocellus.a" \
        "$(pkg-config --libs libpng libjpeg libexif libutf8proc zlib openblas)" -pthread -lm
}
