"""Grid: which of the newest states stay once they are not new any more, and where.

One idea: a width, in seconds of re-execution. A state is on the grid where re-executing it from the
last one there would take longer. The width is what nobody notices, or what lets the memory of the
last steps suffice; where that would be too far apart, the disk is given its share, by a credit that
memory earns with time and pays for each state it keeps.
"""

from __future__ import annotations

GRID_S = 0.1
"""Re-executing for as long is not noticed."""
NEAR_S = 0.6
"""States that re-execution takes as long between are close enough for the last steps."""
CLOSEST_S = 1.0
"""On the average the disk is not written to more often than this."""
_MOST_CREDIT = 2.0
"""States that memory may keep one after the other, having kept none for long."""
_REMEMBERED = 1024
"""Choices that are remembered at least; the dense end is much shorter."""


class Grid:
    """One pass over the states, each placed as it becomes the newest. `for_disk` is the step that
    memory would leave to the disk; -1 where it leaves none."""

    def __init__(self) -> None:
        self.for_disk = -1
        self._width_s = GRID_S
        self._per_s: float | None = None
        self._credit = 0.0
        self._seen_s = 0.0
        self._placed_s: float | None = None
        self._chosen: set[int] = set()

    def plan(self, alone_s: float, *, has_disk: bool) -> None:
        """From now on for states that memory alone would hold `alone_s` apart."""
        if has_disk and alone_s > NEAR_S:
            self._per_s = 1 / alone_s
            self._width_s = max(NEAR_S, 1 / (1 / alone_s + 1 / CLOSEST_S))
        else:
            self._per_s = None
            self._width_s = max(GRID_S, alone_s)

    def place(self, step: int, now_s: float) -> None:
        """The newest state is that of `step`, `now_s` of re-execution from the start."""
        if self._per_s is not None:
            earned = (now_s - self._seen_s) * self._per_s
            self._credit = min(_MOST_CREDIT, self._credit + earned)
        self._seen_s = now_s
        self.for_disk = -1
        if self._placed_s is not None and now_s - self._placed_s <= self._width_s:
            return
        if self._placed_s is None or self._per_s is None:
            self._choose(step)
        elif self._credit >= 1:
            self._credit -= 1
            self._choose(step)
        else:
            self.for_disk = step

    def left(self, step: int) -> None:
        """That state is on its way to the disk."""
        self._choose(step)
        self.for_disk = -1

    def has(self, step: int) -> bool:
        return step in self._chosen

    def _choose(self, step: int) -> None:
        if len(self._chosen) > 2 * _REMEMBERED:
            self._chosen = {one for one in self._chosen if one > step - _REMEMBERED}
        self._chosen.add(step)
        self._placed_s = self._seen_s
