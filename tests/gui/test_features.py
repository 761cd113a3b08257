"""FEATURES: what was chosen stays, every place is a number of the trace, brackets are exact."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from crnn.debug.trace import Trace
from crnn.geometry import reach
from gui.crops import SMALLEST, fit_grid, mosaic
from gui.held import HeldChannels, HeldRange
from gui.selection import Cell, Selection
from gui.views.features import FeaturesPanel
from tests.gui.panels import PITCH, click, columns_of, frame_of, lesson, pixels, show


def _scaled(trace: Trace, factor: float, *, flipped: bool = False) -> Trace:
    """The same maps times `factor`; flipped turns the order of the channels round."""
    step = -1 if flipped else 1
    blocks = tuple(
        replace(
            block,
            conv_CHW=block.conv_CHW[::step] * np.float32(factor),
            act_CHW=block.act_CHW[::step] * np.float32(factor),
            pool_CHW=block.pool_CHW[::step] * np.float32(factor),
        )
        for block in trace.blocks
    )
    return replace(trace, blocks=blocks)


def _panel(qtbot: QtBot, *, t: int = 12, height: int = 146) -> tuple[FeaturesPanel, Trace]:
    config, trace = lesson()
    return show(qtbot, FeaturesPanel, frame_of(trace, config), Selection(t=t), height=height), trace


def _channel(panel: FeaturesPanel, block: int) -> int:
    """The channel on the first strip of a block, as the pointer finds it."""
    y = panel.body.height() * (2 * block + 1) // 8
    cell = panel.cell_at(0, panel.axis.x(0) + 4, y)
    assert cell is not None
    return cell.row


def test_the_strongest_channel_is_shown_and_a_new_frame_changes_nothing(qtbot: QtBot) -> None:
    panel, trace = _panel(qtbot)
    first = [_channel(panel, block) for block in range(4)]
    strongest = [int(b.pool_CHW.mean(axis=(1, 2)).argmax()) for b in trace.blocks]
    assert first == strongest
    config, _ = lesson()
    panel.show_frame(frame_of(_scaled(trace, 1, flipped=True), config))
    assert [_channel(panel, block) for block in range(4)] == first


def test_a_new_run_chooses_anew(qtbot: QtBot) -> None:
    panel, trace = _panel(qtbot)
    first = _channel(panel, 0)
    config, _ = lesson()
    panel.show_frame(frame_of(_scaled(trace, 1, flipped=True), config, run_id=2))
    assert _channel(panel, 0) == config.convs[0].channels - 1 - first


def test_colours_keep_their_range_until_fitted(qtbot: QtBot) -> None:
    panel, trace = _panel(qtbot)
    config, _ = lesson()
    before = pixels(panel).copy()
    panel.show_frame(frame_of(_scaled(trace, 0.5), config))
    assert (pixels(panel) != before).any()
    panel._fit.choose("fit")
    assert (pixels(panel) == before).all()


def test_a_map_of_zeros_or_nan_fixes_neither_range_nor_channels() -> None:
    held, ranges = HeldChannels(3), HeldRange()
    for empty in (np.zeros((4, 2, 2)), np.full((4, 2, 2), np.nan)):
        held.hold("conv1", empty)
        ranges.hold(("conv1", "pool"), empty)
    some = np.zeros((4, 2, 2))
    some[2] = 5
    held.hold("conv1", some)
    ranges.hold(("conv1", "pool"), some)
    assert held.shown("conv1", 1) == [2]
    assert ranges.high(("conv1", "pool")) == 5


@pytest.mark.parametrize("stage", ["conv", "relu", "pool"])
def test_the_value_under_the_pointer_is_the_number_of_the_trace(qtbot: QtBot, stage: str) -> None:
    panel, trace = _panel(qtbot)
    panel._stages.choose(stage)
    for x in range(panel.axis.x(0), panel.axis.x(32), 37):
        for y in range(3, panel.body.height() - 6, 7):
            cell = panel.cell_at(panel.axis.t_at(x), x, y)
            if cell is None:
                continue
            rect = panel.rect_of(cell)
            assert rect is not None
            assert rect.adjusted(0, -1, 1, 1).contains(x, y)
            assert cell.t == panel.axis.t_at(x)
            block = trace.blocks[int(cell.tensor[4]) - 1]
            name = {"relu": "act"}.get(stage, stage)
            value = getattr(block, f"{name}_CHW")[cell.row, cell.y, cell.x]
            text = panel.describe(cell)
            assert text.startswith(f"{cell.tensor}[c={cell.row}, y={cell.y}, x={cell.x}] = ")
            assert float(text.rpartition(" ")[2].replace("−", "-")) == pytest.approx(
                value, abs=1e-4
            )


@pytest.mark.parametrize("t", [0, 12, 31])
def test_brackets_stand_on_the_columns_t_depends_on(qtbot: QtBot, t: int) -> None:
    config, trace = lesson()
    panel = show(qtbot, FeaturesPanel, frame_of(_scaled(trace, 0), config), Selection(t=t))
    strides = (2, 4, 4, 4)
    for number, stride in enumerate(strides):
        c0, c1 = reach(config, number + 1, t, 128)
        edges = [panel.axis.x(0) + c * stride * PITCH // config.stride for c in (c0, c1)]
        y = panel.body.height() * (2 * number + 1) // 8
        drawn = columns_of(panel, y, "acc")
        assert drawn
        assert all(min(abs(x - edge) for edge in edges) <= 1 for x in drawn)


def test_a_click_on_a_crop_gives_its_channel_the_strip(qtbot: QtBot) -> None:
    panel, _ = _panel(qtbot)
    shown = _channel(panel, 0)
    y = panel.body.height() // 8
    for x in range(panel.axis.slice_left + 4, panel.body.width(), 8):
        cell = panel.slice_cell_at(x, y)
        if cell is not None and cell.row != shown:
            break
    assert cell is not None
    wanted = click(qtbot, panel, x, y)
    assert wanted.unit == ("conv1", cell.row)
    assert wanted.t == 12
    panel.show_selection(wanted)
    assert _channel(panel, 0) == cell.row


def test_tall_rows_hold_three_strips_and_a_pick_replaces_only_one(qtbot: QtBot) -> None:
    panel, _ = _panel(qtbot, height=520)
    before = [strip.channel for strip in panel._strips() if strip.block == 1]
    assert len(before) == 3
    other = next(c for c in range(32) if c not in before)
    panel.show_selection(Selection(t=12, unit=("conv2", other)))
    after = [strip.channel for strip in panel._strips() if strip.block == 1]
    assert after == [other, *before[1:]]


def test_arrows_walk_the_map_and_past_its_edge_the_channels(qtbot: QtBot) -> None:
    panel, _ = _panel(qtbot)
    assert panel.neighbour(Cell("conv1", 3, 5, x=6, y=2), 1, 1) == Cell("conv1", 3, 5, x=7, y=3)
    assert panel.neighbour(Cell("conv1", 3, 5, x=7, y=15), 0, 1) == Cell("conv1", 3, 6, x=7, y=0)
    assert panel.neighbour(Cell("conv1", 3, 0, x=7, y=0), 0, -1) is None
    assert panel.neighbour(Cell("conv1", 0, 0, x=0, y=0), -1, 0) is None
    assert panel.neighbour(Cell("softmax", 3, 5), 1, 0) is None


def test_page_down_shows_the_next_channel(qtbot: QtBot) -> None:
    panel, _ = _panel(qtbot)
    panel.show_selection(Selection(t=12, unit=("conv3", 4)))
    with qtbot.waitSignal(panel.selected, timeout=1000) as caught:
        QTest.keyClick(panel.body, Qt.Key.Key_PageDown)
    assert caught.args[0].unit == ("conv3", 5)


def test_nan_is_hatched_and_its_neighbours_are_not(qtbot: QtBot) -> None:
    config, trace = lesson()
    shown = int(trace.blocks[3].pool_CHW.mean(axis=(1, 2)).argmax())
    maps = np.zeros_like(trace.blocks[3].pool_CHW)
    panel, _ = _panel(qtbot)
    maps[shown, :, 10] = np.nan
    blocks = (*trace.blocks[:3], replace(trace.blocks[3], pool_CHW=maps))
    panel.show_frame(frame_of(replace(trace, blocks=blocks), config))
    rows = range(panel.body.height() * 3 // 4 + 4, panel.body.height() - 4)
    hatched = {x for row in rows for x in columns_of(panel, row, "err")}
    assert hatched
    assert all(panel.axis.x(10) <= x < panel.axis.x(11) for x in hatched)


def test_crops_are_as_large_as_fits_and_never_tiny() -> None:
    for width, height, n in ((156, 24, 16), (156, 24, 64), (660, 24, 64), (500, 120, 128)):
        grid = fit_grid(width, height, n)
        last = grid.rect(min(n, grid.room) - 1, 0, 0)
        assert last.right() < width
        assert last.bottom() < height
        assert grid.size >= SMALLEST
        assert grid.at(last.center().x(), last.center().y()) == min(n, grid.room) - 1


def test_a_mosaic_repeats_pixels_and_is_empty_outside_the_map() -> None:
    maps = np.arange(1, 9, dtype=np.float32).reshape(2, 2, 2)
    grid = fit_grid(60, 16, 2)
    tiles = mosaic(maps, (-1, 3), grid)
    first = tiles[: grid.size, : grid.size]
    quarter = grid.size // 4
    assert (first[:, :quarter] == 0).all()
    assert (first[:, -quarter:] == 0).all()
    middle = first[:, quarter : 2 * quarter]
    assert set(np.unique(middle)) == {1.0, 3.0}


def test_empty_before_the_first_trace(qtbot: QtBot) -> None:
    config, _ = lesson()
    panel = show(qtbot, FeaturesPanel, frame_of(None, config), Selection())
    assert panel.empty_text() == "Nothing recorded yet. Press F10."
    pixels(panel)
