"""Shortcuts and About: made from the action table, so that they cannot be wrong."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from gui.actions import Actions
from gui.look import Look
from gui.specs import SPECS


class ShortcutsDialog(QDialog):
    """Every command that has a key, in table order, in two columns."""

    def __init__(self, parent: QWidget, look: Look, actions: Actions) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        rows = [(spec.id, spec.key) for spec in SPECS if spec.key]
        half = -(-len(rows) // 2)
        for number, (name, keys) in enumerate(rows):
            row, column = number % half, 3 * (number // half)
            key = QLabel(readable(keys))
            key.setFont(look.font("mono"))
            key.setProperty("role", "hint")
            grid.addWidget(key, row, column, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(QLabel(actions[name].text().rstrip("…")), row, column + 1)
        grid.setColumnMinimumWidth(2, 24)
        note = QLabel(
            self.tr("Arrow keys move the selected cell. In the CTC panel R requires it, F forbids "
                    "it, with Shift its letter wherever the label has it at that timestep, and Esc "
                    "takes all of that back. Space and End belong to a field or list "
                    "while it has the focus.")
        )  # fmt: skip
        note.setProperty("role", "hint")
        note.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        column_of = QVBoxLayout(self)
        column_of.setContentsMargins(20, 16, 20, 12)
        column_of.setSpacing(14)
        column_of.addLayout(grid)
        column_of.addWidget(note)
        column_of.addWidget(buttons)


def readable(keys: str) -> str:
    """ "Ctrl+Shift+P; Ctrl+P" as the platform writes them."""
    native = QKeySequence.SequenceFormat.NativeText
    return ", ".join(QKeySequence(key).toString(native) for key in keys.split("; "))


class AboutDialog(QDialog):
    """What the program is, and whose work it carries."""

    def __init__(self, parent: QWidget, look: Look) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("About CRNN Debugger"))
        name = QLabel("CRNN Debugger 0.1.0")
        name.setFont(look.font("title"))
        text = QLabel(
            self.tr(
                "A CRNN with CTC, in NumPy alone, learning to read Korean handwriting: stop it, "
                "step it, run it backwards. Every step of a run can be shown again, bit for bit."
            )
        )
        carried = QLabel(
            self.tr(
                "Fonts: Inter, JetBrains Mono, NanumSquare, NanumGothic and the handwriting faces, "
                "all under the SIL Open Font License. Icons: Lucide, ISC License."
            )
        )
        carried.setProperty("role", "hint")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 16, 20, 12)
        rows.setSpacing(12)
        for label in (name, text, carried):
            label.setWordWrap(True)
            rows.addWidget(label)
        rows.addWidget(buttons)
        self.setFixedWidth(420)
