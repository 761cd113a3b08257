"""Frozen lines: an executed line of code as values that find it again, and what stood there.

One idea: a line is found again by what it says and how often it was executed before, not by its
number. So a test holds where the file has changed elsewhere, and says so where the line is gone.
"""

from __future__ import annotations

import hashlib
import keyword
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crnn.config import Config
from crnn.data.dataset import TrainingSet
from crnn.debug import stops
from crnn.debug.buffers import Ref
from crnn.debug.calls import Call
from crnn.debug.expression import Expression, parse
from crnn.debug.inner import FAR, Form
from crnn.debug.lines import Recording
from crnn.debug.locals import plain
from crnn.debug.phases import Passage, Phase, Way, passage, readable, readable_calls
from crnn.debug.statements import own_source, source
from crnn.debug.tracing import is_unwritten
from crnn.errors import ExpressionError, RecordingError
from crnn.train import TrainState

NEAR = 1e-3
"""Of an array's largest value: so far may another machine's be."""


@dataclass(frozen=True, slots=True)
class Line:
    """An executed line: of which text of which phase, in which file of the package, what it says.
    `same` counts the lines of the file that say so, `execution` how often it was executed before.
    `value`: one number over the names of the function at it, "" for none."""

    form: Form
    phase: str
    way: Way
    file: str
    code: str
    same: int
    execution: int
    value: str = ""


@dataclass(frozen=True, slots=True)
class Array:
    """An array after its line; low, high and mean are of its usual values: those that are written,
    finite, and no "never" of a lattice. 0 where there are none."""

    shape: tuple[int, ...]
    dtype: str
    low: float
    high: float
    mean: float
    digest: str

    def is_near(self, was: Array) -> bool:
        """Whether this is `was` as another machine rounds it."""
        is_alike = (self.shape, self.dtype) == (was.shape, was.dtype)
        most = NEAR * max(abs(was.low), abs(was.high), 1e-6)
        pairs = ((self.low, was.low), (self.high, was.high), (self.mean, was.mean))
        return is_alike and all(abs(now - then) <= most for now, then in pairs)


@dataclass(frozen=True, slots=True)
class AtLine:
    """What stands there: the loop round it as `t = 3`, what each name of the function stands for,
    plain values as text, and the number asked for, NaN for none."""

    loop: str
    names: dict[str, Array | str]
    value: float


def line_at(recording: Recording, place: int, phase: Phase, form: Form, value: str) -> Line:
    """The line at a moment of a phase's recording. Raises ExpressionError where `value` is no
    number there."""
    moment, path = recording.moment(place), recording.activation(place).path
    text = source(path)
    code = text.lines[moment.line - 1].strip()
    same = _saying(text.lines, code).index(moment.line)
    executions = recording.executions(path, moment.line)
    if value:
        _value(recording, place, value)
    where = form, phase.name, phase.way, text.name, code
    return Line(*where, same, executions.index(place), value)


def found_at(
    config: Config, data: TrainingSet, state: TrainState, sample: int, line: Line
) -> AtLine:
    """What stands at a line of the step from `state`. Raises RecordingError where no such line is
    executed, and what running the step raises."""
    calls = _calls(passage(config, data, state, sample), line)
    recording = Recording(calls) if calls else None
    place = None if recording is None else _place(recording, line)
    if recording is None or place is None:
        raise RecordingError(
            f"{line.file}: '{line.code}' is not executed {line.execution + 1:,} times in "
            f"{line.phase} {line.way} any more; the code has changed, freeze the line again"
        )
    variable, value = recording.loop(place)
    return AtLine(
        loop=f"{variable} = {plain(value)}" if variable else "",
        names=_names(recording, place),
        value=_value(recording, place, line.value) if line.value else float("nan"),
    )


def checks(line: Line, made: AtLine) -> list[str]:
    """Of a test that has LINE and `found`: what must be so on every machine."""
    found = [
        "assert found.line.loop == LINE.loop",
        "assert found.line.names.keys() == LINE.names.keys()",
        "for name, was in LINE.names.items():",
        "    now = found.line.names[name]",
        "    assert isinstance(was, str) or now.is_near(was), (name, now, was)",
    ]
    return [*found, f"assert found.line.value == {near(made.value)}"] if line.value else found


def near(x: float) -> str:
    """Python text that is equal to `x` as another machine rounds it."""
    number = repr(x) if math.isfinite(x) else f'float("{x}")'
    return f"pytest.approx({number}, rel={NEAR}, abs=1e-9, nan_ok=True)"


def text(made: AtLine) -> str:
    """`made` as Python text, a line for each name."""
    rows = "".join(f"    {name!r}: {was!r},\n" for name, was in made.names.items())
    return f"AtLine(loop={made.loop!r}, value=float({str(made.value)!r}), names={{\n{rows}}})"


def _calls(made: Passage, line: Line) -> tuple[Call, ...]:
    phases = [(phase.name, phase.way) for phase in made.phases]
    if (line.phase, line.way) not in phases:
        return ()
    number = phases.index((line.phase, line.way))
    if line.form == "trained":
        return made.calls[number]
    return readable_calls(made, readable(made), number)


def _saying(lines: tuple[str, ...], code: str) -> list[int]:
    return [number for number, text in enumerate(lines, 1) if text.strip() == code]


def _place(recording: Recording, line: Line) -> int | None:
    text = own_source(line.file)
    same = _saying(text.lines, line.code) if text is not None else []
    if line.same >= len(same):
        return None
    executions = recording.of_line(line.file, same[line.same])
    return executions[line.execution] if line.execution < len(executions) else None


def _names(recording: Recording, place: int) -> dict[str, Array | str]:
    found: dict[str, Array | str] = {}
    for name, value in recording.names(place).items():
        is_array = isinstance(value, Ref)
        found[name] = _seen(recording.array(value, place)) if is_array else plain(value)
    return found


def _seen(array: NDArray[Any]) -> Array:
    usual = array[~is_unwritten(array)]
    if usual.dtype.kind == "f":
        usual = usual[np.abs(usual) < FAR]
    low, high, mean = (
        (float(usual.min()), float(usual.max()), float(np.mean(usual, dtype=np.float64)))
        if usual.size and usual.dtype.kind in "fiub"
        else (0.0, 0.0, 0.0)
    )
    digest = hashlib.blake2b(array.tobytes(), digest_size=8).hexdigest()
    return Array(array.shape, array.dtype.name, low, high, mean, digest)


def _value(recording: Recording, place: int, text: str) -> float:
    """The number `text` over the names of the function at a moment. Raises ExpressionError."""
    made, known = _parsed(text, stops.names(recording, place))
    result = float(made.value(known.__getitem__))
    is_unknown = np.isnan(float(made.value(lambda name: _or_nan(known[name]))))
    if is_unknown and not np.isnan(result):
        raise ExpressionError(
            f"{text}: nothing has been written there yet at this line; go on, or choose another"
        )
    return result


def _parsed(text: str, values: dict[str, Any]) -> tuple[Expression, dict[str, Any]]:
    """The expression, and the values by the names it uses: parts such as `steps.cell[0]` are no
    names, so a subscript of one stands for itself."""
    parts = [n for n in values if not _is_word(n) and (text == n or text.startswith(f"{n}["))]
    if parts:
        name = max(parts, key=len)
        text, values = f"part{text[len(name) :]}", {"part": values[name]}
    return parse(text, {n: np.shape(value) for n, value in values.items()}, "number"), values


def _is_word(name: str) -> bool:
    return name.isidentifier() and not keyword.iskeyword(name)


def _or_nan(value: Any) -> Any:
    is_float = isinstance(value, np.ndarray) and value.dtype.kind == "f"
    return np.where(is_unwritten(value), np.nan, value) if is_float else value
