"""The time machine: any step again, bit for bit, after kills, full disks and on other machines."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from crnn.debug import environment
from crnn.debug.history import GIB
from crnn.debug.journal import Journal, parsed
from crnn.debug.keyframes import KeyFrames, state_path, stored_steps
from crnn.debug.recorder import RunWriter
from crnn.debug.recording import open_run
from crnn.debug.runs import begin, resume
from crnn.debug.timeline import Timeline
from crnn.errors import RecordingError, ReplayDivergence
from crnn.params import FlatParams
from crnn.train import TrainState, digests, initial_state
from tests import tiny
from tests.walking import kill_at_random, walk

CONFIG = tiny.config(dropout=0.2)
DATA = tiny.training_set(CONFIG)


def _recorded(directory: Path, steps: int) -> Timeline:
    timeline = begin(CONFIG, DATA, initial_state(CONFIG), name="t", directory=directory)
    for _ in range(steps):
        timeline.train()
    return timeline


def test_a_random_walk_meets_the_digests_of_the_straight_run(tmp_path: Path) -> None:
    """Dropout, augmentation and shuffling are on; memory holds 40 of 200 states."""
    found = walk(tmp_path / "run", steps=200, moves=150, states=40)
    assert found.n_equal == 150
    assert found.n_replayed > 100, "memory alone cannot have answered"


def test_a_run_killed_at_random_moments_loses_no_finished_step(tmp_path: Path) -> None:
    """Three processes are killed by the system; edits and commands stay, and the bits are the
    straight run's."""
    found = kill_at_random(tmp_path / "run", kills=3, steps=60, seed=5)
    assert found.is_equal
    assert (found.head, found.n_told, found.steps_lost) == (60, 60, 0)
    assert (found.n_edits, found.n_commands) == (9, 12)


def test_a_start_that_was_killed_leaves_a_directory_that_can_be_used(tmp_path: Path) -> None:
    timeline = _recorded(tmp_path, 0)
    timeline.close()
    (tmp_path / "config.json").unlink()
    with pytest.raises(RecordingError, match="not a run directory"):
        open_run(tmp_path)
    _recorded(tmp_path, 2).close()
    assert open_run(tmp_path).head == 2


def test_what_a_power_cut_spoiled_is_left_out_back_to_the_last_key_frame(tmp_path: Path) -> None:
    timeline = _recorded(tmp_path, 10)
    assert timeline.writer is not None
    timeline.writer.key_frame(timeline.live)
    for _ in range(4):
        timeline.train()
    timeline.writer.abandon()
    metrics, journal = tmp_path / "metrics.bin", tmp_path / "journal.jsonl"
    size = open_run(tmp_path).header.dtype.itemsize
    with metrics.open("r+b") as file:
        file.seek(11 * size)
        file.write(bytes(3 * size))
    with journal.open("ab") as file:
        file.write(bytes(50))
    run = open_run(tmp_path)
    assert run.head == 11
    resumed = resume(run, DATA)
    assert resumed.head == 11
    resumed.close()
    with metrics.open("r+b") as file:
        file.write(b"\xff" * size)
    with pytest.raises(RecordingError, match="damaged at record 0"):
        open_run(tmp_path)


def test_a_line_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    line = {"do": "lr", "step": 1, "lr": 0.5}
    journal.append(line)
    journal.sync()
    journal.close()
    torn = path.read_bytes() + b'{"do": "lr", "st'
    assert parsed(torn) == (line,)
    with pytest.raises(ValueError, match="journal"):
        parsed(b"[]\n")


def _frames(directory: Path, budget_states: int) -> KeyFrames:
    _recorded(directory, 0).close()
    each = state_path(directory, 0).stat().st_size
    frames = KeyFrames(directory, CONFIG, budget_states * each, fixed=(0, 130))
    frames.find(0, [0.0], 0)
    frames.spacing_s = 4.0
    return frames


def test_the_spacing_of_key_frames_doubles_where_the_disk_budget_is_full(tmp_path: Path) -> None:
    """A state every 4 s of re-execution, 12 of them allowed; segment 130 begins off the grid."""
    frames = _frames(tmp_path, budget_states=12)
    first = initial_state(CONFIG)
    for step in [*range(4, 130, 4), 130, *range(132, 400, 4)]:
        state = TrainState(step, first.lr, first.params, first.moments_P)
        if step - frames.last_s + 1 > frames.spacing_s or step == 130:
            frames.write(state, fingerprint="", source="")
            frames.enter(step, float(step))
    assert frames.spacing_s == 64
    assert stored_steps(tmp_path) == tuple(frames.steps)
    assert {0, 130} <= set(frames.steps)
    assert len(frames.steps) <= 12
    assert np.diff(frames.seconds_at).max() <= 64
    assert np.median(np.diff(frames.seconds_at)) >= 32, "evenly, but for the fixed one"


def test_the_worst_seek_is_the_widest_gap_between_stored_states(tmp_path: Path) -> None:
    timeline = _recorded(tmp_path, 40)
    assert timeline.writer is not None
    timeline.history = timeline.memory(1)
    timeline.history.add(timeline.live)
    seconds = timeline.reports.column("seconds").sum()
    assert timeline.reach().worst_seek_s == pytest.approx(seconds, rel=1e-5)
    timeline.writer.key_frame(timeline.live)
    for _ in range(3):
        timeline.train()
    assert timeline.reach().stored_steps == (0, 40)
    timeline.writer.abandon()


def test_a_damaged_key_frame_is_passed_over_at_a_seek(tmp_path: Path) -> None:
    timeline = _recorded(tmp_path, 30)
    assert timeline.writer is not None
    straight = digests(timeline.seek(25)).tolist()
    timeline.writer.frames.write(timeline.seek(20), fingerprint="", source="")
    timeline.writer.frames.enter(20, 1e9)
    state_path(tmp_path, 20).write_bytes(b"spoilt")
    timeline.history = timeline.memory(1)
    timeline.history.add(initial_state(CONFIG))
    assert digests(timeline.seek(25)).tolist() == straight
    timeline.close()


def _tampered(timeline: Timeline) -> None:
    """Memory now begins at a first state with one weight off by a little."""
    first = timeline.seek(0)
    flat = first.params.flat.copy()
    flat[0] += 1e-3
    timeline.history = timeline.memory(GIB)
    timeline.history.add(TrainState(0, first.lr, FlatParams(first.params.layout, flat),
                                    first.moments_P))  # fmt: skip
    timeline.history.add(timeline.live)


def test_a_difference_is_named_with_its_size_and_likely_cause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    timeline = begin(CONFIG, DATA, initial_state(CONFIG), name="t")
    for _ in range(6):
        timeline.train()
    _tampered(timeline)
    with pytest.raises(ReplayDivergence, match="altered") as caught:
        timeline.seek(4)
    assert (caught.value.step, caught.value.tensor) == (0, "conv1.w")
    assert 1e-4 < caught.value.largest_error < 1, "found at the next state kept, that of step 6"
    monkeypatch.setattr(environment, "describe", lambda: {**described, "blas_threads": "7"})
    with pytest.raises(ReplayDivergence, match=r"blas threads was [0-9]+, is 7"):
        timeline.seek(4)
    monkeypatch.undo()
    monkeypatch.setattr(environment, "code", lambda: "other")
    with pytest.raises(ReplayDivergence, match="arithmetic was changed"):
        timeline.seek(4)


described = environment.describe()


def test_steps_recorded_elsewhere_can_be_walked_and_the_difference_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bits of one record are changed, as another CPU would have rounded."""
    _recorded(tmp_path, 20).close()
    run = open_run(tmp_path)
    metrics = bytearray((tmp_path / "metrics.bin").read_bytes())
    records = np.frombuffer(metrics, run.header.dtype)
    records["digests"][7] ^= np.uint64(2)
    records["loss_nats"][7] += 1e-6
    del records
    (tmp_path / "metrics.bin").write_bytes(metrics)
    elsewhere = {**described, "blas_kernel": "another CPU's"}
    monkeypatch.setattr(environment, "describe", lambda: elsewhere)
    timeline = resume(open_run(tmp_path), DATA)
    timeline.seek(12)
    reach = timeline.reach()
    assert (timeline.n_checked, reach.n_elsewhere) == (11, 1)
    assert reach.largest_loss_difference == pytest.approx(1e-6, rel=1e-3)
    timeline.close()
    header = json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))
    assert header["code"] == environment.code()


def test_a_run_with_unfinished_files_is_tidied_on_resume(tmp_path: Path) -> None:
    _recorded(tmp_path, 3).close()
    part = tmp_path / "states" / ".step_000000009.safetensors.1.part"
    part.write_bytes(os.urandom(10))
    writer = RunWriter.resume(open_run(tmp_path), head=3)
    writer.abandon()
    assert not part.exists()
