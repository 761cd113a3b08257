"""Inner: what a frame says of a place within its step. Frozen; the views draw nothing else.

Everything is of the one sample on screen, cut from the batch that trained. Names of arrays are
those of the trace: "image", "conv2.conv", "conv2.act", "conv2.pool", "rnn1.fwd", "logits", "prob",
"alpha", "beta", "gamma", "grad".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from crnn.debug.cursor import Cursor

if TYPE_CHECKING:
    from crnn.arrays import F32, F64, I64, Bool
    from crnn.debug.phases import Way
    from crnn.debug.points import Point

FAR = 1e30
"""Values beyond stand for "never" in the lattices: they are left out of a range."""
Form = Literal["trained", "readable"]
"""Of the source: the kernel that ran, or the plain text that says the same."""


@dataclass(frozen=True, slots=True)
class PhaseInfo:
    """One phase: its op's name, the block or layer it is part of, seconds in all shards, and the
    places of its recursion (1: it has none). `is_reached` is False where the step failed before."""

    name: str
    part: str
    way: Way
    seconds: float
    places: int
    is_reached: bool


@dataclass(frozen=True, slots=True)
class Clip:
    """The gradient's norm over all tensors, before and after; factor = after / before."""

    before: float
    after: float
    factor: float


@dataclass(frozen=True, slots=True)
class TensorUpdate:
    """Euclidean norms of a tensor and of what this step added to it."""

    name: str
    weight: float
    change: float

    @property
    def ratio(self) -> float:
        """change / weight; 0 where nothing changed, inf where the tensor was 0."""
        if not self.change:
            return 0.0
        return self.change / self.weight if self.weight else float("inf")


@dataclass(frozen=True, slots=True, eq=False)
class Local:
    """One name of the function at a line.

    `text` is a plain value as written; an array has `picture_RC` instead: its rows and columns, of
    this sample where it has an axis N, time or width across. `axes` are its letters, "·" for one
    that is not known, "" where none is; `shape`, `dtype`, `low` and `high` are of the whole array
    (of usual values).
    row_R and column_C say which rows and columns are shown; `across` is the axis that lies across,
    `sample` the axis and place of the sample. `unwritten_RC`: the cells that nothing has been
    written to yet, None where there are none.
    """

    name: str
    is_made: bool
    text: str = ""
    axes: str = ""
    shape: tuple[int, ...] = ()
    dtype: str = ""
    low: float = 0.0
    high: float = 0.0
    picture_RC: F64 | None = None
    row_R: I64 | None = None
    column_C: I64 | None = None
    unwritten_RC: Bool | None = None
    across: int = -1
    sample: tuple[int, int] | None = None

    def cell(self, index: tuple[int, ...]) -> tuple[int, int] | None:
        """The row and column of the picture that show this place of the whole array; None where
        none do: it is another sample's, or left out of a large array."""
        if self.picture_RC is None or len(index) != len(self.shape):
            return None
        assert self.row_R is not None
        assert self.column_C is not None
        axis, of_sample = self.sample or (-1, 0)
        if axis >= 0 and index[axis] != of_sample:
            return None
        place = 0
        for at in range(len(self.shape)):
            if at not in (axis, self.across):
                place = place * self.shape[at] + index[at]
        column = index[self.across] if index else 0
        rows, columns = (self.row_R == place).nonzero()[0], (self.column_C == column).nonzero()[0]
        return (int(rows[0]), int(columns[0])) if rows.size and columns.size else None

    def index(self, row: int, column: int) -> tuple[int, ...]:
        """Where a cell of the picture stands in the whole array."""
        assert self.row_R is not None
        assert self.column_C is not None
        held = {self.across: int(self.column_C[column])} if self.shape else {}
        if self.sample is not None:
            held[self.sample[0]] = self.sample[1]
        place = int(self.row_R[row])
        for axis in reversed(range(len(self.shape))):
            if axis not in held:
                place, at = divmod(place, self.shape[axis])
                held[axis] = at
        return tuple(held[axis] for axis in range(len(self.shape)))


@dataclass(frozen=True, slots=True, eq=False)
class LineView:
    """A line that was just executed. `line` .. `stop` are its lines in `text`, from 1.

    `place` of `n_places` is the moment in the phase's recording. The line was executed at the
    moments `executions`; `loop` is the variable of the loop around it and its value. `differs` is
    the largest difference between what this form computes and what trained, as a share of its
    largest value; None where nothing can be compared. `stack`: (function, file, line), innermost
    first. `heads`: of each line the first of its statement, 0 where none stands there. `points` are
    the breakpoints in this file; `is_hit`: one of them holds here.
    """

    file: str
    text: tuple[str, ...]
    function: str
    line: int
    stop: int
    place: int
    n_places: int
    form: Form
    differs: float | None
    loop: tuple[str, str]
    executions: tuple[int, ...]
    locals: tuple[Local, ...]
    stack: tuple[tuple[str, str, int], ...]
    heads: tuple[int, ...]
    points: tuple[Point, ...]
    is_hit: bool


@dataclass(frozen=True, slots=True, eq=False)
class Inner:
    """`column` is the timestep the cursor stands at, -1 where it stands at none.

    `known`: array -> the timesteps [start, stop) that have been computed so far; what is not in it
    has not; "grad.conv2.pool" and "grad.rnn1.fwd" are the way back's. `gradients`: of the loss, by
    the name of what they belong to, "conv2.pool", "rnn1.fwd"; those computed so far. `is_alone`:
    the sample is in no batch of this step and was run by itself.
    """

    cursor: Cursor
    phases: tuple[PhaseInfo, ...]
    column: int
    known: Mapping[str, tuple[int, int]]
    gradients: Mapping[str, F32]
    clip: Clip | None
    updates: tuple[TensorUpdate, ...]
    lines: LineView | None
    is_alone: bool
    fault: str

    @property
    def phase(self) -> PhaseInfo:
        return self.phases[self.cursor.phase]

    @property
    def is_within(self) -> bool:
        """Whether one stands within a phase, at one of its timesteps or lines."""
        return self.cursor.level in ("timestep", "line")

    @property
    def is_backward(self) -> bool:
        """Whether the gradients are what is being computed."""
        return self.phase.way in ("backward", "update")
