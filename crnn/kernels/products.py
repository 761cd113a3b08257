"""Products: stacks of matrix products cut into pieces that BLAS multiplies where they lie.

Before it multiplies, OpenBLAS copies both factors into an order of its own, unless rows x inner x
columns is at most a million: then it reads them in place. In a stack of products that are only a
little larger, the copying takes up to a third of the time; one large product is worth it. Which
pieces is a matter of views, and NumPy multiplies a stack of them in one call. Nothing is added up
differently: a piece has its whole inner axis.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import DTypeLike

from crnn.arrays import CACHE_LINE, Real, aligned, empty

LIMIT = 1_000_000
"""OpenBLAS's own, for its AVX-512 kernels; others always copy, and lose little by the cutting."""
SIDE = 64
"""Columns of a piece where rows are contiguous; half as many rows of it where columns are."""
RUN = 1024
"""Columns of a run in `across`; a quarter as many in `in_runs`."""
LEAST = 8
"""A piece with fewer rows or columns is no gain."""


def product(a: Real, b: Real, out: Real | None = None) -> Real:
    """a @ b, with equal stacks in front; b's rows contiguous, a's rows or its columns."""
    *stack, rows, inner = a.shape
    columns = b.shape[-1]
    if out is None:
        out = empty((*stack, rows, columns), a.dtype)
    if not stack:
        np.matmul(a, b, out=out)
        return out
    is_transposed = a.strides[-1] != a.itemsize
    high, wide = _piece(rows, inner, columns, is_transposed)
    if (high, wide) == (rows, columns):
        np.matmul(a, b, out=out)
        return out
    np.matmul(
        a.reshape(*stack, rows // high, 1, high, inner),
        b.reshape(*stack, 1, inner, columns // wide, wide).swapaxes(-3, -2),
        out=out.reshape(*stack, rows // high, high, columns // wide, wide).swapaxes(-3, -2),
    )
    return out


def across(a: Real, x: Real, out: Real) -> None:
    """out = a @ x for a few dozen rows and very long ones of x and out, a run of columns at a time;
    rows of x and out contiguous each."""
    rows, inner = a.shape
    long = x.shape[1]
    wide = _divisor(long, min(RUN, LIMIT // (rows * inner)))
    if wide < SIDE:
        np.matmul(a, x, out=out)
        return
    np.matmul(
        a,
        x.reshape(inner, long // wide, wide).swapaxes(0, 1),
        out=out.reshape(rows, long // wide, wide).swapaxes(0, 1),
    )


def in_runs(a: Real, b: Real) -> Real:
    """a @ b over a very long inner axis, a run at a time and then the runs: BLAS would add it up in
    one go, and where terms cancel float32 loses six times as much."""
    rows, inner = a.shape
    run = _divisor(inner, RUN // 4)
    if run < SIDE:
        made: Real = a @ b
        return made
    runs = a.reshape(rows, -1, run).swapaxes(0, 1) @ b.reshape(-1, run, b.shape[1])
    total: Real = runs.sum(axis=0)
    return total


def in_pieces(b: Real, rows: int) -> Real:
    """`b` laid out anew for many products with that many rows: (..., pieces, inner, columns)."""
    *stack, inner, columns = b.shape
    _, wide = _piece(rows, inner, columns, False)
    return aligned(b.reshape(*stack, inner, columns // wide, wide).swapaxes(-3, -2))


def apart(shape: tuple[int, ...], dtype: DTypeLike) -> Real:
    """Memory whose rows do not share their places in the first cache: their length is nearly always
    a power of two, and then all of them would. Any axis can be split without a copy."""
    *stack, long = shape
    return empty((*stack, long + 2 * CACHE_LINE // np.dtype(dtype).itemsize), dtype)[..., :long]


def transposed(w: Real) -> Real:
    """w.T with contiguous rows, through scratch with a gap in each row: rows a power of two apart
    share one place in the cache, and reading down a column then takes up to five times as long."""
    scratch = apart(w.shape, w.dtype)
    scratch[...] = w
    return aligned(scratch.T)


@lru_cache(maxsize=256)
def _piece(rows: int, inner: int, columns: int, is_transposed: bool) -> tuple[int, int]:
    """Rows and columns of a piece: whole where that is small, or where no cut fits."""
    if rows * inner * columns <= LIMIT:
        return rows, columns
    if is_transposed:
        high = _divisor(rows, SIDE // 2)
        wide = _divisor(columns, LIMIT // (inner * high))
    else:
        wide = _divisor(columns, SIDE)
        high = _divisor(rows, LIMIT // (inner * wide))
    return (high, wide) if min(high, wide) >= LEAST else (rows, columns)


@lru_cache(maxsize=256)
def _divisor(size: int, most: int) -> int:
    """The largest divisor of `size` up to `most`; 1 if there is none."""
    return next((d for d in range(min(size, most), 0, -1) if size % d == 0), 1)
