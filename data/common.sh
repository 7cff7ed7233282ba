# Shared by the scripts that fetch data sets; sourced, not run. The script sets $name, $output and $ocellus.
# shellcheck shell=sh disable=SC2154

say() {
    printf '%s: %s\n' "$name" "$*" >&2
}

fail() {
    say "$@"
    exit 1
}

# check_command: the ocellus command in $ocellus can be run.
check_command() {
    command -v "$ocellus" >/dev/null 2>&1 || fail "no command $ocellus: build it with 'make', or name it"
}

# sha256 / md5: the sum of standard input, in hexadecimal.
sha256() {
    if command -v sha256sum >/dev/null 2>&1; then
        sha256sum | cut -d ' ' -f 1
    else
        shasum -a 256 | cut -d ' ' -f 1
    fi
}

md5() {
    if command -v md5sum >/dev/null 2>&1; then
        md5sum | cut -d ' ' -f 1
    else
        command md5 -q
    fi
}

# The stamp tells which version of the data is complete in $output.
is_complete() {
    [ -d "$output/train" ] && [ -d "$output/test" ] && [ -f "$output/.complete" ] &&
        [ "$(cat "$output/.complete")" = "$1" ]
}

mark_complete() {
    printf '%s\n' "$1" >"$output/.complete"
}
