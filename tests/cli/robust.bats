load common

# Outputs

# What a kill at any other moment leaves is swept by tests/fault/faults.py.
# bats test_tags=long
@test "an interrupted extraction is kept, and --resume writes the same bytes as one run" {
    strace -o trace true 2>/dev/null || skip "nothing can be traced here"
    cp -r "$DATA/test" many
    echo broken >many/Dress/00000.png
    spec=words:count=40,samples=2000+hog:cell=4
    run -3 ocellus extract many -f $spec -o whole -q --seed 5
    for signal in TERM KILL; do
        rm -rf set
        # The signal comes with the 60th of about 120 blocks of rows.
        ASAN_OPTIONS=detect_leaks=0 run strace -f -o trace -P "$PWD/set.partial/new/features.npy" -e trace=write \
            -e inject=write:signal=$signal:when=60 "$OCELLUS" extract many -f $spec -o set -q --seed 5 --threads 1
        [ -d set.partial ]
        [ ! -e set ]
        [ $signal = KILL ] || [[ "$output" == *resume* ]]
        run -2 ocellus extract many -f $spec -o set --resume --seed 6
        [[ "$output" == *"again without --resume"* ]]
        [[ "$output" == *"seed 5"* && "$output" == *"seed 6"* ]]
        run -3 ocellus extract many -f $spec -o set --resume --seed 5 --threads 2
        [[ "$output" == *"continuing after"* ]]
        diff -r whole set
        [ ! -e set.partial ]
    done
}

@test "--resume where nothing was interrupted begins, and without it what was interrupted is removed" {
    ocellus extract "$DATA/test" -f pixels:size=4 -o set --resume
    mkdir -p other.partial/new
    echo half >other.partial/new/features.npy
    echo "ocellus extraction 1" >other.partial/.ocellus-partial
    ocellus extract "$DATA/test" -f pixels:size=4 -o other
    diff -r set other
    [ "$(ls -A)" = "$(printf 'other\nset')" ]
}

@test "a folder NAME.partial of somebody else is left alone" {
    mkdir set.partial
    echo precious >set.partial/letter
    run -2 ocellus extract "$DATA/test" -f pixels:size=4 -o set
    [[ "$output" == *set.partial* ]]
    [ "$(cat set.partial/letter)" = precious ]
    [ ! -e set ]
}

@test "results that cannot be written are a failure" {
    [ -e /dev/full ] || skip "there is no /dev/full"
    for command in "extract $DATA/test -f pixels:size=4 -o set --json" "info $DATA/model" "help extract" \
                   "classify $DATA/model $DATA/kinds/plain.png" "evaluate $DATA/model $DATA/test"; do
        run -1 bash -c "\"$OCELLUS\" $command -q >/dev/full"
        [[ "$output" == *"standard output"* ]]
    done
    run -1 bash -c "\"$OCELLUS\" info $DATA/model >&-"
    [[ "$output" == *"standard output"* ]]
}

@test "a full disk is a message, and nothing is left under the name" {
    [ "$(id -u)" = 0 ] || skip "only root can mount a small disk"
    mkdir small
    mount -t tmpfs -o size=600k none small 2>/dev/null || skip "no small disk can be mounted here"
    run ocellus extract "$DATA/test" -f pixels:size=28 -o small/set -q
    full=$status message=$output left=$(ls small)
    rm -rf small/*
    head -c 540k /dev/zero >small/filler # the model takes 94 kB
    run ocellus train "$DATA/test" -f pixels:size=28,gray=0 -o small/model -q
    left+=$(ls small)
    head -c 1M /dev/zero >small/more 2>/dev/null || true
    named=$(ocellus classify "$DATA/model" "$DATA/test" -o small/labels.csv -q 2>&1 || true)
    umount small
    [ $full -eq 1 ]
    [[ "$message" == *"No space left"* ]]
    [[ "$named" == *"small/labels.csv"*"No space left"* ]]
    [[ "$left" != *set && "$left" != *model ]]
    [ $status -eq 1 ]
    [[ "$output" == *"No space left"* ]]
}

@test "an output folder that cannot be written fails before the work" {
    [ "$(id -u)" = 0 ] || skip "only root can mount a read-only disk"
    mkdir fixed
    mount -t tmpfs -o ro none fixed 2>/dev/null || skip "no disk can be mounted here"
    run ocellus train "$DATA/nothing" -o fixed/model
    train=$status said=$output
    run ocellus extract "$DATA/nothing" -f hog -o fixed/set
    umount fixed
    [ $train -eq 1 ]
    [[ "$said" == *Read-only* ]]
    [ $status -eq 1 ]
    [[ "$output" == *Read-only* ]]
}

@test "standard output is no place for a set, a model or a folder" {
    run -2 ocellus extract "$DATA/test" -f hog -o -
    [[ "$output" == *folder* ]]
    run -2 ocellus unpack "$DATA/small-images-idx3-ubyte" -o -
    [[ "$output" == *"standard output"* ]]
    run -2 ocellus train "$DATA/test" -o -
    [[ "$output" == *"standard output"* ]]
    [ "$(ls -A)" = "" ]
}

@test "compare does not replace the test set by the model" {
    cp "$DATA/check-images-idx3-ubyte" test-images-idx3-ubyte
    cp "$DATA/check-labels-idx1-ubyte" test-labels-idx1-ubyte
    run -2 ocellus compare "$DATA/train" --test test-images-idx3-ubyte -f pixels:size=4 -o test-images-idx3-ubyte
    cmp test-images-idx3-ubyte "$DATA/check-images-idx3-ubyte"
}

@test "a folder with anything but a set in it is not replaced" {
    ocellus extract "$DATA/test" -f pixels:size=4 -o set
    ocellus extract "$DATA/test" -f pixels:size=2 -o set
    mkdir thesis empty
    cp set/features.npy thesis
    echo years of work >thesis/chapter.txt
    run -2 ocellus extract "$DATA/test" -f pixels:size=4 -o thesis
    [[ "$output" == *chapter.txt* ]]
    [ "$(cat thesis/chapter.txt)" = "years of work" ]
    ocellus extract "$DATA/test" -f pixels:size=4 -o empty
    echo note >empty/.note
    run -2 ocellus extract "$DATA/test" -f pixels:size=4 -o empty
    [[ "$output" == *.note* ]]
}

@test "no output replaces an input" {
    cp -r "$DATA/test" photos
    cp "$DATA/model" model
    photo=$(find photos -name '*.png' | head -1)
    ocellus extract photos -f pixels:size=4 -o set
    cp -r set before
    run -2 ocellus extract set --format csv -o set/features.npy
    run -2 ocellus extract set --format svmlight -o set/index.csv
    run -2 ocellus train set -o set/index.csv
    run -2 ocellus extract photos --with set -o ./set
    run -2 ocellus merge set -o set
    run -2 ocellus show model -o model
    run -2 ocellus classify model "$photo" --explain "$photo"
    for page in "$photo" model; do
        run -2 ocellus evaluate model photos --report "$page"
        run -2 ocellus compare photos --test "$photo" -f pixels:size=2 --report "$photo"
    done
    diff -r photos "$DATA/test"
    diff -r set before
    cmp model "$DATA/model"
}

@test "a page or a picture beside a result does not go to standard output" {
    run -2 ocellus evaluate "$DATA/model" "$DATA/test" --report -
    [[ "$output" == *"standard output"* ]]
    run -2 ocellus compare "$DATA/train" --test "$DATA/test" -f pixels:size=2 --report -
    run -2 ocellus classify "$DATA/model" "$DATA/kinds/plain.png" --explain -
    [[ "$output" == *"standard output"* ]]
    ocellus show "$DATA/model" -o - | head -c 4 | grep -q PNG
    [ -z "$(ls)" ]
}


# bats test_tags=long
@test "messages never land in an output, whichever standard streams are closed" {
    make_damaged images
    ocellus extract images -f pixels:size=2 -o whole || [ $? -eq 3 ]
    ocellus show "$DATA/model" -o whole.png
    for closed in "<&-" ">&-" "2>&-" "<&- >&-" ">&- 2>&-" "<&- >&- 2>&-"; do
        bash -c "\"$OCELLUS\" extract images -f pixels:size=2 -o set $closed" || true
        bash -c "\"$OCELLUS\" show \"$DATA/model\" -v -o picture.png $closed" || true
        bash -c "\"$OCELLUS\" train \"$DATA/test\" -f pixels:size=2 -v -o model $closed" || true
        diff -r whole set
        cmp whole.png picture.png
        ocellus info model >info
        rm -r set picture.png model
    done
}

@test "a name that leaves no room for its temporary one is refused before the work" {
    long=$(printf 'n%.0s' $(seq 248))
    for command in "train -f pixels:size=4" "extract -f pixels:size=4" "extract -f pixels:size=4 --format csv"; do
        run -2 ocellus ${command%% *} "$DATA/nothing" ${command#* } -o "$long"
        [[ "$output" == *"too long"* ]]
    done
    run -2 ocellus train "$DATA/nothing" -f pixels:size=4 -o folder/
    [[ "$output" == *"is a folder"* ]]
    run -1 ocellus classify "$DATA/model" "$(printf 'd%.0s/' $(seq 3000))"
    [[ "$output" == *" ... "*"File name too long"* ]]
}

@test "outputs that could not be replaced in the end are refused before the work" {
    [ "$(id -u)" = 0 ] || skip "only root can mount a disk and be somebody else"
    mkdir mounted
    mount -t tmpfs none mounted 2>/dev/null || skip "no disk can be mounted here"
    run ocellus extract "$DATA/nothing" -f hog -o mounted
    umount mounted
    [ "$status" -eq 2 ]
    [[ "$output" == *"mount point"* ]]
    command -v setpriv >/dev/null || skip "there is no setpriv"
    mkdir -m 1777 shared
    cp "$DATA/model" shared/model
    somebody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    "${somebody[@]}" test -x "$OCELLUS" -a -w shared || skip "the command is out of reach of another user"
    run "${somebody[@]}" "$OCELLUS" train "$DATA/nothing" -f hog -o shared/model
    [ "$status" -eq 1 ]
    [[ "$output" == *"another user"* ]]
    cmp shared/model "$DATA/model"
}

@test "an output that another run is writing is refused, and written when that run has ended" {
    for file in set rows.csv; do
        format=
        [ $file = set ] || format="--format csv"
        # A run holds a lock on this file while it writes; here flock holds it.
        lock=$file.partial
        [ $file = rows.csv ] || { mkdir set.partial; lock=set.partial/.ocellus-partial; }
        touch $lock
        run -1 flock $lock "$OCELLUS" extract "$DATA/test" -f pixels:size=4 $format -o $file
        [[ "$output" == *"another program is writing it"* ]]
        [ ! -e $file ]
        run -0 ocellus extract "$DATA/test" -f pixels:size=4 $format -o $file
        [ -e $file ]
        [ ! -e $file.partial ]
    done
}

@test "a reader who closes the pipe early gets no message" {
    ocellus extract "$DATA/test" -f pixels:size=28 -o set
    for rows in set "$DATA/test -f pixels:size=28"; do
        "$OCELLUS" extract $rows --format csv -o - -q 2>told | head -c 10
        [ ! -s told ]
    done
    run -1 bash -c "\"$OCELLUS\" extract set --format csv -o - -q >/dev/full"
    [[ "$output" == *"No space left"* ]]
}

@test "a message is written at once, so that those of several runs do not mix" {
    strace -o trace true 2>/dev/null || skip "nothing can be traced here"
    ASAN_OPTIONS=detect_leaks=0 run -1 strace -f -o trace -e trace=write "$OCELLUS" info nothing
    [ "$(grep -c 'write(2, "ocellus: nothing' trace)" -eq 1 ]
    [ "$(grep -c 'write(2, ' trace)" -eq 1 ]
}

@test "a limit of file sizes is a message, not a signal" {
    for command in "extract -f pixels:size=28" "extract -f pixels:size=28 --format csv" "train -f pixels:size=28"; do
        run -1 bash -c "ulimit -f 8; \"$OCELLUS\" ${command%% *} \"$DATA/test\" ${command#* } -o output -q"
        [[ "$output" == *"File too large"* ]]
        [ ! -e output ]
    done
}

# bats test_tags=long
@test "a stack of 128 kB, as threads of musl have, is enough" {
    [[ "$OCELLUS" != */sanitize/* ]] || skip "the sanitizers need more themselves"
    spec=hog:block=2+color+words:count=100,samples=5000
    run -0 bash -c "ulimit -s 128; \"$OCELLUS\" extract \"$DATA/test\" -f $spec -o set -q"
    run -0 bash -c "ulimit -s 128; \"$OCELLUS\" train set --tune -o model -q"
    run -0 bash -c "ulimit -s 128; \"$OCELLUS\" evaluate model \"$DATA/test\" --report page.html"
}

@test "too few open files end the run, and do not cost images" {
    run -1 bash -c "ulimit -n 6; \"$OCELLUS\" extract \"$DATA/test\" -f pixels:size=2 -o set -q"
    [[ "$output" == *"Too many open files"* ]]
    [ ! -e set ]
}

# Levels and limits

make_levels() { # whole.jpg, rest.jpg (no end marker), half.jpg
    mkdir levels
    cp "$DATA/kinds/gray.jpg" levels/whole.jpg
    head -c -2 levels/whole.jpg >levels/rest.jpg
    head -c $(($(stat -c %s levels/whole.jpg) * 2 / 3)) levels/whole.jpg >levels/half.jpg
}

@test "--fail-on moves what is skipped, and warnings carry the name of the file" {
    make_levels
    run -3 --separate-stderr ocellus extract levels -f pixels:size=4 -o set
    [[ "$stderr" == *"skipped image half.jpg"* && "$stderr" == *"rest.jpg: warning: "* ]]
    run -3 --separate-stderr ocellus extract levels -f pixels:size=4 -o set --fail-on warning
    [ "$(wc -l <set/skipped.csv)" -eq 3 ]
    run -0 --separate-stderr ocellus extract levels -f pixels:size=4 -o set --fail-on none
    [[ "$stderr" == *"half.jpg: warning: "* ]]
    run -1 ocellus extract levels -f pixels:size=4 -o set --strict
    run -2 ocellus extract levels -f pixels:size=4 -o set --fail-on sometimes
    run -1 ocellus classify "$DATA/model" levels/half.jpg
    run -0 --separate-stderr ocellus classify "$DATA/model" levels/half.jpg --fail-on none
    [[ "$stderr" == *"half.jpg: warning: "* ]]
}

@test "the first warnings are named, all of them with -v, and all are counted" {
    make_levels
    for i in $(seq 8); do cp levels/rest.jpg levels/rest-$i.jpg; done
    rm levels/half.jpg
    run -0 --separate-stderr ocellus extract levels -f pixels:size=4 -o set
    [ "$(grep -c 'warning: ' <<<"$stderr")" -eq 5 ]
    [[ "$stderr" == *"warned about 9 images"* ]]
    run -0 --separate-stderr ocellus extract levels -f pixels:size=4 -o set -v
    [ "$(grep -c 'warning: ' <<<"$stderr")" -eq 9 ]
    run -0 --separate-stderr ocellus extract levels -f pixels:size=4 -o set -q
    [ "$stderr" = "" ]
}

@test "each limit is an option of every command that reads images" {
    for limit in "--max-pixels 100" "--max-side 20"; do
        run -1 ocellus classify "$DATA/model" "$DATA/kinds/plain.png" $limit
        [[ "$output" == *"${limit% *}"* ]]
        run -1 ocellus extract "$DATA/kinds/plain.png" -f hog -o set $limit
        [[ "$output" == *"${limit% *}"* ]]
        run -1 ocellus evaluate "$DATA/model" "$DATA/test" $limit
    done
    for command in extract train evaluate compare classify; do
        ocellus help $command >text
        for option in fail-on max-pixels max-side max-scans max-warnings max-memory; do
            grep -q -- "--$option" text
        done
    done
}

@test "the limits of a model file are not those of its reader" {
    python3 - "$DATA/model" <<'PYTHON'
import json, struct, sys
data = open(sys.argv[1], "rb").read()
size, = struct.unpack("<Q", data[:8])
header = json.loads(data[8:8 + size])
header["__metadata__"]["max-pixels"] = "1"
text = json.dumps(header).encode()
open("strange", "wb").write(struct.pack("<Q", len(text)) + text + data[8 + size:])
PYTHON
    run -0 ocellus classify strange "$DATA/kinds/plain.png"
}

@test "a set that is cut short while it is read is a message, not a signal" {
    [ -e /proc/self/maps ] || skip "there is no /proc"
    ocellus extract "$DATA/test" -f pixels:size=28 -o set
    mv set/index.csv index.csv
    mkfifo set/index.csv
    exec 9<>set/index.csv
    "$OCELLUS" train set -o model 2>message 9>&- &
    for _ in $(seq 200); do
        grep -q features.npy /proc/$!/maps && break
        sleep 0.05
    done
    truncate -s 4096 set/features.npy
    cat index.csv >&9
    exec 9>&-
    status=0
    wait $! || status=$?
    [ $status -eq 1 ]
    grep -q "became shorter" message
    rm set/index.csv
    mv index.csv set
    run -1 ocellus train set -o model
    [[ "$output" == *features.npy* ]]
    [ ! -e model ]
}

# Names and folders

@test "names with line breaks and control characters are escaped in messages and kept in files" {
    mkdir -p "odd/a b"
    name=$'odd/a b/one\ntwo\033[31m.png'
    cp "$DATA/kinds/plain.png" "$name"
    cp "$DATA/kinds/plain.png" $'odd/a b/\xff\xfe.png'
    echo text >$'odd/a b/bad\nname\033]0;x\a.png'
    run -3 --separate-stderr ocellus extract odd -f pixels:size=4 -o set
    [[ "$stderr" == *'bad\nname\x1b]0;x\x07.png'* ]]
    [[ "$stderr" != *$'\033'* ]]
    python3 - <<'PYTHON'
import csv
rows = list(csv.DictReader(open("set/index.csv", newline="", encoding="utf-8", errors="surrogateescape")))
assert [r["path"] for r in rows] == ["a b/one\ntwo\033[31m.png", "a b/\udcff\udcfe.png"], rows
assert list(csv.DictReader(open("set/skipped.csv", newline="")))[0]["path"] == "a b/bad\nname\033]0;x\a.png"
PYTHON
    printf '%s\0' "$name" | run -0 ocellus extract - -f pixels:size=4 -o set
}

@test "a path of 4,000 characters is read" {
    deep=$(printf 'd%.0s' $(seq 200))
    for _ in $(seq 19); do
        mkdir "$deep"
        cd "$deep"
    done
    cp "$DATA/kinds/plain.png" image.png
    cd "$BATS_TEST_TMPDIR/here"
    run -0 ocellus extract "$deep" -f pixels:size=4 -o set
    python3 -c 'import csv; assert len(next(csv.DictReader(open("set/index.csv")))["path"]) > 3600'
}

@test "links are followed, loops are not, and a link to nowhere is skipped with its reason" {
    mkdir -p photos/a photos/b elsewhere
    cp "$DATA/kinds/plain.png" elsewhere/image.png
    ln -s ../../elsewhere/image.png photos/a/linked.png
    ln -s ../../elsewhere photos/b/folder
    ln -s .. photos/b/loop
    ln -s nowhere photos/b/broken.png
    run -3 ocellus extract photos -f pixels:size=4 -o set
    [[ "$output" == *"broken.png: "*"No such file"* ]]
    [ "$(tail -n +2 set/index.csv | cut -d, -f2 | tr '\n' ' ')" = "a/linked.png b/folder/image.png " ]
    ln -s nowhere photos/c
    run -1 ocellus extract photos -f pixels:size=4 -o set
    [[ "$output" == *"photos/c/: folder cannot be read: No such file"* ]]
}

@test "an image that is there twice has two rows" {
    mkdir twice
    cp "$DATA/kinds/plain.png" twice/a.png
    ln twice/a.png twice/b.png
    printf 'path\ntwice/a.png\ntwice/a.png\n' >list.csv
    ocellus extract twice -f pixels:size=4 -o set
    [ "$(npy_shape set/features.npy)" = "2 48" ]
    ocellus extract list.csv -f pixels:size=4 -o set
    [ "$(npy_shape set/features.npy)" = "2 48" ]
}

@test "an unreadable file is skipped, an unreadable folder is an error" {
    [ "$(id -u)" != 0 ] || skip "root reads everything"
    mkdir -p photos/a photos/b
    cp "$DATA/kinds/plain.png" photos/a/1.png
    cp "$DATA/kinds/plain.png" photos/b/2.png
    chmod 0 photos/b/2.png
    run -3 ocellus extract photos -f pixels:size=4 -o set
    [[ "$output" == *"2.png: "*"Permission denied"* ]]
    chmod 0 photos/a
    run -1 ocellus extract photos -f pixels:size=4 -o set
    [[ "$output" == *photos/a*"Permission denied"* ]]
    chmod 700 photos/a
}

# What is given in place of something else

@test "devices and folders are no models and no data sets, and that is said at once" {
    for command in "info /dev/zero" "classify /dev/zero x.png" "evaluate /dev/zero $DATA/test" "extract /dev/zero -f hog -o set"; do
        run -1 timeout 20 "$OCELLUS" $command
        [[ "$output" == *device* ]]
    done
    run -1 ocellus info "$DATA/test"
    [[ "$output" == *"not a set"* ]]
    run -1 ocellus evaluate "$DATA/train" "$DATA/test"
    [[ "$output" == *"a model is one file"* ]]
    ocellus extract "$DATA/test" -f pixels:size=4 -o set
    run -1 ocellus compare set --test "$DATA/test" -f hog
    [[ "$output" == *"set of rows"* ]]
}

@test "devices and silent pipes in a list are skipped, not waited for, and a pipe can be classified" {
    mkfifo pipe
    printf 'path\npipe\n/dev/zero\n%s\n' "$DATA/kinds/plain.png" >list.csv
    run -3 timeout 20 "$OCELLUS" extract list.csv -f pixels:size=4 -o set
    [[ "$output" == *"/dev/zero: is a device"* ]]
    [ "$(npy_shape set/features.npy)" = "1 48" ]
    (sleep 0.3; cat "$DATA/kinds/plain.png") | run -0 timeout 20 "$OCELLUS" classify "$DATA/model" /dev/stdin
    run -0 timeout 20 "$OCELLUS" classify "$DATA/model" <(sleep 0.3; cat "$DATA/kinds/plain.png")
}

@test "info prints how many images were skipped, and its numbers are numbers" {
    make_damaged damaged
    run -3 ocellus extract damaged -f pixels:size=4 -o set
    ocellus info set | grep -q 'skipped *3'
    [ "$(ocellus info set --json | jq .skipped)" = 3 ]
    ocellus info "$DATA/model" --json | jq -e '.training.batch == 256 and (.training.l2 | type) == "number" and (.training.loss | type) == "string"'
}

@test "train --json is one object" {
    run -0 --separate-stderr ocellus train "$DATA/test" -f pixels:size=4 -o model --json
    [ "$(wc -l <<<"$output")" -eq 1 ]
    jq -e '.images == 200 and .skipped == 0 and (.classes | length) == 10 and .dimension == 48 and .parameters == 490' <<<"$output"
    jq -e '.train_accuracy > 0 and .train_accuracy <= 1 and .train_seconds >= 0' <<<"$output"
}

@test "an exit status of 3 is in the help of commands that can skip alone" {
    ocellus help extract | grep -q '3 done but images were skipped'
    ocellus help unpack | grep -q '2 wrong usage$'
    ocellus help merge | grep -q '2 wrong usage$'
}

@test "an empty argument, a model for a set, lines without line feeds, a seed that is too small: each says what is wrong" {
    run -2 ocellus extract "" -f pixels -o set
    [[ "$output" == *"argument 1 is empty: the name of a file or folder is needed"* ]]
    run -2 ocellus compare "$DATA/train" --test "" -f pixels
    [[ "$output" == *"--test is empty"* ]]
    run -1 ocellus merge "$DATA/model" -o set
    [[ "$output" == *"/model: a file, but a set is a folder that extraction wrote"* ]]
    printf 'path,label\ra.png,x\r' >list.csv
    run -1 ocellus extract list.csv -f pixels -o set
    [[ "$output" == *"list.csv: its lines end in carriage returns alone"* ]]
    run -2 ocellus train "$DATA/train" --seed -1 -o model
    [[ "$output" == *"0..9007199254740991"* ]]
}
