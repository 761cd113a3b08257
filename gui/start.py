"""Start: one line under the tool bar of a fresh window: watch it learn, or begin with the shipped
model. It goes with the first step, or when it is closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from gui.chrome import IconButton
from gui.look import Look

if TYPE_CHECKING:
    from crnn.debug.messages import Frame

HEIGHT = 34


class StartStrip(QWidget):
    """`chosen` carries "run" or "shipped", names in the table of commands."""

    chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self._is_over = False
        self.text = QLabel()
        self.scratch, self.shipped = QPushButton(), QPushButton()
        self.away = IconButton(look, "x")
        self.scratch.clicked.connect(self._run)
        self.shipped.clicked.connect(self._open_shipped)
        self.away.clicked.connect(self.close_it)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.text, 1)
        for widget in (self.scratch, self.shipped, self.away):
            row.addWidget(widget)
        look.changed.connect(self._restyle)
        self.retranslate()
        self._restyle()
        self.hide()

    def show_frame(self, frame: Frame) -> None:
        """Shown at step 0 of the window's first run, until anything happens."""
        is_fresh = frame.run.run_id == 1 and frame.mode == "paused" and frame.head == 0
        self._is_over = self._is_over or not is_fresh
        self.setVisible(not self._is_over)

    def close_it(self) -> None:
        self._is_over = True
        self.hide()

    def retranslate(self) -> None:
        self.text.setText(self.tr("This network has learned nothing yet."))
        self.scratch.setText(self.tr("Train from scratch"))
        self.shipped.setText(self.tr("Use the shipped model"))
        self.away.set_text(self.tr("Close"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.look.color("accbg"))

    def _restyle(self) -> None:
        px = self.look.px
        self.setFixedHeight(px(HEIGHT))
        self.text.setFont(self.look.font("body"))
        for button in (self.scratch, self.shipped):
            button.setFixedHeight(px(24))
            button.setStyleSheet("padding: 0 12px; min-height: 0;")

    def _run(self) -> None:
        self.chosen.emit("run")

    def _open_shipped(self) -> None:
        self.chosen.emit("shipped")
