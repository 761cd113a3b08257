"""Constraints on the lattice: masses agree with gamma, clicks and keys hold and let go."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from crnn.arrays import frozen
from crnn.config import Config
from crnn.ctc.align import viterbi
from crnn.ctc.mass import Constraint, cell, character, path_mass
from crnn.debug.messages import Frame
from crnn.debug.trace import CtcTrace, Trace
from gui.constraints import N_BEST, Conditions, best_ways, log_prob_TK, place_of, toggled
from gui.lattice import is_unreachable_TS
from gui.selection import Cell, Selection
from gui.views.ctc import CtcPanel
from tests.gui.panels import frame_of, lesson, pixels, show


def exact() -> tuple[Config, Trace, CtcTrace]:
    """The fake sample, with the lattice that its logits really have."""
    config, trace = lesson()
    assert trace.ctc is not None
    label_L, log_prob = trace.ctc.label_L, log_prob_TK(trace)
    whole, best = path_mass(log_prob, label_L, []), viterbi(log_prob, label_L)
    ctc = replace(
        trace.ctc,
        log_alpha_TS=frozen(whole.paths.log_alpha_NTS[0]),
        log_beta_TS=frozen(whole.paths.log_beta_NTS[0]),
        gamma_TS=frozen(whole.paths.gamma_NTS[0]),
        path_T=frozen(best.path_T),
        path_share=exp(best.log_p - whole.log_p),
        loss_nats=-whole.log_p,
    )
    return config, replace(trace, ctc=ctc), ctc


def panel_of(qtbot: QtBot, selection: Selection | None = None) -> tuple[CtcPanel, CtcTrace]:
    config, trace, ctc = exact()
    return show(qtbot, CtcPanel, frame_of(trace, config), selection or Selection(t=9)), ctc


def click_at(panel: CtcPanel, x: int, y: int) -> None:
    QTest.mouseClick(panel.body, Qt.MouseButton.LeftButton, pos=QPoint(x, y))


def click_cell(panel: CtcPanel, t: int, state: int) -> None:
    place = panel.rect_of(Cell("gamma", t, state))
    assert place is not None
    click_at(panel, place.center().x(), place.center().y())


def facts(panel: CtcPanel) -> str:
    return " ".join(fact.text for fact in panel.header._facts)


# ---- the numbers ----


def test_a_required_cell_has_gamma_of_the_mass_and_a_forbidden_one_the_rest() -> None:
    _, trace, ctc = exact()
    for t, state in ((0, 0), (9, 7), (9, 8), (20, 15), (31, 24)):
        for required in (True, False):
            held = Conditions((cell(t, state, required=required),))
            found, gamma = held.mass(trace), float(ctc.gamma_TS[t, state])
            assert found is not None
            assert found.share == pytest.approx(gamma if required else 1 - gamma, abs=1e-12)


def test_the_lattice_under_constraints_is_consistent_with_itself() -> None:
    _, trace, ctc = exact()
    held = Conditions((cell(9, int(ctc.path_T[9]), required=True), cell(20, 3, required=False)))
    left = held.lattice(trace)
    assert left is not None
    np.testing.assert_allclose(left.gamma_TS.sum(axis=1), 1)
    assert left.gamma_TS[9, ctc.path_T[9]] == pytest.approx(1)
    assert left.gamma_TS[20, 3] == 0
    log_gamma = left.log_alpha_TS + left.log_beta_TS + left.loss_nats
    np.testing.assert_allclose(np.exp(log_gamma), left.gamma_TS, atol=1e-12)
    assert is_unreachable_TS(left)[9].sum() == left.gamma_TS.shape[1] - 1


def test_a_second_click_takes_a_constraint_back_and_its_opposite_replaces_it() -> None:
    ring, cross = cell(3, 1, required=True), cell(3, 1, required=False)
    other = cell(4, 1, required=True)
    assert toggled((), ring) == (ring,)
    assert toggled((ring, other), ring) == (other,)
    assert toggled((ring, other), cross) == (other, cross)


def test_the_best_paths_begin_with_viterbi_and_their_shares_fall() -> None:
    _, trace, ctc = exact()
    ways = best_ways(trace, ctc, N_BEST)
    assert ways[0].path_T.tolist() == ctc.path_T.tolist()
    shares = [way.share for way in ways]
    assert shares[0] == pytest.approx(ctc.path_share)
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) <= 1


def test_a_lattice_without_finite_mass_has_no_paths_and_no_constraints() -> None:
    _, trace, ctc = exact()
    broken = replace(ctc, loss_nats=float("nan"))
    assert best_ways(trace, broken, N_BEST) == ()
    held = Conditions((cell(3, 1, required=True),))
    assert held.mass(replace(trace, ctc=broken)) is None


def test_a_letter_lies_where_the_best_path_has_it() -> None:
    _, _, ctc = exact()
    for symbol in range(len(ctc.label_L)):
        place = place_of(ctc, range(symbol, symbol + 1))
        inside = ctc.path_T[place.start : place.stop]
        assert set(inside.tolist()) == {2 * symbol + 1}
        assert 0 < place.confidence <= 1


# ---- the panel ----


def test_with_a_tool_in_hand_clicks_hold_cells_and_take_them_back(qtbot: QtBot) -> None:
    panel, ctc = panel_of(qtbot)
    state = int(ctc.path_T[9])
    click_cell(panel, 9, state)
    assert not panel.conditions.held
    panel.tool.choose("require")
    click_cell(panel, 9, state)
    panel.tool.choose("forbid")
    click_cell(panel, 12, 5)
    ring, cross = cell(9, state, required=True), cell(12, 5, required=False)
    assert list(panel.conditions.held) == [ring, cross]
    assert "1 required, 1 forbidden" in facts(panel)
    click_cell(panel, 12, 5)
    assert list(panel.conditions.held) == [ring]


def test_only_one_tool_is_in_hand_and_a_second_click_puts_it_down(qtbot: QtBot) -> None:
    panel, _ = panel_of(qtbot)
    panel.tool.choose("require")
    panel.tool.choose("forbid")
    assert panel.tool.checked == {"forbid"}
    panel.tool.choose("forbid")
    assert panel.tool.checked == set()


def test_the_header_gives_the_share_and_the_log_mass(qtbot: QtBot) -> None:
    panel, ctc = panel_of(qtbot)
    panel.tool.choose("require")
    t, state = 9, int(ctc.path_T[9])
    click_cell(panel, t, state)
    gamma = float(ctc.gamma_TS[t, state])
    assert "P(constraints | label)" in facts(panel)
    log_p = f"{log(gamma) - ctc.loss_nats:.3f}".replace("-", "−")
    assert f"log P(label, constraints) {log_p}" in facts(panel)
    panel.quantity.choose("grad")
    assert "grad is of all paths" in facts(panel)


def test_constraints_no_path_can_meet_are_said_in_words(qtbot: QtBot) -> None:
    panel, _ = panel_of(qtbot)
    panel.tool.choose("require")
    click_cell(panel, 9, 3)
    click_cell(panel, 9, 9)
    assert "no path is left" in facts(panel)


def test_keys_hold_the_selected_cell_and_escape_lets_go_of_all(qtbot: QtBot) -> None:
    panel, _ = panel_of(qtbot, Selection().pick(Cell("gamma", 9, 7)))
    QTest.keyClick(panel.body, Qt.Key.Key_R)
    assert list(panel.conditions.held) == [cell(9, 7, required=True)]
    QTest.keyClick(panel.body, Qt.Key.Key_F)
    assert list(panel.conditions.held) == [cell(9, 7, required=False)]
    QTest.keyClick(panel.body, Qt.Key.Key_Escape)
    assert not panel.conditions.held
    assert "best path" in facts(panel)


def test_with_shift_a_letter_is_held_wherever_the_label_has_it(qtbot: QtBot) -> None:
    """Blank has the mass of all its states; a click with Shift is the key with Shift."""
    panel, ctc = panel_of(qtbot, Selection().pick(Cell("gamma", 9, 4)))
    blanks = tuple(range(0, len(ctc.states_S), 2))
    QTest.keyClick(panel.body, Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    assert list(panel.conditions.held) == [Constraint(9, 10, blanks, required=False)]
    _, trace, _ = exact()
    found = panel.conditions.mass(trace)
    assert found is not None
    assert found.share == pytest.approx(1 - ctc.gamma_TS[9, ::2].sum(), abs=1e-12)
    panel.tool.choose("forbid")
    place = panel.rect_of(Cell("gamma", 9, 8))
    assert place is not None
    shift = Qt.KeyboardModifier.ShiftModifier
    QTest.mouseClick(panel.body, Qt.MouseButton.LeftButton, shift, place.center())
    assert not panel.conditions.held


def test_a_letter_or_syllable_in_the_gutter_is_held_at_the_cursor(qtbot: QtBot) -> None:
    config, trace, ctc = exact()
    panel = show(qtbot, CtcPanel, frame_of(trace, config), Selection(t=9), height=300)
    panel.tool.choose("forbid")
    row = panel.rect_of(Cell("gamma", 9, 5))
    assert row is not None
    click_at(panel, panel.axis.gutter - 20, row.center().y())
    click_at(panel, 12, row.center().y())
    group = next(group for group in ctc.groups if group.start <= 2 < group.stop)
    whole = character(range(group.start, group.stop), range(9, 10), required=False)
    assert list(panel.conditions.held) == [Constraint(9, 10, (5,), False), whole]


def test_constraints_stay_through_the_frames_of_a_sample_and_end_with_it(qtbot: QtBot) -> None:
    config, trace, ctc = exact()
    panel, _ = panel_of(qtbot)
    panel.tool.choose("require")
    click_cell(panel, 9, int(ctc.path_T[9]))
    held = panel.conditions.held
    running: Frame = replace(frame_of(replace(trace, step=13), config), mode="running")
    panel.show_frame(running)
    assert panel.conditions.held == held
    assert "1 required" in facts(panel)
    panel.show_frame(frame_of(replace(trace, sample=4), config))
    assert not panel.conditions.held


def test_rings_and_crosses_have_different_shapes(qtbot: QtBot) -> None:
    panel, _ = panel_of(qtbot)
    panel.overlay.choose("Viterbi")
    place = panel.rect_of(Cell("gamma", 20, 11))
    assert place is not None
    middle, ink = place.center(), panel.look.color("t1").rgb() & 0xFFFFFF
    seen = {}
    for tool in ("require", "forbid"):
        panel.conditions.clear()
        panel.tool.choose(tool)
        panel._condition(cell(20, 11, required=tool == "require"))
        seen[tool] = bool(
            (
                pixels(panel)[middle.y() - 1 : middle.y() + 2, middle.x() - 1 : middle.x() + 2]
                == ink
            ).any()
        )
    assert seen == {"require": False, "forbid": True}


def test_the_status_line_gives_the_value_with_and_without_the_constraints(qtbot: QtBot) -> None:
    panel, ctc = panel_of(qtbot)
    panel._condition(cell(9, 7, required=True))
    text = panel.describe(Cell("gamma", 9, 7))
    assert text.startswith("γ[t=9, s=7 ")
    assert text.endswith(f"= {ctc.gamma_TS[9, 7]:.4f}   1.0000 under the constraints   required")
    panel._condition(cell(9, 7, required=True))
    assert "constraints" not in panel.describe(Cell("gamma", 9, 7))


def test_the_best_paths_are_drawn_and_their_share_stands_in_the_header(qtbot: QtBot) -> None:
    panel, _ = panel_of(qtbot)
    before = pixels(panel).copy()
    panel.overlay.choose("best")
    assert (pixels(panel) != before).any()
    assert f"best {N_BEST} paths" in facts(panel)
    assert [line.name for line in panel._way_lines()] == ["path 1", "path 2", "path 3"]


def test_in_a_large_lattice_the_best_paths_wait_until_it_is_parked(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.views.ctc.CHEAP", 10)
    panel, _ = panel_of(qtbot)
    panel.overlay.choose("best")
    frame = panel.frame
    assert frame is not None
    assert len(panel.ways) == N_BEST
    panel.show_frame(replace(frame, mode="running"))
    assert panel.ways == ()
    assert "best path" in facts(panel)


def test_the_gutter_says_where_a_letter_lies_and_how_surely(qtbot: QtBot) -> None:
    panel, ctc = panel_of(qtbot)
    row = panel.rect_of(Cell("gamma", 9, 5))
    assert row is not None
    place = place_of(ctc, range(2, 3))
    said = panel.hint(panel.axis.gutter - 20, row.center().y())
    assert said.startswith(f"{ctc.letters[2].char}: t = {place.start}…{place.stop - 1}")
    assert panel.hint(panel.axis.gutter + 20, row.center().y()) == ""


def test_the_keyboard_reaches_every_overlay(qtbot: QtBot) -> None:
    panel, _ = panel_of(qtbot)
    QTest.keyClick(panel.overlay, Qt.Key.Key_Right)
    QTest.keyClick(panel.overlay, Qt.Key.Key_Space)
    assert panel.overlay.checked == {"Viterbi", "best"}
