#!/usr/bin/env python3
"""Compares decoded pixels with other decoders, for every kind of PNG and JPEG:

    make && /usr/bin/python3 tests/conformance/decoders.py [LIBRARY]

Pillow reads everything (16-bit PNG: OpenCV, unchanged, rounded); stb_image, which has decoders of its own, what it can.
8-bit PNG must be equal, 16-bit PNG equal after rounding, JPEG within 1 level of Pillow; stb_image has another IDCT and
another way of enlarging chroma, so that its difference is shown, not judged. Peers that are not installed are left out
(Debian: python3-pil python3-opencv imagemagick libjpeg-turbo-progs libstb-dev). Exit 1 for a difference past these."""
import io
import itertools
import os
import struct
import subprocess
import sys
import tempfile
import zlib

try:
    import numpy as np
    from PIL import Image, ImageOps
except ImportError:
    sys.exit("left out: python3-pil or python3-numpy is not installed")
try:
    import cv2
except ImportError:
    cv2 = None

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
random = np.random.RandomState(5)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pack(values, depth):
    """Rows (height, values in a row) as PNG stores them, each behind filter type 0."""
    if depth == 16:
        rows = [row.astype(">u2").tobytes() for row in values]
    elif depth == 8:
        rows = [row.astype(np.uint8).tobytes() for row in values]
    else:
        bits = (values[..., None] >> np.arange(depth - 1, -1, -1) & 1).reshape(len(values), -1)
        rows = [np.packbits(row.astype(np.uint8)).tobytes() for row in bits]
    return b"".join(b"\0" + row for row in rows)


def png(width, height, kind, depth, interlaced, chunks=b"", levels=None):
    values = random.randint(0, levels or 1 << depth, (height, width, CHANNELS[kind]))
    passes = ADAM7 if interlaced else ((0, 0, 1, 1),)
    raw = b"".join(pack(part.reshape(part.shape[0], -1), depth)
                   for part in (values[y::dy, x::dx] for x, y, dx, dy in passes) if part.size)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", width, height, depth, kind, 0, 0, interlaced)) +
            chunks + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))


def exif(orientation):
    return b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x112, 3, 1, orientation, 0, 0)


def png_kinds():
    for kind, depths in DEPTHS.items():
        for depth, interlaced in itertools.product(depths, (0, 1)):
            levels = min(1 << depth, 200) if kind == 3 else None
            palette = chunk(b"PLTE", random.bytes(3 * levels)) if kind == 3 else b""
            for transparent in (False, True) if kind in (0, 2, 3) else (False,):
                see = b""
                if transparent:
                    see = chunk(b"tRNS", random.bytes(levels) if kind == 3 else b"\0\1" * CHANNELS[kind])
                for width, height in ((37, 26), (1, 1), (3, 9)):
                    name = f"png-{kind}-{depth}-{interlaced}{'-tRNS' if transparent else ''}-{width}x{height}.png"
                    yield name, png(width, height, kind, depth, interlaced, palette + see, levels)
    for gamma in (10000, 45455, 220000):
        yield f"png-gamma-{gamma}.png", png(20, 10, 2, 8, 0, chunk(b"gAMA", struct.pack(">I", gamma)))
    for orientation in range(1, 9):
        yield f"png-exif-{orientation}.png", png(20, 10, 2, 8, 0, chunk(b"eXIf", exif(orientation)))


def scene(width, height):
    y, x = np.mgrid[0:height, 0:width].astype(float)
    rgb = np.stack([x / width, y / height, (np.sin(x / 3) * np.cos(y / 4) + 1) / 2], 2) * 255
    rgb[(x - 12) ** 2 + (y - 12) ** 2 < 40] = (255, 0, 0)
    return np.clip(np.rint(rgb + random.normal(0, 6, rgb.shape)), 0, 255).astype(np.uint8)


def cjpeg(pixels, *options):
    header = b"P6 %d %d 255\n" % (pixels.shape[1], pixels.shape[0])
    return subprocess.run(["cjpeg", "-quality", "90", *options], input=header + pixels.tobytes(), stdout=subprocess.PIPE,
                          check=True).stdout


def saved(image, **options):
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90, **options)
    return out.getvalue()


def jpeg_kinds():
    samplings = ("1x1", "2x1", "1x2", "2x2", "4x1", "1x4", "4x2", "2x4")
    codings = ((), ("-progressive",), ("-arithmetic",), ("-restart", "1B"), ("-restart", "1"), ("-optimize",),
               ("-arithmetic", "-progressive"))
    for (width, height), coding in itertools.product(((37, 26), (64, 48), (1, 1), (17, 3)), codings):
        word = "".join(coding).replace("-", "")
        for sampling in samplings:
            yield f"jpeg-{sampling}-{word}-{width}x{height}.jpg", cjpeg(scene(width, height), "-sample", sampling, *coding)
        yield f"jpeg-gray-{word}-{width}x{height}.jpg", cjpeg(scene(width, height), "-grayscale", *coding)
        yield f"jpeg-rgb-{word}-{width}x{height}.jpg", cjpeg(scene(width, height), "-rgb", *coding)
    cmyk = Image.fromarray(random.randint(0, 256, (26, 37, 4)).astype(np.uint8), "CMYK").resize((40, 30), Image.BICUBIC)
    yield "jpeg-cmyk.jpg", saved(cmyk)
    yield "jpeg-cmyk-progressive.jpg", saved(cmyk, progressive=True)
    for orientation in range(1, 9):
        yield f"jpeg-exif-{orientation}.jpg", saved(Image.fromarray(scene(37, 26)), exif=b"Exif\0\0" + exif(orientation))


def by_pillow(path):
    image = ImageOps.exif_transpose(Image.open(path))
    if image.mode == "CMYK":
        light = np.asarray(image).astype(int)  # Pillow has ink here, whoever inverted it
        return np.rint((255 - light[..., :3]) * (255 - light[..., 3:]) / 255).astype(np.uint8)
    level = image.info.get("transparency")
    if image.mode == "L" and isinstance(level, int):  # for less than 8 bits Pillow does not spread it like the pixels
        with open(path, "rb") as file:
            depth = file.read(25)[24]
        gray = np.asarray(image)
        return np.repeat(np.where(gray == level * 255 // ((1 << depth) - 1), 255, gray)[..., None], 3, 2).astype(np.uint8)
    if "A" in image.getbands() or "transparency" in image.info:
        pixels = np.asarray(image.convert("RGBA")).astype(int)
        return np.asarray((pixels[..., :3] * pixels[..., 3:] + 255 * (255 - pixels[..., 3:]) + 127) // 255, np.uint8)
    return np.asarray(image.convert("RGB"))


def by_opencv(path):
    """16 bits; alpha over white before they are rounded. None for a transparent colour, which it does not read."""
    with open(path, "rb") as file:
        if cv2 is None or b"tRNS" in file.read():
            return None
    pixels = cv2.imread(path, cv2.IMREAD_UNCHANGED).astype(float)
    pixels = pixels[..., None] if pixels.ndim == 2 else pixels
    if pixels.shape[2] == 4:
        pixels = np.floor((pixels[..., :3] * pixels[..., 3:] + 65535 * (65535 - pixels[..., 3:])) / 65535 + 0.5)
    pixels = pixels[..., ::-1] if pixels.shape[2] == 3 else np.repeat(pixels, 3, 2)
    return np.rint(pixels / 257).astype(np.uint8)


def build(place, library):
    flags = subprocess.run(["pkg-config", "--libs", "libpng", "libjpeg", "libexif", "jansson", "zlib", "openblas"],
                           stdout=subprocess.PIPE, check=True, universal_newlines=True).stdout.split()
    source = os.path.join(ROOT, "tests/conformance/make/decode.c")
    ours, peer = os.path.join(place, "ours"), os.path.join(place, "peer")
    subprocess.run(["cc", "-O2", "-I" + os.path.join(ROOT, "include"), source, library, *flags, "-lm", "-pthread", "-o",
                    ours], check=True)
    found = subprocess.run(["cc", "-O2", "-w", "-DPEER", source, "-lm", "-o", peer], stderr=subprocess.DEVNULL).returncode == 0
    return ours, peer if found else None


def decoded(program, paths):
    data = subprocess.run([program, *paths], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    for _ in paths:
        width, height = struct.unpack("2i", data[:8])
        yield np.frombuffer(data[8:8 + 3 * width * height], np.uint8).reshape(height, width, 3) if width else None
        data = data[8 + 3 * width * height:]


def difference(a, b):
    return 999 if a.shape != b.shape else int(np.abs(a.astype(int) - b.astype(int)).max())


def main():
    library = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build/release/libocellus.a"))
    worst, failed, count, by_stb = {}, 0, 0, {}
    with tempfile.TemporaryDirectory() as place:
        ours, peer = build(place, library)
        files = {}
        for name, data in itertools.chain(png_kinds(), jpeg_kinds()):
            path = os.path.join(place, name)
            with open(path, "wb") as file:
                file.write(data)
            files[name] = path
        theirs = decoded(peer, list(files.values())) if peer else itertools.repeat(None)
        for (name, path), mine, other in zip(files.items(), decoded(ours, list(files.values())), theirs):
            part = name.split("-")
            deep = part[0] == "png" and part[2] == "16"
            group = "-".join(part[:3] if part[0] == "png" and part[1].isdigit() else part[:2]).split(".")[0]
            reference = by_opencv(path) if deep else by_pillow(path)
            if reference is None:
                continue
            count += 1
            d = 998 if mine is None else difference(mine, reference)
            worst[group] = max(worst.get(group, 0), d)
            if d > (1 if part[0] == "jpeg" else 0):
                failed += 1
                print(f"{name}: differs by {d}")
            # stb_image leaves alpha and orientation to its caller.
            plain = "tRNS" not in name and part[1] not in ("4", "6", "exif")
            if plain and other is not None and mine is not None and other.shape == mine.shape:
                by_stb[group] = max(by_stb.get(group, 0), difference(mine, other))
                if os.environ.get("V") and difference(mine,other)>5: print(name, difference(mine, other))
    print(f"{'kind':16} {'peer':>6} {'stb':>6}   largest difference in levels")
    for group in sorted(worst):
        print(f"{group:16} {worst[group]:6} {by_stb.get(group, '-'):>6}")
    print(f"{count} files, {failed} differ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
