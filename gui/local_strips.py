"""Local strips: the names of a function as small pictures, what the last line made first.

A strip has its own range, since a line of code is about one array; the range stands beside it. Time
lies across where the array has time. Values far below the others, the lattices' "never", are a
stroke; what is not a number, and what nothing has been written to yet, is hatched, as everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from gui.heat import indices, nan_mask, picture
from gui.local_cells import box, called, cell_of, cells_of
from gui.look import Look
from gui.numerals import fixed, power
from gui.overdraw import paint_nan, paint_pending
from gui.palette import Lut

if TYPE_CHECKING:
    from crnn.debug.inner import Local

NAME = 92
"""Pixels of the names."""
TALL, LOW = 46, 18
"""Height of what the line made, and of the others."""
CELL = 12
"""A cell is at most this wide."""
PAD = 12
LONG = 1e6
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


@dataclass(frozen=True, slots=True)
class Strip:
    local: Local
    row: QRect
    strip: QRect


class LocalStrips(QWidget):
    """Shows locals; `hovered` carries a value as text, "" where there is none, `picked` what the
    number under a click is called, "hidden[3, 0]"."""

    hovered = Signal(str)
    picked = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.locals: tuple[Local, ...] = ()
        self.meanings: dict[str, str] = {}
        self.heading = self.words_unwritten = ""
        self.selected = ""
        self._top = 0
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(60)

    def show_locals(self, shown: tuple[Local, ...]) -> None:
        """What the line made first, then the array that is followed, then the others."""
        followed = cell_of(shown, self.selected)
        name = followed[0].name if followed else ""
        self.locals = tuple(sorted(shown, key=lambda one: not one.is_made and one.name != name))
        self._scroll_to(self._top)

    def _scroll_to(self, top: int) -> None:
        self._top = max(0, min(top, self._height() - self.height()))
        self.update()

    def show_selected(self, text: str) -> None:
        """The number that is selected, as `picked` carries it."""
        self.selected = text
        self.update()

    # ---- geometry ----

    def strips(self) -> list[Strip]:
        """Where each array stands."""
        px, found = self.look.px, []
        y = px(22) + px(16) * len(self._plain_lines()) + 4 - self._top
        left = PAD + px(NAME)
        room = max(24, self.width() - left - PAD)
        for local in self.locals:
            if local.picture_RC is None:
                continue
            height = px(TALL if local.is_made else LOW)
            n_rows, n_columns = local.picture_RC.shape
            pitch = min(px(CELL), room // max(1, n_columns))
            wide = pitch * n_columns if pitch else room
            most = height - (px(20) if local.is_made else 6)
            high = min(most, max(px(10), n_rows * px(2)))
            row = QRect(0, y, self.width(), height)
            found.append(Strip(local, row, QRect(left, y + 3, max(1, wide), high)))
            y += height
        return found

    def _height(self) -> int:
        strips = self.strips()
        return strips[-1].row.bottom() + self._top + PAD if strips else 0

    def _plain_lines(self) -> list[list[Local]]:
        """Plain values, as many on a line as fit."""
        lines: list[list[Local]] = []
        metrics, used = self.fontMetrics(), self.width()
        for local in self.locals:
            if local.picture_RC is not None:
                continue
            wide = metrics.horizontalAdvance(_said(local)) + self.look.px(14)
            if used + wide > self.width() - PAD:
                lines.append([])
                used = PAD
            lines[-1].append(local)
            used += wide
        return lines

    # ---- painting ----

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look = QPainter(self), self.look
        painter.fillRect(self.rect(), look.color("bg1"))
        self.setFont(look.font("mono"))
        if not self.locals:
            return
        painter.setFont(look.font("header"))
        painter.setPen(look.color("t3"))
        place = QRect(PAD, 2 - self._top, self.width() - 2 * PAD, look.px(18))
        self._paint_heading(painter, place)
        self._paint_plain(painter)
        for strip in self.strips():
            if strip.row.bottom() >= 0 and strip.row.top() < self.height():
                self._paint_strip(painter, strip)
        self._paint_thumb(painter)

    def _paint_thumb(self, painter: QPainter) -> None:
        """Where one is, where there is more than fits; bright while the keys are here."""
        whole, seen = self._height(), self.height()
        if whole > seen:
            high = max(self.look.px(16), seen * seen // whole)
            y = (seen - high) * self._top // (whole - seen)
            role = "acc" if self.hasFocus() else "line2"
            painter.fillRect(self.width() - 4, y, 3, high, self.look.color(role))

    def _paint_heading(self, painter: QPainter, place: QRect) -> None:
        """What the strips are, and the selected number, which has the room it needs."""
        look, middle = self.look, Qt.AlignmentFlag.AlignVCenter
        told = self.described()
        used = QFontMetrics(look.font("mono")).horizontalAdvance(told) + look.px(10) if told else 0
        room = place.adjusted(0, 0, -used, 0)
        heading = painter.fontMetrics().elidedText(
            self.heading, Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, middle, heading)
        painter.setFont(look.font("mono"))
        painter.setPen(look.color("acc"))
        painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, told)

    def _paint_plain(self, painter: QPainter) -> None:
        look, y = self.look, self.look.px(22) - self._top
        painter.setFont(look.font("mono"))
        for line in self._plain_lines():
            x = PAD
            for local in line:
                painter.setPen(look.color("past" if local.is_made else "t2"))
                text = _said(local)
                place = QRect(x, y, self.width(), look.px(16))
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
                x += painter.fontMetrics().horizontalAdvance(text) + look.px(14)
            y += look.px(16)

    def _paint_strip(self, painter: QPainter, strip: Strip) -> None:
        look, local, row = self.look, strip.local, strip.row
        assert local.picture_RC is not None
        painter.setFont(look.font("mono"))
        painter.setPen(look.color("past" if local.is_made else "t1"))
        name = painter.fontMetrics().elidedText(
            local.name, Qt.TextElideMode.ElideMiddle, look.px(NAME) - 6
        )
        line = look.px(14)
        painter.drawText(QRect(PAD, row.top() + 2, look.px(NAME), line), 0, name)
        if local.is_made:
            painter.setFont(look.font("mono_small"))
            painter.setPen(look.color("t3"))
            beside = QRect(PAD, row.top() + 2 + line, look.px(NAME) - 4, line)
            painter.drawText(beside, 0, sizes(local))
            painter.drawText(beside.translated(0, line), 0, local.dtype)
            below = QRect(strip.strip.left(), row.bottom() - line, self.width(), line)
            painter.drawText(below, 0, _range(local))
        self._paint_picture(painter, strip)

    def _paint_picture(self, painter: QPainter, strip: Strip) -> None:
        local, target = strip.local, strip.strip
        values = local.picture_RC
        assert values is not None
        if not values.size:
            return
        low, high, lut = self._scale(local)
        is_far = _is_far(values)
        painter.drawImage(target, picture(indices(np.where(is_far, low, values), low, high), lut))
        paint_nan(painter, target, nan_mask(values), self.look)
        if local.unwritten_RC is not None:
            self._paint_unwritten(painter, target, local.unwritten_RC)
        self._paint_selected(painter, strip)
        if is_far.any() and target.width() >= 4 * values.shape[1]:
            self._paint_strokes(painter, target, is_far)

    def _paint_unwritten(
        self, painter: QPainter, target: QRect, unwritten_RC: NDArray[np.bool_]
    ) -> None:
        """What nothing has been written to yet, hatched as all that is not computed yet."""
        painter.save()
        painter.setClipRegion(cells_of(unwritten_RC, target))
        paint_pending(painter, target, self.look)
        painter.restore()

    def _paint_selected(self, painter: QPainter, strip: Strip) -> None:
        found = cell_of((strip.local,), self.selected)
        cell = found and found[0].cell(found[1])
        if not cell or strip.local.picture_RC is None:
            return
        n_rows, n_columns = strip.local.picture_RC.shape
        around = box(strip.strip, n_rows, n_columns, *cell)
        painter.setPen(QPen(self.look.color("acc"), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(around.adjusted(-1, -1, 1, 1))

    def _paint_strokes(self, painter: QPainter, target: QRect, is_far: NDArray[np.bool_]) -> None:
        """One stroke a cell that is never reached."""
        n_rows, n_columns = is_far.shape
        pitch, high = target.width() // n_columns, target.height() / n_rows
        painter.setPen(self.look.color("line2"))
        for row, column in np.argwhere(is_far):
            x, y = target.left() + int(column) * pitch, target.top() + round(int(row) * high)
            painter.drawLine(x + 1, y + max(2, round(high)) - 2, x + pitch - 2, y + 1)

    def _scale(self, local: Local) -> tuple[float, float, Lut]:
        """Lowest and highest value, and the colours between them, by what the name says it is."""
        theme, values = self.look.theme, local.picture_RC
        assert values is not None
        is_shown = np.isfinite(values) & ~_is_far(values)
        shown = values[is_shown if local.unwritten_RC is None else is_shown & ~local.unwritten_RC]
        low = float(shown.min()) if shown.size else 0.0
        high = float(shown.max()) if shown.size else 1.0
        if local.dtype == "bool":
            return 0.0, 1.0, theme.grey
        if high <= 0 and low < -1:  # logarithms: what is far below the largest hardly counts
            return max(low, high - 14), high, theme.probability
        most = max(abs(low), abs(high)) or 1.0
        return (0.0, most, theme.positive) if low >= 0 else (-most, most, theme.signed)

    # ---- hands ----

    def under(self, at: QPoint) -> tuple[Local, str] | None:
        """The array under a point, and what its cell is called, "" beside its picture."""
        for strip in self.strips():
            values = strip.local.picture_RC
            if not strip.row.contains(at) or values is None or not values.size:
                continue
            if not strip.strip.contains(at):
                return strip.local, ""
            column = (at.x() - strip.strip.left()) * values.shape[1] // strip.strip.width()
            row = (at.y() - strip.strip.top()) * values.shape[0] // strip.strip.height()
            return strip.local, called(strip.local, row, column)
        return None

    def described(self, text: str | None = None) -> str:
        """A number of the line with its value, the selected one where none is named; "" where it is
        not on screen."""
        found = cell_of(self.locals, self.selected if text is None else text)
        cell = found and found[0].cell(found[1])
        if not found or not cell:
            return ""
        local = found[0]
        assert local.picture_RC is not None
        is_unwritten = local.unwritten_RC is not None and bool(local.unwritten_RC[cell])
        value = self.words_unwritten if is_unwritten else _exact(float(local.picture_RC[cell]))
        return f"{called(local, *cell)} = {value}"

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        found = self.under(at)
        self.hovered.emit(self.described(found[1]) if found else "")
        text = self.describe(found[0]) if found and at.x() < PAD + self.look.px(NAME) else ""
        QToolTip.showText(event.globalPosition().toPoint(), text, self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self.under(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and found and found[1]:
            self.picked.emit(found[1])

    def describe(self, local: Local) -> str:
        """Name, shape with what its axes mean, dtype and range."""
        axes = ", ".join(
            f"{letter} {self.meanings.get(letter, '')} {size}".replace("  ", " ")
            for letter, size in zip(local.axes, local.shape, strict=False)
        )
        return "\n".join(
            filter(None, [f"{local.name}  {local.shape} {local.dtype}", axes, _range(local)])
        )

    def leaveEvent(self, event: object) -> None:
        self.hovered.emit("")

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._scroll_to(self._top - event.angleDelta().y() // 4)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows move the selected number; without one, and with the others, all scrolls."""
        key, page = Qt.Key(event.key()), self.height() - self.look.px(LOW)
        moved = self._neighbour(*ARROWS[key]) if key in ARROWS else ""
        by = {Qt.Key.Key_Up: -self.look.px(LOW), Qt.Key.Key_Down: self.look.px(LOW)}
        by |= {Qt.Key.Key_PageUp: -page, Qt.Key.Key_PageDown: page}
        if moved:
            self.picked.emit(moved)
        elif key in by:
            self._scroll_to(self._top + by[key])
        else:
            super().keyPressEvent(event)

    def _neighbour(self, dx: int, dy: int) -> str:
        """What the number beside the selected one is called; "" where there is none."""
        found = cell_of(self.locals, self.selected)
        cell = found and found[0].cell(found[1])
        if not found or not cell or found[0].picture_RC is None:
            return ""
        (n_rows, n_columns), (row, column) = found[0].picture_RC.shape, cell
        row, column = row + dy, column + dx
        is_there = 0 <= row < n_rows and 0 <= column < n_columns
        return called(found[0], row, column) if is_there else ""

    def focusInEvent(self, event: object) -> None:
        self.update()

    def focusOutEvent(self, event: object) -> None:
        self.update()


def sizes(local: Local) -> str:
    """The shape, with the axes' letters where the name tells them: "T32 N16"."""
    if not local.axes:
        return "×".join(map(str, local.shape)) or "()"
    return " ".join(f"{a}{n}" for a, n in zip(local.axes, local.shape, strict=True))


def _said(local: Local) -> str:
    return f"{local.name} = {local.text}"


def _range(local: Local) -> str:
    return f"{_brief(local.low)} … {_brief(local.high)}"


def _brief(value: float) -> str:
    """Three decimals, or a power of ten where that would be long: memory not written yet may hold
    anything."""
    return fixed(value, 3) if abs(value) < LONG else power(value)


def _exact(value: float) -> str:
    if _is_far(np.asarray(value)):
        return "−∞" if value < 0 else "∞"
    return f"{value:.7g}".replace("-", "−")


def _is_far(values: NDArray[Any]) -> NDArray[np.bool_]:
    from crnn.debug.inner import FAR

    return np.asarray(np.abs(values) >= FAR)
