"""examples/dask_rows.py: two workers write what one process writes, also when one of them is killed."""

import os
import signal
import subprocess
import sys
import threading
import time
import unittest

from PIL import Image

import ocellus
from support import ROOT, FolderCase, stripes

sys.path.insert(0, str(ROOT / "examples"))
SPEC = "hog:cell=6+words:count=6,patch=4,samples=1000"


class Dask(FolderCase):
    def same(self, a, b):
        done = subprocess.run(["diff", "-r", self.folder / a, self.folder / b], capture_output=True, text=True)
        self.assertEqual(done.stdout, "")

    def test_the_script_writes_what_one_process_writes(self):
        (self.photos / "across" / "broken.png").write_text("no image")
        arguments = [self.photos, SPEC, self.folder / "rows", "4"]
        script = ROOT / "examples" / "dask_rows.py"
        done = subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True, cwd=self.folder)
        self.assertEqual((done.returncode, done.stdout), (0, "18 rows\n"), done.stderr)
        ocellus.Features.load(self.folder / "rows").write(self.photos, self.folder / "whole")
        self.same("rows", "whole")
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["photos", "rows", "whole"])

    def test_a_worker_that_is_killed_is_replaced(self):
        import dask_rows
        from distributed import Client, LocalCluster

        for number in range(120):
            Image.fromarray(stripes("down", number, 160, 160)).save(self.photos / "down" / f"{number:05}.png")
        features = dask_rows.learn(self.photos, "words:count=200,samples=2000", size=160)
        features.write(self.photos, self.folder / "whole")
        killed = []

        def kill_the_one_at_work(cluster):
            while not killed:
                if list(self.folder.glob("parts-*/*.partial")):
                    killed.append(list(cluster.workers.values())[0].pid)
                    os.kill(killed[0], signal.SIGKILL)
                time.sleep(0.01)

        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
            killer = threading.Thread(target=kill_the_one_at_work, args=(cluster,), daemon=True)
            killer.start()
            with Client(cluster) as client:
                rows = dask_rows.write_rows(client, features, str(self.photos), str(self.folder / "rows"), 4)
            killer.join()
            self.assertNotIn(killed[0], [worker.pid for worker in cluster.workers.values()])
        self.assertEqual(rows, 18 + 120)
        self.same("rows", "whole")


if __name__ == "__main__":
    unittest.main()
