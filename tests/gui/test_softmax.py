"""SOFTMAX: rows hold still, cells are where they are drawn, the all-blank phase is explained."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from crnn.arrays import F64, frozen
from crnn.config import Config
from crnn.debug.trace import Output, Trace
from gui.classes import in_use, rank, reading_order, top, wanted_TK, wrong_classes
from gui.selection import Cell, Selection
from gui.views.softmax import SoftmaxPanel
from tests.gui.panels import click, columns_of, frame_of, lesson, pixels, show


def _read(trace: Trace, classes: list[int], text: str = "?") -> Trace:
    """The same trace, but the greedy reading collapsed to these classes."""
    label = np.array(classes, np.int64)
    return replace(trace, output=replace(trace.output, collapsed=frozen(label), text=text))


def _with_prob(trace: Trace, prob_TK: F64) -> Trace:
    return replace(trace, prob_TK=frozen(prob_TK))


def _quiet(trace: Trace) -> Trace:
    """Blank everywhere, so that only letters of truth and output are in use."""
    prob_TK = np.zeros_like(trace.prob_TK)
    prob_TK[:, 0] = 1.0
    return _with_prob(trace, prob_TK)


def _panel(qtbot: QtBot, trace: Trace, config: Config, t: int = 4) -> SoftmaxPanel:
    return show(qtbot, SoftmaxPanel, frame_of(trace, config), Selection(t=t), height=196)


def test_a_wrong_letter_stands_before_the_right_one_in_reading_order() -> None:
    _, trace = lesson()
    assert trace.ctc is not None
    label = trace.ctc.label_L.tolist()
    wrong = _read(trace, [*label[:3], 99, *label[4:]])
    order = reading_order(wrong)
    assert order.index(99) + 1 == order.index(label[3])
    assert wrong_classes(wrong) == {99}
    assert wrong_classes(_read(trace, label)) == frozenset()


def test_an_output_that_is_mostly_wrong_stands_behind_the_whole_truth() -> None:
    _, trace = lesson()
    assert trace.ctc is not None
    label = list(dict.fromkeys(trace.ctc.label_L.tolist()))
    assert reading_order(_read(trace, [99, 98])) == (*label, 99, 98)


def test_rows_are_only_ever_added_at_the_end() -> None:
    _, trace = lesson()
    quiet = _quiet(trace)
    first = in_use(quiet)
    louder = quiet.prob_TK.copy()
    louder[3, 60] = 0.5
    later = in_use(_with_prob(_read(quiet, [99]), louder), first)
    assert later[: len(first)] == first
    assert later[len(first) :] == (99, 60)
    assert in_use(quiet, later) == later


def test_an_untrained_net_has_no_class_in_use_by_chance() -> None:
    _, trace = lesson()
    n_classes = trace.prob_TK.shape[1]
    flat = _with_prob(trace, np.full_like(trace.prob_TK, 1 / n_classes))
    assert set(in_use(flat)) == {k for k in reading_order(flat) if k}


def test_what_the_truth_wants_sums_to_one_at_each_timestep() -> None:
    _, trace = lesson()
    assert trace.ctc is not None
    wanted = wanted_TK(trace.ctc, trace.prob_TK.shape[1])
    np.testing.assert_allclose(wanted.sum(1), 1.0, rtol=1e-12)
    np.testing.assert_allclose(wanted[:, 0], trace.ctc.gamma_TS[:, 0::2].sum(1), rtol=1e-12)


def test_ranks_and_the_top_list_agree() -> None:
    p_K = np.array([0.1, 0.5, 0.1, 0.3])
    assert [rank(p_K, k) for k in range(4)] == [3, 1, 3, 2]
    assert top(p_K, 3) == (1, 3, 0)


def test_the_panel_keeps_its_rows_while_the_sample_stays(qtbot: QtBot) -> None:
    config, trace = lesson()
    quiet = _quiet(trace)
    panel = _panel(qtbot, quiet, config)
    first = panel.rows
    panel.show_frame(frame_of(_read(quiet, [99]), config))
    assert panel.rows == (*first, 99)
    panel.show_frame(frame_of(quiet, config))
    assert panel.rows == (*first, 99)
    panel.show_frame(frame_of(replace(quiet, sample=quiet.sample + 1), config))
    assert panel.rows == first


def test_a_click_picks_the_class_whose_row_it_hits(qtbot: QtBot) -> None:
    config, trace = lesson()
    panel = _panel(qtbot, trace, config)
    for cell in (Cell("softmax", 7, panel.visible_rows()[2]), Cell("softmax", 3, 0)):
        rect = panel.rect_of(cell)
        assert rect is not None
        picked = click(qtbot, panel, rect.center().x(), rect.center().y())
        assert (picked.cell, picked.symbol, picked.t) == (cell, cell.row, cell.t)


def test_a_certain_class_is_drawn_in_the_last_colour_of_the_scale(qtbot: QtBot) -> None:
    config, trace = lesson()
    prob_TK = np.zeros_like(trace.prob_TK)
    k = int(trace.output.collapsed[0])
    prob_TK[:, 0], prob_TK[5] = 1.0, 0.0
    prob_TK[5, k] = 1.0
    panel = _panel(qtbot, replace(_with_prob(trace, prob_TK), ctc=None), config)
    rect = panel.rect_of(Cell("softmax", 5, k))
    assert rect is not None
    drawn = pixels(panel)[rect.center().y(), rect.left() + 2]
    assert drawn == panel.look.theme.probability[-1] & 0xFFFFFF


def test_the_blank_curve_is_as_high_as_its_probability(qtbot: QtBot) -> None:
    config, trace = lesson()
    prob_TK = trace.prob_TK.copy()
    prob_TK[:, 0] = 0.0
    prob_TK[9, 0] = 1.0
    panel = _panel(qtbot, _with_prob(trace, prob_TK), config)
    rect = panel.rect_of(Cell("softmax", 9, 0))
    assert rect is not None
    canvas = columns_of(panel, rect.center().y(), "canvas")
    assert rect.left() - 2 in canvas
    assert rect.center().x() not in canvas


def test_rows_that_do_not_fit_are_scrolled_to_and_never_squeezed(qtbot: QtBot) -> None:
    config, trace = lesson()
    panel = _panel(qtbot, trace, config)
    panel.extent.choose("all")
    assert len(panel.rows) == config.n_classes - 1
    assert len(panel.visible_rows()) < len(panel.rows)
    last = Cell("softmax", 4, panel.rows[-1])
    assert panel.rect_of(last) is None
    panel.show_selection(Selection().pick(last))
    rect = panel.rect_of(last)
    assert rect is not None
    assert rect.height() >= 12
    assert rect.bottom() < panel.body.height()


def test_the_wheel_moves_hidden_rows_and_leaves_time_alone(qtbot: QtBot) -> None:
    config, trace = lesson()
    panel = _panel(qtbot, trace, config)
    panel.extent.choose("all")
    panel.first = 0
    before, offset = panel.visible_rows(), panel.axis.offset
    turn = QWheelEvent(
        QPointF(200, 60), QPointF(200, 60), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(panel.body, turn)
    assert panel.visible_rows()[0] == before[1]
    assert panel.axis.offset == offset


def test_arrows_walk_from_the_blank_down_the_rows(qtbot: QtBot) -> None:
    config, trace = lesson()
    panel = _panel(qtbot, trace, config)
    assert panel.neighbour(Cell("softmax", 4, 0), 0, 1) == Cell("softmax", 4, panel.rows[0])
    assert panel.neighbour(Cell("softmax", 4, panel.rows[0]), 1, 0) == Cell(
        "softmax", 5, panel.rows[0]
    )
    assert panel.neighbour(Cell("softmax", 4, panel.rows[-1]), 0, 1) is None
    assert panel.neighbour(Cell("softmax", 0, 0), -1, 0) is None


def test_the_status_line_names_class_and_value(qtbot: QtBot) -> None:
    config, trace = lesson()
    panel = _panel(qtbot, trace, config)
    k = 1 + config.alphabet.symbols.index("ᅥ")
    assert (
        panel.describe(Cell("softmax", 4, k)) == f"softmax[t=4, 'ㅓ'] = {trace.prob_TK[4, k]:.4f}"
    )
    assert panel.describe(Cell("softmax", 4, 0)).startswith("softmax[t=4, blank] = ")


def test_all_blank_is_called_normal_and_explained_only_while_it_lasts(qtbot: QtBot) -> None:
    config, trace = lesson()
    output = Output(np.zeros(32, np.int64), np.zeros(0, np.int64), "", ())
    panel = _panel(qtbot, replace(_quiet(trace), output=output), config)
    assert panel.is_all_blank()
    assert "p − γ" in panel.header.toolTip()
    panel.show_frame(frame_of(trace, config))
    assert not panel.is_all_blank()
    assert panel.header.toolTip() == ""
