"""Locals: the names of a function at a line, cut to one sample and made small enough to draw.

What an axis means stands in the name: `log_alpha_TNS` has time, samples and states. An axis N (or
R, two lattices a sample) is cut to the sample on screen; time, or else width, lies across; the
others lie one under another.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crnn.arrays import frozen
from crnn.debug.buffers import Ref
from crnn.debug.inner import Local
from crnn.debug.lines import Recording

ROWS, COLUMNS = 32, 1024
"""Of an array at most so many are drawn, evenly picked."""
_SUFFIX = re.compile(r"_([A-Z0-9]+)$")
_TEXT = 40


def locals_at(recording: Recording, index: int, place: int, n_samples: int) -> tuple[Local, ...]:
    """Everything the function knows after moment `index`; what the line made comes first."""
    made = recording.moment(index).changes
    found = []
    for name, value in recording.names(index).items():
        is_made = name in made
        if isinstance(value, Ref):
            array = recording.array(value, index)
            found.append(_drawn(name, is_made, array, place, n_samples))
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


def axes_of(name: str, n_axes: int) -> str:
    """The letters of a name's axes, "" where it does not tell, or tells of another shape."""
    found = _SUFFIX.search(name.split("[")[0].rpartition(".")[2])
    axes = found.group(1) if found else ""
    return axes if len(axes) == n_axes else ""


def _drawn(name: str, is_made: bool, array: NDArray[Any], place: int, n_samples: int) -> Local:
    axes = axes_of(name, array.ndim)
    finite = array[np.isfinite(array)] if array.dtype.kind == "f" else array
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    cut, left = _of_sample(array, axes, place, n_samples)
    rows, across = _flat(cut, left)
    row_R, column_C = (
        _picked(n, most) for n, most in zip(rows.shape, (ROWS, COLUMNS), strict=True)
    )
    picture_RC = rows[np.ix_(row_R, column_C)].astype(np.float64)
    return Local(
        *(name, is_made, "", axes, array.shape, array.dtype.name, low, high),
        *(frozen(picture_RC), frozen(row_R), frozen(column_C), across),
    )


def _of_sample(
    array: NDArray[Any], axes: str, place: int, n_samples: int
) -> tuple[NDArray[Any], str]:
    """The sample's part, and the axes that are left."""
    for letter in "NR":
        at = axes.find(letter)
        if at >= 0 and place < array.shape[at] and array.shape[at] in (n_samples, 2 * n_samples):
            return array.take(place, axis=at), axes[:at] + axes[at + 1 :]
    return array, axes


def _flat(array: NDArray[Any], axes: str) -> tuple[NDArray[Any], str]:
    """(rows, columns), and the letter that lies across: time, else width, else the last axis."""
    if array.ndim < 2:
        return array.reshape(1, -1), axes
    across = next((axes.index(letter) for letter in "TW" if letter in axes), array.ndim - 1)
    turned = np.moveaxis(array, across, -1)
    n_columns = array.shape[across]
    rows = turned.reshape(-1, n_columns) if array.size else np.zeros((1, 0))
    return rows, axes[across] if axes else ""


def _picked(n: int, most: int) -> NDArray[np.int64]:
    return np.unique(np.linspace(0, max(0, n - 1), min(n, most)).round().astype(np.int64))
