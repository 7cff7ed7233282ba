load common

# Rows that other programs read, and rows that they wrote.

needs_numpy() {
    python3 -c 'import numpy' 2>/dev/null || skip "python3 has no numpy"
}

# Well-separated rows of three classes as rows.npy (float32), rows64.npy, labels.txt, labels.csv, labels.npy, rows.svm.
make_rows() {
    needs_numpy
    python3 - <<'PYTHON'
import numpy
random = numpy.random.RandomState(1)
labels = numpy.arange(300) % 3
rows = (4 * numpy.eye(3)[labels] + random.normal(size=(300, 3))).astype("f4")
rows[rows < 0] = 0
numpy.save("rows.npy", rows)
numpy.save("rows64.npy", rows.astype("f8"))
numpy.save("labels.npy", labels)
open("labels.txt", "w").write("".join("%d\n" % label for label in labels))
open("labels.csv", "w").write("id,label\n" + "".join('"x,%d",%d\n' % pair for pair in enumerate(labels)))
with open("rows.svm", "w") as file:
    for label, row in zip(labels, rows):
        file.write("%d %s # text\n" % (label, " ".join("%d:%.9g" % (j + 1, v) for j, v in enumerate(row) if v)))
PYTHON
}

@test "NumPy maps features.npy" {
    needs_numpy
    ocellus extract "$DATA/test" -f hog:cell=7 -o set
    python3 - <<'PYTHON'
import numpy
rows = numpy.load("set/features.npy", mmap_mode="r")
assert isinstance(rows, numpy.memmap) and rows.dtype == numpy.float32 and rows.shape == (200, 144)
assert rows.flags.c_contiguous and numpy.isfinite(rows).all() and rows.max() > 0
PYTHON
}

@test "svmlight text holds the values of the set, zeros left out, labels in the order of the classes" {
    ocellus extract "$DATA/test" -f hog:cell=7 -o set
    ocellus extract "$DATA/test" -f hog:cell=7 --format svmlight -o rows.svm
    ocellus extract set --format svmlight -o - >piped.svm
    cmp rows.svm piped.svm
    python3 - <<'PYTHON'
import csv, struct
data = open("set/features.npy", "rb").read()[128:]
index = list(csv.DictReader(open("set/index.csv", newline="")))
classes = open("rows.svm.classes").read().split("\n")[:-1]
assert classes == sorted({line["label"] for line in index})
lines = open("rows.svm").read().split("\n")[:-1]
assert len(lines) == len(index) == 200
for i, line in enumerate(lines):
    label, *entries = line.split(" ")
    assert classes[int(label)] == index[i]["label"]
    row = struct.unpack_from("<144f", data, 4 * 144 * i)
    pairs = [entry.split(":") for entry in entries]
    assert [int(j) for j, _ in pairs] == [j + 1 for j in range(144) if row[j] != 0]
    assert [struct.pack("<f", float(v)) for _, v in pairs] == [struct.pack("<f", v) for v in row if v != 0]
PYTHON
}

@test "CSV text has path, label and the values" {
    ocellus extract "$DATA/kinds" -f hog:cell=14 -o set
    ocellus extract "$DATA/kinds" -f hog:cell=14 --format csv -o rows.csv
    python3 - <<'PYTHON'
import csv, struct
data = open("set/features.npy", "rb").read()[128:]
rows = list(csv.reader(open("rows.csv", newline="")))
assert rows[0] == ["path", "label"] + ["f%d" % j for j in range(len(rows[0]) - 2)]
values = [struct.pack("<f", float(v)) for row in rows[1:] for v in row[2:]]
assert b"".join(values) == data
assert [row[0] for row in rows[1:]] == [line["path"] for line in csv.DictReader(open("set/index.csv", newline=""))]
PYTHON
}

@test "liblinear-train trains on svmlight text" {
    command -v liblinear-train >/dev/null || skip "no liblinear-train (Debian package liblinear-tools)"
    ocellus extract "$DATA/train" -f hog:cell=7 --format svmlight -o train.svm
    ocellus extract "$DATA/test" -f hog:cell=7 --format svmlight -o test.svm
    liblinear-train -q -s 2 -c 0.001 train.svm model
    run -0 liblinear-predict test.svm model predicted
    [[ "$output" =~ Accuracy\ =\ ([0-9]+) ]]
    [ "${BASH_REMATCH[1]}" -ge 75 ]
}

# bats test_tags=long
@test "scikit-learn loads svmlight text, and what it writes comes back" {
    python3 -c 'import sklearn' 2>/dev/null || skip "python3 has no scikit-learn"
    ocellus extract "$DATA/test" -f hog:cell=7 -o set
    ocellus extract set --format svmlight -o rows.svm
    python3 - <<'PYTHON'
import numpy
from sklearn.datasets import dump_svmlight_file, load_svmlight_file
rows, labels = load_svmlight_file("rows.svm", dtype=numpy.float32)
assert (rows.toarray() == numpy.load("set/features.npy")).all()
dump_svmlight_file(rows, labels, "back.svm", zero_based=False)
dump_svmlight_file(rows, labels, "zero.svm")
PYTHON
    ocellus train rows.svm -o model
    cp rows.svm.classes back.svm.classes
    run -0 ocellus evaluate model back.svm --json
    jq -e '.images == 200 and .accuracy > 0.9 and .classes[0].name == "Ankle boot"' <<<"$output"
    rows=$(ocellus train set -o from-set --json | jq .validation.accuracy)
    [ "$rows" = "$(ocellus train back.svm -o from-text --json | jq .validation.accuracy)" ]
    run -1 ocellus train zero.svm -o other
    [[ "$output" == *"zero_based=False"* ]]
}

@test "text is written to a file whole or not at all, without other files" {
    run -1 ocellus extract "$DATA/names.txt" -f hog --format csv -o rows.csv
    echo old >rows.csv
    run -1 ocellus extract "$DATA/test" -f hog:cell=64 --format csv -o rows.csv
    [ "$(cat rows.csv)" = old ]
    ocellus extract "$DATA/test" -f pixels:size=2 --format csv -o rows.csv
    [ "$(wc -l <rows.csv)" -eq 201 ]
    [ "$(ls -A)" = rows.csv ]
    run -2 ocellus extract "$DATA/test" -f hog -o -
    run -2 ocellus extract "$DATA/test" -f hog --format csv --json -o -
    cp "$DATA/kinds/plain.png" .
    run -2 ocellus extract "$DATA/test" -f pixels:size=2 --format csv -o plain.png
    cmp plain.png "$DATA/kinds/plain.png"
}

@test "a .npy file with labels trains, whatever its width and however the labels are written" {
    make_rows
    run -0 --separate-stderr ocellus train rows.npy --labels labels.txt -o model
    [[ "$output" == *"3 values, made by another program"* ]]
    [[ "$output" == *"300 of 3 classes"* ]]
    ocellus train rows64.npy --labels labels.csv -o model64
    ocellus train rows.npy --labels labels.npy -o model-npy
    ocellus train rows.svm -o model-svm
    for other in model64 model-npy model-svm; do
        cmp model $other
    done
    run -0 ocellus info model
    [[ "$output" == *"12: 3 classes x (3 values + 1 bias)"* ]]
    ocellus info model --json | jq -e '.dimension == 3'
}

# bats test_tags=long
@test "such a model evaluates and classifies rows" {
    make_rows
    ocellus train rows.npy --labels labels.txt -o model
    ocellus evaluate model rows.svm --json | jq -e '.images == 300 and .accuracy > 0.9'
    [[ "$(ocellus evaluate model rows.svm)" == *" of 300 rows), "*rows*precision* ]]
    ocellus evaluate model rows64.npy -l labels.csv --json | jq -e '.images == 300 and .accuracy > 0.9'
    run -0 --separate-stderr ocellus classify model rows.npy
    [ "${#lines[@]}" -eq 300 ]
    [[ "${lines[1]}" == "rows.npy#1"$'\t'"1"$'\t'* ]]
    [ "$output" = "$(ocellus classify model rows.svm | sed 's/rows.svm/rows.npy/')" ]
    ocellus classify model rows.npy --json | jq -es 'length == 300 and .[2].label == "2"'
}

@test "such a model refuses images, and the message names what it accepts" {
    make_rows
    ocellus train rows.npy --labels labels.txt -o model
    run -1 ocellus classify model "$DATA/kinds/plain.png"
    [[ "$output" == *"rows of 3 values"*"not images"* ]]
    run -2 ocellus evaluate model "$DATA/test"
    [[ "$output" == *".npy"* ]]
    run -2 ocellus extract "$DATA/test" --with model -o set
    [[ "$output" == *"no stages"* ]]
    run -2 ocellus evaluate "$DATA/model" rows.npy --labels labels.txt
    [[ "$output" == *"another program"* ]]
    ocellus extract "$DATA/test" -f pixels:size=1 -o set
    run -2 ocellus evaluate model set
}

# bats test_tags=long
@test "arrays that cannot be rows are refused with the NumPy expression that helps" {
    make_rows
    python3 - <<'PYTHON'
import numpy
rows = numpy.load("rows64.npy")
numpy.save("fortran.npy", numpy.asfortranarray(rows))
numpy.save("big.npy", rows.astype(">f4"))
numpy.save("integers.npy", rows.astype("i4"))
numpy.save("half.npy", rows.astype("f2"))
numpy.save("cube.npy", rows.reshape(100, 3, 3))
numpy.save("none.npy", rows[:0])
numpy.save("wide.npy", numpy.hstack([rows, rows]))
numpy.savez("archive.npz", rows=rows)
numpy.save("names.npy", numpy.array(["a", "b", "c"] * 100))
numpy.save("either.npy", rows[:, 0] > 0)
for name, value in [("nan", numpy.nan), ("huge", 1e300), ("infinite", -numpy.inf)]:
    rows[7, 2] = value
    numpy.save(name + ".npy", rows)
numpy.save("nan32.npy", numpy.where(numpy.arange(3) == 1, numpy.nan, rows * 0).astype("f4"))
data = open("rows.npy", "rb").read()
open("short.npy", "wb").write(data[:-1])
PYTHON
    run -1 ocellus train fortran.npy -l labels.txt -o m
    [[ "$output" == *ascontiguousarray* ]]
    run -1 ocellus train big.npy -l labels.txt -o m
    [[ "$output" == *big-endian*"astype('<f4')"* ]]
    for name in integers half; do
        run -1 ocellus train $name.npy -l labels.txt -o m
        [[ "$output" == *"astype('<f4')"* ]]
    done
    run -1 ocellus train cube.npy -l labels.txt -o m
    [[ "$output" == *reshape* ]]
    run -1 ocellus train archive.npz -l labels.txt -o m
    [[ "$output" == *"archive of arrays"*numpy.save* ]]
    run -1 ocellus train rows.npy -l names.npy -o m
    [[ "$output" == *"300 x 1 values of type '<U1'"*numpy.savetxt* ]]
    ocellus train rows.npy -l either.npy -o truth
    [[ "$(ocellus info truth)" == *"0, 1"* ]]
    for name in nan huge infinite; do
        run -1 ocellus train $name.npy -l labels.txt -o m
        [[ "$output" == *"row 7, column 2"* ]]
    done
    for name in nan32 short none; do
        run -1 ocellus train $name.npy -l labels.txt -o m
    done
    ocellus train rows.npy -l labels.txt -o model
    run -2 ocellus evaluate model wide.npy -l labels.txt
    [[ "$output" == *"rows of 6 values; 3 are needed"* ]]
    run -1 ocellus classify model nan32.npy
    [ ! -e m ]
}

@test "show draws the loss of rows in a .npy file with their labels" {
    make_rows
    ocellus train rows.npy -l labels.txt -o model -q
    run -0 ocellus show model rows.npy -l labels.txt --what steps -o steps.png
    [ -s steps.png ]
    run -2 ocellus show model rows.npy --what steps -o none.png
    [[ "$output" == *"--labels FILE is missing"* ]]
    run -2 ocellus show model -l labels.txt -o none.png
    [[ "$output" == *"--labels has no effect"* ]]
    [ ! -e none.png ]
}

@test "labels that do not fit are refused" {
    make_rows
    run -2 ocellus train rows.npy -o m
    [[ "$output" == *"--labels FILE is missing"* ]]
    head -299 labels.txt >few.txt
    run -1 ocellus train rows.npy --labels few.txt -o m
    [[ "$output" == *"299 labels for the 300 rows"* ]]
    run -2 ocellus train rows.svm --labels labels.txt -o m
    run -2 ocellus train "$DATA/test" -f pixels:size=2 --labels labels.txt -o m
    [[ "$output" == *"from folders or a list"* ]]
    run -1 ocellus train rows.npy --labels rows64.npy -o m
    [[ "$output" == *"integers"* ]]
    run -1 ocellus train rows.npy --labels missing -o m
    run -2 ocellus train rows.npy --labels labels.txt -f hog -o m
    run -2 ocellus train rows.npy --labels labels.txt --augment mirror -o m
    [[ "$output" == *"cannot be mirrored"* ]]
    printf '1 1:2 1:3\n' >twice.svm
    run -1 ocellus train twice.svm -o m
    [[ "$output" == *"line 1"*ascend* ]]
    [ ! -e m ]
}

@test "a pipe is not read as rows, nor waited for" {
    make_rows
    mkfifo pipe
    run -1 timeout 20 "$OCELLUS" train pipe -o m
    run -1 timeout 20 "$OCELLUS" info pipe
    run -1 timeout 20 "$OCELLUS" train rows.npy --labels pipe -o m
    run -1 timeout 20 "$OCELLUS" train rows.npy --labels <(cat rows64.npy) -o m
    [[ "$output" == *"not a regular file"* ]]
    run -0 timeout 20 "$OCELLUS" train rows.npy --labels <(cat labels.txt) -o m
}
