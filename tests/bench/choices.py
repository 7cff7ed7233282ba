#!/usr/bin/env python3
"""Compares builds, or options, on rows that were held out: choices.py SET... --try "OCELLUS [OPTIONS]" --try ...

For constants and defaults of training. SET is a folder that `ocellus extract` wrote. A third of the rows of every class is
held out at random; each try trains on the others (`OCELLUS train ROWS --labels ... OPTIONS`) and is evaluated on these. The
table has accuracy and log loss of each try; its last lines are means over the sets, and the mean difference from the first
try with its standard error over the sets. Give the training parts of ten or more sets of different kinds, never test parts.
"""
import argparse
import csv
import json
import pathlib
import shlex
import subprocess
import tempfile

import numpy


def run(command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def split(folder, work, seed):
    rows = numpy.load(folder / "features.npy", mmap_mode="r")
    with open(folder / "index.csv", newline="", errors="surrogateescape") as file:
        names = numpy.array([line["label"] for line in csv.DictReader(file)])
    random, held = numpy.random.default_rng(seed), numpy.zeros(len(names), bool)
    for name in numpy.unique(names):
        own = random.permutation(numpy.flatnonzero(names == name))
        held[own[:len(own) // 3]] = True
    labels = numpy.unique(names, return_inverse=True)[1].astype(numpy.int64)
    for part, taken in (("train", ~held), ("test", held)):
        numpy.save(work / f"{part}.npy", rows[taken])
        numpy.save(work / f"{part}-labels.npy", labels[taken])


def measure(command, work):
    ocellus, *options = shlex.split(command)
    model = str(work / "model")
    run([ocellus, "train", str(work / "train.npy"), "--labels", str(work / "train-labels.npy"), *options, "-o", model,
         "-q"])
    lines = run([ocellus, "classify", model, str(work / "test.npy"), "--json"]).splitlines()
    pathlib.Path(model).unlink()
    labels = [str(label) for label in numpy.load(work / "test-labels.npy")]
    found = [json.loads(line) for line in lines if line]
    right = numpy.mean([one["label"] == label for one, label in zip(found, labels, strict=True)])
    likely = [max(one["probabilities"][label], 1e-12) for one, label in zip(found, labels, strict=True)]
    return 100 * right, -numpy.log(likely).mean()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--try", dest="tries", action="append", required=True, metavar="COMMAND")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("sets", nargs="+", type=pathlib.Path, metavar="SET")
    options = parser.parse_args()
    found = []
    for folder in options.sets:
        with tempfile.TemporaryDirectory() as work:
            split(folder, pathlib.Path(work), options.seed)
            found.append([measure(command, pathlib.Path(work)) for command in options.tries])
        print(f"{folder.name:28s}", "   ".join(f"{a:6.2f} % {loss:6.4f}" for a, loss in found[-1]), flush=True)
    table = numpy.array(found)
    print(f"{'mean':28s}", "   ".join(f"{a:6.2f} % {loss:6.4f}" for a, loss in table.mean(0)))
    for k in range(1, len(options.tries)):
        change = table[:, k] - table[:, 0]
        error = change.std(0, ddof=1) / max(1, len(change)) ** 0.5 if len(change) > 1 else (numpy.nan, numpy.nan)
        print(f"try {k + 1} - try 1: accuracy {change[:, 0].mean():+.2f} (standard error {error[0]:.2f}) points, "
              f"log loss {change[:, 1].mean():+.4f} ({error[1]:.4f})")


if __name__ == "__main__":
    main()
