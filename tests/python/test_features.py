"""Features: every kind of image, the bytes of the command, errors, pickles."""

import csv
import pickle
import re
import shutil
import subprocess
import unittest
import warnings
from io import BytesIO
from mmap import ACCESS_READ, mmap
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

import ocellus
from ocellus import _images
from support import FolderCase, command, stripes

SPEC = "hog:cell=6+words:count=6,patch=4,samples=1000"


def encoded(image, kind="PNG", **options):
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


class Rows(FolderCase):
    def test_rows_are_the_bytes_of_the_command(self):
        expected = self.extracted("-f", SPEC)
        for threads in (1, 2):
            features = ocellus.Features(SPEC, threads=threads)
            rows = features.fit_transform(self.paths)
            self.assertEqual(rows.dtype, np.float32)
            self.assertEqual(rows.tobytes(), expected.tobytes())
            self.assertEqual(features.fit(self.paths).transform(self.paths).tobytes(), expected.tobytes())
            self.assertEqual(ocellus.Features(SPEC).fit_transform(self.photos).tobytes(), expected.tobytes())

    def test_size_seed_and_resize_are_those_of_the_command(self):
        expected = self.extracted("-f", SPEC, "--size", "24x20", "--fit", "pad", "--seed", "5")
        features = ocellus.Features(SPEC, size=(24, 20), resize="pad", seed=5)
        self.assertEqual(features.fit_transform(self.paths).tobytes(), expected.tobytes())
        self.assertEqual(features.size_, (24, 20))

    def test_every_kind_of_image_gives_the_row_of_its_file(self):
        features = ocellus.Features("pixels:size=6+color+hog:cell=6").fit(self.paths)
        expected = features.transform(self.paths[:1])
        path, array = self.paths[0], self.arrays[0]
        wide = np.zeros((18, 40, 3), np.uint8)
        wide[:, 3:21] = array
        kinds = [
            path,
            Path(path),
            Path(path).read_bytes(),
            bytearray(Path(path).read_bytes()),
            Image.open(path),
            array,
            wide[:, 3:21],
            np.asfortranarray(array),
            array[::-1][::-1],
            np.ascontiguousarray(array[:, ::-1])[:, ::-1],
            Image.fromarray(array).convert("RGBA"),
        ]
        rows = features.transform(kinds)
        for kind, row in zip(kinds, rows):
            np.testing.assert_array_equal(row, expected[0], err_msg=repr(type(kind)))
        stacked = features.transform(np.stack(self.arrays))
        np.testing.assert_array_equal(stacked, features.transform(self.paths))

    def test_pil_images_are_what_their_files_are(self):
        gray = Image.fromarray(self.arrays[0][:, :, 0])
        deep = Image.fromarray(self.arrays[0][:, :, 0].astype(np.uint16) * 257)
        glass = Image.fromarray(self.arrays[0]).convert("RGBA")
        glass.putalpha(gray)
        images = [gray, gray.convert("1"), gray.convert("LA"), deep, glass, glass.quantize(16)]
        features = ocellus.Features("pixels:size=6").fit(images[:1])
        rows, expected = features.transform(images), features.transform([encoded(image) for image in images])
        np.testing.assert_array_equal(rows, expected)
        turned = Image.Exif()
        turned[0x0112] = 6
        jpeg = encoded(Image.fromarray(self.arrays[0][:9]), "JPEG", exif=turned.tobytes(), subsampling=0)
        both = features.transform([jpeg, Image.open(BytesIO(jpeg))])
        np.testing.assert_array_equal(both[0], both[1])
        other = [Image.fromarray(self.arrays[0]).convert(mode) for mode in ("CMYK", "YCbCr", "F", "HSV")]
        self.assertEqual(features.transform(other).shape, (4, 108))

    def test_stages_with_a_size_of_their_own_and_fisher_vectors(self):
        for spec in (
            "hog:cell=8,size=48+color:size=12",
            "pixels:size=5+words:count=3,patch=4,samples=1000,encode=fisher,size=24x20",
        ):
            shutil.rmtree(self.folder / "set", ignore_errors=True)
            expected = self.extracted("-f", spec)
            features = ocellus.Features(spec)
            rows = features.fit_transform(self.paths)
            self.assertEqual(rows.tobytes(), expected.tobytes())
            self.assertEqual(pickle.loads(pickle.dumps(features)).transform(self.arrays).tobytes(), expected.tobytes())
            features.save(self.folder / "stages")
            for place in ("stages", "set"):
                loaded = ocellus.Features.load(self.folder / place)
                self.assertEqual((loaded.spec, loaded.size_), (spec, (18, 18)))
                self.assertEqual(loaded.transform(self.paths).tobytes(), expected.tobytes())
            names = features.get_feature_names_out()
            self.assertEqual((len(set(names)), len(names)), (rows.shape[1], rows.shape[1]))
            parts = [name.split(".")[0] for name in names]
            self.assertEqual(list(dict.fromkeys(parts)), re.findall(r"(?:^|[+])([a-z]+)", spec))
            first = spec.split("+")[0]
            alone = ocellus.Features(first).fit_transform(self.paths)
            np.testing.assert_array_equal(rows[:, : alone.shape[1]], alone)
            model = ocellus.Model.train(self.photos, features=spec)
            command("train", self.photos, "-f", spec, "-o", self.folder / "model")
            self.assertEqual(model.dumps(), (self.folder / "model").read_bytes())

    def test_arrays_are_taken_where_they_lie(self):
        wide = np.zeros((40, 60, 3), np.uint8)
        for image in (wide, wide[3:9, 5:50], wide[::2], wide[:, :, 1][:, :7].copy(), wide[:, :1], wide[:1], wide[::-1]):
            array, pixels = _images._pixels(image, 0)
            in_place = image.strides[0] > 0
            self.assertEqual(np.shares_memory(array, image), in_place)
            self.assertEqual(pixels.data, array.ctypes.data)
            self.assertGreaterEqual(pixels.stride, pixels.width * pixels.channels)
        gray = np.zeros((40, 60), np.uint8)
        self.assertTrue(np.shares_memory(_images._pixels(gray[3:9, 5:50], 0)[0], gray))
        backwards = self.arrays[0][::-1][-1:]  # one line, whose stride is negative
        features = ocellus.Features("color").fit(self.arrays)
        np.testing.assert_array_equal(features.transform([backwards]), features.transform([self.arrays[0][:1]]))

    def test_views_read_only_arrays_and_buffers_give_the_row_of_a_copy(self):
        features = ocellus.Features("pixels:size=6+color").fit(self.arrays)
        image, data = self.arrays[0], Path(self.paths[0]).read_bytes()
        fixed = image.copy()
        fixed.flags.writeable = False
        np.save(self.folder / "image.npy", image)
        spread = memoryview(bytes(x for byte in data for x in (byte, 0)))[::2]
        with open(self.paths[0], "rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as mapped:
            kinds = [fixed, np.load(self.folder / "image.npy", mmap_mode="r"), memoryview(data), spread, mapped]
            rows = features.transform(kinds)
        for row in rows:
            np.testing.assert_array_equal(row, features.transform([image])[0])
        gray = image[:, :, 0]
        np.testing.assert_array_equal(features.transform([np.ma.array(gray)]), features.transform([gray]))

    def test_pil_images_of_many_bits(self):
        features = ocellus.Features("pixels:size=6").fit(self.arrays)
        deep = self.arrays[0][:, :, 0].astype(np.uint16) * 257
        Image.fromarray(deep).save(self.folder / "deep.png")
        with Image.open(self.folder / "deep.png") as image:
            np.testing.assert_array_equal(features.transform([image]), features.transform([self.folder / "deep.png"]))
        for wrong, message in (
            (deep.astype(np.int32) - 20000, "0 to 65535"),
            ((deep / 65535).astype(np.float32), "not 0 to 1"),
        ):
            with self.assertRaisesRegex(ocellus.ImageError, f"image#0: Pillow cannot give its pixels.*{message}"):
                features.transform([Image.fromarray(wrong)])

    def test_gray_arrays_with_and_without_an_axis_are_the_same(self):
        gray = [array[:, :, 0] for array in self.arrays]
        features = ocellus.Features("hog:cell=6")
        rows = features.fit_transform(gray)
        np.testing.assert_array_equal(rows, features.transform([image[:, :, None] for image in gray]))

    def test_rows_outlive_what_they_came_from_and_are_writable_copies_of_nothing(self):
        rows = [ocellus.Features("hog:cell=6").fit_transform(self.paths) for _ in range(3)]
        np.testing.assert_array_equal(rows[0], rows[2])
        part = rows[1][:, 3:5]
        del rows[1]
        self.assertTrue(np.isfinite(part).all())

    def test_images_of_other_sizes_are_noted(self):
        images = self.arrays + [stripes("down", 1, 30, 20)]
        with self.assertWarnsRegex(ocellus.OcellusWarning, "differ in size.*128x128"):
            features = ocellus.Features("pixels:size=4").fit(images)
        self.assertEqual(features.size_, (128, 128))


class Failures(FolderCase):
    def test_all_images_that_cannot_be_read_are_named(self):
        features = ocellus.Features("hog:cell=6").fit(self.paths)
        images = [self.paths[0], "missing.png", self.arrays[0], b"nothing", "missing.png", self.paths[1]]
        with self.assertRaisesRegex(ocellus.ImageError, r"(?s)3 image.*missing.png.*image#3.*missing.png") as caught:
            features.transform(images)
        self.assertEqual([index for index, _, _ in caught.exception.failures], [1, 3, 4])
        again = pickle.loads(pickle.dumps(caught.exception))
        self.assertEqual(again.failures, caught.exception.failures)
        features.set_params(on_error="skip")
        with self.assertWarnsRegex(ocellus.OcellusWarning, "3 image.*first, 1: missing.png"):
            rows = features.transform(images)
        self.assertEqual(features.kept_.tolist(), [0, 2, 5])
        self.assertEqual([index for index, _, _ in features.skipped_], [1, 3, 4])
        np.testing.assert_array_equal(rows, features.transform([images[i] for i in (0, 2, 5)]))
        self.assertEqual(features.skipped_, [])

    def test_where_none_can_be_read_all_are_named_or_there_are_no_rows(self):
        Path(self.folder / "half.png").write_bytes(Path(self.paths[0]).read_bytes()[:200])
        images = [b"", "missing.png", Image.open(self.folder / "half.png")]
        features = ocellus.Features("hog:cell=6").fit(self.paths)
        for call in (features.transform, ocellus.Features("hog:cell=6", on_error="skip").fit, features.fit_transform):
            with self.assertRaisesRegex(ocellus.ImageError, "(?s)3 image.*empty.*missing.png.*image#2: Pillow.*trunc"):
                call(images)
        with self.assertRaisesRegex(ocellus.ImageError, "2 image"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ocellus.Model.train(images[:2], ["a", "b"], "hog:cell=6")
        features.set_params(on_error="skip")
        with self.assertWarnsRegex(ocellus.OcellusWarning, "3 image.*first, 0: image#0: empty"):
            rows = features.transform(images)
        self.assertEqual((rows.shape, rows.dtype), ((0, features.n_features_out_), np.float32))
        self.assertEqual((len(features.skipped_), features.kept_.tolist()), (3, []))
        images[2].close()

    def test_more_pixels_than_the_limit_are_refused(self):
        images = [np.zeros((20, 30), np.uint8), np.zeros((20, 31), np.uint8)]
        features = ocellus.Features("color", size=20, max_pixels=600)
        with self.assertRaisesRegex(ocellus.ImageError, "1 image.*\n.*image#1.*20.*limit of 600"):
            features.fit_transform(images)
        self.assertEqual(features.set_params(max_pixels=None).fit_transform(images).shape[0], 2)
        model = ocellus.Model.train(self.photos, features="color")
        with self.assertRaisesRegex(ocellus.ImageError, "limit of 600"):
            model.classify(images, max_pixels=600)

    def test_warnings_are_of_the_line_that_called(self):
        images = self.arrays + [stripes("down", 1, 30, 20)]
        for call in (ocellus.Features("color").fit, ocellus.Features("color").fit_transform):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                call(images)
            self.assertEqual([Path(warning.filename).name for warning in caught], ["test_features.py"])

    def test_errors_say_what_is_wrong_and_change_nothing(self):
        features = ocellus.Features("hog:cell=6").fit(self.paths)
        before = features.transform(self.paths)
        for wrong, message in (
            (dict(spec="hgo"), "did you mean 'hog'"),
            (dict(size=0), "size"),
            (dict(resize="squeeze"), "squeeze"),
            (dict(seed=-1), "seed"),
            (dict(on_error="ignore"), "on_error"),
            (dict(size=(4.5, 4)), "size=.*whole numbers"),
            (dict(threads=-1), "threads=-1.*1 to 256"),
            (dict(threads=1.5), "threads=1.5"),
            (dict(spec="hog\0"), "NUL"),
            (dict(max_pixels=0), "max-pixels"),
        ):
            with self.assertRaisesRegex(ValueError, message):
                clone(features).set_params(**wrong).fit(self.paths)
        for images, error in (
            ([1.5], TypeError),
            ([np.zeros((4, 4))], TypeError),
            ([self.arrays[0].transpose(2, 0, 1)], TypeError),
            ([np.frombuffer(b"one", np.uint8)], TypeError),
            (self.arrays[0], TypeError),
            (self.arrays[0][:, :, 0], TypeError),
            (5, TypeError),
            (memoryview(b"one"), TypeError),
            ([self.paths[0] + "\0.png"], ValueError),
            ([np.zeros((4, 4, 4), np.uint8)], TypeError),
            (b"one", TypeError),
            ([], ValueError),
            ("no-such-folder", FileNotFoundError),
            ([np.zeros((0, 4), np.uint8)], ocellus.InvalidValue),
        ):
            with self.assertRaises(error):
                features.transform(images)
        np.testing.assert_array_equal(features.transform(self.paths), before)
        with self.assertRaises(NotFittedError):
            ocellus.Features().transform(self.paths)
        with self.assertRaises(NotFittedError):
            ocellus.Features().get_feature_names_out()


class Keeping(FolderCase):
    def test_pickles_and_files_give_the_same_rows(self):
        features = ocellus.Features(SPEC, threads=1, seed=3).fit(self.paths)
        expected = features.transform(self.paths)
        again = pickle.loads(pickle.dumps(features))
        self.assertEqual(again.get_params(), features.get_params())
        np.testing.assert_array_equal(again.transform(self.paths), expected)
        features.save(self.folder / "stages")
        loaded = ocellus.Features.load(self.folder / "stages", threads=2)
        self.assertEqual((loaded.spec, loaded.size, loaded.threads), (SPEC, (18, 18), 2))
        np.testing.assert_array_equal(loaded.transform(self.paths), expected)
        self.assertFalse(pickle.loads(pickle.dumps(ocellus.Features())).__sklearn_is_fitted__())

    def test_loaded_stages_keep_size_and_fit_on_other_images(self):
        other = [stripes("down", i, 30, 20) for i in range(3)]
        features = ocellus.Features(SPEC, resize="crop").fit(self.paths)
        expected = features.transform(other)
        features.save(self.folder / "stages")
        loaded = ocellus.Features.load(self.folder / "stages")
        self.assertEqual(loaded.resize, "crop")
        np.testing.assert_array_equal(loaded.transform(other), expected)
        np.testing.assert_array_equal(pickle.loads(pickle.dumps(features)).transform(other), expected)

    def test_stages_are_a_sets_and_a_set_is_loaded(self):
        expected = self.extracted("-f", SPEC)
        loaded = ocellus.Features.load(self.folder / "set")
        self.assertEqual(loaded.transform(self.paths).tobytes(), expected.tobytes())
        with self.assertRaisesRegex(TypeError, "spec is that of the file"):
            ocellus.Features.load(self.folder / "set", spec="color")
        ocellus.Features(SPEC).fit(self.paths).save(self.folder / "stages")
        stages = (self.folder / "set" / "stages.safetensors").read_bytes()
        self.assertEqual((self.folder / "stages").read_bytes(), stages)

    def test_write_makes_the_set_of_the_command_and_shards_that_merge_takes(self):
        self.extracted("-f", SPEC)
        features = ocellus.Features(SPEC)
        self.assertEqual(features.write(self.photos, self.folder / "written"), 18)
        subprocess.run(["diff", "-r", self.folder / "set", self.folder / "written"], check=True)
        parts = [self.folder / f"part{i}" for i in (1, 2, 3)]
        for i, part in enumerate(parts):
            ocellus.Features.load(self.folder / "set").write(self.photos, part, shard=(i + 1, 3))
        command("merge", *parts, "-o", self.folder / "merged")
        self.assertEqual(ocellus.merge(parts[::-1], self.folder / "merged2"), 18)
        for merged in ("merged", "merged2"):
            subprocess.run(["diff", "-r", self.folder / "set", self.folder / merged], check=True)
        with self.assertRaises(ocellus.InvalidValue):
            ocellus.merge(parts[:2], self.folder / "incomplete")
        with self.assertRaisesRegex(TypeError, "sequence of SETs"):
            ocellus.merge(parts[0], self.folder / "incomplete")
        with self.assertRaisesRegex(ValueError, "learn"):
            ocellus.Features(SPEC).write(self.photos, self.folder / "x", shard=(1, 2))

    def test_labels_of_a_sequence_are_written(self):
        features = ocellus.Features("hog:cell=6")
        features.write(self.arrays, self.folder / "written", labels=self.labels)
        with open(self.folder / "written" / "index.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([row["label"] for row in rows], self.labels)
        self.assertEqual(rows[4]["path"], "image#4")
        with self.assertRaisesRegex(ValueError, "2 labels for 18"):
            features.write(self.arrays, self.folder / "x", labels=["a", "b"])
        with self.assertRaises(TypeError):
            features.write(self.photos, self.folder / "x", labels=["a", "b"])

    def test_labels_of_many_kinds_become_texts(self):
        class Column(list):  # as a table of pandas, it is indexed by the names of its lines
            def __getitem__(self, name):
                raise KeyError(name)

        features = ocellus.Features("color")
        labels = Column(["é", b"b\xff", 3, np.int64(4), True, np.str_("s"), None, np.nan, 1.5])
        features.write(self.arrays[:9], self.folder / "written", labels=labels)
        with open(self.folder / "written" / "index.csv", newline="", errors="surrogateescape") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([row["label"] for row in rows], ["é", "b\udcff", "3", "4", "True", "s", "", "", "1.5"])
        for wrong, error in (("ab", TypeError), ([["a"], "b"], TypeError), (["a\0", "b"], ValueError)):
            with self.assertRaises(error):
                features.write(self.arrays[:2], self.folder / "x", labels=wrong)

    def test_columns_of_pandas_are_sequences_and_tables_are_none(self):
        try:
            import pandas
        except ImportError:
            self.skipTest("pandas is not installed")
        table = pandas.DataFrame({"path": self.paths, "label": self.labels}).iloc[::-1]
        features = ocellus.Features("color").set_output(transform="pandas")
        rows = features.fit_transform(table.path)
        self.assertEqual(list(rows.columns), list(features.get_feature_names_out()))
        np.testing.assert_array_equal(rows.to_numpy(), ocellus.Features("color").fit_transform(self.paths[::-1]))
        model = ocellus.Model.train(table.path, table.label, "color")
        self.assertEqual(model.dumps(), ocellus.Model.train(self.paths[::-1], self.labels[::-1], "color").dumps())
        with self.assertRaisesRegex(ocellus.InvalidValue, "6 of 18 images have no label"):
            ocellus.Model.train(table.path, table.label.where(table.label != "down", pandas.NA), "color")
        with self.assertRaisesRegex(TypeError, "table.'path'"):
            features.fit(table)

    def test_parts_that_are_none_are_refused(self):
        features = ocellus.Features("color").fit(self.arrays)
        for shard in ((0, 2), (3, 2), (1.5, 2), (1,), (-1, 2), 1):
            with self.assertRaisesRegex(ValueError, "shard=.*part i, from 1 to n"):
                features.write(self.photos, self.folder / "x", shard=shard)

    def test_names_are_as_many_as_values_and_differ(self):
        features = ocellus.Features("hog:cell=6+color+hog:cell=9").fit(self.paths)
        names = features.get_feature_names_out()
        self.assertEqual(len(names), features.n_features_out_)
        self.assertEqual(len(set(names)), len(names))
        self.assertEqual(names[0], "hog.y0.x0.b0")
        self.assertEqual(names[-1], "hog2.y1.x1.b8")


if __name__ == "__main__":
    warnings.simplefilter("default")
    unittest.main()
