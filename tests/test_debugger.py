"""The command loop: whatever is asked, the states are those of a straight run."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crnn.debug import timeline
from crnn.debug.history import state_bytes
from crnn.debug.messages import (
    Back,
    Failed,
    Parked,
    Pause,
    Restart,
    ReturnToLive,
    Run,
    RunBack,
    RunOpened,
    Seek,
    SetLearningRate,
    Step,
    Stop,
)
from crnn.debug.proof import prove_line
from crnn.debug.recording import open_run
from crnn.errors import NonFinite
from crnn.train import Advance, TrainState, advance, advance_on, initial_state
from tests import tiny
from tests.driving import CONFIG, NEW, Driver, is_parked, same, state_on_screen, straight


@pytest.fixture
def driver() -> Iterator[Driver]:
    """A debugger with a new run that is not recorded, parked at step 0."""
    with Driver() as hands:
        hands.do(NEW)
        yield hands


def test_a_new_run_is_shown_at_step_0_before_anything_is_trained(driver: Driver) -> None:
    frame = driver.shown
    assert (frame.mode, frame.step, frame.head, frame.n_reports) == ("paused", 0, 0, 0)
    assert frame.trace is not None
    assert frame.trace.step == 0
    assert frame.run.n_parameters > 0
    assert isinstance(driver.events[0], RunOpened)


def test_step_and_back_give_the_states_of_a_straight_run(driver: Driver, tmp_path: Path) -> None:
    driver.do(*[Step()] * 10)
    assert same(state_on_screen(driver, tmp_path), straight(10))
    frame = driver.do(*[Back()] * 7)
    assert (frame.mode, frame.step, frame.head) == ("past", 3, 10)
    assert same(state_on_screen(driver, tmp_path), straight(3))
    frame = driver.do(Step())
    assert (frame.mode, frame.step, frame.n_checked) == ("past", 4, 1)
    assert same(state_on_screen(driver, tmp_path), straight(4))


def test_a_hundred_steps_back_with_few_states_kept_are_exact(tmp_path: Path) -> None:
    budget = 12 * state_bytes(initial_state(CONFIG))
    with Driver(budget_bytes=budget) as driver:
        driver.do(NEW, *[Step()] * 100)
        for step in range(99, -1, -1):
            assert driver.do(Back()).step == step
        assert same(state_on_screen(driver, tmp_path), straight(0))
        assert driver.shown.n_checked > 0
        assert len(driver.shown.key_steps) <= 12
        event = driver.do(Back())
        assert event.step == 0
    last = [event for event in driver.events if isinstance(event, Parked)][-1]
    assert last.reason == "this is the first step of the run"


def test_a_hundred_backs_at_once_park_once_at_the_right_place(driver: Driver) -> None:
    driver.do(*[Step()] * 30)
    for _ in range(25):
        driver.inbox.put(Back())
    driver.wait(lambda e: isinstance(e, Parked) and e.step == 5)
    assert driver.shown.step == 5


def test_a_random_walk_of_a_hundred_moves_is_exact(tmp_path: Path) -> None:
    dice = random.Random(5)
    with Driver(tmp_path / "runs", budget_bytes=9 * state_bytes(straight(0))) as driver:
        driver.do(NEW)
        here = head = 0
        for _ in range(100):
            move = dice.choice(["step", "step", "back", "seek", "live"])
            if move == "step":
                driver.do(Step())
                here += 1
            elif move == "back":
                driver.do(Back())
                here = max(0, here - 1)
            elif move == "seek":
                here = dice.randint(0, head)
                driver.do(Seek(here))
            else:
                driver.do(ReturnToLive())
                here = head
            head = max(head, here)
            assert (driver.shown.step, driver.shown.head) == (here, head)
            assert driver.shown.mode == ("paused" if here == head else "past")
        assert same(state_on_screen(driver, tmp_path), straight(here))
        assert not any(isinstance(event, Failed) for event in driver.events)


def test_run_trains_until_pause_and_the_frames_are_of_what_trained(driver: Driver) -> None:
    driver.inbox.put(Run())
    data = tiny.training_set(CONFIG)
    seen: set[int] = set()
    while len(seen) < 5:
        frame = driver.watch_until(lambda f: f.mode == "running")
        assert frame.trace is not None
        assert frame.trace.step == frame.step
        assert frame.batch_ids == data.ids(frame.step)
        assert frame.n_reports > frame.step
        in_batch = frame.trace.sample in frame.batch_ids
        assert frame.trace.source == ("trained" if in_batch else "alone")
        seen.add(frame.step)
    frame = driver.do(Pause())
    assert (frame.mode, frame.step) == ("paused", frame.head)
    assert frame.samples_per_s > 0
    assert frame.reports.column("loss_nats").shape == (frame.head,)


def test_without_a_wish_for_frames_none_is_made_while_running(driver: Driver) -> None:
    driver.outbox.want_frame.clear()
    driver.inbox.put(Run())
    time.sleep(0.1)
    assert not driver.outbox.frames
    driver.outbox.watching = False
    driver.outbox.want_frame.set()
    time.sleep(0.1)
    assert not driver.outbox.frames
    assert driver.do(Pause()).step > 0, "parked, there is always one"


def test_run_in_the_past_runs_through_to_live_and_trains_on(driver: Driver, tmp_path: Path) -> None:
    driver.do(*[Step()] * 20, Seek(5))
    driver.inbox.put(Run())
    driver.watch_until(lambda f: f.mode == "running")
    frame = driver.do(Pause())
    assert frame.head > 20
    assert frame.n_checked == 15
    assert same(state_on_screen(driver, tmp_path), straight(frame.head))


def test_run_back_goes_to_the_first_step_and_says_so(driver: Driver) -> None:
    driver.outbox.watching = False
    driver.do(*[Step()] * 12)
    frame = driver.do(RunBack())
    assert (frame.step, frame.mode) == (0, "past")
    assert driver.events[-1] == Parked(0, "this is the first step of the run")


def test_run_back_can_be_paused_on_the_way(driver: Driver) -> None:
    driver.do(*[Step()] * 60)
    driver.inbox.put(RunBack())
    driver.watch_until(lambda f: f.mode == "past_running_back" and f.step < 58)
    frame = driver.do(Pause())
    assert frame.mode == "past"
    assert 0 <= frame.step < 58


def test_seek_is_clamped_to_the_run(driver: Driver) -> None:
    driver.do(*[Step()] * 4)
    assert driver.do(Seek(-3)).step == 0
    assert driver.do(Seek(10**9)).step == 4


def test_of_many_seeks_the_last_is_shown(driver: Driver) -> None:
    driver.do(*[Step()] * 30)
    for step in range(25):
        driver.inbox.put(Seek(step))
    driver.wait(lambda e: isinstance(e, Parked) and e.step == 24)
    assert driver.shown.step == 24


def test_a_long_seek_tells_its_progress_and_stops_on_pause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow = threading.Event()

    def slow_advance(*given: Any, **named: Any) -> Advance:
        time.sleep(0.02 if slow.is_set() else 0)
        return advance(*given, **named)

    monkeypatch.setattr(timeline, "advance", slow_advance)
    with Driver(budget_bytes=1) as driver:
        driver.do(NEW, *[Step()] * 60)
        slow.set()
        driver.inbox.put(Seek(58))
        event = driver.wait(lambda e: type(e).__name__ == "Seeking")
        assert event.target == 58  # type: ignore[union-attr]
        frame = driver.do(Pause())
        slow.clear()
        assert (frame.step, frame.mode) == (60, "paused"), "it stays where it was"
        assert driver.events[-1] == Parked(60, "the seek was cancelled")


def test_a_learning_rate_is_a_recorded_edit_and_refused_in_the_past(tmp_path: Path) -> None:
    with Driver(tmp_path / "runs", budget_bytes=3 * state_bytes(straight(0))) as driver:
        driver.do(NEW, *[Step()] * 8, SetLearningRate(0.05), *[Step()] * 8)
        assert driver.shown.edits == ((8, 0.05),)
        assert driver.shown.lr == 0.05
        after = state_on_screen(driver, tmp_path)
        assert driver.do(Seek(3)).lr == CONFIG.lr
        assert "needs a branch" in driver.refused(SetLearningRate(0.1)).message
        driver.do(Step(), ReturnToLive())
        assert same(state_on_screen(driver, tmp_path), after)
        assert "above 0" in driver.refused(SetLearningRate(float("nan"))).message
        directory = Path(driver.shown.run.directory)
    run = open_run(directory)
    assert run.edits == ((8, 0.05),)
    assert prove_line(run, tiny.training_set(CONFIG)).steps_checked == 16


def test_stop_closes_the_recording_and_its_past_can_still_be_walked(tmp_path: Path) -> None:
    with Driver(tmp_path) as driver:
        frame = driver.do(NEW, *[Step()] * 6, Stop())
        assert frame.mode == "stopped"
        assert open_run(Path(frame.run.directory)).is_closed
        assert driver.do(Back()).mode == "past"
        assert driver.do(Step()).mode == "stopped"
        for command in (Step(), Run(), SetLearningRate(0.1)):
            assert "Restart" in driver.refused(command).message
        driver.do(Seek(1))
        driver.inbox.put(Run())
        event = driver.wait(is_parked)
        assert event == Parked(6, "the recording ends here")
        frame = driver.do(Restart())
        assert (frame.mode, frame.step, frame.run.run_id) == ("paused", 0, 2)


@pytest.mark.parametrize("error", [RuntimeError("boom"), NonFinite("loss is NaN at step 5")])
def test_an_error_in_the_engine_parks_at_the_last_good_state_and_the_loop_goes_on(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    armed = threading.Event()

    def broken_advance(config: Any, batch: Any, state: TrainState, **named: Any) -> Advance:
        if armed.is_set() and state.step == 5:
            raise error
        return advance_on(config, batch, state, **named)

    monkeypatch.setattr(timeline, "advance_on", broken_advance)
    with Driver(tmp_path / "runs") as driver:
        driver.do(NEW)
        armed.set()
        failed = driver.refused(Run())
        assert failed.step == driver.shown.step == 5
        assert driver.shown.mode == "paused"
        assert str(error) in failed.message
        assert type(error).__name__ in failed.traceback
        assert driver.shown.trace is not None
        driver.do(Back(), Step())
        armed.clear()
        assert driver.do(Step()).step == 6
        assert same(state_on_screen(driver, tmp_path), straight(6))
        assert sum(isinstance(event, Failed) for event in driver.events) == 1
