#!/usr/bin/env python3
"""Trains on a SET much larger than the memory it may take, and tells what the kernel saw.

    tests/bench/large_set.py build/ocellus SET FOLDER [--gigabytes 8] [--limit MEGABYTES] [-- TRAINING OPTIONS]

FOLDER is made by repeating the rows of SET, and removed at the end. While 'ocellus train' works, the peaks of
RssAnon (/proc/PID/status) and Private_Dirty (smaps_rollup) are taken: memory of the process's own. Pages of the
mapped features.npy are page cache, which the kernel drops when it wants to; smaps counts them as Private_Clean as
long as no other process maps them. --limit puts the process into a memory control group (version 1, needs root)
where the page cache counts too, so that the rows cannot stay in memory from one epoch to the next.
"""
import argparse, csv, itertools, os, re, shutil, struct, subprocess, sys, time

GROUP = "/sys/fs/cgroup/memory/ocellus-large-set"


def header(rows, columns):
    text = "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }" % (rows, columns)
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", 118) + text.ljust(117).encode() + b"\n"


def repeat(source, folder, size):
    with open(source + "/features.npy", "rb") as file:
        start = file.read(10)
        (length,) = struct.unpack("<H", start[8:])
        rows, columns = map(int, re.search(rb"\((\d+), (\d+)\)", file.read(length)).groups())
        values = file.read()
    copies = -(-size // len(values))
    os.mkdir(folder)
    with open(folder + "/features.npy", "wb") as file:
        file.write(header(rows * copies, columns))
        for _ in range(copies):
            file.write(values)
        file.flush()
        os.fsync(file.fileno())  # pages that wait to be written would count as dirty, and as this process's own
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    with open(source + "/index.csv", newline="", errors="surrogateescape") as file:
        lines = list(csv.reader(file))
    number = itertools.count()
    with open(folder + "/index.csv", "w", newline="", errors="surrogateescape") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(lines[0])
        for copy in range(copies):
            for line in lines[1:]:
                writer.writerow([next(number), "%d/%s" % (copy, line[1])] + line[2:])
    shutil.copy(source + "/stages.safetensors", folder)
    return rows * copies, columns, rows * copies * columns * 4


def kilobytes(path, name):
    with open(path) as file:
        return int(re.search(name + r":\s+(\d+) kB", file.read()).group(1))


def watch(command):
    peaks = {"RssAnon": 0, "Private_Dirty": 0, "RssFile": 0}
    started = time.time()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    while process.poll() is None:
        try:
            for name in peaks:
                at = "smaps_rollup" if name == "Private_Dirty" else "status"
                peaks[name] = max(peaks[name], kilobytes("/proc/%d/%s" % (process.pid, at), name))
        except (OSError, AttributeError):
            pass  # it has just ended
        time.sleep(0.2)
    print(process.stdout.read().rstrip())
    print("seconds %.1f, exit %d, peaks in MB: %s" % (time.time() - started, process.returncode, ", ".join(
        "%s %.0f" % (name, peak / 1024) for name, peak in peaks.items())))
    return process.returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ocellus")
    parser.add_argument("set")
    parser.add_argument("folder")
    parser.add_argument("--gigabytes", type=float, default=8)
    parser.add_argument("--limit", type=int, help="megabytes, page cache and all")
    here, options = sys.argv, []
    if "--" in sys.argv:
        at = sys.argv.index("--")
        here, options = sys.argv[:at], sys.argv[at + 1:]
    given = parser.parse_args(here[1:])
    try:
        rows, columns, size = repeat(given.set, given.folder, int(given.gigabytes * 1e9))
        print("%d rows of %d values, %.2f GB" % (rows, columns, size / 1e9), flush=True)
        command = [given.ocellus, "train", given.folder, "-o", given.folder + "/model", "-q"] + options
        if given.limit:
            os.makedirs(GROUP, exist_ok=True)
            with open(GROUP + "/memory.limit_in_bytes", "w") as file:
                file.write(str(given.limit << 20))
            command = ["sh", "-c", 'echo $$ >%s/cgroup.procs; exec "$@"' % GROUP, "sh"] + command
        status = watch(command)
        if given.limit:
            with open(GROUP + "/memory.max_usage_in_bytes") as file:
                print("most memory of the group, page cache and all: %.0f MB" % (int(file.read()) / 2**20))
        return status
    finally:
        shutil.rmtree(given.folder, ignore_errors=True)
        if given.limit and os.path.isdir(GROUP):
            os.rmdir(GROUP)


if __name__ == "__main__":
    sys.exit(main())
