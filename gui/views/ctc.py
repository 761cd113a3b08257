"""CTC: every alignment of the truth at once, states downward, timesteps across.

The heat is alpha, beta, gamma or the gradient; the best path (Viterbi) is drawn over it. Cells that
no legal path passes are veiled, so what is dark inside is unlikely and what is veiled impossible.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF, QResizeEvent

from crnn.debug.messages import Frame
from crnn.debug.trace import CtcTrace, Trace
from crnn.errors import AlphabetError
from crnn.text.hangul import Letter, min_frames
from gui.axis import TimeAxis
from gui.chrome import Fact, Segments
from gui.heat import indices, log_indices, nan_mask, picture
from gui.lattice import (
    FLOOR,
    QUANTITIES,
    LatticeRows,
    emission_frames,
    is_unreachable_TS,
    lay_rows,
    letter_at,
    name_of,
    quantity_TS,
    relative_TS,
)
from gui.lattice_slice import LatticeSlice
from gui.letters import BLANK, column_x, draw_letter, letters_left
from gui.look import Look
from gui.numerals import count, fixed, percent
from gui.overdraw import paint_nan
from gui.panel import AxisPanel
from gui.selection import Cell, Selection

LABEL = 14
"""Least distance in px of two labels in one column; where it is less, labels are left out."""


class CtcPanel(AxisPanel):
    """The lattice of the truth. Cell("alpha" | "beta" | "gamma" | "grad", t, row=s)."""

    def __init__(self, look: Look, axis: TimeAxis) -> None:
        super().__init__(look, axis)
        self.quantity = Segments(look, QUANTITIES, "gamma")
        self.overlay = Segments(look, ("Viterbi",), "Viterbi", exclusive=False)
        self.quantity.chosen.connect(self._choose_quantity)
        self.overlay.chosen.connect(self._choose_overlay)
        self.header.add(self.quantity)
        self.header.add(self.overlay)
        self.first = 0
        self.retranslate()

    @property
    def shown(self) -> str:
        """The quantity in force."""
        return next(iter(self.quantity.checked))

    @property
    def lattice(self) -> CtcTrace | None:
        return self.trace.ctc if self.trace else None

    def retranslate(self) -> None:
        self.header.set_name("CTC")
        self.quantity.set_labels({"alpha": "α", "beta": "β", "gamma": "γ", "grad": self.tr("grad")})
        self.quantity.setToolTip(
            self.tr(
                "γ: how much of the truth's probability passes a cell, on a log scale from 10⁻⁶ to "
                "1. α and β: the same scale, relative to the largest value of their column. grad: "
                "softmax minus the truth's posterior, from −1 to 1."
            )
        )
        self.overlay.setToolTip(self.tr("The most probable single alignment of the truth"))
        self._set_facts()
        self.body.invalidate()

    def show_frame(self, frame: Frame) -> None:
        super().show_frame(frame)
        self._set_facts()

    def show_selection(self, selection: Selection) -> None:
        super().show_selection(selection)
        ctc = self.lattice
        if ctc is None or not 0 <= selection.t < len(ctc.path_T):
            return
        rows, state = self._rows(ctc), self._picked(ctc)
        if not rows.holds(state):
            self.first = state - 1 if state < rows.first else state - rows.count + 2
            self.body.invalidate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_facts()

    def _choose_quantity(self, key: str) -> None:
        cell = self.selection.cell
        self.body.invalidate()
        if cell is not None and cell.tensor in QUANTITIES:
            self.selected.emit(self.selection.pick(replace(cell, tensor=key)))

    def _choose_overlay(self, key: str) -> None:
        self.body.invalidate()

    def _set_facts(self) -> None:
        ctc = self.lattice
        if ctc is None:
            self.header.set_facts()
            return
        share = (
            Fact(self.tr("best path"), "t3"),
            Fact(percent(ctc.path_share), "t1", is_mono=True),
            Fact(self.tr("of the mass"), "t3"),
        )
        paths = (Fact(count(ctc.n_paths), "t1", is_mono=True), Fact(self.tr("paths"), "t3"))
        loss = (Fact("−log P", "t3"), Fact(f"{fixed(ctc.loss_nats, 3)} nats", "t2", is_mono=True))
        self.header.set_facts(*(share if self.width() < 900 else (*paths, *share, *loss)))

    def empty_text(self) -> str:
        trace = self.trace
        if trace is None or trace.ctc is not None or self.frame is None:
            return super().empty_text()
        alphabet = self.frame.run.config.alphabet
        try:
            needed = min_frames(alphabet.encode(trace.truth))
        except AlphabetError:
            return trace.fault
        if needed <= trace.n_frames:
            return trace.fault
        text = self.tr("The label does not fit: T = {frames}, needs {needed}.")
        return text.format(frames=trace.n_frames, needed=needed)

    # ---- geometry ----

    def _rows(self, ctc: CtcTrace) -> LatticeRows:
        return lay_rows(len(ctc.states_S), 3, self.body.height() - 6, self.first)

    def scroll_rows(self, steps: int) -> bool:
        ctc = self.lattice
        if ctc is None or self._rows(ctc).count == len(ctc.states_S):
            return False
        rows = self._rows(ctc)
        self.first = max(0, min(rows.first + 2 * steps, len(ctc.states_S) - rows.count))
        self.body.invalidate()
        return True

    def _picked(self, ctc: CtcTrace) -> int:
        """The state that was picked, or else the likeliest at t."""
        cell = self.selection.cell
        if cell is not None and cell.tensor in QUANTITIES and cell.row < len(ctc.states_S):
            return cell.row
        return int(ctc.gamma_TS[self.selection.t].argmax())

    # ---- gutter ----

    def paint_gutter(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        ctc = self.lattice
        if ctc is None:
            return
        rows, right = self._rows(ctc), rect.right() + 1
        last: dict[int, float] = {}
        for state in range(rows.first, rows.first + rows.count):
            letter = letter_at(ctc, state)
            if letter is BLANK:
                tick = QRect(right - 4, round(rows.middle(state)) - 1, 3, 2)
                painter.fillRect(tick, self.look.color("blank", 0.6))
                continue
            column = column_x(self.look, right, letter)
            if rows.middle(state) - last.get(column, -99) >= self.look.px(LABEL):
                last[column] = rows.middle(state)
                self._paint_letter(painter, rows, state, letter, right, "t1")
        if letters_left(self.look, right) >= self.look.px(32):
            self._paint_groups(painter, rows, ctc, letters_left(self.look, right))

    def _paint_letter(
        self,
        painter: QPainter,
        rows: LatticeRows,
        state: int,
        letter: Letter,
        right: int,
        role: str,
    ) -> None:
        top, height = rows.span(state)
        draw_letter(painter, self.look, letter, right, QRect(0, top, right, height), role)

    def _paint_groups(
        self, painter: QPainter, rows: LatticeRows, ctc: CtcTrace, right: int
    ) -> None:
        """The composed syllables left of their letters, with a rule between."""
        painter.setFont(self.look.font("data_small"))
        for group in ctc.groups:
            first, last = 2 * group.start + 1, 2 * group.stop - 1
            if not (rows.holds(first) and rows.holds(last)) or group.stop - group.start < 2:
                continue
            top, bottom = rows.span(first)[0], sum(rows.span(last))
            painter.fillRect(right - 5, top, 1, bottom - top, self.look.color("line2"))
            painter.setPen(self.look.color("t2"))
            place = QRect(0, (top + bottom) // 2 - 12, right - 7, 24)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, group.text)

    def paint_gutter_marks(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        """The letter of the picked state in the accent."""
        ctc, t = self.lattice, self.selection.t
        if ctc is None or not 0 <= t < len(ctc.path_T):
            return
        rows, state, right = self._rows(ctc), self._picked(ctc), rect.right() + 1
        letter = letter_at(ctc, state)
        if not rows.holds(state) or letter is BLANK:
            return
        size = self.look.px(13)
        x, y = column_x(self.look, right, letter), round(rows.middle(state))
        painter.fillRect(
            QRect(x - size // 2, y - size // 2, size, size + 1), self.look.color("bg1")
        )
        self._paint_letter(painter, rows, state, letter, right, "acc")

    # ---- axis ----

    def paint_axis(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        ctc = self.lattice
        if ctc is None:
            return
        rows = self._rows(ctc)
        self._paint_heat(painter, rows, trace, ctc)
        if "Viterbi" in self.overlay.checked:
            self._paint_path(painter, rows, ctc)

    def _paint_heat(
        self, painter: QPainter, rows: LatticeRows, trace: Trace, ctc: CtcTrace
    ) -> None:
        theme, shown = self.look.theme, self.shown
        values_TS = quantity_TS(trace, ctc, shown)
        if shown == "grad":
            index_TS, lut = indices(values_TS, -1.0, 1.0), theme.signed.copy()
        else:
            share_TS = values_TS if shown == "gamma" else relative_TS(values_TS)
            index_TS, lut = log_indices(share_TS, FLOOR), theme.probability.copy()
        # Colour 0 is free for the veil: no reachable cell uses it.
        index_TS = np.where(is_unreachable_TS(ctc), 0, np.maximum(index_TS, 1)).astype(np.uint8)
        lut[0] = _veil(self.look)
        states = slice(rows.first, rows.first + rows.count)
        index_ST = np.repeat(index_TS.T[states], np.diff(rows.tops), axis=0)
        place = self.axis.data_rect(rows.tops[0], rows.tops[-1] - rows.tops[0])
        painter.drawImage(place, picture(index_ST, lut))
        nan_ST = np.repeat(nan_mask(values_TS).T[states], np.diff(rows.tops), axis=0)
        paint_nan(painter, place, nan_ST, self.look)

    def _paint_path(self, painter: QPainter, rows: LatticeRows, ctc: CtcTrace) -> None:
        half = self.axis.pitch / 2
        centres = {
            t: QPointF(self.axis.x(t) + half, rows.middle(state))
            for t, state in enumerate(ctc.path_T.tolist())
            if rows.holds(state)
        }
        line = QPolygonF(list(centres.values()))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for role, width in (("pathhalo", 3.5), ("path", 1.5)):
            painter.setPen(QPen(self.look.color(role), width))
            painter.drawPolyline(line)
        painter.setPen(QPen(self.look.color("pathhalo"), 1))
        painter.setBrush(self.look.color("path"))
        for t in emission_frames(ctc.path_T).tolist():
            if t in centres:
                painter.drawEllipse(centres[t], 2.75, 2.75)
        painter.restore()

    # ---- slice ----

    def paint_slice(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        ctc, t = self.lattice, self.selection.t
        if ctc is None or t >= len(ctc.path_T):
            return
        at = LatticeSlice(self.look, trace, ctc, self._rows(ctc), t, self._picked(ctc))
        at.paint(painter, rect, self.tr("state {s}: {letter}"), self.tr("blank"))

    # ---- cells ----

    def cell_at(self, t: int, x: int, y: int) -> Cell | None:
        ctc = self.lattice
        state = self._rows(ctc).state_at(y) if ctc is not None else -1
        return Cell(self.shown, t, state) if state >= 0 else None

    def slice_cell_at(self, x: int, y: int) -> Cell | None:
        trace, t = self.trace, self.selection.t
        return self.cell_at(t, x, y) if trace is not None and 0 <= t < trace.n_frames else None

    def pick_slice(self, x: int, y: int) -> None:
        cell = self.slice_cell_at(x, y)
        if cell is not None:
            self.selected.emit(self.selection.pick(cell))

    def rect_of(self, cell: Cell) -> QRect | None:
        ctc = self.lattice
        if cell.tensor not in QUANTITIES or ctc is None or not self._rows(ctc).holds(cell.row):
            return None
        top, height = self._rows(ctc).span(cell.row)
        return self.axis.column_rect(cell.t, top, height)

    def neighbour(self, cell: Cell, dt: int, drow: int) -> Cell | None:
        ctc = self.lattice
        t, state = cell.t + dt, cell.row + drow
        if ctc is None or not (0 <= t < len(ctc.path_T) and 0 <= state < len(ctc.states_S)):
            return None
        return Cell(cell.tensor, t, state)

    def describe(self, cell: Cell) -> str:
        trace, ctc = self.trace, self.lattice
        if trace is None or ctc is None:
            return ""
        names = {"alpha": "log α", "beta": "log β", "gamma": "γ", "grad": "p − γ"}
        value = float(quantity_TS(trace, ctc, cell.tensor)[cell.t, cell.row])
        letter = name_of(letter_at(ctc, cell.row))
        return f"{names[cell.tensor]}[t={cell.t}, s={cell.row} {letter}] = {fixed(value)}"


def _veil(look: Look) -> int:
    """4 % of t1 on the canvas, as 0xFFRRGGBB."""
    over, under = look.color("t1"), look.color("canvas")
    pairs = zip(over.getRgb()[:3], under.getRgb()[:3], strict=True)  # type: ignore[index]
    r, g, b = (round(0.04 * a + 0.96 * c) for a, c in pairs)
    return int(0xFF000000 | r << 16 | g << 8 | b)
