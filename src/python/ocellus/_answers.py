"""Scores and probabilities of many images or rows."""

import ctypes
from typing import Dict, List

import numpy as np

from ._estimator import settings_of
from ._job import Job
from ._library import FAILED, AnswerArrays, Handle, library, text


class Answers:
    """Scores and probabilities (N, C) float32, NaN where there are none, and the reason of each failure."""

    def __init__(self, model: Handle, count: int):
        self._model = model
        classes = library.oc_model_classes(model)
        self.scores = np.full((count, classes), np.nan, dtype=np.float32)
        self.probabilities = np.full((count, classes), np.nan, dtype=np.float32)
        self.status = np.zeros(count, dtype=np.intc)
        self.reasons: Dict[int, str] = {}
        self._arrays = AnswerArrays()
        self._arrays.scores = self.scores.ctypes.data
        self._arrays.probabilities = self.probabilities.ctypes.data
        self._arrays.status = self.status.ctypes.data
        self._arrays.failed = FAILED(lambda _, i, reason: self.reasons.__setitem__(i, text(reason)))

    def of_rows(self, rows: Handle, threads: int) -> "Answers":
        job = Job(threads)
        job.run("oc_classify_set", self._model, rows, job.handle, ctypes.byref(self._arrays))
        if self.reasons:
            first = min(self.reasons)
            raise ValueError(f"{len(self.reasons)} row(s) have no finite scores, the first is row {first}")
        return self

    def of_images(self, dataset: Handle, job: Job) -> "Answers":
        limits = settings_of({})
        image = library.oc_settings_image(limits)
        job.run("oc_classify_dataset", self._model, dataset, image, job.handle, ctypes.byref(self._arrays))
        return self

    def in_order(self, order: List[int]) -> "Answers":
        """Columns in the order of the caller's classes; `order` has the place of each column."""
        if order != sorted(order):
            places = np.argsort(order)
            self.scores, self.probabilities = self.scores[:, places], self.probabilities[:, places]
        return self
