"""As much of scikit-learn's bases as the estimators here need, for where it is not installed. Type checkers read these
too: scikit-learn has no types."""

import inspect
from typing import Any, Dict, Optional

import numpy as np


class NotFittedError(ValueError, AttributeError):
    """An estimator was used before fit."""


class BaseEstimator:
    """Parameters by the names of __init__."""

    n_features_in_: int

    def get_params(self, deep: bool = True) -> Dict[str, Any]:
        names = [name for name in inspect.signature(type(self).__init__).parameters if name != "self"]
        return {name: getattr(self, name) for name in names}

    def set_params(self, **params: Any) -> "BaseEstimator":
        for name, value in params.items():
            if name not in self.get_params():
                raise ValueError(f"there is no parameter {name}; there are {', '.join(self.get_params())}")
            setattr(self, name, value)
        return self


class ClassifierMixin:
    """The accuracy."""

    def score(self, X: Any, y: Any, sample_weight: Optional[Any] = None) -> float:
        right = self.predict(X) == np.asarray(y)  # type: ignore[attr-defined]
        return float(np.average(right, weights=sample_weight))


class TransformerMixin:
    """fit_transform is written where it is needed."""


def check_classification_targets(y: Any) -> None:
    if np.asarray(y).dtype.kind == "f" and not np.all(np.asarray(y) == np.floor(y)):
        raise ValueError("labels are classes, not measurements")


def check_is_fitted(estimator: Any) -> None:
    if not estimator.__sklearn_is_fitted__():
        raise NotFittedError(f"{type(estimator).__name__} is not fitted: call fit first")


def validate_data(estimator: Any, X: Any, y: Any = None, reset: bool = True, **_: Any) -> Any:
    rows = np.ascontiguousarray(X, dtype=np.float32)
    if rows.ndim != 2:
        raise ValueError(f"rows (N, D) are needed, not an array {rows.shape}")
    if rows.size == 0 or not np.isfinite(rows).all():
        raise ValueError(f"rows {rows.shape}: finite float32 values are needed, one or more")
    if reset:
        estimator.n_features_in_ = rows.shape[1]
    elif rows.shape[1] != estimator.n_features_in_:
        raise ValueError(f"X has {rows.shape[1]} features, {estimator.n_features_in_} are expected")
    if not reset:
        return rows
    labels = np.asarray(y)
    if labels.shape != rows.shape[:1]:
        raise ValueError(f"labels {labels.shape} for {rows.shape[0]} rows")
    return rows, labels
