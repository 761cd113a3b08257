"""SOFTMAX: the probability of each class at each timestep, the blank as a curve of its own above.

The rows of a sample hold still: letters of truth and output in reading order, and whatever comes
into use later is added at the end. A thin line under a cell shows what the truth's posterior wants.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QResizeEvent

from gui.axis import TimeAxis
from gui.bars import SEEN, bar_color, draw_bar, draw_delta, draw_number, draw_top_list
from gui.chrome import Segments
from gui.classes import in_use, wanted_TK, wrong_classes
from gui.heat import indices, log_indices, nan_mask, picture
from gui.lens import compared
from gui.letters import ROW, ROW_APART, draw_letter, letter_of, spoken
from gui.look import Look
from gui.numerals import fixed, signed
from gui.overdraw import paint_nan
from gui.panel import AxisPanel
from gui.selection import Cell, Selection

if TYPE_CHECKING:
    from crnn.debug.messages import Frame
    from crnn.debug.trace import Trace
    from crnn.text.hangul import Alphabet

FLOOR = 1e-4
"""The log scale runs from here to 1."""
WIDE = 260
"""Slice zone from which the list of the most probable classes stands beside the bars."""


class SoftmaxPanel(AxisPanel):
    """Blank curve, then one row a class. Cell("softmax", t, row=k); row 0 is the blank."""

    def __init__(self, look: Look, axis: TimeAxis) -> None:
        super().__init__(look, axis)
        self.scale = Segments(look, ("log", "linear"), "log")
        self.extent = Segments(look, ("in use", "all"), "in use")
        for segments in (self.scale, self.extent):
            segments.chosen.connect(self._chosen)
            self.header.add(segments)
        self.rows: tuple[int, ...] = ()
        self.first = 0
        self._held: tuple[int, ...] = ()
        self._held_for: tuple[int, int] | None = None
        self.retranslate()

    def retranslate(self) -> None:
        self.header.set_name(self.tr("Softmax"))
        self.scale.set_labels({"log": self.tr("log"), "linear": self.tr("linear")})
        self.extent.set_labels({"in use": self.tr("in use"), "all": self.tr("all")})
        self._set_facts()
        self.body.invalidate()

    def show_frame(self, frame: Frame) -> None:
        super().show_frame(frame)
        b = compared(frame)
        for trace in (frame.trace, b.trace if b is not None else None):
            if trace is not None:
                sample = (frame.run.run_id, trace.sample)
                self._held = in_use(trace, self._held if sample == self._held_for else ())
                self._held_for = sample
        self._set_rows()

    def show_selection(self, selection: Selection) -> None:
        super().show_selection(selection)
        self._reveal(selection)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_facts()
        self._reveal(self.selection)

    def _chosen(self, key: str) -> None:
        self.first = 0 if key in ("in use", "all") else self.first
        self._set_rows()
        self._reveal(self.selection)
        self.body.invalidate()

    def _set_rows(self) -> None:
        trace = self.trace
        if trace is not None:
            every = tuple(range(1, trace.prob_TK.shape[1]))
            self.rows = every if "all" in self.extent.checked else self._held
            self._set_facts()

    def is_all_blank(self) -> bool:
        """The phase every CTC net goes through: blank is the likeliest class everywhere."""
        trace = self.trace
        if trace is None or self.is_delta:
            return False
        return bool(trace.truth) and not trace.output.best_T.any()

    def _set_facts(self) -> None:
        trace = self.trace
        self.header.setToolTip("")
        if trace is None:
            self.header.set_facts()
        elif self.is_all_blank():
            self.header.set_facts(
                (self.tr("All blank is normal now."), "t2"), (self.tr("See why."), "acc")
            )
            self.header.setToolTip(self._why_all_blank())
        else:
            text = self.tr("{used} of {all} classes in use").format(
                used=len(self._held), all=trace.prob_TK.shape[1]
            )
            order = self.tr("in reading order")
            small = self.width() < 900
            self.header.set_facts((text if small else f"{text} · {order}", "t3"))

    def _why_all_blank(self) -> str:
        return self.tr(
            "Before the net can tell places apart, the best it can do is to say the same at every "
            "timestep. Blank stands between all letters, so over all alignments of the truth it is "
            "wanted more than any single letter, and it becomes the likeliest class everywhere. "
            "The gradient p − γ goes on pushing each letter up where it is wanted, until the first "
            "of them passes the blank."
        )

    # ---- geometry ----

    def zones(self) -> list[tuple[str, int, int]]:
        return [("prob", 0, self.body.height())]

    def _blank_rect(self) -> QRect:
        """Where the blank curve lies; x and width are the axis's."""
        tall = self.body.height() >= self.look.px(120)
        return self.axis.axis_rect(4, self.look.px(20 if tall else 13))

    def _top(self) -> int:
        return self._blank_rect().bottom() + 3

    def _pitch(self) -> int:
        """Wider where all classes are shown: there vowels stand under vowels."""
        room = self.body.height() - self._top() - 2
        least = self.look.px(ROW_APART if "all" in self.extent.checked else ROW)
        return max(least, min(self.look.px(20), room // max(1, len(self.rows))))

    def visible_rows(self) -> tuple[int, ...]:
        """The classes on the screen, from the top."""
        fit = max(1, (self.body.height() - self._top()) // self._pitch())
        first = max(0, min(self.first, len(self.rows) - fit))
        return self.rows[first : first + fit]

    def scroll_rows(self, steps: int) -> bool:
        """Move the window of rows; False where all of them are on the screen anyway."""
        hidden = len(self.rows) - len(self.visible_rows())
        if hidden <= 0:
            return False
        self.first = max(0, min(self.first + steps, hidden))
        self.body.invalidate()
        return True

    def _reveal(self, selection: Selection) -> None:
        """Scroll as little as needed to show the picked row, or else the best letter at t."""
        trace, shown = self.trace, self.visible_rows()
        if trace is None or len(shown) == len(self.rows) or not 0 <= selection.t < trace.n_frames:
            return
        is_mine = selection.cell is not None and selection.cell.tensor == "softmax"
        k = selection.symbol if is_mine else int(trace.prob_TK[selection.t, 1:].argmax()) + 1
        if k in self.rows and k not in shown:
            at, first = self.rows.index(k), self.rows.index(shown[0])
            self.first = at if at < first else at - len(shown) + 1
            self.body.invalidate()

    def _row_rect(self, index: int, left: int, width: int) -> QRect:
        return QRect(left, self._top() + index * self._pitch(), width, self._pitch())

    # ---- painting ----

    def paint_gutter(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        blank = self._blank_rect()
        name = QRect(0, blank.top(), rect.width(), blank.height())
        self.row_name(painter, name, self.tr("blank"), "blank")
        alphabet, wrong = self._alphabet(), wrong_classes(trace)
        for index, k in enumerate(self.visible_rows()):
            row = self._row_rect(index, rect.left(), rect.width())
            letter, role = letter_of(alphabet, k), "err" if k in wrong else "t1"
            draw_letter(painter, self.look, letter, rect.right() + 1, row, role)
            if k in wrong:
                tick = QRect(rect.right() - 4, row.top() + 2, 3, row.height() - 4)
                painter.fillRect(tick, self.look.color("err"))
        self._paint_thumb(painter, rect)

    def _paint_thumb(self, painter: QPainter, rect: QRect) -> None:
        """Where the visible rows stand among all: 2 px at the gutter's left edge."""
        shown = self.visible_rows()
        if len(shown) == len(self.rows) or not shown:
            return
        top, height = self._top(), self._pitch() * len(shown)
        at = height * self.rows.index(shown[0]) // len(self.rows)
        length = max(8, height * len(shown) // len(self.rows))
        painter.fillRect(QRect(2, top, 2, height), self.look.color("line"))
        painter.fillRect(QRect(2, top + at, 2, length), self.look.color("t3"))

    def paint_axis(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        self._paint_blank_curve(painter, trace)
        rows = list(self.visible_rows())
        if not rows:
            return
        p_RT = trace.prob_TK[:, rows].T
        place = self.axis.data_rect(self._top(), self._pitch() * len(rows))
        if self.is_delta:
            self.paint_delta(painter, place, p_RT, "softmax")
            return
        is_log = "log" in self.scale.checked
        index_RT = log_indices(p_RT, FLOOR) if is_log else indices(p_RT, 0.0, 1.0)
        painter.drawImage(place, picture(index_RT, self.look.theme.probability))
        paint_nan(painter, place, nan_mask(p_RT), self.look)
        self._paint_wanted(painter, trace, rows)

    def _paint_blank_curve(self, painter: QPainter, trace: Trace) -> None:
        zone, width = self._blank_rect(), self.axis.pitch
        share_T = np.where(np.isnan(trace.prob_TK[:, 0]), 0.0, trace.prob_TK[:, 0])
        if self.is_delta:
            self.paint_delta(
                painter, self.axis.data_rect(zone.top(), zone.height()), share_T[None, :], "blank"
            )
            return
        heights = (share_T * zone.height()).round().astype(int).tolist()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.look.color("blank", 0.5))
        floor = zone.top() + zone.height()
        painter.drawRects(
            [QRect(self.axis.x(t), floor - h, width, h) for t, h in enumerate(heights) if h]
        )

    def _paint_wanted(self, painter: QPainter, trace: Trace, rows: list[int]) -> None:
        """The truth's posterior: a line at the foot of each cell, as strong as it is wanted."""
        if trace.ctc is None:
            return
        wanted_RT = wanted_TK(trace.ctc, trace.prob_TK.shape[1])[:, rows].T
        pitch, top, row_height = self.axis.pitch, self._top(), self._pitch()
        for least, most, strength in ((0.05, 0.5, 0.45), (0.5, np.inf, 0.9)):
            found = np.argwhere((wanted_RT >= least) & (wanted_RT < most)).tolist()
            feet = [
                QRect(self.axis.x(t), top + (row + 1) * row_height - 3, pitch, 3)
                for row, t in found
            ]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.look.color("canvas"))
            painter.drawRects(feet)
            painter.setBrush(self.look.color("t1", strength))
            painter.drawRects([foot.adjusted(1, 1, -1, -1) for foot in feet])

    def paint_slice(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        if self.selection.t >= trace.n_frames:
            return
        p_K = trace.prob_TK[self.selection.t]
        is_wide = rect.width() >= self.look.px(WIDE)
        bars = QRect(rect.left(), 0, self.look.px(152) if is_wide else rect.width(), rect.height())
        self._paint_bar(painter, bars, self._blank_rect(), 0, float(p_K[0]))
        for index, k in enumerate(self.visible_rows()):
            row = self._row_rect(index, bars.left(), bars.width())
            self._paint_bar(painter, bars, row, k, float(p_K[k]))
        if is_wide and not self.is_delta:
            beside = rect.adjusted(bars.width() + self.look.px(28), 4, 0, 0)
            self._paint_list(painter, beside, trace)

    def _paint_bar(self, painter: QPainter, zone: QRect, row: QRect, k: int, p: float) -> None:
        numbers = self.look.px(44) if zone.width() >= self.look.px(120) else 0
        height = max(6, min(8, row.height() - 5))
        top = row.top() + (row.height() - height) // 2
        bar = QRect(zone.left(), top, zone.width() - numbers, height)
        if self.is_delta:
            name = "softmax" if k else "blank"
            draw_delta(painter, self.look, bar, p, self.deltas.high((name, "")))
        else:
            draw_bar(painter, bar, p, bar_color(self.look, k == 0), self.look.color("bg3"))
        if numbers:
            text = (signed if self.is_delta else fixed)(p, 3) if abs(p) >= SEEN else "·"
            place = QRect(zone.left(), row.top(), zone.width(), row.height())
            draw_number(painter, self.look, place, text, "t1" if abs(p) >= 0.1 else "t3")

    def _paint_list(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        rect.setWidth(min(rect.width(), self.look.px(240)))
        title = QRect(rect.left(), rect.top(), rect.width(), self.look.px(18))
        painter.setFont(self.look.font("header"))
        painter.setPen(self.look.color("t3"))
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, self.tr("Most probable"))
        rect.setTop(title.bottom() + 3)
        p_K = trace.prob_TK[self.selection.t]
        draw_top_list(painter, self.look, rect, self._alphabet(), p_K, wrong_classes(trace))

    # ---- cells ----

    def _alphabet(self) -> Alphabet:
        assert self.frame is not None
        return self.frame.run.config.alphabet

    def _class_at(self, y: int) -> int:
        """The class whose row is at y; 0 in the blank curve, -1 between or below."""
        if y < self._top():
            return 0
        index, shown = (y - self._top()) // self._pitch(), self.visible_rows()
        return shown[index] if index < len(shown) else -1

    def cell_at(self, t: int, x: int, y: int) -> Cell | None:
        k = self._class_at(y)
        return Cell("softmax", t, k) if k >= 0 else None

    def slice_cell_at(self, x: int, y: int) -> Cell | None:
        trace, t = self.trace, self.selection.t
        return self.cell_at(t, x, y) if trace is not None and 0 <= t < trace.n_frames else None

    def rect_of(self, cell: Cell) -> QRect | None:
        shown = self.visible_rows()
        if cell.tensor != "softmax" or (cell.row and cell.row not in shown):
            return None
        left, width = self.axis.x(cell.t), self.axis.pitch
        if cell.row == 0:
            blank = self._blank_rect()
            return QRect(left, blank.top(), width, blank.height())
        return self._row_rect(shown.index(cell.row), left, width)

    def neighbour(self, cell: Cell, dt: int, drow: int) -> Cell | None:
        trace, order = self.trace, (0, *self.rows)
        if trace is None or cell.row not in order:
            return None
        t, index = cell.t + dt, order.index(cell.row) + drow
        if not (0 <= t < trace.n_frames and 0 <= index < len(order)):
            return None
        return Cell("softmax", t, order[index])

    def describe(self, cell: Cell) -> str:
        trace = self.trace
        if trace is None:
            return ""
        letter = spoken(letter_of(self._alphabet(), cell.row))
        return f"softmax[t={cell.t}, {letter}] = {fixed(float(trace.prob_TK[cell.t, cell.row]))}"
