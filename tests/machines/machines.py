#!/usr/bin/python3
"""Builds Ocellus for other machines, runs its tests there in an emulator, and compares what the machines write:

    make machines                  or: machines.py OCELLUS BUILD [MACHINE...]
    make machines MACHINES=i386 TESTED='memory/* safetensors/*'          of the unit tests those alone: an emulator is slow

OCELLUS is the command of this machine, BUILD the folder to work in. For each machine: the unit tests pass (without the few
that FOREIGN names); rows are those of this machine within 1e-5, words of the same codebook within 1e-3; sets,
shards and models of either machine are read on the other and give the same labels. It prints how much is equal to the
byte, and exits with 1 for a failure. A machine whose compiler or emulator is missing is left out by name.

Libraries come from Debian's archive as packages of that machine, unpacked below BUILD: nothing is installed. What has to
be installed: gcc-aarch64-linux-gnu gcc-s390x-linux-gnu gcc-i686-linux-gnu qemu-user."""
import csv
import json
import os
import shutil
import subprocess
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, "..", "..")
sys.path.insert(0, os.path.join(HERE, ".."))
import bytes as sums  # noqa: E402: tests/bytes.py, which draws the images and has a list of specs

# Debian's name of the machine, the compiler's, the emulator. Of the processor that qemu-i386 emulates by default, the 32-bit
# OpenBLAS of Debian makes a choice that crashes in every product.
MACHINES = {
    "arm64": ("aarch64-linux-gnu", "qemu-aarch64"),
    "s390x": ("s390x-linux-gnu", "qemu-s390x"),
    "i386": ("i686-linux-gnu", "qemu-i386 -cpu qemu32"),
}
FOLDERS = {"i686-linux-gnu": "i386-linux-gnu"}  # of libraries, where Debian's compiler has another name
PACKAGES = ["libc6-dev", "libpng-dev", "libjpeg62-turbo-dev", "libexif-dev", "libutf8proc-dev", "libxxhash-dev",
            "zlib1g-dev", "libopenblas-pthread-dev", "libjansson-dev"]
FOREIGN = []  # tests that need this machine
# The distance of a patch to a word that it lies on is the root of what rounding leaves of a difference of large numbers.
CLOSE, CLOSE_WORDS = 1e-5, 1e-3
FEW = ",samples=400,iterations=2"  # an emulator is slow
MODELS = ("pixels:size=12", "hog:cell=8", "words:count=12" + FEW)


def run(*command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)[:300]}: {done.returncode}\n{done.stdout[-3000:]}")
    return done.stdout


def fetch(machine, place):
    """The libraries of the machine, unpacked into place/root."""
    root = os.path.join(place, "root")
    if os.path.exists(os.path.join(place, "fetched")):
        return root
    apt = os.path.join(place, "apt")
    for folder in ("lists/partial", "cache/archives/partial"):
        os.makedirs(os.path.join(apt, folder), exist_ok=True)
    with open("/etc/os-release") as about:
        codename = next(line.split("=")[1].strip() for line in about if line.startswith("VERSION_CODENAME="))
    with open(os.path.join(apt, "sources.list"), "w") as sources:
        sources.write(f"deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian {codename} main\n")
    open(os.path.join(apt, "status"), "w").close()
    options = [f"APT::Architecture={machine}", f"APT::Architectures={machine}", f"Dir::State={apt}", f"Dir::State::status={apt}/status",
               f"Dir::State::lists={apt}/lists", f"Dir::Cache={apt}/cache", f"Dir::Etc::sourcelist={apt}/sources.list",
               "Dir::Etc::sourceparts=/dev/null", "Debug::NoLocking=1", "APT::Sandbox::User="]
    get = ["apt-get", "-qq", *(word for option in options for word in ("-o", option))]
    run(*get, "update")
    run(*get, "install", "--download-only", "--yes", "--no-install-recommends", *PACKAGES)
    archives = os.path.join(apt, "cache/archives")
    for name in sorted(os.listdir(archives)):
        if name.endswith(".deb"):
            run("dpkg-deb", "-x", os.path.join(archives, name), root)
    open(os.path.join(place, "fetched"), "w").close()
    return root


def settle(root, libraries):
    """Links to /lib lead into the root; and Debian's alternatives, which only an installation makes: OpenBLAS is in a
    folder of its own."""
    folder = os.path.join(root, "usr/lib", libraries)
    for name in os.listdir(folder):
        link = os.path.join(folder, name)
        if os.path.islink(link) and os.readlink(link).startswith("/") and not os.readlink(link).startswith(root):
            target = root + os.readlink(link)
            os.unlink(link)
            os.symlink(target, link)
    for name in os.listdir(os.path.join(folder, "openblas-pthread")):
        link = os.path.join(folder, name)
        if name.startswith("libopenblas") and not os.path.lexists(link):
            os.symlink(os.path.join("openblas-pthread", name), link)


def build(machine, place, root, triple, emulator):
    """Gives the command and the program of the unit tests, both to be run here."""
    libraries = FOLDERS.get(triple, triple)
    settle(root, libraries)
    folder = os.path.join(root, "usr/lib", libraries)
    variables = dict(os.environ, PKG_CONFIG_SYSROOT_DIR=root,
                     PKG_CONFIG_LIBDIR=f"{folder}/pkgconfig:{folder}/openblas-pthread/pkgconfig:{root}/usr/share/pkgconfig")
    make = ["make", "-s", "-C", TOP, f"BUILD={place}", f"CC={triple}-gcc", f"CFLAGS=--sysroot={root} -isystem {HERE}",
            f"LDFLAGS=-Wl,-rpath-link,{root}/lib/{libraries} -Wl,-rpath-link,{folder}"]
    run(*make, "all", f"{place}/release/machine-tests", env=variables)
    wrapper = os.path.join(place, "run")
    with open(wrapper, "w") as file:
        file.write(f'#!/bin/sh\nexec {emulator} -L {root} "$@"\n')
    os.chmod(wrapper, 0o755)
    return [wrapper, os.path.join(place, "ocellus")], [wrapper, os.path.join(place, "release/machine-tests")]


def rows(path):
    return np.load(os.path.join(path, "features.npy"))


def answers(text):
    return {line["path"]: (line["label"], float(line["probability"])) for line in csv.DictReader(text.splitlines())}


class Comparison:
    def __init__(self, place, native, foreign):
        self.place, self.commands = place, {"here": [native], "there": foreign}
        self.equal = self.all = 0
        self.furthest = self.probability = 0.0
        self.problems = []

    def path(self, *names):
        return os.path.join(self.place, *names)

    def do(self, where, *arguments):
        return run(*self.commands[where], *arguments, "-q", env=dict(os.environ, OPENBLAS_NUM_THREADS="1"))

    def rows(self, name, here, there):
        a, b = rows(here), rows(there)
        self.all += 1
        self.equal += np.array_equal(a, b)
        distance = float(np.abs(a - b).max()) if a.shape == b.shape else np.inf
        self.furthest = max(self.furthest, distance)
        close = CLOSE_WORDS if name.startswith("words") else CLOSE
        if not distance <= close * max(1.0, float(np.abs(a).max())):
            self.problems.append(f"{name}: rows differ by {distance:g}")

    def stages(self, images):
        for stage, forms in sums.SPECS.items():
            for form in forms:
                learned = stage == "words"
                form = form.replace("count=40", "count=12").replace("count=30", "count=12")
                spec = f"{stage}:{form}".rstrip(":") + (FEW if learned else "")
                folder = images[1 if "descriptor=sift" in form or "size" in form else 0]
                here, there = self.path("here"), self.path("there")
                self.do("here", "extract", folder, "-f", spec, "-o", here)
                self.do("there", "extract", folder, *(["--with", here] if learned else ["-f", spec]), "-o", there)
                self.rows(spec, here, there)
                if learned:  # and the other way
                    self.do("there", "extract", folder, "-f", spec, "-o", there)
                    self.do("here", "extract", folder, "--with", there, "-o", here)
                    self.rows(spec + " (learned there)", here, there)

    def shards(self, folder):
        spec = "pixels:size=8"
        for i, where in ((1, "here"), (2, "there")):
            self.do(where, "extract", folder, "-f", spec, "--shard", f"{i}/2", "-o", self.path(f"shard{i}"))
        for where in ("here", "there"):
            self.do(where, "merge", self.path("shard1"), self.path("shard2"), "-o", self.path("merged"))
            self.do(where, "extract", folder, "-f", spec, "-o", self.path("whole"))
            self.rows("merged " + where, self.path("merged"), self.path("whole"))

    def models(self, folder):
        for spec in MODELS:
            for maker in ("here", "there"):
                model = self.path("model")
                self.do(maker, "train", folder, "-f", spec, "--epochs", "3", "-j2", "-o", model)
                found = {}
                for where in ("here", "there"):
                    self.do(where, "classify", model, folder, "-o", self.path("labels"))
                    with open(self.path("labels"), encoding="utf-8") as text:
                        found[where] = answers(text.read())
                    json.loads(run(*self.commands[where], "info", model, "--json"))
                for path, (label, probability) in found["here"].items():
                    other = found["there"].get(path, ("", 0))
                    self.probability = max(self.probability, abs(probability - other[1]))
                    if label != other[0] or not abs(probability - other[1]) < 1e-3:
                        self.problems.append(f"{spec}, model made {maker}: {path} is {label} {probability} here, {other} there")


def examine(machine, native, place):
    triple, emulator = MACHINES[machine]
    missing = [name for name in (triple + "-gcc", emulator.split()[0], "apt-get", "dpkg-deb") if not shutil.which(name)]
    if missing:
        print(f"{machine}: left out, {', '.join(missing)} not installed")
        return True
    os.makedirs(place, exist_ok=True)
    try:
        root = fetch(machine, place)
    except RuntimeError as problem:
        print(f"{machine}: left out, its libraries cannot be fetched: {problem}")
        return True
    command, tests = build(machine, place, root, triple, emulator)
    print(f"{machine}: {run(*command, '--version').splitlines()[0]}", flush=True)
    chosen = [word for name in FOREIGN for word in ("--without", name)]
    chosen += [word for name in os.environ.get("TESTED", "").split() for word in ("--filter", name)]
    done = subprocess.run([*tests, *chosen], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", cwd=TOP, check=False)
    print("\n".join(f"{machine}: {line}" for line in done.stdout.splitlines()[-40 if done.returncode else -1:]), flush=True)
    return not compare(machine, native, command, place) and done.returncode == 0


def compare(machine, native, command, place):
    """What both machines write. Prints a line, and returns what is wrong."""
    work = os.path.join(place, "compared")
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    images = [os.path.join(work, "small"), os.path.join(work, "large")]
    sums.IMAGES = 5
    sums.make_images(images[0], sums.SIDE)
    sums.make_images(images[1], sums.PHOTOS_SIDE)
    comparison = Comparison(work, native, command)
    comparison.shards(images[0])
    comparison.models(images[1])
    comparison.stages(images)
    print(f"{machine}: {comparison.equal} of {comparison.all} sets of rows have the same bytes, the largest difference is "
          f"{comparison.furthest:.2g}; models are read both ways, the largest difference of a probability is {comparison.probability:.2g}")
    for problem in comparison.problems:
        print(f"{machine}: {problem}", flush=True)
    return comparison.problems


def main():
    native, folder = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    wanted = sys.argv[3:] or list(MACHINES)
    os.environ.pop("OPENBLAS_CORETYPE", None)  # names kernels of this machine, which an emulated processor may not run
    return 0 if all([examine(machine, native, os.path.join(folder, machine)) for machine in wanted]) else 1


if __name__ == "__main__":
    sys.exit(main())
