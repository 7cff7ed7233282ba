#!/usr/bin/env python3
"""Makes the images that the tests of the command line use, out of the Fashion-MNIST package: make_images.py FOLDER

small-images-idx3-ubyte, small-labels-idx1-ubyte   the first 1,000 training images
check-images-idx3-ubyte, check-labels-idx1-ubyte   the first 200 test images
names.txt                                          names of the ten classes
kinds/                                             one image as PNG's and JPEG's relatives
"""
import gzip
import os
import struct
import subprocess
import sys
import zlib

SOURCE = "/usr/share/datasets/fashion-mnist/"
NAMES = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]
SIDE = 28


def cut(source, name, count):
    """Writes the first images and labels as IDX files; returns the pixels."""
    with gzip.open(SOURCE + source + "-images-idx3-ubyte.gz") as file:
        pixels = file.read(16 + count * SIDE * SIDE)[16:]
    with gzip.open(SOURCE + source + "-labels-idx1-ubyte.gz") as file:
        labels = file.read(8 + count)[8:]
    with open(name + "-images-idx3-ubyte", "wb") as file:
        file.write(struct.pack(">4i", 0x803, count, SIDE, SIDE) + pixels)
    with open(name + "-labels-idx1-ubyte", "wb") as file:
        file.write(struct.pack(">2i", 0x801, count) + labels)
    return pixels


def png(width, height, rows):
    """A gray PNG file."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    raw = b"".join(b"\0" + row for row in rows)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", width, height, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))


def jpeg(width, height, rows, *options, color=False):
    pixels = b"".join(bytes(v for v in row for _ in range(3)) if color else row for row in rows)
    header = b"P%d %d %d 255\n" % (6 if color else 5, width, height)
    return subprocess.run(["cjpeg", "-quality", "98", *options], input=header + pixels, stdout=subprocess.PIPE,
                          check=True).stdout


def with_orientation(file, orientation):
    """Puts an EXIF segment behind the start of a JPEG file."""
    tiff = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x112, 3, 1, orientation, 0, 0)
    exif = b"Exif\0\0" + tiff
    return file[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + file[2:]


def write(name, data):
    with open(name, "wb") as file:
        file.write(data)


def main():
    os.makedirs(sys.argv[1] + "/kinds")
    os.chdir(sys.argv[1])
    cut("train", "small", 1000)
    pixels = cut("t10k", "check", 200)
    write("names.txt", "".join(name + "\n" for name in NAMES).encode())
    # Trousers (number 137), without the last four rows, so that upright and sideways differ in size.
    width, height = SIDE, SIDE - 4
    start = 137 * SIDE * SIDE
    rows = [pixels[start + y * SIDE:start + (y + 1) * SIDE] for y in range(height)]
    sideways = [bytes(rows[y][width - 1 - x] for y in range(height)) for x in range(width)]
    write("kinds/plain.png", png(width, height, rows))
    write("kinds/color.jpg", jpeg(width, height, rows, color=True))
    write("kinds/gray.jpg", jpeg(width, height, rows, "-grayscale"))
    write("kinds/progressive.jpg", jpeg(width, height, rows, "-progressive", color=True))
    write("kinds/rotated.jpg", with_orientation(jpeg(height, width, sideways), 6))
    write("kinds/png-named.jpg", png(width, height, rows))


if __name__ == "__main__":
    main()
