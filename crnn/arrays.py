"""Array vocabulary: the axis key, the dtypes, and how a value is frozen.

Shape suffixes stand in memory order and come from this one key:

    N batch, C channels, H height, W width, T timesteps, D features a timestep,
    U hidden units, G gates, K classes (0 is blank), S lattice states (2L+1),
    L label length, P all parameters flattened, M samples of a data set.

So `x_NCHW`, `hidden_NTU`, `log_alpha_TS`. A gradient is `d` + name, a logarithm `log_` + name.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Mapping
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import DTypeLike, NDArray

from crnn.errors import ShapeError

Real = NDArray[np.floating[Any]]
"""float32 in training, float64 in gradient checks: ops take either and keep it."""
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
C128 = NDArray[np.complex128]
I64 = NDArray[np.int64]
U8 = NDArray[np.uint8]
U64 = NDArray[np.uint64]
Bool = NDArray[np.bool_]

Params = Mapping[str, Real]
"""Name -> read-only array. Gradients have the same names."""

AnyArray = TypeVar("AnyArray", bound=np.ndarray[Any, Any])


def frozen(x: AnyArray) -> AnyArray:
    """Make `x` and every array it is a view of read-only; return `x`.

    A read-only view of a writable buffer would still change on screen, hence the walk to the owner.
    """
    owner: Any = x
    while isinstance(owner, np.ndarray):
        owner.setflags(write=False)
        owner = owner.base
    return x


CACHE_LINE = 64
"""Bytes; of a vector register too, where those are widest."""


def empty(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """As np.empty, beginning where a line of the cache does.

    The system's memory begins at any multiple of 16. Then three of four times every wide load and
    store touches two lines: sums and products of arrays in the cache take up to twice as long, and
    small matrix products half as long again.
    """
    wanted = np.dtype(dtype)
    size = math.prod(shape)
    if size * wanted.itemsize < CACHE_LINE * CACHE_LINE:  # finding the place would cost more
        return np.empty(shape, wanted)
    memory = np.empty(size + CACHE_LINE // wanted.itemsize, wanted)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory.data))  # quicker than memory.ctypes
    start = -address % CACHE_LINE // wanted.itemsize
    return memory[start : start + size].reshape(shape)


def zeros(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """As np.zeros, beginning where a line of the cache does."""
    made = empty(shape, dtype)
    made[...] = 0
    return made


def aligned(x: AnyArray) -> AnyArray:
    """`x` in rows, beginning where a line of the cache does: itself if it is so, else a copy."""
    if x.flags.c_contiguous and x.ctypes.data % CACHE_LINE == 0:
        return x
    made = empty(x.shape, x.dtype)
    made[...] = x
    return cast(AnyArray, made)


def require(x: np.ndarray[Any, Any], axes: str, **sizes: int) -> None:
    """Raise ShapeError unless `x` has the axes named, e.g. require(x, "N T D", D=64)."""
    names = axes.split()
    wrong = x.ndim != len(names) or any(
        x.shape[names.index(name)] != size for name, size in sizes.items()
    )
    if wrong:
        wanted = ", ".join(f"{name}={sizes[name]}" if name in sizes else name for name in names)
        raise ShapeError(f"expected an array ({wanted}), got shape {x.shape}")
