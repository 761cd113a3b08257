"""Guests of a run: drawings, opened pictures, evaluated folders; training ignores them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from crnn.config import Config
from crnn.data.dataset import Sample
from crnn.data.drawing import HEIGHT, MARGIN, Stroke, picture
from crnn.data.guests import with_guests
from crnn.data.prepare import prepare
from crnn.debug.guest_messages import (
    Arrived,
    Draw,
    Evaluate,
    Evaluated,
    Evaluating,
    OpenPicture,
    ShowEvaluated,
    StopEvaluation,
)
from crnn.debug.mailroom import coalesced
from crnn.debug.messages import Command, Failed, NewRun, Pause, Restart, Run, Seek, Step, Watch
from crnn.debug.observe_guest import NOTHING
from crnn.text.score import score
from tests import tiny
from tests.driving import CONFIG, NEW, Driver, is_parked, same, state_on_screen, straight
from tests.sheets import sheet

N = len(tiny.TEXTS)
FLAT: Stroke = ((10, 20, 4), (60, 20, 4))
UPRIGHT: Stroke = ((35, 5, 4), (35, 60, 4))


def _arrived(driver: Driver, command: Command) -> Arrived:
    driver.inbox.put(command)
    event = driver.wait(lambda e: isinstance(e, Arrived | Failed))
    assert isinstance(event, Arrived), event
    return event


def test_a_drawing_is_dark_where_the_pen_went_and_as_high_as_training_pictures() -> None:
    gray_HW = picture((FLAT, UPRIGHT))
    assert abs(gray_HW.shape[0] - (HEIGHT + 2 * MARGIN)) <= 8
    middle = gray_HW.shape[1] // 2
    assert gray_HW[10:-10, middle].max() < 100, "the upright stroke"
    assert gray_HW[-12, : middle - 12].min() > 200, "paper beside it"
    x_HW = prepare(gray_HW, CONFIG.input)
    assert x_HW.max() == 1
    assert np.median(x_HW) < 0.05


@pytest.mark.parametrize(
    "strokes",
    [(), ((),), (((3, 3, 2),),), (((0, 0, 3), (5000, 0, 3)),)],
    ids=["none", "empty", "a dot", "a very long line"],
)
def test_whatever_is_drawn_fits_the_network(strokes: tuple[Stroke, ...]) -> None:
    gray_HW = picture(strokes)
    assert gray_HW.shape[1] <= 12.5 * gray_HW.shape[0]
    assert (gray_HW.min() < 100) == any(strokes)


def test_guests_come_after_the_samples_and_change_no_batch() -> None:
    own = tiny.training_set(CONFIG)
    guest = Sample("guest", "가", tiny.picture(99))
    data = with_guests(with_guests(own, (guest, guest)), (guest,))
    assert len(data.dataset) == N + 1
    assert list(data.dataset.texts) == [*own.dataset.texts, "가"]
    assert data.dataset.texts[-1] == "가"
    assert data.dataset.fingerprint == own.dataset.fingerprint
    assert data.usable == own.usable
    assert [data.ids(step) for step in range(9)] == [own.ids(step) for step in range(9)]
    np.testing.assert_array_equal(data.batch(5).x_NCHW, own.batch(5).x_NCHW)
    np.testing.assert_array_equal(data.prepared(N), prepare(guest.gray_HW, CONFIG.input))


def test_a_drawing_is_read_at_every_step_and_training_does_not_notice(tmp_path: Path) -> None:
    with Driver() as driver:
        driver.do(NEW, Step())
        came = _arrived(driver, Draw((UPRIGHT,), is_new=True))
        assert (came.first, came.n) == (N, 1)
        shown = driver.watch_until(lambda f: f.guest is not None)
        assert shown.guest is not None
        assert shown.trace is not None
        assert shown.trace.sample == shown.guest.sample == N
        assert shown.trace.truth == ""
        assert 0 < shown.guest.confidence <= 1
        assert "".join(text for text, _ in shown.guest.characters) == shown.guest.text
        driver.inbox.put(Draw((UPRIGHT, FLAT), is_new=False))
        wider = driver.watch_until(lambda f: f.trace is not None and f.trace.width > 4)
        assert len(wider.run.data.dataset) == N + 1, "the same drawing went on"
        driver.do(*[Step()] * 9)
        surveyed = driver.watch_until(lambda f: bool((f.survey.step_M == 10).all()))
        assert len(surveyed.survey.text_M) == N + 1
        assert surveyed.trace is not None
        assert surveyed.trace.sample == N
        assert same(state_on_screen(driver, tmp_path), straight(10))


def test_a_picture_without_a_truth_is_aligned_to_what_is_read_in_it() -> None:
    with Driver() as driver:
        driver.do(NEW, Step())
        seen = set()
        for sample in range(N):
            data = io.BytesIO()
            Image.fromarray(tiny.picture(sample, 24 + 8 * (sample % 3))).save(data, "PNG")
            _arrived(driver, OpenPicture(Path("pasted.png"), data.getvalue()))
            trace, guest = driver.shown.trace, driver.shown.guest
            assert trace is not None
            assert guest is not None
            if guest.text:
                assert trace.ctc is not None
                assert guest.confidence == pytest.approx(np.exp(-trace.ctc.loss_nats), rel=1e-4)
                assert not any(span.is_wrong for span in trace.output.spans)
            else:
                assert trace.fault == NOTHING
            seen.add(bool(guest.text))
        assert True in seen, "a network hardly trained emits letters at random"


def test_a_drawing_shown_while_training_keeps_it_going(tmp_path: Path) -> None:
    with Driver() as driver:
        driver.do(NEW)
        driver.inbox.put(Run())
        _arrived(driver, Draw((UPRIGHT,), is_new=True))
        read = driver.watch_until(lambda f: f.guest is not None and f.step > 30)
        assert read.mode == "running"
        driver.inbox.put(Pause())
        driver.wait(is_parked)
        state = state_on_screen(driver, tmp_path)
        assert same(state, straight(state.step))


def test_guests_move_into_the_next_run_and_are_no_data_of_it() -> None:
    with Driver() as driver:
        driver.do(NEW)
        _arrived(driver, Draw((UPRIGHT,), is_new=True, text="가"))
        driver.do(Restart())
        run = driver.shown.run
        assert run.data.n_own == N
        assert run.data.dataset.texts[N] == "가"
        assert N not in run.data.usable
        driver.do(Step(), Seek(0))
        driver.inbox.put(Watch(N))
        shown = driver.watch_until(lambda f: f.trace is not None and f.trace.sample == N)
        assert shown.trace is not None
        assert shown.trace.truth == "가"
        assert shown.trace.ctc is not None


def test_the_words_of_an_opened_page_become_guests(tmp_path: Path) -> None:
    page = sheet(0, lines=("어제는 비가 오고", "우산을 들고"))
    Image.fromarray(page.gray_HW).save(tmp_path / "page.png")
    with Driver() as driver:
        driver.do(NEW)
        came = _arrived(driver, OpenPicture(tmp_path / "page.png"))
        assert (came.first, came.n, came.name) == (N, 5, "page.png")
        assert driver.shown.run.data.dataset.sample(N + 4).name == "page 5"
        (tmp_path / "bad.png").write_bytes(b"no picture")
        failed = driver.refused(OpenPicture(tmp_path / "bad.png"))
        assert "bad.png" in failed.message
        assert failed.title == "Cannot open the picture"


def test_a_newer_state_of_a_drawing_replaces_one_that_waits() -> None:
    first, second, third = (Draw((), is_new=new) for new in (True, False, False))
    other = Draw((FLAT,), is_new=True)
    assert coalesced([first, second, Watch(1), third]) == [first, Watch(1), third]
    assert coalesced([first, second, other, third]) == [first, second, other, third]


def _folder(at: Path, config: Config) -> Path:
    for part in ("images", "labels"):
        (at / part).mkdir(parents=True)
    for k in range(70):
        Image.fromarray(tiny.picture(k % 8, 24 + 8 * (k % 3))).save(at / "images" / f"{k}.png")
        (at / "labels" / f"{k}.txt").write_text(tiny.TEXTS[k % 8], encoding="utf-8")
    (at / "images" / "5.png").write_bytes(b"broken")
    return at


def test_a_folder_is_evaluated_in_turns_and_a_row_becomes_a_guest(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "words", CONFIG)
    with Driver() as driver:
        driver.do(NEW, *[Step()] * 60)
        driver.inbox.put(Evaluate(str(folder)))
        event = driver.wait(lambda e: isinstance(e, Evaluated))
        assert isinstance(event, Evaluated)
        made = event.evaluation
        counts = [e.done for e in driver.events if isinstance(e, Evaluating)]
        assert counts == sorted(counts)
        assert {0, 32, 64} <= set(counts)
        assert (made.step, made.n, len(made.rows), len(made.unread)) == (60, 70, 69, 1)
        assert [row.edits for row in made.rows] == sorted(r.edits for r in made.rows)[::-1]
        assert made.score == score([(row.output, row.truth) for row in made.rows])
        worst = made.rows[0]
        came = _arrived(driver, ShowEvaluated(worst.place))
        trace = driver.shown.trace
        assert trace is not None
        assert (came.first, trace.sample, trace.name) == (N, N, worst.name)
        assert trace.truth == worst.truth
        assert trace.output.text == worst.output
        again = _arrived(driver, ShowEvaluated(made.rows[1].place))
        assert again.first == N, "one place for what is looked at in a table"


def test_an_evaluation_that_is_stopped_gives_what_it_has_and_waits_while_training(
    tmp_path: Path,
) -> None:
    folder = _folder(tmp_path / "words", CONFIG)
    with Driver() as driver:
        driver.do(NEW)
        driver.inbox.put(Run())
        driver.inbox.put(Evaluate(str(folder)))
        driver.watch_until(lambda f: f.mode == "running" and f.step > 20)
        assert [e.done for e in driver.events if isinstance(e, Evaluating)] in ([], [0])
        driver.inbox.put(StopEvaluation())
        event = driver.wait(lambda e: isinstance(e, Evaluated))
        assert isinstance(event, Evaluated)
        assert event.evaluation.rows == ()
        assert event.evaluation.score is None
        driver.do(Pause())
        assert driver.refused(Evaluate(str(tmp_path / "nowhere"))).title == "Cannot evaluate"
        assert "was evaluated" in driver.refused(ShowEvaluated(999)).message


def test_the_runs_own_data_is_evaluated_in_place() -> None:
    with Driver() as driver:
        driver.do(NEW)
        driver.inbox.put(Evaluate(""))
        event = driver.wait(lambda e: isinstance(e, Evaluated))
        assert isinstance(event, Evaluated)
        assert len(event.evaluation.rows) == N
        assert _arrived(driver, ShowEvaluated(3)).first == 3


def test_a_run_opened_later_drops_an_evaluation() -> None:
    with Driver() as driver:
        driver.do(NEW)
        driver.inbox.put(Evaluate("synth:400"))
        driver.do(NewRun(CONFIG, tiny.dataset(), "other"))
        assert any(isinstance(event, Evaluated) for event in driver.events)
