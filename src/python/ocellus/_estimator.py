"""scikit-learn's bases where it is installed, else their substitutes."""

from typing import TYPE_CHECKING, Any, Dict

import numpy as np

__all__ = [
    "BaseEstimator",
    "ClassifierMixin",
    "TransformerMixin",
    "check_classification_targets",
    "check_is_fitted",
    "checked",
]

if TYPE_CHECKING:
    from ._substitutes import (
        BaseEstimator,
        ClassifierMixin,
        TransformerMixin,
        check_classification_targets,
        check_is_fitted,
        validate_data,
    )
else:
    try:
        from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
        from sklearn.utils.multiclass import check_classification_targets
        from sklearn.utils.validation import check_is_fitted
    except ImportError:
        from ._substitutes import *  # noqa: F403
        from ._substitutes import validate_data
    else:
        try:
            from sklearn.utils.validation import validate_data
        except ImportError:  # before scikit-learn 1.6 it is a method

            def validate_data(estimator: Any, *given: Any, **kinds: Any) -> Any:
                return estimator._validate_data(*given, **kinds)


def checked(estimator: Any, X: Any, y: Any = None, reset: bool = True) -> Any:
    """Rows as contiguous finite float32 (N, D), with labels (N) when they are fitted."""
    kinds: Dict[str, Any] = {"dtype": np.float32, "order": "C", "reset": reset}
    return validate_data(estimator, X, y, **kinds) if reset else validate_data(estimator, X, **kinds)
