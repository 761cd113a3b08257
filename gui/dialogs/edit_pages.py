"""Edit pages: one form for each kind of change that a branch can begin with."""

from __future__ import annotations

from typing import Any, get_args

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from crnn.config import Optimiser, Schedule
from crnn.data.edited import Drop, Relabel, Repaint
from crnn.debug.edits import (
    SETTINGS,
    ChangeRate,
    ChangeSetting,
    Edit,
    Ground,
    ScaleTensor,
    SetWeight,
    ZeroUnit,
)
from crnn.errors import EditError
from crnn.network import build
from gui.chrome import Segments
from gui.dialogs.pixels import PixelPad
from gui.look import Look

SPACE = 12
"""Pixels between a field's name and the field."""
_WORDS = {"optimiser": get_args(Optimiser), "schedule": get_args(Schedule)}


class Page(QWidget):
    """One form. `edit` is what stands in it, and raises EditError where that is none."""

    changed = Signal()

    def __init__(self, look: Look, ground: Ground) -> None:
        super().__init__()
        self.look, self.ground = look, ground
        self.form = QFormLayout(self)
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setHorizontalSpacing(SPACE)

    def row(self, text: str, widget: QWidget | QHBoxLayout) -> None:
        self.form.addRow(wide_label(text, self.look), widget)

    def hint(self, text: str = "") -> QLabel:
        """A quiet line below the fields."""
        label = QLabel(text)
        label.setProperty("role", "hint")
        label.setWordWrap(True)
        self.form.addRow(label)
        return label

    def number(self, text: str, value: str) -> QLineEdit:
        field = QLineEdit(value)
        field.setFont(self.look.font("mono"))
        field.textChanged.connect(self.changed)
        self.row(text, field)
        return field

    def edit(self) -> Edit:
        """The change as the form says it; every page has its own."""
        raise NotImplementedError

    def take(self, edit: Any) -> None:
        """Fill the form with a proposal of this page's kind."""


class RatePage(Page):
    def __init__(self, look: Look, ground: Ground) -> None:
        super().__init__(look, ground)
        self.rate = self.number(self.tr("Learning rate"), f"{ground.state.lr:g}")
        self.hint(self.tr("What the schedule scales; now {lr}.").format(lr=f"{ground.state.lr:g}"))

    def edit(self) -> Edit:
        return ChangeRate(_number(self.rate.text()))

    def take(self, edit: ChangeRate) -> None:
        self.rate.setText(f"{edit.lr:g}")


class SettingPage(Page):
    def __init__(self, look: Look, ground: Ground) -> None:
        super().__init__(look, ground)
        self.field = QComboBox()
        self.field.addItems(SETTINGS)
        self.value = QComboBox()
        self.value.setEditable(True)
        self.value.setFont(look.font("mono"))
        self.row(self.tr("Setting"), self.field)
        self.row(self.tr("New value"), self.value)
        self.hint(
            self.tr("Another optimiser starts with its moments at rest; otherwise they stay.")
        )
        self.field.currentTextChanged.connect(self._offer)
        self.value.editTextChanged.connect(self.changed)
        self._offer(SETTINGS[0])

    def _offer(self, field: str) -> None:
        now = getattr(self.ground.config, field)
        self.value.clear()
        self.value.addItems(_WORDS.get(field, ("true", "false") if type(now) is bool else ()))
        text = ", ".join(map(str, now)) if isinstance(now, tuple) else str(now)
        self.value.setCurrentText(text.lower() if type(now) is bool else text)

    def edit(self) -> Edit:
        field, text = self.field.currentText(), self.value.currentText().strip()
        now = getattr(self.ground.config, field)
        value: Any = text
        if type(now) is bool:
            value = {"true": True, "false": False}.get(text.lower(), text)
        elif isinstance(now, tuple):
            value = tuple(_number(part) for part in text.split(","))
        elif isinstance(now, int):
            value = _whole(text)
        elif isinstance(now, float):
            value = _number(text)
        return ChangeSetting(field, value)


class WeightPage(Page):
    def __init__(self, look: Look, ground: Ground) -> None:
        super().__init__(look, ground)
        self.tensor = _tensors(ground)
        self.row(self.tr("Parameter"), self.tensor)
        self.index = self.number(self.tr("Element"), "")
        self.value = self.number(self.tr("New value"), "0")
        self.now = self.hint()
        self.tensor.currentIndexChanged.connect(self._start)
        self.index.textChanged.connect(self._say_now)
        self._start()

    def _start(self) -> None:
        shape = self.ground.state.params[str(self.tensor.currentData())].shape
        self.index.setText(", ".join("0" for _ in shape))
        self._say_now()
        self.changed.emit()

    def _place(self) -> tuple[int, ...]:
        return tuple(_whole(part) for part in self.index.text().split(","))

    def _say_now(self) -> None:
        tensor = self.ground.state.params[str(self.tensor.currentData())]
        try:
            value = f"{float(tensor[self._place()]):.6g}"
        except (EditError, IndexError, TypeError):
            value = "–"
        shape = " × ".join(map(str, tensor.shape))
        self.now.setText(self.tr("Now {value}, in {shape}.").format(value=value, shape=shape))

    def edit(self) -> Edit:
        tensor = str(self.tensor.currentData())
        return SetWeight(tensor, self._place(), _number(self.value.text()))

    def take(self, edit: SetWeight) -> None:
        self.tensor.setCurrentIndex(self.tensor.findData(edit.tensor))
        self.index.setText(", ".join(map(str, edit.index)))
        self.value.setText(f"{edit.value:g}")


class ScalePage(Page):
    def __init__(self, look: Look, ground: Ground) -> None:
        super().__init__(look, ground)
        self.tensor = _tensors(ground)
        self.tensor.currentIndexChanged.connect(self.changed)
        self.row(self.tr("Parameter"), self.tensor)
        self.factor = self.number(self.tr("Factor"), "0")
        self.hint(self.tr("0 zeroes the whole parameter. The optimiser's moments stay."))

    def edit(self) -> Edit:
        return ScaleTensor(str(self.tensor.currentData()), _number(self.factor.text()))

    def take(self, edit: ScaleTensor) -> None:
        self.tensor.setCurrentIndex(self.tensor.findData(edit.tensor))
        self.factor.setText(f"{edit.factor:g}")


class ZeroPage(Page):
    def __init__(self, look: Look, ground: Ground) -> None:
        super().__init__(look, ground)
        model = build(ground.config)
        self._units = {block.name: block.conv.c_out for block in model.blocks}
        self._units |= {name: op.units for one in model.layers for name, op in one.directions}
        self.layer, self.unit = QComboBox(), QSpinBox()
        self.layer.addItems(list(self._units))
        self.layer.currentTextChanged.connect(self._limit)
        self.unit.valueChanged.connect(self.changed)
        self.row(self.tr("Layer"), self.layer)
        self.row(self.tr("Channel or unit"), self.unit)
        self.hint(
            self.tr(
                "Zeroed once: the weights, bias and norm that make it become 0, and their moments. "
                "Nothing is masked. A ReLU channel stays silent, since no gradient passes it; a "
                "unit of an RNN learns anew."
            )
        )
        self._limit(self.layer.currentText())

    def _limit(self, layer: str) -> None:
        self.unit.setRange(0, self._units[layer] - 1)
        self.changed.emit()

    def edit(self) -> Edit:
        return ZeroUnit(self.layer.currentText(), self.unit.value())

    def take(self, edit: ZeroUnit) -> None:
        self.layer.setCurrentText(edit.layer)
        self.unit.setValue(edit.unit)


class SamplePage(Page):
    """A page about one sample: its number, and its text now."""

    def __init__(self, look: Look, ground: Ground, sample: int) -> None:
        super().__init__(look, ground)
        self.sample = QSpinBox()
        self.sample.setRange(0, len(ground.data.dataset) - 1)
        self.sample.setValue(max(0, sample))
        self.truth = QLabel()
        self.truth.setFont(look.font("data"))
        row = QHBoxLayout()
        row.addWidget(self.sample)
        row.addWidget(self.truth, 1)
        self.row(self.tr("Sample"), row)
        self.sample.valueChanged.connect(self.show_sample)

    def show_sample(self) -> None:
        self.truth.setText(self.ground.data.dataset.texts[self.sample.value()])
        self.changed.emit()

    def take(self, edit: Any) -> None:
        self.sample.setValue(edit.sample)


class LabelPage(SamplePage):
    def __init__(self, look: Look, ground: Ground, sample: int) -> None:
        super().__init__(look, ground, sample)
        self.text = QLineEdit()
        self.text.setFont(look.font("data"))
        self.text.textChanged.connect(self.changed)
        self.row(self.tr("New label"), self.text)
        self.show_sample()

    def show_sample(self) -> None:
        self.text.setText(self.ground.data.dataset.texts[self.sample.value()])
        super().show_sample()

    def edit(self) -> Edit:
        return Relabel(self.sample.value(), self.text.text())

    def take(self, edit: Relabel) -> None:
        super().take(edit)
        self.text.setText(edit.text)


class PixelsPage(SamplePage):
    def __init__(self, look: Look, ground: Ground, sample: int) -> None:
        super().__init__(look, ground, sample)
        self.pad = PixelPad(look)
        self.pad.changed.connect(self.changed)
        self.tool = Segments(look, ("draw", "erase"), "draw")
        self.tool.set_labels({"draw": self.tr("draw"), "erase": self.tr("erase")})
        self.tool.chosen.connect(self._choose_tool)
        restore = QPushButton(self.tr("Restore"))
        restore.clicked.connect(self.pad.restore)
        tools = QHBoxLayout()
        tools.addWidget(self.tool)
        tools.addWidget(restore)
        tools.addStretch(1)
        rows = QVBoxLayout()
        rows.addWidget(self.pad)
        rows.addLayout(tools)
        self.form.addRow(rows)
        self.hint(self.tr("Left button draws ink, right button erases."))
        self.show_sample()

    def _choose_tool(self, tool: str) -> None:
        self.pad.erases = tool == "erase"

    def show_sample(self) -> None:
        self.pad.show_picture(self.ground.data.dataset.sample(self.sample.value()).gray_HW)
        super().show_sample()

    def edit(self) -> Edit:
        if not self.pad.pixels:
            raise EditError(self.tr("Draw or erase something first."))
        return Repaint(self.sample.value(), self.pad.pixels)


class DropPage(SamplePage):
    def __init__(self, look: Look, ground: Ground, sample: int) -> None:
        super().__init__(look, ground, sample)
        self.hint(
            self.tr("It is not trained on any more; all others come when they would have come.")
        )
        self.show_sample()

    def edit(self) -> Edit:
        return Drop(self.sample.value())


def wide_label(text: str, look: Look) -> QLabel:
    """A field's name; all of them as wide, so that the fields of all forms stand in one line."""
    label = QLabel(text)
    label.setMinimumWidth(look.px(116))
    return label


def _tensors(ground: Ground) -> QComboBox:
    box = QComboBox()
    for name, tensor in ground.state.params.items():
        box.addItem(f"{name}   {' × '.join(map(str, tensor.shape))}", name)
    return box


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise EditError(f"{text!r} is not a number") from error


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise EditError(f"{text!r} is not a whole number") from error
