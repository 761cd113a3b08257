"""Debugger: the command loop that owns a run and moves over its recording, in a thread of its own.

One idea: between any two commands the loop does one small unit of work - a step, a step back, a
chunk of the survey - so that a pause never waits for more than one batch. Commands come through a
queue, frames and events go out through the outbox, and nothing else is shared with other threads.
Whatever goes wrong becomes one Failed event; the loop then stands at the last good state and takes
commands. This is the only place that catches everything.
"""

from __future__ import annotations

import queue
import traceback
from pathlib import Path

from crnn.debug import (
    breakpoints,
    changes,
    evaluating,
    forking,
    guests,
    keeping,
    levels,
    moves,
    watches,
)  # fmt: skip
from crnn.debug.history import GIB
from crnn.debug.messages import Command, Failed, Frame
from crnn.debug.opening import Opener
from crnn.debug.outbox import Outbox
from crnn.debug.session import Session
from crnn.debug.stage import Stage
from crnn.debug.verbs import failure, verb
from crnn.errors import CrnnError

HANDLERS = {
    **moves.HANDLERS,
    **changes.HANDLERS,
    **forking.HANDLERS,
    **guests.HANDLERS,
    **evaluating.HANDLERS,
    **keeping.HANDLERS,
    **breakpoints.HANDLERS,
    **watches.HANDLERS,
    **levels.HANDLERS,
}
"""Command -> what carries it out: the tables of all rooms."""


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
        self._stage = Stage(inbox, outbox, Opener(runs_dir, run_dir, budget_bytes))

    def run(self) -> None:
        """The loop. Returns after Quit."""
        stage = self._stage
        while not stage.is_over:
            try:
                stage.doing = stage.inbox.next(wait=not stage.has_work)
                if stage.doing is None:
                    moves.work(stage)
                else:
                    HANDLERS[type(stage.doing)](stage, stage.doing)
                    _note(stage, stage.doing)
            except Exception as error:  # noqa: BLE001
                _fail(stage, error)


def _note(stage: Stage, command: Command) -> None:
    """Journal a command that was carried out."""
    do = verb(command)
    if do is not None and stage.session is not None:
        stage.session.note(do, stage.session.here.step)


def _fail(stage: Stage, error: Exception) -> None:
    """The one place where an error becomes an event."""
    session, doing = stage.session, stage.doing
    is_ours = isinstance(error, CrnnError)
    # A command that is refused, e.g. a bad file to load, changes nothing: training goes on.
    if session is not None and not (is_ours and doing is not None and stage.is_moving):
        stage.mode = session.resting_mode
        stage.is_surveyed = True
        stage.outbox.put_frame(_last_resort(stage, session))
    message = str(error) if is_ours else f"{type(error).__name__}: {error}"
    trace = "".join(traceback.format_exception(error))
    step = 0 if session is None else session.here.step
    stage.outbox.put_event(Failed(failure(doing), message, trace, step))


def _last_resort(stage: Stage, session: Session) -> Frame:
    """A frame of the state we stand at, without its trace where that is what fails."""
    try:
        return stage.framer.parked(session, stage.mode)
    except Exception:  # noqa: BLE001
        return stage.framer.bare(session, stage.mode)
