"""RNN: rows are chosen once and stay, gates belong to the cell, places and values agree."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from crnn.config import preset
from crnn.debug.trace import RecurrentTrace, Trace
from gui.held import HeldUnits
from gui.selection import Cell, Selection
from gui.views.rnn import RnnPanel
from tests.gui.fakes import fake_trace
from tests.gui.panels import click, columns_of, frame_of, lesson, pixels, show


def _panel(qtbot: QtBot, *, height: int = 107) -> tuple[RnnPanel, Trace]:
    config, trace = lesson()
    panel = show(qtbot, RnnPanel, frame_of(trace, config), Selection(t=12), height=height)
    return panel, trace


def _units(panel: RnnPanel) -> list[tuple[str, int]]:
    """Tensor and unit of every row from top to bottom, as the pointer finds them."""
    found: list[tuple[str, int]] = []
    for y in range(panel.body.height()):
        cell = panel.cell_at(0, panel.axis.x(0), y)
        if cell is not None and (cell.tensor, cell.row) not in found:
            found.append((cell.tensor, cell.row))
    return found


def _mirrored(trace: Trace) -> Trace:
    """The same layer with its units in the opposite order."""
    layer = trace.recurrents[0]
    ways = tuple(
        replace(
            way,
            hidden_TU=way.hidden_TU[:, ::-1],
            gates={name: gate[:, ::-1] for name, gate in way.gates.items()},
        )
        for way in layer.directions
    )
    return replace(trace, recurrents=(RecurrentTrace(layer.name, ways),))


def test_twelve_units_a_direction_stand_in_the_order_of_their_peaks(qtbot: QtBot) -> None:
    panel, trace = _panel(qtbot)
    rows = _units(panel)
    for number, name in enumerate(("fwd", "bwd")):
        units = [unit for tensor, unit in rows if tensor == f"rnn1.{name}.h"]
        assert len(units) == 12
        hidden_TU = trace.recurrents[0].directions[number].hidden_TU
        peaks = np.abs(hidden_TU).argmax(axis=0)[units]
        assert (np.diff(peaks) >= 0).all()
        spread = hidden_TU.std(axis=0)
        assert sorted(units) == sorted(np.argsort(-spread, kind="stable")[:12].tolist())


def test_a_new_frame_keeps_the_rows_and_a_new_run_does_not(qtbot: QtBot) -> None:
    panel, trace = _panel(qtbot)
    config, _ = lesson()
    rows = _units(panel)
    panel.show_frame(frame_of(_mirrored(trace), config))
    assert _units(panel) == rows
    panel.show_frame(frame_of(_mirrored(trace), config, run_id=2))
    assert _units(panel) != rows


def test_units_that_do_not_vary_fix_no_choice() -> None:
    units = HeldUnits()
    units.hold("rnn1.fwd", np.zeros((8, 4)))
    units.hold("rnn1.fwd", np.full((8, 4), np.nan))
    assert units.rows("rnn1.fwd", 2, 4) == [0, 1]
    hidden_TU = np.zeros((8, 4))
    hidden_TU[6, 1], hidden_TU[2, 3] = 1, -1
    units.hold("rnn1.fwd", hidden_TU)
    assert units.rows("rnn1.fwd", 2, 4) == [3, 1]


def test_a_picked_unit_without_a_row_takes_one_and_the_others_stay(qtbot: QtBot) -> None:
    panel, _ = _panel(qtbot)
    before = _units(panel)
    shown = [unit for tensor, unit in before if tensor == "rnn1.fwd.h"]
    other = next(unit for unit in range(64) if unit not in shown)
    panel.show_selection(Selection(t=12, unit=("rnn1.fwd.h", other)))
    after = _units(panel)
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert [new for _, new in changed] == [("rnn1.fwd.h", other)]
    rect = panel.rect_of(Cell("rnn1.fwd.h", 0, other))
    assert rect is not None
    color = np.uint32(panel.look.color("acc").rgb() & 0xFFFFFF)
    tick = pixels(panel)[rect.top() : rect.bottom() + 1, panel.axis.gutter - 5 : panel.axis.gutter]
    assert (tick == color).sum() == 4 * rect.height()


@pytest.mark.parametrize("gate", list("hcifog"))
def test_the_value_under_the_pointer_is_the_number_of_the_trace(qtbot: QtBot, gate: str) -> None:
    panel, trace = _panel(qtbot)
    panel._gates.choose(gate)
    for y in range(2, panel.body.height(), 5):
        x = panel.axis.x(7) + 3
        cell = panel.cell_at(7, x, y)
        if cell is None:
            continue
        rect = panel.rect_of(cell)
        assert rect is not None
        assert rect.contains(x, y)
        way = trace.recurrents[0].directions[0 if ".fwd." in cell.tensor else 1]
        value = (way.hidden_TU if gate == "h" else way.gates[gate])[7, cell.row]
        text = panel.describe(cell)
        assert text.startswith(f"{cell.tensor}[t=7, u={cell.row}] = ")
        assert float(text.rpartition(" ")[2].replace("−", "-")) == pytest.approx(value, abs=1e-4)


def test_arrows_cross_from_one_direction_to_the_other(qtbot: QtBot) -> None:
    panel, _ = _panel(qtbot)
    rows = _units(panel)
    tensor, unit = rows[11]
    below = panel.neighbour(Cell(tensor, 4, unit), 0, 1)
    assert below == Cell(rows[12][0], 4, rows[12][1])
    assert below.tensor == "rnn1.bwd.h"
    assert panel.neighbour(Cell(tensor, 31, unit), 1, 0) is None
    assert panel.neighbour(Cell(*(rows[0][0], 4), rows[0][1]), 0, -1) is None


def test_a_gate_bar_beside_the_axis_can_be_picked(qtbot: QtBot) -> None:
    panel, trace = _panel(qtbot)
    wanted = click(qtbot, panel, panel.axis.slice_left + 3, 10)
    assert wanted.cell is not None
    assert wanted.cell.tensor == "rnn1.fwd.i"
    spread = trace.recurrents[0].directions[0].hidden_TU.std(axis=0)
    assert wanted.cell.row == int(spread.argmax())
    assert wanted.t == 12


def test_a_tanh_layer_has_hidden_states_only(qtbot: QtBot) -> None:
    config = preset("seed")
    trace = fake_trace(config, n_frames=32)
    panel = show(qtbot, RnnPanel, frame_of(trace, config), Selection(t=3))
    assert not panel._gates.isVisible()
    assert {tensor for tensor, _ in _units(panel)} == {"rnn1.fwd.h"}
    assert panel.slice_cell_at(panel.axis.slice_left + 3, panel.body.height() // 2 - 4) is not None


def test_stacked_layers_are_chosen_by_segments(qtbot: QtBot) -> None:
    config, trace = lesson()
    second = RecurrentTrace("rnn2", _mirrored(trace).recurrents[0].directions)
    stacked = replace(trace, recurrents=(*trace.recurrents, second))
    panel = show(qtbot, RnnPanel, frame_of(stacked, config), Selection(t=3))
    assert panel._layers.isVisible()
    panel._layers.choose("rnn2")
    assert {tensor for tensor, _ in _units(panel)} == {"rnn2.fwd.h", "rnn2.bwd.h"}


def test_gates_start_at_the_canvas_and_the_scale_is_fixed(qtbot: QtBot) -> None:
    config, trace = lesson()
    layer = trace.recurrents[0]
    shut = tuple(
        replace(way, gates={name: np.zeros_like(gate) for name, gate in way.gates.items()})
        for way in layer.directions
    )
    panel, _ = _panel(qtbot)
    panel._gates.choose("i")
    panel.show_frame(frame_of(replace(trace, recurrents=(RecurrentTrace("rnn1", shut),)), config))
    cursor = panel.axis.pitch  # its column is tinted
    assert len(columns_of(panel, 4, "canvas")) == panel.axis.length - cursor


def test_a_model_without_a_recurrent_layer_is_told(qtbot: QtBot) -> None:
    config, trace = lesson()
    none = replace(trace, recurrents=())
    panel = show(qtbot, RnnPanel, frame_of(none, config), Selection(t=3))
    assert panel.empty_text() == "This model has no recurrent layer."
    pixels(panel)
