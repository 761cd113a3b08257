"""Heap: keep freed memory for the next step instead of giving it back to the system.

A step allocates the same tens of MiB as the one before it. By default glibc returns large blocks to
the system when they are freed, and the next step gets them anew page by page, zeroed: thousands of
page faults, which took a tenth of a step of preset seed. Other C libraries are left as they are.
"""

from __future__ import annotations

import ctypes
import platform

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_TRIM_BYTES = 512 * 2**20
_MMAP_BYTES = 32 * 2**20
"""The most glibc allows; blocks above it still come and go."""


def keep_freed_memory() -> bool:
    """For the rest of this process; False where there is no glibc to tell."""
    if platform.libc_ver()[0] != "glibc":
        return False
    mallopt = ctypes.CDLL(None).mallopt
    return bool(mallopt(_M_MMAP_THRESHOLD, _MMAP_BYTES) and mallopt(_M_TRIM_THRESHOLD, _TRIM_BYTES))
