"""Phases: a passage is the real step; each phase, recorded line by line, gives its very bits."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from crnn.config import Config, ConvBlock
from crnn.debug.differences import apart, outputs
from crnn.debug.lines import Recording
from crnn.debug.phases import passage, plan, readable, readable_calls
from crnn.train import TrainState, advance, initial_state
from tests import tiny

DEEP = (ConvBlock(16, (2, 2)), ConvBlock(16, (2, 1)))
PLAIN = tiny.config(kernels="plain", layers=2, dropout=0.3, cell="gru")
FAST = tiny.config(kernels="fast", convs=DEEP, layers=2)
NORMED = tiny.config(convs=(ConvBlock(4, (2, 2), norm="batch"),), cell="tanh", optimiser="sgd")
every_net = pytest.mark.parametrize("config", [PLAIN, FAST, NORMED], ids=["plain", "fast", "norm"])


def _state(config: Config, steps: int = 2) -> TrainState:
    state, data = initial_state(config), tiny.training_set(config)
    for _ in range(steps):
        state = advance(config, data, state).state
    return state


def _bits(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, dict):
        return {name: _bits(part) for name, part in value.items()}
    if isinstance(value, tuple | list):
        return [_bits(part) for part in value]
    if dataclasses.is_dataclass(value):
        return [_bits(getattr(value, field.name)) for field in dataclasses.fields(value)]
    return value


@every_net
def test_a_passage_is_the_step_and_every_phase_was_called(config: Config) -> None:
    data, state = tiny.training_set(config), _state(config)
    before = state.params.flat.tobytes()
    started = time.perf_counter()
    made = passage(config, data, state, data.ids(state.step)[1])
    wall_s = time.perf_counter() - started
    straight = advance(config, data, state)
    assert made.done is not None
    assert made.done.report == straight.report
    assert state.params.flat.tobytes() == before
    assert made.phases == plan(config)
    assert all(calls for calls in made.calls)
    assert all(seconds > 0 for seconds in made.seconds)
    assert sum(made.seconds) <= wall_s, "no part of the time counts twice"


@every_net
def test_each_phase_recorded_gives_the_bits_that_trained(config: Config) -> None:
    data, state = tiny.training_set(config), _state(config)
    made = passage(config, data, state, data.ids(state.step)[0])
    for phase, calls in zip(made.phases, made.calls, strict=True):
        for call, recorded in zip(calls, Recording(calls).calls, strict=True):
            assert _bits(recorded.result) == _bits(call.result), phase


@every_net
def test_the_readable_text_computes_what_trained_but_for_rounding(config: Config) -> None:
    data, state = tiny.training_set(config), _state(config)
    made = passage(config, data, state, data.ids(state.step)[0])
    plain = readable(made)
    compared = 0
    for number, phase in enumerate(made.phases):
        if phase.way in ("data", "update"):
            continue
        trained = made.calls[number] if plain is made else made.of(phase.part, phase.way)
        calls = Recording(readable_calls(made, plain, number)).calls
        far = apart(outputs(trained), outputs(calls))
        assert far is not None, phase
        assert far < 1e-4, phase
        compared += 1
    assert compared == len(made.phases) - 3


def test_a_step_that_fails_is_shown_as_far_as_it_came() -> None:
    state = _state(FAST)
    flat = state.params.flat.copy()
    place = next(p for p in state.params.layout.places if p.name == "linear.w")
    flat[place.start : place.stop] = np.nan
    broken = replace(state, params=type(state.params)(state.params.layout, flat))
    data = tiny.training_set(FAST)
    made = passage(FAST, data, broken, data.ids(broken.step)[0])
    assert "linear is not finite" in made.fault
    assert made.done is None
    reached = {
        (phase.name, phase.way): bool(calls)
        for phase, calls in zip(made.phases, made.calls, strict=True)
    }
    assert reached["rnn2", "forward"]
    assert not reached["rnn2", "backward"]
    assert not reached["update", "update"]
