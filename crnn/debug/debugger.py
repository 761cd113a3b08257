"""Debugger: the command loop that owns a run and moves over its recording, in a thread of its own.

One idea: between any two commands the loop does one small unit of work - a step, a step back, a
chunk of the survey - so that a pause never waits for more than one batch. Commands come through a
queue, frames and events go out through the outbox, and nothing else is shared with other threads.
Whatever goes wrong becomes one Failed event; the loop then stands at the last good state and takes
commands. This is the only place that catches everything.
"""

from __future__ import annotations

import queue
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from crnn.debug.framing import Framer
from crnn.debug.history import GIB
from crnn.debug.mailroom import Inbox
from crnn.debug.messages import (
    Back,
    Command,
    Failed,
    Frame,
    Load,
    Mode,
    NewRun,
    OverfitBatch,
    Parked,
    Pause,
    Quit,
    Restart,
    ReturnToLive,
    Run,
    RunBack,
    RunOpened,
    Save,
    Saved,
    Seek,
    Seeking,
    SetLearningRate,
    Step,
    Stop,
    Watch,
)
from crnn.debug.opening import Opener, save
from crnn.debug.outbox import Outbox
from crnn.debug.session import Session
from crnn.debug.timeline import Cancelled
from crnn.debug.verbs import failure, verb
from crnn.errors import CrnnError, RecordingError
from crnn.train import Advance, TrainState

SURVEY_FRAME_S = 0.2
SEEK_EVENT_S = 0.1
BACK_PACE_S = 0.02


class Refused(CrnnError):
    """A command that has no meaning here; the message says what to do instead."""


class Debugger:
    """`run` serves commands until Quit. Records below `runs_dir`; not at all where it is None."""

    def __init__(
        self,
        inbox: queue.SimpleQueue[Command],
        outbox: Outbox,
        runs_dir: Path | None,
        *,
        run_dir: Path | None = None,
        budget_bytes: int = GIB,
    ) -> None:
        """`run_dir`: where the first run is recorded, in place of a directory below `runs_dir`."""
        self._inbox = Inbox(inbox)
        self._outbox = outbox
        self._opener = Opener(runs_dir, run_dir, budget_bytes)
        self._framer = Framer()
        self._session: Session | None = None
        self._mode: Mode = "empty"
        self._is_over = False
        self._doing: Command | None = None
        self._survey_due = 0.0
        self._is_surveyed = True
        self._is_exact = True
        self._handlers: dict[type[Any], Callable[[Any], None]] = {
            Run: self._run_on,
            RunBack: self._run_back,
            Pause: self._pause,
            Step: self._step,
            Back: self._back,
            Seek: self._seek,
            ReturnToLive: self._return_to_live,
            Stop: self._stop,
            Watch: self._watch,
            SetLearningRate: self._set_learning_rate,
            NewRun: self._open,
            Restart: self._open,
            OverfitBatch: self._open,
            Load: self._open,
            Save: self._save,
            Quit: self._quit,
        }

    def run(self) -> None:
        """The loop. Returns after Quit."""
        while not self._is_over:
            try:
                self._doing = self._inbox.next(wait=not self._has_work())
                if self._doing is None:
                    self._work()
                else:
                    self._handlers[type(self._doing)](self._doing)
                    self._note(self._doing)
            except Exception as error:  # noqa: BLE001
                self._fail(error)

    # ---- one unit of work ----

    @property
    def _is_moving(self) -> bool:
        return self._mode in ("running", "past_running", "past_running_back")

    def _has_work(self) -> bool:
        return self._is_moving or not self._is_surveyed

    def _work(self) -> None:
        session = self._open_session()
        if self._mode == "running":
            self._train_step(session)
        elif self._mode == "past_running":
            self._replay_step(session)
            if session.is_at_head:
                self._arrive_at_head(session)
        elif self._mode == "past_running_back":
            self._back_step(session)
        else:
            self._survey(session)

    def _train_step(self, session: Session) -> None:
        started = time.perf_counter()
        before = session.timeline.live
        try:
            done = session.timeline.train()
        finally:
            session.here = session.timeline.live
        session.book.learn(done.passes, before.step)
        n_correct = done.report.n_correct
        for kind in session.milestones.look_at(done.passes, before.step, n_correct, session.book):
            session.note("milestone", before.step, kind=kind)
        self._show_moving(session, before, done)
        wall = time.perf_counter() - started
        self._framer.pace.add(wall, done.report.seconds, done.report.n_samples)

    def _replay_step(self, session: Session) -> None:
        before = session.here
        done = session.timeline.replay(before)
        session.here = done.state
        session.book.learn(done.passes, before.step)
        self._show_moving(session, before, done)

    def _back_step(self, session: Session) -> None:
        if session.here.step == session.timeline.first_step:
            self._park("this is the first step of the run")
            return
        session.here = session.timeline.seek(session.here.step - 1)
        if self._outbox.watching:
            if self._outbox.want_frame.is_set():
                self._outbox.put_frame(self._framer.parked(session, self._mode))
            self._inbox.pause(BACK_PACE_S)

    def _show_moving(self, session: Session, before: TrainState, done: Advance) -> None:
        if self._is_moving and self._outbox.watching and self._outbox.want_frame.is_set():
            frame = self._framer.moving(session, self._mode, before, done)
            if frame is not None:
                self._outbox.put_frame(frame)

    def _survey(self, session: Session) -> None:
        """Make the frame exact, then bring some samples to the state on screen; where that fails,
        wait for the next move."""
        if not self._is_exact:
            self._is_exact = True
            self._outbox.put_frame(self._framer.parked(session, self._mode))
            return
        self._is_surveyed = True
        stale = session.book.stale(session.here.step)
        if stale:
            session.book.measure(session.info.config, session.here, stale)
            self._is_surveyed = False
        now = time.perf_counter()
        if self._is_surveyed or now >= self._survey_due:
            self._survey_due = now + SURVEY_FRAME_S
            self._outbox.put_frame(self._framer.again(session, self._mode))

    def _arrive_at_head(self, session: Session) -> None:
        session.here = session.timeline.live
        if session.is_closed:
            self._park("the recording ends here")
        else:
            self._mode = "running"

    # ---- commands that move ----

    def _run_on(self, command: Run) -> None:
        session = self._open_session()
        if session.is_at_head:
            self._require_open(session)
        self._mode = "running" if session.is_at_head else "past_running"

    def _run_back(self, command: RunBack) -> None:
        self._open_session()
        self._mode = "past_running_back"

    def _pause(self, command: Pause) -> None:
        self._park("paused", is_exact=not self._is_moving)

    def _step(self, command: Step) -> None:
        session = self._open_session()
        self._mode = session.resting_mode
        if session.is_at_head:
            self._require_open(session)
            self._train_step(session)
        else:
            self._replay_step(session)
        if session.is_at_head:
            session.here = session.timeline.live
        self._park("step")

    def _back(self, command: Back) -> None:
        session = self._open_session()
        if session.here.step == session.timeline.first_step:
            self._park("this is the first step of the run")
        else:
            self._go_to(session, session.here.step - 1, "back")

    def _seek(self, command: Seek) -> None:
        session = self._open_session()
        first, head = session.timeline.first_step, session.timeline.head
        self._go_to(session, min(max(command.step, first), head), "seek")

    def _return_to_live(self, command: ReturnToLive) -> None:
        session = self._open_session()
        self._go_to(session, session.timeline.head, "live")

    def _go_to(self, session: Session, step: int, reason: str) -> None:
        self._mode = session.resting_mode
        started = time.perf_counter()
        due = started + SEEK_EVENT_S

        def progress(done: int, total: int) -> bool:
            nonlocal due
            if time.perf_counter() >= due:
                due = time.perf_counter() + SEEK_EVENT_S
                self._outbox.put_event(Seeking(step, done, total))
            return not self._inbox.has(Pause, Seek, ReturnToLive, Stop, Quit)

        try:
            session.here = session.timeline.seek(step, progress)
        except Cancelled:
            session.timeline.history.cursor = session.here.step
            reason = "the seek was cancelled"
        self._park(reason)

    def _stop(self, command: Stop) -> None:
        session = self._open_session()
        self._mode = session.resting_mode
        session.close()
        self._park("stopped")

    # ---- commands that do not move ----

    def _watch(self, command: Watch) -> None:
        session = self._open_session()
        if not 0 <= command.sample < len(session.info.data.dataset):
            raise Refused(
                f"there is no sample {command.sample} in {session.info.data.dataset.name}"
            )
        session.info.data.prepared(command.sample)
        is_new = session.watched != command.sample
        session.watched = command.sample
        if is_new and not self._is_moving:
            self._outbox.put_frame(self._framer.parked(session, self._mode))

    def _set_learning_rate(self, command: SetLearningRate) -> None:
        session = self._open_session()
        self._require_open(session)
        if not session.is_at_head:
            raise Refused(
                f"step {session.here.step:,} is in the past, and training it differently needs a "
                "branch; return to live and set the learning rate there"
            )
        if not 0 < command.lr < float("inf"):
            raise Refused(f"the learning rate is {command.lr}; allowed: a number above 0")
        session.here = session.timeline.set_learning_rate(command.lr)
        if not self._is_moving:
            self._park("learning rate")

    def _save(self, command: Save) -> None:
        session = self._open_session()
        save(session, command.path)
        self._outbox.put_event(Saved(command.path, session.here.step))

    def _open(self, command: NewRun | Restart | OverfitBatch | Load) -> None:
        """Open another run; the one that is open is closed only when that has worked."""
        opened, loaded = self._opener.open(command, self._session)
        before, self._session = self._session, opened
        self._framer = Framer()
        self._mode = opened.resting_mode
        self._outbox.put_event(RunOpened(opened.info))
        if loaded is not None:
            self._outbox.put_event(loaded)
        if before is not None:
            before.close()
        self._opener.tidy(opened)
        self._park("a new run" if loaded is None else "loaded")

    def _quit(self, command: Quit) -> None:
        self._is_over = True
        if self._session is not None:
            self._session.close()

    # ---- standing still ----

    def _park(self, reason: str, *, is_exact: bool = True) -> None:
        """Stand still: the frame first, then the event, unless a move waits already. A pause shows
        the watched sample by itself at once, and the exact frame as soon as it is made."""
        session = self._open_session()
        self._mode = session.resting_mode
        self._is_surveyed = False
        self._is_exact = is_exact
        self._survey_due = time.perf_counter() + SURVEY_FRAME_S
        if self._inbox.is_moving_on():
            return
        make = self._framer.parked if is_exact else self._framer.at_once
        self._outbox.put_frame(make(session, self._mode))
        self._outbox.put_event(Parked(session.here.step, reason))

    def _fail(self, error: Exception) -> None:
        """The one place where an error becomes an event."""
        session, doing = self._session, self._doing
        is_ours = isinstance(error, CrnnError)
        step = 0 if session is None else session.here.step
        # A command that is refused, e.g. a bad file to load, changes nothing: training goes on.
        if session is not None and not (is_ours and doing is not None and self._is_moving):
            self._mode = session.resting_mode
            self._is_surveyed = True
            self._outbox.put_frame(self._last_resort(session))
        message = str(error) if is_ours else f"{type(error).__name__}: {error}"
        trace = "".join(traceback.format_exception(error))
        self._outbox.put_event(Failed(failure(doing), message, trace, step))

    def _last_resort(self, session: Session) -> Frame:
        """A frame of the state we stand at, without its trace where that is what fails."""
        try:
            return self._framer.parked(session, self._mode)
        except Exception:  # noqa: BLE001
            return self._framer.bare(session, self._mode)

    def _note(self, command: Command) -> None:
        """Journal a command that was carried out."""
        do = verb(command)
        if do is not None and self._session is not None:
            self._session.note(do, self._session.here.step)

    def _open_session(self) -> Session:
        if self._session is None:
            raise Refused("no run is open; start one with New run, or load a checkpoint")
        return self._session

    def _require_open(self, session: Session) -> None:
        if session.is_closed:
            raise RecordingError(
                "this recording is closed; its past can be walked, and Restart begins a new run"
            )
