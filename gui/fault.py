"""Fault: the panels cannot show what was asked for: one line says why, the last good data stay.

So it is where a sample's picture can no longer be read, or where the engine's look at a sample
fails. The step itself may be fine, and everything else goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from gui import engine_words
from gui.column import Column
from gui.icons import pixmap
from gui.look import Look
from gui.selection import Selection
from gui.veil import Veils

if TYPE_CHECKING:
    from crnn.debug.messages import Failed, Frame

STRIP_HEIGHT = 30


class FaultStrip(QWidget):
    """One line with the cause, [Show] [Copy]. `asked` is emitted by Show."""

    asked = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.look = look
        self._text = self._report = ""
        self.icon, self.cause = QLabel(), QLabel()
        self.show_button, self.copy_button = QPushButton(), QPushButton()
        self.show_button.clicked.connect(self.asked)
        self.copy_button.clicked.connect(self._copy)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.icon)
        row.addWidget(self.cause, 1)
        row.addWidget(self.show_button)
        row.addWidget(self.copy_button)
        look.changed.connect(self._restyle)
        self.retranslate()
        self._restyle()
        self.hide()

    def say(self, text: str, report: str) -> None:
        """Show the cause; `report` is what Copy copies."""
        self._text, self._report = text, report
        self._elide()
        self.setToolTip(text)
        self.show()
        self.raise_()

    def retranslate(self) -> None:
        self.show_button.setText(self.tr("Show"))
        self.copy_button.setText(self.tr("Copy"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._elide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.look.color("bg3"))
        painter.fillRect(0, 0, 2, self.height(), self.look.color("err"))

    def _restyle(self) -> None:
        px, look = self.look.px, self.look
        self.setFixedHeight(px(STRIP_HEIGHT))
        size = px(13)
        self.icon.setPixmap(pixmap("circle-x", look.theme.err, size, self.devicePixelRatioF()))
        self.cause.setFont(look.font("data_small"))
        for button in (self.show_button, self.copy_button):
            button.setFixedHeight(px(22))
            button.setStyleSheet("padding: 0 10px; min-height: 0;")
        self._elide()

    def _elide(self) -> None:
        """One line: what does not fit stands in the tooltip and behind Show."""
        buttons = self.show_button.sizeHint().width() + self.copy_button.sizeHint().width()
        room = max(40, self.width() - buttons - self.look.px(60))
        line = " ".join(self._text.split())
        metrics = QFontMetrics(self.cause.font())
        self.cause.setText(metrics.elidedText(line, Qt.TextElideMode.ElideRight, room))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report)


class PanelFault(QObject):
    """Marks the panels of the column from a Failed event until a frame has what was asked for.

    `details` is emitted with the event when a person wants to know more.
    """

    details = Signal(object)

    def __init__(self, look: Look, column: Column, veils: Veils) -> None:
        super().__init__()
        self._column, self._veils = column, veils
        self._event: Failed | None = None
        self.strip = FaultStrip(look, column)
        self.strip.asked.connect(self._ask)
        column.splitter.splitterMoved.connect(self._place)
        column.installEventFilter(self)

    def show_failure(self, event: Failed, frame: Frame | None, selection: Selection) -> bool:
        """Whether this failure is one of the panels, and is now shown there."""
        if frame is None or _is_whole(frame, selection):
            return False
        self._event = event
        cause = engine_words.sentence(event.message)
        title = engine_words.title(event.title)
        self._mark(True)
        self.strip.say(f"{title}: {cause}", "\n\n".join((title, cause, event.traceback)))
        self._place()
        return True

    def show_frame(self, frame: Frame, selection: Selection) -> None:
        """Away with it, where this frame has the sample that is chosen."""
        if self._event is not None and _is_whole(frame, selection):
            self._event = None
            self._mark(False)
            self.strip.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._place()
        return super().eventFilter(watched, event)

    def _mark(self, is_broken: bool) -> None:
        for panel in self._column.panels:
            panel.header.is_error = is_broken
            panel.header.update()
        self._veils.show_fault(is_broken)

    def _place(self) -> None:
        """At the top of the first panel's body."""
        panels = self._column.visible_panels()
        if self._event is None or not panels:
            return
        top = panels[0].body.mapTo(self._column, QPoint(0, 0)).y()
        self.strip.setGeometry(0, top, self._column.width(), self.strip.height())

    def _ask(self) -> None:
        if self._event is not None:
            self.details.emit(self._event)


def _is_whole(frame: Frame, selection: Selection) -> bool:
    """Whether the frame has the arrays of the sample that is chosen."""
    chosen = selection.sample
    return frame.trace is not None and (chosen < 0 or frame.trace.sample == chosen)
