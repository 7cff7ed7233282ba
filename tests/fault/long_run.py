#!/usr/bin/python3
"""Extracts a folder of many files, and looks how memory grows with them: long_run.py OCELLUS [COUNT [FOLDER]]

Runs over a quarter, a half and all of COUNT (200,000) hard links to the images in FOLDER (else: images made here), among
them names with line breaks, quotes and bytes that are no UTF-8, symbolic links, links to nowhere and loops, text files, and
one damaged image in a thousand. Every image must be in the index or in the list of the skipped, and peak memory of its own
may grow by PER_FILE bytes a file at most: its path, and what is kept of the skipped. Exit 1 otherwise."""
import csv
import os
import subprocess
import sys
import tempfile
import time

import faults

PER_FILE = 300
STRANGE = (b"line\nbreak", b"quote\"comma,", b"no\xff\xfeUTF-8", "ocellé".encode(), b"bell\a\033[31m", b" spaces ", b"%s%n", b"-o")


def sources(folder):
    if folder:
        found = [os.path.join(where, name) for where, _, names in os.walk(folder) for name in names]
        return [os.fsencode(path) for path in sorted(found) if path.endswith((".jpg", ".png"))][:1000]
    paths = []
    for i in range(100):  # a file has 65,000 links at most
        faults.write(f"source/{i}.png", faults.png(32, 32, 2 * i))
        paths.append(os.path.abspath(f"source/{i}.png").encode())
    return paths


def fill(folder, count, paths):
    """Returns how many images can be read, and how many cannot."""
    cut = os.path.join(folder, b"..", b"cut.png")
    with open(paths[0], "rb") as whole, open(cut, "wb") as file:
        file.write(whole.read()[:-30])
    whole = damaged = 0
    for i in range(count):
        if i % 5000 == 0:
            place = os.path.join(folder, b"class %03d" % (i // 5000))
            os.mkdir(place)
            os.symlink(b"..", os.path.join(place, b"loop"))
            os.symlink(b"nowhere", os.path.join(place, b"gone.png"))
            damaged += 1
            for k, name in enumerate(STRANGE):
                os.link(paths[k], os.path.join(place, name + b".png"))
            os.symlink(paths[0], os.path.join(place, b"link.png"))
            whole += len(STRANGE) + 1
            with open(os.path.join(place, b"notes.txt"), "wb") as file:
                file.write(b"not an image\n")
        name = os.path.join(place, b"%06d.png" % i)
        if i % 1000 == 500:
            os.link(cut, name)
            damaged += 1
        else:
            os.link(paths[i % len(paths)], name)
            whole += 1
    return whole, damaged


def lines(path):
    if not os.path.exists(path):
        return 0
    with open(path, newline="", encoding="utf-8", errors="surrogateescape") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def measure(program, arguments):
    """Status and peak memory of its own (RssAnon) in kB of a command. Mapped rows, of which the search for equal images reads
    those with equal pixels, here nearly all, are the kernel's to drop."""
    process = subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        with open(f"/proc/{process.pid}/status") as about:
            peak = max([peak, *(int(line.split()[1]) for line in about if line.startswith("RssAnon"))])
        time.sleep(0.002)
    return process.returncode, peak


def main():
    program = os.path.abspath(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 200000
    folder = os.path.abspath(sys.argv[3]) if len(sys.argv) > 3 else None
    # Beside the sources, for a hard link does not leave its file system.
    place = os.path.dirname(folder) if folder else None
    failed = 0
    peaks = {}
    with tempfile.TemporaryDirectory(prefix="ocellus-long-", dir=place) as top:
        os.chdir(top)
        paths = sources(folder)
        print(f"{'files':>7} {'rows':>7} {'skipped':>7} {'peak MB':>8}")
        for part in (count // 4, count // 2, count):
            os.mkdir(f"images-{part}")
            whole, damaged = fill(os.path.abspath(f"images-{part}").encode(), part, paths)
            status, peak = measure(program, ["extract", f"images-{part}", "-f", "hog", "--size", "32x32", "-j2", "-o", "set"])
            rows, skipped = lines("set/index.csv"), lines("set/skipped.csv")
            print(f"{part:7} {rows:7} {skipped:7} {peak / 1024:8.1f}", flush=True)
            if (status, rows, skipped) != (3, whole, damaged):
                failed += 1
                print(f"ended with {status}; {whole} rows and {damaged} skipped were to be expected")
            peaks[part] = peak
        os.chdir("/")
    growth = (peaks[count] - peaks[count // 4]) * 1024 / (count - count // 4)
    print(f"{growth:.0f} bytes a file")
    return 1 if failed or growth > PER_FILE else 0


if __name__ == "__main__":
    sys.exit(main())
