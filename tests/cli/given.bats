load common

# What is given is used or named: kinds that are not read, levels of folders, lists, and what an ended run keeps.

# Class folders ant and bee with `$2` PNG files each.
make_classes() {
    local class i
    for class in ant bee; do
        mkdir -p "$1/$class"
        for i in $(seq "$2"); do cp "$DATA/test/${3:-Dress}"/*"$i".png "$1/$class/" 2>/dev/null || true; done
    done
}

make_tiff() {
    mkdir -p "$(dirname "$1")"
    printf 'II*\0\010\0\0\0' >"$1"
}

@test "TIFF and WebP among class folders: rows of the others, kind and remedy in skipped.csv, exit 3" {
    make_classes d 3
    make_tiff d/ant/x.tif
    make_tiff d/ant/without_ending
    make_tiff d/bee/misnamed.jpg
    printf 'RIFF\044\0\0\0WEBPVP8 ' >d/bee/y.webp
    echo text >d/bee/notes.txt
    run -3 --separate-stderr ocellus extract d -f pixels:size=4 -o set
    [ "$(grep -c TIFF set/skipped.csv)" -eq 3 ]
    grep -q '^bee/y.webp,"a WebP image, which is not read; .*magick mogrify -format png FILE' set/skipped.csv
    [ "$(wc -l <set/skipped.csv)" -eq 5 ]
    [[ "$stderr" == *"ant/x.tif: a TIFF image"* ]]
    run -1 --separate-stderr ocellus extract d -f pixels:size=4 -o strict --strict
    [[ "$stderr" == *"a TIFF image"* ]]
    [ ! -e strict ]
}

@test "a class of which no image can be read is named" {
    make_classes d 3
    make_tiff d/cat/1.tif
    make_tiff d/cat/2.tif
    run -3 --separate-stderr ocellus train d -f pixels:size=4 -o model
    [[ "$stderr" == *"left out: cat (2)"* ]]
    run -3 --separate-stderr ocellus extract d -f pixels:size=4 -o set
    [[ "$stderr" == *"left out: cat (2)"* ]]
    # evaluate and compare leave it out as train does; a class with one image that can be read is unknown to the model
    run -3 --separate-stderr ocellus evaluate model d
    [[ "$stderr" == *"left out: cat (2)"*"skipped image cat/1.tif"* && "$output" == "accuracy "* ]]
    cp -r d other && rm -r other/cat
    run -3 --separate-stderr ocellus compare other --test d -f pixels:size=4
    [[ "$stderr" == *"skipped test image cat/1.tif"* ]]
    run -3 ocellus evaluate model d --predictions p.csv --report page.html
    cp "$(ls -d d/*/*.png | head -1)" d/cat/9.png
    run -1 --separate-stderr ocellus evaluate model d
    [[ "$stderr" == *"label that the model does not know: 'cat' (first: cat/9.png)"* ]]
    run -1 ocellus compare other --test d -f pixels:size=4
}

@test "a single file of another kind is named with its kind and remedy" {
    make_tiff photo.tif
    run -1 --separate-stderr ocellus classify "$DATA/model" photo.tif
    [[ "$stderr" == *"photo.tif: a TIFF image, which is not read; "*magick* ]]
    run -1 --separate-stderr ocellus classify "$DATA/model" - <photo.tif
    [[ "$stderr" == *"standard input: a TIFF image"* ]]
    run -1 --separate-stderr ocellus show photo.tif -o picture.png
    [[ "$stderr" == *"a TIFF image"* ]]
    run -1 --separate-stderr ocellus extract photo.tif -f pixels -o set
    [[ "$stderr" == *"a TIFF image"* ]]
}

@test "an output does not replace an image of another kind" {
    make_tiff photo.tif
    make_classes d 2
    run -2 ocellus train d -f pixels:size=4 -o photo.tif
    [ "$(wc -c <photo.tif)" -eq 8 ]
}

# Prints the command that a message proposes.
meant() {
    sed -n '/probably meant/{ s/.*probably meant: //; s/, then .*//; p; }' <<<"$1"
}

@test "a folder of train and test: each command prints the one that was meant, which works" {
    mkdir "it's data"
    make_classes "it's data/train" 3
    make_classes "it's data/Test" 2
    run -1 --separate-stderr ocellus train "it's data" -f pixels:size=4 -o m
    [ "$(meant "$stderr")" = "ocellus train 'it'\\''s data/train' -f pixels:size=4 -o m" ]
    [[ "$stderr" == *", then ocellus evaluate m 'it'\\''s data/Test'" ]]
    eval "$(meant "$stderr")"
    run -1 --separate-stderr ocellus evaluate m "it's data/"
    [ "$(meant "$stderr")" = "ocellus evaluate m 'it'\\''s data/Test'" ]
    eval "$(meant "$stderr")"
    run -1 --separate-stderr ocellus extract "it's data" -o s -f pixels:size=4
    [ "$(meant "$stderr")" = "ocellus extract 'it'\\''s data/train' -o s -f pixels:size=4" ]
    [[ "$stderr" == *", then ocellus extract 'it'\\''s data/Test' --with s -o s-test" ]]
    eval "$(meant "$stderr")"
    run -1 --separate-stderr ocellus compare "it's data" --test="it's data" -f pixels:size=4
    [ "$(meant "$stderr")" = "ocellus compare 'it'\\''s data/train' '--test=it'\\''s data/Test' -f pixels:size=4" ]
    eval "$(meant "$stderr")"
    run -1 --separate-stderr ocellus compare "it's data/train" --test "it's data" -f pixels:size=4
    [ "$(meant "$stderr")" = "ocellus compare 'it'\\''s data/train' --test 'it'\\''s data/Test' -f pixels:size=4" ]
}

@test "a class named test is a class, and folders below classes are noted" {
    make_classes d 3
    mv d/ant d/test
    run -0 --separate-stderr ocellus train d -f pixels:size=4 -o m
    [[ "$stderr" != *deeper* ]]
    mkdir d/bee/small
    mv d/bee/*1.png d/bee/small
    run -0 --separate-stderr ocellus train d -f pixels:size=4 -o m
    [[ "$stderr" == *"deeper than the class folders"*"bee/small/"*" is of class bee"*path,label* ]]
}

@test "folders without images are named, the first five" {
    make_classes d 2
    mkdir d/c{1..4}
    run -0 --separate-stderr ocellus train d -f pixels:size=4 -o m
    [[ "$stderr" == *"are not classes: c1, c2, c3, c4"* ]]
    mkdir d/c{5..8}
    run -0 --separate-stderr ocellus train d -f pixels:size=4 -o m
    [[ "$stderr" == *"are not classes: c1, c2, c3, c4, c5 and 3 more"* ]]
}

# bats test_tags=long
@test "a missing file of a list: its line, and the folder it was looked up from" {
    make_classes d 2
    mkdir lists
    printf 'path,label\n../d/ant/gone.png,ant\n' >lists/l.csv
    for file in d/*/*.png; do echo "../$file,$(basename "$(dirname "$file")")" >>lists/l.csv; done
    run -3 --separate-stderr ocellus train lists/l.csv -f pixels:size=4 -o m
    [[ "$stderr" == *"d/ant/gone.png: cannot be opened: "*"(line 2 of the list, looked up from the list's folder lists/)"* ]]
}

# Runs extract in the background until its journal has a line, ends it, and leaves its messages in the file message.
end_at() {
    local line=$1
    shift
    "$OCELLUS" extract "$@" 2>message &
    for _ in $(seq 800); do
        grep -q "^$line" set.partial/.ocellus-partial 2>/dev/null && break
        sleep 0.02
    done
    kill -TERM $!
    wait $! || true
}

@test "a run that ends while it learns prints what is kept, and --resume what it continues with" {
    spec=words:count=10,samples=2000+words:count=400,patch=5,samples=300000
    end_at fitted "$DATA/train" -f $spec -o set
    grep -q "what the first stages learned is kept in set.partial, and --resume goes on" message
    "$OCELLUS" extract "$DATA/train" -f words:count=400,samples=300000 -o other 2>message &
    sleep 0.3
    kill -TERM $!
    wait $! || true
    grep -q "nothing is kept: no stage was fitted" message
    [ ! -e other.partial ]
    run -0 --separate-stderr ocellus extract "$DATA/test" -f pixels:size=4 -o other --resume
    [[ "$stderr" == *"no earlier run left results in other.partial: starting from the beginning"* ]]
    [ -d set.partial ]
}

# bats test_tags=long
@test "stages that were learned before the end are the same after --resume" {
    spec=words:count=10,samples=2000+words:count=100,patch=5,samples=100000
    ocellus extract "$DATA/test" -f $spec -o whole
    end_at fitted "$DATA/test" -f $spec -o set
    [ -d set.partial ]
    run -0 --separate-stderr ocellus extract "$DATA/test" -f $spec -o set --resume
    [[ "$stderr" == *"continuing with the fitted stages"* ]]
    diff -r whole set
}

@test "train and compare print, when they are interrupted, that nothing is kept" {
    for command in "train $DATA/train -o m" "compare $DATA/train --test $DATA/test"; do
        "$OCELLUS" $command -f words:count=400,samples=300000 2>message &
        sleep 0.3
        kill -TERM $!
        wait $! || true
        grep -q "interrupted; nothing is kept" message
    done
}

@test "a set that lacks an image: every command that uses its rows names the image and ends with 3" {
    make_classes d 3
    ocellus train d -f pixels:size=4 -o model -q
    : >d/ant/empty.png
    mkfifo d/ant/pipe.png
    run -3 ocellus extract d --with model -o set
    [ "$(wc -l <set/skipped.csv)" -eq 3 ]
    for i in 1 2; do ocellus extract d --with model --shard $i/2 -o part$i -q || [ $? -eq 3 ]; done
    for command in "train set -o new" "train part1 part2 -o new" "train set --check-gradient" "evaluate model set" \
        "classify model set" "classify model set -o answers.csv" "show model set --what ray -o ray.png" \
        "show model d --what ray -o ray.png" "extract set --format csv -o rows.csv" "info model --card --test set"; do
        # shellcheck disable=SC2086
        run -3 --separate-stderr ocellus $command
        [[ "$stderr" == *"ant/empty.png: "*"ant/pipe.png: "* ]]
    done
}

@test "compare checks the test labels once" {
    strace -o trace true 2>/dev/null || skip "nothing can be traced here"
    make_classes d 3
    cp -r d test
    make_tiff test/cat/1.tif
    ASAN_OPTIONS=detect_leaks=0 run -3 strace -f -o trace -e trace=openat \
        "$OCELLUS" compare d --test test -f pixels:size=4
    [ "$(grep -c 'cat/1.tif' trace)" -eq 2 ] # by the check and by the extraction
}

@test "a byte order mark before a list, labels, class names or svmlight text is not part of them" {
    make_classes d 3
    ocellus extract d -f pixels:size=4 -o set -q
    ocellus extract set --format svmlight -o rows.svm -q
    ocellus train set -o model -q
    mark() { sed '1s/^/\xef\xbb\xbf/' "$1" >"marked-$1"; }
    ls d/*/* >list
    cut -d, -f3 set/index.csv | tail -n +2 >labels
    cp "$DATA/names.txt" names
    for file in list labels names rows.svm; do mark "$file"; done
    ocellus classify model --files-from marked-list >streamed
    cmp streamed <(ocellus classify model --files-from list)
    ocellus extract --files-from marked-list -f pixels:size=4 -o listed
    cmp listed/features.npy set/features.npy
    for rows in "set/features.npy --labels marked-labels" marked-rows.svm; do
        # shellcheck disable=SC2086
        ocellus train $rows -o of-rows -q
        [ "$(ocellus info of-rows --json | jq '.classes | length')" -eq 2 ]
    done
    ocellus unpack "$DATA/check-images-idx3-ubyte" --names marked-names -o unpacked -q
    [ "$(ls unpacked)" = "$(ls "$DATA/test")" ]
}
