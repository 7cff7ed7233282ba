#!/usr/bin/env python3
"""What the constants of training are worth: constants.py SET... [--only NAME]

SET is a folder that `ocellus extract` wrote: give the training parts of ten or more sets of different kinds, never test parts.
For each constant in the list below, the program is built with other values of it and compared with the program as it is, as
choices.py compares builds: a third of the rows of every class is held out, the others are trained on. A line has the mean
difference in accuracy (points) and log loss over the sets with standard errors, and the processor time of training and
classifying as a ratio.
"""
import argparse
import pathlib
import resource
import shutil
import subprocess
import tempfile

import numpy

from choices import measure, split

TOP = pathlib.Path(__file__).resolve().parents[2]
# file below src/learn, text of the value as it is, other values in place of it
CONSTANTS = {
    "folds of a validation": ("folds.c", "enum { FOLDS = 5 }", ["enum { FOLDS = 3 }", "enum { FOLDS = 10 }"]),
    "WORTH": ("validation.c", "WORTH = 0.005", ["WORTH = 0", "WORTH = 0.02"]),
    "LONG_PASS": ("folds.c", "LONG_PASS = 3e7", ["LONG_PASS = 3e6", "LONG_PASS = 3e8"]),
    "stage factor": ("trainer.h", "enum { OC_STAGE_FACTOR = 4 }", ["enum { OC_STAGE_FACTOR = 2 }", "enum { OC_STAGE_FACTOR = 8 }"]),
    "MAX_SEPARABLE_ROWS": ("trainer.c", "MAX_SEPARABLE_ROWS = 4096", ["MAX_SEPARABLE_ROWS = 1024", "MAX_SEPARABLE_ROWS = 16384"]),
    "TOLERANCE": ("trainer.c", "double TOLERANCE = 0.0005,", ["double TOLERANCE = 0.005,", "double TOLERANCE = 0.00005,"]),
    "COARSE_TOLERANCE": ("trainer.c", "COARSE_TOLERANCE = 0.001", ["COARSE_TOLERANCE = 0.01", "COARSE_TOLERANCE = 0.0001"]),
    "COARSE_PASSES": ("trainer.c", "COARSE_PASSES = 19", ["COARSE_PASSES = 9", "COARSE_PASSES = 40"]),
    "BATCH": ("trainer.c", "enum { BATCH = 256", ["enum { BATCH = 64", "enum { BATCH = 1024"]),
    "rows of the scale's choice": ("scale_choice.c", "SAMPLE = 1024, SMALL_N = 4096", ["SAMPLE = 512, SMALL_N = 512", "SAMPLE = 4096, SMALL_N = 4096"]),
    "PAIRS of L-BFGS": ("lbfgs.c", "enum { PAIRS = 8 }", ["enum { PAIRS = 4 }", "enum { PAIRS = 16 }"]),
}


def build(folder, file, old, new):
    """The program with one text of one file replaced."""
    path = folder / "src/learn" / file
    kept = path.read_text()
    if kept.count(old) != 1:
        raise SystemExit(f"{file}: '{old}' is there {kept.count(old)} times")
    path.write_text(kept.replace(old, new))
    subprocess.run(["make", "-s", "-j2", "all"], cwd=folder, check=True)
    program = folder / "changed"
    shutil.copy(folder / "build/ocellus", program)
    path.write_text(kept)
    return program


def measure_all(program, parts):
    """(sets, 2) accuracy and log loss, and the seconds of processor that training and classifying took."""
    started = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    found = numpy.array([measure(str(program), part) for part in parts])
    return found, resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - started


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", metavar="NAME", help="of the constants")
    parser.add_argument("sets", nargs="+", type=pathlib.Path, metavar="SET")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder, parts = pathlib.Path(temporary) / "tree", []
        shutil.copytree(TOP, folder, ignore=shutil.ignore_patterns(".git", "build"))
        for given in options.sets:
            parts.append(pathlib.Path(temporary) / str(len(parts)))
            parts[-1].mkdir()
            split(given, parts[-1], 0)
        subprocess.run(["make", "-s", "-j2", "all"], cwd=folder, check=True)
        shutil.copy(folder / "build/ocellus", folder / "unchanged")
        before, usual = measure_all(folder / "unchanged", parts)
        print(f"{len(parts)} sets: accuracy {before[:, 0].mean():.2f} %, log loss {before[:, 1].mean():.4f}, {usual:.1f} s\n")
        print("| constant | value | accuracy | log loss | time |\n| --- | --- | --- | --- | --- |", flush=True)
        for name in options.only or CONSTANTS:
            file, old, others = CONSTANTS[name]
            for new in others:
                after, seconds = measure_all(build(folder, file, old, new), parts)
                change = after - before
                error = change.std(0, ddof=1) / len(parts) ** 0.5
                print(f"| {name} | {new.strip('enum { }')} | {change[:, 0].mean():+.2f} ({error[0]:.2f}) | "
                      f"{change[:, 1].mean():+.4f} ({error[1]:.4f}) | {seconds / usual:.2f} |", flush=True)


if __name__ == "__main__":
    main()
