"""Prompting: runs the console's lines in a thread of their own, against the window's debugger.

A line may wait for a run to stop, so it cannot run in the window's thread. It sends commands as a
click does, and hears the same events; so the window stays alive and shows all it does.
"""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.bridge import Bridge

if TYPE_CHECKING:
    from crnn.debug.messages import Command, Event, Frame
    from gui.views.console import ConsoleView


class WindowPost:
    """A Post to the debugger of the window."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self.is_heard = False
        bridge.told.connect(self._hear)

    @property
    def frame(self) -> Frame | None:
        return self._bridge.frame

    def send(self, command: Command) -> None:
        self._bridge.send(command)

    def take(self, timeout_s: float) -> Event | None:
        try:
            event = self._events.get(timeout=timeout_s)
        except queue.Empty:
            return None
        if event is None:
            raise SystemExit
        return event

    def forget(self) -> None:
        """Drop what was said before a line began."""
        while not self._events.empty():
            self._events.get()

    def end(self) -> None:
        """Let a line that waits end."""
        self._events.put(None)

    def _hear(self, event: Event) -> None:
        if self.is_heard:
            self._events.put(event)


class Prompting(QObject):
    """Joins the console to the verbs. `is_asking`: a line is running now."""

    answered = Signal(str)

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._post = WindowPost(bridge)
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._names: list[str] = []
        self._thread: threading.Thread | None = None

    def join(self, view: ConsoleView) -> None:
        """Answer the lines entered in this view."""
        view.completions = self._completions
        view.entered.connect(self.run)
        self.answered.connect(view.show_answer)

    @property
    def is_asking(self) -> bool:
        return self._post.is_heard

    def run(self, line: str) -> None:
        """Run a line; `answered` says what it said."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="console", daemon=True)
            self._thread.start()
        self._post.forget()
        self._post.is_heard = True
        self._lines.put(line)

    def close(self) -> None:
        """End the thread, also where its line still waits."""
        if self._thread is not None:
            self._lines.put(None)
            self._post.end()
            self._thread.join(1.0)

    def _serve(self) -> None:
        from crnn.debug.prompt import Prompt
        from crnn.debug.scripting import Verbs, namespace

        prompt = Prompt(namespace(Verbs(self._post)))
        while (line := self._lines.get()) is not None:
            try:
                said = prompt.run_line(line)
            except SystemExit:
                return
            self._names = prompt.completions("")
            self._post.is_heard = False
            self.answered.emit(said)

    def _completions(self, prefix: str) -> list[str]:
        from crnn.debug.scripting import NAMES

        return sorted({n for n in (*NAMES, *self._names) if n.startswith(prefix)})
