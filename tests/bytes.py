#!/usr/bin/env python3
"""bytes.py OLD [NEW]: sums of what the command OLD writes; with NEW, whether that command writes the same bytes.

A set is made with each stage and form, a model with each loss, optimiser, scale and penalty, from images that are
drawn here. For each result there is the SHA-256 of the whole folder or file, and of its rows or tensors alone, so that
one sees whether the numbers or only the text around them differ. The sums depend on the type of the processor (kernels,
OpenBLAS): compare two commands on one machine, and keep no sums."""

import hashlib
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import zlib

CLASSES, IMAGES, SIDE = 4, 12, 48
PHOTOS_SIDE = 96

SPECS = {
    'pixels': ['', 'gray=1', 'size=20'],
    'color': ['', 'space=rgb', 'space=lab,bins=5', 'space=hue', 'space=hue,weight=saturation', 'joint=0,grid=2',
              'norm=hellinger', 'norm=none'],
    'hog': ['', 'cell=5', 'preset=skimage', 'preset=opencv', 'preset=uoctti', 'interpolate=none', 'interpolate=bins',
            'interpolate=cells', 'block=2', 'block=2,norm=l1', 'block=2,norm=l1-sqrt', 'block=2,norm=l2,window=1',
            'norm=row', 'norm=neighbours', 'norm=none', 'signed=1', 'color=max', 'gamma=1', 'block=2,interpolate=both'],
    'words': ['count=40', 'count=40,gray=1', 'count=40,whiten=0', 'count=40,mirror=1', 'count=40,encode=hard',
              'count=40,encode=soft', 'count=40,encode=soft,nearest=3', 'count=40,grid=1-2-3,pool=max',
              'count=40,pool=mean,map=none', 'count=30,descriptor=sift',
              'count=30,descriptor=sift,cells=3-4,stride=3,mirror=1'],
}
# Slow settings get few words and samples.
FEW = ',samples=4000,iterations=4'

MODELS = [[f'--loss={loss}'] for loss in ('softmax', 'hinge', 'squared-hinge', 'ovr-squared-hinge', 'square')]
MODELS += [[f'--scale={scale}'] for scale in ('none', 'center', 'range', 'standard')]
MODELS += [['--optimizer=sgd', '--epochs=3'], ['--optimizer=gd', '--epochs=20'],
           ['--optimizer=random-search', '--loss=hinge', '--epochs=50'],
           ['--optimizer=local-search', '--loss=hinge', '--epochs=50'],
           ['--l2=0.01'], ['--l1=0.01'], ['--l2=0.001', '--l1=0.001'], ['--max-norm=0.5'], ['--class-weight=balanced'],
           ['--schedule=constant', '--momentum=0', '--batch=8', '--rate=0.01', '--epochs=2'], ['--folds=3'],
           ['--holdout=0.25'], ['--tune'], ['--augment=mirror'], ['--seed=7'], ['--classifier=nearest:k=3'],
           ['--classifier=nearest:k=1,metric=l1']]
# A model that holds what the stages have learned.
WHOLE = ['pixels:size=12', 'color+hog', 'words:count=40' + FEW, 'hog:cell=6+words:count=30,descriptor=sift' + FEW]


def png(side, pixels):
    """An RGB PNG file; pixels (side, side, 3) as bytes."""
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    rows = b''.join(b'\0' + pixels[3 * side * y:3 * side * (y + 1)] for y in range(side))
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>2I5B', side, side, 8, 2, 0, 0, 0)) +
            chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))


def draw(side, label, generator):
    """Rectangles on a noisy ground; colours and shapes lean towards the label."""
    pixels = bytearray(generator.randrange(40) + 60 for _ in range(3 * side * side))
    for _ in range(6):
        color = [generator.randrange(256) for _ in range(3)]
        color[label % 3] = 200 + generator.randrange(56)
        width, height = generator.randrange(4, side // 2), generator.randrange(4, side // 2)
        width, height = (width, height // 2 + 1) if label % 2 else (width // 2 + 1, height)
        left, top = generator.randrange(side - width), generator.randrange(side - height)
        for y in range(top, top + height):
            pixels[3 * (y * side + left):3 * (y * side + left + width)] = bytes(color) * width
    return bytes(pixels)


def make_images(folder, side):
    generator = random.Random(side)
    for label in range(CLASSES):
        os.makedirs(f'{folder}/class{label}')
        for i in range(IMAGES):
            with open(f'{folder}/class{label}/{i}.png', 'wb') as file:
                file.write(png(side, draw(side, label, generator)))


def numbers(path):
    """What of a file is numbers: the values of .npy, the tensors of .safetensors and models."""
    with open(path, 'rb') as file:
        data = file.read()
    if data[:6] == b'\x93NUMPY':
        return data[10 + struct.unpack('<H', data[8:10])[0]:]
    length = struct.unpack('<Q', data[:8])[0]
    json.loads(data[8:8 + length])
    return data[8 + length:]


def sums(path):
    """Of a file, or of all files of a folder."""
    names = sorted(os.path.join(path, name) for name in os.listdir(path)) if os.path.isdir(path) else [path]
    whole, values = hashlib.sha256(), hashlib.sha256()
    for name in names:
        with open(name, 'rb') as file:
            whole.update(os.path.basename(name).encode() + b'\0' + file.read())
        if not name.endswith('.csv'):
            values.update(numbers(name))
    return {'all': whole.hexdigest()[:24], 'numbers': values.hexdigest()[:24]}


def results(command, images, folder):
    """Name -> sums of everything that the command is asked to write."""
    found = {}

    def run(name, *arguments):
        output = os.path.join(folder, 'out')
        done = subprocess.run([command, *arguments, '-q', '-o', output], stderr=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True, check=False)
        if done.returncode != 0:
            sys.exit(f'{command} {" ".join(arguments)}: {done.stderr}')
        found[name] = sums(output)
        kept = os.path.join(folder, str(len(found)))
        os.rename(output, kept)
        return kept

    for stage, forms in SPECS.items():
        for form in forms:
            spec = f'{stage}:{form}'.rstrip(':') + (FEW if stage == 'words' else '')
            photos = 'descriptor=sift' in form or 'size' in form
            run(f'extract -f {spec}', 'extract', images[photos], '-f', spec)
    joined = run('extract -f hog+color:grid=2', 'extract', images[0], '-f', 'hog+color:grid=2')
    shards = [run(f'extract --shard {i}/2', 'extract', images[0], '-f', 'hog+color:grid=2', '--shard', f'{i}/2')
              for i in (1, 2)]
    run('merge', 'merge', *shards)
    for options in MODELS:
        run('train ' + ' '.join(options), 'train', joined, *options)
    for spec in WHOLE:
        run(f'train -f {spec}', 'train', images[1], '-f', spec, '-j', '2')
    return found


def main():
    commands = [os.path.abspath(command) for command in sys.argv[1:]]
    if len(commands) not in (1, 2):
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        images = [os.path.join(folder, 'small'), os.path.join(folder, 'large')]
        make_images(images[0], SIDE)
        make_images(images[1], PHOTOS_SIDE)
        made = []
        for i, command in enumerate(commands):
            os.mkdir(os.path.join(folder, f'results{i}'))
            made.append(results(command, images, os.path.join(folder, f'results{i}')))
    if len(made) == 1:
        for name, sum_of in made[0].items():
            print(sum_of['all'], sum_of['numbers'], name)
        return
    changed = [name for name in made[0] if made[0][name] != made[1][name]]
    for name in changed:
        same = made[0][name]['numbers'] == made[1][name]['numbers']
        print(f'{name}: {"the numbers are the same, the text around them is not" if same else "other numbers"}')
    print(f'{len(made[0]) - len(changed)} of {len(made[0])} results have the same bytes')
    sys.exit(bool(changed))


if __name__ == '__main__':
    main()
