"""The table of commands: every one once. Menus, tool bar, palette and list of shortcuts read it.

A row says what a command is called, its keys, its icon, and in which standings it makes sense. What
those that only talk to the engine send, `sent_by` says; the others are handled by the window.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gui.language import QT_TRANSLATE_NOOP
from gui.lens import compared

if TYPE_CHECKING:
    from crnn.debug.cursor import Level
    from crnn.debug.messages import Command, Frame, Mode

PARKED: frozenset[Mode] = frozenset({"paused", "past", "stopped"})
MOVING: frozenset[Mode] = frozenset({"running", "past_running", "past_running_back"})
LIVE: frozenset[Mode] = frozenset({"running", "paused"})
PAST: frozenset[Mode] = frozenset({"past", "past_running", "past_running_back"})
LOADED: frozenset[Mode] = PARKED | MOVING
ALWAYS: frozenset[Mode] = LOADED | {"empty"}


@dataclass(frozen=True)
class Spec:
    """One command. `key` is a portable key sequence; `room` is "before" or "after" where the
    command needs a recorded step on that side of the one on screen, "compared" where it needs B."""

    id: str
    menu: str
    text: str
    key: str = ""
    icon: str = ""
    modes: frozenset[Mode] = ALWAYS
    room: str = ""
    group: str = ""


SPECS: tuple[Spec, ...] = (
    Spec("new", "file", QT_TRANSLATE_NOOP("Actions", "New run…"), "Ctrl+N"),
    Spec("import", "file", QT_TRANSLATE_NOOP("Actions", "Import AI Hub data…"), "Ctrl+I"),
    Spec("open", "file", QT_TRANSLATE_NOOP("Actions", "Open run, checkpoint or data…"), "Ctrl+O"),
    Spec("shipped", "file", QT_TRANSLATE_NOOP("Actions", "Open the shipped model")),
    Spec(
        "picture",
        "file",
        QT_TRANSLATE_NOOP("Actions", "Open picture…"),
        "Ctrl+Shift+O",
        "",
        LOADED,
    ),
    Spec("save", "file", QT_TRANSLATE_NOOP("Actions", "Save checkpoint"), "Ctrl+S", "", LOADED),
    Spec(
        "save_as",
        "file",
        QT_TRANSLATE_NOOP("Actions", "Save checkpoint as…"),
        "Ctrl+Shift+S",
        "",
        LOADED,
    ),
    Spec("export", "file", QT_TRANSLATE_NOOP("Actions", "Export run…"), "", "", LOADED),
    Spec("freeze", "file", QT_TRANSLATE_NOOP("Actions", "Freeze as test…"), "", "", PARKED),
    Spec("quit", "file", QT_TRANSLATE_NOOP("Actions", "Quit"), "Ctrl+Q"),
    Spec(
        "look_back",
        "edit",
        QT_TRANSLATE_NOOP("Actions", "Previous selection"),
        "Alt+Left",
        "",
        LOADED,
    ),
    Spec(
        "look_forward",
        "edit",
        QT_TRANSLATE_NOOP("Actions", "Next selection"),
        "Alt+Right",
        "",
        LOADED,
    ),
    Spec(
        "look_up", "edit", QT_TRANSLATE_NOOP("Actions", "Drop the selected cell"), "Esc", "", LOADED
    ),
    Spec(
        "copy_value",
        "edit",
        QT_TRANSLATE_NOOP("Actions", "Copy the selected value"),
        "Ctrl+C",
        "",
        LOADED,
    ),
    Spec(
        "pin",
        "edit",
        QT_TRANSLATE_NOOP("Actions", "Pin or unpin the sample"),
        "Ctrl+K",
        "",
        LOADED,
    ),
    Spec(
        "paste",
        "edit",
        QT_TRANSLATE_NOOP("Actions", "Paste a picture"),
        "Ctrl+V",
        "",
        LOADED,
    ),
    Spec(
        "palette",
        "edit",
        QT_TRANSLATE_NOOP("Actions", "Find a command or step…"),
        "Ctrl+Shift+P; Ctrl+P",
    ),
    Spec("learn", "view", QT_TRANSLATE_NOOP("Actions", "Learn"), group="layout"),
    Spec("debug", "view", QT_TRANSLATE_NOOP("Actions", "Debug"), group="layout"),
    Spec("teach", "view", QT_TRANSLATE_NOOP("Actions", "Teach"), group="layout"),
    Spec("compare", "view", QT_TRANSLATE_NOOP("Actions", "Compare"), group="layout"),
    Spec(
        "side_a",
        "view",
        QT_TRANSLATE_NOOP("Actions", "Show A: the state on screen"),
        "Alt+1",
        room="compared",
        group="side",
    ),
    Spec(
        "side_b",
        "view",
        QT_TRANSLATE_NOOP("Actions", "Show B: what it is compared with"),
        "Alt+2",
        room="compared",
        group="side",
    ),
    Spec(
        "side_difference",
        "view",
        QT_TRANSLATE_NOOP("Actions", "Show the difference B − A"),
        "Alt+3",
        room="compared",
        group="side",
    ),
    Spec("reset_layout", "view", QT_TRANSLATE_NOOP("Actions", "Reset layout")),
    Spec("show_data", "view", QT_TRANSLATE_NOOP("Actions", "Data: labels and alphabet"), "Ctrl+D"),
    Spec(
        "show_augmentation",
        "view",
        QT_TRANSLATE_NOOP("Actions", "Augmentation of the sample"),
        "Ctrl+Shift+D",
    ),
    Spec("console", "view", QT_TRANSLATE_NOOP("Actions", "Console"), "Ctrl+Shift+C"),
    Spec("auto", "theme", QT_TRANSLATE_NOOP("Actions", "As the system"), group="theme"),
    Spec("dark", "theme", QT_TRANSLATE_NOOP("Actions", "Dark"), group="theme"),
    Spec("light", "theme", QT_TRANSLATE_NOOP("Actions", "Light"), group="theme"),
    Spec("en", "language", "English", group="language"),
    Spec("ko", "language", "한국어", group="language"),
    Spec(
        "run",
        "run",
        QT_TRANSLATE_NOOP("Actions", "Run"),
        "F5",
        "play",
        PARKED,
    ),
    Spec(
        "pause",
        "run",
        QT_TRANSLATE_NOOP("Actions", "Pause"),
        "F6",
        "pause",
        MOVING,
    ),
    Spec(
        "toggle",
        "run",
        QT_TRANSLATE_NOOP("Actions", "Run or pause"),
        "Space",
        "",
        LOADED,
    ),
    Spec(
        "stop",
        "run",
        QT_TRANSLATE_NOOP("Actions", "Stop: close the recording"),
        "Shift+F5",
        "square",
        LIVE | PAST,
    ),
    Spec(
        "restart",
        "run",
        QT_TRANSLATE_NOOP("Actions", "Restart with the same seed"),
        "Ctrl+R",
        "",
        LOADED,
    ),
    Spec(
        "overfit",
        "run",
        QT_TRANSLATE_NOOP("Actions", "Overfit this batch"),
        "",
        "",
        PARKED,
    ),
    Spec(
        "back",
        "debug",
        QT_TRANSLATE_NOOP("Actions", "Step back"),
        "F3",
        "skip-back",
        PARKED,
        "before",
    ),
    Spec(
        "run_back",
        "debug",
        QT_TRANSLATE_NOOP("Actions", "Run back"),
        "F4",
        "rewind",
        PARKED,
        "before",
    ),
    Spec(
        "step",
        "debug",
        QT_TRANSLATE_NOOP("Actions", "Step forward"),
        "F10",
        "skip-forward",
        PARKED,
        "after",
    ),
    Spec(
        "deeper",
        "debug",
        QT_TRANSLATE_NOOP("Actions", "Finer steps"),
        "F11",
        "arrow-down",
        PARKED,
    ),
    Spec(
        "shallower",
        "debug",
        QT_TRANSLATE_NOOP("Actions", "Coarser steps"),
        "Shift+F11",
        "arrow-up",
        PARKED,
    ),
    Spec(
        "toggle_point",
        "debug",
        QT_TRANSLATE_NOOP("Actions", "Breakpoint on the selection"),
        "F9",
        "",
        LOADED,
    ),
    Spec(
        "add_point",
        "debug",
        QT_TRANSLATE_NOOP("Actions", "Add a breakpoint…"),
        "Ctrl+F9",
        "",
        LOADED,
    ),
    Spec("add_watch", "debug", QT_TRANSLATE_NOOP("Actions", "Add a watch…"), "", "", LOADED),
    Spec("goto", "debug", QT_TRANSLATE_NOOP("Actions", "Go to step…"), "Ctrl+G", "", LOADED),
    Spec(
        "live",
        "debug",
        QT_TRANSLATE_NOOP("Actions", "Return to live"),
        "End",
        "skip-forward",
        PAST | {"stopped"},
        "recorded",
    ),
    Spec(
        "branch", "debug", QT_TRANSLATE_NOOP("Actions", "Branch here…"), "Ctrl+B", "", LIVE | PAST
    ),
    Spec("draw", "model", QT_TRANSLATE_NOOP("Actions", "Draw a word"), "Ctrl+Shift+I", "", LOADED),
    Spec("evaluate", "model", QT_TRANSLATE_NOOP("Actions", "Evaluate…"), "Ctrl+E", "", LOADED),
    Spec("rate", "model", QT_TRANSLATE_NOOP("Actions", "Learning rate…"), "", "", LIVE | PAST),
    Spec("shortcuts", "help", QT_TRANSLATE_NOOP("Actions", "Keyboard shortcuts"), "F1"),
    Spec("about", "help", QT_TRANSLATE_NOOP("Actions", "About CRNN Debugger")),
)


LOOSE = {"Space": "toggle", "End": "live", "Esc": "look_up"}
"""Keys that fields, lists and buttons want for themselves: the window takes only what they leave,
so they are no shortcuts of Qt's."""


def sent_by(command: str) -> Command | None:
    """What this command tells the engine; None where the window does it."""
    from crnn.debug import messages
    from crnn.debug.level_messages import Move, RunOn, ShiftLevel

    sends: dict[str, Command] = {
        "run": RunOn(1),
        "pause": messages.Pause(),
        "stop": messages.Stop(),
        "restart": messages.Restart(),
        "overfit": messages.OverfitBatch(),
        "back": Move(-1),
        "run_back": RunOn(-1),
        "step": Move(1),
        "deeper": ShiftLevel(1),
        "shallower": ShiftLevel(-1),
        "live": messages.ReturnToLive(),
    }
    return sends.get(command)


def level_of(frame: Frame | None) -> Level:
    """The level at which F10 and F3 move where this frame stands."""
    return frame.inner.cursor.level if frame is not None and frame.inner is not None else "step"


def available(spec: Spec, frame: Frame | None) -> bool:
    """Whether this command makes sense where `frame` stands (None: no run yet)."""
    mode: Mode = frame.mode if frame else "empty"
    if mode not in spec.modes:
        return False
    if spec.room == "compared":
        return frame is not None and compared(frame) is not None
    if frame is None or not spec.room:
        return True
    if frame.inner is not None and spec.room != "recorded":
        return True  # there is room within the step
    if spec.room == "before":
        return frame.step > frame.run.first_step
    if spec.room == "after":
        return mode != "stopped" or frame.step < frame.head
    return frame.step < frame.head
