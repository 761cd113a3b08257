"""Hunting: a run at level line, on or back, to where a breakpoint on a line of code holds.

What is left of the step on screen is looked through first, then step after step, each by making its
calls again for the sample on screen (crnn.debug.probing). A step is made once, watched: it is
looked through, and then it is the step that the run takes, so the other breakpoints stop it too.
Nothing of this happens, or costs anything, in another run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crnn.debug import breakpoints, stops, watches
from crnn.debug.calls import Call
from crnn.debug.inner import Form
from crnn.debug.lookout import Armed
from crnn.debug.mailroom import INTERRUPTIONS
from crnn.debug.point_messages import PointHit
from crnn.debug.points import Condition, Hit, Point, Spot
from crnn.debug.probing import Hold, probed, reaches, runs
from crnn.debug.reverse import Found
from crnn.debug.session import Session
from crnn.debug.stage import Refused, Stage
from crnn.effort import Effort
from crnn.train import Advance, TrainState

HIT, NONE = "line breakpoint", "no line breakpoint holds before"
WINDOW = 32
"""Backwards, so many steps at a time are searched for the other breakpoints: far back they are of
no interest, since a line may hold before."""


@dataclass(slots=True)
class Hunt:
    """A run at level line. Backwards: `others` are the newest hits of the other breakpoints at or
    after step `floor`, down to which they have been searched for."""

    by: int
    floor: int
    others: tuple[Found, ...] = ()


def set_out(stage: Stage, session: Session, by: int) -> None:
    """Run on (by 1) or back (by -1). Raises Refused where no step could ever stop it."""
    session.lookout.stopped = ()
    if _look_through(stage, session, by, is_entered=False):
        stage.show(HIT)
        return
    if stage.inbox.has(*INTERRUPTIONS):
        stage.show("paused")
        return
    if not any(runs(calls, _on(session)) for calls in stage.framer.inside.calls(session)):
        raise Refused(
            "no line breakpoint that is on lies in code that runs here; show the other text of the "
            "phase, or set one in a line that runs"
        )
    if by < 0 and session.here.step == session.timeline.first_step:
        stage.show(NONE)
        return
    if by > 0 and session.is_at_head:
        stage.require_open(session)
    if by > 0:
        breakpoints.set_out(session)
    session.note("run" if by > 0 else "run_back", session.here.step)
    stage.hunt = Hunt(by, session.here.step)
    if by < 0:
        stage.mode = "past_running_back"
    else:
        stage.mode = "running" if session.is_at_head else "past_running"


def look(stage: Stage, session: Session) -> None:
    """After a step on: stop where a line holds within the one on screen."""
    is_on_its_way = stage.hunt is not None and stage.is_moving
    if is_on_its_way and _look_through_all(stage, session, 1):
        stage.park(HIT)


def go_back(stage: Stage, session: Session, hunt: Hunt) -> None:
    """One step back, and stop where a line holds within it, or another breakpoint hits at it. What
    is known of a step only once it has been taken comes after its lines."""
    step = session.here.step - 1
    others = _others(stage, session, hunt, step)
    if others is None:
        stage.park("the seek was cancelled")
        return
    session.here = session.timeline.seek(step)
    armed = session.lookout.searched
    late = tuple(found for found in others if armed[found.which].reads.stage != "state")
    if late:
        stage.framer.inside.enter(-1)
        breakpoints.stop_at_found(stage, session, armed, late)
    elif _look_through_all(stage, session, -1):
        stage.park(HIT)
    elif others:
        breakpoints.stop_at_found(stage, session, armed, others)


def taken(stage: Stage, state: TrainState) -> Advance | None:
    """The step from `state`, where a run at level line has made it to look through it: it need not
    be made again."""
    return None if stage.hunt is None else stage.framer.inside.taken(state)


def show_line(stage: Stage, session: Session, condition: Condition) -> None:
    """Stand where a line is executed first within the step on screen, of the text on screen or of
    the other one. Raises Refused where neither executes it."""
    inside = stage.framer.inside
    was, cursor = inside.form, inside.cursor
    place = Point(0, stops.placed(condition))
    forms: tuple[Form, Form] = ("trained", "readable")
    for form in sorted(forms, key=lambda form: form != was):
        inside.choose_form(form)
        for phase, hold in _holds(stage, session, (place,), 1, is_entered=True):
            inside.stand(phase, hold.place)
            return
    inside.choose_form(was)
    inside.cursor = cursor
    raise Refused(
        f"{condition.file}:{condition.line} is not executed in this step for this sample; choose "
        "another sample or step"
    )


def _on(session: Session) -> tuple[Point, ...]:
    return tuple(point for point in session.lookout.lines if point.is_on)


def _look_through_all(stage: Stage, session: Session, by: int) -> bool:
    """The same of a whole step, with what it costs beside the step itself, which the run takes."""
    effort, points = Effort(), _on(session)
    stops_here = _look_through(stage, session, by, is_entered=True)
    spent_s = max(0.0, effort.seconds() - stage.framer.inside.taken_s)
    for point in points:
        session.lookout.armed[point.number].cost.add(spent_s / len(points))
    return stops_here


def _look_through(stage: Stage, session: Session, by: int, *, is_entered: bool) -> bool:
    """Whether a line stops the run within the step on screen; then one stands there."""
    inside, armed = stage.framer.inside, session.lookout.armed
    points = _on(session)
    for phase, hold in _holds(stage, session, points, by, is_entered=is_entered):
        spot = Spot(session.watched, inside.form, phase, hold.place)
        hit = Hit(hold.number, session.here.step, "", hold.said, spot)
        stops_here = armed[hold.number].note(hit)
        point = armed[hold.number].point
        if stops_here or (by < 0 and not point.logs_only):
            inside.stand(phase, hold.place)
            session.lookout.stopped = (hit,)
            stage.outbox.put_event(PointHit(point, hit))
            watches.keep(session)
            return True
    return False


def _holds(
    stage: Stage, session: Session, points: tuple[Point, ...], by: int, *, is_entered: bool
) -> Iterator[tuple[int, Hold]]:
    """Phase by phase where the points hold, in the order of the way: all of the step, or what lies
    before or after the cursor. Ends early where one is told to stop."""
    inside = stage.framer.inside
    calls = inside.calls(session)
    here = inside.cursor
    first = (0 if by > 0 else len(calls) - 1) if is_entered else here.phase
    for phase in range(first, len(calls) if by > 0 else -1, by):
        if not reaches(calls[phase], points):
            continue
        probe = _probed(calls[phase], points, session)
        for hold in probe[::by]:
            if is_entered or phase != here.phase or (hold.place - here.line) * by > 0:
                yield phase, hold
        if stage.inbox.has(*INTERRUPTIONS):
            return


def _probed(calls: tuple[Call, ...], points: tuple[Point, ...], session: Session) -> list[Hold]:
    """Where the points hold in a phase; what cannot be asked there says so beside its point."""
    probe = probed(calls, points)
    for number, fault in probe.faults.items():
        armed: Armed | None = session.lookout.armed.get(number)
        if armed is not None:
            armed.fault = fault
    return probe.holds


def _others(stage: Stage, session: Session, hunt: Hunt, step: int) -> tuple[Found, ...] | None:
    """The hits of the other breakpoints at `step`; None where the search was cancelled."""
    readers = [armed.reads for armed in session.lookout.searched]
    if not readers:
        return ()
    if step < hunt.floor:
        floor = max(session.timeline.first_step, step - WINDOW + 1)
        found = breakpoints.search(stage, session, readers, step + 1, floor)
        if found is None:
            return None
        hunt.floor, hunt.others = floor, found
    return tuple(found for found in hunt.others if found.step == step)
