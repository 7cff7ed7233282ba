"""Images as a caller has them, as a data set of the library."""

import ctypes
import importlib
import operator
import os
import sys
from io import BytesIO
from mmap import mmap
from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple, Union, cast

import numpy as np
from numpy.typing import NDArray

from ._library import (
    DatasetImage,
    Handle,
    InvalidValue,
    Pixels,
    call,
    created,
    encoded,
    encoded_path,
    library,
    text,
)

Floats = NDArray[np.float32]
Path = Union[str, "os.PathLike[str]"]
Image = Union[Path, bytes, bytearray, memoryview, mmap, NDArray[np.uint8], Any]
Images = Union[Path, NDArray[np.uint8], Iterable[Image]]

_NEEDED = "uint8 (height, width), (height, width, 1) or (height, width, 3) in the order R, G, B is needed"


def is_path(image: Any) -> bool:
    return isinstance(image, (str, os.PathLike))


def _is_pil(image: Any) -> bool:
    pil = sys.modules.get("PIL.Image")  # a program that has such an image has imported it
    return pil is not None and isinstance(image, pil.Image)


def _from_pil(image: Any) -> Union[NDArray[np.uint8], bytes]:
    """Pixels, or a PNG file in memory where the library knows better: transparency, palettes, 16 bits."""
    image = importlib.import_module("PIL.ImageOps").exif_transpose(image)
    if image.mode in ("L", "RGB") and "transparency" not in image.info:
        return np.asarray(image)
    if image.mode not in ("1", "L", "LA", "P", "RGB", "RGBA") and not image.mode.startswith("I"):
        low, high = image.getextrema() if image.mode == "F" else (0, 255)
        if low < 0 or high > 255 or 0 < high <= 1:
            raise ValueError(f"its values are from {low:g} to {high:g}; 0 to 255 is needed, not 0 to 1")
        return np.asarray(image.convert("RGB"))
    if image.mode.startswith("I"):  # 16 bits, which some versions of Pillow hold in 32
        image = image.convert("I")
        low, high = image.getextrema()
        if low < 0 or high > 65535:
            raise ValueError(f"its values are from {low} to {high}; 0 to 65535 is needed")
    file = BytesIO()
    image.save(file, "PNG", compress_level=1)
    return file.getvalue()


def _hint(image: "NDArray[Any]") -> str:
    """How an array that is no image of the library becomes one."""
    if image.dtype.kind == "f":
        return "; for values from 0 to 1, (255 * image).round().astype(np.uint8)"
    if image.dtype == np.bool_:
        return "; np.uint8(255) * image"
    if image.dtype == np.uint16:
        return "; (image // 257).astype(np.uint8) for values from 0 to 65535"
    if image.ndim == 3 and image.shape[0] in (1, 3):
        return "; np.moveaxis(image, 0, -1)"
    if image.ndim == 3 and image.shape[2] == 4:
        return "; image[:, :, :3], or PIL.Image.fromarray(image) for its transparency over white"
    if image.dtype.kind in "iu" and image.dtype != np.uint8:
        return "; image.astype(np.uint8) for values from 0 to 255"
    if image.ndim == 1:
        return "; for the bytes of a file, image.tobytes()"
    return ""


def _pixels(image: "NDArray[Any]", number: int) -> Tuple["NDArray[np.uint8]", Pixels]:
    """The array as (height, width, channels), copied only where the pixels of a row do not follow each other."""
    array, shape = np.asarray(image), image.shape
    if array.dtype != np.uint8 or not (array.ndim == 2 or (array.ndim == 3 and shape[2] in (1, 3))):
        raise TypeError(f"image {number}: an array of {array.dtype} {shape}; {_NEEDED}{_hint(array)}")
    if array.ndim == 2:
        array = array[:, :, np.newaxis]
    height, width, channels = array.shape
    line, pixel, value = array.strides  # of an axis of length 1, any number
    in_place = (channels == 1 or value == 1) and (width == 1 or pixel == channels)
    if not in_place or (height > 1 and line < width * channels):
        array = np.array(array, order="C")
        line = width * channels
    stride = line if height > 1 else width * channels
    return array, Pixels(array.ctypes.data, width, height, channels, stride)


def _sequence(images: Any) -> List[Any]:
    """The images one by one."""
    if isinstance(images, (bytes, bytearray, memoryview, mmap)) or _is_pil(images):
        raise TypeError("a sequence of images is needed: put this one into a list")
    if isinstance(images, np.ndarray) and images.dtype.kind in "buif":
        if images.ndim < 3 or (images.ndim == 3 and images.shape[2] in (1, 3, 4)):
            shape = images.shape
            raise TypeError(f"an array {shape} is one image: put it into a list; N images are (N, height, width, 3)")
    if hasattr(images, "columns"):
        raise TypeError("a table is no sequence of images: give its column of paths, as in table['path']")
    try:
        return list(images)
    except TypeError:
        raise TypeError(f"images are a path or a sequence of images, not a {type(images).__name__}") from None


def _labels(labels: Any, count: int) -> List[Optional[bytes]]:
    """The name of the class of each image; None and NaN are none."""
    if isinstance(labels, (str, bytes, dict)) or not hasattr(labels, "__iter__"):
        raise TypeError(f"labels are a sequence, one for each image, not {labels!r:.60}")
    names: List[Optional[bytes]] = []
    for label in labels:
        if isinstance(label, (np.ndarray, list, tuple, dict)):
            raise TypeError(f"label {len(names)} is a {type(label).__name__}; a text or a number is needed")
        names.append(None if _is_unknown(label) else class_name(label))
    if len(names) != count:
        raise ValueError(f"{len(names)} labels for {count} images")
    return names


def _is_unknown(label: Any) -> bool:
    if isinstance(label, (float, np.floating)):
        return bool(np.isnan(label))
    return label is None or label is getattr(sys.modules.get("pandas"), "NA", None)


def class_name(label: Any) -> bytes:
    """A label as the library's name of a class: its text."""
    return label if isinstance(label, bytes) and b"\0" not in label else encoded(str(label), "a label")


Failure = Tuple[int, str, str]
"""(index, name, reason) of an image that cannot be read."""


class Dataset:
    """The library's data set of images, and what it uses in place.

    images: a folder, list or file as the command takes it (one path), or a sequence of paths, bytes of files, PIL
    images and uint8 arrays; labels: a text for each image of a sequence, or None.
    """

    def __init__(self, images: Images, labels: Optional[Sequence[Any]] = None, unlabelled: bool = False):
        self._reasons: Dict[int, str] = {}
        if is_path(images):
            if labels is not None:
                raise TypeError("labels are given for a sequence of images; those of a folder or list are in it")
            name = "oc_dataset_open_unlabelled" if unlabelled else "oc_dataset_open"
            self.handle: Handle = created("dataset", name, encoded_path(cast(Path, images)))
            return
        items = _sequence(images)
        names = _labels([None] * len(items) if labels is None else labels, len(items))
        array = (DatasetImage * len(items))()
        kept = [self._fill(array[number], item, number) for number, item in enumerate(items)]
        for out, label in zip(array, names):
            out.label = label
        self.handle = created("dataset", "oc_dataset_of_images", array, len(items))
        self.handle.uses = kept

    def _fill(self, out: DatasetImage, image: Any, number: int) -> Any:
        """Returns what must live as long as the data set."""
        if is_path(image):
            out.path = encoded_path(image)
            return None
        if _is_pil(image):
            try:
                image = _from_pil(image)
            except Exception as error:  # of many kinds, as files can be damaged in many ways
                self._reasons[number] = f"Pillow cannot give its pixels: {error}"
                image = b"no image"  # which the library cannot read either
        if isinstance(image, np.ndarray):
            array, out.pixels = _pixels(image, number)
            return array
        if not isinstance(image, (bytes, bytearray, memoryview, mmap)):
            raise TypeError(
                f"image {number} is a {type(image).__name__}; a path, bytes of a file, a PIL image or a uint8 array is "
                "needed"
            )
        data = np.frombuffer(image if memoryview(image).c_contiguous else bytes(image), dtype=np.uint8)
        out.bytes, out.size = data.ctypes.data, data.size
        return data

    def __len__(self) -> int:
        return int(library.oc_dataset_count(self.handle))

    def name(self, i: int) -> str:
        return text(library.oc_dataset_path(self.handle, i))

    def failure(self, i: int, reason: str) -> Failure:
        """Of image i, which cannot be read. Pillow's reason goes before the library's."""
        name = self.name(i)
        return i, name, self._reasons.get(i, reason[len(name) + 2 :] if reason.startswith(f"{name}: ") else reason)

    def keep_part(self, shard: Tuple[int, int]) -> None:
        """Keeps part i, from 1, of n."""
        try:
            index, count = (operator.index(number) for number in shard)
        except (TypeError, ValueError):
            index, count = 0, 0
        if not 1 <= index <= count:
            raise InvalidValue(f"shard={shard!r}: (i, n) is needed, part i, from 1 to n, of n parts")
        call("oc_dataset_shard", self.handle, index, count)


def failures_of(dataset: Dataset, rows: Handle) -> List[Failure]:
    """The images that are not among the rows; the set has them in their order."""
    found: List[Failure] = []
    count = library.oc_set_skipped(rows)
    index = 0
    for i in range(count):
        name = text(library.oc_set_skipped_path(rows, i))
        while dataset.name(index) != name:
            index += 1
        found.append(dataset.failure(index, text(library.oc_set_skipped_reason(rows, i))))
        index += 1
    return found


def array_of(pointer: Any, shape: Tuple[int, ...], owner: Any) -> Floats:
    """float32 that belongs to an object of the library, which lives as long as the array."""
    count = int(np.prod(shape))
    if not count:
        return np.empty(shape, dtype=np.float32)
    buffer: Any = (ctypes.c_float * count).from_address(ctypes.addressof(pointer.contents))
    buffer.owner = owner
    rows: Floats = np.frombuffer(buffer, dtype=np.float32).reshape(shape)
    return rows
