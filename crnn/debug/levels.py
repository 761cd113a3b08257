"""Levels: the commands that move within a step, and what F10 and F3 mean at each level.

Nothing here touches the training state: the cursor is a value, and what is shown at it is made by
running the step again. Only where a move leaves the step does the run itself move, as it does at
level step; then the next state is entered at its first place, the one before at its last.
"""

from __future__ import annotations

from typing import Any

from crnn.debug import hunting
from crnn.debug.cursor import LEVELS
from crnn.debug.level_messages import (
    ChangeLevel,
    ChooseForm,
    GoToLine,
    GoToPhase,
    Move,
    RunOn,
    ShiftLevel,
)
from crnn.debug.messages import Back, Run, RunBack, Step
from crnn.debug.moves import go_to
from crnn.debug.point_messages import GoToHit, ShowLine
from crnn.debug.points import Condition
from crnn.debug.session import Session
from crnn.debug.stage import Handler, Stage


def _move(stage: Stage, command: Move) -> None:
    session, inside = _standing(stage), stage.framer.inside
    if inside.move(session, command.by):
        stage.show(inside.level)
        return
    if command.by < 0 and session.here.step == session.timeline.first_step:
        stage.show("this is the first step of the run")
        return
    inside.enter(command.by)
    stage.inbox.first(Step() if command.by > 0 else Back())


def _run(stage: Stage, command: RunOn) -> None:
    inside, session = stage.framer.inside, stage.open_session()
    if inside.level != "line" or not any(point.is_on for point in session.lookout.lines):
        stage.inbox.first(Run() if command.by > 0 else RunBack())
        return
    hunting.set_out(stage, _standing(stage), command.by)


def _change_level(stage: Stage, command: ChangeLevel) -> None:
    session = _standing(stage)
    stage.framer.inside.change_level(session, command.level)
    stage.show("level")


def _shift_level(stage: Stage, command: ShiftLevel) -> None:
    at = LEVELS.index(stage.framer.inside.level) + command.by
    _change_level(stage, ChangeLevel(LEVELS[min(max(at, 0), len(LEVELS) - 1)]))


def _go_to_phase(stage: Stage, command: GoToPhase) -> None:
    session = _standing(stage)
    stage.framer.inside.go_to_phase(session, command.phase)
    stage.show("phase")


def _go_to_line(stage: Stage, command: GoToLine) -> None:
    session = _standing(stage)
    stage.framer.inside.go_to_line(session, command.place)
    stage.show("line")


def _choose_form(stage: Stage, command: ChooseForm) -> None:
    _standing(stage)
    stage.framer.inside.choose_form(command.form)
    stage.show("line")


def _go_to_hit(stage: Stage, command: GoToHit) -> None:
    session, inside, spot = _standing(stage), stage.framer.inside, command.hit.spot
    if spot is not None and spot.sample < len(session.info.data.dataset):
        session.watched = spot.sample
        inside.expect(spot)
    first, head = session.timeline.first_step, session.timeline.head
    go_to(stage, session, min(max(command.hit.step, first), head), "seek")
    inside.expect(None)


def _show_line(stage: Stage, command: ShowLine) -> None:
    where = Condition("line", file=command.file, line=command.line)
    hunting.show_line(stage, _standing(stage), where)
    stage.show("line")


def _standing(stage: Stage) -> Session:
    """The run, standing still: one that moves is stopped first."""
    session = stage.open_session()
    if stage.is_moving:
        stage.mode = session.resting_mode
        stage.park("paused")
    return session


HANDLERS: dict[type[Any], Handler] = {
    Move: _move,
    ChangeLevel: _change_level,
    ShiftLevel: _shift_level,
    GoToPhase: _go_to_phase,
    GoToLine: _go_to_line,
    RunOn: _run,
    ChooseForm: _choose_form,
    GoToHit: _go_to_hit,
    ShowLine: _show_line,
}
