"""Keeping: the commands that take something out of the session - a whole run, a test - and the echo
by which a script knows that its commands are done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crnn.debug import capture, frozen
from crnn.debug.frozen_line import Line, line_at
from crnn.debug.messages import Saved
from crnn.debug.script_messages import (
    CopyStopped,
    Echo,
    Echoed,
    Export,
    Exported,
    ExportPlanned,
    Freeze,
    PlanExport,
    StopCopying,
)
from crnn.debug.session import Session
from crnn.debug.stage import Handler, Refused, Stage
from crnn.debug.timeline import Cancelled
from crnn.errors import ExpressionError


def _export(stage: Stage, command: Export) -> None:
    """The run with all its branches."""
    session = stage.open_session()
    directory = _recorded(session)
    dataset, path = session.root.timeline.data.dataset, command.path
    tell = stage.copying(path, is_export=True)
    try:
        note = capture.export(directory, dataset, path, with_data=command.with_data, progress=tell)
    except Cancelled:
        stage.outbox.put_event(CopyStopped(path))
        return
    head, n_bytes = session.timeline.head, path.stat().st_size
    stage.outbox.put_event(Exported(path, head, note, n_bytes))


def _plan(stage: Stage, command: PlanExport) -> None:
    session = stage.open_session()
    dataset = session.root.timeline.data.dataset
    held = capture.contents(_recorded(session), dataset)
    stage.outbox.put_event(ExportPlanned(held))


def _recorded(session: Session) -> Path:
    """The run's directory, with every head as a key frame, so that another machine has them
    whatever its bits. Raises Refused where it has none, and RecordingError."""
    directory = session.root.directory
    if directory is None:
        raise Refused("this run is not recorded, so there is nothing to export")
    for future in session.futures.values():
        if future.timeline.writer is not None and not session.is_closed:
            future.timeline.writer.key_frame(future.timeline.live)
    return directory


def _stop_copying(stage: Stage, command: StopCopying) -> None:
    """What it was to stop has ended by itself."""


def _freeze(stage: Stage, command: Freeze) -> None:
    session = stage.open_session()
    value, line = _line(stage, session, command.value)
    frozen.write_test(session, command.path, value, line)
    stage.outbox.put_event(Saved(command.path, session.here.step))


def _line(stage: Stage, session: Session, value: str) -> tuple[str, Line | None]:
    """At level line the line one stands at, with `value` where that is over its names; and what is
    left of `value` for the step. Raises ExpressionError where it is neither's."""
    here = None if stage.is_moving else stage.framer.inside.executed(session)
    if here is None:
        return value, None
    try:
        return "", line_at(*here, value)
    except ExpressionError as error:
        try:
            frozen.require_number(session, value)
        except ExpressionError:
            raise error from None
        return value, line_at(*here, "")


def _echo(stage: Stage, command: Echo) -> None:
    state = None if stage.session is None else stage.session.here
    stage.outbox.put_event(Echoed(command.token, state))


HANDLERS: dict[type[Any], Handler] = {
    PlanExport: _plan,
    Export: _export,
    StopCopying: _stop_copying,
    Freeze: _freeze,
    Echo: _echo,
}
