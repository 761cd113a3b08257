"""View: what the window knows of a panel. It gets frames and selections, and emits intent.

A view holds no truth: after `show_frame` and `show_selection` it depends on nothing but them and
its own zoom. It never changes data and never imports another view.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QWidget

from crnn.debug.messages import Frame
from gui.chrome import PanelHeader
from gui.look import Look
from gui.selection import Selection


class View(QWidget):
    """Base of every panel. `selected` carries a Selection, `hovered` a Hover, `commanded` an engine
    Command; the window connects them to the bridge."""

    selected = Signal(object)
    hovered = Signal(object)
    commanded = Signal(object)

    rests_s = 0.0
    """While training runs, this long passes between two frames: lists are read, not watched."""

    header: PanelHeader

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.frame: Frame | None = None
        self.selection = Selection()
        look.changed.connect(self.restyle)

    def show_frame(self, frame: Frame) -> None:
        """Draw this state. Called for visible views only, at most 30 times a second."""
        self.frame = frame
        self.update()

    def show_selection(self, selection: Selection) -> None:
        """Draw this selection; called when it changes, whoever asked for it."""
        self.selection = selection
        self.update()

    def restyle(self) -> None:
        """The theme or the type scale changed."""
        self.update()

    def retranslate(self) -> None:
        """The language changed: set every text anew."""

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
