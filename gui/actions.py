"""Actions: the QActions of the table of commands, enabled by where the run stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from gui.specs import LOOSE, SPECS, Spec, available, sent_by

if TYPE_CHECKING:
    from crnn.debug.messages import Frame


class Actions(QObject):
    """The QActions made from SPECS. `sent` carries an engine command; others call their handler."""

    sent = Signal(object)

    def __init__(self, handlers: Mapping[str, Callable[[], None]]) -> None:
        super().__init__()
        self._made: dict[str, QAction] = {}
        self._specs = {spec.id: spec for spec in SPECS}
        self._groups: dict[str, QActionGroup] = {}
        for spec in SPECS:
            self._make(spec, handlers)
        self.retranslate()
        self.show_frame(None)

    def __getitem__(self, name: str) -> QAction:
        return self._made[name]

    def menu(self, name: str) -> list[QAction]:
        """The actions of one menu, in table order."""
        return [self._made[spec.id] for spec in SPECS if spec.menu == name]

    def all(self) -> list[QAction]:
        return list(self._made.values())

    def spec(self, name: str) -> Spec:
        return self._specs[name]

    def show_frame(self, frame: Frame | None) -> None:
        """Enable what makes sense in the frame's mode."""
        for spec in SPECS:
            self._made[spec.id].setEnabled(available(spec, frame))

    def show_seeking(self) -> None:
        """A seek takes long: it can be stopped."""
        self._made["pause"].setEnabled(True)

    def check(self, name: str) -> None:
        """Mark one of an exclusive group without running it."""
        self._made[name].setChecked(True)

    def retranslate(self) -> None:
        for spec in SPECS:
            action = self._made[spec.id]
            action.setText(QCoreApplication.translate("Actions", spec.text))
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{action.text()} ({keys})" if keys else action.text())

    def _make(self, spec: Spec, handlers: Mapping[str, Callable[[], None]]) -> None:
        action = QAction(self)
        action.setObjectName(spec.id)
        if spec.key and spec.id not in LOOSE.values():
            action.setShortcuts([QKeySequence(key) for key in spec.key.split("; ")])
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        if spec.group:
            group = self._groups.setdefault(spec.group, QActionGroup(self))
            action.setCheckable(True)
            group.addAction(action)
        handler = handlers.get(spec.id)
        if handler is not None:
            action.triggered.connect(partial(_call, handler))
        else:
            action.triggered.connect(partial(self._send, spec.id))
        self._made[spec.id] = action

    def _send(self, name: str, _checked: bool = False) -> None:
        self.sent.emit(sent_by(name))


def _call(handler: Callable[[], None], _checked: bool = False) -> None:
    handler()
