"""IMAGE: what the net sees, on the time axis, and what it reads below it.

Below the pixels stand the composed characters over the timesteps that emitted them, and the best
class of every timestep. Beside the axis: what timestep t sees, and how the reading collapses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPen

from crnn.geometry import field
from gui import engine_words
from gui.axis import TimeAxis
from gui.chrome import Fact
from gui.heat import indices, picture
from gui.look import Look
from gui.numerals import fixed
from gui.overdraw import paint_brackets
from gui.panel import AxisPanel
from gui.reading import Mark, paint_collapse, paint_letters, read
from gui.selection import Cell

if TYPE_CHECKING:
    from crnn.debug.messages import Frame
    from crnn.debug.trace import CtcTrace, Trace

STRIP = 22
"""Height of the row of output boxes under the image, at scale 1."""
LETTERS = 16
"""Height of the row with the best class of each timestep."""
FAINT = 0.25
"""Opacity of a picture that only says where things are."""
COLLAPSE_MIN = 150
"""Width beside the crop from which the three lines of the reading are drawn."""


class ImagePanel(AxisPanel):
    """Ink is always foreground on canvas, pixels square, brackets round the field of t."""

    def __init__(self, look: Look, axis: TimeAxis) -> None:
        super().__init__(look, axis)
        self._marks: tuple[Mark, ...] = ()
        axis.changed.connect(self._resize)
        self.retranslate()
        self._resize()

    def retranslate(self) -> None:
        self.header.set_name(self.tr("Image"))
        self._captions = (
            self.tr("best class of each timestep"),
            self.tr("repeats merged, blanks dropped"),
            self.tr("letters joined"),
        )
        if self.trace is not None:
            self.header.set_facts(*self._facts(self.trace))
        self.body.invalidate()

    def restyle(self) -> None:
        super().restyle()
        self._resize()

    def show_frame(self, frame: Frame) -> None:
        super().show_frame(frame)
        trace = self.trace
        self._marks = read(trace.output, frame.run.config.alphabet) if trace else ()
        self._resize()
        self.header.set_facts(*(self._facts(trace) if trace else ()))

    def _facts(self, trace: Trace) -> list[Fact]:
        height, width = trace.image_HW.shape
        facts = [Fact(f"#{trace.sample:04d}", "t3"), Fact(f"{width}×{height}", "t3")]
        if self.axis.width < 1000:
            facts = []
        if self.is_delta and self.frame is not None and self.frame.trace is not None:
            before = self.frame.trace.output.text or self.tr("nothing")
            after = trace.output.text or self.tr("nothing")
            sides = (("A", before), ("B", after))
            return [Fact(*pair) for side, text in sides for pair in ((side, "t3"), (text, "t1"))]
        if trace.truth:
            truth = Fact(self.look.legible(trace.truth), "t1", True)
            facts += [Fact(self.tr("truth"), "t3"), truth]
        facts.append(Fact(self.tr("output"), "t3"))
        for i, span in enumerate(trace.output.spans):
            role = "err" if span.is_wrong else "t1"
            facts.append(Fact(span.text, role, True, glued=i > 0, underlined=span.is_wrong))
        if not trace.output.spans:
            facts.append(Fact(self.tr("nothing"), "t3"))
        if trace.ctc is not None and trace.truth:
            facts.append(Fact(self.tr("loss"), "t3"))
            facts.append(Fact(f"{trace.ctc.loss_nats:.2f}", "t1"))
            facts.append(Fact(self.tr("nats"), "t3"))
        if trace.fault:
            why = self.look.legible(engine_words.sentence(trace.fault))
            facts.append(Fact(why, "warn", is_data=True))
        return facts

    # ---- geometry ----

    def _pixel(self) -> float:
        """Screen pixels an image pixel."""
        stride = self.frame.run.config.stride if self.frame else 4
        return self.axis.pitch / stride

    @property
    def _strip(self) -> int:
        return self.look.px(STRIP)

    @property
    def _letters(self) -> int:
        return self.look.px(LETTERS)

    def _image_height(self) -> int:
        rows = self.frame.run.config.input.height if self.frame else 32
        return round(rows * self._pixel())

    def _resize(self) -> None:
        wanted = self.header.height() + self._image_height() + self._strip + self._letters + 2
        if self.minimumHeight() != wanted or self.maximumHeight() != wanted:
            self.setFixedHeight(wanted)

    def _field(self, trace: Trace) -> tuple[int, int] | None:
        """The pixels [x0, x1) that the selected timestep sees, before the recurrent layers."""
        if self.frame is None or not 0 <= self.selection.t < trace.n_frames:
            return None
        config = self.frame.run.config
        return field(config, len(config.convs), self.selection.t, trace.image_HW.shape[1])

    def _field_width(self) -> int:
        """Pixels of a field away from the edges."""
        assert self.frame is not None
        config, n = self.frame.run.config, 128
        x0, x1 = field(config, len(config.convs), n // 2, n * config.stride)
        return x1 - x0

    # ---- what is drawn ----

    def zones(self) -> list[tuple[str, int, int]]:
        height = self._image_height()
        return [("image", 0, height), ("prob", height + 1, self._strip + self._letters)]

    def paint_gutter(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        height, width, line = *trace.image_HW.shape, self.look.px(15)
        self.row_name(painter, QRect(0, 1, rect.width(), line), self.tr("pixels"), "t3")
        size = f"{height}×{width}" if rect.width() < 80 else f"{height} × {width}"
        self._small(painter, QRect(0, 1 + line, rect.width(), line), size)
        top = self._image_height()
        self.row_name(painter, QRect(0, top, rect.width(), self._strip), self.tr("output"), "t3")
        letters = QRect(0, top + self._strip - 1, rect.width(), self._letters)
        self.row_name(painter, letters, self.tr("letters"), "t3")

    def paint_gutter_marks(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        seen = self._field(trace)
        line = self.look.px(15)
        top = max(2 * line + 4, self._image_height() * 9 // 16)
        if seen is None:
            return
        self.row_name(painter, QRect(0, top, rect.width(), line), self.tr("field of t"), "t3")
        columns = f"{seen[0]}…{seen[1] - 1}"
        text = columns if rect.width() < 80 else f"x {columns}"
        self._small(painter, QRect(0, top + line, rect.width(), line), text)

    def _small(self, painter: QPainter, rect: QRect, text: str) -> None:
        painter.setFont(self.look.font("mono_small"))
        painter.setPen(self.look.color("t3"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect.adjusted(0, 0, -10, 0), right, text)

    def paint_axis(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        width = round(trace.image_HW.shape[1] * self._pixel())
        top = self._image_height()
        self._paint_pixels(painter, QRect(self.axis.x(0), 0, width, top), trace, slice(None))
        painter.fillRect(rect.adjusted(0, top, 0, 0), self.look.color("bg1"))
        painter.setFont(self.look.font("data"))
        for span in trace.output.spans:
            left, right = self.axis.x(span.start), self.axis.x(span.stop)
            box = QRect(left, top + 2, right - left, self._strip - 4)
            painter.fillRect(box, self.look.color("bg3"))
            if span.is_wrong:
                painter.fillRect(box, self.look.color("err", 0.2))
                painter.setPen(QPen(self.look.color("err"), 1))
                painter.drawRect(box.adjusted(0, 0, -1, -1))
            painter.setPen(self.look.color("err" if span.is_wrong else "t1"))
            wide = box.adjusted(-8, -4, 8, 4)
            painter.drawText(wide, Qt.AlignmentFlag.AlignCenter, span.text)
        paint_letters(
            painter, self.axis, top + self._strip - 1, self._letters, self._marks, self.look
        )

    def _paint_pixels(self, painter: QPainter, target: QRect, trace: Trace, x: slice) -> None:
        """Columns `x`, ink on paper; of a difference, what was added and taken away. Where both
        are the same picture it stands there faintly, since everything is aligned to it."""
        image_HW, theme = trace.image_HW, self.look.theme
        if not self.is_delta:
            painter.drawImage(target, picture(indices(image_HW[:, x], 0, 1), theme.ink))
        elif image_HW.any() or self.frame is None or self.frame.trace is None:
            painter.drawImage(target, picture(indices(image_HW[:, x], -1, 1), theme.signed))
        else:
            painter.setOpacity(FAINT)
            shared_HW = self.frame.trace.image_HW[:, x]
            painter.drawImage(target, picture(indices(shared_HW, 0, 1), theme.ink))
            painter.setOpacity(1.0)

    def paint_marks(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        seen = self._field(trace)
        if seen is None:
            return
        left, right = (self.axis.x(0) + round(x * self._pixel()) for x in seen)
        target = QRect(left, 1, right - left, self._image_height() - 2)
        paint_brackets(painter, target, self.look)

    def paint_slice(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        seen = self._field(trace)
        if seen is None:
            return
        full, height = self._field_width(), self._image_height()
        scale = min(self._pixel(), rect.width() / full)
        rows = round(trace.image_HW.shape[0] * scale)
        target = QRect(rect.left(), 0, round((seen[1] - seen[0]) * scale), rows)
        self._paint_pixels(painter, target, trace, slice(*seen))
        painter.setPen(QPen(self.look.color("line2"), 1))
        painter.drawRect(target.adjusted(0, 0, -1, -1))
        self._paint_truth(painter, QRect(rect.left(), height, rect.width(), self._strip), trace)
        beside = rect.left() + round(full * scale) + 16
        room = QRect(beside, 2, rect.right() + 1 - beside, height - 4)
        is_read = self.inner is None or "prob" in self.inner.known
        if is_read and room.width() >= COLLAPSE_MIN:
            paint_collapse(
                painter, room, self._marks, trace.output, self.selection.t, self._captions,
                self.look,
            )  # fmt: skip

    def _paint_truth(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        """Which character of the truth the best path of the truth writes at t."""
        text = _truth_at(trace.ctc, self.selection.t) if trace.ctc else ""
        if not text:
            return
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(self.look.font("header"))
        painter.setPen(self.look.color("t3"))
        name = self.tr("truth") if trace.truth else self.tr("output")
        painter.drawText(rect, left, name)
        x = painter.fontMetrics().horizontalAdvance(name) + self.look.px(6)
        painter.setFont(self.look.font("data_small"))
        painter.setPen(self.look.color("t1"))
        painter.drawText(rect.adjusted(x, 0, 0, 0), left, text)

    # ---- where things are ----

    def cell_at(self, t: int, x: int, y: int) -> Cell | None:
        column = int((x - self.axis.x(0)) / self._pixel())
        row = int(y / self._pixel())
        trace = self.trace
        if trace is None or row >= trace.image_HW.shape[0] or column >= trace.image_HW.shape[1]:
            return None
        return Cell("image", t, row, x=column)

    def rect_of(self, cell: Cell) -> QRect | None:
        if cell.tensor != "image":
            return None
        size = self._pixel()
        left = self.axis.x(0) + round(cell.x * size)
        return QRect(left, round(cell.row * size), max(2, round(size)), max(2, round(size)))

    def neighbour(self, cell: Cell, dt: int, drow: int) -> Cell | None:
        trace = self.trace
        if cell.tensor != "image" or trace is None or self.frame is None:
            return None
        x, row = cell.x + dt, cell.row + drow
        height, width = trace.image_HW.shape
        if not (0 <= x < width and 0 <= row < height):
            return None
        return Cell("image", x // self.frame.run.config.stride, row, x=x)

    def describe(self, cell: Cell) -> str:
        trace = self.trace
        if trace is None:
            return ""
        return f"image[y={cell.row}, x={cell.x}] = {fixed(float(trace.image_HW[cell.row, cell.x]))}"


def _truth_at(ctc: CtcTrace, t: int) -> str:
    """The character whose symbol, or whose inner blank, the best path visits at t; else ""."""
    if not 0 <= t < len(ctc.path_T):
        return ""
    state = int(ctc.path_T[t])
    before, after = (state - 1) // 2, state // 2
    for group in ctc.groups:
        if group.start <= before < group.stop and group.start <= after < group.stop:
            return group.text
    return ""
