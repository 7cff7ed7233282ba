load common

@test "help shows the three uses and the commands, within 80 columns" {
    run -0 --separate-stderr ocellus help
    for word in extract train evaluate classify compare show info unpack merge; do
        [[ "$output" == *"$word"* ]]
    done
    [ "$stderr" = "" ]
    [ "$(wc -L <<<"$output")" -le 80 ]
    run -0 ocellus --help
    [ "$output" = "$(ocellus help)" ]
}

# bats test_tags=long
@test "every command has help with usage, options and examples, within 80 columns" {
    for command in extract train evaluate classify compare show info unpack merge help; do
        run -0 --separate-stderr ocellus help $command
        [[ "${lines[0]}" == "Usage: ocellus $command"* ]]
        [[ "$output" == *Options:* ]]
        [[ "$output" == *Examples:* ]]
        [ "$(wc -L <<<"$output")" -le 80 ]
        [ "$output" = "$(ocellus $command --help)" ]
        [ "$output" = "$(ocellus $command -h)" ]
    done
}

@test "help shows defaults and all stages" {
    run -0 bash -c '"$OCELLUS" help compare | tr -s " \n" " "'
    [[ "$output" == *"default softmax"* ]]
    [[ "$output" == *"default stretch"* ]]
    for stage in pixels color hog words; do
        [[ "$output" == *" $stage "* ]]
    done
    run -0 ocellus help stages
    [[ "$output" == *"cell=8"* ]]
    [ "$(wc -L <<<"$output")" -le 80 ]
}

@test "help writes manual pages, and completion for bash" {
    for topic in "" extract train evaluate classify compare show info unpack merge help stages; do
        # shellcheck disable=SC2086 # one topic or none
        run -0 --separate-stderr ocellus help $topic --format man
        [[ "$output" == *".Dt OCELLUS"*".Sh NAME"*".Sh DESCRIPTION"* ]]
    done
    run -0 --separate-stderr ocellus help --format bash
    bash -n <<<"$output"
    [[ "$output" == *"--check-gradient"* ]]
    run -2 ocellus help train --format bash
    run -2 ocellus help nothing --format man
}

@test "the version" {
    run -0 ocellus --version
    [[ "$output" =~ ^ocellus\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
    run -0 ocellus extract -V
}

@test "nothing at all is wrong usage with the overview on standard error" {
    run -2 --separate-stderr ocellus
    [ "$output" = "" ]
    [[ "$stderr" == *extract* ]]
}

@test "what is unknown suggests what is near" {
    run -2 ocellus extrct
    [[ "$output" == *"did you mean 'extract'"* ]]
    run -2 ocellus train x --epoch 3 -o m
    [[ "$output" == *"did you mean '--epochs'"* ]]
    run -2 ocellus help compre
    [[ "$output" == *"did you mean 'compare'"* ]]
    run -2 ocellus help zzzzzz
    [[ "$output" != *"did you mean"* ]]
    run -2 ocellus --bogus
}

@test "options in every form, in any order" {
    ocellus extract -fpixels:size=4 "$DATA/kinds" --output=a -qj1
    ocellus extract --features pixels:size=4 -o b --threads=1 -- "$DATA/kinds"
    ocellus -q extract "$DATA/kinds" -o c -f pixels:size=4
    cmp a/features.npy b/features.npy
    cmp a/features.npy c/features.npy
    run -2 ocellus extract "$DATA/kinds" -f
    [[ "$output" == *"needs a value"* ]]
    run -2 ocellus extract "$DATA/kinds" --strict=1
    [[ "$output" == *"takes no value"* ]]
    run -2 ocellus extract "$DATA/kinds" --threads 1000
    [[ "$output" == *"0..256"* ]]
}

@test "no colour and no progress unless on a terminal" {
    run -0 ocellus extract "$DATA/test" -f pixels:size=4 -o set
    [[ "$output" != *$'\e'* ]]
    [[ "$output" != *$'\r'* ]]
}

# bats test_tags=long
@test "on a terminal: progress, and colour unless NO_COLOR is set" {
    script -qec true /dev/null >/dev/null 2>&1 || skip "no script(1), or no pseudo-terminal for it"
    export TERM=xterm
    run script -qec "'$OCELLUS' help extract" /dev/null
    [[ "$output" == *$'\e'* ]]
    run env NO_COLOR=1 script -qec "'$OCELLUS' help extract" /dev/null
    [[ "$output" != *$'\e'* ]]
    run script -qec "'$OCELLUS' train '$DATA/train' -f pixels:size=28 -o model" /dev/null
    [[ "$output" == *%* ]]
    run script -qec "'$OCELLUS' train '$DATA/train' -f pixels:size=28 -o model -q" /dev/null
    [[ "$output" != *"0 %"*$'\r'*"0 %"* ]]
}
