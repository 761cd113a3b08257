"""Turns: a frame is handed to one view a turn of the event loop while training runs.

Drawing all views in one turn keeps the window deaf for 25 ms, several times a second. View by view
it is the same work, with room for a key or the pointer in between; nobody sees the 30 ms it takes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QTimer

Job = Callable[[], None]


class Turns(QObject):
    """Does one job a turn. New jobs replace those not done yet: those are of an old frame."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs: deque[Job] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._do_next)

    def take(self, jobs: Iterable[Job]) -> None:
        self._jobs = deque(jobs)
        if self._jobs:
            self._timer.start()

    def _do_next(self) -> None:
        if self._jobs:
            self._jobs.popleft()()
        if not self._jobs:
            self._timer.stop()
