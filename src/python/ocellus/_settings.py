"""Options of the library, by their names."""

import ctypes
import operator
from typing import Any, Dict

import numpy as np

from ._library import Handle, call, created, encoded, library, text


def _typed(name: str, value: Any) -> bytes:
    """A value as the command would take it."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, (bool, np.bool_)):
        return b"1" if value else b"0"
    if name == "size" and isinstance(value, (tuple, list, np.ndarray)):
        try:
            return "x".join(str(operator.index(side)) for side in value).encode()
        except TypeError:
            raise ValueError(f"{name}={value!r}: (width, height) as whole numbers is needed") from None
    return encoded(str(value), name)


def settings_of(options: Dict[str, Any]) -> Handle:
    """The library's options; None stands for the default."""
    settings = created("settings", "oc_settings_create")
    for name, value in options.items():
        if value is not None:
            call("oc_settings_set", settings, name.replace("_", "-").encode(), _typed(name, value))
    return settings


def setting(settings: Handle, name: str) -> str:
    """The value of an option as it would be typed; empty where there is none."""
    buffer = ctypes.create_string_buffer(40)
    library.oc_settings_get(settings, name.replace("_", "-").encode(), buffer, len(buffer))
    return text(buffer.value)


def checked_on_error(on_error: str) -> None:
    if on_error not in ("raise", "skip"):
        raise ValueError(f"on_error={on_error!r}: 'raise' or 'skip' is needed")
