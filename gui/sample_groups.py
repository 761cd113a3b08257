"""Sample groups: which samples the SAMPLES list shows, in which order. Arrays and no Qt.

A group is an array of sample numbers, so ten thousand samples cost one array and no object each.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from crnn.arrays import I64
    from crnn.data.dataset import Fault
    from crnn.debug.messages import Frame, RunInfo, Survey

Group = Literal["worst", "batch", "ink", "all", "faults"]
Order = Literal["number", "loss"]
GROUPS: tuple[Group, ...] = ("ink", "worst", "batch", "faults", "all")
"""In the order of the list: the long one last."""

_CLOSED = ("unreadable_image", "too_wide")
"""Faults of samples that cannot even become an input: these cannot be watched."""


def _folded(text: str) -> str:
    return normalize("NFC", text).strip().casefold()


def matching(texts: Sequence[str], wanted: str) -> NDArray[np.bool_]:
    """Which samples a filter keeps: "#41" those whose number begins so, else those with it."""
    wanted = _folded(wanted)
    if wanted.startswith("#"):
        digits = wanted[1:]
        kept: Iterable[bool] = (
            f"{i:04d}".startswith(digits) or str(i).startswith(digits) for i in range(len(texts))
        )
    else:
        kept = (wanted in text.casefold() for text in texts)
    return np.fromiter(kept, bool, len(texts))


def n_right(survey: Survey, texts: Sequence[str]) -> tuple[int, int]:
    """How many known readings equal their text, and how many are known. Nothing read where the
    label is empty is no success."""
    known_M = survey.step_M[: len(texts)] >= 0
    equal = map(operator.eq, survey.text_M, texts)
    right = map(operator.and_, equal, map(bool, texts))
    return sum(map(operator.and_, known_M.tolist(), right)), int(np.count_nonzero(known_M))


class SampleGroups:
    """The filter and the order in force, applied to one run's data set.

    A member of "faults" is a place in `faults`, because a fault need not have a sample; of every
    other group a sample number.
    """

    def __init__(self, run: RunInfo) -> None:
        self.run = run
        self.faults: tuple[Fault, ...] = run.data.faults
        self.order: Order = "number"
        self.n_worst = 10
        self._wanted = ""
        self._closed = frozenset(f.index for f in self.faults if f.kind in _CLOSED)
        self._kept_M: NDArray[np.bool_] = np.zeros(0, bool)
        self._faults_kept: I64 = np.zeros(0, np.int64)
        self.keep("")

    def keep(self, wanted: str) -> None:
        """Show only what the filter keeps; "" keeps everything."""
        self._wanted = wanted
        self._kept_M = matching(self.run.data.dataset.texts, wanted)
        folded = _folded(wanted)
        kept = [
            place
            for place, fault in enumerate(self.faults)
            if (self._kept_M[fault.index] if fault.index >= 0 else folded in _folded(fault.name))
        ]
        self._faults_kept = np.array(kept, np.int64)

    def take(self, run: RunInfo) -> None:
        """The same run, where drawings and pictures may have come."""
        if run is not self.run:
            self.run = run
            self.keep(self._wanted)

    def can_watch(self, sample: int) -> bool:
        """False for what cannot become an input at all."""
        return sample >= 0 and sample not in self._closed

    def members(self, frame: Frame) -> dict[Group, I64]:
        """Every group's members in order. Unknown losses are the least in "all", and not in
        "worst"."""
        n = self.run.data.n_own
        loss_M = frame.survey.loss_nats_M[:n]
        known = np.flatnonzero(self._kept_M[:n] & ~np.isnan(loss_M))
        worst = known[np.argsort(-loss_M[known], kind="stable")[: self.n_worst]]
        everything = np.flatnonzero(self._kept_M[:n])
        if self.order == "loss":
            keys = np.where(np.isnan(loss_M), -1.0, loss_M)[everything]
            everything = everything[np.argsort(-keys, kind="stable")]
        batch = np.array(frame.batch_ids, np.int64)
        return {
            "ink": n + np.flatnonzero(self._kept_M[n:]),
            "worst": worst,
            "batch": batch[self._kept_M[batch]],
            "all": everything,
            "faults": self._faults_kept,
        }
