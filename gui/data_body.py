"""Data body: titles, lines, rows and figures one below the other, as the DATA view lists them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from crnn.debug.messages import HealthMark
from gui.chrome import paint_empty
from gui.data_figures import Histogram, LetterGrid, Spelling
from gui.look import Look
from gui.marks import paint_health

MARGIN = 12
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Title(NamedTuple):
    """A section's name and, at the right, its number."""

    text: str
    fact: str


class Line(NamedTuple):
    """A sentence, wrapped; with `mark`, behind one. `is_data`: it names what the data hold."""

    text: str
    role: str = "t2"
    mark: HealthMark = "none"
    is_data: bool = False


class Row(NamedTuple):
    """A kind of fault with its count, which can be picked."""

    key: str
    text: str
    fact: str


class Figure(NamedTuple):
    """Something drawn."""

    figure: Histogram | LetterGrid | Spelling


Part = Title | Line | Row | Figure


class Owner(Protocol):
    """What the body asks of its view."""

    look: Look

    def empty_text(self) -> str: ...
    def pick(self, kind: str) -> None: ...
    def tip(self, part: Part, at: QPoint, width: int) -> str: ...


class DataBody(QWidget):
    """Paints the parts; rows are picked by a click, or by arrow keys and Enter."""

    def __init__(self, view: Owner) -> None:
        super().__init__()
        self._view = view
        self.parts: Sequence[Part] = ()
        self._places: list[QRect] = []
        self._current = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_parts(self, parts: Sequence[Part]) -> None:
        self.parts = [self._legible(part) for part in parts]
        self._current = -1
        self._lay_out()
        self.update()

    def _legible(self, part: Part) -> Part:
        if isinstance(part, Line) and part.is_data:
            return part._replace(text=self._view.look.legible(part.text))
        return part

    def sizeHint(self) -> QSize:
        return QSize(self._view.look.px(160), self.minimumHeight())

    @property
    def _wide(self) -> int:
        return self.width() - 2 * self._view.look.px(MARGIN)

    def _lay_out(self) -> None:
        px, self._places = self._view.look.px, []
        top = 0
        for number, part in enumerate(self.parts):
            if isinstance(part, Title) and number:
                top += px(10)
            height = self._height(part)
            self._places.append(QRect(px(MARGIN), top, self._wide, height))
            top += height
        self.setMinimumHeight(top + px(MARGIN) if self.parts else 0)

    def _height(self, part: Part) -> int:
        look = self._view.look
        if isinstance(part, Title):
            return look.px(24)
        if isinstance(part, Row):
            return look.px(22)
        if isinstance(part, Figure):
            return part.figure.height(self._wide)
        room = QRect(0, 0, self._wide - self._indent(part), 10_000)
        metrics = QFontMetrics(look.font("data_small" if part.is_data else "body"))
        return metrics.boundingRect(room, Qt.TextFlag.TextWordWrap.value, part.text).height() + 6

    def _indent(self, part: Line) -> int:
        return self._view.look.px(18) if part.mark != "none" else 0

    # ---- painting ----

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = self._view.look, QPainter(self)
        painter.fillRect(event.rect(), look.color("bg1"))
        if not self.parts:
            place = self.rect().adjusted(12, 0, -12, 0)
            paint_empty(painter, place, self._view.empty_text(), look)
        for number, (part, place) in enumerate(zip(self.parts, self._places, strict=True)):
            if place.intersects(event.rect().adjusted(-1, -1, 1, 1)):
                self._paint_part(painter, part, place, event.rect(), number)

    def _paint_part(
        self, painter: QPainter, part: Part, place: QRect, exposed: QRect, number: int
    ) -> None:
        look = self._view.look
        if isinstance(part, Title):
            painter.setFont(look.font("title"))
            painter.setPen(look.color("t1"))
            painter.drawText(place, _LEFT, part.text)
            self._paint_fact(painter, place, part.fact)
        elif isinstance(part, Row):
            self._paint_row(painter, part, place, is_current=number == self._current)
        elif isinstance(part, Line):
            painter.setFont(look.font("data_small" if part.is_data else "body"))
            painter.setPen(look.color(part.role))
            inner = place.adjusted(self._indent(part), 3, 0, 0)
            painter.drawText(inner, Qt.TextFlag.TextWordWrap.value, part.text)
            paint_health(painter, place.left() + 5, place.top() + look.px(10), part.mark, look)
        elif isinstance(part.figure, LetterGrid):
            part.figure.paint(painter, place, exposed)
        else:
            part.figure.paint(painter, place)

    def _paint_row(self, painter: QPainter, part: Row, place: QRect, *, is_current: bool) -> None:
        look = self._view.look
        if is_current and self.hasFocus():
            painter.setPen(look.color("acc"))
            painter.drawRect(place.adjusted(-6, 0, 5, -1))
        paint_health(painter, place.left() + 5, place.center().y() + 0.5, "warn", look)
        painter.setFont(look.font("body"))
        painter.setPen(look.color("t1"))
        painter.drawText(place.adjusted(look.px(18), 0, 0, 0), _LEFT, part.text)
        self._paint_fact(painter, place, part.fact)

    def _paint_fact(self, painter: QPainter, place: QRect, text: str) -> None:
        look = self._view.look
        is_number = text.lstrip("#").replace(",", "").isdecimal()
        painter.setFont(look.font("mono" if is_number else "header"))
        painter.setPen(look.color("t3"))
        painter.drawText(place, _RIGHT, text)

    # ---- pointer and keys ----

    def _under(self, at: QPoint) -> int:
        """The part under a point, or -1."""
        return next((n for n, place in enumerate(self._places) if place.contains(at)), -1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self._under(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and number >= 0:
            self._pick(number)

    def _pick(self, number: int) -> None:
        part = self.parts[number]
        if isinstance(part, Row):
            self._view.pick(part.key)
            # Picking another sample lists the parts anew; the row keeps its place by its key.
            again = (
                n for n, p in enumerate(self.parts) if isinstance(p, Row) and p.key == part.key
            )
            self._current = next(again, -1)
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        rows = [n for n, part in enumerate(self.parts) if isinstance(part, Row)]
        key = Qt.Key(event.key())
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(key, 0)
        if rows and step and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            at = rows.index(self._current) + step if self._current in rows else 0
            self._current = rows[max(0, min(len(rows) - 1, at))]
            self.update()
        elif self._current in rows and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pick(self._current)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            number = self._under(event.pos())
            text = ""
            if number >= 0:
                place = self._places[number]
                at = event.pos() - place.topLeft()
                text = self._view.tip(self.parts[number], at, place.width())
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()
        super().resizeEvent(event)
