"""Own: a debugger of one's own, in a thread, for scripts that have no window."""

from __future__ import annotations

import queue
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from crnn.debug.debugger import Debugger
from crnn.debug.messages import Command, Event, Frame, Quit
from crnn.debug.outbox import Outbox

_POLL_S = 0.002


class OwnPost:
    """A Post with its debugger. Use with `with`; leaving ends the thread. Runs are recorded below
    `runs_dir`, or, where it is None, in a folder that goes when this does."""

    def __init__(self, runs_dir: Path | None = None) -> None:
        self._inbox: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._outbox = Outbox()
        self._folder = TemporaryDirectory(prefix="crnn-") if runs_dir is None else None
        runs = Path(self._folder.name) if self._folder is not None else runs_dir
        self._thread = threading.Thread(
            target=Debugger(self._inbox, self._outbox, runs).run, name="engine"
        )
        self._frame: Frame | None = None

    @property
    def frame(self) -> Frame | None:
        return self._frame

    def send(self, command: Command) -> None:
        self._inbox.put(command)

    def take(self, timeout_s: float) -> Event | None:
        until = time.monotonic() + timeout_s
        while not self._outbox.events:
            if time.monotonic() >= until or not self._thread.is_alive():
                return None
            time.sleep(_POLL_S)
        event = self._outbox.events.popleft()
        while self._outbox.frames:
            self._frame = self._outbox.frames.popleft()
        return event

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._inbox.put(Quit())
        self._thread.join()
        if self._folder is not None:
            self._folder.cleanup()
