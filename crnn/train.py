"""Training as a value transition: advance(config, data, state) -> (state, report, passes).

Pure and bit-reproducible. Nothing is assigned before everything is computed, so an interrupted step
leaves the state it started from. The batch is split into `Config.shards` contiguous parts whose
gradients are added in that order; who computes a part cannot matter. BatchNorm takes its statistics
of each shard by itself, and the running ones move by one shard after the other in that order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from crnn import model, shard
from crnn.arrays import U64, Real, frozen, zeros
from crnn.config import Config
from crnn.data.dataset import Batch, TrainingSet, timed_batch
from crnn.effort import Effort
from crnn.errors import NonFinite
from crnn.optim import N_MOMENTS, RULES, clip, global_norm
from crnn.params import FlatParams, Layout
from crnn.schedule import factor
from crnn.shard import Reading, Run, Shard, ShardPass

if TYPE_CHECKING:  # so that one worker never loads what two need
    from crnn.workers import Workers

__all__ = [
    "Advance",
    "ShardPass",
    "StepReport",
    "TrainState",
    "advance",
    "advance_on",
    "digests",
    "initial_state",
    "look",
]


@dataclass(frozen=True, slots=True, eq=False)
class TrainState:
    """Everything the next step depends on, read-only.

    The update's learning rate is schedule(step) * `lr`: the schedule needs no state, and an edit
    of `lr` scales it from its step on. `moments_P` are the optimiser's flat vectors, laid out as
    `params.flat` (see optim.MOMENT_NAMES); `moments_since` is the step at which they were at rest,
    from which Adam's bias correction counts. `statistics` are BatchNorm's running ones, empty
    without it: reading and traces of a single sample use them, training only moves them. Two states
    are compared by `digests`.
    """

    step: int
    lr: float
    params: FlatParams
    moments_P: tuple[Real, ...]
    moments_since: int = 0
    statistics: FlatParams = field(default_factory=lambda: model.NO_STATISTICS)

    @property
    def tensors(self) -> tuple[str, ...]:
        """The names that belong to `digests`, in its order: parameters, then statistics."""
        return (*self.params, *self.statistics)


@dataclass(frozen=True, slots=True, eq=False)
class StepReport:
    """What the update from state `step` to `step + 1` said of itself.

    loss_nats: batch mean of -log P(label). nats_per_symbol: total nats / total label symbols.
    cer: character edits / characters of the batch, greedy, on composed text. p_blank: mean
    probability of blank over valid timesteps. grad_norm: before clipping. lr: schedule x state.lr.
    seconds: what taking this step again costs by itself (see effort), its batch included.
    digests: one 64-bit integer a tensor (parameters and moments together) of the state *after* the
    update.
    """

    step: int
    loss_nats: float
    nats_per_symbol: float
    cer: float
    p_blank: float
    grad_norm: float
    lr: float
    n_samples: int
    n_correct: int
    seconds: float
    digests: U64

    def __eq__(self, other: object) -> bool:
        """The same update: everything but the time it took."""
        if not isinstance(other, StepReport):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[object, ...]:
        return (
            *(self.step, self.loss_nats, self.nats_per_symbol, self.cer, self.p_blank),
            *(self.grad_norm, self.lr, self.n_samples, self.n_correct, self.digests.tobytes()),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Advance:
    """A step taken. `grad_P` is the batch's mean gradient before clipping, laid out as
    `params.flat`: a reference to what the update used, so it costs nothing."""

    state: TrainState
    report: StepReport
    passes: tuple[ShardPass, ...]
    grad_P: Real


def initial_state(config: Config) -> TrainState:
    """The state of step 0: drawn parameters, moments at rest, fresh statistics."""
    params = model.init_params(config)
    like = params.flat.shape, config.dtype
    moments = tuple(frozen(zeros(*like)) for _ in range(N_MOMENTS[config.optimiser]))
    return TrainState(0, config.lr, params, moments, 0, model.init_statistics(config))


def advance(
    config: Config, data: TrainingSet, state: TrainState, *, workers: Workers | None = None
) -> Advance:
    """One training step on data.batch(state.step).

    With a second worker process, its shards' passes stay there: `passes` are then those of this
    process, and a sample of the others is observed by recomputing it. Raises NonFinite naming the
    tensor, InfeasibleLabel naming the sample, or WorkerDied; `state` is untouched.
    """
    batch, batch_s = timed_batch(data, state.step)
    return advance_on(config, batch, state, workers=workers, batch_s=batch_s)


def advance_on(
    config: Config,
    batch: Batch,
    state: TrainState,
    *,
    workers: Workers | None = None,
    batch_s: float = 0.0,
) -> Advance:
    """`advance` on a batch that is at hand; making it takes `batch_s`."""
    effort = Effort()
    shards = [
        Shard(
            *(config, state.params, state.statistics, part, len(batch.ids)),
            model.Training(state.step, number),
        )
        for number, part in enumerate(shard.split(batch, config.shards))
    ]
    if workers is None:
        runs = [shard.run(part) for part in shards]
    else:
        runs = workers.map(shard.run, shards, shard.run_away)
    grad_P = sum((run.grad_P for run in runs[1:]), start=runs[0].grad_P)
    norm = _finite_norm(state, grad_P)
    after, lr = _updated(config, state, clip(grad_P, norm, config.clip_norm), runs)
    away_s = sum(run.processor_s for run in runs if run.made is None)
    report = _report(after, lr, batch, [run.reading for run in runs], norm)
    report = replace(report, seconds=batch_s + effort.seconds(away_s))
    passes = tuple(run.made for run in runs if run.made is not None)
    return Advance(after, report, passes, frozen(grad_P))


def _updated(
    config: Config, state: TrainState, grad_P: Real, runs: Sequence[Run]
) -> tuple[TrainState, float]:
    """The state after the update, and the learning rate it was made with."""
    update = RULES[config.optimiser]
    lr = factor(config, state.step) * state.lr
    with np.errstate(over="ignore", invalid="ignore"):
        flat, moments = update(
            *(config, lr, state.step - state.moments_since),
            *(state.params.flat, state.moments_P, grad_P),
        )
    _require_finite(state, flat, "updated value")
    params = FlatParams(state.params.layout, flat)
    statistics = model.moved_statistics(
        model.build(config), state.statistics, [run.seen for run in runs]
    )
    after = TrainState(state.step + 1, state.lr, params, moments, state.moments_since, statistics)
    return after, lr


def look(
    config: Config,
    params: FlatParams,
    batch: Batch,
    *,
    statistics: FlatParams = model.NO_STATISTICS,
    training_step: int | None = None,
) -> tuple[ShardPass, ...]:
    """The passes that `advance` makes of this batch, without the update.

    With `training_step`, the step of the state, bit for bit those that train. Without it nothing is
    dropped and BatchNorm reads `statistics`, as when the network is used; where a Config has
    neither dropout nor BatchNorm, both are the same. Takes labels that cannot be spelled too: their
    loss is inf, their gradient 0.
    """
    passes = []
    for number, part in enumerate(shard.split(batch, config.shards)):
        training = None if training_step is None else model.Training(training_step, number)
        passes.append(shard.forward(config, params, part, statistics, training))
    return tuple(passes)


def _report(
    after: TrainState,
    lr: float,
    batch: Batch,
    readings: list[Reading],
    norm: float,
) -> StepReport:
    """All but its seconds, which it is still part of."""
    nats = sum(reading.nats for reading in readings)
    symbols = sum(len(label_L) for label_L in batch.labels)
    return StepReport(
        step=after.step - 1,
        loss_nats=nats / len(batch.ids),
        nats_per_symbol=nats / max(1, symbols),
        cer=sum(r.edits for r in readings) / max(1, sum(r.characters for r in readings)),
        p_blank=sum(r.blank for r in readings) / sum(r.frames for r in readings),
        grad_norm=norm,
        lr=lr,
        n_samples=len(batch.ids),
        n_correct=sum(r.n_correct for r in readings),
        digests=digests(after),
        seconds=0.0,
    )


def _finite_norm(state: TrainState, grad_P: Real) -> float:
    """The gradient's norm over all tensors. Raises NonFinite naming the first broken tensor."""
    norm = global_norm(grad_P)
    if not np.isfinite(norm):
        _require_finite(state, grad_P, "gradient")
    return norm


def _require_finite(state: TrainState, flat: Real, what: str) -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        is_proven = np.isfinite(flat @ flat)  # the quick proof; it may overflow
    if is_proven or np.isfinite(flat).all():
        return
    broken = next(
        place.name
        for place in state.params.layout.places
        if not np.isfinite(flat[place.start : place.stop]).all()
    )
    raise NonFinite(
        f"the {what} of {broken} is not finite at step {state.step:,}; "
        "go back and lower the learning rate or clip_norm"
    )


def digests(state: TrainState) -> U64:
    """One integer a tensor, in the order of state.tensors.

    Sum of bits (as 64-bit words) x odd weight by position mod 2^64, over parameters and moments,
    each vector's sum multiplied by an odd number of its own. Odd factors lose no bit, so any
    single changed word changes the digest.
    """
    total = _digests(state.params.layout, (state.params.flat, *state.moments_P))
    if state.statistics.layout.places:
        own = _digests(state.statistics.layout, (state.statistics.flat,))
        total = np.concatenate([total, own])
    return frozen(total)


def _digests(layout: Layout, vectors: tuple[Real, ...]) -> U64:
    """One integer a tensor of `layout`, over all `vectors` of it."""
    words = [vector.view(np.uint64) for vector in vectors]
    weight_P = _weights(len(words[0]))
    scale = vectors[0].itemsize / 8
    starts = [int(place.start * scale) for place in layout.places]
    total: U64 = np.zeros(len(starts), np.uint64)
    for number, bits in enumerate(words):
        sums = np.add.reduceat(bits * weight_P, starts)  # the gaps between tensors are 0
        total += sums * np.uint64(2 * number + 1)
    return total


@lru_cache(maxsize=8)
def _weights(size: int) -> U64:
    """Odd, and far apart for neighbours: multiples of 2^64 / golden ratio, made odd."""
    position = np.arange(1, size + 1, dtype=np.uint64)
    return frozen(position * np.uint64(0x9E3779B97F4A7C15) | np.uint64(1))
