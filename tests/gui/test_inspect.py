"""INSPECT: every figure comes from the trace and adds up; files named as makers exist."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

import crnn
from crnn.config import Config
from crnn.debug.observe import observe
from crnn.debug.trace import Trace
from crnn.geometry import cell_field, field
from crnn.train import initial_state
from gui.inspection import facts, inspect
from gui.look import Look
from gui.selection import Cell, Selection
from gui.views.inspect import InspectView
from tests.gui.panels import frame_of, lesson
from tests.support import striped_set, tiny_word

CELLS = (
    Cell("softmax", 4, 3),
    Cell("alpha", 4, 2),
    Cell("beta", 4, 2),
    Cell("gamma", 4, 2),
    Cell("grad", 4, 2),
    Cell("image", 4, 5, x=17),
    Cell("conv1", 4, 2, x=8, y=3),
    Cell("conv2.relu", 4, 2, x=8, y=3),
    Cell("conv2.conv", 4, 2, x=8, y=3),
    Cell("rnn1.fwd.h", 4, 5),
    Cell("rnn1.bwd.c", 4, 5),
    Cell("rnn1.fwd.i", 4, 5),
)


def test_a_softmax_cell_says_value_rank_wish_and_gradient() -> None:
    config, trace = lesson()
    k = int(trace.prob_TK[4].argmax())
    found = inspect(trace, config, Cell("softmax", 4, k))
    assert found is not None
    assert found.value == trace.prob_TK[4, k]
    assert found.rank == (1, config.n_classes)
    rows = dict(found.rows)
    wanted = float(rows["wanted"].replace("−", "-"))
    gradient = float(rows["gradient"].replace("−", "-"))
    assert found.value - wanted == pytest.approx(gradient, abs=2e-4)
    assert found.formula.startswith("= e^{")


def test_the_parts_of_gamma_give_gamma() -> None:
    config, trace = lesson_of_an_engine()
    assert trace.ctc is not None
    t = 2
    s = int(trace.ctc.gamma_TS[t].argmax())
    rows = {
        name: value.replace("−", "-") for name, value in facts(trace, config, Cell("gamma", t, s))
    }
    total = float(rows["log α"]) + float(rows["log β"]) + float(rows["−log P"])
    assert np.exp(total) == pytest.approx(trace.ctc.gamma_TS[t, s], rel=1e-3)


def test_the_ways_into_a_cell_and_its_emission_give_alpha() -> None:
    config, trace = lesson_of_an_engine()
    assert trace.ctc is not None
    for t, s in ((2, 1), (2, 2), (2, 3)):
        rows = {n: v.replace("−", "-") for n, v in facts(trace, config, Cell("alpha", t, s))}
        ways = [
            float(rows[n]) for n in ("stay", "step", "skip") if n in rows and "∞" not in rows[n]
        ]
        total = np.logaddexp.reduce(ways) + float(rows["log p"])
        assert total == pytest.approx(trace.ctc.log_alpha_TS[t, s], abs=3e-4)


def lesson_of_an_engine() -> tuple[Config, Trace]:
    """A real trace, of a tiny net that has not learned yet."""
    config = tiny_word()
    data = striped_set(config)
    return config, observe(config, data, initial_state(config), 3)


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.tensor)
def test_every_kind_of_cell_names_files_that_exist(cell: Cell) -> None:
    config, trace = lesson()
    found = inspect(trace, config, cell)
    assert found is not None
    folder = Path(crnn.__file__).parent
    for file in dict(found.rows)["made by"].split(" ← "):
        assert (folder / file).is_file(), file


def test_a_feature_cell_names_the_pixels_it_sees() -> None:
    config, trace = lesson()
    x0, x1, y0, y1 = cell_field(config, 1, 3, 8, trace.image_HW.shape[1])
    rows = dict(facts(trace, config, Cell("conv1", 4, 2, x=8, y=3)))
    assert rows["field"] == f"x {x0}…{x1 - 1}, y {y0}…{y1 - 1}"
    # Before its own pool a column of block 1 sees itself and one pixel on each side.
    assert dict(facts(trace, config, Cell("conv1.relu", 4, 2, x=8, y=3)))["field"] == "x 7…9, y 2…4"


def test_a_state_knows_the_past_in_one_direction_and_the_future_in_the_other() -> None:
    config, trace = lesson()
    width = trace.image_HW.shape[1]
    x0, x1 = field(config, len(config.convs), 4, width)
    assert dict(facts(trace, config, Cell("rnn1.fwd.h", 4, 5)))["field"] == f"x 0…{x1 - 1}"
    assert dict(facts(trace, config, Cell("rnn1.bwd.h", 4, 5)))["field"] == f"x {x0}…{width - 1}"


def test_a_cell_this_trace_has_not_got_is_nothing() -> None:
    config, trace = lesson()
    for cell in (
        Cell("softmax", trace.n_frames, 1),
        Cell("softmax", 1, config.n_classes),
        Cell("gamma", 1, 999),
        Cell("conv9", 1, 0, x=0, y=0),
        Cell("rnn7.fwd.h", 1, 0),
        Cell("rnn1.fwd.z", 1, 0),
        Cell("image", 1, 0, x=10_000),
    ):
        assert inspect(trace, config, cell) is None
        assert facts(trace, config, cell) == ()


def _view(qtbot: QtBot, cell: Cell | None) -> InspectView:
    config, trace = lesson()
    view = InspectView(Look())
    qtbot.addWidget(view)
    view.resize(288, 340)
    view.show()
    view.show_frame(frame_of(trace, config))
    view.show_selection(Selection(t=4).pick(cell) if cell else Selection(t=4))
    view.grab()
    return view


def test_a_click_on_the_value_copies_all_its_digits(qtbot: QtBot) -> None:
    view = _view(qtbot, CELLS[0])
    found = view.inspected()
    assert found is not None
    QTest.mouseClick(view.body, Qt.MouseButton.LeftButton, pos=QPoint(30, 48))
    assert float(QGuiApplication.clipboard().text()) == found.value


@pytest.mark.parametrize("cell", [*CELLS, None], ids=lambda cell: cell.tensor if cell else "none")
def test_every_kind_of_cell_paints_in_the_narrowest_panel(qtbot: QtBot, cell: Cell | None) -> None:
    view = _view(qtbot, cell)
    assert (view.inspected() is None) == (cell is None)


def test_the_value_follows_the_frame(qtbot: QtBot) -> None:
    config = lesson()[0]
    view = _view(qtbot, CELLS[0])
    before = view.inspected()
    view.show_frame(frame_of(lesson(n_frames=24)[1], config))
    after = view.inspected()
    assert before is not None
    assert after is not None
    assert before.value != after.value
