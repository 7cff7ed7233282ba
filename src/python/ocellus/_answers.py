"""Scores and probabilities of many images or rows."""

import ctypes
from typing import Dict, List

import numpy as np

from ._images import Dataset, Failure
from ._job import Job
from ._library import FAILED, AnswerArrays, Handle, Part, library, text


class Answers:
    """Scores and probabilities (N, C) float32, NaN where there are none, and the reason of each failure."""

    def __init__(self, model: Handle, count: int):
        self._model = model
        classes = library.oc_model_classes(model)
        self.scores = np.full((count, classes), np.nan, dtype=np.float32)
        self.probabilities = np.full((count, classes), np.nan, dtype=np.float32)
        self.status = np.zeros(count, dtype=np.intc)
        self.reasons: Dict[int, str] = {}
        self.failures: List[Failure] = []

    def _arrays(self) -> AnswerArrays:
        """The struct that the library fills."""
        arrays, reasons = AnswerArrays(), self.reasons
        arrays.scores = self.scores.ctypes.data
        arrays.probabilities = self.probabilities.ctypes.data
        arrays.status = self.status.ctypes.data
        arrays.uses = self.scores, self.probabilities, self.status
        arrays.failed = FAILED(lambda _, i, reason: reasons.__setitem__(i, text(reason)))
        return arrays

    def of_rows(self, rows: Handle, threads: int) -> "Answers":
        job = Job(threads)
        job.run("oc_classify_set", self._model, rows, job.handle, ctypes.byref(self._arrays()))
        if self.reasons:
            first = min(self.reasons)
            raise ValueError(f"{len(self.reasons)} row(s) have no finite scores, the first is row {first}")
        return self

    def of_images(self, dataset: Dataset, limits: Part, job: Job) -> "Answers":
        job.run("oc_classify_dataset", self._model, dataset.handle, limits, job.handle, ctypes.byref(self._arrays()))
        self.failures = [dataset.failure(i, self.reasons[i]) for i in sorted(self.reasons)]
        return self

    def in_order(self, order: List[int]) -> "Answers":
        """Columns in the order of the caller's classes; `order` has the place of each column."""
        if order != sorted(order):
            places = np.argsort(order)
            self.scores, self.probabilities = self.scores[:, places], self.probabilities[:, places]
        return self
