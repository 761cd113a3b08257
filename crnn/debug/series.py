"""Series: one number a step, filled from both ends, read by index from any thread.

One idea, as in reports: a row is written once, and where the array is full it is replaced by one
twice as long, so a reader that holds the old one still sees the same rows. NaN: not known yet.
"""

from __future__ import annotations

import numpy as np

from crnn.arrays import F64, I64

_START_ROWS = 1024


class Series:
    """Values by step from `first_step` on. One writer, any readers."""

    def __init__(self, first_step: int) -> None:
        self.first_step = first_step
        self._rows: F64 = np.full(_START_ROWS, np.nan)
        self._n = 0

    def put(self, step: int, value: float) -> None:
        """Set the value of `step`, which is not before the first."""
        row = step - self.first_step
        if row >= len(self._rows):
            more = np.full(max(row + 1 - len(self._rows), len(self._rows)), np.nan)
            self._rows = np.concatenate((self._rows, more))
        self._rows[row] = value
        self._n = max(self._n, row + 1)

    def fill(self, steps: I64, values: F64) -> None:
        """Set many at once; `steps` are within what has been put already, or directly after."""
        for step, value in zip(steps.tolist(), values.tolist(), strict=True):
            self.put(step, value)

    def values(self, n: int | None = None) -> F64:
        """Read-only view of the first `n` rows (default: all put so far)."""
        rows, known = self._rows, self._n
        view: F64 = rows[: known if n is None else min(n, known)]
        view.flags.writeable = False
        return view

    def at(self, step: int) -> float:
        """The value of `step`; NaN where it is not known."""
        row = step - self.first_step
        return float(self._rows[row]) if 0 <= row < self._n else float("nan")

    def unknown(self, start: int, stop: int) -> I64:
        """The steps of start..stop - 1 that have no value yet."""
        steps = np.arange(start, stop)
        rows = steps - self.first_step
        inside = rows < self._n
        known = np.zeros(len(steps), np.bool_)
        known[inside] = ~np.isnan(self._rows[rows[inside]])
        unknown: I64 = steps[~known]
        return unknown

    def without(self, steps: I64) -> Series:
        """A copy in which `steps` are not known."""
        copy = Series(self.first_step)
        copy._rows = self._rows.copy()
        copy._rows[steps - self.first_step] = np.nan
        copy._n = self._n
        return copy
