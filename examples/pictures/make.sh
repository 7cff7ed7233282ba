#!/bin/sh
# Makes the pictures of this folder again; see --help.
set -eu

usage() {
    cat <<'END'
usage: make.sh [OUTPUT]

Makes report.png, hog.png, templates.png, codebook.png, explanation.png and
loss-plane.png in the folder OUTPUT, by default the folder of this script.

$OCELLUS is the command, by default build/ocellus above this folder; work files
go to $WORK, by default a temporary folder that is removed at the end. A picture
is skipped, with a message, when a package that it needs is not installed:

  python3-pil             all pictures (they are made small enough to ship)
  python3-skimage         hog.png and codebook.png (the photographs)
  dataset-fashion-mnist   the others (10,000 of its images)
  chromium                report.png (the screenshot)

With all of them it takes about two minutes on two idle processors.
END
}

case ${1:-} in --help | -h)
    usage
    exit 0
    ;;
esac

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
ocellus=${OCELLUS:-$root/build/ocellus}
output=${1:-$here}
photographs=${PHOTOGRAPHS:-/usr/lib/python3/dist-packages/skimage/data}
python=${PYTHON:-/usr/bin/python3}
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)

say() {
    printf 'pictures: %s\n' "$*" >&2
}

command -v "$ocellus" >/dev/null 2>&1 || {
    say "no command $ocellus: build it with 'make', or name it in \$OCELLUS"
    exit 1
}
"$python" -c 'import PIL' 2>/dev/null || {
    say "every picture is skipped: python3-pil is not installed"
    exit 0
}
mkdir -p "$output"
output=$(CDPATH='' cd -- "$output" && pwd)
if [ -n "${WORK:-}" ]; then
    work=$WORK
    mkdir -p "$work"
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    trap 'exit 1' INT TERM
fi

# finish NAME WIDTH: brings $work/NAME.png to that width at most, and of more than 200 kB to a palette.
finish() {
    "$python" - "$work/$1.png" "$2" "$output/$1.png" <<'END'
import os, sys
from PIL import Image
image = Image.open(sys.argv[1]).convert("RGB")
width = min(int(sys.argv[2]), image.width)
if width < image.width:
    image = image.resize((width, round(image.height * width / image.width)), Image.LANCZOS)
image.save(sys.argv[3], optimize=True)
if os.path.getsize(sys.argv[3]) > 200000:
    image.quantize(256, kmeans=2, dither=Image.Dither.NONE).save(sys.argv[3], optimize=True)
END
    say "$1.png: $(wc -c <"$output/$1.png") bytes"
}

# tiles: the photographs cut into squares of 60 pixels, one folder a photograph.
tiles() {
    "$python" - "$photographs" "$work/tiles" <<'END'
import pathlib, sys
from PIL import Image
source, out = map(pathlib.Path, sys.argv[1:])
for name in "astronaut", "chelsea", "coffee":
    image = Image.open(source / f"{name}.png").convert("RGB")
    (out / name).mkdir(parents=True, exist_ok=True)
    for y in range(0, image.height - 59, 60):
        for x in range(0, image.width - 59, 60):
            image.crop((x, y, x + 60, y + 60)).save(out / name / f"{y:03}-{x:03}.png")
END
}

# fashion: 800 training and 200 test images of each class, taken from the front.
fashion() {
    OCELLUS=$ocellus sh "$root/data/fashion-mnist.sh" "$work/all" "$ocellus"
    for part in train test; do
        count=800
        [ "$part" = train ] || count=200
        for class in "$work/all/$part"/*/; do
            to=$work/fashion/$part/$(basename "$class")
            mkdir -p "$to"
            # shellcheck disable=SC2012 # the names are numbers
            (cd "$class" && ls | head -n "$count" | xargs cp -t "$to")
        done
        mv "$work/fashion/$part/T-shirt%2Ftop" "$work/fashion/$part/T-shirt or top"
    done
}

if [ -f "$photographs/chelsea.png" ]; then
    "$ocellus" show "$photographs/coffee.png" -f hog:cell=20 -o "$work/hog.png"
    finish hog 1000
    tiles
    "$ocellus" train -q "$work/tiles" -f words:count=400,patch=8,stride=2 -o "$work/tiles.model" >"$work/log"
    "$ocellus" show "$work/tiles.model" --what codebook -o "$work/codebook.png"
    finish codebook 1000
else
    say "hog.png and codebook.png are skipped: python3-skimage, with photographs in $photographs, is not installed"
fi

if [ -d "${FASHION_MNIST:-/usr/share/datasets/fashion-mnist}" ]; then
    fashion
    cd "$work/fashion"
    "$ocellus" train -q train -f pixels:gray=1,size=28 --l2 0.3 -o "$work/pixels.model" >"$work/log"
    "$ocellus" show "$work/pixels.model" -o "$work/templates.png"
    finish templates 1000
    "$ocellus" show "$work/pixels.model" test --what plane -o "$work/loss-plane.png"
    finish loss-plane 900
    "$ocellus" train -q train -f words:count=200,gray=1 -o "$work/words.model" >"$work/log"
    "$ocellus" classify -q "$work/words.model" test/Ankle*boot/"$(ls test/Ankle*boot | head -n 1)" \
        --explain "$work/explanation.png" >"$work/log"
    finish explanation 1000
    if [ -n "$browser" ]; then
        "$ocellus" compare train --test test -f pixels:gray=1 -f hog:cell=4 -f hog:cell=4+pixels:gray=1 \
            --report report.html >"$work/log" 2>&1
        "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars \
            --user-data-dir="$work/profile" --virtual-time-budget=5000 --window-size=1200,2180 \
            --screenshot="$work/report.png" "file://$PWD/report.html" >"$work/log" 2>&1
        finish report 1200
    else
        say "report.png is skipped: chromium is not installed"
    fi
else
    say "templates.png, loss-plane.png, explanation.png and report.png are skipped: dataset-fashion-mnist is not installed"
fi
