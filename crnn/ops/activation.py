"""Element-wise ops without parameters: ReLU, leaky ReLU, tanh, sigmoid; log-softmax; the mask.

The derivative of each squashing is read off its output (tanh: 1 - y^2, sigmoid: y (1 - y)), so the
cache is the output and no input need be kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from crnn.arrays import I64, Bool, Params, Real, require


class ActivationCache(NamedTuple):
    y: Real


@dataclass(frozen=True, slots=True)
class Relu:
    """y = max(x, 0), on arrays of any shape. The derivative at 0 is taken as 0."""

    def forward(self, params: Params, x: Real) -> tuple[Real, ActivationCache]:
        y: Real = np.maximum(x, 0)
        return y, ActivationCache(y)

    def backward(
        self, params: Params, cache: ActivationCache, dy: Real
    ) -> tuple[Real, dict[str, Real]]:
        return dy * (cache.y > 0), {}


@dataclass(frozen=True, slots=True)
class LeakyRelu:
    """y = x where x > 0, else slope x (0 < slope < 1). The derivative at 0 is the slope."""

    slope: float = 0.01

    def forward(self, params: Params, x: Real) -> tuple[Real, ActivationCache]:
        y = x * self.slope
        np.maximum(x, y, out=y)
        return y, ActivationCache(y)

    def backward(
        self, params: Params, cache: ActivationCache, dy: Real
    ) -> tuple[Real, dict[str, Real]]:
        is_above = (cache.y > 0).astype(dy.dtype)
        return dy * np.maximum(is_above, self.slope), {}


@dataclass(frozen=True, slots=True)
class Tanh:
    """y = tanh x, on arrays of any shape."""

    def forward(self, params: Params, x: Real) -> tuple[Real, ActivationCache]:
        y: Real = np.tanh(x)
        return y, ActivationCache(y)

    def backward(
        self, params: Params, cache: ActivationCache, dy: Real
    ) -> tuple[Real, dict[str, Real]]:
        return dy * (1 - cache.y**2), {}


@dataclass(frozen=True, slots=True)
class Sigmoid:
    """y = 1 / (1 + exp(-x)) = (tanh(x / 2) + 1) / 2; in the second form no x overflows."""

    def forward(self, params: Params, x: Real) -> tuple[Real, ActivationCache]:
        y: Real = np.tanh(x * 0.5)
        y += 1
        y *= 0.5
        return y, ActivationCache(y)

    def backward(
        self, params: Params, cache: ActivationCache, dy: Real
    ) -> tuple[Real, dict[str, Real]]:
        return dy * (cache.y * (1 - cache.y)), {}


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
