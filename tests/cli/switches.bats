load common

# The library's texts name an option by its field, `max_pixels`; in those of the command it is --max-pixels.
# shellcheck disable=SC2016 # backquotes are meant

# A folder of two images, one with more pixels than the other.
make_mixed() {
    mkdir mixed
    cp "$DATA/kinds/plain.png" mixed/a.png
    cp "$(find "$DATA/test" -name '*.png' | head -1)" mixed/b.png
}

@test "errors, notes, reasons and help name switches" {
    make_mixed
    run -1 ocellus show mixed/a.png -f pixels --max-pixels 20 -o picture.png
    [[ "$output" == *" pixels are more than the limit of 20 (--max-pixels)" ]]
    run -0 --separate-stderr ocellus extract mixed -f hog -o set
    [[ "$stderr" == *"(--size chooses another)"* ]]
    run -2 ocellus train mixed --folds 1 -o model
    [[ "$output" == "ocellus: --folds 1 leaves nothing to train on; give 2 or more, 0, or --holdout" ]]
    run -0 bash -c '"$OCELLUS" help train | tr -s " \n" " "'
    [[ "$output" == *"nearest neighbours use only --scale, --stage-weight, --augment, --holdout and --folds"* ]]
    [[ "$output" != *'`'* ]]
    run -0 ocellus help train --format man
    [[ "$output" != *'\(ga'* ]]
}

@test "the files and the JSON of the command name switches too" {
    make_mixed
    run -3 --separate-stderr ocellus extract mixed -f pixels --max-pixels 700 -o set
    [[ "$stderr" == *"limit of 700 (--max-pixels)"* ]]
    grep -q 'limit of 700 (--max-pixels)' set/skipped.csv
    run -1 --separate-stderr ocellus classify "$DATA/model" mixed/a.png --max-pixels 20 --json
    [[ "$(jq -r .error <<<"$output")" == *"limit of 20 (--max-pixels)" ]]
    [[ "$stderr" == *"limit of 20 (--max-pixels)" ]]
}

@test "names of files and classes are not taken for options" {
    mkdir 'my `size` and (`seed`)'
    for name in '`size`' '`size`: a' 'my `size` and (`seed`)/a `fit`'; do
        cp "$DATA/kinds/plain.png" "$name.png"
        run -1 ocellus show "$name.png" -f pixels --max-pixels 20 -o picture.png
        [[ "$output" == "ocellus: $name.png: "*" (--max-pixels)" ]]
    done
    echo no picture >'`size`'
    run -1 ocellus show '`size`' -f pixels -o picture.png
    [[ "$output" == 'ocellus: `size`: '* ]]
    mkdir -p 'classes/`size`' classes/b 'classes/`depth`'
    cp "$DATA"/kinds/plain.png 'classes/`size`/`seed`'
    cp "$DATA"/kinds/plain.png classes/b
    run -0 ocellus train classes -f pixels -o model
    [[ "$output" == *': `depth`'* && "$output" == *'the first: `size`/`seed` ('* ]]
    [[ "$output" != *--* ]]
}
