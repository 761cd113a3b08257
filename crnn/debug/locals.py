"""Locals: the names of a function at a line, cut to one sample and made small enough to draw.

What an axis means crnn.debug.axes knows. An axis N (or R, two lattices a sample) is cut to the
sample on screen; time, or else width, lies across; the others lie one under another.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from crnn.arrays import frozen
from crnn.debug.buffers import Ref
from crnn.debug.inner import FAR, Local
from crnn.debug.lines import Recording
from crnn.debug.tracing import is_unwritten

ROWS, COLUMNS = 32, 1024
"""Of an array at most so many are drawn, evenly picked."""
_TEXT = 40


def locals_at(recording: Recording, index: int, place: int, n_samples: int) -> tuple[Local, ...]:
    """Everything the function knows after moment `index`; what the line made comes first."""
    made = recording.moment(index).changes
    found = []
    for name, value in recording.names(index).items():
        is_made = name in made
        if isinstance(value, Ref):
            array = recording.array(value, index)
            with np.errstate(invalid="ignore"):  # memory not written yet may hold any bits
                axes = recording.axes.of(name, value)
                found.append(_drawn(name, is_made, array, axes, place, n_samples))
        else:
            found.append(Local(name, is_made, text=plain(value)))
    return tuple(sorted(found, key=lambda local: (not local.is_made, bool(local.text))))


def plain(value: Any) -> str:
    """A plain value as a person writes it."""
    if isinstance(value, slice):
        parts = [value.start, value.stop] + ([value.step] if value.step is not None else [])
        return ":".join("" if part is None else str(part) for part in parts)
    if isinstance(value, float | np.floating):
        return f"{float(value):.6g}"
    text = str(value)
    return text if len(text) <= _TEXT else text[: _TEXT - 1] + "…"


def _drawn(
    name: str, is_made: bool, array: NDArray[Any], axes: str, place: int, n_samples: int
) -> Local:
    usual = (
        array[(np.abs(array) < FAR) & ~is_unwritten(array)] if array.dtype.kind == "f" else array
    )
    low, high = (float(usual.min()), float(usual.max())) if usual.size else (0.0, 0.0)
    at = _sample_axis(array.shape, axes, n_samples)
    cut = array if at < 0 else array.take(place, axis=at)
    left = axes if at < 0 else axes[:at] + axes[at + 1 :]
    across = next((left.index(letter) for letter in "TW" if letter in left), cut.ndim - 1)
    rows = _flat(cut, across)
    row_R, column_C = (
        _picked(n, most) for n, most in zip(rows.shape, (ROWS, COLUMNS), strict=True)
    )
    cells = rows[np.ix_(row_R, column_C)]
    unwritten_RC = is_unwritten(cells)
    return Local(
        *(name, is_made, "", axes, array.shape, array.dtype.name, low, high),
        *(frozen(cells.astype(np.float64)), frozen(row_R), frozen(column_C)),
        unwritten_RC=frozen(unwritten_RC) if unwritten_RC.any() else None,
        across=across + (0 <= at <= across),
        sample=(at, place) if at >= 0 else None,
    )


def _sample_axis(shape: tuple[int, ...], axes: str, n_samples: int) -> int:
    """The axis that counts samples; -1 where the name tells of none."""
    for letter in "NR":
        at = axes.find(letter)
        if at >= 0 and shape[at] in (n_samples, 2 * n_samples):
            return at
    return -1


def _flat(array: NDArray[Any], across: int) -> NDArray[Any]:
    """The array as (rows, columns), with axis `across` across."""
    if array.ndim < 2:
        return array.reshape(1, -1)
    turned = np.moveaxis(array, across, -1)
    return turned.reshape(-1, array.shape[across]) if array.size else np.zeros((1, 0))


def _picked(n: int, most: int) -> NDArray[np.int64]:
    return np.unique(np.linspace(0, max(0, n - 1), min(n, most)).round().astype(np.int64))
