"""scikit-learn's bases where it is installed; else as much of them as the estimators here need."""

from typing import Any, Dict, Tuple

import numpy as np

from ._library import Handle, call, created

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted
except ImportError:
    import inspect

    class NotFittedError(ValueError, AttributeError):  # type: ignore[no-redef]
        """An estimator was used before fit."""

    class BaseEstimator:  # type: ignore[no-redef]
        """Parameters by the names of __init__."""

        def get_params(self, deep: bool = True) -> Dict[str, Any]:
            names = [name for name in inspect.signature(type(self).__init__).parameters if name != "self"]
            return {name: getattr(self, name) for name in names}

        def set_params(self, **params: Any) -> "BaseEstimator":
            for name, value in params.items():
                if name not in self.get_params():
                    raise ValueError(f"there is no parameter {name}")
                setattr(self, name, value)
            return self

        def _validate_data(self, X: Any, y: Any = None, reset: bool = True, **_: Any) -> Any:
            rows = np.ascontiguousarray(X, dtype=np.float32)
            if rows.ndim != 2:
                raise ValueError(f"rows (N, D) are needed, not an array {rows.shape}")
            if reset:
                self.n_features_in_ = rows.shape[1]
            elif rows.shape[1] != self.n_features_in_:
                raise ValueError(f"X has {rows.shape[1]} features, {self.n_features_in_} are expected")
            if not reset:
                return rows
            labels = np.asarray(y)
            if labels.shape != rows.shape[:1]:
                raise ValueError(f"labels {labels.shape} for {rows.shape[0]} rows")
            return rows, labels

    class ClassifierMixin:  # type: ignore[no-redef]
        """The accuracy."""

        def score(self, X: Any, y: Any) -> float:
            return float(np.mean(self.predict(X) == np.asarray(y)))  # type: ignore[attr-defined]

    class TransformerMixin:  # type: ignore[no-redef]
        """fit_transform is written where it is needed."""

    def check_classification_targets(y: Any) -> None:  # type: ignore[no-redef]
        if np.asarray(y).dtype.kind == "f" and not np.all(np.asarray(y) == np.floor(y)):
            raise ValueError("labels are classes, not measurements")

    def check_is_fitted(estimator: Any) -> None:  # type: ignore[no-redef]
        if not estimator.__sklearn_is_fitted__():
            raise NotFittedError(f"{type(estimator).__name__} is not fitted: call fit first")


def checked(estimator: Any, X: Any, y: Any = None, reset: bool = True) -> Any:
    """Rows as contiguous finite float32 (N, D), with labels (N) when they are fitted."""
    given: Tuple[Any, ...] = (X, y) if reset else (X,)
    kinds = {"dtype": np.float32, "order": "C", "reset": reset}
    if hasattr(estimator, "_validate_data"):
        return estimator._validate_data(*given, **kinds)
    from sklearn.utils.validation import validate_data  # scikit-learn 1.6 and later

    return validate_data(estimator, *given, **kinds)


def _typed(value: Any) -> bytes:
    """A value as the command would take it."""
    if isinstance(value, (bool, np.bool_)):
        return b"1" if value else b"0"
    if isinstance(value, (tuple, list)):
        return "x".join(str(int(side)) for side in value).encode()
    return str(value).encode()


def settings_of(options: Dict[str, Any]) -> Handle:
    """The library's options; None stands for the default."""
    settings = created("settings", "oc_settings_create")
    for name, value in options.items():
        if value is not None:
            call("oc_settings_set", settings, name.replace("_", "-").encode(), _typed(value))
    return settings
