"""The rows of an evaluation, worst first, as a table for Qt."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from crnn.evaluation import Evaluation, Row
from gui.look import Look

COLUMNS = ("edits", "truth", "output", "confidence", "name")
Index = QModelIndex | QPersistentModelIndex
_NONE = QModelIndex()
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class EvaluationTable(QAbstractTableModel):
    """`titles` is the translated header of each column."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.titles = dict.fromkeys(COLUMNS, "")
        self._rows: tuple[Row, ...] = ()

    def show(self, evaluation: Evaluation | None) -> None:
        self.beginResetModel()
        self._rows = evaluation.rows if evaluation else ()
        self.endResetModel()

    def row(self, index: Index) -> Row:
        return self._rows[index.row()]

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if COLUMNS[section] in ("edits", "confidence") else _LEFT
        return self.titles[COLUMNS[section]] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self._rows[index.row()], COLUMNS[index.column()]
        is_number = column in ("edits", "confidence")
        if role == Qt.ItemDataRole.DisplayRole:
            shown = {"edits": f"{row.edits}", "confidence": f"{row.confidence:.3f}"}
            return shown.get(column) or getattr(row, column) or "∅"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if is_number else _LEFT
        if role == Qt.ItemDataRole.FontRole:
            return self._look.font("mono" if is_number else "data_small")
        if role == Qt.ItemDataRole.ForegroundRole:
            is_wrong = column == "output" and row.output != row.truth
            return self._look.color("err" if is_wrong else "t1" if column != "name" else "t3")
        return None
