"""The bench command: its JSON, its rows, and the clock that drops disturbed rounds."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from crnn.commands import bench, bench_clock
from crnn.commands.bench_clock import Candidate, alternate
from crnn.commands.bench_subjects import CTC_SUBJECTS, SIZES, Subject
from crnn.fast import has_fast_convs
from crnn.model import build
from crnn.train import advance_on, initial_state

KEYS = {
    *("preset", "batch", "threads", "workers", "ours_ms", "torch_eager_ms", "torch_best_ms"),
    *("ratio_eager", "ratio_best", "gemm_share", "ops", "ctc"),
}
SMALL = ["--preset", "seed", "--threads", "1", "--batch", "4", "--rounds", "1", "--json"]


def _json(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_a_small_run_prints_every_key(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main([*SMALL, "--ops"]) == 0
    found = _json(capsys)
    assert found.keys() >= KEYS
    assert (found["preset"], found["batch"], found["threads"], found["workers"]) == (
        "seed",
        4,
        1,
        1,
    )
    assert found["ours_ms"] > 0
    assert 0 < found["gemm_share"] < 1
    assert 0 < found["own_ms"] < found["ours_ms"]
    assert {"conv1", "conv2", "rnn1", "linear", "ctc", "update"} <= found["ops"].keys()
    has_torch = found["torch"] is not None
    assert (found["ratio_eager"] is not None) == has_torch
    assert not has_torch or found["alike_eager"] > found["ratio_eager"]
    assert len(found["rows"]) == 1


def test_a_small_run_with_batch_norm(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main([*SMALL, "--norm", "batch", "--ops"]) == 0
    found = _json(capsys)
    assert found["norm"] == "batch"
    assert min(found["ops"]["conv1"] + found["ops"]["conv2"]) > 0


def test_a_width_that_the_network_cannot_take_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert bench.main(["--preset", "word", "--width", "130", "--json"]) == 1
    assert "input.width is 130" in capsys.readouterr().err


@pytest.mark.parametrize("name", SIZES)
def test_the_subjects_are_those_of_the_design(name: str) -> None:
    subject = Subject.of(name, None, None, 55)
    config, batch = subject.config(), subject.fixed_batch()
    assert config.n_classes == 55
    assert has_fast_convs(build(config))
    longest = {"seed": 4, "word": 12, "line": 40}[name]
    assert max(len(label) for label in batch.labels) <= longest
    expected = {"seed": (64, 1, 32, 32), "word": (32, 1, 32, 128), "line": (16, 1, 32, 256)}[name]
    assert batch.x_NCHW.shape == expected
    assert subject.step_flops() > 1e9


def test_a_subject_trains() -> None:
    subject = Subject("seed", 4, 32, 55)
    config, batch = subject.config(), subject.fixed_batch()
    done = advance_on(config, batch, initial_state(config))
    assert np.isfinite(done.report.loss_nats)
    _, frames_N, labels = CTC_SUBJECTS[0].problem()
    assert len(frames_N) == len(labels) == CTC_SUBJECTS[0].batch


def test_disturbed_rounds_are_dropped_while_enough_are_quiet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every second round takes ten times as long, and somebody else's time is seen in it."""
    made = iter([(k % 2 == 0, {"a": 1.0 if k % 2 == 0 else 10.0}) for k in range(100)])
    monkeypatch.setattr(bench_clock, "_round", lambda *_: next(made))
    found = alternate([Candidate("a", lambda: None)], 4)
    assert (found.n_quiet, found.n_tried) == (4, 7)
    assert found.times["a"] == (1.0, 1.0)


def test_where_too_few_rounds_are_quiet_all_count_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bench_clock, "_round", lambda *_: (False, {"a": 3.0}))
    found = alternate([Candidate("a", lambda: None)], 2)
    assert (found.n_quiet, found.n_tried) == (0, 6)
    assert found.times["a"].median_ms == 3.0
