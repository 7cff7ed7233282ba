#!/usr/bin/env python3
"""Puts the page together in one file on standard output: assemble.py WASM MODEL IMAGES

IMAGES is a folder with one sub-folder a class, of which the first image is offered to be tried.
"""
import base64
import gzip
import json
import pathlib
import sys


def text_of(data):
    return base64.b64encode(data).decode("ascii")


def main():
    here = pathlib.Path(__file__).parent
    wasm, model, images = map(pathlib.Path, sys.argv[1:])
    folders = sorted(folder for folder in images.iterdir() if folder.is_dir())
    samples = [[folder.name, text_of(min(folder.iterdir()).read_bytes())] for folder in folders]
    page = (here / "page.html").read_text(encoding="utf-8")
    for name in "page.css", "library.js", "plane.js", "image.js":
        page = page.replace("/*@%s*/" % name, (here / name).read_text(encoding="utf-8").rstrip())
    packed = {"wasm": text_of(gzip.compress(wasm.read_bytes(), 9, mtime=0)), "model": text_of(model.read_bytes()), "samples": samples}
    sys.stdout.write(page.replace("@DATA@", json.dumps(packed).replace("<", "\\u003c")))


main()
