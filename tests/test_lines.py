"""Lines: a recorded call computes the bits of an unrecorded one, and keeps what was there.

The comparison is with a plain tracer that copies every local array at every line.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import numpy as np
import pytest

from crnn.arrays import I64
from crnn.ctc.lattice import lattice, pack
from crnn.ctc.loss import ctc_loss
from crnn.debug.axes import axes_of
from crnn.debug.buffers import Ref
from crnn.debug.calls import Call, watch
from crnn.debug.lines import Recording
from crnn.debug.statements import source
from crnn.debug.tracing import is_unwritten, scope
from crnn.kernels import maps
from crnn.kernels.both_ways import BothWays
from crnn.kernels.normed import Normed
from crnn.kernels.stem import Stem
from crnn.kernels.winograd import Winograd
from crnn.ops.norm import BatchNorm2d
from crnn.ops.recurrent import Recurrent
from tests.op_cases import CASES, CTC_FRAMES, CTC_LABELS, Case, noise

Arrays = dict[str, np.ndarray[Any, Any]]


def _call(function: Any, *args: Any) -> Call:
    names = list(inspect.signature(function).parameters)[: len(args)]
    return Call(function, dict(zip(names, args, strict=True)))


def _ops() -> list[tuple[str, Call]]:
    """Every op of the list and every kernel, forward and backward, in float32."""
    found = []
    for case in CASES:
        found += _both(case.label, case)
    rng = np.random.default_rng(5)
    own = {"w": rng.normal(size=(6, 5, 3, 3)), "b": rng.normal(size=6)}
    x = maps.from_frames(rng.normal(size=(12, 2, 5 * 8)), 8)
    keep_NW = np.arange(6) < np.array([6, 4])[:, None]
    found += _of("winograd", Winograd(5, 6, (2, 2)), own, x, keep_NW)
    stem = {"w": own["w"][:, :1].copy(), "b": own["b"]}
    forward = _call(Stem.forward, Stem(6, (2, 2)), stem, rng.normal(size=(2, 1, 8, 12)), keep_NW)
    y, cache = forward.again()
    found += [("stem", forward), ("stem back", _call(Stem.gradients, Stem(6, (2, 2)), cache, y))]
    normed = {**own, "norm.w": rng.normal(size=6), "norm.b": rng.normal(size=6)}
    op = Normed(Winograd(5, 6, (2, 2)), BatchNorm2d(6))
    found += _of("normed", op, normed, x, keep_NW, np.array([12, 7]), None)
    for cell in ("tanh", "lstm"):
        one = Recurrent(cell, 3, 4)
        params = [one.init(rng), one.init(rng)]
        both = BothWays(cell, 3, 4, (False, True))
        found += _of(f"both ways {cell}", both, params, noise(3, 5, 3), np.array([5, 2, 1]))
    logits = noise(len(CTC_LABELS), int(CTC_FRAMES.max()), 4)
    found.append(("ctc", _call(ctc_loss, logits, CTC_FRAMES, CTC_LABELS)))
    log_prob = ctc_loss(logits, CTC_FRAMES, CTC_LABELS).log_prob_NTK
    found.append(("lattice", _call(lattice, log_prob, CTC_FRAMES, pack(CTC_LABELS, 4))))
    return found


def _both(label: str, case: Case) -> list[tuple[str, Call]]:
    args = [arg() if callable(arg) else arg for arg in case.args]
    return _of(label, case.op, case.params(), case.x, *args)


def _of(label: str, op: Any, *args: Any) -> list[tuple[str, Call]]:
    forward = _call(type(op).forward, op, *args)
    y, cache = forward.again()
    back = _call(type(op).backward, op, args[0], cache, y)
    return [(label, forward), (f"{label} back", back)]


OPS = _ops()
every_op = pytest.mark.parametrize("call", [c for _, c in OPS], ids=[label for label, _ in OPS])


def _bits(value: Any) -> Any:
    """A nested result as something comparable bit by bit."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, dict):
        return {name: _bits(part) for name, part in value.items()}
    if isinstance(value, tuple | list):
        return [_bits(part) for part in value]
    return value


@every_op
def test_a_recorded_call_gives_the_bits_of_an_unrecorded_one(call: Call) -> None:
    plain = _bits(call.again())
    tracer = sys.gettrace()
    recording = Recording((call,))
    assert sys.gettrace() is tracer, "nothing is left behind"
    assert _bits(recording.calls[0].result) == plain
    assert _bits(call.again()) == plain, "and the arguments are as they were"


class _Copies:
    """A copy of every local array at the end of every statement."""

    def __init__(self, call: Call) -> None:
        self.seen: list[tuple[str, int, Arrays]] = []
        self._open: dict[FrameType, Any] = {}
        self._folder = scope(call.function)
        before = sys.gettrace()
        sys.settrace(self._on_call)
        try:
            call.again()
        finally:
            sys.settrace(before)

    def _on_call(self, frame: FrameType, event: str, arg: Any) -> Any:
        code = frame.f_code
        is_traced = code.co_filename.startswith(self._folder) and code.co_name[0] != "<"
        return self._on_line if is_traced else None

    def _on_line(self, frame: FrameType, event: str, arg: Any) -> Any:
        statement = source(frame.f_code.co_filename).at(frame.f_lineno)
        done = self._open.get(frame)
        is_over = event == "return" or (event == "line" and done is not statement)
        if is_over and done is not None:
            arrays = {
                name: value.copy()
                for name, value in frame.f_locals.items()
                if isinstance(value, np.ndarray)
            }
            self.seen.append((frame.f_code.co_name, done.line, arrays))
        if event in ("line", "return"):
            self._open[frame] = statement if event == "line" else None
        return self._on_line


def _written(recording: Recording, ref: Ref, index: int) -> np.ndarray[Any, Any]:
    """An array with 0 where nothing has been written to, as `empty_is_zero` has it."""
    array = recording.array(ref, index)
    return np.where(is_unwritten(array), array.dtype.type(0), array)


@pytest.fixture
def empty_is_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory that is not written yet holds something else in each execution."""
    monkeypatch.setattr(np, "empty", np.zeros)
    monkeypatch.setattr(np, "empty_like", np.zeros_like)


@every_op
@pytest.mark.usefixtures("empty_is_zero")
def test_every_array_at_every_line_is_what_was_there_and_each_change_is_noticed(call: Call) -> None:
    expected, recording = _Copies(call).seen, Recording((call,))
    assert len(recording) == len(expected)
    before: dict[int, Arrays] = {}
    for index, (function, line, arrays) in enumerate(expected):
        moment, activation = recording.moment(index), recording.activation(index)
        assert (activation.function, moment.line) == (function, line)
        names = recording.names(index)
        for name, array in arrays.items():
            assert isinstance(names[name], Ref)
            assert _bits(_written(recording, names[name], index)) == _bits(array), (index, name)
            old = before.get(activation.number, {}).get(name)
            if old is None or _bits(old) != _bits(array):
                assert name in moment.changes, (index, name)
        before[activation.number] = arrays


@every_op
def test_recorded_again_every_line_holds_the_same_bits(call: Call) -> None:
    """Memory that nothing has been written to would hold whatever was there before."""
    recording = Recording((call,))
    junk = [np.full(size, 1e9 + size, np.float32) for size in range(1, 2000, 13)]
    del junk
    again = Recording((call,))
    for index in range(0, len(recording), 5):
        for name, value in recording.names(index).items():
            if isinstance(value, Ref):
                there = again.names(index)[name]
                assert _bits(again.array(there, index)) == _bits(recording.array(value, index)), (
                    recording.activation(index).function,
                    recording.moment(index).line,
                    name,
                )


def test_what_is_not_written_yet_is_told_from_what_is() -> None:
    op = Recurrent("lstm", 3, 8)
    args = op.init(np.random.default_rng(1)), noise(4, 6, 3), np.full(4, 6)
    recording = Recording((_call(Recurrent.forward, op, *args),))
    seen = []
    for index in range(len(recording)):
        variable, t = recording.loop(index)
        hidden = recording.names(index).get("hidden")
        if (
            variable == "t"
            and isinstance(hidden, Ref)
            and "hidden" in recording.moment(index).changes
        ):
            unwritten = is_unwritten(recording.array(hidden, index))
            seen.append((t, unwritten.any(axis=(1, 2)).tolist()))
    assert (2, [False, False, False, True, True, True]) in seen
    assert seen[-1] == (5, [False] * 6)


@pytest.mark.usefixtures("empty_is_zero")
def test_beyond_its_budget_a_recording_runs_again_and_gives_the_same_arrays() -> None:
    op = Recurrent("lstm", 3, 8)
    args = op.init(np.random.default_rng(1)), noise(4, 40, 3), np.full(4, 40)
    call = _call(Recurrent.forward, op, *args)
    whole, short = Recording((call,)), Recording((call,), budget_bytes=30_000)
    for index in (len(whole) - 1, 5, 300, 299, 120):
        for name, value in whole.names(index).items():
            if isinstance(value, Ref):
                there = short.names(index)[name]
                assert _bits(short.array(there, index)) == _bits(whole.array(value, index)), name
    assert whole.n_runs == 1
    assert short.n_runs > 1
    some = Recording((call,), budget_bytes=120_000)
    for index in range(300, 260, -1):
        for value in some.names(index).values():
            if isinstance(value, Ref):
                some.array(value, index)
    assert 1 < some.n_runs < 10, "a step back does not cost a run each time"


def test_what_an_axis_means_is_known_from_the_name_or_from_the_memory() -> None:
    assert axes_of("cache.layers[1].x_TND", 3) == axes_of("x_TND[0]", 3) == "TND"
    assert axes_of("x_TND", 2) == axes_of("hidden", 3) == ""
    op = Recurrent("lstm", 3, 8)
    args = op.init(np.random.default_rng(1)), noise(4, 6, 3), np.full(4, 6)
    recording = Recording((_call(Recurrent.forward, op, *args),))
    found: dict[str, set[str]] = {}
    for index in range(len(recording)):
        for name, value in recording.names(index).items():
            if isinstance(value, Ref) and recording.activation(index).function == "_lstm_forward":
                found.setdefault(name, set()).add(recording.axes.of(name, value))
    assert found["hidden"] == {"TNU"}, "which it is called where it is given back"
    assert found["gates"] == {"NG"}, "a timestep of z_TNG"
    assert found["z_TNG"] == {"TNG"}


def test_memory_that_an_object_keeps_is_seen_to_be_written() -> None:
    rng = np.random.default_rng(1)
    one = Recurrent("lstm", 3, 4)
    both = BothWays("lstm", 3, 4, (False, True))
    params = [one.init(rng), one.init(rng)]
    call = _call(BothWays.forward, both, params, noise(3, 5, 3), np.array([5, 2, 1]))
    recording = Recording((call,))
    products = [
        recording.moment(index).changes.keys()
        for index in range(len(recording))
        if recording.activation(index).function == "__call__"
    ]
    assert any("self._by_state" in changes for changes in products)


def test_the_loop_round_a_line_is_found_in_its_callers_too() -> None:
    label: I64 = np.array([1, 2])
    call = _call(lattice, np.log(np.full((1, 5, 4), 0.25)), np.array([5]), pack([label], 4))
    recording = Recording((call,))
    places = [i for i in range(len(recording)) if recording.activation(i).function == "_log_add"]
    values = [recording.loop(place) for place in places]
    assert ("t", 1) in values
    assert ("t", 4) in values
    path = recording.activation(places[0]).path
    executions = recording.executions(path, recording.moment(places[0]).line)
    assert list(executions) == [
        p for p in places if recording.moment(p).line == recording.moment(places[0]).line
    ]


def test_only_the_calls_asked_for_are_seen_and_a_used_up_generator_is_as_before() -> None:
    generator = np.random.default_rng(3)

    def draws(source: np.random.Generator) -> float:
        return float(source.random())

    def other(run: Callable[[np.random.Generator], float]) -> float:
        return run(generator) + run(generator)

    result, error, seen = watch((draws,), lambda: other(draws))
    assert error is None
    assert [call.function.__name__ for call in seen.within] == ["draws", "draws"]
    assert sum(call.result for call in seen.within) == result
    assert [call.again() for call in seen.within] == [call.result for call in seen.within]
