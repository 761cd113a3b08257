"""Worker processes: the same results, no Qt, no memory left behind, and an end whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from crnn.arrays import F64
from crnn.errors import ShapeError, WorkerDied
from crnn.workers import Workers

SHARED = Path("/dev/shm")
ROOT = Path(__file__).parent.parent
PATIENCE_S = 60.0


def process_id(_: int) -> int:
    return os.getpid()


def loaded_modules(_: int) -> set[str]:
    return {name.partition(".")[0] for name in sys.modules}


def cpu_seconds(_: int) -> float:
    return time.process_time()


def doubled(x: F64) -> F64:
    return x * 2


def refused(number: int) -> int:
    if number == 1:
        raise ShapeError(f"task {number} does not fit")
    return number


def killed(number: int) -> int:
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.fixture(name="two")
def _two() -> Iterator[Workers]:
    before = _segments()
    with Workers(2) as workers:
        yield workers
    assert _segments() == before, "shared memory is left behind"


def _segments() -> set[str]:
    return {path.name for path in SHARED.iterdir()} if SHARED.is_dir() else set()


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _wait_until_gone(pid: int) -> None:
    limit = time.monotonic() + PATIENCE_S
    while _is_alive(pid):
        assert time.monotonic() < limit, f"process {pid} lives on"
        time.sleep(0.02)


def test_tasks_alternate_between_two_processes_and_come_back_in_order(two: Workers) -> None:
    pids = two.map(process_id, range(5))
    assert pids[0::2] == [os.getpid()] * 3
    assert len(set(pids[1::2])) == 1
    assert pids[1] != os.getpid()
    assert two.map(abs, [-4, -3, -2]) == [4, 3, 2]


def test_one_task_needs_no_second_process(two: Workers) -> None:
    assert two.map(process_id, [0]) == [os.getpid()]


def test_large_arrays_arrive_whole_whatever_came_before(two: Workers) -> None:
    kept = []
    for size in (10, 100_000, 50_000, 400_000):
        x = np.arange(float(size))
        kept.append((x, two.map(doubled, [x, x + 1, x + 2])))
    for x, results in kept:
        for number, result in enumerate(results):
            np.testing.assert_array_equal(result, 2 * (x + number))


def test_the_second_process_loads_neither_the_window_nor_qt(two: Workers) -> None:
    here, away = two.map(loaded_modules, range(2))
    assert "numpy" in away
    assert not away & {"gui", "PySide6", "pyqtgraph", "shiboken6"}
    assert "pytest" in here


def test_an_error_of_a_task_comes_through_and_the_process_goes_on(two: Workers) -> None:
    with pytest.raises(ShapeError, match="task 1 does not fit"):
        two.map(refused, range(2))
    assert two.map(refused, [0, 2]) == [0, 2]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_worker_that_dies_is_named_and_the_next_call_starts_another(two: Workers) -> None:
    first = two.map(process_id, range(2))[1]
    with pytest.raises(WorkerDied, match="ended with status -9 in the middle of a step"):
        two.map(killed, range(2))
    assert two.map(process_id, range(2))[1] != first


def test_waiting_takes_no_time(two: Workers) -> None:
    two.map(cpu_seconds, range(2))
    before = two.map(cpu_seconds, range(2))[1]
    time.sleep(0.4)
    assert two.map(cpu_seconds, range(2))[1] - before < 0.05


def test_closing_ends_the_process_and_twice_is_harmless(two: Workers) -> None:
    pid = two.map(process_id, range(2))[1]
    two.close()
    two.close()
    if Path("/proc").is_dir():
        assert not _is_alive(pid)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads /proc")
@pytest.mark.parametrize("moment", ["idle", "busy"])
def test_the_process_ends_with_its_parent_though_that_is_killed(moment: str) -> None:
    before = _segments()
    script = (
        "import sys, time; import numpy as np; from crnn.workers import Workers\n"
        "from tests.test_workers import doubled, process_id\n"
        "if __name__ == '__main__':\n"
        "    workers = Workers(2)\n"
        "    print(workers.map(process_id, range(2))[1], flush=True)\n"
        "    x = np.ones(3_000_000)\n"
        "    while True:\n"
        "        workers.map(doubled, [x, x])\n"
        f"        time.sleep({0 if moment == 'busy' else 60})\n"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        time.sleep(0.3)
        parent.kill()
    _wait_until_gone(pid)
    limit = time.monotonic() + PATIENCE_S
    while _segments() - before:
        assert time.monotonic() < limit, f"left behind: {_segments() - before}"
        time.sleep(0.05)
