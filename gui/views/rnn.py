"""RNN: hidden units and gates over time, forward direction above backward, on the time axis.

Every row is one unit. Which units have a row is chosen once a run, by how much they vary, and they
stand in the order of their peaks; a new frame never re-sorts them. Both directions are in image
order, so a column is the same place in all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QResizeEvent

from gui.axis import TimeAxis
from gui.bars import draw_span
from gui.chrome import Segments
from gui.heat import indices, nan_mask, picture
from gui.held import HeldRange, HeldUnits
from gui.look import Look
from gui.numerals import fixed, signed
from gui.overdraw import paint_nan
from gui.palette import Lut
from gui.panel import AxisPanel
from gui.selection import Cell, Selection

if TYPE_CHECKING:
    from crnn.arrays import F32
    from crnn.debug.messages import Frame
    from crnn.debug.trace import DirectionTrace, RecurrentTrace, Trace

GATES = "hcifog"
UNSIGNED = "ifo"
USUAL_ROWS = 12
THINNEST, THICKEST = 3, 6
GAP = 4
"""Pixels between the two directions."""
LINE_MIN = 13
"""Least height of a line of numbers beside the axis: below it digits touch."""


@dataclass(frozen=True, slots=True)
class Zone:
    """The rows of one direction: its units from top to bottom, `row` px each."""

    direction: DirectionTrace
    key: str
    units: tuple[int, ...]
    top: int
    height: int
    row: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One value of the picked unit beside the axis."""

    zone: Zone
    gate: str
    rect: QRect


class RnnPanel(AxisPanel):
    """Segments choose hidden state, cell or gate; a second group the layer where there are two."""

    def __init__(self, look: Look, axis: TimeAxis) -> None:
        super().__init__(look, axis)
        self._gate, self._layer, self._run_id = "h", "", -1
        self._units, self._ranges = HeldUnits(), HeldRange()
        self._layers = Segments(look, ("",), "")
        self._layers.chosen.connect(self._show_layer)
        self._gates = Segments(look, tuple(GATES), "h")
        self._gates.chosen.connect(self._show_gate)
        self._fit = Segments(look, ("fit",), "")
        self._fit.chosen.connect(self._fit_range)
        for group in (self._layers, self._fit, self._gates):
            self.header.add(group)
        self._layers.hide()
        self._fit.hide()
        axis.changed.connect(self._set_facts)
        self.restyle()
        self.retranslate()

    def restyle(self) -> None:
        """Two directions have room for two lines of numbers each."""
        self.body.setMinimumHeight(4 * self.look.px(LINE_MIN) + GAP + 4)
        super().restyle()

    def retranslate(self) -> None:
        self.header.set_name(self.tr("RNN"))
        self._fit.set_labels({"fit": self.tr("fit")})
        self._fit.setToolTip(self.tr("Fit the colours to the values shown now"))
        self._gates.setToolTip(
            self.tr(
                "h hidden state, c cell, i input gate, f forget gate, o output gate, g candidate"
            )
        )
        self._set_facts()
        self.body.invalidate()

    def empty_text(self) -> str:
        trace = self.trace
        if trace is None:
            return self.tr("Nothing recorded yet. Press F10.")
        return "" if trace.recurrents else self.tr("This model has no recurrent layer.")

    def show_frame(self, frame: Frame) -> None:
        if frame.run.run_id != self._run_id:
            self._run_id = frame.run.run_id
            self._units.clear()
            self._ranges.clear()
        super().show_frame(frame)
        self._set_segments()
        self._hold()
        self._set_facts()

    def show_selection(self, selection: Selection) -> None:
        super().show_selection(selection)
        key, unit = _unit(selection)
        if key and self._units.picked(key) != unit:
            self._units.pick(key, unit)
            self.body.invalidate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_facts()

    # ---- what is shown ----

    def _set_segments(self) -> None:
        """Offer the layers and gates that this model has."""
        recurrents = self.trace.recurrents if self.trace else ()
        if not recurrents:
            return
        names = [layer.name for layer in recurrents]
        if self._layer not in names:
            self._layer = names[0]
        self._layers.set_keys(names, self._layer)
        self._layers.setVisible(len(names) > 1)
        has = recurrents[0].directions[0].gates
        gates = [gate for gate in GATES if gate == "h" or gate in has]
        if self._gate not in gates:
            self._gate = "h"
        self._gates.set_keys(gates, self._gate)
        self._gates.setVisible(len(gates) > 1)
        self._fit.setVisible(self._gate == "c")

    def _hold(self) -> None:
        """Choose units and the cell's range, unless they are held already."""
        if self.is_delta:
            self._hold_deltas()
            return
        for layer in self.trace.recurrents if self.trace else ():
            for direction in layer.directions:
                self._units.hold(f"{layer.name}.{direction.name}", direction.hidden_TU)
            cells = [way.gates["c"] for way in layer.directions if "c" in way.gates]
            if cells:
                self._ranges.hold((layer.name, "c"), np.concatenate(cells))
            arrived = self.inner.gradients if self.inner is not None else {}
            found = [grad for name, grad in arrived.items() if name.startswith(layer.name)]
            if found:
                self._ranges.hold((layer.name, "grad"), np.concatenate(found))

    def _hold_deltas(self) -> None:
        """Of differences every array has a range of its own."""
        for layer in self.trace.recurrents if self.trace else ():
            for way in layer.directions:
                for gate, values in (("h", way.hidden_TU), *way.gates.items()):
                    self.deltas.hold((layer.name, gate), values)

    def _show_layer(self, name: str) -> None:
        self._layer = name
        self._set_facts()
        self.body.invalidate()

    def _show_gate(self, gate: str) -> None:
        self._gate = gate
        self._fit.setVisible(gate == "c")
        self.body.invalidate()

    def _fit_range(self) -> None:
        self._fit.set_checked("")
        self._ranges.clear()
        self.deltas.clear()
        self._hold()
        self.body.invalidate()

    def _set_facts(self) -> None:
        zones = self._zones()
        if not zones:
            self.header.set_facts()
            return
        total = zones[0].direction.hidden_TU.shape[1]
        if len(zones) > 1:
            text = self.tr("{layer} · {n} of {units} units each way, by time of peak")
        else:
            text = self.tr("{layer} · {n} of {units} units, by time of peak")
        if self._is_backward:
            text = self.tr("{layer} · gradient of the hidden states, {n} of {units} units")
        n = len(zones[0].units)
        self.header.set_facts((text.format(layer=self._layer, n=n, units=total), "t3"))

    # ---- geometry ----

    def zones(self) -> list[tuple[str, int, int]]:
        """On the way back the columns that the recursion has walked."""
        back = "grad." if self._is_backward else ""
        return [(f"{back}{zone.key}", zone.top, zone.height) for zone in self._zones()]

    def _recurrent(self) -> RecurrentTrace | None:
        found = self.trace.recurrents if self.trace else ()
        return next((layer for layer in found if layer.name == self._layer), None)

    def _zones(self) -> list[Zone]:
        layer = self._recurrent()
        if layer is None:
            return []
        n_ways = len(layer.directions)
        room = max(1, (self.body.height() - 4 - GAP * (n_ways - 1)) // n_ways)
        zones: list[Zone] = []
        for number, direction in enumerate(layer.directions):
            n_units = direction.hidden_TU.shape[1]
            row = max(THINNEST, min(THICKEST, room // USUAL_ROWS))
            n = max(1, min(n_units, room // row))
            if n == n_units:
                row = min(2 * THICKEST, max(1, room // n))
            key = f"{layer.name}.{direction.name}"
            units = tuple(self._units.rows(key, n, n_units))
            top = 2 + number * (room + GAP)
            zones.append(Zone(direction, key, units, top, room, row))
        return zones

    @property
    def _is_backward(self) -> bool:
        return self.inner is not None and self.inner.is_backward

    def _values(self, direction: DirectionTrace, gate: str) -> F32:
        """On the way back h is the gradient that arrives at the hidden states, 0 before it does."""
        if gate != "h":
            return direction.gates[gate]
        if self.inner is None or not self._is_backward:
            return direction.hidden_TU
        found = self.inner.gradients.get(f"{self._layer}.{direction.name}")
        return np.zeros_like(direction.hidden_TU) if found is None else found

    def _scale(self, gate: str) -> tuple[float, float, Lut]:
        """Lowest and highest value, and the colours between them."""
        theme = self.look.theme
        if self.is_delta:
            high = self.deltas.high((self._layer, gate))
            return -high, high, theme.signed
        if gate in UNSIGNED:
            return 0.0, 1.0, theme.positive
        high = 1.0
        if gate == "c" or (gate == "h" and self._is_backward):
            high = self._ranges.high((self._layer, "c" if gate == "c" else "grad"))
        return -high, high, theme.signed

    # ---- what is drawn ----

    def paint_gutter(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        names = {"fwd": self.tr("fwd"), "bwd": self.tr("bwd")}
        for zone in self._zones():
            name = names[zone.direction.name]
            self.row_name(painter, self._name_rect(zone, rect.width()), name, "t1")

    def _name_rect(self, zone: Zone, width: int) -> QRect:
        line = self.look.px(15)
        height = zone.height if zone.height < 2 * line else zone.height - line
        return QRect(0, zone.top, width, height)

    def paint_gutter_marks(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        line = self.look.px(15)
        for zone in self._zones():
            unit = self._units.picked(zone.key)
            if zone.height >= 2 * line:
                below = self._name_rect(zone, rect.width()).center().y() + line // 2 + 1
                painter.setFont(self.look.font("mono_small"))
                painter.setPen(self.look.color("t3"))
                right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(QRect(0, below, rect.width() - 10, line), right, f"u{unit}")
            if unit in zone.units:
                top = zone.top + zone.units.index(unit) * zone.row
                painter.fillRect(rect.right() - 4, top, 4, zone.row, self.look.color("acc"))

    def paint_axis(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        low, high, lut = self._scale(self._gate)
        painter.fillRect(rect, self.look.color("bg1"))
        for zone in self._zones():
            values = self._values(zone.direction, self._gate)[:, zone.units].T
            target = self.axis.data_rect(zone.top, zone.row * len(zone.units))
            painter.drawImage(target, picture(indices(values, low, high), lut))
            paint_nan(painter, target, nan_mask(values), self.look)

    def paint_slice(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        if not 0 <= self.selection.t < trace.n_frames:
            return
        for bar in self._bars():
            self._paint_bar(painter, bar)

    def _bars(self) -> list[Bar]:
        """Two lines of bars a direction, i f over o g, and h and c where there is width."""
        rect = self.axis.slice_rect(0, self.body.height())
        bars: list[Bar] = []
        for zone in self._zones():
            has = [gate for gate in "iofghc" if gate == "h" or gate in zone.direction.gates]
            n_columns = 1 if len(has) == 1 else 3 if rect.width() >= 240 else 2
            shown = has if n_columns != 2 else has[:4]
            width = min(self.look.px(150), rect.width() // n_columns)
            line = min(self.look.px(20), zone.height // 2)
            top = zone.top + max(0, min(zone.height, zone.row * len(zone.units)) - 2 * line) // 2
            for number, gate in enumerate(shown):
                column, row = divmod(number, 2)
                place = QRect(rect.left() + column * width, top + row * line, width, line)
                bars.append(Bar(zone, gate, place))
        return bars

    def _paint_bar(self, painter: QPainter, bar: Bar) -> None:
        unit = self._units.picked(bar.zone.key)
        value = float(self._values(bar.zone.direction, bar.gate)[self.selection.t, unit])
        rect, px = bar.rect, self.look.px
        painter.setFont(self.look.font("mono_small"))
        painter.setPen(self.look.color("t2"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | middle, bar.gate)
        numbers = px(40) if rect.width() >= px(74) else 0
        track = QRect(
            rect.left() + px(12), rect.center().y() - 2, rect.width() - px(20) - numbers, 6
        )
        painter.fillRect(track, self.look.color("bg3"))
        draw_span(painter, self.look, track, value, self._scale(bar.gate)[:2])
        if numbers:
            painter.setPen(self.look.color("t1"))
            place = rect.adjusted(0, 0, -px(8), 0)
            text = signed(value, 2) if self.is_delta else fixed(value, 2)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | middle, text)

    # ---- where things are ----

    def _zone_at(self, y: int) -> tuple[Zone, int] | None:
        for zone in self._zones():
            row = (y - zone.top) // zone.row
            if 0 <= row < len(zone.units):
                return zone, row
        return None

    def cell_at(self, t: int, x: int, y: int) -> Cell | None:
        found = self._zone_at(y)
        if found is None:
            return None
        zone, row = found
        return Cell(f"{zone.key}.{self._gate}", t, zone.units[row])

    def rect_of(self, cell: Cell) -> QRect | None:
        for zone in self._zones():
            if cell.tensor == f"{zone.key}.{self._gate}" and cell.row in zone.units:
                top = zone.top + zone.units.index(cell.row) * zone.row
                return self.axis.column_rect(cell.t, top, zone.row)
        return None

    def neighbour(self, cell: Cell, dt: int, drow: int) -> Cell | None:
        """One timestep or one row on; past the last row of a direction, the other direction."""
        rows = [(zone.key, unit) for zone in self._zones() for unit in zone.units]
        here = (cell.tensor.rpartition(".")[0], cell.row)
        trace, t = self.trace, cell.t + dt
        if trace is None or here not in rows or not 0 <= t < trace.n_frames:
            return None
        at = rows.index(here) + drow
        if not 0 <= at < len(rows):
            return None
        key, unit = rows[at]
        return Cell(f"{key}.{self._gate}", t, unit)

    def describe(self, cell: Cell) -> str:
        key, _, gate = cell.tensor.rpartition(".")
        for zone in self._zones():
            if zone.key == key:
                value = float(self._values(zone.direction, gate)[cell.t, cell.row])
                return f"{cell.tensor}[t={cell.t}, u={cell.row}] = {fixed(value)}"
        return ""

    def slice_cell_at(self, x: int, y: int) -> Cell | None:
        trace, t = self.trace, self.selection.t
        if trace is None or not 0 <= t < trace.n_frames:
            return None
        for bar in self._bars():
            if bar.rect.contains(x, y):
                unit = self._units.picked(bar.zone.key)
                return Cell(f"{bar.zone.key}.{bar.gate}", t, unit)
        return None


def _unit(selection: Selection) -> tuple[str, int]:
    """Direction and number of the picked unit: ("rnn1.fwd", 91) of "rnn1.fwd.h"; else ("", -1)."""
    if selection.unit is None or not selection.unit[0].startswith("rnn"):
        return "", -1
    tensor, unit = selection.unit
    return ".".join(tensor.split(".")[:2]), unit
