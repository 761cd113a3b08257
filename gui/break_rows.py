"""Break rows: the rows of the BREAKPOINTS panel as a Qt model: points, watches, hits, in one list.

A row knows what it is and its number; what it shows is looked up in the frame when it is painted,
so that a value that moves repaints and a list that stays the same stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from gui import conditions

if TYPE_CHECKING:
    from crnn.debug.points import Condition, Hit, PointRow, Watching, WatchRow

SHOWN_HITS = 100
Kind = Literal["point", "watch", "filling", "hits", "hit"]
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class Row:
    """`number` is the point's or watch's; `key` a hit's."""

    kind: Kind
    number: int = 0
    key: tuple[int, int, int] = (-1, -1, -1)


def rows_of(watching: Watching | None) -> tuple[Row, ...]:
    """Points, watches, each with its hindsight while that runs, then the hits, newest first."""
    if watching is None:
        return ()
    rows = [Row("point", point.point.number) for point in watching.points]
    for watch in watching.watches:
        rows.append(Row("watch", watch.watch.number))
        if watch.filling is not None:
            rows.append(Row("filling", watch.watch.number))
    if watching.hits:
        rows.append(Row("hits"))
        newest = reversed(watching.hits[-SHOWN_HITS:])
        rows += [Row("hit", hit.number, hit.key) for hit in newest]
    return tuple(rows)


class BreakRows(QAbstractListModel):
    """The rows of one frame's `watching`."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[Row, ...] = ()
        self.watching: Watching | None = None

    def take(self, watching: Watching | None) -> None:
        """Show this; the list is built anew only where its rows are others."""
        self.watching = watching
        rows = rows_of(watching)
        if rows != self.rows:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The row's words, for those who read the screen aloud; the delegate paints."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        row = self.at(index)
        point, watch = self.point(row), self.watch(row)
        if row.kind == "hit":
            hit = self.hit(row)
            return conditions.found(point.point, hit) if point and hit else ""
        if point is not None:
            return point.fault or self._said(point.point.condition)
        return (watch.fault or watch.watch.text) if watch is not None else ""

    def _said(self, condition: Condition) -> str:
        """A line with its code, and when it is looked for."""
        title = conditions.title(condition)
        if condition.kind != "line":
            return title
        when = self.tr("Stops runs at level line: F5 on, F4 back.")
        return f"{title}\n{condition.code}\n{when}"

    def place_in_colors(self, row: Row) -> int:
        """Which of the colours of curves a watch has."""
        watches = self.watching.watches if self.watching is not None else ()
        numbers = [watch.watch.number for watch in watches]
        return numbers.index(row.number) if row.number in numbers else 0

    def flags(self, index: Index) -> Qt.ItemFlag:
        if self.at(index).kind == "hits":
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def at(self, index: Index) -> Row:
        return self.rows[index.row()] if 0 <= index.row() < len(self.rows) else Row("hits")

    def point(self, row: Row) -> PointRow | None:
        """The point of a point's or a hit's row."""
        if self.watching is None or row.kind not in ("point", "hit"):
            return None
        return next((p for p in self.watching.points if p.point.number == row.number), None)

    def watch(self, row: Row) -> WatchRow | None:
        """The watch of a watch's row, or of the row that says how it is filled."""
        if self.watching is None or row.kind not in ("watch", "filling"):
            return None
        return next((w for w in self.watching.watches if w.watch.number == row.number), None)

    def hit(self, row: Row) -> Hit | None:
        if self.watching is None:
            return None
        every = self.watching.hits
        return next((h for h in every if h.number == row.number and h.key == row.key), None)
