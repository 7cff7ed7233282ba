#!/usr/bin/python3
"""Makes the images of this folder, and beside each NAME a NAME.rgb: its pixels by Pillow (or OpenCV for 16 bits) as
bytes in row, column, R G B order, upright and over white. Needs python3-pil, python3-opencv, imagemagick and
libjpeg-turbo-progs; run in this folder."""

import struct
import subprocess
import zlib

import cv2
import numpy as np
from PIL import Image, ImageOps

WIDTH, HEIGHT = 37, 26  # odd, and no multiple of a block
random = np.random.default_rng(7)


def scene():
    """A smooth picture with edges, noise and saturated colours."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    rgb = np.stack([x / WIDTH, y / HEIGHT, (np.sin(x / 3) * np.cos(y / 4) + 1) / 2], axis=2) * 255
    rgb[(x - 12) ** 2 + (y - 12) ** 2 < 40] = (255, 0, 0)
    rgb[16:22, 24:33] = (0, 0, 255)
    rgb[2:8, 24:33] = (255, 255, 255)
    rgb += random.normal(0, 6, rgb.shape)
    return np.clip(np.rint(rgb), 0, 255).astype(np.uint8)


def expect(name, pixels):
    assert pixels.dtype == np.uint8 and pixels.shape[2] == 3
    open(name + ".rgb", "wb").write(pixels.tobytes())


def expect_pillow(name):
    image = ImageOps.exif_transpose(Image.open(name))
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        white.paste(image, mask=image)
        image = white
    expect(name, np.asarray(image.convert("RGB")))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width, height):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def cjpeg(name, *options):
    Image.fromarray(rgb).save("/tmp/scene.ppm")
    subprocess.run(["cjpeg", "-quality", "80", *options, "-outfile", name, "/tmp/scene.ppm"], check=True)
    expect_pillow(name)


rgb = scene()
picture = Image.fromarray(rgb)
alpha = np.clip(random.integers(-80, 336, (HEIGHT, WIDTH)), 0, 255).astype(np.uint8)

picture.save("rgb.png")
picture.convert("L").save("gray.png")
picture.quantize(50).save("palette.png", bits=8)
picture.quantize(4).save("palette-2bit.png", bits=2)
picture.quantize(50).save("palette-transparent.png", transparency=bytes(random.integers(0, 256, 50).tolist()))
picture.convert("1").save("gray-1bit.png")
picture.save("rgb-transparent.png", transparency=tuple(int(v) for v in rgb[4, 28]))
Image.fromarray(np.dstack([rgb, alpha])).save("rgb-alpha.png")
Image.merge("LA", (picture.convert("L"), Image.fromarray(alpha))).save("gray-alpha.png")
subprocess.run(["convert", "rgb.png", "-interlace", "PNG", "-define", "png:exclude-chunks=date,time", "interlaced.png"], check=True)
exif = Image.Exif()
exif[0x0112] = 6
picture.save("rotated.png", exif=exif)
for name in ("rgb gray palette palette-2bit palette-transparent gray-1bit rgb-transparent rgb-alpha gray-alpha interlaced "
             "rotated").split():
    expect_pillow(name + ".png")

deep = (rgb.astype(np.uint16) << 8 | random.integers(0, 256, rgb.shape).astype(np.uint16))
cv2.imwrite("rgb-16bit.png", deep[..., ::-1])
read = cv2.imread("rgb-16bit.png", cv2.IMREAD_UNCHANGED)[..., ::-1]
expect("rgb-16bit.png", np.rint(read / 257).astype(np.uint8))
cv2.imwrite("gray-16bit.png", deep[..., 1])
read = cv2.imread("gray-16bit.png", cv2.IMREAD_UNCHANGED)
expect("gray-16bit.png", np.dstack([np.rint(read / 257).astype(np.uint8)] * 3))

cjpeg("444.jpg", "-sample", "1x1")
cjpeg("422.jpg", "-sample", "2x1")
cjpeg("420.jpg", "-sample", "2x2")
cjpeg("440.jpg", "-sample", "1x2")
cjpeg("411.jpg", "-sample", "4x1")
cjpeg("progressive.jpg", "-progressive")
cjpeg("arithmetic.jpg", "-arithmetic")
cjpeg("restart.jpg", "-restart", "1B")
cjpeg("gray.jpg", "-grayscale")
cjpeg("rgb.jpg", "-rgb")
picture.convert("CMYK").save("cmyk.jpg", quality=85)
expect_pillow("cmyk.jpg")
picture.save("rotated.jpg", quality=80, exif=exif)
expect_pillow("rotated.jpg")

open("text.jpg", "w").write("<html><body>404 not found</body></html>\n")
open("empty.png", "wb")
open("truncated.jpg", "wb").write(open("420.jpg", "rb").read()[:-300])
open("truncated.png", "wb").write(open("rgb.png", "rb").read()[:-300])
open("bomb.png", "wb").write(bomb(787402, 787402))
open("large.png", "wb").write(bomb(20000, 20000))
open("png-named.jpg", "wb").write(open("rgb.png", "rb").read())

# The oracle of the change of size: resize.gray is (48, 60), resize-W-H is what OpenCV makes of it.
plane = cv2.resize(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), (60, 48), interpolation=cv2.INTER_CUBIC)
plane = np.clip(plane + random.normal(0, 12, plane.shape), 0, 255).astype(np.uint8)
plane.tofile("resize.gray")
for width, height in ((30, 24), (20, 16), (12, 48), (60, 16), (15, 12), (10, 24), (15, 48), (41, 29), (7, 5), (120, 96), (77, 100), (60, 71)):
    method = cv2.INTER_AREA if width <= 60 and height <= 48 else cv2.INTER_LINEAR
    cv2.resize(plane, (width, height), interpolation=method).tofile(f"resize-{width}-{height}.gray")
