"""DRAW: write a word and see it read, stroke by stroke; every panel shows the network reading it.

The drawing is a sample like any other, in the group My ink. While the pen is down it is sent a few
times a second; how often it is read while training runs is the engine's to govern.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from crnn.debug.guest_messages import Draw, GuestReading
from crnn.debug.messages import Frame
from gui.canvas import Canvas
from gui.chrome import IconButton, PanelHeader, Segments
from gui.look import Look
from gui.view import View

SEND_MS = 90
"""While the pen is down the drawing is sent this often."""
PENS = {"fine": 4.0, "medium": 7.0, "bold": 11.0}
SURE = 0.9
"""How surely a character must lie where it lies to be shown as sure."""


class DrawView(View):
    """Header with pens, the canvas, what it is meant to say, and what is read."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.header = PanelHeader(look)
        self.pens = Segments(look, list(PENS), "medium")
        self.undo, self.clear = IconButton(look, "undo-2"), IconButton(look, "x")
        for widget in (self.pens, self.undo, self.clear):
            self.header.add(widget)
        self.canvas = Canvas(look)
        self.truth = QLineEdit()
        self.truth.setClearButtonEnabled(True)
        self.line = ReadingLine(look)
        self._is_new = True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEND_MS)
        self._timer.timeout.connect(self._send)
        self._lay_out()
        self.pens.chosen.connect(self._choose_pen)
        self.undo.clicked.connect(self.canvas.undo)
        self.clear.clicked.connect(self.start_anew)
        self.canvas.changed.connect(self._send_soon)
        self.canvas.lifted.connect(self._send)
        self.truth.editingFinished.connect(self._retell)
        self.setFocusProxy(self.canvas)
        self.retranslate()
        self.restyle()

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.header)
        rows.addWidget(self.canvas, 1)
        rows.addWidget(self.line)
        below = QVBoxLayout()
        below.setContentsMargins(8, 0, 8, 8)
        below.addWidget(self.truth)
        rows.addLayout(below)

    def retranslate(self) -> None:
        self.header.set_name(self.tr("Draw"))
        self.pens.set_labels(
            {"fine": self.tr("fine"), "medium": self.tr("medium"), "bold": self.tr("bold")}
        )
        self.undo.set_text(self.tr("Take the last stroke back (Ctrl+Z)"))
        self.clear.set_text(self.tr("A new word on a blank canvas; this one stays in My ink"))
        self.canvas.invitation = self.tr("Write a word here.")
        self.canvas.setAccessibleName(self.tr("Canvas to write a word on"))
        self.truth.setPlaceholderText(self.tr("what it says, if you like to compare"))
        self.truth.setAccessibleName(self.tr("What the drawing says"))
        self.line.none = self.tr("nothing yet")
        self.line.update()
        self.canvas.update()

    def restyle(self) -> None:
        self.truth.setFont(self.look.font("data_small"))
        self.line.updateGeometry()
        self.update()

    def show_frame(self, frame: Frame) -> None:
        super().show_frame(frame)
        self.line.show_reading(frame.guest)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self.look.color("bg1"))

    def start_anew(self) -> None:
        """A blank canvas; the next stroke begins another sample."""
        self.canvas.clear()
        self.truth.clear()
        self._timer.stop()
        self._is_new = True
        self.line.show_reading(None)
        self.canvas.setFocus()

    # ---- inside ----

    def _choose_pen(self, name: str) -> None:
        self.canvas.pen_width = PENS[name] * self.look.scale

    def _send_soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _send(self) -> None:
        self._timer.stop()
        self.commanded.emit(Draw(self.canvas.strokes, self._is_new, self.truth.text()))
        self._is_new = False

    def _retell(self) -> None:
        """Another truth: the same drawing is aligned to it."""
        if not self._is_new:
            self._send()


class ReadingLine(QWidget):
    """What is read, each character underlined by how surely it lies there; P at the right."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.none = ""
        self._reading: GuestReading | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_reading(self, reading: GuestReading | None) -> None:
        if reading != self._reading:
            self._reading = reading
            self.update()

    def text(self) -> str:
        """What stands there."""
        return self._reading.text if self._reading else ""

    def sizeHint(self) -> QSize:
        return QSize(120, self.look.px(50))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look = QPainter(self), self.look
        painter.fillRect(self.rect(), look.color("bg1"))
        room = self.rect().adjusted(look.px(12), 0, -look.px(12), 0)
        reading = self._reading
        if reading is None or not reading.text:
            painter.setFont(look.font("body"))
            painter.setPen(look.color("t3"))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, self.none)
            return
        painter.setFont(look.font("mono"))
        painter.setPen(look.color("t2"))
        value = f"P {reading.confidence:.3f}"
        width = QFontMetrics(look.font("mono")).horizontalAdvance(value)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, value)
        self._paint_text(painter, room.adjusted(0, 0, -width - look.px(12), 0), reading)

    def _paint_text(self, painter: QPainter, room: QRect, reading: GuestReading) -> None:
        look = self.look
        painter.setFont(look.font("reading"))
        metrics = painter.fontMetrics()
        x = room.left()
        for number, (text, share) in enumerate(reading.characters):
            wide = metrics.horizontalAdvance(text)
            is_last = number == len(reading.characters) - 1
            if x + wide > room.right() - (0 if is_last else metrics.horizontalAdvance("…")):
                painter.setPen(look.color("t3"))
                painter.drawText(QRect(x, 0, room.right() - x, self.height()), _MIDDLE, "…")
                return
            painter.setPen(look.color("t1"))
            painter.drawText(QRect(x, 0, wide + 4, self.height()), _MIDDLE, text)
            below = self.height() // 2 + metrics.height() // 2
            painter.fillRect(x + 1, below, wide - 2, look.px(2), look.color("bg3"))
            color = look.color("ok" if share >= SURE else "warn")
            painter.fillRect(x + 1, below, round((wide - 2) * share), look.px(2), color)
            x += wide + look.px(2)


_MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
