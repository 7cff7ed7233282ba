load common

# Every command and every piece of code in README.md, CONTRIBUTING.md and examples/README.md is run, on small data, in the order of the page.

setup_file() {
    export REPO="$BATS_TEST_DIRNAME/../.." PAGES="$BATS_FILE_TMPDIR/pages"
    mkdir "$BATS_FILE_TMPDIR/bin" "$PAGES"
    ln -s "$OCELLUS" "$BATS_FILE_TMPDIR/bin/ocellus"
    export PATH="$BATS_FILE_TMPDIR/bin:$PATH"
    awk -v to="$PAGES" '
        /^```./ { language = substr($0, 4); if (language == "c") count++; next }
        /^```/  { language = ""; next }
        language == "c" { print > (to "/" count ".c"); next }
        language { print > (to "/commands." language) }' "$REPO/README.md" "$REPO/.github/CONTRIBUTING.md"
}

# bats test_tags=long
@test "the commands of README.md run, and its Python reads what they wrote" {
    cp -r "$DATA/train" "$DATA/test" .
    cp -r "$DATA/test" photos
    cp -r "$DATA/test" new-photos
    local number=0 command
    while IFS= read -r command; do
        bash -eu -o pipefail -c "$command" >out 2>&1 || { echo "failed: $command"; cat out; return 1; }
        number=$((number + 1))
    done <"$PAGES/commands.sh"
    [ "$number" -ge 20 ]
    grep -q '^# Model card' card.md
    python3 -c 'import numpy' || skip "python3 has no numpy"
    [ "$(python3 "$PAGES/commands.python")" = "(1000, 441) Ankle boot" ]
}

@test "the C of README.md classifies an image" {
    { echo '#include <ocellus/ocellus.h>'; echo '#include <stdio.h>'; echo 'int main(void) {'
      cat "$PAGES/1.c"; echo '}'; } >program.c
    # shellcheck disable=SC2046 # a list of flags
    "${CC:-cc}" -std=c11 -Wall -Wextra -Werror program.c -o program $(library_flags)
    cp "$DATA/model" fashion.model
    cp -r "$DATA/test" test
    run -0 ./program
    [ "$output" = "$(ocellus classify fashion.model test/Bag/00030.png | cut -f2)" ]
}

@test "the stage, the loss and the command of CONTRIBUTING.md compile without a warning" {
    local flags=(-std=c11 -D_XOPEN_SOURCE=700 -Wall -Wextra -Wconversion -Wshadow -Werror -I "$REPO/include" -I "$REPO")
    grep -q oc_stage_mean "$PAGES/2.c"
    "${CC:-cc}" "${flags[@]}" -c "$PAGES/2.c" -o stage.o
    { echo '#include <math.h>'; echo '#include <stddef.h>'; cat "$PAGES/3.c"; } >loss.c
    "${CC:-cc}" "${flags[@]}" -Wno-unused-function -c loss.c -o loss.o
    grep -q command_names "$PAGES/4.c"
    "${CC:-cc}" "${flags[@]}" -c "$PAGES/4.c" -o command.o
}

@test "make help lists every target, and what the pages say can be made can be made" {
    make -s -C "$REPO" help >listed
    grep -hE '^\.PHONY:' "$REPO/Makefile" "$REPO/tests/check.mk" | sed 's/^\.PHONY: //' | tr ' ' '\n' >targets
    [ "$(wc -l <targets)" -ge 30 ]
    grep -hoE '(`|^ +)make [a-z-]+' "$REPO/README.md" "$REPO"/tests/README.md "$REPO"/examples/README.md | sed 's/.*make //' >>targets
    for target in $(sort -u targets); do
        grep -q "^  make $target " listed || { echo "make $target is not in make help"; return 1; }
    done
}

# bats test_tags=long
@test "the files that the pages point to are there" {
    for page in README.md .github/CONTRIBUTING.md .github/SECURITY.md src/README.md features/README.md tests/README.md \
        examples/README.md; do
        for file in $(grep -oE '\]\([^)#:]*\)' "$REPO/$page" | sed 's/^](//; s/)$//'); do
            [ -e "$REPO/$(dirname $page)/$file" ] || { echo "$page: $file is missing"; return 1; }
        done
    done
}

# bats test_tags=long
@test "the commands of examples/README.md run" {
    cp "$REPO"/examples/*.* .
    mkdir bin
    printf '#!/bin/sh\necho "%s"\n' "$(library_flags)" >bin/pkg-config
    printf '#!/bin/sh\nexport SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_COUNT=1\nexec sh "$@"\n' >bin/sbatch
    chmod +x bin/*
    PATH="$PWD/bin:$PATH"
    export PYTHONPATH="$REPO/src/python" OCELLUS_LIBRARY
    OCELLUS_LIBRARY=$(ls "$(dirname "$(realpath "$OCELLUS")")"/release/libocellus.so.* | head -1)
    cp "$DATA/model" photos.model
    cp "$DATA/kinds/plain.png" new.jpg
    cp -r "$DATA/train" "$DATA/test" .
    cp -r "$DATA/test" photos
    ocellus extract train -f hog:cell=7 -o train-rows
    ocellus extract test --with train-rows -o test-rows
    ocellus extract test --with train-rows -o learned
    ocellus compare train --test test -f pixels:size=7 --json >compare.json
    sed -nE 's/^    (cc .*)/\1/p' README.md >commands
    for name in rows train_rows train_images camera; do
        sed -e "s/classify/$name/g" commands >>more
    done
    cat more >>commands
    sed -nE 's/^\|.*\| `(.*)` \|$/\1/p' README.md >>commands
    [ "$(wc -l <commands)" -ge 12 ]
    while IFS= read -r command; do
        case $command in
        *sklearn*) python3 -c 'import sklearn' 2>/dev/null || continue ;;
        *dask*) continue ;; # tests/python/test_dask.py
        *pictures/make.sh*) continue ;; # examples.bats
        *plot.py*) python3 -c 'import matplotlib' 2>/dev/null || continue ;;
        "make "*) make -s -C "$REPO" help | grep -q "^  $command " && continue ;; # tests of their own
        *shards.sh*) command -v parallel >/dev/null || continue ;;
        esac
        bash -eu -o pipefail -c "$command" >out 2>&1 || { echo "failed: $command"; cat out; return 1; }
    done <commands
}

# bats test_tags=long
@test "the Python of README.md classifies an image" {
    python3 -c 'import numpy' || skip "python3 has no numpy"
    cp "$DATA/model" fashion.model
    cp -r "$DATA/test" test
    run -0 env OCELLUS_LIBRARY="$(ls "$(dirname "$(realpath "$OCELLUS")")"/release/libocellus.so.* | head -1)" \
        PYTHONPATH="$REPO/src/python" python3 "$PAGES/commands.py"
    [ "$output" = "(2, 441) ['$(ocellus classify fashion.model test/Bag/00030.png | cut -f2)']" ]
}
