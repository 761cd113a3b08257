"""Point: the dialog of a breakpoint: a form to fill in, checked while it is typed."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRegularExpression, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QCompleter,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from crnn.debug.expression import FUNCTIONS
from crnn.debug.messages import (
    Frame,
)
from crnn.debug.point_messages import (
    AddPoint,
    AddWatch,
    EditPoint,
)
from crnn.debug.points import Condition, Point
from gui import conditions
from gui.dialogs import forms
from gui.dialogs.forms import FORMS, FUNCTION_NAMES
from gui.look import Look

_WORD = QRegularExpression(r"[A-Za-z_][A-Za-z_0-9]*$")


class NameEdit(QLineEdit):
    """A line that completes the name under the cursor; the key Down lists all that begin so."""

    def __init__(self, names: list[str], text: str = "") -> None:
        super().__init__(text)
        self._completer = QCompleter(QStringListModel(names, self), self)
        self._completer.setWidget(self)
        self._completer.setMaxVisibleItems(10)
        self._completer.activated.connect(self._insert)
        self.textEdited.connect(self._offer)

    def completer_popup(self) -> QAbstractItemView:
        """The list that is offered."""
        popup = self._completer.popup()
        assert popup is not None
        return popup

    def _prefix(self) -> str:
        match = _WORD.match(self.text()[: self.cursorPosition()])
        return match.captured() if match.hasMatch() else ""

    def _offer(self) -> None:
        prefix = self._prefix()
        self._completer.setCompletionPrefix(prefix)
        is_done = self._completer.currentCompletion() == prefix
        if len(prefix) < 2 or not self._completer.completionCount() or is_done:
            self.completer_popup().hide()
            return
        self._completer.complete()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Down:
            super().keyPressEvent(event)
            return
        self._completer.setCompletionPrefix(self._prefix())
        if self._completer.completionCount():
            self._completer.complete()

    def _insert(self, name: str) -> None:
        at, prefix = self.cursorPosition(), self._prefix()
        text = self.text()
        self.setText(text[: at - len(prefix)] + name + text[at:])
        self.setCursorPosition(at - len(prefix) + len(name))


def make_room(dialog: QDialog) -> None:
    """As high as what stands in it needs: words that come may wrap."""
    layout = dialog.layout()
    if layout is None:
        return
    layout.activate()
    needed = max(layout.totalMinimumSize().height(), layout.totalHeightForWidth(dialog.width()))
    dialog.setMinimumHeight(needed)
    if needed > dialog.height():
        dialog.resize(dialog.width(), needed)


class PointDialog(QDialog):
    """`chosen` carries AddPoint, or EditPoint for the `point` given. `selected` is the number or
    region that is selected in the window, as an expression, "" for none."""

    chosen = Signal(object)

    def __init__(
        self,
        parent: QWidget,
        look: Look,
        frame: Frame,
        point: Point | None = None,
        selected: str = "",
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        new, old = self.tr("New breakpoint"), self.tr("Breakpoint")
        self.setWindowTitle(new if point is None else old)
        self._frame, self._point, self._selected = frame, point, selected
        self._proposes = point is None
        self._sample = frame.trace.sample if frame.trace is not None else -1
        self._make_fields(look)
        self._lay_out(look)
        self._fill(point)
        self.form.currentIndexChanged.connect(self._form_changed)
        for field in self.fields.values():
            if isinstance(field, QLineEdit):
                field.textChanged.connect(self.judge)
            elif isinstance(field, QComboBox):
                field.currentIndexChanged.connect(self.judge)
            elif isinstance(field, QCheckBox):
                field.toggled.connect(self.judge)
        self._form_changed()

    # ---- building ----

    def _make_fields(self, look: Look) -> None:
        every = list(forms.shapes(self._frame))
        known = self._frame.watching.names if self._frame.watching is not None else ()
        numbers = [name.name for name in known if name.group == "report"]
        weights = [name.name for name in known if name.group == "parameter"]
        dead = [name.name for name in known if name.name.startswith("dead_")]
        self.form = QComboBox()
        for key, form in FORMS.items():
            self.form.addItem(QCoreApplication.translate("Forms", form.title), key)
        self.fields: dict[str, QWidget] = {
            "step": QLineEdit(f"{self._frame.head + 100}"),
            "number": _box({name: name for name in numbers}),
            "statistic": _box(self._statistics()),
            "tensor": NameEdit(every, weights[0] if weights else ""),
            "weights": _box({name: name for name in weights}),
            "dead": _box({name: name for name in dead}),
            "way": _box({">": self.tr("above"), "<": self.tr("below")}),
            "value": QLineEdit("5"),
            "sample": QLineEdit(f"{max(0, self._sample)}"),
            "everywhere": QCheckBox(self.tr("Read it at every step, not only where it trains")),
            "thorough": QCheckBox(self.tr("Look into activations and moments at every step too")),
            "expression": NameEdit([*every, *FUNCTIONS], "loss > 5"),
        }
        for name in ("step", "number", "tensor", "weights", "dead", "value", "expression"):
            self.fields[name].setFont(look.font("mono"))
        self.ignore = QSpinBox()
        self.ignore.setRange(0, 1_000_000)
        self.logs_only = QCheckBox(self.tr("Only note hits, do not stop"))

    def _statistics(self) -> dict[str, str]:
        return {
            "norm": self.tr("norm"), "mean": self.tr("mean"), "std": self.tr("std. deviation"),
            "min": self.tr("minimum"), "max": self.tr("maximum"),
            "abs": self.tr("largest magnitude"), "zeros": self.tr("share of zeros"),
        }  # fmt: skip

    def _lay_out(self, look: Look) -> None:
        names = {
            "step": self.tr("Step"), "number": self.tr("Number"),
            "statistic": self.tr("Statistic"), "tensor": self.tr("Of"),
            "weights": self.tr("Weights"), "dead": self.tr("Layer"), "way": self.tr("Is"),
            "value": self.tr("Value"), "sample": self.tr("Sample"),
            "expression": self.tr("Expression"), "everywhere": "", "thorough": "",
        }  # fmt: skip
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.addWidget(QLabel(self.tr("Stop when")), 0, 0)
        grid.addWidget(self.form, 0, 1)
        self._labels: dict[str, QLabel] = {}
        for row, (name, field) in enumerate(self.fields.items(), start=1):
            self._labels[name] = QLabel(names[name])
            grid.addWidget(self._labels[name], row, 0)
            grid.addWidget(field, row, 1)
        grid.addWidget(QLabel(self.tr("Let pass first")), 20, 0)
        grid.addWidget(self.ignore, 20, 1)
        grid.addWidget(self.logs_only, 21, 1)
        grid.setColumnStretch(1, 1)
        self.hint, self.preview, self.problem = QLabel(), QLabel(), QLabel()
        self.hint.setProperty("role", "hint")
        self.problem.setProperty("role", "error")
        self.preview.setFont(look.font("mono"))
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 16, 20, 14)
        rows.setSpacing(12)
        rows.addLayout(grid)
        for label in (self.hint, self.preview, self.problem):
            label.setWordWrap(True)
            rows.addWidget(label)
        rows.addStretch(1)
        rows.addWidget(self._buttons())
        self.setMinimumWidth(480)
        self.resize(480, 360)

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox.StandardButton
        box = QDialogButtonBox(buttons.Ok | buttons.Cancel)
        self.ok = box.button(buttons.Ok)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        return box

    # ---- what stands in it ----

    def _fill(self, point: Point | None) -> None:
        """With the words of a point that is edited."""
        if point is None:
            self.choose("statistic" if ":" in self._selected else "number")
            return
        condition = point.condition
        self._sample = condition.sample if condition.sample >= 0 else self._sample
        self.choose("expression" if condition.kind == "when" else condition.kind)
        for name, text in (
            ("expression", condition.text),
            ("tensor", condition.text),
            ("sample", f"{condition.sample}"),
        ):
            field = self.fields[name]
            if isinstance(field, QLineEdit) and text not in ("", "-1"):
                field.setText(text)
        for name in ("everywhere", "thorough"):
            box = self.fields[name]
            assert isinstance(box, QCheckBox)
            box.setChecked(condition.is_thorough)
        self.ignore.setValue(point.ignore)
        self.logs_only.setChecked(point.logs_only)

    def choose(self, form: str) -> None:
        """Show this form."""
        self.form.setCurrentIndex(list(FORMS).index(form))

    def condition(self) -> Condition:
        """What the fields say now."""
        values = {name: _content(field) for name, field in self.fields.items()}
        values["value"] = values["value"].replace("−", "-").replace(",", "")
        values["step"] = values["step"].replace(",", "")
        return forms.made(self.form.currentData(), values, self._sample)

    def _propose(self) -> None:
        """What stands in a form at first, until a person writes something else: the selection, or
        what a form of this kind is mostly asked for."""
        key, weights = self.form.currentData(), self.fields["weights"]
        assert isinstance(weights, QComboBox)
        name = weights.currentText()
        number = forms.element(name, forms.shapes(self._frame).get(name, ()))
        wanted = {"value": FORMS[key].value, "tensor": self._selected or name}
        if key == "sign":
            wanted["tensor"] = self._selected if ":" not in self._selected else ""
            wanted["tensor"] = wanted["tensor"] or number
        elif key == "statistic" and ":" not in self._selected:
            wanted["tensor"] = name
        for field, text in wanted.items():
            line = self.fields[field]
            assert isinstance(line, QLineEdit)
            if not line.isModified():
                line.setText(text)

    def _form_changed(self) -> None:
        form = FORMS[self.form.currentData()]
        for name, field in self.fields.items():
            field.setVisible(name in form.fields)
            self._labels[name].setVisible(name in form.fields)
        hint = QCoreApplication.translate("Forms", form.hint) if form.hint else ""
        self.hint.setText(hint.format(functions=FUNCTION_NAMES))
        self.hint.setVisible(bool(hint))
        if self._proposes:
            self._propose()
        self.judge()

    def judge(self) -> None:
        """Say what is wrong; only what is right can be set."""
        condition = self.condition()
        wrong = forms.problem(condition, self._frame)
        self.problem.setText(wrong)
        self.problem.setVisible(bool(wrong))
        self.preview.setText(conditions.title(condition))
        self.preview.setVisible(not wrong)
        self.ok.setEnabled(not wrong)
        make_room(self)

    def accept(self) -> None:
        condition = self.condition()
        if forms.problem(condition, self._frame):
            return
        condition = forms.settled(condition, self._frame)
        only, ignore = self.logs_only.isChecked(), self.ignore.value()
        if self._point is None:
            self.chosen.emit(AddPoint(condition, only, ignore))
        else:
            is_on = self._point.is_on
            self.chosen.emit(EditPoint(Point(self._point.number, condition, is_on, only, ignore)))
        super().accept()


class WatchDialog(QDialog):
    """`chosen` carries AddWatch: an expression that is one number."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget, look: Look, frame: Frame, text: str) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("New watch"))
        self._frame = frame
        self.field = NameEdit([*forms.shapes(frame), *FUNCTIONS], text)
        self.field.setFont(look.font("mono"))
        self.hint, self.problem = QLabel(), QLabel()
        self.hint.setProperty("role", "hint")
        self.hint.setText(self.tr("Its past is filled in while you go on."))
        self.problem.setProperty("role", "error")
        self.problem.setWordWrap(True)
        buttons = QDialogButtonBox.StandardButton
        box = QDialogButtonBox(buttons.Ok | buttons.Cancel)
        self.ok = box.button(buttons.Ok)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 16, 20, 14)
        label = QLabel(self.tr("Keep the value of this expression for every step:"))
        for widget in (label, self.field, self.hint, self.problem, box):
            rows.addWidget(widget)
        self.setMinimumWidth(440)
        self.field.textChanged.connect(self.judge)
        self.judge()

    def _condition(self) -> Condition:
        """A number that may change its sign: what a watch can keep."""
        trace = self._frame.trace
        return Condition("sign", self.field.text().strip(), -1 if trace is None else trace.sample)

    def judge(self) -> None:
        """Say what is wrong; only what is right can be kept."""
        wrong = forms.problem(self._condition(), self._frame)
        self.problem.setText(wrong)
        self.problem.setVisible(bool(wrong))
        self.ok.setEnabled(not wrong)
        make_room(self)

    def accept(self) -> None:
        if not forms.problem(self._condition(), self._frame):
            kept = forms.settled(self._condition(), self._frame)
            self.chosen.emit(AddWatch(kept.text, kept.sample))
            super().accept()


def _box(items: dict[str, str]) -> QComboBox:
    box = QComboBox()
    for key, text in items.items():
        box.addItem(text, key)
    return box


def _content(field: QWidget) -> str:
    if isinstance(field, QLineEdit):
        return field.text().strip()
    if isinstance(field, QComboBox):
        return str(field.currentData() or "")
    assert isinstance(field, QCheckBox)
    return "yes" if field.isChecked() else ""
