"""One writer a recording: whoever opens one that is open is told so, and nothing of it changes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from crnn.debug import shelf
from crnn.debug.claim import is_open
from crnn.debug.messages import Load, Step, Stop
from crnn.debug.recording import open_run
from tests.driving import NEW, Driver

ROOT = Path(__file__).parent.parent
ASK = "import sys, pathlib, crnn.debug.claim as c; print(c.is_open(pathlib.Path(sys.argv[1])))"


def _asked_elsewhere(directory: Path) -> str:
    command = [sys.executable, "-c", ASK, str(directory)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    return done.stdout.strip()


def test_a_run_that_is_open_is_not_opened_again(tmp_path: Path) -> None:
    place = tmp_path / "run"
    with Driver(run_dir=place) as first, Driver() as second:
        first.do(NEW, Step(), Step())
        assert _asked_elsewhere(place) == "True"
        for driver in (first, second):
            failed = driver.refused(Load(place, NEW.dataset))
            assert "this run is open already" in failed.message
        assert first.do(Step()).step == 3
        first.do(Stop())
        assert _asked_elsewhere(place) == "False"
        assert second.do(Load(place, NEW.dataset), Step()).step == 4
    assert open_run(place).head == 4


def test_the_shelf_keeps_what_is_open_in_another_window(tmp_path: Path) -> None:
    old = tmp_path / f"{shelf.PREFIX}20240101-000000"
    with Driver(run_dir=old) as driver:
        driver.do(NEW)
        assert is_open(old)
        assert shelf.prune_unnamed(tmp_path, keep=0) == ()
    assert not is_open(old)
    assert shelf.prune_unnamed(tmp_path, keep=0) == (old,)
    assert not is_open(old), "there is none any more"
