load common

# Everything in examples/ is run.

EXAMPLES="$BATS_TEST_DIRNAME/../../examples"

setup_file() {
    mkdir "$BATS_FILE_TMPDIR/bin"
    ln -s "$OCELLUS" "$BATS_FILE_TMPDIR/bin/ocellus"
    export PATH="$BATS_FILE_TMPDIR/bin:$PATH"
}

# compile NAME: examples/NAME.c with the library beside the command.
compile() {
    # shellcheck disable=SC2046 # a list of flags
    "${CC:-cc}" -std=c11 -Wall -Wextra -Werror "$EXAMPLES/$1.c" -o "$1" $(library_flags)
}

needs_python() {
    python3 -c "import $1" 2>/dev/null || skip "python3 has no $1"
}

@test "classify.c names the class of each file, and files that are none" {
    compile classify
    run ! --separate-stderr ./classify
    run -1 --separate-stderr ./classify "$DATA/model" "$DATA/kinds/plain.png" "$DATA/names.txt"
    [ "$output" = "$DATA/kinds/plain.png: $(ocellus classify "$DATA/model" "$DATA/kinds/plain.png" | cut -f2)" ]
    [[ "$stderr" == *names.txt* ]]
}

@test "rows.c prints the rows of a folder" {
    compile rows
    run -0 ./rows "$DATA/test" pixels:size=2,gray=1
    [ "${#lines[@]}" -eq 200 ]
    ocellus extract "$DATA/test" -f pixels:size=2,gray=1 --format csv -o rows.csv
    [ "$output" = "$(tail -n +2 rows.csv | tr ',' '\t')" ]
    run -1 ./rows "$DATA/test" hgo
    [[ "$output" == *"did you mean 'hog'"* ]]
}

@test "train_rows.c trains on rows in memory and saves a model" {
    compile train_rows
    run -0 ./train_rows model
    [[ "$output" == *"is above, probability 0.9"* ]]
    run -0 ocellus info model
    [[ "$output" == *"left, right"* ]]
}

@test "train_images.c makes a model of images in memory in three calls" {
    compile train_images
    run ! --separate-stderr ./train_images
    run -0 ./train_images model
    [ "$output" = $'across is taken as across\nupright is taken as upright' ]
    run -0 ocellus info model --json
    jq -e '.features == "hog:cell=8+color" and .classes == ["across", "upright"]' <<<"$output"
}

@test "camera.c makes a model of frames in memory, which the command takes" {
    compile camera
    run ! --separate-stderr ./camera
    run -0 ./camera model
    [[ "$output" =~ ^(across|upright),\ taken\ as\ (across|upright)$ ]]
    [ "${BASH_REMATCH[1]}" = "${BASH_REMATCH[2]}" ]
    run -0 ocellus info model --json
    jq -e '.features == "hog:cell=8+words:count=16,patch=6,gray=1" and .classes == ["across", "upright"]' <<<"$output"
    ocellus classify model "$DATA/kinds/plain.png"
}

# bats test_tags=long
@test "read_model.py reads models and sets with NumPy alone" {
    needs_python numpy
    run -0 python3 "$EXAMPLES/read_model.py" "$DATA/model"
    [[ "${lines[0]}" == "ocellus-model pixels:size=14,gray=1" ]]
    [[ "$output" == *"weights"*"(10, 197)"* ]]
    ocellus extract "$DATA/test" -f words:count=8,patch=5 -o set
    run -0 python3 "$EXAMPLES/read_model.py" set/stages.safetensors
    [[ "${lines[0]}" == "ocellus-stages words:count=8,patch=5" ]]
    [[ "$output" == *stage.0.* ]]
}

# bats test_tags=long
@test "train_sklearn.py trains scikit-learn on our rows" {
    needs_python sklearn
    ocellus extract "$DATA/train" -f hog:cell=7 -o train
    ocellus extract "$DATA/test" --with train -o test
    run -0 python3 -W ignore "$EXAMPLES/train_sklearn.py" train test
    [[ "$output" =~ accuracy\ 0\.([0-9]+) ]]
    [ "${BASH_REMATCH[1]}" -ge 7500 ]
}

# bats test_tags=long
@test "sklearn_features.py trains scikit-learn's classifier and ours on the same features" {
    needs_python sklearn
    run -0 env OCELLUS_LIBRARY="$(ls "$(dirname "$(realpath "$OCELLUS")")"/release/libocellus.so.* | head -1)" \
        PYTHONPATH="$EXAMPLES/../src/python" python3 -W ignore "$EXAMPLES/sklearn_features.py" "$DATA/train" "$DATA/test"
    [[ "${lines[0]}" =~ ^Pipeline:\ 0\.[7-9] ]]
    [[ "${lines[1]}" =~ ^LinearClassifier:\ 0\.[7-9].*\ of\ 200\ images\ right$ ]]
}

# bats test_tags=long
@test "experiment.sh leaves a table, a model, a test and a card, and plot.py draws them" {
    make_damaged train
    run -0 sh "$EXAMPLES/experiment.sh" train "$DATA/test" results
    [[ "$output" == *"skipped training image"* ]]
    run -2 sh "$EXAMPLES/experiment.sh" "$DATA/train" "$DATA/test"
    run ! sh "$EXAMPLES/experiment.sh" nothing "$DATA/test" failed
    [ ! -e failed/card.md ]
    jq -e '.rows | length == 4' results/compare.json
    jq -e '.images == 200' results/evaluate.json
    grep -q '^# Model card' results/card.md
    ocellus classify results/best.model "$DATA/kinds/plain.png"
    needs_python matplotlib
    python3 "$EXAMPLES/plot.py" results/compare.json compare.png
    python3 "$EXAMPLES/plot.py" results/evaluate.json confusion.png
    [ "$(head -c 4 compare.png | tail -c 3)" = PNG ]
    [ "$(head -c 4 confusion.png | tail -c 3)" = PNG ]
}

@test "shards.sh: GNU parallel writes what one process writes" {
    command -v parallel >/dev/null || skip "no GNU parallel (Debian package parallel)"
    sh "$EXAMPLES/shards.sh" "$DATA/train" words:count=8,patch=5 rows 3 2>/dev/null
    ocellus extract "$DATA/train" --with rows -o whole
    diff -r whole rows
    [ "$(ls -A)" = "$(printf 'rows\nwhole')" ]
}

@test "slurm.sh: the tasks of an array write what one process writes" {
    ocellus extract "$DATA/kinds" -f words:count=8,patch=5 --size 28 -o learned
    export SLURM_ARRAY_TASK_COUNT=3
    for SLURM_ARRAY_TASK_ID in 2 1 3; do
        export SLURM_ARRAY_TASK_ID
        sh "$EXAMPLES/slurm.sh" "$DATA/test" learned parts
    done
    ocellus merge parts/shard* -o rows
    ocellus extract "$DATA/test" --with learned -o whole
    diff -r whole rows
}

@test "the shell scripts are clean" {
    for script in "$EXAMPLES"/*.sh; do
        sh -n "$script"
    done
    command -v shellcheck >/dev/null || skip "no shellcheck"
    shellcheck "$EXAMPLES"/*.sh
}

@test "the pictures are small, and the script that makes them names each package that is missing" {
    pictures=$EXAMPLES/pictures
    for name in report hog templates codebook explanation loss-plane; do
        [ "$(wc -c <"$pictures/$name.png")" -le 200000 ]
        grep -q "$name.png" "$pictures/README.md"
    done
    run -0 env OCELLUS="$OCELLUS" PHOTOGRAPHS=/nowhere FASHION_MNIST=/nowhere sh "$pictures/make.sh" out
    [[ $output == *"hog.png and codebook.png are skipped: python3-skimage"* ]]
    [[ $output == *"report.png are skipped: dataset-fashion-mnist"* ]]
    [ -z "$(ls out)" ]
    run -1 env OCELLUS=/nowhere/ocellus sh "$pictures/make.sh" out
    [[ $output == *"no command /nowhere/ocellus"* ]]
}
