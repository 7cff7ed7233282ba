#!/usr/bin/env python3
"""Prints the arrays of a model, or of a set's stages.safetensors: read_model.py FILE"""
import json
import sys

import numpy as np


def load(path):
    """The arrays of a safetensors file by name, mapped, and its strings."""
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
    strings = header.pop("__metadata__", {})
    values = np.memmap(path, np.uint8, "r", 8 + size) if header else b""
    arrays = {name: values[slice(*entry["data_offsets"])].view("<f4").reshape(entry["shape"])
              for name, entry in header.items()}
    return arrays, strings


if __name__ == "__main__":
    arrays, strings = load(sys.argv[1])
    print(strings["format"], strings["spec"])
    for name, array in sorted(arrays.items()):
        print(f"{name:24} {str(array.shape):16} {array.min():.4g} to {array.max():.4g}")
