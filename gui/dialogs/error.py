"""Error: what failed, in one sentence, the traceback behind a button. The window stays usable."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui.icons import pixmap
from gui.look import Look


class ErrorDialog(QDialog):
    """Title, message, [Show details] [Copy] [Close]."""

    def __init__(
        self, parent: QWidget, look: Look, title: str, message: str, traceback: str
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Error"))
        self._report = "\n\n".join(part for part in (title, message, traceback) if part)
        self.details = QPlainTextEdit(traceback)
        self.details.setReadOnly(True)
        self.details.setFont(look.font("mono"))
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.details.setMinimumSize(640, 260)
        self.details.hide()
        self.show_details = QPushButton(self.tr("Show details"))
        self.show_details.setVisible(bool(traceback))
        self.copy = QPushButton(self.tr("Copy"))
        self.close_button = QPushButton(self.tr("Close"))
        for button in (self.show_details, self.copy):
            button.setAutoDefault(False)
        self.close_button.setDefault(True)
        self._lay_out(look, title, message)
        self.close_button.setFocus()
        self.show_details.clicked.connect(self._toggle)
        self.copy.clicked.connect(self._copy)
        self.close_button.clicked.connect(self.close)

    def _lay_out(self, look: Look, title: str, message: str) -> None:
        icon = QLabel()
        icon.setPixmap(pixmap("circle-x", look.theme.err, look.px(20), self.devicePixelRatioF()))
        heading, body = QLabel(title), QLabel(message)
        heading.setFont(look.font("title"))
        body.setFont(look.font("data_small"))
        for label in (heading, body):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words = QVBoxLayout()
        words.addWidget(heading)
        words.addWidget(body)
        words.setSpacing(6)
        words.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.show_details)
        buttons.addStretch(1)
        buttons.addWidget(self.copy)
        buttons.addWidget(self.close_button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 16, 16, 12)
        rows.setSpacing(12)
        rows.addLayout(top)
        rows.addWidget(self.details, 1)
        rows.addLayout(buttons)
        self.setMinimumWidth(480)

    def _toggle(self) -> None:
        is_shown = self.details.isHidden()
        self.details.setVisible(is_shown)
        self.show_details.setText(self.tr("Hide details") if is_shown else self.tr("Show details"))
        self.adjustSize()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report)
