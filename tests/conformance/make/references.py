"""What the references compute, behind one function each, and the photographs that Debian's packages bring along.

A reference whose package is missing is None. Images are uint8 arrays, (height, width) gray or (height, width, 3) RGB."""
import glob
import os
import struct
import subprocess
import tempfile

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "..", "..", ".."))
PHOTOGRAPHS = {  # name: path below the packages of Python
    "astronaut": "skimage/data/astronaut.png",
    "chelsea": "skimage/data/chelsea.png",
    "coffee": "skimage/data/coffee.png",
    "rocket": "skimage/data/rocket.jpg",
    "coins": "skimage/data/coins.png",
    "camera": "skimage/data/camera.png",
    "brick": "skimage/data/brick.png",
    "grass": "skimage/data/grass.png",
    "gravel": "skimage/data/gravel.png",
    "moon": "skimage/data/moon.png",
    "page": "skimage/data/page.png",
    "text": "skimage/data/text.png",
    "hubble": "skimage/data/hubble_deep_field.jpg",
    "tissue": "skimage/data/ihc.png",
    "motorcycle": "skimage/data/motorcycle_left.png",
    "china": "sklearn/datasets/images/china.jpg",
    "flower": "sklearn/datasets/images/flower.jpg",
}

try:
    import cv2
except ImportError:
    cv2 = None
try:
    import skimage.color
    import skimage.feature
except ImportError:
    skimage = None


def photographs():
    """name -> RGB image, for those that are installed; read with OpenCV or Pillow, whichever is there."""
    found = {}
    for name, path in PHOTOGRAPHS.items():
        for full in glob.glob(os.path.join("/usr/lib/python3/dist-packages", path)):
            if cv2 is not None:
                found[name] = np.ascontiguousarray(cv2.imread(full, cv2.IMREAD_COLOR)[:, :, ::-1])
            else:
                from PIL import Image
                found[name] = np.asarray(Image.open(full).convert("RGB"))
    return found


def gray(rgb):
    return np.rint(rgb @ [0.299, 0.587, 0.114]).astype(np.uint8)


def hog_skimage(image, cell=8, bins=9):
    return skimage.feature.hog(image, orientations=bins, pixels_per_cell=(cell, cell), cells_per_block=(2, 2))


def hog_opencv(image, cell=8, bins=9):
    height, width = (side // cell * cell for side in image.shape)
    hog = cv2.HOGDescriptor((width, height), (2 * cell, 2 * cell), (cell, cell), (cell, cell), bins)
    return hog.compute(np.ascontiguousarray(image[:height, :width])).ravel()


def _pipe(command, images):
    data = b"".join(struct.pack("iii", i.shape[1], i.shape[0], 1 if i.ndim == 2 else 3) + i.tobytes() for i in images)
    out = subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout
    rows, at = [], 0
    while at < len(out):
        count, = struct.unpack_from("q", out, at)
        rows.append(np.frombuffer(out, np.float32, count, at + 8))
        at += 8 + 4 * count
    return rows


class Program:
    """A C program of this folder, compiled when it is first asked for."""

    def __init__(self, source, *arguments):
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "program")
        subprocess.run([os.environ.get("CC", "cc"), "-O2", "-I", os.path.join(ROOT, "include"), "-o", self.path,
                        os.path.join(HERE, source), *arguments, "-lm", "-pthread"], check=True, stderr=subprocess.PIPE)

    def __call__(self, images, *arguments):
        return _pipe([self.path, *map(str, arguments)], images)


def vlfeat():
    """A function (images, cell, bins) -> rows, or None."""
    try:
        return Program("vlfeat_hog.c", "-lvl")
    except subprocess.CalledProcessError:
        return None


def ocellus(library):
    """A function (images, spec) -> rows."""
    packages = ["libpng", "libjpeg", "libexif", "zlib", "openblas"]
    libraries = subprocess.run(["pkg-config", "--libs", *packages], stdout=subprocess.PIPE, check=True, text=True)
    return Program("rows.c", library, *libraries.stdout.split())


def histogram(image, space, bins):
    """calcHist of all three channels together, after cvtColor."""
    if space == "hsv":
        image = cv2.cvtColor(image, cv2.COLOR_RGB2HSV)
    ranges = [0, 180 if space == "hsv" else 256, 0, 256, 0, 256]
    return cv2.calcHist([image], [0, 1, 2], None, [bins] * 3, ranges).ravel()
