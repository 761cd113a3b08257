"""What a step takes by itself: its batch and its other process with it, a stall without."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from crnn.data.dataset import Batch, TrainingSet
from crnn.debug.timeline import Timeline
from crnn.effort import Effort
from crnn.train import advance, initial_state
from crnn.workers import Workers
from tests.support import striped_set, tiny_word


class _Clocks(SimpleNamespace):
    """Clocks that stand still unless they are told that time passes."""

    wall_s = 0.0
    thread_s = 0.0

    def perf_counter(self) -> float:
        return self.wall_s

    def thread_time(self) -> float:
        return self.thread_s


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> _Clocks:
    made = _Clocks()
    monkeypatch.setattr("crnn.effort.time", made)
    monkeypatch.setattr("crnn.effort._GRAIN_S", 0.0)
    return made


def test_neither_a_stall_nor_work_side_by_side_counts(clocks: _Clocks) -> None:
    stalled = Effort()
    clocks.wall_s, clocks.thread_s = 5.0, 0.25
    assert stalled.seconds() == stalled.processor_s == 0.25
    assert stalled.seconds(elsewhere_s=0.5) == 0.75
    assert stalled.seconds(elsewhere_s=9.0) == 5.0


def test_a_steps_seconds_are_those_of_taking_it_again_its_batch_included(
    monkeypatch: pytest.MonkeyPatch, clocks: _Clocks
) -> None:
    """What key frames are spaced by: a batch of drawn pictures may take longer than the update."""
    config = tiny_word()
    data, made = striped_set(config), TrainingSet.batch

    def slow(self: TrainingSet, step: int) -> Batch:
        clocks.wall_s += 3.0
        clocks.thread_s += 0.25
        return made(self, step)

    monkeypatch.setattr(TrainingSet, "batch", slow)
    assert advance(config, data, initial_state(config)).report.seconds == 0.25
    line = Timeline(config, data, initial_state(config))
    assert line.train().report.seconds == 0.25
    elsewhere = line.train(lambda step: (made(data, step), 5.0))
    assert elsewhere.report.seconds == 5
    line.train(lambda step: (made(data, step), 0.0))
    assert line.reports.before_s(np.array([3])) == [5.25]


class _OtherProcess(Workers):
    """Every second shard took half a second of another process's time."""

    def __init__(self, clocks: _Clocks) -> None:
        super().__init__(2)
        self._clocks = clocks

    def map(self, work: Any, tasks: Any, away: Any = None) -> list[Any]:
        self._clocks.wall_s += 100.0
        todo = list(tasks)
        return [work(todo[0]), away(todo[1])._replace(processor_s=0.5)]


def test_what_another_process_computes_of_a_step_is_part_of_it(clocks: _Clocks) -> None:
    config = tiny_word(shards=2)
    state, workers = initial_state(config), _OtherProcess(clocks)
    assert advance(config, striped_set(config), state, workers=workers).report.seconds == 0.5
