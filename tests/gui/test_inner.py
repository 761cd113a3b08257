"""Inside a step on the screen: phases, timesteps and lines, from frames of the real engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from crnn.debug.cursor import Level
from crnn.debug.level_messages import (
    ChangeLevel,
    ChooseForm,
    GoToLine,
    GoToPhase,
    Move,
)
from crnn.debug.messages import Frame, Watch
from crnn.debug.phases import Way
from crnn.debug.point_messages import AddPoint, EditPoint, RemovePoint
from crnn.debug.points import Condition, Point, PointRow
from gui.axis import TimeAxis
from gui.dialogs.line import LineDialog
from gui.dialogs.point import WatchDialog
from gui.look import Look
from gui.phase_strip import PhaseStrip
from gui.selection import Cell, Selection
from gui.views.breakpoints import BreakpointsView
from gui.views.ctc import CtcPanel
from gui.views.features import FeaturesPanel
from gui.views.inspect import InspectView
from gui.views.rnn import RnnPanel
from gui.views.source import SourceView
from tests.driving import NEW, Driver


@pytest.fixture
def driver() -> Iterator[Driver]:
    """A tiny run that stands at step 0, looking at a sample of its batch."""
    with Driver() as engine:
        frame = engine.do(NEW)
        engine.inbox.put(Watch(frame.batch_ids[0]))
        yield engine


def _at(driver: Driver, name: str, way: Way, level: Level) -> Frame:
    frame = driver.do(ChangeLevel("phase"))
    assert frame.inner is not None
    phases = [(phase.name, phase.way) for phase in frame.inner.phases]
    return driver.do(GoToPhase(phases.index((name, way))), ChangeLevel(level))


def _source(qtbot: QtBot, frame: Frame) -> tuple[SourceView, list[Any]]:
    view = SourceView(Look())
    sent: list[Any] = []
    qtbot.addWidget(view)
    view.commanded.connect(sent.append)
    view.resize(384, 420)
    view.show()
    view.show_frame(frame)
    return view, sent


def test_the_source_view_marks_the_line_and_its_hands_only_ask(
    qtbot: QtBot, driver: Driver
) -> None:
    _at(driver, "rnn1", "forward", "line")
    frame = driver.do(ChooseForm("readable"), GoToLine(60))
    view, sent = _source(qtbot, frame)
    lines = view.lines
    assert lines is not None
    assert view.forms.checked == {"readable"}
    assert view.code.line_at(0) < lines.line < view.code.line_at(view.code.height() - 1)
    y = next(y for y in range(view.code.height()) if view.code.line_at(y) == lines.line)
    QTest.mouseClick(view.code, Qt.MouseButton.LeftButton, pos=QPoint(6, y + 4))
    where = Condition("line", file="ops/recurrent.py", line=lines.line)
    assert sent == [AddPoint(where)]
    QTest.keyClick(view.iteration, Qt.Key.Key_Right)
    assert sent[-1] == GoToLine(lines.executions[view.iteration.place + 1])
    view.forms.choose("trained")
    assert sent[-1] == ChooseForm("trained")


def _with_point(driver: Driver) -> Point:
    """A breakpoint with a condition on the line on screen."""
    lines = driver.do(GoToLine(60)).inner.lines  # type: ignore[union-attr]
    assert lines is not None
    driver.inbox.put(AddPoint(Condition("line", "1 > 0", file=lines.file, line=lines.line)))
    driver.do(GoToLine(60))
    return driver.shown.watching.points[-1].point  # type: ignore[union-attr]


def test_a_point_with_a_condition_is_switched_off_first_then_removed(
    qtbot: QtBot, driver: Driver
) -> None:
    _at(driver, "rnn1", "forward", "line")
    point = _with_point(driver)
    view, sent = _source(qtbot, driver.shown)
    view.code.toggled.emit(point.condition.line)
    off = replace(point, is_on=False)
    assert sent == [EditPoint(off)]
    driver.inbox.put(EditPoint(off))
    view.show_frame(driver.do(GoToLine(60)))
    view.code.toggled.emit(point.condition.line)
    assert sent[-1] == RemovePoint(point.number)


def test_the_code_offers_what_can_be_done_with_its_line(qtbot: QtBot, driver: Driver) -> None:
    _at(driver, "rnn1", "forward", "line")
    point = _with_point(driver)
    line = point.condition.line
    view, sent = _source(qtbot, driver.shown)
    asked: list[object] = []
    view.wanted.connect(asked.append)
    for action in view.menu(line).actions():
        action.trigger()
    assert asked == [point]
    assert sent == [
        EditPoint(replace(point, is_on=False)),
        EditPoint(replace(point, logs_only=True)),
        RemovePoint(point.number),
    ]
    free = next(n for n in range(line + 1, line + 9) if view.code.head(n) == n)
    for action in view.menu(free).actions():
        action.trigger()
    assert sent[-1] == AddPoint(Condition("line", file=point.condition.file, line=free))
    assert isinstance(asked[-1], Point)
    assert (asked[-1].number, asked[-1].condition.line) == (0, free)
    view.code.setFocus()
    sent.clear()
    QTest.keyClick(view.code, Qt.Key.Key_Space)
    view.toggle_here(is_caret=False)
    assert sent == [EditPoint(replace(point, is_on=False))] * 2
    head = next(n for n, text in enumerate(view.lines.text, 1) if text.startswith("def "))  # type: ignore[union-attr]
    assert view.code.head(head) == 0, "a head of a function is no statement of it"


def test_the_dialog_of_a_line_lets_only_a_condition_over_its_names_be_set(
    qtbot: QtBot, driver: Driver
) -> None:
    _at(driver, "rnn1", "forward", "line")
    point = _with_point(driver)
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = LineDialog(parent, Look(), point)
    given: list[object] = []
    dialog.chosen.connect(given.append)
    for wrong, said in (("np > 1", "no such name"), ("max(n).x", "not allowed"), ("1 >", "syntax")):
        dialog.field.setText(wrong)
        assert not dialog.ok.isEnabled()
        assert said in dialog.problem.text()
    dialog.accept()
    assert given == []
    dialog.field.setText("")
    dialog.ignore.setValue(2)
    dialog.logs_only.setChecked(True)
    dialog.accept()
    assert given == [
        EditPoint(Point(point.number, replace(point.condition, text=""), True, True, 2))
    ]


def test_a_strip_says_the_very_number_under_the_pointer(qtbot: QtBot, driver: Driver) -> None:
    frame = _at(driver, "linear", "forward", "line")
    frame = driver.do(GoToLine(4))
    view, _ = _source(qtbot, frame)
    strip = next(s for s in view.strips.strips() if s.local.name == "return[0]")
    assert frame.trace is not None
    place = frame.batch_ids[: (len(frame.batch_ids) + 1) // 2].index(frame.trace.sample)
    checked = 0
    for y in range(strip.strip.top(), strip.strip.bottom()):
        found = view.strips.under(QPoint(strip.strip.left() + 1, y))
        assert found is not None
        name, value = view.strips.described(found[1]).split(" = ")
        n, t, k = (int(i) for i in name.removeprefix("return[0][").rstrip("]").split(", "))
        if n == place and t < frame.trace.n_frames:
            expected = frame.trace.logits_TK[t, k]
            assert np.isclose(float(value.replace("−", "-")), expected, rtol=1e-5)
            checked += 1
    assert checked


def test_a_number_of_a_line_is_picked_followed_and_told_from_memory_not_written_yet(
    qtbot: QtBot, driver: Driver
) -> None:
    """Line by line through a recursion: what is picked stays picked, and is hatched until the line
    that writes it is done."""
    _at(driver, "rnn1", "forward", "line")
    frame = driver.do(ChooseForm("readable"))
    view, _ = _source(qtbot, frame)
    view.selected.connect(view.show_selection)
    n = 0
    seen: list[bool] = []
    assert view.lines is not None
    while n < 60:
        frame, n = driver.do(Move(1)), n + 1
        view.show_frame(frame)
        strip = next((s for s in view.strips.strips() if s.local.name == "hidden"), None)
        if strip is None:
            continue
        if not seen:
            QTest.mouseClick(
                view.strips, Qt.MouseButton.LeftButton, pos=strip.strip.topLeft() + QPoint(1, 1)
            )
            assert view.selection.local.startswith("hidden[0, ")
        assert strip.local.picture_RC is not None
        assert strip.local.unwritten_RC is not None
        cell = (0, 0)
        index = ", ".join(map(str, strip.local.index(*cell)))
        assert strip.local.cell(strip.local.index(*cell)) == cell
        is_there = not strip.local.unwritten_RC[cell]
        seen.append(is_there)
        value = f"{strip.local.picture_RC[cell]:.7g}".replace("-", "−")
        told = value if is_there else "not written yet"
        assert view.strips.described() == f"hidden[{index}] = {told}"
    assert sorted(set(seen)) == [False, True], "it was written on the way"
    assert seen == sorted(seen)


def test_the_keys_move_the_number_that_is_picked_or_scroll(qtbot: QtBot, driver: Driver) -> None:
    _at(driver, "rnn1", "forward", "line")
    view, _ = _source(qtbot, driver.do(GoToLine(40)))
    view.selected.connect(view.show_selection)
    strip = next(s for s in view.strips.strips() if s.local.picture_RC is not None)
    QTest.mouseClick(
        view.strips, Qt.MouseButton.LeftButton, pos=strip.strip.topLeft() + QPoint(1, 1)
    )
    before, plain = view.selection.local, view.strips.grab().toImage()
    assert before
    view.strips.show_selected("")
    assert view.strips.grab().toImage() != plain, "the selected number has a frame"
    view.strips.show_selected(before)
    QTest.keyClick(view.strips, Qt.Key.Key_Right)
    assert view.selection.local != before
    QTest.keyClick(view.strips, Qt.Key.Key_Left)
    assert view.selection.local == before
    top = view.strips.strips()[0].row.top()
    view.strips.show_selected("")
    QTest.keyClick(view.strips, Qt.Key.Key_PageDown)
    assert view.strips.strips()[0].row.top() < top


def test_without_a_line_the_view_says_how_to_get_one(qtbot: QtBot, driver: Driver) -> None:
    view, _ = _source(qtbot, driver.do(ChangeLevel("phase")))
    assert view.code.message == "F11 steps into the code."
    assert not view.forms.isVisible()


def test_the_phase_strip_names_every_phase_in_order_and_a_click_goes_there(
    qtbot: QtBot, driver: Driver
) -> None:
    strip = PhaseStrip(Look())
    sent: list[Any] = []
    qtbot.addWidget(strip)
    strip.commanded.connect(sent.append)
    strip.resize(796, strip.height())
    strip.show_inner(driver.do(ChangeLevel("phase")).inner)
    strip.show()
    cells = strip.cells()
    assert strip.inner is not None
    assert len(cells) == len(strip.inner.phases)
    assert all(a.right() < b.left() for a, b in pairwise(cells))
    assert cells[-1].right() < strip.width()
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=cells[4].center())
    assert sent == [GoToPhase(4)]
    strip.show_inner(driver.do(ChangeLevel("step")).inner)
    assert not strip.isVisible()


def test_what_is_not_computed_yet_is_hatched_and_gets_less(qtbot: QtBot, driver: Driver) -> None:
    axis = TimeAxis()
    frame = _at(driver, "rnn1", "forward", "timestep")
    assert frame.trace is not None
    n = frame.trace.n_frames
    axis.fit(width=900, n_frames=n, n_reference=n, pitch_max=16)
    panel, ctc = RnnPanel(Look(), axis), CtcPanel(Look(), axis)
    for widget in (panel, ctc):
        qtbot.addWidget(widget)
        widget.resize(900, 120)
    widths = []
    for _ in range(n):
        panel.show_frame(driver.shown)
        widths.append(sum(rect.width() for rect in panel.pending()))
        driver.do(Move(1))
    assert widths == [2 * 16 * (n - 1 - k) for k in range(n)]
    ctc.show_frame(_at(driver, "ctc", "loss", "timestep"))
    assert ctc.shown == "alpha"
    ctc.show_frame(_at(driver, "ctc", "loss", "phase"))
    assert ctc.pending() == []


def test_on_the_way_back_the_maps_are_the_gradients_that_have_arrived(
    qtbot: QtBot, driver: Driver
) -> None:
    axis = TimeAxis()
    panel = FeaturesPanel(Look(), axis)
    qtbot.addWidget(panel)
    panel.resize(900, 120)
    frame = _at(driver, "linear", "backward", "phase")
    assert frame.trace is not None
    axis.fit(width=900, n_frames=frame.trace.n_frames, n_reference=8, pitch_max=16)
    panel.show_frame(frame)
    assert panel.pending(), "no gradient has come as far as the convolutions"
    frame = driver.do(Move(1))
    panel.show_frame(frame)
    assert panel.pending() == []
    assert frame.inner is not None
    assert frame.trace is not None
    shown = panel._maps(frame.trace.blocks[0])
    np.testing.assert_array_equal(shown, frame.inner.gradients["conv1.pool"])


def test_a_number_that_is_not_computed_yet_is_not_inspected(qtbot: QtBot, driver: Driver) -> None:
    view = InspectView(Look())
    qtbot.addWidget(view)
    frame = _at(driver, "rnn1", "forward", "timestep")
    assert frame.trace is not None
    view.show_frame(driver.do(Move(1)))
    cells = {
        Cell("conv1", 0, 0, x=0, y=0): True,
        Cell("rnn1.fwd.h", 1, 0): True,
        Cell("rnn1.fwd.h", 2, 0): False,
        Cell("rnn1.bwd.h", frame.trace.n_frames - 1, 0): True,
        Cell("softmax", 0, 1): False,
        Cell("gamma", 0, 1): False,
    }
    for cell, is_there in cells.items():
        view.show_selection(Selection(sample=frame.trace.sample).pick(cell))
        assert (view.inspected() is not None) == is_there, cell
    view.show_frame(driver.do(ChangeLevel("step")))
    assert view.inspected() is not None


def test_words_that_come_push_no_field_into_another(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    where = Condition("line", file="optim.py", line=39, code="scale = limit / (norm + CLIP_EPS)")
    dialog = LineDialog(parent, Look(), Point(0, where))
    dialog.show()
    before = dialog.height()
    dialog.field.setText("norm ** 2 > 1 and " * 4)
    assert dialog.problem.isVisible()
    assert dialog.height() > before
    rows = [dialog.field, dialog.ignore, dialog.logs_only, dialog.problem]
    edges = [row.geometry() for row in rows]
    assert all(a.bottom() < b.top() for a, b in pairwise(edges))
    dialog.close()


def test_the_key_down_lists_the_names(qtbot: QtBot, driver: Driver) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = WatchDialog(parent, Look(), driver.shown, "")
    dialog.show()
    dialog.field.setFocus()
    QTest.keyClick(dialog.field, Qt.Key.Key_Down)
    popup = dialog.field.completer_popup()
    assert popup.isVisible()
    popup.hide()
    dialog.close()


def test_what_a_line_costs_is_told_where_runs_pay_for_it(qtbot: QtBot, driver: Driver) -> None:
    view = BreakpointsView(Look())
    qtbot.addWidget(view)
    frame = _at(driver, "rnn1", "forward", "line")
    assert frame.watching is not None
    row = PointRow(Point(1, Condition("line", file="optim.py", line=39)), 0, None, None, 7.5, "")
    here = replace(frame, watching=replace(frame.watching, points=(row,)))
    view.show_frame(here)
    assert [fact.text for fact in view.header._facts] == ["7.500 ms a step"]
    view.show_frame(replace(here, inner=None))
    assert view.header._facts == ()
