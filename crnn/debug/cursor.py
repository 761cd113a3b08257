"""Cursor: where one stands within a step, and how one verb moves it at each of four levels.

The levels, coarse to fine: step (one batch), phase (one op's forward or backward), timestep (one
frame of a recursion), line (one executed statement). Standing somewhere means that it has just
been done: what it made can be seen, what comes later cannot. The cursor is a value; moving it
within a step computes nothing of the training.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, get_args

Level = Literal["step", "phase", "timestep", "line"]
LEVELS: tuple[Level, ...] = get_args(Level)


@dataclass(frozen=True, slots=True)
class Cursor:
    """`phase` counts the step's phases; `t` the places of the phase's recursion in the order it is
    walked (0 where it has none); `line` the statements that its recording holds."""

    level: Level = "step"
    step: int = -1
    phase: int = 0
    t: int = 0
    line: int = 0

    def at(self, level: Level) -> Cursor:
        """The same place seen at another level."""
        return replace(self, level=level)


def moved(cursor: Cursor, by: int, n_phases: int, size: Callable[[int], int]) -> Cursor | None:
    """The cursor one on (by 1) or one back (by -1); None where that leaves the step.

    `size(phase)` is how many places a phase has at the cursor's level; it is asked of the phase one
    stands in, and of the one before where the move goes back into it.
    """
    if cursor.level == "step":
        return None
    field = {"phase": "", "timestep": "t", "line": "line"}[cursor.level]
    if field:
        place = getattr(cursor, field) + by
        if 0 <= place < size(cursor.phase):
            return _at(cursor, cursor.phase, field, place)
    phase = cursor.phase + by
    if not 0 <= phase < n_phases:
        return None
    return _at(cursor, phase, field, 0 if by > 0 or not field else max(0, size(phase) - 1))


def edge(cursor: Cursor, by: int, n_phases: int, size: Callable[[int], int]) -> Cursor:
    """The first place of a step (by 1) or the last one (by -1), at the cursor's level."""
    phase = 0 if by > 0 else n_phases - 1
    field = {"timestep": "t", "line": "line"}.get(cursor.level, "")
    return _at(cursor, phase, field, 0 if by > 0 or not field else max(0, size(phase) - 1))


def _at(cursor: Cursor, phase: int, field: str, place: int) -> Cursor:
    t, line = place if field == "t" else 0, place if field == "line" else 0
    return replace(cursor, phase=phase, t=t, line=line)
