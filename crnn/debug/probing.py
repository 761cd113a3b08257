"""Probing: where breakpoints on lines hold within a phase, found without recording it.

The calls of the phase are made again under the same tracing as a recording, so a place found here
is a place there; but nothing is copied, and conditions are asked of the living names. So a step is
looked through at about the price of executing it.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import FrameType
from typing import Any, NamedTuple

import numpy as np

from crnn.debug.calls import Call
from crnn.debug.locals import plain
from crnn.debug.points import Point
from crnn.debug.statements import PACKAGE, Statement, source
from crnn.debug.stops import asked
from crnn.debug.tracing import Tracer, scope
from crnn.errors import ExpressionError


class Hold(NamedTuple):
    """Point `number` holds at a place of the phase; `said` is the loop's variable there."""

    number: int
    place: int
    said: str


class Probe(Tracer):
    """Looks for points on lines. `faults`: why a point could not be asked where its line was
    executed, "" where it could once. `files`: the paths of all code that ran."""

    def __init__(self, points: Sequence[Point]) -> None:
        super().__init__()
        self.holds: list[Hold] = []
        self.faults: dict[int, str] = {}
        self.files: set[str] = set()
        self._place = -1
        self._by_line: dict[tuple[str, int], list[Point]] = {}
        for point in points:
            where = str(PACKAGE / point.condition.file), point.condition.line
            self._by_line.setdefault(where, []).append(point)

    def entered(self, frame: FrameType) -> None:
        self.files.add(frame.f_code.co_filename)

    def ended(self, frame: FrameType, done: Statement, *returned: Any) -> None:
        self._place += 1
        for point in self._by_line.get((frame.f_code.co_filename, done.line), ()):
            try:
                is_true = not point.condition.text or asked(point.condition.text, _values(frame))
            except ExpressionError as error:
                self.faults.setdefault(point.number, str(error))
                continue
            self.faults[point.number] = ""
            if is_true:
                self.holds.append(Hold(point.number, self._place, self._said(frame, done)))

    def _said(self, frame: FrameType, done: Statement) -> str:
        """The variable of the innermost loop, here or in a caller, with its value."""
        at: FrameType | None = frame
        while at is not None and at in self.open:
            text = source(at.f_code.co_filename)
            line = done.line if at is frame else getattr(self.open[at], "line", 0)
            for head in reversed(text.at(line).loops):
                variable = text.at(head).loop
                if variable in at.f_locals:
                    return f"{variable} = {plain(at.f_locals[variable])}"
            at = at.f_back
        return ""


def probed(calls: Sequence[Call], points: Sequence[Point]) -> Probe:
    """The calls of a phase, looked through. Raises what they raise."""
    probe = Probe(points)
    for call in calls:
        probe.run(call)
    return probe


def reaches(calls: Sequence[Call], points: Sequence[Point]) -> bool:
    """Whether the line of any of these points lies in code that the calls may execute."""
    followed = {scope(call.function) for call in calls}
    return any(path.startswith(start) for path in _paths(points) for start in followed)


def runs(calls: Sequence[Call], points: Sequence[Point]) -> bool:
    """Whether the calls execute code of a file that any of these points stands in."""
    return reaches(calls, points) and not probed(calls, points).files.isdisjoint(_paths(points))


def _paths(points: Sequence[Point]) -> set[str]:
    return {str(PACKAGE / point.condition.file) for point in points}


def _values(frame: FrameType) -> dict[str, Any]:
    """The numbers and arrays a condition may ask for."""
    return {
        name: value
        for name, value in frame.f_locals.items()
        if isinstance(value, bool | int | float | np.number)
        or (isinstance(value, np.ndarray) and value.dtype != object)
    }
