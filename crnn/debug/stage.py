"""Stage: what all handlers of commands share - the open run, the mode, the way to the screen.

One idea: handlers are functions `handler(stage, command)` in rooms of their own (moves, changes),
so a new verb is a new function and a line in its room's table. The stage belongs to the debugger's
thread; nothing else touches it.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crnn.debug.comparing import other_state, survey_other
from crnn.debug.framing import Framer
from crnn.debug.mailroom import Inbox
from crnn.debug.messages import Command, Mode, Parked, Quit
from crnn.debug.opening import Opener
from crnn.debug.outbox import Outbox
from crnn.debug.script_messages import Copying, StopCopying
from crnn.debug.session import Session
from crnn.debug.timeline import Cancelled, Progress
from crnn.debug.warming import warm
from crnn.errors import CrnnError, RecordingError
from crnn.train import Advance, TrainState

if TYPE_CHECKING:
    from crnn.debug.hunting import Hunt

SURVEY_FRAME_S = 0.2
COPY_EVENT_S = 0.1


class Refused(CrnnError):
    """A command that has no meaning here; the message says what to do instead."""


class Stage:
    """The debugger's state between two commands.

    `doing`: the command that is carried out, None for the work between two. `is_surveyed`: nothing
    is left to do while standing still. `is_exact`: the frame on screen is a slice of its batch.
    `chore`: other work for while the run stands, a turn at a time; `warming`: what makes going back
    from here quick, when there is nothing else to do. `hunt`: the run is at level
    line, and looks through every step.
    """

    def __init__(self, inbox: queue.SimpleQueue[Command], outbox: Outbox, opener: Opener) -> None:
        self.inbox = Inbox(inbox)
        self.outbox = outbox
        self.opener = opener
        self.framer = Framer()
        self.session: Session | None = None
        self.mode: Mode = "empty"
        self.is_over = False
        self.doing: Command | None = None
        self.is_surveyed = True
        self.is_exact = True
        self.chore: Generator[None] | None = None
        self.warming: Generator[bool] | None = None
        self.is_warmer = False
        self.hunt: Hunt | None = None
        self._survey_due = 0.0

    @property
    def is_moving(self) -> bool:
        return self.mode in ("running", "past_running", "past_running_back")

    @property
    def has_work(self) -> bool:
        waits = not self.is_surveyed or self.chore is not None or self.warming is not None
        return self.is_moving or waits or self.has_hindsight

    def do_chore(self) -> None:
        """A turn of the work that was asked for beside the run, which waits while that moves."""
        if self.chore is not None and next(self.chore, "done") == "done":
            self.chore = None

    def warm(self, session: Session) -> None:
        """A step of what makes going back from here quick; the frame then says how quick."""
        if self.warming is None:
            return
        is_on = next(self.warming, False)
        if is_on:
            self.is_warmer = True
        else:
            self.warming = None
            if self.is_warmer:
                self.outbox.put_frame(self.framer.again(session, self.mode))

    def drop_chore(self) -> None:
        """Leave that work where it is."""
        if self.chore is not None:
            self.chore.close()
        self.chore = None

    @property
    def has_hindsight(self) -> bool:
        return self.session is not None and self.session.has_hindsight

    def open_session(self) -> Session:
        """The open run. Raises Refused where there is none."""
        if self.session is None:
            raise Refused("no run is open; start one with New run, or load a checkpoint")
        return self.session

    def require_open(self, session: Session) -> None:
        """Raise RecordingError where the recording of `session` is closed."""
        if session.is_closed:
            raise RecordingError(
                "this recording is closed; its past can be walked, and Restart begins a new run"
            )

    def park(self, reason: str, *, is_exact: bool = True) -> None:
        """Stand still: the frame first, then the event, unless a move waits already. A pause shows
        the watched sample by itself at once, and the exact frame as soon as it is made."""
        session = self.open_session()
        self.mode = session.resting_mode
        self.hunt = None
        self.is_surveyed = False
        self.is_exact = is_exact
        self.warming, self.is_warmer = warm(session.timeline, session.here.step), False
        self._survey_due = time.perf_counter() + SURVEY_FRAME_S
        if self.inbox.is_moving_on():
            return
        if is_exact:
            self.is_exact = self.bring_other(session)
        make = self.framer.parked if is_exact else self.framer.at_once
        self.outbox.put_frame(make(session, self.mode))
        self.outbox.put_event(Parked(session.here.step, reason))

    def bring_other(self, session: Session) -> bool:
        """Recompute the state compared with; False where another command came meanwhile."""

        def progress(done: int, total: int) -> bool:
            return not self.inbox.is_waiting

        try:
            session.other = other_state(session, progress)
        except Cancelled:
            return False
        except CrnnError:
            session.compare(None)  # else every frame from here on would fail
            raise
        return True

    def park_bare(self, reason: str) -> None:
        """Stand still at a state that cannot be observed: a frame without a trace."""
        session = self.open_session()
        self.mode = session.resting_mode
        self.hunt = self.warming = None
        self.is_surveyed = self.is_exact = True
        self.outbox.put_frame(self.framer.bare(session, self.mode))
        self.outbox.put_event(Parked(session.here.step, reason))

    def copying(self, path: Path, *, is_export: bool) -> Progress:
        """Tells now and then how far an exported run at `path` is written or read, and whether that
        is still wanted."""
        due = time.perf_counter() + COPY_EVENT_S

        def progress(done: int, total: int) -> bool:
            nonlocal due
            if time.perf_counter() >= due:
                due = time.perf_counter() + COPY_EVENT_S
                self.outbox.put_event(Copying(path, done, total, is_export))
            return not self.inbox.has(StopCopying, Quit)

        return progress

    def show(self, reason: str) -> None:
        """Another place within the state on screen: its frame, then the event."""
        session = self.open_session()
        self.outbox.put_frame(self.framer.again(session, self.mode))
        self.outbox.put_event(Parked(session.here.step, reason))

    def show_moving(self, session: Session, before: TrainState, done: Advance) -> None:
        """A frame of the state `before`, just taken on, where one is wanted and the time allows."""
        if self.is_moving and self.outbox.watching and self.outbox.want_frame.is_set():
            frame = self.framer.moving(session, self.mode, before, done)
            if frame is not None:
                self.outbox.put_frame(frame)

    def survey(self, session: Session) -> None:
        """Make the frame exact, then bring some samples to the state on screen; where that fails,
        wait for the next move."""
        if not self.is_exact:
            self.is_exact = self.bring_other(session)
            self.outbox.put_frame(self.framer.parked(session, self.mode))
            return
        self.is_surveyed = True
        book = session.owner.book
        stale = book.stale(session.here.step)
        if stale:
            book.measure(session.info.config, session.here, stale)
        if stale or survey_other(session):
            self.is_surveyed = False
        now = time.perf_counter()
        if self.is_surveyed or now >= self._survey_due:
            self._survey_due = now + SURVEY_FRAME_S
            self.outbox.put_frame(self.framer.again(session, self.mode))


Handler = Callable[[Stage, Any], None]
