"""Conv2d: 3x3, stride 1, zero padding 1, as matrix products over blocks of im2col.

im2col writes, for every output pixel, the 3x3 window of all input channels as one column; then the
convolution is a matrix product. A whole batch of columns would be nine times the input and leave
the cache, so a block of samples that fits (`BLOCK_BYTES`) is laid out at a time, in scratch memory
that never leaves this file. The way back needs no second algorithm: dX is the same convolution of
dY with flipped and transposed kernels, dW a product with the columns, which are made anew because
keeping them would cost nine times the input.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from crnn.arrays import Params, Real, require

TAPS = 9
BLOCK_BYTES = 2 * 2**20


class ConvCache(NamedTuple):
    x_NCHW: Real


@dataclass(frozen=True, slots=True)
class Conv2d:
    """y[n,o,i,j] = b[o] + sum over c, p, q of w[o,c,p,q] x[n, c, i+p-1, j+q-1]; x is 0 outside."""

    c_in: int
    c_out: int

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"w": (self.c_out, self.c_in, 3, 3), "b": (self.c_out,)}

    def init(self, rng: np.random.Generator) -> dict[str, Real]:
        """Normal with variance 2 / fan-in, bias 0 (He et al. 2015), so ReLU keeps the scale."""
        deviation = (2 / (TAPS * self.c_in)) ** 0.5
        return {"w": rng.normal(0, deviation, self.shapes["w"]), "b": np.zeros(self.c_out)}

    def forward(self, params: Params, x_NCHW: Real) -> tuple[Real, ConvCache]:
        require(x_NCHW, "N C H W", C=self.c_in)
        y_NCHW = _convolve(x_NCHW, params["w"])
        y_NCHW += params["b"][:, None, None]
        return y_NCHW, ConvCache(x_NCHW)

    def backward(
        self, params: Params, cache: ConvCache, dy_NCHW: Real
    ) -> tuple[Real, dict[str, Real]]:
        turned = params["w"][:, :, ::-1, ::-1].transpose(1, 0, 2, 3)
        return _convolve(dy_NCHW, turned), self.gradients(cache, dy_NCHW)

    def gradients(self, cache: ConvCache, dy_NCHW: Real) -> dict[str, Real]:
        """Of the parameters alone: nobody asks for the gradient of the first layer's input."""
        n, o, h, w = dy_NCHW.shape
        dy_NOP = dy_NCHW.reshape(n, o, h * w)
        dw = np.zeros((o, self.c_in * TAPS), dy_NCHW.dtype)
        for block, columns in _column_blocks(cache.x_NCHW):
            dw += (dy_NOP[block] @ columns.transpose(0, 2, 1)).sum(axis=0)
        db = (dy_NOP @ np.ones(h * w, dy_NCHW.dtype)).sum(axis=0)
        return {"w": dw.reshape(self.shapes["w"]), "b": db}


def _convolve(x_NCHW: Real, w_OC33: Real) -> Real:
    n, _, h, w = x_NCHW.shape
    kernels = w_OC33.reshape(len(w_OC33), -1)
    y_NOP: Real = np.empty((n, len(kernels), h * w), x_NCHW.dtype)
    for block, columns in _column_blocks(x_NCHW):
        np.matmul(kernels, columns, out=y_NOP[block])
    return y_NOP.reshape(n, len(kernels), h, w)


def _column_blocks(x_NCHW: Real) -> Iterator[tuple[slice, Real]]:
    """Blocks of samples, each with its columns (samples, C * 9, H * W), in scratch memory.

    A window leaves the image by one row or column at most; those stay 0 throughout.
    """
    n, c, h, w = x_NCHW.shape
    size = min(n, max(1, BLOCK_BYTES // (c * TAPS * h * w * x_NCHW.itemsize)))
    scratch: Real = np.empty((size, c, 3, 3, h, w), x_NCHW.dtype)
    for edge in (scratch[:, :, 0, :, 0], scratch[:, :, 2, :, -1]):
        edge[...] = 0
    for edge in (scratch[:, :, :, 0, :, 0], scratch[:, :, :, 2, :, -1]):
        edge[...] = 0
    rows, cols = ([_overlap(k, extent) for k in range(3)] for extent in (h, w))
    for start in range(0, n, size):
        x = x_NCHW[start : start + size]
        columns = scratch[: len(x)]
        for p, (to_rows, from_rows) in enumerate(rows):
            for q, (to_cols, from_cols) in enumerate(cols):
                columns[:, :, p, q, to_rows, to_cols] = x[:, :, from_rows, from_cols]
        yield slice(start, start + len(x)), columns.reshape(len(x), c * TAPS, h * w)


def _overlap(k: int, size: int) -> tuple[slice, slice]:
    """Where output index i has its input i + k - 1 inside: the slices of outputs and of inputs."""
    first, last = max(0, 1 - k), size - max(0, k - 1)
    return slice(first, last), slice(first + k - 1, last + k - 1)
