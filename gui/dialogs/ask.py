"""Ask: one line of text, checked while it is typed; what is wrong is said below the field."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget


class AskDialog(QDialog):
    """`check` returns "" for a good text, or the sentence that says what is wrong with it."""

    answered = Signal(str)

    def __init__(
        self, parent: QWidget, title: str, label: str, text: str, check: Callable[[str], str]
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self._check = check
        self.field = QLineEdit(text)
        self.field.selectAll()
        self.problem = QLabel()
        self.problem.setProperty("role", "error")
        self.problem.setWordWrap(True)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        rows = QVBoxLayout(self)
        for widget in (QLabel(label), self.field, self.problem, self.buttons):
            rows.addWidget(widget)
        self.setMinimumWidth(360)
        self.field.textChanged.connect(self._judge)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._judge(text)

    def _judge(self, text: str) -> None:
        problem = self._check(text)
        self.problem.setText(problem)
        ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setEnabled(not problem)

    def accept(self) -> None:
        if not self._check(self.field.text()):
            self.answered.emit(self.field.text())
            super().accept()
