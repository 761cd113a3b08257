"""Regions: with Shift a part of a picture is selected, and named as an expression names it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from crnn.debug.expression import parse
from crnn.debug.moment import sample_arrays
from gui.conditions import condition_on, region_of
from gui.panel import AxisPanel
from gui.selection import Cell, Selection
from gui.views.ctc import CtcPanel
from gui.views.softmax import SoftmaxPanel
from tests.gui.panels import frame_of, lesson, show

REGIONS = [
    (Cell("image", 2, 9, x=11), Cell("image", 1, 4, x=5), "image[4:10, 5:12]"),
    (Cell("conv1", 2, 3, x=5, y=1), Cell("conv1", 3, 6, x=9, y=4), "conv1[3, 1:5, 5:10]"),
    (Cell("rnn1.fwd.h", 6, 2), Cell("rnn1.fwd.h", 3, 9), "rnn1_fwd_h[3:7, 2]"),
    (Cell("softmax", 3, 5), Cell("softmax", 8, 7), "softmax[3:9, 5]"),
    (Cell("gamma", 3, 5), Cell("gamma", 8, 2), "gamma[3:9, 2:6]"),
    (Cell("alpha", 3, 5), Cell("alpha", 8, 5), "alpha[3:9, 5]"),
]


@pytest.mark.parametrize(("start", "end", "text"), REGIONS, ids=[r[2] for r in REGIONS])
def test_a_region_is_a_subscript_of_its_tensor(start: Cell, end: Cell, text: str) -> None:
    _, trace = lesson()
    selection = Selection(sample=0).pick(start).extend(end)
    assert region_of(selection, trace) == text
    arrays = sample_arrays(trace)
    shapes = {name: array.shape for name, array in arrays.items()}
    made = parse(f"mean({text})", shapes, "number").value(arrays.__getitem__)
    assert np.isfinite(made)
    condition = condition_on(selection, None, trace)
    assert condition is not None
    assert (condition.kind, condition.text) == ("changes", text)


def test_a_region_ends_where_anything_else_is_chosen() -> None:
    start, end = Cell("softmax", 3, 5), Cell("softmax", 8, 5)
    region = Selection(sample=0).pick(start).extend(end)
    assert region.corner == end
    assert region.extend(start).corner is None
    others = (region.pick(end), region.at(4), region.on(2), region.pick_local("hidden[1]"))
    assert all(other.corner is None for other in others)
    assert region.extend(Cell("gamma", 2, 2)) == region.pick(Cell("gamma", 2, 2))


@pytest.mark.parametrize("kind", [SoftmaxPanel, CtcPanel])
def test_mouse_and_arrows_with_shift_grow_a_region(qtbot: QtBot, kind: type[AxisPanel]) -> None:
    config, trace = lesson()
    panel = show(qtbot, kind, frame_of(trace, config), Selection(sample=0, t=4), height=196)
    panel.selected.connect(panel.show_selection)
    shift, left = Qt.KeyboardModifier.ShiftModifier, Qt.MouseButton.LeftButton
    here = QPoint(panel.axis.x(4) + 3, 100)
    QTest.mouseClick(panel.body, left, pos=here)
    cell = panel.selection.cell
    assert cell is not None
    assert panel.selection.corner is None
    QTest.mouseClick(panel.body, left, shift, here + QPoint(3 * panel.axis.pitch, 0))
    assert panel.selection.cell == cell, "where it began stays"
    assert panel.selection.corner is not None
    assert panel.selection.corner.t == cell.t + 3
    QTest.keyClick(panel.body, Qt.Key.Key_Right, shift)
    assert panel.selection.corner.t == cell.t + 4
    QTest.keyClick(panel.body, Qt.Key.Key_Right)
    assert panel.selection.corner is None
