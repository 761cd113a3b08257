"""Warming: a run that was opened again is as quick to walk back as one that has just trained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from crnn.arrays import F64, I64
from crnn.debug import warming
from crnn.debug.history import state_bytes
from crnn.debug.messages import Load, Step
from crnn.debug.recording import open_run
from crnn.debug.runs import begin, resume
from crnn.debug.timeline import Timeline
from crnn.debug.warming import warm
from crnn.train import digests, initial_state
from tests import tiny
from tests.driving import NEW, Driver

CONFIG = tiny.config()
DATA = tiny.training_set(CONFIG)


def _tenths(steps: I64) -> F64:
    return (0.1 * steps).astype(np.float64)


def _reopened(directory: Path, steps: int, states: int = 1000) -> Timeline:
    """Recorded with key frames at steps 0 and `steps` alone; a step counts as a tenth of a s."""
    timeline = begin(CONFIG, DATA, initial_state(CONFIG), name="w", directory=directory)
    for _ in range(steps):
        timeline.train()
    timeline.close()
    budget = states * state_bytes(timeline.live)
    again = resume(open_run(directory), DATA, budget_bytes=budget)
    again.reports.before_s = _tenths  # type: ignore[method-assign]
    return again


def test_what_lies_behind_a_reopened_runs_head_is_brought_into_memory(tmp_path: Path) -> None:
    line = _reopened(tmp_path, 40)
    assert line.history.key_steps == (0, 40)
    straight = digests(line.seek(17)).tolist()
    turns = sum(warm(line, 17))
    assert turns == 0, "what was re-executed on the way is at hand"
    line.history.cursor = 40
    turns = sum(warm(line, 40))
    assert turns == 22
    assert np.diff(line.history.key_steps).max() <= warming.WITHIN_S / 0.1
    assert digests(line.seek(17)).tolist() == straight
    n_checked = line.n_checked
    for step in range(39, 0, -1):
        line.seek(step)
    assert line.n_checked - n_checked <= 10
    assert sum(warm(line, 40)) == 0
    line.close()


@pytest.mark.parametrize("states", [3, 12])
def test_a_small_budget_ends_it_too(tmp_path: Path, states: int) -> None:
    line = _reopened(tmp_path, 40, states)
    assert sum(warm(line, 40)) <= 40
    assert line.history.bytes <= line.history.budget_bytes
    line.close()


def test_a_window_that_stands_still_makes_going_back_quick(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warming, "WITHIN_S", 0.0)
    monkeypatch.setattr(warming, "_SHARE", 0.0)
    with Driver(run_dir=tmp_path / "run") as driver:
        driver.do(NEW, *[Step()] * 12)
    with Driver() as driver:
        frame = driver.do(Load(tmp_path / "run", NEW.dataset))
        assert frame.step == 12
        driver.watch_until(lambda frame: frame.key_steps == tuple(range(13)))
