"""Makes tests/conformance/data: small crops of photographs, and what the references compute for them. Needs all of
scikit-image, OpenCV, VLFeat and their photographs (Debian: python3-skimage python3-opencv libvlfeat-dev)."""
import os

import numpy as np

import references as ref
from references import cv2, skimage

DATA = os.path.join(ref.ROOT, "tests", "conformance", "data")
# name: (x, y, width, height) of the crop, and how often its sides are halved
CROPS = {"astronaut": (150, 0, 268, 180, 2), "chelsea": (60, 20, 330, 262, 2), "coffee": (100, 60, 424, 260, 2),
         "rocket": (250, 5, 212, 346, 2)}


def save(name, values):
    np.save(os.path.join(DATA, name + ".npy"), np.asarray(values, np.float32).ravel())


def save_image(name, image):
    kind, suffix = ("P5", "pgm") if image.ndim == 2 else ("P6", "ppm")
    with open(os.path.join(DATA, f"{name}.{suffix}"), "wb") as file:
        file.write(f"{kind}\n{image.shape[1]} {image.shape[0]}\n255\n".encode() + image.tobytes())


os.makedirs(DATA, exist_ok=True)
photographs = ref.photographs()
vlfeat = ref.vlfeat()
for name, (x, y, width, height, halvings) in CROPS.items():
    rgb = photographs[name][y:y + height, x:x + width]
    for _ in range(halvings):
        rgb = cv2.resize(rgb, (rgb.shape[1] // 2, rgb.shape[0] // 2), interpolation=cv2.INTER_AREA)
    image = ref.gray(rgb)
    save_image(name, image)
    for cell, bins in ((8, 9), (5, 7)) if name == "astronaut" else ((8, 9),):
        save(f"{name}-skimage-{cell}-{bins}", ref.hog_skimage(image, cell, bins))
        save(f"{name}-opencv-{cell}-{bins}", ref.hog_opencv(image, cell, bins))
        save(f"{name}-uoctti-{cell}-{bins}", vlfeat([image], cell, bins)[0])
    if name in ("coffee", "rocket"):
        rgb = np.ascontiguousarray(rgb[:48, :48])
        save_image(name, rgb)
        for space in ("rgb", "hsv"):
            for bins in (3, 8):
                save(f"{name}-{space}-{bins}", ref.histogram(rgb, space, bins))
        save(f"{name}-lab", skimage.color.rgb2lab(rgb[:20, :20]).transpose(2, 0, 1))
        for side in (24, 16):
            save(f"{name}-area-{side}", cv2.resize(rgb, (side, side), interpolation=cv2.INTER_AREA))
