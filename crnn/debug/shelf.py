"""Shelf: the folder where runs without a name of their own are recorded, and which of them stay.

Only directories that the shelf named itself are ever removed, the oldest first.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from crnn.debug.claim import METRICS, is_open
from crnn.debug.recording import open_run
from crnn.errors import RecordingError

PREFIX = "unnamed-"
KEEP = 5
MAX_BYTES = 4 << 30


def new_directory(root: Path) -> Path:
    """A fresh directory name below `root`, e.g. unnamed-20250102-131415; sorts by time."""
    stamp = PREFIX + time.strftime("%Y%m%d-%H%M%S")
    candidates = (root / (f"{stamp}-{n}" if n else stamp) for n in range(10_000))
    return next(path for path in candidates if not path.exists())


def recent(root: Path) -> tuple[Path, ...]:
    """The unnamed runs below `root`, newest first."""
    runs = (path for path in root.glob(PREFIX + "*") if (path / "config.json").is_file())
    return tuple(sorted(runs, key=lambda path: path.name, reverse=True))


@dataclass(frozen=True, slots=True)
class Shelved:
    """An unnamed run: what it is called after, its last step, and when it was written last, in
    seconds since 1970."""

    directory: Path
    name: str
    head: int
    written_s: float


def shelved(root: Path) -> tuple[Shelved, ...]:
    """The unnamed runs below `root` that can be read, newest first."""
    found = []
    for path in recent(root):
        try:
            run, written_s = open_run(path), (path / METRICS).stat().st_mtime
        except (RecordingError, OSError):
            continue
        found.append(Shelved(path, run.header.name, run.head, written_s))
    return tuple(found)


def prune_unnamed(
    root: Path, keep: int = KEEP, max_bytes: int = MAX_BYTES, spare: Path | None = None
) -> tuple[Path, ...]:
    """Remove unnamed runs past the newest `keep`, and past `max_bytes` in all; returns them.

    `spare` and what is open in any window are never removed. Raises RecordingError where a
    directory cannot be removed.
    """
    removed = []
    kept, total = 0, 0
    for path in recent(root):
        size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        is_too_much = kept >= keep or (kept > 0 and total + size > max_bytes)
        if is_too_much and path != spare and not is_open(path):
            try:
                shutil.rmtree(path)
            except OSError as error:
                raise RecordingError(f"{path}: cannot be removed ({error.strerror})") from error
            removed.append(path)
        else:
            kept, total = kept + 1, total + size
    return tuple(removed)
