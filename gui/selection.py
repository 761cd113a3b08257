"""Selection: where the person is looking. One frozen value; views draw it and ask for another.

Five coordinates: sample, timestep, unit (layer, channel), symbol (class or lattice state), and the
training step, which belongs to the frame. Hover is a second, lighter value that recomputes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Cell:
    """One number on the screen: tensor "image", "conv1", "rnn1.fwd.h", "softmax", "gamma", ...;
    `row` is its pixel row, channel, unit, class or lattice state; `t` its column on the time axis.

    `x` is the finer column where the tensor has one (image pixel, conv column), else -1; `y` the
    row inside a channel, else -1.
    """

    tensor: str
    t: int
    row: int
    x: int = -1
    y: int = -1


WITH_ROWS = ("image", "alpha", "beta", "gamma")
"""Tensors whose rows are drawn in their order."""


@dataclass(frozen=True, slots=True)
class Selection:
    """sample, t -1: none yet. unit = (layer, index), symbol = class k, state = lattice s. `local`,
    in the place of a cell, is a number of a line of code, "hidden[3, 0]"; "" for none. `corner`,
    with a cell, is the other end of a region."""

    sample: int = -1
    t: int = -1
    cell: Cell | None = None
    unit: tuple[str, int] | None = None
    symbol: int = -1
    state: int = -1
    local: str = ""
    corner: Cell | None = None

    def at(self, t: int) -> Selection:
        cell = replace(self.cell, t=t) if self.cell else None
        return replace(self, t=t, cell=cell, corner=None)

    def on(self, sample: int) -> Selection:
        """Another sample: the cell of the old one says nothing about it."""
        return self if sample == self.sample else Selection(sample=sample, t=-1, unit=self.unit)

    def pick_local(self, text: str) -> Selection:
        """Select a number of the line on screen."""
        return replace(self, cell=None, corner=None, local=text)

    def extend(self, cell: Cell) -> Selection:
        """Select the numbers from the selected one to `cell`: of one row, where the rows that stand
        side by side are not those that follow each other in the tensor."""
        if self.cell is None or cell.tensor != self.cell.tensor:
            return self.pick(cell)
        corner = cell if cell.tensor in WITH_ROWS else replace(cell, row=self.cell.row)
        return replace(self, corner=None if corner == self.cell else corner)

    def pick(self, cell: Cell) -> Selection:
        """Select a number, and with it the coordinate its tensor stands for."""
        chosen = replace(self, cell=cell, t=cell.t, local="", corner=None)
        if cell.tensor in ("softmax", "logits", "dlogits"):
            return replace(chosen, symbol=cell.row)
        if cell.tensor in ("alpha", "beta", "gamma", "grad"):
            return replace(chosen, state=cell.row)
        if cell.tensor.startswith(("conv", "rnn")):
            return replace(chosen, unit=(cell.tensor, cell.row))
        return chosen


@dataclass(frozen=True, slots=True)
class Hover:
    """What is under the pointer: its timestep (-1: none) and the exact value as text."""

    t: int = -1
    cell: Cell | None = None
    text: str = ""
