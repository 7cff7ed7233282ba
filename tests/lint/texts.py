#!/usr/bin/env python3
"""Checks how texts of the library name options: texts.py, in the top folder.

A program that uses the library, in C or Python, has no command line. So a text outside src/cli names no switch (--size) and
no command (ocellus extract), but the option's field in backquotes: `max_pixels`. src/cli/switches.c makes --max-pixels of
it. That edits formats, not data: the name is in the format of the message, or in a table of parameters."""
import pathlib
import re
import sys

STRING = r'"(?:[^"\\\n]|\\.)*"'
C_TEXT = re.compile(rf"{STRING}(?:\s*(?:PRI\w+\s*)?{STRING})*")  # strings that the compiler joins
PYTHON_TEXT = re.compile(rf'""".*?"""|{STRING}', re.S)
COMMANDS = "extract|train|evaluate|classify|compare|show|info|unpack|merge|help"
QUOTED = re.compile(r"`([^`]*)`")
# The first field of an entry in a table of parameters or of the command's options.
OPTION = re.compile(r'(?:\{|OPTION_(?:FLAG|TEXT|CHOICE)\(\s*)"([a-z0-9-]+)",')

# What is before the format of a message (perhaps one of two), or before the help in a table, with strings as underscores.
BEFORE = re.compile(r"(?:\b(?:oc_fail|oc_text_write)\((?:[^,;]*,){2}|\boc_job_note\([^,;]*,)[^,;]*$"
                    r"|\{_+, OC_[A-Z]+,[^;{}]*,\s*$")


def faults(text, before, options):
    if re.search(r"--[a-z]", text):
        yield "names a switch"
    if re.search(rf"\bocellus (?:{COMMANDS})\b", text):
        yield "names a command"
    for name in QUOTED.findall(text):
        if name.replace("_", "-") not in options:
            yield f"there is no option `{name}`"
    if "`" in text and not BEFORE.search(re.sub(STRING, lambda string: "_" * len(string[0]), before)[-1000:]):
        yield "names an option outside of a message's format"


def main():
    library = [file for folder in ("src", "features") for file in sorted(pathlib.Path(folder).rglob("*.c"))
               if file.parts[:2] != ("src", "cli") and file != pathlib.Path("src/base/text.c")]
    tables = [*library, *pathlib.Path("src/cli").glob("*.c")]
    options = {name for file in tables for name in OPTION.findall(file.read_text()) if file.parts[0] == "src"}
    texts = [(file, match) for file in library for match in C_TEXT.finditer(file.read_text())]
    if len(options) < 40 or len(texts) < 1000:
        sys.exit("few options or texts are found: is this the top folder?")
    found = [(file, match, fault) for file, match in texts
             for fault in faults(re.sub(r'"\s*(?:PRI\w+\s*)?"', "", match[0]), match.string[: match.start()], options)]
    found += [(file, match, "names a switch") for file in sorted(pathlib.Path("src/python").rglob("*.py"))
              for match in PYTHON_TEXT.finditer(file.read_text()) if re.search(r"--[a-z]", match[0])]
    for file, match, fault in found:
        print(f"{file}:{match.string.count(chr(10), 0, match.start()) + 1}: {fault}: {match[0]}")
    if found:
        sys.exit(__doc__.split("\n\n", 1)[1])


if __name__ == "__main__":
    main()
