"""libocellus.so by ctypes: where it is, the declarations of the functions that are called, and their errors.

Only a few structs are mirrored here; tests/python/test_library.py compares their layout with the C compiler's.
"""

import ctypes
import ctypes.util
import os
import weakref
from ctypes import POINTER, c_char_p, c_float, c_int, c_size_t, c_void_p
from pathlib import Path
from typing import Any, Iterator, List, Tuple

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
    """oc_answer_arrays"""

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
_CALLS = {
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
_PLAIN = {
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


class InvalidValue(OcellusError, ValueError):
    """An argument, an image, a file or data that cannot be worked with."""


class ImageError(InvalidValue):
    """Images that cannot be read; `failures` has (index, name, reason) of each."""

    def __init__(self, failures: List[Tuple[int, str, str]]):
        self.failures = failures
        lines = "".join(f"\n  {name}: {reason}" for _, name, reason in failures)
        super().__init__(f"{len(failures)} image(s) cannot be read (on_error='skip' leaves them out):{lines}")

    def __reduce__(self):
        return ImageError, (self.failures,)


class OcellusWarning(UserWarning):
    """What the library notes about images and data."""


class _Missing(OcellusError, FileNotFoundError):
    pass


class _Io(OcellusError, OSError):
    pass


class _Memory(OcellusError, MemoryError):
    pass


# In the order of oc_status: OC_OK, OC_USAGE, OC_NO_MEMORY, OC_IO, OC_NOT_FOUND; all others are bad values.
_KINDS = {2: _Memory, 3: _Io, 4: _Missing}
CANCELLED = 11


class Cancelled(OcellusError):
    """The work was cancelled."""


def text(value: bytes) -> str:
    """A name or message of the library; bytes that are not UTF-8 become surrogates, as in os.fsdecode."""
    return value.decode("utf-8", "surrogateescape")


def call(name: str, *arguments: Any) -> None:
    """Calls a function that returns a status; raises what went wrong."""
    error = Error()
    status = getattr(library, name)(*arguments, ctypes.byref(error))
    if status == CANCELLED:
        raise Cancelled(text(error.message))
    if status:
        raise _KINDS.get(status, InvalidValue)(text(error.message))


class Handle:
    """A pointer to an object of the library, freed with this object. `out` is where a call puts the pointer."""

    def __init__(self, kind: str):
        self._as_parameter_ = c_void_p()
        weakref.finalize(self, self._free, getattr(library, f"oc_{kind}_free"), self._as_parameter_)

    @staticmethod
    def _free(free: Any, pointer: c_void_p) -> None:
        if pointer:
            free(pointer)

    @property
    def out(self) -> Any:
        return ctypes.byref(self._as_parameter_)


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
