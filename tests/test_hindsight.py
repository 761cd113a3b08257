"""Hindsight: a late watch has the past of an early one, and nothing is left behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from crnn.arrays import F64
from crnn.debug import hindsight
from crnn.debug.messages import (
    Failed,
    Frame,
    Load,
    Run,
    Seek,
)
from crnn.debug.point_messages import (
    AddPoint,
    AddWatch,
    CancelHindsight,
    RemoveWatch,
)
from crnn.debug.points import Condition
from crnn.debug.series import Series
from tests.driving import NEW, Driver, same, state_on_screen, straight

ROOT = Path(__file__).parent.parent
N = 150
PATIENCE_S = 120.0
EXPRESSIONS = (
    ("grad_norm / 2", -1),
    ("norm(conv1_w)", -1),
    ("mean(dlinear_w[0])", -1),
    ("max(softmax[0])", 3),
)


def _add(driver: Driver) -> None:
    for text, sample in EXPRESSIONS:
        driver.inbox.put(AddWatch(text, sample))


def _run_to(driver: Driver, step: int) -> Frame:
    driver.inbox.put(AddPoint(Condition("when", f"step == {step}")))
    return driver.do(Run())


def _curves(frame: Frame, n: int = N) -> list[F64]:
    assert frame.watching is not None
    return [row.series.values(n) for row in frame.watching.watches]


def _is_filling(frame: Frame) -> bool:
    assert frame.watching is not None
    return any(row.filling is not None for row in frame.watching.watches)


def _is_filled(frame: Frame) -> bool:
    watching = frame.watching
    assert watching is not None
    curves = _curves(frame)
    is_whole = len(curves) == len(EXPRESSIONS) and all(len(c) == N for c in curves)
    return not _is_filling(frame) and is_whole and not np.isnan(curves).any()


def _is_begun(frame: Frame) -> bool:
    """The process has been started: it knows how much there is to do."""
    watching = frame.watching
    return any(row.filling and row.filling.total for row in (watching.watches if watching else ()))


def test_a_late_watch_has_the_curve_of_an_early_one_bit_for_bit(tmp_path: Path) -> None:
    with Driver() as driver:
        driver.do(NEW)
        _add(driver)
        early = _curves(_run_to(driver, N))
    with Driver(tmp_path) as driver:
        driver.do(NEW)
        _run_to(driver, N)
        _add(driver)
        late = _curves(driver.watch_until(_is_filled))
        driver.do(Seek(N))
        assert same(state_on_screen(driver, tmp_path), straight(N))
    assert [curve.tobytes() for curve in late] == [curve.tobytes() for curve in early]
    assert not multiprocessing.active_children()


def test_a_reopened_run_fills_the_curves_of_its_watches_again(tmp_path: Path) -> None:
    with Driver(tmp_path) as driver:
        driver.do(NEW)
        _add(driver)
        frame = _run_to(driver, N)
        kept, directory = _curves(frame), Path(frame.run.directory)
    with Driver(tmp_path) as driver:
        driver.do(Load(directory, NEW.dataset))
        again = _curves(driver.watch_until(_is_filled))
    assert [curve.tobytes() for curve in again] == [curve.tobytes() for curve in kept]


def test_what_the_reports_say_is_there_at_once() -> None:
    with Driver() as driver:
        driver.do(NEW)
        reports = _run_to(driver, 40).reports
        driver.inbox.put(AddWatch("loss"))
        frame = driver.watch_until(lambda f: bool(f.watching and f.watching.watches))
        assert _curves(frame)[0].tolist() == reports.column("loss_nats").tolist()
        assert not multiprocessing.active_children(), "no process was needed"


@pytest.mark.parametrize("command", [CancelHindsight(3), RemoveWatch(3)])
def test_cancelling_leaves_no_trace(tmp_path: Path, command: CancelHindsight | RemoveWatch) -> None:
    with Driver(tmp_path) as driver:
        driver.do(NEW)
        directory = Path(_run_to(driver, 400).run.directory)
        before = _names(directory)
        driver.inbox.put(AddWatch("norm(dconv1_w)"))
        driver.watch_until(_is_begun)
        driver.inbox.put(command)
        frame = driver.watch_until(lambda f: not _is_filling(f))
        assert all(np.isnan(curve).all() for curve in _curves(frame))
        assert not multiprocessing.active_children()
        assert _names(directory) == before
        driver.do(Seek(400))
        assert same(state_on_screen(driver, tmp_path), straight(400))


def _names(directory: Path) -> set[str]:
    """Of all files but the states, of which one may be on its way."""
    return {path.name for path in directory.rglob("*") if path.parent.name != "states"}


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs a process that can be stopped")
def test_a_process_that_does_not_end_in_time_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine with much to do, the lowest priority may not get its turn for seconds."""
    monkeypatch.setattr(hindsight, "_END_S", 0.1)
    with Driver() as driver:
        driver.do(NEW)
        _run_to(driver, 100)
        driver.inbox.put(AddWatch("norm(dconv1_w)"))
        watching = driver.watch_until(_is_begun).watching
        assert watching is not None
        (process,) = multiprocessing.active_children()
        assert process.pid is not None
        os.kill(process.pid, signal.SIGSTOP)
        driver.inbox.put(CancelHindsight(watching.watches[0].watch.number))
        driver.watch_until(lambda f: not _is_filling(f))
        driver.do(Seek(3))
        assert not multiprocessing.active_children()
        assert not any(isinstance(event, Failed) for event in driver.events)


PARENT = """
import sys
from tests.driving import NEW, Driver
from crnn.debug.messages import (Run,)
from crnn.debug.point_messages import (AddPoint, AddWatch,)
from crnn.debug.points import Condition
import multiprocessing, time
if __name__ == "__main__":
    with Driver() as driver:
        driver.do(NEW)
        driver.inbox.put(AddPoint(Condition("when", "step == 600")))
        driver.do(Run())
        driver.inbox.put(AddWatch("norm(dconv1_w)"))
        driver.watch_until(lambda f: f.watching and any(w.filling for w in f.watching.watches))
        while not multiprocessing.active_children():
            time.sleep(0.01)
        print(multiprocessing.active_children()[0].pid, flush=True)
        time.sleep(60)
"""


def test_the_process_ends_with_its_parent_though_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT, encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=env
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        os.kill(parent.pid, signal.SIGKILL)
        limit = time.monotonic() + PATIENCE_S
        while _is_alive(pid):
            assert time.monotonic() < limit, f"process {pid} lives on"
            time.sleep(0.02)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_series_is_filled_from_both_ends_and_old_readers_see_their_rows() -> None:
    series = Series(10)
    series.put(12, 3.0)
    held = series.values()
    series.put(5000, 7.0)
    assert series.unknown(10, 14).tolist() == [10, 11, 13]
    series.fill(np.array([10, 11]), np.array([1.0, 2.0]))
    assert series.values(3).tolist() == [1.0, 2.0, 3.0]
    assert np.isnan(held[0])
    assert held[2] == 3.0
    assert np.isnan(series.without(np.array([11])).at(11))
    assert series.at(11) == 2.0
    with pytest.raises(ValueError, match="read-only"):
        series.values()[0] = 1.0


def test_the_time_left_goes_by_the_last_chunks_and_not_by_getting_up() -> None:
    assert np.isnan(hindsight.left_s([(100.0, 5)], 50)), "it came up just now"
    assert hindsight.left_s([(100.0, 5), (101.0, 10), (102.0, 15)], 50) == 7.0
    assert hindsight.left_s([(100.0, 5), (104.0, 50)], 50) == 0.0
