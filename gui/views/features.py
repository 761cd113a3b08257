"""FEATURES: the maps of every conv block on the time axis, and all channels at t beside it.

A block's columns are finer than timesteps: column j of a map with stride s lies at timestep
j s / S. Which channels are shown, and the range of the colours, are chosen once a run and held; the
reader changes them, never a new frame.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPen, QResizeEvent

from crnn.geometry import reach
from gui.axis import TimeAxis
from gui.chrome import Segments
from gui.crops import Grid, fit_grid, mosaic, paint_gaps
from gui.heat import indices, nan_mask, picture
from gui.held import HeldChannels, HeldRange
from gui.look import Look
from gui.numerals import fixed
from gui.overdraw import paint_brackets, paint_nan
from gui.panel import AxisPanel
from gui.row_names import paint_names
from gui.selection import Cell, Selection

if TYPE_CHECKING:
    from crnn.arrays import F32
    from crnn.debug.messages import Frame
    from crnn.debug.trace import BlockTrace, Trace

STRIPS = 3
"""Channels shown for a block at most."""
STRIP_MIN = 28
"""Height from which a block's row is cut into more strips."""
BETWEEN = 3
"""Pixels between two blocks."""
ROW_MIN = 15
"""Least height of a block's row."""
AROUND = 2
"""Timesteps left and right of t in a crop."""


@dataclass(frozen=True, slots=True)
class Strip:
    """One channel of one block on the axis: block number from 0, its place among the strips."""

    block: int
    slot: int
    channel: int
    rect: QRect


class FeaturesPanel(AxisPanel):
    """Rows conv1..convN of pooled outputs; segments show them before the pool or before ReLU."""

    def __init__(self, look: Look, axis: TimeAxis) -> None:
        super().__init__(look, axis)
        self._stage = "pool"
        self._run_id = -1
        self._chosen = HeldChannels(STRIPS)
        self._ranges = HeldRange()
        self._stages = Segments(look, ("conv", "relu", "pool"), "pool")
        self._stages.chosen.connect(self._show_stage)
        self._fit = Segments(look, ("fit",), "")
        self._fit.chosen.connect(self._fit_range)
        self.header.add(self._stages)
        self.header.add(self._fit)
        axis.changed.connect(self._set_facts)
        self.retranslate()

    def retranslate(self) -> None:
        self.header.set_name(self.tr("Features"))
        self._stages.set_labels(
            {"conv": self.tr("conv"), "relu": self.tr("ReLU"), "pool": self.tr("pool")}
        )
        self._fit.set_labels({"fit": self.tr("fit")})
        self._fit.setToolTip(self.tr("Fit the colours to the values shown now"))
        self._set_facts()

    def empty_text(self) -> str:
        return "" if self.trace is not None else self.tr("Nothing recorded yet. Press F10.")

    def show_frame(self, frame: Frame) -> None:
        if frame.run.run_id != self._run_id:
            self._run_id = frame.run.run_id
            self._chosen.clear()
            self._ranges.clear()
        super().show_frame(frame)
        self._hold()
        self.body.setMinimumHeight(2 + ROW_MIN * self._n_blocks())
        self._set_facts()

    def show_selection(self, selection: Selection) -> None:
        super().show_selection(selection)
        unit = selection.unit
        if unit is not None and self._chosen.choose(_layer(unit), unit[1], self._n_strips()):
            self.body.invalidate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_facts()

    # ---- what is chosen once a run ----

    def _hold(self) -> None:
        """Choose channels and colour ranges, unless they are held already."""
        for block in self.trace.blocks if self.trace and not self.is_delta else ():
            self._chosen.hold(block.name, block.pool_CHW)
            self._ranges.hold((block.name, self._shown), self._maps(block))

    def _show_stage(self, stage: str) -> None:
        self._stage = stage
        self._hold()
        self.body.invalidate()

    def _fit_range(self) -> None:
        self._fit.set_checked("")
        self._ranges.clear()
        self.deltas.clear()
        self._show_stage(self._stage)

    # ---- geometry ----

    @property
    def _shown(self) -> str:
        """The stage in force; on the way back the gradient of what the pool gave."""
        return "grad" if self.inner is not None and self.inner.is_backward else self._stage

    def _maps(self, block: BlockTrace) -> F32:
        """A gradient that has not arrived yet is 0."""
        if self.inner is not None and self._shown == "grad":
            found = self.inner.gradients.get(f"{block.name}.pool")
            return np.zeros_like(block.pool_CHW) if found is None else found
        maps: F32 = getattr(block, {"relu": "act"}.get(self._stage, self._stage) + "_CHW")
        return maps

    def zones(self) -> list[tuple[str, int, int]]:
        stage = {"relu": "act"}.get(self._shown, self._shown)
        name = "grad.conv{}.pool" if stage == "grad" else f"conv{{}}.{stage}"
        rows = [self._row(number) for number in range(self._n_blocks())]
        return [(name.format(i + 1), row.top(), row.height()) for i, row in enumerate(rows)]

    def _per_timestep(self, number: int) -> int:
        """Columns of block `number` (from 0), at the stage shown, in one timestep."""
        assert self.frame is not None
        convs = self.frame.run.config.convs
        product = 1
        for block in convs[number + 1 :]:
            product *= block.stride[1] * block.pool[1]
        return product * (1 if self._shown in ("pool", "grad") else convs[number].pool[1])

    def _n_blocks(self) -> int:
        return len(self.trace.blocks) if self.trace else 1

    def _row(self, number: int) -> QRect:
        """Where block `number` stands: the whole width, its part of the height."""
        height = (self.body.height() - 2) // self._n_blocks()
        return QRect(0, 2 + number * height, self.body.width(), max(1, height - BETWEEN))

    def _n_strips(self) -> int:
        return max(1, min(STRIPS, self._row(0).height() // STRIP_MIN))

    def _strips(self) -> list[Strip]:
        trace, n = self.trace, self._n_strips()
        strips: list[Strip] = []
        for number, block in enumerate(trace.blocks if trace else ()):
            row, maps = self._row(number), self._maps(block)
            per = self._per_timestep(number)
            height = (row.height() + 1) // n - 1
            width = round(maps.shape[2] * self.axis.pitch / per)
            for slot, channel in enumerate(self._chosen.shown(block.name, n)):
                top = row.top() + slot * (height + 1)
                strips.append(
                    Strip(number, slot, channel, QRect(self.axis.x(0), top, width, height))
                )
        return strips

    def _grid(self, n_channels: int) -> Grid:
        """Crops of a block; its places depend on the layout alone."""
        return fit_grid(self.axis.slice_rect(0, 1).width(), self._row(0).height(), n_channels)

    def _in_grid(self, block: BlockTrace, grid: Grid) -> list[int]:
        """The channels that have a crop, in their own order: the strongest where not all fit."""
        return self._chosen.strongest(block.name, grid.room, block.pool_CHW.shape[0])

    def _window(self, number: int) -> tuple[int, int]:
        per, t = self._per_timestep(number), self.selection.t
        return (t - AROUND) * per, (t + AROUND + 1) * per

    # ---- what is drawn ----

    def _set_facts(self) -> None:
        if self.trace is None or self.frame is None:
            self.header.set_facts()
            return
        counts = [block.channels for block in self.frame.run.config.convs]
        cut = [room for count in counts if (room := self._grid(count).room) < count]
        text = " · ".join(str(count) for count in counts)
        if cut:
            facts = self.tr("top {n} of {counts} channels").format(n=min(cut), counts=text)
        else:
            facts = self.tr("{counts} channels").format(counts=text)
        gradient = (self.tr("gradient of the loss"), "t2")
        self.header.set_facts(*([gradient] if self._shown == "grad" else []), (facts, "t3"))

    def paint_gutter(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        for strip in self._strips():
            place = QRect(0, strip.rect.top(), rect.width(), strip.rect.height())
            name = trace.blocks[strip.block].name if strip.slot == 0 else ""
            paint_names(painter, place, name, f"c{strip.channel}", self.look)

    def paint_gutter_marks(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        unit = self.selection.unit
        for strip in self._strips():
            if unit is not None and (trace.blocks[strip.block].name, strip.channel) == (
                _layer(unit),
                unit[1],
            ):
                top, height = strip.rect.top(), strip.rect.height()
                painter.fillRect(rect.right() - 4, top, 4, height, self.look.color("acc"))

    def paint_axis(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        for number in range(1, self._n_blocks()):
            top = self._row(number).top() - BETWEEN
            painter.fillRect(rect.left(), top, rect.width(), BETWEEN, self.look.color("bg1"))
        for strip in self._strips():
            block = trace.blocks[strip.block]
            values = self._maps(block)[strip.channel]
            self._paint_heat(painter, strip.rect, values, block.name)

    def _paint_heat(self, painter: QPainter, target: QRect, values: F32, name: str) -> None:
        if self.is_delta:
            self.paint_delta(painter, target, values, f"{name}.{self._shown}")
            return
        high = self._ranges.high((name, self._shown))
        theme, is_signed = self.look.theme, self._shown in ("conv", "grad")
        lut = theme.signed if is_signed else theme.positive
        painter.drawImage(target, picture(indices(values, -high if is_signed else 0, high), lut))
        paint_nan(painter, target, nan_mask(values), self.look)

    def paint_marks(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        t = self.selection.t
        if self.frame is None or not 0 <= t < trace.n_frames:
            return
        config, width = self.frame.run.config, trace.image_HW.shape[1]
        for number, block in enumerate(config.convs):
            c0, c1 = reach(config, number + 1, t, width)
            per = self._per_timestep(number)
            wide = 1 if self._shown in ("pool", "grad") else block.pool[1]
            left, right = self.axis.x(c0 * wide / per), self.axis.x(c1 * wide / per)
            row = self._row(number)
            target = QRect(left, row.top(), right - left, row.height())
            paint_brackets(painter, target, self.look)

    def paint_slice(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        for number, block in enumerate(trace.blocks):
            grid = self._grid(block.pool_CHW.shape[0])
            channels, top = self._in_grid(block, grid), self._row(number).top()
            values = mosaic(self._maps(block)[channels], self._window(number), grid)
            target = QRect(rect.left(), top, values.shape[1], values.shape[0])
            self._paint_heat(painter, target, values, block.name)
            paint_gaps(painter, target, grid, len(channels), self.look.color("bg1"))
            painter.setPen(QPen(self.look.color("acc"), 1.5))
            for channel in self._chosen.shown(block.name, self._n_strips()):
                if channel in channels:
                    box = grid.rect(channels.index(channel), rect.left(), top)
                    painter.drawRect(box.adjusted(0, 0, -1, -1))

    # ---- where things are ----

    def _tensor(self, number: int) -> str:
        """conv2 is what block 2 hands on; conv2.relu and conv2.conv are what stands before it."""
        name = f"conv{number + 1}"
        return name if self._shown in ("pool", "grad") else f"{name}.{self._stage}"

    def _cell(self, number: int, channel: int, x: int, y: int) -> Cell | None:
        trace = self.trace
        if trace is None:
            return None
        height, width = self._maps(trace.blocks[number]).shape[1:]
        if not (0 <= x < width and 0 <= y < height):
            return None
        t = min(x // self._per_timestep(number), trace.n_frames - 1)
        return Cell(self._tensor(number), t, channel, x=x, y=y)

    def cell_at(self, t: int, x: int, y: int) -> Cell | None:
        trace = self.trace
        for strip in self._strips():
            if trace is not None and strip.rect.contains(x, y):
                maps = self._maps(trace.blocks[strip.block])
                column = (x - strip.rect.left()) * maps.shape[2] // strip.rect.width()
                row = (2 * (y - strip.rect.top()) + 1) * maps.shape[1] // (2 * strip.rect.height())
                return self._cell(strip.block, strip.channel, column, row)
        return None

    def rect_of(self, cell: Cell) -> QRect | None:
        trace = self.trace
        for strip in self._strips():
            if (self._tensor(strip.block), strip.channel) != (cell.tensor, cell.row):
                continue
            assert trace is not None
            _, n_rows, n_columns = self._maps(trace.blocks[strip.block]).shape
            rect = strip.rect
            left, right = (
                rect.left() + x * rect.width() // n_columns for x in (cell.x, cell.x + 1)
            )
            top, bottom = (rect.top() + y * rect.height() // n_rows for y in (cell.y, cell.y + 1))
            return QRect(left, top, max(2, right - left), max(2, bottom - top))
        return None

    def neighbour(self, cell: Cell, dt: int, drow: int) -> Cell | None:
        """One column or row on; past the map's edge, the next channel."""
        number = self._number(cell.tensor)
        if number < 0 or self.trace is None:
            return None
        n_channels, height = self._maps(self.trace.blocks[number]).shape[:2]
        y, channel = cell.y + drow, cell.row
        if not 0 <= y < height:
            y, channel = y % height, channel + drow
        if not 0 <= channel < n_channels:
            return None
        return self._cell(number, channel, cell.x + dt, y)

    def _number(self, tensor: str) -> int:
        names = [self._tensor(number) for number in range(self._n_blocks())]
        return names.index(tensor) if tensor in names else -1

    def describe(self, cell: Cell) -> str:
        number = self._number(cell.tensor)
        if number < 0 or self.trace is None:
            return ""
        value = float(self._maps(self.trace.blocks[number])[cell.row, cell.y, cell.x])
        return f"{cell.tensor}[c={cell.row}, y={cell.y}, x={cell.x}] = {fixed(value)}"

    # ---- choosing a channel ----

    def _crop_at(self, x: int, y: int) -> tuple[int, int, QRect] | None:
        """Block, channel and place of the crop at (x, y)."""
        trace, left = self.trace, self.axis.slice_left
        for number, block in enumerate(trace.blocks if trace else ()):
            row = self._row(number)
            if not row.top() <= y <= row.bottom():
                continue
            grid = self._grid(block.pool_CHW.shape[0])
            channels, at = self._in_grid(block, grid), grid.at(x - left, y - row.top())
            if 0 <= at < len(channels):
                return number, channels[at], grid.rect(at, left, row.top())
        return None

    def slice_cell_at(self, x: int, y: int) -> Cell | None:
        found, trace = self._crop_at(x, y), self.trace
        if found is None or trace is None or self.selection.t < 0:
            return None
        number, channel, place = found
        start, stop = self._window(number)
        n_rows = self._maps(trace.blocks[number]).shape[1]
        dx = min(x - place.left(), place.width() - 1)
        dy = min(y - place.top(), place.height() - 1)
        column = start + (2 * dx + 1) * (stop - start) // (2 * place.width())
        return self._cell(number, channel, column, (2 * dy + 1) * n_rows // (2 * place.height()))

    def pick_slice(self, x: int, y: int) -> None:
        found = self._crop_at(x, y)
        if found is not None:
            self._pick_channel(found[0], found[1])

    def _pick_channel(self, number: int, channel: int) -> None:
        selection, tensor = self.selection, self._tensor(number)
        cell = selection.cell
        if cell is not None and cell.tensor == tensor:
            cell = replace(cell, row=channel)
        self.selected.emit(replace(selection, unit=(tensor, channel), cell=cell))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Page up and page down: the next channel of the block picked last."""
        steps = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
        unit, step = self.selection.unit, steps.get(Qt.Key(event.key()), 0)
        number = self._number(unit[0]) if unit is not None else -1
        if not step or unit is None or number < 0 or self.trace is None:
            super().keyPressEvent(event)
            return
        channel = unit[1] + step
        if 0 <= channel < self.trace.blocks[number].pool_CHW.shape[0]:
            self._pick_channel(number, channel)


def _layer(unit: tuple[str, int]) -> str:
    """The block of a unit of any stage: "conv2" of ("conv2.relu", 14)."""
    return unit[0].partition(".")[0]
