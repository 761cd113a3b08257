"""One shard of a batch: forward, loss, backward and reading, as a pure function of its samples.

This is what a worker computes, in this process or another. What a shard gives is small but for its
gradient; the caches of its pass stay in the process that made them.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from crnn import model
from crnn.arrays import I64, Real
from crnn.config import Config
from crnn.ctc.loss import CtcResult, ctc_loss
from crnn.data.dataset import Batch
from crnn.effort import Effort
from crnn.errors import InfeasibleLabel, NonFinite
from crnn.ops.norm import Statistics
from crnn.params import FlatParams
from crnn.text.hangul import Alphabet
from crnn.text.score import edit_distance


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


@dataclass(frozen=True, slots=True)
class Shard:
    """One part of a batch, and what of the state it is computed with; `training` has its step."""

    config: Config
    params: FlatParams
    statistics: FlatParams
    batch: Batch
    n_batch: int
    training: model.Training

    def __reduce__(self) -> tuple[Callable[..., Shard], tuple[object, ...]]:
        """Travels as arrays and numbers, for it does so every step: the layouts follow from the
        Config, which is pickled once and read once."""
        flats = self.params.flat, self.statistics.flat
        return _arrived, (_pickled(self.config), *flats, self.batch, self.n_batch, *self.training)


def _arrived(
    pickled: bytes, flat: Real, statistics: Real, batch: Batch, n_batch: int, step: int, number: int
) -> Shard:
    config = _read_config(pickled)
    params = FlatParams(model.layout(config), flat)
    averages = FlatParams(model.statistics_layout(config), statistics)
    return Shard(config, params, averages, batch, n_batch, model.Training(step, number))


@lru_cache(maxsize=4)
def _pickled(config: Config) -> bytes:
    return pickle.dumps(config)


@lru_cache(maxsize=4)
def _read_config(pickled: bytes) -> Config:
    config: Config = pickle.loads(pickled)
    return config


class Reading(NamedTuple):
    """What greedy reading made of a shard, as counts that add up over shards."""

    edits: int
    characters: int
    n_correct: int
    blank: float
    frames: int
    nats: float


class Run(NamedTuple):
    """A shard's part of the step, which took `processor_s`. `made` stays in the process that made
    it: None from another."""

    made: ShardPass | None
    grad_P: Real
    reading: Reading
    seen: tuple[Statistics | None, ...]
    processor_s: float


def split(batch: Batch, n_shards: int) -> list[Batch]:
    """Contiguous parts as equal as can be; none is empty."""
    parts = np.array_split(np.arange(len(batch.ids)), n_shards)
    slices = [slice(int(part[0]), int(part[-1]) + 1) for part in parts if len(part)]
    return [
        Batch(batch.ids[part], batch.x_NCHW[part], batch.width_N[part], batch.labels[part])
        for part in slices
    ]


def run(shard: Shard) -> Run:
    """Forward, loss and backward of one shard, and its part of the batch's mean gradient."""
    effort, config, params, batch = Effort(), shard.config, shard.params, shard.batch
    net = model.build(config)
    made = forward(config, params, batch, shard.statistics, shard.training)
    if not np.isfinite(made.cache.logits_NTK).all():
        raise _non_finite_output(net, made.cache, shard.training.step)
    _require_feasible(batch, made.cache.frames_N, made.ctc)
    # Overflow shows as a non-finite gradient, which is looked for and named.
    with np.errstate(over="ignore", invalid="ignore"):
        grads = model.backward(net, params, made.cache, made.ctc.dlogits_NTK / shard.n_batch)
        grad_P = params.layout.flatten(grads, config.dtype)
    reading = read(config.alphabet, made, batch.labels)
    seen = model.batch_statistics(made.cache)
    return Run(made, grad_P, reading, seen, effort.processor_s)


def run_away(shard: Shard) -> Run:
    """`run` in another process."""
    return run(shard)._replace(made=None)


def forward(
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
    texts = greedy_texts(config.alphabet, logits_NTK, cache.frames_N)
    return ShardPass(batch.ids, x_NCHW, batch.width_N, cache, ctc, texts)


def greedy_texts(alphabet: Alphabet, logits_NTK: Real, frames_N: I64) -> tuple[str, ...]:
    """What `greedy` reads in each sample, found for all of them at once."""
    best_NT = logits_NTK.argmax(axis=2)
    is_symbol_NT = (best_NT != 0) & (np.arange(best_NT.shape[1]) < frames_N[:, None])
    is_symbol_NT[:, 1:] &= best_NT[:, 1:] != best_NT[:, :-1]
    pairs = zip(best_NT, is_symbol_NT, strict=True)
    return tuple(alphabet.decode(best_T[is_symbol_T]) for best_T, is_symbol_T in pairs)


def read(alphabet: Alphabet, made: ShardPass, labels: tuple[I64, ...]) -> Reading:
    """The score of one shard's texts."""
    edits, characters, n_correct = 0, 0, 0
    for output, label_L in zip(made.texts, labels, strict=True):
        truth = alphabet.decode(label_L)
        wrong = edit_distance(output, truth)
        edits += wrong
        characters += len(truth)
        n_correct += wrong == 0
    frames_N, p_blank_NT = made.cache.frames_N, np.exp(made.ctc.log_blank_NT)
    blank = float(p_blank_NT[np.arange(p_blank_NT.shape[1]) < frames_N[:, None]].sum())
    nats = float(made.ctc.loss_N.sum())
    return Reading(edits, characters, n_correct, blank, int(frames_N.sum()), nats)


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
    with np.errstate(over="ignore", invalid="ignore"):  # what is made again overflows again
        outputs = [
            (block.name, made.conv_NCHW)
            for block, made in zip(net.blocks, cache.blocks, strict=True)
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
