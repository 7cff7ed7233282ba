"""LinearClassifier: scikit-learn's own checks, the bytes of the command, and its place among other estimators."""

import pickle
import subprocess
import sys
import unittest
import warnings

import numpy as np
from sklearn.datasets import load_digits, load_iris
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer
from sklearn.utils.estimator_checks import check_estimator

import ocellus
from ocellus import _substitutes
from support import FolderCase, command


class Checks(unittest.TestCase):
    def test_scikit_learn_checks_it(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for loss in ("softmax", "hinge"):
                ran = 0
                for estimator, check in check_estimator(ocellus.LinearClassifier(loss=loss), generate_only=True):
                    try:
                        check(estimator)
                        ran += 1
                    except unittest.SkipTest as skipped:  # one check reads the column names of a pandas table
                        self.assertIn("pandas", str(skipped))
                self.assertGreater(ran, 40)

    def test_it_learns_digits(self):
        rows, labels = load_digits(return_X_y=True)
        scores = cross_val_score(ocellus.LinearClassifier(), rows, labels, cv=3)
        self.assertGreater(scores.mean(), 0.9)


class Rows(FolderCase):
    def test_models_and_predictions_are_the_bytes_of_the_command(self):
        rows = self.extracted("-f", "hog:cell=6")
        np.save(self.folder / "rows.npy", rows)
        (self.folder / "labels.txt").write_text("\n".join(self.labels) + "\n")
        options = ["--loss", "square", "--l2", "0.01", "--epochs", "3", "--seed", "4", "--scale", "center"]
        arguments = [self.folder / "rows.npy", "--labels", self.folder / "labels.txt", "-o", self.folder / "model"]
        command("train", *arguments, *options)
        classifier = ocellus.LinearClassifier(loss="square", l2=0.01, epochs=3, seed=4, scale="center")
        classifier.fit(rows, self.labels).save(self.folder / "ours")
        self.assertEqual((self.folder / "ours").read_bytes(), (self.folder / "model").read_bytes())
        command("train", *arguments)
        plain = ocellus.LinearClassifier().fit(rows, self.labels)
        plain.save(self.folder / "ours")
        self.assertEqual((self.folder / "ours").read_bytes(), (self.folder / "model").read_bytes())
        command("classify", self.folder / "model", self.folder / "rows.npy", "-o", self.folder / "answers.csv")
        lines = [line.split(",") for line in (self.folder / "answers.csv").read_text().splitlines()[1:]]
        self.assertEqual([line[1] for line in lines], plain.predict(rows).tolist())
        best = plain.predict_proba(rows).max(axis=1)
        np.testing.assert_allclose([float(line[2]) for line in lines], best, atol=1e-4)

    def test_coefficients_give_the_scores_of_rows_as_they_are(self):
        rows = self.extracted("-f", "color:bins=3")
        labels = np.array(self.labels)
        for loss in ("softmax", "hinge"):
            three = ocellus.LinearClassifier(loss=loss, scale="standard").fit(rows, labels)
            expected = three.decision_function(rows)
            self.assertEqual((three.coef_.shape, expected.shape), ((3, rows.shape[1]), (18, 3)))
            np.testing.assert_allclose(rows @ three.coef_.T + three.intercept_, expected, rtol=1e-3, atol=1e-3)
            two = ocellus.LinearClassifier(loss=loss, scale="standard").fit(rows[:12], labels[:12])
            expected = two.decision_function(rows[:12])
            self.assertEqual((two.coef_.shape, expected.shape), ((1, rows.shape[1]), (12,)))
            np.testing.assert_allclose((rows[:12] @ two.coef_.T + two.intercept_)[:, 0], expected, rtol=1e-3, atol=1e-3)

    def test_rows_divided_by_their_length_have_no_coefficients(self):
        rows = self.extracted("-f", "color:bins=3")
        unit = ocellus.LinearClassifier(scale="unit").fit(rows, self.labels)
        for name in ("coef_", "intercept_"):
            with self.assertRaisesRegex(AttributeError, "scale='unit'.*scale='standard'"):
                getattr(unit, name)
        self.assertEqual(unit.decision_function(rows).shape, (18, 3))
        for classifier in (ocellus.LinearClassifier(), unit.set_params(scale="standard").fit(rows, self.labels)):
            self.assertEqual(hasattr(classifier, "coef_"), hasattr(classifier, "classes_"))

    def test_probabilities_before_and_after_fit(self):
        rows = self.extracted("-f", "color:bins=3")
        for loss in ("softmax", "hinge", "squared-hinge", "ovr-squared-hinge", "square"):
            classifier = ocellus.LinearClassifier(loss=loss)
            with self.assertRaisesRegex(ValueError, "not fitted"):
                classifier.predict_proba(rows)
            p = classifier.fit(rows, self.labels).predict_proba(rows)
            self.assertEqual((p.shape, p.dtype), ((18, 3), np.float32))
            np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-5)

    def test_classes_of_any_kind_come_back_in_their_order(self):
        rows = self.extracted("-f", "hog:cell=6")
        number = np.array([("across", "down", "slope").index(label) for label in self.labels])
        texts = ["é", "b", "a"], ["", "x", "y"], ["a", "a\0b", "b"], [b"a", b"b", b"c"]
        for classes in (*texts, [2, 10, 33], [-1, 0, 1], [True, False]):
            labels = np.array(classes)[np.minimum(number, len(classes) - 1)]
            classifier = ocellus.LinearClassifier().fit(rows, labels)
            np.testing.assert_array_equal(classifier.classes_, np.unique(labels))
            np.testing.assert_array_equal(classifier.predict(rows), labels)
            p = classifier.predict_proba(rows)
            np.testing.assert_array_equal(classifier.classes_[p.argmax(axis=1)], labels)
            np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-5)

    def test_pickles_predict_the_same(self):
        rows = self.extracted("-f", "hog:cell=6")
        classifier = ocellus.LinearClassifier().fit(rows, self.labels)
        again = pickle.loads(pickle.dumps(classifier))
        np.testing.assert_array_equal(again.decision_function(rows), classifier.decision_function(rows))
        self.assertEqual(again.get_params(), classifier.get_params())

    def test_a_fit_that_fails_changes_nothing(self):
        rows = self.extracted("-f", "hog:cell=6")
        classifier = ocellus.LinearClassifier(scale="standard").fit(rows, self.labels)
        before = classifier.decision_function(rows)
        wrong = (np.zeros((20, 5000)), np.zeros(20)), (rows[:, :3], self.labels[1:]), (rows * np.nan, self.labels)
        for x, y in wrong:
            with self.assertRaises(ValueError):
                classifier.fit(x, y)
        self.assertEqual((classifier.coef_.shape, classifier.n_features_in_), ((3, rows.shape[1]), rows.shape[1]))
        np.testing.assert_array_equal(classifier.decision_function(rows), before)
        classifier.set_params(progress=lambda *_: 1 / 0)
        with self.assertRaises(ZeroDivisionError):
            classifier.fit(rows, self.labels)
        np.testing.assert_array_equal(classifier.decision_function(rows), before)

    def test_files_are_loaded_as_they_were_saved(self):
        rows = self.extracted("-f", "hog:cell=6")
        for options in (dict(), dict(balanced=True, loss="hinge", l1=0.25, scale="standard", seed=3)):
            classifier = ocellus.LinearClassifier(**options).fit(rows, self.labels)
            classifier.save(self.folder / "saved")
            loaded = ocellus.LinearClassifier.load(self.folder / "saved", threads=1)
            np.testing.assert_array_equal(loaded.decision_function(rows), classifier.decision_function(rows))
            self.assertEqual((loaded.predict(rows).tolist(), loaded.n_features_in_), (self.labels, rows.shape[1]))
            params = loaded.get_params()
            self.assertEqual({name: params[name] for name in options}, options)
            loaded.save(self.folder / "again")
            self.assertEqual((self.folder / "again").read_bytes(), (self.folder / "saved").read_bytes())
            np.testing.assert_array_equal(loaded.fit(rows, self.labels).predict(rows), self.labels)
        with self.assertRaisesRegex(ocellus.InvalidValue, "LinearClassifier.load"):
            ocellus.Model.load(self.folder / "saved").classify(self.paths)
        command("train", self.photos, "-f", "color", "-o", self.folder / "images")
        np.save(self.folder / "rows.npy", rows)
        np.save(self.folder / "labels.npy", np.repeat([0, 1, 2], 6))
        numbers = ["--labels", self.folder / "labels.npy", "--classifier", "nearest:k=1"]
        command("train", self.folder / "rows.npy", *numbers, "-o", self.folder / "near")
        for path, message in (("images", "Model.load"), ("near", "nearest neighbours"), ("set/index.csv", "index.csv")):
            with self.assertRaisesRegex(ocellus.InvalidValue, message):
                ocellus.LinearClassifier.load(self.folder / path)
        with self.assertRaises(ocellus.MissingFile):
            ocellus.LinearClassifier.load(self.folder / "none")
        for path, error in ((self.photos, ocellus.InvalidValue), (self.folder / "no" / "file", ocellus.FileError)):
            with self.assertRaises(error):
                classifier.save(path)

    def test_rows_of_other_layouts_are_converted(self):
        rows = self.extracted("-f", "hog:cell=6")
        expected = ocellus.LinearClassifier().fit(rows, self.labels).decision_function(rows)
        fixed = rows.copy()
        fixed.flags.writeable = False
        converted = rows.astype(">f4"), rows.astype(float)
        for x in (fixed, np.asfortranarray(rows), np.repeat(rows, 2, 1)[:, ::2], *converted):
            classifier = ocellus.LinearClassifier().fit(x, self.labels)
            np.testing.assert_array_equal(classifier.decision_function(x), expected)

    def test_wrong_options_and_rows_are_refused(self):
        rows = self.extracted("-f", "hog:cell=6")
        for wrong, message in (
            (dict(loss="hnge"), "hnge"),
            (dict(l2=-1), "l2"),
            (dict(optimizer="adam"), "adam"),
            (dict(seed=-1), "seed"),
            (dict(threads=300), "threads=300"),
            (dict(epochs=3.5), "whole number"),
        ):
            with self.assertRaisesRegex(ocellus.InvalidValue, message):
                ocellus.LinearClassifier(**wrong).fit(rows, self.labels)
        with self.assertRaisesRegex(ValueError, "1 class"):
            ocellus.LinearClassifier().fit(rows, ["a"] * 18)
        scaled = ocellus.LinearClassifier(scale="standard").fit(rows * np.float32(1e-4), self.labels)
        with self.assertRaisesRegex(ValueError, "no finite scores, the first is row 1"):
            scaled.predict(np.stack([rows[0], np.full_like(rows[0], 3e38)]))

    def test_rows_are_not_copied(self):
        rows = self.extracted("-f", "hog:cell=6")
        from ocellus._estimator import checked

        classifier = ocellus.LinearClassifier().fit(rows, self.labels)
        self.assertTrue(np.shares_memory(checked(classifier, rows, reset=False), rows))


class Substitutes(unittest.TestCase):
    """What stands for scikit-learn where it is not installed; Alone uses it without."""

    def test_they_refuse_and_accept_the_same(self):
        class Line(_substitutes.ClassifierMixin, _substitutes.BaseEstimator):
            def __init__(self, bend=1):
                self.bend = bend

            def predict(self, X):
                return np.asarray(X)[:, 0] > 0

        line = Line().set_params(bend=2)
        self.assertEqual(line.get_params(), {"bend": 2})
        with self.assertRaisesRegex(ValueError, "no parameter bent.*bend"):
            line.set_params(bent=3)
        rows, labels = _substitutes.validate_data(line, [[1, 2], [-3, 4]], [True, True])
        self.assertEqual((rows.dtype, line.n_features_in_, line.score(rows, labels)), (np.float32, 2, 0.5))
        self.assertEqual(line.score(rows, labels, sample_weight=[3, 1]), 0.75)
        for wrong in ([1, 2], [[np.nan, 1]], np.zeros((0, 2))):
            with self.assertRaises(ValueError):
                _substitutes.validate_data(line, wrong, [1])
        with self.assertRaises(ValueError):
            _substitutes.validate_data(line, [[1, 2]], [1, 2])
        with self.assertRaises(ValueError):
            _substitutes.validate_data(line, [[1, 2, 3]], reset=False)
        with self.assertRaises(ValueError):
            _substitutes.check_classification_targets([0.5])
        with self.assertRaises(_substitutes.NotFittedError):
            _substitutes.check_is_fitted(ocellus.LinearClassifier())


class Together(FolderCase):
    def test_a_pipeline_of_images_is_searched_and_validated(self):
        pipeline = make_pipeline(ocellus.Features("hog:cell=6"), Normalizer(), ocellus.LinearClassifier())
        scores = cross_val_score(pipeline, self.paths, self.labels, cv=3)
        self.assertGreater(scores.mean(), 0.9)
        tried = {"features__spec": ["pixels:size=2,gray=1", "hog:cell=6"], "linearclassifier__l2": ["auto", 0.1]}
        search = GridSearchCV(pipeline, tried, cv=2)
        search.fit(self.arrays, self.labels)
        self.assertEqual(search.best_params_["features__spec"], "hog:cell=6")
        self.assertEqual(search.predict(self.paths[:1]).tolist(), ["across"])
        self.assertGreater(search.score(self.arrays, self.labels), 0.9)
        again = pickle.loads(pickle.dumps(search.best_estimator_))
        self.assertEqual(again.predict(self.paths).tolist(), search.predict(self.paths).tolist())

    def test_other_processes_take_it(self):
        scores = cross_val_score(ocellus.LinearClassifier(), *load_iris(return_X_y=True), cv=3, n_jobs=2)
        self.assertGreater(scores.mean(), 0.85)


class Alone(FolderCase):
    def test_without_scikit_learn_it_works_as_well(self):
        rows = self.extracted("-f", "hog:cell=6")
        np.save(self.folder / "rows.npy", rows)
        code = f"""
import sys
sys.modules["sklearn"] = None
import numpy as np, ocellus
rows, labels = np.load({str(self.folder / "rows.npy")!r}), np.repeat(["across", "down", "slope"], 6)
classifier = ocellus.LinearClassifier().fit(rows, labels)
assert classifier.score(rows, labels) == 1
for bad in (lambda: classifier.predict(rows[:, 1:]), lambda: classifier.fit(rows, labels[1:]),
            lambda: classifier.set_params(los=1), lambda: ocellus.LinearClassifier().predict(rows),
            lambda: classifier.fit(rows, rows[:, 0])):
    try:
        bad()
    except ValueError:
        continue
    raise SystemExit("not refused")
features = ocellus.Features("hog:cell=6").set_params(threads=1).fit({str(self.photos)!r})
assert (features.transform({self.paths!r}) == rows).all()
"""
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
