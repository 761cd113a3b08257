"""MODEL: every op a row, trouble with a sentence, and a click that selects the layer."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.look import Look
from gui.palette import DARK, LIGHT
from gui.selection import Selection
from gui.views.model import ModelView
from tests.gui.runs import HEALTH, fake_frame


def _view(qtbot: QtBot, width: int = 248) -> ModelView:
    view = ModelView(Look())
    qtbot.addWidget(view)
    view.resize(width, 320)
    view.show()
    view.show_frame(fake_frame())
    return view


def test_a_click_on_a_row_selects_the_layer_of_that_op(qtbot: QtBot) -> None:
    view = _view(qtbot)
    with qtbot.waitSignal(view.selected) as seen:
        QTest.mouseClick(
            view.body, Qt.MouseButton.LeftButton, pos=view.body.row_rect(2).center()
        )  # fmt: skip
    assert seen.args[0].unit == ("conv3", 0)


def test_a_click_beside_the_rows_selects_nothing(qtbot: QtBot) -> None:
    view = _view(qtbot)
    with qtbot.assertNotEmitted(view.selected):
        QTest.mouseClick(view.body, Qt.MouseButton.LeftButton, pos=QPoint(20, 5))


def test_arrow_keys_walk_the_rows_and_stop_at_the_ends(qtbot: QtBot) -> None:
    view = _view(qtbot)
    view.selected.connect(view.show_selection)
    units = []
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Up):
        QTest.keyClick(view.body, key)
        units.append(view.selection.unit)
    assert units == [("conv1", 0), ("conv2", 0), ("conv1", 0), ("conv1", 0)]


def test_a_unit_inside_a_layer_marks_the_row_of_its_layer(qtbot: QtBot) -> None:
    view = _view(qtbot)
    view.show_selection(Selection(unit=("rnn1.fwd.h", 7)))
    assert [op.name for op in HEALTH if view.is_selected(op)] == ["rnn1"]


def test_what_is_not_well_is_said_in_the_tooltip_of_its_row(qtbot: QtBot) -> None:
    view = _view(qtbot)
    assert "31 % of channels never fire" in view.tip(1)
    assert "never fire" not in view.tip(0)


def test_notes_have_room_below_the_rows_also_in_a_narrow_panel(qtbot: QtBot) -> None:
    wide, narrow = _view(qtbot, 248), _view(qtbot, 120)
    assert narrow.body.minimumHeight() >= narrow.body.row_rect(len(HEALTH)).top()
    assert narrow.body.sizeHint().height() > wide.body.sizeHint().height()


def test_both_themes_and_the_empty_panel_paint(qtbot: QtBot) -> None:
    view = _view(qtbot)
    look = view.look
    pictures = []
    for theme in (DARK, LIGHT):
        look.set_theme(theme)
        pictures.append(view.grab().toImage())
    assert pictures[0] != pictures[1]
    empty = ModelView(look)
    qtbot.addWidget(empty)
    assert "Choose a preset" in empty.empty_text()
    assert not empty.grab().isNull()
