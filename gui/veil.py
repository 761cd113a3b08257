"""Veil: what lies over a picture that is not of the step asked for. It never replaces the picture.

While a long seek is re-executed, the last whole frame stays, dimmed, so that no two steps are ever
on one screen. Where a sample cannot be shown, the last good one stays under a thicker veil, and one
line says why.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from gui.icons import pixmap
from gui.look import Look

COMPUTING, BROKEN = 0.4, 0.6
"""How much of the picture a veil takes away."""
TELLS_AFTER_MS = 20
"""The engine speaks of a seek after 100 ms of it; it is shown after 120."""
STRIP_HEIGHT = 30


class Veil(QWidget):
    """Covers `over`, lets the mouse through. Made once, hidden most of the time."""

    def __init__(self, over: QWidget, look: Look) -> None:
        super().__init__(over)
        self._look, self._share = look, COMPUTING
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        over.installEventFilter(self)
        look.changed.connect(self.update)
        self.hide()

    def cover(self, share: float) -> None:
        """Take `share` of the picture away; 0 gives it back."""
        self._share = share
        if share:
            self.setGeometry(self.parentWidget().rect())
            self.raise_()
        self.setVisible(share > 0)
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self.parentWidget().rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._look.color("bg1", self._share))


class Veils(QObject):
    """The veils of one window, raised together: for a seek, or for a fault of the panels."""

    def __init__(self, look: Look, computing: Iterable[QWidget], broken: Iterable[QWidget]) -> None:
        """`computing` are dimmed by a seek; `broken`, which are among them, by a fault."""
        super().__init__()
        self._veils = {widget: Veil(widget, look) for widget in computing}
        self._broken = list(broken)
        self._is_broken = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TELLS_AFTER_MS)
        self._timer.timeout.connect(self._dim)

    @property
    def is_computing(self) -> bool:
        return any(veil.isVisibleTo(veil.parentWidget()) for veil in self._veils.values()) and (
            not self._is_broken
        )

    def show_seeking(self, _seeking: object) -> None:
        if not self._timer.isActive() and not self.is_computing:
            self._timer.start()

    def show_fault(self, is_broken: bool) -> None:
        """The panels' data are not what was asked for, or they are again."""
        self._is_broken = is_broken
        self.arrive()

    def arrive(self) -> None:
        """A whole frame is on screen: only a fault stays veiled."""
        self._timer.stop()
        for widget, veil in self._veils.items():
            veil.cover(BROKEN if self._is_broken and widget in self._broken else 0)

    def _dim(self) -> None:
        for veil in self._veils.values():
            veil.cover(COMPUTING)


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
