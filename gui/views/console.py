"""CONSOLE: one line of Python at a time, against the verbs that scripts use.

The view shows what was said and hands lines out; who runs them, and where, it does not know.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QSizePolicy, QVBoxLayout

from gui.chrome import Fact, PanelHeader
from gui.look import Look
from gui.view import View

LINES_KEPT = 2000


class ConsoleView(View):
    """Output above, one line of input below. `entered` carries a line; `show_answer` is what it
    said. Up and down walk the lines entered, Tab completes a name."""

    entered = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.completions: Callable[[str], list[str]] = lambda prefix: []
        self._lines: list[str] = []
        self._at = 0
        self.header = PanelHeader(look)
        self.output = QPlainTextEdit()
        self.output.setReadOnly(True)
        self.output.setMaximumBlockCount(LINES_KEPT)
        self.output.setFrameStyle(0)
        policy = QSizePolicy.Policy
        self.output.setSizePolicy(policy.Expanding, policy.Ignored)  # no taller than its place
        self.input = QLineEdit()
        self.input.returnPressed.connect(self._enter)
        self.input.installEventFilter(self)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.header)
        rows.addWidget(self.output, 1)
        rows.addWidget(self.input)
        self.setFocusProxy(self.input)
        self.restyle()
        self.retranslate()

    def retranslate(self) -> None:
        self.header.set_name(self.tr("Console"))
        self.input.setAccessibleName(self.tr("A line of Python"))
        self.output.setAccessibleName(self.tr("What was said"))
        self.input.setPlaceholderText(
            self.tr("step(), back(), seek(100), run_until('loss < 1'), trace(), help() …")
        )

    def restyle(self) -> None:
        for part in (self.output, self.input):
            part.setFont(self.look.font("mono"))
        self.output.setMinimumHeight(self.look.px(20))
        self.setMinimumHeight(self.look.px(64))

    def show_answer(self, text: str) -> None:
        """What the last line said; the next one may come."""
        if text:
            self._say(text)
        self.header.set_facts()
        self.input.setReadOnly(False)

    def _enter(self) -> None:
        line = self.input.text().strip()
        if not line or self.input.isReadOnly():
            return
        if self._lines[-1:] != [line]:
            self._lines.append(line)
        self._at = len(self._lines)
        self._say(f"› {line}")
        self.input.clear()
        self.input.setReadOnly(True)
        self.header.set_facts(Fact(self.tr("running"), "t2"))
        self.entered.emit(line)

    def _say(self, text: str) -> None:
        self.output.appendPlainText(text)
        self.output.moveCursor(QTextCursor.MoveOperation.End)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.input and isinstance(event, QKeyEvent):
            is_press = event.type() == QEvent.Type.KeyPress
            return is_press and self._takes(Qt.Key(event.key()))
        return super().eventFilter(watched, event)

    def _takes(self, key: Qt.Key) -> bool:
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._at = min(
                max(self._at + (1 if key == Qt.Key.Key_Down else -1), 0), len(self._lines)
            )
            self.input.setText((*self._lines, "")[self._at])
            return True
        if key == Qt.Key.Key_Tab and self.input.text():
            self._complete()
            return True
        return False

    def _complete(self) -> None:
        """The name before the cursor: whole where one fits, else what all have in common."""
        before = self.input.text()[: self.input.cursorPosition()]
        start = len(before)
        while start and (before[start - 1].isidentifier() or before[start - 1].isdigit()):
            start -= 1
        prefix = before[start:]
        found = self.completions(prefix) if prefix else []
        if not found:
            return
        common = found[0]
        for name in found:
            while not name.startswith(common):
                common = common[:-1]
        self.input.insert(common[len(prefix) :] + ("(" if len(found) == 1 else ""))
        if len(found) > 1 and common == prefix:
            self._say("  ".join(found))
