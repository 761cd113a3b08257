"""Timing: milliseconds from process start to the first painted and the first full frame.

Only with CRNN_TIMING=1, to stderr, one line a moment: `first_paint_ms 312.4`.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from PySide6.QtCore import QObject

from gui.window import Window

VARIABLE = "CRNN_TIMING"


def process_start_s() -> float:
    """When this process started, on the clock of `time.time`. CRNN_START, set by a benchmark to
    `time.time()` before it starts the process, is exact; /proc gives steps of 10 ms."""
    told = os.environ.get("CRNN_START")
    if told:
        return float(told)
    try:
        fields = Path("/proc/self/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        ticks = int(fields[19]) / os.sysconf("SC_CLK_TCK")
        up = float(Path("/proc/uptime").read_text(encoding="ascii").split()[0])
    except OSError:
        return time.time() - time.process_time()
    return time.time() - (up - ticks)


class StartClock(QObject):
    """Prints when the window says that it has painted."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._start_s = process_start_s()
        window.painted.connect(self._painted)
        window.filled.connect(self._filled)

    def _painted(self) -> None:
        self._say("first_paint_ms")

    def _filled(self) -> None:
        self._say("first_full_frame_ms")

    def _say(self, what: str) -> None:
        sys.stderr.write(f"{what} {1000 * (time.time() - self._start_s):.1f}\n")
        sys.stderr.flush()


def is_wanted() -> bool:
    """Whether CRNN_TIMING=1 asks for it."""
    return os.environ.get(VARIABLE) == "1"
