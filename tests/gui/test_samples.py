"""SAMPLES: the right rows in the right groups, and nothing that moves under the reader's eyes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, QSize, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from crnn.data.sources import open_source
from crnn.debug.messages import Frame, Survey
from crnn.debug.runs import training_set
from gui.look import Look, load_fonts
from gui.palette import LIGHT
from gui.pins import Pins
from gui.sample_delegate import MISSING, Piece, pieces
from gui.sample_groups import Group, matching
from gui.sample_rows import SampleRows
from gui.selection import Selection
from gui.settings import Settings
from gui.thumbnails import Thumbnails
from gui.views.samples import WORST, WORST_SMALL, SamplesView
from tests.gui.runs import fake_data, fake_frame, fake_survey, running


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def _view(
    qtbot: QtBot, frame: Frame | None, clock: Clock | None = None, height: int = 560
) -> SamplesView:
    load_fonts()
    view = SamplesView(Look(), clock or Clock())
    qtbot.addWidget(view)
    view.resize(248, height)
    view.show()
    if frame is not None:
        view.show_frame(frame)
    return view


def _samples(rows: SampleRows, group: Group) -> list[int]:
    header = rows.header_index(group)
    return [rows.sample_at(rows.index(row, 0, header)) for row in range(rows.rowCount(header))]


def _worst(frame: Frame, n: int) -> list[int]:
    order: list[int] = np.argsort(-frame.survey.loss_nats_M, kind="stable")[:n].tolist()
    return order


def test_each_group_holds_its_samples_in_its_order(qtbot: QtBot) -> None:
    frame = fake_frame()
    view = _view(qtbot, frame)
    rows = view.rows
    assert _samples(rows, "worst") == _worst(frame, WORST)
    assert _samples(rows, "batch") == list(frame.batch_ids)
    assert _samples(rows, "all") == list(range(64))
    assert _samples(rows, "faults") == [62, 63]


def test_what_was_right_and_is_wrong_is_shown_the_latest_first_with_its_step(qtbot: QtBot) -> None:
    frame = fake_frame()
    view = _view(qtbot, frame, height=300)
    assert _samples(view.rows, "broke") == []
    broke_M = np.full(64, -1)
    broke_M[[3, 6, 9, 12, 15, 18, 21]] = [40, 90, 20, 90, 30, 50, 60]
    view.show_frame(replace(frame, survey=replace(frame.survey, broke_M=broke_M)))
    assert _samples(view.rows, "broke") == [6, 12, 21, 18, 3]
    header = view.rows.header_index("broke")
    assert view.list.isExpanded(header)
    assert "right at step 90" in view.tip(view.rows.index(0, 0, header))
    view.search.click()
    QTest.keyClicks(view.edit, "#0006")
    assert _samples(view.rows, "broke") == [6]


def test_a_double_click_p_and_the_menu_pin_what_they_are_on(qtbot: QtBot) -> None:
    frame = fake_frame()
    view = _view(qtbot, frame)
    asked: list[int] = []
    view.pinned.connect(asked.append)
    row = view.rows.index(1, 0, view.rows.header_index("worst"))
    sample = view.rows.sample_at(row)
    at = view.list.visualRect(row).center()
    QTest.mouseClick(view.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseDClick(view.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    QTest.keyClick(view.list, Qt.Key.Key_P)
    view.changes(sample).actions()[0].trigger()
    assert asked == [sample] * 3
    view.show_pins((7, sample))
    assert _samples(view.rows, "pinned") == [sample, 7]
    assert view.changes(sample).actions()[0].text() == "Unpin"
    assert view.list.isExpanded(view.rows.header_index("pinned"))


def test_pins_are_kept_with_the_data_they_are_of(tmp_path: Path) -> None:
    frame, other = fake_frame(), fake_frame(n=20)
    pins = Pins(Settings(tmp_path / "window.ini"))
    shown: list[tuple[int, ...]] = []
    pins.changed.connect(shown.append)
    pins.toggle(3)
    pins.show_frame(frame)
    for sample in (5, 41, 5, 64, 2):
        pins.toggle(sample)
    assert shown == [(5,), (5, 41), (41,), (41, 2)]
    pins.show_frame(other)
    assert pins.samples == ()
    again = Pins(Settings(tmp_path / "window.ini"))
    again.show_frame(frame)
    assert again.samples == (41, 2)


def test_unknown_losses_are_never_the_worst(qtbot: QtBot) -> None:
    view = _view(qtbot, fake_frame(n_known=4))
    assert sorted(_samples(view.rows, "worst")) == [0, 1, 2, 3]
    fresh = _view(qtbot, fake_frame(step=0, head=0, n_known=0))
    assert fresh.list.isRowHidden(fresh.rows.header_index("worst").row(), QModelIndex())


def test_a_small_panel_shows_fewer_of_the_worst(qtbot: QtBot) -> None:
    view = _view(qtbot, fake_frame(), height=300)
    assert len(_samples(view.rows, "worst")) == WORST_SMALL


def test_while_running_the_order_holds_for_a_second(qtbot: QtBot) -> None:
    clock, frame = Clock(), fake_frame(step=100, head=100)
    view = _view(qtbot, running(frame, 100), clock)
    before = _samples(view.rows, "worst")
    later = running(frame, 99)
    clock.now += 0.5
    view.show_frame(later)
    assert _samples(view.rows, "worst") == before
    clock.now += 0.6
    view.show_frame(later)
    assert _samples(view.rows, "worst") == _worst(later, WORST) != before


def test_when_it_parks_the_order_is_exact_at_once(qtbot: QtBot) -> None:
    frame = fake_frame(step=100, head=100)
    view = _view(qtbot, running(frame, 100))
    parked = replace(running(frame, 99), mode="paused")
    view.show_frame(parked)
    assert _samples(view.rows, "worst") == _worst(parked, WORST)


def test_the_whole_list_by_loss_is_not_sorted_anew_while_running(qtbot: QtBot) -> None:
    clock, frame = Clock(), fake_frame(step=100, head=100)
    view = _view(qtbot, frame, clock)
    view.turn_order()
    assert _samples(view.rows, "all") == _worst(frame, 64)
    clock.now += 5
    view.show_frame(running(frame, 99))
    assert _samples(view.rows, "all") == _worst(frame, 64)
    view.turn_order()
    assert _samples(view.rows, "all") == list(range(64))


def test_scroll_position_and_selection_survive_a_new_order(qtbot: QtBot) -> None:
    frame = fake_frame(step=100, head=100)
    view = _view(qtbot, frame)
    chosen = _worst(frame, 3)[2]
    view.show_selection(Selection(sample=chosen))
    view.list.verticalScrollBar().setValue(20)
    with qtbot.assertNotEmitted(view.selected):
        view.show_frame(replace(running(frame, 99), mode="paused"))
    assert view.list.verticalScrollBar().value() == 20
    assert view.rows.sample_at(view.list.currentIndex()) == chosen


def test_the_first_of_a_group_is_brought_into_view_with_its_header(qtbot: QtBot) -> None:
    frame = fake_frame(step=100, head=100)
    view = _view(qtbot, frame, height=300)
    view.list.verticalScrollBar().setValue(view.list.verticalScrollBar().maximum())
    first = int(frame.batch_ids[0])
    for group in ("worst", "all"):
        view.list.collapse(view.rows.header_index(group))
    view.list.put_current(view.rows.index(0, 0, view.rows.header_index("all")), scrolls=False)
    view.show_selection(Selection(sample=first))
    assert view.rows.group_at(view.list.currentIndex()) == "batch"
    shown = view.list.viewport().rect()
    for index in (view.list.currentIndex(), view.rows.header_index("batch")):
        assert shown.contains(view.list.visualRect(index))


def test_a_shorter_batch_leaves_the_row_at_the_top_where_it_is(qtbot: QtBot) -> None:
    frame = fake_frame(step=100, head=100)
    view = _view(qtbot, frame)
    row = view.rows.index(30, 0, view.rows.header_index("all"))
    view.list.scrollTo(row, view.list.ScrollHint.PositionAtTop)
    top = view.rows.sample_at(view.list.indexAt(view.list.viewport().rect().topLeft()))
    view.show_frame(replace(frame, batch_ids=frame.batch_ids[:5]))
    now = view.rows.sample_at(view.list.indexAt(view.list.viewport().rect().topLeft()))
    assert now == top == 30


def test_a_click_selects_the_sample_once(qtbot: QtBot) -> None:
    frame = fake_frame()
    view = _view(qtbot, frame)
    seen: list[Selection] = []
    view.selected.connect(seen.append)
    view.selected.connect(view.show_selection)
    index = view.rows.index(1, 0, view.rows.header_index("worst"))
    at = view.list.visualRect(index).center()
    for _ in range(2):
        QTest.mouseClick(view.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert [selection.sample for selection in seen] == [_worst(frame, 2)[1]]


def test_arrow_keys_choose_and_headers_are_passed_over_in_silence(qtbot: QtBot) -> None:
    frame = fake_frame()
    view = _view(qtbot, frame)
    view.selected.connect(view.show_selection)
    worst = _worst(frame, WORST)
    view.show_selection(Selection(sample=worst[-1]))
    QTest.keyClick(view.list, Qt.Key.Key_Down)
    assert view.selection.sample == worst[-1]
    QTest.keyClick(view.list, Qt.Key.Key_Down)
    assert view.selection.sample == frame.batch_ids[0]


def test_a_sample_that_cannot_become_an_input_is_shown_and_not_watched(qtbot: QtBot) -> None:
    frame = fake_frame()
    faults = tuple(replace(fault, kind="too_wide") for fault in frame.run.data.faults)
    data = replace(frame.run.data, faults=faults)
    view = _view(qtbot, replace(frame, run=replace(frame.run, data=data)))
    with qtbot.assertNotEmitted(view.selected):
        view.list.setCurrentIndex(view.rows.index(0, 0, view.rows.header_index("faults")))
    assert "needs" in view.tip(view.rows.index(0, 0, view.rows.header_index("faults")))


def test_a_click_on_a_header_folds_and_on_its_word_turns_the_order(qtbot: QtBot) -> None:
    view = _view(qtbot, fake_frame())
    header = view.rows.header_index("worst")
    rect = view.list.visualRect(header)
    QTest.mouseClick(view.list.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert not view.list.isExpanded(header)
    everything = view.rows.header_index("all")
    view.list.scrollTo(everything, view.list.ScrollHint.PositionAtTop)
    word = view.list.brush.order_rect(view.list.visualRect(everything)).center()
    QTest.mouseClick(view.list.viewport(), Qt.MouseButton.LeftButton, pos=word)
    assert view.rows.groups is not None
    assert view.rows.groups.order == "loss"
    assert view.list.isExpanded(everything)


def test_searching_filters_by_text_or_number_and_escape_ends_it(qtbot: QtBot) -> None:
    view = _view(qtbot, fake_frame())
    view.search.click()
    QTest.keyClicks(view.edit, "#1")
    assert _samples(view.rows, "all") == [1, *range(10, 20)]
    view.edit.setText("서울")
    assert _samples(view.rows, "all") == [1, 9, 17, 25, 33, 41, 49, 57]
    view.edit.setText("없다")
    view.grab()
    assert all(view.rows.rowCount(view.rows.index(row, 0)) == 0 for row in range(4))
    QTest.keyClick(view.edit, Qt.Key.Key_Escape)
    assert not view.edit.isVisible()
    assert len(_samples(view.rows, "all")) == 64


def test_numbers_match_with_and_without_leading_zeros() -> None:
    texts = ["a"] * 120
    assert np.flatnonzero(matching(enumerate(texts), "#0012")).tolist() == [12]
    assert np.flatnonzero(matching(enumerate(texts), "#11")).tolist() == [11, *range(110, 120)]
    assert matching(enumerate(["Apple", "나무"]), "APP").tolist() == [True, False]


@pytest.mark.parametrize(
    ("output", "truth", "wanted"),
    [
        ("대구광억시", "대구광역시", (("대구광", False), ("억", True), ("시", False))),
        ("대구", "대구광", (("대구", False), (MISSING, True))),
        ("서울", "서울", (("서울", False),)),
    ],
)
def test_wrong_and_missing_letters_are_told_apart_from_right_ones(
    output: str, truth: str, wanted: tuple[tuple[str, bool], ...]
) -> None:
    assert pieces(output, truth) == tuple(Piece(*piece) for piece in wanted)


def test_the_header_counts_what_is_right(qtbot: QtBot) -> None:
    view = _view(qtbot, fake_frame())
    texts = view.rows.groups.run.data.dataset.texts if view.rows.groups else ()
    right = sum(
        a == b for a, b in zip(fake_survey(fake_data()[1], 4_812).text_M, texts, strict=True)
    )
    assert f"{right} of them" not in view.header.toolTip()
    assert f"{right} read right" in view.header.toolTip()


def test_of_millions_the_first_are_listed_and_those_of_the_batch(qtbot: QtBot) -> None:
    frame = fake_frame()
    config = frame.run.config
    data = training_set(config, open_source("synth:4000000"))
    n, batch = data.n_listed, (3_999_999, 7)
    survey = Survey(np.full(n, np.nan), ("",) * n, np.full(n, -1))
    run = replace(frame.run, run_id=9, data=data)
    view = _view(qtbot, replace(frame, run=run, survey=survey, batch_ids=batch))
    assert len(_samples(view.rows, "all")) == n == 10_000
    assert _samples(view.rows, "batch") == list(batch)
    assert "4,000,000 samples" in view.header.toolTip()
    assert "The first 10,000 are listed" in view.header.toolTip()
    assert data.dataset.texts[3_999_999] in view.tip(
        view.rows.index(0, 0, view.rows.header_index("batch"))
    )


def test_pictures_are_made_once_and_a_missing_one_is_no_error(qtbot: QtBot) -> None:
    view = _view(qtbot, fake_frame())
    _, data = fake_data()
    pictures = Thumbnails(view.look, view)
    pictures.begin(data, QSize(88, 22), 1.0)
    first = pictures.get(5)
    assert first is not None
    assert first.height() <= 22
    assert pictures.get(5) is first


def test_pictures_beyond_the_budget_follow_when_the_program_is_idle(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.thumbnails.BUDGET_S", -1.0)
    view = _view(qtbot, fake_frame())
    pictures = Thumbnails(view.look, view)
    pictures.begin(fake_data()[1], QSize(88, 22), 1.0)
    assert pictures.get(5) is None
    with qtbot.waitSignal(pictures.ready, timeout=2000):
        pass
    assert pictures.get(5) is not None


def test_both_themes_and_the_empty_list_paint(qtbot: QtBot) -> None:
    view = _view(qtbot, fake_frame())
    dark = view.grab().toImage()
    view.look.set_theme(LIGHT)
    assert view.grab().toImage() != dark
    empty = _view(qtbot, None)
    assert not empty.grab().isNull()


def test_another_run_replaces_every_row(qtbot: QtBot) -> None:
    view = _view(qtbot, fake_frame())
    other = fake_frame(n=20)
    view.show_frame(replace(other, run=replace(other.run, run_id=2)))
    assert _samples(view.rows, "all") == list(range(20))
