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
Work goes in blocks of tiles whose intermediate values stay near the second-level cache.

Bias comes after the maximum: rounding is monotone, so max(y) + b is max(y + b) to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from crnn.arrays import Bool, Params, Real
from crnn.kernels import halving, maps
from crnn.kernels.maps import TILE, Maps

BLOCK_BYTES = 1_400_000
MIN_CHANNELS = 16
"""With fewer input channels the transforms cost more than the multiplications they save."""

POINTS = (0.0, 0.75, -0.75, 1.5, -1.5)
"""And infinity. With the 0, 1, -1, 2, -2 of the paper, float32 loses four times as much; these are
still exact in binary."""


class Matrices(NamedTuple):
    """The transforms in one dtype, and their transposes laid out in rows; g2 is G for both axes."""

    bt: Real
    b: Real
    at: Real
    a: Real
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
    parts = (bt, bt.T, at, at.T, np.kron(g, g))
    return Matrices(*(np.ascontiguousarray(part, dtype) for part in parts))


class Tiles(NamedTuple):
    """A block of work: tiles start..stop of one row of tiles."""

    row: int
    start: int
    stop: int


class WinogradCache(NamedTuple):
    """What the way back reads, block by block: V, and the pool's winners. `y` is the output."""

    blocks: tuple[Tiles, ...]
    v: tuple[Real, ...]
    won: tuple[tuple[Bool, ...], ...]
    y: Maps


@dataclass(frozen=True, slots=True)
class Winograd:
    """conv 3x3 (stride 1, padding 1), bias, ReLU, max-pool; parameters as `Conv2d`, on `Maps`."""

    c_in: int
    c_out: int
    pool: tuple[int, int]

    def forward(self, params: Params, x: Maps, keep_NW: Bool | None) -> tuple[Maps, WinogradCache]:
        """`keep_NW` marks each sample's own columns of the output; None where all are."""
        n, dtype = x.x_HFWNC.shape[3], x.x_HFWNC.dtype
        y = maps.empty(x.rows // self.pool[0], x.columns // self.pool[1], n, self.c_out, dtype)
        u, b_NC = self._weights(params), np.tile(params["b"], n)
        blocks, kept, winners = tuple(self._blocks(x)), [], []
        for tiles in blocks:
            v = _to_points(x, tiles)
            y_KIX, won = halving.pool(_to_pixels(v, u), self.pool)
            y_KIX.reshape(-1, len(b_NC))[...] += b_NC
            for cells, place in self._places(y_KIX, tiles, y):
                np.maximum(cells, 0, out=y.fourth(place.fourth)[place.rows, place.columns])
            kept.append(v)
            winners.append(won)
        if keep_NW is not None:
            y.zero_beyond(keep_NW)
        return y, WinogradCache(blocks, tuple(kept), tuple(winners), y)

    def backward(
        self, params: Params, cache: WinogradCache, dy: Maps
    ) -> tuple[Maps, dict[str, Real]]:
        """`dy` as the output's maps; what lies outside the picture is not read."""
        dtype, n = dy.x_HFWNC.dtype, dy.x_HFWNC.shape[3]
        m = matrices(dtype)
        back = m.g2 @ params["w"].reshape(-1, 9).T
        u_back = back.reshape(36, self.c_out, self.c_in)
        rows, columns = dy.rows * self.pool[0], dy.columns * self.pool[1]
        dx = Maps(_zeros(rows, columns, n, self.c_in, dtype), rows, columns)
        du, du_of_block = (np.empty((36, self.c_in, self.c_out), dtype) for _ in range(2))
        db: Real = np.zeros(self.c_out, dtype)
        for tiles, v, won in zip(cache.blocks, cache.v, cache.won, strict=True):
            dpooled = self._gather(cache.y, dy, tiles)
            db += np.ones(dpooled.size // self.c_out, dtype) @ dpooled.reshape(-1, self.c_out)
            dy_KIX = halving.unpool(dpooled, won, self.pool)
            dm = _points_of(m, dy_KIX).reshape(36, -1, self.c_out)
            if tiles is cache.blocks[0]:
                np.matmul(v.transpose(0, 2, 1), dm, out=du)
            else:
                du += np.matmul(v.transpose(0, 2, 1), dm, out=du_of_block)
            _add_pixels(m, dm @ u_back, dx, tiles)
        dw: Real = np.empty((self.c_out, self.c_in, 9), dtype)
        np.matmul(du.transpose(1, 2, 0), m.g2, out=dw.transpose(1, 0, 2))
        return dx, {"w": dw.reshape(self.c_out, self.c_in, 3, 3), "b": db}

    def conv_nchw(self, params: Params, cache: WinogradCache) -> Real:
        """The convolution's output before ReLU, made again: the bits that trained."""
        n = cache.y.x_HFWNC.shape[3]
        rows, columns = cache.y.rows * self.pool[0], cache.y.columns * self.pool[1]
        wide = (maps.padded(rows), maps.padded(columns))
        y_HWNC: Real = np.empty((*wide, n, self.c_out), cache.y.x_HFWNC.dtype)
        u = self._weights(params)
        for (row, start, stop), v in zip(cache.blocks, cache.v, strict=True):
            y_KITNC = _to_pixels(v, u).reshape(TILE, TILE, stop - start, n, self.c_out)
            for k in range(TILE):
                at = slice(TILE * start + k, TILE * stop, TILE)
                np.add(y_KITNC[k], params["b"], out=y_HWNC[TILE * row : TILE * row + TILE, at])
        return np.ascontiguousarray(y_HWNC[:rows, :columns].transpose(2, 3, 0, 1))

    def _weights(self, params: Params) -> Real:
        """U, (36, C_in, C_out): a product for each input channel, so that nothing is transposed."""
        w_OIP = params["w"].reshape(self.c_out, self.c_in, 9)
        u: Real = np.empty((36, self.c_in, self.c_out), w_OIP.dtype)
        np.matmul(matrices(u.dtype).g2, w_OIP.transpose(1, 2, 0), out=u.transpose(1, 0, 2))
        return u

    def _blocks(self, x: Maps) -> Iterator[Tiles]:
        """Equal parts of each row of tiles, as long as their intermediates fit."""
        n, size = x.x_HFWNC.shape[3], x.x_HFWNC.itemsize
        across = maps.padded(x.columns) // TILE
        most = max(1, BLOCK_BYTES // (n * (24 * self.c_out + 6 * self.c_in) * size))
        wide = -(-across // -(-across // most))
        for row in range(maps.padded(x.rows) // TILE):
            for start in range(0, across, wide):
                yield Tiles(row, start, min(start + wide, across))

    def _places(self, y_KIX: Real, tiles: Tiles, y: Maps) -> Iterator[tuple[Real, _Place]]:
        """Parts of a block's pooled cells, each with its place in the output's maps.

        Column k of tile t is output column t (4 / pool) + k; tiles that leave the same remainder
        by the pool's width share a phase.
        """
        down, across = TILE // self.pool[0], TILE // self.pool[1]
        n, wide = y.x_HFWNC.shape[3], tiles.stop - tiles.start
        y_KITNC = y_KIX.reshape(across, down, wide, n, self.c_out)
        rows = slice(tiles.row * down, min((tiles.row + 1) * down, y.rows))
        for k in range(across):
            for remainder in range(self.pool[1]):
                first = (remainder - tiles.start) % self.pool[1]
                begin = (tiles.start + first) // self.pool[1]
                fourth = across * remainder + k
                room = -(-(y.columns - fourth) // TILE) - begin
                count = min(len(range(first, wide, self.pool[1])), room)
                if count > 0:
                    every = slice(first, first + count * self.pool[1], self.pool[1])
                    place = _Place(fourth, rows, slice(begin, begin + count))
                    yield y_KITNC[k, : rows.stop - rows.start, every], place

    def _gather(self, y: Maps, dy: Maps, tiles: Tiles) -> Real:
        """The gradient of a block's pooled cells; ReLU and mask let through where y is above 0."""
        n, wide = y.x_HFWNC.shape[3], tiles.stop - tiles.start
        across, down = TILE // self.pool[1], TILE // self.pool[0]
        dpooled: Real = np.zeros((across, down, wide * n * self.c_out), dy.x_HFWNC.dtype)
        for cells, place in self._places(dpooled, tiles, y):
            out = y.fourth(place.fourth)[place.rows, place.columns]
            dout = dy.fourth(place.fourth)[place.rows, place.columns]
            np.multiply(dout, out > 0, out=cells)
        return dpooled


class _Place(NamedTuple):
    fourth: int
    rows: slice
    columns: slice


def _zeros(rows: int, columns: int, n: int, c: int, dtype: np.dtype[np.floating]) -> Real:
    shape = (maps.padded(rows) + 2, TILE, maps.padded(columns) // TILE + 1, n, c)
    zeros: Real = np.zeros(shape, dtype)
    return zeros


def _parts(x: Maps, tiles: Tiles) -> tuple[Real, Real]:
    """Views of a block's input, (columns, 6 rows, long): columns 0..3 of its tiles, and 4 and 5,
    which are columns 0 and 1 of the tiles to the right."""
    rows_HFWNC = x.x_HFWNC[TILE * tiles.row : TILE * tiles.row + 6]
    own = rows_HFWNC[:, :, tiles.start : tiles.stop]
    right = rows_HFWNC[:, :2, tiles.start + 1 : tiles.stop + 1]
    return own.reshape(6, 4, -1).transpose(1, 0, 2), right.reshape(6, 2, -1).transpose(1, 0, 2)


def _to_points(x: Maps, tiles: Tiles) -> Real:
    """V of a block, (36, tiles x N, C_in)."""
    m = matrices(x.x_HFWNC.dtype)
    own, right = _parts(x, tiles)
    by_rows: Real = np.empty((6, 6, own.shape[2]), own.dtype)
    by_columns = by_rows.transpose(1, 0, 2)
    np.matmul(m.bt, own, out=by_columns[:4])
    np.matmul(m.bt, right, out=by_columns[4:])
    v: Real = m.bt @ by_rows
    return v.reshape(36, -1, x.x_HFWNC.shape[4])


def _to_pixels(v: Real, u: Real) -> Real:
    """A block's convolution without bias, (4 columns, 4 rows, tiles x N x C_out)."""
    at = matrices(v.dtype).at
    at_points = (v @ u).reshape(6, 6, -1)
    y_KIX: Real = at @ (at @ at_points).transpose(1, 0, 2)
    return y_KIX


def _points_of(m: Matrices, dy_KIX: Real) -> Real:
    """dM = A dY A'; (6, 6, long)."""
    by_rows = m.a @ dy_KIX
    dm: Real = m.a @ by_rows.transpose(1, 0, 2)
    return dm


def _add_pixels(m: Matrices, dv: Real, dx: Maps, tiles: Tiles) -> None:
    """dX += B dV B', tiles overlapping by two rows and two columns."""
    by_columns = m.b @ dv.reshape(6, 6, -1)
    pixels = m.b @ by_columns.transpose(1, 0, 2)
    own, right = _parts(dx, tiles)
    own += pixels[:4]
    right += pixels[4:]
