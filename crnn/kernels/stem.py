"""Stem: the first convolution of a gray picture, with bias, ReLU and max-pool in one pass.

From the plain form to this one. With one input channel im2col is nine shifted copies of the
picture, and the product has only nine terms, so what costs is moving pixels. All pixels that one
pooling window reads are (rows + 2) x (columns + 2) shifted planes, each taken at the window's
stride. Gathered once, they serve every cell of the window: cell (i, j) reads rows i..i+2 of them,
which are contiguous, and a kernel with zeros in the columns it does not use. So each cell of the
window is one product of its own, and the maximum is taken between whole products. The planes are
kept, for the kernel's gradient.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from crnn.arrays import Bool, Params, Real, empty, require, zeros
from crnn.kernels import halving, maps
from crnn.kernels.maps import TILE, Maps

BLOCK_BYTES = 1_400_000


Index = tuple[int | slice, ...]


class Block(NamedTuple):
    """A run of output rows. `places` pairs its pooled cells (rows, phase, place, N, C_out) with
    their place in the output's x_HFWNC, phase by phase."""

    rows: slice
    places: tuple[tuple[Index, Index], ...]


class StemCache(NamedTuple):
    """Block by block: its output rows, its planes, the pool's winners, and what ReLU let through.
    `y` is the output, `keep_NW` what of it is the sample's own."""

    blocks: tuple[Block, ...]
    planes: tuple[Real, ...]
    won: tuple[tuple[Bool, ...], ...]
    alive: tuple[Bool, ...]
    y: Maps
    keep_NW: Bool | None


@dataclass(frozen=True, slots=True)
class Stem:
    """conv 3x3 (stride 1, padding 1) of one channel, bias, ReLU, max-pool; parameters as Conv2d."""

    c_out: int
    pool: tuple[int, int]

    def forward(self, params: Params, x_NCHW: Real, keep_NW: Bool | None) -> tuple[Maps, StemCache]:
        """`keep_NW` marks each sample's own columns of the output; None where all are."""
        require(x_NCHW, "N C H W", C=1)
        n, _, rows, columns = x_NCHW.shape
        y = maps.empty(rows // self.pool[0], columns // self.pool[1], n, self.c_out, x_NCHW.dtype)
        x_HFWN = self._padded(x_NCHW, y)
        kernels, b_NC = self._kernels(params["w"]), np.tile(params["b"], n)
        where = self, y.rows, y.columns, n, x_HFWN.itemsize, BLOCK_BYTES
        blocks, kept, winners, alive = _blocks(*where), [], [], []
        zero_HFWNC: Real = np.zeros(0, x_HFWN.dtype)
        for block in blocks:
            planes = self._planes(x_HFWN, block.rows)
            y_KIX, won = halving.pool(self._cells(planes, kernels), self.pool)
            y_KIX.reshape(-1, len(b_NC))[...] += b_NC
            y_HFWNC = self._by_phase(y_KIX, block, n)
            zero_HFWNC = maps.zeros_for(y_HFWNC, zero_HFWNC)
            for cells, place in block.places:
                np.maximum(y_HFWNC[cells], zero_HFWNC[cells], out=y.x_HFWNC[place])
            kept.append(planes)
            winners.append(won)
            alive.append(y_KIX > 0)
        if keep_NW is not None:
            y.zero_beyond(keep_NW)
        made = tuple(kept), tuple(winners), tuple(alive)
        return y, StemCache(blocks, *made, y, keep_NW)

    def gradients(self, cache: StemCache, dy: Maps) -> dict[str, Real]:
        """Of the parameters; nobody asks for the gradient of the picture."""
        dy, n, dtype = dy.within(cache.keep_NW), dy.x_HFWNC.shape[3], dy.x_HFWNC.dtype
        dkernels: Real = np.zeros(self._kernel_shape, dtype)
        db: Real = np.zeros(self.c_out, dtype)
        fills = dy.columns % TILE == 0
        for block, planes, won, alive in zip(*cache[:4], strict=True):
            shape = (1, 1, planes.shape[2] * self.c_out)
            dpooled: Real = (empty if fills else zeros)(shape, dtype)
            dpooled_HFWNC = self._by_phase(dpooled, block, n)
            for cells, place in block.places:
                dpooled_HFWNC[cells] = dy.x_HFWNC[place]
            dpooled *= alive
            db += np.ones(planes.shape[2], dtype) @ dpooled.reshape(-1, self.c_out)
            dcells = halving.unpool(dpooled, won, self.pool)
            for i, j in np.ndindex(self.pool):
                dcell = dcells[j, i].reshape(-1, self.c_out)
                dkernels[i, j] += planes[i : i + 3].reshape(-1, len(dcell)) @ dcell
        return {"w": self._fold(dkernels), "b": db}

    def conv_nchw(self, params: Params, cache: StemCache) -> Real:
        """The convolution's output before ReLU, made again: the bits that trained."""
        n, dtype = cache.y.x_HFWNC.shape[3], cache.y.x_HFWNC.dtype
        rows, columns = cache.y.rows * self.pool[0], cache.y.columns * self.pool[1]
        y_NCHW: Real = empty((n, self.c_out, rows, columns), dtype)
        kernels = self._kernels(params["w"])
        for block, planes in zip(cache.blocks, cache.planes, strict=True):
            y_KIX = self._cells(planes, kernels)
            for i, j in np.ndindex(self.pool):
                out = y_NCHW[:, :, i :: self.pool[0], j :: self.pool[1]][:, :, block.rows]
                cell_HFWNC = self._by_phase(y_KIX[j, i], block, n)
                for first in range(min(TILE, cache.y.columns)):
                    part = out[:, :, :, first::TILE]
                    cells = cell_HFWNC[:, first, : part.shape[3]]
                    part[...] = (cells + params["b"]).transpose(2, 3, 0, 1)
        return y_NCHW

    @property
    def _kernel_shape(self) -> tuple[int, ...]:
        return (*self.pool, 3 * (self.pool[1] + 2), self.c_out)

    def _kernels(self, w_OCPQ: Real) -> Real:
        """kernels[i, j]: (3 x plane columns, C_out), 0 in the planes cell (i, j) does not see."""
        wide: Real = np.zeros((*self.pool, 3, self.pool[1] + 2, self.c_out), w_OCPQ.dtype)
        for j in range(self.pool[1]):
            wide[:, j, :, j : j + 3] = w_OCPQ[:, 0].transpose(1, 2, 0)
        return wide.reshape(self._kernel_shape)

    def _fold(self, dkernels: Real) -> Real:
        """The adjoint of `_kernels`."""
        wide = dkernels.reshape(*self.pool, 3, self.pool[1] + 2, self.c_out)
        dw_PQO = sum(wide[:, j, :, j : j + 3].sum(axis=0) for j in range(self.pool[1]))
        return np.ascontiguousarray(np.asarray(dw_PQO).transpose(2, 0, 1)[:, None])

    def _padded(self, x_NCHW: Real, y: Maps) -> Real:
        """The picture in a border of zeros, columns by phase: padded column 4 pw W + F at (F, W).
        Four windows side by side see 4 pw + 2 columns, so the first two phases stand at the end
        again, one place on."""
        _, _, rows, columns = x_NCHW.shape
        period, places = TILE * self.pool[1], maps.padded(y.columns) // TILE
        x_HFWN: Real = zeros((rows + 2, period + 2, places, len(x_NCHW)), x_NCHW.dtype)
        x_HWN = x_NCHW[:, 0].transpose(1, 2, 0)
        for phase in range(period + 2):
            place = 0 if phase else 1  # padded column 0 is border
            found = x_HWN[:, phase + period * place - 1 : columns : period]
            x_HFWN[1 : rows + 1, phase, place : place + found.shape[1]] = found[:, : places - place]
        return x_HFWN

    def _planes(self, x_HFWN: Real, rows: slice) -> Real:
        """(plane rows, plane columns, windows x N), windows in the order of `Maps`."""
        high, (_, _, places, n), (ph, pw) = rows.stop - rows.start, x_HFWN.shape, self.pool
        planes: Real = empty((ph + 2, pw + 2, high, TILE, places, n), x_HFWN.dtype)
        for a, b in np.ndindex(ph + 2, pw + 2):
            first = rows.start * ph + a
            planes[a, b] = x_HFWN[first : first + high * ph : ph, b : b + TILE * pw : pw]
        return planes.reshape(ph + 2, pw + 2, -1)

    def _cells(self, planes: Real, kernels: Real) -> Real:
        """The convolution without bias, (columns, rows of the window, windows x N x C_out)."""
        ph, pw = self.pool
        n_windows = planes.shape[2]
        y_KIX: Real = empty((pw, ph, n_windows, self.c_out), planes.dtype)
        for i, j in np.ndindex(ph, pw):
            np.matmul(planes[i : i + 3].reshape(-1, n_windows).T, kernels[i, j], out=y_KIX[j, i])
        return y_KIX.reshape(pw, ph, -1)

    def _by_phase(self, y_KIX: Real, block: Block, n: int) -> Real:
        """A view (rows, phase, place, N, C_out) of a block's pooled cells."""
        return y_KIX.reshape(block.rows.stop - block.rows.start, TILE, -1, n, self.c_out)


@lru_cache(maxsize=64)
def _blocks(
    op: Stem, rows: int, columns: int, n: int, itemsize: int, most_bytes: int
) -> tuple[Block, ...]:
    """Equal runs of output rows, as long as their intermediates fit."""
    cells = op.pool[0] * op.pool[1] + 1
    row_bytes = cells * maps.padded(columns) * n * op.c_out * itemsize
    most = max(1, most_bytes // row_bytes)
    high = -(-rows // -(-rows // most))
    starts = range(0, rows, high)
    return tuple(_block(start, min(start + high, rows), columns) for start in starts)


def _block(start: int, stop: int, columns: int) -> Block:
    """Column c of the output stands at padded column c + 1 (`Maps`)."""
    places: list[tuple[Index, Index]] = []
    for first in range(min(TILE, columns)):
        begin, count = (first + 1) // TILE, -(-(columns - first) // TILE)
        place = (slice(start + 1, stop + 1), (first + 1) % TILE, slice(begin, begin + count))
        places.append(((slice(None), first, slice(0, count)), place))
    return Block(slice(start, stop), tuple(places))
