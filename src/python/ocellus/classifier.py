"""The linear classifier, as a scikit-learn estimator."""

import ctypes
from typing import Any, Callable, Dict, List, Optional, Tuple, Union

import numpy as np
from numpy.typing import NDArray

from ._answers import Answers
from ._estimator import BaseEstimator, ClassifierMixin, check_classification_targets, check_is_fitted, checked
from ._images import Floats, Path, array_of, class_name
from ._job import Job, Progress
from ._library import Handle, InvalidValue, Part, call, created, encoded_path, library, saved, text
from ._settings import setting, settings_of

Number = Union[None, str, float]
Doubles = NDArray[np.float64]


def _names_of(classes: "NDArray[Any]") -> List[bytes]:
    """A name for each class, for the library: its text, or its number where texts are empty or not different."""
    try:
        names = [class_name(label) for label in classes]
        if all(names) and len(set(names)) == len(names):
            return names
    except ValueError:  # a NUL character
        pass
    return [str(i).zfill(6).encode() for i in range(len(classes))]


class LinearClassifier(ClassifierMixin, BaseEstimator):
    """Scores W x + b, trained as `ocellus train` trains on rows, and to the same bytes.

    loss: "softmax", "hinge", "squared-hinge", "ovr-squared-hinge" or "square".
    l2, score_l2, l1, max_norm: penalties on the weights (of scaled columns); "auto" chooses.
    balanced: the losses of a class count the more the fewer rows it has.
    optimizer, epochs, batch, finish, rate, scale, tune: see `ocellus help train`. None is the default of the command.
    seed: 0 or more. threads: up to 256; 0 takes one for each processor; results do not depend on it.
    progress: None, a function of (what, done, total), or True for a bar by tqdm where it is installed.

    After fit: classes_ (C), sorted; coef_ (C, D) and intercept_ (C), float64, for rows as they are given, of two
    classes (1, D) and (1), the second class less the first; n_features_in_ (D). With scale="unit", which scale="auto"
    may choose, scores are no linear function of the rows: coef_ and intercept_ then raise AttributeError.

    Rows X are (N, D), finite; float32 in C order is not copied, anything else is converted. Labels y are (N), of any
    kind that NumPy sorts: texts, integers, bools. Raises, as all its functions do: InvalidValue (a ValueError) for a
    bad option or data that nothing can be learned from, ValueError for rows or labels of another shape or kind,
    NotFittedError (a ValueError) before fit, MemoryError, and KeyboardInterrupt after Ctrl-C. The object is then as
    before the call. Warns by OcellusWarning of odd data. Pickles.
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
        """Trains on rows X (N, D) with labels y (N) of two classes or more; returns itself."""
        before = dict(self.__dict__)
        try:
            return self._fit(*checked(self, X, y))
        except BaseException:  # KeyboardInterrupt among them: it is as before the call
            self.__dict__.clear()
            self.__dict__.update(before)
            raise

    def decision_function(self, X: Any) -> Floats:
        """Scores, float32 (N, C) in the order of classes_; of two classes (N), the second less the first."""
        scores = self._answers(X).scores
        return scores[:, 1] - scores[:, 0] if len(self.classes_) == 2 else scores

    def predict(self, X: Any) -> "NDArray[Any]":
        """The class of the highest score, (N) of the labels' own kind."""
        best = np.argmax(self._answers(X).scores, axis=1)
        classes: NDArray[Any] = self.classes_[best]
        return classes

    @property
    def predict_proba(self) -> "Callable[[Any], Floats]":
        """predict_proba(X): probabilities, float32 (N, C) in the order of classes_, calibrated on rows that training
        held out. NotFittedError before fit. After fit there is no such method (AttributeError) where the scores could
        not be calibrated: rows were too few to hold some out."""
        if hasattr(self, "_model") and not library.oc_classifier_probable(library.oc_model_classifier(self._model)):
            raise AttributeError("the scores of this classifier were not calibrated, and give no probabilities")
        return lambda X: self._answers(X).probabilities

    @property
    def coef_(self) -> Doubles:
        """Weights, float64 (C, D), for rows as they are given; of two classes (1, D)."""
        return self._weights()[0]

    @property
    def intercept_(self) -> Doubles:
        """Biases, float64 (C); of two classes (1)."""
        return self._weights()[1]

    def save(self, path: Path) -> None:
        """Writes the model file that `ocellus train` writes for such rows, whole or not at all; a file of this name is
        replaced. FileError where it cannot be written; InvalidValue for a folder."""
        check_is_fitted(self)
        call("oc_model_save", self._model, encoded_path(path))

    @classmethod
    def load(cls, path: Path, **params: Any) -> "LinearClassifier":
        """The classifier of a model of rows, which save or `ocellus train ROWS` wrote. Labels come back as texts: the
        class 7 as "7". Parameters are the options as training used them; params: threads, progress. InvalidValue for a
        model of images, which Model.load takes, or of nearest neighbours, and for a damaged file; MissingFile."""
        model = created("model", "oc_model_load", encoded_path(path))
        spec = text(library.oc_features_spec(library.oc_model_features(model)))
        if spec or not library.oc_model_weights(model):
            kind = f"of images ({spec}): Model.load takes it" if spec else "of nearest neighbours, which has no weights"
            raise InvalidValue(f"{text(encoded_path(path))}: a model {kind}")
        classifier = cls(**params)
        used, settings = classifier._options(), settings_of({})
        library.oc_settings_use_model(settings, model)
        given = {name: _parsed(setting(settings, name)) for name in used if name not in ("class_weight", "tune")}
        balanced = setting(settings, "class_weight") == "balanced"
        classifier.set_params(**given, balanced=balanced, tune=setting(settings, "tune") == "1")
        names = [text(library.oc_model_class(model, i)) for i in range(library.oc_model_classes(model))]
        classifier._model, classifier._order = model, list(range(len(names)))
        classifier.classes_ = np.array(names)
        classifier.n_features_in_ = library.oc_features_dimension(library.oc_model_features(model))
        return classifier

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

    def _fit(self, rows: Floats, labels: "NDArray[Any]") -> "LinearClassifier":
        check_classification_targets(labels)
        classes, numbers = np.unique(labels, return_inverse=True)
        if len(classes) < 2:
            raise ValueError(f"labels of 1 class, {classes[0]!r}: two classes or more are needed")
        names = _names_of(classes)
        texts = (ctypes.c_char_p * len(numbers))(*[names[i] for i in numbers])
        settings, model = settings_of(self._options()), Handle("model")
        train, job = Part("oc_settings_train", settings), Job(self.threads, self.progress)
        job.run("oc_model_train", _set_of(rows, texts), train, job.handle, model.out, None)
        place = {name: i for i, name in enumerate(names)}
        self._order = [place[library.oc_model_class(model, i)] for i in range(len(classes))]
        self._model, self.classes_ = model, classes
        return self

    def _options(self) -> Dict[str, Any]:
        names = ("loss", "l2", "score_l2", "l1", "max_norm", "optimizer", "epochs", "batch", "finish", "rate", "scale")
        options = {name: getattr(self, name) for name in names}
        options["class_weight"] = "balanced" if self.balanced else None
        return {**options, "tune": self.tune or None, "seed": self.seed}

    def _weights(self) -> Tuple[Doubles, Doubles]:
        """coef_ and intercept_: of W z + b with z = (x - shift) * scale, for x."""
        if not self.__sklearn_is_fitted__():
            raise AttributeError("coef_ and intercept_ are there after fit")
        settings = settings_of({})
        library.oc_settings_use_model(settings, self._model)
        if setting(settings, "scale") == "unit":
            raise AttributeError(
                f"this classifier divides each row by its length (scale='unit', with scale={self.scale!r}): its scores "
                "are no linear function of the rows, and there is no coef_; scale='standard' gives one"
            )
        count, d = len(self.classes_), library.oc_features_dimension(library.oc_model_features(self._model))
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
        return Answers(self._model, len(rows)).of_rows(_set_of(rows, None), self.threads).in_order(self._order)


def _parsed(value: str) -> Any:
    """An option's value as Python has it."""
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value


def _set_of(rows: Floats, labels: Any) -> Handle:
    """The library's set of rows (N, D) where they lie, with a label (N) for each, or None."""
    data = created("set", "oc_set_of_array", rows.ctypes.data, *rows.shape, labels)
    data.uses = rows
    return data
