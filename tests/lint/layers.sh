#!/bin/sh
# Who includes whom: each folder uses those below it and no other, the command line the public headers alone, the
# headers of other libraries stay in few files, and no two files need each other.
set -eu
cd "$(dirname "$0")/../.."

failed=0

# layer FOLDER ALLOWED...: the folders of this project whose headers its files may include, besides its own.
layer() {
    folder=$1
    shift
    allowed=$(printf '|%s' "$folder" "$@")
    found=$(grep -rnE '^ *#include "' --include='*.[ch]' "$folder" |
        sed -nE 's|^([^:]*:[0-9]*): *#include "(.*)/[^/"]*"|\1 \2|p' |
        grep -vE " (${allowed#|})\$" || true)
    if [ -n "$found" ]; then
        printf '%s may include %s only:\n%s\n' "$folder" "$*" "$found" >&2
        failed=1
    fi
}

# The layers, from the lowest to the highest: a folder may use those below its own, and none beside it.
below='src/base'
layer src/base
layer src/image $below
layer src/matrix $below
below="$below src/image src/matrix"
layer src/draw $below
layer src/dataset $below
layer src/cluster $below
layer src/learn $below
below="$below src/draw src/cluster src/learn"
layer features 'features/[a-z]*' $below
for stage in features/*/; do
    layer "${stage%/}" features $below
done
below="$below src/dataset features"
layer src/pipeline $below
below="$below src/pipeline"
layer src/set $below
below="$below src/set"
layer src/model $below
below="$below src/model"
layer src/binding $below
layer src/evaluate $below
below="$below src/evaluate"
layer src/report $below
layer src/cli
layer include/ocellus

# A public header may name those of its own layer and of layers below.
for pair in image:error,param job:error param:error rows:error dataset:image,job features:image,job \
    classifier:job,param,rows set:dataset,features,rows model:classifier,set binding:model evaluate:model show:model; do
    header=${pair%%:*}
    allowed=$(echo "${pair#*:}" | tr , '|')
    found=$(grep -nE '^#include <ocellus/' "include/ocellus/$header.h" |
        grep -vE "<ocellus/($allowed)\.h>" || true)
    if [ -n "$found" ]; then
        printf 'include/ocellus/%s.h may include %s only:\n%s\n' "$header" "$allowed" "$found" >&2
        failed=1
    fi
done

# library HEADER FILE...: the files that know another library.
library() {
    header=$1
    shift
    found=$(grep -rlE "^ *#include <$header>" --include='*.[ch]' src features include |
        grep -vxF "$(printf '%s\n' "$@")" || true)
    if [ -n "$found" ]; then
        printf '<%s> is for %s; it is also in:\n%s\n' "$header" "$*" "$found" >&2
        failed=1
    fi
}

library png.h src/image/png.c src/image/png_encode.c
library jpeglib.h src/image/jpeg.c
library 'libexif/[a-z-]*.h' src/image/exif.c
library utf8proc.h src/dataset/label_key.c
library xxhash.h src/image/pixel_hash_kernels.c src/learn/equal_rows.c
library zlib.h src/dataset/idx.c src/image/png_orientation.c
library cblas.h src/matrix/blas.c

# No circles between files. Needs the objects of `make all`.
tests/lint/circles.py "${OBJECTS:-build/release}" || failed=1
exit $failed
