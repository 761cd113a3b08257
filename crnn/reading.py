"""Reading: pictures in, texts out, by batches of like width; no gradient and no training state.

The one path of `eval`, `recognize` and the window's survey, and the same door (`prepare`) and
network as training, so a picture gives the same probabilities wherever it is read. Which label is
made of them is the `Search`: the window shows the greedy one, `eval` says both.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from crnn.arrays import F32, F64, I64, Params, Real
from crnn.config import Config
from crnn.ctc.align import place, viterbi
from crnn.ctc.decode import beam, greedy
from crnn.ctc.language import LanguageModel
from crnn.ctc.loss import ctc_loss
from crnn.model import NO_STATISTICS, build, forward
from crnn.ops.activation import LogSoftmax
from crnn.text.hangul import Alphabet

LOG_SOFTMAX = LogSoftmax()
Decoder = Literal["auto", "greedy", "beam"]
BATCH = 32
BEAM_WIDTH = 8
LANGUAGE_WIDTH = 32
"""Beam with a language model: what it favours must not have been dropped for the picture's sake."""
SURE = 0.8
"""Decoder auto: a path with more of the probability than this is the reading."""
LEAST = {"auto": 0.01, "beam": 1e-5}
"""Classes with less than this in a frame are not tried there; with a closed lexicon all are."""


class Guess(NamedTuple):
    """One reading of a picture: P(its label | image), summed over all alignments."""

    text: str
    confidence: float


class Character(NamedTuple):
    """One character of a reading, the timesteps [start, stop) of its best path, and how surely it
    lies there: see `crnn.ctc.align.confidence`."""

    text: str
    confidence: float
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Reading:
    """`confidence` is P(text | image), summed over all alignments; `index` the picture's place.

    guesses: this reading and the next best ones, in the beam's order, where they were asked for.
    Two of them may spell one text: lone jamo look alike wherever they stand.
    """

    index: int
    text: str
    label_L: I64
    confidence: float
    logits_TK: Real
    guesses: tuple[Guess, ...] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """How a label is found. `language` and `n_best` (how many guesses to keep) are the beam's.

    auto: greedy where one path holds most of the probability; only where the picture leaves it
    open is the language asked, by a narrow beam.
    """

    decoder: Decoder = "greedy"
    language: LanguageModel | None = None
    n_best: int = 0

    def labels(self, logits_TK: Real) -> list[I64]:
        """The labels, best first. One without symbols where the language model rules out all."""
        if self.decoder == "greedy":
            return [greedy(logits_TK).collapsed_L]
        log_prob_TK, width = _log_prob(logits_TK), BEAM_WIDTH
        if self.decoder == "auto":
            if log_prob_TK.max(axis=1).sum() > math.log(SURE):
                return [greedy(logits_TK).collapsed_L]
        elif self.language:
            width = LANGUAGE_WIDTH
        is_closed = self.language is not None and self.language.only_words
        least_log_p = -math.inf if is_closed else math.log(LEAST[self.decoder])
        found = beam(log_prob_TK, max(width, self.n_best), self.language, least_log_p)
        labels = [hypothesis.label_L for hypothesis in found[: max(1, self.n_best)]]
        return labels or [np.zeros(0, np.int64)]


GREEDY = Search()


def read(
    config: Config,
    params: Params,
    pictures: Sequence[F32],
    *,
    search: Search = GREEDY,
    statistics: Params = NO_STATISTICS,
) -> Iterator[Reading]:
    """Read prepared pictures x_HW. They come back by width, so each names its index.

    `statistics`: BatchNorm's running ones, where the network has it.
    Raises ConfigError where the language model has other classes than the network.
    """
    order = sorted(range(len(pictures)), key=lambda index: pictures[index].shape[1])
    for start in range(0, len(order), BATCH):
        ids = order[start : start + BATCH]
        width_N, logits_NTK = _logits(config, params, pictures, ids, statistics)
        yield from _read_batch(config, ids, -(-width_N // config.stride), logits_NTK, search)


def characters(alphabet: Alphabet, reading: Reading) -> tuple[Character, ...]:
    """The composed characters of a reading, each with its timesteps on the label's best path."""
    label_L, n_frames = reading.label_L, len(reading.logits_TK)
    if len(label_L) == 0:
        return ()
    path_T = viterbi(_log_prob(reading.logits_TK), label_L).path_T
    made = ctc_loss(reading.logits_TK[None], np.array([n_frames]), (label_L,))
    gamma_TS = made.lattice.gamma_NTS[0]
    found = []
    for group in alphabet.groups(label_L):
        start, stop, confidence = place(path_T, gamma_TS, range(group.start, group.stop))
        found.append(Character(group.text, confidence, start, stop))
    return tuple(found)


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
    config: Config, ids: list[int], frames_N: I64, logits_NTK: Real, search: Search
) -> Iterator[Reading]:
    valid = [logits_NTK[n, : frames_N[n]] for n in range(len(ids))]
    found = [search.labels(logits_TK) for logits_TK in valid]
    loss_N = ctc_loss(logits_NTK, frames_N, tuple(labels[0] for labels in found)).loss_N
    for n, index in enumerate(ids):
        text = config.alphabet.decode(found[n][0])
        guesses = _guesses(config.alphabet, valid[n], found[n]) if search.n_best else ()
        confidence = math.exp(-float(loss_N[n]))
        yield Reading(index, text, found[n][0], confidence, valid[n], guesses)


def _guesses(alphabet: Alphabet, logits_TK: Real, labels: list[I64]) -> tuple[Guess, ...]:
    """The beam keeps a part of a label's mass; here is the whole of it."""
    frames_N = np.full(len(labels), len(logits_TK))
    loss_N = ctc_loss(np.stack([logits_TK] * len(labels)), frames_N, labels).loss_N
    pairs = zip(labels, loss_N.tolist(), strict=True)
    return tuple(Guess(alphabet.decode(label_L), math.exp(-loss)) for label_L, loss in pairs)


def _log_prob(logits_TK: Real) -> F64:
    log_prob_TK, _ = LOG_SOFTMAX.forward({}, logits_TK.astype(np.float64))
    return np.asarray(log_prob_TK, np.float64)
