#!/usr/bin/python3
"""What each kind of features gains on other people's images: one line for each join of stages, one column for each set.

    photographs.py OCELLUS SETS ROWS [--only SET]... [SPEC...]

SETS holds NAME/train/<class>/*; the test images are not looked at. Without SPEC, the table of features/words/README.md
is printed. The rows of each stage of the specs are extracted once and kept in ROWS. The accuracy is that of ridge
regression of the classes with every row left out once, the rows centred or standardised, whichever has the smaller
squared error, the stages of a join brought to the same mean squared length. Where there are no sets, or a set is not
there, the script says what it skips. Needs NumPy.
"""
import argparse
import csv
import os
import subprocess

import numpy as np

S, O = "words:descriptor=sift", "words:descriptor=opponent-sift"
VLAD, FISHER = ",encode=vlad", ",encode=fisher"
ABLATION = ["hog+color", S, S + VLAD, S + FISHER, O + VLAD, O + FISHER, f"{S}+{S}{FISHER}", f"{S}+{O}{FISHER}",
            f"{S}{FISHER}+{O}{FISHER}", f"{S}+{S}{FISHER}+{O}{FISHER}", f"{S}+{O}{FISHER}+color",
            f"{S}+{S}{FISHER}+{O}{FISHER}+color", f"{S}+hog:cell=16+color"]


def rows(arguments, name, stage):
    folder = os.path.join(arguments.rows, name + "." + stage.replace(":", "-").replace(",", "-"))
    if not os.path.exists(folder):
        images = os.path.join(arguments.sets, name, "train")
        subprocess.run([arguments.ocellus, "extract", images, "-f", stage, "-o", folder, "-q"], check=True,
                       stdout=subprocess.DEVNULL)
    with open(os.path.join(folder, "index.csv"), newline="", errors="surrogateescape") as index:
        labels = np.array([line["label"] for line in csv.DictReader(index)])
    return np.load(os.path.join(folder, "features.npy")).astype(np.float64), labels


def products(x, standard):
    x = x - x.mean(0)
    if standard:
        x /= x.std(0) + 1e-9
    k = x @ x.T
    return k * (len(k) / np.trace(k))


def leave_one_out(k, labels):
    """The least squared error over the penalties, and the accuracy there."""
    _, y = np.unique(labels, return_inverse=True)
    targets = np.eye(y.max() + 1)[y]
    mean = targets.mean(0)
    values, vectors = np.linalg.eigh(k)
    values, projected = np.maximum(values, 0), vectors.T @ (targets - mean)
    best = (np.inf, 0)
    for penalty in 10.0 ** np.arange(-3, 3.1, 0.5):
        shrink = values / (values + penalty)
        hat = vectors**2 @ shrink + 1 / len(y)
        error = (targets - mean - vectors @ (shrink[:, None] * projected)) / np.maximum(1 - hat, 1e-6)[:, None]
        best = min(best, ((error**2).mean(), ((targets - error).argmax(1) == y).mean()))
    return best


def accuracy(arguments, name, spec):
    results = []
    for standard in (False, True):
        parts = [rows(arguments, name, stage) for stage in spec.split("+")]
        results.append(leave_one_out(sum(products(x, standard) for x, _ in parts), parts[0][1]))
    return min(results)[1]


def sets(folder, only):
    """The sets that are there; prints which are not."""
    names = only or (sorted(os.listdir(folder)) if os.path.isdir(folder) else [])
    there = [name for name in names if os.path.isdir(os.path.join(folder, name, "train"))]
    for name in names:
        if name not in there:
            print("skipped: %s has no folder train" % os.path.join(folder, name))
    if not there:
        print("skipped: no sets in %s" % folder)
    return there


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ocellus")
    parser.add_argument("sets")
    parser.add_argument("rows")
    parser.add_argument("specs", nargs="*", metavar="SPEC")
    parser.add_argument("--only", action="append", metavar="SET")
    arguments = parser.parse_args()
    names = sets(arguments.sets, arguments.only)
    if not names:
        return
    os.makedirs(arguments.rows, exist_ok=True)
    print("| features | " + " | ".join(names) + " | mean |\n" + "| --- " * (len(names) + 2) + "|")
    for spec in arguments.specs or ABLATION:
        values = [100 * accuracy(arguments, name, spec) for name in names]
        print("| `%s` | " % spec + " | ".join("%.1f" % v for v in values + [np.mean(values)]) + " |", flush=True)


if __name__ == "__main__":
    main()
