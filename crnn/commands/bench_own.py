"""The part of our step that PyTorch's has not: what a debugger wants to know of every step.

Reading the batch (what it spells, CER, the probability of blank) is done by whoever computes a
shard; the gradient's norm with clipping, and the digest of every tensor, by the first process.
"""

from __future__ import annotations

from collections.abc import Callable

from crnn import shard
from crnn.config import Config
from crnn.data.dataset import Batch
from crnn.optim import clip, global_norm
from crnn.train import TrainState, digests

READING, CHECKING = "own_reading", "own_checking"


def own_steps(config: Config, batch: Batch, state: TrainState) -> dict[str, Callable[[], object]]:
    """By name: the reading of one shard, and the rest."""
    part = shard.split(batch, config.shards)[0]
    made = shard.forward(config, state.params, part, state.statistics, None)
    grad_P = state.params.flat * state.params.flat.dtype.type(0.5)

    def read() -> object:
        texts = shard.greedy_texts(config.alphabet, made.cache.logits_NTK, made.cache.frames_N)
        return texts, shard.read(config.alphabet, made, part.labels)

    def check() -> object:
        norm = global_norm(grad_P)
        return clip(grad_P, norm, config.clip_norm), digests(state)

    return {READING: read, CHECKING: check}


def own_ms(times: dict[str, float], shards: int, workers: int) -> float:
    """Of a step: shards are read at the same time by as many workers as there are."""
    return times[READING] * -(-shards // workers) + times[CHECKING]
