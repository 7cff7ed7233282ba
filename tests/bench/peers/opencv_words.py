"""Visual words as the toolboxes have them: TRAIN TEST THREADS, folders with a folder a class. OpenCV's SIFT every 8 pixels at four
sizes, root normalised; 600 words by scikit-learn's k-means; nearest words counted in 2x2 and 4x4 regions; additive chi-squared
map; LinearSVC. Prints the seconds from files to tested model, and the accuracy."""
import multiprocessing
import os
import sys
import time

import cv2
import numpy
from sklearn.cluster import MiniBatchKMeans
from sklearn.kernel_approximation import AdditiveChi2Sampler
from sklearn.svm import LinearSVC

WORDS, STEP, SIZES, GRIDS, SAMPLES = 600, 8, (4, 6, 8, 10), (2, 4), 40


def listing(folder):
    return [(os.path.join(folder, name, file), name)
            for name in sorted(os.listdir(folder)) for file in sorted(os.listdir(os.path.join(folder, name)))]


def describe(path):
    """Descriptors (places, 128) and their places in units of the image's sides."""
    image = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
    height, width = image.shape
    points = [cv2.KeyPoint(float(x), float(y), size) for size in SIZES
              for y in range(size // 2, height - size // 2, STEP) for x in range(size // 2, width - size // 2, STEP)]
    points, values = cv2.SIFT_create().compute(image, points)
    values = numpy.sqrt(values / numpy.maximum(values.sum(1, keepdims=True), 1e-9)).astype(numpy.float16)
    return values, numpy.array([(p.pt[0] / width, p.pt[1] / height) for p in points], numpy.float32)


def row(job):
    (values, places), words = job
    counts = []
    for grid in GRIDS:
        cell = numpy.minimum((places * grid).astype(int), grid - 1)
        counts.append(numpy.bincount((cell[:, 1] * grid + cell[:, 0]) * WORDS + words, minlength=grid * grid * WORDS))
    counts = numpy.concatenate(counts).astype(float)
    return counts / counts.sum()


def main():
    train, test, threads = listing(sys.argv[1]), listing(sys.argv[2]), int(sys.argv[3])
    cv2.setNumThreads(1)
    start, generator = time.perf_counter(), numpy.random.default_rng(0)
    with multiprocessing.Pool(threads) as pool:
        images = pool.map(describe, [path for path, _ in train + test], chunksize=8)
    sample = numpy.concatenate([values[generator.choice(len(values), SAMPLES, False)] for values, _ in images[:len(train)]])
    means = MiniBatchKMeans(WORDS, random_state=0, n_init=1).fit(sample.astype(numpy.float32))
    rows = numpy.array([row((image, means.predict(image[0].astype(numpy.float32)))) for image in images])
    chi = AdditiveChi2Sampler(sample_steps=2).fit(rows[:len(train)])
    model = LinearSVC(C=10).fit(chi.transform(rows[:len(train)]), [name for _, name in train])
    right = model.score(chi.transform(rows[len(train):]), [name for _, name in test])
    print(f"{time.perf_counter() - start:.3f} test accuracy {100 * right:.2f} %")


main()
