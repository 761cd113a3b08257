"""What crosses the thread about the place within a step: the commands that move there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crnn.debug.cursor import Level
    from crnn.debug.inner import Form


@dataclass(frozen=True, slots=True)
class Move:
    """One on (by 1) or back (by -1) at the level one stands at: step, phase, timestep or line.

    Past the end of a step the next one is entered, by training or by replay as `Step` does.
    """

    by: int


@dataclass(frozen=True, slots=True)
class ChangeLevel:
    """Look at the same place at another level."""

    level: Level


@dataclass(frozen=True, slots=True)
class ShiftLevel:
    """Look at the same place one level finer (by 1) or coarser (by -1)."""

    by: int


@dataclass(frozen=True, slots=True)
class GoToPhase:
    """Stand at a phase of the step on screen, counted from 0."""

    phase: int


@dataclass(frozen=True, slots=True)
class GoToLine:
    """Stand at a moment of the recording of the phase on screen, counted from 0."""

    place: int


@dataclass(frozen=True, slots=True)
class RunOn:
    """Run on (by 1) or back (by -1), as `Run` and `RunBack` do. At level line, where a breakpoint
    on a line is on, each step on the way is also looked through, so that the run stops there."""

    by: int


@dataclass(frozen=True, slots=True)
class ChooseForm:
    """Which source of a phase is stepped through."""

    form: Form


LevelCommand = Move | RunOn | ChangeLevel | ShiftLevel | GoToPhase | GoToLine | ChooseForm
