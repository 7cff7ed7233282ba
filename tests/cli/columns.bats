load common

# The columns of rows: their layout and their names.

@test "info lists the columns of each stage with their layout" {
    ocellus extract "$DATA/test" -f hog:cell=7+color:grid=2 -o set
    run -0 --separate-stderr ocellus info set
    [[ "$output" == *"0 to 143, hog: row of cells (4), cell (4), bin (9); hog.y0.x0.b0 to hog.y3.x3.b8"* ]]
    [[ "$output" == *"144 to 2191, color: row of regions (2), region (2), bin of H (8), bin of S (8), bin of V (8); "* ]]
    ocellus train set -o model
    run -0 --separate-stderr ocellus info model
    [[ "$output" == *"144 to 2191, color: row of regions (2)"* ]]
}

@test "info --json has name, first, count, shape and axes of each stage" {
    ocellus extract "$DATA/test" -f hog:cell=7+words:count=5,samples=500,grid=1-2+hog:cell=14 -o set
    [ "$(ocellus info set --json | jq -c '.stages[] | [.name, .first, .count, .shape, .axes, .levels]')" = \
'["hog",0,144,[4,4,9],["y","x","bin"],null]
["words",144,25,[5,5],["region","word"],[1,2]]
["hog2",169,36,[2,2,9],["y","x","bin"],null]' ]
    ocellus train set -o model
    [ "$(ocellus info model --json | jq -c .stages)" = "$(ocellus info set --json | jq -c .stages)" ]
}

@test "rows of another program have no stages, and columns f0, f1 and so on" {
    printf '1 1:0.5 2:1\n0 2:2\n' >rows.svm
    ocellus train rows.svm -o model --epochs 1
    [ "$(ocellus info model --json | jq -c .stages)" = '[]' ]
    run -0 --separate-stderr ocellus info model
    [[ "$output" != *columns* ]]
}

@test "--names writes the names of the columns into a CSV file" {
    ocellus extract "$DATA/test" -f hog:cell=14+pixels:size=2,gray=1 -o set
    ocellus extract set --format csv -o plain.csv
    ocellus extract set --format csv --names -o named.csv
    [ "$(head -1 plain.csv | cut -d, -f1-4)" = path,label,f0,f1 ]
    [ "$(head -1 named.csv | cut -d, -f1-4)" = path,label,hog.y0.x0.b0,hog.y0.x0.b1 ]
    [ "$(head -1 named.csv | cut -d, -f38-)" = hog.y1.x1.b8,pixels.y0.x0,pixels.y0.x1,pixels.y1.x0,pixels.y1.x1 ]
    cmp <(tail -n +2 plain.csv) <(tail -n +2 named.csv)
    ocellus extract "$DATA/test" -f hog:cell=14+pixels:size=2,gray=1 --format csv --names -o direct.csv
    cmp direct.csv named.csv
}

@test "--names is for CSV files" {
    for format in npy svmlight; do
        run -2 ocellus extract "$DATA/test" -f hog --format $format --names -o out
        [[ "$output" == *"--names has no effect: it names the columns of --format csv"* ]]
        [ ! -e out ]
    done
}

@test "help and the manual page have the layout of each stage" {
    run -0 ocellus help stages
    [ "$(grep -c '^    columns ' <<<"$output")" -eq "$(grep -c '^  [a-z]\+  \+[a-z]' <<<"$output")" ]
    [[ "$output" == *"row of cells (32), cell (32), bin (9); hog.y0.x0.b0 to"* ]]
    run -0 ocellus help stages --format man
    [[ "$output" == *"hog.y31.x31.b8"* ]]
}
