"""Import: AI Hub's handwriting from disk into a data folder, with progress, cancel and a report.

The same importer as `preprocess`, in a thread: the window stays live, and closing this dialog
leaves the import going; Import… shows it again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from crnn.config import preset
from crnn.data.aihub.importing import import_sheets
from crnn.data.aihub.report import ImportOptions, ImportProgress, ImportReport
from crnn.data.sources import open_source
from crnn.debug.messages import NewRun
from crnn.debug.runs import fitted
from gui import engine_words
from gui.dialogs.import_choices import ImportChoices
from gui.dialogs.import_report import ImportReportPage
from gui.job import Job
from gui.look import Look
from gui.settings import Settings

POLL_MS = 100
PRESETS = {"height": "word", "square": "seed"}
"""The preset that a run on crops of this shape starts with."""


class ImportDialog(QDialog):
    """`chosen` carries a NewRun on what was imported, `ended` a sentence for the status line."""

    chosen = Signal(object)
    ended = Signal(str)

    def __init__(self, parent: QWidget, look: Look, settings: Settings) -> None:
        super().__init__(parent)
        self.choices = ImportChoices(settings)
        self.report = ImportReportPage(look)
        self.progress = ImportProgress("listing", 0, 0, 0, 0)
        self._options: ImportOptions | None = None
        self._job: Job[ImportReport] | None = None
        self._opening: Job[NewRun] | None = None
        self._began = 0.0
        self._make(look)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        self._retranslate()
        self._show_page(self.choices)
        self.resize(720, 440)

    # ---- building ----

    def _make(self, look: Look) -> None:
        self.state, self.counts, self.hint, self.problem = (QLabel() for _ in range(4))
        self.state.setFont(look.font("title"))
        self.counts.setFont(look.font("data_small"))
        self.problem.setFont(look.font("data_small"))
        self.problem.setProperty("role", "error")
        self.problem.setWordWrap(True)
        self.hint.setProperty("role", "hint")
        self.hint.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.running = QWidget()
        rows = QVBoxLayout(self.running)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(10)
        for widget in (self.state, self.bar, self.counts, self.hint):
            rows.addWidget(widget)
        rows.addStretch(1)
        self.pages = QStackedWidget()
        for page in (self.choices, self.running, self.report):
            self.pages.addWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(20, 16, 20, 14)
        outer.setSpacing(12)
        outer.addWidget(self.pages, 1)
        outer.addWidget(self.problem)
        outer.addWidget(self._buttons())

    def _buttons(self) -> QDialogButtonBox:
        """In the order that the system has for dialogs, as everywhere in the window."""
        self.begin, self.cancel, self.again, self.start_run, self.hide_button = (
            self._button(does)
            for does in (self.start, self.stop, self._new, self.open_run, self.close)
        )
        role = QDialogButtonBox.ButtonRole
        box = QDialogButtonBox()
        box.addButton(self.again, role.ResetRole)
        for button in (self.cancel, self.begin, self.start_run):
            box.addButton(button, role.AcceptRole)
        box.addButton(self.hide_button, role.RejectRole)
        return box

    def _button(self, does: Callable[[], object]) -> QPushButton:
        button = QPushButton()
        button.setAutoDefault(False)
        button.clicked.connect(lambda: does())
        return button

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("Import AI Hub handwriting"))
        self.begin.setText(self.tr("Import"))
        self.cancel.setText(self.tr("Cancel"))
        self.again.setText(self.tr("Another import"))
        self.start_run.setText(self.tr("Start a run on it"))
        self.hide_button.setText(self.tr("Close"))
        self.hint.setText(
            self.tr(
                "The import goes on while this is closed; Import AI Hub data… shows it again. What "
                "is finished is kept whatever happens: the same import goes on from there."
            )
        )

    def _say_problem(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    def _show_page(self, page: QWidget) -> None:
        self.pages.setCurrentWidget(page)
        self.begin.setVisible(page is self.choices)
        self.cancel.setVisible(page is self.running)
        self.again.setVisible(page is self.report)
        self.start_run.setVisible(page is self.report)
        for button in (self.begin, self.start_run):
            button.setDefault(button.isVisibleTo(self))
        self._say_problem("")
        for button in (self.start_run, self.cancel):
            if button.isVisibleTo(self):
                button.setFocus()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    # ---- what the buttons do ----

    def start(self) -> None:
        """Import what the fields say, or say what is wrong with them."""
        problem = self.choices.problem()
        self._say_problem(problem)
        if problem:
            return
        options = self.choices.options()
        self._options, self._began = options, time.monotonic()
        self.progress = ImportProgress("listing", 0, 0, 0, 0)
        self._job = Job(lambda goes_on: import_sheets(options, self._teller(goes_on)))
        self.cancel.setEnabled(True)
        self._show_page(self.running)
        self._say_progress()
        self._timer.start()

    def _teller(self, goes_on: Callable[[], bool]) -> Callable[[ImportProgress], bool]:
        def tell(state: ImportProgress) -> bool:
            self.progress = state
            return goes_on()

        return tell

    def stop(self) -> None:
        """Stop after the sheets under way; the same import goes on from there later."""
        if self._job is not None:
            self._job.cancel()
            self.cancel.setEnabled(False)
            self.state.setText(self.tr("Stopping after the sheets under way…"))

    def open_run(self) -> None:
        """Start a run on the imported words, with the preset that their shape is for."""
        options = self._options
        if options is None or self._opening is not None:
            return
        self.start_run.setEnabled(False)
        self._opening = Job(lambda _: run_on(options))
        self._timer.start()

    def _new(self) -> None:
        self._show_page(self.choices)

    def end(self) -> None:
        """The window goes: stop, and wait until the sheets under way are whole."""
        for job in (self._job, self._opening):
            if job is not None:
                job.end()

    # ---- what is polled ----

    def _poll(self) -> None:
        if self._job is not None:
            if self._job.is_running:
                self._say_progress()
                return
            outcome, was_wanted = self._job.outcome, self._job.is_wanted
            self._job = None
            self._ended(outcome, was_wanted)
        if self._opening is not None and not self._opening.is_running:
            opened = self._opening.outcome
            self._opening = None
            self._opened(opened)
        if self._job is None and self._opening is None:
            self._timer.stop()

    def _ended(self, outcome: ImportReport | str | None, was_wanted: bool) -> None:
        if isinstance(outcome, ImportReport):
            self.report.show_report(outcome)
            self._show_page(self.report)
            self.start_run.setEnabled(outcome.train > 0)
            self.ended.emit(self.report.headline(outcome))
            return
        self._show_page(self.choices)
        text = self.tr("Stopped before any page was cut.")
        if was_wanted:
            text = engine_words.sentence(str(outcome))
        self._say_problem(text)
        self.ended.emit(text)

    def _opened(self, outcome: NewRun | str | None) -> None:
        self.start_run.setEnabled(True)
        if isinstance(outcome, NewRun):
            self.chosen.emit(outcome)
            self.close()
        else:
            self._say_problem(engine_words.sentence(str(outcome)))

    def _say_progress(self) -> None:
        state = self.progress
        if state.phase == "listing":
            self.bar.setRange(0, 0)
            self.state.setText(self.tr("Looking for pages and labels…"))
            self.counts.setText(self.tr("{0} files found").format(f"{state.done:,}"))
            return
        self.bar.setRange(0, state.total)
        self.bar.setValue(state.done)
        if self.cancel.isEnabled():
            text = self.tr("Cutting words: sheet {0} of {1}")
            self.state.setText(text.format(f"{state.done:,}", f"{state.total:,}"))
        counts = self.tr("{0} words written · {1} faults · {2}")
        seconds = f"{time.monotonic() - self._began:,.0f} s"
        self.counts.setText(counts.format(f"{state.written:,}", f"{state.n_faults:,}", seconds))


def run_on(options: ImportOptions) -> NewRun:
    """A run on the words that an import has written. Raises DatasetError."""
    dataset = open_source(str(options.out))
    config = fitted(preset(PRESETS[options.shape]), dataset)
    return NewRun(config, dataset, Path(options.out).name)
