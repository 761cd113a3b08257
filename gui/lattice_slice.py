"""The lattice at one timestep: gamma as bars, log alpha as a line, the picked state in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from gui.bars import bar_color, draw_bar, draw_delta, draw_number
from gui.heat import log_indices
from gui.lattice import FLOOR, LatticeRows, gradient_TS, letter_at, relative_TS
from gui.letters import BLANK, sign
from gui.look import Look
from gui.numerals import fixed, signed

if TYPE_CHECKING:
    from crnn.debug.trace import CtcTrace, Trace

WIDE = 300
"""Slice zone from which the numbers of the picked state stand beside the bars."""


@dataclass(frozen=True, slots=True)
class Line:
    """One number beside the bars: `key` is the colour of the piece of line that stands for it."""

    name: str
    value: str
    key: QColor | None = None


@dataclass(frozen=True, slots=True)
class LatticeSlice:
    """What is drawn beside the lattice for timestep t; `state` is the picked one.

    more: lines that are listed with those of the cell: where its letter lies, the best paths.
    delta: above 0, the numbers are differences of two lattices, gamma's from -delta to delta, and
    alpha has no line.
    """

    look: Look
    trace: Trace
    ctc: CtcTrace
    rows: LatticeRows
    t: int
    state: int
    more: tuple[Line, ...] = ()
    delta: float = 0.0

    def paint(self, painter: QPainter, rect: QRect, title: str, blank: str) -> None:
        """Bars in `rect`; where it is wide, numbers under `title` ("state {s}: {letter}"), in
        which the blank is called `blank`."""
        px = self.look.px
        is_wide = rect.width() >= px(WIDE)
        zone = QRect(rect.left(), 0, px(152) if is_wide else rect.width(), rect.height())
        numbers = px(44) if zone.width() >= px(120) else 0
        bars = zone.adjusted(0, 0, -numbers, 0)
        for state in range(self.rows.first, self.rows.first + self.rows.count):
            self._paint_bar(painter, bars, state)
        if not self.delta:
            self._paint_alpha(painter, bars)
        if numbers and self.rows.holds(self.state):
            middle = round(self.rows.middle(self.state))
            place = QRect(bars.right() + 1, middle - px(8), numbers, px(16))
            gamma = float(self.ctc.gamma_TS[self.t, self.state])
            text = (signed if self.delta else fixed)(gamma, 3)
            draw_number(painter, self.look, place, text, "t1")
        if is_wide:
            self._paint_numbers(
                painter, rect.adjusted(zone.width() + px(28), 4, 0, 0), title, blank
            )

    def _paint_bar(self, painter: QPainter, zone: QRect, state: int) -> None:
        """A letter's bar stands on a track; a blank's is thin and has none."""
        is_blank = state % 2 == 0
        top, height = self.rows.span(state)
        thick = 2 if is_blank else max(3, min(8, height - 2))
        bar = QRect(zone.left(), top + (height - thick) // 2, zone.width(), thick)
        track = self.look.color("bg1" if is_blank else "bg3")
        gamma = float(self.ctc.gamma_TS[self.t, state])
        if self.delta:
            draw_delta(painter, self.look, bar, gamma, self.delta)
            return
        draw_bar(painter, bar, gamma, bar_color(self.look, is_blank), track)

    def _paint_alpha(self, painter: QPainter, zone: QRect) -> None:
        """log alpha: full width is the column's largest value, the left edge a millionth of it."""
        column_TS = self.ctc.log_alpha_TS[self.t : self.t + 1]
        share_S = log_indices(relative_TS(column_TS), FLOOR)[0] / 255.0
        points = [
            QPointF(zone.left() + float(share_S[s]) * (zone.width() - 1), self.rows.middle(s))
            for s in range(self.rows.first, self.rows.first + self.rows.count)
        ]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.look.color("t2"), 1))
        painter.drawPolyline(QPolygonF(points))
        painter.restore()

    def _lines(self) -> tuple[Line, ...]:
        ctc, t, state = self.ctc, self.t, self.state
        write = signed if self.delta else fixed
        key = None if self.delta else self.look.color("t2")
        return (
            Line("γ", write(float(ctc.gamma_TS[t, state]))),
            Line("log α", write(float(ctc.log_alpha_TS[t, state]), 3), key),
            Line("log β", write(float(ctc.log_beta_TS[t, state]), 3)),
            *self.more,
            Line("p − γ", signed(float(gradient_TS(self.trace, ctc)[t, state]))),
            Line("−log P", write(ctc.loss_nats, 3)),
        )

    def _paint_numbers(self, painter: QPainter, rect: QRect, title: str, blank: str) -> None:
        """The picked state in numbers, and what bar and line mean."""
        line = self.look.px(17)
        rect.setWidth(min(rect.width(), self.look.px(200)))
        painter.setFont(self.look.font("data_small"))
        painter.setPen(self.look.color("t3"))
        row = QRect(rect.left(), rect.top(), rect.width(), line)
        letter = letter_at(self.ctc, self.state)
        name = title.format(s=self.state, letter=blank if letter is BLANK else sign(letter))
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, name)
        for number, shown in enumerate(self._lines()):
            row.translate(0, line)
            if row.bottom() > rect.bottom():
                return
            self._paint_key(painter, row, shown, is_bar=number == 0)
            painter.setFont(self.look.font("header"))
            painter.setPen(self.look.color("t2"))
            label = row.adjusted(self.look.px(26), 0, 0, 0)
            painter.drawText(label, Qt.AlignmentFlag.AlignVCenter, shown.name)
            draw_number(painter, self.look, row, shown.value, "t1" if number == 0 else "t2")

    def _paint_key(self, painter: QPainter, row: QRect, shown: Line, *, is_bar: bool) -> None:
        """The legend: a piece of bar beside gamma, a piece of line beside what is drawn as one."""
        middle, width = row.center().y(), self.look.px(16)
        if is_bar:
            painter.fillRect(row.left(), middle - 3, width, 7, bar_color(self.look, False))
        elif shown.key is not None:
            painter.fillRect(row.left(), middle, width, 1, shown.key)
