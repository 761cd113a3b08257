"""The best single alignment of a label (Viterbi), how many there are, and where each symbol lies.

Viterbi is alpha with max for sum, and a note of where each maximum came from (Graves 2012, ch. 7).
"""

from __future__ import annotations

from math import comb
from typing import NamedTuple

import numpy as np

from crnn.arrays import F64, I64, require
from crnn.ctc.lattice import pack, require_feasible, states_of
from crnn.errors import InfeasibleLabel


class Alignment(NamedTuple):
    """path_T: the lattice state of each frame (0 blank, 1 first symbol, ...). log_p: its log
    probability; exp(log_p) / P(label) is the share of the mass that the best path has."""

    path_T: I64
    log_p: float


def viterbi(log_prob_TK: F64, label_L: I64) -> Alignment:
    """The most probable path that spells the label.

    Of equally good moves a path stays rather than steps, steps rather than skips, and of the two
    ends prefers the last blank. Raises InfeasibleLabel where no path of positive probability spells
    the label, ShapeError where a class is foreign.
    """
    require(log_prob_TK, "T K")
    n_frames, n_classes = log_prob_TK.shape
    targets = pack((label_L,), n_classes)
    require_feasible(n_frames, label_L)
    y_TS = log_prob_TK[:, states_of(targets.label_NL)[0]]
    n_states = y_TS.shape[1]
    may_skip_S = np.zeros(n_states, np.bool_)
    may_skip_S[3::2] = ~targets.is_repeat_NL[0, 1:]
    move_TS = np.zeros((n_frames, n_states), np.int64)
    best = np.full(n_states + 2, -np.inf)  # two states left of the first, never reached
    best[2:4] = y_TS[0, :2]
    from_3S = np.empty((3, n_states))
    for t in range(1, n_frames):
        from_3S[0], from_3S[1] = best[2:], best[1:-1]
        from_3S[2] = np.where(may_skip_S, best[:-2], -np.inf)
        move_TS[t] = from_3S.argmax(axis=0)
        best[2:] = from_3S.max(axis=0) + y_TS[t]
    ends = best[2:][-2:][::-1]
    log_p = float(ends.max())
    if log_p == -np.inf:
        raise InfeasibleLabel("every path that spells the label has probability 0")
    return Alignment(_walk_back(move_TS, n_states - 1 - int(ends.argmax())), log_p)


def _walk_back(move_TS: I64, last: int) -> I64:
    path_T = np.empty(len(move_TS), np.int64)
    state = last
    for t in range(len(move_TS) - 1, -1, -1):
        path_T[t] = state
        state -= int(move_TS[t, state])
    return path_T


def symbol_spans(path_T: I64, n_symbols: int) -> I64:
    """spans_L2: the timesteps [start, stop) in which the path is in each symbol of its label."""
    state_L = 2 * np.arange(n_symbols) + 1
    starts_L = np.searchsorted(path_T, state_L, side="left")
    return np.stack((starts_L, np.searchsorted(path_T, state_L, side="right")), axis=1)


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
