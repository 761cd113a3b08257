"""Warming: while a run stands, what lies behind the cursor is re-executed into memory, nearest
first.

So a walk back is quick where memory holds little: after a run was opened again, and far from the
head. A run that has just trained has its last steps in memory, and nothing is done.
"""

from __future__ import annotations

from collections.abc import Generator

from crnn.debug.history import RECENT, VICINITY
from crnn.debug.timeline import Timeline

WITHIN_S = 0.25
"""A gap that re-executes within this is close enough."""
_SHARE = 0.75
"""So is one this wide, of what memory alone could hold the last steps at."""


def warm(timeline: Timeline, here: int) -> Generator[bool]:
    """Bring what lies behind step `here` closer, a step a turn; True each time one was executed.

    Raises as `Timeline.replay` does.
    """
    timeline = timeline.owner(here)
    near = RECENT if timeline.head - here <= RECENT else VICINITY
    wide_s = max(WITHIN_S, _SHARE * timeline.history.alone_s)
    end, least = here, max(timeline.start, here - near)
    while end > least:
        start = timeline.kept_before(end)
        if timeline.seconds(start, end) > wide_s:
            state = timeline.at_hand(start)
            while state.step < end - 1:
                state = timeline.replay(state).state
                yield True
        end = start
