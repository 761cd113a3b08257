"""New run: data, network and training, and what they give, before anything starts.

The plan is made in a thread of its own, because it reads every picture; the dialog polls for the
newest result and never waits.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from pathlib import Path
from typing import cast

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from crnn.config import Cell, Config, Optimiser, preset
from crnn.data.augment import Augment
from crnn.data.dataset import Dataset
from crnn.debug.messages import NewRun
from crnn.errors import CrnnError
from crnn.text.hangul import AlphabetKind
from gui import engine_words
from gui.dialogs.data_box import DataBox
from gui.dialogs.plan import Choices, Plan, plan
from gui.fault_words import fault_name
from gui.look import Look

POLL_MS = 40
PATIENCE_S = 0.3
"""After this a plan that is still being made is said to be; before, the text would only flicker."""
_PRESETS = ("lesson", "word", "line", "seed")
_ALPHABETS: tuple[AlphabetKind, ...] = ("jamo", "compat", "syllables")
_CELLS: dict[Cell, str] = {"lstm": "LSTM", "gru": "GRU", "tanh": "tanh"}
_OPTIMISERS: dict[str, str] = {
    "adam": "Adam",
    "sgd": "SGD",
    "rmsprop": "RMSprop",
    "adadelta": "Adadelta",
}


class NewRunDialog(QDialog):
    """`chosen` carries the NewRun command. It begins with the preset of `current` and with `data`,
    those of the run that is open, or with what lies at `path`, e.g. what was dropped."""

    chosen = Signal(object)

    def __init__(
        self,
        parent: QWidget,
        look: Look,
        current: Config | None,
        path: Path | None = None,
        data: Dataset | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("New run"))
        self._results: deque[tuple[Choices, Plan | str]] = deque(maxlen=1)
        self._asked: Choices | None = None
        self._worker: threading.Thread | None = None
        self._asked_at = 0.0
        self.plan: Plan | None = None
        self._make_fields(look)
        self._lay_out()
        self.set_preset(current.preset if current else "word")
        if data is not None:
            self.data.choose(data.source)
        if path is not None:
            self.data.add(path)
        for box in (self.source, self.alphabet, self.cell, self.optimiser, self.augment):
            box.currentIndexChanged.connect(self._changed)
        for field in (self.rate, self.batch, self.seed):
            field.textChanged.connect(self._changed)
        self.preset.currentIndexChanged.connect(self._preset_changed)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        self._timer.start()
        self._changed()

    # ---- building ----

    def _make_fields(self, look: Look) -> None:
        self.data = DataBox()
        self.source = self.data.source
        self.source.addItem(self.tr("First lesson: 64 words"), "lesson")
        self.source.addItem(self.tr("Embedded words: 2,000"), "embedded")
        self.source.addItem(self.tr("Seed words: 32, for preset seed"), "words32")
        self.source.addItem(self.tr("Words by 10,000 drawn hands: 20,000"), "synth:20000")
        self.source.addItem(self.tr("The same by wilder hands: 20,000"), "wild:20000")
        self.source.addItem(self.tr("Wilder hands, paper round the words: 20,000"), "loose:20000")
        self.source.addItem(self.tr("Hurried hands, paper as it is: 20,000"), "real:20000")
        self.source.addItem(self.tr("A face that no other set draws: 2,000"), "face:2000")
        self.preset = _box({name: name for name in _PRESETS})
        self.alphabet = _box(
            {
                "jamo": self.tr("jamo and ASCII"),
                "compat": self.tr("compatibility jamo"),
                "syllables": self.tr("syllables of the data"),
            }
        )
        self.cell = QComboBox()
        both, forward = self.tr("both directions"), self.tr("forward only")
        for cell, name in _CELLS.items():
            self.cell.addItem(f"{name} · {both}", (cell, True))
            self.cell.addItem(f"{name} · {forward}", (cell, False))
        self.optimiser = _box({**_OPTIMISERS, "sgd": self.tr("SGD with momentum")})
        self.augment = _box(
            {
                "none": self.tr("none"),
                "light": self.tr("light"),
                "strong": self.tr("strong"),
            }
        )
        self.rate, self.batch, self.seed, self.name = (QLineEdit() for _ in range(4))
        for field in (self.rate, self.batch, self.seed):
            field.setFont(look.font("mono"))
        self.name.setPlaceholderText(self.tr("from the data"))
        self._make_words(look)

    def _make_words(self, look: Look) -> None:
        self.summary, self.refused, self.problem = QLabel(), QLabel(), QLabel()
        self.refused.setProperty("role", "hint")
        self.problem.setProperty("role", "error")
        for label in (self.summary, self.refused, self.problem):
            label.setWordWrap(True)
            label.setFont(look.font("data_small"))
        buttons = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(buttons.Ok | buttons.Cancel)
        self.buttons.button(buttons.Ok).setText(self.tr("Start"))
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        left = (
            (self.tr("Preset"), self.preset),
            (self.tr("Alphabet"), self.alphabet),
            (self.tr("Recurrent cell"), self.cell),
            (self.tr("Optimiser"), self.optimiser),
            (self.tr("Augmentation"), self.augment),
        )
        right = (
            (self.tr("Learning rate"), self.rate),
            (self.tr("Batch"), self.batch),
            (self.tr("Seed"), self.seed),
            (self.tr("Name"), self.name),
        )
        grid.addWidget(QLabel(self.tr("Data")), 0, 0)
        grid.addWidget(self.data, 0, 1, 1, 3)
        for column, rows in ((0, left), (2, right)):
            for row, (text, widget) in enumerate(rows, start=1):
                grid.addWidget(QLabel(text), row, column)
                grid.addWidget(widget, row, column + 1)
        grid.setColumnStretch(1, 3)
        grid.setColumnStretch(3, 2)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(20, 16, 20, 14)
        outer.setSpacing(12)
        outer.addLayout(grid)
        for label in (self.summary, self.refused, self.problem):
            outer.addWidget(label)
        outer.addStretch(1)
        outer.addWidget(self.buttons)
        self.resize(620, 380)

    # ---- choices ----

    def set_preset(self, name: str) -> None:
        """Fill the fields with a preset's own values."""
        config = preset(name)
        self.preset.setCurrentIndex(_PRESETS.index(name))
        self.alphabet.setCurrentIndex(_ALPHABETS.index(config.alphabet.kind))
        self.cell.setCurrentIndex(2 * list(_CELLS).index(config.cell) + (not config.bidirectional))
        self.optimiser.setCurrentIndex(list(_OPTIMISERS).index(config.optimiser))
        self.augment.setCurrentIndex(self.augment.findData(config.augment))
        self.rate.setText(f"{config.lr:g}")
        self.batch.setText(f"{config.batch}")
        self.seed.setText(f"{config.seed}")

    @property
    def choices(self) -> Choices:
        """What stands in the fields now."""
        cell, both = self.cell.currentData()
        return Choices(
            source=self.data.chosen,
            preset=str(self.preset.currentData()),
            alphabet=cast(AlphabetKind, self.alphabet.currentData()),
            cell=cast(Cell, cell),
            bidirectional=bool(both),
            optimiser=cast(Optimiser, self.optimiser.currentData()),
            lr=self.rate.text(),
            batch=self.batch.text(),
            seed=self.seed.text(),
            augment=cast(Augment, self.augment.currentData()),
        )

    def _preset_changed(self) -> None:
        self.set_preset(str(self.preset.currentData()))

    # ---- the plan ----

    def _changed(self) -> None:
        self._asked = self.choices
        self.plan = None
        self._button().setEnabled(False)
        self._asked_at = time.monotonic()
        self._start()

    def _start(self) -> None:
        if self._worker is None and self._asked is not None:
            self._worker = threading.Thread(
                target=_make, args=(self._asked, self._results), daemon=True, name="plan"
            )
            self._worker.start()

    def _poll(self) -> None:
        if self._worker is not None and not self._worker.is_alive():
            self._worker = None
            choices, result = self._results.popleft()
            if choices == self._asked:
                self._show(result)
            else:
                self._start()
        elif self._worker is not None and time.monotonic() > self._asked_at + PATIENCE_S:
            self.summary.setText(self.tr("Reading the pictures…"))
            self.refused.setText("")

    def _show(self, result: Plan | str) -> None:
        self.problem.setText(engine_words.sentence(result) if isinstance(result, str) else "")
        self.problem.setVisible(isinstance(result, str))
        if isinstance(result, str):
            self.plan = None
            self.summary.setText("")
            self.refused.setText("")
            return
        self.plan = result
        self._button().setEnabled(True)
        self.summary.setText(self._summary(result))
        self.refused.setText(self._refusals(result))

    def _summary(self, made: Plan) -> str:
        low, high = made.frames
        frames = f"{low}" if low == high else f"{low}–{high}"
        return self.tr(
            "{parameters} parameters · {classes} classes · T = {frames} · "
            "{usable} of {all} samples · {steps} steps an epoch"
        ).format(
            parameters=f"{made.n_parameters:,}",
            classes=f"{made.config.n_classes:,}",
            frames=frames,
            usable=f"{len(made.data.usable):,}",
            all=f"{len(made.dataset):,}",
            steps=f"{made.data.steps_per_epoch:,}",
        )

    def _refusals(self, made: Plan) -> str:
        """What is not trained on, and what cannot be told apart."""
        lines = []
        if made.data.faults:
            counts = " · ".join(f"{fault_name(kind)} {n:,}" for kind, n in made.refused.items())
            first = made.data.faults[0]
            lines.append(self.tr("Not trained on: {counts}.").format(counts=counts))
            lines.append(f"{first.name}: {engine_words.sentence(first.detail)}")
        else:
            lines.append(self.tr("Every label fits."))
        if made.labels.n_ambiguous:
            label, reads = next(iter(made.labels.ambiguous.items()))
            text = self.tr("Ambiguous in this alphabet: {n} of {all} labels, as {label}: {reads}.")
            told = {"label": label, "reads": self.tr("its letters read {0}").format(reads)}
            n, looked_at = made.labels.n_ambiguous, made.n_labels
            lines.append(text.format(n=f"{n:,}", all=f"{looked_at:,}", **told))
        return "\n".join(lines)

    def _button(self) -> QPushButton:
        return self.buttons.button(QDialogButtonBox.StandardButton.Ok)

    def accept(self) -> None:
        """Start; refused while the plan of the fields as they stand is not there."""
        if self.plan is not None:
            name = self.name.text().strip() or self.plan.dataset.name
            self.chosen.emit(NewRun(self.plan.config, self.plan.dataset, name))
            super().accept()


def _box(entries: dict[str, str]) -> QComboBox:
    box = QComboBox()
    for key, text in entries.items():
        box.addItem(text, key)
    return box


def _make(choices: Choices, results: deque[tuple[Choices, Plan | str]]) -> None:
    """The thread: a Plan, or the sentence that says why there is none."""
    try:
        results.append((choices, plan(choices)))
    except CrnnError as error:
        results.append((choices, str(error)))
