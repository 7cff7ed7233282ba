"""Models: stages and classifier in one file."""

import ctypes
import json
import os
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple, Union, cast

import numpy as np

from ._answers import Answers
from ._images import Dataset, Floats, Images, Path, failures_of, is_path
from ._job import Job, Progress
from ._library import Handle, ImageError, InvalidValue, Part, call, created, encoded, encoded_path, library, saved
from ._library import text, warn
from ._settings import checked_on_error, settings_of
from .features import Features, Size, none_readable


class Predictions(NamedTuple):
    """Of N images, in their order."""

    labels: List[Optional[str]]
    """(N) The class of the highest score; None for an image that cannot be read."""
    scores: Floats
    """(N, C) float32, in the order of Model.classes; NaN for an image that cannot be read."""
    probabilities: Optional[Floats]
    """(N, C) float32; None where the scores give no probabilities."""
    failures: List[Tuple[int, str, str]]
    """(index, name, reason) of the images that cannot be read."""


class Model:
    """A model as `ocellus train` writes it: it needs nothing else to classify an image. Pickles.

    Model.load(path), Model.loads(bytes) and Model.train(...) make one.
    """

    def __init__(self, handle: Handle):
        self._handle = handle

    @classmethod
    def load(cls, path: Path) -> "Model":
        """Reads a model file. MissingFile (a FileNotFoundError); InvalidValue with the reason for a file that is
        damaged or no model."""
        return cls(created("model", "oc_model_load", encoded_path(path)))

    @classmethod
    def loads(cls, data: bytes) -> "Model":
        """The model of the bytes of such a file, which are copied. InvalidValue as load."""
        whole = bytes(memoryview(data))
        return cls(created("model", "oc_model_load_memory", whole, len(whole)))

    @classmethod
    def train(
        cls,
        images: Images,
        labels: Optional[Sequence[Any]] = None,
        features: Union[str, Features] = "auto",
        size: Size = None,
        resize: str = "stretch",
        seed: int = 0,
        threads: int = 0,
        on_error: str = "skip",
        progress: Progress = None,
        **options: Any,
    ) -> "Model":
        """Fits features and classifier; the same bytes as `ocellus train IMAGES -f FEATURES`.

        images: a folder with one sub-folder a class, or a list or file, as the command takes it (one path); a sequence
            of images as Features takes them, with labels (N), texts or numbers, which become texts; or a SET, or a
            sequence of SETs of the same stages, whose rows are read in place (labels, features, size and resize are
            theirs).
        features: a spec, fitted Features, or "auto": chosen by cross-validation, as by the
            command's -f auto (two minutes of two processors at most).
        size, resize, seed, threads, progress: as for Features. on_error: "skip" warns of images that cannot be read,
            "raise" raises ImageError.
        options: training options by the names of the command, such as loss="hinge", l2=0.001, class_weight="balanced".

        Raises InvalidValue for an option or data that cannot be used, such as images without a label or of one class,
        TypeError for images or labels of a wrong kind, ImageError, MissingFile, MemoryError, KeyboardInterrupt.
        """
        checked_on_error(on_error)
        folders = _sets_among(images)
        if folders:
            if labels is not None or features != "auto" or size is not None or resize != "stretch":
                raise TypeError("labels, features, size and resize are those of the SETs")
            settings = settings_of({"seed": seed, **options})
            return cls(_trained(_joined(folders), settings, Job(threads, progress)))
        if labels is None and not is_path(images):
            raise InvalidValue("a sequence of images needs labels, one for each image")
        if not isinstance(features, (str, Features)):
            raise TypeError(f"features are a spec, Features or 'auto', not a {type(features).__name__}")
        for name in ("output", "resume", "strict"):  # of extraction, which writes nothing here
            if name in options:
                raise InvalidValue(f"there is no option '{name}'")
        dataset = Dataset(images, labels)
        choose = isinstance(features, str) and features == "auto"
        if isinstance(features, str):
            features = Features("pixels" if choose else features, size=size, seed=seed, resize=resize)
        fitted = features.__sklearn_is_fitted__()
        settings = settings_of({"size": features.size, "fit": features.resize, "seed": seed, **options})
        if fitted:
            features._copy_of_image(settings)
        train, job = Part("oc_settings_train", settings), Job(threads, progress)
        call("oc_model_check", dataset.handle, train)
        rows = Handle("set")
        extract = Part("oc_settings_extract", settings)
        if choose:
            source = Handle("features")
            job.run("oc_choose_features", dataset.handle, extract, train, job.handle, source.out)
        elif fitted:
            source = features._fitted
        else:
            source = created("features", "oc_features_parse", encoded(features.spec, "spec"))
        try:
            job.run("oc_set_extract", dataset.handle, source, extract, job.handle, rows.out)
        except InvalidValue as error:
            raise none_readable(error, dataset, options.get("max_pixels"), threads) from None
        _report(failures_of(dataset, rows), on_error)
        return cls(_trained(rows, settings, job))

    def classify(
        self,
        images: Images,
        on_error: str = "raise",
        threads: int = 0,
        progress: Progress = None,
        max_pixels: Optional[int] = None,
    ) -> Predictions:
        """Reads, measures and scores images, which are given as to Features.transform.

        on_error: "raise" raises ImageError with all images that cannot be read; "skip" gives them the label None.
        threads, progress, max_pixels: as for Features.
        InvalidValue for a model of rows, which cannot read images: LinearClassifier.load takes it.
        """
        checked_on_error(on_error)
        if not self.spec:
            raise InvalidValue("this model was trained on rows, not on images: LinearClassifier.load(path) takes it")
        dataset, job = Dataset(images, unlabelled=True), Job(threads, progress)
        limits = Part("oc_settings_image", settings_of({"max_pixels": max_pixels}))
        answers = Answers(self._handle, len(dataset)).of_images(dataset, limits, job)
        _report(answers.failures, on_error)
        best = np.argmax(np.nan_to_num(answers.scores, nan=-np.inf), axis=1)
        classes = self.classes
        labels = [None if answers.status[i] else classes[c] for i, c in enumerate(best)]
        probable = library.oc_classifier_probable(library.oc_model_classifier(self._handle))
        return Predictions(labels, answers.scores, answers.probabilities if probable else None, answers.failures)

    @property
    def classes(self) -> List[str]:
        """The names of the classes (C), in the order of scores and probabilities."""
        return [text(library.oc_model_class(self._handle, i)) for i in range(library.oc_model_classes(self._handle))]

    @property
    def spec(self) -> str:
        """The spec of the features; empty for a model of rows that another program made."""
        return text(library.oc_features_spec(library.oc_model_features(self._handle)))

    @property
    def info(self) -> Dict[str, Any]:
        """Spec, size, training options as used, validation, and more: what `ocellus info` prints as JSON. A new dict
        each time."""
        pointer = library.oc_json_info_model(self._handle)
        if not pointer:
            raise MemoryError
        try:
            return cast(Dict[str, Any], json.loads(ctypes.string_at(pointer)))
        finally:
            library.oc_json_free(pointer)

    def save(self, path: Path) -> None:
        """Writes the model file, whole or not at all; a file of this name is replaced. FileError where it cannot be
        written; InvalidValue for a folder."""
        call("oc_model_save", self._handle, encoded_path(path))

    def dumps(self) -> bytes:
        """The bytes that save writes."""
        return saved("oc_model_save_memory", self._handle)

    def __reduce__(self) -> Tuple[Any, ...]:
        return Model.loads, (self.dumps(),)

    def __repr__(self) -> str:
        return f"<ocellus.Model {self.spec or 'of rows'}, classes {', '.join(self.classes[:5])}>"


def _sets_among(images: Images) -> List[bytes]:
    """The folders of SETs that `images` names; empty for images. A sequence that begins with a folder must be SETs."""
    if is_path(images):
        folder = encoded_path(cast(Path, images))
        return [folder] if library.oc_set_recognise(folder) else []
    if not isinstance(images, (list, tuple)) or not images or not is_path(images[0]):
        return []
    if not os.path.isdir(images[0]):
        return []
    folders = [encoded_path(folder) for folder in images]
    for folder in folders:
        if not library.oc_set_recognise(folder):
            raise InvalidValue(
                f"{text(folder)}: several folders are taken as SETs, which Features.write and `ocellus extract` make, "
                "and this is none; give one folder of images, or a list of images with labels"
            )
    return folders


def _joined(folders: List[bytes]) -> Handle:
    """The rows of all SETs, read in place."""
    return created("set", "oc_set_open_joined", (ctypes.c_char_p * len(folders))(*folders), len(folders))


def _trained(rows: Handle, settings: Handle, job: Job) -> Handle:
    model = Handle("model")
    job.run("oc_model_train", rows, Part("oc_settings_train", settings), job.handle, model.out, None)
    return model


def _report(failures: List[Tuple[int, str, str]], on_error: str) -> None:
    if failures and on_error == "raise":
        raise ImageError(failures)
    if failures:
        index, name, reason = failures[0]
        warn(f"{len(failures)} image(s) cannot be read (the first, {index}: {name}: {reason})")
