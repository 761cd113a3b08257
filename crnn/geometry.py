"""Geometry: which pixels a cell or a timestep can see, by exact receptive-field arithmetic.

Walking up from cell c of block k's output, along one axis: a pool of p reads cells p c to
p c + p - 1; a convolution reads, for its cell c, the cells s c - padding to s c - padding +
kernel - 1. What falls outside the sample is padding or blank paper and carries nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from crnn.errors import ShapeError

if TYPE_CHECKING:
    from crnn.config import Config, ConvBlock

Stage = Literal["conv", "pool"]
"""A block's output after its pool, or before it."""
_ROWS, _COLUMNS = 0, 1


class Box(NamedTuple):
    """Pixel columns [x0, x1) and rows [y0, y1)."""

    x0: int
    x1: int
    y0: int
    y1: int


def n_columns(config: Config, level: int, width: int, stage: Stage = "pool") -> int:
    """Columns of the output of block `level` (1 = first) for an image `width` pixels wide.

    The last level's columns are the timesteps; level 0 is the image.
    """
    columns = width
    for block in _blocks(config, level, stage):
        columns = -(-columns // (block.stride[_COLUMNS] * block.pool[_COLUMNS]))
    return columns


def n_rows(config: Config, level: int, stage: Stage = "pool") -> int:
    """Rows of the output of block `level`; level 0 is the image."""
    rows = config.input.height
    for block in _blocks(config, level, stage):
        rows = block.rows(rows) // block.pool[_ROWS]
    return rows


def field(config: Config, level: int, column: int, width: int) -> tuple[int, int]:
    """The pixel columns [x0, x1) that column `column` of block `level`'s output depends on.

    `level` len(config.convs) means timesteps, before the recurrent layers. Raises ShapeError where
    there is no such level or column.
    """
    _require("level", level, 1, len(config.convs))
    _require("column", column, 0, n_columns(config, level, width) - 1)
    return _walk(config, config.convs[:level], 0, column, width)


def cell_field(
    config: Config, level: int, row: int, column: int, width: int, stage: Stage = "pool"
) -> Box:
    """The pixels that one cell of block `level`'s feature maps depends on: their bounding box.

    Raises ShapeError where there is no such cell.
    """
    _require("level", level, 1, len(config.convs))
    _require("row", row, 0, n_rows(config, level, stage) - 1)
    _require("column", column, 0, n_columns(config, level, width, stage) - 1)
    blocks = _blocks(config, level, stage)
    x0, x1 = _walk(config, blocks, 0, column, width)
    y0, y1 = _walk(config, blocks, 0, row, width, _ROWS)
    return Box(x0, x1, y0, y1)


def reach(config: Config, level: int, t: int, width: int) -> tuple[int, int]:
    """The columns [c0, c1) of the output of block `level` that timestep `t` depends on.

    Level 0 is the image, the last level [t, t + 1). Raises ShapeError where there is no such level
    or timestep.
    """
    _require("level", level, 0, len(config.convs))
    _require("timestep", t, 0, config.n_frames(width) - 1)
    return _walk(config, config.convs[level:], level, t, width)


def _blocks(config: Config, level: int, stage: Stage) -> tuple[ConvBlock, ...]:
    """The first `level` blocks, the last of them without its pool where `stage` is before it."""
    blocks = config.convs[:level]
    if stage == "conv" and blocks:
        return (*blocks[:-1], replace(blocks[-1], pool=(1, 1)))
    return blocks


def _walk(
    config: Config,
    blocks: tuple[ConvBlock, ...],
    below: int,
    cell: int,
    width: int,
    axis: int = _COLUMNS,
) -> tuple[int, int]:
    """Cells [first, stop) of level `below` that `cell` above `blocks` depends on, along one axis.

    Cut at the edges of every level: a column outside is 0 there, whatever stands below it.
    """
    first, last = cell, cell
    for level, block in reversed(list(enumerate(blocks, start=below))):
        pool, stride, padding = block.pool[axis], block.stride[axis], block.padding[axis]
        size = n_columns(config, level, width) if axis == _COLUMNS else n_rows(config, level)
        first = max(0, first * pool * stride - padding)
        last = (last * pool + pool - 1) * stride - padding + block.kernel[axis] - 1
        last = min(size - 1, last)
    return first, last + 1


def _require(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise ShapeError(f"{name} is {value}; allowed: {low} to {high}")
