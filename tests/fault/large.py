#!/usr/bin/python3
"""Sizes that nobody has on a desk, in memory that is bounded: large.py OCELLUS [CASE...]

Each case runs one or more commands, checks what they answer, and prints how large it was, how long it took and the most
memory of its own (RssAnon) that the process had; exit 1 where an answer is wrong or memory goes past the bound of the case.

    set       a SET of 40 GB, most of it a hole in a sparse file, is trained on
    classes   10,000 classes, two rows each: train, info, evaluate
    columns   rows of 1,000,000 columns
    column    rows of one value
    sides     PNG and JPEG files as long as they may be, up to the limit of memory and past it
    pipe      500,000 names of tiny images from a pipe: no growth from a tenth of them on
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import zlib

import numpy as np

import faults

MB = 1 << 20


class Watched:
    """A command with its status, output, seconds and the RssAnon of every moment, in MB."""

    def __init__(self, program, *arguments, feed=None):
        started = time.monotonic()
        self.memory = []
        with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as output:
            process = subprocess.Popen([program, *arguments], stdin=subprocess.PIPE if feed else subprocess.DEVNULL, stdout=output,
                                       stderr=errors)
            feeder = threading.Thread(target=feed, args=(process.stdin,)) if feed else None
            if feeder:
                feeder.start()
            while process.poll() is None:
                with open(f"/proc/{process.pid}/status") as about:
                    self.memory += [int(line.split()[1]) / 1024 for line in about if line.startswith("RssAnon")]
                time.sleep(0.05)
            if feeder:
                feeder.join()
            for file in (errors, output):
                file.seek(0)
            self.errors, self.output = errors.read().decode(), output.read().decode()
        self.status, self.seconds = process.returncode, time.monotonic() - started
        self.peak = max(self.memory, default=0)


class Table:
    def __init__(self, program):
        self.program, self.failed = program, 0

    def run(self, what, *arguments, expected=0, bound=None, feed=None):
        done = Watched(self.program, *arguments, feed=feed)
        print(f"{what:58} {done.seconds:7.1f} s {done.peak:8.0f} MB", flush=True)
        self.expect(done.status == expected, f"{what}: ended with {done.status}\n{done.errors[-1000:]}")
        self.expect(bound is None or done.peak <= bound, f"{what}: took {done.peak:.0f} MB, {bound} are allowed")
        return done

    def expect(self, holds, otherwise):
        if not holds:
            self.failed += 1
            print(otherwise, flush=True)


def sparse_set(program, folder, rows, side):
    """Rows of pixels:size=SIDE, of which one in 500 is written; its mean is the class."""
    for i in range(2):
        faults.write(f"two/{i}/a.png", faults.png(12, 10, 40 + 90 * i))
    subprocess.run([program, "extract", "two", "-f", f"pixels:size={side}", "-q", "-o", folder], check=True, stdout=subprocess.DEVNULL)
    os.unlink(os.path.join(folder, "hashes.npy"))
    columns = 3 * side * side
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }" % (rows, columns)
    generator = np.random.RandomState(1)
    with open(os.path.join(folder, "features.npy"), "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + (118).to_bytes(2, "little") + header.ljust(117).encode() + b"\n")
        for row in range(0, rows, 500):
            file.seek(128 + 4 * columns * row)
            file.write((generator.uniform(0, 99, columns) + 100 * (row // 500 % 2)).astype("<f4").tobytes())
        file.truncate(128 + 4 * columns * rows)
    with open(os.path.join(folder, "index.csv"), "w") as file:
        file.write("row,path,label,width,height\n")
        for row in range(rows):
            file.write(f"{row},{row // 500 % 2}/{row}.png,{row // 500 % 2},{side},{side}\n")
    return columns


def case_set(table):
    rows, side = 1000000, 58
    columns = sparse_set(table.program, "sparse", rows, side)
    size = os.path.getsize("sparse/features.npy")
    print(f"{rows} x {columns} values, {size / 1e9:.1f} GB, {os.stat('sparse/features.npy').st_blocks * 512 / 1e9:.1f} GB on the disk")
    table.run("train on it, one pass", "train", "sparse", "--folds", "0", "--epochs", "1", "--finish", "0", "--l2", "0.001",
              "--scale", "standard", "-q", "-o", "model", bound=1024)
    done = table.run("info of it", "info", "sparse", "--json", bound=1024)
    table.expect(f"{rows}" in done.output, done.output[:300])


def case_classes(table):
    classes, columns = 10000, 16
    generator = np.random.RandomState(2)
    centres = generator.normal(0, 10, (classes, columns))
    rows = np.repeat(centres, 2, 0) + generator.normal(0, 0.1, (2 * classes, columns))
    np.save("many.npy", rows.astype("<f4"))
    with open("many.txt", "w") as file:
        file.writelines(f"class {c:05}\n" for c in range(classes) for _ in range(2))
    table.run("train, nearest neighbours", "train", "many.npy", "--labels", "many.txt", "--classifier", "nearest:k=1", "-q", "-o", "near")
    table.run("train, linear, 3 epochs", "train", "many.npy", "--labels", "many.txt", "--folds", "0", "--l2", "1e-5", "--epochs", "3", "-q",
              "-o", "linear")
    for model in ("near", "linear"):
        done = table.run(f"info of the model, {model}", "info", model, "--json")
        table.expect(json.loads(done.output)["classes"] == classes or len(json.loads(done.output)["classes"]) == classes, done.output[:300])
        done = table.run(f"evaluate, {model}", "evaluate", model, "many.npy", "--labels", "many.txt", "--json")
        accuracy = json.loads(done.output)["accuracy"] if done.status == 0 else 0
        print(f"    accuracy {accuracy:.3f}")
        table.expect(accuracy > (0.99 if model == "near" else 0), "it cannot tell them apart")


def case_columns(table):
    columns, rows = 1000000, 30
    generator = np.random.RandomState(3)
    values = generator.normal(0, 1, (rows, columns)).astype("<f4")
    values[::2, :1000] += 2
    np.save("wide.npy", values)
    with open("wide.txt", "w") as file:
        file.writelines(f"{i % 2}\n" for i in range(rows))
    table.run("train, three folds", "train", "wide.npy", "--labels", "wide.txt", "--folds", "3", "-q", "-o", "wide.model", bound=4096)
    done = table.run("evaluate", "evaluate", "wide.model", "wide.npy", "--labels", "wide.txt", "--json", bound=2048)
    table.expect(done.status == 0 and json.loads(done.output)["accuracy"] > 0.99, "it has not learned its rows")


def case_column(table):
    rows = 2000
    generator = np.random.RandomState(4)
    labels = np.arange(rows) % 2
    np.save("narrow.npy", (generator.normal(0, 1, rows) + 4 * labels)[:, None].astype("<f4"))
    with open("narrow.txt", "w") as file:
        file.writelines(f"{label}\n" for label in labels)
    table.run("train", "train", "narrow.npy", "--labels", "narrow.txt", "-q", "-o", "narrow.model", bound=256)
    done = table.run("evaluate", "evaluate", "narrow.model", "narrow.npy", "--labels", "narrow.txt", "--json", bound=256)
    table.expect(done.status == 0 and json.loads(done.output)["accuracy"] > 0.95, "it has not learned its rows")


def long_png(path, width, height, kind=0):
    """Black, in gray (kind 0), RGB (2) or RGBA of 16 bits (6)."""
    row = bytes(1 + width * {0: 1, 2: 3, 6: 8}[kind])
    packer, packed = zlib.compressobj(1), b""
    for _ in range(height):
        packed += packer.compress(row)
    packed += packer.flush()
    def chunk(name, data):
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")
    depth = 16 if kind == 6 else 8
    faults.write(path, b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([depth, kind, 0, 0, 0])) +
                 chunk(b"IDAT", packed) + chunk(b"IEND", b""))


def case_sides(table):
    common = ["-f", "pixels:size=4", "-j1", "-q", "-o", "set"]
    long_png("sides/wide.png", 65535, 1500)
    long_png("sides/high.png", 1500, 65535, 2)
    long_png("sides/deep.png", 65535, 1500, 6)
    long_png("sides/line.png", 65535, 1)
    long_png("huge/square.png", 65535, 32768)
    table.run("PNG of 65,535 x 1,500 and 1,500 x 65,535", "extract", "sides", *common, bound=1100)
    done = table.run("the same with 128 MB to decode one", "extract", "sides", *common, "--size", "64", "--max-memory", "128", expected=3,
                     bound=170)
    table.expect(len(re.findall("more than the limit of 128 MB", open("set/skipped.csv").read())) >= 1, done.errors)
    done = table.run("65,535 x 32,768, which are past the limit of pixels", "extract", "huge", *common, expected=1, bound=64)
    table.expect("--max-pixels" in done.errors, done.errors)
    vast = ["--max-pixels", "4294836225"]
    done = table.run("with --max-pixels, past the limit of memory", "extract", "huge", *common, *vast, "--size", "64", "--max-memory", "2047",
                     expected=1, bound=64)
    table.expect("--max-memory" in done.errors, done.errors)
    done = table.run("with --max-memory as well, without --size", "extract", "huge", *common, *vast, "--max-memory", "9000", expected=1, bound=2200)
    table.expect("--size" in done.errors, done.errors)
    table.run("and with --size", "extract", "huge", *common, *vast, "--size", "64", "--max-memory", "2500", bound=2200)
    if subprocess.run(["sh", "-c", "command -v cjpeg"], capture_output=True).returncode == 0:
        for name, width, height in (("wide", 65500, 1500), ("high", 1500, 65500)):
            gray = b"P5 %d %d 255\n" % (width, height) + bytes(width * height)
            for option in ("-baseline", "-progressive"):
                with open(f"jpeg-{name}{option}.jpg", "wb") as file:
                    subprocess.run(["cjpeg", option], input=gray, stdout=file, check=True)
        os.mkdir("jpeg")
        for name in os.listdir("."):
            if name.startswith("jpeg-"):
                os.rename(name, os.path.join("jpeg", name))
        table.run("JPEG of 65,500 x 1,500 and 1,500 x 65,500", "extract", "jpeg", *common, bound=700)


def case_pipe(table):
    count = int(os.environ.get("COUNT", "500000"))
    for i in range(20):
        faults.write(f"tiny/{i % 2}/{i}.png", faults.png(4 + i % 3, 4, 11 * i))
    subprocess.run([table.program, "train", "tiny", "-f", "pixels:size=2", "--epochs", "2", "-q", "-o", "tiny.model"], check=True,
                   stdout=subprocess.DEVNULL)
    names = [f"tiny/{i % 2}/{i}.png" for i in range(20)]

    def feed(pipe):
        part = "".join(name + "\n" for name in names * 50).encode()
        for _ in range(count // 1000):
            pipe.write(part)
        pipe.close()
    done = table.run(f"classify {count:,} names from a pipe", "classify", "tiny.model", "--files-from", "-", "-q", "-o", "answers.csv", feed=feed,
                     bound=256)
    with open("answers.csv") as file:
        lines = sum(1 for _ in file) - 1
    table.expect(lines == count // 1000 * 1000, f"{lines} answers to {count} names")
    tenth = len(done.memory) // 10
    early, late = max(done.memory[:max(1, tenth)]), max(done.memory[-max(1, tenth):])
    steps = [max(done.memory[k * tenth:(k + 1) * tenth] or [0]) for k in range(10)]
    print("    MB in each tenth of the time: " + " ".join(f"{step:.1f}" for step in steps))
    table.expect(late <= early + 2, f"memory grew from {early:.1f} to {late:.1f} MB")


def main():
    table = Table(os.path.abspath(sys.argv[1]))
    cases = {name[5:]: case for name, case in globals().items() if name.startswith("case_")}
    for name in sys.argv[2:] or cases:
        with tempfile.TemporaryDirectory(prefix="ocellus-large-") as place:
            os.chdir(place)
            print(f"== {name}")
            cases[name](table)
            os.chdir("/")
    print(f"{table.failed} failed")
    return 1 if table.failed else 0


if __name__ == "__main__":
    sys.exit(main())
