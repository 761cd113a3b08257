"""Winograd F(4x4, 3x3): conv 3x3, bias, ReLU and max-pool in one pass, with a quarter of the
multiplications (Lavin and Gray 2016).

From the plain form to this one. A 3x3 convolution of a 6x6 tile gives 4x4 pixels and costs 16 x 9
multiplications a channel pair. Polynomials are multiplied more cheaply through their values at
points: with B, G and A for six points,

    Y = A' [ (G w G') * (B' x B) ] A          (* element by element: 36 multiplications)

summed over input channels between the brackets, so each of the 36 points is one matrix product
over channels: U = G w G' (36, C_in, C_out) against V = B' x B (36, tiles, C_in). All three
transforms are linear, so the way back uses their transposes, and one transform of dY serves both
gradients:

    dM = A dY A',   dU = V' dM,  dW = G' dU G,   dV = dM U',  dX = overlapping sum of B dV B'

V is kept for dU. The transforms are themselves matrix products (6 x 6) @ (6 x long), which BLAS
does three times faster than chains of additions; `Maps` is the layout that makes the rows long.
Their rows must not lie a multiple of 4 KiB apart, or they push each other out of the first cache
(`products.apart`). Work goes in blocks of tiles whose intermediate values stay near the second.

Bias comes after the maximum: rounding is monotone, so max(y) + b is max(y + b) to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from crnn.arrays import F64, I64, Bool, Params, Real, aligned, empty, zeros
from crnn.kernels import halving, maps
from crnn.kernels.maps import TILE, Maps
from crnn.kernels.placing import Index, Placing
from crnn.kernels.products import across, apart, product

BLOCK_BYTES = 2_800_000
MIN_CHANNELS = 16
"""With fewer input channels the transforms cost more than the multiplications they save."""

POINTS = (0.0, 0.75, -0.75, 1.5, -1.5)
"""And infinity. With the 0, 1, -1, 2, -2 of the paper, float32 loses four times as much; these are
still exact in binary."""


class Matrices(NamedTuple):
    """The transforms in one dtype: BT for one axis, the others for both at once, since one product
    with 16 or 36 long rows costs less than two with 4 or 6. g2 keeps the order of its axes."""

    bt: Real
    b2: Real
    at2: Real
    a2: Real
    g2: Real


@lru_cache(maxsize=4)
def matrices(dtype: np.dtype[np.floating]) -> Matrices:
    """Toom and Cook's: AT evaluates at the points, BT and G divide Lagrange's polynomials."""
    bt, g, at = np.zeros((6, 6)), np.zeros((6, 3)), np.zeros((4, 6))
    for j, point in enumerate(POINTS):
        others = [other for other in POINTS if other != point]
        bt[j, :5] = np.poly(others)[::-1]
        g[j] = point ** np.arange(3) / np.prod([point - other for other in others])
        at[:, j] = point ** np.arange(4)
    bt[5] = np.poly(POINTS)[::-1]
    g[5, 2] = at[3, 5] = 1
    at2 = _both_axes(at)
    parts = (bt, _both_axes(bt.T), at2, at2.T, np.kron(g, g))
    return Matrices(*(np.ascontiguousarray(part, dtype) for part in parts))


def _both_axes(m: F64) -> F64:
    """`m` applied to rows and columns at once: from (row, column) to (column, row), seen flat."""
    rows, inner = m.shape
    both: F64 = np.einsum("ri,cj->crij", m, m).reshape(rows**2, inner**2)
    return both


class Block(NamedTuple):
    """A block of work: tiles start..stop of one row of tiles, `n_rows` of it in the picture.

    `places` pairs parts of its pooled cells (across, down, tiles, N, C) with their place in the
    output's x_HFWNC, one for each column of a tile and each phase its tiles come to lie in.
    `units_M` are the tiles (see `placing`).
    """

    row: int
    n_rows: int
    start: int
    stop: int
    places: tuple[tuple[Index, Index], ...]
    units_M: I64


class WinogradCache(NamedTuple):
    """What the way back reads, block by block: V, the pool's winners, and what ReLU and the
    sample's own width let through. `y` is the output."""

    blocks: tuple[Block, ...]
    v: tuple[Real, ...]
    won: tuple[tuple[Bool, ...], ...]
    alive: tuple[Bool, ...]
    y: Maps


@dataclass(slots=True)
class WinogradBack:
    """The gradients of the input and of the kernels, added up block by block."""

    u_back: Real
    dx: Maps
    du: Real

    def add(self, block: Block, v: Real, dcells_KIX: Real) -> None:
        c_out, c_in = self.u_back.shape[1:]
        dm = _points_of(dcells_KIX, c_out)
        du_of_block = product(v.transpose(0, 2, 1), dm)
        self.du = np.add(self.du, du_of_block, out=self.du) if len(self.du) else du_of_block
        dv = apart((36, dm.shape[1] * c_in), dm.dtype).reshape(36, -1, c_in)
        _add_pixels(product(dm, self.u_back, dv), self.dx, block)

    def result(self) -> tuple[Maps, Real]:
        _, c_in, c_out = self.du.shape
        dw: Real = empty((c_out, c_in, 9), self.du.dtype)
        g2 = matrices(self.du.dtype).g2
        np.matmul(self.du.transpose(1, 2, 0), g2, out=dw.transpose(1, 0, 2))
        return self.dx, dw.reshape(c_out, c_in, 3, 3)


@dataclass(frozen=True, slots=True)
class Winograd:
    """conv 3x3 (stride 1, padding 1), bias, ReLU, max-pool; parameters as `Conv2d`, on `Maps`."""

    c_in: int
    c_out: int
    pool: tuple[int, int]

    @property
    def unit(self) -> int:
        """Columns of the convolution's output that a tile has."""
        return TILE

    def forward(self, params: Params, x: Maps, keep_NW: Bool | None) -> tuple[Maps, WinogradCache]:
        """`keep_NW` marks each sample's own columns of the output; None where all are."""
        placing = Placing(self, self.output(x), keep_NW)
        u, b_NC = self.weights(params), np.tile(params["b"], x.x_HFWNC.shape[3])
        blocks, kept, winners, alive = [], [], [], []
        for block, v in self.walk(x):
            y_KIX, won = halving.pool(self.cells(v, u), self.pool)
            y_KIX.reshape(*y_KIX.shape[:2], -1, len(b_NC))[...] += b_NC
            blocks.append(block)
            kept.append(v)
            winners.append(won)
            alive.append(placing.add(block, y_KIX))
        y = placing.result()
        return y, WinogradCache(tuple(blocks), tuple(kept), tuple(winners), tuple(alive), y)

    def backward(
        self, params: Params, cache: WinogradCache, dy: Maps
    ) -> tuple[Maps, dict[str, Real]]:
        """`dy` as the output's maps; what lies outside the picture is not read."""
        back = self.back(params, dy)
        db: Real = np.zeros(self.c_out, dy.x_HFWNC.dtype)
        for block, v, won, alive in zip(*cache[:4], strict=True):
            dpooled = self.gather(dy, block)
            dpooled *= alive
            db += np.ones(dpooled.size // self.c_out, db.dtype) @ dpooled.reshape(-1, self.c_out)
            back.add(block, v, halving.unpool(dpooled, won, self.pool))
        dx, dw = back.result()
        return dx, {"w": dw, "b": db}

    def conv_nchw(self, params: Params, cache: WinogradCache) -> Real:
        """The convolution's output before ReLU, made again: the bits that trained."""
        u = self.weights(params)
        cells = (self.cells(v, u) for v in cache.v)
        return self.picture(cache.y, cache.blocks, cells, params["b"])

    def walk(self, x: Maps) -> Iterator[tuple[Block, Real]]:
        """Each block and its V."""
        dtype, n = x.x_HFWNC.dtype, x.x_HFWNC.shape[3]
        for block in _blocks(self, x.rows, x.columns, n, dtype.itemsize, BLOCK_BYTES):
            yield block, _to_points(x, block)

    def output(self, x: Maps) -> Maps:
        """Maps of the block's output, to be written."""
        n, dtype = x.x_HFWNC.shape[3], x.x_HFWNC.dtype
        return maps.empty(x.rows // self.pool[0], x.columns // self.pool[1], n, self.c_out, dtype)

    def cells(self, v: Real, u: Real) -> Real:
        """The convolution without bias, (4 columns, 4 rows, tiles x N x C_out)."""
        return _to_pixels(v, u)

    def n_rows(self, block: Block) -> int:
        """Rows of a tile that are in the picture."""
        return block.n_rows

    def placed(self, y_KIX: Real, block: Block, n: int) -> Real:
        """A view (across, down, tiles, N, C_out) of a block's pooled cells, for its places."""
        return y_KIX.reshape(*y_KIX.shape[:2], -1, n, self.c_out)

    def picture(
        self, y: Maps, blocks: Iterable[Block], cells_of_blocks: Iterable[Real], b_C: Real
    ) -> Real:
        """A convolution's cells as y_NCHW, with bias; `y` is the block's output."""
        n = y.x_HFWNC.shape[3]
        rows, columns = y.rows * self.pool[0], y.columns * self.pool[1]
        wide = (maps.padded(rows), maps.padded(columns))
        y_HWNC: Real = empty((*wide, n, self.c_out), y.x_HFWNC.dtype)
        for block, y_KIX in zip(blocks, cells_of_blocks, strict=True):
            y_KITNC, row = y_KIX.reshape(TILE, TILE, -1, n, self.c_out), TILE * block.row
            for k in range(TILE):
                at = slice(TILE * block.start + k, TILE * block.stop, TILE)
                np.add(y_KITNC[k], b_C, out=y_HWNC[row : row + TILE, at])
        return np.ascontiguousarray(y_HWNC[:rows, :columns].transpose(2, 3, 0, 1))

    def back(self, params: Params, dy: Maps) -> WinogradBack:
        dtype, n = dy.x_HFWNC.dtype, dy.x_HFWNC.shape[3]
        rows, columns = dy.rows * self.pool[0], dy.columns * self.pool[1]
        dx = Maps(_zeros(rows, columns, n, self.c_in, dtype), rows, columns)
        return WinogradBack(self._weights_back(params), dx, np.zeros(0, dtype))

    def weights(self, params: Params) -> Real:
        """U, (36, C_in, C_out): a small product for each input channel."""
        by_rows = aligned(params["w"].reshape(self.c_out, -1).T)
        u: Real = empty((36, self.c_in, self.c_out), by_rows.dtype)
        w_IPO = by_rows.reshape(self.c_in, 9, self.c_out)
        np.matmul(matrices(u.dtype).g2, w_IPO, out=u.transpose(1, 0, 2))
        return u

    def _weights_back(self, params: Params) -> Real:
        """U', (36, C_out, C_in), made anew: that is cheaper than to transpose U."""
        w_OPI = aligned(params["w"].reshape(self.c_out, -1, 9).transpose(0, 2, 1))
        u_back: Real = empty((36, self.c_out, self.c_in), w_OPI.dtype)
        np.matmul(matrices(u_back.dtype).g2, w_OPI, out=u_back.transpose(1, 0, 2))
        return u_back

    def gather(self, dy: Maps, block: Block) -> Real:
        """The gradient of a block's pooled cells, (across, down, tiles x N x C_out)."""
        n, wide = dy.x_HFWNC.shape[3], block.stop - block.start
        across, down = TILE // self.pool[1], TILE // self.pool[0]
        shape, dtype = (across, down, wide, n, self.c_out), dy.x_HFWNC.dtype
        dpooled: Real = empty(shape, dtype)
        if dy.rows % down or dy.columns % across:  # not all of it is filled
            dpooled[...] = 0
        for cells, place in block.places:
            dpooled[cells] = dy.x_HFWNC[place]
        return dpooled.reshape(across, down, -1)


@lru_cache(maxsize=64)
def _blocks(
    op: Winograd, rows: int, columns: int, n: int, itemsize: int, most_bytes: int
) -> tuple[Block, ...]:
    """Equal parts of each row of tiles, as long as their intermediates fit."""
    across = maps.padded(columns) // TILE
    most = max(1, most_bytes // (n * (24 * op.c_out + 6 * op.c_in) * itemsize))
    wide = -(-across // -(-across // most))
    return tuple(
        Block(
            *(row, min(TILE, rows - TILE * row), start, stop),
            tuple(_places(op.pool, rows, columns, row, start, stop)),
            np.arange(start, stop),
        )
        for row in range(maps.padded(rows) // TILE)
        for start in range(0, across, wide)
        for stop in (min(start + wide, across),)
    )


def _places(
    pool: tuple[int, int], rows: int, columns: int, row: int, start: int, stop: int
) -> Iterator[tuple[Index, Index]]:
    """See `Block`. Column k of tile t is output column t (4 / pool) + k; tiles that leave the same
    remainder by the pool's width share a phase."""
    down, across = TILE // pool[0], TILE // pool[1]
    first_row, last_row = row * down, min((row + 1) * down, rows // pool[0])
    for k in range(across):
        for remainder in range(pool[1]):
            first = (remainder - start) % pool[1]
            begin = (start + first) // pool[1]
            fourth = across * remainder + k
            room = -(-(columns // pool[1] - fourth) // TILE) - begin
            count = min(len(range(first, stop - start, pool[1])), room)
            if count > 0:
                every = slice(first, first + count * pool[1], pool[1])
                begin += (fourth + 1) // TILE
                place = (
                    slice(first_row + 1, last_row + 1),
                    (fourth + 1) % TILE,
                    slice(begin, begin + count),
                )
                yield (k, slice(0, last_row - first_row), every), place


def _zeros(rows: int, columns: int, n: int, c: int, dtype: np.dtype[np.floating]) -> Real:
    shape = (maps.padded(rows) + 2, TILE, maps.padded(columns) // TILE + 1, n, c)
    made: Real = zeros(shape, dtype)
    return made


def _parts(x: Maps, block: Block) -> tuple[Real, Real]:
    """Views of a block's input, (columns, 6 rows, long): columns 0..3 of its tiles, and 4 and 5,
    which are columns 0 and 1 of the tiles to the right."""
    rows_HFWNC = x.x_HFWNC[TILE * block.row : TILE * block.row + 6]
    own = rows_HFWNC[:, :, block.start : block.stop]
    right = rows_HFWNC[:, :2, block.start + 1 : block.stop + 1]
    return own.reshape(6, 4, -1).transpose(1, 0, 2), right.reshape(6, 2, -1).transpose(1, 0, 2)


def _to_points(x: Maps, block: Block) -> Real:
    """V of a block, (36, tiles x N, C_in)."""
    bt, channels = matrices(x.x_HFWNC.dtype).bt, x.x_HFWNC.shape[4]
    own, right = _parts(x, block)
    long = own.shape[2]
    by_rows, v = (apart((36, long), own.dtype) for _ in range(2))
    by_columns = by_rows.reshape(6, 6, long).transpose(1, 0, 2)
    np.matmul(bt, own, out=by_columns[:4])
    np.matmul(bt, right, out=by_columns[4:])
    np.matmul(bt, by_rows.reshape(6, 6, long), out=v.reshape(6, 6, long))
    return v.reshape(36, -1, channels)


def _to_pixels(v: Real, u: Real) -> Real:
    """A block's convolution without bias, (4 columns, 4 rows, tiles x N x C_out)."""
    long = v.shape[1] * u.shape[2]
    at_points, y = apart((36, long), v.dtype), apart((TILE * TILE, long), v.dtype)
    product(v, u, at_points.reshape(36, v.shape[1], -1))
    across(matrices(v.dtype).at2, at_points, y)
    return y.reshape(TILE, TILE, long)


def _points_of(dy_KIX: Real, channels: int) -> Real:
    """dM = A dY A', (36, tiles x N, C_out)."""
    long = dy_KIX.shape[2]
    dm = apart((36, long), dy_KIX.dtype)
    across(matrices(dy_KIX.dtype).a2, dy_KIX.reshape(TILE * TILE, long), dm)
    return dm.reshape(36, -1, channels)


def _add_pixels(dv: Real, dx: Maps, block: Block) -> None:
    """dX += B dV B', tiles overlapping by two rows and two columns."""
    long = dv.shape[1] * dv.shape[2]
    both_axes = apart((36, long), dv.dtype)
    across(matrices(dv.dtype).b2, dv.reshape(36, long), both_axes)
    pixels = both_axes.reshape(6, 6, long)
    own, right = _parts(dx, block)
    own += pixels[:4]
    right += pixels[4:]
