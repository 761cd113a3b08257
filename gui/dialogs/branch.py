"""Branch: what another future should do differently, checked by the engine's own rules.

Every change is tried on the state on screen before it is listed, so that a branch that was asked
for can begin. A list without changes is allowed: that branch repeats the run bit for bit.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from crnn.arrays import frozen
from crnn.data.edited import Drop, Relabel, Repaint
from crnn.debug.branch_messages import Branch
from crnn.debug.edits import (
    ChangeRate,
    ChangeSetting,
    Edit,
    Ground,
    ScaleTensor,
    SetWeight,
    ZeroUnit,
    applied,
    brief,
)
from crnn.debug.messages import Frame
from crnn.errors import CrnnError
from crnn.optim import N_MOMENTS
from crnn.train import TrainState
from gui import engine_words
from gui.dialogs.edit_pages import (
    SPACE,
    DropPage,
    LabelPage,
    Page,
    PixelsPage,
    RatePage,
    ScalePage,
    SettingPage,
    WeightPage,
    ZeroPage,
    wide_label,
)
from gui.look import Look

WIDTH, HEIGHT = 620, 560


def ground_of(frame: Frame) -> Ground:
    """Config, data and parameters on screen; the moments do not matter here, so they rest."""
    assert frame.branches is not None
    params, config = frame.branches.params, frame.run.config
    rest = frozen(np.zeros_like(params.flat))
    moments = (rest,) * N_MOMENTS[config.optimiser]
    return Ground(config, frame.run.data, TrainState(frame.step, frame.lr, params, moments))


class BranchDialog(QDialog):
    """`chosen` carries the Branch command. `sample` is the one looked at; `proposed` an edit to
    begin the form with, listed at once where nothing is left to choose."""

    chosen = Signal(object)

    def __init__(
        self, parent: QWidget, look: Look, frame: Frame, sample: int, proposed: Edit | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Branch at step {step}").format(step=f"{frame.step:,}"))
        self.edits: list[Edit] = []
        self._is_touched = False
        self._look = look
        self._ground = ground_of(frame)
        self._make_pages(look, sample)
        self._make_fields(look)
        self._lay_out()
        self._list()
        if proposed is not None:
            self.propose(proposed)

    # ---- building ----

    def _make_pages(self, look: Look, sample: int) -> None:
        ground = self._ground
        self.pages: dict[type, tuple[str, Page]] = {
            ChangeRate: (self.tr("Learning rate"), RatePage(look, ground)),
            ChangeSetting: (self.tr("Optimiser and its settings"), SettingPage(look, ground)),
            SetWeight: (self.tr("One weight"), WeightPage(look, ground)),
            ScaleTensor: (self.tr("A whole parameter"), ScalePage(look, ground)),
            ZeroUnit: (self.tr("Zero a channel or unit"), ZeroPage(look, ground)),
            Relabel: (self.tr("Label of a sample"), LabelPage(look, ground, sample)),
            Repaint: (self.tr("Pixels of a sample"), PixelsPage(look, ground, sample)),
            Drop: (self.tr("Drop a sample"), DropPage(look, ground, sample)),
        }
        self.kind, self.stack = QComboBox(), QStackedWidget()
        for text, page in self.pages.values():
            self.kind.addItem(text)
            self.stack.addWidget(page)
            page.changed.connect(self._touch)
        self.kind.currentIndexChanged.connect(self._turn_to)

    def _make_fields(self, look: Look) -> None:
        self.add = QPushButton(self.tr("Add this change"))
        self.add.setAutoDefault(False)
        self.add.clicked.connect(self.add_edit)
        self.remove = QPushButton(self.tr("Remove"))
        self.remove.setAutoDefault(False)
        self.remove.clicked.connect(self._remove)
        self.problem = QLabel()
        self.problem.setProperty("role", "error")
        self.problem.setWordWrap(True)
        self.problem.setFont(look.font("data_small"))
        self.listed = QListWidget()
        self.listed.setFont(look.font("data_small"))
        self.listed.setMaximumHeight(look.px(84))
        self.listed.setAccessibleName(self.tr("Changes of this branch"))
        self.listed.currentRowChanged.connect(self._enable)
        self.none = QLabel()
        self.none.setProperty("role", "hint")
        self.name = QLineEdit()
        self.name.setFont(look.font("data"))
        self.name.setMaxLength(60)
        buttons = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(buttons.Ok | buttons.Cancel)
        self.buttons.button(buttons.Ok).setText(self.tr("Branch"))
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(20, 16, 20, 14)
        outer.setSpacing(10)
        top = QFormLayout()
        top.setHorizontalSpacing(SPACE)
        top.addRow(wide_label(self.tr("Change"), self._look), self.kind)
        outer.addLayout(top)
        outer.addWidget(self.stack, 1)
        row = QHBoxLayout()
        row.addWidget(self.add)
        row.addWidget(self.remove)
        row.addWidget(self.problem, 1)
        outer.addLayout(row)
        outer.addWidget(self.listed)
        outer.addWidget(self.none)
        named = QFormLayout()
        named.setHorizontalSpacing(SPACE)
        named.addRow(wide_label(self.tr("Name"), self._look), self.name)
        outer.addLayout(named)
        outer.addWidget(self.buttons)
        self.resize(WIDTH, HEIGHT)

    # ---- the list ----

    def propose(self, edit: Edit) -> None:
        """Open the page of this edit's kind, filled; what is complete is listed at once."""
        text, page = self.pages[type(edit)]
        self.kind.setCurrentText(text)
        page.take(edit)
        if isinstance(edit, Drop | ZeroUnit):
            self.add_edit()

    def add_edit(self) -> bool:
        """Try the form's edit after those that are listed; list it, or say what is wrong."""
        page = self.stack.currentWidget()
        assert isinstance(page, Page)
        try:
            edit = page.edit()
            applied(self._ground, [*self.edits, edit])
        except CrnnError as error:
            self.problem.setText(engine_words.sentence(str(error)))
            return False
        self.edits.append(edit)
        self._list()
        return True

    def _remove(self) -> None:
        row = self.listed.currentRow()
        if 0 <= row < len(self.edits):
            del self.edits[row]
            self._list()

    def _list(self) -> None:
        self._turn_to(self.kind.currentIndex())
        self.listed.clear()
        self.listed.addItems([brief(edit) for edit in self.edits])
        self.listed.setVisible(bool(self.edits))
        self.remove.setVisible(bool(self.edits))
        self.name.setPlaceholderText(", ".join(map(brief, self.edits)) or "=")
        self._enable()

    def _enable(self) -> None:
        self.remove.setEnabled(self.listed.currentRow() >= 0)

    def _touch(self) -> None:
        self._mark(is_touched=True)

    def _mark(self, *, is_touched: bool) -> None:
        """Whether the form holds what is not listed yet, and what such a branch would do."""
        self._is_touched = is_touched
        self.problem.setText("")
        untouched = self.tr("No change yet: such a branch repeats the run, bit for bit.")
        self.none.setText(
            self.tr("The change filled in above is made too.") if is_touched else untouched
        )
        self.none.setVisible(is_touched or not self.edits)

    def _turn_to(self, page: int) -> None:
        self.stack.setCurrentIndex(page)
        self._mark(is_touched=False)

    def accept(self) -> None:
        """Branch; what was filled in and not yet added is meant too."""
        if self._is_touched and not self.add_edit():
            return
        self.chosen.emit(Branch(tuple(self.edits), self.name.text().strip()))
        super().accept()
