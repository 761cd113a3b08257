"""IMAGE: what the net sees, on the time axis, and what it reads below it."""

from __future__ import annotations

from crnn.geometry import timestep_field
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPen

from crnn.debug.messages import Frame
from crnn.debug.trace import Trace
from gui.axis import TimeAxis
from gui.heat import indices, picture
from gui.look import Look
from gui.panel import AxisPanel
from gui.selection import Cell

STRIP = 22
"""Height of the row of output boxes under the image."""


class ImagePanel(AxisPanel):
    """Ink is always foreground on canvas, pixels square, brackets round the field of t."""

    def __init__(self, look: Look, axis: TimeAxis) -> None:
        super().__init__(look, axis)
        axis.changed.connect(self._resize)
        self.retranslate()
        self._resize()

    def retranslate(self) -> None:
        self.header.set_name(self.tr("Image"))

    def show_frame(self, frame: Frame) -> None:
        super().show_frame(frame)
        self._resize()
        trace = frame.trace
        if trace is not None:
            height, width = trace.image_HW.shape
            loss = f"{trace.ctc.loss_nats:.2f} nats" if trace.ctc else "-"
            self.header.set_facts(
                (f"#{trace.sample:04d}", "t3"),
                (f"{width}×{height}", "t3"),
                (self.tr("truth"), "t3"),
                (trace.truth, "t1", True),
                (self.tr("output"), "t3"),
                (
                    trace.output.text or "∅",
                    "t1" if trace.output.text == trace.truth else "err",
                    True,
                ),
                (self.tr("loss"), "t3"),
                (loss, "t1"),
            )

    def _pixel(self) -> float:
        """Screen pixels an image pixel."""
        stride = self.frame.run.config.stride if self.frame else 4
        return self.axis.pitch / stride

    def _image_height(self) -> int:
        rows = self.frame.run.config.input.height if self.frame else 32
        return round(rows * self._pixel())

    def _resize(self) -> None:
        wanted = self.header.height() + self._image_height() + STRIP + 4
        if self.minimumHeight() != wanted:
            self.setFixedHeight(wanted)

    def paint_gutter(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        self.row_name(painter, QRect(0, 2, rect.width(), 16), self.tr("pixels"), "t3")
        strip = QRect(0, self._image_height(), rect.width(), STRIP)
        self.row_name(painter, strip, self.tr("output"), "t3")

    def paint_axis(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        image = picture(indices(trace.image_HW, 0.0, 1.0), self.look.theme.ink)
        width = round(trace.image_HW.shape[1] * self._pixel())
        painter.drawImage(QRect(self.axis.x(0), 0, width, self._image_height()), image)
        painter.setFont(self.look.font("data"))
        for span in trace.output.spans:
            left, right = self.axis.x(span.start), self.axis.x(span.stop)
            box = QRect(left, self._image_height() + 2, right - left, STRIP - 4)
            painter.fillRect(box, self.look.color("bg3"))
            if span.is_wrong:
                painter.setPen(QPen(self.look.color("err"), 1))
                painter.drawRect(box.adjusted(0, 0, -1, -1))
            painter.setPen(self.look.color("err" if span.is_wrong else "t1"))
            wide = box.adjusted(-8, -4, 8, 4)
            painter.drawText(wide, Qt.AlignmentFlag.AlignCenter, span.text)

    def paint_slice(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        x0, x1 = self._field(trace)
        height = self._image_height()
        crop = picture(indices(trace.image_HW[:, x0:x1], 0.0, 1.0), self.look.theme.ink)
        target = QRect(rect.left(), 0, round((x1 - x0) * self._pixel()), height)
        painter.drawImage(target, crop)
        painter.setPen(self.look.color("line2"))
        painter.drawRect(target.adjusted(0, 0, -1, -1))

    def _field(self, trace: Trace) -> tuple[int, int]:
        assert self.frame is not None
        return timestep_field(self.frame.run.config, self.selection.t, trace.image_HW.shape[1])

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
        return f"image[y={cell.row}, x={cell.x}] = {trace.image_HW[cell.row, cell.x]:.4f}"
