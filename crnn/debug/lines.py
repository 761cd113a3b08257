"""Lines: a call of real code, executed statement by statement, as a recording one can walk.

A moment is one statement that has been executed, in the order in which `crnn.debug.tracing` tells
of them. Each moment knows which locals it made or changed; their contents are kept as
`crnn.debug.buffers` says, and where its budget ends the call is run again, which is the same run,
up to the moments asked for, and that window of it kept instead.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import FrameType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from crnn.debug.axes import Axes
from crnn.debug.buffers import Buffers, Ref
from crnn.debug.calls import Call
from crnn.debug.statements import RETURNED, Statement, source
from crnn.debug.tracing import Tracer

BUDGET_BYTES = 256 * 2**20
REACH = 512
"""A window that is made on demand has this many moments before and after the one asked for, or as
many as the budget allows."""
_PLAIN = (bool, int, float, str, slice, type(None), np.generic)
_SHOWN = 8
"""Items of a list that are shown."""


@dataclass(slots=True, eq=False)
class Activation:
    """One execution of a function: in which of the recorded calls, where it was called from, and
    what its names stand for now."""

    number: int
    call: int
    path: str
    function: str
    parent: int
    call_line: int
    bound: dict[str, tuple[Any, int]] = field(default_factory=dict)
    moments: list[int] = field(default_factory=list)


class Moment(NamedTuple):
    """A statement that was executed: `changes` are the names it bound or whose bytes it changed,
    each with a Ref or a plain value."""

    activation: int
    line: int
    changes: Mapping[str, Any]


class Recording:
    """The moments of some calls, made one after the other.

    Raises what the calls raise.
    """

    def __init__(self, calls: tuple[Call, ...], budget_bytes: int = BUDGET_BYTES) -> None:
        self._calls, self._budget, self._reach = calls, budget_bytes, REACH
        recorder = _Recorder(Buffers(0, budget_bytes))
        self._results = tuple(recorder.run(call) for call in calls)
        self._moments, self._activations = recorder.moments, recorder.activations
        self._buffers = recorder.buffers
        self._buffers.finish(len(self._moments))
        self.n_runs = 1
        self.axes = Axes()
        by_line: dict[tuple[str, int], list[int]] = {}
        for index, moment in enumerate(self._moments):
            path = self._activations[moment.activation].path
            by_line.setdefault((path, moment.line), []).append(index)
            for name, value in moment.changes.items():
                if isinstance(value, Ref):
                    self.axes.learn(name, value)
        self._by_line = {place: tuple(found) for place, found in by_line.items()}

    def __len__(self) -> int:
        return len(self._moments)

    @property
    def calls(self) -> tuple[Call, ...]:
        """The recorded calls with what they returned while they were recorded."""
        pairs = zip(self._calls, self._results, strict=True)
        return tuple(replace(call, result=result) for call, result in pairs)

    @property
    def kept_bytes(self) -> int:
        """What the copies take that it keeps now."""
        return self._buffers.kept_bytes

    def moment(self, index: int) -> Moment:
        return self._moments[index]

    def activation(self, index: int) -> Activation:
        """The execution of a function that a moment belongs to."""
        return self._activations[self._moments[index].activation]

    def call(self, index: int) -> int:
        """Which of the recorded calls a moment belongs to."""
        return self.activation(index).call

    def caller(self, of: Activation) -> Activation | None:
        return self._activations[of.parent] if of.parent >= 0 else None

    def names(self, index: int) -> dict[str, Any]:
        """Every name of the moment's function with its Ref or plain value, as bound just then."""
        found: dict[str, Any] = {}
        activation = self.activation(index)
        for at in activation.moments[: bisect_right(activation.moments, index)]:
            found.update(self._moments[at].changes)
        now = self._moments[index].changes
        return {n: value for n, value in found.items() if n in now or root_of(n) != RETURNED}

    def array(self, ref: Ref, index: int) -> NDArray[Any]:
        """An array as it was after a moment; runs the calls again where that was not kept."""
        while not self._buffers.start <= index < self._buffers.stop:
            start = max(0, index - self._reach)
            self._run_again(start, index + REACH)
            if index >= self._buffers.stop:  # the budget ended before the moment
                self._reach = min(self._reach, self._buffers.stop - start) // 2
        found = self._buffers.array(ref, index)
        assert found is not None, "what a name stands for at a moment of the window is kept"
        return found

    def executions(self, path: str, line: int) -> tuple[int, ...]:
        """The moments at which a line was executed, whoever called."""
        return self._by_line.get((path, line), ())

    def of_line(self, file: str, line: int) -> tuple[int, ...]:
        """The moments at which a line of a file of the package was executed."""
        for path, first in self._by_line:
            text = source(path)
            if text.name == file and text.at(line).line == first:
                return self._by_line[path, first]
        return ()

    def loop(self, index: int) -> tuple[str, Any]:
        """The variable of the innermost loop round a moment, here or in a caller, and its value;
        ("", None) where there is none."""
        activation: Activation | None = self.activation(index)
        line = self.moment(index).line
        while activation is not None:
            text = source(activation.path)
            for head in reversed(text.at(line).loops):
                variable = text.at(head).loop
                if variable:
                    return variable, self._value(activation, variable, index)
            line = activation.call_line
            activation = self.caller(activation)
        return "", None

    def _value(self, activation: Activation, name: str, index: int) -> Any:
        stop = bisect_right(activation.moments, index)
        for at in reversed(activation.moments[:stop]):
            changes = self._moments[at].changes
            if name in changes:
                return changes[name]
        return None

    def _run_again(self, start: int, last: int) -> None:
        """Keep the contents from moment `start` to `last`, or to where the budget ends."""
        self._buffers.clear()  # first: two windows would take twice the budget
        recorder = _Again(Buffers(start, self._budget), min(last, len(self._moments) - 1))
        with suppress(_Enough):
            for call in self._calls:
                recorder.run(call)
        self._buffers = recorder.buffers
        self._buffers.finish(recorder.index)
        self.n_runs += 1


class _Recorder(Tracer):
    """What was seen of the calls."""

    def __init__(self, buffers: Buffers) -> None:
        super().__init__()
        self.moments: list[Moment] = []
        self.activations: list[Activation] = []
        self.buffers = buffers
        self._of: dict[FrameType, Activation] = {}
        self._n_calls = 0

    def run(self, call: Call) -> Any:
        self._n_calls += 1
        try:
            return super().run(call)
        finally:
            self._of.clear()

    def entered(self, frame: FrameType) -> None:
        code, caller = frame.f_code, frame.f_back
        parent, line = -1, 0
        if caller is not None and caller in self._of:
            at = self.open.get(caller)
            parent, line = self._of[caller].number, at.line if at else 0
        made = Activation(
            *(len(self.activations), self._n_calls - 1, code.co_filename, code.co_name),
            *(parent, line),
        )
        self.activations.append(made)
        self._of[frame] = made

    def ended(self, frame: FrameType, done: Statement, *returned: Any) -> None:
        """What did it bind or change?"""
        activation = self._of[frame]
        index = len(self.moments)
        self.buffers.begin(index)
        values = _compared(self.buffers, index, frame, done, *returned)
        changes: dict[str, Any] = {}
        for name, value in values.items():
            seen = (value, self.buffers.version(value.piece) if isinstance(value, Ref) else 0)
            if _differs(activation.bound.get(name), seen):
                activation.bound[name] = seen
                changes[name] = value
        self.moments.append(Moment(activation.number, done.line, changes))
        activation.moments.append(index)
        self.buffers.end(index)


class _Enough(BaseException):
    """The rest of the run is not wanted."""


class _Again(Tracer):
    """The same run once more, for its contents alone: what changes when is known."""

    def __init__(self, buffers: Buffers, last: int) -> None:
        super().__init__()
        self.buffers, self.index, self._last = buffers, 0, last

    def ended(self, frame: FrameType, done: Statement, *returned: Any) -> None:
        self.buffers.begin(self.index)
        _compared(self.buffers, self.index, frame, done, *returned)
        self.buffers.end(self.index)
        self.index += 1
        if self.buffers.is_full or self.index > self._last:
            raise _Enough


def _compared(
    buffers: Buffers, index: int, frame: FrameType, done: Statement, *returned: Any
) -> dict[str, Any]:
    """Every name with its Ref or plain value, after the memory that the statement mentions has been
    compared with what it held before."""
    given = [item for value in returned for item in _items(RETURNED, value)]
    values = {
        name: buffers.ref(value) if isinstance(value, np.ndarray) else value
        for name, value in [*_locals(frame), *given]
    }
    if index >= buffers.start:
        mentioned = [value for name, value in values.items() if root_of(name) in done.names]
        for piece in {value.piece for value in mentioned if isinstance(value, Ref)}:
            buffers.compare(piece, index)
    return values


def _locals(frame: FrameType) -> Iterator[tuple[str, Any]]:
    for name, value in list(frame.f_locals.items()):
        if name != "self":
            yield from _items(name, value)
        else:
            own = getattr(value, "__dict__", {})
            arrays = ((part, x) for part, x in own.items() if isinstance(x, np.ndarray))
            for part, array in arrays:
                yield from _items(f"self.{part}", array)


def _items(name: str, value: Any, depth: int = 2) -> Iterator[tuple[str, Any]]:
    """The arrays and plain values under a name: its own, those of a named tuple's fields, of a
    short list, of a mapping."""
    if isinstance(value, np.ndarray):
        if value.dtype != object:
            yield name, value
    elif isinstance(value, _PLAIN):
        yield name, value
    elif depth and isinstance(value, tuple) and hasattr(value, "_fields"):
        for part, inner in zip(value._fields, value, strict=True):
            yield from _items(f"{name}.{part}", inner, depth - 1)
    elif depth and isinstance(value, list | tuple):
        for number, inner in enumerate(value[:_SHOWN]):
            yield from _items(f"{name}[{number}]", inner, depth - 1)
    elif depth and isinstance(value, Mapping):
        for key, inner in list(value.items())[:_SHOWN]:
            yield from _items(f"{name}[{key}]", inner, depth - 1)


def root_of(name: str) -> str:
    """The variable that a dotted or bracketed name begins with."""
    return name.split(".")[0].split("[")[0]


def _differs(before: tuple[Any, int] | None, now: tuple[Any, int]) -> bool:
    if before is None:
        return True
    if isinstance(before[0], Ref) or isinstance(now[0], Ref):
        return before != now
    return type(before[0]) is not type(now[0]) or repr(before[0]) != repr(now[0])
