"""Desk: what the menu commands do that is not a message to the engine. Owns window and dialogs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from gui import engine_words
from gui.appearance import Appearance
from gui.breaks import Breaks
from gui.bridge import Bridge
from gui.files import Files
from gui.guests import VERBS, Guests
from gui.lens import SIDES, Side
from gui.look import Look
from gui.options import LAYOUTS
from gui.pins import Pins
from gui.prompting import Prompting
from gui.selection import Selection
from gui.settings import Settings
from gui.specs import MOVING
from gui.window import Window

if TYPE_CHECKING:
    from crnn.debug.edits import Edit
    from crnn.debug.messages import Failed, Parked, RunOpened
    from gui.dialogs.import_data import ImportDialog
    from gui.views.breakpoints import BreakpointsView
    from gui.views.console import ConsoleView
    from gui.views.samples import SamplesView
    from gui.views.source import SourceView

CONSOLE_HEIGHT = 220
NOT_SHOWN = "Cannot show this sample"
"""The engine's title where only the panels miss something."""


TOLD = ("a new run", "loaded", "breakpoint", "line breakpoint", "last change")
"""Reasons of parking whose own events have just been shown."""


class Desk(QObject):
    """One window, its bridge, and the handlers of the action table."""

    def __init__(
        self, look: Look, bridge: Bridge, settings: Settings, appearance: Appearance
    ) -> None:
        super().__init__()
        self.look, self.bridge = look, bridge
        self.settings, self.appearance = settings, appearance
        self.window = Window(look, bridge, self._handlers())
        self.prompting = Prompting(bridge)
        self.window.closing.connect(self.prompting.close)
        self.files = Files(self.window, look, bridge, settings, self.new_run_on)
        self._proposal: object = None
        self.guests = Guests(self.window, bridge, look)
        self._importer: ImportDialog | None = None
        bridge.failed.connect(self.show_failure)
        self.window.fault.details.connect(self.show_details)
        self.breaks = Breaks(self.window, bridge, look)
        self.pins = Pins(settings, self)
        bridge.frame_changed.connect(self.pins.show_frame)
        bridge.parked.connect(self._parked)
        bridge.run_opened.connect(self._opened)
        self.window.closing.connect(self._remember)
        self.window.proposed.connect(self.propose)
        self.window.docks.made.connect(self._made)
        self.window.transport.layout_chosen.connect(self.choose_layout)
        self.window.actions_.check(appearance.theme)
        self.window.actions_.check(appearance.languages.code)

    def _made(self, key: str, view: object) -> None:
        """A dock's view is there: who answers it."""
        if key == "console":
            self.prompting.join(cast("ConsoleView", view))
        elif key == "breakpoints":
            self.breaks.join(cast("BreakpointsView", view))
        elif key == "source":
            self.breaks.join_source(cast("SourceView", view))
        elif key == "samples":
            self.pins.join(cast("SamplesView", view))

    def _handlers(self) -> dict[str, Callable[[], None]]:
        """Action -> what it does."""
        simple: dict[str, Callable[[], None]] = {
            "new": self.new_run,
            "import": self.import_data,
            "open": partial(self._files, "open"),
            "save": partial(self._files, "save"),
            "save_as": partial(self._files, "save_as"),
            "export": partial(self._files, "export"),
            "freeze": partial(self._files, "freeze"),
            "console": self.open_console,
            **{name: partial(self._guests, name) for name in VERBS},
            "quit": self._close,
            "look_back": self.bridge.look_back,
            "look_forward": self.bridge.look_forward,
            "look_up": self._look_up,
            "copy_value": self._copy_value,
            "pin": self._pin,
            "palette": self.open_palette,
            "reset_layout": self._reset_layout,
            "show_data": partial(self._bring, "data"),
            "show_augmentation": partial(self._bring, "augmentation"),
            "toggle": self._toggle,
            "goto": self.ask_step,
            "rate": self.ask_rate,
            "branch": self.ask_branch,
            "toggle_point": partial(self._breaks, Breaks.toggle),
            "add_point": partial(self._breaks, Breaks.add_point),
            "add_watch": partial(self._breaks, Breaks.ask_watch),
            "shortcuts": self._show_shortcuts,
            "about": self._show_about,
        }
        layouts = {name: partial(self.choose_layout, name) for name in LAYOUTS}
        themes = {n: partial(self.appearance.choose_theme, n) for n in ("auto", "dark", "light")}
        sides = {f"side_{side}": partial(self._choose_side, side) for side in SIDES}
        codes = {code: partial(self.appearance.choose_language, code) for code in ("en", "ko")}
        return {**simple, **layouts, **themes, **codes, **sides}

    def _choose_side(self, side: str) -> None:
        self.window.choose_side(cast(Side, side))

    def _files(self, verb: str) -> None:
        doing: Callable[[], None] = getattr(self.files, verb)
        doing()

    def open_console(self) -> None:
        """Bring the console to the front, ready for a line."""
        self.window.docks.bring("console")
        self.window.docks.grow("console", self.look.px(CONSOLE_HEIGHT))
        self.window.docks.view("console").setFocus()

    def _guests(self, verb: str) -> None:
        self.guests.do(verb)

    def _breaks(self, act: Callable[[Breaks], None]) -> None:
        act(self.breaks)

    # ---- layout ----

    def restore(self, layout: str | None) -> None:
        """Put the window as it was left, or in the layout named; call before it is shown."""
        self.window.restoreGeometry(self.settings.blob("geometry"))
        name = layout or self.settings.text("layout", "debug")
        self.window.apply_layout(name if name in LAYOUTS else "debug")
        if layout is None:
            self.window.restoreState(self.settings.blob("docks"), 1)

    def choose_layout(self, name: str) -> None:
        self.settings.set_text("layout", name)
        self.window.apply_layout(name)

    def _reset_layout(self) -> None:
        self.choose_layout(self.settings.text("layout", "debug"))

    def _bring(self, dock: str) -> None:
        self.window.docks.bring(dock)

    def _remember(self) -> None:
        self.settings.set_blob("geometry", self.window.saveGeometry())
        self.settings.set_blob("docks", self.window.saveState(1))
        self.settings.sync()

    def _close(self) -> None:
        self.window.close()

    # ---- selection ----

    def _look_up(self) -> None:
        """Esc: a long seek ends; else first the cell goes, then the unit, then the symbol; the
        sample and t stay."""
        from crnn.debug.messages import Pause

        if self.window.veils.is_computing:
            self.bridge.send(Pause())
            return
        now = self.bridge.selection
        self.bridge.select(Selection(sample=now.sample, t=now.t))

    def _pin(self) -> None:
        self.pins.toggle(self.bridge.selection.sample)

    def _copy_value(self) -> None:
        text = self.breaks.described() or self.window.describe()
        if text:
            QGuiApplication.clipboard().setText(text)
            self.window.status.show_message(self.tr("Copied {text}").format(text=text))

    # ---- running ----

    def _toggle(self) -> None:
        from crnn.debug.level_messages import RunOn
        from crnn.debug.messages import Pause

        frame = self.bridge.frame
        if frame is not None:
            self.bridge.send(Pause() if frame.mode in MOVING else RunOn(1))

    def ask_step(self) -> None:
        """Go to step…: any recorded step."""
        from gui.dialogs.ask import AskDialog

        frame = self.bridge.frame
        if frame is None:
            return
        label = self.tr("Step, from {first} to {head}:").format(
            first=f"{frame.run.first_step:,}", head=f"{frame.head:,}"
        )
        dialog = AskDialog(
            self.window, self.tr("Go to step"), label, f"{frame.step}", self._step_problem
        )
        dialog.answered.connect(self._seek)
        dialog.open()

    def _step_problem(self, text: str) -> str:
        digits = text.replace(",", "").strip()
        frame = self.bridge.frame
        assert frame is not None
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 19):
            return self.tr("A whole number, please.")
        if not frame.run.first_step <= int(digits) <= frame.head:
            return self.tr("That step is not recorded.")
        return ""

    def _seek(self, text: str) -> None:
        from crnn.debug.messages import Seek

        self.bridge.send(Seek(int(text.replace(",", ""))))

    def ask_rate(self) -> None:
        """Learning rate…: an edit of the run, recorded at the step it takes effect."""
        from gui.dialogs.ask import AskDialog

        frame = self.bridge.frame
        if frame is None:
            return
        if frame.is_past:  # what is recorded is not trained anew: that is another future
            from crnn.debug.edits import ChangeRate

            self.propose(ChangeRate(frame.lr))
            return
        dialog = AskDialog(
            self.window,
            self.tr("Learning rate"),
            self.tr("From the next step on; the change is recorded:"),
            f"{frame.lr:g}",
            self._rate_problem,
        )
        dialog.answered.connect(self._set_rate)
        dialog.open()

    def _rate_problem(self, text: str) -> str:
        try:
            rate = float(text)
        except ValueError:
            rate = 0.0
        return "" if 0 < rate < 1e3 else self.tr("A number above 0, such as 0.001.")

    def _set_rate(self, text: str) -> None:
        from crnn.debug.messages import SetLearningRate

        self.bridge.send(SetLearningRate(float(text)))

    # ---- branches ----

    def ask_branch(self) -> None:
        """Branch here…: another future from the state on screen."""
        self.propose(None)

    def propose(self, edit: object) -> None:
        """The branch dialog, its form filled with this edit. What moves is paused first, so that
        the branch begins where the dialog says."""
        from crnn.debug.messages import Pause
        from gui.dialogs.branch import BranchDialog

        frame = self.bridge.frame
        if frame is None or frame.branches is None:
            return
        if frame.mode in MOVING:
            self.bridge.send(Pause())
            self._proposal = edit
            self.bridge.parked.connect(self._propose_parked)
            return
        sample = self.bridge.selection.sample
        dialog = BranchDialog(self.window, self.look, frame, sample, cast("Edit | None", edit))
        dialog.chosen.connect(self.bridge.send)
        dialog.open()

    def _propose_parked(self) -> None:
        self.bridge.parked.disconnect(self._propose_parked)
        self.propose(self._proposal)

    # ---- dialogs ----

    def new_run(self) -> None:
        """New run…"""
        self._open_new_run(None)

    def new_run_on(self, folder: Path) -> None:
        """New run… on a folder dropped on the window."""
        self._open_new_run(folder)

    def _open_new_run(self, folder: Path | None) -> None:
        from gui.dialogs.new_run import NewRunDialog

        frame = self.bridge.frame
        config = frame.run.config if frame else None
        data = frame.run.data.home.dataset if frame else None
        dialog = NewRunDialog(self.window, self.look, config, folder, data)
        dialog.chosen.connect(self.bridge.send)
        dialog.open()

    def import_data(self) -> None:
        """Import…: one dialog for the window's life, since an import goes on while it is closed."""
        from gui.dialogs.import_data import ImportDialog

        if self._importer is None:
            self._importer = ImportDialog(self.window, self.look, self.settings)
            self._importer.chosen.connect(self.bridge.send)
            self._importer.ended.connect(self.window.status.show_message)
            self.window.closing.connect(self._importer.end)
        self._importer.show()
        self._importer.raise_()
        self._importer.activateWindow()

    def open_palette(self) -> None:
        """The command palette, below the tool bar."""
        from gui.commands_palette import CommandPalette

        window = self.window
        palette = CommandPalette(window, self.look, window.actions_, self.bridge.frame)
        palette.sought.connect(self.bridge.send)
        palette.sample_chosen.connect(self._choose_sample)
        palette.open_in(window)

    def _choose_sample(self, sample: int) -> None:
        self.bridge.select(self.bridge.selection.on(sample))

    def _show_shortcuts(self) -> None:
        from gui.dialogs.shortcuts import ShortcutsDialog

        ShortcutsDialog(self.window, self.look, self.window.actions_).open()

    def _show_about(self) -> None:
        from gui.dialogs.shortcuts import AboutDialog

        AboutDialog(self.window, self.look).open()

    # ---- events of the engine ----

    def show_failure(self, event: Failed) -> None:
        """Say what failed; the window stays usable. What only the panels miss is said there."""
        title, message = engine_words.title(event.title), engine_words.sentence(event.message)
        self.window.status.show_message(f"{title}: {message}")
        is_theirs = self.window.fault.show_failure(event, self.bridge.frame, self.bridge.selection)
        if self.prompting.is_asking:  # the console says it
            return
        if not is_theirs or event.title != NOT_SHOWN:
            self.show_details(event)

    def show_details(self, event: Failed) -> None:
        """The whole of a failure, in a dialog."""
        from gui.dialogs.error import ErrorDialog

        title, message = engine_words.title(event.title), engine_words.sentence(event.message)
        ErrorDialog(self.window, self.look, title, message, event.traceback).open()

    def _parked(self, event: Parked) -> None:
        if event.reason not in TOLD:
            self.window.status.show_message(engine_words.reason(event.reason))

    def _opened(self, event: RunOpened) -> None:
        text = self.tr("{name}: {n} samples, {parameters} parameters")
        run = event.run
        n, parameters = f"{len(run.data.usable):,}", f"{run.n_parameters:,}"
        name = engine_words.sentence(run.name)
        self.window.status.show_message(text.format(name=name, n=n, parameters=parameters))
