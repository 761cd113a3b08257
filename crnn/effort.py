"""Effort: the time that work takes by itself, whatever else the machine is busy with meanwhile.

One idea: two clocks, and the smaller of them. Wall time also runs while others have the processor
or the machine sleeps; processor time also counts what two processes do side by side. Taking work
again on a machine at rest takes about the smaller.
"""

from __future__ import annotations

import os
import time

_GRAIN_S = 1 / 64 if os.name == "nt" else 0.0
"""Windows counts a thread's time by its clock's ticks; so much may be missing."""


class Effort:
    """A stopwatch that starts when it is made. Belongs to one thread."""

    def __init__(self) -> None:
        self._wall_s, self._processor_s = time.perf_counter(), time.thread_time()

    @property
    def processor_s(self) -> float:
        """Processor time of this thread so far, in s."""
        return time.thread_time() - self._processor_s

    def seconds(self, elsewhere_s: float = 0.0) -> float:
        """What the work so far takes, in s; `elsewhere_s` is processor time that another thread or
        process has spent on it."""
        wall_s = time.perf_counter() - self._wall_s
        return min(wall_s, self.processor_s + elsewhere_s + _GRAIN_S)
