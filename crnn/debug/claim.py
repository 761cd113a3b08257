"""Claim: one writer a recording. Two would write over one another's steps.

The lock is the operating system's, on the open file, so it ends with the process in whatever way
that ends, and nothing is left behind. Windows locks bytes, which nobody else may then read: a byte
far behind the end of any recording. Where a file system has no locks, none is kept.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

METRICS = "metrics.bin"
"""The file of a run directory that is claimed."""
_FAR = 1 << 48
"""A byte that no recording reaches."""


def is_claimed(file: BinaryIO) -> bool:
    """Claim the open `file` for this handle, as long as it is open; True where another handle, here
    or in another process, has it already."""
    try:
        _lock(file)
    except (BlockingIOError, PermissionError):
        return True
    except OSError:
        return False  # a file system without locks
    return False


def is_open(directory: Path) -> bool:
    """Whether the run in `directory` is being written, here or in another process."""
    try:
        with (directory / METRICS).open("r+b") as file:
            return is_claimed(file)
    except OSError:
        return False  # there is no run


if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        before = file.tell()
        file.seek(_FAR)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        finally:
            file.seek(before)
else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
