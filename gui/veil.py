"""Veil: what lies over a picture that is not of the step asked for. It never replaces the picture.

While a long seek is re-executed, the last whole frame stays, dimmed, so that no two steps are ever
on one screen. Where a sample cannot be shown, the last good one stays under a thicker veil, and one
line says why.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui.look import Look

COMPUTING, BROKEN = 0.4, 0.6
"""How much of the picture a veil takes away."""
TELLS_AFTER_MS = 20
"""The engine speaks of a seek after 100 ms of it; it is shown after 120."""


class Veil(QWidget):
    """Covers `over`, lets the mouse through. Made once, hidden most of the time."""

    def __init__(self, over: QWidget, look: Look) -> None:
        super().__init__(over)
        self._over, self._look, self._share = over, look, COMPUTING
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        over.installEventFilter(self)
        look.changed.connect(self.update)
        self.hide()

    def cover(self, share: float) -> None:
        """Take `share` of the picture away; 0 gives it back."""
        self._share = share
        if share:
            self.setGeometry(self._over.rect())
            self.raise_()
        self.setVisible(share > 0)
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._over.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._look.color("bg1", self._share))


class Veils(QObject):
    """The veils of one window, raised together: for a seek, or for a fault of the panels."""

    def __init__(self, look: Look, panels: Iterable[QWidget]) -> None:
        """`panels` are dimmed by a seek and by a fault."""
        super().__init__()
        self._look = look
        self._veils = {widget: Veil(widget, look) for widget in panels}
        self._broken = list(self._veils)
        self._is_broken = self._is_computing = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TELLS_AFTER_MS)
        self._timer.timeout.connect(self._dim)

    def add(self, widget: QWidget) -> None:
        """One more that a seek dims."""
        self._veils[widget] = Veil(widget, self._look)
        if self._is_computing:
            self._veils[widget].cover(COMPUTING)

    @property
    def is_computing(self) -> bool:
        return self._is_computing

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
        self._is_computing = False
        for widget, veil in self._veils.items():
            veil.cover(BROKEN if self._is_broken and widget in self._broken else 0)

    def _dim(self) -> None:
        self._is_computing = True
        for veil in self._veils.values():
            veil.cover(COMPUTING)
