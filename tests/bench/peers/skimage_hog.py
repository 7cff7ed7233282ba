"""scikit-image's hog: seconds. kernel RAW IMAGES WIDTH HEIGHT (one pass; four images are timed), or folder FOLDER SHARE."""
import os
import sys
import time

import numpy
from skimage.feature import hog
from skimage.io import imread


def measure(gray):
    return hog(gray, orientations=9, pixels_per_cell=(8, 8), cells_per_block=(2, 2), block_norm="L2-Hys")


if sys.argv[1] == "kernel":
    count, width, height = map(int, sys.argv[3:])
    images = numpy.fromfile(sys.argv[2], numpy.uint8).reshape(count, height, width, 3)[:4] @ numpy.float32([0.299, 0.587, 0.114])
    measure(images[0])
    start = time.thread_time()
    for image in images:
        measure(image)
    print((time.thread_time() - start) * count / len(images))
else:
    folder, share = sys.argv[2], int(sys.argv[3])
    start = time.perf_counter()
    rows = numpy.stack([measure(imread(f"{folder}/{name}", as_gray=True)) for name in sorted(os.listdir(folder))[:share]])
    numpy.save("/dev/null", rows.astype(numpy.float32))
    print(time.perf_counter() - start)
