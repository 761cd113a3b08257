"""Geometry: which pixels a column or a timestep can see, by exact receptive-field arithmetic.

Walking up from column c of block k's output: a pool of width p reads columns p c to p c + p - 1, a
3-wide conv one more on each side. What falls outside the sample is padding and carries nothing.
"""

from __future__ import annotations

from crnn.config import Config, ConvBlock
from crnn.errors import ShapeError


def n_columns(config: Config, level: int, width: int) -> int:
    """Columns of the output of block `level` (1 = first) for an image `width` pixels wide.

    The last level's columns are the timesteps; level 0 is the image.
    """
    columns = width
    for block in config.convs[:level]:
        columns = -(-columns // block.pool[1])
    return columns


def field(config: Config, level: int, column: int, width: int) -> tuple[int, int]:
    """The pixel columns [x0, x1) that column `column` of block `level`'s output depends on.

    `level` len(config.convs) means timesteps, before the recurrent layers. Raises ShapeError where
    there is no such level or column.
    """
    if not 1 <= level <= len(config.convs):
        raise ShapeError(f"level is {level}; allowed: 1 to {len(config.convs)}")
    if not 0 <= column < n_columns(config, level, width):
        last = n_columns(config, level, width) - 1
        raise ShapeError(f"column is {column}; allowed at level {level}: 0 to {last}")
    first, last = _walk(config.convs[:level], column)
    return max(0, first), min(width, last + 1)


def reach(config: Config, level: int, t: int, width: int) -> tuple[int, int]:
    """The columns [c0, c1) of the output of block `level` that timestep `t` depends on.

    Level 0 is the image, the last level [t, t + 1). Raises ShapeError where there is no such level
    or timestep.
    """
    if not 0 <= level <= len(config.convs):
        raise ShapeError(f"level is {level}; allowed: 0 to {len(config.convs)}")
    if not 0 <= t < config.n_frames(width):
        raise ShapeError(f"timestep is {t}; allowed: 0 to {config.n_frames(width) - 1}")
    first, last = _walk(config.convs[level:], t)
    return max(0, first), min(n_columns(config, level, width), last + 1)


def _walk(blocks: tuple[ConvBlock, ...], column: int) -> tuple[int, int]:
    """First and last column below `blocks` that `column` above them depends on, edges ignored."""
    first, last = column, column
    for block in reversed(blocks):
        first, last = first * block.pool[1] - 1, last * block.pool[1] + block.pool[1]
    return first, last
