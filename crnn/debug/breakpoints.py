"""Breakpoints: the commands about points and watches, and what a moving run does about them.

The run asks `look` after every step it takes or takes again. Backwards, the point is searched for
from key frame to key frame instead.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from crnn.debug import reverse, stops
from crnn.debug.lookout import Armed
from crnn.debug.mailroom import INTERRUPTIONS
from crnn.debug.messages import RunBack, Seeking
from crnn.debug.moment import Moment, moment_at
from crnn.debug.nonfinite import first_broken
from crnn.debug.point_messages import (
    AddPoint,
    Changed,
    EditPoint,
    LastChange,
    PointHit,
    RemovePoint,
)
from crnn.debug.points import Condition, Hit, Point
from crnn.debug.reading import Reader
from crnn.debug.session import Session
from crnn.debug.stage import Handler, Refused, Stage
from crnn.debug.timeline import Cancelled
from crnn.debug.watches import keep, reader_for, settled, trace_of
from crnn.train import Advance, TrainState

SEARCH_EVENT_S = 0.1
FILE = "points.json"
HIT, NONE_BEFORE = "breakpoint", "no breakpoint hit before this step"


# ---- what a moving run asks ----


def set_out(session: Session) -> None:
    """Before a run leaves the state on screen: it does not stop there again, and every point knows
    its reading of the step before."""
    lookout, here = session.lookout, session.here.step
    lookout.stopped = ()
    lookout.origin = here if here < session.timeline.head else -1
    for armed, step in lookout.unprimed(here):
        if armed.reads.is_recorded:
            value = reverse.recorded_reader(session.timeline, armed.reads)(step)
        else:
            value = armed.read(_moment(session, step, is_left=armed.reads.stage != "state"))
        armed.last = (step, value)


def look(stage: Stage, session: Session, before: TrainState, done: Advance) -> None:
    """After the step from `before`: stop where a point hits, at the state that it hits at."""
    stops = session.lookout.leave(before, done)
    if stops and stage.is_moving:
        session.here = before
    else:
        stops = session.lookout.arrive(done.state)
    if stops and stage.is_moving:
        _stop_at(stage, session, stops)


def caught(stage: Stage, session: Session) -> bool:
    """Training broke at the head: if a point waits for that, find where, and stop there."""
    armed = session.lookout.catches_non_finite
    if armed is None or not stage.is_moving:
        return False
    live = session.timeline.live
    found = first_broken(session.info.config, session.info.data, live)
    if found is None:
        return False
    _tell(stage, session, (session.lookout.broke(armed, live.step, found),))
    if found.phase in ("backward", "update"):
        stage.park(HIT)
    else:  # what breaks on the way to the loss leaves no trace that could be drawn
        stage.park_bare(HIT)
    return True


def _stop_at(stage: Stage, session: Session, hits: tuple[Hit, ...]) -> None:
    _tell(stage, session, hits)
    keep(session)
    stage.park(HIT)


def _tell(stage: Stage, session: Session, hits: tuple[Hit, ...]) -> None:
    session.lookout.stopped = hits
    for hit in hits:
        stage.outbox.put_event(PointHit(session.lookout.armed[hit.number].point, hit))


def _moment(session: Session, step: int, *, is_left: bool) -> Moment:
    """A recorded step, executed again where the update is wanted; the cursor stays."""
    timeline = session.timeline
    state = session.here if step == session.here.step else timeline.history.get(step)
    if state is None:
        state = timeline.seek(step)
        timeline.history.cursor = session.here.step
    done = timeline.replay(state) if is_left else None
    return moment_at(timeline, state, done)


# ---- backwards ----


def _run_back(stage: Stage, command: RunBack) -> None:
    """To the newest hit before the state on screen; without points, walk until told to stop."""
    session = stage.open_session()
    armed = session.lookout.searched
    session.lookout.stopped = ()
    stage.hunt = None
    if not armed:
        stage.mode = "past_running_back"
        return
    stage.mode = session.resting_mode
    found = search(stage, session, [a.reads for a in armed], session.here.step)
    if found is None:
        stage.park("the seek was cancelled")
    elif not found:
        _stand_at(session, session.timeline.first_step)
        stage.park(NONE_BEFORE)
    else:
        _stand_at(session, found[0].step)
        stop_at_found(stage, session, armed, found)


def stop_at_found(
    stage: Stage, session: Session, armed: list[Armed], found: tuple[reverse.Found, ...]
) -> None:
    """Stand at the state on screen, where these were found to hit; `armed` are those asked."""
    hits = [Hit(armed[f.which].point.number, f.step, f.before, f.now) for f in found]
    for hit in hits:
        session.lookout.armed[hit.number].note(hit)
    _stop_at(stage, session, tuple(hits))


def _last_change(stage: Stage, command: LastChange) -> None:
    session = stage.open_session()
    condition = Condition("changes", command.text, command.sample)
    reads = reader_for(session, condition)
    below = session.here.step + 1
    if not reads.is_shown_at_head:
        below = min(below, session.timeline.head)
    stage.mode = session.resting_mode
    session.lookout.stopped = ()
    found = search(stage, session, [reads], below)
    if found is None:
        stage.park("the seek was cancelled")
        return
    change = found[0] if found else reverse.Found(0, -1, "", "")
    if found:
        _stand_at(session, change.step)
    stage.outbox.put_event(Changed(command.text, change.step, change.before, change.now))
    stage.park("last change")


def search(
    stage: Stage, session: Session, readers: list[Reader], below: int, floor: int = -1
) -> tuple[reverse.Found, ...] | None:
    """The newest hits before `below`, those before `floor` left aside; None where another move
    cancelled the search."""
    due = time.perf_counter() + SEARCH_EVENT_S
    total = below - session.timeline.first_step

    def goes_on(done: int, step: int) -> bool:
        nonlocal due
        if time.perf_counter() >= due:
            due = time.perf_counter() + SEARCH_EVENT_S
            stage.outbox.put_event(Seeking(step, done, total))
        return not stage.inbox.has(*INTERRUPTIONS)

    try:
        return reverse.last_hits(session.timeline, readers, below, goes_on, floor)
    except Cancelled:
        return None
    finally:
        session.timeline.history.cursor = session.here.step


def _stand_at(session: Session, step: int) -> None:
    session.here = session.timeline.seek(step)


# ---- points and watches ----


def _add_point(stage: Stage, command: AddPoint) -> None:
    session = stage.open_session()
    point = Point(0, command.condition, True, command.logs_only, command.ignore)
    _arm(stage, session, point)
    settled(stage, session)


def _edit_point(stage: Stage, command: EditPoint) -> None:
    session = stage.open_session()
    if command.point.number not in session.lookout.armed:
        raise Refused(f"there is no breakpoint {command.point.number}; it has been removed")
    _arm(stage, session, command.point)
    settled(stage, session)


def _arm(stage: Stage, session: Session, point: Point) -> None:
    if point.ignore < 0:
        raise Refused(f"the number of hits to ignore is {point.ignore}; allowed: 0 or more")
    if point.condition.kind == "line":
        point = replace(point, condition=stops.placed(point.condition))
        here = None if stage.is_moving else stage.framer.inside.recording_here(session)
        stops.check(point.condition, here)
    session.lookout.add(point, trace_of(session))


def _remove_point(stage: Stage, command: RemovePoint) -> None:
    session = stage.open_session()
    session.lookout.armed.pop(command.number, None)
    settled(stage, session)


HANDLERS: dict[type[Any], Handler] = {
    RunBack: _run_back,
    AddPoint: _add_point,
    EditPoint: _edit_point,
    RemovePoint: _remove_point,
    LastChange: _last_change,
}
