"""The best single alignments of a label, how many there are, and where each symbol lies.

Viterbi is alpha with max for sum, and a note of where each maximum came from (Graves 2012, ch. 7).
For the k best paths every cell keeps the k best ways to reach it instead of one.
"""

from __future__ import annotations

from math import comb, exp
from typing import NamedTuple

import numpy as np

from crnn.arrays import F64, I64, Bool, require
from crnn.ctc.lattice import pack, require_feasible, states_of
from crnn.errors import ConfigError, InfeasibleLabel


class Alignment(NamedTuple):
    """path_T: the lattice state of each frame (0 blank, 1 first symbol, ...). log_p: its log
    probability."""

    path_T: I64
    log_p: float

    def share(self, log_p_label: float) -> float:
        """Which part of P(label) this one path has."""
        return exp(self.log_p - log_p_label)


class Place(NamedTuple):
    """The timesteps [start, stop) of a character, and the `confidence` that it lies there."""

    start: int
    stop: int
    confidence: float


def viterbi(log_prob_TK: F64, label_L: I64) -> Alignment:
    """The most probable path that spells the label; see `best_paths`."""
    return best_paths(log_prob_TK, label_L, 1)[0]


def best_paths(log_prob_TK: F64, label_L: I64, k: int) -> tuple[Alignment, ...]:
    """The k most probable paths that spell the label, best first; fewer where there are fewer.

    Of equally good moves a path stays rather than steps, steps rather than skips, and of the two
    ends prefers the last blank. Raises InfeasibleLabel where no path of positive probability spells
    the label, ShapeError where a class is foreign, ConfigError where k is below 1.
    """
    require(log_prob_TK, "T K")
    if k < 1:
        raise ConfigError(f"{k} best paths were asked for; allowed: 1 or more")
    n_frames, n_classes = log_prob_TK.shape
    targets = pack((label_L,), n_classes)
    require_feasible(n_frames, label_L)
    y_TS = log_prob_TK[:, states_of(targets.label_NL)[0]]
    may_skip_S = np.zeros(y_TS.shape[1], np.bool_)
    may_skip_S[3::2] = ~targets.is_repeat_NL[0, 1:]
    last_SB, came_TSB = _best_ways(y_TS, may_skip_S, k)
    n_states = len(last_SB)
    ends = np.arange(n_states)[-2:][::-1]  # the last blank, and the last symbol where there is one
    log_p = last_SB[ends].reshape(-1)
    chosen = np.argsort(-log_p, kind="stable")[:k]
    found = tuple(
        Alignment(_walk_back(came_TSB, int(ends[way // k]), int(way % k)), float(log_p[way]))
        for way in chosen
        if log_p[way] > -np.inf
    )
    if not found:
        raise InfeasibleLabel("every path that spells the label has probability 0")
    return found


def _best_ways(y_TS: F64, may_skip_S: Bool, k: int) -> tuple[F64, I64]:
    """(log_p_SB of the k best ways B into each state at the last frame, came_TSB).

    A way came from state s - came // k, of which it continued way came % k.
    """
    n_frames, n_states = y_TS.shape
    came_TSB = np.zeros((n_frames, n_states, k), np.int64)
    best = np.full((n_states + 2, k), -np.inf)  # two states left of the first, never reached
    best[2:4, 0] = y_TS[0, :2]
    from_S3B = np.empty((n_states, 3, k))
    for t in range(1, n_frames):
        from_S3B[:, 0], from_S3B[:, 1] = best[2:], best[1:-1]
        from_S3B[:, 2] = np.where(may_skip_S[:, None], best[:-2], -np.inf)
        ways_SB = from_S3B.reshape(n_states, 3 * k)
        came_TSB[t] = np.argsort(-ways_SB, axis=1, kind="stable")[:, :k]
        best[2:] = np.take_along_axis(ways_SB, came_TSB[t], axis=1) + y_TS[t, :, None]
    return best[2:], came_TSB


def _walk_back(came_TSB: I64, state: int, way: int) -> I64:
    n_frames, _, k = came_TSB.shape
    path_T = np.empty(n_frames, np.int64)
    for t in range(n_frames - 1, -1, -1):
        path_T[t] = state
        came = int(came_TSB[t, state, way])
        state, way = state - came // k, came % k
    return path_T


def symbol_spans(path_T: I64, n_symbols: int) -> I64:
    """spans_L2: the timesteps [start, stop) in which the path is in each symbol of its label."""
    state_L = 2 * np.arange(n_symbols) + 1
    starts_L = np.searchsorted(path_T, state_L, side="left")
    return np.stack((starts_L, np.searchsorted(path_T, state_L, side="right")), axis=1)


def confidence(gamma_TS: F64, symbols: range, frames: range) -> float:
    """How sure the label's paths are that these frames belong to these symbols of it.

    The posterior mass of the character over its span, a frame on average: draw one of the frames,
    and a path in proportion to its probability among those that spell the label; this is the chance
    that the path is in one of the symbols there, or in a blank between two of them. 1 where all
    paths agree. It says how well the character is located, not whether the label is right.
    """
    mass_T = gamma_TS[frames.start : frames.stop, 2 * symbols.start + 1 : 2 * symbols.stop]
    return float(mass_T.sum(axis=1).mean())


def place(path_T: I64, gamma_TS: F64, symbols: range) -> Place:
    """Where a path has these symbols of its label, blanks between them included, and how surely."""
    spans_L2 = symbol_spans(path_T, symbols.stop)
    start, stop = int(spans_L2[symbols.start, 0]), int(spans_L2[-1, 1])
    return Place(start, stop, confidence(gamma_TS, symbols, range(start, stop)))


def count_paths(n_frames: int, label_L: I64) -> int:
    """The exact number of paths of `n_frames` frames that spell the label; 0 where none does.

    L symbols last 1 frame or more, L + 1 gaps 0 or more, a gap between equal symbols 1 or more:
    the T - L - R frames that are left over fall into 2L + 1 places.
    """
    n_symbols = len(label_L)
    repeats = int(np.count_nonzero(label_L[1:] == label_L[:-1]))
    if n_frames < n_symbols + repeats:
        return 0
    return comb(n_frames + n_symbols - repeats, 2 * n_symbols)
