"""Images as a caller has them, as a data set of the library."""

import ctypes
import os
import sys
from io import BytesIO
from typing import Any, Iterable, List, Optional, Sequence, Tuple, Union

import numpy as np

from ._library import DatasetImage, Handle, Pixels, call, created, library, text

Image = Union[str, "os.PathLike[str]", bytes, np.ndarray, Any]
Images = Union[str, "os.PathLike[str]", np.ndarray, Iterable[Image]]


def _is_path(image: Any) -> bool:
    return isinstance(image, (str, os.PathLike))


def _is_pil(image: Any) -> bool:
    pil = sys.modules.get("PIL.Image")  # who has such an image has imported it
    return pil is not None and isinstance(image, pil.Image)


def _from_pil(image: Any) -> Union[np.ndarray, bytes]:
    """Pixels, or a PNG file in memory where the library knows better: transparency, palettes, 16 bits."""
    from PIL import ImageOps

    image = ImageOps.exif_transpose(image)
    if image.mode in ("L", "RGB") and "transparency" not in image.info:
        return np.asarray(image)
    if image.mode not in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
        return np.asarray(image.convert("RGB"))
    file = BytesIO()
    image.save(file, "PNG", compress_level=1)
    return file.getvalue()


def _pixels(image: np.ndarray, number: int) -> np.ndarray:
    """The array as (height, width, channels), copied only where a row is not contiguous."""
    shape = image.shape
    if image.dtype != np.uint8 or not (image.ndim == 2 or (image.ndim == 3 and shape[2] in (1, 3))):
        raise TypeError(
            f"image {number}: an array of {image.dtype} {shape}; uint8 (height, width), (height, width, 1) or (height, "
            "width, 3) in the order R, G, B is needed"
        )
    array = image[:, :, np.newaxis] if image.ndim == 2 else image
    width, channels = array.shape[1:]
    rows_are_whole = array.strides[1:] == (channels, 1) and array.strides[0] >= width * channels
    return array if rows_are_whole else np.ascontiguousarray(array)


class Dataset:
    """The library's data set of images, and what it uses in place.

    images: a folder, list or file as the command takes it (one path), or a sequence of paths, bytes of files, PIL
    images and uint8 arrays; labels: a text for each image of a sequence, or None.
    """

    def __init__(self, images: Images, labels: Optional[Sequence[Any]] = None, unlabelled: bool = False):
        self._kept: List[Any] = []
        if _is_path(images):
            if labels is not None:
                raise TypeError("labels are given for a sequence of images; those of a folder or list are in it")
            name = "oc_dataset_open_unlabelled" if unlabelled else "oc_dataset_open"
            self.handle: Handle = created("dataset", name, os.fsencode(images))
            return
        if isinstance(images, (bytes, bytearray)) or _is_pil(images):
            raise TypeError("a sequence of images is needed: put this one into a list")
        items = list(images)
        if labels is not None and len(labels) != len(items):
            raise ValueError(f"{len(labels)} labels for {len(items)} images")
        array = (DatasetImage * len(items))()
        for number, item in enumerate(items):
            self._fill(array[number], item, number)
            if labels is not None:
                array[number].label = os.fsencode(str(labels[number]))
        self.handle = created("dataset", "oc_dataset_of_images", array, len(items))

    def _fill(self, out: DatasetImage, image: Any, number: int) -> None:
        if _is_path(image):
            out.path = os.fsencode(image)
            return
        if _is_pil(image):
            image = _from_pil(image)
        if isinstance(image, (bytes, bytearray, memoryview)):
            data = np.frombuffer(image, dtype=np.uint8)
            out.bytes, out.size = data.ctypes.data, data.size
        elif isinstance(image, np.ndarray):
            data = _pixels(image, number)
            height, width, channels = data.shape
            out.pixels = Pixels(data.ctypes.data, width, height, channels, data.strides[0])
        else:
            raise TypeError(
                f"image {number} is a {type(image).__name__}; a path, bytes of a file, a PIL image or a uint8 array is "
                "needed"
            )
        self._kept.append(data)

    def __len__(self) -> int:
        return library.oc_dataset_count(self.handle)

    def name(self, i: int) -> str:
        return text(library.oc_dataset_path(self.handle, i))

    def keep_part(self, index: int, count: int) -> None:
        """Keeps part `index` (from 1) of `count`."""
        call("oc_dataset_shard", self.handle, index, count)


def failures_of(dataset: Dataset, rows: Handle) -> List[Tuple[int, str, str]]:
    """(index, name, reason) of the images that are not among the rows; the set has them in their order."""
    found: List[Tuple[int, str, str]] = []
    count = library.oc_set_skipped(rows)
    index = 0
    for i in range(count):
        name = text(library.oc_set_skipped_path(rows, i))
        while dataset.name(index) != name:
            index += 1
        found.append((index, name, text(library.oc_set_skipped_reason(rows, i))))
        index += 1
    return found


def array_of(pointer: Any, shape: Tuple[int, ...], owner: Any) -> np.ndarray:
    """float32 that belongs to an object of the library, which lives as long as the array."""
    count = int(np.prod(shape))
    buffer = (ctypes.c_float * count).from_address(ctypes.addressof(pointer.contents)) if count else bytearray()
    if count:
        buffer.owner = owner
    return np.frombuffer(buffer, dtype=np.float32).reshape(shape)
