"""Spread: a picked number among the others: its row over the axis, and all values as a histogram.

The row is what lies beside the cell on its panel: one class, state or unit over t, or one line of
pixels. Ranges follow the meaning of a quantity, so that they do not move under the reader's eyes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from gui.lattice import QUANTITIES, quantity_TS
from gui.look import Look
from gui.numerals import fixed
from gui.selection import Cell

if TYPE_CHECKING:
    from crnn.arrays import F64
    from crnn.debug.trace import Trace

BINS = 64
FLOORS = {"softmax": -4, "gamma": -6}
"""Powers of ten below which a probability is drawn as that: the panels' own log scales."""
NUMBERS = 46
"""Pixels for the numbers left of the plots."""


@dataclass(frozen=True, slots=True)
class Spread:
    """`row` lies along the axis named `along`, the cell is its entry `at`; `every` is the tensor,
    or the channel, that the cell belongs to. low and high bound both plots; `ends` names them."""

    row: F64
    at: int
    along: str
    every: F64
    low: float
    high: float
    ends: tuple[str, str]

    @property
    def value(self) -> float:
        return float(self.row[self.at])


def spread(trace: Trace, cell: Cell) -> Spread | None:
    """None where the trace has no such cell."""
    found = _plane(trace, cell)
    if found is None:
        return None
    plane, index, at, along = found
    if not (0 <= index < plane.shape[0] and 0 <= at < plane.shape[1]):
        return None
    floor = FLOORS.get(cell.tensor)
    if floor is not None:
        plane = np.log10(np.maximum(plane, 10.0**floor))
    every = plane[np.isfinite(plane)]
    low, high = (float(floor), 0.0) if floor is not None else _bounds(cell, every)
    ends = (f"1e{floor}", "1") if floor is not None else (fixed(low, 2), fixed(high, 2))
    return Spread(plane[index], at, along, every, low, high, ends)


def _plane(trace: Trace, cell: Cell) -> tuple[F64, int, int, str] | None:
    """(rows x axis, the cell's row, its place on the axis, the axis's letter)."""
    if cell.tensor == "softmax":
        return trace.prob_TK.T.astype(np.float64), cell.row, cell.t, "t"
    if cell.tensor in QUANTITIES:
        if trace.ctc is None:
            return None
        values_TS = quantity_TS(trace, trace.ctc, cell.tensor)
        return values_TS.T.astype(np.float64), cell.row, cell.t, "t"
    if cell.tensor == "image":
        return trace.image_HW.astype(np.float64), cell.row, cell.x, "x"
    if cell.tensor.startswith("conv"):
        return _map(trace, cell)
    return _states(trace, cell)


def _map(trace: Trace, cell: Cell) -> tuple[F64, int, int, str] | None:
    name, _, stage = cell.tensor.partition(".")
    for block in trace.blocks:
        if block.name == name:
            maps = {"conv": block.conv_CHW, "relu": block.act_CHW, "": block.pool_CHW}[stage]
            if 0 <= cell.row < len(maps):
                return maps[cell.row].astype(np.float64), cell.y, cell.x, "x"
    return None


def _states(trace: Trace, cell: Cell) -> tuple[F64, int, int, str] | None:
    key, _, gate = cell.tensor.rpartition(".")
    for layer in trace.recurrents:
        for way in layer.directions:
            values = way.hidden_TU if gate == "h" else way.gates.get(gate)
            if f"{layer.name}.{way.name}" == key and values is not None:
                return values.T.astype(np.float64), cell.row, cell.t, "t"
    return None


def _bounds(cell: Cell, every: F64) -> tuple[float, float]:
    """By meaning where a quantity has bounds, else what there is, with zero among it."""
    kind = cell.tensor.rpartition(".")[2]
    if kind in ("i", "f", "o"):
        return 0.0, 1.0
    if kind in ("h", "g", "grad"):
        return -1.0, 1.0
    low = min(0.0, float(every.min(initial=0.0)))
    high = max(0.0, float(every.max(initial=0.0)))
    return (low, high) if high > low else (0.0, 1.0)


# ---- drawing ----


def draw_row(painter: QPainter, look: Look, rect: QRect, shown: Spread) -> None:
    """The row as a line over the axis, with the cell on it."""
    plot = _frame(painter, look, rect, shown.ends[::-1])
    n = len(shown.row)
    pitch = plot.width() / max(1, n)
    y = _heights(shown, plot)
    points = [QPointF(plot.left() + (i + 0.5) * pitch, y[i]) for i in range(n) if np.isfinite(y[i])]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    x = plot.left() + (shown.at + 0.5) * pitch
    painter.setPen(QPen(look.color("cursor", 0.5), 1))
    painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
    painter.setPen(QPen(look.color("t1"), 1.25))
    painter.drawPolyline(QPolygonF(points))
    if np.isfinite(shown.value):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("acc"))
        painter.drawEllipse(QPointF(x, y[shown.at]), 3.5, 3.5)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    _ends(painter, look, plot, (f"{shown.along} = 0", f"{n - 1}"))


def draw_histogram(painter: QPainter, look: Look, rect: QRect, shown: Spread) -> None:
    """How many values lie where, the count on a log scale; the cell's own bin in the accent."""
    low, high = shown.low, shown.high
    scaled = (shown.every - low) * (BINS / (high - low))
    bins = np.clip(scaled, 0, BINS - 1).astype(np.intp)
    counts = np.bincount(bins, minlength=BINS)
    most = int(counts.max(initial=1))
    plot = _frame(painter, look, rect, (f"{most:,}", "0"))
    heights = np.log1p(counts) / np.log1p(most) * plot.height()
    mine = -1
    if np.isfinite(shown.value):
        mine = int(np.clip((shown.value - low) * (BINS / (high - low)), 0, BINS - 1))
    for index in map(int, np.flatnonzero(counts)):
        left = plot.left() + index * plot.width() // BINS
        right = plot.left() + (index + 1) * plot.width() // BINS
        height = max(1, round(float(heights[index])))
        role = "acc" if index == mine else "t3"
        bar = QRect(left, plot.bottom() + 1 - height, max(1, right - left - 1), height)
        painter.fillRect(bar, look.color(role))
    _ends(painter, look, plot, shown.ends)


def _frame(painter: QPainter, look: Look, rect: QRect, ends: tuple[str, str]) -> QRect:
    """Canvas with the two numbers of its vertical scale; returns where the data go."""
    left, below = look.px(NUMBERS), look.px(16)
    plot = rect.adjusted(left, 0, 0, -below)
    painter.fillRect(plot, look.color("canvas"))
    painter.setFont(look.font("mono_small"))
    painter.setPen(look.color("t3"))
    column = QRect(rect.left(), plot.top(), left - look.px(8), plot.height())
    right = Qt.AlignmentFlag.AlignRight
    painter.drawText(column, right | Qt.AlignmentFlag.AlignTop, ends[0])
    painter.drawText(column, right | Qt.AlignmentFlag.AlignBottom, ends[1])
    return plot.adjusted(0, 3, 0, -3)


def _ends(painter: QPainter, look: Look, plot: QRect, texts: tuple[str, str]) -> None:
    """What stands below the left and the right end of a plot."""
    painter.setFont(look.font("mono_small"))
    painter.setPen(look.color("t3"))
    line = QRect(plot.left(), plot.bottom() + 5, plot.width(), look.px(14))
    painter.drawText(line, Qt.AlignmentFlag.AlignLeft, texts[0])
    painter.drawText(line, Qt.AlignmentFlag.AlignRight, texts[1])


def _heights(shown: Spread, plot: QRect) -> F64:
    """y of every entry of the row; what is not finite stays so, what lies outside is cut."""
    share = (np.clip(shown.row, shown.low, shown.high) - shown.low) / (shown.high - shown.low)
    heights: F64 = np.where(np.isfinite(shown.row), plot.bottom() - share * plot.height(), np.nan)
    return heights
