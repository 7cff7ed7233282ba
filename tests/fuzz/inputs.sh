#!/bin/sh
# The inputs of the fuzz targets are kept in one archive beside this script. In it, corpus/TARGET holds inputs that reach
# different code, and crashes/TARGET those that once broke a promise.
#
#     inputs.sh unpack FOLDER             unpacks the archive into FOLDER, which is emptied first
#     inputs.sh pack FOLDER               makes the archive from FOLDER; the same files always give the same archive
#     inputs.sh add KIND/TARGET FILE...   adds files: inputs.sh add crashes/model build/model-crash-1234
set -eu
archive=$(cd "$(dirname "$0")" && pwd)/inputs.tar.gz

unpack() {
    rm -rf "$1"
    mkdir -p "$1"
    tar -xzf "$archive" -C "$1"
}

pack() {
    tar -C "$1" --format=ustar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
        -cf - corpus crashes | gzip -9n >"$archive.part"
    mv "$archive.part" "$archive"
}

usage() {
    sed -n 's/^#  *\(inputs\.sh .*\)/\1/p' "$0" >&2
    exit 2
}

[ $# -ge 2 ] || usage
case $1 in
unpack | pack)
    [ $# -eq 2 ] || usage
    "$1" "$2"
    ;;
add)
    [ $# -ge 3 ] || usage
    target=${2#*/}
    [ -e "$(dirname "$0")/$target.c" ] || {
        echo "$2: there is no fuzz target $target; name corpus/TARGET or crashes/TARGET" >&2
        exit 2
    }
    case $2 in corpus/* | crashes/*) ;; *) usage ;; esac
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    unpack "$folder"
    mkdir -p "$folder/$2"
    place=$folder/$2
    shift 2
    cp "$@" "$place"
    pack "$folder"
    ;;
*) usage ;;
esac
