"""Stops: breakpoints on lines of code, and whether one holds where its line has been executed.

A condition is an expression over the names of the function at that line (crnn.debug.expression);
where it asks for a name that is not there yet, the stop does not hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from crnn.debug.buffers import Ref
from crnn.debug.expression import parse, require_allowed
from crnn.debug.lines import Recording
from crnn.debug.points import Condition, Point
from crnn.debug.statements import own_source, source
from crnn.errors import ExpressionError


def placed(condition: Condition) -> Condition:
    """`condition` at the first line of its statement, with its code.

    Raises ExpressionError where no statement of a function stands there.
    """
    text = own_source(condition.file)
    if text is None:
        raise ExpressionError(f"{condition.file}: there is no such file in the package")
    statement = text.by_line.get(condition.line)
    if statement is None or condition.line not in text.names:
        raise ExpressionError(
            f"{condition.file}:{condition.line}: no statement of a function stands there; choose "
            "another line"
        )
    code = text.lines[statement.line - 1].strip()
    return replace(condition, line=statement.line, code=code)


def found_again(point: Point) -> Point:
    """A point kept by an earlier session: at the line that has its code today, the nearest one; off
    where none has."""
    held = point.condition
    text = own_source(held.file)
    lines = text.lines if text is not None else ()
    same = [n for n, line in enumerate(lines, 1) if line.strip() == held.code]
    if not same:
        return replace(point, is_on=False)
    nearest = min(same, key=lambda n: abs(n - held.line))
    return replace(point, condition=replace(held, line=nearest))


def check(condition: Condition, recording: Recording | None) -> None:
    """Raise ExpressionError where the condition cannot be asked at its line. `recording`: of the
    phase on screen; where that executes the line, the shapes of its names are known too."""
    if not condition.text:
        return
    moments = recording.of_line(condition.file, condition.line) if recording else ()
    if recording is not None and moments:
        values = names(recording, moments[-1])
        parse(condition.text, {n: np.shape(x) for n, x in values.items()}, "condition")
        return
    text = own_source(condition.file)
    assert text is not None
    require_allowed(condition.text, text.names[condition.line])


def at(points: tuple[Point, ...], recording: Recording, place: int) -> Point | None:
    """The point that holds at a moment."""
    line, text = recording.moment(place).line, source(recording.activation(place).path)
    for point in points:
        where = point.condition
        if point.is_on and (where.file, where.line) == (text.name, line):
            return point if holds(where.text, names(recording, place)) else None
    return None


def holds(condition: str, values: Mapping[str, Any]) -> bool:
    """Whether a condition is true of the names at a moment; "" always is."""
    try:
        return not condition or asked(condition, values)
    except ExpressionError:
        return False


def asked(condition: str, values: Mapping[str, Any]) -> bool:
    """The same. Raises ExpressionError where it cannot be asked."""
    made = parse(condition, {n: np.shape(value) for n, value in values.items()}, "condition")
    return bool(made.value(values.__getitem__))


def names(recording: Recording, place: int) -> dict[str, Any]:
    """The numbers and arrays a condition may ask for."""
    found: dict[str, Any] = {}
    for name, value in recording.names(place).items():
        if isinstance(value, Ref):
            found[name] = recording.array(value, place)
        elif isinstance(value, bool | int | float | np.number):
            found[name] = value
    return found
