"""BREAKPOINTS: where a run stops by itself, what is watched, and what was hit.

The disc turns a point on and off and the eye the curve of a watch in TIME, a hit leads to its step,
the name of a line to its code, a double click edits. Every row can be reached by keyboard: Space
turns on and off, Enter edits or goes there, Delete removes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QListView, QMenu, QVBoxLayout

from gui.break_delegate import TEXT_X, BreakDelegate
from gui.break_rows import BreakRows, Row
from gui.chrome import Fact, IconButton, PanelHeader, paint_empty
from gui.look import Look
from gui.specs import level_of
from gui.view import View

if TYPE_CHECKING:
    from crnn.debug.messages import Frame
    from crnn.debug.points import Hit, PointRow, WatchRow


class BreakpointsView(View):
    """`wanted` asks for a dialog: None for a new point, a Point to edit."""

    wanted = Signal(object)
    watch_wanted = Signal()
    rests_s = 0.25

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.rows = BreakRows()
        self.header = PanelHeader(look)
        self.watch_button = IconButton(look, "eye")
        self.add_button = IconButton(look, "plus")
        for button in (self.watch_button, self.add_button):
            self.header.add(button)
        self.watch_button.clicked.connect(self.watch_wanted)
        self.add_button.clicked.connect(self._want_new)
        self.list = BreakList(self)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(self.header)
        lines.addWidget(self.list, 1)
        self.retranslate()

    def retranslate(self) -> None:
        self.header.set_name(self.tr("Breakpoints"))
        self.add_button.set_text(self.tr("Add a breakpoint"))
        self.watch_button.set_text(self.tr("Add a watch"))
        self.list.setAccessibleName(self.tr("Breakpoints, watches and hits"))
        self._say()
        self.list.viewport().update()

    def restyle(self) -> None:
        self.list.doItemsLayout()

    def show_frame(self, frame: Frame) -> None:
        super().show_frame(frame)
        self.list.brush.frame = frame
        self.rows.take(frame.watching)
        self._say()
        self.list.viewport().update()

    def _say(self) -> None:
        """In the header: what all of it costs a step; lines cost nothing but at level line."""
        watching = self.rows.watching
        is_at_line = level_of(self.frame) == "line"
        cost = 0.0
        if watching is not None:
            on = (row for row in watching.points if row.point.is_on)
            asked = (row for row in on if is_at_line or row.point.condition.kind != "line")
            cost += sum(row.cost_ms for row in asked)
            cost += sum(row.cost_ms for row in watching.watches)
        facts = [Fact(self.tr("{cost} ms a step").format(cost=f"{cost:.3f}"), "t3")] if cost else []
        self.header.set_facts(*facts)

    def _want_new(self) -> None:
        self.wanted.emit(None)

    # ---- what a person does to a row ----

    def toggle(self, row: PointRow) -> None:
        from crnn.debug.point_messages import EditPoint

        self.commanded.emit(EditPoint(replace(row.point, is_on=not row.point.is_on)))

    def log_only(self, row: PointRow) -> None:
        from crnn.debug.point_messages import EditPoint

        self.commanded.emit(EditPoint(replace(row.point, logs_only=not row.point.logs_only)))

    def go_to_last(self, row: PointRow) -> None:
        if row.last is not None:
            self._go(row.last)

    def show_line(self, row: PointRow) -> None:
        """Its code in SOURCE, where the step on screen executes it."""
        from crnn.debug.point_messages import ShowLine

        self.commanded.emit(ShowLine(row.point.condition.file, row.point.condition.line))

    def draw(self, row: WatchRow) -> None:
        from crnn.debug.point_messages import DrawWatch

        self.commanded.emit(DrawWatch(row.watch.number, not row.watch.is_drawn))

    def ask_change(self, row: WatchRow) -> None:
        """Back to the step at which its value last became another."""
        from crnn.debug.point_messages import LastChange

        self.commanded.emit(LastChange(row.watch.text, row.watch.sample))

    def _go(self, hit: Hit) -> None:
        from crnn.debug.point_messages import GoToHit

        if hit.spot is not None and hit.spot.sample != self.selection.sample:
            self.selected.emit(self.selection.on(hit.spot.sample))
        self.commanded.emit(GoToHit(hit))

    def remove(self, row: Row) -> None:
        """A point or a watch goes; hindsight is cancelled."""
        from crnn.debug.point_messages import CancelHindsight, RemovePoint, RemoveWatch

        if row.kind == "point":
            self.commanded.emit(RemovePoint(row.number))
        elif row.kind == "watch":
            self.commanded.emit(RemoveWatch(row.number))
        elif row.kind == "filling":
            self.commanded.emit(CancelHindsight(row.number))

    def open(self, row: Row) -> None:
        """Edit a point; go to a hit."""
        point, hit = self.rows.point(row), self.rows.hit(row)
        if row.kind == "hit" and hit is not None:
            self._go(hit)
        elif point is not None:
            self.wanted.emit(point.point)


class BreakList(QListView):
    """The list itself."""

    def __init__(self, view: BreakpointsView) -> None:
        super().__init__()
        self._view = view
        self.brush = BreakDelegate(view.look, view.rows)
        self.setModel(view.rows)
        self.setItemDelegate(self.brush)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setUniformItemSizes(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(48)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._view.rows.rows:
            super().paintEvent(event)
            return
        painter, rect = QPainter(self.viewport()), self.viewport().rect()
        painter.fillRect(rect, self._view.look.color("bg1"))
        text = self.tr("Stop on anything: press +.")
        paint_empty(painter, rect.adjusted(12, 0, -12, 0), text, self._view.look)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        at = event.position().toPoint()
        index = self.indexAt(at)
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid():
            return
        row = self._view.rows.at(index)
        point, watch = self._view.rows.point(row), self._view.rows.watch(row)
        if row.kind == "hit":
            self._view.open(row)
        elif row.kind == "watch" and watch is not None and at.x() < self._view.look.px(TEXT_X):
            self._view.draw(watch)
        elif row.kind == "point" and point is not None and at.x() < self._view.look.px(TEXT_X):
            self._view.toggle(point)
        elif row.kind == "point" and point is not None and self._is_on_step(at, point):
            self._view.go_to_last(point)
        elif row.kind == "point" and point is not None and self._is_on_line(at, point):
            self._view.show_line(point)
        elif row.kind == "filling" and at.x() > self.viewport().width() - self._view.look.px(32):
            self._view.remove(row)

    def _is_on_step(self, at: QPoint, point: PointRow) -> bool:
        """The words "hit 4,812" at the right end are a link."""
        is_link = point.point.is_on and point.last is not None and not point.point.logs_only
        width = self.brush.standing_width(point)
        return is_link and at.x() > self.viewport().width() - width - self._view.look.px(16)

    def _is_on_line(self, at: QPoint, point: PointRow) -> bool:
        """The name of a line is a link."""
        left = self._view.look.px(TEXT_X)
        return left <= at.x() < left + self.brush.link_width(point.point.condition)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        at = event.position().toPoint()
        row = self._view.rows.at(self.indexAt(at))
        point = self._view.rows.point(row)
        is_link = row.kind == "hit" or (
            row.kind == "point"
            and point is not None
            and (self._is_on_step(at, point) or self._is_on_line(at, point))
        )
        shape = Qt.CursorShape.PointingHandCursor if is_link else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        is_words = event.position().x() >= self._view.look.px(TEXT_X)
        row = self._view.rows.at(index)
        point = self._view.rows.point(row)
        if row.kind != "point" or point is None or not is_words:
            return
        if not self._is_on_line(event.position().toPoint(), point):
            self._view.open(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self._view.rows.at(self.currentIndex())
        point, watch = self._view.rows.point(row), self._view.rows.watch(row)
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._view.open(row)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._view.remove(row)
        elif key == Qt.Key.Key_Space and row.kind == "point" and point is not None:
            self._view.toggle(point)
        elif key == Qt.Key.Key_Space and row.kind == "watch" and watch is not None:
            self._view.draw(watch)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        if index.isValid():
            menu = self.menu(index)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(event.globalPos())

    def menu(self, index: QModelIndex) -> QMenu:
        """What can be done with this row."""
        view, menu = self._view, QMenu(self)
        row = view.rows.at(index)
        point, watch = view.rows.point(row), view.rows.watch(row)
        if row.kind == "hit":
            menu.addAction(self.tr("Go there"), lambda: view.open(row))
        elif point is not None:
            self._add_of_point(menu, row, point)
        elif row.kind == "watch" and watch is not None:
            drawn = menu.addAction(self.tr("Draw in Time"), lambda: view.draw(watch))
            drawn.setCheckable(True)
            drawn.setChecked(watch.watch.is_drawn)
            menu.addAction(self.tr("When did it last change?"), lambda: view.ask_change(watch))
        if row.kind in ("point", "watch"):
            menu.addAction(self.tr("Remove"), lambda: view.remove(row))
        elif row.kind == "filling":
            menu.addAction(self.tr("Stop filling"), lambda: view.remove(row))
        return menu

    def _add_of_point(self, menu: QMenu, row: Row, point: PointRow) -> None:
        view, turn = self._view, self.tr("Turn off") if point.point.is_on else self.tr("Turn on")
        if point.point.condition.kind == "line":
            menu.addAction(self.tr("Show the line"), lambda: view.show_line(point))
        menu.addAction(self.tr("Edit…"), lambda: view.open(row))
        menu.addAction(turn, lambda: view.toggle(point))
        only = menu.addAction(self.tr("Only note hits"), lambda: view.log_only(point))
        only.setCheckable(True)
        only.setChecked(point.point.logs_only)
        last = menu.addAction(self.tr("Go to the last hit"), lambda: view.go_to_last(point))
        last.setEnabled(point.last is not None)
