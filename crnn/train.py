"""Training as a value transition: advance(config, data, state) -> (state, report, passes).

Pure and bit-reproducible. Nothing is assigned before everything is computed, so an interrupted step
leaves the state it started from. The batch is split into `Config.shards` contiguous parts whose
gradients are added in that order; who computes a part cannot matter. BatchNorm takes its statistics
of each shard by itself, and the running ones move by one shard after the other in that order.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from crnn import model
from crnn.arrays import I64, U64, Real, frozen
from crnn.config import Config
from crnn.ctc.decode import greedy
from crnn.ctc.loss import CtcResult, ctc_loss
from crnn.data.dataset import Batch, TrainingSet
from crnn.errors import InfeasibleLabel, NonFinite
from crnn.optim import N_MOMENTS, RULES, clip, global_norm
from crnn.params import FlatParams, Layout
from crnn.schedule import factor
from crnn.text.hangul import Alphabet
from crnn.text.score import edit_distance
from crnn.workers import Workers


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
class ShardPass:
    """The typed caches of one shard's forward, loss and backward.

    What watched samples are sliced from. `ctc.dlogits_NTK` is the gradient of the shard's summed
    loss; the update used it divided by the number of samples in the batch. `texts` is what greedy
    decoding reads.
    """

    ids: tuple[int, ...]
    x_NCHW: Real
    width_N: I64
    cache: model.ForwardCache
    ctc: CtcResult
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Advance:
    state: TrainState
    report: StepReport
    passes: tuple[ShardPass, ...]


@dataclass(frozen=True, slots=True)
class _Shard:
    """One part of a batch, and the state and batch size it is computed with."""

    config: Config
    state: TrainState
    batch: Batch
    n_batch: int
    training: model.Training


@dataclass(frozen=True, slots=True)
class _Reading:
    """What greedy reading made of a shard, as counts that add up over shards."""

    edits: int
    characters: int
    n_correct: int
    blank: float
    frames: int


def initial_state(config: Config) -> TrainState:
    """The state of step 0: drawn parameters, moments at rest, fresh statistics."""
    params = model.init_params(config)
    moments = tuple(frozen(np.zeros_like(params.flat)) for _ in range(N_MOMENTS[config.optimiser]))
    return TrainState(0, config.lr, params, moments, 0, model.init_statistics(config))


def advance(
    config: Config, data: TrainingSet, state: TrainState, *, workers: Workers | None = None
) -> Advance:
    """One training step on data.batch(state.step).

    Raises NonFinite naming the tensor, or InfeasibleLabel naming the sample; `state` is untouched.
    """
    started = time.perf_counter()
    batch = data.batch(state.step)
    shards = [
        _Shard(config, state, part, len(batch.ids), model.Training(state.step, number))
        for number, part in enumerate(_split(batch, config.shards))
    ]
    runs = workers.map(_run, shards) if workers else [_run(shard) for shard in shards]
    grad_P = sum((grad for _, grad, _ in runs[1:]), start=runs[0][1])
    norm = _finite_norm(state, grad_P)
    clipped_P = clip(grad_P, norm, config.clip_norm)
    update = RULES[config.optimiser]
    lr = factor(config, state.step) * state.lr
    with np.errstate(over="ignore", invalid="ignore"):
        flat, moments = update(
            *(config, lr, state.step - state.moments_since),
            *(state.params.flat, state.moments_P, clipped_P),
        )
    _require_finite(state, flat, "updated value")
    params = FlatParams(state.params.layout, flat)
    passes = tuple(run for run, _, _ in runs)
    statistics = model.moved_statistics(
        model.build(config), state.statistics, [made.cache for made in passes]
    )
    after = TrainState(state.step + 1, state.lr, params, moments, state.moments_since, statistics)
    report = _report(after, lr, batch, passes, [reading for _, _, reading in runs], norm, started)
    return Advance(after, report, passes)


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
    for number, part in enumerate(_split(batch, config.shards)):
        training = None if training_step is None else model.Training(training_step, number)
        passes.append(_forward(config, params, part, statistics, training))
    return tuple(passes)


def _split(batch: Batch, n_shards: int) -> list[Batch]:
    """Contiguous parts as equal as can be; none is empty."""
    parts = np.array_split(np.arange(len(batch.ids)), n_shards)
    slices = [slice(int(part[0]), int(part[-1]) + 1) for part in parts if len(part)]
    return [
        Batch(batch.ids[part], batch.x_NCHW[part], batch.width_N[part], batch.labels[part])
        for part in slices
    ]


def _run(shard: _Shard) -> tuple[ShardPass, Real, _Reading]:
    """Forward, loss and backward of one shard, and its part of the batch's mean gradient."""
    config, params, batch = shard.config, shard.state.params, shard.batch
    net = model.build(config)
    made = _forward(config, params, batch, shard.state.statistics, shard.training)
    if not np.isfinite(made.cache.logits_NTK).all():
        raise _non_finite_output(net, made.cache, shard.state.step)
    _require_feasible(batch, made.cache.frames_N, made.ctc)
    # Overflow shows as a non-finite gradient, which is looked for and named.
    with np.errstate(over="ignore", invalid="ignore"):
        grads = model.backward(net, params, made.cache, made.ctc.dlogits_NTK / shard.n_batch)
        grad_P = params.layout.flatten(grads, config.dtype)
    return made, grad_P, _read(config.alphabet, made, batch.labels)


def _forward(
    config: Config,
    params: FlatParams,
    batch: Batch,
    statistics: FlatParams,
    training: model.Training | None,
) -> ShardPass:
    """Forward, loss and reading of one shard."""
    # Overflow shows as a non-finite output, which training looks for and names.
    with np.errstate(over="ignore", invalid="ignore"):
        x_NCHW: Real = batch.x_NCHW.astype(config.dtype, copy=False)
        logits_NTK, cache = model.forward(
            *(model.build(config), params, x_NCHW, batch.width_N),
            statistics=statistics,
            training=training,
        )
        ctc = ctc_loss(logits_NTK, cache.frames_N, batch.labels)
    texts = tuple(
        config.alphabet.decode(greedy(logits_TK[:t]).collapsed_L)
        for logits_TK, t in zip(logits_NTK, cache.frames_N.tolist(), strict=True)
    )
    return ShardPass(batch.ids, x_NCHW, batch.width_N, cache, ctc, texts)


def _read(alphabet: Alphabet, made: ShardPass, labels: tuple[I64, ...]) -> _Reading:
    """The score of one shard's texts."""
    edits, characters, n_correct, blank = 0, 0, 0, 0.0
    frames_N = made.cache.frames_N
    for n, (output, label_L) in enumerate(zip(made.texts, labels, strict=True)):
        truth = alphabet.decode(label_L)
        wrong = edit_distance(output, truth)
        edits += wrong
        characters += len(truth)
        n_correct += wrong == 0
        blank += float(np.exp(made.ctc.log_prob_NTK[n, : int(frames_N[n]), 0]).sum())
    return _Reading(edits, characters, n_correct, blank, int(frames_N.sum()))


def _report(
    after: TrainState,
    lr: float,
    batch: Batch,
    passes: tuple[ShardPass, ...],
    readings: list[_Reading],
    norm: float,
    started: float,
) -> StepReport:
    nats = sum(float(run.ctc.loss_N.sum()) for run in passes)
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
        seconds=time.perf_counter() - started,
    )


def _require_feasible(batch: Batch, frames_N: I64, ctc: CtcResult) -> None:
    """A TrainingSet deals out only labels that fit; one that does not would make the loss inf."""
    if not ctc.feasible_N.all():
        n = int(np.argmin(ctc.feasible_N))
        raise InfeasibleLabel(
            f"sample {batch.ids[n]} has a label of {len(batch.labels[n])} symbols that "
            f"{frames_N[n]} timesteps cannot spell; leave it out of the training set"
        )


def _non_finite_output(net: model.Model, cache: model.ForwardCache, step: int) -> NonFinite:
    """The first op, in the order of the data's way, whose output is not finite."""
    outputs = [
        (block.name, made.conv_NCHW) for block, made in zip(net.blocks, cache.blocks, strict=True)
    ]
    for layer, runs in zip(net.layers, cache.layers, strict=True):
        outputs += [
            (name, run.steps.hidden_TNU)
            for (name, _), run in zip(layer.directions, runs, strict=True)
        ]
    broken = next((name for name, y in outputs if not np.isfinite(y).all()), "linear")
    return NonFinite(
        f"the output of {broken} is not finite at step {step:,}; "
        "go back and lower the learning rate"
    )


def _finite_norm(state: TrainState, grad_P: Real) -> float:
    """The gradient's norm over all tensors. Raises NonFinite naming the first broken tensor."""
    norm = global_norm(grad_P)
    if not np.isfinite(norm):
        _require_finite(state, grad_P, "gradient")
    return norm


def _require_finite(state: TrainState, flat: Real, what: str) -> None:
    if np.isfinite(flat).all():
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
    starts = [place.start * vectors[0].itemsize // 8 for place in layout.places]
    total: U64 = np.zeros(len(starts), np.uint64)
    for number, bits in enumerate(words):
        total += np.add.reduceat(bits * weight_P, starts) * np.uint64(2 * number + 1)
    return total


@lru_cache(maxsize=8)
def _weights(size: int) -> U64:
    """Odd, and far apart for neighbours: multiples of 2^64 / golden ratio, made odd."""
    position = np.arange(1, size + 1, dtype=np.uint64)
    return frozen(position * np.uint64(0x9E3779B97F4A7C15) | np.uint64(1))
