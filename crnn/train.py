"""Training as a value transition: advance(config, data, state) -> (state, report), pure and bit-reproducible."""

from __future__ import annotations

from dataclasses import dataclass

from crnn.arrays import F32, I64, Params, U64
from crnn.data.dataset import TrainingSet
from crnn.config import Config


@dataclass(frozen=True, slots=True)
class TrainState:
    """Everything the next step depends on. `params` are views of one flat read-only vector;
    moments_P are the optimiser's flat vectors (adam: m, v; sgd: velocity)."""

    step: int
    lr: float
    params: Params
    moments_P: tuple[F32, ...]


@dataclass(frozen=True, slots=True)
class StepReport:
    """What the update from state `step` to `step + 1` said of itself.

    loss_nats: batch mean of -log P(label). nats_per_symbol: total nats / total label symbols.
    cer: character edits / characters of the batch, greedy, on composed text. p_blank: mean
    probability of blank over valid timesteps. digests: one 64-bit integer a tensor (parameters and
    moments together) of the state *after* the update.
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


@dataclass(frozen=True, slots=True)
class ShardPass:
    """The typed caches of one shard's forward, loss and backward: what watched samples are sliced from."""

    ids: tuple[int, ...]
    x_NCHW: F32
    width_N: I64
    cache: object
    ctc: object


@dataclass(frozen=True, slots=True)
class Advance:
    state: TrainState
    report: StepReport
    passes: tuple[ShardPass, ...]


def initial_state(config: Config) -> TrainState:
    raise NotImplementedError


def advance(config: Config, data: TrainingSet, state: TrainState) -> Advance:
    """One training step on data.batch(state.step). Raises NonFinite (tensor named), the state untouched."""
    raise NotImplementedError


def digests(state: TrainState) -> U64:
    """One integer a tensor, in the order of state.params: sum of bits x odd weight by position mod 2^64."""
    raise NotImplementedError
