"""Moves: the commands that change where the run stands, and the units of work of a run on its way.

Each unit is short - a step, a step back - so that a pause never waits for more than one batch.
"""

from __future__ import annotations

import time
from typing import Any

from crnn.debug import breakpoints, hunting, watches
from crnn.debug.mailroom import INTERRUPTIONS
from crnn.debug.messages import (
    Back,
    Pause,
    ReturnToLive,
    Run,
    Seek,
    Seeking,
    Step,
    Stop,
)
from crnn.debug.session import Session
from crnn.debug.stage import Handler, Stage
from crnn.debug.timeline import Cancelled
from crnn.errors import NonFinite

SEEK_EVENT_S = 0.1
BACK_PACE_S = 0.02
HINDSIGHT_S = 0.1


# ---- one unit of work ----


def work(stage: Stage) -> None:
    """The next unit of what the stage is at: moving, or what there is to do while it stands."""
    session = stage.open_session()
    if stage.mode == "running":
        _train(stage, session)
    elif stage.mode == "past_running":
        _replay(stage, session)
        if session.is_at_head and stage.is_moving:
            _arrive_at_head(stage, session)
    elif stage.mode == "past_running_back":
        _go_back(stage, session)
    elif stage.chore is not None and stage.is_exact:
        stage.do_chore()
    elif not stage.is_surveyed:
        stage.survey(session)
    elif stage.warming is not None:
        stage.warm(session)
    else:
        stage.inbox.pause(HINDSIGHT_S)
    watches.attend(stage, session)


def _train(stage: Stage, session: Session) -> None:
    started = time.perf_counter()
    before = session.timeline.live
    taken = hunting.taken(stage, before)
    made_s = 0.0 if taken is None else taken.report.seconds
    try:
        done = session.train(is_on_its_way=stage.mode == "running", done=taken)
        stepped = time.perf_counter() - started + made_s
    except NonFinite:
        if breakpoints.caught(stage, session):
            return
        raise
    finally:
        session.here = session.timeline.live
    book, n_correct = session.active.book, done.report.n_correct
    book.learn(done.passes, before.step)
    for kind in session.active.milestones.look_at(done.passes, before.step, n_correct, book):
        session.note("milestone", before.step, kind=kind)
    stage.show_moving(session, before, done)
    wall = time.perf_counter() - started + made_s
    stage.framer.pace.add(wall, stepped, done.report.n_samples)
    breakpoints.look(stage, session, before, done)
    hunting.look(stage, session)


def _replay(stage: Stage, session: Session) -> None:
    before = session.here
    done = session.timeline.replay(before, hunting.taken(stage, before))
    session.here = done.state
    session.active.owner(before.step).book.learn(done.passes, before.step)
    stage.show_moving(session, before, done)
    breakpoints.look(stage, session, before, done)
    hunting.look(stage, session)


def _go_back(stage: Stage, session: Session) -> None:
    if session.here.step == session.timeline.first_step:
        stage.park("this is the first step of the run" if stage.hunt is None else hunting.NONE)
        return
    if stage.hunt is not None:
        hunting.go_back(stage, session, stage.hunt)
    else:
        session.here = session.timeline.seek(session.here.step - 1)
    if stage.outbox.watching and stage.is_moving:
        done = hunting.taken(stage, session.here)
        if done is not None:
            stage.show_moving(session, session.here, done)
        elif stage.outbox.want_frame.is_set():
            stage.outbox.put_frame(stage.framer.parked(session, stage.mode))
        if stage.hunt is None:
            stage.inbox.pause(BACK_PACE_S)


def _arrive_at_head(stage: Stage, session: Session) -> None:
    session.here = session.timeline.live
    if session.is_closed:
        stage.park("the recording ends here")
    else:
        stage.mode = "running"


# ---- commands ----


def _run_on(stage: Stage, command: Run) -> None:
    session = stage.open_session()
    if session.is_at_head:
        stage.require_open(session)
    breakpoints.set_out(session)
    stage.hunt = None
    stage.mode = "running" if session.is_at_head else "past_running"


def _pause(stage: Stage, command: Pause) -> None:
    stage.park("paused", is_exact=not stage.is_moving)


def _step(stage: Stage, command: Step) -> None:
    session = stage.open_session()
    stage.mode = session.resting_mode
    breakpoints.set_out(session)
    if session.is_at_head:
        stage.require_open(session)
        _train(stage, session)
    else:
        _replay(stage, session)
    if session.is_at_head:
        session.here = session.timeline.live
    stage.park("step")


def _back(stage: Stage, command: Back) -> None:
    session = stage.open_session()
    if session.here.step == session.timeline.first_step:
        stage.park("this is the first step of the run")
    else:
        go_to(stage, session, session.here.step - 1, "back")


def _seek(stage: Stage, command: Seek) -> None:
    session = stage.open_session()
    first, head = session.timeline.first_step, session.timeline.head
    go_to(stage, session, min(max(command.step, first), head), "seek")


def _return_to_live(stage: Stage, command: ReturnToLive) -> None:
    session = stage.open_session()
    go_to(stage, session, session.timeline.head, "live")


def go_to(stage: Stage, session: Session, step: int, reason: str) -> None:
    """Stand at `step`, first..head, telling how far it is; another move cancels."""
    stage.mode = session.resting_mode
    session.lookout.stopped = ()
    due = time.perf_counter() + SEEK_EVENT_S

    def progress(done: int, total: int) -> bool:
        nonlocal due
        if time.perf_counter() >= due:
            due = time.perf_counter() + SEEK_EVENT_S
            stage.outbox.put_event(Seeking(step, done, total))
        return not stage.inbox.has(*INTERRUPTIONS)

    try:
        session.here = session.timeline.seek(step, progress)
    except Cancelled:
        session.timeline.history.cursor = session.here.step
        reason = "the seek was cancelled"
    stage.park(reason)


def _stop(stage: Stage, command: Stop) -> None:
    session = stage.open_session()
    stage.mode = session.resting_mode
    watches.keep(session)
    session.close()
    stage.park("stopped")


HANDLERS: dict[type[Any], Handler] = {
    Run: _run_on,
    Pause: _pause,
    Step: _step,
    Back: _back,
    Seek: _seek,
    ReturnToLive: _return_to_live,
    Stop: _stop,
}
