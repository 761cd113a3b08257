"""Evaluate: how well the state on screen reads a folder; a click on a row shows it in the panels.

The engine reads some pictures at a time while the run stands, so the window stays free, and what is
counted belongs to the step it began at.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from crnn.debug.guest_messages import Evaluate, Evaluated, Evaluating, ShowEvaluated, StopEvaluation
from crnn.debug.messages import Failed, Frame
from crnn.evaluation import Evaluation
from gui import engine_words
from gui.bridge import Bridge
from gui.dialogs.data_box import DataBox
from gui.evaluation_table import COLUMNS, EvaluationTable
from gui.look import Look
from gui.specs import MOVING


class EvaluateDialog(QDialog):
    """Folder, start and stop, progress, the three rates, and the table."""

    def __init__(self, parent: QWidget, look: Look, bridge: Bridge) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Evaluate"))
        self._look, self._bridge = look, bridge
        self._is_reading = False
        self._made: Evaluation | None = None
        self._make_fields()
        self._make_table()
        self._lay_out()
        bridge.evaluating.connect(self._show_progress)
        bridge.evaluated.connect(self._show_result)
        bridge.failed.connect(self._show_failure)
        bridge.frame_changed.connect(self._show_frame)
        self._say(
            self.tr(
                "The state on screen reads every picture; of a manifest or a parent folder, val."
            )
        )

    # ---- building ----

    def _make_fields(self) -> None:
        self.data = DataBox()
        self.data.source.addItem(self.tr("The data of this run"), "")
        self.start = QPushButton(self.tr("Start"))
        self.start.setDefault(True)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)
        self.progress.hide()
        self.progress.setFixedHeight(self._look.px(4))
        self.summary, self.note = QLabel(), QLabel()
        self.summary.setFont(self._look.font("title"))
        self.note.setProperty("role", "hint")
        self.note.setWordWrap(True)
        self.start.clicked.connect(self._toggle)

    def _make_table(self) -> None:
        self.rows = EvaluationTable(self._look)
        self.rows.titles = {
            "edits": self.tr("edits"),
            "truth": self.tr("truth"),
            "output": self.tr("output"),
            "confidence": "P",
            "name": self.tr("picture"),
        }
        self.table = QTableView()
        self.table.setModel(self.rows)
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        self.table.setShowGrid(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(self._look.px(24))
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setFont(self._look.font("header"))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for column in ("edits", "confidence"):
            at = COLUMNS.index(column)
            header.setSectionResizeMode(at, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(at, self._look.px(64))
        self.table.selectionModel().currentRowChanged.connect(self._chosen)

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.addWidget(self.data, 1)
        first.addWidget(self.start)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 16, 20, 16)
        rows.setSpacing(10)
        rows.addLayout(first)
        rows.addWidget(self.progress)
        rows.addWidget(self.summary)
        rows.addWidget(self.note)
        rows.addWidget(self.table, 1)
        self.resize(self._look.px(620), self._look.px(520))

    # ---- what a person does ----

    def _toggle(self) -> None:
        if self._is_reading:
            self._bridge.send(StopEvaluation())
            return
        self._set_reading(True)
        self._made = None
        self.rows.show(None)
        self.summary.setText("")
        self._say(self.tr("Reading the labels…"))
        self._bridge.send(Evaluate(self.data.chosen))

    def _chosen(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid():
            self._bridge.send(ShowEvaluated(self.rows.row(current).place))

    def done(self, result: int) -> None:
        """Closing stops what is being read."""
        if self._is_reading:
            self._bridge.send(StopEvaluation())
        super().done(result)

    # ---- what the engine says ----

    def _show_progress(self, event: Evaluating) -> None:
        self.progress.setRange(0, max(1, event.total))
        self.progress.setValue(event.done)
        self._say(
            self.tr("{done} of {total} pictures").format(
                done=f"{event.done:,}", total=f"{event.total:,}"
            )
        )

    def _show_frame(self, frame: Frame) -> None:
        if self._is_reading and frame.mode in MOVING:
            self._say(self.tr("Training goes first: reading goes on when you pause (F6)."))

    def _show_result(self, event: Evaluated) -> None:
        made = self._made = event.evaluation
        self._set_reading(False)
        self.rows.show(made)
        rates = made.score
        if rates is None:
            self._say(self.tr("Stopped before the first picture was read."))
            return
        self.summary.setText(
            self.tr("CER {cer} · jamo CER {jamo} · exact {exact}").format(
                cer=f"{rates.cer:.1%}", jamo=f"{rates.jamo_cer:.1%}", exact=f"{rates.exact:.1%}"
            )
        )
        self._say(" ".join(self._notes(made)))

    def _notes(self, made: Evaluation) -> list[str]:
        """What was read, with which state, and what could not be."""
        counts = {"n": f"{len(made.rows):,}", "name": made.name, "step": f"{made.step:,}"}
        notes = [self.tr("{n} pictures of {name}, read at step {step}.").format(**counts)]
        if len(made.rows) + len(made.unread) < made.n:
            notes.append(self.tr("Stopped: {total} were to be read.").format(total=f"{made.n:,}"))
        if made.unread:
            name, why = made.unread[0]
            text = self.tr("{n} could not be read; the first, {name}: {why}")
            why = engine_words.sentence(why)
            notes.append(text.format(n=f"{len(made.unread):,}", name=name, why=why))
        return notes

    def _show_failure(self, event: Failed) -> None:
        """The window says why."""
        if self._is_reading and event.title == "Cannot evaluate":
            self._set_reading(False)
            self._say("")

    def _set_reading(self, is_reading: bool) -> None:
        self._is_reading = is_reading
        self.progress.setVisible(is_reading)
        self.start.setText(self.tr("Stop") if is_reading else self.tr("Start"))
        self.data.setEnabled(not is_reading)

    def _say(self, text: str) -> None:
        self.note.setText(text)
