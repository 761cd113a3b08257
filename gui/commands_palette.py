"""The command palette: every command, every step and every sample, found by typing."""

from __future__ import annotations

from dataclasses import dataclass
from unicodedata import normalize

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from crnn.debug.messages import Frame, Seek
from gui.actions import Actions
from gui.look import Look
from gui.specs import SPECS

MOST = 60
_KEYS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8}


@dataclass(frozen=True)
class Entry:
    """One line: what it says, the hint at its right, and what choosing it does."""

    text: str
    hint: str
    does: QAction | Seek | int


def matches(wanted: str, text: str) -> bool:
    """Whether the letters of `wanted` occur in `text` in this order, upper or lower case."""
    rest = iter(normalize("NFC", text).casefold())
    return all(char in rest for char in normalize("NFC", wanted).casefold() if char != " ")


class HintDelegate(QStyledItemDelegate):
    """A line with its key or number at the right end."""

    def __init__(self, parent: QObject, look: Look) -> None:
        super().__init__(parent)
        self._look = look

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        rect: QRect = option.rect
        painter.setFont(self._look.font("mono_small"))
        painter.setPen(self._look.color("t3"))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(rect.adjusted(0, 0, -12, 0), flags, index.data(Qt.ItemDataRole.UserRole))


class CommandPalette(QFrame):
    """`sought` carries a Seek, `sample_chosen` a sample's number; commands run by themselves."""

    sought = Signal(object)
    sample_chosen = Signal(int)

    def __init__(self, parent: QWidget, look: Look, actions: Actions, frame: Frame | None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._actions, self._frame = actions, frame
        self.entries: list[Entry] = []
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Command, step number, or the text of a sample"))
        self.list = QListWidget()
        self.list.setFont(look.font("data_small"))
        self.list.setItemDelegate(HintDelegate(self, look))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.setSpacing(6)
        rows.addWidget(self.field)
        rows.addWidget(self.list)
        self.resize(look.px(520), look.px(380))
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self.search)
        self.field.returnPressed.connect(self._choose_current)
        self.list.itemClicked.connect(self._choose)
        self.search("")

    def open_in(self, window: QWidget) -> None:
        """Show below the tool bar, in the middle of the window."""
        left = (window.width() - self.width()) // 2
        self.move(window.mapToGlobal(QPoint(max(0, left), 74)))
        self.show()
        self.field.setFocus()

    def search(self, wanted: str) -> None:
        """Fill the list with what fits."""
        self.entries = [*self._steps(wanted), *self._commands(wanted), *self._samples(wanted)][
            :MOST
        ]
        self.list.clear()
        for entry in self.entries:
            item = QListWidgetItem(entry.text)
            item.setData(Qt.ItemDataRole.UserRole, entry.hint)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _steps(self, wanted: str) -> list[Entry]:
        digits = wanted.replace(",", "").strip()
        frame = self._frame
        if frame is None or not (digits.isascii() and digits.isdecimal()):
            return []
        step = max(frame.run.first_step, min(frame.head, int(digits[:18])))
        return [Entry(self.tr("Go to step {step}").format(step=f"{step:,}"), "", Seek(step))]

    def _commands(self, wanted: str) -> list[Entry]:
        native = QKeySequence.SequenceFormat.NativeText
        groups = {
            "layout": self.tr("Layout: {name}"),
            "theme": self.tr("Theme: {name}"),
            "language": self.tr("Language: {name}"),
        }
        found: list[Entry] = []
        for spec in SPECS:
            action = self._actions[spec.id]
            text = groups.get(spec.group, "{name}").format(name=action.text())
            if action.isEnabled() and spec.id != "palette" and matches(wanted, text):
                key = QKeySequence(spec.key.split("; ")[0]).toString(native)
                found.append(Entry(text, key, action))
        return found

    def _samples(self, wanted: str) -> list[Entry]:
        if self._frame is None or not wanted:
            return []
        data = self._frame.run.data
        found = (
            (index, data.dataset.texts[index])
            for index in data.usable[: data.n_listed]
            if matches(wanted.lstrip("#"), f"{data.dataset.texts[index]} {index:04d}")
        )
        return [Entry(text, f"#{index:04d}", index) for index, text in found]

    def _choose_current(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self._choose(item)

    def _choose(self, item: QListWidgetItem) -> None:
        chosen = self.entries[self.list.row(item)].does
        self.close()
        if isinstance(chosen, QAction):
            chosen.trigger()
        elif isinstance(chosen, Seek):
            self.sought.emit(chosen)
        else:
            self.sample_chosen.emit(chosen)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = _KEYS.get(Qt.Key(event.key()), 0)
            if step:
                last = self.list.count() - 1
                self.list.setCurrentRow(max(0, min(last, self.list.currentRow() + step)))
                return True
        return super().eventFilter(watched, event)
