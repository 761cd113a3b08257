"""Actions: every command once. Menus, tool bar, palette and list of shortcuts read this table.

A row says what a command is called, its keys, its icon, and in which standings it makes sense. Rows
that only talk to the engine name the message they send; the others are handled by the window.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from crnn.debug import messages
from crnn.debug.messages import Command, Frame, Mode
from gui.icons import icon
from gui.look import Look

PARKED: frozenset[Mode] = frozenset({"paused", "past", "stopped"})
MOVING: frozenset[Mode] = frozenset({"running", "past_running", "past_running_back"})
LIVE: frozenset[Mode] = frozenset({"running", "paused"})
PAST: frozenset[Mode] = frozenset({"past", "past_running", "past_running_back"})
LOADED: frozenset[Mode] = PARKED | MOVING
ALWAYS: frozenset[Mode] = LOADED | {"empty"}


@dataclass(frozen=True)
class Spec:
    """One command. `key` is a portable key sequence; `room` is "before" or "after" where the
    command needs a recorded step on that side of the one on screen."""

    id: str
    menu: str
    text: str
    key: str = ""
    icon: str = ""
    modes: frozenset[Mode] = ALWAYS
    room: str = ""
    sends: Command | None = None
    group: str = ""


_N = QT_TRANSLATE_NOOP
SPECS: tuple[Spec, ...] = (
    Spec("new", "file", _N("Actions", "New run…"), "Ctrl+N"),
    Spec("open", "file", _N("Actions", "Open checkpoint…"), "Ctrl+O", "folder-open"),
    Spec("save", "file", _N("Actions", "Save checkpoint"), "Ctrl+S", "save", LOADED),
    Spec("save_as", "file", _N("Actions", "Save checkpoint as…"), "Ctrl+Shift+S", "", LOADED),
    Spec("quit", "file", _N("Actions", "Quit"), "Ctrl+Q"),
    Spec("look_back", "edit", _N("Actions", "Previous selection"), "Alt+Left", "", LOADED),
    Spec("look_forward", "edit", _N("Actions", "Next selection"), "Alt+Right", "", LOADED),
    Spec("look_up", "edit", _N("Actions", "Drop the selected cell"), "Esc", "", LOADED),
    Spec("copy_value", "edit", _N("Actions", "Copy the selected value"), "Ctrl+C", "copy", LOADED),
    Spec("palette", "edit", _N("Actions", "Find a command or step…"), "Ctrl+Shift+P; Ctrl+P",
         "search"),
    Spec("learn", "view", _N("Actions", "Learn"), group="layout"),
    Spec("debug", "view", _N("Actions", "Debug"), group="layout"),
    Spec("teach", "view", _N("Actions", "Teach"), group="layout"),
    Spec("reset_layout", "view", _N("Actions", "Reset layout")),
    Spec("auto", "theme", _N("Actions", "As the system"), group="theme"),
    Spec("dark", "theme", _N("Actions", "Dark"), group="theme"),
    Spec("light", "theme", _N("Actions", "Light"), group="theme"),
    Spec("en", "language", "English", group="language"),
    Spec("ko", "language", "한국어", group="language"),
    Spec("run", "run", _N("Actions", "Run"), "F5", "play", frozenset({"paused", "past"}),
         sends=messages.Run()),
    Spec("pause", "run", _N("Actions", "Pause"), "F6", "pause", MOVING, sends=messages.Pause()),
    Spec("toggle", "run", _N("Actions", "Run or pause"), "Space", "",
         MOVING | frozenset({"paused", "past"})),
    Spec("stop", "run", _N("Actions", "Stop: close the recording"), "Shift+F5", "square",
         LIVE | PAST, sends=messages.Stop()),
    Spec("restart", "run", _N("Actions", "Restart with the same seed"), "Ctrl+R", "", LOADED,
         sends=messages.Restart()),
    Spec("overfit", "run", _N("Actions", "Overfit this batch"), "", "", PARKED,
         sends=messages.OverfitBatch()),
    Spec("back", "debug", _N("Actions", "One step back"), "F3", "step-back", PARKED, "before",
         messages.Back()),
    Spec("run_back", "debug", _N("Actions", "Run back"), "F4", "rewind", PARKED, "before",
         messages.RunBack()),
    Spec("step", "debug", _N("Actions", "One step on"), "F10", "step-forward", PARKED, "after",
         messages.Step()),
    Spec("goto", "debug", _N("Actions", "Go to step…"), "Ctrl+G", "", LOADED),
    Spec("live", "debug", _N("Actions", "Return to live"), "End", "skip-forward",
         PAST | {"stopped"}, "recorded", messages.ReturnToLive()),
    Spec("rate", "model", _N("Actions", "Learning rate…"), "", "", LIVE),
    Spec("shortcuts", "help", _N("Actions", "Keyboard shortcuts"), "F1"),
    Spec("about", "help", _N("Actions", "About CRNN Debugger")),
)  # fmt: skip


def available(spec: Spec, frame: Frame | None) -> bool:
    """Whether this command makes sense where `frame` stands (None: no run yet)."""
    mode: Mode = frame.mode if frame else "empty"
    if mode not in spec.modes:
        return False
    if frame is None or not spec.room:
        return True
    if spec.room == "before":
        return frame.step > frame.run.first_step
    if spec.room == "after":
        return mode != "stopped" or frame.step < frame.head
    return frame.step < frame.head


class Actions(QObject):
    """The QActions made from SPECS. `sent` carries an engine command; others call their handler."""

    sent = Signal(object)

    def __init__(self, look: Look, handlers: Mapping[str, Callable[[], None]]) -> None:
        super().__init__()
        self._look = look
        self._made: dict[str, QAction] = {}
        self._specs = {spec.id: spec for spec in SPECS}
        self._groups: dict[str, QActionGroup] = {}
        for spec in SPECS:
            self._make(spec, handlers)
        look.changed.connect(self.restyle)
        self.retranslate()
        self.restyle()
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

    def check(self, name: str) -> None:
        """Mark one of an exclusive group without running it."""
        self._made[name].setChecked(True)

    def retranslate(self) -> None:
        for spec in SPECS:
            action = self._made[spec.id]
            action.setText(QCoreApplication.translate("Actions", spec.text))
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{action.text()} ({keys})" if keys else action.text())

    def restyle(self) -> None:
        theme = self._look.theme
        for spec in SPECS:
            if spec.icon:
                self._made[spec.id].setIcon(icon(spec.icon, theme.t2, theme.line2))

    def _make(self, spec: Spec, handlers: Mapping[str, Callable[[], None]]) -> None:
        action = QAction(self)
        action.setObjectName(spec.id)
        action.setIconVisibleInMenu(False)
        if spec.key:
            action.setShortcuts([QKeySequence(key) for key in spec.key.split("; ")])
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        if spec.group:
            group = self._groups.setdefault(spec.group, QActionGroup(self))
            action.setCheckable(True)
            group.addAction(action)
        handler = handlers.get(spec.id)
        if handler is not None:
            action.triggered.connect(partial(_call, handler))
        elif spec.sends is not None:
            action.triggered.connect(partial(self._send, spec.sends))
        self._made[spec.id] = action

    def _send(self, command: Command, _checked: bool = False) -> None:
        self.sent.emit(command)


def _call(handler: Callable[[], None], _checked: bool = False) -> None:
    handler()
