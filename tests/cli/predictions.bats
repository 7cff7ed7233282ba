load common

# evaluate --predictions, compare --predictions, and the links of the report to them.

@test "evaluate --predictions has a line for each image, in the order of the set" {
    ocellus extract "$DATA/test" --with "$DATA/model" -o set
    ocellus evaluate "$DATA/model" "$DATA/test" --predictions images.csv
    ocellus evaluate "$DATA/model" set --predictions rows.csv --json >figures
    cmp <(sed "s,^$DATA/test/,," images.csv) rows.csv
    [ "$(head -1 rows.csv)" = path,label,predicted,probability ]
    [ "$(tail -n +2 rows.csv | cut -d, -f1,2)" = "$(tail -n +2 set/index.csv | cut -d, -f2,3)" ]
    [ "$(awk -F, 'NR > 1 && $2 == $3' rows.csv | wc -l)" -eq "$(jq "(.accuracy * .images) | round" figures)" ]
    ocellus classify "$DATA/model" set -o labels.csv
    [ "$(cut -d, -f1,3 rows.csv | tail -n +2)" = "$(cut -d, -f1,2 labels.csv | tail -n +2)" ]
}

@test "predictions and classify -o write the same paths: they open the images" {
    ln -s "$DATA/test" here
    printf 'path,label\nhere/Bag/00030.png,Bag\n' >list.csv
    ocellus extract here --with "$DATA/model" -o set -q
    for source in here ./here/ "$DATA/test" list.csv set; do
        ocellus evaluate "$DATA/model" "$source" --predictions tested.csv -q >/dev/null
        ocellus classify "$DATA/model" "$source" -o labels.csv -q >/dev/null
        diff <(cut -d, -f1 tested.csv) <(cut -d, -f1 labels.csv)
        case $source in
        here | ./here/ | "$DATA/test" | list.csv) tail -n +2 tested.csv | cut -d, -f1 | xargs -d '\n' ls >/dev/null ;;
        esac
    done
    ocellus compare here -f pixels:size=4 --predictions rows -q >/dev/null
    tail -n +2 rows/01*.csv | cut -d, -f1 | xargs -d '\n' ls >/dev/null
}

@test "images without a label have no line, a model without probabilities an empty column" {
    printf 'path,label\n%s,Trouser\n%s,\n' "$DATA/kinds/plain.png" "$DATA/kinds/gray.jpg" >list.csv
    run -0 ocellus evaluate "$DATA/model" list.csv --predictions one.csv
    [ "$(wc -l <one.csv)" -eq 2 ]
    ocellus train "$DATA/test" -f pixels:size=8,gray=1 --classifier nearest:k=3 -o votes -q
    ocellus evaluate votes list.csv --predictions votes.csv
    [ "$(tail -n 1 votes.csv)" = "$DATA/kinds/plain.png,Trouser,Trouser," ]
}

# bats test_tags=long
@test "compare --predictions has a file a row, and the report links to them" {
    mkdir pages
    ocellus compare "$DATA/train" --test "$DATA/test" -f pixels:size=4,gray=1 -f hog:cell=7+color --predictions "all of them" \
        --report pages/page.html --json >figures
    [ "$(ls "all of them")" = $'01-pixels-size=4,gray=1.csv\n02-hog-cell=7+color.csv' ]
    for row in 1 2; do
        file=$(ls "all of them"/0$row-*)
        [ "$(tail -n +2 "$file" | wc -l)" -eq "$(jq .test figures)" ]
        [ "$(awk -F, 'NR > 1 && $2 == $3' "$file" | wc -l)" -eq "$(jq "(.rows[$row - 1].test_accuracy * .test) | round" figures)" ]
    done
    grep -qF '"predictions":["../all%20of%20them/01-pixels-size=4,gray=1.csv","../all%20of%20them/02-hog-cell=7+color.csv"]' pages/page.html
    ocellus evaluate "$DATA/model" "$DATA/test" --predictions pages/every.csv --report page.html
    grep -qF '"predictions":["pages/every.csv"]' page.html
    ocellus evaluate "$DATA/model" "$DATA/test" --report page.html
    run ! grep -qF '"predictions"' page.html
}

# bats test_tags=long
@test "predictions replace nothing but predictions" {
    mkdir folder && echo mine >folder/letter
    run -2 --separate-stderr ocellus compare "$DATA/train" --test "$DATA/test" -f pixels:size=4 --predictions folder
    [[ "$stderr" == *"folder/letter: is not a file of predictions"* ]]
    run -2 ocellus compare "$DATA/train" --test "$DATA/test" -f pixels:size=4 --predictions "$DATA/test"
    run -2 ocellus compare "$DATA/train" --test "$DATA/test" -f pixels:size=4 --predictions same -o same
    run -2 ocellus evaluate "$DATA/model" "$DATA/test" --predictions same --report same
    run -2 ocellus evaluate "$DATA/model" "$DATA/test" --predictions "$DATA/model"
    run -2 ocellus evaluate "$DATA/model" "$DATA/test" --predictions folder
    [ "$(ls -R)" = $'.:\nfolder\n\n./folder:\nletter' ]
    mkdir old && echo old >old/07-hog.csv
    ocellus compare "$DATA/train" --test "$DATA/test" -f pixels:size=4 --predictions old -q
    [ "$(ls old)" = 01-pixels-size=4.csv ]
}

@test "a full disk leaves older predictions as they were" {
    mkdir old && echo old >old/01-hog.csv
    echo old >old.csv
    run -1 bash -c 'ulimit -f 1; "$OCELLUS" compare "$DATA/train" --test "$DATA/test" -f pixels:size=4 --predictions old'
    [ "$(cat old/*)" = old ]
    run -1 bash -c 'ulimit -f 1; "$OCELLUS" evaluate "$DATA/model" "$DATA/test" --predictions old.csv'
    [ "$(cat old.csv)" = old ]
    [ "$(ls)" = $'old\nold.csv' ]
}
