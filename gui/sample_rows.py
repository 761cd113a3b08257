"""Sample rows: the groups of the SAMPLES list as a two-level Qt model.

One idea: nothing is re-sorted under the reader's eyes. While the run moves, an order holds for a
second at a time; and a group changes in place, row by row, so that scrolling and the current row
stay where they are.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gui.sample_groups import GROUPS, Group, SampleGroups

if TYPE_CHECKING:
    from crnn.arrays import I64
    from crnn.data.dataset import Fault
    from crnn.debug.messages import Frame

RESORT_S = 1.0
RUNNING = ("running", "past_running", "past_running_back")

Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()
_HEADER_FLAGS = Qt.ItemFlag.ItemIsEnabled
_SAMPLE_FLAGS = (
    Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren | Qt.ItemFlag.ItemIsSelectable
)
ANNOUNCED = 200
"""Longer groups change without dataChanged: the tree would measure each of ten thousand rows anew.
All rows have one height, and whoever arranges the rows repaints them."""


class SampleRows(QAbstractItemModel):
    """Groups at the top, samples below. The delegate draws from `frame`."""

    def __init__(self, parent: QObject, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._clock = clock
        self.frame: Frame | None = None
        self.groups: SampleGroups | None = None
        self._members: dict[Group, I64] = {group: np.zeros(0, np.int64) for group in GROUPS}
        self._sorted_at = -RESORT_S

    # ---- what Qt asks for ----

    def index(self, row: int, column: int, parent: Index = _TOP) -> QModelIndex:
        if column or not 0 <= row < self.rowCount(parent):
            return QModelIndex()
        # The internal id is 0 for a group, else 1 + the place of the sample's group.
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, child: Index = _TOP) -> Any:
        place = child.internalId() if child.isValid() else 0
        return self.createIndex(place - 1, 0, 0) if place else QModelIndex()

    def rowCount(self, parent: Index = _TOP) -> int:
        if not parent.isValid():
            return len(GROUPS) if self.groups is not None else 0
        return 0 if parent.internalId() else len(self._members[GROUPS[parent.row()]])

    def columnCount(self, parent: Index = _TOP) -> int:
        return 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        return _SAMPLE_FLAGS if index.internalId() else _HEADER_FLAGS

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A sample as plain text, for screen readers."""
        sample = self.sample_at(index)
        if role != Qt.ItemDataRole.DisplayRole or self.groups is None or sample < 0:
            return None
        return f"#{sample:04d} {self.groups.run.data.dataset.texts[sample]}"

    # ---- between rows and samples ----

    def group_at(self, index: Index) -> Group | None:
        """The group of a row: of a header its own."""
        if not index.isValid():
            return None
        return GROUPS[index.internalId() - 1 if index.internalId() else index.row()]

    def sample_at(self, index: Index) -> int:
        """The sample of a row; -1 for a header and for a fault without a sample."""
        fault = self.fault_at(index)
        if fault is not None:
            return fault.index
        if not index.isValid() or not index.internalId():
            return -1
        return int(self._members[GROUPS[index.internalId() - 1]][index.row()])

    def fault_at(self, index: Index) -> Fault | None:
        """The fault of a row of "faults"."""
        if self.groups is None or not index.isValid() or not index.internalId():
            return None
        if GROUPS[index.internalId() - 1] != "faults":
            return None
        return self.groups.faults[int(self._members["faults"][index.row()])]

    def header_index(self, group: Group) -> QModelIndex:
        return self.index(GROUPS.index(group), 0)

    def index_of(self, sample: int, groups: Sequence[Group]) -> QModelIndex:
        """The row of a sample in the first of these groups that has it."""
        for group in groups:
            rows = np.flatnonzero(self._members[group] == sample)
            if group != "faults" and len(rows):
                return self.index(int(rows[0]), 0, self.header_index(group))
        return QModelIndex()

    # ---- frames ----

    def show(self, frame: Frame) -> bool:
        """Take a frame; returns whether the rows were brought to it.

        They are at once where the run stands still, about once a second where it moves.
        """
        if self.groups is None or self.groups.run.data.home is not frame.run.data.home:
            self._open(frame)
        assert self.groups is not None
        has_come = frame.run is not self.groups.run
        self.groups.take(frame.run)
        self.frame = frame
        is_running = frame.mode in RUNNING
        if is_running and not has_come and self._clock() - self._sorted_at < RESORT_S:
            return False
        self.arrange(keeps_all=is_running)
        return True

    def arrange(self, *, keeps_all: bool = False) -> None:
        """Bring every group to the frame; with keeps_all, the whole list stays in its order."""
        if self.groups is None or self.frame is None:
            return
        self._sorted_at = self._clock()
        for group, ids in self.groups.members(self.frame).items():
            if not (keeps_all and group == "all" and len(ids) == len(self._members["all"])):
                self._replace(group, ids)

    def _open(self, frame: Frame) -> None:
        self.beginResetModel()
        self.groups = SampleGroups(frame.run)
        self._members = {group: np.zeros(0, np.int64) for group in GROUPS}
        self._sorted_at = self._clock() - RESORT_S
        self.endResetModel()

    def _replace(self, group: Group, ids: I64) -> None:
        """Put other members into a group without moving the rows that stay."""
        parent = self.header_index(group)
        old, n = self._members[group], len(ids)
        if n > len(old):
            self.beginInsertRows(parent, len(old), n - 1)
            self._members[group] = ids
            self.endInsertRows()
        elif n < len(old):
            self.beginRemoveRows(parent, n, len(old) - 1)
            self._members[group] = ids
            self.endRemoveRows()
        elif np.array_equal(old, ids):
            return
        self._members[group] = ids
        if 0 < n <= ANNOUNCED:
            self.dataChanged.emit(self.index(0, 0, parent), self.index(n - 1, 0, parent))
