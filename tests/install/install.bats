bats_require_minimum_version 1.5.0

# What make install puts in place works from there, and make uninstall takes it away.

setup_file() {
    export REPO="$BATS_TEST_DIRNAME/../.."
    export BUILD PREFIX="$BATS_FILE_TMPDIR/opt/ocellus"
    OCELLUS=$(realpath "$OCELLUS")
    BUILD=$(dirname "$OCELLUS")
    export PKG_CONFIG_PATH="$PREFIX/lib/pkgconfig" LD_LIBRARY_PATH="$PREFIX/lib"
    install_with install PREFIX="$PREFIX"
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
}

install_with() {
    make -s -C "$REPO" BUILD="$BUILD" "$@" >/dev/null
}

files() {
    (cd "$1" && find . ! -type d | LC_ALL=C sort)
}

needs() {
    command -v "$1" >/dev/null || skip "no $1"
}

# The functions and variables that the public headers declare, as the compiler sees them.
declared() {
    gcc -std=c11 -I "$PREFIX/include" -fsyntax-only -aux-info protos -x c - <<<'#include <ocellus/ocellus.h>'
    { sed -nE 's/.*[ *](oc_[a-z0-9_]+) \(.*/\1/p' protos
      sed -nE 's/^OC_API extern [^(]*[ *](oc_[a-z0-9_]+)(\[\])?;.*/\1/p' "$PREFIX"/include/ocellus/*.h; } | LC_ALL=C sort -u
}

@test "install fills the usual folders, and uninstall leaves nothing but what was there before" {
    local root="$BATS_TEST_TMPDIR/root"
    mkdir -p "$root/usr/include/ocellus" "$root/usr/bin"
    touch "$root/usr/include/ocellus/of-somebody-else.h" "$root/usr/bin/true"
    files "$root" >before
    install_with install DESTDIR="$root" PREFIX=/usr LIBDIR=/usr/lib/triplet
    for file in bin/ocellus lib/triplet/{libocellus.a,libocellus.so,libocellus.so.0.1,pkgconfig/ocellus.pc} \
        include/ocellus/ocellus.h share/man/man1/ocellus.1 share/man/man3/ocellus.3 share/doc/ocellus/LICENSE \
        share/bash-completion/completions/ocellus; do
        [ -s "$root/usr/$file" ]
    done
    [ "$(cd "$root" && ls)" = usr ]
    run ! grep -rq "$root" "$root/usr/lib" "$root/usr/share"
    run -0 env PKG_CONFIG_PATH="$root/usr/lib/triplet/pkgconfig" pkg-config --variable=libdir ocellus
    [ "$output" = /usr/lib/triplet ]
    install_with install DESTDIR="$root" PREFIX=/usr LIBDIR=/usr/lib/triplet # over itself
    install_with uninstall DESTDIR="$root" PREFIX=/usr LIBDIR=/usr/lib/triplet
    diff before <(files "$root")
}

@test "make static makes a command that needs no libraries and answers the same" {
    [ -e "$("${CC:-cc}" -print-file-name=libgfortran.a)" ] || skip "no libgfortran.a (Debian: gfortran)"
    install_with static DEPS=no
    run -0 readelf -d "$BUILD/ocellus-static"
    [[ "$output" != *NEEDED* ]]
    local jpegs=("$REPO"/tests/data/images/4*.jpg)
    mkdir -p photos/a photos/b
    cp "${jpegs[@]:0:2}" photos/a
    cp "${jpegs[@]:2:2}" photos/b
    "$OCELLUS" train photos -f hog+color -o model -q >/dev/null
    "$OCELLUS" classify model --json photos -q >expected
    "$BUILD/ocellus-static" classify model --json photos -q >found
    [ "$(wc -l <expected)" = 4 ]
    diff expected found
}

@test "a relative PREFIX counts from the source tree" {
    cp -r "$REPO/Makefile" "$REPO/include" "$REPO/src" "$REPO/LICENSE" "$REPO/README.md" .
    make -s -o all BUILD="$BUILD" PREFIX=here install >/dev/null
    [ "$(PKG_CONFIG_PATH=here/lib/pkgconfig pkg-config --variable=prefix ocellus)" = "$PWD/here" ]
    ./here/bin/ocellus --version
}

@test "the shared library exports what the headers declare, and the list of it is kept in exported.txt" {
    declared >expected
    [ "$(wc -l <expected)" -gt 100 ]
    nm -D --defined-only "$PREFIX/lib/libocellus.so" | cut -d' ' -f3 | LC_ALL=C sort >exported
    diff expected exported || {
        echo "A public header lacks OC_API before a declaration, or has it before something that it should not."
        return 1
    }
    diff "$BATS_TEST_DIRNAME/exported.txt" exported || {
        echo "The names that the shared library exports have changed. A name that is gone breaks programs: see SONAME in"
        echo "the Makefile. If the change is meant, 'make exported' renews tests/install/exported.txt."
        return 1
    }
    readelf -d "$PREFIX/lib/libocellus.so" | grep -q 'SONAME.*\[libocellus\.so\.0\.1\]'
}

@test "the static library defines no global name without oc_ or OC_" {
    run -0 nm --defined-only -g "$PREFIX/lib/libocellus.a"
    [ "$(awk 'NF == 3 && $3 !~ /^(oc|OC)_/' <<<"$output")" = "" ]
}

# compiles COMPILER...: every header on its own.
compiles() {
    local header
    needs "$1"
    for header in "$PREFIX"/include/ocellus/*.h; do
        "$@" -Wall -Wextra -pedantic -Werror -I "$PREFIX/include" -fsyntax-only - <<<"#include <ocellus/${header##*/}>"
    done
}

@test "every header compiles on its own as C11" {
    compiles gcc -std=c11 -x c
    compiles clang -std=c11 -x c
}

@test "every header compiles on its own as C++11 and C++17" {
    for version in c++11 c++17; do
        compiles g++ -std=$version -x c++
        compiles clang++ -std=$version -x c++
    done
}

@test "the version of the headers is that of the package" {
    version=$(gcc -E -P -I "$PREFIX/include" - <<<'#include <ocellus/ocellus.h>
        OCELLUS_VERSION_MAJOR.OCELLUS_VERSION_MINOR.OCELLUS_VERSION_PATCH' | tail -1 | tr -d ' ')
    [ "$version" = "$(pkg-config --modversion ocellus)" ]
}

# build COMPILER...: the examples against the installed copy, with the shared and the static library; runs one.
build_examples() {
    local name flags
    needs "$1"
    for name in classify rows train_rows train_images camera; do
        # shellcheck disable=SC2046 # lists of flags
        "$@" "$REPO/examples/$name.c" -o "$name" $(pkg-config --cflags --libs ocellus)
        # shellcheck disable=SC2046
        "$@" "$REPO/examples/$name.c" -o "$name-static" \
            $(pkg-config --static --cflags --libs ocellus | sed "s|-locellus|-l:libocellus.a|")
    done
    ldd train_rows | grep -q "$PREFIX/lib/libocellus.so.0.1 "
    run -0 ldd train_rows-static
    [[ "$output" != *libocellus* ]]
    run -0 ./train_rows model
    [[ "$output" == *"is above"* ]]
    run -0 env -u LD_LIBRARY_PATH ./train_rows-static model2
    cmp model model2
    run -0 ./train_images model3
    [ "$output" = $'across is taken as across\nupright is taken as upright' ]
    run -1 --separate-stderr ./classify model "$REPO/README.md"
    [ "$output" = "" ]
}

@test "the examples build against the installed copy with gcc" {
    build_examples gcc -std=c11 -Wall -Wextra -Werror
}

@test "the examples build against the installed copy with clang" {
    build_examples clang -std=c11 -Wall -Wextra -Werror
}

@test "the examples build against the installed copy with g++" {
    build_examples g++ -x c++ -std=c++11 -Wall
}

@test "the shared library does nothing when it is loaded, and leaves OpenBLAS and jansson as the program has them" {
    # Two pointers, the compiler's own (frame_dummy, and __cpu_indicator_init on x86): no function of the library.
    run -0 readelf -SW "$PREFIX/lib/libocellus.so"
    [[ "$output" =~ \ \.init_array\ +[A-Z_]+\ +[0-9a-f]+\ +[0-9a-f]+\ 0*(8|10)\  ]]
    run -0 readelf -d "$PREFIX/lib/libocellus.so"
    [[ "$output" != *libjansson* ]]
    cat >host.h <<'END'
#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
int openblas_get_num_threads(void);
static int tasks(void) { int n = 0; DIR *d = opendir("/proc/self/task"); while (readdir(d)) n++; closedir(d); return n - 2; }
static int asked, asked_here;
static void *own_malloc(size_t size) { asked++; return malloc(size); }
static void host(void)
{
    json_malloc_t get; json_free_t give;
    if (!asked_here) json_set_alloc_funcs(own_malloc, free);
    json_get_alloc_funcs(&get, &give);
    printf("%d of BLAS, %d of the process, jansson %s, %d asked by others\n", openblas_get_num_threads(), tasks(),
           get == own_malloc && give == free ? "as before" : "changed", asked - asked_here);
    json_decref(json_object());
    asked_here = asked;
}
END
    sed -e 's/^    make_points();/    host(); make_points();/' -e 's/^    oc_predictor_free(/    host();&/' \
        "$REPO/examples/train_rows.c" >loaded.c
    # shellcheck disable=SC2046 # lists of flags
    "${CC:-cc}" -std=c11 -D_XOPEN_SOURCE=700 -include ./host.h loaded.c -o loaded \
        $(pkg-config --cflags --libs ocellus openblas jansson)
    OPENBLAS_NUM_THREADS=2 run -0 ./loaded model
    [ "$(grep -c '^2 of BLAS, 2 of the process, jansson as before, 0 asked by others$' <<<"$output")" = 2 ]
}

@test "every command has a manual page, clean and readable" {
    needs mandoc
    local page command
    for command in $("$OCELLUS" help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
        page="$PREFIX/share/man/man1/ocellus-$command.1"
        [ -s "$page" ]
        run -0 mandoc -T ascii "$page"
        for option in $("$OCELLUS" help "$command" | grep -o '^  .*--[a-z0-9-]*' | grep -o -- '--[a-z0-9-]*'); do
            grep -q -- "$option" <(mandoc -T ascii "$page" | sed 's/.\x08//g')
        done
    done
    # That a referenced page is not installed on this machine is no flaw.
    run -0 bash -c 'mandoc -T lint -W style "$PREFIX"/share/man/man?/* | grep -v "referenced manual not found" || true'
    [ "$output" = "" ]
}

@test "ocellus(3) names every header, and only functions that exist" {
    local page="$PREFIX/share/man/man3/ocellus.3"
    for header in "$PREFIX"/include/ocellus/*.h; do
        grep -q "It In ocellus/${header##*/}" "$page"
    done
    declared >expected
    for name in $(sed -nE 's/^\.Fn (oc_[a-z0-9_]+).*/\1/p' "$page" | grep -v '^oc_x_'); do
        grep -qx "$name" expected
    done
}

@test "the C of ocellus(3) builds without a warning and runs" {
    awk '/^\.Bd -literal/ { print "{"; inside = 1; next } /^\.Ed/ { print "}"; inside = 0 }
         inside { gsub(/\\e/, "\\"); print }' "$PREFIX/share/man/man3/ocellus.3" >blocks.c
    { echo '#include <ocellus/ocellus.h>'; echo '#include <stdio.h>'; echo 'int main(void) {'; cat blocks.c; echo '}'; } >page.c
    # shellcheck disable=SC2046 # a list of flags
    "${CC:-cc}" -std=c11 -Wall -Wextra -Werror page.c -o page $(pkg-config --cflags --libs ocellus)
    run -0 ./page
    [[ "$output" == *photos.model* && "$output" == *photos:* ]]
}

# complete WORD...: what bash offers for the last word.
complete_words() {
    bash -c 'source "$PREFIX/share/bash-completion/completions/ocellus"
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _ocellus; echo "${COMPREPLY[*]}"' bash "$@"
}

@test "bash completes commands, options and their values" {
    [ "$(complete_words ocellus ex)" = extract ]
    [ "$(complete_words ocellus -q e)" = "extract evaluate" ]
    [ "$(complete_words ocellus extract --sh)" = --shard ]
    [ "$(complete_words ocellus train photos --lo)" = --loss ]
    [ "$(complete_words ocellus train --loss = hi)" = hinge ]
    [ "$(complete_words ocellus train --loss =)" = "softmax hinge squared-hinge ovr-squared-hinge square" ]
    [ "$(complete_words ocellus extract photos -f h)" = hog ]
    [ "$(complete_words ocellus extract photos --threads "")" = "" ]
    [ "$(complete_words ocellus help s)" = "show stages" ]
    [ "$(complete_words ocellus extract pho)" = "" ] # files are bash's affair
    needs shellcheck
    shellcheck -s bash "$PREFIX/share/bash-completion/completions/ocellus"
}
