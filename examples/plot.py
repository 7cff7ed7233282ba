#!/usr/bin/env python3
"""Draws what `--json` of compare or evaluate printed: plot.py RESULT.json PICTURE.png"""
import json
import sys

import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt


def draw_comparison(axes, result):
    """Test accuracy of each row with its 95 % interval."""
    rows = result["rows"][::-1]
    accuracy = [row["test_accuracy"] for row in rows]
    below = [row["test_accuracy"] - row["interval"][0] for row in rows]
    above = [row["interval"][1] - row["test_accuracy"] for row in rows]
    axes.barh([row["features"] for row in rows], accuracy, xerr=[below, above], capsize=3)
    axes.set_xlabel(f"accuracy on {result['test']} test images")


def draw_confusion(axes, result):
    """The share of each true class (line) that was taken for each class (column)."""
    names = [entry["name"] for entry in result["classes"]]
    shares = [[count / max(sum(line), 1) for count in line] for line in result["confusion"]]
    axes.imshow(shares, vmin=0, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=90)
    axes.set_yticks(range(len(names)), names)
    axes.set_title(f"accuracy {result['accuracy']:.3f}")


with open(sys.argv[1], encoding="utf-8") as file:
    result = json.load(file)
figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
(draw_comparison if "rows" in result else draw_confusion)(axes, result)
figure.savefig(sys.argv[2], dpi=150)
