"""What a reader and a type checker see of the package: every public name explained, and types that mypy accepts."""

import inspect
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import ocellus
from support import ROOT

USER = '''
import numpy as np
import ocellus
from pathlib import Path

features = ocellus.Features("hog", size=(24, 24), progress=lambda what, done, total: None)
rows = features.fit_transform(["a.png", b"...", np.zeros((4, 4), np.uint8)])
reveal_type(rows)
reveal_type(features.fit(Path("photos")).transform(np.zeros((2, 4, 4, 3), np.uint8)))
classifier = ocellus.LinearClassifier(l2=0.1).fit(rows, ["a", "b", "a"])
reveal_type(classifier.coef_)
reveal_type(classifier.predict_proba(rows))
reveal_type(ocellus.Model.load("photos.model").classify(["new.jpg"]).labels)
ocellus.Features(spec=3)
'''


def public_members():
    for name in ocellus.__all__:
        value = getattr(ocellus, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            yield name, value
        if inspect.isclass(value) and value.__module__.startswith("ocellus"):
            for member, of in vars(value).items():
                if not member.startswith("_") and (callable(of) or isinstance(of, (property, classmethod))):
                    yield f"{name}.{member}", getattr(of, "__func__", of)


class Documentation(unittest.TestCase):
    def test_every_public_name_is_explained(self):
        members = list(public_members())
        self.assertGreater(len(members), 30)
        for name, member in members:
            self.assertGreater(len(inspect.getdoc(member) or ""), 15, name)

    def test_every_parameter_is_explained(self):
        for name, member in public_members():
            if inspect.isclass(member) and issubclass(member, (Exception, tuple)):
                continue
            scope = ocellus.Features if name.endswith(("load", "merge", "train", "classify")) else None
            text = (inspect.getdoc(member) or "") + (inspect.getdoc(getattr(ocellus, name.split(".")[0])) or "")
            text += inspect.getdoc(scope) if scope else ""
            function = member.__init__ if inspect.isclass(member) else getattr(member, "fget", member)
            for parameter in inspect.signature(function).parameters:
                if parameter not in ("self", "cls", "handle", "path", "folder", "data"):
                    self.assertRegex(text, rf"\b{parameter}\b", name)


@unittest.skipUnless(shutil.which("mypy"), "mypy is not installed")
class Types(unittest.TestCase):
    def checked(self, *arguments):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        command = ["mypy", "--strict", "--cache-dir", folder, *arguments]
        environment = {**os.environ, "MYPYPATH": str(ROOT / "src" / "python")}
        environment.pop("PYTHONPATH", None)
        return subprocess.run(command, capture_output=True, text=True, env=environment).stdout

    def test_the_package_has_the_types_that_it_says(self):
        folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder)
        (folder / "user.py").write_text(USER)
        package = ROOT / "src" / "python" / "ocellus"
        printed = self.checked("--python-executable", sys.executable, package, folder / "user.py")
        lines = [line.split(": ", 1)[1] for line in printed.splitlines() if ": " in line]
        single, double = ("numpy.floating[numpy._typing._32Bit]", "numpy.floating[numpy._typing._64Bit]")
        revealed = [line.split('"')[1] for line in lines if line.startswith("note: Revealed")]
        self.assertEqual(len(revealed), 5, printed)
        for line, kind in zip(revealed, (single, single, double, single, "Union[builtins.str, None]")):
            self.assertIn(kind, line)
        errors = [line for line in lines if line.startswith("error")]
        self.assertEqual(len(errors), 1, printed)
        self.assertIn('"spec" to "Features" has incompatible type "int"', errors[0])


if __name__ == "__main__":
    unittest.main()
