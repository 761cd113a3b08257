"""Heap: keep freed memory for the next step instead of giving it back to the system.

A step allocates the same tens of MiB as the one before it. By default glibc returns large blocks to
the system when they are freed, and the next step gets them anew page by page, zeroed: thousands of
page faults, which took a tenth of a step of preset seed. And a page is 4 KiB: its passes over maps
of some MiB then wait for addresses; in pages of 2 MiB, where the system has them, they take 3 %
less. A thread would get a heap of its own, in small pages: a step of preset seed took 3 % longer in
the debugger's, so there is one heap for all. Other C libraries are left as they are.
"""

from __future__ import annotations

import ctypes
import platform

_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -2, -3, -8
_MADV_HUGEPAGE = 14
_TRIM_BYTES = 512 * 2**20
_MMAP_BYTES = 32 * 2**20
"""The most glibc allows; blocks above it still come and go."""
_ROOM_BYTES = 256 * 2**20
"""Of addresses, not of memory, for a heap in large pages."""
_TOP_PAD_BYTES = 2**17
"""The default."""
_LARGE_PAGE = 2**21


def keep_freed_memory() -> bool:
    """For the rest of this process; False where there is no glibc to tell."""
    if platform.libc_ver()[0] != "glibc":
        return False
    libc = ctypes.CDLL(None)
    kept = libc.mallopt(_M_MMAP_THRESHOLD, _MMAP_BYTES) and libc.mallopt(
        _M_TRIM_THRESHOLD, _TRIM_BYTES
    )
    libc.mallopt(_M_ARENA_MAX, 1)
    _use_large_pages(libc)
    return bool(kept)


def _use_large_pages(libc: ctypes.CDLL) -> None:
    """Grow the heap's range once by `_ROOM_BYTES` and ask for large pages there: a wish, which the
    system may refuse."""
    libc.malloc.restype = libc.sbrk.restype = ctypes.c_void_p
    libc.malloc.argtypes, libc.free.argtypes = (ctypes.c_size_t,), (ctypes.c_void_p,)
    libc.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    libc.mallopt(_M_TOP_PAD, _ROOM_BYTES)
    start = -(-libc.sbrk(0) // _LARGE_PAGE) * _LARGE_PAGE
    libc.free(libc.malloc(_MMAP_BYTES - 4096))
    libc.mallopt(_M_TOP_PAD, _TOP_PAD_BYTES)
    libc.madvise(start, (libc.sbrk(0) - start) // _LARGE_PAGE * _LARGE_PAGE, _MADV_HUGEPAGE)
