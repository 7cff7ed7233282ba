# The report in a real browser, where chromium is there.
bats_require_minimum_version 1.5.0

setup() {
    ocellus=$(realpath "${OCELLUS:-$BATS_TEST_DIRNAME/../../build/ocellus}")
    cd "$BATS_TEST_TMPDIR" || return 1
    browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
    if [ -z "$browser" ]; then
        skip "no chromium: the report is not tried in a browser"
    fi
    python3 "$BATS_TEST_DIRNAME/../cli/make_images.py" data
    "$ocellus" unpack data/small-images-idx3-ubyte --names data/names.txt -o train
    "$ocellus" unpack data/check-images-idx3-ubyte --names data/names.txt -o test
}

# The page as the browser has it when all scripts have run; what the scripts complain of goes to the file "console".
render() {
    "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$PWD/profile" \
        --enable-logging=stderr --log-level=0 --virtual-time-budget=5000 --dump-dom "file://$PWD/$1" >dom 2>log
    grep CONSOLE log >console || true
}

@test "the report opens without a complaint, and its numbers are those of --json" {
    "$ocellus" compare train --test test -f pixels:size=4 -f hog:cell=7 --json --report page.html -o model >json
    render page.html
    cat console
    [ ! -s console ]
    python3 - <<'PYTHON'
import html, json, re
dom = open("dom", encoding="utf-8").read()
want = json.load(open("json"))
def table(name):
    body = re.search(r'<table[^>]*id="%s".*?<tbody>(.*?)</tbody>' % name, dom, re.S).group(1)
    rows = re.findall(r"<tr.*?>(.*?)</tr>", body, re.S)
    return [[html.unescape(re.sub(r"<title>.*?</title>|<[^>]*>", "", cell)) for cell in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.S)]
            for row in rows]
shown = table("comparison")
assert len(shown) == len(want["rows"]), shown
for cells, row in zip(shown, want["rows"]):
    assert cells[0].endswith(row["features"]), (cells, row)
    assert cells[1] == "%.2f" % (100 * row["test_accuracy"]), (cells, row)
    assert cells[2] == "%.2f–%.2f" % tuple(100 * x for x in row["interval"]), (cells, row)
    assert cells[5] == "%.2f" % (100 * row["validation_accuracy"]), (cells, row)
    assert cells[6] == "%.2f" % (100 * row["train_accuracy"]), (cells, row)
    assert cells[7] == "{:,}".format(row["dimension"]), (cells, row)
matrix = [[int(c or 0) for c in row[1:]] for row in table("confusion")]
assert len(matrix) == 10 and sum(map(sum, matrix)) == want["test"]
right = sum(matrix[i][i] for i in range(10)) / want["test"]
assert abs(right - want["rows"][want["best"]]["test_accuracy"]) < 1e-9
images = re.findall(r'<img src="data:image/png', dom)
mistakes = want["test"] - round(right * want["test"])
assert len(images) == min(24, mistakes), (len(images), mistakes)
PYTHON
}

@test "a class that is named like markup is shown as a text" {
    mv train/Bag 'train/<img src=x onerror=console.error(1)>'
    mv test/Bag 'test/<img src=x onerror=console.error(1)>'
    "$ocellus" train train -f pixels:size=4 -o model -q >/dev/null
    "$ocellus" evaluate model test --report page.html >/dev/null
    render page.html
    cat console
    [ ! -s console ]
    grep -qF '&lt;img src=x onerror=console.error(1)&gt;' dom
    run -1 grep -F '<img src="x"' dom
}

@test "beside the mistakes stands a link to the predictions of the row, which opens" {
    mkdir "of my own"
    "$ocellus" compare train --test test -f hog:cell=7 -f pixels:size=4 --predictions "of my own/rows & more" --report page.html >/dev/null
    "$ocellus" train train -f pixels:size=4 -o model -q >/dev/null
    "$ocellus" evaluate model test --predictions "of my own/100%#1.csv" --report "of my own/page.html" >/dev/null
    for page in page.html "of my own/page.html"; do
        render "${page// /%20}"
        [ ! -s console ]
        python3 - "$page" <<'PYTHON'
import html, os, re, sys, urllib.parse
dom = open("dom", encoding="utf-8").read()
paragraph = re.search(r'<h2>The most confident mistakes</h2><p id="predictions">(.*?)</p>', dom).group(1)
address, text = re.search(r'<a href="(.*?)">(.*?)</a>', paragraph).groups()
file = os.path.join(os.path.dirname(sys.argv[1]), urllib.parse.unquote(html.unescape(address)))
lines = open(file).read().splitlines()
assert lines[0] == "path,label,predicted,probability" and len(lines) == 201, lines[:2]
assert html.unescape(text) == os.path.basename(file), text
PYTHON
    done
}
