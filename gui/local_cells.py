"""Local cells: the numbers of a line's arrays by what they are called, "hidden[3, 0]", and where
they stand in a picture. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QRegion

if TYPE_CHECKING:
    from crnn.debug.inner import Local


def called(local: Local, row: int, column: int) -> str:
    """What a cell of the array's picture is called."""
    index = ", ".join(map(str, local.index(row, column)))
    return f"{local.name}[{index}]" if index else local.name


def cell_of(shown: Sequence[Local], text: str) -> tuple[Local, tuple[int, ...]] | None:
    """The array of `text`, "hidden[3, 0]", and the place in it; None where none of these is it."""
    name, _, rest = text.rpartition("[") if text.endswith("]") else (text, "", "")
    for local in shown:
        if local.picture_RC is not None and local.name == (name if local.shape else text):
            return local, tuple(int(part) for part in rest[:-1].split(",")) if local.shape else ()
    return None


def cells_of(mask_RC: NDArray[np.bool_], target: QRect) -> QRegion:
    """The cells of a picture drawn in `target` that the mask holds, rows of them at once."""
    region, (n_rows, n_columns) = QRegion(), mask_RC.shape
    for row in range(n_rows):
        edges = np.flatnonzero(np.diff(mask_RC[row], prepend=False, append=False))
        for start, stop in edges.reshape(-1, 2).tolist():
            first = box(target, n_rows, n_columns, row, start)
            region += first.united(box(target, n_rows, n_columns, row, stop - 1))
    return region


def box(target: QRect, n_rows: int, n_columns: int, row: int, column: int) -> QRect:
    """A cell of a picture drawn in `target`."""
    wide, high = target.width(), target.height()
    left, right = wide * column // n_columns, wide * (column + 1) // n_columns
    top, bottom = high * row // n_rows, high * (row + 1) // n_rows
    at = target.topLeft() + QPoint(left, top)
    return QRect(at, QSize(max(1, right - left), max(1, bottom - top)))
