load common

# The JSON inside a page.
page_data() {
    python3 - "$1" <<'PYTHON'
import re, sys
page = open(sys.argv[1], encoding="utf-8").read()
found = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
assert len(found) == 1 and not re.search(r"[<>&]", found[0])
print(found[0])
PYTHON
}

# bats test_tags=long
@test "the page of compare holds what --json prints, and images" {
    ocellus compare "$DATA/train" --test "$DATA/test" -f pixels:size=4 -f hog:cell=7 --json --report page.html >json
    page_data page.html >data
    jq -e --slurpfile json json '.comparison == $json[0]' data
    jq -e '(.evaluations | length) == 2 and (.curves | length) == 2 and all(.curves[]; length > 0)' data
    for row in 0 1; do
        jq -e --argjson r $row '.evaluations[$r].accuracy == .comparison.rows[$r].test_accuracy' data
        jq -e --argjson r $row '[.evaluations[$r].confusion[][]] | add == 200' data
    done
    # every image that is shown has a path, and mistakes are the most confident first
    jq -e '[.images[][] | .[0] | tostring] - (.paths | keys) == []' data
    jq -e 'all(.images[]; [.[] | .[3]] | . == (sort | reverse))' data
    jq -e '.thumbnails | length > 10 and all(.[]; startswith("data:image/png;base64,"))' data
    [ "$(stat -c %s page.html)" -lt 5000000 ]
    run -1 grep -iE '(src|href) *= *"?(https?:)?//|url\(|@import' page.html
}

# bats test_tags=long
@test "the command that the page shows makes the page again" {
    cp -r "$DATA/train" "a train'ing"
    ocellus compare "a train'ing" --test "$DATA/test" -f pixels:size=4 --seed 3 --report page.html -q >/dev/null
    page_data page.html | jq -r .command >command
    mv page.html first.html
    (eval "$(cat command)") >/dev/null 2>&1
    page_data page.html | jq 'del(.comparison.rows[0] | .extract_seconds, .train_seconds, .validation.seconds)' >again
    page_data first.html | jq 'del(.comparison.rows[0] | .extract_seconds, .train_seconds, .validation.seconds)' >first
    cmp first again
    jq -e '.settings | any(. == ["seed", "3"])' first
}

@test "evaluate --report holds what --json prints, for images and for a set" {
    ocellus evaluate "$DATA/model" "$DATA/test" --json --report page.html >json
    page_data page.html >data
    jq -e --slurpfile json json '.evaluations == $json and .comparison == null' data
    jq -e '(.thumbnails | length) > 10' data
    ocellus extract "$DATA/test" --with "$DATA/model" -o rows -q >/dev/null
    ocellus evaluate "$DATA/model" rows --report set.html -q >/dev/null
    page_data set.html >data
    jq -e --slurpfile json json '.evaluations == $json and (.thumbnails | length) == 0 and (.paths | length) > 10' data
}

@test "names cannot become markup" {
    evil='<img src=x onerror=alert(1)>&"'
    for set in train test; do
        mkdir -p "$set/$evil" "$set/</script><script>" "$set/"$'\xff\xfe'
        local classes=("$DATA/$set"/*/)
        cp "${classes[0]}"/* "$set/$evil"
        cp "${classes[1]}"/* "$set/</script><script>"
    done
    rm -r train/$'\xff\xfe' test/$'\xff\xfe'
    ocellus compare train --test test -f pixels:size=4 --report page.html -q >/dev/null
    page_data page.html | jq -e --arg evil "$evil" '.comparison.classes | index($evil) != null'
    run -1 grep -F "$evil" page.html
}

@test "a report does not replace what is read, and is not begun in a missing folder" {
    run -1 ocellus compare "$DATA/train" --test "$DATA/test" -f pixels --report missing/page.html
    cp "$DATA/model" model
    run -2 ocellus evaluate model "$DATA/test" --report model
    cmp model "$DATA/model"
}
