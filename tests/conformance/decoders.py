#!/usr/bin/python3
"""Compares decoded pixels with other decoders, for every kind of PNG and JPEG:

    make decoders                 or: /usr/bin/python3 tests/conformance/decoders.py [LIBRARY]
    make decoders FOLDER=photos   the same for all PNG and JPEG files below a folder: a table of equal and different ones,
                                  and of those that both refuse, or one alone

8-bit PNG must be equal to what Pillow reads, 16-bit PNG to what OpenCV reads unchanged and to the values that were written,
rounded; JPEG must be within 1 level of Pillow. Where Pillow reads no picture, neither may we. stb_image has decoders of its own; its IDCT differs, and it confuses two
weights in the last column of chroma that is halved in width alone, so that its difference is shown, not judged. What is
not installed is left out, by name (Debian: python3-pil python3-opencv libjpeg-turbo-progs libstb-dev). Exit 1 for a
difference past these."""
import io
import itertools
import os
import struct
import shutil
import subprocess
import sys
import tempfile
import warnings
import zlib

try:
    import numpy as np
    from PIL import Image, ImageOps
except ImportError:
    print("decoders are not compared: python3-pil or python3-numpy is not installed")
    sys.exit(0)
try:
    import cv2
except ImportError:
    cv2 = None
    print("OpenCV left out: python3-opencv is not installed")

CC = os.environ.get("CC", "cc")
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
UNREAD, SHAPE = 999, 998  # instead of a difference in levels
random = np.random.RandomState(5)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def filtered(kind, row, above, pixel):
    """A row as PNG's filters leave it (none, left, above, mean, Paeth); `pixel` bytes make a pixel, or 1."""
    left, corner = (np.concatenate([np.zeros(pixel, int), line])[:len(line)] for line in (row, above))
    if kind == 4:
        distance = np.abs([above - corner, left - corner, left + above - 2 * corner])
        guess = np.choose(np.argmin(distance, 0), [left, above, corner])
    else:
        guess = (0 * row, left, above, (left + above) // 2)[kind]
    return bytes([kind]) + ((row - guess) % 256).astype(np.uint8).tobytes()


def pack(values, depth, pixel):
    """Rows (height, values in a row) as PNG stores them, behind every filter in turn."""
    if depth == 16:
        rows = [row.astype(">u2").tobytes() for row in values]
    elif depth == 8:
        rows = [row.astype(np.uint8).tobytes() for row in values]
    else:
        bits = (values[..., None] >> np.arange(depth - 1, -1, -1) & 1).reshape(len(values), -1)
        rows = [np.packbits(row.astype(np.uint8)).tobytes() for row in bits]
    rows = [np.frombuffer(row, np.uint8).astype(int) for row in rows]
    return b"".join(filtered(y % 5, row, rows[y - 1] if y else 0 * row, pixel) for y, row in enumerate(rows))


def png(values, kind, depth, interlaced, chunks=b""):
    height, width, channels = values.shape
    passes = ADAM7 if interlaced else ((0, 0, 1, 1),)
    raw = b"".join(pack(part.reshape(part.shape[0], -1), depth, max(1, channels * depth // 8))
                   for part in (values[y::dy, x::dx] for x, y, dx, dy in passes) if part.size)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", width, height, depth, kind, 0, 0, interlaced)) +
            chunks + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))


def exif(orientation, kind=3):
    return b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x112, kind, 1, orientation, 0, 0)


def noise(width, height, kind, depth=8):
    return random.randint(0, min(1 << depth, 200) if kind == 3 else 1 << depth, (height, width, CHANNELS[kind]))


def seen(values, transparent):
    """16-bit values (height, width, channels) rounded to 8, over white where they can be seen through."""
    if values.shape[2] in (2, 4):
        values, alpha = values[..., :-1], values[..., -1:]
        values = (values * alpha + 65535 * (65535 - alpha) + 32767) // 65535
    elif transparent is not None:
        values = np.where((values == transparent).all(2, keepdims=True), 65535, values)
    values = (values + 128) // 257
    return np.repeat(values, 3, 2) if values.shape[2] == 1 else values


def png_kinds():
    """Name, file, and for 16 bits the pixels that are expected."""
    for kind, depths in DEPTHS.items():
        for depth, interlaced in itertools.product(depths, (0, 1)):
            levels = min(1 << depth, 200)
            palette = chunk(b"PLTE", random.bytes(3 * levels)) if kind == 3 else b""
            for see, (width, height) in itertools.product((False, True) if kind in (0, 2, 3) else (False,),
                                                          ((37, 26), (1, 1), (3, 9))):
                name = f"png-{kind}-{depth}-{interlaced}{'-tRNS' if see else ''}-{width}x{height}.png"
                values = noise(width, height, kind, depth)
                color = values[-1, -1] if see else None
                told = chunk(b"tRNS", random.bytes(levels) if kind == 3 else color.astype(">u2").tobytes()) if see else b""
                yield (name, png(values, kind, depth, interlaced, palette + told),
                       seen(values, color) if depth == 16 else None)
    for gamma in (10000, 45455, 220000):
        yield f"png-gamma-{gamma}.png", png(noise(20, 10, 2), 2, 8, 0, chunk(b"gAMA", struct.pack(">I", gamma))), None
    for orientation in range(1, 9):
        yield f"png-exif-{orientation}.png", png(noise(20, 10, 2), 2, 8, 0, chunk(b"eXIf", exif(orientation))), None
        for name, chunks in orientation_texts(orientation):
            yield f"png-text-{name}-{orientation}.png", png(noise(20, 10, 2), 2, 8, 0, chunks), None
            yield f"png-text-{name}-{orientation}-last.png", moved_to_end(png(noise(20, 10, 2), 2, 8, 0, chunks), chunks), None
    for bits, low in itertools.product((1, 7, 8, 9, 12, 15, 16), (False, True)):
        for kind in (0, 2, 4, 6):
            yield deep_png(kind, bits, low)


def texts(keyword, text):
    """The chunks that a text may be in, by name."""
    plain, packed, between = keyword + b"\0", keyword + b"\0\0", b"en\0title\0"
    return (("tEXt", chunk(b"tEXt", plain + text)), ("zTXt", chunk(b"zTXt", packed + zlib.compress(text))),
            ("iTXt", chunk(b"iTXt", plain + b"\0\0" + between + text)),
            ("iTXt-z", chunk(b"iTXt", plain + b"\1\0" + between + zlib.compress(text))))


def raw_profile(data):
    """As ImageMagick writes it."""
    digits = data.hex()
    return ("\nexif\n%8d\n" % len(data) + "".join(digits[i:i + 72] + "\n" for i in range(0, len(digits), 72))).encode()


def orientation_texts(orientation):
    """Name and chunks: one source of an orientation, and several that disagree."""
    other = orientation % 8 + 1
    profile = raw_profile(b"Exif\0\0" + exif(orientation))
    attribute, element = b'<x tiff:Orientation="%d"/>' % orientation, b"<tiff:Orientation>%d</tiff:Orientation>" % orientation
    for name, found in texts(b"Raw profile type exif", profile):
        yield "raw-" + name, found
        yield "raw-bare-" + name, texts(b"Raw profile type exif", raw_profile(exif(orientation)))[0][1]
        yield "raw-xmp-" + name, found + chunk(b"tEXt", b"XML:com.adobe.xmp\0tiff:Orientation=\"%d\"" % other)
        yield "exif-raw-" + name, found + chunk(b"eXIf", exif(other))
    for (name, first), (_, second) in zip(texts(b"XML:com.adobe.xmp", attribute), texts(b"XML:com.adobe.xmp", element)):
        yield "xmp-attribute-" + name, first
        yield "xmp-element-" + name, second
        yield "xmp-exif-" + name, first + chunk(b"eXIf", exif(other))
        no_tag = exif(other)[:10] + b"\x13" + exif(other)[11:]
        yield "xmp-no-tag-" + name, first + chunk(b"eXIf", no_tag)
        yield "xmp-twice-" + name, texts(b"XML:com.adobe.xmp", b'tiff:Orientation="%d"' % other)[0][1] + second
    yield "xmp-quotes", chunk(b"tEXt", b"XML:com.adobe.xmp\0<x tiff:Orientation='%d'/>" % orientation)


def moved_to_end(data, chunks):
    at = data.index(chunks)
    return data[:at] + data[at + len(chunks):-12] + chunks + data[-12:]


def deep_png(kind, bits, low):
    """16-bit samples of which `bits` are used: as PNG wants them, at the top and repeated below, or the lowest."""
    small = random.randint(0, 1 << bits, (26, 37, CHANNELS[kind]))
    small[0, 0] = (1 << bits) - 1
    values = small if low else sum(small << 16 >> bits * k for k in range(1, 17)) & 0xFFFF
    said = chunk(b"sBIT", bytes([bits] * CHANNELS[kind]))
    full = (1 << bits) - 1 if low else 65535
    color, alpha = (values[..., :-1], values[..., -1:]) if kind in (4, 6) else (values, full)
    known = (510 * (color * alpha + full * (full - alpha)) + full * full) // (2 * full * full)  # halves up
    known = np.repeat(known, 3, 2) if known.shape[2] == 1 else known
    return f"png-sbit-{kind}-{bits}-{'low' if low else 'high'}.png", png(values, kind, 16, 0, said), known


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
    for progressive in (False, True):
        word = "-progressive" if progressive else ""
        data = saved(cmyk, progressive=progressive)
        yield f"jpeg-cmyk{word}.jpg", data
        # Adobe's marker says which of the two it is; the other reading of the same bytes is a picture as well.
        adobe = data.index(b"Adobe")
        yield f"jpeg-ycck{word}.jpg", data[:adobe + 11] + b"\2" + data[adobe + 12:]
    yield from jpeg_spaces()
    for orientation, kind in itertools.product((1, 6), range(1, 13)):
        yield (f"jpeg-exif-type-{kind}-{orientation}.jpg",
               saved(Image.fromarray(scene(37, 26)), exif=b"Exif\0\0" + exif(orientation, kind)))
    for orientation in range(1, 9):
        yield f"jpeg-exif-{orientation}.jpg", saved(Image.fromarray(scene(37, 26)), exif=b"Exif\0\0" + exif(orientation))


def without_segments(jpeg, *markers):
    """The file without the header segments of these markers."""
    out, at = jpeg[:2], 2
    while jpeg[at + 1] != 0xDA:
        end = at + 2 + struct.unpack(">H", jpeg[at + 2:at + 4])[0]
        out += b"" if jpeg[at + 1] in markers else jpeg[at:end]
        at = end
    return out + jpeg[at:]


def jpeg_spaces():
    """Every number of components, with JFIF's marker, Adobe's (transform 0, 1, 2 and one that does not exist), both or
    none, and with components that are numbered from 1 or from 0 or named R, G, B."""
    rgb = Image.fromarray(scene(37, 26))
    cmyk = Image.fromarray(random.randint(0, 256, (26, 37, 4)).astype(np.uint8), "CMYK").resize((40, 30), Image.BICUBIC)
    for image, sampling in ((rgb.convert("L"), 0), (rgb, 0), (rgb, 2), (cmyk, 0)):
        bare = without_segments(saved(image, subsampling=sampling), 0xE0, 0xEE)
        count = len(image.getbands())
        frame, scan = bare.index(b"\xff\xc0") + 10, bare.index(b"\xff\xda") + 5
        for jfif, transform, names in itertools.product((False, True), (None, 0, 1, 2, 7), (b"\1\2\3\4", b"\0\1\2\3", b"RGBK")):
            data = bytearray(bare)
            for c in range(count):
                data[frame + 3 * c] = data[scan + 2 * c] = names[c]
            head = b"\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0" if jfif else b""
            if transform is not None:
                head += b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0" + bytes([transform])
            word = f"{count}-{sampling}{'-jfif' if jfif else ''}{'' if transform is None else f'-adobe{transform}'}-{names[0]}"
            yield f"jpeg-space-{word}.jpg", bytes(data[:2]) + head + bytes(data[2:])


def by_pillow(path):
    """None for a file that Pillow does not read."""
    try:
        return upright_by_pillow(path)
    except (OSError, SyntaxError, ValueError):
        return None


def upright_by_pillow(path):
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
    """16 bits. None for a transparent colour and sBIT, which it does not read."""
    if cv2 is None or "tRNS" in path or "sbit" in path:
        return None
    pixels = cv2.imread(path, cv2.IMREAD_UNCHANGED).astype(np.int64)
    pixels = pixels[..., None] if pixels.ndim == 2 else pixels
    order = {1: [0], 3: [2, 1, 0], 4: [2, 1, 0, 3]}[pixels.shape[2]]
    return seen(pixels[..., order], None)


def build(place, library):
    flags = subprocess.run(["pkg-config", "--libs", "libpng", "libjpeg", "libexif", "zlib", "openblas"],
                           stdout=subprocess.PIPE, check=True, universal_newlines=True).stdout.split()
    source = os.path.join(ROOT, "tests/conformance/make/decode.c")
    ours, peer = os.path.join(place, "ours"), os.path.join(place, "peer")
    subprocess.run([CC, "-O2", "-I" + os.path.join(ROOT, "include"), source, library, *flags, "-lm", "-pthread", "-o",
                    ours], check=True)
    found = subprocess.run([CC, "-O2", "-w", "-DPEER", source, "-lm", "-o", peer], stderr=subprocess.DEVNULL).returncode == 0
    return ours, peer if found else None


def decoded(program, paths):
    data = subprocess.run([program, *paths], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    for _ in paths:
        width, height = struct.unpack("2i", data[:8])
        yield np.frombuffer(data[8:8 + 3 * width * height], np.uint8).reshape(height, width, 3) if width else None
        data = data[8 + 3 * width * height:]


def difference(a, b):
    return SHAPE if a.shape != b.shape else int(np.abs(a.astype(int) - b.astype(int)).max())


def group_of(name):
    part = name.split(".")[0].split("-")
    return "-".join(part[:3] if part[0] == "png" and part[1].isdigit() else part[:2])


def comparable(name):
    """stb_image leaves alpha and orientation to its caller."""
    return "tRNS" not in name and not name.startswith(("png-4", "png-6", "png-exif", "png-text", "png-sbit", "jpeg-exif"))


def images_below(folder):
    """Every file that begins like a PNG or a JPEG, whatever its name."""
    for place, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            path = os.path.join(place, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    head = file.read(26)
                if head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
                    yield path, head


def decoded_safely(program, paths):
    """As decoded, in batches, for files that may end the program: those give the text "crash"."""
    for start in range(0, len(paths), 40):
        batch = paths[start:start + 40]
        try:
            yield from list(decoded(program, batch))
        except (subprocess.CalledProcessError, struct.error):
            for path in batch:
                try:
                    yield from list(decoded(program, [path]))
                except (subprocess.CalledProcessError, struct.error):
                    yield "crash"


def verdict(path, head, mine):
    """A column of the table and, for a difference, its levels."""
    deep = head.startswith(b"\x89PNG") and head[24:25] == b"\x10"
    if isinstance(mine, str):
        return mine, 0
    try:
        with open(path, "rb") as file:
            start = file.read().split(b"IDAT")[0]
        said = deep and (b"sBIT" in start or b"tRNS" in start)
        theirs = None if said else by_opencv(path) if deep else by_pillow(path)
    except Exception as problem:  # pylint: disable=broad-except: Pillow has many
        print(f"{path}: {type(problem).__name__} of the other decoder: {problem}")
        theirs = None
    if deep and (said or cv2 is None):
        return "not compared", 0
    if mine is None or theirs is None:
        return "refused by " + ("both" if mine is None and theirs is None else "us alone" if mine is None else "them alone"), 0
    levels = difference(mine, theirs)
    return ("equal" if levels <= (0 if head.startswith(b"\x89PNG") else 1) else "different"), levels


def compare_folder(folder, library):
    Image.MAX_IMAGE_PIXELS = 1 << 26  # twice that is an error; the rest may take minutes
    warnings.simplefilter("ignore")
    files = list(images_below(folder))
    table = {}
    with tempfile.TemporaryDirectory(prefix="ocellus-decoders-") as place:
        ours, _ = build(place, library)
        for (path, head), mine in zip(files, decoded_safely(ours, [path for path, _ in files])):
            kind = "PNG" if head.startswith(b"\x89PNG") else "JPEG"
            column, levels = verdict(path, head, mine)
            table[kind, column] = table.get((kind, column), 0) + 1
            if column not in ("equal", "not compared"):
                print(f"{path}: {column}" + (f" by {levels}" if 0 < levels < SHAPE else " in size" if levels == SHAPE else ""))
    columns = ("equal", "different", "refused by both", "refused by us alone", "refused by them alone", "not compared", "crash")
    print("| " + " | ".join(("kind", "files") + columns) + " |")
    for kind in ("PNG", "JPEG"):
        counts = [table.get((kind, column), 0) for column in columns]
        print("| " + " | ".join(map(str, [kind, sum(counts)] + counts)) + " |")
    return 1 if any(column in ("different", "crash") for _, column in table) else 0


def main():
    if len(sys.argv) > 2:
        return compare_folder(sys.argv[2], os.path.abspath(sys.argv[1]))
    library = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build/release/libocellus.a"))
    worst, by_stb, count, failed = {}, {}, 0, 0
    kinds = list(png_kinds())
    if shutil.which("cjpeg"):
        kinds += [(name, data, None) for name, data in jpeg_kinds()]
    else:
        print("JPEG left out: libjpeg-turbo-progs is not installed")
    with tempfile.TemporaryDirectory(prefix="ocellus-decoders-") as place:
        ours, peer = build(place, library)
        paths = [os.path.join(place, kind[0]) for kind in kinds]
        for path, kind in zip(paths, kinds):
            with open(path, "wb") as file:
                file.write(kind[1])
        if not peer:
            print("stb_image left out: libstb-dev is not installed")
        theirs = decoded(peer, paths) if peer else itertools.repeat(None)
        for (name, _, known), path, mine, other in zip(kinds, paths, decoded(ours, paths), theirs):
            group, allowed = group_of(name), 1 if name.startswith("jpeg") else 0
            references = [by_pillow(path)] if known is None else [known, by_opencv(path)]
            for reference in references:
                if reference is None and known is None and mine is not None:
                    failed += 1
                    print(f"{name}: Pillow cannot read it")
                if reference is None:
                    continue
                d = UNREAD if mine is None else difference(mine, reference)
                count += 1
                worst[group] = max(worst.get(group, 0), d)
                if d > allowed:
                    failed += 1
                    print(f"{name}: " + ("cannot be read" if d == UNREAD else f"differs by {d}"))
            if other is not None and mine is not None and comparable(name) and other.shape == mine.shape:
                by_stb[group] = max(by_stb.get(group, 0), difference(mine, other))
    print(f"{'kind':12} {'peer':>5} {'stb':>5}   largest difference in levels")
    for group in sorted(worst):
        print(f"{group:12} {worst[group]:5} {by_stb.get(group, '-'):>5}")
    print(f"{len(kinds)} files, {count} comparisons, {failed} differ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
