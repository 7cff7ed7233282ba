#!/usr/bin/python3
"""On what the bytes of a result depend: determinism.py BUILD [NAME OF A BUILD...] (or: make determinism)

Rows and models are made from the same images with each number of threads, each build (gcc and clang, -O0 to -O3, link-time
optimisation), each family of kernels and each family of OpenBLAS. The table has the digest of each result as this machine
makes it by default, and, for what is changed, "same" where all bytes are equal, else the largest difference of a value
(relative to the largest value). Exit 1 when what README.md promises does not hold: the number of threads changes nothing,
and rows that need no codebook agree within 1e-5."""
import hashlib
import itertools
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile

import numpy as np

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import bytes as sums  # noqa: E402: tests/bytes.py, which draws the images

BUILDS = {"gcc -O2": ("gcc", "-O2"), "gcc -O0": ("gcc", "-O0"), "gcc -O3": ("gcc", "-O3"), "gcc -O3 -flto": ("gcc", "-O3 -flto"),
          "clang -O2": ("clang", "-O2"), "clang -O3": ("clang", "-O3")}
THREADS = (1, 2, 3, 7)
KERNELS = ("avx512", "avx2", "plain")
BLAS = ("", "SkylakeX", "Haswell", "Zen", "Sandybridge", "Prescott")  # the first: chosen by OpenBLAS
WORDS = "words:count=40" + sums.FEW
SIFT = "words:count=30,descriptor=sift" + sums.FEW
RESULTS = {  # name: arguments after IMAGES, or a training on the rows of HoG; what README promises between processors
    "pixels": ("extract", ["-f", "pixels"], True), "color": ("extract", ["-f", "color+color:space=lab"], True),
    "hog": ("extract", ["-f", "hog"], True), "hog, as others": ("extract", ["-f", "hog:preset=uoctti+hog:preset=skimage"], True),
    "words": ("extract", ["-f", WORDS], False), "words --with": ("extract", ["--with", "learned"], False),
    "sift": ("extract", ["-f", SIFT], False),
    "model": ("train", [], False), "model, square": ("train", ["--loss", "square"], False),
    "model, hinge": ("train", ["--loss", "hinge", "--l2", "0.01"], False),
    "model, neighbours": ("train", ["--classifier", "nearest:k=3"], False),
}
CLOSE = 1e-5


def values_of(path):
    if os.path.isdir(path):
        return np.load(os.path.join(path, "features.npy")).ravel()
    with open(path, "rb") as file:
        data = file.read()
    length = struct.unpack("<Q", data[:8])[0]
    json.loads(data[8:8 + length])
    return np.frombuffer(data[8 + length:], "<f4")


class Maker:
    def __init__(self, place, images):
        self.place, self.images, self.count = place, images, 0

    def make(self, command, name, threads=2, kernels=KERNELS[0], blas=BLAS[0]):
        """Values and digest of a result."""
        verb, arguments, _ = RESULTS[name]
        output = os.path.join(self.place, "out")
        variables = {key: value for key, value in os.environ.items() if not key.startswith("OPENBLAS")}
        variables.update({"OCELLUS_KERNELS": kernels}, **({"OPENBLAS_CORETYPE": blas} if blas else {}))
        if os.path.isdir(output):
            shutil.rmtree(output)
        subprocess.run([command, verb, self.images if verb == "extract" else "rows", *arguments, "-q", "-j", str(threads), "-o", output],
                       check=True, env=variables, cwd=self.place, stdout=subprocess.DEVNULL)
        self.count += 1
        values = values_of(output)
        return values, hashlib.sha256(values.tobytes()).hexdigest()[:12]


def distance(a, b):
    return float(np.abs(a - b).max() / max(1e-30, np.abs(a).max())) if a.shape == b.shape else float("inf")


def cell(base, others):
    if all(digest == base[1] for _, digest in others):
        return "same", 0.0
    furthest = max(distance(base[0], values) for values, _ in others)
    return f"{furthest:.1e}", furthest


def build(folder, wanted):
    commands = {}
    for name, (compiler, flags) in BUILDS.items():
        if wanted and name not in wanted:
            continue
        if not shutil.which(compiler):
            print(f"{name}: left out, {compiler} is not installed")
            continue
        place = os.path.join(folder, name.replace(" ", ""))
        subprocess.run(["make", "-s", "-C", TOP, f"BUILD={place}", f"CC={compiler}", f"CFLAGS={flags}", "-j2", os.path.join(place, "ocellus")], check=True)
        commands[name] = os.path.join(place, "ocellus")
    return commands


def main():
    commands = build(os.path.abspath(sys.argv[1]), sys.argv[2:])
    first = next(iter(commands.values()))
    broken = []
    with tempfile.TemporaryDirectory(prefix="ocellus-determinism-") as place:
        images = os.path.join(place, "images")
        sums.make_images(images, sums.PHOTOS_SIDE)
        for name, spec in (("learned", WORDS), ("rows", "hog:cell=6+color")):
            subprocess.run([first, "extract", images, "-f", spec, "-q", "-o", os.path.join(place, name)], check=True)
        maker = Maker(place, images)
        print("| result | digest | threads 1, 2, 3, 7 | builds | kernels | OpenBLAS | everything |\n| --- | --- | --- | --- | --- | --- | --- |")
        for name, (_, _, promised) in RESULTS.items():
            base = maker.make(first, name)
            threads = [maker.make(command, name, threads=n) for command, n in itertools.product((first,), THREADS)]
            axes = [[maker.make(command, name) for command in commands.values()],
                    [maker.make(first, name, kernels=kernels) for kernels in KERNELS],
                    [maker.make(first, name, blas=blas) for blas in BLAS]]
            whole = [maker.make(command, name, threads=n, kernels=kernels, blas=blas) for command, n, kernels, blas in
                     itertools.product(commands.values(), (1, 7), KERNELS[1:], BLAS[2:4])]
            cells = [cell(base, axis) for axis in (threads, *axes, whole)]
            print(f"| {name} | {base[1]} | " + " | ".join(text for text, _ in cells) + " |", flush=True)
            if cells[0][0] != "same":
                broken.append(f"{name}: the number of threads matters")
            if promised and max(far for _, far in cells) > CLOSE:
                broken.append(f"{name}: differs by more than {CLOSE:g}")
    print(f"{maker.count} runs of {len(commands)} builds: {', '.join(commands)}")
    print("\n".join(broken) if broken else "as README.md promises")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
