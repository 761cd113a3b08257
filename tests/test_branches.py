"""Branches: both futures are kept, walked as one line, compared, reopened and thrown away."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from crnn.data.dataset import Dataset
from crnn.data.edited import Drop, EditedDataset, Relabel
from crnn.debug import environment
from crnn.debug.branch_messages import (
    Branch,
    Branches,
    Compared,
    DiscardBranch,
    RenameBranch,
    SetCompare,
    SwitchBranch,
)
from crnn.debug.comparing import Unlike, difference
from crnn.debug.edits import ChangeRate, ScaleTensor
from crnn.debug.messages import (
    Back,
    Command,
    Frame,
    Load,
    Pause,
    Run,
    Seek,
    SetLearningRate,
    Step,
    Watch,
)
from crnn.debug.own import OwnPost
from crnn.debug.proof import prove_line
from crnn.debug.recording import open_run
from crnn.debug.runs import training_set
from crnn.debug.scripting import Verbs
from crnn.debug.trace import Trace
from crnn.train import advance, digests, initial_state
from tests import tiny
from tests.driving import CONFIG, NEW, Driver, same, state_on_screen, straight

FASTER = (ChangeRate(0.03),)


@pytest.fixture
def driver() -> Iterator[Driver]:
    """A debugger with a new run that is not recorded, trained to step 8 and back at step 5."""
    with Driver() as hands:
        hands.do(NEW, *[Step()] * 8, Seek(5))
        yield hands


def branches(frame: Frame) -> Branches:
    assert frame.branches is not None
    return frame.branches


def other(frame: Frame) -> Compared:
    compared = branches(frame).compared
    assert compared is not None
    return compared


def delta(frame: Frame) -> Trace:
    b = other(frame).trace
    assert b is not None
    assert frame.trace is not None
    return difference(frame.trace, b)


def test_the_null_branch_is_bitwise_equal_and_the_difference_is_zero(
    driver: Driver, tmp_path: Path
) -> None:
    frame = driver.do(Branch())
    assert (frame.mode, frame.step, frame.head) == ("paused", 5, 5)
    driver.do(*[Step()] * 7)
    assert same(state_on_screen(driver, tmp_path), straight(12))
    frame = driver.do(Seek(8))
    assert (other(frame).branch, other(frame).step) == (0, 8)
    zero = delta(frame)
    assert not zero.prob_TK.any()
    assert not zero.blocks[0].conv_CHW.any()
    root, branch = branches(frame).all
    for name in ("loss_nats", "digests"):
        mine, its = (info.reports.column(name, 8) for info in (root, branch))
        assert np.array_equal(mine, its)


def test_both_futures_are_kept_and_the_parent_goes_on_as_if_nothing_had_happened(
    driver: Driver, tmp_path: Path
) -> None:
    driver.do(Branch(FASTER), *[Step()] * 3)
    fast = state_on_screen(driver, tmp_path)
    assert not same(fast, straight(8))
    frame = driver.do(SwitchBranch(0))
    assert (frame.step, frame.head, branches(frame).active) == (8, 8, 0)
    assert other(frame).branch == 1, "B is the one that was left"
    driver.do(*[Step()] * 4)
    assert same(state_on_screen(driver, tmp_path), straight(12))
    frame = driver.do(SwitchBranch(1))
    assert (frame.step, frame.head) == (8, 8), "it ends before the step that was on screen"
    assert same(state_on_screen(driver, tmp_path), fast)
    assert [(i.name, i.start, i.head, i.edits) for i in branches(frame).all] == [
        ("", 0, 12, ()),
        ("lr 0.03", 5, 8, FASTER),
    ]


def test_a_branch_of_a_branch_is_walked_as_one_line(driver: Driver, tmp_path: Path) -> None:
    driver.do(Branch(FASTER), *[Step()] * 4, Seek(7))
    driver.do(Branch((Drop(2), Relabel(1, "라"))), *[Step()] * 5)
    seen: dict[int, list[int]] = {}
    draw = random.Random(3)
    for _ in range(60):
        commands: list[Command] = [Back(), Step(), Seek(draw.randrange(13))]
        frame = driver.do(draw.choice(commands))
        assert frame.head == len(frame.reports.column("step", frame.n_reports))
        found = digests(state_on_screen(driver, tmp_path)).tolist()
        assert seen.setdefault(frame.step, found) == found
        assert (2 in frame.run.data.usable) == (frame.step < 7), "each step has its own data"
        assert frame.trace is not None
        if frame.step >= 7 and frame.trace.sample == 1:
            assert frame.trace.truth == "라"
    driver.do(Seek(0))
    driver.inbox.put(Run())
    driver.watch_until(lambda f: f.mode == "running" and f.head > 14)
    assert driver.do(Pause()).n_checked > 12


def test_an_edit_of_the_rate_in_a_branch_is_its_own(driver: Driver, tmp_path: Path) -> None:
    driver.do(Branch(), Step(), SetLearningRate(0.04), Step())
    changed = state_on_screen(driver, tmp_path)
    frame = driver.do(Back(), Back(), Back(), Step(), Step(), Step())
    assert same(state_on_screen(driver, tmp_path), changed)
    assert frame.edits == ((6, 0.04),)
    assert driver.do(SwitchBranch(0)).edits == ()


def test_a_run_directory_brings_back_all_its_branches(tmp_path: Path) -> None:
    with Driver(run_dir=tmp_path / "run") as driver:
        driver.do(NEW, *[Step()] * 6, Seek(3))
        driver.do(Branch((Relabel(1, "라"), ScaleTensor("linear.w", 0.5))), *[Step()] * 4)
        driver.do(RenameBranch(1, "두 번째  이름"), Seek(4), Branch(FASTER, "fast"), *[Step()] * 3)
        end = state_on_screen(driver, tmp_path)
        driver.do(SwitchBranch(1))
        run = tmp_path / "killed"
        shutil.copytree(tmp_path / "run", run)  # nothing was closed: what a kill leaves behind
    (run / "branches" / "3").mkdir()  # one that was half made
    with Driver() as driver:
        frame = driver.do(NEW, Load(run))
        listed = [(i.name, i.parent, i.start, i.head) for i in branches(frame).all]
        assert listed == [("", -1, 0, 6), ("두 번째 이름", 0, 3, 7), ("fast", 1, 4, 7)]
        assert (branches(frame).active, frame.step) == (1, 7)
        assert frame.run.data.dataset.texts[1] == "라"
        driver.do(SwitchBranch(2))
        assert same(state_on_screen(driver, tmp_path), end)
        assert driver.do(Seek(2)).run.data.dataset.texts[1] == tiny.TEXTS[1]
        driver.do(SwitchBranch(0), Seek(1), Branch((), "new"), *[Step()] * 2)
    for number, steps in (("1", 4), ("2", 3), ("3", 2)):
        recorded = open_run(run / "branches" / number)
        data = training_set(recorded.header.config, _data(number))
        proven = prove_line(recorded, data)
        assert (proven.steps_checked, proven.equal) == (steps, True)


def _data(number: str) -> Dataset:
    plain = tiny.dataset()
    return plain if number == "3" else EditedDataset(plain, (Relabel(1, "라"),))


def test_a_branch_outlives_a_parent_that_another_machine_had_to_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Elsewhere a run goes on from its newest state: here the parent's first, before the branch."""
    with Driver(run_dir=tmp_path / "run") as driver:
        driver.do(NEW, *[Step()] * 6, Seek(3), Branch(FASTER), *[Step()] * 2)
        shutil.copytree(tmp_path / "run", tmp_path / "killed")
    monkeypatch.setattr(environment, "describe", lambda: {"cpu": "another"})
    with Driver() as driver:
        frame = driver.do(NEW, Load(tmp_path / "killed"))
        listed = [(i.start, i.head, i.reports.first_step) for i in branches(frame).all]
        assert listed == [(0, 0, 0), (3, 3, 3)]
        frame = driver.do(SetCompare(0), Step(), Back(), Back())
        assert (frame.step, frame.head, frame.run.first_step) == (3, 4, 3)
        assert other(frame).step == 0


def test_discarding_goes_back_to_where_it_grew_and_removes_the_recording(tmp_path: Path) -> None:
    with Driver(run_dir=tmp_path / "run") as driver:
        driver.do(NEW, *[Step()] * 4, Seek(2), Branch(FASTER), *[Step()] * 3)
        driver.do(Seek(4), Branch(FASTER), Step())
        assert "grow from" in driver.refused(DiscardBranch(1)).message
        assert "as it began" in driver.refused(DiscardBranch(0)).message
        frame = driver.do(DiscardBranch(2))
        assert (branches(frame).active, frame.step, frame.head) == (1, 4, 5)
        frame = driver.do(DiscardBranch(1))
        assert (branches(frame).active, frame.step, frame.head) == (0, 2, 4)
        assert branches(frame).compared is None
        assert not list((tmp_path / "run" / "branches").iterdir())
        assert "no branch 1" in driver.refused(SwitchBranch(1)).message


def test_what_is_compared_is_the_same_step_the_nearest_or_the_one_chosen(driver: Driver) -> None:
    frame = driver.do(Branch(FASTER), *[Step()] * 6)
    assert (frame.step, other(frame).step) == (11, 8), "the parent ends at 8"
    driver.inbox.put(Watch(4))
    frame = driver.do(SetCompare(1, 3))
    assert (other(frame).branch, other(frame).step, other(frame).is_fixed) == (1, 3, True)
    assert delta(frame).prob_TK.any()
    frame = driver.do(Seek(3))
    assert not delta(frame).prob_TK.any()
    assert branches(driver.do(SetCompare(None))).compared is None
    assert "not recorded" in driver.refused(SetCompare(0, 99)).message


def test_traces_that_cannot_be_subtracted_say_why(driver: Driver) -> None:
    frame = driver.do(Branch((Relabel(0, "나"),)))
    assert frame.trace is not None
    assert frame.trace.sample == 0
    assert delta(frame).ctc is None, "another label has another lattice"
    driver.inbox.put(Watch(2))
    later = driver.do(SetCompare(None))
    assert later.trace is not None
    with pytest.raises(Unlike, match="another sample"):
        difference(frame.trace, later.trace)


def test_a_branch_that_cannot_begin_changes_nothing(driver: Driver, tmp_path: Path) -> None:
    assert "above 0" in driver.refused(Branch((ChangeRate(-1),))).message
    frame = driver.do(Step())
    assert (frame.step, frame.head, len(branches(frame).all)) == (6, 8, 1)
    assert same(state_on_screen(driver, tmp_path), straight(6))


def test_memory_and_disk_are_shared(tmp_path: Path) -> None:
    """Four times the states under the budget of one: the history thins, exactness stays."""
    size = sum(v.nbytes for v in (initial_state(CONFIG).params.flat,) * 3)
    with Driver(budget_bytes=12 * size) as driver:
        driver.do(NEW, *[Step()] * 10)
        for _ in range(3):
            driver.do(Seek(5), Branch(FASTER), *[Step()] * 10)
        keys = len(driver.shown.key_steps)
        assert keys < 12
        state, data = straight(5), tiny.training_set(CONFIG)
        frame = driver.do(SwitchBranch(0), Seek(7))
        assert frame.step == 7
        for _ in range(2):
            state = advance(CONFIG, data, state).state
        assert same(state_on_screen(driver, tmp_path), state)


def test_b_has_its_own_survey_and_marks(driver: Driver) -> None:
    """All samples are read at both states; that of B does not disturb that of A."""
    driver.do(Branch(FASTER), *[Step()] * 2)
    frame = driver.watch_until(lambda f: bool((other(f).survey.step_M == 7).all()))
    assert (frame.survey.step_M == 7).all()
    assert not np.array_equal(frame.survey.loss_nats_M, other(frame).survey.loss_nats_M)
    assert [op.name for op in other(frame).health] == [op.name for op in frame.health]
    frame = driver.do(SetCompare(1, 7))
    frame = driver.watch_until(lambda f: bool((other(f).survey.step_M == 7).all()))
    assert np.array_equal(frame.survey.loss_nats_M, other(frame).survey.loss_nats_M)


def test_a_script_branches_with_the_same_verbs() -> None:
    with OwnPost() as post:
        post.send(NEW)
        verbs = Verbs(post)
        verbs.step(4)
        assert verbs.seek(2).step == 2
        assert verbs.branch(*FASTER, name="fast").head == 2
        verbs.step(3)
        assert [(b.name, b.start, b.head) for b in verbs.branches()] == [("", 0, 4), ("fast", 2, 5)]
        assert verbs.switch(0).head == 4
        verbs.discard(1)
        assert len(verbs.branches()) == 1
