"""CTC: rows and cells agree, the veil covers only the impossible, numbers are exact."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from crnn.arrays import frozen
from crnn.config import Config
from crnn.debug.trace import CtcTrace, Trace
from crnn.text.hangul import min_frames
from gui.lattice import (
    NARROW,
    emission_frames,
    gradient_TS,
    is_unreachable_TS,
    lay_rows,
    pair_height,
    relative_TS,
)
from gui.selection import Cell, Selection
from gui.views.ctc import CtcPanel
from tests.gui.panels import click, frame_of, lesson, pixels, show


def _ctc(trace: Trace) -> CtcTrace:
    assert trace.ctc is not None
    return trace.ctc


def _panel(
    qtbot: QtBot, trace: Trace, config: Config, selection: Selection, height: int = 231
) -> CtcPanel:
    return show(qtbot, CtcPanel, frame_of(trace, config), selection, height=height)


@pytest.mark.parametrize(("n_letters", "height"), [(1, 200), (6, 180), (12, 100), (40, 207)])
def test_rows_fit_the_panel_letters_are_taller_than_blanks_and_heights_find_states(
    n_letters: int, height: int
) -> None:
    rows = lay_rows(2 * n_letters + 1, 3, height, 0)
    assert rows.tops[-1] - rows.tops[0] <= height
    assert pair_height(2 * n_letters + 1, height) >= NARROW
    for state in range(rows.first, rows.first + rows.count):
        top, tall = rows.span(state)
        assert rows.state_at(top) == rows.state_at(top + tall - 1) == state
        assert tall >= 2
    assert rows.span(1)[1] > rows.span(0)[1]
    assert rows.state_at(2) == rows.state_at(rows.tops[-1]) == -1


def test_a_label_too_long_for_the_panel_shows_a_window_that_can_reach_the_end() -> None:
    rows = lay_rows(81, 0, 100, 0)
    assert rows.count < 81
    last = lay_rows(81, 0, 100, 80)
    assert last.holds(80)
    assert last.count == rows.count
    assert last.first % 2 == 0


def test_alpha_is_shown_relative_to_the_largest_of_its_column() -> None:
    log_x = np.array([[np.log(0.2), np.log(0.1), -np.inf], [-np.inf, -np.inf, -np.inf]])
    np.testing.assert_allclose(relative_TS(log_x), [[1.0, 0.5, 0.0], [0.0, 0.0, 0.0]])


def test_letters_are_emitted_where_the_path_enters_their_state() -> None:
    assert emission_frames(np.array([0, 1, 1, 2, 3, 5, 6])).tolist() == [1, 4, 5]
    assert emission_frames(np.array([1, 1, 2])).tolist() == [0]


def test_the_gradient_of_a_state_is_softmax_minus_posterior_of_its_class() -> None:
    _, trace = lesson()
    ctc = _ctc(trace)
    t, s = 7, 3
    same = ctc.states_S == ctc.states_S[s]
    wanted = trace.prob_TK[t, ctc.states_S[s]] - ctc.gamma_TS[t, same].sum()
    assert gradient_TS(trace, ctc)[t, s] == pytest.approx(wanted, rel=1e-12)


def test_a_click_picks_the_state_and_the_quantity_shown(qtbot: QtBot) -> None:
    config, trace = lesson()
    panel = _panel(qtbot, trace, config, Selection(t=4))
    for name in ("gamma", "alpha", "beta", "grad"):
        panel.quantity.choose(name)
        cell = Cell(name, 9, 5)
        rect = panel.rect_of(cell)
        assert rect is not None
        picked = click(qtbot, panel, rect.center().x(), rect.center().y())
        assert (picked.cell, picked.state) == (cell, 5)


def test_another_quantity_keeps_the_cell_that_is_picked(qtbot: QtBot) -> None:
    config, trace = lesson()
    panel = _panel(qtbot, trace, config, Selection().pick(Cell("gamma", 9, 5)))
    with qtbot.waitSignal(panel.selected, timeout=1000) as caught:
        panel.quantity.choose("beta")
    assert caught.args[0].cell == Cell("beta", 9, 5)


def test_the_veil_lies_on_unreachable_cells_and_on_no_other(qtbot: QtBot) -> None:
    config, trace = lesson()
    ctc = _ctc(trace)
    panel = _panel(qtbot, trace, config, Selection())
    panel.overlay.choose("Viterbi")
    drawn = pixels(panel)
    reach = is_unreachable_TS(ctc)
    shades: dict[bool, set[int]] = {True: set(), False: set()}
    for t, state in ((t, s) for t in range(0, 32, 3) for s in range(reach.shape[1])):
        rect = panel.rect_of(Cell("gamma", t, state))
        assert rect is not None
        shades[bool(reach[t, state])].add(int(drawn[rect.top(), rect.left()]))
    assert len(shades[True]) == 1
    assert not shades[True] & shades[False]


def test_the_path_is_drawn_over_its_cells_until_it_is_switched_off(qtbot: QtBot) -> None:
    config, trace = lesson()
    panel = _panel(qtbot, trace, config, Selection())
    pink = panel.look.color("path").rgb() & 0xFFFFFF
    assert (pixels(panel) == pink).any()
    panel.overlay.choose("Viterbi")
    assert not (pixels(panel) == pink).any()


def test_the_status_line_gives_the_exact_value_with_its_letter(qtbot: QtBot) -> None:
    config, trace = lesson()
    ctc = _ctc(trace)
    panel = _panel(qtbot, trace, config, Selection())
    char = ctc.letters[2].char
    assert panel.describe(Cell("gamma", 9, 5)) == f"γ[t=9, s=5 {char}] = {ctc.gamma_TS[9, 5]:.4f}"
    assert panel.describe(Cell("alpha", 9, 4)).startswith("log α[t=9, s=4 blank] = ")


def test_a_label_that_does_not_fit_is_said_with_both_numbers(qtbot: QtBot) -> None:
    config, trace = lesson()
    short = replace(trace, ctc=None, n_frames=8, fault="does not fit")
    panel = _panel(qtbot, short, config, Selection())
    needed = min_frames(config.alphabet.encode(trace.truth))
    assert panel.empty_text() == f"The label does not fit: T = 8, needs {needed}."
    panel.show_frame(frame_of(replace(short, truth="漢", fault="漢 is foreign"), config))
    assert panel.empty_text() == "漢 is foreign"


def test_a_long_label_is_scrolled_to_the_picked_state(qtbot: QtBot) -> None:
    config, trace = lesson()
    panel = _panel(qtbot, trace, config, Selection(t=0), height=70)
    last = len(_ctc(trace).states_S) - 1
    assert panel.rect_of(Cell("gamma", 31, last)) is None
    panel.show_selection(Selection().pick(Cell("gamma", 31, last)))
    assert panel.rect_of(Cell("gamma", 31, last)) is not None


def test_a_lattice_full_of_nan_is_hatched_and_not_an_error(qtbot: QtBot) -> None:
    config, trace = lesson()
    ctc = _ctc(trace)
    broken = replace(ctc, gamma_TS=frozen(np.full_like(ctc.gamma_TS, np.nan)))
    panel = _panel(qtbot, replace(trace, ctc=broken), config, Selection(t=3))
    assert (pixels(panel) == (panel.look.color("err").rgb() & 0xFFFFFF)).any()
