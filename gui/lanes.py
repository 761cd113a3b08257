"""Lanes: the curves of the whole run, drawn over one axis of training steps.

Geometry and painting only; what a click means is the business of the TIME view. A band of least and
greatest values is composed as one small picture, a line as one polygon filled from an array, so the
cost depends on the pixels and not on the number of steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shiboken6
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPolygonF

from gui.curves import Buckets, Curve, bucket_width, decades, round_range, smooth, tick_step
from gui.look import Look

if TYPE_CHECKING:
    from crnn.arrays import F64

LOSS, CER, EVENTS, RULER = 46, 26, 18, 20
WATCHES, NAME = 34, 15
"""The least height of the watches' lane, and of one name in it."""
FOLD_BELOW, WATCHES_FROM = 96, 156
"""Heights of the body under which CER and p(blank) fold, from which watches have their own lane."""
PX_PER_BUCKET = 1.5
LINE_PASSES = 2
"""A line of 1 px drawn twice looks like 1.25 px: Qt draws 1 px 30 times as quickly as any other."""


@dataclass(frozen=True, slots=True)
class Lanes:
    """Where everything lies for a body of this size: names, values, axis numbers, then the axis.
    Watches lie over the loss where there is no room for a lane of theirs."""

    left: int
    right: int
    names: int
    values: int
    loss: QRect
    cer: QRect
    watches: QRect
    events: QRect
    ruler: QRect

    @property
    def is_folded(self) -> bool:
        return self.cer.height() == 0

    @property
    def has_own(self) -> bool:
        """Whether watches have a lane of their own."""
        return self.watches.height() > 0

    @property
    def bottom(self) -> int:
        """End of the lanes, start of the ruler."""
        return self.events.bottom() + 1


def lay_out(width: int, height: int, look: Look, n_watches: int = 0) -> Lanes:
    """Lanes of tokens section 5, with one for `n_watches` where there is room; what is left over
    makes the loss lane taller, and the CER lane by half as much."""
    is_small = width < 1600
    left, values = (look.px(136), look.px(98)) if is_small else (look.px(168), look.px(128))
    right = width - look.px(64 if is_small else 84)
    events, ruler, top = look.px(EVENTS), look.px(RULER), 4
    room = height - top - events - ruler
    is_folded = height < look.px(FOLD_BELOW)
    cer = 0 if is_folded else min(look.px(CER), room // 3)
    own = 0
    if n_watches and height >= look.px(WATCHES_FROM):
        most = room - cer - look.px(LOSS) - 8
        own = max(look.px(WATCHES), min(look.px(NAME) * n_watches + 4, most * 2 // 3))
        room -= own + 4
    spare = max(0, room - cer - look.px(LOSS) - 4)
    cer += 0 if is_folded else spare // 3
    gap = 0 if is_folded else 4
    loss = max(8, room - cer - gap)
    span = right - left
    below = top + loss + gap + cer + (4 if own else 0)
    return Lanes(
        left, right, look.px(12), values,
        QRect(left, top, span, loss),
        QRect(left, top + loss + gap, span, cer),
        QRect(left, below, span, own),
        QRect(left, below + own, span, events),
        QRect(left, below + own + events, span, ruler),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class StepAxis:
    """Steps low..high over pixels left..right."""

    left: int
    right: int
    low: float
    high: float

    @property
    def pitch(self) -> float:
        """Pixels a step."""
        return (self.right - self.left) / (self.high - self.low)

    def x(self, step: float) -> float:
        return self.left + (step - self.low) * self.pitch

    def step_at(self, x: float) -> int:
        return round(self.low + (x - self.left) / self.pitch)


@dataclass(frozen=True, slots=True)
class Scale:
    """Values to rows of a lane: linear or logarithmic, `low` at the bottom."""

    rect: QRect
    low: float
    high: float
    log: bool = False

    def y(self, values: F64) -> F64:
        low, high = self.low, self.high
        bounded = np.clip(values, low, high)
        if self.log:
            bounded, low, high = np.log(bounded), float(np.log(low)), float(np.log(high))
        rows: F64 = self.rect.bottom() - (bounded - low) / (high - low) * (self.rect.height() - 1)
        return rows

    def marks(self) -> list[float]:
        """Where the axis has numbers."""
        if self.log:
            return decades(self.low, self.high)
        return [self.low, self.high]


def visible(curve: Curve, axis: StepAxis, first_step: int) -> Buckets:
    """The buckets of a curve inside the axis; `at` counts in steps."""
    width = bucket_width(
        axis.high - axis.low, max(1, round((axis.right - axis.left) / PX_PER_BUCKET))
    )
    start, stop = int(axis.low) - first_step - 1, int(axis.high) - first_step + 2
    made = curve.buckets(start, stop, width)
    return made._replace(at=made.at + first_step)


def loss_scale(buckets: Buckets, rect: QRect, *, log: bool) -> Scale:
    """A range that holds what is visible; as a run only grows, new rows can only widen it."""
    low, high = buckets.low, buckets.high
    if log:
        low = low[low > 0]
    if not (np.isfinite(low).any() and np.isfinite(high).any()):
        return Scale(rect, *round_range(float("nan"), float("nan"), log=log), log)
    least = float(np.nanmin(low[np.isfinite(low)]))
    greatest = float(np.nanmax(high[np.isfinite(high)]))
    return Scale(rect, *round_range(least, greatest, log=log), log)


def polygon(points_N2: F64) -> QPolygonF:
    """(n, 2) points as one polygon, copied in a single piece."""
    made = QPolygonF()
    n = len(points_N2)
    made.resize(n)
    if n:
        address: Any = made.data()  # the stubs call it a point; it is the address of the first one
        memory: Any = shiboken6.VoidPtr(address, n * 16, True)  # type: ignore[call-arg]
        np.frombuffer(memory, np.float64).reshape(n, 2)[:] = points_N2
    return made


def _line(painter: QPainter, x: F64, y: F64, color: QColor, passes: int) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color, 1))
    known = np.isfinite(y)
    cuts = np.flatnonzero(np.diff(known)) + 1
    for part in np.split(np.arange(len(x)), cuts):
        if len(part) and known[part[0]]:
            line = polygon(np.column_stack((x[part], y[part])))
            for _ in range(passes):
                painter.drawPolyline(line)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def paint_band(
    painter: QPainter, axis: StepAxis, scale: Scale, buckets: Buckets, color: QColor
) -> None:
    """From the least to the greatest value of each bucket; a dot of 2 px where steps lie apart."""
    rect = scale.rect
    top = np.full(rect.width() + 1, 1)
    bottom = np.zeros(rect.width() + 1, np.int64)
    known = np.isfinite(buckets.low) & np.isfinite(buckets.high)
    column = np.round(axis.x(0) + buckets.at[known] * axis.pitch - rect.left()).astype(np.int64)
    inside = (column >= 0) & (column < rect.width())
    high = np.round(scale.y(buckets.high[known]) - rect.top()).astype(np.int64)[inside]
    low = np.round(scale.y(buckets.low[known]) - rect.top()).astype(np.int64)[inside]
    is_wide = axis.pitch >= 2
    for shift in (0, 1) if is_wide else (0,):
        top[column[inside] + shift], bottom[column[inside] + shift] = high, low + is_wide
    rows = np.arange(rect.height())[:, None]
    lit = (rows >= top[None, :-1]) & (rows <= bottom[None, :-1])
    bits = np.where(lit, _premultiplied(color), np.uint32(0))
    image = QImage(
        bits.data, rect.width(), rect.height(), rect.width() * 4,
        QImage.Format.Format_ARGB32_Premultiplied,
    )  # fmt: skip
    painter.drawImage(rect.topLeft(), image)


def _premultiplied(color: QColor) -> np.uint32:
    alpha = color.alpha()
    red, green, blue = (c * alpha // 255 for c in (color.red(), color.green(), color.blue()))
    return np.uint32(alpha << 24 | red << 16 | green << 8 | blue)


def paint_line(
    painter: QPainter, axis: StepAxis, scale: Scale, buckets: Buckets, color: QColor, radius: int
) -> None:
    """The mean, averaged over `radius` buckets each way (0: as it is)."""
    x = axis.left + (buckets.at - axis.low) * axis.pitch
    _line(painter, x, scale.y(smooth(buckets.mean, radius)), color, LINE_PASSES)


def paint_area(
    painter: QPainter, axis: StepAxis, scale: Scale, buckets: Buckets, fill: QColor, edge: QColor
) -> None:
    """The mean as an area from the lane's foot."""
    known = np.isfinite(buckets.mean)
    if not known.any():
        return
    x = axis.left + (buckets.at[known] - axis.low) * axis.pitch
    y = scale.y(buckets.mean[known])
    foot = scale.rect.bottom() + 1
    ends = np.array([[x[-1], foot], [x[0], foot]])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawPolygon(polygon(np.vstack((np.column_stack((x, y)), ends))))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _line(painter, x, y, edge, 1)


def paint_marks(painter: QPainter, lanes: Lanes, scale: Scale, look: Look) -> None:
    """A lane's numbers left of the axis and a hair line for each; numbers that would touch are left
    out, never drawn smaller."""
    painter.setFont(look.font("mono_small"))
    line, last = look.px(12), scale.rect.bottom() + 1000
    for value in scale.marks():
        y = round(float(scale.y(np.array([value]))[0]))
        painter.fillRect(scale.rect.left(), y, scale.rect.width(), 1, look.color("line"))
        middle = max(scale.rect.top() + line // 2 - 2, min(y, scale.rect.bottom() - line // 2 + 3))
        if last - middle >= line:
            place = QRect(lanes.values, middle - 8, lanes.left - lanes.values - 6, 16)
            painter.setPen(look.color("t3"))
            painter.drawText(
                place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{value:g}"
            )
            last = middle


def paint_ruler(
    painter: QPainter, lanes: Lanes, axis: StepAxis, key_steps: F64, handle: QRect, look: Look
) -> None:
    """Ticks with step numbers below the lanes, but none under the play head's handle; 3 px ticks
    for key frames hang below the edge."""
    rect = lanes.ruler
    step = tick_step(axis.high - axis.low, rect.width() / look.px(90))
    painter.setFont(look.font("mono_small"))
    painter.fillRect(rect.left(), rect.top(), rect.width(), 1, look.color("line"))
    for at in range(-(-int(np.ceil(axis.low)) // step) * step, int(axis.high) + 1, step):
        x = round(axis.x(at))
        painter.fillRect(x, rect.top(), 1, 6, look.color("t2"))
        half = painter.fontMetrics().horizontalAdvance(f"{at:,}") // 2 + 1
        place = QRect(x - half, rect.top() + 4, 2 * half, rect.height() - 4)
        if not place.adjusted(-3, 0, 3, 0).intersects(handle):
            painter.setPen(look.color("t3"))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, f"{at:,}")
    inside = key_steps[(key_steps >= axis.low) & (key_steps <= axis.high)]
    for x in np.unique(np.round(axis.left + (inside - axis.low) * axis.pitch)).tolist():
        painter.fillRect(int(x), rect.top() + 1, 1, 3, look.color("t3"))


def paint_veil(painter: QPainter, rect: QRectF, look: Look) -> None:
    """What lies after the play head: 55 % of canvas, and 6 px hatch."""
    painter.fillRect(rect, look.color("canvas", 0.55))
    tile = QImage(6, 6, QImage.Format.Format_ARGB32_Premultiplied)
    tile.fill(Qt.GlobalColor.transparent)
    for i in range(6):
        tile.setPixelColor(i, 5 - i, look.color("line2"))
    painter.fillRect(rect, QBrush(tile))
