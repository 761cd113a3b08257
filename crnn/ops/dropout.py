"""Dropout: while training, each element is 0 with probability `rate`, the others are scaled up.

Scaling by 1 / (1 - rate) keeps the mean (PyTorch's "inverted" form), so reading uses no dropout op
at all. Which elements fall is drawn from the generator handed in; the caller addresses it by seed,
step, op and shard, so a step that is done again drops the same ones.
Srivastava et al. 2014.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from crnn.arrays import Params, Real


class DropoutCache(NamedTuple):
    """0 where an element fell, 1 / (1 - rate) elsewhere."""

    factor: Real


@dataclass(frozen=True, slots=True)
class Dropout:
    """y = x * factor, on arrays of any shape; 0 <= rate < 1."""

    rate: float

    def forward(
        self, params: Params, x: Real, generator: np.random.Generator
    ) -> tuple[Real, DropoutCache]:
        """Takes one float32 an element from `generator`, whatever the dtype of x."""
        factor = (generator.random(x.shape, np.float32) >= self.rate).astype(x.dtype)
        factor *= 1 / (1 - self.rate)
        return x * factor, DropoutCache(factor)

    def backward(
        self, params: Params, cache: DropoutCache, dy: Real
    ) -> tuple[Real, dict[str, Real]]:
        return dy * cache.factor, {}
