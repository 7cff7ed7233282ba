load common

# Files, folders, lists and sets of any number, on all threads, to standard output or a CSV file.

@test "a folder gives the same lines as its files named one by one, whatever the threads" {
    shopt -s globstar
    ocellus classify "$DATA/model" "$DATA"/test/**/*.png >alone
    [ "$(wc -l <alone)" -gt 100 ]
    for threads in 1 2 7; do
        ocellus classify "$DATA/model" "$DATA/test" --threads $threads >folder
        cmp alone folder
        ocellus classify "$DATA/model" "$DATA/test" --threads $threads -o folder-$threads.csv
    done
    cmp folder-1.csv folder-7.csv
    cmp folder-1.csv folder-2.csv
    [ "$(head -1 folder-1.csv)" = path,label,probability ]
    [ "$(tail -n +2 folder-1.csv | cut -d, -f1,2 | tr , '\t')" = "$(cut -f1,2 alone)" ]
}

@test "a reader that has seen enough ends the work without a message" {
    yes "$DATA/kinds/plain.png" | head -n 100000 >names
    run -0 --separate-stderr bash -c '"$OCELLUS" classify "$DATA/model" --files-from names | head -n 2'
    [ "$(wc -l <<<"$output")" -eq 2 ]
    [ "$stderr" = "" ]
    run -1 --separate-stderr bash -c '"$OCELLUS" classify "$DATA/model" "$DATA/test" >/dev/full'
    [[ "$stderr" == "ocellus: standard output: "* ]]
}

@test "images beside folders and below them are all found" {
    mkdir -p new/deep/deeper
    cp "$DATA/kinds/plain.png" new/a.png
    cp "$DATA/kinds/gray.jpg" new/deep/deeper/b.jpg
    echo text >new/notes.txt
    run -0 --separate-stderr ocellus classify "$DATA/model" new
    [ "$(cut -f1 <<<"$output")" = $'new/a.png\nnew/deep/deeper/b.jpg' ]
}

@test "files, folders, lists, sets, binary files and --files-from are mixed, in the order of the command" {
    ocellus extract "$DATA/test/Bag" --with "$DATA/model" -o bags
    printf 'label,path\nwrong,kinds/plain.png\n,kinds/gray.jpg\n' >"$DATA/list.csv"
    mkdir folder && cp "$DATA/kinds/plain.png" folder/x.png
    first=$(cut -d, -f2 bags/index.csv | sed -n 2p)
    rows=$(($(wc -l <bags/index.csv) - 1))
    printf '%s\n' "$DATA/kinds/gray.jpg" "" "folder/x.png" >names
    run -0 --separate-stderr ocellus classify "$DATA/model" "$DATA/kinds/plain.png" bags "$DATA/list.csv" folder --files-from names --threads 2
    [ "${#lines[@]}" -eq $((1 + rows + 2 + 1 + 2)) ]
    [ "$(cut -f1 <<<"${lines[0]}")" = "$DATA/kinds/plain.png" ]
    [ "$(cut -f1 <<<"${lines[1]}")" = "$first" ]
    [ "$(tail -n 5 <<<"$output" | cut -f1)" = "$(printf '%s\n' "$DATA"/kinds/plain.png "$DATA"/kinds/gray.jpg folder/x.png "$DATA"/kinds/gray.jpg folder/x.png)" ]
    run -0 --separate-stderr ocellus classify "$DATA/model" "$DATA/check-images-idx3-ubyte" -o binary.csv
    ocellus classify "$DATA/model" "$DATA/test" -o folder.csv
    [ "$(tail -n +2 binary.csv | cut -d, -f2 | sort)" = "$(tail -n +2 folder.csv | cut -d, -f2 | sort)" ]
}

@test "a set is classified as its images are, also without labels; one that does not fit is refused before the work" {
    ocellus extract "$DATA/test" --with "$DATA/model" -o set
    find "$DATA/test" -name '*.png' | sort | ocellus extract - --with "$DATA/model" -o bare
    [ "$(tail -n +2 bare/index.csv | cut -d, -f3 | sort -u)" = "" ]
    ocellus classify "$DATA/model" "$DATA/test" | cut -f2,3 >images
    ocellus classify "$DATA/model" set | cut -f2,3 | cmp images
    ocellus classify "$DATA/model" bare | cut -f2,3 | cmp images
    ocellus extract "$DATA/test" -f pixels:size=4 -o other
    run -2 --separate-stderr ocellus classify "$DATA/model" "$DATA/kinds/plain.png" other -o out.csv
    [[ "$stderr" == *"other: "*"--with $DATA/model"* ]]
    [ ! -e out.csv ]
}

@test "--top K writes K lines an image with their rank" {
    run -0 --separate-stderr ocellus classify "$DATA/model" "$DATA"/kinds/*.jpg --top 3 -o top.csv
    [ "$(head -1 top.csv)" = path,label,probability,rank ]
    [ "$(tail -n +2 top.csv | wc -l)" -eq 15 ]
    [ "$(tail -n +2 top.csv | cut -d, -f4 | paste -sd '')" = 123123123123123 ]
    [ "$(tail -n +2 top.csv | awk -F, '{sum[$1] += $3} sum[$1] > 1.00001 {print}')" = "" ]
    ocellus classify "$DATA/model" "$DATA"/kinds/*.jpg --top 1000 -o all.csv
    [ "$(tail -n +2 all.csv | wc -l)" -eq 50 ]
}

# bats test_tags=long
@test "what cannot be read is named and left out: status 3, and 1 where nothing can be read" {
    make_damaged damaged
    run -3 --separate-stderr ocellus classify "$DATA/model" damaged -o out.csv
    [ "$(tail -n +2 out.csv | wc -l)" -eq 997 ]
    [ "$(grep -c '^ocellus: skipped damaged/' <<<"$stderr")" -eq 3 ]
    [[ "$output" == "997 images in out.csv, "* ]]
    [ "$(ocellus classify "$DATA/model" damaged -o out.csv --json 2>/dev/null | jq -c '[.images, .skipped]')" = "[997,3]" ]
    mkdir none && echo broken >none/a.png && echo broken >none/b.png
    cp out.csv before.csv
    run -1 --separate-stderr ocellus classify "$DATA/model" none -o out.csv
    [[ "$stderr" == *"none of the 2 images can be read"* ]]
    cmp out.csv before.csv
    run -1 --separate-stderr ocellus classify "$DATA/model" none/a.png -o new.csv
    [ "$(wc -l <<<"$stderr")" -eq 1 ]
    [ "$(ls)" = "$(printf '%s\n' before.csv damaged none out.csv)" ]
    [ "$(find . -name '*.partial')" = "" ]
}

@test "names with commas, quotes and line breaks stay one record" {
    mkdir odd
    for name in 'a,b' 'say "x"' $'new\nline'; do cp "$DATA/kinds/plain.png" "odd/$name.png"; done
    ocellus classify "$DATA/model" odd -o odd.csv
    python3 - <<'PYTHON'
import csv, os
with open("odd.csv", newline="") as file:
    rows = list(csv.DictReader(file))
assert sorted(r["path"] for r in rows) == sorted("odd/" + n for n in os.listdir("odd")), rows
assert all(r["label"] == "Trouser" for r in rows)
PYTHON
}

# bats test_tags=long
@test "--files-from takes lines, CR LF and NUL; and says what is wrong with a list" {
    name=$'new\nline.png'
    cp "$DATA/kinds/plain.png" "$name"
    cp "$DATA/kinds/plain.png" -- -
    printf '%s\0-\0' "$name" >nul
    run -0 --separate-stderr ocellus classify "$DATA/model" --files-from nul --json
    [ "$(jq -c .path <<<"$output")" = $'"new\\nline.png"\n"./-"' ]
    printf '%s\r\n' "$DATA/kinds/plain.png" "$DATA/kinds/gray.jpg" >windows
    [ "$(ocellus classify "$DATA/model" --files-from - <windows | wc -l)" -eq 2 ]
    run -1 --separate-stderr ocellus classify "$DATA/model" windows
    [[ "$stderr" == *"a plain list of paths is to be given as one: --files-from"* ]]
    : >empty
    run -1 --separate-stderr ocellus classify "$DATA/model" --files-from empty
    [ "$stderr" = "ocellus: empty: holds no path" ]
    run -1 ocellus classify "$DATA/model" --files-from missing
    head -c 70000 /dev/zero | tr '\0' x >long
    run -1 ocellus classify "$DATA/model" --files-from long
    [[ "$output" == *"name 1 is longer than 65536 bytes"* ]]
    { for _ in $(seq 2000); do echo "$DATA/kinds/plain.png"; done; printf 'a\0b\0'; } >mixed
    run -1 --separate-stderr ocellus classify "$DATA/model" --files-from mixed
    [[ "$stderr" == *"NUL byte"* ]]
    run -2 ocellus classify "$DATA/model" - --files-from - <windows
    run -2 ocellus classify "$DATA/model"
    run -2 ocellus classify "$DATA/model" "$DATA/kinds/plain.png" --resume
}

@test "a list that comes slowly through a pipe is answered name by name" {
    mkfifo names answers
    "$OCELLUS" classify "$DATA/model" --files-from - --threads 2 <names >answers &
    exec 7>names 8<answers
    for _ in 1 2 3; do
        echo "$DATA/kinds/plain.png" >&7
        IFS=$'\t' read -r -t 20 path label _ <&8
        [ "$path $label" = "$DATA/kinds/plain.png Trouser" ]
    done
    exec 7>&-
    wait $!
    exec 8<&-
}

# Most bytes in memory, in kB.
peak() {
    python3 - "$@" <<'PYTHON'
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
PYTHON
}

# bats test_tags=long
@test "memory does not grow with the names that come through a pipe" {
    local long
    long="$DATA/kinds/$(printf './%.0s' $(seq 500))plain.png" # 20,000 of them are 20 MB
    for count in 200 20000; do
        yes "$long" | head -n $count >names-$count
    done
    export ASAN_OPTIONS="$ASAN_OPTIONS:quarantine_size_mb=1"
    few=$(peak "$OCELLUS" classify "$DATA/model" --files-from names-200 -o few.csv)
    many=$(peak "$OCELLUS" classify "$DATA/model" --files-from names-20000 -o many.csv)
    [ "$(wc -l <many.csv)" -eq 20001 ]
    echo "$few kB, $many kB"
    [ "$many" -lt $((few + 8000)) ]
}

# bats test_tags=long
@test "what is cut short is kept, and --resume writes the same bytes as one run" {
    make_damaged damaged
    run -3 ocellus classify "$DATA/model" damaged --top 2 -o whole.csv -q
    mkfifo names
    find damaged -name '*.png' | sort >all
    for signal in TERM KILL; do
        # The names stop coming after 300; notes are taken a second later, with the next answers.
        "$OCELLUS" classify "$DATA/model" --top 2 -o out.csv -q --files-from names 2>message &
        exec 7>names
        head -n 300 all >&7
        sleep 1.2
        sed -n 301,400p all >&7
        for _ in $(seq 400); do
            grep -q '^done' out.csv.partial/.ocellus-partial 2>/dev/null && break
            sleep 0.05
        done
        kill -$signal $!
        ended=0
        wait $! || ended=$?
        [ "$signal $ended" = "KILL 137" ] || [ "$signal $ended" = "TERM 1" ]
        exec 7>&-
        [ ! -e out.csv ]
        [ $signal = KILL ] || grep -q -- '--resume goes on with them' message
        run -2 --separate-stderr ocellus classify "$DATA/model" --top 3 -o out.csv --resume --files-from all
        [[ "$stderr" == *"'top 2'"*"'top 3'"* ]]
        sed 's/^damaged/.\/damaged/' all >others
        run -2 --separate-stderr ocellus classify "$DATA/model" --top 2 -o out.csv --resume --files-from others
        [[ "$stderr" == *"started with other images"*"without --resume"* ]]
        run -2 --separate-stderr ocellus classify "$DATA/model" --top 2 -o out.csv --resume --files-from <(head -n 20 all)
        [[ "$stderr" == *"there are only 20 now"* ]]
        [ ! -e out.csv ]
        run -3 --separate-stderr ocellus classify "$DATA/model" --top 2 -o out.csv --resume --files-from all --threads 1
        [[ "$stderr" == *"continuing after the first "* ]]
        cmp whole.csv out.csv
        [ ! -e out.csv.partial ]
        rm out.csv
    done
}

@test "--resume where nothing was interrupted begins, and without it what was interrupted is removed" {
    ocellus classify "$DATA/model" "$DATA/test" -o out.csv --resume
    mkdir other.csv.partial
    echo half >other.csv.partial/new
    echo "ocellus classification 1" >other.csv.partial/.ocellus-partial
    ocellus classify "$DATA/model" "$DATA/test" -o other.csv
    cmp out.csv other.csv
    [ ! -e other.csv.partial ]
    mkdir theirs.csv.partial && echo mine >theirs.csv.partial/letter
    run -2 ocellus classify "$DATA/model" "$DATA/test" -o theirs.csv
    [[ "$output" == *"is in the way"* ]]
    run -2 ocellus evaluate "$DATA/model" "$DATA/test" --predictions theirs.csv
    [[ "$output" == *"theirs.csv.partial: is in the way: resume the run that left it, or remove it" ]]
    [ "$(cat theirs.csv.partial/letter)" = mine ]
}

@test "-o replaces no image, no input and no folder" {
    cp "$DATA/kinds/plain.png" photo.png
    echo "$DATA/kinds/plain.png" >names
    run -2 ocellus classify "$DATA/model" photo.png -o photo.png
    cmp photo.png "$DATA/kinds/plain.png"
    run -2 ocellus classify "$DATA/model" --files-from names -o names
    [ "$(cat names)" = "$DATA/kinds/plain.png" ]
    mkdir folder
    run -2 ocellus classify "$DATA/model" photo.png -o folder
    run -1 ocellus classify "$DATA/model" photo.png -o nowhere/out.csv
    run -2 ocellus classify "$DATA/model" photo.png -o -
}

@test "a full disk leaves the older file as it was" {
    cp "$DATA/kinds/plain.png" photo.png
    echo old >out.csv
    yes photo.png | head -n 3000 >names
    run -1 bash -c 'ulimit -f 8; "$OCELLUS" classify "$DATA/model" --files-from names -o out.csv'
    [[ "$output" == *"out.csv"*"cannot be written"* ]]
    [ "$(cat out.csv)" = old ]
}

@test "a model without probabilities leaves the column empty and says so" {
    ocellus train "$DATA/test" -f pixels:size=8,gray=1 --classifier nearest:k=3 -o votes -q
    run -0 --separate-stderr ocellus classify votes "$DATA/kinds/plain.png" -o out.csv
    [[ "$stderr" == *"the column probability is empty"* ]]
    [[ "$(tail -n 1 out.csv)" == *, ]]
}

@test "the help mentions skipped images" {
    ocellus help classify | grep -q '3 done but images were skipped$'
}

@test "progress is drawn on a terminal, with or without a known number of images" {
    python3 - "$OCELLUS" "$DATA" <<'PYTHON'
import os, pty, subprocess, sys
ocellus, data = sys.argv[1:]
names = b"".join(b"%s/kinds/plain.png\n" % data.encode() for _ in range(20000))
def errors_of(arguments, given):
    ours, theirs = pty.openpty()
    child = subprocess.Popen([ocellus, "classify", data + "/model", *arguments, "-o", "out.csv"], stdin=subprocess.PIPE,
                             stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    if os.fork() == 0:
        child.stdin.write(given)
        child.stdin.close()
        os._exit(0)
    child.stdin.close()
    text = b""
    try:
        while piece := os.read(ours, 4096):
            text += piece
    except OSError:
        pass
    assert child.wait() == 0
    return text
drawn = errors_of([data + "/train"], b"")
assert b"classifying  " in drawn and b"/1000 " in drawn, drawn
drawn = errors_of(["--files-from", "-"], names)
assert b"classifying  " in drawn and b"%" not in drawn and b" left" not in drawn, drawn
assert drawn.endswith(b"\r"), drawn  # the line is taken away
assert errors_of([data + "/train", "-q"], b"") == b""
PYTHON
}
