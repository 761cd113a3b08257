"""AxisPanel: base of the five panels of the centre column: header, then gutter | axis | slice.

The axis and gutter are painted once a frame into a pixmap; the slice at the cursor is painted when
the cursor moves, and so is the cursor's own line. Hover and selection marks belong to the column's
overlay. So moving any of them never repaints a heat map.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QVBoxLayout, QWidget

from gui.axis import TimeAxis
from gui.chrome import PanelHeader, paint_empty
from gui.heat import Array, indices, nan_mask, picture
from gui.held import HeldRange
from gui.lens import SIDES, compared
from gui.look import Look
from gui.overdraw import paint_nan, paint_pending
from gui.row_names import paint_name
from gui.selection import Cell, Hover, Selection
from gui.view import View

if TYPE_CHECKING:
    from crnn.debug.inner import Inner
    from crnn.debug.messages import Frame
    from crnn.debug.trace import Trace

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class PanelBody(QWidget):
    """The painted part. Asks its panel what to paint and where a pointer is."""

    def __init__(self, panel: AxisPanel) -> None:
        super().__init__()
        self._panel = panel
        self._still = QPixmap()
        self._is_fresh = False
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(24)

    def invalidate(self) -> None:
        """The data or the geometry changed: paint the still part anew."""
        self._is_fresh = False
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        panel, look = self._panel, self._panel.look
        painter = QPainter(self)
        trace = panel.trace
        message = panel.message()
        if trace is None or message:
            painter.fillRect(self.rect(), look.color("bg1"))
            place = self.rect().adjusted(8, 0, -8, 0)
            # Where there is a trace, the line speaks of its sample.
            paint_empty(painter, place, message, look, is_data=trace is not None)
            return
        if not self._is_fresh:
            self._paint_still(trace)
        painter.drawPixmap(0, 0, self._still)
        self._paint_marks(painter, trace)
        painter.setClipRect(panel.axis.slice_rect(0, self.height()))
        if panel.selection.t >= 0:
            panel.paint_slice(painter, panel.axis.slice_rect(0, self.height()), trace)
            for zone in panel.pending_slice():
                paint_pending(painter, zone, panel.look)

    def _paint_marks(self, painter: QPainter, trace: Trace) -> None:
        panel, height = self._panel, self.height()
        gutter, zone = QRect(0, 0, panel.axis.gutter, height), panel.axis.axis_rect(0, height)
        painter.setClipRect(gutter)
        panel.paint_gutter_marks(painter, gutter, trace)
        painter.setClipRect(zone)
        for part in panel.pending():
            paint_pending(painter, part, panel.look)
        if 0 <= panel.selection.t < panel.axis.n_frames:
            self._paint_cursor(painter)
        painter.save()
        panel.paint_marks(painter, zone, trace)
        painter.restore()

    def _paint_cursor(self, painter: QPainter) -> None:
        """The column's tint, then the one vertical line on its halo, in the middle of column t."""
        axis, look, t = self._panel.axis, self._panel.look, self._panel.selection.t
        x = axis.x(t) + axis.pitch // 2
        painter.fillRect(axis.column_rect(t, 0, self.height()), look.color("cursor", 0.07))
        painter.fillRect(x - 1, 0, 3, self.height(), look.color("halo", look.theme.halo_alpha))
        painter.fillRect(x, 0, 1, self.height(), look.color("cursor"))

    def _paint_still(self, trace: Trace) -> None:
        panel, axis = self._panel, self._panel.axis
        ratio = self.devicePixelRatioF()
        if self._still.size() != self.size() * ratio:
            self._still = QPixmap(self.size() * ratio)
            self._still.setDevicePixelRatio(ratio)
        self._still.fill(panel.look.color("bg1"))
        self._is_fresh = True
        painter = QPainter(self._still)
        painter.setClipRect(QRect(0, 0, axis.gutter, self.height()))
        panel.paint_gutter(painter, QRect(0, 0, axis.gutter, self.height()), trace)
        zone = axis.axis_rect(0, self.height())
        painter.setClipRect(zone)
        painter.fillRect(zone, panel.look.color("canvas"))
        panel.paint_axis(painter, zone, trace)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.invalidate()

    def cell_under(self, at: QPoint) -> Cell | None:
        t = self._panel.axis.t_at(at.x())
        if self._panel.trace is None or self._panel.message():
            return None
        if at.x() >= self._panel.axis.slice_left:
            return self._panel.slice_cell_at(at.x(), at.y())
        return self._panel.cell_at(t, at.x(), at.y()) if t >= 0 else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._panel.hover(self._panel.axis.t_at(int(event.position().x())), self.cell_under(
            event.position().toPoint()
        ))  # fmt: skip
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._pick(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at = event.position().toPoint()
        self._panel.pressed(at.x(), at.y(), self.cell_under(at))
        if at.x() < self._panel.axis.slice_left:
            self._pick(event)
        elif self._panel.trace is not None and not self._panel.message():
            self._panel.pick_slice(at.x(), at.y())

    def _pick(self, event: QMouseEvent) -> None:
        if event.position().x() >= self._panel.axis.slice_left:
            return
        cell = self.cell_under(event.position().toPoint())
        t = self._panel.axis.t_at(int(event.position().x()))
        is_region = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if cell is not None:
            self._panel.choose(cell, is_region=is_region)
        elif t >= 0 and not is_region:
            self._panel.selected.emit(self._panel.selection.at(t))

    def event(self, event: QEvent) -> bool:
        """The tooltip belongs to what is under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            text = "" if self._panel.message() else self._panel.hint(event.x(), event.y())
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What makes the number under the pointer can be changed in a branch."""
        from gui.proposals import of_cell

        cell = self.cell_under(event.pos())
        if cell is not None:
            self._panel.offer(of_cell(cell), event.globalPos())

    def leaveEvent(self, event: object) -> None:
        self._panel.hovered.emit(Hover())

    def wheelEvent(self, event: QWheelEvent) -> None:
        axis, turn = self._panel.axis, event.angleDelta()
        shifted = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        is_vertical = turn.y() and not turn.x() and not shifted
        if is_vertical and self._panel.scroll_rows(-1 if turn.y() > 0 else 1):
            return
        delta = turn.x() or turn.y()
        axis.scroll_to(axis.offset - (delta // 120 or (1 if delta > 0 else -1)) * axis.pitch * 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ARROWS and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            is_region = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._panel.move_selection(*_ARROWS[key], is_region=is_region)
        else:
            super().keyPressEvent(event)


class AxisPanel(View):
    """Override paint_*, cell_at, rect_of, describe; gui/views/ has five of them."""

    def __init__(self, look: Look, axis: TimeAxis) -> None:
        super().__init__(look)
        self.axis = axis
        self.header = PanelHeader(look)
        self.body = PanelBody(self)
        self.deltas = HeldRange()
        self._deltas_of: tuple[int, ...] = ()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.header)
        rows.addWidget(self.body, 1)
        axis.changed.connect(self.body.invalidate)

    @property
    def trace(self) -> Trace | None:
        """That of the side looked at: A's, B's, or what they differ by."""
        return self.lens.trace(self.frame)

    @property
    def is_delta(self) -> bool:
        """Whether the numbers are B - A."""
        return self.lens.side(self.frame) == "difference"

    def show_frame(self, frame: Frame) -> None:
        super().show_frame(frame)
        b = compared(frame)
        pair = () if b is None or frame.branches is None else (frame.branches.active, b.branch)
        if (frame.run.run_id, *pair) != self._deltas_of:
            self._deltas_of = (frame.run.run_id, *pair)
            self.deltas.clear()
        self.header.set_side("" if b is None else SIDES[self.lens.side(frame)])
        self.body.invalidate()

    def message(self) -> str:
        """The line shown instead of the body: there is no B, or the panel's own; else ""."""
        return self.lens.problem(self.frame) or self.empty_text()

    def show_selection(self, selection: Selection) -> None:
        super().show_selection(selection)
        self.body.update()

    def restyle(self) -> None:
        self.body.invalidate()

    def hover(self, t: int, cell: Cell | None) -> None:
        self.hovered.emit(Hover(t, cell, self.describe(cell) if cell else ""))

    def choose(self, cell: Cell, *, is_region: bool) -> None:
        """Select a number; with Shift all from the selected one to it."""
        now = self.selection
        self.selected.emit(now.extend(cell) if is_region else now.pick(cell))

    def move_selection(self, dt: int, drow: int, *, is_region: bool = False) -> None:
        """Arrow keys: one cell on; without a cell, one timestep on. With Shift a region grows."""
        if self.trace is None:
            return
        cell = self.selection.cell
        if cell is None or self.rect_of(cell) is None:
            t = max(0, min(self.trace.n_frames - 1, self.selection.t + dt))
            self.selected.emit(self.selection.at(t))
            return
        end = (self.selection.corner or cell) if is_region else cell
        moved = self.neighbour(end, dt, drow)
        if moved is not None:
            self.axis.reveal(moved.t)
            self.choose(moved, is_region=is_region)

    @property
    def inner(self) -> Inner | None:
        """The place within the step, where one stands at one."""
        return self.frame.inner if self.frame else None

    def pending(self) -> list[QRect]:
        """The parts of the axis that are not computed yet where one stands within the step."""
        inner, trace = self.inner, self.trace
        found: list[QRect] = []
        if inner is None or trace is None:
            return found
        left, right = self.axis.x(0), self.axis.x(trace.n_frames)
        for name, top, height in self.zones():
            start, stop = (self.axis.x(t) for t in inner.known.get(name, (0, 0)))
            for x0, x1 in ((left, start), (stop, right)):
                if x1 > x0:
                    found.append(QRect(x0, top, x1 - x0, height))
        return found

    def pending_slice(self) -> list[QRect]:
        """Likewise of the slice at the cursor."""
        inner, t = self.inner, self.selection.t
        if inner is None:
            return []
        known = [(inner.known.get(name, (0, 0)), top, high) for name, top, high in self.zones()]
        return [self.axis.slice_rect(top, high) for (a, b), top, high in known if not a <= t < b]

    # ---- what a panel fills in ----

    def empty_text(self) -> str:
        """The line shown instead of the body, or "" where there is data."""
        return "" if self.trace is not None else self.tr("Choose a sample.")

    def paint_gutter(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        """Row names, right-aligned 10 px from the axis."""

    def paint_axis(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        """The data, cell edges on axis.x(t)."""

    def zones(self) -> list[tuple[str, int, int]]:
        """What is drawn where: the name of an array (see crnn.debug.inner), top and height."""
        return []

    def paint_gutter_marks(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        """What in the gutter follows the selection: painted over the still part on every move."""

    def paint_marks(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        """What on the axis follows the selection, e.g. brackets; clipped to the axis."""

    def paint_slice(self, painter: QPainter, rect: QRect, trace: Trace) -> None:
        """The same rows at t = selection.t, with numbers."""

    def cell_at(self, t: int, x: int, y: int) -> Cell | None:
        """The number under body position (x, y)."""
        return None

    def slice_cell_at(self, x: int, y: int) -> Cell | None:
        """The number under a position of the slice zone, for the status bar."""
        return None

    def pick_slice(self, x: int, y: int) -> None:
        """A click in the slice zone picks the number under it."""
        cell = self.slice_cell_at(x, y)
        if cell is not None:
            self.selected.emit(self.selection.pick(cell))

    def pressed(self, x: int, y: int, under: Cell | None) -> None:
        """A left press somewhere in the body, `under` it a cell; before anything is selected."""

    def hint(self, x: int, y: int) -> str:
        """The tooltip of a place in the body; "" for none."""
        return ""

    def rect_of(self, cell: Cell) -> QRect | None:
        """Where a cell of this panel is drawn, in body coordinates; None for another panel's."""
        return None

    def neighbour(self, cell: Cell, dt: int, drow: int) -> Cell | None:
        """The cell one column or one row on, clamped by returning None at the edge."""
        return None

    def describe(self, cell: Cell) -> str:
        """The exact value, e.g. "softmax[t=21, 'ㅜ'] = 0.6130"."""
        return ""

    def scroll_rows(self, steps: int) -> bool:
        """A turn of the wheel: scroll rows that do not fit; False lets it scroll the time axis."""
        return False

    # ---- shared drawing ----

    def delta_high(self, name: str, values: Array) -> float:
        """The range of the differences called `name`, which is held."""
        self.deltas.hold((name, ""), values)
        return self.deltas.high((name, ""))

    def paint_delta(self, painter: QPainter, target: QRect, values_HW: Array, name: str) -> None:
        """A picture of differences: blue where B is less, orange where it is more. The range is
        that of `name`, held like all ranges; what does not differ is the canvas."""
        high = self.delta_high(name, values_HW)
        lut = self.look.theme.signed
        painter.drawImage(target, picture(indices(values_HW, -high, high), lut))
        paint_nan(painter, target, nan_mask(values_HW), self.look)

    def row_name(self, painter: QPainter, rect: QRect, text: str, role: str = "t2") -> None:
        paint_name(painter, rect, text, role, self.look)
