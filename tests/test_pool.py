"""The pool: what is held stays as written, and what is let go is used again or given back."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from crnn.arrays import Real
from crnn.pool import Pool, vector

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the heap serves")
F32 = np.dtype(np.float32)
LENGTH = 1 << 20


def _held(pool: Pool, count: int) -> list[Real]:
    made = [pool.vector(LENGTH, F32) for _ in range(count)]
    for number, one in enumerate(made):
        one[:] = number
    return made


def test_vectors_that_are_held_do_not_touch() -> None:
    pool = Pool()
    made = _held(pool, 20)
    kept = made[3][5:9]
    del made[::2]
    again = _held(pool, 10)
    assert all((one == 2 * number + 1).all() for number, one in enumerate(made))
    assert all((one == number).all() for number, one in enumerate(again))
    del made, again
    assert pool.vector(LENGTH, F32) is not None
    assert (kept == 3).all(), "a part that is held keeps the whole"


def test_what_was_let_go_is_used_again_and_not_kept_without_end() -> None:
    pool = Pool()
    address = pool.vector(LENGTH, F32).ctypes.data
    assert pool.vector(LENGTH, F32).ctypes.data == address
    made = _held(pool, 80)
    assert pool.bytes > 80 * 4 * LENGTH
    made.clear()
    pool.vector(LENGTH, F32)
    assert pool.bytes < 50 * 4 * LENGTH


def test_small_vectors_come_from_the_heap() -> None:
    assert vector(10, F32).base is None
