#!/usr/bin/python3
"""--tune against a grid of penalties, on rows that neither was chosen by.

    tests/bench/tune.py build/ocellus TRAIN_SET:VALIDATION_SET... [--loss softmax] [--grid 0.0001,0.0003,...]

For each pair: one training with the default penalties, one with --tune, and one for each l2 of the grid (--score-l2 0: plain
L2). Accuracies are those on VALIDATION_SET, so the best of the grid is taken with hindsight. Seconds are those of the
trainings, --tune with its validation.
"""
import argparse
import json
import os
import subprocess
import tempfile


def measure(ocellus, train, held, options):
    with tempfile.NamedTemporaryFile(suffix=".model") as model:
        report = json.loads(subprocess.run([ocellus, "train", train, "-o", model.name, "--json", "-q", *options], check=True,
                                           stdout=subprocess.PIPE).stdout)
        tested = json.loads(subprocess.run([ocellus, "evaluate", model.name, held, "--json", "-q"], check=True,
                                           stdout=subprocess.PIPE).stdout)
        info = json.loads(subprocess.run([ocellus, "info", model.name, "--json"], check=True, stdout=subprocess.PIPE).stdout)
    seconds = report["train_seconds"] + ((report["validation"] or {}).get("seconds") or 0)
    return 100 * tested["accuracy"], seconds, info["training"]["l2"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ocellus")
    parser.add_argument("pairs", nargs="+")
    parser.add_argument("--loss", default="softmax")
    parser.add_argument("--grid", default="0.0001,0.0003,0.001,0.003,0.01,0.03,0.1,0.3,1")
    given = parser.parse_args()
    print(f"{'set':12} {'default %':>9} {'s':>7}   {'--tune %':>8} {'s':>7} {'times':>5} {'l2':>8}   {'grid %':>7} {'l2':>8}   grid")
    for pair in given.pairs:
        train, held = pair.split(":")
        plain = measure(given.ocellus, train, held, ["--loss", given.loss])
        tuned = measure(given.ocellus, train, held, ["--loss", given.loss, "--tune"])
        grid = [measure(given.ocellus, train, held, ["--loss", given.loss, "--l2", l2, "--score-l2", "0"])
                for l2 in given.grid.split(",")]
        best = max(grid)
        print(f"{os.path.basename(train):12} {plain[0]:9.2f} {plain[1]:7.2f}   {tuned[0]:8.2f} {tuned[1]:7.2f} "
              f"{tuned[1] / plain[1]:5.1f} {tuned[2]:8.2g}   {best[0]:7.2f} {best[2]:8.2g}   "
              + " ".join(f"{accuracy:.2f}" for accuracy, _, _ in grid), flush=True)


if __name__ == "__main__":
    main()
