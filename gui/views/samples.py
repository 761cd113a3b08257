"""SAMPLES: choose what to watch: the worst, the batch, the whole data set, and what does not fit.

Nothing is re-sorted under the reader's eyes: see gui/sample_rows.py.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QHelpEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QToolTip, QTreeView, QVBoxLayout

from gui import engine_words
from gui.chrome import Fact, IconButton, PanelHeader
from gui.lens import SIDES, compared
from gui.look import Look
from gui.numerals import fixed
from gui.sample_groups import GROUPS, Group, n_right
from gui.sample_rows import SampleRows
from gui.sample_tree import SampleTree
from gui.selection import Selection
from gui.thumbnails import Thumbnails
from gui.view import View

if TYPE_CHECKING:
    from crnn.debug.messages import Frame

WORST, WORST_SMALL = 10, 5
_UNFOLDING: tuple[Group, ...] = ("ink", "pinned", "broke")
"""Groups that are often empty: shown open when their first row comes."""
TALL = 480
"""Height of the list from which the worst group has all its rows."""


class SamplesView(View):
    """Header with a search, and the list."""

    pinned = Signal(int)
    """A sample that is to be pinned, or let go."""

    rests_s = 1.0

    def __init__(self, look: Look, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(look)
        self.header = PanelHeader(look)
        self._pins: tuple[int, ...] = ()
        self._n_unfolding: dict[Group, int] = dict.fromkeys(_UNFOLDING, 0)
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
        self.list.pinned.connect(self._on_pinned)
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
            "pinned": self.tr("Pinned"),
            "broke": self.tr("Just broke"),
            "worst": self._worst_titles[self.list.brush.is_delta],
            "batch": self.tr("In this batch"),
            "all": self.tr("All"),
            "faults": self.tr("Does not fit"),
        }
        self.list.brush.nothing = self.tr("nothing")
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
        self._unfold()
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

    def show_pins(self, samples: tuple[int, ...]) -> None:
        """These are pinned, the newest last."""
        self._pins = samples
        if self.rows.groups is not None:
            self.rows.groups.pinned = samples
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
            groups.pinned = self._pins
            groups.keep(self.edit.text())
        self._say_order()
        self.rows.arrange()
        for row, group in enumerate(GROUPS):
            self.list.setExpanded(self.rows.index(row, 0), group != "faults")

    def _unfold(self) -> None:
        """The first drawing is shown at once; a group that is empty cannot be unfolded before."""
        for group, before in self._n_unfolding.items():
            header = self.rows.header_index(group)
            self._n_unfolding[group] = self.rows.rowCount(header)
            if self._n_unfolding[group] and not before:
                self.list.setExpanded(header, True)

    def _rearrange(self) -> None:
        self.rows.arrange()
        self.list.hide_empty()
        self._unfold()
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

    def _on_pinned(self, sample: int) -> None:
        if self.frame is not None and 0 <= sample < self.frame.run.data.n_own:
            self.pinned.emit(sample)

    def _offer_changes(self, sample: int, at: QPoint) -> None:
        """It can be pinned; its label, its pixels, or itself can be changed in a branch."""
        menu = self.changes(sample)
        menu.aboutToHide.connect(menu.deleteLater)
        if menu.isEmpty():
            menu.deleteLater()
        else:
            menu.popup(at)

    def changes(self, sample: int) -> QMenu:
        """The menu of one sample."""
        from gui.proposals import of_sample

        data = self.frame.run.data if self.frame is not None else None
        if data is None or sample >= data.n_own:
            return self.proposals(())
        is_usable = sample in data.usable
        menu = self.proposals(of_sample(sample, data.dataset.texts[sample]) if is_usable else ())
        pin = QAction(self.tr("Unpin") if sample in self._pins else self.tr("Pin"), menu)
        pin.setShortcut("P")
        pin.triggered.connect(partial(self._on_pinned, sample))
        if is_usable:
            first = menu.actions()[0]
            menu.insertAction(first, pin)
            menu.insertSeparator(first)
        else:
            menu.addAction(pin)
        return menu

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
            broke = survey.broke_at(data.row(sample))
            if broke >= 0:
                lines.append(self.tr("read right at step {0}").format(f"{broke:,}"))
        return "<br>".join(lines)

    def _name(self, sample: int) -> str:
        return self.frame.run.data.dataset.sample(sample).name if self.frame else ""


def _data(text: str) -> str:
    """Text from the data as rich text in a font that has every syllable."""
    from html import escape

    return f'<span style="font-family: NanumGothic">{escape(text)}</span>'
