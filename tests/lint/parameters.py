#!/usr/bin/env python3
"""Lists the functions of more than six parameters: parameters.py [--most N] FOLDER...

With --most it fails when there are more than N of them, and says so when there are fewer, so that N can be lowered."""
import argparse
import pathlib
import re
import sys

LIMIT = 6
# A definition as clang-format writes it: the return type begins the line, and the body opens on a line of its own.
DEFINITION = re.compile(r"^(?:[A-Za-z_][\w \t*]*?[ *])(\w+)\(([^;{}]*)\)\n\{", re.M)


def parameter_count(text):
    """Of a parameter list: one more than the commas outside of brackets."""
    depth = commas = 0
    for letter in text:
        depth += (letter in "([") - (letter in ")]")
        commas += letter == "," and depth == 0
    return commas + 1 if text.strip() not in ("", "void") else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, metavar="N")
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    options = parser.parse_args()
    files = sorted(file for folder in options.folders for file in pathlib.Path(folder).rglob("*.c"))
    found = [(parameter_count(match[2]), f"{file}: {match[1]}") for file in files
             for match in DEFINITION.finditer(file.read_text())]
    if not found:
        sys.exit("no function is found: is this the top folder?")
    long = sorted((pair for pair in found if pair[0] > LIMIT), reverse=True)
    failed = options.most is not None and len(long) > options.most
    if failed or options.most is None:
        for count, where in long:
            print(f"{count:3d}  {where}")
    print(f"{len(long)} of {len(found)} functions have more than {LIMIT} parameters")
    if failed:
        sys.exit(f"{options.most} are allowed: give what belongs together a struct")
    if options.most is not None and len(long) < options.most:
        print(f"fewer than the {options.most} allowed: please lower LONG_LISTS in tests/check.mk")


if __name__ == "__main__":
    main()
