#!/usr/bin/env python3
"""Makes everything fail that can, at every place, and looks what the command does then:

    faults.py OCELLUS OCELLUS-FAULTY FAIL-MALLOC.SO MEDDLE [--long] [--only SWEEP] [--case NAME,NAME...]

Whatever fails, the command ends with status 0, 1 or 3, never by a signal of its own. After 0 or 3 its output is what it
is without a fault. After 1 it has said why, and what was under the output's name before is still there, to the byte (or
already the new one, when only the report of it failed). After kill -9 the old or the new output is there, and the next
run makes the right one. Faults:

    memory   the n-th allocation of Ocellus fails, and all later ones (OCELLUS-FAULTY; under AddressSanitizer leaks show)
    malloc   the n-th allocation of the process fails, those of libpng, libjpeg and zlib too
    calls    the n-th write, fsync, rename... fails (strace)
    killed   kill -9 at the n-th of these calls (strace)
    random   kill -9 at random moments
    limit    no file may become longer than n bytes
    full     a disk of n kB
    short    every read and write moves half of its bytes
    clock    clocks jump by days, forwards and back
    vanished the folder of the output, or that of the images, is removed before the n-th system call
    readonly the folder of the output, or its whole file system, cannot be written

With --long every place is tried, or with --every N each N-th. Without it each sweep is a sample of a few tens of places,
spread evenly, all different from run to run of other builds. What needs strace or a mount, and cannot have it, is named
and left out. Prints a table, and under each row what failed; exit 1 for any failure."""
import argparse
import json
import os
import random
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib

CALLS = {  # and the errors that they are made to fail with; brk has none, and answers with another end than asked for
    "write": ("ENOSPC", "EIO"), "fsync": ("EIO",), "fdatasync": ("EIO",), "rename": ("EIO",), "renameat2": ("EINVAL", "EIO"),
    "openat": ("EMFILE", "EACCES"), "close": ("EIO",), "mkdir": ("ENOSPC",), "read": ("EIO",), "pread64": ("EIO",),
    "newfstatat": ("EIO",), "getdents64": ("EIO",), "mmap": ("ENOMEM",), "ftruncate": ("EIO",), "fchmod": ("EPERM",),
    "clone3": ("EAGAIN",), "unlink": ("EACCES",), "rmdir": ("EIO",), "fcntl": ("EINVAL",), "brk": (None,), "lseek": ("EIO",), "syncfs": ("EIO",), "flock": ("EIO",), "linkat": ("EIO",), "statx": ("EIO",),
}
LONG_ERRORS = {"write": ("EDQUOT", "EINTR"), "fsync": ("EDQUOT", "EINTR", "EROFS"), "rename": ("EXDEV", "EROFS"), "openat": ("EROFS", "ENOSPC", "EINTR"),
               "mkdir": ("EDQUOT", "EROFS"), "read": ("EINTR",), "pread64": ("EINTR",), "flock": ("EINTR", "ENOLCK"), "ftruncate": ("EINTR",)}
KILLED_AT = ("rename", "renameat2", "unlink", "rmdir", "mkdir", "fsync", "ftruncate", "flock", "write", "openat", "close")
FEATURES = "pixels:size=2+hog:cell=4,bins=4+words:count=3,patch=3,samples=60,iterations=2,grid=1"
TIMES = re.compile(r"\d+\.\d s|^seconds .*$|\"(extract_|train_|fit_)?seconds\": ?[0-9.e-]+|^ *[^ ]+ +\d+ .*$", re.M)
RESULT_LOST = re.compile("standard output|for the result|is in place, but")  # the output is in place by then
INJECTED = re.compile("skipped .*: (Input/output error|Permission denied|Read-only file system|No space left on device|"
                      "Interrupted system call)$", re.M)
SAMPLE = re.compile(r"cross-validation on \d+ of")
OWN_STATUS = (0, 1, 3)
AFTER = 10  # places to try after the last that seems to matter


def png(width, height, value):
    """RGB stripes."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    raw = b"".join(b"\0" + bytes((value * (1 + x // 3 % 2) + 37 * y * x + c) % 256 for x in range(width) for c in range(3))
                   for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))


def write(path, data):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def contents(path):
    """A file, or a folder with all that is in it; None for nothing."""
    if os.path.isdir(path):
        return {name: contents(os.path.join(path, name)) for name in os.listdir(path)}
    if not os.path.exists(path):
        return None
    with open(path, "rb") as file:
        return file.read()


def put(path, what):
    """The opposite of contents."""
    if os.path.isdir(path):
        shutil.rmtree(path)
    elif os.path.exists(path):
        os.unlink(path)
    if isinstance(what, dict):
        os.makedirs(path)
        for name, inside in what.items():
            put(os.path.join(path, name), inside)
    elif what is not None:
        write(path, what)


def aged(what):
    """The same kind of output with other bytes in one file, so that it cannot be mistaken for the new one."""
    if not isinstance(what, dict):
        return b"old" + what
    name = min(what)
    return {**what, name: aged(what[name])}


class Case:
    """A command, what it writes, and what it does when nothing fails."""

    def __init__(self, name, arguments, output=None, old=None):
        self.name, self.arguments, self.output, self.old = name, arguments, output, old
        self.status = self.new = self.said = self.skipped = None
        self.resumes = arguments[0] in ("extract", "classify") and arguments[1] != "set" and "-o" in arguments


class Bench:
    def __init__(self, programs, long, every=1):
        self.ocellus, self.faulty, self.shim, self.meddle = (os.path.abspath(p) for p in programs)
        self.long, self.every = long, every
        self.table, self.failures = [], []
        self.count = 0

    def run(self, case, program=None, prefix=(), environment=None, limit=None, old=True, more=()):
        if case.output and old:
            put(case.output, case.old)
        variables = dict(os.environ, LC_ALL="C", OMP_NUM_THREADS="1", **(environment or {}))

        def confine():
            if limit is not None:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        self.count += 1
        # Reports go to pipes, which no limit of file sizes touches.
        return subprocess.run([*prefix, program or self.ocellus, *case.arguments, *more], env=variables, capture_output=True,
                              preexec_fn=confine, timeout=120)

    def learn(self, case):
        """What the command does undisturbed."""
        done = self.run(case)
        if done.returncode not in OWN_STATUS:
            sys.exit(f"{case.name}: {done.returncode} {done.stderr.decode()}")
        case.status, case.said = done.returncode, TIMES.sub("", done.stdout.decode())
        case.new = contents(case.output) if case.output else None
        case.skipped = done.stderr.count(b"skipped")
        if case.output:
            put(case.output + ".classes", None)

    def beside(self, case):
        """What lies beside the output that was not there before."""
        folder = os.path.dirname(os.path.abspath(case.output)) if case.output else None
        written = {os.path.basename(case.output) + end for end in ("", ".classes")} if folder else set()  # rows as svmlight have both
        return set(os.listdir(folder)) - written if folder else set()

    def judge(self, case, done, what, mute=False, exact=True, retry=True, cause=""):
        """mute: the fault may have hit the message itself. exact: the result on standard output must be right too.
        cause: a word that the message of a failure has."""
        problem = None
        text = done.stderr.decode(errors="replace")
        if done.returncode not in OWN_STATUS:
            problem = f"ended with {done.returncode}"
        elif done.returncode == 1 and not mute and "ocellus: " not in text:
            problem = "failed without a word"
        elif done.returncode == 1 and cause not in text and "cannot start thread" not in text:
            problem = "named another cause"
        elif done.returncode == 3 and (text.count("skipped") > case.skipped or INJECTED.search(text)):
            pass  # an image could not be read: it is named with that reason, and left out of the output
        elif done.returncode == 3 and SAMPLE.findall(done.stdout.decode()) != SAMPLE.findall(case.said):
            pass  # -f auto says of how many images it made its choice, which may be another then
        elif done.returncode in (0, 3) and done.returncode != case.status:
            problem = f"ended with {done.returncode}, not {case.status}"
        elif done.returncode in (0, 3) and exact and TIMES.sub("", done.stdout.decode()) != case.said:
            problem = "said something else: " + done.stdout.decode()[:200]
        elif case.output:
            now = contents(case.output)
            if "has no picture" in text or "have no picture" in text:
                pass  # a page counts the images that it lacks
            elif done.returncode in (0, 3) and now != case.new:
                problem = "its output is another"
            elif done.returncode == 1 and now != case.old and now != case.new:
                problem = "the old output is damaged"
            elif done.returncode == 1 and now == case.new and not mute and not RESULT_LOST.search(text):
                problem = "failed after its output was in place"
            elif self.beside(case) - {os.path.basename(case.output) + end for end in (".partial", ".rows.partial")}:
                problem = f"left behind {self.beside(case)}"
            elif self.beside(case) and retry:  # what --resume would go on with; the next run clears it
                done = self.run(case, old=False)
                if done.returncode != case.status or contents(case.output) != case.new or self.beside(case):
                    problem = "the next run fails: " + done.stderr.decode()[-300:]
        if problem:
            self.failures.append(f"{case.name}, {what}: {problem}\n    {text.strip()[-600:]}")
            for name in self.beside(case):
                put(os.path.join(os.path.dirname(os.path.abspath(case.output)), name), None)

    def places(self, last):
        """Numbers to try, one after the other. A sample has those around the last as well: what fails there may fail
        after the output is in place."""
        if self.long:
            return range(1, 10 ** 6, self.every)
        return sorted({*range(1 + last // 26, last, max(1, last // 13)), *range(max(1, last - 5), last + AFTER)})

    def row(self, name, case, tried, before):
        if case.output:
            put(case.output, None)
            put(case.output + ".classes", None)
        self.table.append((name, case.name, tried, len(self.failures) - before))
        print(f"{name:8} {case.name:24} {tried:6} tried {len(self.failures) - before:4} failed", flush=True)
        for failure in self.failures[before:before + 20]:
            print(failure, flush=True)


def last_place(fails):
    """The last of the places from 1 on at which something fails."""
    low, high = 0, 16
    while high < 10 ** 5 and fails(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fails(middle) else (low, middle)
    return low


def sweep_memory(bench, cases):
    """Ends when nothing failed any more: the log of the sanitizer or the output cannot tell, a few successes can."""
    for case in cases:
        before, tried, passed = len(bench.failures), 0, 0
        last = last_place(lambda n: bench.run(case, bench.faulty, environment={"OCELLUS_FAIL_AFTER": str(n)}).returncode == 1)
        for n in bench.places(last):
            done = bench.run(case, bench.faulty, environment={"OCELLUS_FAIL_AFTER": str(n)})
            tried += 1
            passed = passed + 1 if done.returncode == case.status else 0
            bench.judge(case, done, f"allocation {n}", cause="memory")
            if passed > 8 and n > last:
                break
        bench.row("memory", case, tried, before)


def sweep_malloc(bench, cases, place):
    log = os.path.join(place, "log")
    for case in cases:
        before, tried = len(bench.failures), 0
        def run(n):
            put(log, None)
            return bench.run(case, environment={"LD_PRELOAD": bench.shim, "FAIL_MALLOC": str(n), "FAIL_MALLOC_LOG": log})
        for n in bench.places(last_place(lambda n: (run(n), os.path.exists(log))[1])):
            done = run(n)
            if not os.path.exists(log):
                break
            tried += 1
            bench.judge(case, done, f"malloc {n}", cause="memory")
        bench.row("malloc", case, tried, before)


def traced(place, inject):
    return ["strace", "-f", "-qq", "-o", os.path.join(place, "trace"), "-e", f"trace={inject.split(':')[0]},fcntl", "-e",
            "inject=" + inject]


def hit(place):
    """The line of the trace where the fault was made, or None; and whether main had begun, which first looks at the
    standard streams: before that the loader and the libraries are on their own."""
    begun = False
    with open(os.path.join(place, "trace"), errors="replace") as file:
        for line in file:
            if "INJECTED" in line or "killed by SIGKILL" in line:
                return line, begun
            begun = begun or "fcntl(0, F_GETFD)" in line
    return None, begun


def sweep_calls(bench, cases, place):
    for case in cases:
        before, tried = len(bench.failures), 0
        for call, errors in CALLS.items():
            for error in errors + (LONG_ERRORS.get(call, ()) if bench.long else ()):
                last = 10 ** 6 if bench.long else 400
                n = 1
                while n < last:
                    fault = f"error={error}" if error else "retval=0"
                    done = bench.run(case, prefix=traced(place, f"{call}:{fault}:when={n}"))
                    line, begun = hit(place)
                    if not line:
                        break
                    if begun:
                        tried += 1
                        bench.judge(case, done, f"{call} {n} {error}", mute="write(2" in line or "write(1" in line, exact="write(1" not in line)
                    n += bench.every if bench.long else 1 + n // 2 + (n * 7 + len(case.name)) % 3
        bench.row("calls", case, tried, before)


def aftermath(bench, case, what, resume=False):
    """After kill -9: old or new, and the next run works. Leftovers of the killed run may stay until then."""
    now = contents(case.output)
    if now != case.old and now != case.new:
        bench.failures.append(f"{case.name}, {what}: neither the old nor the new output is there")
    done = bench.run(case, old=False, more=["--resume"] if resume and case.resumes else [])
    if done.returncode != case.status or contents(case.output) != case.new:
        bench.failures.append(f"{case.name}, {what}: the next run{' (--resume)' * (resume and case.resumes)} fails: {done.returncode} "
                              f"{done.stderr.decode()[-300:]}")
    elif bench.beside(case):
        bench.failures.append(f"{case.name}, {what}: the next run left {bench.beside(case)}")
    for name in bench.beside(case):
        put(os.path.join(os.path.dirname(os.path.abspath(case.output)), name), None)


def sweep_killed(bench, cases, place):
    """Each call has its own count; the signal comes before the call does anything."""
    for case in cases:
        before, tried = len(bench.failures), 0
        for call in KILLED_AT:
            n = 20 if call in ("openat", "close") and not bench.long else 1  # the first are the loader's
            while n < 10 ** 5:
                bench.run(case, prefix=traced(place, f"{call}:signal=KILL:when={n}"))
                if not hit(place)[0]:
                    break
                tried += 1
                aftermath(bench, case, f"killed at {call} {n}", resume=n % 2 == 1)
                n += bench.every if bench.long else 1 + n // 2
        bench.row("killed", case, tried, before)


def sweep_random(bench, cases):
    generator = random.Random()
    for case in cases:
        before, tries = len(bench.failures), 200 // bench.every if bench.long else 8
        started = time.monotonic()
        bench.run(case)
        usual = time.monotonic() - started
        for _ in range(tries):
            put(case.output, case.old)
            process = subprocess.Popen([bench.ocellus, *case.arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            moment = generator.uniform(0, 1.1 * usual)
            time.sleep(moment)
            process.kill()
            process.wait()
            aftermath(bench, case, f"killed after {moment:.4f} s", resume=generator.random() < 0.5)
        bench.row("random", case, tries, before)


def size_of(what):
    return max(map(size_of, what.values()), default=0) if isinstance(what, dict) else len(what or b"")


def sweep_limit(bench, cases):
    for case in cases:
        before, tried, longest = len(bench.failures), 0, size_of(case.new)
        step = 1 if bench.long and longest < 3000 else max(1, longest // (400 if bench.long else 9))
        for limit in range(0, longest + 2, step * bench.every):
            done = bench.run(case, limit=limit)
            tried += 1
            bench.judge(case, done, f"files of at most {limit} bytes")
        bench.row("limit", case, tried, before)


def page_at(bench, case, output):
    """The page of the report as it is for another place."""
    bench.run(case)
    page = contents(case.output).replace(case.output.encode(), output.encode())
    put(case.output, None)
    return page


def sweep_full(bench, cases, place):
    """A disk that fills up. What is on it before leaves less room; one that is large enough ends the sweep."""
    disk = os.path.join(place, "disk")
    os.makedirs(disk, exist_ok=True)
    for case in cases:
        before, tried, enough = len(bench.failures), 0, 0
        argument = case.arguments.index(case.output)
        for pages in range(1, 200, 1 if bench.long else 2):
            if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={4 * pages}k", "none", disk],
                              capture_output=True).returncode:
                print("full     left out: no file system can be mounted here")
                return
            try:
                moved = Case(case.name, list(case.arguments), os.path.join(disk, "out"), case.old)
                moved.arguments[argument] = moved.output
                moved.status, moved.new, moved.said, moved.skipped = case.status, case.new, case.said, case.skipped
                if case.name == "report":  # the page has the command in it, and so the place
                    moved.new = page_at(bench, case, moved.output)
                try:
                    put(moved.output, moved.old)
                except OSError:
                    continue
                done = bench.run(moved, old=False)
                tried += 1
                bench.judge(moved, done, f"a disk of {4 * pages} kB", exact=False, retry=False)
                enough += done.returncode == case.status
            finally:
                subprocess.run(["umount", disk], check=True)
            if enough > 2:
                break
        bench.row("full", case, tried, before)


def sweep_short(bench, cases, place):
    for case in cases:
        before = len(bench.failures)
        done = bench.run(case, prefix=[bench.meddle, "short", os.path.join(place, "log")])
        if done.returncode == 77:
            print("short    left out: system calls cannot be changed here")
            return
        bench.judge(case, done, "short reads and writes")
        if done.returncode != case.status:
            bench.failures.append(f"{case.name}, short reads and writes: ended with {done.returncode} {done.stderr.decode()[-300:]}")
        bench.row("short", case, 1, before)


def sweep_clock(bench, cases):
    for case in cases:
        before = len(bench.failures)
        done = bench.run(case, environment={"LD_PRELOAD": bench.shim, "JUMP_CLOCK": "1"})
        bench.judge(case, done, "a clock that jumps")
        if done.returncode != case.status:
            bench.failures.append(f"{case.name}, a clock that jumps: ended with {done.returncode} {done.stderr.decode()[-300:]}")
        bench.row("clock", case, 1, before)


def sweep_vanished(bench, cases, place):
    """What is gone cannot be written or read. The command says so and ends with 1, unless its output was in place by then."""
    log, kept, gone = (os.path.join(place, name) for name in ("log", "kept", "gone"))
    for case in cases:
        before, tried = len(bench.failures), 0
        folders = [folder for folder in ("out", "in", "test", "set") if folder == "out" or folder in case.arguments]
        for folder in folders:
            shutil.rmtree(kept, ignore_errors=True)
            if folder != "out":
                shutil.copytree(folder, kept)
            if bench.run(case, prefix=[bench.meddle, "before", str(10 ** 9), "true", log]).returncode == 77:
                print("vanished left out: system calls cannot be followed here")
                return
            with open(log) as about:
                most = int(about.read())
            for n in range(1, most + 1, bench.every if bench.long else max(1, most // 30)):
                os.makedirs("out", exist_ok=True)
                shutil.rmtree(gone, ignore_errors=True)
                done = bench.run(case, prefix=[bench.meddle, "before", str(n), f"cp -a {folder} {gone}; rm -rf {folder}", log])
                was_done = folder == "out" and contents(os.path.join(gone, os.path.basename(case.output))) == case.new
                text, now = done.stderr.decode(errors="replace"), contents(case.output)
                tried += 1
                what = f"{folder} vanished before call {n} of {most}"
                if done.returncode not in OWN_STATUS:
                    bench.failures.append(f"{case.name}, {what}: ended with {done.returncode} {text[-300:]}")
                elif done.returncode == 1 and "ocellus: " not in text:
                    bench.failures.append(f"{case.name}, {what}: failed without a word")
                elif done.returncode != 1 and folder == "out" and now != case.new and not was_done:
                    bench.failures.append(f"{case.name}, {what}: ended with {done.returncode}, and its output is not there {text[-300:]}")
                elif folder != "out" and now not in (case.old, case.new) and not re.search("skipped|no picture", text):
                    bench.failures.append(f"{case.name}, {what}: another output {text[-300:]}")
                shutil.rmtree("out", ignore_errors=True)
                if folder != "out":
                    shutil.rmtree(folder, ignore_errors=True)
                    shutil.copytree(kept, folder)
        os.makedirs("out", exist_ok=True)
        bench.row("vanished", case, tried, before)


def sweep_readonly(bench, cases, place):
    """A file system that cannot be written: the old output stays."""
    disk = os.path.join(place, "disk")
    os.makedirs(disk, exist_ok=True)
    for case in cases:
        before, argument = len(bench.failures), case.arguments.index(case.output)
        moved = Case(case.name, list(case.arguments), os.path.join(disk, "out"), case.old)
        moved.arguments[argument] = moved.output
        if subprocess.run(["mount", "-t", "tmpfs", "none", disk], capture_output=True).returncode:
            print("readonly left out: no file system can be mounted here")
            return
        try:
            put(moved.output, moved.old)
            subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
            done = bench.run(moved, old=False)
            if done.returncode != 1 or b"ocellus: " not in done.stderr or contents(moved.output) != moved.old:
                bench.failures.append(f"{case.name}, read-only: ended with {done.returncode} {done.stderr.decode()[-300:]}")
        finally:
            subprocess.run(["umount", disk], check=True)
        bench.row("readonly", case, 1, before)


def make_cases():
    """Images in the current folder, and the commands to be tried."""
    for folder, level in (("in/dark", 20), ("in/light", 120), ("test/dark", 25), ("test/light", 125)):
        for i in range(4):
            write(f"{folder}/{i}.png", png(12, 10, level + 9 * i))
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "images")
    for name in ("rotated.jpg", "progressive.jpg", "palette-transparent.png", "interlaced.png", "rotated.png", "cmyk.jpg"):
        shutil.copy(os.path.join(source, name), "in/light/" + name)
    write("in/dark/cut.png", png(12, 10, 30)[:-20])
    write("images-idx3-ubyte", struct.pack(">4i", 0x803, 4, 5, 6) + bytes(120))
    write("labels-idx1-ubyte", struct.pack(">2i", 0x801, 4) + b"\0\1\1\0")
    write("list.csv", b"path,label\nin/dark/0.png,a\nin/light/1.png,b\nin/light/rotated.jpg,b\n")
    return [
        Case("extract", ["extract", "in", "-f", FEATURES, "--size", "12x10", "-j1", "-o", "out/set"], "out/set"),
        Case("extract (sizes differ)", ["extract", "list.csv", "-f", "pixels:size=2", "-j2", "-o", "out/set"], "out/set"),
        Case("extract (as text)", ["extract", "in", "-f", FEATURES, "--size", "12x10", "-j1", "--format", "csv", "-o", "out/rows"],
             "out/rows"),
        Case("train", ["train", "in", "-f", FEATURES, "--size", "12x10", "--epochs", "2", "-j1", "-o", "out/model"], "out/model"),
        Case("compare", ["compare", "in", "--test", "test", "-f", "pixels:size=2", "-f", "hog:cell=4", "--size", "12x10",
                         "--epochs", "2", "-j1", "--json", "-o", "out/model"], "out/model"),
        Case("unpack", ["unpack", "images-idx3-ubyte", "-j1", "-o", "out/folder"], "out/folder"),
        Case("evaluate", ["evaluate", "model", "test", "-j1", "--json"]),
        Case("evaluate a set", ["evaluate", "model", "set", "-j1", "--json"]),
        Case("train on a set", ["train", "set", "--classifier", "nearest:k=3", "-j1", "-o", "out/model"], "out/model"),
        Case("extract --with", ["extract", "test", "--with", "set", "-j1", "-o", "out/set"], "out/set"),
        Case("classify", ["classify", "model", "in/light/rotated.jpg", "in/dark/1.png", "in/light/rotated.png", "--json"]),
        Case("classify to a file", ["classify", "model", "in", "list.csv", "set", "--top", "2", "-j1", "-o", "out/labels"], "out/labels"),
        Case("predictions", ["evaluate", "model", "test", "-j1", "--json", "--predictions", "out/predicted"], "out/predicted"),
        Case("compare (predictions)", ["compare", "in", "--test", "test", "-f", "pixels:size=2", "-f", "hog:cell=4", "--size",
                                      "12x10", "--epochs", "2", "-j1", "--json", "--predictions", "out/predictions"],
             "out/predictions"),
        Case("compare (folds)", ["compare", "in", "--folds", "2", "-f", "pixels:size=2", "-f", "hog:cell=4", "--size", "12x10",
                                "--epochs", "2", "-j1", "--json", "--predictions", "out/predictions"], "out/predictions"),
        Case("train (auto)", ["train", "in", "-f", "auto", "--size", "12x10", "--epochs", "2", "-j1", "-o", "out/model"], "out/model"),
        Case("merge", ["merge", "shard1", "shard2", "-o", "out/set"], "out/set"),
        Case("show", ["show", "model", "-o", "out/picture.png"], "out/picture.png"),
        Case("show an image", ["show", "in/light/1.png", "-f", "hog:cell=4", "-o", "out/picture.png"], "out/picture.png"),
        Case("report", ["evaluate", "model", "test", "-j1", "--json", "--report", "out/page.html"], "out/page.html"),
        Case("explain", ["classify", "model", "in/dark/1.png", "--explain", "out/why.png"], "out/why.png"),
        Case("extract (svmlight)", ["extract", "set", "--format", "svmlight", "-o", "out/rows"], "out/rows"),
        Case("info", ["info", "model", "--json"]),
        Case("info of neighbours", ["info", "near", "--json"]),
        Case("info of a set", ["info", "set", "--json"]),
    ]


def make_shards(program):
    """For the case merge, of the set."""
    for i in (1, 2):
        subprocess.run([program, "extract", "in", "--with", "set", "--shard", f"{i}/2", "-q", "-o", f"shard{i}"], check=False,
                       env=dict(os.environ, TSAN_OPTIONS="exitcode=99"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs=4)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="with --long: one place of N")
    parser.add_argument("--only", default="", help="one sweep")
    parser.add_argument("--case", default="", help="the names of cases, after commas")
    options = parser.parse_args()
    bench = Bench(options.program, options.long, options.every)
    with tempfile.TemporaryDirectory(prefix="ocellus-faults-") as top:
        place = os.path.join(top, "beside")
        os.makedirs(os.path.join(top, "here/out"))
        os.makedirs(place)
        os.chdir(os.path.join(top, "here"))
        cases = make_cases()
        if options.case:
            needed = ("extract", "train", "train on a set", *options.case.split(","))
            cases = [case for case in cases if case.name in needed]
        for name, source in (("set", "extract"), ("model", "train"), ("near", "train on a set")):
            made = next(case for case in cases if case.name == source)
            bench.learn(made)
            put(name, made.new)
            put(made.output, None)
        make_shards(bench.ocellus)
        for case in cases:
            bench.learn(case)
            if case.output:
                case.old = aged(case.new)
                put(case.output, None)
        if options.case:
            cases = [case for case in cases if case.name in options.case.split(",")]
        writing = [case for case in cases if case.output]
        traceable = subprocess.run(["strace", "-qq", "-o", os.path.join(place, "trace"), "true"],
                                   capture_output=True).returncode == 0 if shutil.which("strace") else False
        if not bench.long and not options.case:
            chosen = ("extract", "extract (as text)", "compare", "unpack", "train on a set", "classify", "classify to a file",
                      "info of a set", "info of neighbours", "report")
            cases = [case for case in cases if case.name in chosen]
            writing = [case for case in cases if case.output]
        sweeps = {
            "memory": lambda: sweep_memory(bench, cases), "malloc": lambda: sweep_malloc(bench, cases, place),
            "limit": lambda: sweep_limit(bench, writing), "random": lambda: sweep_random(bench, writing),
            "full": lambda: sweep_full(bench, writing, place), "killed": lambda: sweep_killed(bench, writing if bench.long else writing[:2], place),
            "calls": lambda: sweep_calls(bench, cases if bench.long else cases[:2], place),
            "short": lambda: sweep_short(bench, cases, place), "clock": lambda: sweep_clock(bench, cases),
            "vanished": lambda: sweep_vanished(bench, writing if bench.long else writing[:3], place),
            "readonly": lambda: sweep_readonly(bench, writing, place),
        }
        for name, sweep in sweeps.items():
            if options.only and options.only != name:
                continue
            if name in ("killed", "calls") and not traceable:
                print(f"{name:8} left out: strace is not there, or may not trace")
                continue
            sweep()
        os.chdir("/")
    print(f"{bench.count} runs, {len(bench.failures)} failed")
    return 1 if bench.failures else 0


if __name__ == "__main__":
    sys.exit(main())
