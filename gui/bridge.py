"""Bridge: the only object that knows both sides. Owns the engine's thread, polls what it puts out.

Nothing is pushed at the screen: the engine keeps one newest frame and a list of events, and one
timer fetches them. A queued signal a batch would fill the event queue without bound; a poll cannot.
How often frames are fetched is governed by what drawing the last one cost this thread.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from gui.selection import Cell, Selection

if TYPE_CHECKING:
    from pathlib import Path

    from crnn.debug.guest_messages import Arrived
    from crnn.debug.messages import Command, Event, Frame, RunOpened
    from crnn.debug.trace import Trace

POLL_MS, REST_MS = 16, 100
RESTS_AFTER_S = 2.0
"""Where nothing came and nothing was asked for so long, the poll slows: a window at rest costs
nothing. Whatever is asked for makes it quick again at once."""
HISTORY = 100


class Mailbox(Protocol):
    """What the engine puts out: see crnn.debug for the real one."""

    frames: deque[Frame]
    events: deque[Event]
    want_frame: threading.Event
    watching: bool


class Governor:
    """When the next frame is due: drawing takes at most `share` of a core, 1 to 30 frames/s.

    Beside training a frame costs about twice what it costs alone, since both want the interpreter;
    5 % of a core is what keeps the slow-down of training near 5 %.
    """

    shortest_s = 1 / 30
    longest_s = 1
    share = 0.05

    def __init__(self) -> None:
        self._due = 0.0
        self._shown_at = 0.0
        self._cpu_at = -1.0

    def is_due(self) -> bool:
        return time.monotonic() >= self._due

    def begin(self) -> None:
        """A frame is handed to the views now; they will paint it after this call."""
        self._shown_at, self._cpu_at = time.monotonic(), time.thread_time()
        self._due = self._shown_at + self.shortest_s

    def settle(self, is_training: bool) -> None:
        """Every poll: the views paint the last frame turn by turn, so its cost is known late."""
        if self._cpu_at < 0:
            return
        if not is_training:
            self._cpu_at = -1.0
            return
        cost = time.thread_time() - self._cpu_at
        pause = min(self.longest_s, max(self.shortest_s, cost / self.share))
        self._due = self._shown_at + pause


def telling(trace: Trace, selection: Selection) -> Selection:
    """Where to look in a sample that nobody has looked at: the middle, and there the letter of the
    truth that stands in the middle of its label."""
    t = trace.n_frames // 2
    if trace.ctc is None:
        return selection.at(t)
    label_L = trace.ctc.label_L
    return selection.pick(Cell("softmax", t, int(label_L[len(label_L) // 2])))


class Bridge(QObject):
    """Commands in, frames and events out, and the one selection with its history."""

    runs_dir: Path | None = None
    """Where runs without a name of their own are recorded."""
    frame_changed = Signal(object)
    selection_changed = Signal(object)
    parked = Signal(object)
    run_opened = Signal(object)
    failed = Signal(object)
    saved = Signal(object)
    loaded = Signal(object)
    seeking = Signal(object)
    export_planned = Signal(object)
    copying = Signal(object)
    copy_stopped = Signal(object)
    exported = Signal(object)
    told = Signal(object)
    """Every event, before the signal of its own kind."""
    arrived = Signal(object)
    evaluating = Signal(object)
    evaluated = Signal(object)
    point_hit = Signal(object)
    changed = Signal(object)
    _sent = Signal()

    def __init__(
        self,
        inbox: queue.SimpleQueue[Command],
        outbox: Mailbox,
        engine: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._inbox, self._outbox = inbox, outbox
        self._governor = Governor()
        self.frame: Frame | None = None
        self.selection = Selection()
        self.wanted = Selection()
        self._past: list[Selection] = []
        self._future: list[Selection] = []
        self._tells: dict[str, Callable[[Any], None]] = {
            "Parked": self.parked.emit,
            "RunOpened": self._open,
            "Failed": self.failed.emit,
            "Saved": self.saved.emit,
            "Loaded": self.loaded.emit,
            "Seeking": self.seeking.emit,
            "Arrived": self._welcome,
            "Evaluating": self.evaluating.emit,
            "Evaluated": self.evaluated.emit,
            "PointHit": self.point_hit.emit,
            "Changed": self.changed.emit,
            "ExportPlanned": self.export_planned.emit,
            "Copying": self.copying.emit,
            "CopyStopped": self.copy_stopped.emit,
            "Exported": self.exported.emit,
        }
        """Class of an event, by name since the window is painted before messages are loaded."""
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self.poll)
        self._busy_at = 0.0
        self._sent.connect(self._wake)
        self._thread = threading.Thread(target=engine, name="engine")

    def start(self) -> None:
        """Start the engine's thread and the poll; once is enough."""
        if self._timer.isActive():
            return
        self._outbox.want_frame.set()
        self._thread.start()
        self._wake()
        self._timer.start()

    def send(self, command: object) -> None:
        """Hand a command to the engine, from whichever thread; returns at once."""
        self._inbox.put(command)  # type: ignore[arg-type]
        self._sent.emit()

    def _wake(self) -> None:
        self._busy_at = time.monotonic()
        self._poll_every(POLL_MS)

    def _poll_every(self, ms: int) -> None:
        if self._timer.interval() != ms:
            self._timer.setInterval(ms)

    def shutdown(self) -> None:
        """Tell the engine to finish its batch and end, and wait for it."""
        from crnn.debug.messages import Quit

        self._timer.stop()
        if self._thread.is_alive():
            self._inbox.put(Quit())
            self._thread.join()

    def watch_screen(self, is_visible: bool) -> None:
        """Minimised: no frames are made or fetched. Visible again: one at once."""
        self._outbox.watching = is_visible
        if is_visible:
            self._outbox.want_frame.set()
            self._wake()

    def poll(self) -> None:
        """Fetch what the engine put out. Events first out of the list, but shown after the frame:
        the engine puts a parked state's frame out before it says that it parked."""
        is_training = self.frame is not None and self.frame.mode == "running"
        self._governor.settle(is_training)
        events, before = self._take_events(), self.frame
        if events or self._governor.is_due():
            self._fetch_frame()
        if events or self.frame is not before:
            self._wake()
        elif time.monotonic() > self._busy_at + RESTS_AFTER_S:
            self._poll_every(REST_MS)
        for event in events:
            self._tell(event)
        if self._timer.isActive() and not self._thread.is_alive():
            self._engine_ended()

    def _take_events(self) -> list[Event]:
        events: list[Event] = []
        while self._outbox.events:
            events.append(self._outbox.events.popleft())
        return events

    def _fetch_frame(self) -> None:
        if not self._outbox.watching:
            return
        try:
            frame = self._outbox.frames.popleft()
        except IndexError:
            self._outbox.want_frame.set()
            return
        self._governor.begin()
        self.frame = frame
        self._adopt(frame)
        self.frame_changed.emit(frame)

    def _adopt(self, frame: Frame) -> None:
        """A new sample is on screen: put the cursor on it where the person has chosen none."""
        trace = frame.trace
        if trace is None or not trace.n_frames:
            return
        if trace.sample != self.selection.sample and self.selection.sample >= 0:
            return
        t = self.selection.t if self.selection.t >= 0 else self.wanted.t
        if frame.inner is not None and 0 <= frame.inner.column < trace.n_frames:
            t = frame.inner.column  # the cursor walks with the recursion
        chosen = replace(self.selection, sample=trace.sample)
        if t < 0 and self.selection.cell is None:
            chosen = telling(trace, chosen)
        elif t >= trace.n_frames or self.selection.t != t:
            chosen = chosen.at(min(max(t, 0), trace.n_frames - 1))
        if chosen != self.selection:
            self._set(chosen)

    def _tell(self, event: Event) -> None:
        self.told.emit(event)
        tell = self._tells.get(type(event).__name__)
        if tell is not None:
            tell(event)

    def _open(self, event: RunOpened) -> None:
        """Look at the sample asked for at the start, else at the one the engine opened with."""
        self._past.clear()
        self._future.clear()
        self._set(Selection())
        if self.wanted.sample in event.run.data.usable:
            self._change(Selection(sample=self.wanted.sample))
        if self.frame is not None and self.frame.run is event.run:
            self._adopt(self.frame)
        self.run_opened.emit(event)

    def _welcome(self, event: Arrived) -> None:
        """Look at what came; the engine does already."""
        self.select(self.selection.on(event.first))
        if self.frame is not None:
            self._adopt(self.frame)
        self.arrived.emit(event)

    def _engine_ended(self) -> None:
        from crnn.debug.messages import Failed

        self._timer.stop()
        self.failed.emit(
            Failed(
                self.tr("The engine has ended"),
                self.tr("Training cannot go on in this window. Save nothing over; start anew."),
                "",
                self.frame.step if self.frame else 0,
            )
        )

    # ---- selection ----

    def select(self, selection: object) -> None:
        """A person chose something: remember what was chosen before, tell the views."""
        assert isinstance(selection, Selection)
        if selection == self.selection:
            return
        self._past = [*self._past[-HISTORY:], self.selection]
        self._future.clear()
        self._change(selection)

    def look_back(self) -> None:
        """The selection before this one."""
        if self._past:
            self._future.append(self.selection)
            self._change(self._past.pop())

    def look_forward(self) -> None:
        if self._future:
            self._past.append(self.selection)
            self._change(self._future.pop())

    def _change(self, selection: Selection) -> None:
        from crnn.debug.messages import Watch

        if selection.sample != self.selection.sample and selection.sample >= 0:
            self.send(Watch(selection.sample))
        self._set(selection)

    def _set(self, selection: Selection) -> None:
        self.selection = selection
        self.selection_changed.emit(selection)
