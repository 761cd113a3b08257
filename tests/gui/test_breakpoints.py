"""BREAKPOINTS: rows lead to steps and send commands; the dialog lets only what is right be set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from crnn.debug.messages import Frame
from crnn.debug.moment import Catalog
from crnn.debug.point_messages import (
    AddPoint,
    AddWatch,
    CancelHindsight,
    Changed,
    DrawWatch,
    EditPoint,
    GoToHit,
    LastChange,
    PointHit,
    RemovePoint,
    RemoveWatch,
    ShowLine,
)
from crnn.debug.points import (
    Condition,
    Filling,
    Hit,
    Point,
    PointRow,
    Spot,
    Watch,
    Watching,
    WatchRow,
)
from crnn.debug.series import Series
from crnn.train import initial_state
from gui import conditions
from gui.dialogs.forms import FORMS
from gui.dialogs.point import PointDialog, WatchDialog
from gui.happenings import happenings
from gui.lanes import lay_out
from gui.look import Look
from gui.selection import Cell, Selection
from gui.transport import StatePill
from gui.views.breakpoints import BreakpointsView
from gui.views.inspect import InspectView
from gui.watch_curve import WatchCurves
from tests.gui.conftest import Rig
from tests.gui.fakes import fake_trace
from tests.gui.runs import fake_frame

TEXT, LOSS, BATCH = (
    Point(1, Condition("text", sample=3)),
    Point(2, Condition("when", "loss > 5"), is_on=False),
    Point(3, Condition("in_batch", sample=7), logs_only=True),
)
CODE = Point(9, Condition("line", "t > 2", file="ops/recurrent.py", line=223, code="x = 1"))
HERE = Hit(1, 4_812, "대구", "대국")
THERE = Hit(9, 4_000, "", "t = 3", Spot(5, "trained", 4, 60))


@pytest.fixture(name="frame")
def _frame() -> Frame:
    """Three points, one of them hit here, a watch of which half is filled, and hindsight."""
    frame = fake_frame()
    config = frame.run.config
    series = Series(0)
    series.fill(np.arange(2_500, 5_000), np.linspace(1.0, 2.0, 2_500))
    old = Hit(3, 40, "0", "1")
    watching = Watching(
        points=(
            PointRow(TEXT, 1, HERE, HERE, 0.01, ""),
            PointRow(LOSS, 0, None, None, 0.0, ""),
            PointRow(BATCH, 1, old, None, 0.0, ""),
            PointRow(CODE, 1, THERE, None, 0.0, ""),
        ),
        watches=(
            WatchRow(
                *(Watch(4, "norm(conv1_w)"), series, 5_000, 0.02, ""),
                Filling(2_500, 5_000, 12.0),
            ),
        ),
        hits=(old, THERE, HERE),
        names=Catalog(config, initial_state(config)).names,
    )
    return replace(frame, watching=watching, trace=fake_trace(config, step=4_812))


@pytest.fixture(name="view")
def _view(qtbot: QtBot, frame: Frame) -> BreakpointsView:
    view = BreakpointsView(Look())
    qtbot.addWidget(view)
    view.resize(360, 400)
    view.show()
    view.show_frame(frame)
    return view


def _click(view: BreakpointsView, row: int, x: int) -> None:
    rect = view.list.visualRect(view.rows.index(row, 0))
    at = QPoint(x if x > 0 else rect.right() + x, rect.center().y())
    QTest.mouseClick(view.list.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_clicks_turn_on_and_off_and_lead_to_hits_and_lines(view: BreakpointsView) -> None:
    seen: list[object] = []
    chosen: list[object] = []
    view.commanded.connect(seen.append)
    view.selected.connect(chosen.append)
    kinds = [row.kind for row in view.rows.rows]
    assert kinds == [*["point"] * 4, "watch", "filling", "hits", *["hit"] * 3]
    _click(view, 1, 16)
    assert seen == [EditPoint(replace(LOSS, is_on=True))]
    _click(view, 0, -20)
    _click(view, 9, 120)
    old = Hit(3, 40, "0", "1")
    assert seen[1:] == [GoToHit(HERE), GoToHit(old)]
    _click(view, 5, -16)
    _click(view, 4, 16)
    assert seen[3:] == [CancelHindsight(4), DrawWatch(4, False)]
    _click(view, 3, 40)
    _click(view, 3, -20)
    assert seen[5:] == [ShowLine("ops/recurrent.py", 223), GoToHit(THERE)]
    assert chosen == [view.selection.on(5)], "a line hits for a sample"


def test_every_row_can_be_reached_by_keyboard(view: BreakpointsView) -> None:
    seen: list[object] = []
    view.commanded.connect(seen.append)
    view.wanted.connect(seen.append)
    for row, key in (
        (0, Qt.Key.Key_Space), (0, Qt.Key.Key_Return), (2, Qt.Key.Key_Delete),
        (4, Qt.Key.Key_Space), (4, Qt.Key.Key_Delete), (5, Qt.Key.Key_Delete),
        (7, Qt.Key.Key_Return), (3, Qt.Key.Key_Return),
    ):  # fmt: skip
        view.list.setCurrentIndex(view.rows.index(row, 0))
        QTest.keyClick(view.list, key)
    assert seen == [
        EditPoint(replace(TEXT, is_on=False)), TEXT, RemovePoint(3), DrawWatch(4, False),
        RemoveWatch(4), CancelHindsight(4), GoToHit(HERE), CODE,
    ]  # fmt: skip


def test_the_menu_of_a_row_offers_what_can_be_done_with_it(view: BreakpointsView) -> None:
    seen: list[object] = []
    view.commanded.connect(seen.append)
    menu = view.list.menu(view.rows.index(2, 0))
    words = [action.text() for action in menu.actions()]
    assert words == ["Edit…", "Turn off", "Only note hits", "Go to the last hit", "Remove"]
    for action in menu.actions()[2:]:
        action.trigger()
    last = Hit(3, 40, "0", "1")
    assert seen == [EditPoint(replace(BATCH, logs_only=False)), GoToHit(last), RemovePoint(3)]
    words = [action.text() for action in view.list.menu(view.rows.index(3, 0)).actions()]
    assert words[0] == "Show the line"
    actions = view.list.menu(view.rows.index(4, 0)).actions()
    words = [action.text() for action in actions]
    assert words == ["Draw in Time", "When did it last change?", "Remove"]
    actions[1].trigger()
    assert seen[-1] == LastChange("norm(conv1_w)", -1)


def test_the_pill_and_time_say_what_was_hit(qtbot: QtBot, frame: Frame) -> None:
    pill = StatePill(Look())
    qtbot.addWidget(pill)
    pill.show_frame(frame)
    assert pill.words()[3] == "step 4,812 of 5,000 · text of #0003 changed"
    assert "대구 → 대국" in conditions.found(TEXT, HERE)
    both = Point(5, Condition("when", "loss > 5 and cer < 1"))
    assert conditions.found(both, Hit(5, 40, "", "")) == "loss > 5 and cer < 1 at step 40"
    marked = [h for h in happenings(frame, {}) if h.is_hit]
    assert [(h.step, h.text) for h in marked] == [
        (4_000, "recurrent.py:223"), (4_812, "text of #0003 changed"),
    ]  # fmt: skip
    assert conditions.title(CODE.condition) == "recurrent.py:223 where t > 2"
    assert conditions.found(CODE, THERE) == "recurrent.py:223 at step 4,000: t = 3"


def test_a_curve_that_is_being_filled_is_mirrored_anew(frame: Frame) -> None:
    assert frame.watching is not None
    curves, row = WatchCurves(), frame.watching.watches[0]
    curves.take(frame)
    assert np.isnan(curves.lines[0].curve.values[:2_500]).all()
    row.series.fill(np.arange(2_500), np.zeros(2_500))
    done = replace(frame.watching, watches=(replace(row, filling=None),))
    curves.take(replace(frame, watching=done))
    assert not np.isnan(curves.lines[0].curve.values).any()


def test_time_draws_every_watch_that_is_to_be_drawn_in_its_own_colour(frame: Frame) -> None:
    """With a lane of their own where there is room, else over the loss; names without room are
    counted."""
    assert frame.watching is not None
    one = frame.watching.watches[0]
    rows = tuple(
        replace(one, watch=Watch(n, f"norm(conv1_w) / {n}", is_drawn=n != 5), filling=None)
        for n in range(4, 9)
    )
    curves, look = WatchCurves(), Look()
    curves.take(replace(frame, watching=replace(frame.watching, watches=rows)))
    assert [line.row.watch.number for line in curves.lines] == [4, 6, 7, 8]
    for height, has_own in ((230, True), (88, False)):
        lanes = lay_out(1_200, height, look, curves.n)
        assert lanes.has_own == has_own
        assert lanes.loss.height() >= 40
        assert lanes.bottom <= lanes.ruler.top()
    legend = curves.legend(1_000, 4_000, look)
    assert [part.name[-1] for part in legend] == ["4", "6", "7", "8"]
    assert len({part.color.name() for part in legend if part.color is not None}) == 4
    legend = curves.legend(400, 4_000, look)
    assert legend[-1].name == f"+{5 - len(legend)} more"
    assert sum(part.name_width + part.value_width for part in legend) <= 400
    assert "norm(conv1_w) / 7 1.6002" in curves.said(4_000)


@pytest.fixture(name="parent")
def _parent(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def _dialog(parent: QWidget, frame: Frame, point: Point | None = None) -> PointDialog:
    return PointDialog(parent, Look(), frame, point)


def _type(dialog: PointDialog, **texts: str) -> None:
    for name, text in texts.items():
        field = dialog.fields[name]
        assert isinstance(field, QLineEdit)
        field.setText(text)


def test_only_a_condition_that_is_right_can_be_set(parent: QWidget, frame: Frame) -> None:
    dialog = _dialog(parent, frame)
    given: list[object] = []
    dialog.chosen.connect(given.append)
    dialog.choose("expression")
    for wrong, said in (
        ("loss", "compare it"), ("los > 1", "did you mean loss"), ("loss.x > 1", "not allowed"),
        ("conv1_w > 1", "values, not one"), ("softmax[99, 0] > 1", "out of bounds"),
    ):  # fmt: skip
        _type(dialog, expression=wrong)
        assert not dialog.ok.isEnabled()
        assert said in dialog.problem.text()
    dialog.accept()
    assert given == []
    _type(dialog, expression="max(softmax[2]) > 0.5")
    dialog.ignore.setValue(2)
    dialog.accept()
    assert given == [AddPoint(Condition("when", "max(softmax[2]) > 0.5", 3), ignore=2)]


@pytest.mark.parametrize(
    ("form", "texts", "expected"),
    [
        ("step", {"step": "1,200"}, Condition("when", "step == 1200")),
        ("number", {"value": "−2"}, Condition("when", "loss > -2")),
        (
            "statistic",
            {"tensor": "conv1_w[0:2]", "value": "1"},
            Condition("when", "norm(conv1_w[0:2]) > 1"),
        ),
        (
            "ratio",
            {"value": "0.1"},
            Condition("when", "norm(update_conv1_w) / norm(conv1_w) > 0.1"),
        ),
        ("dead", {"value": "0.5"}, Condition("when", "dead_conv1 > 0.5")),
        ("changes", {"tensor": "conv1_b"}, Condition("changes", "conv1_b")),
        ("sign", {"tensor": "gamma[1, 2]"}, Condition("sign", "gamma[1, 2]", 3)),
        ("text", {"sample": "#7"}, Condition("text", sample=7)),
        ("in_batch", {"sample": "5"}, Condition("in_batch", sample=5)),
        ("non_finite", {}, Condition("non_finite")),
    ],
)
def test_a_form_writes_its_condition(
    parent: QWidget, frame: Frame, form: str, texts: dict[str, str], expected: Condition
) -> None:
    dialog = _dialog(parent, frame)
    given: list[AddPoint] = []
    dialog.chosen.connect(given.append)
    dialog.choose(form)
    _type(dialog, **texts)
    shown = [name for name in dialog.fields if dialog.fields[name].isVisibleTo(dialog)]
    assert sorted(shown) == sorted(FORMS[form].fields)
    dialog.accept()
    assert [command.condition for command in given] == [expected]


def test_each_form_proposes_what_can_be_set_until_something_is_written(
    parent: QWidget, frame: Frame
) -> None:
    """The selected number, or what such a condition is mostly asked for; never what is refused."""
    dialog = _dialog(parent, frame)
    for form in FORMS:
        dialog.choose(form)
        assert dialog.ok.isEnabled(), form
    dialog.choose("dead")
    assert dialog.condition().text == "dead_conv1 > 0.25"
    value = dialog.fields["value"]
    assert isinstance(value, QLineEdit)
    value.selectAll()
    QTest.keyClicks(value, "0.5")
    dialog.choose("ratio")
    assert dialog.condition().text.endswith("> 0.5")
    chosen = PointDialog(parent, Look(), frame, None, "softmax[4, 2]")
    chosen.choose("sign")
    assert chosen.condition() == Condition("sign", "softmax[4, 2]", 3)


def test_a_point_is_edited_with_its_own_words(parent: QWidget, frame: Frame) -> None:
    dialog = _dialog(parent, frame, replace(LOSS, ignore=4))
    given: list[object] = []
    dialog.chosen.connect(given.append)
    _type(dialog, expression="loss > 6")
    dialog.accept()
    assert given == [EditPoint(Point(2, Condition("when", "loss > 6"), is_on=False, ignore=4))]


def test_a_watch_is_a_number(parent: QWidget, frame: Frame) -> None:
    dialog = WatchDialog(parent, Look(), frame, "loss > 1")
    given: list[object] = []
    dialog.chosen.connect(given.append)
    assert not dialog.ok.isEnabled()
    dialog.field.setText("norm(dlinear_w)")
    dialog.accept()
    assert given == [AddWatch("norm(dlinear_w)")]


def test_inspect_asks_about_the_number_on_screen(qtbot: QtBot, frame: Frame) -> None:
    view = InspectView(Look())
    qtbot.addWidget(view)
    view.show_frame(frame)
    assert view.menu() is None
    view.show_selection(Selection(sample=3).pick(Cell("softmax", 4, 2)))
    seen: list[object] = []
    view.commanded.connect(seen.append)
    menu = view.menu()
    assert menu is not None
    for action in menu.actions():
        action.trigger()
    assert seen == [
        AddPoint(Condition("changes", "softmax[4, 2]", 3)),
        AddPoint(Condition("sign", "softmax[4, 2]", 3)),
        LastChange("softmax[4, 2]", 3),
        AddWatch("softmax[4, 2]", 3),
    ]
    seen.clear()
    view.asks.choose("history")
    view.asks.choose("break")
    assert seen[0] == LastChange("softmax[4, 2]", 3)
    assert isinstance(seen[1], AddPoint)
    assert seen[1].condition.text in ("softmax[4, 2] > 0.5", "softmax[4, 2] < 0.5")


def test_f9_toggles_a_point_on_what_is_selected(make_rig: Callable[..., Rig], frame: Frame) -> None:
    rig = make_rig(3, 5)
    rig.engine.frame = replace(rig.engine.frame, watching=frame.watching)
    rig.trigger("step")
    rig.wait_step(4)
    rig.bridge.select(Selection(sample=3))
    rig.trigger("toggle_point")
    rig.wait_for(RemovePoint)
    rig.bridge.select(Selection(sample=5))
    rig.trigger("toggle_point")
    rig.wait_for(AddPoint)
    sent = [c for c in rig.engine.seen if isinstance(c, AddPoint)]
    assert sent == [AddPoint(Condition("text", sample=5))]


def test_a_hit_and_a_last_change_are_said_in_the_status_bar(rig: Rig) -> None:
    rig.bridge.point_hit.emit(PointHit(TEXT, HERE))
    assert rig.window.status.message == "text of #0003 changed at step 4,812: 대구 → 대국"
    rig.bridge.changed.emit(Changed("conv1_b[0]", 7, "0", "1"))
    assert rig.window.status.message == "conv1_b[0] last changed at step 7: 0 → 1"
    rig.bridge.changed.emit(Changed("conv1_b[0]", -1, "", ""))
    assert "has not changed" in rig.window.status.message


def test_the_panel_paints_in_both_widths_and_empty(qtbot: QtBot, view: BreakpointsView) -> None:
    for width in (240, 384):
        view.resize(width, 300)
        assert not view.grab().isNull()
    view.show_frame(fake_frame())
    assert view.rows.rowCount() == 0
    assert not view.grab().isNull()
