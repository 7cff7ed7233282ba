# Made once for all tests: images, class folders, and one small model.
setup_suite() {
    export OCELLUS="${OCELLUS:-$BATS_TEST_DIRNAME/../../build/ocellus}"
    OCELLUS=$(realpath "$OCELLUS")
    export DATA="$BATS_SUITE_TMPDIR/data"
    export -n NO_COLOR
    # Debian's packages are for Debian's Python, which another one may hide.
    if ! python3 -c 'import numpy' 2>/dev/null && /usr/bin/python3 -c 'import numpy' 2>/dev/null; then
        PATH=/usr/bin:$PATH
    fi
    if [ ! -d /usr/share/datasets/fashion-mnist ]; then
        echo "the tests of the command line need the Debian package dataset-fashion-mnist" >&2
        return 1
    fi
    python3 "$BATS_TEST_DIRNAME/make_images.py" "$DATA" &&
        "$OCELLUS" unpack "$DATA/small-images-idx3-ubyte" --names "$DATA/names.txt" -o "$DATA/train" &&
        "$OCELLUS" unpack "$DATA/check-images-idx3-ubyte" --names "$DATA/names.txt" -o "$DATA/test" &&
        "$OCELLUS" train "$DATA/train" -f pixels:size=14,gray=1 -o "$DATA/model" -q >"$DATA/train.log"
}
