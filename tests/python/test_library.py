"""The declarations of _library.py against the C compiler's, and where the library is found."""

import ctypes
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import ocellus
from ocellus import _library
from support import ROOT

STRUCTS = {
    "oc_error": _library.Error,
    "oc_listener": _library.Listener,
    "oc_pixels": _library.Pixels,
    "oc_dataset_image": _library.DatasetImage,
    "oc_answer_arrays": _library.AnswerArrays,
    "oc_extent": _library.Extent,
}
COMPILER = os.environ.get("CC", "cc")


def compiled(source, *options):
    """Runs the compiler on a program that includes the headers; returns the folder of its results."""
    folder = Path(tempfile.mkdtemp())
    (folder / "a.c").write_text("#include <ocellus/ocellus.h>\n#include <stdio.h>\n" + source)
    subprocess.run([COMPILER, "-std=c11", f"-I{ROOT / 'include'}", *options, "a.c"], cwd=folder, check=True)
    return folder


class Layout(unittest.TestCase):
    def test_structs_have_the_layout_of_the_compiler(self):
        lines, expected = [], []
        for name, mirror in STRUCTS.items():
            lines.append(f'printf("{name} %zu\\n", sizeof({name}));')
            expected.append(f"{name} {ctypes.sizeof(mirror)}")
            for field, _ in mirror._fields_:
                lines.append(
                    f'printf("{name}.{field} %zu %zu\\n", offsetof({name}, {field}), sizeof((({name} *)0)->{field}));'
                )
                place = getattr(mirror, field)
                expected.append(f"{name}.{field} {place.offset} {place.size}")
        folder = compiled("int main(void) {" + "\n".join(lines) + "return 0; }", "-o", "a")
        printed = subprocess.run([folder / "a"], capture_output=True, text=True, check=True).stdout
        self.assertEqual(printed.splitlines(), expected)

    def test_functions_have_the_arguments_of_the_headers(self):
        folder = compiled("", "-fsyntax-only", "-aux-info", "protos")
        declared = {}
        for line in (folder / "protos").read_text().splitlines():
            found = re.search(r"(\w+) \((.*)\);$", line)
            if found and found[1].startswith("oc_"):
                outer = re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", found[2]))
                declared[found[1]] = 0 if outer == "void" else outer.count(",") + 1
        for name, types in _library._CALLS.items():
            self.assertEqual(declared[name], len(types) + 1, name)
        for name, (_, types) in _library._PLAIN.items():
            self.assertEqual(declared[name], len(types), name)

    def test_statuses_are_in_the_order_of_the_header(self):
        self.assertEqual(_library.library.oc_status_text(_library.CANCELLED), b"cancelled")
        self.assertEqual(_library.library.oc_status_text(2), b"out of memory")
        self.assertEqual(_library.library.oc_status_text(4), b"not found")

    def test_the_version_is_that_of_the_library(self):
        self.assertEqual(_library.library.oc_version().decode(), ocellus.__version__)


class Places(unittest.TestCase):
    def imported(self, **environment):
        code = "import ocellus; print(ocellus._library.library._name)"
        path = os.environ.get("PYTHONPATH", "")
        kept = {"PATH": os.environ["PATH"], "PYTHONPATH": path, **environment}
        return subprocess.run([sys.executable, "-c", code], env=kept, capture_output=True, text=True)

    def test_the_file_that_the_environment_names_is_taken(self):
        own = _library.library._name
        if "/" not in own:
            self.skipTest("the library was found by the loader")
        self.assertEqual(self.imported(OCELLUS_LIBRARY=own).stdout.strip(), own)

    def test_a_missing_library_and_one_of_another_version_are_explained(self):
        missing = self.imported(OCELLUS_LIBRARY="/nowhere/libocellus.so")
        self.assertIn("OCELLUS_LIBRARY", missing.stderr)
        self.assertIn("/nowhere/libocellus.so", missing.stderr)
        folder = Path(tempfile.mkdtemp())
        (folder / "old.c").write_text('const char *oc_version(void) { return "9.8.7"; }')
        subprocess.run([COMPILER, "-shared", "-fPIC", "-o", "old.so", "old.c"], cwd=folder, check=True)
        self.assertIn("version 9.8.7", self.imported(OCELLUS_LIBRARY=str(folder / "old.so")).stderr)


if __name__ == "__main__":
    unittest.main()
