"""View: what the window knows of a panel. It gets frames and selections, and emits intent.

A view holds no truth: after `show_frame` and `show_selection` it depends on nothing but them and
its own zoom. It never changes data and never imports another view.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from gui.chrome import PanelHeader
from gui.lens import Lens
from gui.look import Look
from gui.selection import Selection

if TYPE_CHECKING:
    from crnn.debug.edits import Edit
    from crnn.debug.messages import Frame


class View(QWidget):
    """Base of every panel. `selected` carries a Selection, `hovered` a Hover, `commanded` an engine
    Command, `proposed` an Edit that a branch could begin with; the window connects them."""

    selected = Signal(object)
    hovered = Signal(object)
    commanded = Signal(object)
    proposed = Signal(object)

    rests_s = 0.0
    """While training runs, this long passes between two frames: lists are read, not watched."""

    header: PanelHeader

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.frame: Frame | None = None
        self.selection = Selection()
        self.lens = Lens(self)
        look.changed.connect(self.restyle)

    def look_through(self, lens: Lens) -> None:
        """Show the side that this switch of the whole window says: A, B, or B - A."""
        self.lens = lens
        lens.changed.connect(self._turn)

    def _turn(self) -> None:
        if self.frame is not None:
            self.show_frame(self.frame)

    def show_frame(self, frame: Frame) -> None:
        """Draw this state. Called for visible views only, at most 30 times a second."""
        self.frame = frame
        self.update()

    def show_selection(self, selection: Selection) -> None:
        """Draw this selection; called when it changes, whoever asked for it."""
        self.selection = selection
        self.update()

    def offer(self, edits: Iterable[Edit], at: QPoint) -> None:
        """A menu of changes that a branch could begin with, at a point of the screen."""
        menu = self.proposals(edits)
        if not menu.isEmpty():
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(at)

    def proposals(self, edits: Iterable[Edit]) -> QMenu:
        """That menu."""
        from gui.proposals import proposal_menu

        menu = proposal_menu(self, edits)
        menu.triggered.connect(self._propose)
        return menu

    def _propose(self, action: QAction) -> None:
        if action.data() is not None:
            self.proposed.emit(action.data())

    def restyle(self) -> None:
        """The theme or the type scale changed."""
        self.update()

    def retranslate(self) -> None:
        """The language changed: set every text anew."""

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
