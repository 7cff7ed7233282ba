"""Triangle encoding in PyTorch, one thread: RAW IMAGES WORDS. Seconds of processor time for one pass over 32x32 images; 20 of
them are timed."""
import sys
import time

import numpy
import torch
from torch.nn import functional

torch.set_num_threads(1)
count, words = int(sys.argv[2]), int(sys.argv[3])
images = torch.from_numpy(numpy.fromfile(sys.argv[1], numpy.uint8).reshape(count, 32, 32, 3)[:20].copy()).permute(0, 3, 1, 2).float()
torch.manual_seed(0)
whiten, codebook = torch.randn(108, 108), torch.randn(words, 108)


def encode(image):
    patches = functional.unfold(image[None], 6)[0].T
    patches = patches - patches.mean(1, keepdim=True)
    patches = (patches / (patches.var(1, unbiased=False, keepdim=True) + 10).sqrt()) @ whiten
    distances = torch.cdist(patches, codebook)
    codes = (distances.mean(1, keepdim=True) - distances).clamp_(min=0).view(27, 27, words)
    return torch.cat([codes[y, x].sum((0, 1)) for y in (slice(0, 14), slice(14, 27)) for x in (slice(0, 14), slice(14, 27))])


encode(images[0])
start = time.thread_time()
for image in images:
    encode(image)
print((time.thread_time() - start) * count / len(images))
