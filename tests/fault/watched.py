#!/usr/bin/python3
"""Runs every command on two threads, and expects the status that it should end with: watched.py OCELLUS [PREFIX...]

For a program that watches itself (MODE=thread) or is watched: valgrind --error-exitcode=99 ... as PREFIX."""
import os
import subprocess
import sys
import tempfile

import faults

# For races there are many samples, so that every loop over tiles has several, and both threads take some.
WORDS = "words:count={},patch=4,samples={},iterations=2,mirror=1"
LOSSES = ("softmax", "hinge", "squared-hinge", "ovr-squared-hinge", "square")


def more_cases(images, words):
    """Name, arguments and status of what faults.py, which looks for what is written, does without."""
    for folder in ("many/dark", "many/light"):
        for i in range(images):
            faults.write(f"{folder}/{i}.png", faults.png(20 + i % 7, 18, 20 + i + 90 * (folder == "many/light")))
    yield "words", ["extract", "many", "-f", words, "--size", "20x18", "-o", "words"], 0
    few = "" if images > 6 else ",samples=300,iterations=2"
    yield "sift", ["extract", "many", "-f", "words:descriptor=sift,count=9,grid=1-2" + few, "--size", "96x96", "-o", "out/set"], 0
    yield "shard 1", ["extract", "many", "--with", "words", "--shard", "1/2", "-o", "out/1"], 0
    yield "shard 2", ["extract", "many", "--with", "words", "--shard", "2/2", "-o", "out/2"], 0
    yield "merge", ["merge", "out/1", "out/2", "-o", "out/set"], 0
    yield "resume", ["extract", "many", "--with", "words", "--resume", "-o", "out/set"], 0
    yield "svmlight", ["extract", "many", "--with", "words", "--format", "svmlight", "-o", "out/rows"], 0
    yield "csv", ["extract", "words", "--format", "csv", "-o", "-"], 0
    yield "train on svmlight", ["train", "out/rows", "-o", "out/rows.model"], 0
    yield "dry run", ["extract", "many", "-f", words, "--dry-run"], 0
    for loss in LOSSES:
        yield "loss " + loss, ["train", "words", "--loss", loss, "-o", "trained"], 0
    yield "tune", ["train", "many", "-f", words, "--tune", "--augment", "mirror", "-o", "trained"], 0
    yield "folds", ["train", "words", "--folds", "3", "--l1", "1e-4", "--scale", "range", "-o", "out/model"], 0
    for optimizer in ("gd", "random-search", "local-search"):
        yield optimizer, ["train", "words", "--optimizer", optimizer, "--epochs", "9", "-o", "out/model"], 0
    yield "check gradient", ["train", "words", "--check-gradient"], 0
    yield "evaluate --report", ["evaluate", "trained", "many", "--report", "out/page.html"], 0
    yield "compare --report", ["compare", "many", "--test", "test", "-f", "pixels:size=2", "-f", "color", "--seeds", "2",
                               "--report", "out/page.html"], 0
    yield "classify many", ["classify", "trained", *(f"many/dark/{i}.png" for i in range(5)), "--top", "2"], 0
    yield "classify a folder", ["classify", "trained", "many", "in", "-o", "out/labels.csv"], 3
    yield "predictions", ["evaluate", "trained", "many", "--predictions", "out/predicted.csv"], 0
    yield "classify --explain", ["classify", "trained", "many/dark/1.png", "--explain", "out/why.png"], 0
    yield "show image", ["show", "trained", "many/dark/1.png", "-o", "out/picture.png"], 0
    for what in ("templates", "codebook"):
        yield "show " + what, ["show", "trained", "--what", what, "-o", "out/picture.png"], 0
    for what in ("ray", "plane", "steps"):
        yield "show " + what, ["show", "trained", "many", "--what", what, "-o", "out/picture.png"], 0
    yield "help", ["help", "stages"], 0
    yield "no model", ["classify", "in", "many/dark/1.png"], 1
    yield "damaged model", ["info", "cut"], 1
    yield "wrong option", ["train", "many", "-f", "hog:cell=0", "-o", "out/model"], 2


def main():
    program, prefix, failed = os.path.abspath(sys.argv[1]), sys.argv[2:], 0
    variables = dict(os.environ, TSAN_OPTIONS="exitcode=99", OMP_NUM_THREADS="1")
    if prefix:
        variables["OCELLUS_KERNELS"] = "avx2"  # valgrind does not know AVX-512
    with tempfile.TemporaryDirectory(prefix="ocellus-watched-") as top:
        os.chdir(top)
        os.makedirs("out")
        cases = faults.make_cases()
        made = {case.name: case for case in cases}
        for name, source in (("set", made["extract"]), ("model", made["train"]), ("near", made["train on a set"])):
            subprocess.run([program, *source.arguments, "-q"], env=variables, capture_output=True)
            os.rename(source.output, name)
        faults.make_shards(program)
        with open("model", "rb") as whole:
            faults.write("cut", whole.read()[:-7])
        # those that read the folder with a damaged image in it, or the set of it
        damaged = {"extract", "extract (as text)", "train", "compare", "classify to a file", "compare (predictions)",
                   "compare (folds)", "train (auto)", "train on a set", "evaluate a set", "extract (svmlight)"}
        plans = [(case.name, case.arguments, 3 if case.name in damaged else 0) for case in cases]
        plans += more_cases(6, WORDS.format(5, 300)) if prefix else more_cases(16, WORDS.format(20, 5000))
        for name, arguments, expected in plans:
            arguments = ["-j2" if argument == "-j1" else argument for argument in arguments]
            done = subprocess.run([*prefix, program, *arguments], env=variables, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, universal_newlines=True)
            if done.returncode != expected:
                failed += 1
                print(f"{name}: ended with {done.returncode}, not {expected}\n{done.stderr[-3000:]}", flush=True)
        os.chdir("/")
    print(f"{len(plans)} commands, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
