load common

@test "info of a model has stages, classes and the number of parameters" {
    run -0 --separate-stderr ocellus info "$DATA/model"
    [[ "$output" == *"pixels:size=14,gray=1, 196 values"* ]]
    [[ "$output" == *"1970: 10 classes x (196 values + 1 bias)"* ]]
    [[ "$output" == *"Ankle boot"* ]]
    [[ "$output" == *"loss softmax"* ]]
    ocellus info "$DATA/model" --json | python3 -m json.tool
}

@test "CIFAR-10 pixels and ten classes: 30,730 parameters" {
    ocellus train "$DATA/test" -f pixels:size=32 -o model --epochs 1
    run -0 ocellus info model
    [[ "$output" == *30730* ]]
}

@test "info of a set has rows and classes" {
    ocellus extract "$DATA/test" -f hog:cell=7 -o set
    run -0 --separate-stderr ocellus info set
    [[ "$output" == *"200 of 144 values"* ]]
    [[ "$output" == *"hog:cell=7"* ]]
    ocellus info set --json | python3 -m json.tool
}

@test "what is neither is refused" {
    run -1 ocellus info "$DATA/names.txt"
    run -1 ocellus info "$DATA/test"
    run -1 ocellus info nothing
    run -2 ocellus info
    run -2 ocellus info "$DATA/model" "$DATA/model"
}

@test "labels are for rows to test on" {
    run -2 ocellus info "$DATA/model" --labels "$DATA/names.txt"
    [[ "$output" == *"--labels has no effect"* ]]
}

@test "a card keeps names from marking it up, and control characters from a terminal" {
    for class in $'two*\033[31m' $'one_\302\2332J\303\244|'; do
        mkdir -p "rows/$class"
        cp "$DATA"/test/"Ankle boot"/*.png "rows/$class"
    done
    ocellus train rows -f pixels:size=4 -o model --epochs 1 -q
    run -0 ocellus info model --card
    [[ "$output" != *$'\033'* && "$output" != *$'\302\233'* ]]
    [[ "$output" == *'two\*\x1b\[31m'* ]]
    [[ "$output" == *'one\_\xc2\x9b2Jä\|'* ]]
}
