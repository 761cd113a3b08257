"""Which class comes next in texts of a language: counted runs of classes, long ones first.

An interpolated n-gram model (Witten & Bell 1991, method C; Chen & Goodman 1999): a class after a
context is as likely as it was seen there, and for the share that the context leaves to the unseen,
as after the context without its first class:

    p(k | c) = (count(c k) + kinds(c) p(k | c without its first)) / (count(c) + kinds(c))

kinds(c) is how many different classes were seen after c; before any context all are alike.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple, Protocol

import numpy as np

from crnn.arrays import I64
from crnn.errors import ConfigError

Word = tuple[int, ...]
_HELD = 65_536
"""Probabilities that are not worked out twice."""


class NextLetter(Protocol):
    """log p of a class after a context: the `reach` classes before, fewer at the beginning.

    A context begins with 0 where it reaches back to the start of the reading; class 0 as the next
    one is its end.
    """

    @property
    def n_classes(self) -> int: ...
    @property
    def reach(self) -> int: ...
    def log_p(self, context: Word, symbol: int) -> float: ...


class _Counted(NamedTuple):
    """Runs of one length as numbers of base K, ascending, and how many there were before each."""

    run: array[int]
    before: array[int]


class Letters:
    """A NextLetter counted in `labels`, contexts of up to `order - 1` classes.

    Raises ConfigError where `order` is below 1 or so large that a run is no 64-bit number.
    """

    def __init__(self, labels: Iterable[I64], n_classes: int, order: int) -> None:
        if order < 1 or n_classes**order >= 2**63:
            raise ConfigError(
                f"letters cannot be counted in runs of {order} over {n_classes} classes; allowed: "
                f"1 to {int(63 / np.log2(max(2, n_classes)))}"
            )
        self.n_classes = n_classes
        self.reach = order - 1
        self._counted = _counted(labels, n_classes, order)
        self._mixed = lru_cache(_HELD)(self._mix)

    def log_p(self, context: Word, symbol: int) -> float:
        return math.log(self._mixed(context[-self.reach :] if self.reach else (), symbol))

    def _mix(self, context: Word, symbol: int) -> float:
        """p after a context of at most `reach` classes, mixed with that after a shorter one."""
        shorter = self._mixed(context[1:], symbol) if context else 1 / self.n_classes
        run, before = self._counted[len(context)]
        first = 0
        for previous in context:
            first = (first + previous) * self.n_classes
        start = bisect_left(run, first)
        stop = bisect_left(run, first + self.n_classes, start)
        kinds, total = stop - start, before[stop] - before[start]
        at = bisect_left(run, first + symbol, start, stop)
        seen = before[at + 1] - before[at] if at < stop and run[at] == first + symbol else 0
        return (seen + kinds * shorter) / (total + kinds) if kinds else shorter


def _counted(labels: Iterable[I64], n_classes: int, order: int) -> tuple[_Counted, ...]:
    """For each length of context, 0 first. A label stands between two 0, which no run passes."""
    # One line of all labels with a 0 around each; `since` counts the places after the first 0.
    line_P = np.concatenate([[0], *([*label_L, 0] for label_L in labels)]).astype(np.int64)
    at_P = np.arange(len(line_P))
    starts_P = np.maximum.accumulate(np.where(line_P == 0, at_P, 0))
    since_P = at_P[1:] - starts_P[:-1]
    run_P, found = line_P[1:].copy(), []
    for length in range(order):
        whole_P = since_P >= length
        run_M, count_M = np.unique(run_P[whole_P], return_counts=True)
        before_M = np.concatenate([[0], np.cumsum(count_M)])
        found.append(_Counted(array("q", run_M.tobytes()), array("q", before_M.tobytes())))
        place = n_classes ** (length + 1)
        before_P = np.concatenate([np.zeros(length, np.int64), line_P])[: len(run_P)]
        run_P = run_P + before_P * place if length + 1 < order else run_P
    return tuple(found)
