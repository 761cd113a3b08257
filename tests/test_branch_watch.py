"""Points and watches on a branch: they look at its whole line, and survive switching."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from crnn.arrays import F64
from crnn.data.edited import Drop
from crnn.debug.branch_messages import Branch, SwitchBranch
from crnn.debug.edits import ChangeRate, SetWeight
from crnn.debug.messages import (
    Frame,
    Run,
    RunBack,
    Seek,
    Step,
)
from crnn.debug.point_messages import (
    AddPoint,
    AddWatch,
    CancelHindsight,
    RemoveWatch,
)
from crnn.debug.points import Condition
from tests.driving import NEW, Driver, is_parked

PLANTED = SetWeight("linear.b", (1,), 5.0)


@pytest.fixture
def driver() -> Iterator[Driver]:
    """At the head, step 9, of a branch that began at step 5 with a planted bias, another rate and
    without sample 2; the run as it began has 8 steps."""
    with Driver() as hands:
        hands.do(NEW, *[Step()] * 8, Seek(5))
        hands.do(Branch((PLANTED, ChangeRate(0.02), Drop(2))), *[Step()] * 4)
        yield hands


def values(frame: Frame) -> F64:
    assert frame.watching is not None
    return frame.watching.watches[0].series.values()


def is_filled(frame: Frame) -> bool:
    watching = frame.watching
    assert watching is not None
    is_there = bool(watching.watches) and watching.watches[0].filling is None
    return is_there and not np.isnan(values(frame)).any()


def test_backwards_over_the_branch_point_a_planted_weight_and_a_step_are_found(
    driver: Driver,
) -> None:
    driver.inbox.put(AddPoint(Condition("when", "linear_b[1] > 4")))
    assert driver.do(RunBack()).step == 5, "the branch began with it"
    driver.inbox.put(AddPoint(Condition("when", "step == 3")))
    assert driver.do(RunBack()).step == 3, "that is the parent's"
    driver.do(Seek(0))
    driver.inbox.put(Run())
    driver.wait(is_parked)
    assert driver.shown.step == 3
    driver.inbox.put(Run())
    driver.wait(is_parked)
    assert driver.shown.step == 5, "forwards the same steps"


def test_a_sample_that_was_dropped_enters_no_batch_of_the_branch(driver: Driver) -> None:
    driver.inbox.put(AddPoint(Condition("in_batch", sample=2)))
    assert driver.do(RunBack()).step < 5


def test_a_watch_goes_on_over_the_branch_point_and_comes_back_with_its_branch(
    driver: Driver,
) -> None:
    driver.do(SwitchBranch(0))
    driver.inbox.put(AddWatch("norm(linear_b)"))
    original = values(driver.watch_until(is_filled)).copy()
    driver.do(SwitchBranch(1))
    branch = values(driver.watch_until(lambda f: len(values(f)) >= 9 and is_filled(f))).copy()
    assert np.array_equal(branch[:5], original[:5])
    assert branch[5] > 5 > original[5]
    again = driver.do(SwitchBranch(0))
    assert np.array_equal(values(again)[:8], original[:8])


def test_a_watch_added_on_a_branch_has_its_past_from_the_parent(driver: Driver) -> None:
    """Statistics of gradients are in no report: each stretch is executed where it belongs."""
    driver.do(SwitchBranch(0))
    driver.inbox.put(AddWatch("norm(dlinear_w)"))
    original = values(driver.watch_until(is_filled)).copy()
    driver.inbox.put(RemoveWatch(driver.shown.watching.watches[0].watch.number))  # type: ignore[union-attr]
    driver.do(SwitchBranch(1))
    driver.inbox.put(AddWatch("norm(dlinear_w)"))
    branch = values(driver.watch_until(is_filled)).copy()
    assert len(branch) == 9
    assert np.array_equal(branch[:5], original[:5]), "before step 5 it is the parent's"
    assert not np.array_equal(branch[5:8], original[5:8])


def test_one_watch_is_cancelled_and_the_other_goes_on(driver: Driver) -> None:
    driver.inbox.put(AddWatch("norm(dlinear_w)"))
    driver.inbox.put(AddWatch("norm(dlinear_b)"))
    driver.inbox.put(CancelHindsight(2))
    driver.watch_until(lambda f: len(f.watching.watches) == 2)  # type: ignore[union-attr]
    frame = driver.watch_until(
        lambda f: all(row.filling is None for row in f.watching.watches)  # type: ignore[union-attr]
    )
    assert frame.watching is not None
    cancelled, filled = (row.series.values() for row in frame.watching.watches)
    assert np.isnan(cancelled).all()
    assert len(filled) == 9
    assert not np.isnan(filled).any()
