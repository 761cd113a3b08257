"""Conv2d: any kernel, stride and zero padding, as matrix products over blocks of im2col.

im2col writes, for every output pixel, its window of all input channels as one column; then the
convolution is a matrix product. A whole batch of columns would be (for 3x3) nine times the input
and leave the cache, so a block of samples that fits (`BLOCK_BYTES`) is laid out at a time, in
scratch memory that never leaves this file. The way back needs no second algorithm: dX is the
convolution, stride 1, of dY (spread out by the stride, zeros between) with flipped and transposed
kernels; dW is a product with the columns, which are made anew because keeping them would cost nine
times the input. Semantics are PyTorch's Conv2d.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from crnn.arrays import Params, Real, require
from crnn.errors import ShapeError

BLOCK_BYTES = 2 * 2**20

Pair = tuple[int, int]
"""(vertical, horizontal), in this file always."""


class ConvCache(NamedTuple):
    x_NCHW: Real


class _Window(NamedTuple):
    """Output (i, j) reads rows i * stride - before, and `kernel` of them; columns likewise."""

    kernel: Pair
    stride: Pair
    before: Pair
    out: Pair


@dataclass(frozen=True, slots=True)
class Conv2d:
    """y[n,o,i,j] = b[o] + sum over c, p, q of w[o,c,p,q] x[n, c, i s + p - pad, j s + q - pad].

    x is 0 outside. `right` is zero padding on the right edge alone, on top of `padding`: what keeps
    the number of columns where an even kernel would lose one.
    """

    c_in: int
    c_out: int
    kernel: Pair = (3, 3)
    stride: Pair = (1, 1)
    padding: Pair = (1, 1)
    right: int = 0

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"w": (self.c_out, self.c_in, *self.kernel), "b": (self.c_out,)}

    def init(self, rng: np.random.Generator) -> dict[str, Real]:
        """Normal with variance 2 / fan-in, bias 0 (He et al. 2015), so ReLU keeps the scale."""
        deviation = (2 / (self.kernel[0] * self.kernel[1] * self.c_in)) ** 0.5
        return {"w": rng.normal(0, deviation, self.shapes["w"]), "b": np.zeros(self.c_out)}

    def forward(self, params: Params, x_NCHW: Real) -> tuple[Real, ConvCache]:
        """Raises ShapeError where the padded input is smaller than one window."""
        require(x_NCHW, "N C H W", C=self.c_in)
        y_NCHW = _convolve(x_NCHW, params["w"], self._window(x_NCHW))
        y_NCHW += params["b"][:, None, None]
        return y_NCHW, ConvCache(x_NCHW)

    def backward(
        self, params: Params, cache: ConvCache, dy_NCHW: Real
    ) -> tuple[Real, dict[str, Real]]:
        turned = params["w"][:, :, ::-1, ::-1].transpose(1, 0, 2, 3)
        (kh, kw), (ph, pw) = self.kernel, self.padding
        h, w = cache.x_NCHW.shape[2:]
        back = _Window(self.kernel, (1, 1), (kh - 1 - ph, kw - 1 - pw), (h, w))
        dx_NCHW = _convolve(_spread(dy_NCHW, self.stride), turned, back)
        return dx_NCHW, self.gradients(cache, dy_NCHW)

    def gradients(self, cache: ConvCache, dy_NCHW: Real) -> dict[str, Real]:
        """Of the parameters alone: nobody asks for the gradient of the first layer's input."""
        n, o, h, w = dy_NCHW.shape
        dy_NOP = dy_NCHW.reshape(n, o, h * w)
        dw = np.zeros((o, self.c_in * self.kernel[0] * self.kernel[1]), dy_NCHW.dtype)
        for block, columns in _column_blocks(cache.x_NCHW, self._window(cache.x_NCHW)):
            dw += (dy_NOP[block] @ columns.transpose(0, 2, 1)).sum(axis=0)
        db = (dy_NOP @ np.ones(h * w, dy_NCHW.dtype)).sum(axis=0)
        return {"w": dw.reshape(self.shapes["w"]), "b": db}

    def _window(self, x_NCHW: Real) -> _Window:
        room = (
            x_NCHW.shape[2] + 2 * self.padding[0],
            x_NCHW.shape[3] + 2 * self.padding[1] + self.right,
        )
        rows, columns = (
            (size - k) // s + 1 for size, k, s in zip(room, self.kernel, self.stride, strict=True)
        )
        if rows < 1 or columns < 1:
            raise ShapeError(
                f"a kernel of {self.kernel[0]} x {self.kernel[1]} does not fit an input of shape "
                f"{x_NCHW.shape} with padding {self.padding}; pad it more"
            )
        return _Window(self.kernel, self.stride, self.padding, (rows, columns))


def _convolve(x_NCHW: Real, w_OCPQ: Real, window: _Window) -> Real:
    n = len(x_NCHW)
    kernels = w_OCPQ.reshape(len(w_OCPQ), -1)
    h, w = window.out
    y_NOP: Real = np.empty((n, len(kernels), h * w), x_NCHW.dtype)
    for block, columns in _column_blocks(x_NCHW, window):
        np.matmul(kernels, columns, out=y_NOP[block])
    return y_NOP.reshape(n, len(kernels), h, w)


def _spread(dy_NCHW: Real, stride: Pair) -> Real:
    """dy with stride - 1 zeros between its rows and columns; dy itself for stride 1."""
    if stride == (1, 1):
        return dy_NCHW
    n, c, h, w = dy_NCHW.shape
    spread_NCHW: Real = np.zeros(
        (n, c, (h - 1) * stride[0] + 1, (w - 1) * stride[1] + 1), dy_NCHW.dtype
    )
    spread_NCHW[:, :, :: stride[0], :: stride[1]] = dy_NCHW
    return spread_NCHW


def _column_blocks(x_NCHW: Real, window: _Window) -> Iterator[tuple[slice, Real]]:
    """Blocks of samples, each with its columns (samples, C * taps, out pixels), in scratch memory.

    Cells whose window leaves the image are written once and stay 0 throughout.
    """
    (n, c), (kh, kw), (h, w) = x_NCHW.shape[:2], window.kernel, window.out
    size = min(n, max(1, BLOCK_BYTES // (c * kh * kw * h * w * x_NCHW.itemsize)))
    scratch: Real = np.empty((size, c, kh, kw, h, w), x_NCHW.dtype)
    rows, cols = (
        [
            _overlap(k - window.before[axis], window.stride[axis], x_NCHW.shape[2 + axis], out)
            for k in range(window.kernel[axis])
        ]
        for axis, out in enumerate(window.out)
    )
    for p, (inside, _) in enumerate(rows):
        scratch[:, :, p, :, : inside.start] = 0
        scratch[:, :, p, :, inside.stop :] = 0
    for q, (inside, _) in enumerate(cols):
        scratch[:, :, :, q, :, : inside.start] = 0
        scratch[:, :, :, q, :, inside.stop :] = 0
    for start in range(0, n, size):
        x = x_NCHW[start : start + size]
        columns = scratch[: len(x)]
        for p, (to_rows, from_rows) in enumerate(rows):
            for q, (to_cols, from_cols) in enumerate(cols):
                columns[:, :, p, q, to_rows, to_cols] = x[:, :, from_rows, from_cols]
        yield slice(start, start + len(x)), columns.reshape(len(x), c * kh * kw, h * w)


def _overlap(shift: int, stride: int, size: int, out: int) -> tuple[slice, slice]:
    """Where output index i has its input i * stride + shift inside: slices of outputs and inputs.

    Both are empty where a tap lies outside for every output.
    """
    first = min(out, max(0, -(shift // stride)))
    last = max(first, min(out, (size - 1 - shift) // stride + 1))
    begin = first * stride + shift
    return slice(first, last), slice(begin, begin + (last - first) * stride, stride)
