"""Element-wise ops without parameters: ReLU, log-softmax, and the mask of the padding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from crnn.arrays import I64, Bool, Params, Real, require


class ReluCache(NamedTuple):
    y: Real


@dataclass(frozen=True, slots=True)
class Relu:
    """y = max(x, 0), on arrays of any shape. The derivative at 0 is taken as 0."""

    def forward(self, params: Params, x: Real) -> tuple[Real, ReluCache]:
        y: Real = np.maximum(x, 0)
        return y, ReluCache(y)

    def backward(self, params: Params, cache: ReluCache, dy: Real) -> tuple[Real, dict[str, Real]]:
        return dy * (cache.y > 0), {}


class LogSoftmaxCache(NamedTuple):
    log_prob: Real


@dataclass(frozen=True, slots=True)
class LogSoftmax:
    """y = x - log sum exp x over the last axis, the largest x taken out so nothing overflows."""

    def forward(self, params: Params, x: Real) -> tuple[Real, LogSoftmaxCache]:
        shifted = x - x.max(axis=-1, keepdims=True)
        log_prob = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
        return log_prob, LogSoftmaxCache(log_prob)

    def backward(
        self, params: Params, cache: LogSoftmaxCache, dy: Real
    ) -> tuple[Real, dict[str, Real]]:
        return dy - np.exp(cache.log_prob) * dy.sum(axis=-1, keepdims=True), {}


class MaskCache(NamedTuple):
    keep_NW: Bool


@dataclass(frozen=True, slots=True)
class Mask:
    """Zero the columns right of each sample's own width, so that padding changes nothing.

    A bias makes padded columns non-zero after every conv; without this op the next conv would read
    them at the sample's right edge, and a sample's result would depend on its neighbours' widths.
    """

    def forward(self, params: Params, x_NCHW: Real, columns_N: I64) -> tuple[Real, MaskCache]:
        require(x_NCHW, "N C H W", N=len(columns_N))
        keep_NW: Bool = np.arange(x_NCHW.shape[3]) < columns_N[:, None]
        return x_NCHW * keep_NW[:, None, None, :], MaskCache(keep_NW)

    def backward(
        self, params: Params, cache: MaskCache, dy_NCHW: Real
    ) -> tuple[Real, dict[str, Real]]:
        return dy_NCHW * cache.keep_NW[:, None, None, :], {}
