"""Keeping: the commands that take something out of the session - a whole run, a test - and the echo
by which a script knows that its commands are done."""

from __future__ import annotations

from typing import Any

from crnn.debug import capture, frozen
from crnn.debug.messages import Saved
from crnn.debug.script_messages import Echo, Echoed, Export, Exported, Freeze
from crnn.debug.stage import Handler, Refused, Stage


def _export(stage: Stage, command: Export) -> None:
    """The run with all its branches. Every head becomes a key frame first, so that the other
    machine has it whatever its bits."""
    session = stage.open_session()
    directory = session.root.directory
    if directory is None:
        raise Refused(
            "this run is not recorded, so there is nothing to export; start it with --run"
        )
    for future in session.futures.values():
        if future.timeline.writer is not None and not session.is_closed:
            future.timeline.writer.key_frame(future.timeline.live)
    dataset = session.root.timeline.data.dataset
    note = capture.export(directory, dataset, command.path, with_folder=command.with_folder)
    stage.outbox.put_event(Exported(command.path, session.timeline.head, note))


def _freeze(stage: Stage, command: Freeze) -> None:
    session = stage.open_session()
    frozen.write_test(session, command.path, command.value)
    stage.outbox.put_event(Saved(command.path, session.here.step))


def _echo(stage: Stage, command: Echo) -> None:
    state = None if stage.session is None else stage.session.here
    stage.outbox.put_event(Echoed(command.token, state))


HANDLERS: dict[type[Any], Handler] = {Export: _export, Freeze: _freeze, Echo: _echo}
