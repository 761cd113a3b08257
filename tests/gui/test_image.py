"""IMAGE: brackets on exact pixels, the reading by timestep, facts that tell what is wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from crnn.debug.trace import Output, Span
from crnn.geometry import field
from crnn.text.hangul import make_alphabet
from gui.chrome import Fact
from gui.letters import BLANK
from gui.reading import read
from gui.selection import Cell, Selection
from gui.views.image import LETTERS, STRIP, ImagePanel
from tests.gui.panels import PITCH, click, columns_of, frame_of, lesson, pixels, show


@pytest.mark.parametrize("t", [0, 12, 31])
def test_brackets_stand_on_the_edges_of_the_pixels_that_t_sees(qtbot: QtBot, t: int) -> None:
    config, trace = lesson()
    empty = replace(trace, image_HW=np.zeros_like(trace.image_HW))
    panel = show(qtbot, ImagePanel, frame_of(empty, config), Selection(t=t))
    x0, x1 = field(config, len(config.convs), t, 128)
    drawn = columns_of(panel, 60, "acc")
    left, right = (panel.axis.x(0) + x * PITCH // config.stride for x in (x0, x1))
    wanted = {left, right} - {panel.axis.gutter + panel.axis.length}
    assert wanted <= set(drawn)
    assert all(min(abs(x - left), abs(x - right)) <= 1 for x in drawn)


def test_the_panel_is_as_high_as_square_pixels_ask_for(qtbot: QtBot) -> None:
    config, trace = lesson()
    panel = show(qtbot, ImagePanel, frame_of(trace, config), Selection(t=3))
    assert panel.height() == panel.header.height() + 8 * PITCH + STRIP + LETTERS + 2


def test_the_reading_marks_repeats_and_blanks_by_class() -> None:
    alphabet = make_alphabet("jamo")
    d, ae, g, u = (int(k) for k in alphabet.encode("대구"))
    best_T = np.array([d, d, 0, ae, 0, g, u])
    marks = read(Output(best_T, np.array([d, ae, g, u]), "대구", ()), alphabet)
    assert "".join(mark.text or BLANK.char for mark in marks) == "ㄷㄷ_ㅐ_ㄱㅜ"
    assert [mark.is_first for mark in marks] == [True, False, False, True, False, True, True]
    assert [mark.index for mark in marks] == [0, 0, -1, 1, -1, 2, 3]


def test_a_literal_underscore_is_quoted_and_the_blank_is_not_text() -> None:
    alphabet = make_alphabet("jamo")
    underscore = alphabet.encode("_")
    best_T = np.concatenate((np.zeros(1, np.int64), underscore))
    marks = read(Output(best_T, underscore, "_", ()), alphabet)
    assert [mark.text for mark in marks] == ["", '"_"']


def _facts(panel: ImagePanel) -> tuple[Fact, ...]:
    return panel.header._facts


def test_a_wrong_character_is_underlined_in_the_header(qtbot: QtBot) -> None:
    config, trace = lesson()
    panel = show(qtbot, ImagePanel, frame_of(trace, config), Selection(t=3))
    wrong = [fact for fact in _facts(panel) if fact.underlined]
    assert [(fact.text, fact.role) for fact in wrong] == [("억", "err")]
    read_out = "".join(fact.text for fact in _facts(panel) if fact.is_data)
    assert read_out == trace.truth + trace.output.text


def test_a_truth_that_does_not_fit_is_told_in_the_header(qtbot: QtBot) -> None:
    config, trace = lesson()
    unfit = replace(trace, ctc=None, fault="T = 8, needs 12")
    panel = show(qtbot, ImagePanel, frame_of(unfit, config), Selection(t=3))
    assert Fact("T = 8, needs 12", "warn", is_data=True) in _facts(panel)


def test_an_all_blank_reading_draws_no_box_and_says_so(qtbot: QtBot) -> None:
    config, trace = lesson()
    nothing = Output(np.zeros(32, np.int64), np.zeros(0, np.int64), "", ())
    panel = show(qtbot, ImagePanel, frame_of(replace(trace, output=nothing), config), Selection())
    assert Fact("nothing", "t3") in _facts(panel)
    assert not columns_of(panel, 8 * PITCH + STRIP // 2, "bg3")


def test_an_output_box_covers_the_timesteps_that_emitted_it(qtbot: QtBot) -> None:
    config, trace = lesson()
    one = replace(trace.output, text="대", spans=(Span("대", 4, 9, False),))
    panel = show(qtbot, ImagePanel, frame_of(replace(trace, output=one), config), Selection())
    drawn = columns_of(panel, 8 * PITCH + 4, "bg3")
    assert (drawn[0], drawn[-1]) == (panel.axis.x(4), panel.axis.x(9) - 1)


def test_a_click_selects_the_pixel_under_it_and_arrows_move_on(qtbot: QtBot) -> None:
    config, trace = lesson()
    panel = show(qtbot, ImagePanel, frame_of(trace, config), Selection(t=3))
    size = PITCH // config.stride
    wanted = click(qtbot, panel, panel.axis.x(0) + 22 * size + 1, 9 * size + 1)
    assert wanted.cell == Cell("image", 5, 9, x=22)
    assert wanted.t == 5
    assert panel.describe(wanted.cell) == f"image[y=9, x=22] = {trace.image_HW[9, 22]:.4f}"
    assert panel.neighbour(wanted.cell, 2, 1) == Cell("image", 6, 10, x=24)
    assert panel.neighbour(Cell("image", 0, 0, x=0), -1, 0) is None


def test_the_slice_tells_where_t_stands_in_the_collapse(qtbot: QtBot) -> None:
    config, trace = lesson()
    panel = show(qtbot, ImagePanel, frame_of(trace, config), Selection(t=5))
    before = pixels(panel)[:, panel.axis.slice_left + 110 :].copy()
    panel.show_selection(Selection(t=6))
    assert (pixels(panel)[:, panel.axis.slice_left + 110 :] != before).any()
