#!/usr/bin/env python3
"""Trains scikit-learn's logistic regression on the rows of one set and tests it on another: train_sklearn.py TRAIN TEST"""
import csv
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler


def read(folder):
    """Rows (N, D) and labels (N) of a set that `ocellus extract` wrote."""
    rows = np.load(f"{folder}/features.npy", mmap_mode="r")
    with open(f"{folder}/index.csv", newline="", encoding="utf-8", errors="surrogateescape") as index:
        labels = np.array([line["label"] for line in csv.DictReader(index)])
    return rows, labels


train, train_labels = read(sys.argv[1])
test, test_labels = read(sys.argv[2])
scaler = StandardScaler().fit(train)
classifier = LogisticRegression(max_iter=300).fit(scaler.transform(train), train_labels)
accuracy = classifier.score(scaler.transform(test), test_labels)
print(f"{len(train)} rows of {train.shape[1]} values, {len(test)} test rows: accuracy {accuracy:.4f}")
