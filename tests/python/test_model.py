"""Model: trained and applied to the bytes of the command; progress, Ctrl-C, and other Python threads meanwhile."""

import multiprocessing
import pickle
import signal
import subprocess
import sys
import threading
import time
import types
import unittest
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import numpy as np

import ocellus
from support import FolderCase, command, stripes


class Models(FolderCase):
    def trained(self, *options):
        command("train", self.photos, *options, "-o", self.folder / "model")
        return (self.folder / "model").read_bytes()

    def test_training_gives_the_bytes_of_the_command(self):
        self.assertEqual(ocellus.Model.train(self.photos).dumps(), self.trained())
        spec = "hog:cell=6+words:count=6,patch=4"
        expected = self.trained("-f", spec, "--seed", "7", "--size", "20x18", "--loss", "hinge")
        options = dict(features=spec, seed=7, size=(20, 18), loss="hinge")
        self.assertEqual(ocellus.Model.train(self.photos, **options).dumps(), expected)
        self.assertEqual(ocellus.Model.train(self.paths, self.labels, **options).dumps(), expected)
        features = ocellus.Features(options.pop("features"), size=(20, 18), seed=7).fit(self.photos)
        del options["size"]
        self.assertEqual(ocellus.Model.train(self.paths, self.labels, features, **options).dumps(), expected)

    def test_sets_are_trained_on_in_place(self):
        command("extract", self.photos, "-f", "hog:cell=6", "-o", self.folder / "whole")
        parts = [self.folder / f"part{i}" for i in (1, 2)]
        for i, part in enumerate(parts):
            command("extract", self.photos, "-f", "hog:cell=6", "--shard", f"{i + 1}/2", "-o", part)
        command("train", *parts, "--l2", "0.1", "-o", self.folder / "joined")
        expected = (self.folder / "joined").read_bytes()
        self.assertEqual(ocellus.Model.train(parts, l2=0.1).dumps(), expected)
        self.assertEqual(ocellus.Model.train([str(part) for part in parts], l2=0.1).dumps(), expected)
        self.assertEqual(ocellus.Model.train(self.folder / "whole", l2=0.1).dumps(), expected)
        with self.assertRaisesRegex(ocellus.InvalidValue, "photos: several folders are taken as SETs"):
            ocellus.Model.train([parts[0], self.photos])
        with self.assertRaisesRegex(TypeError, "those of the SETs"):
            ocellus.Model.train(parts, features="color")

    def test_classifying_gives_the_answers_of_the_command(self):
        self.trained("-f", "hog:cell=6")
        model = ocellus.Model.load(self.folder / "model")
        new = [stripes(kind, 50) for kind in ("slope", "across", "down")]
        answers = model.classify([*self.paths, *new])
        self.assertEqual(answers.labels, [*self.labels, "slope", "across", "down"])
        self.assertEqual(answers.failures, [])
        command("classify", self.folder / "model", self.photos, "-o", self.folder / "answers.csv")
        lines = [line.split(",") for line in (self.folder / "answers.csv").read_text().splitlines()[1:]]
        self.assertEqual([line[1] for line in lines], answers.labels[:18])
        printed = [float(line[2]) for line in lines]
        np.testing.assert_allclose(printed, answers.probabilities[:18].max(axis=1), atol=1e-4)
        whole = model.classify(self.photos)
        np.testing.assert_array_equal(whole.scores, answers.scores[:18])
        one = model.classify(self.paths, threads=1)
        np.testing.assert_array_equal(one.scores, answers.scores[:18])

    def test_what_a_model_says_of_itself(self):
        model = ocellus.Model.train(self.photos, features="hog:cell=6")
        self.assertEqual((model.classes, model.spec), (["across", "down", "slope"], "hog:cell=6"))
        self.assertEqual(model.info["classes"], model.classes)
        self.assertIn("hog:cell=6", repr(model))
        again = pickle.loads(pickle.dumps(model))
        self.assertEqual(again.dumps(), model.dumps())
        model.save(self.folder / "saved")
        self.assertEqual((self.folder / "saved").read_bytes(), model.dumps())

    def test_images_that_cannot_be_read_raise_or_are_reported(self):
        model = ocellus.Model.train(self.photos, features="hog:cell=6")
        images = [self.paths[0], b"nothing", self.arrays[-1]]
        with self.assertRaisesRegex(ocellus.ImageError, "image#1"):
            model.classify(images)
        with self.assertWarnsRegex(ocellus.OcellusWarning, "1 image"):
            answers = model.classify(images, on_error="skip")
        self.assertEqual(answers.labels, ["across", None, "slope"])
        self.assertEqual(answers.failures[0][:2], (1, "image#1"))
        self.assertTrue(np.isnan(answers.scores[1]).all() and np.isfinite(answers.scores[[0, 2]]).all())
        with self.assertWarnsRegex(ocellus.OcellusWarning, "1 image"):
            ocellus.Model.train([*self.paths, b"nothing"], [*self.labels, "down"], "hog:cell=6")
        with self.assertRaises(ocellus.ImageError):
            ocellus.Model.train([*self.paths, b"nothing"], [*self.labels, "down"], "hog:cell=6", on_error="raise")

    def test_files_and_options_that_are_wrong_are_explained(self):
        with self.assertRaises(FileNotFoundError):
            ocellus.Model.load(self.folder / "none")
        for data in (b"", b"text", ocellus.Model.train(self.photos, features="hog:cell=6").dumps()[:-4]):
            with self.assertRaises(ocellus.InvalidValue):
                ocellus.Model.loads(data)
        with self.assertRaisesRegex(ocellus.InvalidValue, "there is no option 'lose'"):
            ocellus.Model.train(self.photos, lose="hinge")
        with self.assertRaisesRegex(ocellus.InvalidValue, "needs labels"):
            ocellus.Model.train(self.paths)
        for features in (None, ["hog"]):
            with self.assertRaisesRegex(TypeError, "features are a spec"):
                ocellus.Model.train(self.paths, self.labels, features)
        for labels in (5, dict(a=1), "text"):
            with self.assertRaisesRegex(TypeError, "labels are a sequence"):
                ocellus.Model.train(self.paths, labels, "hog:cell=6")
        with self.assertRaisesRegex(ocellus.InvalidValue, "no option 'output'"):
            ocellus.Model.train(self.paths, self.labels, "hog:cell=6", output="set")
        with self.assertRaises(TypeError):
            ocellus.Model.loads("text")
        with self.assertRaisesRegex(ValueError, "on_error"):
            ocellus.Model.train(self.photos, on_error="ignore")


def same_rows(task):
    features, images, rows, classifier = task
    again = ocellus.LinearClassifier().fit(rows, np.arange(len(rows)) % 3)
    return (
        features.transform(images).tobytes() == rows.tobytes()
        and again.decision_function(rows).tobytes() == classifier.decision_function(rows).tobytes()
    )


class Jobs(FolderCase):
    def test_other_processes_work_after_a_fork_or_a_start_of_their_own(self):
        features = ocellus.Features("hog:cell=6+words:count=6,patch=4,samples=1000")
        rows = features.fit_transform(self.arrays)
        task = features, self.arrays, rows, ocellus.LinearClassifier().fit(rows, np.arange(len(rows)) % 3)
        self.assertTrue(same_rows(task))
        for method, processes in (("fork", 2), ("spawn", 1)):
            with multiprocessing.get_context(method).Pool(processes) as pool:
                self.assertEqual(pool.map(same_rows, [task] * 2), [True] * 2)
        with ThreadPoolExecutor(4) as pool:
            self.assertEqual(list(pool.map(same_rows, [task] * 8)), [True] * 8)

    def test_an_exception_of_a_signal_handler_ends_the_work(self):
        rows = np.random.default_rng(0).normal(size=(20000, 200)).astype(np.float32)
        long = ocellus.LinearClassifier(optimizer="gd", epochs=1000000, threads=1)

        def ring(_, frame):
            while frame:  # nowhere else
                if frame.f_code is ocellus.LinearClassifier.fit.__code__:
                    raise TimeoutError("the time is up")
                frame = frame.f_back

        before = signal.signal(signal.SIGALRM, ring)
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        for again in (0, 0.003):  # once, and while the first is dealt with
            signal.setitimer(signal.ITIMER_REAL, 0.2, again)
            with self.assertRaisesRegex(TimeoutError, "the time is up"):
                long.fit(rows, np.arange(20000) % 7)
            signal.setitimer(signal.ITIMER_REAL, 0)
        self.assertFalse(hasattr(long, "classes_"))
        ocellus.LinearClassifier(epochs=1).fit(rows[:300], np.arange(300) % 7)

    def test_progress_is_told_to_a_function(self):
        seen = []
        features = ocellus.Features("hog:cell=6", progress=lambda *told: seen.append(told))
        features.fit_transform(self.paths)
        self.assertEqual(seen[-1][1:], (18, 18))
        self.assertIsInstance(seen[-1][0], str)

    def test_an_exception_of_that_function_ends_the_work(self):
        def refuse(what, done, total):
            raise RuntimeError("enough")

        features = ocellus.Features("hog:cell=6", progress=refuse)
        with self.assertRaisesRegex(RuntimeError, "enough"):
            features.fit_transform(self.paths)
        self.assertFalse(features.__sklearn_is_fitted__())

    def test_progress_true_is_tqdm_where_it_is_installed(self):
        bars = []

        class Bar:
            def __init__(self, total, desc):
                self.total, self.desc, self.n, self.closed = total, desc, 0, False
                bars.append(self)

            def update(self, by):
                self.n += by

            def close(self):
                self.closed = True

        module = types.ModuleType("tqdm.auto")
        module.tqdm = Bar
        with mock.patch.dict(sys.modules, {"tqdm": types.ModuleType("tqdm"), "tqdm.auto": module}):
            ocellus.Features("hog:cell=6", progress=True).fit_transform(self.paths)
        self.assertEqual((bars[-1].n, bars[-1].total, bars[-1].closed), (18, 18, True))
        with mock.patch.dict(sys.modules, {"tqdm": None, "tqdm.auto": None}):
            ocellus.Features("hog:cell=6", progress=True).fit_transform(self.paths)

    def test_other_threads_run_and_work_meanwhile(self):
        ticks, results = [], []
        rows = np.random.default_rng(0).normal(size=(20000, 300)).astype(np.float32)
        labels = np.arange(20000) % 5
        threads = [
            threading.Thread(target=lambda: results.append(ocellus.LinearClassifier(threads=1).fit(rows, labels)))
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            ticks.append(time.monotonic())
            time.sleep(0.005)
        longest = max(np.diff(ticks))
        self.assertGreater(len(ticks), 10)
        self.assertLess(longest, 0.5 * (ticks[-1] - ticks[0]) + 0.1)
        np.testing.assert_array_equal(results[0].coef_, results[1].coef_)

    def test_control_c_cancels(self):
        code = """
import numpy as np, ocellus, sys
rows = np.random.default_rng(0).normal(size=(60000, 400)).astype(np.float32)
def told(what, done, total):
    print("working", flush=True)
try:
    ocellus.LinearClassifier(optimizer="gd", epochs=100000, threads=1, progress=told).fit(rows, np.arange(60000) % 7)
except KeyboardInterrupt:
    print("cancelled")
    ocellus.LinearClassifier(epochs=1).fit(rows[:500], np.arange(500) % 7)
    print("and usable")
"""
        # A job in the background of a shell ignores SIGINT, and so would its children.
        restore = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)  # noqa: E731
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, preexec_fn=restore)
        self.assertEqual(process.stdout.readline(), "working\n")
        process.send_signal(signal.SIGINT)
        started = time.monotonic()
        rest = process.communicate(timeout=60)[0].replace("working\n", "")
        self.assertEqual(rest, "cancelled\nand usable\n")
        self.assertLess(time.monotonic() - started, 20)


if __name__ == "__main__":
    unittest.main()
