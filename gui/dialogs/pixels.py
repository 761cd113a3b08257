"""Pixels: a sample's picture, enlarged, to draw ink on and to erase it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from crnn.arrays import U8
from gui.look import Look

WIDEST, TALLEST = 560, 150
"""Room for the enlarged picture."""


class PixelPad(QWidget):
    """Left button draws ink, right button erases. `changed` after every stroke."""

    changed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.erases = False
        self.radius = 1.0
        self._before: U8 = np.zeros((1, 1), np.uint8)
        self._after = self._before.copy()
        self._last: QPoint | None = None
        self.setCursor(Qt.CursorShape.CrossCursor)

    def show_picture(self, gray_HW: U8, pixels: tuple[tuple[int, int, int], ...] = ()) -> None:
        """Start with this picture, and with `pixels` (y, x, gray) of it changed already."""
        self._before, self._after = gray_HW, gray_HW.copy()
        for y, x, gray in pixels:
            self._after[y, x] = gray
        # A pen's width is a share of the line's height, whatever the picture was scanned at.
        self.radius = max(0.6, gray_HW.shape[0] / 40)
        self.setFixedSize(self.sizeHint())
        self.update()

    @property
    def pixels(self) -> tuple[tuple[int, int, int], ...]:
        """What differs from the picture as it came: (y, x, gray)."""
        where = np.argwhere(self._after != self._before).tolist()
        return tuple((y, x, int(self._after[y, x])) for y, x in where)

    def restore(self) -> None:
        """Back to the picture as it came."""
        self._after = self._before.copy()
        self.update()
        self.changed.emit()

    @property
    def paper(self) -> int:
        """The gray that most of the picture has."""
        return int(np.median(self._before))

    @property
    def ink(self) -> int:
        """The gray farthest from paper."""
        low, high = int(self._before.min()), int(self._before.max())
        return low if self.paper - low >= high - self.paper else high

    # ---- painting ----

    @property
    def scale(self) -> float:
        """Screen pixels a picture pixel."""
        height, width = self._before.shape
        room = min(self.look.px(WIDEST) / width, self.look.px(TALLEST) / height)
        return float(min(8.0, room))

    def sizeHint(self) -> QSize:
        height, width = self._before.shape
        return QSize(max(8, round(width * self.scale)), max(8, round(height * self.scale)))

    def paintEvent(self, event: QPaintEvent) -> None:
        height, width = self._after.shape
        bits = np.ascontiguousarray(self._after)
        image = QImage(bits.data, width, height, width, QImage.Format.Format_Grayscale8)
        painter = QPainter(self)
        painter.drawImage(self.rect(), image)
        painter.setPen(self.look.color("line2"))
        painter.drawRect(QRect(0, 0, self.width() - 1, self.height() - 1))

    # ---- drawing ----

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._last = None
        self._draw(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._draw(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._last = None
        self.changed.emit()

    def _draw(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        is_right = bool(event.buttons() & Qt.MouseButton.RightButton)
        if event.buttons() & (Qt.MouseButton.LeftButton | Qt.MouseButton.RightButton):
            self.stroke(self._last or at, at, erases=is_right or self.erases)
            self._last = at

    def stroke(self, start: QPoint, end: QPoint, *, erases: bool) -> None:
        """A line of the pen's width between two points of the widget."""
        height, width = self._after.shape
        (x0, y0), (x1, y1) = ((p.x() / self.scale, p.y() / self.scale) for p in (start, end))
        y_HW, x_HW = np.mgrid[0:height, 0:width] + 0.5
        length = (x1 - x0) ** 2 + (y1 - y0) ** 2
        along = ((x_HW - x0) * (x1 - x0) + (y_HW - y0) * (y1 - y0)) / (length or 1.0)
        along = np.clip(along, 0.0, 1.0)
        away = np.hypot(x_HW - x0 - along * (x1 - x0), y_HW - y0 - along * (y1 - y0))
        reach = self.radius * (2.5 if erases else 1.0)
        self._after[away <= reach] = self.paper if erases else self.ink
        self.update()
