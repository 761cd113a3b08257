"""SAMPLES: choose what to watch: the worst, the batch, the whole data set, and what does not fit.

Nothing is re-sorted under the reader's eyes: see gui/sample_rows.py.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QLineEdit, QToolTip, QTreeView, QVBoxLayout

from gui import engine_words
from gui.chrome import Fact, IconButton, PanelHeader, paint_empty
from gui.lens import SIDES, compared
from gui.look import Look
from gui.numerals import fixed
from gui.sample_delegate import SampleDelegate
from gui.sample_groups import GROUPS, n_right
from gui.sample_rows import SampleRows
from gui.selection import Selection
from gui.thumbnails import Thumbnails
from gui.view import View

if TYPE_CHECKING:
    from crnn.debug.messages import Frame

WORST, WORST_SMALL = 10, 5
TALL = 480
"""Height of the list from which the worst group has all its rows."""


class SampleTree(QTreeView):
    """The list. Headers fold on a click; the word in the header of "all" turns its order."""

    order_turned = Signal()
    chosen = Signal(int)
    asked = Signal(int, object)

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
        elif is_header and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.setExpanded(index, not self.isExpanded(index))
        elif not event.text() or key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            super().keyPressEvent(event)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()


class SamplesView(View):
    """Header with a search, and the list."""

    rests_s = 1.0

    def __init__(self, look: Look, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(look)
        self.header = PanelHeader(look)
        self._has_ink = False
        self.search = IconButton(look, "search")
        self.search.setCheckable(True)
        self.search.toggled.connect(self._show_search)
        self.header.add(self.search)
        self.edit = QLineEdit()
        self.edit.setClearButtonEnabled(True)
        self.edit.hide()
        self.edit.textChanged.connect(self._filter)
        self.edit.installEventFilter(self)
        self.rows = SampleRows(self, clock)
        self.list = SampleTree(look, self.rows, Thumbnails(look, self))
        self.list.chosen.connect(self._on_chosen)
        self.list.order_turned.connect(self.turn_order)
        self.list.asked.connect(self._offer_changes)
        self.list.viewport().installEventFilter(self)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        for widget in (self.header, self.edit, self.list):
            rows.addWidget(widget)
        self.setFocusProxy(self.list)
        self.retranslate()
        self.restyle()

    def retranslate(self) -> None:
        self.header.set_name(self.tr("Samples"))
        self.search.set_text(self.tr("Search by text or #number"))
        self.edit.setPlaceholderText(self.tr("text or #number"))
        self.edit.setAccessibleName(self.tr("Search by text or #number"))
        self.list.setAccessibleName(self.tr("Samples: choose what to watch"))
        self.list.empty_text = self.tr("No samples. Open a folder or draw a word.")
        self._worst_titles = self.tr("Worst loss"), self.tr("Got worse")
        self.list.brush.titles = {
            "ink": self.tr("My ink"),
            "worst": self._worst_titles[self.list.brush.is_delta],
            "batch": self.tr("In this batch"),
            "all": self.tr("All"),
            "faults": self.tr("Does not fit"),
        }
        self._say_order()
        self._say_summary()

    def restyle(self) -> None:
        self.edit.setFont(self.look.font("data_small"))
        self.list.brush.measure()
        self.list.doItemsLayout()
        self.list.viewport().update()

    def show_frame(self, frame: Frame) -> None:
        # A branch has data of its own where labels, pixels or samples were changed.
        is_other_run = self.frame is None or frame.run.data.home is not self.frame.run.data.home
        super().show_frame(frame)
        is_compared = compared(frame) is not None
        side = self.lens.side(frame)
        self.header.set_side(SIDES[side] if is_compared else "")
        self.list.brush.is_delta = side == "difference"
        self.list.brush.titles["worst"] = self._worst_titles[side == "difference"]
        bar = self.list.verticalScrollBar()
        top = QPersistentModelIndex(self.list.indexAt(self.list.viewport().rect().topLeft()))
        is_scrolled = bar.value() > 0
        if not self.rows.show(replace(frame, survey=self.lens.survey(frame))):
            return
        if is_other_run:
            self._open()
        self.list.hide_empty()
        self._unfold_ink()
        if is_scrolled and not is_other_run and top.isValid():
            # Rows may have come or gone above; the row at the top stays there.
            row = self.rows.index(top.row(), 0, top.parent())
            self.list.scrollTo(row, QTreeView.ScrollHint.PositionAtTop)
        self._follow(scrolls=False)
        self._say_summary()
        self.list.viewport().update()

    def show_selection(self, selection: Selection) -> None:
        is_other = selection.sample != self.selection.sample
        super().show_selection(selection)
        self.list.brush.selected_sample = selection.sample
        self._follow(scrolls=is_other)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        groups = self.rows.groups
        n_worst = self._n_worst()
        if groups is not None and groups.n_worst != n_worst:
            groups.n_worst = n_worst
            self._rearrange()

    def turn_order(self) -> None:
        """Sort the whole list by loss, or by number again."""
        groups = self.rows.groups
        if groups is not None:
            groups.order = "number" if groups.order == "loss" else "loss"
            self._say_order()
            self._rearrange()

    # ---- inside ----

    def _n_worst(self) -> int:
        return WORST if self.list.height() >= self.look.px(TALL) else WORST_SMALL

    def _open(self) -> None:
        """A new run: the filter and the fold state of a fresh list."""
        groups = self.rows.groups
        if groups is not None:
            groups.n_worst = self._n_worst()
            groups.keep(self.edit.text())
        self._say_order()
        self.rows.arrange()
        for row, group in enumerate(GROUPS):
            self.list.setExpanded(self.rows.index(row, 0), group != "faults")

    def _unfold_ink(self) -> None:
        """The first drawing is shown at once; a group that is empty cannot be unfolded before."""
        n = self.rows.rowCount(self.rows.header_index("ink"))
        if n and not self._has_ink:
            self.list.setExpanded(self.rows.header_index("ink"), True)
        self._has_ink = n > 0

    def _rearrange(self) -> None:
        self.rows.arrange()
        self.list.hide_empty()
        self._follow(scrolls=False)
        self.list.viewport().update()

    def _follow(self, *, scrolls: bool) -> None:
        """Keep the current row on the selected sample, in its own group where it is still there."""
        sample, current = self.selection.sample, self.list.currentIndex()
        if sample < 0 or self.rows.sample_at(current) == sample:
            return
        is_open = [g for g in GROUPS if self.list.isExpanded(self.rows.header_index(g))]
        own = self.rows.group_at(current)
        index = self.rows.index_of(sample, [own, *is_open] if own in is_open else is_open)
        if index.isValid() or current.parent().isValid():
            self.list.put_current(index, scrolls=scrolls)

    def _on_chosen(self, sample: int) -> None:
        if sample != self.selection.sample:
            self.selected.emit(self.selection.on(sample))

    def _offer_changes(self, sample: int, at: QPoint) -> None:
        """The label, the pixels, or the sample itself can be changed in a branch."""
        from gui.proposals import of_sample

        frame = self.frame
        if frame is not None and sample in frame.run.data.usable:
            self.offer(of_sample(sample, frame.run.data.dataset.texts[sample]), at)

    def _say_order(self) -> None:
        by_loss = self.rows.groups is not None and self.rows.groups.order == "loss"
        self.list.brush.order_word = self.tr("by nats") if by_loss else self.tr("by number")
        self.list.viewport().update()

    def _say_summary(self) -> None:
        if self.frame is None:
            return
        data = self.frame.run.data
        right, known = n_right(self.lens.survey(self.frame), data)
        said = self.tr("{0} of {1} right").format(f"{right:,}", f"{known:,}")
        total = Fact(f"{data.n_own:,}", "t3", is_mono=True)
        self.header.set_facts(Fact(said, "t2") if known else total)
        tip = self.tr("{0} samples, {1} of them read so far, {2} read right")
        tip = tip.format(f"{data.n_own:,}", f"{known:,}", f"{right:,}")
        if data.n_listed < data.n_own:
            more = self.tr("The first {0} are listed and read, those of the batch listed.")
            tip += "\n" + more.format(f"{data.n_listed:,}")
        self.header.setToolTip(tip)

    def _show_search(self, is_shown: bool) -> None:
        self.edit.setVisible(is_shown)
        if is_shown:
            self.edit.setFocus()
        else:
            self.edit.clear()
            self.list.setFocus()

    def _filter(self, wanted: str) -> None:
        if self.rows.groups is not None:
            self.rows.groups.keep(wanted)
            self._rearrange()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.edit and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
                self.search.setChecked(False)
                return True
        elif event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.list.indexAt(event.pos())
            QToolTip.showText(event.globalPos(), self.tip(index), self.list)
            return True
        return super().eventFilter(watched, event)

    def tip(self, index: QModelIndex) -> str:
        """What a row says in full; words from the data in the data font."""
        if index.isValid() and self.rows.group_at(index) == "all" and not index.internalId():
            return self.tr("Sort by loss or by number: click the word, or press O")
        fault, sample = self.rows.fault_at(index), self.rows.sample_at(index)
        if fault is not None:
            return _data(fault.name) + "<br>" + _data(engine_words.sentence(fault.detail))
        if self.frame is None or sample < 0:
            return ""
        survey, data = self.lens.survey(self.frame), self.frame.run.data
        text = data.dataset.texts[sample]
        lines = [self.tr("truth {0}").format(_data(text)) if text else _data(self._name(sample))]
        output, loss, step = survey.at(data.row(sample))
        if step >= 0:
            lines.append(self.tr("output {0}").format(_data(output or "∅")))
            if not math.isnan(loss):
                lines.append(self.tr("loss {0} nats at step {1}").format(fixed(loss), f"{step:,}"))
        return "<br>".join(lines)

    def _name(self, sample: int) -> str:
        return self.frame.run.data.dataset.sample(sample).name if self.frame else ""


def _data(text: str) -> str:
    """Text from the data as rich text in a font that has every syllable."""
    from html import escape

    return f'<span style="font-family: NanumGothic">{escape(text)}</span>'
