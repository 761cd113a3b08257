"""Claim: one writer a recording. Two would write over one another's steps.

The lock is the operating system's, on the open file, so it ends with the process in whatever way
that ends, and nothing is left behind. Windows locks bytes, which nobody else may then read: a byte
far behind the end of any recording. Windows also gives up the locks of a file that is closed or of
a process that ends, but when it comes to it: what is closed in order is released before.
Where a file system has no locks, none is kept.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

METRICS = "metrics.bin"
"""The file of a run directory that is claimed."""
_FAR = 1 << 40
"""A byte that no recording reaches, below the longest file of every file system that has locks."""


def is_claimed(file: BinaryIO) -> bool:
    """Claim the open `file` for this handle, until `release` or its end; True where another handle,
    here or in another process, has it already."""
    try:
        _lock(file)
    except (BlockingIOError, PermissionError):
        return True
    except OSError:
        return False  # a file system without locks
    return False


def release(file: BinaryIO) -> None:
    """Give up the claim of this handle, to be called before it is closed; nothing where it has
    none."""
    with suppress(OSError):
        _unlock(file)


def is_open(directory: Path) -> bool:
    """Whether the run in `directory` is being written, here or in another process."""
    try:
        with (directory / METRICS).open("r+b") as file:
            if is_claimed(file):
                return True
            release(file)
            return False
    except OSError:
        return False  # there is no run


if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        _far(file, msvcrt.LK_NBLCK)

    def _unlock(file: BinaryIO) -> None:
        _far(file, msvcrt.LK_UNLCK)

    def _far(file: BinaryIO, mode: int) -> None:
        """Lock or unlock the byte; msvcrt takes the one that the file stands at."""
        before = file.tell()
        file.seek(_FAR)
        try:
            msvcrt.locking(file.fileno(), mode, 1)
        finally:
            file.seek(before)
else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(file: BinaryIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_UN)
