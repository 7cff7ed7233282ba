#!/bin/sh
# Fashion-MNIST as class folders of PNG files; see --help.
set -eu

name=fashion-mnist
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=data/common.sh
. "$here/common.sh"

installed=/usr/share/datasets/fashion-mnist
package=dataset-fashion-mnist

usage() {
    cat <<END
usage: data/fashion-mnist.sh OUTPUT [OCELLUS]

Unpacks Fashion-MNIST into OUTPUT/train (60,000 PNG files) and OUTPUT/test
(10,000), one folder a class. The sums of the four files are checked first.
When OUTPUT is complete already, nothing is done.

OCELLUS is the command, by default \$OCELLUS or build/ocellus.

The four files, train-images-idx3-ubyte and so on, plain or .gz, are looked for in
\$FASHION_MNIST if that is set, else in $installed,
where Debian's package $package puts them.
END
}

# find_file NAME: its path, plain or compressed.
find_file() {
    for candidate in "$folder/$1" "$folder/$1.gz"; do
        if [ -f "$candidate" ]; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    say "$folder/$1 or $1.gz is missing"
    if [ -z "${FASHION_MNIST:-}" ] && command -v apt-get >/dev/null 2>&1; then
        say "install it with: apt-get install $package"
    else
        say "set FASHION_MNIST to a folder with the four files"
    fi
    return 1
}

# check_file NAME SUM: the sum is that of the file without compression, which differs from packer to packer.
check_file() {
    file=$(find_file "$1") || exit 1
    [ "$(gzip -cdf <"$file" | sha256)" = "$2" ] || fail "$file: its sha256 is not that of Fashion-MNIST"
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
folder=${FASHION_MNIST:-$installed}
version='fashion-mnist c59f468a 5b4141f0'

if is_complete "$version"; then
    say "$output is complete"
    exit 0
fi
check_command
check_file train-images-idx3-ubyte c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888
check_file train-labels-idx1-ubyte bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9
check_file t10k-images-idx3-ubyte 5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b
check_file t10k-labels-idx1-ubyte 0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34

mkdir -p -- "$output"
rm -f -- "$output/.complete"
"$ocellus" unpack "$(find_file train-images-idx3-ubyte)" --names "$here/fashion-mnist.names" -o "$output/train"
"$ocellus" unpack "$(find_file t10k-images-idx3-ubyte)" --names "$here/fashion-mnist.names" -o "$output/test"
mark_complete "$version"
