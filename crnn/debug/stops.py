"""Stops: line breakpoints, and whether one holds at a moment of a recording.

A condition is an expression over the names of the function at that line (crnn.debug.expression);
where it asks for a name that is not there yet, the stop does not hold.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from crnn.debug.buffers import Ref
from crnn.debug.expression import parse
from crnn.debug.inner import LineBreak
from crnn.debug.lines import Recording
from crnn.debug.statements import source
from crnn.errors import ExpressionError


class Stops:
    """The line breakpoints of a session, in the order they were set."""

    def __init__(self) -> None:
        self.all: tuple[LineBreak, ...] = ()

    def in_file(self, file: str) -> tuple[LineBreak, ...]:
        return tuple(found for found in self.all if found.file == file)

    def put(self, stop: LineBreak) -> None:
        """Set a stop, in place of the one at that line."""
        self.remove(stop)
        self.all = (*self.all, stop)

    def check(self, stop: LineBreak, recording: Recording | None) -> None:
        """Raise ExpressionError where the condition of `stop` cannot be asked at its line."""
        if not stop.condition:
            return
        moments = recording.of_line(stop.file, stop.line) if recording else ()
        if recording is None or not moments:
            raise ExpressionError(
                f"{stop.file}:{stop.line} is not executed in this phase, so its names are not "
                "known; set the condition where the line is stepped through"
            )
        values = names(recording, moments[-1])
        parse(stop.condition, {n: np.shape(x) for n, x in values.items()}, "condition")

    def remove(self, stop: LineBreak) -> None:
        """Remove the one at that line, if there is one."""
        self.all = tuple(s for s in self.all if (s.file, s.line) != (stop.file, stop.line))

    def at(self, recording: Recording, place: int) -> LineBreak | None:
        """The stop that holds at a moment."""
        if not self.all:
            return None
        line, text = recording.moment(place).line, source(recording.activation(place).path)
        for stop in self.all:
            if stop.is_on and stop.file == text.name and text.at(stop.line).line == line:
                return stop if holds(stop.condition, recording, place) else None
        return None


def holds(condition: str, recording: Recording, place: int) -> bool:
    """Whether a condition is true of the names at a moment; "" always is."""
    if not condition:
        return True
    values = names(recording, place)
    try:
        asked = parse(condition, {n: np.shape(value) for n, value in values.items()}, "condition")
        return bool(asked.value(values.__getitem__))
    except ExpressionError:
        return False


def names(recording: Recording, place: int) -> dict[str, Any]:
    """The numbers and arrays a condition may ask for."""
    found: dict[str, Any] = {}
    for name, value in recording.names(place).items():
        if isinstance(value, Ref):
            found[name] = recording.array(value, place)
        elif isinstance(value, bool | int | float | np.number):
            found[name] = value
    return found
