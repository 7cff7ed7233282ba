"""Softmax regression in PyTorch: TRAIN TEST THREADS RATE. SGD with momentum, 20 epochs, batches of 256, rows standardised. Prints the
seconds of the training, those of its processors and the accuracy on the test set."""
import csv
import sys
import time

import numpy
import torch


def load(folder):
    rows = torch.from_numpy(numpy.load(folder + "/features.npy"))
    with open(folder + "/index.csv", newline="", errors="surrogateescape") as file:
        names = [line["label"] for line in csv.DictReader(file)]
    classes = sorted(set(names))
    return rows, torch.tensor([classes.index(name) for name in names])


torch.set_num_threads(int(sys.argv[3]))
torch.manual_seed(0)
(x, y), (tx, ty) = load(sys.argv[1]), load(sys.argv[2])
start, before = time.perf_counter(), time.process_time()
mean, deviation = x.mean(0), x.std(0) + 1e-6
x = (x - mean) / deviation
model = torch.nn.Linear(x.shape[1], int(y.max()) + 1)
optimizer = torch.optim.SGD(model.parameters(), lr=float(sys.argv[4]), momentum=0.9, weight_decay=1e-4)
for epoch in range(20):
    order = torch.randperm(len(x))
    for i in range(0, len(x), 256):
        batch = order[i:i + 256]
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
        optimizer.step()
seconds, processor = time.perf_counter() - start, time.process_time() - before
with torch.no_grad():
    accuracy = (model((tx - mean) / deviation).argmax(1) == ty).float().mean()
print(f"{seconds:.6f} test accuracy {100 * accuracy:.2f} %, {processor:.2f} s of processors")
