"""Discard: what is lost with a branch, said before it is. Nothing brings it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.lens import branch_name
from gui.look import Look

if TYPE_CHECKING:
    from crnn.debug.branch_messages import BranchInfo


class DiscardDialog(QDialog):
    """Emits `agreed`; Enter and Esc keep the branch."""

    agreed = Signal()

    def __init__(self, parent: QWidget, look: Look, info: BranchInfo, *, is_shown: bool) -> None:
        """`is_shown`: it is the branch on screen."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = self.tr("Discard branch {name}?").format(name=branch_name(info.name))
        self.setWindowTitle(title)
        heading, body = QLabel(title), QLabel(self._lost(info, is_shown))
        heading.setFont(look.font("title"))
        for label in (heading, body):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.discard = QPushButton(self.tr("Discard for good"))
        self.discard.setAutoDefault(False)
        self.keep = QPushButton(self.tr("Keep it"))
        self.keep.setDefault(True)
        self.discard.clicked.connect(self._agree)
        self.keep.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.discard)
        buttons.addWidget(self.keep)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 16, 20, 14)
        rows.setSpacing(8)
        rows.addWidget(heading)
        rows.addWidget(body)
        rows.addStretch(1)
        rows.addLayout(buttons)
        self.setMinimumWidth(look.px(420))
        self.keep.setFocus()

    def _lost(self, info: BranchInfo, is_shown: bool) -> str:
        lost = self.tr(
            "Lost with it: its {n} steps from {start} to {head}, its changes ({edits}), and its "
            "recording on disk. Nothing brings them back. What it grew from stays as it is."
        ).format(
            n=f"{info.head - info.start:,}",
            start=f"{info.start:,}",
            head=f"{info.head:,}",
            edits=len(info.edits),
        )
        if not is_shown:
            return lost
        return lost + "\n\n" + self.tr("It is on screen; what it grew from is shown next.")

    def _agree(self) -> None:
        self.agreed.emit()
        self.close()
