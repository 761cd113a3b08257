"""Changes: the commands that do not move - what is watched, learning rate, files, other runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crnn.debug import watches
from crnn.debug.framing import Framer
from crnn.debug.messages import (
    Load,
    NewRun,
    OverfitBatch,
    Quit,
    Restart,
    RunOpened,
    Save,
    Saved,
    SetLearningRate,
    Watch,
)
from crnn.debug.opening import Opening, save
from crnn.debug.script_messages import CopyStopped
from crnn.debug.stage import Handler, Refused, Stage
from crnn.debug.timeline import Cancelled
from crnn.errors import CrnnError


def _watch(stage: Stage, command: Watch) -> None:
    session = stage.open_session()
    data = session.info.data
    if not 0 <= command.sample < len(data.dataset):
        raise Refused(f"there is no sample {command.sample} in {data.dataset.name}")
    data.prepared(command.sample)
    is_new = session.watched != command.sample
    session.watched = command.sample
    if is_new and not stage.is_moving:
        stage.outbox.put_frame(stage.framer.parked(session, stage.mode))


def _set_learning_rate(stage: Stage, command: SetLearningRate) -> None:
    session = stage.open_session()
    stage.require_open(session)
    if not session.is_at_head:
        raise Refused(
            f"step {session.here.step:,} is in the past, and training it differently needs a "
            "branch; return to live and set the learning rate there"
        )
    if not 0 < command.lr < float("inf"):
        raise Refused(f"the learning rate is {command.lr}; allowed: a number above 0")
    session.here = session.timeline.set_learning_rate(command.lr)
    if not stage.is_moving:
        stage.park("learning rate")


def _save(stage: Stage, command: Save) -> None:
    session = stage.open_session()
    save(session, command.path)
    stage.outbox.put_event(Saved(command.path, session.here.step))


def _open(stage: Stage, command: Opening) -> None:
    """Open another run; the one that is open is closed only when that has worked."""
    path = command.path if isinstance(command, Load) else Path()
    try:
        copying = stage.copying(path, is_export=False)
        opened, loaded = stage.opener.open(command, stage.session, copying)
    except Cancelled:
        stage.outbox.put_event(CopyStopped(path))
        return
    try:
        watches.take_over(opened, stage.session if isinstance(command, Restart) else None)
    except CrnnError:
        opened.close()
        raise
    before, stage.session = stage.session, opened
    stage.drop_chore()
    if before is not None:
        opened.take_over(before)
    stage.framer = Framer()
    stage.mode = opened.resting_mode
    stage.outbox.put_event(RunOpened(opened.info))
    if loaded is not None:
        stage.outbox.put_event(loaded)
    if before is not None:
        watches.leave(before)
        before.close()
    stage.opener.tidy(opened)
    stage.park("a new run" if loaded is None else "loaded")


def _quit(stage: Stage, command: Quit) -> None:
    stage.is_over = True
    if stage.session is not None:
        watches.leave(stage.session)
        stage.session.close()


HANDLERS: dict[type[Any], Handler] = {
    Watch: _watch,
    SetLearningRate: _set_learning_rate,
    NewRun: _open,
    Restart: _open,
    OverfitBatch: _open,
    Load: _open,
    Save: _save,
    Quit: _quit,
}
