"""Break delegate: how a row of the BREAKPOINTS panel is drawn.

A point is a disc: filled while it is on, a ring while it is off, hollow in the middle where it only
notes, in an amber ring where the run stands on it. A watch is its curve and its value.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import (
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gui import conditions
from gui.break_rows import BreakRows
from gui.icons import pixmap
from gui.language import QT_TRANSLATE_NOOP
from gui.look import FontRole, Look
from gui.numerals import amount, fixed
from gui.specs import level_of

if TYPE_CHECKING:
    from crnn.arrays import F64
    from crnn.debug.messages import Frame
    from crnn.debug.points import Condition, Filling, PointRow, WatchRow

ROW, HEADING = 24, 22
DISC_X, TEXT_X = 16, 30
CURVE, VALUE = 88, 64
POINTS = 64
"""Points a small curve is made of."""
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
WORDS = {
    "on": QT_TRANSLATE_NOOP("Breakpoints", "on"),
    "off": QT_TRANSLATE_NOOP("Breakpoints", "off"),
    "hit": QT_TRANSLATE_NOOP("Breakpoints", "hit {step}"),
    "logs": QT_TRANSLATE_NOOP("Breakpoints", "notes · {n}"),
    "hits": QT_TRANSLATE_NOOP("Breakpoints", "Hits"),
    "line": QT_TRANSLATE_NOOP("Breakpoints", "at level line"),
    "filling": QT_TRANSLATE_NOOP("Breakpoints", "filling the past: {done} of {total}"),
    "waits": QT_TRANSLATE_NOOP("Breakpoints", "its past is filled after the others"),
    "eta": QT_TRANSLATE_NOOP("Breakpoints", "{seconds} s left"),
}


def word(key: str) -> str:
    """One of WORDS in the language in force."""
    return QCoreApplication.translate("Breakpoints", WORDS[key])


class BreakDelegate(QStyledItemDelegate):
    """Draws from the frame its view was given."""

    def __init__(self, look: Look, rows: BreakRows) -> None:
        super().__init__(rows)
        self._look, self._rows = look, rows
        self.frame: Frame | None = None

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        is_heading = self._rows.at(index).kind == "hits"
        return QSize(100, self._look.px(HEADING if is_heading else ROW))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:  # fmt: skip
        rect: QRect = option.rect
        state = option.state
        row = self._rows.at(index)
        painter.save()
        if state & QStyle.StateFlag.State_Selected and row.kind != "hits":
            painter.fillRect(rect, self._look.color("accbg"))
        elif state & QStyle.StateFlag.State_MouseOver and row.kind != "hits":
            painter.fillRect(rect, self._look.color("bg3"))
        point, watch = self._rows.point(row), self._rows.watch(row)
        if row.kind == "hits":
            self._paint_heading(painter, rect)
        elif row.kind == "hit" and point is not None:
            self._paint_hit(painter, rect, index)
        elif point is not None:
            self._paint_point(painter, rect, point)
        elif row.kind == "filling" and watch is not None and watch.filling is not None:
            self._paint_filling(painter, rect, watch.filling)
        elif watch is not None:
            self._paint_watch(painter, rect, watch, self._rows.place_in_colors(row))
        painter.restore()

    # ---- rows ----

    def _paint_point(self, painter: QPainter, rect: QRect, row: PointRow) -> None:
        look = self._look
        middle = QPointF(rect.left() + look.px(DISC_X), rect.center().y() + 0.5)
        paint_disc(painter, middle, row, look)
        words, role = self._standing(row)
        width = self._text(painter, rect.adjusted(0, 0, -look.px(12), 0), words, "mono", role, True)
        left = rect.left() + look.px(TEXT_X)
        room = QRect(left, rect.top(), rect.right() - left - width - look.px(22), rect.height())
        condition = row.point.condition
        color = "t1" if row.point.is_on else "t3"
        if condition.kind == "line":
            used = self._text(painter, room, conditions.place(condition), "mono", "acc")
            room.setLeft(left + used + look.px(10))
            color = color if condition.text else "t3"
            self._text(painter, room, condition.text or condition.code, "mono", color)
            return
        font: FontRole = "mono" if condition.kind == "when" else "data_small"
        self._text(painter, room, conditions.title(condition), font, color)

    def standing_width(self, row: PointRow) -> int:
        """Pixels of the word at the right end."""
        return QFontMetrics(self._look.font("mono")).horizontalAdvance(self._standing(row)[0])

    def link_width(self, condition: Condition) -> int:
        """Pixels of what leads to a line; 0 where the row is of something else."""
        if condition.kind != "line":
            return 0
        metrics = QFontMetrics(self._look.font("mono"))
        return metrics.horizontalAdvance(conditions.place(condition))

    def _standing(self, row: PointRow) -> tuple[str, str]:
        """The word at the right end and its colour role."""
        if row.fault:
            return "!", "err"
        if not row.point.is_on:
            return word("off"), "t3"
        if row.here is not None:
            return word("hit").format(step=f"{row.here.step:,}"), "past"
        if row.point.logs_only:
            return word("logs").format(n=f"{row.n_hits:,}"), "t3"
        if row.last is not None:
            times = f" · {row.n_hits:,}×" if row.n_hits > 1 else ""
            return word("hit").format(step=f"{row.last.step:,}") + times, "t2"
        is_waiting = row.point.condition.kind == "line" and level_of(self.frame) != "line"
        return word("line" if is_waiting else "on"), "t3"

    def _paint_watch(self, painter: QPainter, rect: QRect, row: WatchRow, which: int) -> None:
        look, frame = self._look, self.frame
        color = look.curve(which) if row.watch.is_drawn else look.color("t2")
        at = QPoint(rect.left() + look.px(DISC_X), rect.center().y())
        paint_eye(painter, at, row.watch.is_drawn, look.curve(which), look)
        step = frame.step if frame is not None else 0
        value = value_near(row, step)
        right = rect.right() - look.px(12)
        place = QRect(right - look.px(VALUE), rect.top(), look.px(VALUE), rect.height())
        words = "!" if row.fault else "–" if math.isnan(value) else number(value)
        self._text(painter, place, words, "mono", "err" if row.fault else "t1", True)
        narrow = rect.width() < look.px(320)
        width = look.px(CURVE * 2 // 3 if narrow else CURVE)
        curve = QRect(place.left() - width - look.px(4), rect.top() + 5, width, rect.height() - 10)
        self._paint_curve(painter, curve, row, step, color)
        left = rect.left() + look.px(TEXT_X)
        room = QRect(left, rect.top(), curve.left() - left - look.px(8), rect.height())
        self._text(painter, room, row.watch.text, "mono", "t1")

    def _paint_curve(
        self, painter: QPainter, rect: QRect, row: WatchRow, step: int, color: QColor
    ) -> None:
        """The whole run in a few points, but what is not known yet; amber: the step on screen."""
        frame = self.frame
        if frame is None or frame.head <= frame.run.first_step:
            return
        first, head = frame.run.first_step, frame.head
        at, values = thinned(row.series.values(row.n_values), head - first)
        known = np.isfinite(values)
        if known.any():
            low, high = float(values[known].min()), float(values[known].max())
            span = high - low or 1.0
            x = rect.left() + at / max(1, head - first) * rect.width()
            y = rect.bottom() - (values - low) / span * rect.height()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(color, 1))
            for part in np.split(np.arange(len(x)), np.flatnonzero(np.diff(known)) + 1):
                if len(part) > 1 and known[part[0]]:
                    line = [QPointF(float(x[i]), float(y[i])) for i in part]
                    painter.drawPolyline(QPolygonF(line))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if frame.is_past:
            here = rect.left() + (step - first) / max(1, head - first) * rect.width()
            painter.fillRect(
                QRectF(here - 0.5, rect.top() - 2, 1, rect.height() + 4), self._look.color("past")
            )

    def _paint_filling(self, painter: QPainter, rect: QRect, filling: Filling) -> None:
        """How far hindsight is: words, and a bar below them; a click on the cross ends it."""
        look = self._look
        share = filling.done / max(1, filling.total)
        left, right = rect.left() + look.px(TEXT_X), rect.right() - look.px(12)
        size = look.px(13)
        cross = pixmap("x", look.theme.t2, size, painter.device().devicePixelRatioF())
        painter.drawPixmap(right - size, rect.center().y() - size // 2, cross)
        room = QRect(left, rect.top(), right - size - look.px(8) - left, rect.height() - 3)
        eta = ""
        if math.isfinite(filling.eta_s):
            eta = word("eta").format(seconds=f"{math.ceil(filling.eta_s):,}")
        width = self._text(painter, room, eta, "header", "t2", True)
        text = word("filling" if filling.total else "waits")
        text = text.format(done=f"{filling.done:,}", total=f"{filling.total:,}")
        self._text(painter, room.adjusted(0, 0, -width - look.px(8), 0), text, "header", "t2")
        bar = QRect(left, rect.bottom() - 2, room.width(), 2)
        painter.fillRect(bar, look.color("bg3"))
        bar.setWidth(round(bar.width() * share))
        painter.fillRect(bar, look.color("acc"))

    def _paint_heading(self, painter: QPainter, rect: QRect) -> None:
        look = self._look
        painter.fillRect(rect.left(), rect.top(), rect.width(), 1, look.color("line"))
        self._text(painter, rect.adjusted(look.px(8), 2, 0, 0), word("hits"), "title", "t1")

    def _paint_hit(
        self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        look, row = self._look, self._rows.at(index)
        point, hit = self._rows.point(row), self._rows.hit(row)
        if point is None or hit is None:
            return
        step = f"{hit.step:,}"
        left = rect.left() + look.px(8)
        place = QRect(left, rect.top(), look.px(58), rect.height())
        self._text(painter, place, step, "mono", "acc", True)
        words = conditions.short(point.point.condition)
        told = " → ".join(part for part in (hit.before, hit.now) if part)
        right = rect.right() - look.px(12)
        start = place.right() + look.px(10)
        value = QRect(start, rect.top(), right - start, rect.height())
        room = min(value.width() // 2, QFontMetrics(look.font("mono")).horizontalAdvance(told) + 2)
        self._text(painter, value.adjusted(value.width() - room, 0, 0, 0), told, "mono", "t2", True)
        self._text(painter, value.adjusted(0, 0, -room - look.px(8), 0), words, "data_small", "t1")

    def _text(
        self, painter: QPainter, rect: QRect, text: str, font: FontRole, role: str,
        is_right: bool = False,
    ) -> int:  # fmt: skip
        """Draw `text`, cut where there is no room; returns its width."""
        painter.setFont(self._look.font(font))
        painter.setPen(self._look.color(role))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, _RIGHT if is_right else _LEFT, shown)
        return painter.fontMetrics().horizontalAdvance(shown)


def paint_disc(painter: QPainter, middle: QPointF, row: PointRow, look: Look) -> None:
    """The mark of a point."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    half = look.px(8) / 2
    painter.setPen(QPen(look.color("rec" if row.point.is_on else "t3"), 1.5))
    painter.setBrush(look.color("rec") if row.point.is_on else Qt.BrushStyle.NoBrush)
    painter.drawEllipse(middle, half, half)
    if row.point.logs_only and row.point.is_on:
        painter.setBrush(look.color("bg1"))
        painter.drawEllipse(middle, half / 2, half / 2)
    if row.here is not None:
        painter.setPen(QPen(look.color("past"), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(middle, half + 2.5, half + 2.5)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def paint_eye(painter: QPainter, at: QPoint, is_drawn: bool, color: QColor, look: Look) -> None:
    """The mark of a watch, round a point: in the colour of its curve in TIME; struck out, and grey,
    where TIME has none."""
    size = look.px(14)
    name = color.name() if is_drawn else look.theme.t3
    eye = pixmap("eye", name, size, painter.device().devicePixelRatioF())
    corner = at - QPoint(size // 2, size // 2)
    painter.drawPixmap(corner, eye)
    if not is_drawn:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.color("t3"), 1.25))
        painter.drawLine(corner + QPoint(1, size - 2), corner + QPoint(size - 2, 1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def value_near(row: WatchRow, step: int) -> float:
    """The value at `step`; while the step is only now being taken, that of the one before."""
    value = row.series.at(step)
    return row.series.at(step - 1) if math.isnan(value) else value


def number(value: float) -> str:
    """A value in four to six digits."""
    if not value or 1e-3 <= abs(value) < 1e5:
        return fixed(value, 4 if abs(value) < 100 else 1)
    return amount(value) if value > 0 else f"−{amount(-value)}" if value < 0 else fixed(value)


def thinned(values: F64, n_steps: int) -> tuple[F64, F64]:
    """At most POINTS of the values of a run of `n_steps`, and the rows they stand at."""
    stride = max(1, math.ceil(n_steps / POINTS))
    at = np.arange(0, len(values), stride)
    return at.astype(np.float64), values[at]
