#!/usr/bin/python3
"""k-means side by side with scikit-learn: same points, same first centres, same number of iterations.

Points are contrast-normalised 6x6x3 patches of the images of a folder (any sub-folders), not whitened. The two run in turns;
the medians and their ratio are printed, seeding apart.

    make BUILD=build bench
    tests/bench/kmeans.py build/release/bench-kmeans FOLDER [--points 400000] [--words 1600] [--repeat 3] [--json]
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import warnings


def patches(folder, count, side, seed=0):
    """count x (side * side * 3) float32: one image after the other gives its share."""
    import numpy
    from PIL import Image

    files = sorted(p for p in pathlib.Path(folder).rglob("*") if p.suffix.lower() in (".png", ".jpg", ".jpeg"))
    if not files:
        sys.exit(f"{folder}: no images")
    random = numpy.random.RandomState(seed)
    share = -(-count // len(files))
    rows = []
    for path in files:
        image = numpy.asarray(Image.open(path).convert("RGB"), dtype=numpy.float32)
        for _ in range(share):
            y = random.randint(image.shape[0] - side + 1)
            x = random.randint(image.shape[1] - side + 1)
            rows.append(image[y:y + side, x:x + side].ravel())
        if len(rows) >= count:
            break
    rows = numpy.stack(rows[:count])
    rows -= rows.mean(1, keepdims=True)
    rows /= numpy.sqrt((rows**2).mean(1, keepdims=True) + 10)
    return numpy.ascontiguousarray(rows)


def run_theirs(x, centers, iterations, threads):
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    with threadpool_limits(threads), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = KMeans(len(centers), init=centers, n_init=1, max_iter=iterations, tol=0, algorithm="lloyd")
        start = time.perf_counter()
        model.fit(x)
        return time.perf_counter() - start, model.inertia_ / len(x)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("folder")
    parser.add_argument("--points", type=int, default=400000)
    parser.add_argument("--words", type=int, default=1600)
    parser.add_argument("--iterations", type=int, default=10)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    import numpy

    x = patches(options.folder, options.points, 6)
    shape = [str(len(x)), str(x.shape[1]), str(options.words)]
    with tempfile.TemporaryDirectory() as folder:
        points, first = folder + "/points", folder + "/centres"
        x.tofile(points)

        def run_ours(*arguments):
            out = subprocess.run([options.program, points, *shape, *arguments, str(options.threads)], check=True,
                                 stdout=subprocess.PIPE, text=True).stdout.split()
            return [float(value) for value in out]

        seeding = run_ours("seed", first)[0]
        centers = numpy.fromfile(first, numpy.float32).reshape(options.words, -1)
        ours, theirs = [], []
        for _ in range(options.repeat):
            ours.append(run_ours(first, str(options.iterations)))
            theirs.append(run_theirs(x, centers, options.iterations, options.threads))
    seconds, their_seconds = (statistics.median(r[0] for r in runs) for runs in (ours, theirs))
    result = {"points": len(x), "values": x.shape[1], "words": options.words, "iterations": options.iterations,
              "threads": options.threads, "seeding_seconds": seeding, "seconds": seconds, "error": ours[0][1],
              "sklearn_seconds": their_seconds, "sklearn_error": float(theirs[0][1]), "ratio": seconds / their_seconds}
    if options.json:
        print(json.dumps(result))
        return
    print(f"{len(x)} points of {x.shape[1]} values, {options.words} centres, {options.iterations} iterations, "
          f"{options.threads} threads, median of {options.repeat}")
    print(f"  seeding (k-means++)  {seeding:7.2f} s")
    print(f"  ocellus              {seconds:7.2f} s  error {result['error']:.4f}")
    print(f"  scikit-learn         {their_seconds:7.2f} s  error {result['sklearn_error']:.4f}")
    print(f"  ratio                {result['ratio']:7.3f}")


main()
