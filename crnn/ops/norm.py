"""BatchNorm2d and LayerNorm: take off the mean, divide by the deviation, then scale and shift.

The one idea of BatchNorm (Ioffe and Szegedy 2015) is a state: while training, mean and variance are
those of the batch; for reading, a running average of them. Here that state goes in (`Statistics`)
and comes out (`moved`), nothing is kept. PyTorch's semantics: the biased variance normalises, the
unbiased one is stored, running = 0.9 running + 0.1 batch, eps inside the root.

What is counted: with samples of different widths, only the pixels of each sample's own columns.
What lies right of them is padding; it is normalised by the same numbers, but has no vote.
LayerNorm (Ba et al. 2016) needs none of this, since it never looks beyond one sample's one place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from crnn.arrays import I64, Bool, Params, Real, frozen, require
from crnn.errors import ShapeError


class Statistics(NamedTuple):
    """Running mean and (unbiased) variance of each channel."""

    mean_C: Real
    var_C: Real


class BatchNormCache(NamedTuple):
    """`counted_NW` and `batch` (mean, unbiased variance) are None in eval, where both are given."""

    normal_NCHW: Real
    scale_C: Real
    counted_NW: Bool | None
    batch: Statistics | None


@dataclass(frozen=True, slots=True)
class BatchNorm2d:
    """y = w (x - mean) / sqrt(var + eps) + b, a channel at a time."""

    channels: int
    momentum: float = 0.1
    eps: float = 1e-5

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"w": (self.channels,), "b": (self.channels,)}

    def init(self, rng: np.random.Generator) -> dict[str, Real]:
        """w 1 and b 0: nothing is drawn."""
        return {"w": np.ones(self.channels), "b": np.zeros(self.channels)}

    def fresh(self) -> Statistics:
        """The statistics of step 0: mean 0, variance 1."""
        return Statistics(frozen(np.zeros(self.channels)), frozen(np.ones(self.channels)))

    def forward(
        self, params: Params, x_NCHW: Real, columns_N: I64, running: Statistics | None
    ) -> tuple[Real, BatchNormCache]:
        """Eval with `running` statistics; training without (None): then the batch makes them.

        `columns_N`: how many columns of each sample count. Raises ShapeError where fewer than two
        pixels a channel count, since one has no variance.
        """
        require(x_NCHW, "N C H W", N=len(columns_N), C=self.channels)
        counted_NW: Bool | None = None
        if running is None:
            counted_NW = np.arange(x_NCHW.shape[3]) < columns_N[:, None]
            n_counted = _n_counted(x_NCHW, counted_NW)
            mean_C, centred_NCHW, var_C = _moments(x_NCHW, counted_NW, n_counted)
            batch = Statistics(mean_C, var_C * (n_counted / (n_counted - 1)))
        else:
            centred_NCHW, var_C = x_NCHW - _spread(running.mean_C), running.var_C
            batch = None
        scale_C = 1 / np.sqrt(var_C + self.eps)
        centred_NCHW *= _spread(scale_C)
        y_NCHW = centred_NCHW * _spread(params["w"])
        y_NCHW += _spread(params["b"])
        return y_NCHW, BatchNormCache(centred_NCHW, scale_C, counted_NW, batch)

    def backward(
        self, params: Params, cache: BatchNormCache, dy_NCHW: Real
    ) -> tuple[Real, dict[str, Real]]:
        """While training, every counted pixel also moves the mean and the variance."""
        dw_C = _sum(dy_NCHW * cache.normal_NCHW)
        db_C = _sum(dy_NCHW)
        dx_NCHW = dy_NCHW.copy()
        if cache.counted_NW is not None:
            n_counted = _n_counted(dy_NCHW, cache.counted_NW)
            moved_NCHW = cache.normal_NCHW * _spread(dw_C / n_counted)
            moved_NCHW += _spread(db_C / n_counted)
            moved_NCHW *= cache.counted_NW[:, None, None, :]
            dx_NCHW -= moved_NCHW
        dx_NCHW *= _spread(params["w"] * cache.scale_C)
        return dx_NCHW, {"w": dw_C, "b": db_C}

    def moved(self, running: Statistics, batch: Statistics | None) -> Statistics:
        """The running statistics after a batch with these; unmoved by one that was run in eval."""
        if batch is None:
            return running
        parts = zip(running, batch, strict=True)
        mean_C, var_C = ((1 - self.momentum) * old + self.momentum * new for old, new in parts)
        return Statistics(mean_C, var_C)


def _n_counted(x_NCHW: Real, counted_NW: Bool) -> int:
    n_counted: int = int(counted_NW.sum()) * x_NCHW.shape[2]
    require_counted(n_counted, x_NCHW.shape)
    return n_counted


def require_counted(n_counted: int, shape: tuple[int, ...]) -> None:
    """Raises ShapeError where there is no variance."""
    if n_counted < 2:
        raise ShapeError(
            f"batch normalisation needs 2 pixels a channel or more, got {n_counted} of shape "
            f"{shape}; use larger batches or shards, or norm none"
        )


def _moments(x_NCHW: Real, counted_NW: Bool, n_counted: int) -> tuple[Real, Real, Real]:
    """Mean, x - mean, and biased variance; two passes, since x^2 - mean^2 would cancel."""
    keep_NCHW = counted_NW[:, None, None, :]
    mean_C = _sum(x_NCHW * keep_NCHW) / n_counted
    centred_NCHW = x_NCHW - _spread(mean_C)
    inside_NCHW = centred_NCHW * keep_NCHW
    return mean_C, centred_NCHW, _sum(inside_NCHW * inside_NCHW) / n_counted


def _spread(value_C: Real) -> Real:
    return value_C[:, None, None]


def _sum(x_NCHW: Real) -> Real:
    total_C: Real = x_NCHW.sum(axis=(0, 2, 3))
    return total_C


class LayerNormCache(NamedTuple):
    normal: Real
    scale: Real


@dataclass(frozen=True, slots=True)
class LayerNorm:
    """y = w (x - mean) / sqrt(var + eps) + b over one axis of `size`, at every place by itself.

    axis -1 on (N, T, D) is PyTorch's LayerNorm(D); axis 1 on (N, C, H, W) normalises the channels
    of each pixel, so no result depends on how wide the picture or its neighbours are.
    """

    size: int
    axis: int = -1
    eps: float = 1e-5

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"w": (self.size,), "b": (self.size,)}

    def init(self, rng: np.random.Generator) -> dict[str, Real]:
        """w 1 and b 0: nothing is drawn."""
        return {"w": np.ones(self.size), "b": np.zeros(self.size)}

    def forward(self, params: Params, x: Real) -> tuple[Real, LayerNormCache]:
        """Raises ShapeError where the axis has another size."""
        if x.shape[self.axis] != self.size:
            raise ShapeError(f"expected {self.size} on axis {self.axis}, got shape {x.shape}")
        centred = x - x.mean(axis=self.axis, keepdims=True)
        variance = (centred * centred).mean(axis=self.axis, keepdims=True)
        scale: Real = 1 / np.sqrt(variance + self.eps)
        centred *= scale
        y = centred * self._along(params["w"], x.ndim)
        y += self._along(params["b"], x.ndim)
        return y, LayerNormCache(centred, scale)

    def backward(
        self, params: Params, cache: LayerNormCache, dy: Real
    ) -> tuple[Real, dict[str, Real]]:
        """Every element also moves the mean and the variance of its own place."""
        others = tuple(axis for axis in range(dy.ndim) if axis != self.axis % dy.ndim)
        dw = (dy * cache.normal).sum(axis=others)
        dnormal = dy * self._along(params["w"], dy.ndim)
        by_scale = (dnormal * cache.normal).mean(axis=self.axis, keepdims=True)
        dx = dnormal - dnormal.mean(axis=self.axis, keepdims=True)
        dx -= cache.normal * by_scale
        dx *= cache.scale
        return dx, {"w": dw, "b": dy.sum(axis=others)}

    def _along(self, value: Real, n_axes: int) -> Real:
        """`value` shaped so that it lies along the normalised axis."""
        return value.reshape((-1,) + (1,) * (n_axes - 1 - self.axis % n_axes))
