"""Watches: the commands about watches, the process that fills their past, and what a run keeps.

Points and watches lie in the run directory, so they are there again when the run is opened again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from crnn import durable
from crnn.arrays import I64
from crnn.debug import points
from crnn.debug.branches import Future, parting
from crnn.debug.hindsight import SHARE, Chunk, Hindsight, Job, Stretch
from crnn.debug.lookout import Lookout, Watched
from crnn.debug.moment import moment_at
from crnn.debug.observe import observe
from crnn.debug.point_messages import (
    AddWatch,
    CancelHindsight,
    DrawWatch,
    RemoveWatch,
)
from crnn.debug.points import Condition, Kept, Watch
from crnn.debug.reading import Reader, reader
from crnn.debug.reverse import recorded_reader
from crnn.debug.session import Session
from crnn.debug.stage import Handler, Refused, Stage
from crnn.debug.timeline import Timeline
from crnn.debug.trace import Trace
from crnn.errors import CrnnError, RecordingError, ReplayDivergence

FILE = "points.json"


def _add_watch(stage: Stage, command: AddWatch) -> None:
    session = stage.open_session()
    watched = session.lookout.watch(Watch(0, command.text, command.sample), trace_of(session))
    _fill_what_is_at_hand(session, watched)
    settled(stage, session)


def _remove_watch(stage: Stage, command: RemoveWatch) -> None:
    session = stage.open_session()
    session.lookout.watched.pop(command.number, None)
    _leave_hindsight(session, command.number)
    settled(stage, session)


def _draw_watch(stage: Stage, command: DrawWatch) -> None:
    session = stage.open_session()
    watched = session.lookout.watched.get(command.number)
    if watched is None:
        raise Refused(f"there is no watch {command.number}; it has been removed")
    watched.watch = replace(watched.watch, is_drawn=command.is_drawn)
    settled(stage, session)


def _cancel_hindsight(stage: Stage, command: CancelHindsight) -> None:
    """End it, and forget what it filled: the curve begins where it was added."""
    session, running = stage.open_session(), stage.open_session().hindsight
    watched = session.lookout.watched.get(command.number)
    if watched is not None and not watched.is_settled:
        watched.is_settled = True
        if running is not None and command.number in running.numbers and running.steps:
            filled = np.intersect1d(np.concatenate(running.steps), watched.wanted)
            watched.series = watched.series.without(filled)
        _leave_hindsight(session, command.number)
    settled(stage, session)


def _leave_hindsight(session: Session, number: int) -> None:
    """A watch wants its past no longer; where no other one does, the process ends."""
    if session.hindsight is not None:
        session.hindsight.numbers.discard(number)
        if not session.hindsight.numbers:
            end_hindsight(session)


def settled(stage: Stage, session: Session) -> None:
    """A point or watch is another now: keep what there is, and show it."""
    keep(session)
    if not stage.is_moving:
        stage.outbox.put_frame(stage.framer.again(session, stage.mode))


def reader_for(session: Session, condition: Condition) -> Reader:
    """`condition` made ready for this run. Raises ExpressionError."""
    trace = None
    if 0 <= condition.sample < len(session.info.data.dataset):
        trace = trace_of(session)(condition.sample)
    return reader(condition, session.lookout.catalog, session.info.data, trace)


def trace_of(session: Session) -> Callable[[int], Trace]:
    """sample -> its trace at the state on screen, for the shapes of its arrays."""
    info = session.info
    return lambda sample: observe(info.config, info.data, session.here, sample)


# ---- the past of watches ----


def _fill_what_is_at_hand(session: Session, watched: Watched) -> None:
    """The state on screen, and what the reports answer: no step is executed for these."""
    timeline, reads = session.timeline, watched.reads
    if reads.stage == "state":
        watched.look(moment_at(timeline, session.here, None))
    if reads.is_recorded:
        read = recorded_reader(timeline, reads)
        for step in range(timeline.first_step, timeline.head):
            watched.series.put(step, float(read(step)))
    if reads.is_recorded or not len(watched.series.unknown(timeline.first_step, timeline.head)):
        watched.is_settled = True


def attend(stage: Stage, session: Session) -> None:
    """Between two steps: begin, follow and end the process that fills the past of watches."""
    running = session.hindsight
    if running is None:
        _begin_hindsight(session)
        return
    running.set_share(SHARE if stage.is_moving else 1.0)
    try:
        for chunk in running.poll():
            _take(session, running, chunk)
    except CrnnError:
        _give_up(session, running)
        raise
    if running.is_done:
        _give_up(session, running)
    if stage.is_surveyed and not stage.is_moving:
        stage.outbox.put_frame(stage.framer.again(session, stage.mode))


def end_hindsight(session: Session) -> None:
    """End the process, if there is one."""
    if session.hindsight is not None:
        session.hindsight.close()
        session.hindsight = None


def _give_up(session: Session, running: Hindsight) -> None:
    """The job is over: what it has no value of stays unknown."""
    end_hindsight(session)
    for number in running.numbers:
        watched = session.lookout.watched.get(number)
        if watched is not None:
            watched.is_settled = True


def _waiting(session: Session) -> list[Watched]:
    return [w for w in session.lookout.watched.values() if not w.is_settled]


def _begin_hindsight(session: Session) -> None:
    timeline, waiting = session.timeline, _waiting(session)
    for watched in waiting:
        watched.wanted = watched.series.unknown(timeline.first_step, timeline.head)
        watched.is_settled = not len(watched.wanted)
    asked = [watched for watched in waiting if not watched.is_settled]
    if asked:
        unknown = np.unique(np.concatenate([watched.wanted for watched in asked]))
        job = Job(_stretches(timeline, unknown), tuple(watched.watch for watched in asked))
        session.hindsight = Hindsight(job)


def _stretches(timeline: Timeline, unknown: I64) -> tuple[Stretch, ...]:
    """What is to be executed for these steps: of a branch its own states, before them those of its
    parent."""
    found: list[Stretch] = []
    part, end = timeline, timeline.head
    while True:
        own = unknown[(unknown >= part.start) & (unknown < end)]
        writer = part.writer
        if len(own):
            stretch = Stretch(
                config=part.config,
                dataset=part.data.dataset,
                first=part.first,
                edits=dict(part.edits),
                directory=None if writer is None else writer.directory,
                key_steps=() if writer is None else tuple(writer.frames.steps),
                start=part.start,
                stop=int(own[-1]) + 1,
            )
            found.append(stretch)
        if part.parent is None:
            return tuple(found)
        part, end = part.parent, part.start


def _take(session: Session, running: Hindsight, chunk: Chunk) -> None:
    """Compare a chunk with the recording, then keep its values. Raises ReplayDivergence."""
    timeline = session.timeline
    recorded = timeline.reports.column("digests")[chunk.steps - timeline.first_step]
    steps = chunk.steps.tolist()
    is_of_here = [timeline.owner(step).provenance.is_of_here(step) for step in steps]
    differs = np.argwhere((recorded != chunk.digests_NX) & np.array(is_of_here)[:, None])
    if len(differs):
        row, tensor = (int(i) for i in differs[0])
        raise ReplayDivergence(int(chunk.steps[row]), timeline.tensors[tensor])
    for watch, values in zip(running.job.watches, chunk.values_WN, strict=True):
        watched = session.lookout.watched.get(watch.number)
        if watched is not None and watch.number in running.numbers:
            watched.series.fill(chunk.steps, values)


# ---- what outlives the session ----


def keep(session: Session) -> None:
    """Write points, watches and hits into the run directory. Raises RecordingError."""
    if not session.info.directory or session.is_closed:
        return
    path = Path(session.info.directory) / FILE
    try:
        durable.write(path, points.to_json(session.lookout.kept()).encode())
    except OSError as error:
        raise RecordingError(
            f"{path}: cannot be written ({error.strerror}); free some space, then go on"
        ) from error


def leave(session: Session) -> None:
    """The session ends: so does its hindsight; its hits are kept."""
    end_hindsight(session)
    keep(session)


def move_to(session: Session, former: Future) -> None:
    """Another branch is moved over: the same points and watches, looking at that one."""
    end_hindsight(session)
    future = session.active
    made = Lookout(future.timeline)
    made.take_over(former.lookout, parting(former, future), trace_of(session))
    made.remember(future.lookout)
    future.lookout = made
    for watched in made.watched.values():
        _fill_what_is_at_hand(session, watched)


def take_over(session: Session, before: Session | None) -> None:
    """What a run begins with: the points in its directory, those of the run before where that is
    the same run once more, or the ready-made one. Raises RecordingError."""
    path = Path(session.info.directory) / FILE
    kept: Kept = points.FRESH
    if session.info.directory and path.exists():
        kept = points.from_json(path.read_text(encoding="utf-8"), str(path))
    elif before is not None:
        kept = points.without_hits(before.lookout.kept())
    session.lookout.adopt(kept, trace_of(session))
    for watched in session.lookout.watched.values():
        _fill_what_is_at_hand(session, watched)


HANDLERS: dict[type[Any], Handler] = {
    AddWatch: _add_watch,
    RemoveWatch: _remove_watch,
    CancelHindsight: _cancel_hindsight,
    DrawWatch: _draw_watch,
}
