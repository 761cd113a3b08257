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

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from crnn.arrays import I64, Bool, Params, Real, empty, require, zeros
from crnn.kernels import halving, maps
from crnn.kernels.maps import TILE, Maps
from crnn.kernels.placing import Index, Placing
from crnn.kernels.products import in_runs

BLOCK_BYTES = 1_400_000


class Block(NamedTuple):
    """A run of output rows. `places` pairs its pooled cells (rows, phase, place, N, C_out) with
    their place in the output's x_HFWNC, phase by phase; `units_M` is the output column of each
    window (see `placing`)."""

    rows: slice
    places: tuple[tuple[Index, Index], ...]
    units_M: I64


class StemCache(NamedTuple):
    """Block by block: its output rows, its planes, the pool's winners, and what ReLU and the
    sample's own width let through. `y` is the output."""

    blocks: tuple[Block, ...]
    planes: tuple[Real, ...]
    won: tuple[tuple[Bool, ...], ...]
    alive: tuple[Bool, ...]
    y: Maps


@dataclass(slots=True)
class StemBack:
    """The kernels' gradient, added up block by block; nobody asks for that of the picture."""

    op: Stem
    dkernels: Real

    def add(self, block: Block, planes: Real, dcells_KIX: Real) -> None:
        for i, j in np.ndindex(self.op.pool):
            dcell = dcells_KIX[j, i].reshape(-1, self.op.c_out)
            self.dkernels[i, j] += in_runs(planes[i : i + 3].reshape(-1, len(dcell)), dcell)

    def result(self) -> tuple[None, Real]:
        return None, self.op._fold(self.dkernels)


@dataclass(frozen=True, slots=True)
class Stem:
    """conv 3x3 (stride 1, padding 1) of one channel, bias, ReLU, max-pool; parameters as Conv2d."""

    c_out: int
    pool: tuple[int, int]

    @property
    def unit(self) -> int:
        """Columns of the convolution's output that a window has."""
        return self.pool[1]

    def forward(self, params: Params, x_NCHW: Real, keep_NW: Bool | None) -> tuple[Maps, StemCache]:
        """`keep_NW` marks each sample's own columns of the output; None where all are."""
        placing = Placing(self, self.output(x_NCHW), keep_NW)
        kernels, b_NC = self.weights(params), np.tile(params["b"], len(x_NCHW))
        blocks, kept, winners, alive = [], [], [], []
        for block, planes in self.walk(x_NCHW):
            y_KIX, won = halving.pool(self.cells(planes, kernels), self.pool)
            y_KIX.reshape(-1, len(b_NC))[...] += b_NC
            blocks.append(block)
            kept.append(planes)
            winners.append(won)
            alive.append(placing.add(block, y_KIX))
        y = placing.result()
        return y, StemCache(tuple(blocks), tuple(kept), tuple(winners), tuple(alive), y)

    def gradients(self, cache: StemCache, dy: Maps) -> dict[str, Real]:
        """Of the parameters; nobody asks for the gradient of the picture."""
        back = self.back({}, dy)
        db: Real = np.zeros(self.c_out, dy.x_HFWNC.dtype)
        for block, planes, won, alive in zip(*cache[:4], strict=True):
            dpooled = self.gather(dy, block)
            dpooled *= alive
            db += np.ones(planes.shape[2], db.dtype) @ dpooled.reshape(-1, self.c_out)
            back.add(block, planes, halving.unpool(dpooled, won, self.pool))
        return {"w": back.result()[1], "b": db}

    def conv_nchw(self, params: Params, cache: StemCache) -> Real:
        """The convolution's output before ReLU, made again: the bits that trained."""
        kernels = self.weights(params)
        cells = (self.cells(planes, kernels) for planes in cache.planes)
        return self.picture(cache.y, cache.blocks, cells, params["b"])

    def walk(self, x_NCHW: Real) -> Iterator[tuple[Block, Real]]:
        """Each block and its planes."""
        require(x_NCHW, "N C H W", C=1)
        n, _, rows, columns = x_NCHW.shape
        x_HFWN = self._padded(x_NCHW)
        size = rows // self.pool[0], columns // self.pool[1]
        for block in _blocks(self, *size, n, x_HFWN.itemsize, BLOCK_BYTES):
            yield block, self._planes(x_HFWN, block.rows)

    def output(self, x_NCHW: Real) -> Maps:
        """Maps of the block's output, to be written."""
        n, _, rows, columns = x_NCHW.shape
        size = rows // self.pool[0], columns // self.pool[1]
        return maps.empty(*size, n, self.c_out, x_NCHW.dtype)

    def n_rows(self, block: Block) -> int:
        """Rows of a unit that are in the picture: all."""
        return self.pool[0]

    def back(self, params: Params, dy: Maps) -> StemBack:
        return StemBack(self, np.zeros(self._kernel_shape, dy.x_HFWNC.dtype))

    def gather(self, dy: Maps, block: Block) -> Real:
        """The gradient of a block's pooled cells, (1, 1, windows x N x C_out)."""
        n, dtype = dy.x_HFWNC.shape[3], dy.x_HFWNC.dtype
        shape = (1, 1, len(block.units_M) * n * self.c_out)
        dpooled: Real = empty(shape, dtype)
        if dy.columns % TILE:  # not all of it is filled
            dpooled[...] = 0
        dpooled_HFWNC = self.placed(dpooled, block, n)
        for cells, place in block.places:
            dpooled_HFWNC[cells] = dy.x_HFWNC[place]
        return dpooled

    def picture(
        self, y: Maps, blocks: Iterable[Block], cells_of_blocks: Iterable[Real], b_C: Real
    ) -> Real:
        """A convolution's cells as y_NCHW, with bias; `y` is the block's output."""
        n, dtype = y.x_HFWNC.shape[3], y.x_HFWNC.dtype
        rows, columns = y.rows * self.pool[0], y.columns * self.pool[1]
        y_NCHW: Real = empty((n, self.c_out, rows, columns), dtype)
        for block, y_KIX in zip(blocks, cells_of_blocks, strict=True):
            for i, j in np.ndindex(self.pool):
                out = y_NCHW[:, :, i :: self.pool[0], j :: self.pool[1]][:, :, block.rows]
                cell_HFWNC = self.placed(y_KIX[j, i], block, n)
                for first in range(min(TILE, y.columns)):
                    part = out[:, :, :, first::TILE]
                    cells = cell_HFWNC[:, first, : part.shape[3]]
                    part[...] = (cells + b_C).transpose(2, 3, 0, 1)
        return y_NCHW

    @property
    def _kernel_shape(self) -> tuple[int, ...]:
        return (*self.pool, 3 * (self.pool[1] + 2), self.c_out)

    def weights(self, params: Params) -> Real:
        """kernels[i, j]: (3 x plane columns, C_out), 0 in the planes cell (i, j) does not see."""
        w_OCPQ = params["w"]
        wide: Real = np.zeros((*self.pool, 3, self.pool[1] + 2, self.c_out), w_OCPQ.dtype)
        for j in range(self.pool[1]):
            wide[:, j, :, j : j + 3] = w_OCPQ[:, 0].transpose(1, 2, 0)
        return wide.reshape(self._kernel_shape)

    def _fold(self, dkernels: Real) -> Real:
        """The adjoint of `weights`."""
        wide = dkernels.reshape(*self.pool, 3, self.pool[1] + 2, self.c_out)
        dw_PQO = sum(wide[:, j, :, j : j + 3].sum(axis=0) for j in range(self.pool[1]))
        return np.ascontiguousarray(np.asarray(dw_PQO).transpose(2, 0, 1)[:, None])

    def _padded(self, x_NCHW: Real) -> Real:
        """The picture in a border of zeros, columns by phase: padded column 4 pw W + F at (F, W).
        Four windows side by side see 4 pw + 2 columns, so the first two phases stand at the end
        again, one place on."""
        _, _, rows, columns = x_NCHW.shape
        period = TILE * self.pool[1]
        places = maps.padded(columns // self.pool[1]) // TILE
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

    def cells(self, planes: Real, kernels: Real) -> Real:
        """The convolution without bias, (columns, rows of the window, windows x N x C_out)."""
        ph, pw = self.pool
        n_windows = planes.shape[2]
        y_KIX: Real = empty((pw, ph, n_windows, self.c_out), planes.dtype)
        for i, j in np.ndindex(ph, pw):
            np.matmul(planes[i : i + 3].reshape(-1, n_windows).T, kernels[i, j], out=y_KIX[j, i])
        return y_KIX.reshape(pw, ph, -1)

    def placed(self, y_KIX: Real, block: Block, n: int) -> Real:
        """A view (rows, phase, place, N, C_out) of a block's pooled cells, for its places."""
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
    units_FW = np.arange(maps.padded(columns)).reshape(-1, TILE).T
    return Block(slice(start, stop), tuple(places), np.tile(units_FW.ravel(), stop - start))
