"""Sample groups: which samples the SAMPLES list shows, in which order. Arrays and no Qt.

A group is an array of sample numbers, so ten thousand samples cost one array and no object each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from crnn.arrays import I64
    from crnn.data.dataset import Fault, TrainingSet
    from crnn.debug.messages import Frame, RunInfo, Survey

Group = Literal["ink", "pinned", "worst", "broke", "batch", "faults", "all"]
Order = Literal["number", "loss"]
GROUPS: tuple[Group, ...] = ("ink", "pinned", "worst", "broke", "batch", "faults", "all")
"""In the order of the list: the long one last."""

_CLOSED = ("unreadable_image", "too_wide")
"""Faults of samples that cannot even become an input: these cannot be watched."""


def _folded(text: str) -> str:
    return normalize("NFC", text).strip().casefold()


def matching(samples: Iterable[tuple[int, str]], wanted: str) -> NDArray[np.bool_]:
    """Which samples, (number, text), a filter keeps: "#41" those whose number begins so, else those
    with it."""
    wanted = _folded(wanted)
    if wanted.startswith("#"):
        digits = wanted[1:]
        kept: Iterable[bool] = (
            f"{i:04d}".startswith(digits) or str(i).startswith(digits) for i, _ in samples
        )
    else:
        kept = (wanted in text.casefold() for _, text in samples)
    return np.fromiter(kept, bool)


def n_right(survey: Survey, data: TrainingSet) -> tuple[int, int]:
    """How many known readings of the set's own samples equal their text, and how many are known.
    Nothing read where the label is empty is no success."""
    known = np.flatnonzero(survey.step_M[: data.n_listed] >= 0).tolist()
    texts = data.dataset.texts
    right = (survey.text_M[i] == texts[i] != "" for i in known)
    return sum(right), len(known)


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
        self.pinned: tuple[int, ...] = ()
        self._wanted = ""
        self._closed = frozenset(f.index for f in self.faults if f.kind in _CLOSED)
        self._kept_M: NDArray[np.bool_] = np.zeros(0, bool)
        self._faults_kept: I64 = np.zeros(0, np.int64)
        self.keep("")

    def keep(self, wanted: str) -> None:
        """Show only what the filter keeps; "" keeps everything."""
        self._wanted = wanted
        data = self.run.data
        self._kept_M = self._matching(map(data.sample_in, range(data.n_rows)), data.n_rows)
        folded = _folded(wanted)
        is_kept = self._matching((fault.index for fault in self.faults), len(self.faults))
        kept = [
            place
            for place, fault in enumerate(self.faults)
            if (is_kept[place] if fault.index >= 0 else folded in _folded(fault.name))
        ]
        self._faults_kept = np.array(kept, np.int64)

    def _matching(self, samples: Iterable[int], n: int) -> NDArray[np.bool_]:
        """Which of n samples the filter keeps; a text is only made where one is asked for."""
        if not self._wanted:
            return np.ones(n, bool)
        texts = self.run.data.dataset.texts
        return matching(((i, texts[i] if i >= 0 else "") for i in samples), self._wanted)

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
        "worst"; "broke" has those that were right last first, "pinned" the newest pin."""
        data = self.run.data
        n = data.n_listed
        loss_M = frame.survey.loss_nats_M[:n]
        known = np.flatnonzero(self._kept_M[:n] & ~np.isnan(loss_M))
        worst = known[np.argsort(-loss_M[known], kind="stable")[: self.n_worst]]
        everything = np.flatnonzero(self._kept_M[:n])
        if self.order == "loss":
            keys = np.where(np.isnan(loss_M), -1.0, loss_M)[everything]
            everything = everything[np.argsort(-keys, kind="stable")]
        return {
            "ink": data.n_own + np.flatnonzero(self._kept_M[n:]),
            "pinned": self._kept([k for k in reversed(self.pinned) if k < data.n_own]),
            "worst": worst,
            "broke": self._broke(frame.survey),
            "batch": self._kept(frame.batch_ids),
            "all": everything,
            "faults": self._faults_kept,
        }

    def _kept(self, samples: Sequence[int]) -> I64:
        """Those that the filter keeps, in this order."""
        found = np.array(samples, np.int64)
        return found[self._matching(samples, len(found))]

    def _broke(self, survey: Survey) -> I64:
        """At most as many as "worst" has: what was right a long time ago is no news."""
        if survey.broke_M is None:
            return np.zeros(0, np.int64)
        broke_M = survey.broke_M[: self.run.data.n_listed]
        found = np.flatnonzero(self._kept_M[: len(broke_M)] & (broke_M >= 0))
        return found[np.argsort(-broke_M[found], kind="stable")[: self.n_worst]]
