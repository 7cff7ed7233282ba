"""The package as make install-python and pip put it in place."""

import os
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

from support import COMMAND, ROOT, FolderCase

TRY = "import ocellus; print(ocellus.__file__); print(ocellus._library.library._name); print(ocellus.__version__)"


class Installed(FolderCase):
    def imported(self, where, **more):
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(where), **more}
        command = [sys.executable, "-c", TRY]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.splitlines()

    def make(self, *arguments):
        build = Path(COMMAND).resolve().parent
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        command = ["make", "-s", "-C", ROOT, f"BUILD={build}", f"PREFIX={self.folder}/opt", *arguments]
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)

    def test_make_install_python_finds_the_library_below_the_prefix(self):
        self.make("install", "install-python")
        (package,) = (self.folder / "opt").glob("lib/python3*/*-packages")
        file, library, version = self.imported(package)
        self.assertTrue(file.startswith(str(package)))
        self.assertTrue(os.path.samefile(library, self.folder / "opt" / "lib" / "libocellus.so"))
        self.make("uninstall-python", "uninstall")
        left = [path for path in (self.folder / "opt").rglob("*") if not path.is_dir()]
        self.assertEqual((left, package.exists()), ([], True))
        self.assertFalse((package / "ocellus").exists())

    def test_pip_installs_it(self):
        shutil.copytree(ROOT / "src" / "python", self.folder / "python")
        options = ["--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--root-user-action=ignore"]
        target = self.folder / "target"
        subprocess.run(
            [sys.executable, "-m", "pip", "install", *options, "--target", target, self.folder / "python"], check=True
        )
        from ocellus import _library

        library = os.environ.get("OCELLUS_LIBRARY", _library.library._name)
        file, found, version = self.imported(target, OCELLUS_LIBRARY=os.path.abspath(library))
        self.assertTrue(file.startswith(str(target)))
        self.assertTrue((target / "ocellus" / "py.typed").exists())


if __name__ == "__main__":
    unittest.main()
