"""Pool: memory for the vectors that make up a training state, apart from the heap.

A step asks the heap for the same blocks as the one before it and so gets the same addresses, which
the caches still hold. States that stay, as a history keeps them, take these away one by one, and
every step then works on other addresses: 2 to 3 % of a step of preset seed. Here they come out of
slabs of their own, in large pages, and go back when nobody holds them any more. Only on Linux;
elsewhere they come from the heap.
"""

from __future__ import annotations

import mmap
import sys
import threading
import weakref
from collections import deque
from collections.abc import Callable

import numpy as np

from crnn.arrays import Real, empty

_LEAST_BYTES = 1 << 16
"""Smaller vectors disturb nobody."""
_SLAB_BYTES = 1 << 25
_SPARE_BYTES = 1 << 27
"""What stays for the next states when more than that is free."""
_STAGGER = 320
"""Vectors that are read side by side must not start at the same place of a page."""


class _Slab:
    """Some vectors' room; `n_lent` of them are in use."""

    def __init__(self, n_bytes: int) -> None:
        flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
        size = max(_SLAB_BYTES, n_bytes)
        self.size = size
        self.memory = mmap.mmap(-1, size, flags=flags)
        self.memory.madvise(mmap.MADV_HUGEPAGE)
        self.offsets = range(0, size - n_bytes + 1, n_bytes)
        self.n_lent = 0


_Place = tuple[_Slab, int]


class Pool:
    """Free places by their size. Any thread may ask, and may let go of what it got."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free: dict[int, list[_Place]] = {}
        self._slabs: weakref.WeakSet[_Slab] = weakref.WeakSet()
        self._returned: deque[tuple[int, _Place]] = deque()
        self._lent: dict[int, weakref.ref[Real]] = {}
        self._number = 0

    @property
    def bytes(self) -> int:
        """Of all slabs."""
        return sum(slab.size for slab in self._slabs)

    def vector(self, length: int, dtype: np.dtype[np.floating]) -> Real:
        """Uninitialised, (length,)."""
        n_bytes = -(-(length * dtype.itemsize + _STAGGER) // 64) * 64
        with self._lock:
            self._take_back()
            free = self._free.setdefault(n_bytes, [])
            if not free:
                slab = _Slab(n_bytes)
                self._slabs.add(slab)
                free.extend((slab, offset) for offset in reversed(slab.offsets))
            slab, offset = place = free.pop()
            slab.n_lent += 1
            self._number = number = self._number + 1
            array: Real = np.frombuffer(slab.memory, dtype, length, offset)
            self._lent[number] = weakref.ref(array, self._back(number, n_bytes, place))
        return array

    def _back(
        self, number: int, n_bytes: int, place: _Place
    ) -> Callable[[weakref.ref[Real]], None]:
        """What is called when nobody holds the vector: in any thread, at any moment."""

        def back(_: weakref.ref[Real]) -> None:
            del self._lent[number]
            self._returned.append((n_bytes, place))

        return back

    def _take_back(self) -> None:
        touched = set()
        while self._returned:
            n_bytes, place = self._returned.popleft()
            place[0].n_lent -= 1
            self._free.setdefault(n_bytes, []).append(place)
            touched.add(n_bytes)
        for n_bytes in touched:
            free = self._free[n_bytes]
            if len(free) * n_bytes > _SPARE_BYTES and any(not slab.n_lent for slab, _ in free):
                self._free[n_bytes] = [place for place in free if place[0].n_lent]
        for n_bytes in [size for size, free in self._free.items() if not free]:
            del self._free[n_bytes]


_POOL = Pool()


def vector(length: int, dtype: np.dtype[np.floating]) -> Real:
    """Room for a vector of a training state, (length,), uninitialised."""
    if sys.platform != "linux" or length * dtype.itemsize < _LEAST_BYTES:
        return empty((length,), dtype)
    return _POOL.vector(length, dtype)
