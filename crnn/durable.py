"""Durable: what is said to be on disk is there after a power cut, its name in the directory too.

A file that is replaced is whole under its name, old or new. On POSIX a new name is only safe once
the directory that holds it is synced (rename(2), fsync(2)); Windows has no such call, and NTFS
writes names to its log by itself.
"""

from __future__ import annotations

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Make what was written to the file survive a power cut. Raises OSError."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def sync_directory(directory: Path) -> None:
    """Make the names in `directory` survive a power cut. Raises OSError."""
    if os.name != "posix":
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace(whole: Path, path: Path) -> None:
    """Give `whole`, which is synced, the name `path` in the same directory. Raises OSError."""
    os.replace(whole, path)
    sync_directory(path.parent)


def write(path: Path, content: bytes) -> None:
    """Have `content` in `path`: whole or not at all. Raises OSError."""
    whole = path.with_suffix(".part")
    with whole.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    replace(whole, path)


def make_directory(directory: Path) -> None:
    """Make it and what is missing above it; nothing where it is there. Raises OSError."""
    if not directory.is_dir():
        make_directory(directory.parent)
        directory.mkdir(exist_ok=True)
        sync_directory(directory.parent)
