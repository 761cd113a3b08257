"""The command loop: whatever is asked, the states are those of a straight run."""

from __future__ import annotations

import queue
import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pytest

from crnn.checkpoint import load, save
from crnn.config import Config
from crnn.debug import timeline
from crnn.debug.debugger import Debugger
from crnn.debug.history import state_bytes
from crnn.debug.messages import (
    Back,
    Command,
    Event,
    Failed,
    Frame,
    Load,
    Loaded,
    NewRun,
    OverfitBatch,
    Parked,
    Pause,
    Quit,
    Restart,
    ReturnToLive,
    Run,
    RunBack,
    RunOpened,
    Save,
    Saved,
    Seek,
    SetLearningRate,
    Step,
    Stop,
    Watch,
)
from crnn.debug.outbox import Outbox
from crnn.debug.recording import open_run
from crnn.debug.runs import begin, replay
from crnn.errors import NonFinite
from crnn.train import Advance, TrainState, advance, digests, initial_state
from tests import tiny

CONFIG = tiny.config()
PATIENCE_S = 20.0


class Driver:
    """A debugger in its thread, and the hands that use it. Ends it on leaving."""

    def __init__(self, runs: Path | None = None, **options: Any) -> None:
        self.inbox: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self.outbox = Outbox()
        self.events: list[Event] = []
        self.frame: Frame | None = None
        debugger = Debugger(self.inbox, self.outbox, runs, **options)
        self.thread = threading.Thread(target=debugger.run, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.inbox.put(Quit())
        self.thread.join(PATIENCE_S)
        assert not self.thread.is_alive()

    def do(self, *commands: Command) -> Frame:
        """Send each command and wait until the loop stands; returns the frame it stands at."""
        for command in commands:
            self.inbox.put(command)
            event = self.wait(lambda e: isinstance(e, Parked | Failed))
            assert isinstance(event, Parked), event
            assert self.shown.step == event.step, "the frame comes before the event"
        return self.shown

    def refused(self, command: Command) -> Failed:
        """Send a command that must fail."""
        self.inbox.put(command)
        event = self.wait(lambda e: isinstance(e, Parked | Failed))
        assert isinstance(event, Failed), event
        return event

    def wait(self, is_it: Callable[[Event], bool]) -> Event:
        """The next event that `is_it`; all events are kept."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            while self.outbox.events:
                event = self.outbox.events.popleft()
                self.events.append(event)
                if is_it(event):
                    self._fetch()
                    return event
            time.sleep(0.001)
        raise AssertionError(f"nothing came; so far: {self.events[-5:]}")

    def watch_until(self, is_it: Callable[[Frame], bool]) -> Frame:
        """Fetch frames, asking for each, until one `is_it`."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            self.outbox.want_frame.set()
            time.sleep(0.001)
            self._fetch()
            if self.frame is not None and is_it(self.frame):
                return self.frame
        raise AssertionError(f"no such frame; the last: {self.frame}")

    @property
    def shown(self) -> Frame:
        assert self.frame is not None
        return self.frame

    def _fetch(self) -> None:
        if self.outbox.frames:
            self.frame = self.outbox.frames.popleft()


NEW = NewRun(CONFIG, tiny.dataset(), "tiny run")


@pytest.fixture
def driver() -> Iterator[Driver]:
    """A debugger with a new run that is not recorded, parked at step 0."""
    with Driver() as hands:
        hands.do(NEW)
        yield hands


def _straight(steps: int, config: Config = CONFIG) -> TrainState:
    state, data = initial_state(config), tiny.training_set(config)
    for _ in range(steps):
        state = advance(config, data, state).state
    return state


def _params_at(driver: Driver, folder: Path) -> TrainState:
    """The state on screen, through a checkpoint."""
    path = folder / "probe.safetensors"
    driver.inbox.put(Save(path))
    driver.wait(lambda e: isinstance(e, Saved))
    return load(path).state()


def _same(a: TrainState, b: TrainState) -> bool:
    return a.step == b.step and digests(a).tolist() == digests(b).tolist()


def test_a_new_run_is_shown_at_step_0_before_anything_is_trained(driver: Driver) -> None:
    frame = driver.shown
    assert (frame.mode, frame.step, frame.head, frame.n_reports) == ("paused", 0, 0, 0)
    assert frame.trace is not None
    assert frame.trace.step == 0
    assert frame.run.n_parameters > 0
    assert isinstance(driver.events[0], RunOpened)


def test_step_and_back_give_the_states_of_a_straight_run(driver: Driver, tmp_path: Path) -> None:
    driver.do(*[Step()] * 10)
    assert _same(_params_at(driver, tmp_path), _straight(10))
    frame = driver.do(*[Back()] * 7)
    assert (frame.mode, frame.step, frame.head) == ("past", 3, 10)
    assert _same(_params_at(driver, tmp_path), _straight(3))
    frame = driver.do(Step())
    assert (frame.mode, frame.step, frame.n_checked) == ("past", 4, 1)
    assert _same(_params_at(driver, tmp_path), _straight(4))


def test_a_hundred_steps_back_with_few_states_kept_are_exact(tmp_path: Path) -> None:
    budget = 12 * state_bytes(initial_state(CONFIG))
    with Driver(budget_bytes=budget) as driver:
        driver.do(NEW, *[Step()] * 100)
        for step in range(99, -1, -1):
            assert driver.do(Back()).step == step
        assert _same(_params_at(driver, tmp_path), _straight(0))
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
    with Driver(tmp_path / "runs", budget_bytes=9 * state_bytes(_straight(0))) as driver:
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
        assert _same(_params_at(driver, tmp_path), _straight(here))
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
    assert _same(_params_at(driver, tmp_path), _straight(frame.head))


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


def _is_parked(event: Event) -> bool:
    return isinstance(event, Parked)


def test_a_learning_rate_is_a_recorded_edit_and_refused_in_the_past(tmp_path: Path) -> None:
    with Driver(tmp_path / "runs", budget_bytes=3 * state_bytes(_straight(0))) as driver:
        driver.do(NEW, *[Step()] * 8, SetLearningRate(0.05), *[Step()] * 8)
        assert driver.shown.edits == ((8, 0.05),)
        assert driver.shown.lr == 0.05
        after = _params_at(driver, tmp_path)
        assert driver.do(Seek(3)).lr == CONFIG.lr
        assert "needs a branch" in driver.refused(SetLearningRate(0.1)).message
        driver.do(Step(), ReturnToLive())
        assert _same(_params_at(driver, tmp_path), after)
        assert "above 0" in driver.refused(SetLearningRate(float("nan"))).message
        directory = Path(driver.shown.run.directory)
    run = open_run(directory)
    assert run.edits == ((8, 0.05),)
    assert replay(run, tiny.training_set(CONFIG)).steps_checked == 16


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
        event = driver.wait(_is_parked)
        assert event == Parked(6, "the recording ends here")
        frame = driver.do(Restart())
        assert (frame.mode, frame.step, frame.run.run_id) == ("paused", 0, 2)


@pytest.mark.parametrize("error", [RuntimeError("boom"), NonFinite("loss is NaN at step 5")])
def test_an_error_in_the_engine_parks_at_the_last_good_state_and_the_loop_goes_on(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    armed = threading.Event()

    def broken_advance(config: Any, data: Any, state: TrainState, **named: Any) -> Advance:
        if armed.is_set() and state.step == 5:
            raise error
        return advance(config, data, state, **named)

    monkeypatch.setattr(timeline, "advance", broken_advance)
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
        assert _same(_params_at(driver, tmp_path), _straight(6))
        assert sum(isinstance(event, Failed) for event in driver.events) == 1


def test_save_and_load_go_on_bit_for_bit(driver: Driver, tmp_path: Path) -> None:
    driver.do(*[Step()] * 9, Seek(7))
    path = tmp_path / "seven.safetensors"
    driver.inbox.put(Save(path))
    assert driver.wait(lambda e: isinstance(e, Saved)) == Saved(path, 7)
    frame = driver.do(Load(path))
    assert (frame.step, frame.head, frame.run.first_step, frame.mode) == (7, 7, 7, "paused")
    assert driver.do(Back()).step == 7, "there is no earlier step in this run"
    driver.do(*[Step()] * 5)
    assert _same(_params_at(driver, tmp_path), _straight(12))
    loaded = [event for event in driver.events if isinstance(event, Loaded)]
    assert loaded == [Loaded(path, 7, "")]


def test_loading_weights_says_that_the_optimiser_is_fresh(driver: Driver, tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    save(path, _straight(4), CONFIG, kind="weights", fingerprint="of other data")
    assert driver.do(Load(path)).step == 4
    (loaded,) = (event for event in driver.events if isinstance(event, Loaded))
    assert "fresh optimiser" in loaded.note
    assert "other data" in loaded.note
    assert driver.do(Step()).step == 5


def test_a_bad_file_changes_nothing_not_even_while_training(driver: Driver, tmp_path: Path) -> None:
    bad = tmp_path / "bad.safetensors"
    bad.write_bytes(b"nothing of the kind")
    assert str(bad) in driver.refused(Load(bad)).message
    assert driver.do(Step()).run.run_id == 1
    driver.inbox.put(Run())
    driver.watch_until(lambda f: f.mode == "running")
    driver.refused(Load(bad))
    step = driver.shown.step
    driver.watch_until(lambda f: f.mode == "running" and f.step > step + 3)
    driver.do(Pause())


def test_a_run_directory_is_reopened_where_it_ended(tmp_path: Path) -> None:
    with Driver(run_dir=tmp_path / "mine") as driver:
        frame = driver.do(NEW, *[Step()] * 11)
        assert frame.run.directory == str(tmp_path / "mine")
    with Driver() as driver:
        driver.do(NEW)
        frame = driver.do(Load(tmp_path / "mine"))
        assert (frame.step, frame.head, frame.run.first_step) == (11, 11, 0)
        assert frame.n_reports == 11
        driver.do(*[Step()] * 2)
        assert _same(_params_at(driver, tmp_path), _straight(13))
        assert driver.do(Seek(4)).step == 4


def test_a_killed_process_leaves_a_run_that_reopens_at_its_last_step(tmp_path: Path) -> None:
    data = tiny.training_set(CONFIG)
    killed = begin(CONFIG, data, initial_state(CONFIG), name="k", directory=tmp_path / "k")
    for _ in range(9):
        killed.train()
    assert killed.writer is not None
    killed.writer.abandon()
    with Driver() as driver:
        frame = driver.do(NEW, Load(tmp_path / "k"))
        assert (frame.step, frame.n_checked) == (9, 9)
        assert _same(_params_at(driver, tmp_path), _straight(9))


def test_overfit_trains_on_the_batch_on_screen_alone(driver: Driver) -> None:
    ids = driver.do(Step(), Step()).batch_ids
    texts = {tiny.TEXTS[i] for i in ids}
    frame = driver.do(OverfitBatch())
    assert set(frame.run.data.dataset.texts) == texts
    assert frame.run.config == CONFIG
    assert driver.do(Step(), Step()).step == 2
    assert set(driver.shown.run.data.dataset.texts) == texts


def test_watching_another_sample_shows_it_at_the_same_step(driver: Driver) -> None:
    driver.do(Step())
    driver.inbox.put(Watch(3))
    frame = driver.watch_until(lambda f: f.trace is not None and f.trace.sample == 3)
    assert frame.step == 1
    assert "no sample 99" in driver.refused(Watch(99)).message


def test_while_parked_every_sample_is_brought_to_the_state_on_screen(driver: Driver) -> None:
    driver.do(*[Step()] * 5)
    frame = driver.watch_until(lambda f: bool((f.survey.step_M == 5).all()))
    assert np.isfinite(frame.survey.loss_nats_M).all()
    assert len(frame.survey.text_M) == len(tiny.TEXTS)


def test_samples_that_cannot_train_are_shown_and_have_no_loss() -> None:
    data = tiny.dataset((*tiny.TEXTS, tiny.TOO_LONG, tiny.FOREIGN))
    with Driver() as driver:
        driver.do(NewRun(CONFIG, data, "with faults"))
        frame = driver.watch_until(lambda f: bool((f.survey.step_M == 0).all()))
        assert np.isnan(frame.survey.loss_nats_M).tolist() == [False] * 8 + [True, True]
        assert frame.health[-1].act == "warn"
        driver.inbox.put(Watch(8))
        frame = driver.watch_until(lambda f: f.trace is not None and f.trace.sample == 8)
        assert frame.trace is not None
        assert frame.trace.ctc is None


def test_the_first_letter_the_first_word_and_all_words_are_noted_and_kept(tmp_path: Path) -> None:
    config = tiny.config(batch=8, lr=0.03)
    data = tiny.dataset(("가", "나", "다라"))
    with Driver(run_dir=tmp_path / "run") as driver:
        driver.do(NewRun(config, data, "three words"))
        driver.outbox.watching = False
        driver.inbox.put(Run())
        driver.outbox.watching = True
        frame = driver.watch_until(lambda f: len(f.milestones) == 3)
        frame = driver.do(Pause())
    steps, kinds = zip(*frame.milestones, strict=True)
    assert kinds == ("first_letter", "first_word", "all_right")
    assert list(steps) == sorted(steps)
    with Driver() as driver:
        driver.do(NewRun(config, data, "again"))
        assert driver.do(Load(tmp_path / "run")).milestones == frame.milestones


def test_every_op_has_its_health(driver: Driver) -> None:
    frame = driver.do(Step(), Step())
    rows = {row.name: row for row in frame.health}
    assert list(rows) == ["conv1", "rnn1", "linear", "softmax", "ctc"]
    assert rows["conv1"].shape.count("×") == 2
    assert {rows["conv1"].act, rows["conv1"].grad, rows["conv1"].upd} <= {"ok", "warn", "bad"}
    assert rows["ctc"].grad == "none"


def test_commands_before_any_run_are_refused_and_the_loop_goes_on() -> None:
    with Driver() as driver:
        for command in (Run(), Step(), Save(Path("x")), Restart()):
            assert "no run is open" in driver.refused(command).message
        assert driver.do(NEW).step == 0


def test_a_run_that_cannot_start_leaves_the_open_one(driver: Driver) -> None:
    driver.do(Step())
    empty = tiny.dataset((tiny.FOREIGN,))
    assert "no sample" in driver.refused(NewRun(CONFIG, empty, "none")).message
    assert driver.do(Step()).step == 2


def test_the_outbox_stays_small_however_long_nobody_looks(driver: Driver) -> None:
    driver.inbox.put(Run())
    time.sleep(0.2)
    driver.inbox.put(Pause())
    driver.wait(_is_parked)
    for step in range(50):
        driver.inbox.put(Seek(step % 7))
    time.sleep(0.2)
    assert len(driver.outbox.frames) <= 1
    assert len(driver.outbox.events) <= 52


def test_only_the_newest_unnamed_runs_stay_on_the_shelf(tmp_path: Path) -> None:
    mine = tmp_path / "my own"
    mine.mkdir()
    with Driver(tmp_path) as driver:
        for _ in range(8):
            driver.do(NEW, Step())
        kept = {path.name for path in tmp_path.iterdir()}
        assert len(kept) == 6
        assert {"my own", Path(driver.shown.run.directory).name} <= kept


def test_the_journal_says_what_was_done(tmp_path: Path) -> None:
    with Driver(run_dir=tmp_path / "run") as driver:
        driver.do(NEW, Step(), Step(), Back(), Seek(0), ReturnToLive(), SetLearningRate(0.02))
    did = [(line["do"], line["step"]) for line in open_run(tmp_path / "run").journal]
    assert [entry for entry in did if entry[0] != "milestone"] == [
        ("step", 1),
        ("step", 2),
        ("back", 1),
        ("seek", 0),
        ("return_to_live", 2),
        ("lr", 2),
        ("closed", 2),
    ]
