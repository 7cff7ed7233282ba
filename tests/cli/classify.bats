load common

@test "classify prints path, label and probability" {
    run -0 --separate-stderr ocellus classify "$DATA/model" "$DATA/kinds/plain.png"
    [ "${#lines[@]}" -eq 1 ]
    [[ "$output" =~ ^"$DATA/kinds/plain.png"$'\t'"Trouser"$'\t'[01]\.[0-9]+$ ]]
    [ "$stderr" = "" ]
}

@test "PNG, colour, gray, progressive and rotated JPEG, and a wrong name, all get the same label" {
    run -0 --separate-stderr ocellus classify "$DATA/model" "$DATA"/kinds/*
    [ "${#lines[@]}" -eq 6 ]
    [ "$(cut -f2 <<<"$output" | sort -u)" = "Trouser" ]
}

@test "--top gives the best classes in order" {
    run -0 ocellus classify "$DATA/model" "$DATA/kinds/plain.png" --top 3
    [ "${#lines[@]}" -eq 3 ]
    cut -f3 <<<"$output" | sort -c -g -r
    run -0 ocellus classify "$DATA/model" "$DATA/kinds/plain.png" -k 100
    [ "$(cut -f2 <<<"$output" | sort -u | wc -l)" -eq 10 ]
}

@test "--json is one object a line" {
    run -0 --separate-stderr ocellus classify "$DATA/model" "$DATA"/kinds/*.jpg --json
    [ "${#lines[@]}" -eq 5 ]
    for line in "${lines[@]}"; do
        jq -e '.label == "Trouser" and .probability > 0 and .probability <= 1' <<<"$line"
        jq -e '(.scores | length) == 10 and .scores["Trouser"] == ([.scores[]] | max)' <<<"$line"
    done
}

@test "a text file named .jpg: clear error, exit 1" {
    echo "this is no image" >text.jpg
    run -1 --separate-stderr ocellus classify "$DATA/model" text.jpg
    [ "$output" = "" ]
    [[ "$stderr" == "ocellus: text.jpg: "* ]]
}

@test "files that cannot be read do not stop the others" {
    : >empty.png
    mkdir nothing
    run -3 --separate-stderr ocellus classify "$DATA/model" empty.png "$DATA/kinds/plain.png" missing.jpg nothing "$DATA/kinds/gray.jpg"
    [ "${#lines[@]}" -eq 2 ]
    [ "$(grep -c '^ocellus: skipped ' <<<"$stderr")" -eq 3 ]
    run -3 --separate-stderr ocellus classify "$DATA/model" empty.png "$DATA/kinds/plain.png" --json
    jq -e '.path == "empty.png" and (.error | length) > 0' <<<"${lines[0]}"
    jq -e '.label == "Trouser"' <<<"${lines[1]}"
}

@test "'-' is an image on standard input" {
    run -0 --separate-stderr bash -c '"$OCELLUS" classify "$DATA/model" - <"$DATA/kinds/plain.png"'
    [ "$(cut -f1,2 <<<"$output")" = $'-\tTrouser' ]
}

# bats test_tags=long
@test "every loss has calibrated probabilities; a model without validation has scores and says so" {
    for loss in softmax hinge square; do
        ocellus train "$DATA/test" -f pixels:size=8,gray=1 --loss $loss -o with -q
        run -0 --separate-stderr ocellus classify with "$DATA/kinds/plain.png" --json
        jq -e '[.probabilities[]] as $p | ($p | length) == 10 and ($p | add) > 0.999 and ($p | add) < 1.001 and
               ($p | max) == .probability and .probabilities[.label] == .probability' <<<"$output"
    done
    ocellus train "$DATA/test" -f pixels:size=8,gray=1 --folds 0 -o without
    run -0 --separate-stderr ocellus classify without "$DATA/kinds/plain.png"
    [[ "$stderr" == *"scores but no probabilities"* ]]
    run -0 --separate-stderr ocellus classify without "$DATA/kinds/plain.png" --json
    jq -e '.label and (.scores | length) == 10 and .probability == null and .probabilities == null' <<<"$output"
}

@test "names with control characters come through a pipe as they are" {
    cp "$DATA/kinds/plain.png" $'new\nline.png'
    run -0 --separate-stderr ocellus classify "$DATA/model" $'new\nline.png' --json
    jq -e '.path == "new\nline.png"' <<<"$output"
    printf x >$'bad\e[31m.png'
    run -1 --separate-stderr ocellus classify "$DATA/model" $'bad\e[31m.png'
    [[ "$stderr" != *$'\e'* ]]
}

@test "damaged models are refused" {
    head -c 1000 "$DATA/model" >cut
    : >empty
    run -1 --separate-stderr ocellus classify cut "$DATA/kinds/plain.png"
    [[ "$stderr" == "ocellus: cut: "* ]]
    run -1 ocellus classify empty "$DATA/kinds/plain.png"
    run -1 ocellus classify "$DATA/kinds/plain.png" "$DATA/kinds/plain.png"
    run -1 ocellus classify missing "$DATA/kinds/plain.png"
    run -2 ocellus classify "$DATA/model"
}

@test "results that cannot be written are a failure" {
    run -1 bash -c '"$OCELLUS" classify "$DATA/model" "$DATA/kinds/plain.png" >/dev/full'
    [[ "$output" == *"standard output"* ]]
    run -1 bash -c '"$OCELLUS" classify "$DATA/model" "$DATA/kinds/plain.png" >&-'
    run -1 bash -c 'set -o pipefail; { sleep 0.3; "$OCELLUS" classify "$DATA/model" "$DATA/kinds/plain.png"; } | true'
    [ "$output" = "" ] # who closed the pipe knows it
}
