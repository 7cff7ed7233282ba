#!/bin/sh
# CIFAR-10 as class folders of PNG files; see --help.
set -eu

name=cifar10
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=data/common.sh
. "$here/common.sh"

archive_name=cifar-10-binary.tar.gz
url=${CIFAR10_URL:-https://www.cs.toronto.edu/~kriz/$archive_name}
sum=${CIFAR10_MD5:-c32a1d4ab5d03f1284b67883e8d87530}

usage() {
    cat <<END
usage: data/cifar10.sh OUTPUT [OCELLUS]

Unpacks CIFAR-10 into OUTPUT/train (50,000 PNG files) and OUTPUT/test (10,000),
one folder a class. The archive's md5, as published with it, is checked first.
When OUTPUT is complete already, nothing is done.

OCELLUS is the command, by default \$OCELLUS or build/ocellus.

The archive $archive_name is \$CIFAR10 (the file or a folder that
holds it) if that is set; else it is looked for in the current folder and in
OUTPUT; else it is fetched into OUTPUT with curl or wget (162 MB) and kept there.

\$CIFAR10_URL fetches another archive of the same form, \$CIFAR10_MD5 is its sum.
END
}

# find_archive: its path, or nothing.
find_archive() {
    if [ -n "${CIFAR10:-}" ]; then
        [ ! -d "$CIFAR10" ] || CIFAR10=$CIFAR10/$archive_name
        [ -f "$CIFAR10" ] || fail "$CIFAR10 is missing"
        printf '%s\n' "$CIFAR10"
        return
    fi
    for candidate in "./$archive_name" "$output/$archive_name"; do
        if [ -f "$candidate" ]; then
            printf '%s\n' "$candidate"
            return
        fi
    done
}

# fetch FILE: under its name only when it is whole and right.
fetch() {
    say "fetching $url"
    if command -v curl >/dev/null 2>&1; then
        curl --fail --location --silent --show-error --output "$1.partial" -- "$url"
    elif command -v wget >/dev/null 2>&1; then
        wget --quiet --output-document "$1.partial" -- "$url"
    else
        fail "neither curl nor wget is there: fetch $url and set CIFAR10 to the file"
    fi || fail "$url cannot be fetched: fetch it by hand and set CIFAR10 to the file"
    found=$(md5 <"$1.partial")
    if [ "$found" != "$sum" ]; then
        rm -f -- "$1.partial"
        fail "$url: its md5 is $found, not $sum"
    fi
    mv -- "$1.partial" "$1"
}

check_archive() {
    found=$(md5 <"$1")
    [ "$found" = "$sum" ] || fail "$1: its md5 is $found, not $sum"
}

if [ $# -eq 1 ] && { [ "$1" = --help ] || [ "$1" = -h ]; }; then
    usage
    exit 0
fi
if [ $# -lt 1 ] || [ $# -gt 2 ]; then
    usage >&2
    exit 2
fi
output=$1
ocellus=${2:-${OCELLUS:-$here/../build/ocellus}}

if is_complete "cifar10 $sum"; then
    say "$output is complete"
    exit 0
fi
check_command
archive=$(find_archive) || exit 1
mkdir -p -- "$output"
if [ -n "$archive" ]; then
    check_archive "$archive"
else
    archive=$output/$archive_name
    fetch "$archive"
fi

batches=$(mktemp -d "$output/.batches-XXXXXX")
trap 'rm -rf -- "$batches"' EXIT
trap 'exit 130' HUP INT TERM
rm -f -- "$output/.complete"
tar -xzf "$archive" -C "$batches"
binary=$batches/cifar-10-batches-bin
[ -d "$binary" ] || fail "$archive: no folder cifar-10-batches-bin in it"
"$ocellus" unpack "$binary" --names "$here/cifar10.names" -o "$output/train"
"$ocellus" unpack "$binary/test_batch.bin" --names "$here/cifar10.names" -o "$output/test"
mark_complete "cifar10 $sum"
