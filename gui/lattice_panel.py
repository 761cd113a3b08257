"""Lattice panel: where states and cells of a lattice lie; what is drawn there is views/ctc.py's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect

from gui.lattice import QUANTITIES, LatticeRows, lay_rows
from gui.panel import AxisPanel
from gui.selection import Cell

if TYPE_CHECKING:
    from crnn.debug.trace import CtcTrace


class LatticePanel(AxisPanel):
    """Rows of states from `first` on. A subclass says which lattice, and which quantity of it."""

    first = 0

    @property
    def shown(self) -> str:
        """The quantity in force."""
        return QUANTITIES[0]

    @property
    def lattice(self) -> CtcTrace | None:
        """The lattice whose cells are shown."""
        return self.trace.ctc if self.trace else None

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

    def cell_at(self, t: int, x: int, y: int) -> Cell | None:
        ctc = self.lattice
        state = self._rows(ctc).state_at(y) if ctc is not None else -1
        return Cell(self.shown, t, state) if state >= 0 else None

    def slice_cell_at(self, x: int, y: int) -> Cell | None:
        trace, t = self.trace, self.selection.t
        return self.cell_at(t, x, y) if trace is not None and 0 <= t < trace.n_frames else None

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
