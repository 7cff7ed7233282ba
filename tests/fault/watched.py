#!/usr/bin/env python3
"""Runs every command once, on two threads, and expects the status that it should end with: watched.py OCELLUS [PREFIX...]

For a program that watches itself (MODE=thread) or one that is watched: valgrind --error-exitcode=99 ... as PREFIX."""
import os
import subprocess
import sys
import tempfile

import faults


def main():
    program, prefix, failed = os.path.abspath(sys.argv[1]), sys.argv[2:], 0
    # valgrind does not know AVX-512.
    variables = dict(os.environ, OCELLUS_KERNELS="avx2" if prefix else "", TSAN_OPTIONS="exitcode=99", OMP_NUM_THREADS="1")
    if not prefix:
        del variables["OCELLUS_KERNELS"]
    with tempfile.TemporaryDirectory(prefix="ocellus-watched-") as top:
        os.chdir(top)
        os.makedirs("out")
        cases = faults.make_cases()
        made = {case.name: case for case in cases}
        for name, source in (("set", made["extract"]), ("model", made["train"])):
            subprocess.run([program, *source.arguments, "-q"], env=variables, capture_output=True)
            os.rename(source.output, name)
        for case in cases:
            arguments = ["-j2" if argument == "-j1" else argument for argument in case.arguments]
            done = subprocess.run([*prefix, program, *arguments], env=variables, capture_output=True, text=True)
            good = done.returncode in (0, 3)
            failed += not good
            print(f"{case.name:24} ended with {done.returncode}" + ("" if good else "\n" + done.stderr[-3000:]), flush=True)
            if case.output:
                faults.put(case.output, None)
        os.chdir("/")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
