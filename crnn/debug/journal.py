"""Journal: edits, commands and segments of a run, one JSON object a line, append-only.

One idea: a line is there whole or not at all. A write that fails half-way is taken back at once,
and what a kill or a power cut tore off at the end is not read.
"""

from __future__ import annotations

import errno
import json
import math
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from crnn import durable

Line = Mapping[str, Any]


class Journal:
    """The open file. Methods raise OSError where the disk refuses; then nothing was written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO = path.open("ab", buffering=0)

    def rewrite(self, lines: Iterable[Line]) -> None:
        """Replace the whole journal, atomically, and go on behind it."""
        self._file.close()  # Windows replaces no open file
        try:
            durable.write(self._path, b"".join(map(encoded, lines)))
        finally:
            self._file = self._path.open("ab", buffering=0)

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
        if not _DETAILS.get(entry["do"], _is_any)(entry):
            raise ValueError(f"{text[:40]!r} does not say what a {entry['do']} line has to")
        entries.append(entry)
    return tuple(entries)


def _is_any(_line: Line) -> bool:
    return True


def _is_rate(line: Line) -> bool:
    rate: Any = line.get("lr")
    return type(rate) in (int, float) and bool(0 < rate < math.inf)


def _is_segment(line: Line) -> bool:
    table = line.get("environment")
    return isinstance(table, dict) and all(isinstance(value, str) for value in table.values())


def _is_milestone(line: Line) -> bool:
    return isinstance(line.get("kind"), str)


def _is_switch(line: Line) -> bool:
    return type(line.get("branch")) is int


_DETAILS: dict[str, Callable[[Line], bool]] = {
    "lr": _is_rate,
    "segment": _is_segment,
    "milestone": _is_milestone,
    "switch": _is_switch,
}
"""What the lines that are read again must hold beside their step."""
