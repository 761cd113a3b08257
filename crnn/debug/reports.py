"""Reports: what each step said of itself, append-only, read by index from any thread.

One idea: rows are written once and never moved under a reader. The writer fills row n, then raises
n; where the array is full it is replaced by one twice as long, and readers that hold the old one
still see the same rows. So no lock is needed, and no point of a curve is ever lost.
Row i is the update that took state `first_step + i` on. 196 bytes a row for 16 tensors.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crnn.arrays import F64, I64
from crnn.errors import RecordingError
from crnn.train import StepReport

_START_ROWS = 1024
_COLUMNS: tuple[tuple[str, str], ...] = (
    ("step", "<i8"),
    ("loss_nats", "<f8"),
    ("nats_per_symbol", "<f8"),
    ("cer", "<f8"),
    ("p_blank", "<f8"),
    ("grad_norm", "<f8"),
    ("lr", "<f8"),
    ("n_samples", "<i4"),
    ("n_correct", "<i4"),
    ("seconds", "<f4"),
)
_HEAD = struct.Struct("<q6d2if")
"""_COLUMNS as they lie in a record, so that one is made and read without building arrays."""
_SECONDS = struct.Struct("<f")
_SECONDS_AT = _HEAD.size - _SECONDS.size


def record_dtype(n_tensors: int) -> np.dtype[np.void]:
    """One report with the digests of `n_tensors` tensors: the row in memory and in metrics.bin."""
    fields: list[Any] = [*_COLUMNS, ("digests", "<u8", (n_tensors,))]
    return np.dtype(fields)


def packed(report: StepReport) -> bytes:
    """`report` as one record; only `seconds` loses digits (float32)."""
    values = [getattr(report, name) for name, _ in _COLUMNS]
    return _HEAD.pack(*values) + report.digests.astype("<u8", copy=False).tobytes()


def unpack(record: np.void) -> StepReport:
    """The report that `packed` wrote."""
    values = {name: record[name].item() for name, _ in _COLUMNS}
    return StepReport(digests=np.array(record["digests"], np.uint64), **values)


class Reports:
    """Growing columns. One writer appends; readers take `n` first and read rows below it."""

    def __init__(self, first_step: int, n_tensors: int) -> None:
        self.first_step = first_step
        self._rows: NDArray[np.void] = np.zeros(_START_ROWS, record_dtype(n_tensors))
        self._bytes = self._rows.view(np.uint8).data
        self._before_s: F64 = np.zeros(_START_ROWS + 1)
        self._n = 0

    @property
    def n(self) -> int:
        return self._n

    @property
    def dtype(self) -> np.dtype[np.void]:
        return self._rows.dtype

    def append(self, report: StepReport) -> None:
        """Add the report of state first_step + n.

        Raises RecordingError where the step is not the next one: rows must stay addressable.
        """
        self.enter(packed(report))

    def enter(self, record: bytes) -> None:
        """`append`, packed already."""
        step, expected = (
            int.from_bytes(record[:8], "little", signed=True),
            self.first_step + self._n,
        )
        if step != expected:
            raise RecordingError(f"report of step {step:,} came where step {expected:,} was due")
        if self._n == len(self._rows):
            self._grow(self._n + 1)
        size = len(record)
        self._bytes[self._n * size : (self._n + 1) * size] = record
        (seconds,) = _SECONDS.unpack_from(record, _SECONDS_AT)
        self._before_s[self._n + 1] = self._before_s[self._n] + seconds
        self._n += 1

    def extend(self, rows: NDArray[np.void]) -> None:
        """Add rows read from metrics.bin, in order."""
        end = self._n + len(rows)
        if end > len(self._rows):
            self._grow(end)
        self._rows[self._n : end] = rows
        passed_s = np.cumsum(rows["seconds"], dtype=np.float64)
        self._before_s[self._n + 1 : end + 1] = self._before_s[self._n] + passed_s
        self._n = end

    def _grow(self, n: int) -> None:
        """Room for `n` rows and as many again as there was for."""
        grown = np.zeros(max(n, 2 * len(self._rows)), self._rows.dtype)
        grown[: self._n] = self._rows[: self._n]
        self._before_s = np.append(self._before_s, np.zeros(len(grown) - len(self._rows)))
        self._rows, self._bytes = grown, grown.view(np.uint8).data

    def column(self, name: str, n: int | None = None) -> NDArray[Any]:
        """Read-only view of the first `n` (default: all) values of a StepReport field."""
        count = self._n if n is None else min(n, self._n)
        view: NDArray[Any] = self._rows[name][:count]
        view.flags.writeable = False
        return view

    def before_s(self, steps: I64) -> F64:
        """How long re-executing all that leads from the first state to each of `steps` takes."""
        return self._before_s[steps - self.first_step]

    def rows(self, n: int) -> NDArray[np.void]:
        """The first `n` rows as they are written to metrics.bin, read-only."""
        rows = self._rows[: min(n, self._n)]
        rows.flags.writeable = False
        return rows

    def at(self, i: int) -> StepReport:
        """Report i: the update of state first_step + i. Raises IndexError past `n`."""
        if not 0 <= i < self._n:
            raise IndexError(f"report {i} of {self._n}")
        return unpack(self._rows[i])
