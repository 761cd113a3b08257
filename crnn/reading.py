"""Reading: pictures in, texts out, by batches of like width; no gradient and no training state.

The one path of `eval`, `recognize` and the window's survey, and the same door (`prepare`) and
network as training, so a picture reads the same wherever it is read.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from crnn.arrays import F32, I64, Params, Real
from crnn.config import Config
from crnn.ctc.decode import beam, greedy
from crnn.ctc.loss import ctc_loss
from crnn.model import NO_STATISTICS, build, forward
from crnn.ops.activation import LogSoftmax

LOG_SOFTMAX = LogSoftmax()
Decoder = Literal["greedy", "beam"]
BATCH = 32
BEAM_WIDTH = 8


@dataclass(frozen=True, slots=True)
class Reading:
    """`confidence` is P(text | image), summed over all alignments; `index` the picture's place."""

    index: int
    text: str
    label_L: I64
    confidence: float
    logits_TK: Real


def read(
    config: Config,
    params: Params,
    pictures: Sequence[F32],
    *,
    decoder: Decoder = "greedy",
    statistics: Params = NO_STATISTICS,
) -> Iterator[Reading]:
    """Read prepared pictures x_HW. They come back by width, so each names its index.

    `statistics`: BatchNorm's running ones, where the network has it.
    """
    order = sorted(range(len(pictures)), key=lambda index: pictures[index].shape[1])
    for start in range(0, len(order), BATCH):
        ids = order[start : start + BATCH]
        width_N, logits_NTK = _logits(config, params, pictures, ids, statistics)
        yield from _read_batch(config, ids, -(-width_N // config.stride), logits_NTK, decoder)


def _logits(
    config: Config, params: Params, pictures: Sequence[F32], ids: list[int], statistics: Params
) -> tuple[I64, Real]:
    """(width_N, logits_NTK) of these pictures as one batch."""
    width_N = np.array([pictures[index].shape[1] for index in ids], np.int64)
    wide = -(-int(width_N.max()) // config.stride) * config.stride
    x_NCHW = np.zeros((len(ids), 1, config.input.height, wide), np.dtype(config.dtype))
    for n, index in enumerate(ids):
        x_NCHW[n, 0, :, : width_N[n]] = pictures[index]
    logits_NTK, _ = forward(build(config), params, x_NCHW, width_N, statistics=statistics)
    return width_N, logits_NTK


def _read_batch(
    config: Config, ids: list[int], frames_N: I64, logits_NTK: Real, decoder: Decoder
) -> Iterator[Reading]:
    valid = [logits_NTK[n, : frames_N[n]] for n in range(len(ids))]
    labels = [_decode(logits_TK, decoder) for logits_TK in valid]
    loss_N = ctc_loss(logits_NTK, frames_N, tuple(labels)).loss_N
    for n, index in enumerate(ids):
        text = config.alphabet.decode(labels[n])
        yield Reading(index, text, labels[n], math.exp(-float(loss_N[n])), valid[n])


def _decode(logits_TK: Real, decoder: Decoder) -> I64:
    if decoder == "greedy":
        return greedy(logits_TK).collapsed_L
    log_prob_TK, _ = LOG_SOFTMAX.forward({}, logits_TK.astype(np.float64))
    return beam(np.asarray(log_prob_TK, np.float64), BEAM_WIDTH)[0].label_L
