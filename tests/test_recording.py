"""Run directories: what a killed run leaves is enough to go on, and replay finds a changed bit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from crnn.checkpoint import load
from crnn.config import ConvBlock
from crnn.debug import environment
from crnn.debug.keyframes import state_path
from crnn.debug.recording import Run, open_run
from crnn.debug.runs import begin, replay, resume
from crnn.debug.timeline import Timeline
from crnn.errors import RecordingError, ReplayDivergence
from crnn.schedule import factor
from crnn.train import digests, initial_state
from tests import tiny

CONFIG = tiny.config()
DATA = tiny.training_set(CONFIG)
EDITED = 12


def _record(directory: Path, steps: int = 30) -> Timeline:
    """A run with a key frame at step 20 and a learning rate set at step 12; not closed."""
    timeline = begin(CONFIG, DATA, initial_state(CONFIG), name="a run", directory=directory)
    assert timeline.writer is not None
    for step in range(steps):
        if step == EDITED:
            timeline.set_learning_rate(0.03)
        if step == 20:
            timeline.writer.key_frame(timeline.live)
        timeline.train()
    return timeline


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """The directory of a run that was killed after step 30."""
    timeline = _record(tmp_path / "run")
    assert timeline.writer is not None
    timeline.writer.abandon()
    return tmp_path / "run"


def _straight() -> list[int]:
    timeline = begin(CONFIG, DATA, initial_state(CONFIG), name="straight")
    for step in range(35):
        if step == EDITED:
            timeline.set_learning_rate(0.03)
        timeline.train()
    found: list[int] = digests(timeline.live).tolist()
    return found


def _go_on(run: Run) -> list[int]:
    timeline = resume(run, DATA)
    while timeline.head < 35:
        timeline.train()
    timeline.close()
    found: list[int] = digests(timeline.live).tolist()
    return found


def test_a_run_says_what_it_is_and_what_it_holds(killed: Path) -> None:
    run = open_run(killed)
    assert (run.header.name, run.head, run.is_closed) == ("a run", 30, False)
    assert run.header.config == CONFIG
    assert run.edits == ((EDITED, 0.03),)
    assert run.key_steps == (0, 20)
    table = json.loads((killed / "config.json").read_text(encoding="utf-8"))
    assert set(table["holds"]) == {"config.json", "metrics.bin", "journal.jsonl", "states/"}
    for name in ("numpy", "blas", "blas_kernel", "blas_threads", "pillow", "freetype"):
        assert table["environment"][name]


def test_a_killed_run_goes_on_from_its_last_recorded_step(killed: Path) -> None:
    assert _go_on(open_run(killed)) == _straight()
    whole = open_run(killed)
    assert whole.is_closed
    assert whole.head == 35
    assert replay(whole, DATA).steps_checked == 35


def test_a_process_killed_by_the_system_loses_no_finished_step(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from tests import tiny\n"
        "from crnn.debug.runs import begin; from crnn.train import initial_state\n"
        "config = tiny.config(); data = tiny.training_set(config)\n"
        "t = begin(config, data, initial_state(config), name='k', directory=Path(sys.argv[1]))\n"
        "while True:\n    t.train(); sys.stdout.write('.'); sys.stdout.flush()\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "run")]
    root = Path(__file__).parent.parent
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        finished = len(process.stdout.read(20))
        process.kill()
    run = open_run(tmp_path / "run")
    assert not run.is_closed
    assert run.head >= finished
    timeline = resume(run, DATA)
    assert timeline.head == timeline.n_checked == run.head
    timeline.close()


def test_a_closed_run_goes_on_without_re_execution(tmp_path: Path) -> None:
    _record(tmp_path).close()
    timeline = resume(open_run(tmp_path), DATA)
    assert (timeline.head, timeline.n_checked) == (30, 0)
    timeline.close()


def test_a_torn_record_and_a_torn_line_are_not_read_and_written_over(killed: Path) -> None:
    metrics, journal = killed / "metrics.bin", killed / "journal.jsonl"
    metrics.write_bytes(metrics.read_bytes()[:-5])
    with journal.open("ab") as file:
        file.write(b'{"do": "lr", "st')
    run = open_run(killed)
    assert run.head == 29
    assert _go_on(run) == _straight()
    assert open_run(killed).head == 35


@pytest.mark.parametrize("damage", ["cut", "flip", "remove"])
def test_a_damaged_key_frame_is_passed_over_for_an_earlier_one(damage: str, killed: Path) -> None:
    path = state_path(killed, 20)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    if damage == "remove":
        path.unlink()
    else:
        path.write_bytes(content if damage == "flip" else content[:-9])
    assert _go_on(open_run(killed)) == _straight()


def test_replay_reports_every_step_equal(killed: Path) -> None:
    result = replay(open_run(killed), DATA)
    assert (result.steps_checked, result.equal, result.first_difference) == (30, True, None)
    assert replay(open_run(killed), DATA, to=7).steps_checked == 7


def test_a_run_with_statistics_dropout_and_a_schedule_replays_bit_for_bit(tmp_path: Path) -> None:
    """An edit of the rate scales the schedule from its step on, also when it is read back."""
    config = tiny.config(
        convs=(ConvBlock(4, (2, 2), norm="batch"),),
        dropout=0.3,
        schedule="one_cycle",
        schedule_steps=12,
        optimiser="adamw",
    )
    data = tiny.training_set(config)
    timeline = begin(config, data, initial_state(config), name="a", directory=tmp_path / "run")
    for step in range(10):
        if step == 6:
            timeline.set_learning_rate(0.002)
        timeline.train()
    rates = timeline.reports.column("lr")[:10]
    expected = [factor(config, t) * (0.002 if t >= 6 else config.lr) for t in range(10)]
    np.testing.assert_allclose(rates, expected)
    timeline.close()
    run = open_run(tmp_path / "run")
    assert run.header.tensors[-2:] == ("norm1.mean", "norm1.var")
    result = replay(run, data)
    assert (result.steps_checked, result.equal) == (10, True)
    resumed = resume(run, data)
    assert digests(resumed.live).tolist() == digests(timeline.live).tolist()
    resumed.close()


def test_replay_finds_one_flipped_bit_of_the_recording(killed: Path) -> None:
    run = open_run(killed)
    metrics = bytearray((killed / "metrics.bin").read_bytes())
    offset = run.header.dtype.fields["digests"][1]  # type: ignore[index]
    metrics[17 * run.header.dtype.itemsize + offset + 8] ^= 1
    (killed / "metrics.bin").write_bytes(metrics)
    result = replay(open_run(killed), DATA)
    assert not result.equal
    assert result.steps_checked == 17
    assert result.first_difference is not None
    assert (result.first_difference.step, result.first_difference.tensor) == (17, "conv1.b")


def test_resume_notices_records_that_are_not_of_this_run(killed: Path) -> None:
    run = open_run(killed)
    metrics = bytearray((killed / "metrics.bin").read_bytes())
    offset = run.header.dtype.fields["digests"][1]  # type: ignore[index]
    metrics[25 * run.header.dtype.itemsize + offset] ^= 1
    (killed / "metrics.bin").write_bytes(metrics)
    with pytest.raises(ReplayDivergence) as caught:
        resume(open_run(killed), DATA)
    assert caught.value.step == 25


def test_another_environment_starts_a_new_segment_at_a_stored_state(
    killed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = environment.describe() | {"blas_kernel": "another CPU's"}
    monkeypatch.setattr(environment, "describe", lambda: elsewhere)
    timeline = resume(open_run(killed), DATA)
    assert timeline.head == 20
    for _ in range(5):
        timeline.train()
    timeline.close()
    run = open_run(killed)
    assert [segment.step for segment in run.segments] == [0, 20]
    result = replay(run, DATA)
    assert (result.steps_checked, result.steps_elsewhere, result.equal) == (5, 20, True)
    assert result.largest_loss_difference == 0
    monkeypatch.undo()
    result = replay(run, DATA)
    assert (result.steps_checked, result.steps_elsewhere) == (20, 5)


def test_other_data_is_refused(killed: Path) -> None:
    other = tiny.training_set(CONFIG, tiny.dataset(tiny.TEXTS[:5]))
    for use in (replay, resume):
        with pytest.raises(RecordingError, match="other samples"):
            use(open_run(killed), other)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("config.json", b"{", "damaged or foreign"),
        ("config.json", b'{"format": "other"}', "its format is 'other'"),
        ("config.json", b"[]", "damaged or foreign"),
        ("config.json", b"\xff", "damaged or foreign"),
        ("metrics.bin", b"\1" * 400, "damaged at record 0"),
        ("journal.jsonl", b"{}\n", "journal.jsonl is damaged"),
        ("journal.jsonl", b"nonsense\n", "journal.jsonl is damaged"),
    ],
)
def test_a_damaged_directory_gives_one_clear_error(
    name: str, content: bytes, message: str, killed: Path
) -> None:
    (killed / name).write_bytes(content)
    with pytest.raises(RecordingError, match=message):
        open_run(killed)


def test_missing_files_are_named(killed: Path, tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="not a run directory"):
        open_run(tmp_path)
    (killed / "metrics.bin").unlink()
    with pytest.raises(RecordingError, match=r"metrics\.bin"):
        open_run(killed)


def test_a_directory_in_use_is_not_written_over(killed: Path) -> None:
    with pytest.raises(RecordingError, match="not empty"):
        begin(CONFIG, DATA, initial_state(CONFIG), name="x", directory=killed)


def test_a_far_seek_uses_the_key_frames_on_disk(tmp_path: Path) -> None:
    timeline = _record(tmp_path, 30)
    timeline.history = timeline.memory(1)
    timeline.history.add(initial_state(CONFIG))
    timeline.seek(21)
    assert timeline.n_checked == 1, "from key frame 20, not from step 0"
    timeline.close()


def test_a_stored_state_is_a_full_checkpoint(killed: Path) -> None:
    found = load(state_path(killed, 20))
    assert (found.kind, found.step) == ("full", 20)
    assert found.fingerprint == DATA.dataset.fingerprint
