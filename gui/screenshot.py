"""Screenshot: train so many steps, wait until the whole window shows that state, write a PNG."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from gui.window import Window

if TYPE_CHECKING:
    from crnn.debug.messages import Failed, Frame, Parked

LOOK_MS = 30


class Screenshot(QObject):
    """Ends the application with 0 when the file is written, with 1 when something failed."""

    def __init__(self, window: Window, path: Path, steps: int) -> None:
        super().__init__()
        self._window, self._path, self._steps = window, path, steps
        self._target: int | None = None
        self._shown: Frame | None = None
        window.bridge.parked.connect(self._opened)
        window.bridge.failed.connect(self._failed)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _opened(self, event: Parked) -> None:
        """The run stands for the first time: a recorded one where it was left."""
        from crnn.debug.messages import Step

        if self._target is None:
            self._target = event.step + self._steps
            for _ in range(self._steps):
                self._window.bridge.send(Step())

    def _look(self) -> None:
        frame = self._window.bridge.frame
        if frame is None or not self._is_complete(frame):
            return
        if any(view.frame is not frame for view in self._window.visible_views()):
            return
        if self._shown is not frame:
            self._shown = frame  # one more round, so that everything asked for has been painted
            return
        self._timer.stop()
        if self._window.grab().save(str(self._path), "PNG"):
            self._end(0)
        else:
            sys.stderr.write(f"{self._path}: cannot be written; choose another place\n")
            self._end(1)

    def _is_complete(self, frame: Frame) -> bool:
        """Parked at the target, with its trace and every sample read at that state."""
        if frame.step != self._target or frame.mode not in ("paused", "stopped"):
            return False
        if frame.trace is None or frame.trace.step != frame.step:
            return False
        data = frame.run.data
        listed = [i for i in data.usable[: data.n_listed] if i < data.n_listed]
        return bool(np.all(frame.survey.step_M[listed] == frame.step))

    def _failed(self, event: Failed) -> None:
        is_ours = "\ncrnn.errors." in event.traceback  # a sentence says it all
        trace = "" if is_ours else event.traceback
        sys.stderr.write(f"{event.title}: {event.message}\n{trace}")
        self._end(1)

    def _end(self, status: int) -> None:
        self._timer.stop()
        self._window.close()
        QApplication.exit(status)
