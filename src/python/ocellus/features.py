"""Features: images to rows of float32."""

import ctypes
import os
from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

import numpy as np
from numpy.typing import NDArray

from ._estimator import BaseEstimator, TransformerMixin, check_is_fitted
from ._images import Dataset, Failure, Floats, Images, Path, array_of, failures_of, is_path
from ._job import Job, Progress
from ._library import Handle, ImageError, InvalidValue, Part, call, created, encoded, encoded_path, library, saved
from ._library import text, warn
from ._settings import checked_on_error, setting, settings_of

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
    progress: None, a function of (what, done, total), or True for a bar by tqdm where it is installed. An exception
        of the function ends the work and is raised.
    max_pixels: images of more pixels cannot be read; None: 100 million.

    Images are a sequence of paths, bytes of PNG or JPEG files, PIL images and uint8 arrays (height, width), (height,
    width, 1) or (height, width, 3) of values 0 to 255 in the order R, G, B, mixed; or one array (N, height, width, 3);
    or one path of a folder, list or file, as the command takes it. A PIL image or an array has lost the JPEG's own gray
    plane, so that a row may differ a little from that of its file. An array is not copied where the pixels of a row
    follow each other; it may be read-only, and must not change during the call.

    After fit: size_ (width, height), n_features_out_ (D).

    Raises, as all its functions do: InvalidValue (a ValueError) for a bad spec, option or file, ImageError (an
    InvalidValue) for images that cannot be read, TypeError for images of a wrong kind, MissingFile (a
    FileNotFoundError) for a folder or list, FileError (an OSError), MemoryError, and KeyboardInterrupt after Ctrl-C.
    The object is then as before the call. NotFittedError (a ValueError) before fit. Warns by OcellusWarning of odd
    images. Pickles with what the stages learned.
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
        max_pixels: Optional[int] = None,
    ):
        self.spec = spec
        self.size = size
        self.threads = threads
        self.seed = seed
        self.resize = resize
        self.on_error = on_error
        self.progress = progress
        self.max_pixels = max_pixels

    def fit(self, images: Images, y: Any = None) -> "Features":
        """Finds the size, where none is given, and fits the stages that learn. y is not used. InvalidValue where images
        are too small for a stage, or too few to learn from."""
        self._extract(Dataset(images), fit=True, name="oc_set_fit")
        return self

    def transform(self, images: Images) -> Floats:
        """The rows of N images, float32 (N, D), in their order. With on_error="skip" there may be fewer rows, (0, D)
        where no image can be read: kept_ has the indices of the images. The array may be written to."""
        check_is_fitted(self)
        dataset = Dataset(images, unlabelled=True)
        try:
            return self._rows_of(self._extract(dataset, fit=False))
        except ImageError as error:  # all of them, where some may be skipped
            self._report(error.failures)
            self._note(error.failures, len(dataset))
            return np.empty((0, self.n_features_out_), dtype=np.float32)

    def fit_transform(self, images: Images, y: Any = None) -> Floats:
        """fit and transform: the rows, float32 (N, D). Where no stage learns, images are read only once. y is not
        used."""
        return self._rows_of(self._extract(Dataset(images), fit=True))

    def write(
        self,
        images: Images,
        folder: Path,
        labels: Optional[Sequence[Any]] = None,
        shard: Optional[Tuple[int, int]] = None,
        resume: bool = False,
    ) -> int:
        """Writes the rows as a SET, a folder as `ocellus extract` writes it, in memory that does not grow with them;
        returns their number N. Stages that are not fitted are fitted by these images.

        labels: for each image of a sequence a text or a number, which becomes its text; None or NaN: unknown.
        shard: (i, n) writes part i, from 1, of n parts of the images, which `merge` puts together.
        resume: goes on with what an interrupted call left in FOLDER.partial.

        Images that cannot be read are listed in skipped.csv, whatever on_error is. InvalidValue for a folder that holds
        other files than a SET, for a shard before the stages have learned, or for other images than those that are
        resumed; FileError where the folder cannot be written.
        """
        dataset = Dataset(images, labels)
        if shard is not None:
            dataset.keep_part(shard)
        where = encoded_path(folder)
        rows = self._extract(dataset, fit=not self.__sklearn_is_fitted__(), folder=where, resume=resume)
        return int(library.oc_set_count(rows))

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """A name for each value of a row, str (D): its stage and its place in the stage's array, as in hog.y2.x1.b4.
        input_features is not used."""
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
        return int(library.oc_features_dimension(self._fitted))

    @property
    def size_(self) -> Tuple[int, int]:
        """(width, height) that images are brought to, in pixels."""
        check_is_fitted(self)
        size = library.oc_features_size(self._fitted)
        return size.width, size.height

    def save(self, path: Path) -> None:
        """Writes the fitted stages to one file, stages.safetensors of a SET, whole or not at all; a file of this name
        is replaced. FileError where it cannot be written; InvalidValue for a folder."""
        check_is_fitted(self)
        call("oc_features_save", self._fitted, Part("oc_settings_image", self._image), encoded_path(path))

    @classmethod
    def load(cls, path: Path, **params: Any) -> "Features":
        """The stages of such a file, or of a SET (a folder); spec, size and resize are theirs. params: threads, seed,
        on_error, progress, max_pixels. MissingFile; InvalidValue with the reason for a file that is damaged or has no
        stages."""
        for name in ("spec", "size", "resize"):
            if name in params:
                raise TypeError(f"{name} is that of the file")
        if os.path.isdir(path):
            path = os.path.join(path, "stages.safetensors")
        return cls(**params)._take("oc_features_load", encoded_path(path))

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_fitted")

    def __getstate__(self) -> Dict[str, Any]:
        state = dict(self.__dict__)
        if self.__sklearn_is_fitted__():
            del state["_fitted"], state["_image"]
            image = Part("oc_settings_image", self._image)
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
        call(name, *arguments, features.out, Part("oc_settings_image", image))
        self._fitted, self._image = features, image
        self.spec = text(library.oc_features_spec(features))
        self.size = self.size_
        self.resize = setting(image, "fit")
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
        checked_on_error(self.on_error)
        options = {"size": self.size, "fit": self.resize, "seed": self.seed, "max_pixels": self.max_pixels}
        settings = settings_of({**options, "output": folder, "resume": resume})
        if fit:
            features = created("features", "oc_features_parse", encoded(self.spec, "spec"))
        else:
            features = self._fitted
            settings = self._copy_of_image(settings)
        rows, job = Handle("set"), Job(self.threads, self.progress)
        extract = Part("oc_settings_extract", settings)
        try:
            job.run(name, dataset.handle, features, extract, job.handle, rows.out)
        except InvalidValue as error:
            raise none_readable(error, dataset, self.max_pixels, self.threads) from None
        failures = failures_of(dataset, rows)
        if folder is None:
            self._report(failures)
        if name == "oc_set_extract":
            self._note(failures, len(dataset))
        if fit:
            copy = created("features", "oc_features_copy", library.oc_set_features(rows))
            library.oc_settings_use_set(settings, rows)
            self._fitted, self._image = copy, settings
        return rows

    def _copy_of_image(self, settings: Handle) -> Handle:
        """The settings with the size and fit of the fitted stages."""
        for name in ("size", "fit", "depth"):
            value = setting(self._image, name)
            if value:
                call("oc_settings_set", settings, name.encode(), value.encode())
        return settings

    def _report(self, failures: List[Failure]) -> None:
        if failures and self.on_error == "raise":
            raise ImageError(failures)
        if failures:
            index, name, reason = failures[0]
            warn(f"{len(failures)} image(s) cannot be read and are left out (the first, {index}: {name}: {reason})")

    def _note(self, failures: List[Failure], count: int) -> None:
        lost = {index for index, _, _ in failures}
        self.skipped_ = failures
        self.kept_ = np.array([i for i in range(count) if i not in lost], dtype=np.intp)

    def _rows_of(self, rows: Handle) -> Floats:
        shape = (library.oc_set_count(rows), library.oc_features_dimension(self._fitted))
        return array_of(library.oc_set_array(rows), shape, rows)


def none_readable(error: InvalidValue, dataset: Dataset, max_pixels: Optional[int], threads: int) -> InvalidValue:
    """The error of an extraction, or, where it was that no image can be read, one that has the reason of each."""
    if not str(error).startswith("none of the"):
        return error
    dataset.keep_part((1, 1))  # for a part may have no rows
    settings = settings_of({"size": 1, "max_pixels": max_pixels})
    features, rows, job = created("features", "oc_features_parse", b"pixels:size=1"), Handle("set"), Job(threads)
    job.run("oc_set_extract", dataset.handle, features, Part("oc_settings_extract", settings), job.handle, rows.out)
    failures = failures_of(dataset, rows)
    return ImageError(failures) if failures else error


def merge(
    parts: Sequence[Path], folder: Path, progress: Progress = None
) -> int:
    """Puts `parts`, the SETs of all shards in any order, together into a SET of the same bytes as one process writes,
    as `ocellus merge` does; returns its number of rows N. progress: as for Features. InvalidValue for a shard that is
    missing or of other stages, MissingFile, FileError where the SET cannot be written."""
    if is_path(parts):
        raise TypeError(f"parts are a sequence of SETs, not the one path {parts!r}")
    names = (ctypes.c_char_p * len(parts))(*[encoded_path(part) for part in parts])
    rows, job = ctypes.c_size_t(), Job(1, progress)
    job.run("oc_set_merge", names, len(parts), encoded_path(folder), job.handle, ctypes.byref(rows))
    return rows.value
