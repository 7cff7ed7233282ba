#!/usr/bin/env python3
"""Functions of more than six parameters: `parameters.py [--most N] FOLDER...` lists them and fails when there are more than N."""
import pathlib
import re
import sys

DEFINITION = re.compile(r'^(?:[a-z_][\w \t*]*?[ *])(\w+)\(([^;{}]*)\)\n\{', re.M)


def parameters(text):
    """Commas outside of brackets, and one more."""
    depth = count = 0
    for letter in text:
        depth += (letter in '([') - (letter in ')]')
        count += letter == ',' and depth == 0
    return count + 1 if text.strip() not in ('', 'void') else 0


def main(arguments):
    most = int(arguments[1]) if arguments[:1] == ['--most'] else None
    folders = arguments[2:] if most is not None else arguments
    files = sorted(f for folder in folders for f in pathlib.Path(folder).rglob('*.c'))
    long = [(parameters(m[2]), f'{file}: {m[1]}') for file in files for m in DEFINITION.finditer(file.read_text())
            if parameters(m[2]) > 6]
    for count, where in sorted(long, reverse=True):
        print(f'{count:3d}  {where}')
    print(f'{len(long)} functions have more than six parameters' + ('' if most is None else f'; {most} are allowed'))
    return most is not None and len(long) > most


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
