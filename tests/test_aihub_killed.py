"""The import as a command in a process of its own: killed in the middle, it leaves no process
behind and goes on to the same tree."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crnn.data.aihub.importing import import_sheets
from crnn.data.aihub.pool import ordered
from crnn.data.aihub.report import ImportOptions
from crnn.errors import DatasetError, WorkerDied
from tests import aihub_tree

ROOT = Path(__file__).parent.parent
N_SHEETS = 150


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    sheets = [aihub_tree.sheet(number) for number in range(1, N_SHEETS + 1)]
    return aihub_tree.as_zips(sheets, tmp_path_factory.mktemp("killed") / "source")


def _started(source: Path, out: Path, workers: int) -> subprocess.Popen[bytes]:
    words = ["--source", str(source), "--out", str(out), "--workers", str(workers), "--json"]
    return subprocess.Popen(
        [sys.executable, "main.py", "preprocess", *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=_heeds_ctrl_c,
    )


def _heeds_ctrl_c() -> None:
    """Also where the tests were started in the background, which ignores it and hands that on."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _wait_for_sheets(out: Path, count: int) -> None:
    journal, until = out / ".import/journal.jsonl", time.monotonic() + 120
    while not journal.is_file() or journal.read_bytes().count(b"\n") < count:
        assert time.monotonic() < until, "the import does not get on"
        time.sleep(0.005)


def _same_tree(source: Path, out: Path, straight: Path) -> bool:
    import_sheets(ImportOptions(source, straight, workers=1))
    trees = [aihub_tree.tree(folder) for folder in (out, straight)]
    for tree in trees:
        del tree["import.json"]
    return trees[0] == trees[1]


@pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX's")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_killed_import_leaves_no_process_and_goes_on(
    source: Path, tmp_path: Path, workers: int
) -> None:
    out = tmp_path / "out"
    with _started(source, out, workers) as process:
        _wait_for_sheets(out, 20)
        process.kill()
        process.communicate()  # returns once nobody holds the pipes: the workers are gone too
    assert (out / ".import/journal.jsonl").read_bytes().count(b"\n") < N_SHEETS
    report = import_sheets(ImportOptions(source, out, workers=2))
    assert (report.finished, report.written) == (True, 10 * N_SHEETS)
    assert _same_tree(source, out, tmp_path / "straight")


@pytest.mark.skipif(os.name != "posix", reason="SIGINT is sent to another process")
def test_ctrl_c_says_how_to_go_on(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with _started(source, out, 2) as process:
        _wait_for_sheets(out, 10)
        process.send_signal(signal.SIGINT)
        said, told = process.communicate(timeout=30)
    assert process.returncode == 1
    assert said == b""
    assert b"the same command goes on" in told
    assert b"Traceback" not in told
    import_sheets(ImportOptions(source, out, workers=1))
    assert _same_tree(source, out, tmp_path / "straight")


def _halve(number: int) -> int:
    if number == 13:
        raise DatasetError("13 is not cut")
    if number == 17:
        os._exit(3)
    if number % 3 == 0:
        time.sleep(0.002)
    return number // 2


def test_results_come_in_the_order_of_the_tasks_and_few_tasks_are_drawn_ahead() -> None:
    drawn = []

    def tasks() -> Iterator[int]:
        for number in range(20, 120):
            drawn.append(number)
            yield number

    results = ordered(_halve, tasks(), 2)
    assert next(results) == 10
    assert len(drawn) <= 10
    assert list(results) == [number // 2 for number in range(21, 120)]


def test_the_error_of_a_task_comes_out_and_ends_the_processes() -> None:
    with pytest.raises(DatasetError, match="13 is not cut"):
        list(ordered(_halve, [11, 12, 13], 2))
    assert not multiprocessing.active_children()


def test_a_process_that_dies_is_one_clear_error() -> None:
    with pytest.raises(WorkerDied, match="status 3"):
        list(ordered(_halve, [15, 16, 17, 18], 2))
    assert not multiprocessing.active_children()
