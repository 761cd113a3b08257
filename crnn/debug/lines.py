"""Lines: a call of real code, executed statement by statement, as a recording one can walk.

A moment is one statement that has been executed, in the order in which `crnn.debug.tracing` tells
of them. Each moment knows which locals it made or changed; their contents are kept as
`crnn.debug.buffers` says, and where its budget ends the call is run again, which is the same run,
and another window of it kept.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import FrameType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from crnn.debug.buffers import Buffers, Ref
from crnn.debug.calls import Call
from crnn.debug.statements import RETURNED, Statement, source
from crnn.debug.tracing import Tracer

BUDGET_BYTES = 256 * 2**20
REACH = 512
"""A window that is made on demand begins this many moments before the one asked for."""
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


class Window(NamedTuple):
    """One execution: every moment, and contents from buffers.start to buffers.stop."""

    moments: list[Moment]
    activations: list[Activation]
    buffers: Buffers
    results: tuple[Any, ...]


class Recording:
    """The moments of some calls, made one after the other.

    Raises what the calls raise.
    """

    def __init__(self, calls: tuple[Call, ...], budget_bytes: int = BUDGET_BYTES) -> None:
        self._calls, self._budget = calls, budget_bytes
        self._window = self._run(0)
        self.n_runs = 1
        by_line: dict[tuple[str, int], list[int]] = {}
        for index, moment in enumerate(self._window.moments):
            path = self._window.activations[moment.activation].path
            by_line.setdefault((path, moment.line), []).append(index)
        self._by_line = {place: tuple(found) for place, found in by_line.items()}

    def __len__(self) -> int:
        return len(self._window.moments)

    @property
    def calls(self) -> tuple[Call, ...]:
        """The recorded calls with what they returned while they were recorded."""
        pairs = zip(self._calls, self._window.results, strict=True)
        return tuple(replace(call, result=result) for call, result in pairs)

    @property
    def kept_bytes(self) -> int:
        """What the copies take that it keeps now."""
        return self._window.buffers.kept_bytes

    def moment(self, index: int) -> Moment:
        return self._window.moments[index]

    def activation(self, index: int) -> Activation:
        """The execution of a function that a moment belongs to."""
        return self._window.activations[self._window.moments[index].activation]

    def call(self, index: int) -> int:
        """Which of the recorded calls a moment belongs to."""
        return self.activation(index).call

    def caller(self, of: Activation) -> Activation | None:
        return self._window.activations[of.parent] if of.parent >= 0 else None

    def names(self, index: int) -> dict[str, Any]:
        """Every name of the moment's function with its Ref or plain value, as bound just then."""
        found: dict[str, Any] = {}
        activation = self.activation(index)
        for at in activation.moments[: bisect_right(activation.moments, index)]:
            found.update(self._window.moments[at].changes)
        now = self._window.moments[index].changes
        return {n: value for n, value in found.items() if n in now or root_of(n) != RETURNED}

    def array(self, ref: Ref, index: int) -> NDArray[Any]:
        """An array as it was after a moment; runs the calls again where that was not kept."""
        buffers = self._window.buffers
        found = None
        if buffers.start <= index < buffers.stop:
            found = buffers.array(ref, index)
        if found is None:
            self._window = self._run(max(0, index - REACH))
            self.n_runs += 1
            if index >= self._window.buffers.stop:  # the window ended before the moment
                self._window = self._run(index)
                self.n_runs += 1
            found = self._window.buffers.array(ref, index)
        assert found is not None, "the moment the window begins with is always kept"
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
            changes = self._window.moments[at].changes
            if name in changes:
                return changes[name]
        return None

    def _run(self, start: int) -> Window:
        recorder = _Recorder(Buffers(start, self._budget))
        results = [recorder.run(call) for call in self._calls]
        recorder.buffers.finish(len(recorder.moments))
        return Window(recorder.moments, recorder.activations, recorder.buffers, tuple(results))


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
        given = [item for value in returned for item in _items(RETURNED, value)]
        index = len(self.moments)
        self.buffers.begin(index)
        values = {
            name: self.buffers.ref(value) if isinstance(value, np.ndarray) else value
            for name, value in [*_locals(frame), *given]
        }
        mentioned = [value for name, value in values.items() if root_of(name) in done.names]
        for piece in {value.piece for value in mentioned if isinstance(value, Ref)}:
            self.buffers.compare(piece, index)
        changes: dict[str, Any] = {}
        for name, value in values.items():
            seen = (value, self.buffers.version(value.piece) if isinstance(value, Ref) else 0)
            if _differs(activation.bound.get(name), seen):
                activation.bound[name] = seen
                changes[name] = value
        self.moments.append(Moment(activation.number, done.line, changes))
        activation.moments.append(index)
        self.buffers.end(index)


def _locals(frame: FrameType) -> Iterator[tuple[str, Any]]:
    for name, value in list(frame.f_locals.items()):
        if name != "self":
            yield from _items(name, value)


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
