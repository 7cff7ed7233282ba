#!/usr/bin/python3
"""Benchmarks: ours, the limit and the installed peers side by side.

    make bench [QUICK=1] [ROWS="hog_kernel classify"]

Each row_*.py next to this file is one row: it names contenders, which are commands that do the same work. They run in turns,
several times over; what is printed are medians, and rates as multiples of the limit and of the best peer (or the base, where
there is one). Contenders whose package is missing are named and left out. BUILD/bench/results.json has all of it, every
single time included.
"""
import argparse
import glob
import importlib
import json
import os
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import time

import inputs

HERE = os.path.dirname(os.path.abspath(__file__))


class Contender:
    """A command that does the row's work. It prints the seconds it took and perhaps a note; with whole=True the process is
    timed from outside, start-up and all. work: what it does, when that differs from the row's. missing: why it cannot run."""

    def __init__(self, name, command, kind="peer", whole=False, work=None, env=None, note=None, missing=None):
        self.name, self.command, self.kind, self.whole = name, [str(c) for c in command], kind, whole
        self.work, self.env, self.note, self.missing = work, env or {}, note, missing
        self.seconds, self.cpu = [], []

    def run(self):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(self.command, env={**os.environ, **self.env}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True)
        seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode != 0:
            last = (done.stderr.strip() or "no message").splitlines()[-1]
            self.missing = f"failed with status {done.returncode}: {last}"
            return
        if not self.whole:
            said = done.stdout.split(None, 1)
            seconds = float(said[0])
            self.note = said[1].strip() if len(said) > 1 else self.note
        self.seconds.append(seconds)
        self.cpu.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def read_files(folder):
    """Brings a folder's files to memory, and keeps them there: systems take back what lies idle for seconds."""
    seen = set()
    for entry in os.scandir(folder):
        if entry.inode() not in seen:
            seen.add(entry.inode())
            with open(entry.path, "rb") as file:
                file.read()


def clear(folder):
    """Removes what former runs wrote, and waits for the disk, so that no run pays for another's output."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    os.sync()


class Row:
    """What a row_*.py returns: title, amount of work and its unit, contenders. repeat: at most so often, where all of it takes
    long. folder: of files that all of them read."""

    def __init__(self, title, work, unit, contenders, repeat=None, folder=None):
        self.title, self.work, self.unit, self.contenders, self.repeat = title, work, unit, contenders, repeat
        self.folder = folder

    def run(self, repeat, outputs):
        for _ in range(min(self.repeat or repeat, repeat)):
            for contender in self.contenders:
                if not contender.missing:
                    clear(outputs)
                    if self.folder:
                        read_files(self.folder)
                    contender.run()

    def results(self):
        rows = []
        for c in self.contenders:
            row = {"name": c.name, "kind": c.kind}
            if c.missing:
                rows.append({**row, "skipped": c.missing})
                continue
            seconds = statistics.median(c.seconds)
            rows.append({**row, "seconds": seconds, "rate": (c.work or self.work) / seconds, "all": c.seconds, "note": c.note})
            if c.whole:
                rows[-1]["cpu_seconds"] = statistics.median(c.cpu)
        limit = max((r["rate"] for r in rows if r["kind"] == "limit" and "rate" in r), default=None)
        peer = max((r["rate"] for r in rows if r["kind"] in ("peer", "base") and "rate" in r), default=None)
        for r in rows:
            if "rate" in r:
                r["of_limit"] = r["rate"] / limit if limit else None
                r["of_best_peer"] = r["rate"] / peer if peer else None
        return {"title": self.title, "work": self.work, "unit": self.unit, "contenders": rows}


class Context:
    """What rows need to know."""

    def __init__(self, build, quick, threads):
        self.build, self.quick, self.threads = os.path.abspath(build), quick, threads
        self.folder = os.path.join(self.build, "bench")
        self.ocellus = os.path.join(self.build, "ocellus")
        self.inputs = inputs.Inputs(os.path.join(self.folder, "inputs"), quick, self.ocellus)

    def program(self, name):
        return os.path.join(self.build, "release", "bench-" + name)

    def output(self, name):
        return os.path.join(self.folder, name)

    def seed_centres(self, path, points, values, words, output):
        """Chooses the first centres of k-means; the command that does."""
        command = [str(c) for c in (self.program("kmeans"), path, points, values, words, "seed", output, self.threads)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return command

    def peer_python(self, script, module, package, *arguments, **options):
        """A contender written in Python; skipped by name when its module is missing."""
        name = options.pop("name")
        found = subprocess.run(["/usr/bin/python3", "-c", f"import {module}"], stderr=subprocess.DEVNULL).returncode == 0
        return Contender(name, ["/usr/bin/python3", os.path.join(HERE, "peers", script), *arguments],
                         missing=None if found else f"needs the package {package}", **options)

    def peer_native(self, source, flags, package, *arguments, **options):
        """A contender in C or C++, compiled here; skipped by name when that fails."""
        name, program = options.pop("name"), self.output(os.path.splitext(source)[0])
        path, missing = os.path.join(HERE, "peers", source), None
        if not os.path.exists(program) or os.path.getmtime(program) < os.path.getmtime(path):
            compiler = "c++" if source.endswith("cpp") else "cc"
            found = subprocess.run(f"{compiler} -O3 -march=native -pthread {path} -o {program} {flags}", shell=True,
                                   stderr=subprocess.DEVNULL).returncode == 0
            missing = None if found else f"needs the package {package}"
        return Contender(name, [program, *arguments], missing=missing, **options)


def environment(context):
    """What the figures depend on."""
    def said(command):
        try:
            return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.strip()
        except OSError:
            return ""

    def version(package):
        return said(["dpkg-query", "-W", "-f", "${Version}", package]) or "not installed"

    processor = re.search(r"model name\s*:\s*(.*)", open("/proc/cpuinfo").read())
    packages = ["libjpeg62-turbo", "libopenblas0-pthread", "libopencv-dev", "libvlfeat-dev", "python3-skimage",
                "python3-sklearn", "python3-torch", "python3-faiss"]
    return {
        "processor": processor.group(1) if processor else platform.machine(),
        "processors": os.cpu_count(), "threads": context.threads, "load": os.getloadavg()[0],
        "kernels": said([context.program("stage"), "--kernels"]),
        "openblas": said([context.program("product"), "--core"]),
        "compiler": said([os.environ.get("CC", "cc"), "--version"]).split("\n")[0],
        "versions": {package: version(package) for package in packages},
    }


def print_environment(env):
    print(f"{env['processor']}, {env['processors']} processors, {env['threads']} threads, load {env['load']:.1f}")
    print(f"kernels {env['kernels']}; {env['openblas']}; {env['compiler']}")
    print("; ".join(f"{name} {version}" for name, version in env["versions"].items()))


def short(rate):
    return f"{rate:,.0f}" if rate >= 100 else f"{rate:.1f}" if rate >= 10 else f"{rate:.2f}"


def print_row(result):
    print(f"\n{result['title']}")
    print(f"  {'':46} {result['unit'] + '/s':>12} {'seconds':>9} {'of limit':>9} {'of best peer':>13}")
    for c in result["contenders"]:
        label = f"{c['kind']:6} {c['name']}"
        if "skipped" in c:
            print(f"  {label:46} skipped: {c['skipped']}")
            continue
        ratios = [f"{c[key]:.3f}" if c[key] else "-" for key in ("of_limit", "of_best_peer")]
        print(f"  {label:46} {short(c['rate']):>12} {c['seconds']:9.4f} {ratios[0]:>9} {ratios[1]:>13}"
              + (f"  {c['note']}" if c["note"] else ""))
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build")
    parser.add_argument("--quick", action="store_true", help="fewer images and repetitions: about a minute")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--repeat", type=int, help="repetitions of each contender (5; quick: 3)")
    parser.add_argument("--json", help="the file for all results (BUILD/bench/results.json)")
    parser.add_argument("rows", nargs="*", help="names of row_*.py without row_ and .py; all when left out")
    options = parser.parse_args()
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        os.environ.pop(name, None)
    context = Context(options.build, options.quick, options.threads)
    all_rows = sorted(os.path.basename(path)[4:-3] for path in glob.glob(os.path.join(HERE, "row_*.py")))
    unknown = set(options.rows) - set(all_rows)
    if unknown:
        parser.error(f"no row {', '.join(sorted(unknown))}; there are {', '.join(all_rows)}")
    report = {"environment": environment(context), "rows": {}}
    print_environment(report["environment"])
    for name in options.rows or all_rows:
        for row in importlib.import_module("row_" + name).rows(context):
            row.run(options.repeat or (3 if options.quick else 5), context.output("sets"))
            report["rows"].setdefault(name, []).append(row.results())
            print_row(report["rows"][name][-1])
    with open(options.json or os.path.join(context.folder, "results.json"), "w") as file:
        json.dump(report, file, indent=1)
    shutil.rmtree(context.output("sets"), ignore_errors=True)


if __name__ == "__main__":
    main()
