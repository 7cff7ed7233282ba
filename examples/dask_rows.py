"""Rows of many images on the machines of a Dask cluster, to the bytes that one process writes.

    python3 dask_rows.py IMAGES SPEC SET [PARTS]      two workers on this machine

The stages learn once, in the process that is started here, from a sample of the images. Every worker gets them as a
file, each part of the images becomes a SET of its own, and these are merged. IMAGES (a folder or a CSV list) and SET
lie where every machine finds them under the same name. For another cluster give its address to Client.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import ocellus

SAMPLE = 2000


def learn(images, spec, size=None):
    """Fitted stages. A codebook needs no more than some thousand images."""
    paths = sorted(str(path) for path in Path(images).rglob("*") if path.is_file()) if os.path.isdir(images) else images
    if isinstance(paths, list):
        paths = paths[:: len(paths) // SAMPLE + 1]
    return ocellus.Features(spec, size=size, on_error="skip").fit(paths)


def write_part(number, images, folder, parts):
    """What a worker does: part `number` of the images as a SET. A part that a killed worker has begun is taken up where
    it was left; one that is whole is there already when Dask asks for it again."""
    part = os.path.join(folder, f"part{number}")
    if not os.path.isdir(part):
        features = ocellus.Features.load(os.path.join(folder, "stages"), threads=1)  # a worker has one processor
        features.write(images, part, shard=(number, parts), resume=os.path.exists(part + ".partial"))
    return part


def write_rows(client, features, images, output, parts):
    """All parts on the workers of `client`, then the SET `output`. Returns the number of rows."""
    folder = tempfile.mkdtemp(prefix="parts-", dir=os.path.dirname(os.path.abspath(output)))
    # A file and not client.scatter: what was scattered can be lost with the worker that held it.
    features.save(os.path.join(folder, "stages"))
    numbers = range(1, parts + 1)
    work = client.map(write_part, numbers, images=images, folder=folder, parts=parts, retries=5, pure=False)
    rows = ocellus.merge(client.gather(work), output)
    shutil.rmtree(folder)  # kept after a failure: the same call with this folder would go on
    return rows


def main(images, spec, output, parts="8"):
    from distributed import Client, LocalCluster

    features = learn(images, spec)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        print(write_rows(client, features, os.path.abspath(images), output, int(parts)), "rows")


if __name__ == "__main__":
    main(*sys.argv[1:])
