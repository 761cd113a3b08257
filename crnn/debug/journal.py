"""Journal: edits, commands and segments of a run, one JSON object a line, append-only.

One idea: a line is there whole or not at all. A write that fails half-way is taken back at once,
and what a kill or a power cut tore off at the end is not read.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from crnn import durable

Line = Mapping[str, Any]


class Journal:
    """The open file. Methods raise OSError where the disk refuses; then nothing was written."""

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("ab", buffering=0)

    def append(self, line: Line) -> None:
        raw = encoded(line)
        end = self._file.seek(0, os.SEEK_END)
        try:
            if self._file.write(raw) != len(raw):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError:
            self._file.truncate(end)
            raise

    def sync(self) -> None:
        """Make what was written survive a power cut."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def encoded(line: Line) -> bytes:
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def rewrite(path: Path, lines: Iterable[Line]) -> None:
    """Replace the whole journal. Atomic. Raises OSError."""
    durable.write(path, b"".join(map(encoded, lines)))


def parsed(raw: bytes) -> tuple[dict[str, Any], ...]:
    """The whole lines. A last one without its newline was torn by a kill, zeros by a power cut.

    Raises ValueError where a line is no journal line.
    """
    entries: list[dict[str, Any]] = []
    for text in raw.partition(b"\0")[0].split(b"\n")[:-1]:
        entry = json.loads(text)
        if not isinstance(entry, dict) or not isinstance(entry.get("do"), str):
            raise ValueError(f"{text[:40]!r} is no line of a journal")
        if type(entry.get("step")) is not int:
            raise ValueError(f"{text[:40]!r} has no step")
        entries.append(entry)
    return tuple(entries)
