"""Levels: the commands that move within a step, and what F10 and F3 mean at each level.

Nothing here touches the training state: the cursor is a value, and what is shown at it is made by
running the step again. Only where a move leaves the step does the run itself move, as it does at
level step; then the next state is entered at its first place, the one before at its last.
"""

from __future__ import annotations

from typing import Any

from crnn.debug.level_messages import (
    ChangeLevel,
    ChooseForm,
    GoToLine,
    GoToPhase,
    Move,
    RunOn,
    SetLineBreak,
)
from crnn.debug.messages import Back, Pause, Quit, Run, RunBack, Step
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
    inside = stage.framer.inside
    if inside.level != "line" or not inside.stops.all:
        stage.inbox.first(Run() if command.by > 0 else RunBack())
        return
    session = _standing(stage)
    hit = inside.run_lines(session, command.by, lambda: stage.inbox.has(Pause, Quit))
    stage.show("no line breakpoint holds in this step" if hit is None else "line breakpoint")


def _change_level(stage: Stage, command: ChangeLevel) -> None:
    session = _standing(stage)
    stage.framer.inside.change_level(session, command.level)
    stage.show("level")


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


def _set_line_break(stage: Stage, command: SetLineBreak) -> None:
    session, inside = stage.open_session(), stage.framer.inside
    if command.remove:
        inside.stops.remove(command.stop)
    else:
        inside.stops.check(command.stop, inside.recording_here(session))
        inside.stops.put(command.stop)
    if not stage.is_moving:
        stage.show("line breakpoint set")


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
    GoToPhase: _go_to_phase,
    GoToLine: _go_to_line,
    RunOn: _run,
    ChooseForm: _choose_form,
    SetLineBreak: _set_line_break,
}
