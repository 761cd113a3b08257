"""TIME: the play head asks for steps and never moves by itself; values under it are exact."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from crnn.debug.messages import Frame, ReturnToLive, Seek
from gui.lanes import StepAxis, lay_out, polygon
from gui.look import Look
from gui.palette import LIGHT
from gui.selection import Hover
from gui.step_range import LEAST_SPAN, Drag, StepRange
from gui.views.time import TimeView
from tests.gui.runs import fake_frame, fake_report, running


def _view(qtbot: QtBot, frame: Frame | None, size: tuple[int, int] = (1280, 140)) -> TimeView:
    view = TimeView(Look())
    qtbot.addWidget(view)
    view.resize(*size)
    view.show()
    if frame is not None:
        view.show_frame(frame)
    return view


def _commands(view: TimeView) -> list[object]:
    seen: list[object] = []
    view.commanded.connect(seen.append)
    return seen


def _at(view: TimeView, step: int) -> QPoint:
    return QPoint(round(view.body.axis.x(step)), 30)


def test_a_click_asks_for_the_step_under_the_pointer(qtbot: QtBot) -> None:
    view = _view(qtbot, fake_frame(step=40, head=100))
    seen = _commands(view)
    QTest.mouseClick(view.body, Qt.MouseButton.LeftButton, pos=_at(view, 25))
    assert seen == [Seek(25)]


def test_a_click_at_the_live_end_returns_to_live(qtbot: QtBot) -> None:
    view = _view(qtbot, fake_frame(step=40, head=100))
    seen = _commands(view)
    QTest.mouseClick(view.body, Qt.MouseButton.LeftButton, pos=_at(view, 140))
    assert seen == [ReturnToLive()]


def test_a_drag_asks_once_a_frame_and_for_the_last_step_at_the_end(qtbot: QtBot) -> None:
    frame = fake_frame(step=40, head=100)
    view = _view(qtbot, frame)
    seen = _commands(view)
    QTest.mousePress(view.body, Qt.MouseButton.LeftButton, pos=_at(view, 10))
    for step in (12, 15, 20):
        QTest.mouseMove(view.body, _at(view, step))
    assert seen == [Seek(10)]
    view.show_frame(replace(frame, step=10))
    assert seen == [Seek(10), Seek(20)]
    QTest.mouseMove(view.body, _at(view, 30))
    QTest.mouseRelease(view.body, Qt.MouseButton.LeftButton, pos=_at(view, 30))
    assert seen == [Seek(10), Seek(20), Seek(30)]
    view.show_frame(replace(frame, step=30))
    assert len(seen) == 3


def test_a_drag_that_ends_where_it_was_asks_for_nothing_more() -> None:
    drag = Drag()
    assert drag.move(7) == 7
    assert drag.move(7) is None
    assert drag.shown() is None
    assert drag.release() is None
    assert drag.target is None


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        (Qt.Key.Key_Left, Seek(39)),
        (Qt.Key.Key_Right, Seek(41)),
        (Qt.Key.Key_PageUp, Seek(30)),
        (Qt.Key.Key_PageDown, Seek(50)),
        (Qt.Key.Key_Home, Seek(0)),
    ],
)
def test_keys_move_the_play_head(qtbot: QtBot, key: Qt.Key, wanted: Seek) -> None:
    view = _view(qtbot, fake_frame(step=40, head=100))
    seen = _commands(view)
    QTest.keyClick(view.body, key)
    assert seen == [wanted]


def test_at_the_ends_the_arrow_keys_ask_for_nothing(qtbot: QtBot) -> None:
    view = _view(qtbot, fake_frame(step=100, head=100))
    seen = _commands(view)
    QTest.keyClick(view.body, Qt.Key.Key_Right)
    view.show_frame(fake_frame(step=0, head=100))
    QTest.keyClick(view.body, Qt.Key.Key_Left)
    assert seen == []


def test_the_wheel_zooms_round_the_pointer_and_a_double_click_resets(qtbot: QtBot) -> None:
    view = _view(qtbot, fake_frame(step=4_000, head=5_000))
    at = _at(view, 2_000)
    before = view.body.axis.step_at(at.x())
    position = QPointF(at)
    turn = QWheelEvent(
        position, QPointF(view.body.mapToGlobal(at)), QPoint(), QPoint(0, 240),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(view.body, turn)
    low, high = view.range.ends
    assert high - low == pytest.approx(0.64 * 5_000)
    assert abs(view.body.axis.step_at(at.x()) - before) <= 1
    QTest.mouseDClick(view.body, Qt.MouseButton.LeftButton, pos=at)
    assert view.range.ends == (0.0, 5_000.0)


def test_zoom_stays_inside_the_run_and_above_a_least_span() -> None:
    shown = StepRange()
    shown.fit(100, 600)
    shown.show(90, 95)
    low, high = shown.ends
    assert low == 100
    assert high - low == LEAST_SPAN
    shown.pan(1000.0)
    assert shown.ends == (580, 600)
    shown.zoom(590, 1e6)
    assert not shown.is_zoomed


def test_hovering_says_the_exact_values_of_that_update(qtbot: QtBot) -> None:
    frame = fake_frame(step=40, head=100)
    view = _view(qtbot, frame)
    hovers: list[Hover] = []
    view.hovered.connect(hovers.append)
    view.hover_at(25)
    row = frame.reports.at(25)
    assert f"{row.loss_nats:.4f} nats" in hovers[-1].text
    assert "step 25" in hovers[-1].text
    view.hover_at(24)
    assert "first word right" in hovers[-1].text
    view.hover_at(100)
    assert hovers[-1] == Hover()


def test_rows_past_the_frame_are_not_read(qtbot: QtBot) -> None:
    frame = fake_frame(step=50, head=50)
    view = _view(qtbot, frame)
    frame.reports.append(fake_report(50))
    view.show_frame(frame)
    assert view.curves.n == 50
    view.show_frame(replace(frame, head=51, step=51, n_reports=51))
    assert view.curves.at(50).loss == 1.5


def test_another_run_starts_with_fresh_curves_and_no_zoom(qtbot: QtBot) -> None:
    frame = fake_frame(step=400, head=500)
    view = _view(qtbot, frame)
    view.range.show(100, 200)
    other = fake_frame(step=30, head=30)
    view.show_frame(replace(other, run=replace(other.run, run_id=2)))
    assert not view.range.is_zoomed
    assert view.curves.n == 30


def test_the_axis_holds_still_while_a_run_grows(qtbot: QtBot) -> None:
    frame = fake_frame(step=4_600, head=4_600)
    view = _view(qtbot, frame)
    before = view.range.ends
    view.show_frame(running(frame, 4_600))
    assert view.range.ends == before == (0.0, 5_000.0)


def test_a_low_panel_folds_cer_and_blank(qtbot: QtBot) -> None:
    look = Look()
    assert lay_out(1280, 88, look).is_folded
    tall = lay_out(1920, 116, look)
    assert not tall.is_folded
    assert tall.loss.height() >= 46
    assert tall.ruler.bottom() <= 116


def test_a_polygon_holds_the_points_it_was_given() -> None:
    made = polygon(np.array([[1.0, 2.0], [3.5, -4.0]]))
    assert [(made.at(i).x(), made.at(i).y()) for i in range(made.size())] == [
        (1.0, 2.0),
        (3.5, -4.0),
    ]
    assert polygon(np.empty((0, 2))).isEmpty()


def test_steps_and_pixels_are_inverse() -> None:
    axis = StepAxis(128, 1216, 4_700, 4_900)
    assert all(axis.step_at(axis.x(step)) == step for step in range(4_700, 4_901))


@pytest.mark.parametrize("size", [(1920, 140), (1280, 112), (1280, 300), (500, 90)])
@pytest.mark.parametrize(("step", "head"), [(0, 1), (1, 1), (7, 9), (437, 437), (4_812, 5_000)])
def test_every_state_paints_at_every_size(
    qtbot: QtBot, size: tuple[int, int], step: int, head: int
) -> None:
    view = _view(qtbot, fake_frame(step=step, head=head), size)
    dark = view.grab().toImage()
    view.look.set_theme(LIGHT)
    for switch, key in ((view.scale, "linear"), (view.smooth, "smooth"), (view.keys, "keys")):
        switch.choose(key)
    view.range.show(head - 30, head)
    view.rescale()
    assert view.grab().toImage() != dark


def test_the_empty_state_names_the_step_and_the_key(qtbot: QtBot) -> None:
    view = _view(qtbot, None)
    assert view.empty_text() == "Step 0. Press F5 to train."
    view.show_frame(fake_frame(step=0, head=0))
    assert view.empty_text() == "Step 0. Press F5 to train."
    seen = _commands(view)
    QTest.mouseClick(view.body, Qt.MouseButton.LeftButton, pos=QPoint(300, 30))
    assert seen == []


def test_a_click_on_a_flag_asks_for_exactly_its_step(qtbot: QtBot) -> None:
    frame = replace(fake_frame(step=900, head=900), milestones=((313, "first_word"),))
    view = _view(qtbot, frame)
    flag = _at(view, 313)
    flag.setY(view.body.lanes.events.center().y())
    for pixels in (-3, 0, 7):
        commands = _commands(view)
        QTest.mouseClick(view.body, Qt.MouseButton.LeftButton, pos=flag + QPoint(pixels, 0))
        assert commands == [Seek(313)]
