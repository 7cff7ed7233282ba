"""Small striped images, and the command, for the tests of the Python package."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
COMMAND = os.environ.get("OCELLUS", str(ROOT / "build" / "ocellus"))
KINDS = ("across", "down", "slope")


def stripes(kind, number, width=18, height=18):
    """uint8 (height, width, 3): stripes of a direction with noise."""
    random = np.random.default_rng([KINDS.index(kind), number])
    y, x = np.mgrid[:height, :width]
    wave = {"across": y + number, "down": x + number, "slope": (x + y + number) // 2}[kind]
    level = 40 + wave // 3 % 2 * 90 + random.integers(0, 30, (height, width))
    return np.stack([level, level + 10, level + 20], axis=2).astype(np.uint8)


def command(*arguments, folder=None):
    done = subprocess.run([COMMAND, *map(str, arguments)], cwd=folder, capture_output=True, text=True)
    if done.returncode not in (0, 3):
        raise AssertionError(f"{arguments}: {done.stderr}")
    return done.stdout


class FolderCase(unittest.TestCase):
    """A folder of its own with photos/KIND/00.png, six a class, their paths and labels in the command's order."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.photos = self.folder / "photos"
        self.paths, self.labels, self.arrays = [], [], []
        for kind in KINDS:
            (self.photos / kind).mkdir(parents=True)
            for number in range(6):
                path = self.photos / kind / f"{number:02}.png"
                self.arrays.append(stripes(kind, number))
                Image.fromarray(self.arrays[-1]).save(path)
                self.paths.append(str(path))
                self.labels.append(kind)

    def extracted(self, *options):
        """The rows that the command writes."""
        command("extract", self.photos, *options, "-o", self.folder / "set")
        return np.load(self.folder / "set" / "features.npy")
