"""Feeding: batches made ahead give the same run, begin where they pay, and follow its moves."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from crnn.config import preset
from crnn.data.ahead import Ahead
from crnn.data.dataset import Batch, TrainingSet
from crnn.data.written import WrittenDataset
from crnn.debug.feeding import LEAD, LOOKS, Feeder
from crnn.debug.messages import Back, Frame, NewRun, Pause, ReturnToLive, Run
from crnn.debug.runs import training_set
from crnn.errors import DatasetError
from tests.driving import Driver

CONFIG = replace(preset("lesson"), batch=2, augment="light")


@pytest.fixture
def feeder() -> Iterator[Feeder]:
    with closing(Feeder()) as made:
        yield made


def _slow_steps(feeder: Feeder, data: TrainingSet, start: int) -> int:
    """Steps whose batch is all that they take; returns the next."""
    for step in range(start, start + LOOKS):
        assert not feeder.is_ahead
        _, batch_s = feeder.batch(data, step)
        feeder.took(step + 1, batch_s)
    return start + LOOKS


def test_a_process_begins_where_batches_are_slow_and_gives_the_same(feeder: Feeder) -> None:
    data = training_set(CONFIG, WrittenDataset(40, 3))
    start = _slow_steps(feeder, data, 5)
    assert feeder.is_ahead
    for step in range(start, start + LEAD + 4):
        made, wanted = feeder.batch(data, step)[0], data.batch(step)
        assert made.ids == wanted.ids
        assert made.x_NCHW.tobytes() == wanted.x_NCHW.tobytes()


def test_none_begins_where_learning_takes_the_time(feeder: Feeder) -> None:
    data = training_set(CONFIG, WrittenDataset(40, 3))
    for step in range(2 * LOOKS):
        _, batch_s = feeder.batch(data, step)
        feeder.took(step + 1, 20 * batch_s)
    assert not feeder.is_ahead


@pytest.mark.parametrize("goes_to", ["back", "other data"])
def test_a_run_that_goes_elsewhere_is_fed_from_there(feeder: Feeder, goes_to: str) -> None:
    data = training_set(CONFIG, WrittenDataset(40, 3))
    _slow_steps(feeder, data, 0)
    asked = training_set(CONFIG, WrittenDataset(40, 4)) if goes_to == "other data" else data
    step = LOOKS if goes_to == "other data" else LOOKS - 4
    made = feeder.batch(asked, step)[0]
    assert made.x_NCHW.tobytes() == asked.batch(step).x_NCHW.tobytes()
    assert not feeder.is_ahead
    _slow_steps(feeder, asked, step)
    assert feeder.is_ahead


def test_what_the_process_made_can_be_made_here_when_it_is_gone(feeder: Feeder) -> None:
    data = training_set(CONFIG, WrittenDataset(40, 3))
    start = _slow_steps(feeder, data, 0)
    assert feeder._ahead is not None
    feeder._ahead._process.kill()
    feeder._ahead._process.join()
    for step in range(start, start + LEAD + 2):
        made = feeder.batch(data, step)[0]
        assert made.x_NCHW.tobytes() == data.batch(step).x_NCHW.tobytes()


def test_what_the_process_cannot_make_is_said_again_and_never_waited_for(
    feeder: Feeder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that met a bad picture makes no more batches: who asked on would wait for ever."""
    data = training_set(CONFIG, WrittenDataset(40, 3))
    start = _slow_steps(feeder, data, 0)

    def fails(ahead: Ahead, step: int) -> tuple[Batch, float]:
        raise DatasetError(f"step {step}: its picture is gone")

    monkeypatch.setattr(Ahead, "batch", fails)
    made = feeder.batch(data, start)[0]
    assert made.x_NCHW.tobytes() == data.batch(start).x_NCHW.tobytes()
    assert not feeder.is_ahead


def _is_fed_ahead() -> bool:
    return any(child.name == "batches" for child in multiprocessing.active_children())


def _run(runs: Path) -> tuple[Frame, bool]:
    """Run, go back, return and run on; the end, and whether a process was there."""
    with Driver(runs) as driver:
        driver.do(NewRun(CONFIG, WrittenDataset(40, 3), "drawn"))
        was_fed = False
        for n in (45, 90):
            driver.inbox.put(Run())
            driver.watch_until(partial(_is_at, n))
            was_fed = was_fed or _is_fed_ahead()
            driver.do(Pause(), Back(), ReturnToLive())
        return driver.shown, was_fed


def _is_at(n: int, frame: Frame) -> bool:
    return frame.step >= n


def test_a_run_in_the_debugger_is_the_same_with_a_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crnn.debug.feeding.SHARE", 0.0)
    fed, was_fed = _run(tmp_path / "fed")
    assert was_fed
    assert not _is_fed_ahead(), "the process ends with the run"
    monkeypatch.setattr("crnn.debug.feeding.SHARE", 2.0)
    plain, was_fed = _run(tmp_path / "plain")
    assert not was_fed
    n = min(fed.n_reports, plain.n_reports)
    assert n >= 90
    assert (
        fed.reports.column("digests", n).tobytes() == plain.reports.column("digests", n).tobytes()
    )
