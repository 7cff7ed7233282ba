bats_require_minimum_version 1.5.0

# What .ci/deps says and does where a package is missing. apt-get and sudo are replaced by scripts that only print.

setup() {
    REPO="$BATS_TEST_DIRNAME/../.."
    mkdir "$BATS_TEST_TMPDIR/bin"
    printf '#!/bin/sh\necho "ran: apt-get $*"\n' >"$BATS_TEST_TMPDIR/bin/apt-get"
    printf '#!/bin/sh\nexec "$@"\n' >"$BATS_TEST_TMPDIR/bin/sudo"
    chmod +x "$BATS_TEST_TMPDIR"/bin/*
    export PATH="$BATS_TEST_TMPDIR/bin:$PATH" FASHION_MNIST="$BATS_TEST_TMPDIR/missing"
}

@test "packages are named before they are installed" {
    run -0 "$REPO/.ci/deps" demo
    [[ "$output" == *"missing:"*"  dataset-fashion-mnist"*"Installing"*"ran: apt-get update"*"ran: apt-get install"*dataset-fashion-mnist* ]]
}

@test "DEPS=no installs nothing, prints the command and fails" {
    DEPS=no run -1 "$REPO/.ci/deps" demo
    [[ "$output" == *"  dataset-fashion-mnist"*"apt-get install"*" dataset-fashion-mnist"* ]]
    [[ "$output" != *"ran:"* ]]
}

@test "DEPS=no reaches the script through make" {
    for target in demo check; do
        run -2 make -s -C "$REPO" BUILD="$BATS_TEST_TMPDIR/build" DEPS=no "$target"
        [[ "$output" == *"apt-get install"*dataset-fashion-mnist* && "$output" != *"ran:"* ]]
    done
    [ ! -e "$BATS_TEST_TMPDIR/build" ]
}

@test "where nothing is missing DEPS=no says nothing" {
    mkdir "$FASHION_MNIST"
    DEPS=no run -0 "$REPO/.ci/deps" demo
    [ "$output" = "" ]
}
