"""Curves: long append-only columns cut down to one bucket every few pixels, exactly.

One idea: a `Curve` mirrors its column into blocks of 64 rows as the column grows, so a picture of
a million steps reads some thousand blocks and never the million rows. A bucket keeps the least and
the greatest value, so no spike is lost, and the mean for the line. No Qt in here.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from crnn.arrays import F64
    from crnn.debug.reports import Reports

BLOCK = 64
_START_ROWS = 4096


class Buckets(NamedTuple):
    """n buckets: where each lies (its middle row, fractional), least, greatest and mean value.

    NaN rows are left out of `low` and `high` and make the mean NaN: a gap in the line.
    """

    at: F64
    low: F64
    high: F64
    mean: F64


class Point(NamedTuple):
    """What one update said: loss in nats, CER, mean probability of blank, learning rate."""

    loss: float
    cer: float
    blank: float
    lr: float


class Curve:
    """A growing column and its blocks. Feed it the same column each time, longer or as long."""

    def __init__(self) -> None:
        self.n = 0
        self._rows = np.empty(_START_ROWS)
        self._low, self._high, self._sum = (np.empty(_START_ROWS // BLOCK) for _ in range(3))

    @property
    def values(self) -> F64:
        """The rows taken so far."""
        return self._rows[: self.n]

    def take(self, column: NDArray[Any]) -> None:
        """Mirror the rows of `column` that are new. A shorter one is another run: start afresh."""
        n = len(column)
        if n < self.n:
            self.n = 0
        if n == self.n:
            return
        if n > len(self._rows):
            self._grow(n)
        self._rows[self.n : n] = column[self.n :]
        first, whole, stop = self.n // BLOCK, n // BLOCK, -(-n // BLOCK)
        if whole > first:
            rows = self._rows[first * BLOCK : whole * BLOCK].reshape(-1, BLOCK)
            np.fmin.reduce(rows, axis=1, out=self._low[first:whole])
            np.fmax.reduce(rows, axis=1, out=self._high[first:whole])
            np.add.reduce(rows, axis=1, out=self._sum[first:whole])
        if stop > whole:
            rest = self._rows[whole * BLOCK : n]
            self._low[whole], self._high[whole] = np.fmin.reduce(rest), np.fmax.reduce(rest)
            self._sum[whole] = rest.sum()
        self.n = n

    def _grow(self, n: int) -> None:
        size = max(2 * len(self._rows), -(-n // BLOCK) * BLOCK)
        self._rows = np.concatenate((self._rows[: self.n], np.empty(size - self.n)))
        more = np.empty(size // BLOCK - len(self._low))
        self._low, self._high, self._sum = (
            np.concatenate((kept, more)) for kept in (self._low, self._high, self._sum)
        )

    def buckets(self, start: int, stop: int, width: int) -> Buckets:
        """The buckets of `width` rows, at multiples of it, that touch rows start..stop.

        Edges depend on `width` alone, so a curve that grows keeps the buckets it had.
        """
        first = max(0, start) // width * width
        last = min(-(-stop // width) * width, self.n)
        if last <= first:
            empty = np.empty(0)
            return Buckets(empty, empty, empty, empty)
        edges = np.arange(first, last, width)
        counts = np.minimum(edges + width, last) - edges
        if width % BLOCK:
            levels, cut, rows = (self._rows,) * 3, edges - first, slice(first, last)
        else:
            levels, cut = (self._low, self._high, self._sum), (edges - first) // BLOCK
            rows = slice(first // BLOCK, -(-last // BLOCK))
        ufuncs = (np.fmin, np.fmax, np.add)
        low, high, total = (u.reduceat(x[rows], cut) for u, x in zip(ufuncs, levels, strict=True))
        return Buckets(edges + (counts - 1) / 2, low, high, total / counts)


class RunCurves:
    """The curves of one run that are drawn, and their exact values."""

    def __init__(self, first_step: int) -> None:
        self.first_step = first_step
        self.n = 0
        self.loss, self.cer, self.blank, self.lr = (Curve() for _ in range(4))

    def take(self, reports: Reports, n: int) -> None:
        """Mirror the first `n` reports."""
        self.n = n
        columns = ("loss_nats", "cer", "p_blank", "lr")
        for curve, name in zip((self.loss, self.cer, self.blank, self.lr), columns, strict=True):
            curve.take(reports.column(name, n))

    def at(self, step: int) -> Point:
        """The update from state `step`; past both ends that of the nearest, NaN where none is."""
        if not self.n:
            return Point(*(math.nan,) * 4)
        row = max(0, min(step - self.first_step, self.n - 1))
        return Point(*(float(c.values[row]) for c in (self.loss, self.cer, self.blank, self.lr)))


def bucket_width(span: float, n_max: int) -> int:
    """Rows a bucket, 1, 2, 4, ..., so that `span` rows make at most about `n_max` buckets."""
    return 1 << max(0, math.ceil(math.log2(max(1.0, span / max(1, n_max)))))


def smooth(mean: F64, radius: int) -> F64:
    """Binomial-like average over 2 radius + 1 buckets; at the ends over as many as there are."""
    reach = min(radius, len(mean) // 20)
    if reach < 1:
        return mean
    kernel = np.hanning(2 * reach + 3)[1:-1]
    known = np.isfinite(mean)
    weight = np.convolve(known.astype(float), kernel, mode="same")
    total = np.convolve(np.where(known, mean, 0.0), kernel, mode="same")
    with np.errstate(invalid="ignore"):
        averaged: F64 = np.where(known, total / weight, np.nan)
    return averaged


_STEPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


def extent(head: int, least: int = 50) -> int:
    """The right end of the axis for a run of `head` steps: a round number, so that it holds still
    for many steps and moves rarely."""
    if head <= least:
        return least
    unit = 10.0 ** math.floor(math.log10(head))
    return round(next(unit * s for s in _STEPS if unit * s >= head))


def tick_step(span: float, room: float) -> int:
    """Steps between labels, 1, 2 or 5 times a power of ten, so that at most `room` labels fit."""
    wanted = max(1.0, span / max(1.0, room))
    unit = 10.0 ** math.floor(math.log10(wanted))
    return round(next(unit * s for s in (1, 2, 5, 10) if unit * s >= wanted))


def round_range(low: float, high: float, *, log: bool) -> tuple[float, float]:
    """The lane's range: whole 1-2-5 steps outward from the data; linear ranges begin at 0."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return (0.1, 10.0) if log else (0.0, 1.0)
    if not log:
        return min(0.0, low), _round_up(max(high, 1e-6))
    high = _round_up(max(high, 1e-6))
    low = max(low, high * 1e-6)
    bottom = 1.0 / _round_up(1.0 / low)
    return min(bottom, high / 10.0), high


def _round_up(value: float) -> float:
    unit = 10.0 ** math.floor(math.log10(value))
    return next(unit * s for s in (1, 2, 5, 10) if unit * s >= value * (1 - 1e-9))


def decades(low: float, high: float) -> list[float]:
    """The powers of ten inside low..high."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    return [10.0**k for k in range(first, last + 1)]
