"""Import report: what was written, and every fault by kind, file and value."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QLabel, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from crnn.data.aihub.faults import ImportFault
from crnn.data.aihub.report import ImportReport
from gui import engine_words
from gui.fault_words import fault_name
from gui.look import Look

OPEN = 12
"""Kinds with no more faults than this are unfolded at once."""


class ImportReportPage(QWidget):
    """A headline, the counts, and a tree: kinds with their counts, below each the first faults."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._report: ImportReport | None = None
        self.head, self.place, self.counts, self.notes = (QLabel() for _ in range(4))
        self.head.setFont(look.font("title"))
        self.place.setFont(look.font("data_small"))
        self.place.setProperty("role", "hint")
        self.tree = QTreeWidget()
        self.tree.setColumnCount(2)
        self.tree.setFont(look.font("data_small"))
        self.tree.setUniformRowHeights(True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        for label in (self.head, self.place, self.counts, self.notes):
            label.setWordWrap(True)
            rows.addWidget(label)
        rows.addSpacing(4)
        rows.addWidget(self.tree, 1)

    def headline(self, report: ImportReport) -> str:
        text = self.tr("{0} words of {1} sheets imported")
        if not report.finished:
            text = self.tr("Stopped: {0} words of {1} sheets so far")
        return text.format(f"{report.written:,}", f"{report.sheets:,}")

    def show_report(self, report: ImportReport) -> None:
        """Fill the page."""
        self._report = report
        self.head.setText(self.headline(report))
        self.place.setText(str(report.out))
        self.counts.setText(" · ".join(self._counts(report)))
        self.notes.setText("\n".join(self._notes(report)))
        self.notes.setVisible(bool(self.notes.text()))
        self._fill(report)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self._report is not None:
            self.show_report(self._report)
        super().changeEvent(event)

    def _counts(self, report: ImportReport) -> Iterator[str]:
        def said(text: str, n: int) -> str:
            return text.format(f"{n:,}")

        yield said(self.tr("train {0}"), report.train)
        yield said(self.tr("val {0}"), report.val)
        yield said(self.tr("{0} boxes left out"), report.skipped)
        yield said(self.tr("{0} sheets not asked for"), report.filtered)
        if report.code_differs:
            yield said(self.tr("{0} sheets disagree with their file name"), report.code_differs)
        if report.size_differs:
            yield said(self.tr("{0} with the size of their page"), report.size_differs)

    def _notes(self, report: ImportReport) -> Iterator[str]:
        if not report.finished:
            yield self.tr("Import the same once more and it goes on from here.")
        yield from (engine_words.sentence(note) for note in report.notes)

    def _fill(self, report: ImportReport) -> None:
        tree = self.tree
        tree.clear()
        tree.setHeaderLabels([self.tr("File"), self.tr("Value")])
        tree.setHeaderHidden(not report.counts)
        if not report.counts:
            QTreeWidgetItem(tree, [self.tr("No faults.")])
        for kind, count in sorted(report.counts.items(), key=lambda pair: (-pair[1], pair[0])):
            head = QTreeWidgetItem(tree, [f"{fault_name(kind)}  {count:,}"])
            head.setFirstColumnSpanned(True)
            listed = [fault for fault in report.faults if fault.kind == kind]
            for fault in listed:
                self._add(head, fault)
            if len(listed) < count:
                rest = self.tr("{0} more in {1}").format(
                    f"{count - len(listed):,}", str(report.out / "faults.jsonl")
                )
                QTreeWidgetItem(head, [rest]).setFirstColumnSpanned(True)
            head.setExpanded(count <= OPEN)
        tree.setColumnWidth(0, self._look.px(270))

    def _add(self, head: QTreeWidgetItem, fault: ImportFault) -> None:
        value = engine_words.sentence(fault.value)
        row = QTreeWidgetItem(head, [_short(fault.file), value])
        row.setToolTip(0, fault.file)
        row.setToolTip(1, value)
        for column in (0, 1):
            row.setForeground(column, self._look.color("t2"))


def _short(file: str) -> str:
    """The file's own name, and that of the zip it lies in; the tooltip has the whole path."""
    path = PurePosixPath(file)
    archive = next((part for part in path.parts[:-1] if part.lower().endswith(".zip")), "")
    return f"{archive} › {path.name}" if archive else path.name
