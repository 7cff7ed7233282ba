#!/usr/bin/env python3
"""Prints the largest difference between Ocellus and each reference over many photographs of different odd sizes:

    make build/release/libocellus.a && /usr/bin/python3 tests/conformance/differences.py [LIBRARY]

Absolute: the largest |ours - theirs|. Relative: the largest |ours - theirs| / |theirs| over values above a thousandth of the
row's largest. Row: the largest |ours - theirs| of a whole row, both as vectors. References that are not installed are named and
left out (Debian: python3-skimage python3-opencv python3-sklearn libvlfeat-dev)."""
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "make"))
sys.dont_write_bytecode = True
import references as ref  # noqa: E402

CROPS, SMALLEST, LARGEST = 60, 17, 301


def crops():
    """Pieces of the photographs, each of another odd width and height."""
    random = np.random.RandomState(1)
    photographs = ref.photographs()
    sides = set()
    while photographs and len(sides) < CROPS:
        image = photographs[sorted(photographs)[len(sides) % len(photographs)]]
        height, width = (min(int(random.randint(SMALLEST, LARGEST)), side - 1) | 1 for side in image.shape[:2])
        if (width, height) not in sides:
            sides.add((width, height))
            y, x = random.randint(image.shape[0] - height + 1), random.randint(image.shape[1] - width + 1)
            yield np.ascontiguousarray(image[y:y + height, x:x + width])


def compare(rows, wanted):
    absolute = relative = whole = 0.0
    for row, reference in zip(rows, wanted):
        reference = np.asarray(reference, np.float64).ravel()
        assert row.shape == reference.shape, (row.shape, reference.shape)
        difference = np.abs(row - reference)
        large = np.abs(reference) > 1e-3 * np.abs(reference).max()
        absolute = max(absolute, difference.max())
        relative = max(relative, (difference[large] / np.abs(reference[large])).max(initial=0))
        whole = max(whole, np.linalg.norm(difference) / max(np.linalg.norm(reference), 1e-30))
    return absolute, relative, whole


def main():
    library = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(ref.ROOT, "build/release/libocellus.a"))
    if not os.path.exists(library):
        sys.exit(f"{library} is missing: run make first, or name the library")
    rows = ref.ocellus(library)
    color = list(crops())
    gray = [ref.gray(image) for image in color]
    if not color:
        sys.exit("no photographs: install python3-skimage or python3-sklearn")
    vlfeat = ref.vlfeat()
    table = []  # reference, spec, images, function
    if ref.skimage is not None:
        table += [("scikit-image hog", f"hog:preset=skimage,cell={cell},bins={bins}", gray,
                   lambda images, c=cell, b=bins: [ref.hog_skimage(i, c, b) for i in images])
                  for cell, bins in ((8, 9), (6, 12))]
    if ref.cv2 is not None:
        table += [("OpenCV HOGDescriptor", f"hog:preset=opencv,cell={cell},bins={bins}", gray,
                   lambda images, c=cell, b=bins: [ref.hog_opencv(i, c, b) for i in images])
                  for cell, bins in ((8, 9), (6, 12))]
    if vlfeat is not None:
        table += [("VLFeat vl_hog", f"hog:preset=uoctti,cell={cell},bins={bins}", gray,
                   lambda images, c=cell, b=bins: vlfeat(images, c, b)) for cell, bins in ((8, 9), (5, 7))]
    if ref.cv2 is not None:
        table += [("OpenCV calcHist", f"color:space={space},bins={bins},norm=none", color,
                   lambda images, s=space, b=bins: [ref.histogram(i, s, b) for i in images])
                  for space in ("rgb", "hsv") for bins in (8, 7)]
        half = [np.ascontiguousarray(i[:i.shape[0] // 2 * 2, :i.shape[1] // 2 * 2]) for i in color]
        for factor in (2, 3, 4):
            fit = [i for i in half if min(i.shape[:2]) >= 16 * factor]
            fit = [np.ascontiguousarray(i[:16 * factor, :16 * factor]) for i in fit]
            table.append((f"OpenCV INTER_AREA 1/{factor}", "pixels:size=16", fit,
                          lambda images: [ref.cv2.resize(i, (16, 16), interpolation=ref.cv2.INTER_AREA) for i in images]))
    for name, package in (("scikit-image", ref.skimage), ("OpenCV", ref.cv2), ("VLFeat", vlfeat)):
        if package is None:
            print(f"{name} is not installed: left out")
    print(f"{'reference':24} {'spec':34} {'images':>6} {'absolute':>9} {'relative':>9} {'row':>9}")
    for name, spec, images, function in table:
        worst = compare(rows(images, spec), function(images))
        print(f"{name:24} {spec:34} {len(images):6} " + " ".join(f"{value:9.2g}" for value in worst))


main()
