#!/usr/bin/python3
"""The table of the lectures on linear classification: the same rows, one learner after the other, each tested once.

    tests/bench/lectures.py build/ocellus TRAIN_SET TEST_SET [--threads N]

The sets are what 'ocellus extract train -f pixels -o TRAIN_SET' and 'ocellus extract test --with TRAIN_SET -o TEST_SET'
wrote. Seconds are those of the whole process, rows read and model written; nearest neighbours take theirs to test.
"""
import argparse
import json
import os
import subprocess
import tempfile
import time

LEARNERS = [
    ("1,000 guesses, hinge", "--loss hinge --scale center --optimizer random-search"),
    ("1,000 random steps, hinge", "--loss hinge --scale center --optimizer local-search"),
    ("gradient descent, 100 steps, softmax", "--optimizer gd"),
    ("gradient descent, 100 steps, hinge", "--optimizer gd --loss hinge"),
    ("one-sample SGD, 1 epoch, softmax", "--optimizer sgd --batch 1 --epochs 1 --folds 0"),
    ("minibatch SGD, 5 epochs, softmax", "--optimizer sgd --epochs 5 --folds 0"),
    ("minibatch SGD, 5 epochs, hinge", "--optimizer sgd --epochs 5 --folds 0 --loss hinge"),
    ("default: softmax", ""),
    ("hinge", "--loss hinge"),
    ("squared hinge", "--loss squared-hinge"),
    ("1 nearest neighbour", "--classifier nearest:k=1 --scale none"),
    ("5 nearest neighbours", "--classifier nearest:k=5 --scale none"),
]


def run(*command):
    start = time.perf_counter()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout), time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ocellus")
    parser.add_argument("train")
    parser.add_argument("test")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--only", type=int, nargs="*", help="numbers of the learners, from 0")
    given = parser.parse_args()
    common = ["-q", "--json", "-j", str(given.threads)]
    print(f"{'learner':38} {'objective':>9} {'train s':>8} {'train %':>8} {'test s':>7} {'test %':>7}  options")
    with tempfile.NamedTemporaryFile(suffix=".model") as model:
        for number, (name, options) in enumerate(LEARNERS):
            if given.only and number not in given.only:
                continue
            report, seconds = run(given.ocellus, "train", given.train, "-o", model.name, *common, *options.split())
            tested, to_test = run(given.ocellus, "evaluate", model.name, given.test, *common)
            objective, accuracy = report.get("objective"), report.get("train_accuracy")
            print(f"{name:38} {'-' if objective is None else f'{objective:.3f}':>9} {seconds:8.2f} "
                  f"{'-' if accuracy is None else f'{100 * accuracy:.2f}':>8} {to_test:7.2f} {100 * tested['accuracy']:7.2f}"
                  f"  {options}", flush=True)


if __name__ == "__main__":
    main()
