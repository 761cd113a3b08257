"""Placing: pooled cells through ReLU into the output's maps, and which cells are a sample's own.

A fast convolution has its cells in an order of its own, (K, I, M, N, C): K columns and I rows of a
unit, M units, samples inside. A unit is what is pooled together, or a tile of such windows;
`units_M` says which of its row each one is, counted from the left. So cell column k of a unit is
column `wide` x unit + k of the map, where `wide` is how many columns of that map a unit has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from crnn.arrays import I64, Bool, Real, zeros
from crnn.kernels.maps import Maps

Index = tuple[int | slice, ...]


class AnyBlock(Protocol):
    """A block of work. `places` pairs parts of its pooled cells with their place in the output."""

    @property
    def places(self) -> tuple[tuple[Index, Index], ...]: ...
    @property
    def units_M(self) -> I64: ...


class Convolution(Protocol):
    """`unit` is how many columns of the convolution's output a unit has."""

    @property
    def pool(self) -> tuple[int, int]: ...
    @property
    def unit(self) -> int: ...
    def placed(self, y_KIX: Real, block: Any, n: int) -> Real: ...


def inside(units_M: I64, wide: int, columns_N: I64) -> Bool | None:
    """is_inside_KMN: whether a cell lies in the first `columns_N` of its sample; None if all do."""
    if wide * (int(units_M[-1]) + 1) <= columns_N.min():  # the last unit stands furthest right
        return None
    column_KM = wide * units_M + np.arange(wide)[:, None]
    is_inside_KMN: Bool = column_KM[:, :, None] < columns_N
    return is_inside_KMN


def forget(x_KIX: Real | Bool, is_inside_KMN: Bool | None) -> None:
    """Zero, or False, in place, where a cell is not inside; nothing else is touched."""
    if is_inside_KMN is None:
        return
    x_KIMNC = x_KIX.reshape(*x_KIX.shape[:2], *is_inside_KMN.shape[1:], -1)
    for part_IMNC, is_inside_MN in zip(x_KIMNC, is_inside_KMN, strict=True):
        part_IMNC[:, ~is_inside_MN] = 0


@dataclass(slots=True)
class Placing:
    """One convolution's output, written block by block; `keep_NW` marks each sample's own columns
    of it, None where all are."""

    op: Convolution
    y: Maps
    keep_NW: Bool | None
    _zero: Real | None = None

    def add(self, block: AnyBlock, y_KIX: Real) -> Bool:
        """Place max(y, 0); what ReLU and the sample's width let through."""
        y_cells = self.op.placed(y_KIX, block, self.y.x_HFWNC.shape[3])
        if self._zero is None or self._zero.shape != y_cells.shape:
            # The maximum of two arrays takes a third of the time of that with a number.
            self._zero = zeros(y_cells.shape, y_cells.dtype)
        for cells, place in block.places:
            np.maximum(y_cells[cells], self._zero[cells], out=self.y.x_HFWNC[place])
        alive: Bool = y_KIX > 0
        if self.keep_NW is not None:
            wide = self.op.unit // self.op.pool[1]
            forget(alive, inside(block.units_M, wide, self.keep_NW.sum(axis=1)))
        return alive

    def result(self) -> Maps:
        """The output, zero beyond each sample's own columns."""
        if self.keep_NW is not None:
            self.y.zero_beyond(self.keep_NW)
        return self.y
