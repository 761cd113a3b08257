"""Phases: one training step as its parts, watched while the real step runs.

The step is `train.advance` itself, run once more from the state on screen; what each op was given
and gave back is read off its calls. So the parts are those of the kernels that train: a fast block
is one phase, its plain form is four. The state that comes out is thrown away, after its digests
have been compared with what is recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from crnn import model, shard
from crnn.config import Config
from crnn.ctc import loss
from crnn.ctc.lattice import lattice
from crnn.data.dataset import Batch, TrainingSet
from crnn.debug.calls import Call, watch
from crnn.debug.observe import batch_of
from crnn.debug.tracing import mark_unwritten
from crnn.errors import CrnnError
from crnn.fast import fast_layer, has_fast_convs
from crnn.kernels.both_ways import BothWays
from crnn.kernels.normed import Normed
from crnn.kernels.stem import Stem
from crnn.kernels.winograd import Winograd
from crnn.ops.activation import LeakyRelu, LogSoftmax, Mask, Relu, Sigmoid, Tanh
from crnn.ops.conv import Conv2d
from crnn.ops.dropout import Dropout
from crnn.ops.linear import Linear
from crnn.ops.norm import BatchNorm2d, LayerNorm
from crnn.ops.pool import AvgPool, MaxPool
from crnn.ops.recurrent import Recurrent
from crnn.optim import RULES, clip, global_norm
from crnn.train import Advance, TrainState, advance

Way = Literal["data", "forward", "loss", "backward", "update"]

_OPS = (
    *(Conv2d, Relu, LeakyRelu, Tanh, Sigmoid, MaxPool, AvgPool, Mask, BatchNorm2d, LayerNorm),
    *(Recurrent, Dropout, Linear, Stem, Winograd, Normed, BothWays),
)
_FORWARD: tuple[Any, ...] = tuple(op.forward for op in _OPS)
_BACKWARD: tuple[Any, ...] = (
    *(op.backward for op in _OPS if hasattr(op, "backward")),
    *(Conv2d.gradients, Stem.gradients),
)
_RULES: tuple[Any, ...] = tuple(RULES.values())
_STEP: tuple[Any, ...] = (TrainingSet.batch, shard.run, global_norm, clip, *_RULES)
_DROPOUT: tuple[Any, ...] = (Dropout.forward, Dropout.backward)
_LOSS: tuple[Any, ...] = (loss.ctc_loss, loss.softmax)


@dataclass(frozen=True, slots=True)
class Phase:
    """`name` is the op's, "relu1"; `part` the block or layer it belongs to, "conv1"."""

    name: str
    part: str
    way: Way


@lru_cache(maxsize=32)
def plan(config: Config) -> tuple[Phase, ...]:
    """The phases of a step of this Config, in the order of execution."""
    net = model.build(config)
    forward = [*_of_blocks(net), *_of_layers(net), ("linear", "linear")]
    backward = [*_of_blocks(net), *_of_layers(net, is_back=True), ("linear", "linear")]
    return (
        Phase("data", "data", "data"),
        *(Phase(name, part, "forward") for name, part in forward),
        Phase("softmax", "softmax", "loss"),
        Phase("ctc", "ctc", "loss"),
        *(Phase(name, part, "backward") for name, part in reversed(backward)),
        Phase("clip", "clip", "update"),
        Phase("update", "update", "update"),
    )


def _of_blocks(net: model.Model) -> list[tuple[str, str]]:
    names = []
    for number, (block, spec) in enumerate(zip(net.blocks, net.config.convs, strict=True), 1):
        ops = [block.name]
        if not has_fast_convs(net):
            ops += [block.norm_name] if block.norm is not None else []
            ops += [f"{spec.activation}{number}", f"pool{number}", f"mask{number}"]
        names += [(op, block.name) for op in ops]
    return names


def _of_layers(net: model.Model, *, is_back: bool = False) -> list[tuple[str, str]]:
    """On the way back the directions come in the same order, so here, which is turned round, they
    stand the other way."""
    names = []
    for number, layer in enumerate(net.layers, 1):
        ways = [name for name, _ in layer.directions]
        if fast_layer(net, layer) is not None:
            ways = [layer.name]
        names += [(way, layer.name) for way in (reversed(ways) if is_back else ways)]
        names += [(f"dropout{number}", layer.name)] if net.dropout is not None else []
    return names


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """A step's phases with the calls that made each, of the shard that holds the sample.

    `place` is the sample's row in that shard; `is_alone` says that it is in no shard of this step
    and was run by itself, as the network is used. `run` is what was run of it, the shard or the
    sample as a batch; None where the step failed before. `seconds` are those of all shards. `done`
    is the step, None where it raised `fault`: the phases from there on have no calls.
    """

    config: Config
    state: TrainState
    sample: int
    place: int
    is_alone: bool
    phases: tuple[Phase, ...]
    calls: tuple[tuple[Call, ...], ...]
    seconds: tuple[float, ...]
    done: Advance | None
    fault: str
    run: shard.Shard | Batch | None

    def of(self, part: str, way: Way) -> tuple[Call, ...]:
        """The calls of a part, one way, in their order."""
        pairs = zip(self.phases, self.calls, strict=True)
        found = [calls for phase, calls in pairs if (phase.part, phase.way) == (part, way)]
        return tuple(call for calls in found for call in calls)


def passage(config: Config, data: TrainingSet, state: TrainState, sample: int) -> Passage:
    """Run the step from `state` and watch it. Raises DatasetError where a picture is unreadable."""
    watched = (*_STEP, *_LOSS, *_FORWARD, *_BACKWARD)
    done, error, seen = watch(watched, lambda: advance(config, data, state))
    shards = [call for call in seen.within if call.function is shard.run]
    ids = data.ids(state.step)
    own = next((n for n, call in enumerate(shards) if sample in call.args["shard"].batch.ids), -1)
    chosen, place, part = shards[own].within if own >= 0 else [], 0, None
    if own >= 0:
        part = shards[own].args["shard"]
        place = part.batch.ids.index(sample)
    is_alone = sample not in ids
    if is_alone:
        part = _batch_alone(config, data, state, sample)
        chosen, fault = _watched_run(config, state, part)
        error = error or fault
    phases = plan(config)
    of_shards = [_split(run.within, phases[1:-2]) for run in shards]
    ops = _split(chosen, phases[1:-2])
    data_calls = tuple(call for call in seen.within if call.function == TrainingSet.batch)
    clips = tuple(call for call in seen.within if call.function in (global_norm, clip))
    updates = tuple(call for call in seen.within if call.function in _RULES)
    timed = [sum(map(_seconds, of_phase)) for of_phase in zip(*of_shards, strict=True)]
    return Passage(
        *(config, state, sample, place, is_alone, phases),
        calls=(data_calls, *ops, clips, updates),
        seconds=(_seconds(data_calls), *timed, _seconds(clips), _seconds(updates)),
        done=done,
        fault="" if error is None else str(error),
        run=part,
    )


def _watched_run(
    config: Config, state: TrainState, part: shard.Shard | Batch
) -> tuple[list[Call], CrnnError | None]:
    """The calls of a shard, or of a sample by itself, and what it raised."""

    def run() -> bool:
        if isinstance(part, Batch):
            return _run_alone(config, part, state)
        return bool(shard.run(replace(part, config=config)))

    _, fault, seen = watch((*_LOSS, *_FORWARD, *_BACKWARD), run)
    return seen.within, fault


def readable(trained: Passage) -> Passage:
    """The same by the plain kernels: what was run of the sample. The batch, the clipping and the
    update are read in one text only, and stay those that trained."""
    if trained.config.kernels == "plain":
        return trained
    config = replace(trained.config, kernels="plain")
    phases, calls, error = plan(config), list[Call](), None
    if trained.run is not None:
        calls, error = _watched_run(config, trained.state, trained.run)
    ops = _split(calls, phases[1:-2])
    return replace(
        trained,
        config=config,
        phases=phases,
        calls=(trained.calls[0], *ops, *trained.calls[-2:]),
        seconds=(),
        done=None,
        fault=trained.fault or ("" if error is None else str(error)),
    )


def readable_calls(trained: Passage, plain: Passage, number: int) -> tuple[Call, ...]:
    """What to read where a phase is to be understood: the plain ops; the lattice in logarithms for
    the CTC's sums, the textbook's softmax for its quick form."""
    part, way = trained.phases[number].part, trained.phases[number].way
    if way != "loss":
        return trained.calls[number] if plain is trained else plain.of(part, way)
    (losses,) = plain.of("ctc", "loss") or (None,)
    if losses is None:
        return ()
    if part == "softmax":
        logits = losses.args["logits_NTK"].astype(np.float64)
        return (Call(LogSoftmax.forward, {"self": LogSoftmax(), "params": {}, "x": logits}),)
    result = losses.result
    args = {
        "log_prob_NTK": result.log_prob_NTK,
        "frames_N": result.frames_N,
        "targets": result.targets,
    }
    return (Call(lattice, args),)


def _batch_alone(config: Config, data: TrainingSet, state: TrainState, sample: int) -> Batch:
    """The sample as a batch; in a guest without a truth, what is read in it stands for it."""
    batch = batch_of(data, (sample,))
    if len(batch.labels[0]) or sample < data.n_own:
        return batch
    read = shard.forward(config, state.params, batch, state.statistics, None).texts[0]
    return replace(batch, labels=(config.alphabet.encode(read),))


def _run_alone(config: Config, batch: Batch, state: TrainState) -> bool:
    made = shard.forward(config, state.params, batch, state.statistics, None)
    # A text that this alphabet cannot spell wants nothing, as in its trace.
    dlogits_NTK = made.ctc.dlogits_NTK * bool(len(batch.labels[0]))
    with np.errstate(over="ignore", invalid="ignore"):
        model.backward(model.build(config), state.params, made.cache, dlogits_NTK)
    return True


def _split(calls: Sequence[Call], phases: Sequence[Phase]) -> list[tuple[Call, ...]]:
    """A shard's calls phase by phase: ops one call each, the softmax out of the CTC's own calls.

    Those not reached are empty, and so is dropout where the sample is read alone.
    """
    found: list[tuple[Call, ...]] = []
    ops = iter(calls)
    for phase in phases:
        if phase.name == "softmax":
            continue
        if phase.name.startswith("dropout") and not any(c.function in _DROPOUT for c in calls):
            found.append(())
            continue
        call = next((one for one in ops if one.is_done), None)
        if phase.name == "ctc":
            within = call.within if call is not None else []
            found.append(tuple(_own_output(c) for c in within if c.function is loss.softmax))
        found.append((call,) if call is not None else ())
    return found


def _own_output(call: Call) -> Call:
    """The softmax writes where it is told: told again, it must not write there."""
    fresh = np.empty_like(call.args["out_NTK"])
    mark_unwritten(fresh)
    return replace(call, args=call.args | {"out_NTK": fresh})


def _seconds(calls: Sequence[Call]) -> float:
    """Time in these calls, but for the softmax, which is a phase before the CTC that calls it."""
    total = sum(call.seconds for call in calls)
    return total - sum(
        inner.seconds for call in calls for inner in call.within if inner.function is loss.softmax
    )
