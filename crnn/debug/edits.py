"""Edits: what a branch does differently, each a value with an address, that JSON can hold.

One idea: a step is a function of (config, data, state), so whatever can be changed by hand is a
function from such a ground to another one. Nothing happens behind the edits' back: the null edit
gives the same bits. Changes of labels, pixels and samples are in crnn.data.edited.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from crnn.arrays import Real, frozen
from crnn.config import Config, validate
from crnn.data.dataset import TrainingSet
from crnn.data.edited import (
    KINDS as DATA_KINDS,
)
from crnn.data.edited import (
    DataEdit,
    Drop,
    EditedDataset,
    Relabel,
    Repaint,
    from_table,
    to_table,
)
from crnn.errors import EditError
from crnn.network import build
from crnn.optim import N_MOMENTS
from crnn.params import FlatParams, Place
from crnn.train import TrainState

SETTINGS = (
    *("optimiser", "momentum", "nesterov", "betas", "rho", "eps", "weight_decay", "clip_norm"),
    *("schedule", "schedule_steps", "schedule_factor"),
)
"""The fields of a Config that a branch may change: how it learns, not what is built."""


class Ground(NamedTuple):
    """What a step is a function of."""

    config: Config
    data: TrainingSet
    state: TrainState


@dataclass(frozen=True, slots=True)
class ChangeRate:
    """Another learning rate: `TrainState.lr`, which the schedule scales."""

    lr: float

    def on(self, ground: Ground) -> Ground:
        if not (_is_number(self.lr) and 0 < self.lr < math.inf):
            raise EditError(f"the learning rate is {self.lr}; allowed: a number above 0")
        return ground._replace(state=replace(ground.state, lr=self.lr))


@dataclass(frozen=True, slots=True)
class ChangeSetting:
    """Another value of one of SETTINGS. Another optimiser starts with its moments at rest; with the
    same one they stay as they are."""

    field: str
    value: Any

    def on(self, ground: Ground) -> Ground:
        if self.field not in SETTINGS:
            raise EditError(f"{self.field!r} cannot be changed; allowed: {', '.join(SETTINGS)}")
        changes: dict[str, Any] = {self.field: self.value}
        config, state = validate(replace(ground.config, **changes)), ground.state
        if config.optimiser != ground.config.optimiser:
            rest = frozen(np.zeros_like(state.params.flat))
            moments = (rest,) * N_MOMENTS[config.optimiser]
            state = replace(state, moments_P=moments, moments_since=state.step)
        return ground._replace(config=config, state=state)


@dataclass(frozen=True, slots=True)
class SetWeight:
    """One element of a parameter, by the tensor's name and its index."""

    tensor: str
    index: tuple[int, ...]
    value: float

    def on(self, ground: Ground) -> Ground:
        place = _place(ground.state, self.tensor)
        is_inside = len(self.index) == len(place.shape) and all(
            type(i) is int and 0 <= i < n for i, n in zip(self.index, place.shape, strict=True)
        )
        if not is_inside:
            raise EditError(f"{self.tensor} is {place.shape}; it has no element {self.index}")
        flat = ground.state.params.flat.copy()
        flat[place.start + int(np.ravel_multi_index(self.index, place.shape))] = self.value
        return ground._replace(state=_with_params(ground.state, flat, self.tensor))


@dataclass(frozen=True, slots=True)
class ScaleTensor:
    """A whole parameter times `factor`; 0 zeroes it. The optimiser's moments stay."""

    tensor: str
    factor: float

    def on(self, ground: Ground) -> Ground:
        if not (_is_number(self.factor) and math.isfinite(self.factor)):
            raise EditError(f"the factor is {self.factor}; allowed: a finite number")
        place = _place(ground.state, self.tensor)
        flat = ground.state.params.flat.copy()
        with np.errstate(over="ignore"):
            flat[place.start : place.stop] *= self.factor
        return ground._replace(state=_with_params(ground.state, flat, self.tensor))


@dataclass(frozen=True, slots=True)
class ZeroUnit:
    """A channel of a conv block ("conv2") or a unit of an RNN direction ("rnn1.fwd"), zeroed once.

    What makes it is set to 0: its weights, its bias, and its scale and shift where a norm follows;
    and their moments, so that no momentum of before brings it back. Training may do so: nothing is
    masked. A ReLU channel stays silent, since no gradient passes it; a unit of an RNN learns anew.
    """

    layer: str
    unit: int

    def on(self, ground: Ground) -> Ground:
        state = ground.state
        rows = _rows_of_unit(ground.config, self.layer, self.unit)
        flat, moments = state.params.flat.copy(), [m.copy() for m in state.moments_P]
        for name, index in rows:
            place = _place(state, name)
            for vector in (flat, *moments):
                vector[place.start : place.stop].reshape(place.shape)[index] = 0
        params = FlatParams(state.params.layout, flat)
        return ground._replace(
            state=replace(state, params=params, moments_P=tuple(map(frozen, moments)))
        )


StateEdit = ChangeRate | ChangeSetting | SetWeight | ScaleTensor | ZeroUnit
Edit = StateEdit | DataEdit
KINDS: dict[str, type[Any]] = {
    "rate": ChangeRate,
    "setting": ChangeSetting,
    "weight": SetWeight,
    "scale": ScaleTensor,
    "zero": ZeroUnit,
    **DATA_KINDS,
}
"""The word of each kind in JSON."""


def applied(ground: Ground, edits: Sequence[Edit]) -> Ground:
    """`ground` with all of `edits`, in order. Raises EditError and ConfigError."""
    on_data: list[DataEdit] = []
    for edit in edits:
        if isinstance(edit, DataEdit):
            on_data.append(edit)
        else:
            ground = edit.on(ground)
    return ground._replace(data=edited_data(ground.data, on_data))


def edited_data(data: TrainingSet, edits: Iterable[Edit]) -> TrainingSet:
    """`data` with those of `edits` that are about data; itself where none is. Raises EditError."""
    own = tuple(edit for edit in edits if isinstance(edit, DataEdit))
    if not own:
        return data
    whole = replace(data, usable=data.places or data.usable, places=(), dropped=frozenset())
    before = data.dataset
    faults = tuple(fault for fault in data.faults if fault.kind != "dropped")
    return EditedDataset(before, own).over(replace(whole, faults=faults))


def tables(edits: Iterable[Edit]) -> list[dict[str, Any]]:
    """The edits as JSON objects."""
    return [to_table(edit, KINDS) for edit in edits]


def from_tables(listed: Iterable[Any]) -> tuple[Edit, ...]:
    """The edits that `tables` wrote. Raises EditError."""
    return tuple(from_table(table, KINDS) for table in listed)


def brief(edit: Edit) -> str:
    """An edit in symbols that need no translation, e.g. "lr 0.001", "conv1.w × 0", "#12 → 한글"."""
    match edit:
        case ChangeRate(lr):
            return f"lr {lr:g}"
        case ChangeSetting("optimiser", value):
            return str(value)
        case ChangeSetting(field, value):
            return f"{field} {value}"
        case SetWeight(tensor, index, value):
            return f"{tensor}[{', '.join(map(str, index))}] = {value:g}"
        case ScaleTensor(tensor, factor):
            return f"{tensor} × {factor:g}"
        case ZeroUnit(layer, unit):
            return f"{layer} #{unit} = 0"
        case Relabel(sample, text):
            return f"#{sample:04d} → {text}"
        case Repaint(sample, pixels):
            return f"#{sample:04d} · {len(pixels)} px"
        case Drop(sample):
            return f"#{sample:04d} ∅"


def _is_number(value: object) -> bool:
    return type(value) in (int, float)


def _place(state: TrainState, tensor: str) -> Place:
    found = next((p for p in state.params.layout.places if p.name == tensor), None)
    if found is None:
        listed = ", ".join(state.params)
        raise EditError(f"there is no parameter {tensor!r}; allowed: {listed}")
    return found


def _with_params(state: TrainState, flat: Real, tensor: str) -> TrainState:
    if not np.isfinite(flat).all():
        raise EditError(f"{tensor} would hold a number that is not finite; choose a smaller one")
    return replace(state, params=FlatParams(state.params.layout, flat))


def _rows_of_unit(config: Config, layer: str, unit: int) -> list[tuple[str, Any]]:
    """(parameter, index of its first axis) of all that makes this channel or unit."""
    model = build(config)
    for block in model.blocks:
        if block.name == layer:
            _require_unit(layer, unit, block.conv.c_out)
            names = [f"{layer}.w", f"{layer}.b"]
            if block.norm is not None:
                names += [f"{block.norm_name}.w", f"{block.norm_name}.b"]
            return [(name, unit) for name in names]
    for name, op in (way for one in model.layers for way in one.directions):
        if name == layer:
            _require_unit(layer, unit, op.units)
            gates = slice(unit, None, op.units)
            own = [(f"{name}.{local}", gates) for local in ("w_ih", "w_hh", "b")]
            return [*own, (f"{name}.b_hn", unit)] if "b_hn" in op.shapes else own
    known = [b.name for b in model.blocks] + [n for one in model.layers for n, _ in one.directions]
    raise EditError(f"there is no layer {layer!r}; allowed: {', '.join(known)}")


def _require_unit(layer: str, unit: int, n: int) -> None:
    if not (type(unit) is int and 0 <= unit < n):
        raise EditError(f"{layer} has no unit {unit}; allowed: 0 to {n - 1}")
