"""The centre column: a ruler, the five panels on one TimeAxis, and one overlay above them all.

The overlay paints only the hover line and the outlines; panels keep their pixmaps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from gui.axis import TimeAxis
from gui.look import Look
from gui.panel import AxisPanel
from gui.phase_strip import PhaseStrip
from gui.selection import Cell, Hover, Selection

if TYPE_CHECKING:
    from crnn.debug.messages import Frame

RULER_HEIGHT = 20
TALL = 620
"""Column height from which the image may use the widest pitches."""


class Ruler(QWidget):
    """Ticks every 8 timesteps, the cursor's flag, and "t = 43" over the slice zone."""

    picked = Signal(int)

    def __init__(self, look: Look, axis: TimeAxis) -> None:
        super().__init__()
        self.look, self.axis = look, axis
        self.t = -1
        axis.changed.connect(self.update)
        look.changed.connect(self.update)
        self.setFixedHeight(RULER_HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.look.color("bg2"))
        painter.setFont(self.look.font("mono_small"))
        painter.setPen(self.look.color("t3"))
        name = QRect(0, 0, self.axis.gutter - 10, self.height())
        painter.drawText(name, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, "t")
        painter.setClipRect(self.axis.axis_rect(0, self.height()).adjusted(-12, 0, 12, 0))
        every = 8 if self.axis.pitch < 20 else 4
        for t in range(0, self.axis.n_frames, 1):
            x = self.axis.x(t) + self.axis.pitch // 2
            tall = t % every == 0
            painter.setPen(self.look.color("t3" if tall else "line2"))
            painter.drawLine(x, self.height() - (6 if tall else 3), x, self.height() - 1)
            if tall and (self.t < 0 or abs(t - self.t) * self.axis.pitch > self.look.px(24)):
                place = QRect(x - 30, 0, 60, self.height() - 5)
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, str(t))
        self._paint_cursor(painter)

    def _paint_cursor(self, painter: QPainter) -> None:
        if self.t < 0:
            return
        x = self.axis.x(self.t) + self.axis.pitch // 2
        painter.setFont(self.look.font("mono_small"))
        width = painter.fontMetrics().horizontalAdvance(str(self.t)) + 10
        flag = QRect(x - width // 2, 1, width, self.height() - 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.look.color("cursor"))
        painter.drawRoundedRect(flag, 3, 3)
        painter.setPen(self.look.color("bg1"))
        painter.drawText(flag, Qt.AlignmentFlag.AlignCenter, str(self.t))
        painter.setClipping(False)
        painter.setFont(self.look.font("title"))
        painter.setPen(self.look.color("t1"))
        place = QRect(self.axis.slice_left, 0, self.width(), self.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, f"t = {self.t}")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        t = self.axis.t_at(int(event.position().x()))
        if t >= 0:
            self.picked.emit(t)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.mousePressEvent(event)


class Overlay(QWidget):
    """Hover line, hovered and selected cell; transparent to the mouse."""

    def __init__(self, column: Column) -> None:
        super().__init__(column)
        self._column = column
        self.selection = Selection()
        self.hover = Hover()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)

    def paintEvent(self, event: QPaintEvent) -> None:
        axis, look = self._column.axis, self._column.look
        painter = QPainter(self)
        zone = axis.axis_rect(0, self.height())
        painter.setClipRect(zone.adjusted(-2, 0, 2, 0))
        if 0 <= self.hover.t < axis.n_frames and self.hover.t != self.selection.t:
            x = axis.x(self.hover.t) + axis.pitch // 2
            top = self._column.ruler.geometry().bottom() + 1
            painter.fillRect(x, top, 1, self.height(), look.color("t2", 0.25))
        if 0 <= self.selection.t < axis.n_frames:
            self._paint_cursor(painter)
        if self.hover.cell is not None:
            self._outline(painter, self.hover.cell, QPen(look.color("t2"), 1), None)
        if self.selection.cell is not None:
            halo = QPen(look.color("halo", look.theme.halo_alpha), 3)
            pen, end = QPen(look.color("acc"), 1.5), self.selection.corner
            self._outline(painter, self.selection.cell, pen, halo, end)

    def _paint_cursor(self, painter: QPainter) -> None:
        """The line goes on over the headers, faintly; each panel's body paints its own part."""
        axis, look = self._column.axis, self._column.look
        x = axis.x(self.selection.t) + axis.pitch // 2
        for panel in self._column.visible_panels():
            top = panel.mapTo(self._column, QPoint(0, 0)).y()
            body = panel.body.mapTo(self._column, QPoint(0, 0)).y()
            painter.fillRect(x, top - 4, 1, body - top + 4, look.color("cursor", 0.35))

    def _outline(
        self, painter: QPainter, cell: Cell, pen: QPen, halo: QPen | None, end: Cell | None = None
    ) -> None:
        """Round a cell, or round all from it to `end`."""
        for panel in self._column.visible_panels():
            rect = panel.rect_of(cell)
            if rect is None:
                continue
            last = None if end is None else panel.rect_of(end)
            rect = rect if last is None else rect.united(last)
            rect.translate(panel.body.mapTo(self._column, QPoint(0, 0)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if halo is not None:
                painter.setPen(halo)
                painter.drawRect(rect.adjusted(-2, -2, 1, 1))
            painter.setPen(pen)
            painter.drawRect(rect.adjusted(-1, -1, 0, 0))


class Column(QWidget):
    """Lays out the panels given, image first, and keeps their axis fitted to width and trace."""

    selected = Signal(object)

    def __init__(self, look: Look, axis: TimeAxis, panels: tuple[AxisPanel, ...]) -> None:
        super().__init__()
        self.look, self.axis, self.panels = look, axis, panels
        self.ruler = Ruler(look, axis)
        self.strip = PhaseStrip(look)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setHandleWidth(4)
        self.splitter.setChildrenCollapsible(False)
        for panel in panels:
            self.splitter.addWidget(panel)
            panel.hovered.connect(self._hover)
            panel.body.installEventFilter(self)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.strip)
        rows.addWidget(self.ruler)
        rows.addWidget(self.splitter, 1)
        self.overlay = Overlay(self)
        self.ruler.picked.connect(self._pick)
        axis.changed.connect(self.overlay.update)
        look.changed.connect(self.overlay.update)
        self._frame: Frame | None = None

    def visible_panels(self) -> list[AxisPanel]:
        return [panel for panel in self.panels if panel.isVisible()]

    def show_frame(self, frame: Frame) -> None:
        """Fit the axis to the new trace. The panels themselves are shown by the window."""
        self._frame = frame
        self.strip.show_inner(frame.inner)
        self._fit()

    def show_selection(self, selection: Selection) -> None:
        self.overlay.selection = selection
        self.ruler.t = selection.t
        self.ruler.update()
        self.overlay.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The panel that takes the keys has its name in the accent."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            for panel in self.panels:
                is_focused = panel.body is watched and event.type() == QEvent.Type.FocusIn
                if panel.header.is_focused != is_focused:
                    panel.header.is_focused = is_focused
                    panel.header.update()
        return super().eventFilter(watched, event)

    def _hover(self, hover: Hover) -> None:
        if hover != self.overlay.hover:
            self.overlay.hover = hover
            self.overlay.update()

    def _pick(self, t: int) -> None:
        self.selected.emit(self.overlay.selection.at(t))

    def _fit(self) -> None:
        if self._frame is None:
            return
        config = self._frame.run.config
        reference = config.n_frames(config.input.width)
        trace = self._frame.trace
        self.axis.fit(
            width=self.splitter.width(),
            n_frames=trace.n_frames if trace else 0,
            n_reference=reference,
            pitch_max=24 if self.height() >= TALL + 200 else 20 if self.height() >= TALL else 16,
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        self.overlay.setGeometry(QRect(QPoint(0, 0), self.size()))
        self.overlay.raise_()
