"""Canvas: strokes of a mouse or a pen, as they are drawn. It keeps points and knows no pictures."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QTabletEvent,
)
from PySide6.QtWidgets import QWidget

from gui.chrome import paint_empty
from gui.look import Look

Point = tuple[float, float, float]


class Canvas(QWidget):
    """`changed` is emitted for each new point; `lifted` when a stroke is finished or taken back.

    The width of the line is in logical pixels; a pen's pressure makes it thinner or thicker.
    """

    changed = Signal()
    lifted = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.pen_width = 7.0
        self.invitation = ""
        self._strokes: list[list[Point]] = []
        self._is_down = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumHeight(look.px(150))

    @property
    def strokes(self) -> tuple[tuple[Point, ...], ...]:
        """What is drawn so far."""
        return tuple(tuple(points) for points in self._strokes)

    def undo(self) -> None:
        """Take the last stroke back."""
        if self._strokes:
            self._strokes.pop()
            self._is_down = False
            self.update()
            self.lifted.emit()

    def clear(self) -> None:
        """A blank canvas. What was drawn stays where it was sent."""
        self._strokes.clear()
        self._is_down = False
        self.update()

    # ---- the pen ----

    def press(self, at: QPointF, pressure: float = 0.5) -> None:
        self._strokes.append([])
        self._is_down = True
        self.move_to(at, pressure)

    def move_to(self, at: QPointF, pressure: float = 0.5) -> None:
        if not self._is_down:
            return
        points = self._strokes[-1]
        width = self.pen_width * (0.5 + pressure)
        if not points or (points[-1][0], points[-1][1]) != (at.x(), at.y()):
            points.append((at.x(), at.y(), width))
            self.update()
            self.changed.emit()

    def lift(self) -> None:
        if self._is_down:
            self._is_down = False
            self.lifted.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.press(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.move_to(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.lift()

    def tabletEvent(self, event: QTabletEvent) -> None:
        kind = event.type()
        if kind == QTabletEvent.Type.TabletPress:
            self.press(event.position(), event.pressure())
        elif kind == QTabletEvent.Type.TabletMove:
            self.move_to(event.position(), event.pressure())
        elif kind == QTabletEvent.Type.TabletRelease:
            self.lift()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo) or event.key() == Qt.Key.Key_Backspace:
            self.undo()
        else:
            super().keyPressEvent(event)

    # ---- drawing ----

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look = QPainter(self), self.look
        painter.fillRect(self.rect(), look.color("canvas"))
        if not self._strokes:
            paint_empty(painter, self.rect().adjusted(12, 0, -12, 0), self.invitation, look)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for points in self._strokes:
            self._paint_stroke(painter, points)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(look.color("acc"))
            painter.drawRect(QRect(0, 0, self.width() - 1, self.height() - 1))

    def _paint_stroke(self, painter: QPainter, points: list[Point]) -> None:
        pen = QPen(self.look.color("t1"))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        before = points[0] if points else None
        for point in points:
            assert before is not None
            pen.setWidthF((before[2] + point[2]) / 2)
            painter.setPen(pen)
            painter.drawLine(QPointF(before[0], before[1]), QPointF(point[0], point[1]))
            before = point
