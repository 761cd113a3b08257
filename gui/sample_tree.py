"""Sample tree: the list of the SAMPLES panel, and what mouse and keys do in it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QFrame, QTreeView

from gui.chrome import paint_empty
from gui.look import Look
from gui.sample_delegate import SampleDelegate
from gui.sample_groups import GROUPS
from gui.sample_rows import SampleRows
from gui.thumbnails import Thumbnails


class SampleTree(QTreeView):
    """The list. Headers fold on a click; the word in the header of "all" turns its order."""

    order_turned = Signal()
    chosen = Signal(int)
    asked = Signal(int, object)
    pinned = Signal(int)

    def __init__(self, look: Look, rows: SampleRows, thumbnails: Thumbnails) -> None:
        super().__init__()
        self.look, self.rows, self.thumbnails = look, rows, thumbnails
        self.brush = SampleDelegate(look, rows, thumbnails)
        self.empty_text = ""
        self.setModel(rows)
        self.setItemDelegate(self.brush)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setExpandsOnDoubleClick(False)
        self.setMouseTracking(True)
        self.setSelectionMode(QTreeView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # By whole rows: scrolling by pixels would ask every row of the data set for its height.
        self.setVerticalScrollMode(QTreeView.ScrollMode.ScrollPerItem)
        thumbnails.ready.connect(self.viewport().update)

    def paintEvent(self, event: QPaintEvent) -> None:
        frame = self.rows.frame
        if frame is None or not len(frame.run.data.dataset):
            self._paint_line(self.empty_text)
            return
        size = self.brush.thumbnail_size(self.viewport().width())
        self.thumbnails.begin(frame.run.data, size, self.devicePixelRatioF())
        self.brush.has_focus = self.hasFocus()
        super().paintEvent(event)
        if all(self.isRowHidden(row, QModelIndex()) for row in range(len(GROUPS))):
            self._paint_line(self.tr("No sample matches."))

    def _paint_line(self, text: str) -> None:
        painter = QPainter(self.viewport())
        rect = self.viewport().rect()
        painter.fillRect(rect, self.look.color("bg1"))
        paint_empty(painter, rect.adjusted(12, 0, -12, 0), text, self.look)

    def hide_empty(self) -> None:
        """Headers without rows are not shown."""
        for row in range(self.rows.rowCount()):
            is_empty = self.rows.rowCount(self.rows.index(row, 0)) == 0
            if self.isRowHidden(row, QModelIndex()) != is_empty:
                self.setRowHidden(row, QModelIndex(), is_empty)

    def put_current(self, index: QModelIndex, *, scrolls: bool) -> None:
        """Make a row current without saying that the person chose it."""
        self.blockSignals(True)
        self.setAutoScroll(scrolls)
        self._is_quiet = True
        self.setCurrentIndex(index)
        if scrolls and index.row() == 0 and index.parent().isValid():
            self.scrollTo(index.parent())  # the first of a group is seen below its header
            self.scrollTo(index)
        self._is_quiet = False
        self.setAutoScroll(True)
        self.blockSignals(False)
        self.viewport().update()

    _is_quiet = False

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex,
        previous: QModelIndex | QPersistentModelIndex,
    ) -> None:  # fmt: skip
        super().currentChanged(current, previous)
        self._choose(current)

    def _choose(self, index: QModelIndex | QPersistentModelIndex) -> None:
        sample = self.rows.sample_at(index)
        groups = self.rows.groups
        if not self._is_quiet and groups is not None and groups.can_watch(sample):
            self.chosen.emit(sample)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        index = self.indexAt(at)
        is_header = index.isValid() and not index.parent().isValid()
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid():
            return
        if not is_header:
            if index == self.currentIndex():
                self._choose(index)
            self.setCurrentIndex(index)
        elif self.rows.group_at(index) == "all" and self._on_order(index, at.x()):
            self.order_turned.emit()
        else:
            self.setExpanded(index, not self.isExpanded(index))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Pins what the first click chose, or lets it go."""
        sample = self.rows.sample_at(self.indexAt(event.position().toPoint()))
        if event.button() == Qt.MouseButton.LeftButton and sample >= 0:
            self.pinned.emit(sample)
        else:
            super().mouseDoubleClickEvent(event)

    def _on_order(self, index: QModelIndex, x: int) -> bool:
        return bool(self.brush.order_rect(self.visualRect(index)).left() <= x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Hover only: dragging over the list chooses nothing."""
        if event.buttons() == Qt.MouseButton.NoButton:
            super().mouseMoveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        sample = self.rows.sample_at(self.indexAt(event.pos()))
        if sample >= 0:
            self.asked.emit(sample, event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index, key = self.currentIndex(), Qt.Key(event.key())
        is_header = index.isValid() and not index.parent().isValid()
        if event.modifiers() & Qt.KeyboardModifier.AltModifier or key == Qt.Key.Key_Escape:
            event.ignore()
        elif key == Qt.Key.Key_O and not event.modifiers():
            self.order_turned.emit()
        elif key == Qt.Key.Key_P and not event.modifiers() and not is_header:
            self.pinned.emit(self.rows.sample_at(index))
        elif is_header and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.setExpanded(index, not self.isExpanded(index))
        elif not event.text() or key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            super().keyPressEvent(event)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()
