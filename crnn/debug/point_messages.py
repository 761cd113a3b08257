"""What crosses the thread about breakpoints and watches: commands in, events out. All frozen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the window is painted before the engine is loaded
    from crnn.debug.points import Condition, Hit, Point

# ---- commands ----


@dataclass(frozen=True, slots=True)
class AddPoint:
    """A breakpoint; one on a line replaces that line's. Refused, changing nothing, where its
    expression is not one, or no statement stands there."""

    condition: Condition
    logs_only: bool = False
    ignore: int = 0


@dataclass(frozen=True, slots=True)
class EditPoint:
    """Put `point` in place of the one with its number: on or off, other words, other counts."""

    point: Point


@dataclass(frozen=True, slots=True)
class RemovePoint:
    number: int


@dataclass(frozen=True, slots=True)
class AddWatch:
    """Keep the value of an expression for every step; its past is filled in meanwhile."""

    text: str
    sample: int = -1


@dataclass(frozen=True, slots=True)
class DrawWatch:
    """Whether TIME has a curve of this watch."""

    number: int
    is_drawn: bool


@dataclass(frozen=True, slots=True)
class RemoveWatch:
    number: int


@dataclass(frozen=True, slots=True)
class LastChange:
    """Go back to the step at which the value of this expression last changed."""

    text: str
    sample: int = -1


@dataclass(frozen=True, slots=True)
class CancelHindsight:
    """Stop filling the past of a watch, and forget what of it was filled."""

    number: int


@dataclass(frozen=True, slots=True)
class GoToHit:
    """Stand where a breakpoint hit: at its step, and of a line at the very moment within it."""

    hit: Hit


@dataclass(frozen=True, slots=True)
class ShowLine:
    """Stand where this line is executed first within the step on screen."""

    file: str
    line: int


# ---- events ----


@dataclass(frozen=True, slots=True)
class PointHit:
    """The run stopped at a breakpoint; Parked follows."""

    point: Point
    hit: Hit


@dataclass(frozen=True, slots=True)
class Changed:
    """The answer to LastChange: at `step` the value was another than at the one before. -1: it has
    been the same since the run began."""

    text: str
    step: int
    before: str
    now: str


PointCommand = (
    AddPoint | EditPoint | RemovePoint | AddWatch | DrawWatch | RemoveWatch | LastChange
    | CancelHindsight | GoToHit | ShowLine
)  # fmt: skip
PointEvent = PointHit | Changed
