"""Max-pooling by halving: the larger of two neighbours, columns first, then rows; no argmax.

A window of 1, 2 or 4 cells each way is a few rounds of pairwise maxima. Each round keeps one
boolean a pair: whether the second won. It has to be truly larger to win, so of equal cells the
first in row-major order does, which is PyTorch's rule and that of `MaxPool`. The way back is a
multiplication and a subtraction a round. The cells stand as (columns, rows, everything else).
"""

from __future__ import annotations

import numpy as np

from crnn.arrays import Bool, Real, empty
from crnn.kernels.products import apart

ROUNDS = {1: 0, 2: 1, 4: 2}
"""Halvings by pool size: the sizes this file can do."""


def pool(y_KIX: Real, size: tuple[int, int]) -> tuple[Real, tuple[Bool, ...]]:
    """The maxima over windows of `size` (rows, columns), and what each round's winners were."""
    won: list[Bool] = []
    for axis, cells in ((0, size[1]), (1, size[0])):
        for _ in range(ROUNDS[cells]):
            first, second = _pairs(y_KIX, axis)
            won.append(second > first)
            y_KIX = np.maximum(first, second, out=empty(first.shape, first.dtype))
    return y_KIX, tuple(won)


def unpool(dy_KIX: Real, won: tuple[Bool, ...], size: tuple[int, int]) -> Real:
    """The gradient of `pool`: each to the cell that won, 0 to the others."""
    axes = [0] * ROUNDS[size[1]] + [1] * ROUNDS[size[0]]
    for axis, second_won in zip(reversed(axes), reversed(won), strict=True):
        shape = list(dy_KIX.shape)
        shape[axis] *= 2
        spread = apart(tuple(shape), dy_KIX.dtype)
        first, second = _pairs(spread, axis)
        np.copyto(second, second_won)  # 0 or 1; multiplying by booleans takes longer than both
        second *= dy_KIX
        np.subtract(dy_KIX, second, out=first)
        dy_KIX = spread
    return dy_KIX


def _pairs(y_KIX: Real, axis: int) -> tuple[Real, Real]:
    return (y_KIX[0::2], y_KIX[1::2]) if axis == 0 else (y_KIX[:, 0::2], y_KIX[:, 1::2])
