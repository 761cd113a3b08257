"""Line: the dialog of a breakpoint on a line of code: its condition, checked while it is typed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from crnn.debug.expression import FUNCTIONS, require_allowed
from crnn.debug.point_messages import AddPoint, EditPoint
from crnn.debug.points import Condition, Point
from crnn.debug.statements import own_source
from crnn.errors import ExpressionError
from gui import engine_words
from gui.dialogs.point import NameEdit, make_room
from gui.look import Look

SHOWN_NAMES = 24


class LineDialog(QDialog):
    """`chosen` carries AddPoint where the number of `point` is 0, else EditPoint."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget, look: Look, point: Point) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Breakpoint on a line"))
        self._point = point
        where = point.condition
        text = own_source(where.file)
        names = text.names.get(where.line, frozenset()) if text is not None else frozenset()
        self._names = sorted(name for name in names if not name.startswith("_"))
        self.field = NameEdit([*self._names, *FUNCTIONS], where.text)
        self.field.setFont(look.font("mono"))
        self.field.setPlaceholderText(self.tr("always"))
        self.ignore = QSpinBox()
        self.ignore.setRange(0, 1_000_000)
        self.ignore.setValue(point.ignore)
        self.logs_only = QCheckBox(self.tr("Only note hits, do not stop"))
        self.logs_only.setChecked(point.logs_only)
        self.hint, self.problem = QLabel(), QLabel()
        self._lay_out(look, where)
        self.field.textChanged.connect(self.judge)
        self.judge()

    def _lay_out(self, look: Look, where: Condition) -> None:
        place, code = QLabel(f"{where.file}:{where.line}"), QLabel(where.code)
        for label in (place, code):
            label.setFont(look.font("mono"))
        code.setProperty("role", "hint")
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.addWidget(QLabel(self.tr("Stop where")), 0, 0)
        grid.addWidget(self.field, 0, 1)
        grid.addWidget(QLabel(self.tr("Let pass first")), 1, 0)
        grid.addWidget(self.ignore, 1, 1)
        grid.addWidget(self.logs_only, 2, 1)
        grid.setColumnStretch(1, 1)
        names = ", ".join(self._names[:SHOWN_NAMES])
        more = "…" if len(self._names) > SHOWN_NAMES else ""
        self.hint.setText(self.tr("Names here: {names}").format(names=names + more))
        self.hint.setProperty("role", "hint")
        self.problem.setProperty("role", "error")
        buttons = QDialogButtonBox.StandardButton
        box = QDialogButtonBox(buttons.Ok | buttons.Cancel)
        self.ok = box.button(buttons.Ok)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 16, 20, 14)
        rows.setSpacing(10)
        rows.addWidget(place)
        rows.addWidget(code)
        rows.addLayout(grid)
        for label in (self.hint, self.problem):
            label.setWordWrap(True)
            rows.addWidget(label)
        rows.addStretch(1)
        rows.addWidget(box)
        self.setMinimumWidth(480)

    def _wrong(self) -> str:
        text = self.field.text().strip()
        try:
            if text:
                require_allowed(text, self._names)
        except ExpressionError as error:
            return engine_words.sentence(str(error))
        return ""

    def judge(self) -> None:
        """Say what is wrong; only what is right can be set."""
        wrong = self._wrong()
        self.problem.setText(wrong)
        self.problem.setVisible(bool(wrong))
        self.ok.setEnabled(not wrong)
        make_room(self)

    def accept(self) -> None:
        if self._wrong():
            return
        held, only, ignore = self._point.condition, self.logs_only.isChecked(), self.ignore.value()
        text = self.field.text().strip()
        condition = Condition("line", text, file=held.file, line=held.line, code=held.code)
        if not self._point.number:
            self.chosen.emit(AddPoint(condition, only, ignore))
        else:
            is_on = self._point.is_on
            self.chosen.emit(EditPoint(Point(self._point.number, condition, is_on, only, ignore)))
        super().accept()
