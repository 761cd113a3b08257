"""Normed: batch norm between a fast convolution and its ReLU, without leaving its layout.

From the plain form to this one. BatchNorm takes the mean of what the whole shard's convolution
gave, so a block cannot be finished before the last one is convolved. But what the norm does to a
channel is an increasing line, or a falling one where its w is negative; so if the kernels of such
channels are negated beforehand (exactly), the pool may come first:

- First walk: convolve, add up cells and squares, pool. Padding has no vote: what counts is the
  factor of a matrix product. Sums over samples are in the dtype, over all else in float64, so that
  mean square less squared mean is right to 1e-8 of the square.
- Second walk, over pooled cells only, a half or a quarter of them: normalise, scale, shift, ReLU.
- The way back needs sums over the pooled cells alone, since only they have a gradient; then

    dz = |w| scale (dy - [counted] (normal dw + db) / n)

  is one line in z for every cell of the convolution, which is why the cells are kept.

The convolution's own bias is taken off with the mean: it is only added to what is shown and stored
of the mean, and its gradient is 0. With running statistics nothing is left to find out, and the
norm is folded into the kernels and bias of an ordinary pass (`_folded`). Where w is 0 all cells of
a window tie, and w's gradient there is that of the largest, in the plain form of the first: both
are right at such a corner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from crnn.arrays import F64, I64, Bool, Params, Real, empty
from crnn.kernels import halving
from crnn.kernels.maps import Maps
from crnn.kernels.placing import Placing, forget, inside
from crnn.kernels.stem import Stem, StemCache
from crnn.kernels.winograd import Winograd, WinogradCache
from crnn.ops.norm import BatchNorm2d, Statistics, require_counted


class NormedCache(NamedTuple):
    """Block by block: what the convolution read, its cells, the pool's winners, the pooled cells
    normalised, and what ReLU and the sample's own width let through. `y` is the output.

    Cells, mean and scale are of the negated convolution where the norm's w is negative;
    `columns_N` is what counted, `n_counted` how many cells a channel; `batch` as `BatchNormCache`.
    """

    blocks: tuple[Any, ...]
    read: tuple[Real, ...]
    cells: tuple[Real, ...]
    won: tuple[tuple[Bool, ...], ...]
    normal: tuple[Real, ...]
    alive: tuple[Bool, ...]
    y: Maps
    columns_N: I64
    n_counted: int
    mean_C: Real
    scale_C: Real
    batch: Statistics


class FoldedCache(NamedTuple):
    """The ordinary pass with the norm folded in."""

    run: StemCache | WinogradCache
    y: Maps
    running: Statistics


@dataclass(frozen=True, slots=True)
class Normed:
    """`conv` with `norm` before its ReLU; parameters w, b, norm.w and norm.b."""

    conv: Stem | Winograd
    norm: BatchNorm2d

    def forward(
        self,
        params: Params,
        x: Any,
        keep_NW: Bool | None,
        columns_N: I64,
        running: Statistics | None,
    ) -> tuple[Maps, NormedCache | FoldedCache]:
        """Eval with `running` statistics; training without: then the shard makes them.

        `x` and `keep_NW` as the convolution takes them; `columns_N`: how many columns before the
        pool count. Raises ShapeError where fewer than two cells a channel do."""
        if running is not None:
            y, run = self.conv.forward(self._folded(params, running), x, keep_NW)
            return y, FoldedCache(run, y, running)
        return self._trained(params, x, keep_NW, columns_N)

    def _trained(
        self, params: Params, x: Any, keep_NW: Bool | None, columns_N: I64
    ) -> tuple[Maps, NormedCache]:
        conv: Any = self.conv  # either: both walk in blocks alike
        tally = _Tally(conv.c_out, len(columns_N))
        weights = conv.weights(_signed(params))
        blocks, reads, cells, won, pooled = [], [], [], [], []
        for block, read in conv.walk(x):
            cells.append(conv.cells(read, weights))
            own_KIX = cells[-1][:, : conv.n_rows(block)]
            tally.add(own_KIX, inside(block.units_M, conv.unit, columns_N))
            pooled_KIX, winners = halving.pool(cells[-1], conv.pool)
            blocks.append(block)
            reads.append(read)
            won.append(winners)
            pooled.append(pooled_KIX)
        mean_C, scale_C, batch = self._found(params, tally, cells[-1])
        placing = Placing(conv, conv.output(x), keep_NW)
        lines = (-mean_C, scale_C, np.abs(params["norm.w"]), params["norm.b"])
        shift_L, scale_L, w_L, b_L = (np.tile(line_C, len(columns_N)) for line_C in lines)
        normal, alive, scratch = [], [], _Scratch()
        for block, pooled_KIX in zip(blocks, pooled, strict=True):
            normal.append(pooled_KIX if conv.pool != (1, 1) else pooled_KIX.copy())
            _shift(normal[-1], shift_L)
            _scale(normal[-1], scale_L)
            y_KIX = _scaled(normal[-1], w_L, scratch.like(pooled_KIX))
            _shift(y_KIX, b_L)
            alive.append(placing.add(block, y_KIX))
        y = placing.result()
        return y, NormedCache(
            *(tuple(blocks), tuple(reads), tuple(cells), tuple(won), tuple(normal), tuple(alive)),
            *(y, columns_N, tally.n, mean_C, scale_C, batch),
        )

    def backward(
        self, params: Params, cache: NormedCache | FoldedCache, dy: Maps
    ) -> tuple[Maps | None, dict[str, Real]]:
        """dx is None of a `Stem`, whose picture nobody asks a gradient for."""
        if isinstance(cache, NormedCache):
            return self._trained_back(params, cache, dy)
        own = self._folded(params, cache.running)
        if isinstance(self.conv, Stem):
            assert isinstance(cache.run, StemCache)
            return None, self._unfolded(params, cache.running, self.conv.gradients(cache.run, dy))
        assert isinstance(cache.run, WinogradCache)
        dx, found = self.conv.backward(own, cache.run, dy)
        return dx, self._unfolded(params, cache.running, found)

    def _trained_back(
        self, params: Params, cache: NormedCache, dy: Maps
    ) -> tuple[Maps | None, dict[str, Real]]:
        conv: Any = self.conv
        n, c_out = len(cache.columns_N), conv.c_out
        dpools, dw_C, db_C = [], np.zeros(c_out), np.zeros(c_out)
        for block, normal_KIX, alive in zip(cache.blocks, cache.normal, cache.alive, strict=True):
            dpools.append(conv.gather(dy, block))
            dpools[-1] *= alive
            db_C += _total(dpools[-1], n, c_out)
            dw_C += _total(dpools[-1] * normal_KIX, n, c_out)
        by_cell_C = np.abs(params["norm.w"]) * cache.scale_C
        slope_C = (by_cell_C * cache.scale_C * dw_C / cache.n_counted).astype(by_cell_C.dtype)
        # From the rounded slope: an error here is the same in every cell, and adds up over them.
        start_C = by_cell_C * db_C / cache.n_counted - slope_C * cache.mean_C.astype(np.float64)
        lines = (by_cell_C, slope_C, start_C.astype(slope_C.dtype))
        by_cell_L, slope_L, start_L = (np.tile(line_C, n) for line_C in lines)
        back, scratch = conv.back(_signed(params), dy), _Scratch()
        parts = zip(cache.blocks, cache.read, cache.cells, cache.won, dpools, strict=True)
        for block, read, cells, won, dpooled in parts:
            _scale(dpooled, by_cell_L)
            dcells = halving.unpool(dpooled, won, conv.pool)
            own = slice(conv.n_rows(block))
            moved = _scaled(cells[:, own], slope_L, scratch.like(cells[:, own]))
            _shift(moved, start_L)
            forget(moved, inside(block.units_M, conv.unit, cache.columns_N))
            dcells[:, own] -= moved
            back.add(block, read, dcells)
        dx, dw = back.result()
        sign_C = _sign(params)
        norm = {"norm.w": dw_C * sign_C, "norm.b": db_C}
        grads = {name: grad.astype(dw.dtype) for name, grad in norm.items()}
        dw *= sign_C[:, None, None, None]
        return dx, grads | {"w": dw, "b": np.zeros(c_out, dw.dtype)}

    def conv_nchw(self, params: Params, cache: NormedCache | FoldedCache) -> Real:
        """What the convolution gave, with its bias."""
        if isinstance(cache, FoldedCache):
            return self._made_again(params, cache)
        y_NCHW = self.conv.picture(cache.y, cache.blocks, cache.cells, np.zeros_like(params["b"]))
        y_NCHW *= _sign(params)[:, None, None]
        y_NCHW += params["b"][:, None, None]
        return y_NCHW

    def act_nchw(self, params: Params, cache: NormedCache | FoldedCache) -> Real:
        """What ReLU gave, before the pool: the bits that were used."""
        if isinstance(cache, FoldedCache):
            y_NCHW = self._made_again(self._folded(params, cache.running), cache)
            return np.maximum(y_NCHW, 0, out=y_NCHW)
        y_NCHW = self.conv.picture(cache.y, cache.blocks, cache.cells, -cache.mean_C)
        y_NCHW *= cache.scale_C[:, None, None]
        y_NCHW *= np.abs(params["norm.w"])[:, None, None]
        y_NCHW += params["norm.b"][:, None, None]
        return np.maximum(y_NCHW, 0, out=y_NCHW)

    def _made_again(self, params: Params, cache: FoldedCache) -> Real:
        if isinstance(self.conv, Stem):
            assert isinstance(cache.run, StemCache)
            return self.conv.conv_nchw(params, cache.run)
        assert isinstance(cache.run, WinogradCache)
        return self.conv.conv_nchw(params, cache.run)

    def _found(self, params: Params, tally: _Tally, like: Real) -> tuple[Real, Real, Statistics]:
        """Mean and scale of the cells, and the statistics of the convolution."""
        require_counted(tally.n, like.shape)
        mean_C, var_C = tally.mean_C.astype(like.dtype), tally.variance_C.astype(like.dtype)
        scale_C = 1 / np.sqrt(var_C + self.norm.eps)
        unbiased_C = var_C * (tally.n / (tally.n - 1))
        return mean_C, scale_C, Statistics(_sign(params) * mean_C + params["b"], unbiased_C)

    def _folded(self, params: Params, running: Statistics) -> dict[str, Real]:
        """w and b of the convolution that gives what the norm makes of it."""
        by_C = params["norm.w"] / np.sqrt(running.var_C + self.norm.eps)
        b_C = (params["b"] - running.mean_C) * by_C + params["norm.b"]
        return {"w": params["w"] * by_C[:, None, None, None], "b": b_C}

    def _unfolded(
        self, params: Params, running: Statistics, found: dict[str, Real]
    ) -> dict[str, Real]:
        """The gradients of all four parameters, from those of the folded two."""
        scale_C = 1 / np.sqrt(running.var_C + self.norm.eps)
        by_C = params["norm.w"] * scale_C
        dw_C = (found["w"] * params["w"]).sum(axis=(1, 2, 3))
        dw_C += found["b"] * (params["b"] - running.mean_C)
        return {
            "norm.w": dw_C * scale_C,
            "norm.b": found["b"],
            "w": found["w"] * by_C[:, None, None, None],
            "b": found["b"] * by_C,
        }


class _Scratch:
    """Memory that one block after another is worked on in: it stays in the cache."""

    def __init__(self) -> None:
        self._last: Real | None = None

    def like(self, x: Real) -> Real:
        """Not cleared; the same memory while the shape is the same."""
        if self._last is None or self._last.shape != x.shape:
            self._last = empty(x.shape, x.dtype)
        return self._last


class _Tally:
    """Mean and biased variance of each channel, from sums over one block after another."""

    def __init__(self, channels: int, n_samples: int) -> None:
        self.n = 0
        self._total_C, self._square_C = np.zeros(channels), np.zeros(channels)
        self._n_samples, self._scratch = n_samples, _Scratch()

    @property
    def mean_C(self) -> F64:
        mean_C: F64 = self._total_C / self.n
        return mean_C

    @property
    def variance_C(self) -> F64:
        variance_C: F64 = np.maximum(self._square_C / self.n - self.mean_C**2, 0)
        return variance_C

    def add(self, cells_KIX: Real, is_inside_KMN: Bool | None) -> None:
        """The cells inside have a vote: all, where it is None."""
        k, i, long = cells_KIX.shape
        channels = len(self._total_C)
        every = k * i * long // channels
        self.n += every if is_inside_KMN is None else i * int(is_inside_KMN.sum())
        square = np.multiply(cells_KIX, cells_KIX, out=self._scratch.like(cells_KIX))
        for total_C, x_KIX in ((self._total_C, cells_KIX), (self._square_C, square)):
            total_C += _total(x_KIX, self._n_samples, channels, is_inside_KMN)


def _total(x_KIX: Real, n: int, channels: int, is_inside_KMN: Bool | None = None) -> Real:
    """Sum over cells, sample by sample in the dtype of x, then in float64."""
    x_KIMNC = x_KIX.reshape(*x_KIX.shape[:2], -1, n, channels)
    votes = np.ones((1, 1, 1, 1, n), x_KIX.dtype)
    if is_inside_KMN is not None:
        votes = is_inside_KMN[:, None, :, None].astype(x_KIX.dtype)
    total_C: Real = (votes @ x_KIMNC).sum(axis=(0, 1, 2, 3), dtype=np.float64)
    return total_C


def _sign(params: Params) -> Real:
    """-1 where the norm turns a channel round, else 1."""
    w_C = params["norm.w"]
    return np.where(w_C < 0, -1, 1).astype(w_C.dtype)


def _signed(params: Params) -> dict[str, Real]:
    """The kernels, negated where the norm turns a channel round."""
    return {"w": params["w"] * _sign(params)[:, None, None, None]}


def _rows(x_KIX: Real, like_L: Real) -> Real:
    """A view with a row's length of its own: one number a sample and channel, over and over."""
    return x_KIX.reshape(*x_KIX.shape[:2], -1, len(like_L))


def _scaled(x_KIX: Real, by_L: Real, out_KIX: Real) -> Real:
    np.multiply(_rows(x_KIX, by_L), by_L, out=_rows(out_KIX, by_L))
    return out_KIX


def _scale(x_KIX: Real, by_L: Real) -> None:
    rows = _rows(x_KIX, by_L)
    rows *= by_L


def _shift(x_KIX: Real, by_L: Real) -> None:
    rows = _rows(x_KIX, by_L)
    rows += by_L
