"""The names of the lattice's rows: letters in their three columns, syllables to the left of them.

The same geometry answers what character a click in the gutter means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter

from gui.lattice import LatticeRows, letter_at
from gui.letters import BLANK, column_x, draw_letter, letters_left
from gui.look import Look

if TYPE_CHECKING:
    from crnn.debug.trace import CtcTrace
    from crnn.text.hangul import Group, Letter

LABEL = 14
"""Least distance in px of two labels in one column; where it is less, labels are left out."""


@dataclass(frozen=True, slots=True)
class LatticeGutter:
    """`right`: the x where the gutter ends and the axis begins."""

    look: Look
    ctc: CtcTrace
    rows: LatticeRows
    right: int

    def paint(self, painter: QPainter) -> None:
        """A letter a letter state, where there is room; a grey tick a blank state."""
        last: dict[int, float] = {}
        for state in range(self.rows.first, self.rows.first + self.rows.count):
            letter, middle = letter_at(self.ctc, state), self.rows.middle(state)
            if letter is BLANK:
                tick = QRect(self.right - 4, round(middle) - 1, 3, 2)
                painter.fillRect(tick, self.look.color("blank", 0.6))
                continue
            column = column_x(self.look, self.right, letter)
            if middle - last.get(column, -99) >= self.look.px(LABEL):
                last[column] = middle
                self._paint_letter(painter, state, letter, "t1")
        for group in self._groups():
            self._paint_group(painter, group)

    def paint_picked(self, painter: QPainter, state: int) -> None:
        """The letter of the picked state in the accent."""
        letter = letter_at(self.ctc, state)
        if not self.rows.holds(state) or letter is BLANK:
            return
        size = self.look.px(13)
        x, y = column_x(self.look, self.right, letter), round(self.rows.middle(state))
        under = QRect(x - size // 2, y - size // 2, size, size + 1)
        painter.fillRect(under, self.look.color("bg1"))
        self._paint_letter(painter, state, letter, "acc")

    def symbols_at(self, x: int, y: int) -> range | None:
        """The symbols of the label that are named there: a letter's, or those of a syllable."""
        state = self.rows.state_at(y)
        if state < 0:
            return None
        if x < letters_left(self.look, self.right):
            for group in self._groups():
                if 2 * group.start < state < 2 * group.stop:
                    return range(group.start, group.stop)
            return None
        return range(state // 2, state // 2 + 1) if state % 2 else None

    def _groups(self) -> list[Group]:
        """The composed characters of several letters that can be named in full."""
        if letters_left(self.look, self.right) < self.look.px(32):
            return []
        holds = self.rows.holds
        return [
            group
            for group in self.ctc.groups
            if group.stop - group.start > 1
            and holds(2 * group.start + 1)
            and holds(2 * group.stop - 1)
        ]

    def _paint_letter(self, painter: QPainter, state: int, letter: Letter, role: str) -> None:
        top, height = self.rows.span(state)
        draw_letter(painter, self.look, letter, self.right, QRect(0, top, self.right, height), role)

    def _paint_group(self, painter: QPainter, group: Group) -> None:
        """The syllable left of its letters, with a rule between."""
        right = letters_left(self.look, self.right)
        top = self.rows.span(2 * group.start + 1)[0]
        bottom = sum(self.rows.span(2 * group.stop - 1))
        painter.fillRect(right - 5, top, 1, bottom - top, self.look.color("line2"))
        painter.setFont(self.look.font("data_small"))
        painter.setPen(self.look.color("t2"))
        place = QRect(0, (top + bottom) // 2 - 12, right - 7, 24)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, group.text)
