"""Features: images to rows of float32."""

import ctypes
import os
import warnings
from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

import numpy as np

from ._estimator import BaseEstimator, TransformerMixin, check_is_fitted, settings_of
from ._images import Dataset, Images, array_of, failures_of
from ._job import Job, Progress
from ._library import Handle, ImageError, OcellusWarning, call, created, library, saved, text

Size = Union[None, int, Tuple[int, int]]


class Features(TransformerMixin, BaseEstimator):
    """Measures images by the stages of a spec, as `ocellus extract` does, and to the same bytes.

    spec: stages joined by '+', such as "hog:cell=8+color"; `ocellus help stages` explains them.
    size: the size that images are brought to, a side of a square or (width, height) in pixels; None: the images' own
        where all have the same, else a square of 128 pixels or more.
    threads: 0 takes one for each processor; results do not depend on it.
    seed: of what the stages learn (a codebook), 0 or more.
    resize: "stretch", "crop" or "pad", for images of another shape than `size`.
    on_error: "raise" raises ImageError with the names of all images that cannot be read; "skip" leaves them out: rows
        are fewer than images, a warning counts them, `kept_` has the indices of the images that have a row, and
        `skipped_` has (index, name, reason) of the others.
    progress: None, a function of (what, done, total), or True for a bar by tqdm where it is installed.

    Images are a sequence of paths, bytes of PNG or JPEG files, PIL images and uint8 arrays (height, width) or (height,
    width, 3), mixed; or one path of a folder, list or file, as the command takes it. A PIL image or an array has lost
    the JPEG's own gray plane, so that a row may differ a little from that of its file. Arrays are not copied when
    their rows are contiguous.

    After fit: size_ (width, height), n_features_out_ (D). Raises InvalidValue (a ValueError) for a bad spec or option,
    FileNotFoundError, MemoryError, KeyboardInterrupt. Pickles with what the stages learned.
    """

    def __init__(
        self,
        spec: str = "hog+color",
        size: Size = None,
        threads: int = 0,
        seed: int = 0,
        resize: str = "stretch",
        on_error: str = "raise",
        progress: Progress = None,
    ):
        self.spec = spec
        self.size = size
        self.threads = threads
        self.seed = seed
        self.resize = resize
        self.on_error = on_error
        self.progress = progress

    def fit(self, images: Images, y: Any = None) -> "Features":
        """Finds the size and lets the stages learn that do. y is not used."""
        self._extract(Dataset(images), fit=True, name="oc_set_fit")
        return self

    def transform(self, images: Images) -> np.ndarray:
        """The rows, float32 (N, D), in the order of the images."""
        check_is_fitted(self)
        return self._rows_of(self._extract(Dataset(images, unlabelled=True), fit=False))

    def fit_transform(self, images: Images, y: Any = None) -> np.ndarray:
        """fit and transform, reading images without a codebook to learn only once."""
        return self._rows_of(self._extract(Dataset(images), fit=True))

    def write(
        self,
        images: Images,
        folder: "Union[str, os.PathLike[str]]",
        labels: Optional[Sequence[Any]] = None,
        shard: Optional[Tuple[int, int]] = None,
        resume: bool = False,
    ) -> int:
        """Writes the rows as a SET, a folder as `ocellus extract` writes it, in memory that does not grow with them;
        returns their number N. Stages that are not fitted are fitted by these images.

        labels: a text for each image of a sequence. shard: (i, n) writes part i, from 1, of n parts of the images,
        which `merge` puts together. resume: goes on with what an interrupted call left in FOLDER.partial. Images that
        cannot be read are listed in skipped.csv, whatever on_error is.
        """
        dataset = Dataset(images, labels)
        if shard is not None:
            dataset.keep_part(*shard)
        rows = self._extract(dataset, fit=not self.__sklearn_is_fitted__(), folder=os.fsencode(folder), resume=resume)
        return library.oc_set_count(rows)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """A name for each value of a row: its stage and its place in the stage's array, as in hog.y2.x1.b4."""
        check_is_fitted(self)
        names, buffer = [], ctypes.create_string_buffer(200)
        for j in range(self.n_features_out_):
            library.oc_features_column_name(self._fitted, j, buffer, len(buffer))
            names.append(text(buffer.value))
        return np.array(names, dtype=object)

    @property
    def n_features_out_(self) -> int:
        """D, the number of values in a row."""
        check_is_fitted(self)
        return library.oc_features_dimension(self._fitted)

    @property
    def size_(self) -> Tuple[int, int]:
        """(width, height) that images are brought to, in pixels."""
        check_is_fitted(self)
        size = library.oc_features_size(self._fitted)
        return size.width, size.height

    def save(self, path: "Union[str, os.PathLike[str]]") -> None:
        """Writes the fitted stages to one file, stages.safetensors of a SET."""
        check_is_fitted(self)
        call("oc_features_save", self._fitted, library.oc_settings_image(self._image), os.fsencode(path))

    @classmethod
    def load(cls, path: "Union[str, os.PathLike[str]]", **params: Any) -> "Features":
        """The stages of such a file, or of a SET (a folder); params: threads, on_error, progress."""
        if os.path.isdir(path):
            path = os.path.join(path, "stages.safetensors")
        return cls(**params)._take("oc_features_load", os.fsencode(path))

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_fitted")

    def __getstate__(self) -> Dict[str, Any]:
        state = dict(self.__dict__)
        if self.__sklearn_is_fitted__():
            del state["_fitted"], state["_image"]
            image = library.oc_settings_image(self._image)
            state["_stages"] = saved("oc_features_save_memory", self._fitted, image)
        return state

    def __setstate__(self, state: Dict[str, Any]) -> None:
        state = dict(state)
        stages = state.pop("_stages", None)
        params = {name: state[name] for name in ("spec", "size", "resize") if name in state}
        self.__dict__.update(state)
        if stages is not None:
            self._take("oc_features_load_memory", stages, len(stages))
            self.__dict__.update(params)  # as they were given

    def _take(self, name: str, *arguments: Any) -> "Features":
        """Loads fitted stages; spec and size become theirs."""
        image, features = settings_of({}), Handle("features")
        call(name, *arguments, features.out, library.oc_settings_image(image))
        self._fitted, self._image = features, image
        self.spec = text(library.oc_features_spec(features))
        self.size = self.size_
        buffer = ctypes.create_string_buffer(40)
        library.oc_settings_get(image, b"fit", buffer, len(buffer))
        self.resize = buffer.value.decode()
        return self

    def _extract(
        self,
        dataset: Dataset,
        fit: bool,
        name: str = "oc_set_extract",
        folder: Optional[bytes] = None,
        resume: bool = False,
    ) -> Handle:
        """Makes the rows, or fits alone; returns the library's set."""
        if self.on_error not in ("raise", "skip"):
            raise ValueError(f"on_error={self.on_error!r}: 'raise' or 'skip' is needed")
        settings = settings_of({"size": self.size, "fit": self.resize, "seed": self.seed, "resume": resume})
        if fit:
            features = created("features", "oc_features_parse", self.spec.encode())
        else:
            features = self._fitted
            settings = self._copy_of_image(settings)
        rows, job = Handle("set"), Job(self.threads, self.progress)
        if folder is not None:
            call("oc_settings_set", settings, b"output", folder)
        job.run(name, dataset.handle, features, library.oc_settings_extract(settings), job.handle, rows.out)
        failures = failures_of(dataset, rows)
        if failures and folder is None:
            self._report(failures)
        if fit:
            copy = created("features", "oc_features_copy", library.oc_set_features(rows))
            library.oc_settings_use_set(settings, rows)
            self._fitted, self._image = copy, settings
        if name == "oc_set_extract":
            lost = {index for index, _, _ in failures}
            self.skipped_ = failures
            self.kept_ = np.array([i for i in range(len(dataset)) if i not in lost], dtype=np.intp)
        return rows

    def _copy_of_image(self, settings: Handle) -> Handle:
        """The settings with the size and fit of the fitted stages."""
        for name in (b"size", b"fit", b"depth"):
            buffer = ctypes.create_string_buffer(40)
            if library.oc_settings_get(self._image, name, buffer, len(buffer)):
                call("oc_settings_set", settings, name, buffer.value)
        return settings

    def _report(self, failures: List[Tuple[int, str, str]]) -> None:
        if self.on_error == "raise":
            raise ImageError(failures)
        index, name, reason = failures[0]
        warnings.warn(
            f"{len(failures)} image(s) cannot be read and are left out (the first, {index}: {name}: {reason})",
            OcellusWarning,
            stacklevel=4,
        )

    def _rows_of(self, rows: Handle) -> np.ndarray:
        shape = (library.oc_set_count(rows), library.oc_features_dimension(self._fitted))
        return array_of(library.oc_set_array(rows), shape, rows)


def merge(
    parts: "Sequence[Union[str, os.PathLike[str]]]", folder: "Union[str, os.PathLike[str]]", progress: Progress = None
) -> int:
    """Puts the SETs of all shards together, in any order, into a SET of the same bytes as one process writes, as
    `ocellus merge` does; returns its number of rows. InvalidValue for a shard that is missing, or of other stages."""
    names = (ctypes.c_char_p * len(parts))(*[os.fsencode(part) for part in parts])
    rows, job = ctypes.c_size_t(), Job(1, progress)
    job.run("oc_set_merge", names, len(parts), os.fsencode(folder), job.handle, ctypes.byref(rows))
    return rows.value
