"""The images that are worked on, made once below BUILD/bench/inputs from photographs that Debian packages ship.

photos    300x200 JPEG files, quality 75 to 90, chroma halved both ways: crops at different scales
small     32x32 JPEG files: CIFAR-10 where $CIFAR10_JPEG is its archive or folder with train/, else crops
large     4000x3000 JPEG files of 3 to 4 MB: enlarged crops with the grain of a sensor, 40 different ones with many names
raw       the first photos decoded, RGB, one after the other, for what is measured in memory
"""
import glob
import os
import random
import shutil
import tarfile

PHOTOGRAPHS = ["/usr/share/backgrounds/mate/nature/*.jpg"] + [
    "/usr/lib/python3/dist-packages/skimage/data/" + name
    for name in ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "motorcycle_left.png")]


def open_photographs():
    from PIL import Image

    found = [path for pattern in PHOTOGRAPHS for path in sorted(glob.glob(pattern))]
    if not found:
        raise SystemExit("bench: no photographs found; install mate-backgrounds or python3-skimage")
    return [Image.open(path).convert("RGB") for path in found]


def crop(photograph, width, height, chance):
    """A random part of a photograph, from its full detail to all of it, brought to width x height."""
    most = min(photograph.width / width, photograph.height / height)
    scale = most ** chance.random() if most > 1 else most
    w, h = int(width * scale), int(height * scale)
    x, y = chance.randint(0, photograph.width - w), chance.randint(0, photograph.height - h)
    return photograph.resize((width, height), reducing_gap=2, box=(x, y, x + w, y + h))


class Inputs:
    def __init__(self, folder, quick, ocellus):
        self.folder, self.quick, self.ocellus = folder, quick, ocellus
        self.photo_count, self.small_count, self.large_count = (400, 4000, 60) if quick else (2000, 20000, 1000)

    def _made(self, name, make):
        """BUILD/bench/inputs/name, whole or not at all."""
        path = os.path.join(self.folder, name)
        if not os.path.exists(path):
            os.makedirs(self.folder, exist_ok=True)
            shutil.rmtree(path + ".partial", ignore_errors=True)
            make(path + ".partial")
            os.rename(path + ".partial", path)
        return path

    def _crops(self, name, count, width, height):
        def make(folder):
            os.makedirs(folder)
            photographs, chance = open_photographs(), random.Random(1)
            for i in range(count):
                image = crop(photographs[i % len(photographs)], width, height, chance)
                image.save(f"{folder}/{i:05}.jpg", quality=chance.choice((75, 80, 85, 90)))
        return self._made(f"{name}-{count}", make)

    def photos(self):
        return self._crops("photos", self.photo_count, 300, 200)

    def small(self):
        source = os.environ.get("CIFAR10_JPEG")
        if not source:
            return self._crops("small", self.small_count, 32, 32)

        def make(folder):
            os.makedirs(folder)
            if os.path.isdir(source):
                for i, path in enumerate(sorted(glob.glob(source + "/train/*/*"))[:self.small_count]):
                    shutil.copy(path, f"{folder}/{i:05}.jpg")
                return
            with tarfile.open(source) as archive:
                files = (m for m in archive if m.isfile() and "train/" in m.name)
                for i, member in zip(range(self.small_count), files):
                    with open(f"{folder}/{i:05}.jpg", "wb") as out:
                        out.write(archive.extractfile(member).read())
        return self._made(f"cifar-{self.small_count}", make)

    def large(self):
        def make(folder):
            import numpy
            from PIL import Image

            os.makedirs(folder)
            photographs, chance, noise = open_photographs(), random.Random(2), numpy.random.RandomState(2)
            different = min(40, self.large_count // 5)
            for i in range(different):
                image = photographs[i % len(photographs)]
                side = min(image.width / 4, image.height / 3) * chance.uniform(0.7, 1)
                w, h = int(4 * side), int(3 * side)
                x, y = chance.randint(0, image.width - w), chance.randint(0, image.height - h)
                pixels = numpy.asarray(image.resize((4000, 3000), Image.BICUBIC, box=(x, y, x + w, y + h)), numpy.float32)
                grain = noise.standard_normal((3000, 4000, 1)).astype(numpy.float32) * 5
                Image.fromarray(numpy.clip(pixels + grain, 0, 255).astype(numpy.uint8)).save(f"{folder}/{i:05}.jpg", quality=85)
            for i in range(different, self.large_count):
                os.link(f"{folder}/{i % different:05}.jpg", f"{folder}/{i:05}.jpg")
        return self._made(f"large-{self.large_count}", make)

    def raw(self, count=64):
        """(path, images, width, height) of decoded photos."""
        def make(path):
            from PIL import Image

            with open(path, "wb") as out:
                for name in sorted(os.listdir(self.photos()))[:count]:
                    out.write(Image.open(f"{self.photos()}/{name}").convert("RGB").tobytes())
        return self._made(f"raw-{count}", make), count, 300, 200

    def raw_small(self, count=500):
        def make(path):
            from PIL import Image

            with open(path, "wb") as out:
                for name in sorted(os.listdir(self.small()))[:count]:
                    out.write(Image.open(f"{self.small()}/{name}").convert("RGB").tobytes())
        return self._made(f"raw-small-{count}", make), count, 32, 32

    def patches(self, count):
        """(path, values): contrast-normalised 6x6 patches of the small images, float32, not whitened."""
        def make(path):
            import numpy
            from PIL import Image

            chance, share = numpy.random.RandomState(0), -(-count // self.small_count)
            rows = []
            for name in sorted(os.listdir(self.small())):
                image = numpy.asarray(Image.open(f"{self.small()}/{name}").convert("RGB"), numpy.float32)
                for y, x in chance.randint(0, 27, (share, 2)):
                    rows.append(image[y:y + 6, x:x + 6].ravel())
            rows = numpy.stack(rows[:count])
            rows -= rows.mean(1, keepdims=True)
            rows /= numpy.sqrt((rows ** 2).mean(1, keepdims=True) + 10)
            rows.tofile(path)
        return self._made(f"patches-{count}", make), 108
