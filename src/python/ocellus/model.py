"""Models: stages and classifier in one file."""

import ctypes
import json
import os
import warnings
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np

from ._answers import Answers
from ._estimator import settings_of
from ._images import Dataset, Images, failures_of
from ._job import Job, Progress
from ._library import Handle, ImageError, InvalidValue, OcellusWarning, call, created, library, saved, text
from .features import Features, Size


class Predictions(NamedTuple):
    """Of N images, in their order."""

    labels: List[Optional[str]]
    """(N) The class of the highest score; None for an image that cannot be read."""
    scores: np.ndarray
    """(N, C) float32, in the order of Model.classes; NaN for an image that cannot be read."""
    probabilities: Optional[np.ndarray]
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
    def load(cls, path: "Union[str, os.PathLike[str]]") -> "Model":
        """Reads a model file. FileNotFoundError, InvalidValue with the reason for a file that is damaged or none."""
        return cls(created("model", "oc_model_load", os.fsencode(path)))

    @classmethod
    def loads(cls, data: bytes) -> "Model":
        """The model of the bytes of such a file."""
        return cls(created("model", "oc_model_load_memory", bytes(data), len(data)))

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

        images: a folder with one sub-folder a class, or a list or file, as the command takes it (one path); a sequence of
            images as Features takes them, with labels (N), which become texts; or a SET, or a sequence of SETs of the
            same stages, whose rows are read in place (labels, features, size and resize are theirs).
        features: a spec, fitted Features, or "auto": chosen by cross-validation, as by the
            command's -f auto (two minutes of two processors at most).
        size, resize, seed, threads, progress: as for Features. on_error: "skip" warns of images that cannot be read.
        options: training options by the names of the command, such as loss="hinge", l2=0.001, class_weight="balanced".
            Raises InvalidValue for an option or data that cannot be used, ImageError, FileNotFoundError, MemoryError.
        """
        folders = _sets_among(images)
        if folders:
            if labels is not None or features != "auto" or size is not None or resize != "stretch":
                raise TypeError("labels, features, size and resize are those of the SETs")
            settings = settings_of({"seed": seed, **options})
            return cls(_trained(_joined(folders), settings, Job(threads, progress)))
        dataset = Dataset(images, labels)
        choose = isinstance(features, str) and features == "auto"
        if isinstance(features, str):
            features = Features("pixels" if choose else features, size=size, seed=seed, resize=resize)
        fitted = features.__sklearn_is_fitted__()
        settings = settings_of({"size": features.size, "fit": features.resize, "seed": seed, **options})
        if fitted:
            features._copy_of_image(settings)
        train, job = library.oc_settings_train(settings), Job(threads, progress)
        call("oc_model_check", dataset.handle, train)
        rows = Handle("set")
        extract = library.oc_settings_extract(settings)
        if choose:
            source = Handle("features")
            job.run("oc_choose_features", dataset.handle, extract, train, job.handle, source.out)
        elif fitted:
            source = features._fitted
        else:
            source = created("features", "oc_features_parse", features.spec.encode())
        job.run("oc_set_extract", dataset.handle, source, extract, job.handle, rows.out)
        _report(failures_of(dataset, rows), on_error)
        return cls(_trained(rows, settings, job))

    def classify(
        self, images: Images, on_error: str = "raise", threads: int = 0, progress: Progress = None
    ) -> Predictions:
        """Reads, measures and scores images, which are given as to Features.transform.

        on_error: "raise" raises ImageError with all images that cannot be read; "skip" gives them the label None.
        """
        dataset = Dataset(images, unlabelled=True)
        job = Job(threads, progress)
        answers = Answers(self._handle, len(dataset)).of_images(dataset.handle, job)
        failures = [(i, dataset.name(i), reason) for i, reason in sorted(answers.reasons.items())]
        _report(failures, on_error)
        classes = self.classes
        best = np.argmax(np.nan_to_num(answers.scores, nan=-np.inf), axis=1)
        labels = [None if answers.status[i] else classes[c] for i, c in enumerate(best)]
        probable = library.oc_classifier_probable(library.oc_model_classifier(self._handle))
        return Predictions(labels, answers.scores, answers.probabilities if probable else None, failures)

    @property
    def classes(self) -> List[str]:
        """The names of the classes (C)."""
        return [text(library.oc_model_class(self._handle, i)) for i in range(library.oc_model_classes(self._handle))]

    @property
    def spec(self) -> str:
        """The spec of the features; empty for a model of rows that another program made."""
        return text(library.oc_features_spec(library.oc_model_features(self._handle)))

    @property
    def info(self) -> Dict[str, Any]:
        """What `ocellus info MODEL --json` prints: spec, size, training options as used, validation."""
        pointer = library.oc_json_info_model(self._handle)
        if not pointer:
            raise MemoryError
        try:
            return json.loads(ctypes.string_at(pointer))
        finally:
            library.oc_json_free(pointer)

    def save(self, path: "Union[str, os.PathLike[str]]") -> None:
        """Writes the model file, whole or not at all."""
        call("oc_model_save", self._handle, os.fsencode(path))

    def dumps(self) -> bytes:
        """The bytes that save writes."""
        return saved("oc_model_save_memory", self._handle)

    def __reduce__(self) -> Tuple[Any, ...]:
        return Model.loads, (self.dumps(),)

    def __repr__(self) -> str:
        return f"<ocellus.Model {self.spec or 'of rows'}, classes {', '.join(self.classes[:5])}>"


def _sets_among(images: Images) -> List[bytes]:
    """The folders of SETs that `images` names; empty for images. A sequence that begins with a folder must be SETs."""
    if isinstance(images, (str, os.PathLike)):
        folder = os.fsencode(images)
        return [folder] if library.oc_set_recognise(folder) else []
    if not isinstance(images, (list, tuple)) or not images or not isinstance(images[0], (str, os.PathLike)):
        return []
    if not os.path.isdir(images[0]):
        return []
    folders = [os.fsencode(folder) for folder in images]
    for folder in folders:
        if not library.oc_set_recognise(folder):
            raise InvalidValue(
                f"{os.fsdecode(folder)}: several folders are taken as SETs, which Features.write and `ocellus extract` "
                "make, and this is none; give one folder of images, or a list of images with labels"
            )
    return folders


def _joined(folders: List[bytes]) -> Handle:
    """The rows of all SETs, read in place."""
    return created("set", "oc_set_open_joined", (ctypes.c_char_p * len(folders))(*folders), len(folders))


def _trained(rows: Handle, settings: Handle, job: Job) -> Handle:
    model = Handle("model")
    job.run("oc_model_train", rows, library.oc_settings_train(settings), job.handle, model.out, None)
    return model


def _report(failures: List[Tuple[int, str, str]], on_error: str) -> None:
    if on_error not in ("raise", "skip"):
        raise ValueError(f"on_error={on_error!r}: 'raise' or 'skip' is needed")
    if failures and on_error == "raise":
        raise ImageError(failures)
    if failures:
        index, name, reason = failures[0]
        message = f"{len(failures)} image(s) cannot be read (the first, {index}: {name}: {reason})"
        warnings.warn(message, OcellusWarning, stacklevel=3)
