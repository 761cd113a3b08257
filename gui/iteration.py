"""Iteration: a loop collapsed to a slider: which time the line was executed, of how many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui.look import Look

if TYPE_CHECKING:
    from crnn.debug.inner import LineView

HEIGHT = 22
PAD = 12


class IterationBar(QWidget):
    """`sought` carries the moment to go to."""

    sought = Signal(int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.view: LineView | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        look.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.setFixedHeight(self.look.px(HEIGHT))
        self.update()

    def show_view(self, view: LineView | None) -> None:
        self.view = view
        self.setVisible(view is not None)
        self.update()

    @property
    def place(self) -> int:
        """Which execution of the line is on screen, from 0."""
        assert self.view is not None
        return self.view.executions.index(self.view.place)

    def _track(self) -> QRect:
        left, right = PAD + self.look.px(84), PAD + self.look.px(84)
        return QRect(left, 0, max(20, self.width() - left - right), self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look, view = QPainter(self), self.look, self.view
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), look.color("bg2"))
        if view is None:
            return
        middle, track = Qt.AlignmentFlag.AlignVCenter, self._track()
        painter.setFont(look.font("mono"))
        variable, value = view.loop
        painter.setPen(look.color("past"))
        text = f"{variable} = {value}" if variable else "—"
        painter.drawText(QRect(PAD, 0, look.px(80), self.height()), middle, text)
        painter.setPen(look.color("t3"))
        n = len(view.executions)
        place = QRect(track.right() + 8, 0, self.width() - track.right() - PAD - 8, self.height())
        painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, f"{self.place + 1:,} / {n:,}")
        y = self.height() // 2
        painter.fillRect(track.left(), y - 1, track.width(), 2, look.color("line2"))
        x = track.left() + round(self.place / max(1, n - 1) * (track.width() - 1))
        painter.fillRect(track.left(), y - 1, x - track.left(), 2, look.color("past"))
        painter.setPen(look.color("acc") if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(look.color("past"))
        painter.drawRoundedRect(QRect(x - 3, y - 6, 7, 12), 2, 2)

    def _seek(self, execution: int) -> None:
        if self.view is not None and self.view.executions:
            at = max(0, min(len(self.view.executions) - 1, execution))
            if at != self.place:
                self.sought.emit(self.view.executions[at])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        track = self._track()
        if self.view is not None and event.buttons() & Qt.MouseButton.LeftButton:
            share = (event.position().x() - track.left()) / max(1, track.width() - 1)
            self._seek(round(share * (len(self.view.executions) - 1)))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if step and self.view is not None:
            self._seek(self.place + step)
        else:
            super().keyPressEvent(event)
