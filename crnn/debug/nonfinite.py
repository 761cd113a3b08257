"""Non-finite: where the first NaN or infinity of a step stands - phase, tensor, index, sample.

Training looks at its logits, its gradient's norm and its new parameters, which costs next to
nothing, and stops with NonFinite. Only then is the step made once more here, tensor by tensor in
the order of the data's way, to find where it began. What training does not look at, such as an
activation that a saturated gate hides, `hidden` finds in an update that went well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from crnn import model
from crnn.arrays import Real
from crnn.config import Config
from crnn.data.dataset import TrainingSet
from crnn.optim import MOMENT_NAMES, RULES, clip, global_norm
from crnn.params import Layout
from crnn.schedule import factor
from crnn.train import Advance, ShardPass, TrainState, look

Phase = Literal["state", "forward", "loss", "backward", "update"]
Named = tuple[str, Real]


@dataclass(frozen=True, slots=True)
class Broken:
    """The first value that is not finite; `sample` -1 where it belongs to no single one."""

    phase: Phase
    tensor: str
    index: tuple[int, ...]
    value: float
    sample: int = -1

    def __str__(self) -> str:
        place = ", ".join(map(str, self.index))
        whose = "" if self.sample < 0 else f" #{self.sample:04d}"
        return f"{self.phase}: {self.tensor}[{place}] = {self.value}{whose}"


def first_broken(config: Config, data: TrainingSet, state: TrainState) -> Broken | None:
    """Where the update from `state` first breaks; None where it does not."""
    found = _in(_of_state(config, state), "state")
    if found is not None:
        return found
    with np.errstate(all="ignore"):
        batch = data.batch(state.step)
        passes = look(config, state.params, batch, training_step=state.step)
        found = _in_passes(passes)
        if found is not None:
            return found
        grad_P = _gradient(config, state, passes, len(batch.ids))
        layout = state.params.layout
        # Backward: what broke first stands nearest the loss.
        found = _in(reversed(list(_named(layout, grad_P))), "backward")
        if found is not None:
            return found
        clipped_P = clip(grad_P, global_norm(grad_P), config.clip_norm)
        lr = factor(config, state.step) * state.lr
        flat, _ = RULES[config.optimiser](
            *(config, lr, state.step - state.moments_since),
            *(state.params.flat, state.moments_P, clipped_P),
        )
    return _in(_named(layout, flat), "update")


def hidden(config: Config, state: TrainState, done: Advance) -> Broken | None:
    """What is broken in the state or the passes of an update that training let through."""
    return _in(_of_state(config, state), "state") or _in_passes(done.passes)


def _gradient(config: Config, state: TrainState, passes: Sequence[ShardPass], n_batch: int) -> Real:
    net = model.build(config)
    parts = [
        model.backward(net, state.params, made.cache, made.ctc.dlogits_NTK / n_batch)
        for made in passes
    ]
    flat = [state.params.layout.flatten(part, config.dtype) for part in parts]
    return sum(flat[1:], start=flat[0])


def _of_state(config: Config, state: TrainState) -> Iterator[Named]:
    layout = state.params.layout
    yield from _named(layout, state.params.flat)
    for name, flat_P in zip(MOMENT_NAMES[config.optimiser], state.moments_P, strict=True):
        yield from ((f"{name} of {tensor}", part) for tensor, part in _named(layout, flat_P))


def _named(layout: Layout, flat_P: Real) -> Iterator[Named]:
    for place in layout.places:
        yield place.name, flat_P[place.start : place.stop].reshape(place.shape)


def _in_passes(passes: Sequence[ShardPass]) -> Broken | None:
    for made in passes:
        found = _in(_of_pass(made), "forward", made.ids) or _in(_of_loss(made), "loss", made.ids)
        if found is not None:
            return found
    return None


def _of_pass(made: ShardPass) -> Iterator[Named]:
    cache = made.cache
    yield "image", made.x_NCHW
    for number, block in enumerate(cache.blocks, start=1):
        yield f"conv{number}.conv", block.conv_NCHW
        yield f"conv{number}", block.pool_NCHW
    for number, layer in enumerate(cache.layers, start=1):
        for way, run in zip(("fwd", "bwd"), layer, strict=False):
            for field, values in run.steps._asdict().items():
                name = field.rsplit("_", 1)[0]
                yield f"rnn{number}.{way}.{name}", np.moveaxis(values, 1, 0)
    yield "logits", cache.logits_NTK


def _of_loss(made: ShardPass) -> Iterator[Named]:
    yield "loss", made.ctc.loss_N
    yield "dlogits", made.ctc.dlogits_NTK


def _in(tensors: Iterable[Named], phase: Phase, ids: Sequence[int] | None = None) -> Broken | None:
    """The first broken value; with `ids` the first axis counts samples."""
    for name, values in tensors:
        with np.errstate(all="ignore"):
            total = values.sum()
        if np.isfinite(total):  # a sum of finite numbers may overflow: look before telling
            continue
        wrong = np.argwhere(~np.isfinite(values))
        if len(wrong):
            index = tuple(wrong[0].tolist())
            sample = -1 if ids is None else ids[index[0]]
            return Broken(phase, name, index, float(values[index]), sample)
    return None
