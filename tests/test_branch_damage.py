"""A branch that cannot be read keeps nobody from the run, nor from the other branches."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from crnn.config import preset
from crnn.data.edited import Drop, Relabel
from crnn.data.sources import open_source
from crnn.debug.branch_messages import Branch, Branches, DiscardBranch, RenameBranch, SwitchBranch
from crnn.debug.edits import ChangeRate
from crnn.debug.messages import Frame, Load, Loaded, NewRun, Seek, Step
from crnn.debug.runs import fitted
from tests.driving import NEW, Driver, same, state_on_screen


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with branch 1 from step 3, branch 2 from step 5 of that one, branch 3 from the run."""
    run = tmp_path_factory.mktemp("damage") / "run"
    with Driver(run_dir=run) as driver:
        driver.do(NEW, *[Step()] * 6, Seek(3), Branch((Relabel(1, "라"),), "first"), *[Step()] * 3)
        driver.do(Seek(5), Branch((ChangeRate(0.03),), "nested"), *[Step()] * 3)
        driver.do(SwitchBranch(0), Seek(4), Branch((), "other"), *[Step()] * 2, SwitchBranch(0))
    return run


@pytest.fixture
def run(recorded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(recorded, tmp_path / "run"))


def _branches(frame: Frame) -> Branches:
    assert frame.branches is not None
    return frame.branches


def _emptied(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()


def _files(run: Path) -> set[str]:
    """All but the journals' and the newest states' names."""
    return {file.relative_to(run).as_posix() for file in run.rglob("*") if file.is_file()}


@pytest.mark.parametrize(
    ("name", "damage", "reason"),
    [
        ("branch.json", lambda path: path.write_bytes(b"[" * 100_000), "branch.json: damaged"),
        ("branch.json", lambda path: path.write_bytes(b'{"name": 3}'), "branch.json: damaged"),
        ("branch.json", Path.unlink, "branch.json: is missing; take a whole copy"),
        ("config.json", lambda path: path.write_bytes(b"{"), "config.json: damaged or foreign"),
        ("metrics.bin", Path.unlink, "metrics.bin is missing; take a whole copy"),
        ("metrics.bin", lambda path: path.write_bytes(b"\1" * 600), "damaged at record 0"),
        ("journal.jsonl", lambda path: path.write_bytes(b"{\n"), "journal.jsonl is damaged"),
        ("states", _emptied, "no state in it can be read"),
    ],
)
def test_the_run_opens_without_a_branch_that_is_damaged(
    name: str, damage: Callable[[Path], object], reason: str, run: Path, tmp_path: Path
) -> None:
    damage(run / "branches" / "1" / name)
    before = _files(run)
    with Driver() as driver:
        frame = driver.do(NEW, Load(run))
        broken = _branches(frame).unreadable
        lost = [1, 2] if name == "branch.json" else [1]
        assert [one.branch for one in broken] == lost
        assert reason in broken[0].reason
        loaded = next(event for event in driver.events if isinstance(event, Loaded))
        assert any("branch 1 is left out" in note for note in loaded.notes)
        there = {info.name: info.branch for info in _branches(frame).all}
        assert {"", "other"} <= set(there)
        if name != "branch.json":  # which tells the label that branch 1 changed
            frame = driver.do(SwitchBranch(2), Seek(6))
            assert (frame.step, frame.head, frame.run.first_step) == (6, 8, 5)
            assert frame.run.data.dataset.texts[1] == "라"
            driver.do(Step(), RenameBranch(2, "kept"))
        driver.do(SwitchBranch(3), Seek(2), Step(), SwitchBranch(0), Branch((), "new"), Step())
    assert before <= _files(run), "nothing is deleted"
    with Driver() as driver:
        again = _branches(driver.do(NEW, Load(run)))
        assert [one.branch for one in again.unreadable] == lost
        assert {info.branch for info in again.all} >= {0, 3, 4}
        driver.refused(DiscardBranch(1))


def test_what_is_mended_is_read_again(run: Path, recorded: Path, tmp_path: Path) -> None:
    """Also the branch that grew from it has its whole line again."""
    (run / "branches" / "1" / "metrics.bin").unlink()
    with Driver() as driver:
        driver.do(NEW, Load(run), SwitchBranch(2), RenameBranch(2, "kept"))
    shutil.copy(recorded / "branches" / "1" / "metrics.bin", run / "branches" / "1")
    with Driver() as driver:
        frame = driver.do(NEW, Load(run), SwitchBranch(2), Seek(2))
        assert (frame.step, frame.run.first_step, _branches(frame).unreadable) == (2, 0, ())
        assert _branches(frame).of(2).parent == 1
        assert _branches(frame).of(2).name == "kept"


def test_a_parent_whose_folder_is_gone_takes_its_branches_along_only_where_data_is_changed(
    run: Path, tmp_path: Path
) -> None:
    shutil.rmtree(run / "branches" / "1")
    with Driver() as driver:
        frame = driver.do(NEW, Load(run))
        (broken,) = _branches(frame).unreadable
        assert (broken.branch, "grows from branch 1" in broken.reason) == (2, True)
        driver.do(SwitchBranch(3), Seek(3))
        state = state_on_screen(driver, tmp_path)
        driver.do(SwitchBranch(0), Seek(3))
        assert same(state, state_on_screen(driver, tmp_path))


def test_where_the_data_has_a_source_that_tells_what_a_lost_parent_changed(tmp_path: Path) -> None:
    config, data = replace(preset("seed"), units=8), open_source("words32")
    config = fitted(config, data)
    with Driver(run_dir=tmp_path / "run") as driver:
        driver.do(NewRun(config, data, "w"), Step(), Branch((Drop(2),)), Step())
        driver.do(Branch((ChangeRate(0.01),), "nested"), Step())
    (tmp_path / "run" / "branches" / "1" / "branch.json").unlink()
    with Driver() as driver:
        frame = driver.do(NEW, Load(tmp_path / "run"), SwitchBranch(2), Seek(2))
        assert [one.branch for one in _branches(frame).unreadable] == [1]
        assert 2 not in frame.run.data.usable
