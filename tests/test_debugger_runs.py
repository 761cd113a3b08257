"""The command loop opens, saves, reopens and surveys runs, and survives what is wrong with them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from crnn.checkpoint import save
from crnn.debug.messages import (
    Back,
    Load,
    Loaded,
    NewRun,
    OverfitBatch,
    Pause,
    Restart,
    ReturnToLive,
    Run,
    Save,
    Saved,
    Seek,
    SetLearningRate,
    Step,
    Watch,
)
from crnn.debug.recording import open_run
from crnn.debug.runs import begin
from crnn.train import initial_state
from tests import tiny
from tests.driving import CONFIG, NEW, Driver, is_parked, same, state_on_screen, straight


@pytest.fixture
def driver() -> Iterator[Driver]:
    """A debugger with a new run that is not recorded, parked at step 0."""
    with Driver() as hands:
        hands.do(NEW)
        yield hands


def test_save_and_load_go_on_bit_for_bit(driver: Driver, tmp_path: Path) -> None:
    driver.do(*[Step()] * 9, Seek(7))
    path = tmp_path / "seven.safetensors"
    driver.inbox.put(Save(path))
    assert driver.wait(lambda e: isinstance(e, Saved)) == Saved(path, 7)
    frame = driver.do(Load(path))
    assert (frame.step, frame.head, frame.run.first_step, frame.mode) == (7, 7, 7, "paused")
    assert driver.do(Back()).step == 7, "there is no earlier step in this run"
    driver.do(*[Step()] * 5)
    assert same(state_on_screen(driver, tmp_path), straight(12))
    loaded = [event for event in driver.events if isinstance(event, Loaded)]
    assert loaded == [Loaded(path, 7)]


def test_loading_weights_says_that_the_optimiser_is_fresh(driver: Driver, tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    save(path, straight(4), CONFIG, kind="weights", fingerprint="of other data")
    assert driver.do(Load(path)).step == 4
    (loaded,) = (event for event in driver.events if isinstance(event, Loaded))
    assert "fresh optimiser" in " ".join(loaded.notes)
    assert "other data" in " ".join(loaded.notes)
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
        assert same(state_on_screen(driver, tmp_path), straight(13))
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
        assert same(state_on_screen(driver, tmp_path), straight(9))


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
    driver.wait(is_parked)
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
