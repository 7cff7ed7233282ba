"""Ocellus: classic image features and one linear classifier.

    import ocellus

    features = ocellus.Features("hog:cell=8+color")       # images to rows, float32 (N, D)
    rows = features.fit_transform(images)                 # paths, bytes, PIL images, uint8 arrays, mixed
    classifier = ocellus.LinearClassifier().fit(rows, labels)

    model = ocellus.Model.train("photos")                 # a folder with one sub-folder a class
    model.classify(["new.jpg"]).labels

Features and LinearClassifier are scikit-learn estimators. Rows, models and predictions are the same bytes as those of
the command `ocellus`. Long calls run on all processors (threads=0), without Python's global lock, and Ctrl-C ends them.
"""

from ._library import FileError, ImageError, InvalidValue, MissingFile, OcellusError, OcellusWarning, OutOfMemory
from ._version import __version__
from .classifier import LinearClassifier
from .features import Features, merge
from .model import Model, Predictions

__all__ = [
    "Features",
    "FileError",
    "ImageError",
    "InvalidValue",
    "LinearClassifier",
    "MissingFile",
    "Model",
    "OcellusError",
    "OcellusWarning",
    "OutOfMemory",
    "Predictions",
    "__version__",
    "merge",
]
