"""What outlives a full disk and a power cut: everything that was said to be there."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from crnn import checkpoint
from crnn.debug.branch_messages import Branch
from crnn.debug.edits import ChangeRate
from crnn.debug.messages import Step, Stop
from crnn.debug.point_messages import AddPoint
from crnn.debug.points import Condition
from crnn.debug.proof import prove_line
from crnn.debug.recording import open_run
from crnn.debug.runs import begin, resume
from crnn.debug.timeline import Timeline
from crnn.errors import CheckpointError, RecordingError
from crnn.train import initial_state
from tests import tiny
from tests.driving import NEW, Driver

CONFIG = tiny.config(dropout=0.2)
DATA = tiny.training_set(CONFIG)


def _recorded(directory: Path, steps: int) -> Timeline:
    timeline = begin(CONFIG, DATA, initial_state(CONFIG), name="t", directory=directory)
    for _ in range(steps):
        timeline.train()
    return timeline


_FILL = """
import resource, sys
from pathlib import Path
from crnn.debug.runs import begin
from crnn.errors import RecordingError
from crnn.train import digests, initial_state
from tests import tiny
from tests.driving import NEW, Driver
config = tiny.config(dropout=0.2); data = tiny.training_set(config)
line = begin(config, data, initial_state(config), name='full', directory=Path(sys.argv[1]))
limit = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
refused = 0
for _ in range(30):
    before = line.head, digests(line.live).tolist()
    try:
        line.set_learning_rate(0.01 + line.head / 1000)
        line.train()
    except RecordingError as error:
        assert "free some space" in str(error), error
        assert (line.head, digests(line.live).tolist()) == before
        refused += 1
        if refused == 3:
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
line.close()
print(refused, line.head)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
@pytest.mark.parametrize("limit", [1000, 1500])
def test_a_full_disk_stops_training_with_a_message_and_loses_nothing(
    limit: int, tmp_path: Path
) -> None:
    """The system refuses in the middle of a record and of a line; after that, room is made."""
    command = [sys.executable, "-c", _FILL, str(tmp_path / "run"), str(limit)]
    root = Path(__file__).parent.parent
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["3", "27"]
    resumed = resume(open_run(tmp_path / "run"), DATA)
    assert (resumed.head, len(resumed.edits)) == (27, 27)
    assert resumed.seek(0).step == 0
    resumed.seek(26)
    assert resumed.n_checked == 26
    resumed.close()


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a directory is not synced")
def test_what_is_renamed_survives_a_power_cut_under_its_new_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file is synced before it is given its name, and the directory after that."""
    log: list[tuple[str, int, int]] = []
    rename, sync = os.replace, os.fsync

    def replace(source: Path, target: Path) -> None:
        log.append(("replace", source.stat().st_ino, target.parent.stat().st_ino))
        rename(source, target)

    def fsync(handle: int) -> None:
        log.append(("fsync", os.fstat(handle).st_ino, 0))
        sync(handle)

    monkeypatch.setattr(os, "replace", replace)
    monkeypatch.setattr(os, "fsync", fsync)
    run = tmp_path / "deep" / "run"
    _recorded(run, 3).close()
    resume(open_run(run), DATA).close()
    with Driver(run_dir=tmp_path / "other") as hands:
        hands.do(NEW, Step(), Branch((ChangeRate(0.02),)), Step())
        hands.inbox.put(AddPoint(Condition("when", "step == 9")))
        hands.do(Stop())
    renamed = [(at, entry) for at, entry in enumerate(log) if entry[0] == "replace"]
    assert len(renamed) >= 10
    for at, (_, file, directory) in renamed:
        assert ("fsync", file, 0) in log[:at]
        assert ("fsync", directory, 0) in log[at:]
    for made in (tmp_path, run.parent, run, tmp_path / "other" / "branches"):
        assert ("fsync", made.stat().st_ino, 0) in log, "what was made in it too"


def test_a_key_frame_that_cannot_be_stored_stops_training_before_the_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    timeline = _recorded(tmp_path, 0)
    assert timeline.writer is not None
    timeline.writer.frames.spacing_s = 0.0
    saved = checkpoint.save

    def refused(path: Path, *args: Any, **named: Any) -> None:
        raise CheckpointError(f"{path}: cannot be written; free some space")

    monkeypatch.setattr(checkpoint, "save", refused)
    timeline.train()
    timeline.train()  # its key frame is on its way, or has failed already
    _settled(timeline)
    for _ in range(2):
        with pytest.raises(RecordingError, match="free some space"):
            timeline.train()
        assert timeline.head == 2
        assert timeline.writer.wants_key_frame(True)
        timeline.writer.key_frame(timeline.live, waits=False)
        _settled(timeline)
    monkeypatch.setattr(checkpoint, "save", saved)
    with pytest.raises(RecordingError):
        timeline.train()
    timeline.train()
    _settled(timeline)
    timeline.train()
    assert (timeline.head, timeline.writer.frames.steps) == (4, [0, 2])
    timeline.close()
    assert prove_line(open_run(tmp_path), DATA).steps_checked == 4


def _settled(timeline: Timeline) -> None:
    """Let the key frame that is on its way arrive, or fail."""
    for thread in threading.enumerate():
        if thread.name == "key frame":
            thread.join()


_FULL = """
import resource, sys
from pathlib import Path
from crnn.debug.messages import Back, Failed, Pause, Run, Seek, Step, Stop
from tests.driving import NEW, Driver
run = Path(sys.argv[1])
with Driver(run_dir=run) as hands:
    hands.do(NEW, *[Step()] * 5)
    limit = (run / "journal.jsonl").stat().st_size + 10
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    for _ in range(2):
        failed = hands.refused(Run())
        assert failed.title == "Training stopped", failed
        assert "free some space" in failed.message, failed
        assert (failed.step, hands.shown.mode, hands.shown.step) == (5, "paused", 5)
        hands.do(Back(), Seek(2), Seek(5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    hands.inbox.put(Run())
    hands.watch_until(lambda frame: frame.step >= 12)
    hands.do(Pause(), Stop())
    print(sum(isinstance(event, Failed) for event in hands.events), hands.shown.step)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_full_disk_pauses_the_window_with_a_message_and_loses_nothing(tmp_path: Path) -> None:
    """The past can be walked meanwhile, without a message; every command is in the journal."""
    command = [sys.executable, "-c", _FULL, str(tmp_path)]
    root = Path(__file__).parent.parent
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    failed, head = map(int, done.stdout.split())
    run = open_run(tmp_path)
    assert (failed, run.head, run.is_closed) == (2, head, True)
    said = [line["do"] for line in run.journal if line["do"] != "milestone"]
    assert said == [
        *["step"] * 5, *["run", "back", "seek", "seek"] * 2, "run", "pause", "closed",
    ]  # fmt: skip
    assert prove_line(run, tiny.training_set(tiny.config())).steps_checked == head >= 12
