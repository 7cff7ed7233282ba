#!/usr/bin/env python3
"""circles.py OBJECTS: no file of src/ and features/ may need, directly or through other files, a file that needs it.

x.c and x.h count as one module. There are two kinds of need: a module includes the header of another, and its object
(below OBJECTS, where `make all` compiled it) uses a symbol that the object of another defines. The program prints
each circle of either kind with the needs that close it, and ends with status 1 if there is one.

A file that fills a table entry (a stage, a command) has no header that others include: it needs much, and whoever
needs it would need all that."""

import collections
import os
import re
import subprocess
import sys

def module_of(path):
    """features/hog/votes.c, .h and the objects votes.o and votes_kernels.avx2.o -> features/hog/votes[_kernels]."""
    folder, name = os.path.split(path)
    return os.path.join(folder, name.split('.')[0])


def files_below(folders, endings):
    for folder in folders:
        for parent, _, names in os.walk(folder):
            yield from (os.path.join(parent, name) for name in sorted(names) if name.endswith(endings))


def read_lines(path):
    with open(path, encoding='utf-8') as file:
        return file.read().splitlines()


def entries_included(needs):
    """Modules that fill a table entry, and the needs of modules that include them."""
    filled = re.compile(r'const (oc_stage_type|cli_command) \w+ = {')
    entries = {module_of(path) for path in files_below(['features', 'src'], '.c')
               if any(filled.match(line) for line in read_lines(path))}
    if len(entries) < 10:
        sys.exit(f'circles.py: only {len(entries)} files fill a table entry: the pattern needs mending')
    return [reason for module in needs for other, reason in needs[module].items() if other in entries - {module}]


def include_needs():
    needs = collections.defaultdict(dict)
    for path in files_below(['features', 'src'], ('.c', '.h')):
        for number, line in enumerate(read_lines(path), 1):
            included = re.match(r' *# *include "(.*)"', line)
            if included:
                needs[module_of(path)].setdefault(module_of(included[1]), f'{path}:{number} includes {included[1]}')
    return needs


def symbols_of(path):
    """The symbols that an object defines, and those that it uses from elsewhere."""
    defined, used = set(), set()
    for line in subprocess.run(['nm', '-P', '-g', path], check=True, capture_output=True, text=True).stdout.splitlines():
        name, kind = line.split()[:2]
        (used if kind in 'Uw' else defined).add(name)
    return defined, used


def symbol_needs(objects):
    needs = collections.defaultdict(dict)
    sources = {module_of(path) for path in files_below(['features', 'src'], '.c')}
    owner, uses = {}, collections.defaultdict(set)
    for path in files_below([os.path.join(objects, 'features'), os.path.join(objects, 'src')], '.o'):
        module = module_of(os.path.relpath(path, objects))
        if module in sources:
            defined, used = symbols_of(path)
            owner.update(dict.fromkeys(defined, module))
            uses[module] |= used
    missing = sources - set(uses)
    if missing:
        sys.exit(f'circles.py: {objects} has no object of {", ".join(sorted(missing))}: run `make all` first')
    for module, used in uses.items():
        for symbol in sorted(used & set(owner)):
            if owner[symbol] != module:
                needs[module].setdefault(owner[symbol], f'{module} uses {symbol} of {owner[symbol]}')
    return needs


def circles_of(needs):
    """Tarjan's strongly connected components of two or more modules."""
    index, low, stack, found = {}, {}, [], []

    def visit(module):
        index[module] = low[module] = len(index)
        stack.append(module)
        for other in sorted(needs.get(module, {})):
            if other not in index:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], index[other])
        if low[module] == index[module]:
            at = stack.index(module)
            if len(stack) - at > 1:
                found.append(sorted(stack[at:]))
            del stack[at:]

    for module in sorted(needs):
        if module not in index:
            visit(module)
    return found


def report(kind, needs):
    """Prints the circles and returns their number."""
    circles = circles_of(needs)
    for circle in circles:
        print(f'circle of {kind}: {", ".join(circle)}', file=sys.stderr)
        for module in circle:
            for other, reason in sorted(needs[module].items()):
                if other in circle and other != module:
                    print(f'    {reason}', file=sys.stderr)
    return len(circles)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    includes = include_needs()
    found = report('includes', includes) + report('symbols', symbol_needs(sys.argv[1]))
    included = entries_included(includes)
    for reason in included:
        print(f'a file that fills a table entry is included by nobody: {reason}', file=sys.stderr)
    print(f'{found} circles between files, {len(included)} table entries included')
    sys.exit(bool(found or included))


if __name__ == '__main__':
    main()
