#!/usr/bin/python3
"""Kernels before and after they were tuned: builds former versions from git and runs bench-stage of each in turns with
today's, on the same images.

    make bench ROWS=hog_kernel && tests/bench/before_after.py --build BUILD
"""
import argparse
import os
import statistics
import subprocess

import inputs

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PACKAGES = ["libpng", "libjpeg", "libexif", "zlib", "openblas"]

# what, the last version before it was tuned, spec, images
KERNELS = [
    ("HoG, votes alone: first version", "8cb2715^", "hog:interpolate=none,norm=none", "photos"),
    ("HoG, votes alone: before bands", "0c3914f^", "hog:interpolate=none,norm=none", "photos"),
    ("HoG, default: first version", "8cb2715^", "hog", "photos"),
    ("HoG, default: before bands", "0c3914f^", "hog", "photos"),
    ("HoG, 2x2 blocks: first version", "8cb2715^", "hog:block=2", "photos"),
    ("HoG, 2x2 blocks: before bands", "0c3914f^", "hog:block=2", "photos"),
    ("HoG, default, 32x32: before bins were chained", "d4daf8f^", "hog", "small"),
    ("joint histogram, RGB: before places", "b521d73^", "color:space=rgb", "photos"),
    ("joint histogram, HSV: before places", "b521d73^", "color:space=hsv", "photos"),
]


def build(commit, folder):
    """bench-stage, as it is today, over the library of a commit."""
    name = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", commit], stdout=subprocess.PIPE, text=True,
                          check=True).stdout.strip()
    tree = os.path.join(folder, name)
    program = os.path.join(tree, "stage")
    if not os.path.exists(program):
        os.makedirs(tree, exist_ok=True)
        subprocess.run(f"git -C {ROOT} archive {name} | tar x -C {tree}; make -ks -C {tree} BUILD={tree}/b -j2 all >/dev/null 2>&1",
                       shell=True)  # the first versions had a library and no command yet
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", *PACKAGES], stdout=subprocess.PIPE, text=True,
                               check=True).stdout.strip()
        subprocess.run(f"cc -std=c11 -O2 -D_XOPEN_SOURCE=700 -I{tree}/include -I{tree} -I{HERE} {HERE}/stage.c "
                       f"$(find {tree}/b -name libocellus.a) {flags} -lm -pthread -o {program}", shell=True, check=True)
    return program


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build")
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    folder = os.path.join(os.path.abspath(options.build), "bench")
    made = inputs.Inputs(os.path.join(folder, "inputs"), False, None)
    images = {"photos": made.raw(), "small": made.raw_small()}
    today = os.path.join(os.path.abspath(options.build), "release", "bench-stage")
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        os.environ.pop(name, None)
    print(f"{'':48} {'before':>10} {'after':>10} {'times':>7}")
    for what, commit, spec, which in KERNELS:
        path, count, width, height = images[which]
        programs = [build(commit, os.path.join(folder, "former")), today]
        seconds = ([], [])
        for _ in range(options.repeat):
            for program, times in zip(programs, seconds):
                command = [program, spec, path, str(count), str(width), str(height)]
                times.append(float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.split()[0]))
        before, after = (count * width * height / 1e6 / statistics.median(times) for times in seconds)
        print(f"{what:48} {before:5.1f} MP/s {after:5.1f} MP/s {after / before:6.2f}x", flush=True)


if __name__ == "__main__":
    main()
