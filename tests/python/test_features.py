"""Features: every kind of image, the bytes of the command, errors, pickles."""

import csv
import pickle
import subprocess
import unittest
import warnings
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

import ocellus
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

    def test_errors_say_what_is_wrong_and_change_nothing(self):
        features = ocellus.Features("hog:cell=6").fit(self.paths)
        before = features.transform(self.paths)
        for wrong, message in (
            (dict(spec="hgo"), "did you mean 'hog'"),
            (dict(size=0), "size"),
            (dict(resize="squeeze"), "squeeze"),
            (dict(seed=-1), "seed"),
            (dict(on_error="ignore"), "on_error"),
        ):
            with self.assertRaisesRegex(ValueError, message):
                clone(features).set_params(**wrong).fit(self.paths)
        for images, error in (
            ([1.5], TypeError),
            ([np.zeros((4, 4))], TypeError),
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
