"""Proposals: what a branch could begin with, for the thing under the pointer, as a menu.

Each opens the branch dialog with its form filled in.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMenu, QWidget

from crnn.data.edited import Drop, Relabel, Repaint
from crnn.debug.edits import Edit, ScaleTensor, SetWeight, ZeroUnit
from gui.language import QT_TRANSLATE_NOOP
from gui.selection import Cell

_TEXTS: dict[type, str] = {
    SetWeight: QT_TRANSLATE_NOOP("Proposals", "Branch: change a weight of {what}…"),
    ScaleTensor: QT_TRANSLATE_NOOP("Proposals", "Branch: scale or zero {what}…"),
    ZeroUnit: QT_TRANSLATE_NOOP("Proposals", "Branch: zero {what}…"),
    Relabel: QT_TRANSLATE_NOOP("Proposals", "Branch: change the label of {what}…"),
    Repaint: QT_TRANSLATE_NOOP("Proposals", "Branch: draw or erase pixels of {what}…"),
    Drop: QT_TRANSLATE_NOOP("Proposals", "Branch: drop {what}…"),
}


def of_cell(cell: Cell) -> tuple[Edit, ...]:
    """What makes this number: its channel, unit or class. Nothing of a picture or a lattice."""
    name = cell.tensor.partition(".")[0]
    if name.startswith("conv"):
        weight = SetWeight(f"{name}.w", (cell.row, 0, 0, 0), 0.0)
        return ZeroUnit(name, cell.row), weight, ScaleTensor(f"{name}.w", 0.0)
    if name.startswith("rnn"):
        way = cell.tensor.rpartition(".")[0]
        weight = SetWeight(f"{way}.w_ih", (cell.row, 0), 0.0)
        return ZeroUnit(way, cell.row), weight, ScaleTensor(f"{way}.w_ih", 0.0)
    if name in ("softmax", "logits"):
        return SetWeight("linear.b", (cell.row,), 0.0), ScaleTensor("linear.w", 0.0)
    return ()


def of_op(name: str, tensors: Iterable[str]) -> tuple[Edit, ...]:
    """The parameters of an op of the model list, "rnn1" being both directions."""
    return tuple(ScaleTensor(tensor, 0.0) for tensor in tensors if tensor.startswith(f"{name}."))


def of_sample(sample: int, text: str) -> tuple[Edit, ...]:
    return Relabel(sample, text), Repaint(sample, ()), Drop(sample)


def proposal_menu(parent: QWidget, edits: Iterable[Edit]) -> QMenu:
    """An action an edit, with the edit as its data."""
    menu = QMenu(parent)
    for edit in edits:
        text = QCoreApplication.translate("Proposals", _TEXTS[type(edit)])
        menu.addAction(text.format(what=_what(edit))).setData(edit)
    return menu


def _what(edit: Edit) -> str:
    match edit:
        case ZeroUnit(layer, unit):
            return f"{layer} #{unit}"
        case SetWeight(tensor) | ScaleTensor(tensor):
            return tensor
        case Relabel(sample) | Repaint(sample) | Drop(sample):
            return f"#{sample:04d}"
    return ""
