"""Spread: the row a picked number stands in, and the range it is drawn in."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from crnn.config import preset
from gui.look import Look
from gui.selection import Cell
from gui.spread import draw_histogram, draw_row, spread
from tests.gui.fakes import fake_trace

CELLS = (
    Cell("softmax", 3, 5),
    Cell("gamma", 3, 2),
    Cell("alpha", 3, 2),
    Cell("grad", 3, 2),
    Cell("image", 2, 9, x=8),
    Cell("conv1", 2, 4, x=3, y=1),
    Cell("rnn1.fwd.h", 3, 7),
    Cell("rnn1.bwd.f", 3, 7),
)


def test_a_softmax_cell_stands_in_its_class_over_time_on_the_log_scale() -> None:
    trace = fake_trace(preset("lesson"))
    shown = spread(trace, Cell("softmax", 3, 5))
    assert shown is not None
    assert shown.along == "t"
    wanted = np.log10(np.maximum(trace.prob_TK[:, 5].astype(np.float64), 1e-4))
    assert np.array_equal(shown.row, wanted)
    assert (shown.low, shown.high, shown.ends) == (-4.0, 0.0, ("1e-4", "1"))
    assert shown.every.size == trace.prob_TK.size


def test_a_hidden_state_keeps_the_range_of_a_hidden_state() -> None:
    trace = fake_trace(preset("lesson"))
    shown = spread(trace, Cell("rnn1.fwd.h", 3, 7))
    assert shown is not None
    assert (shown.low, shown.high) == (-1.0, 1.0)
    assert shown.value == trace.recurrents[0].directions[0].hidden_TU[3, 7]


def test_a_cell_that_is_not_there_has_no_spread() -> None:
    trace = fake_trace(preset("lesson"))
    for cell in (Cell("softmax", 3, 10_000), Cell("softmax", 999, 1), Cell("rnn9.fwd.h", 0, 0)):
        assert spread(trace, cell) is None


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.tensor)
def test_every_kind_of_cell_can_be_drawn(qapp: QApplication, cell: Cell) -> None:
    shown = spread(fake_trace(preset("lesson")), cell)
    assert shown is not None
    assert shown.low < shown.high
    image = QImage(300, 120, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    for draw in (draw_row, draw_histogram):
        draw(painter, Look(), QRect(10, 5, 280, 100), shown)
    painter.end()
