"""The application: the window is painted first, then the engine's thread is started.

The other way round both would share one interpreter, and both would be late: measured 0.52 s to the
first paint and 0.75 s to the first full frame, against 0.36 and 0.65.
"""

from __future__ import annotations

import queue
import sys
import traceback
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, QTimer
from PySide6.QtWidgets import QApplication

from crnn.debug.outbox import Outbox
from crnn.errors import CrnnError
from gui.appearance import Appearance
from gui.bridge import Bridge
from gui.desk import Desk
from gui.look import Look, load_fonts
from gui.options import Options
from gui.selection import Selection
from gui.settings import Settings

if TYPE_CHECKING:
    from crnn.data.dataset import Dataset
    from crnn.debug.messages import Command

SWITCH_S = 0.001
"""How long a thread may keep the interpreter: 1 ms keeps the window alive beside pure Python."""
PAINT_WAIT_MS = 300
"""The engine waits no longer than this for the first paint: a window may open minimised."""
DEFAULT_SIZE = (1440, 900)


def main(options: Options) -> int:
    """Open the window, or draw it into a file; returns the exit status."""
    sys.setswitchinterval(SWITCH_S)
    with ExitStack() as stack:
        settings, runs = _places(options, stack)
        app = QApplication([sys.argv[0]])
        bridge = _bridge(options, runs)
        stack.callback(bridge.shutdown)
        load_fonts()
        look = Look()
        appearance = Appearance(app, look, settings)
        appearance.start(options.theme, options.lang)
        desk = Desk(look, bridge, settings, appearance)
        sys.excepthook = Excepthook(desk)
        keep = _show(desk, options)
        status = app.exec()
        del keep
    return status


def _places(options: Options, stack: ExitStack) -> tuple[Settings, Path]:
    """Where settings and recordings live. A screenshot leaves nothing behind, and its picture
    depends on nothing that the user has set."""
    QApplication.setApplicationName("crnn-debugger")
    if options.screenshot is not None:
        kept = Path(stack.enter_context(TemporaryDirectory(prefix="crnn-")))
        return Settings(kept / "window.ini"), kept / "runs"
    data = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)
    return Settings(), Path(data) / "runs"


def _show(desk: Desk, options: Options) -> list[object]:
    """Lay the window out and show it; returns what has to live as long as it does."""
    window = desk.window
    window.resize(*(options.size or DEFAULT_SIZE))
    desk.restore("debug" if options.screenshot and not options.layout else options.layout)
    if options.view is not None:
        window.show_alone(options.view)
    window.painted.connect(desk.bridge.start)
    QTimer.singleShot(PAINT_WAIT_MS, desk.bridge.start)
    keep: list[object] = []
    from gui.timing import StartClock, is_wanted

    if is_wanted():
        keep.append(StartClock(window))
    if options.screenshot is not None:
        from gui.screenshot import Screenshot

        keep.append(Screenshot(window, options.screenshot, options.steps))
    window.show()
    return keep


# ---- the engine ----


def _bridge(options: Options, runs: Path) -> Bridge:
    inbox: queue.SimpleQueue[Command] = queue.SimpleQueue()
    outbox = Outbox()
    bridge = Bridge(inbox, outbox, Engine(inbox, outbox, runs, options))
    bridge.wanted = Selection(sample=options.sample, t=options.t)
    bridge.runs_dir = runs
    return bridge


class Engine:
    """What the engine's thread runs: the first command is made there, off the window's thread."""

    def __init__(
        self, inbox: queue.SimpleQueue[Command], outbox: Outbox, runs: Path, options: Options
    ) -> None:
        self._inbox, self._outbox, self._runs, self._options = inbox, outbox, runs, options

    def __call__(self) -> None:
        from crnn.debug.debugger import Debugger
        from crnn.debug.messages import Failed
        from crnn.heap import keep_freed_memory

        keep_freed_memory()
        try:
            for command in first_commands(self._options):
                self._inbox.put(command)
        except CrnnError as error:
            self._outbox.put_event(Failed("The run cannot start", str(error), "", 0))
        run = self._options.run
        fresh = None if run is None or is_recorded(run) else run
        Debugger(self._inbox, self._outbox, self._runs, run_dir=fresh).run()


def is_recorded(directory: Path) -> bool:
    """Whether there is a recording in this directory, or this is the file of one."""
    return directory.is_file() or (directory / "config.json").exists()


def first_commands(options: Options) -> list[Command]:
    """What a start with these options does first. Raises CrnnError where the data is not usable.

    A picture without a label cannot be trained on: it is opened beside the data of a start without
    it, and read.
    """
    from crnn.data.picture import PictureDataset
    from crnn.data.sources import open_source
    from crnn.debug.guest_messages import OpenPicture

    dataset = None if options.data is None else open_source(options.data)
    if isinstance(dataset, PictureDataset) and not dataset.texts[0]:
        return [_first(options, None), OpenPicture(Path(dataset.source))]
    return [_first(options, dataset)]


def _first(options: Options, dataset: Dataset | None) -> Command:
    """A checkpoint or a recorded run is opened on the data named, or on the set it was made from.
    Otherwise a new run: plainly the lesson; with --preset the preset's usual set, with --data that.
    """
    from crnn.config import preset
    from crnn.data.sources import open_source, usual_source
    from crnn.debug.messages import Load, NewRun
    from crnn.debug.runs import fitted

    kept = options.checkpoint
    if options.run is not None and is_recorded(options.run):
        kept = options.run
    if kept is not None:
        return Load(kept, dataset)
    name = options.preset or ("word" if dataset else "lesson")
    dataset = dataset or open_source(usual_source(name))
    config = fitted(preset(name), dataset)
    if options.seed is not None:
        config = replace(config, seed=options.seed)
    return NewRun(config, dataset, dataset.name)


class Excepthook:
    """An error in the window's own code: shown like one of the engine's, and the window goes on."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def __call__(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        from crnn.debug.messages import Failed

        text = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(text)
        if issubclass(kind, Exception):
            self._desk.show_failure(Failed("Error in the window", str(error), text, 0))
