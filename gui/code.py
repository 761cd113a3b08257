"""Code: a source file with line numbers, the line just executed, and stops in the gutter.

What is shown of the current function begins at the left edge, so code that stands deep in a class
does not waste the width. Keywords take the accent, comments and strings step back; nothing else has
a colour, since colour means data.
"""

from __future__ import annotations

import io
import keyword
import tokenize
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygon,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from gui.look import Look

if TYPE_CHECKING:
    from crnn.debug.inner import LineView

ROW = 18
MARKS, NUMBERS = 22, 30
"""Pixels of the gutter: marks, then line numbers."""
Run = tuple[int, str, str]
"""Column, text, colour role."""


class CodeArea(QWidget):
    """Shows a LineView. A click in the gutter sets or removes a breakpoint, a right click offers
    what can be done with it; with the keys: up and down, Space, Return and Menu.

    Signals carry the first line of the statement; `offered` also where its menu is to be.
    """

    toggled = Signal(int)
    asked = Signal(int)
    offered = Signal(int, QPoint)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.view: LineView | None = None
        self.message = ""
        self._top = self._caret = 1
        self._hovered = -1
        self._left = 0
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumHeight(3 * ROW)

    def show_view(self, view: LineView | None, message: str) -> None:
        """The file and the line; or the message where there is none."""
        before, self.view, self.message = self.view, view, message
        if view is not None:
            self._caret = view.line
            if before is None or before.file != view.file:
                self._top = max(1, view.line - self.n_rows // 3)
            self._reveal(view.line)
        self.update()

    @property
    def n_rows(self) -> int:
        return max(1, self.height() // self.look.px(ROW))

    def _reveal(self, line: int) -> None:
        """Scroll where the line is out of sight, or at its edge: a reader looks ahead."""
        margin = min(2, (self.n_rows - 1) // 2)
        if not self._top + margin <= line < self._top + self.n_rows - margin:
            self._scroll_to(line - self.n_rows // 3)

    def _scroll_to(self, top: int) -> None:
        last = len(self.view.text) - self.n_rows + 1 if self.view else 1
        self._top = max(1, min(top, last))
        self.update()

    # ---- painting ----

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look, view = QPainter(self), self.look, self.view
        painter.fillRect(self.rect(), look.color("bg1"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if view is None:
            painter.setFont(look.font("body"))
            painter.setPen(look.color("t3"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(12, 0, -12, 0), flags, self.message)
            return
        lines = range(self._top, min(self._top + self.n_rows + 1, len(view.text) + 1))
        # A method stands as far left as a function; what is inside stays inside.
        indent = _indent(view.text[body(view.text, view.line).start - 2])
        for row, number in enumerate(lines):
            rect = QRect(0, row * look.px(ROW), self.width(), look.px(ROW))
            self._paint_line(painter, rect, number, indent)

    def _paint_line(self, painter: QPainter, rect: QRect, number: int, indent: int) -> None:
        look, view = self.look, self.view
        assert view is not None
        is_current = view.line <= number < view.stop
        if is_current:
            painter.fillRect(rect, look.color("pastbg"))
        if number == self._caret and self.hasFocus():
            painter.fillRect(rect.left(), rect.top(), 2, rect.height(), look.color("acc"))
        self._paint_marks(painter, rect, number)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(look.font("mono"))
        painter.setPen(look.color("past" if is_current else "t3"))
        place = QRect(look.px(MARKS), rect.top(), look.px(NUMBERS) - 8, rect.height())
        painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, str(number))
        left = look.px(MARKS + NUMBERS)
        painter.save()
        painter.setClipRect(rect.adjusted(left, 0, -4, 0))
        advance = QFontMetricsF(look.font("mono")).horizontalAdvance("0")
        indent = min(indent, _indent(view.text[number - 1]))
        for column, text, role in runs(view.text)[number - 1]:
            x = left + round((column - indent) * advance) - self._left
            painter.setPen(look.color(role))
            painter.drawText(QRect(x, rect.top(), self.width() * 4, rect.height()), middle, text)
        painter.restore()

    def _paint_marks(self, painter: QPainter, rect: QRect, number: int) -> None:
        """A disc: an armed stop; a ring: one that is off, or, faintly, where a click puts one."""
        look, view = self.look, self.view
        assert view is not None
        size, middle = look.px(8), rect.center().y() + 1
        disc = QRect(look.px(5), middle - size // 2, size, size)
        stop = next((p for p in view.points if p.condition.line == number), None)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if stop is not None:
            is_hit = view.is_hit and number == view.line
            role = "past" if is_hit else "rec" if stop.is_on else "t3"
            painter.setPen(QPen(look.color(role), 1.5))
            painter.setBrush(look.color("rec") if stop.is_on else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(disc)
            if stop.logs_only and stop.is_on:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(look.color("bg1"))
                painter.drawEllipse(disc.adjusted(2, 2, -2, -2))
        elif number == self._hovered:
            painter.setPen(QPen(look.color("rec", 0.5), 1))
            painter.drawEllipse(disc)
        if number == view.line:
            x = look.px(14 if stop is not None else 7)
            wide, high = look.px(7), look.px(4)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("past"))
            corners = (QPoint(x, middle - high), QPoint(x + wide, middle), QPoint(x, middle + high))
            painter.drawPolygon(QPolygon(list(corners)))

    # ---- hands ----

    def line_at(self, y: int) -> int:
        """The line under a height, 0 below the last."""
        number = self._top + y // self.look.px(ROW)
        return number if self.view is not None and number <= len(self.view.text) else 0

    def head(self, number: int) -> int:
        """The first line of the statement at a line; 0 where none stands there."""
        heads = self.view.heads if self.view is not None else ()
        return heads[number - 1] if 0 < number <= len(heads) else 0

    @property
    def caret(self) -> int:
        """The line that the keys are at."""
        return self._caret

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        is_gutter = at.x() < self.look.px(MARKS + NUMBERS)
        hovered = self.head(self.line_at(at.y())) if is_gutter else -1
        if hovered != self._hovered:
            self._hovered = hovered
            self.update()

    def leaveEvent(self, event: object) -> None:
        self._hovered = -1
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        number = self.line_at(at.y())
        if not number or event.button() != Qt.MouseButton.LeftButton:
            return
        self._caret = number
        self.update()
        if at.x() < self.look.px(MARKS + NUMBERS) and self.head(number):
            self.toggled.emit(self.head(number))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        is_mouse = event.reason() == event.Reason.Mouse
        number = self.head(self.line_at(event.y()) if is_mouse else self._caret)
        row = (self._caret - self._top + 1) * self.look.px(ROW)
        below = QPoint(self.look.px(MARKS + NUMBERS), row)
        if number:
            self.offered.emit(number, event.globalPos() if is_mouse else self.mapToGlobal(below))

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta()
        if turn.x() or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._left = max(0, self._left - (turn.x() or turn.y()) // 4)
            self.update()
        else:
            self._scroll_to(self._top - 3 * (1 if turn.y() > 0 else -1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if self.view is None:
            super().keyPressEvent(event)
        elif step:
            self._caret = max(1, min(len(self.view.text), self._caret + step))
            self._reveal(self._caret)
            self.update()
        elif event.key() == Qt.Key.Key_Space and self.head(self._caret):
            self.toggled.emit(self.head(self._caret))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.head(self._caret):
            self.asked.emit(self.head(self._caret))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: object) -> None:
        self.update()

    def focusOutEvent(self, event: object) -> None:
        self.update()


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


@lru_cache(maxsize=64)
def body(text: tuple[str, ...], line: int) -> range:
    """The lines of the function round a line, without its head."""
    head = line
    while head > 1 and not text[head - 1].lstrip().startswith("def "):
        head -= 1
    stop = head + 1
    outer = _indent(text[head - 1])
    while stop <= len(text) and (
        not text[stop - 1].strip()
        or _indent(text[stop - 1]) > outer
        or text[stop - 1].lstrip().startswith(")")
    ):
        stop += 1
    return range(head + 1, stop)


@lru_cache(maxsize=32)
def runs(text: tuple[str, ...]) -> tuple[tuple[Run, ...], ...]:
    """Each line as pieces of one colour."""
    roles: list[dict[int, str]] = [{} for _ in text]
    reader = io.StringIO("\n".join(text) + "\n").readline
    for token in tokenize.generate_tokens(reader):
        role = ""
        if token.type in (tokenize.COMMENT, tokenize.STRING):
            role = "t3"
        elif token.type == tokenize.NAME and keyword.iskeyword(token.string):
            role = "acc"
        if role:
            _mark(roles, text, token.start, token.end, role)
    return tuple(_pieces(line, found) for line, found in zip(text, roles, strict=True))


def _mark(
    roles: list[dict[int, str]],
    text: tuple[str, ...],
    start: tuple[int, int],
    end: tuple[int, int],
    role: str,
) -> None:
    for row in range(start[0], end[0] + 1):
        first = start[1] if row == start[0] else 0
        stop = end[1] if row == end[0] else len(text[row - 1])
        roles[row - 1].update(dict.fromkeys(range(first, stop), role))


def _pieces(line: str, roles: dict[int, str]) -> tuple[Run, ...]:
    found: list[Run] = []
    for column, letter in enumerate(line):
        role = roles.get(column, "t1")
        if found and found[-1][2] == role:
            found[-1] = (found[-1][0], found[-1][1] + letter, role)
        elif letter != " " or found:
            found.append((column, letter, role))
    return tuple(found)
