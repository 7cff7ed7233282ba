"""libocellus.so by ctypes: where it is, the declarations of the functions that are called, and their errors.

Only a few structs are mirrored here; tests/python/test_library.py compares their layout with the C compiler's.
"""

import ctypes
import ctypes.util
import os
import sys
import warnings
import weakref
from ctypes import POINTER, c_char_p, c_float, c_int, c_size_t, c_void_p
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple, Union

from ._version import __version__

_MAJOR, _MINOR = __version__.split(".")[:2]
SONAME = "libocellus.so." + (f"0.{_MINOR}" if _MAJOR == "0" else _MAJOR)


def _candidates() -> Iterator[str]:
    """The places of the library, the first that exists is taken."""
    if os.environ.get("OCELLUS_LIBRARY"):
        yield os.environ["OCELLUS_LIBRARY"]
        return
    package = Path(__file__).resolve().parent
    beside = package / SONAME
    if beside.exists():
        yield str(beside)
    yield SONAME  # by the system's loader: LD_LIBRARY_PATH, ldconfig
    build = package.parents[2] / "build" / "release"  # of the source tree
    yield from sorted(str(path) for path in build.glob("libocellus.so.*"))


def _load() -> ctypes.CDLL:
    tried = []
    for path in _candidates():
        try:
            library = ctypes.CDLL(path)
        except OSError as error:
            tried.append(f"  {error}")
            continue
        library.oc_version.restype = c_char_p
        found = library.oc_version().decode()
        if found.split(".")[:2] != [_MAJOR, _MINOR]:
            raise ImportError(f"{path} is version {found}; this package needs version {_MAJOR}.{_MINOR}")
        return library
    places = "\n".join(tried)
    raise ImportError(
        f"{SONAME} was not found:\n{places}\nInstall the library ('make install', then 'ldconfig'), or name the file "
        "in the environment variable OCELLUS_LIBRARY."
    )


class Error(ctypes.Structure):
    """oc_error"""

    _fields_ = [("status", c_int), ("message", ctypes.c_char * 1000)]


PROGRESS = ctypes.CFUNCTYPE(None, c_void_p, c_char_p, c_size_t, c_size_t)
NOTE = ctypes.CFUNCTYPE(None, c_void_p, c_char_p)
WARNING = ctypes.CFUNCTYPE(None, c_void_p, c_char_p, c_char_p)
FAILED = ctypes.CFUNCTYPE(None, c_void_p, c_size_t, c_char_p)


class Listener(ctypes.Structure):
    """oc_listener"""

    _fields_ = [("progress", PROGRESS), ("note", NOTE), ("warning", WARNING), ("loss", c_void_p), ("context", c_void_p)]


class Pixels(ctypes.Structure):
    """oc_pixels"""

    _fields_ = [
        ("data", c_void_p),
        ("width", c_size_t),
        ("height", c_size_t),
        ("channels", c_size_t),
        ("stride", c_size_t),
    ]


class DatasetImage(ctypes.Structure):
    """oc_dataset_image"""

    _fields_ = [
        ("path", c_char_p),
        ("label", c_char_p),
        ("bytes", c_void_p),
        ("size", c_size_t),
        ("pixels", Pixels),
    ]


class AnswerArrays(ctypes.Structure):
    """oc_answer_arrays; `uses` has the arrays themselves."""

    uses: Any
    _fields_ = [
        ("scores", c_void_p),
        ("probabilities", c_void_p),
        ("status", c_void_p),
        ("failed", FAILED),
        ("context", c_void_p),
    ]


class Extent(ctypes.Structure):
    """oc_extent, which oc_features_size returns"""

    _fields_ = [("width", c_size_t), ("height", c_size_t)]


_ERR = POINTER(Error)
_OUT = POINTER(c_void_p)
_SIZE = POINTER(c_size_t)
# Functions that return a status: the types of the arguments before oc_error *.
_CALLS: Dict[str, List[Any]] = {
    "oc_job_create": [c_size_t, POINTER(Listener), _OUT],
    "oc_dataset_open": [c_char_p, _OUT],
    "oc_dataset_open_unlabelled": [c_char_p, _OUT],
    "oc_dataset_of_images": [POINTER(DatasetImage), c_size_t, _OUT],
    "oc_dataset_shard": [c_void_p, c_size_t, c_size_t],
    "oc_features_parse": [c_char_p, _OUT],
    "oc_features_copy": [c_void_p, _OUT],
    "oc_features_save": [c_void_p, c_void_p, c_char_p],
    "oc_features_load": [c_char_p, _OUT, c_void_p],
    "oc_features_save_memory": [c_void_p, c_void_p, c_void_p, c_size_t, _SIZE],
    "oc_features_load_memory": [c_char_p, c_size_t, _OUT, c_void_p],
    "oc_set_fit": [c_void_p, c_void_p, c_void_p, c_void_p, _OUT],
    "oc_set_extract": [c_void_p, c_void_p, c_void_p, c_void_p, _OUT],
    "oc_set_merge": [POINTER(c_char_p), c_size_t, c_char_p, c_void_p, _SIZE],
    "oc_set_open_joined": [POINTER(c_char_p), c_size_t, _OUT],
    "oc_set_of_array": [c_void_p, c_size_t, c_size_t, POINTER(c_char_p), _OUT],
    "oc_settings_create": [_OUT],
    "oc_settings_set": [c_void_p, c_char_p, c_char_p],
    "oc_choose_features": [c_void_p, c_void_p, c_void_p, c_void_p, _OUT],
    "oc_model_check": [c_void_p, c_void_p],
    "oc_model_train": [c_void_p, c_void_p, c_void_p, _OUT, c_void_p],
    "oc_model_load": [c_char_p, _OUT],
    "oc_model_save": [c_void_p, c_char_p],
    "oc_model_load_memory": [c_char_p, c_size_t, _OUT],
    "oc_model_save_memory": [c_void_p, c_void_p, c_size_t, _SIZE],
    "oc_classify_dataset": [c_void_p, c_void_p, c_void_p, c_void_p, POINTER(AnswerArrays)],
    "oc_classify_set": [c_void_p, c_void_p, c_void_p, POINTER(AnswerArrays)],
}
# All others: the type of the result, and those of the arguments.
_PLAIN: Dict[str, Tuple[Any, List[Any]]] = {
    "oc_status_text": (c_char_p, [c_int]),
    "oc_job_free": (None, [c_void_p]),
    "oc_job_cancel": (None, [c_void_p]),
    "oc_dataset_free": (None, [c_void_p]),
    "oc_dataset_count": (c_size_t, [c_void_p]),
    "oc_dataset_path": (c_char_p, [c_void_p, c_size_t]),
    "oc_features_free": (None, [c_void_p]),
    "oc_features_spec": (c_char_p, [c_void_p]),
    "oc_features_size": (Extent, [c_void_p]),
    "oc_features_dimension": (c_size_t, [c_void_p]),
    "oc_features_column_name": (c_size_t, [c_void_p, c_size_t, c_char_p, c_size_t]),
    "oc_set_free": (None, [c_void_p]),
    "oc_set_recognise": (ctypes.c_bool, [c_char_p]),
    "oc_set_count": (c_size_t, [c_void_p]),
    "oc_set_array": (POINTER(c_float), [c_void_p]),
    "oc_set_features": (c_void_p, [c_void_p]),
    "oc_set_skipped": (c_size_t, [c_void_p]),
    "oc_set_skipped_path": (c_char_p, [c_void_p, c_size_t]),
    "oc_set_skipped_reason": (c_char_p, [c_void_p, c_size_t]),
    "oc_settings_free": (None, [c_void_p]),
    "oc_settings_get": (c_size_t, [c_void_p, c_char_p, c_char_p, c_size_t]),
    "oc_settings_image": (c_void_p, [c_void_p]),
    "oc_settings_extract": (c_void_p, [c_void_p]),
    "oc_settings_train": (c_void_p, [c_void_p]),
    "oc_settings_use_model": (None, [c_void_p, c_void_p]),
    "oc_settings_use_set": (None, [c_void_p, c_void_p]),
    "oc_model_free": (None, [c_void_p]),
    "oc_model_features": (c_void_p, [c_void_p]),
    "oc_model_classifier": (c_void_p, [c_void_p]),
    "oc_model_classes": (c_size_t, [c_void_p]),
    "oc_model_class": (c_char_p, [c_void_p, c_size_t]),
    "oc_model_weights": (POINTER(c_float), [c_void_p]),
    "oc_model_shift": (POINTER(c_float), [c_void_p]),
    "oc_model_scale": (POINTER(c_float), [c_void_p]),
    "oc_classifier_probable": (ctypes.c_bool, [c_void_p]),
    "oc_json_info_model": (c_void_p, [c_void_p]),
    "oc_json_free": (None, [c_void_p]),
}

library = _load()
for _name, _types in _CALLS.items():
    getattr(library, _name).restype = c_int
    getattr(library, _name).argtypes = [*_types, _ERR]
for _name, (_result, _types) in _PLAIN.items():
    getattr(library, _name).restype = _result
    getattr(library, _name).argtypes = _types


class OcellusError(Exception):
    """A call of the library failed; the text says why."""

    __module__ = "ocellus"


class InvalidValue(OcellusError, ValueError):
    """An argument, an image, a file or data that cannot be worked with."""

    __module__ = "ocellus"


class ImageError(InvalidValue):
    """Images that cannot be read; `failures` has (index, name, reason) of each."""

    __module__ = "ocellus"

    def __init__(self, failures: List[Tuple[int, str, str]]):
        self.failures = failures
        lines = "".join(f"\n  {name}: {reason}" for _, name, reason in failures)
        super().__init__(f"{len(failures)} image(s) cannot be read (on_error='skip' leaves them out):{lines}")

    def __reduce__(self) -> Tuple[Any, ...]:
        return ImageError, (self.failures,)


class MissingFile(OcellusError, FileNotFoundError):
    """A file or folder is not there."""

    __module__ = "ocellus"


class FileError(OcellusError, OSError):
    """Reading or writing failed."""

    __module__ = "ocellus"


class OutOfMemory(OcellusError, MemoryError):
    """The library's MemoryError."""

    __module__ = "ocellus"


class OcellusWarning(UserWarning):
    """What the library notes about images and data."""

    __module__ = "ocellus"


class Cancelled(OcellusError):
    """The work was cancelled; jobs raise the reason in place of it."""


def warn(message: str) -> None:
    """Warns at the line that called this package, or scikit-learn."""
    frame, level = sys._getframe(), 1
    while frame.f_back and frame.f_globals.get("__name__", "").split(".")[0] in ("ocellus", "sklearn"):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, OcellusWarning, stacklevel=level)


# By oc_status: OC_NO_MEMORY, OC_IO, OC_NOT_FOUND, OC_CANCELLED; all others are bad values.
CANCELLED = 11
_KINDS = {2: OutOfMemory, 3: FileError, 4: MissingFile, CANCELLED: Cancelled}


def text(value: bytes) -> str:
    """A name or message of the library; bytes that are not UTF-8 become surrogates, as in os.fsdecode."""
    return value.decode("utf-8", "surrogateescape")


def encoded(value: Any, what: str) -> bytes:
    """The opposite of text()."""
    if not isinstance(value, str):
        raise TypeError(f"{what} is a text, not a {type(value).__name__}")
    if "\0" in value:
        raise ValueError(f"{value!r} has a NUL character, which no {what.split()[-1]} can have")
    return value.encode("utf-8", "surrogateescape")


def encoded_path(path: "Union[str, os.PathLike[str]]") -> bytes:
    data = os.fsencode(path)
    if b"\0" in data:
        raise ValueError(f"{path!r} has a NUL character, which no path can have")
    return data


def call(name: str, *arguments: Any) -> None:
    """Calls a function that returns a status; raises what went wrong."""
    error = Error()
    status = getattr(library, name)(*arguments, ctypes.byref(error))
    if status:
        raise _KINDS.get(status, InvalidValue)(text(error.message))


class Handle:
    """A pointer to an object of the library, freed with this object. `out` is where a call puts the pointer. `uses` has
    what the library's object reads in place."""

    def __init__(self, kind: str):
        self._as_parameter_ = c_void_p()
        self.uses: Any = None
        free = weakref.finalize(self, self._free, getattr(library, f"oc_{kind}_free"), self._as_parameter_)
        free.atexit = False  # a thread may still be at work then

    @staticmethod
    def _free(free: Any, pointer: c_void_p) -> None:
        if pointer:
            free(pointer)

    @property
    def out(self) -> Any:
        return ctypes.byref(self._as_parameter_)


class Part:
    """A pointer that a function returns, into an object that lives as long as this."""

    def __init__(self, name: str, owner: Handle):
        self._as_parameter_ = getattr(library, name)(owner)
        self._owner = owner


def created(kind: str, name: str, *arguments: Any) -> Handle:
    """The object that a quick call makes, whose last argument is where the pointer goes."""
    handle = Handle(kind)
    call(name, *arguments, handle.out)
    return handle


def saved(name: str, *objects: Any) -> bytes:
    """What a function of the form oc_..._save_memory writes."""
    size = c_size_t()
    call(name, *objects, None, 0, ctypes.byref(size))
    buffer = ctypes.create_string_buffer(size.value)
    call(name, *objects, buffer, size.value, ctypes.byref(size))
    return buffer.raw
