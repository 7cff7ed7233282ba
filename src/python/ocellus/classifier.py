"""The linear classifier, as a scikit-learn estimator."""

import ctypes
import os
from typing import Any, Callable, Dict, List, Optional, Tuple, Union

import numpy as np

from ._answers import Answers
from ._estimator import (
    BaseEstimator,
    ClassifierMixin,
    check_classification_targets,
    check_is_fitted,
    checked,
    settings_of,
)
from ._images import array_of
from ._job import Job, Progress
from ._library import Handle, call, created, library, saved

Number = Union[None, str, float]


def _names_of(classes: np.ndarray) -> List[bytes]:
    """A name for each class, for the library: its text, or its number where texts are empty or not different."""
    names = [str(label).encode("utf-8", "surrogateescape") for label in classes]
    if all(names) and len(set(names)) == len(names) and not any(b"\0" in name for name in names):
        return names
    return [str(i).zfill(6).encode() for i in range(len(classes))]


class LinearClassifier(ClassifierMixin, BaseEstimator):
    """Scores W x + b, trained as `ocellus train` trains on rows, and to the same bytes.

    loss: "softmax", "hinge", "squared-hinge", "ovr-squared-hinge" or "square".
    l2, score_l2, l1, max_norm: penalties on the weights (of scaled columns); "auto" chooses.
    balanced: the losses of a class count the more the fewer rows it has.
    optimizer, epochs, batch, finish, rate, scale, tune: see `ocellus help train`. None is the default of the command.
    seed: 0 or more. threads: 0 takes one for each processor; results do not depend on it.
    progress: None, a function of (what, done, total), or True for a bar by tqdm where it is installed.

    After fit: classes_ (C); coef_ (C, D) and intercept_ (C), float64, for rows as they are given, of two classes (1,
    D) and (1), the second class less the first; n_features_in_ (D). With scale="unit", which scale="auto" may choose,
    scores are no linear function of the rows: coef_ and intercept_ then raise AttributeError. Raises InvalidValue (a ValueError) for a bad
    option or data that nothing can be learned from, MemoryError, KeyboardInterrupt. Rows are converted to float32 (N,
    D) and, where they are that already, not copied. Pickles.
    """

    def __init__(
        self,
        loss: str = "softmax",
        l2: Number = "auto",
        score_l2: Number = None,
        l1: Optional[float] = None,
        max_norm: Optional[float] = None,
        balanced: bool = False,
        optimizer: Optional[str] = None,
        epochs: Optional[int] = None,
        batch: Optional[int] = None,
        finish: Optional[int] = None,
        rate: Number = None,
        scale: Optional[str] = None,
        tune: bool = False,
        seed: int = 0,
        threads: int = 0,
        progress: Progress = None,
    ):
        self.loss = loss
        self.l2 = l2
        self.score_l2 = score_l2
        self.l1 = l1
        self.max_norm = max_norm
        self.balanced = balanced
        self.optimizer = optimizer
        self.epochs = epochs
        self.batch = batch
        self.finish = finish
        self.rate = rate
        self.scale = scale
        self.tune = tune
        self.seed = seed
        self.threads = threads
        self.progress = progress

    def fit(self, X: Any, y: Any) -> "LinearClassifier":
        """Trains on rows X (N, D) with labels y (N)."""
        rows, labels = checked(self, X, y)
        check_classification_targets(labels)
        classes, numbers = np.unique(labels, return_inverse=True)
        if len(classes) < 2:
            raise ValueError(f"labels of 1 class, {classes[0]!r}: two classes or more are needed")
        names = _names_of(classes)
        texts = (ctypes.c_char_p * len(numbers))(*[names[i] for i in numbers])
        data = created("set", "oc_set_of_array", rows.ctypes.data, *rows.shape, texts)
        settings, model = settings_of(self._options()), Handle("model")
        job = Job(self.threads, self.progress)
        job.run("oc_model_train", data, library.oc_settings_train(settings), job.handle, model.out, None)
        self._model = model
        self.classes_ = classes
        self._order = [names.index(library.oc_model_class(model, i)) for i in range(len(classes))]
        return self

    def decision_function(self, X: Any) -> np.ndarray:
        """Scores, float32 (N, C) in the order of classes_; of two classes (N), the second less the first."""
        scores = self._answers(X).scores
        return scores[:, 1] - scores[:, 0] if len(self.classes_) == 2 else scores

    def predict(self, X: Any) -> np.ndarray:
        """The class of the highest score (N)."""
        scores = self._answers(X).scores
        return self.classes_[np.argmax(scores, axis=1)]

    @property
    def predict_proba(self) -> "Callable[[Any], np.ndarray]":
        """predict_proba(X): probabilities, float32 (N, C) in the order of classes_, calibrated on rows that training
        held out. NotFittedError before fit. After fit there is no such method (AttributeError) where the scores could
        not be calibrated: rows were too few to hold some out."""
        if hasattr(self, "_model") and not library.oc_classifier_probable(library.oc_model_classifier(self._model)):
            raise AttributeError("the scores of this classifier were not calibrated, and give no probabilities")
        return lambda X: self._answers(X).probabilities

    @property
    def coef_(self) -> np.ndarray:
        """Weights, float64 (C, D), for rows as they are given; of two classes (1, D)."""
        return self._weights()[0]

    @property
    def intercept_(self) -> np.ndarray:
        """Biases, float64 (C); of two classes (1)."""
        return self._weights()[1]

    def save(self, path: "Union[str, os.PathLike[str]]") -> None:
        """Writes the model file that `ocellus train` writes for such rows."""
        check_is_fitted(self)
        call("oc_model_save", self._model, os.fsencode(path))

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_model")

    def __getstate__(self) -> Dict[str, Any]:
        state = dict(self.__dict__)
        if "_model" in state:
            state["_model"] = saved("oc_model_save_memory", self._model)
        return state

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__dict__.update(state)
        if "_model" in state:
            data = state["_model"]
            self._model = created("model", "oc_model_load_memory", data, len(data))

    def _options(self) -> Dict[str, Any]:
        names = ("loss", "l2", "score_l2", "l1", "max_norm", "optimizer", "epochs", "batch", "finish", "rate", "scale")
        options = {name: getattr(self, name) for name in names}
        options["class_weight"] = "balanced" if self.balanced else None
        return {**options, "tune": self.tune or None, "seed": self.seed}

    def _weights(self) -> Tuple[np.ndarray, np.ndarray]:
        """coef_ and intercept_: of W z + b with z = (x - shift) * scale, for x."""
        if not self.__sklearn_is_fitted__():
            raise AttributeError("coef_ and intercept_ are there after fit")
        settings, scale_word = settings_of({}), ctypes.create_string_buffer(40)
        library.oc_settings_use_model(settings, self._model)
        library.oc_settings_get(settings, b"scale", scale_word, len(scale_word))
        if scale_word.value == b"unit":
            raise AttributeError(
                f"this classifier divides each row by its length (scale='unit', with scale={self.scale!r}): its scores "
                "are no linear function of the rows, and there is no coef_; scale='standard' gives one"
            )
        count, d = len(self.classes_), self.n_features_in_
        weights = array_of(library.oc_model_weights(self._model), (count, d + 1), self._model).astype(np.float64)
        shift = array_of(library.oc_model_shift(self._model), (d,), self._model).astype(np.float64)
        scale = array_of(library.oc_model_scale(self._model), (d,), self._model).astype(np.float64)
        by_class = np.empty_like(weights)
        by_class[self._order] = weights
        coef = by_class[:, :d] * scale
        intercept = by_class[:, d] - coef @ shift
        if count == 2:
            return coef[1:] - coef[:1], intercept[1:] - intercept[:1]
        return coef, intercept

    def _answers(self, X: Any) -> Answers:
        check_is_fitted(self)
        rows = checked(self, X, reset=False)
        data = created("set", "oc_set_of_array", rows.ctypes.data, *rows.shape, None)
        return Answers(self._model, len(rows)).of_rows(data, self.threads).in_order(self._order)

