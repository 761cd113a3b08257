"""Happenings: what the events lane of TIME marks: milestones, changes by hand, breakpoint hits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gui import conditions
from gui.lane_signs import Happening

if TYPE_CHECKING:
    from crnn.debug.messages import Frame

MARKED_HITS = 40
"""Newest hits that are marked: more would be a hedge."""


def happenings(frame: Frame, words: Mapping[str, str]) -> tuple[Happening, ...]:
    """In the order of their steps; `words` has the milestones in the language in force."""
    marks = [Happening(at, words.get(kind, kind), False) for at, kind in frame.milestones]
    marks += [Happening(at, f"lr {lr:g}", True) for at, lr in frame.edits]
    for info in frame.branches.all[1:] if frame.branches is not None else ():
        marks.append(Happening(info.start, info.name, True))
    marks += _hits(frame)[-MARKED_HITS:]
    return tuple(sorted(marks, key=lambda mark: mark.step))


def _hits(frame: Frame) -> list[Happening]:
    """Of points that stop a run, not of those that only note."""
    if frame.watching is None:
        return []
    points = {row.point.number: row.point for row in frame.watching.points}
    stops = [hit for hit in frame.watching.hits if not points[hit.number].logs_only]
    found = ((h.step, conditions.short(points[h.number].condition)) for h in stops)
    once = dict.fromkeys(found)  # a line may hit many times in a step
    return [Happening(step, text, False, True) for step, text in once]
