load common

# Names of files and classes are any bytes: what is written can be read back, and one image is one line.

# Images whose names are hard, below $1, and a model $2 of two gray classes.
make_names() {
    python3 - "$1" <<'PYTHON'
import os, struct, sys, zlib

def png(gray):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = (b"\0" + bytes([gray]) * 32) * 32
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 32, 32, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))

def write(path, gray):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(png(gray))

for i in range(4):
    write(b"known/a/%d.png" % i, 9 * i)
    write(b"known/b/%d.png" % i, 200 + 9 * i)
top = os.fsencode(sys.argv[1])
names = [b"x\xff", "xÿ".encode(), b"one\nb\t0.9", b"cr\r", b"quote\"s, and 'others'", b"back\\slash\\n", b"\x01ff\x01",
         b"\xed\xa0\x80", b" blanks ", "\u0085\u2028\ufeff".encode(), b"\x1b[31m", "日本".encode(), b"-", b"#1"]
for i, name in enumerate(names):
    write(top + b"/" + name + b".png", 17 * i % 250 + 1)
for i, name in enumerate([b"l\xff", b"new\nline", b"comma, \"quote\"", b"tab\t", b"plain"]):
    write(b"classes/" + name + b"/1.png", 40 * i)
    write(b"classes/" + name + b"/2.png", 40 * i + 20)
PYTHON
    ocellus train known -f pixels -o "$2" -q >out
}

@test "JSON gives every path back, byte by byte, and so do the lines with tabs" {
    make_names new m
    ocellus classify m new/*.png --json >lines.json
    ocellus classify m new/*.png >lines.tsv
    python3 - <<'PYTHON'
import json, os, re
files = {b"new/" + name for name in os.listdir(b"new")}
assert len(files) == 14
lines = [json.loads(line) for line in open("lines.json", encoding="utf-8")]
assert {os.fsencode(line["path"]) for line in lines} == files and len(lines) == 14
text = open("lines.tsv", "rb").read()
rows = [line.split(b"\t") for line in text.split(b"\n")[:-1]]
assert len(rows) == 14 and all(len(row) == 3 for row in rows), rows
# no other way to count lines finds more
assert len(text.decode("utf-8", "surrogateescape").splitlines()) == 14
letters = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"\\": b"\\"}
def unescape(field):
    return re.sub(rb"\\(?:x([0-9a-f]{2})|(.))", lambda m: bytes([int(m[1], 16)]) if m[1] else letters[m[2]], field)
assert {unescape(row[0]) for row in rows} == files
assert b"new/x\xff.png" in (row[0] for row in rows) and "new/日本.png".encode() in (row[0] for row in rows)
PYTHON
}

@test "paths and errors of images that cannot be read survive in JSON" {
    make_names new m
    printf 'no image' >$'new/bad\n\xfe.png'
    run -1 --separate-stderr ocellus classify m $'new/bad\n\xfe.png' --json
    [ "${#lines[@]}" -eq 1 ]
    printf '%s\n' "$output" >line.json
    python3 -c '
import json, os
line = json.load(open("line.json"))
assert os.fsencode(line["path"]) == b"new/bad\n\xfe.png", line
assert os.fsencode(line["error"]).startswith(line["path"].encode("utf-8", "surrogateescape")), line'
}

# bats test_tags=long
@test "the Python of README.md reads an index of any names, and index.csv, skipped.csv and classes come back" {
    make_names new m
    mv new classes/plain/more
    printf 'no image' >$'classes/plain/bad\n"\xfe.png'
    run -3 ocellus extract classes -f color:bins=2 -o rows
    awk '/^```python/ { on = 1; next } /^```/ { on = 0 } on' "$BATS_TEST_DIRNAME/../../README.md" >page.py
    python3 -c 'import numpy' || skip "python3 has no numpy"
    python3 page.py >out
    grep -q '^(24, 8) ' out
    cat page.py - <<'PYTHON' >more.py
import os
index = list(csv.DictReader(open("rows/index.csv", newline="", encoding="utf-8", errors="surrogateescape")))
assert all(os.path.exists("classes/" + line["path"]) for line in index) and len(index) == 24
skipped = list(csv.DictReader(open("rows/skipped.csv", newline="", encoding="utf-8", errors="surrogateescape")))
assert [os.fsencode(line["path"]) for line in skipped] == [b'plain/bad\n"\xfe.png'], skipped
assert {os.fsencode(label) for label in labels} == {b"l\xff", b"new\nline", b'comma, "quote"', b"tab\t", b"plain"}
PYTHON
    python3 more.py
    ocellus info rows --json | python3 -c '
import json, os, sys
names = json.load(sys.stdin)["classes"]
assert [os.fsencode(name) for name in names] == [b"comma, \"quote\"", b"l\xff", b"new\nline", b"plain", b"tab\t"], names'
    # what was written is read by ocellus itself: the index as a list, the rows as text, and their classes
    cp rows/index.csv classes/list.csv
    ocellus extract classes/list.csv -f color:bins=2 -o again
    cmp rows/index.csv again/index.csv && cmp rows/features.npy again/features.npy
    run -3 ocellus extract rows --format svmlight -o rows.svm
    mv $'classes/l\xff' classes/l
    rm $'classes/plain/bad\n"\xfe.png'
    ocellus extract classes -f color:bins=2 -o rows2 >out
    ocellus extract rows2 --format svmlight -o rows2.svm >out
    ocellus train rows2.svm -o rows.model >out
    ocellus evaluate rows.model rows2.svm --json | python3 -c '
import json, os, sys
names = [line["name"] for line in json.load(sys.stdin)["classes"]]
assert names == ["comma, \"quote\"", "l", "new\nline", "plain", "tab\t"], names'
}
