#!/usr/bin/env python3
"""Makes the seeds of the fuzz targets, out of tests/data/images and by the command: make_seeds.py OCELLUS FOLDER

One folder a target is written into FOLDER. Run in the top folder of the project."""
import gzip
import os
import struct
import subprocess
import sys
import tempfile
import zlib

IMAGES = "tests/data/images"
SPECS = [
    "pixels", "pixels:size=3,gray=1", "color:space=lab,bins=3,joint=0,grid=2", "color:space=hue,norm=hellinger",
    "hog:cell=4,bins=6", "hog:cell=4,block=2,color=max", "hog:cell=4,preset=uoctti", "hog:preset=skimage",
    "hog:preset=opencv", "words:count=8,patch=3,encode=soft,grid=1-2,mirror=1", "words:descriptor=sift,cells=4-6",
    "hog:cell=4+color+pixels:size=2", "hgo:cell=4", "hog:cell=4,cell=5", "pixels:size=1e9", "+", "hog:",
]


class Folder:
    def __init__(self, path):
        self.path = path
        os.makedirs(path, exist_ok=True)

    def add(self, name, data):
        with open(os.path.join(self.path, name), "wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, kind, depth, row, *chunks, interlace=0):
    raw = b"".join(b"\0" + row for _ in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", width, height, depth, kind, 0, 0, interlace)) +
            b"".join(chunks) + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b""))


def images(folder):
    small = [name for name in sorted(os.listdir(IMAGES))
             if name.endswith((".png", ".jpg")) and os.path.getsize(os.path.join(IMAGES, name)) < 3500]
    for name in small:
        with open(os.path.join(IMAGES, name), "rb") as file:
            folder.add(name, file.read())
    exif = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x112, 3, 1, 6, 0, 0)
    folder.add("tiny.png", png(3, 2, 0, 8, b"\1\2\3"))
    folder.add("tiny-16.png", png(2, 2, 6, 16, bytes(range(16))))
    folder.add("tiny-palette.png", png(4, 2, 3, 2, b"\x1b", chunk(b"PLTE", bytes(range(12))), chunk(b"tRNS", b"\0\x80")))
    folder.add("tiny-exif.png", png(4, 2, 2, 8, bytes(range(12)), chunk(b"eXIf", exif), chunk(b"gAMA", b"\0\1\0\0")))
    profile = "\nexif\n%8d\n%s\n" % (len(exif), exif.hex())
    xmp = b"<x tiff:Orientation=\"6\"/>"
    folder.add("tiny-profile.png", png(2, 1, 0, 8, b"\1\2", chunk(b"tEXt", b"Raw profile type exif\0" + profile.encode())))
    folder.add("tiny-packed.png", png(2, 1, 0, 8, b"\1\2", chunk(b"zTXt", b"Raw profile type APP1\0\0" +
                                                                    zlib.compress(profile.encode()))))
    folder.add("tiny-xmp.png", png(2, 1, 0, 8, b"\1\2", chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp)))
    folder.add("tiny-xmp-packed.png", png(2, 1, 0, 8, b"\1\2", chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" +
                                                                        zlib.compress(xmp))))
    folder.add("tiny-sbit.png", png(2, 1, 6, 16, bytes(8) + b"\x0f\xff" * 4, chunk(b"sBIT", b"\x0c\x0a\x08\x0c")))
    folder.add("tiny-text.png", png(1, 1, 0, 8, b"\7", chunk(b"tEXt", b"a\0b"), chunk(b"zTXt", b"a\0\0" + zlib.compress(b"c"))))


def tables(folder):
    folder.add("plain.csv", "path,label\na.png,cat\nb/c.jpg,dog\nd.png,\n")
    folder.add("columns.csv", "id,label,path\n1,x,a\n2,y,b\n")
    folder.add("index.csv", "row,path,label,width,height\n0,a.png,cat,3,4\n1,\"b,c.png\",dog,5,6\n")
    folder.add("quoted.csv", "path,label\r\n\"a \"\"b\"\".png\",\"x\ny\"\r\n\"\xef\xbb\xbfa\",z\r\n")
    folder.add("mark.csv", b"\xef\xbb\xbfpath\na\n\nb\n")
    folder.add("open.csv", "path\n\"a\n")
    folder.add("lines.txt", "a.png\nb.png\r\nc")
    folder.add("nul.txt", b"a.png\0b\nc.png\0")


def idx(folder):
    gray = struct.pack(">4i", 0x803, 2, 2, 3) + bytes(range(12))
    color = struct.pack(">5i", 0x804, 1, 2, 2, 3) + bytes(range(12))
    for name, data in (("gray", gray), ("color", color), ("labels", struct.pack(">2i", 0x801, 3) + b"\0\1\2"),
                       ("short", gray[:-1]), ("long", gray + b"x"), ("huge", struct.pack(">4I", 0x803, 1 << 31, 1 << 31, 8)),
                       ("packed", gzip.compress(gray, mtime=0)), ("empty", struct.pack(">4i", 0x803, 0, 2, 3))):
        folder.add(name, data)


def file(header, data, version=1):
    """A .npy file."""
    length = struct.pack("<H", len(header)) if version == 1 else struct.pack("<I", len(header))
    return b"\x93NUMPY" + bytes([version, 0]) + length + header.encode() + data


def npy(folder):
    good = "{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }"
    folder.add("rows", file((good % "2, 3").ljust(117) + "\n", bytes(24)))
    folder.add("one-axis", file((good % "2,").ljust(117) + "\n", bytes(8)))
    folder.add("version-2", file((good % "1, 1").ljust(115) + "\n", bytes(4), 2))
    folder.add("double", file("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1), }".ljust(117) + "\n", bytes(8)))
    folder.add("fortran", file("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1), }".ljust(117) + "\n", bytes(4)))
    folder.add("huge", file((good % "4611686018427387905, 4").ljust(117) + "\n", bytes(16)))
    folder.add("three-axes", file((good % "1, 1, 1").ljust(117) + "\n", bytes(4)))


def labels(folder):
    """Of three rows."""
    folder.add("lines", "a\nb\r\n\n")
    folder.add("column.csv", "id,label\n1,a\n2,\"b \"\"c\"\"\"\n3,\n")
    folder.add("mark.csv", b"\xef\xbb\xbf\"label\"\r\na\r\na\r\nb\r\n")
    header = "{'descr': '%s', 'fortran_order': False, 'shape': (3,), }"
    for kind, data in (("<i8", struct.pack("<3q", 2, -1, 1 << 40)), ("<i4", struct.pack("<3i", 0, 1, 2)), ("|u1", b"\0\1\xff"),
                       ("|b1", b"\0\1\1"), ("<f4", bytes(12))):
        folder.add("npy-" + kind[1:], file((header % kind).ljust(117) + "\n", data))


def models(folder, ocellus):
    """Small ones of every kind of stage and classifier, of 6 images in 2 classes."""
    with tempfile.TemporaryDirectory() as place:
        for name, level in (("dark", 40), ("light", 200)):
            os.makedirs(os.path.join(place, "in", name))
            for i in range(3):
                row = bytes((level + 13 * i * j) % 256 for j in range(36))
                with open(os.path.join(place, "in", name, "%d.png" % i), "wb") as file:
                    file.write(png(12, 10, 2, 8, row))
        short = ["--epochs", "2"]
        for name, arguments in (
                ("pixels", ["-f", "pixels:size=2", *short]), ("hog", ["-f", "hog:cell=6,bins=3", "--loss", "hinge", *short]),
                ("words", ["-f", "words:count=2,patch=3,samples=40,iterations=2,grid=1", *short]),
                ("sum", ["-f", "pixels:size=1+color:bins=2,joint=0", "--fit", "pad", "--size", "8x9", *short]),
                ("nearest", ["-f", "pixels:size=1,gray=1", "--classifier", "nearest:k=2"])):
            path = os.path.join(place, name)
            subprocess.run([ocellus, "train", os.path.join(place, "in"), *arguments, "-q", "-o", path],
                           check=True, stdout=subprocess.DEVNULL)
            with open(path, "rb") as file:
                folder.add(name, file.read())
    foreign = b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
    folder.add("foreign", struct.pack("<Q", len(foreign)) + foreign + bytes(4))


def binding(folder, models_folder, images_folder):
    """The first byte is 0 before a model, 1 before stages, and 2 before an image or pixels."""
    for name in sorted(os.listdir(models_folder)):
        with open(os.path.join(models_folder, name), "rb") as file:
            data = file.read()
        folder.add("model-" + name, b"\0" + data)
        if b"ocellus-model" in data:
            length = struct.unpack("<Q", data[:8])[0] + 1
            folder.add("stages-" + name, b"\1" + struct.pack("<Q", length) + data[8:].replace(b"ocellus-model", b"ocellus-stages"))
    for name in sorted(os.listdir(images_folder)):
        with open(os.path.join(images_folder, name), "rb") as file:
            folder.add("image-" + name, b"\2" + file.read())
    folder.add("pixels", b"\2\4\3" + bytes(range(94)))


def main():
    ocellus, top = sys.argv[1:]
    images(Folder(os.path.join(top, "image")))
    tables(Folder(os.path.join(top, "list")))
    idx(Folder(os.path.join(top, "idx")))
    npy(Folder(os.path.join(top, "npy")))
    labels(Folder(os.path.join(top, "labels")))
    models(Folder(os.path.join(top, "model")), ocellus)
    cifar = Folder(os.path.join(top, "cifar"))
    cifar.add("record", b"\2" + bytes(3072))
    cifar.add("label", b"\x0a" + bytes(3072))
    cifar.add("names", "".join("name %d\n" % i for i in range(10)))
    cifar.add("names-crlf", "".join("%d\r\n" % i for i in range(10)))
    records = Folder(os.path.join(top, "csv"))
    tables(records)
    records.add("names", b"a,b\0\"c\"\0\r\n\0\xef\xbb\xbfd")
    texts = Folder(os.path.join(top, "json"))
    for i, text in enumerate((b'{"a": [1, -2.5e3, true, null, "\\u00e4\\ud83d\\ude00"]}', b'"\\udcff"', b'[[[[]]]]', b"\xff\xc3\xa4\x01\"",
                              b'{"__metadata__":{"format":"x"},"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}')):
        texts.add(str(i), text)
    values = struct.pack("<6f", 0, -1.5, 1e-45, 3.4e38, 0.1, 16777217)
    written = Folder(os.path.join(top, "predictions"))
    written.add("plain", b"a.png\0x\0b.png\0y\0c.png\0x\0d.png\0\0" + values)
    written.add("odd", b"a,\"b\"\0\xef\xbb\xbfx\0\r\n\0 y\0\xff\0x\ty\0\\\0\"\0" + values)
    binding(Folder(os.path.join(top, "binding")), os.path.join(top, "model"), os.path.join(top, "image"))
    rows = Folder(os.path.join(top, "svmlight"))
    rows.add("rows", "1 1:0.5 3:-2e-3 # comment\n\n-1 qid:4 2:1e38\n+1 100000:7\n")
    rows.add("zero", "1 0:2\n")
    rows.add("descending", "1 3:1 2:1\n")
    spec = Folder(os.path.join(top, "spec"))
    for i, text in enumerate(SPECS):
        spec.add("%02d" % i, bytes([23, 17]) + text.encode())
    extract = Folder(os.path.join(top, "extract"))
    for kind, name in enumerate(("gray.png", "rgb-alpha.png", "rotated.jpg", "palette.png", "truncated.jpg", "gray-16bit.png")):
        with open(os.path.join(IMAGES, name), "rb") as file:
            extract.add(name, bytes([kind % 4 + 128 * (kind == 4)]) + file.read())


if __name__ == "__main__":
    main()
