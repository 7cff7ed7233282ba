"""numpy.histogramdd, 8x8x8: seconds for one pass over RAW IMAGES WIDTH HEIGHT; four images are timed."""
import sys
import time

import numpy

count, width, height = map(int, sys.argv[2:])
images = numpy.fromfile(sys.argv[1], numpy.uint8).reshape(count, height * width, 3)[:4]
start = time.thread_time()
for image in images:
    numpy.histogramdd(image, (8, 8, 8), ((0, 256), (0, 256), (0, 256)))
print((time.thread_time() - start) * count / len(images))
