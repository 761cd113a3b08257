"""Alpha, beta and gamma of a batch of labels, in log space, by one loop over the frames.

Alpha and beta are the same recursion: beta is alpha of the time- and state-reversed lattice. So
rows 0..N-1 run forwards while rows N..2N-1 hold the reversed lattices and run backwards. The
package states the conventions: alpha includes frame t, beta excludes it (Graves 2012, ch. 7).

Two ideas keep the loop free of special cases. Inside, "unreachable" is a huge finite number,
NEVER, that absorbs whatever is added to it: no inf - inf, no warning. And a sample that is done
before the batch is waits in its last blank, at log probability 0, until the others are done too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from crnn.arrays import F64, I64, Bool, require
from crnn.errors import InfeasibleLabel, ShapeError

NEVER = -1e100
_LOST = 0.5 * NEVER


class Lattice(NamedTuple):
    """All alignments of one label a sample. Sample n uses states 0..2L_n and its own frames.

    states_NS: class id of each state (0 beyond the label). Outside a sample's own frames and
    states, and where no path passes, log_alpha_NTS and log_beta_NTS are -inf and gamma_NTS is 0.
    log_z_N: log P(label), -inf where the label cannot be spelled.
    """

    states_NS: I64
    log_alpha_NTS: F64
    log_beta_NTS: F64
    gamma_NTS: F64
    log_z_N: F64

    def only(self, n: int) -> Lattice:
        """The lattice of sample n, as a batch of one: views, padding included."""
        row = slice(n, n + 1)
        log_x = self.log_alpha_NTS[row], self.log_beta_NTS[row]
        return Lattice(self.states_NS[row], *log_x, self.gamma_NTS[row], self.log_z_N[row])


class Targets(NamedTuple):
    """The labels of a batch as one array, padded with 0 to the longest."""

    label_NL: I64
    length_N: I64
    is_repeat_NL: Bool
    """Whether the symbol equals the one before it: then a blank must stand between them."""

    def rows(self, rows: I64) -> Targets:
        """The labels of some samples; still padded to the longest of all."""
        return Targets(self.label_NL[rows], self.length_N[rows], self.is_repeat_NL[rows])


def pack(labels: Sequence[I64], n_classes: int) -> Targets:
    """Pad the labels to one array. Raises ShapeError where a class is not 1..n_classes-1."""
    length_N = np.fromiter(map(len, labels), np.int64, len(labels))
    label_NL = np.zeros((len(labels), int(length_N.max(initial=0))), np.int64)
    is_symbol_NL = np.arange(label_NL.shape[1]) < length_N[:, None]
    if label_NL.size:
        label_NL[is_symbol_NL] = _checked(np.concatenate(labels), length_N, n_classes)
    is_repeat_NL = np.zeros(label_NL.shape, np.bool_)
    np.equal(label_NL[:, 1:], label_NL[:, :-1], out=is_repeat_NL[:, 1:])
    is_repeat_NL &= is_symbol_NL
    return Targets(label_NL, length_N, is_repeat_NL)


def _checked(symbols: I64, length_N: I64, n_classes: int) -> I64:
    if symbols.min() < 1 or symbols.max() >= n_classes:
        position = int(np.flatnonzero((symbols < 1) | (symbols >= n_classes))[0])
        n = int(np.searchsorted(np.cumsum(length_N), position, side="right"))
        raise ShapeError(
            f"label {n} of the batch holds class {symbols[position]}; "
            f"allowed: 1 to {n_classes - 1} (0 is the blank)"
        )
    return symbols


def frames_needed(targets: Targets) -> I64:
    """The fewest frames that can spell each label: L + its equal neighbours."""
    repeats_N: I64 = targets.is_repeat_NL.sum(axis=1)
    return targets.length_N + repeats_N


def require_feasible(n_frames: int, label_L: I64) -> None:
    """Raise InfeasibleLabel where `n_frames` frames cannot spell the label."""
    repeats = int(np.count_nonzero(label_L[1:] == label_L[:-1]))
    if n_frames < len(label_L) + repeats:
        raise InfeasibleLabel(
            f"a label of {len(label_L)} symbols with {repeats} repeats needs "
            f"{len(label_L) + repeats} timesteps, the image gives {n_frames}; "
            "use a wider picture or less pooling across"
        )


def states_of(label_NL: I64) -> I64:
    """states_NS: blanks before, between and after the symbols."""
    states_NS = np.zeros((label_NL.shape[0], 2 * label_NL.shape[1] + 1), np.int64)
    states_NS[:, 1::2] = label_NL
    return states_NS


class Scores(NamedTuple):
    """What a lattice reads of the frames: log probability of blank and of the label's symbols."""

    blank_NT: F64
    symbol_NTL: F64


def lattice(log_prob_NTK: F64, frames_N: I64, targets: Targets) -> Lattice:
    """Every alignment of the batch. log_prob_NTK may hold -inf; frames_N must be 1..T."""
    require(log_prob_NTK, "N T K", N=len(targets.length_N))
    require_frames(log_prob_NTK.shape, frames_N)
    symbol_NTL = np.take_along_axis(log_prob_NTK, targets.label_NL[:, None], axis=2)
    return lattice_of(Scores(log_prob_NTK[:, :, 0], symbol_NTL), frames_N, targets)


def lattice_of(
    scores: Scores, frames_N: I64, targets: Targets, allowed_NTS: Bool | None = None
) -> Lattice:
    """As `lattice`, of scores picked out already, and of the paths through allowed cells alone."""
    n = len(frames_N)
    y_TNS = _emissions(scores, frames_N, targets)
    if allowed_NTS is not None:
        y_TNS[~allowed_NTS.swapaxes(0, 1)] = NEVER
    before_TRS = _recursion(y_TNS, targets)
    alpha_TNS = before_TRS[:, :n] + y_TNS
    beta_TNS = before_TRS[::-1, n:, ::-1]
    return _finish(targets, alpha_TNS, beta_TNS, _ends(alpha_TNS[-1], targets.length_N), frames_N)


def require_frames(shape_NTK: tuple[int, ...], frames_N: I64) -> None:
    """Raise ShapeError unless there is a number of frames, 1..T, for each sample."""
    n, n_frames = shape_NTK[:2]
    if frames_N.shape != (n,) or (n and not (1 <= frames_N.min() <= frames_N.max() <= n_frames)):
        raise ShapeError(f"frames_N must be {n} numbers of 1 to {n_frames}, got {frames_N}")


def _ends(alpha_NS: F64, length_N: I64) -> F64:
    """log_z_N: a path ends in the last blank or the last symbol; where L = 0 there is no symbol."""
    rows = np.arange(len(length_N))
    symbol_N = np.where(length_N > 0, alpha_NS[rows, 2 * length_N - 1], NEVER)
    log_z_N = alpha_NS[rows, 2 * length_N]
    scratch_N = np.empty_like(log_z_N)
    _log_add(log_z_N, symbol_N, log_z_N, scratch_N)
    return log_z_N


def _finish(
    targets: Targets, alpha_TNS: F64, beta_TNS: F64, log_z_N: F64, frames_N: I64
) -> Lattice:
    """Gamma, and -inf for NEVER."""
    is_over_TN = np.arange(len(alpha_TNS))[:, None] >= frames_N
    if is_over_TN.any():
        alpha_TNS[is_over_TN] = NEVER
    beta_TNS = beta_TNS + np.where(is_over_TN, NEVER, 0.0)[:, :, None]
    gamma_TNS = alpha_TNS + beta_TNS
    # An impossible label has nothing but NEVER in its lattice: gamma 0 whatever is taken off.
    gamma_TNS -= np.where(log_z_N < _LOST, 0.0, log_z_N)[:, None]
    np.exp(gamma_TNS, out=gamma_TNS)
    for log_x in (alpha_TNS, beta_TNS, log_z_N):
        np.putmask(log_x, log_x < _LOST, -np.inf)
    alpha_NTS, beta_NTS, gamma_NTS = (x.swapaxes(0, 1) for x in (alpha_TNS, beta_TNS, gamma_TNS))
    return Lattice(states_of(targets.label_NL), alpha_NTS, beta_NTS, gamma_NTS, log_z_N)


def _emissions(scores: Scores, frames_N: I64, targets: Targets) -> F64:
    """y_TNS: log probability of each state in each frame; NEVER beyond a sample's own states."""
    _, length_N, _ = targets
    n, n_frames, n_symbols = scores.symbol_NTL.shape
    y_TNS = np.empty((n_frames, n, 2 * n_symbols + 1))
    y_TNS[:, :, 0::2] = scores.blank_NT.T[:, :, None]
    y_TNS[:, :, 1::2] = scores.symbol_NTL.swapaxes(0, 1)
    y_TNS += np.where(np.arange(y_TNS.shape[2]) > 2 * length_N[:, None], NEVER, 0.0)
    np.maximum(y_TNS, NEVER, out=y_TNS)
    over_T, over_N = np.nonzero(np.arange(n_frames)[:, None] >= frames_N)
    y_TNS[over_T, over_N] = NEVER
    y_TNS[over_T, over_N, 2 * length_N[over_N]] = 0.0
    return y_TNS


def _recursion(y_TNS: F64, targets: Targets) -> F64:
    """before_TRS: alpha of both directions without the emission of its own frame; R = 2N rows.

    before[t, s] = log of the mass that stays in s, steps from s - 1 or skips from s - 2.
    """
    n_frames, n, n_states = y_TNS.shape
    y_TRS = np.concatenate((y_TNS, y_TNS[::-1, :, ::-1]), axis=1)
    skip_RL = _skips(targets)
    before_TRS = np.full(y_TRS.shape, NEVER)
    before_TRS[0, :n, :2] = 0.0
    _start_reversed(before_TRS[0, n:], targets.length_N)
    # Two columns of NEVER to the left of state 0 stand for the states -2 and -1.
    now = np.full((2 * n, n_states + 2), NEVER)
    stay_RS, step_RS = now[:, 2:], now[:, 1:-1]
    skip_from_RL = now[:, 1:-2:2]
    scratch_RS, scratch_RL = np.empty((2 * n, n_states)), np.empty(skip_RL.shape)
    hop_RL = np.empty(skip_RL.shape)
    np.add(before_TRS[0], y_TRS[0], out=stay_RS)
    for t in range(1, n_frames):
        before_RS = before_TRS[t]
        _log_add(stay_RS, step_RS, before_RS, scratch_RS)
        np.add(skip_from_RL, skip_RL, out=hop_RL)
        _log_add(before_RS[:, 1::2], hop_RL, before_RS[:, 1::2], scratch_RL)
        np.add(before_RS, y_TRS[t], out=stay_RS)
    return before_TRS


def _log_add(a: F64, b: F64, out: F64, scratch: F64) -> None:
    """out = log(exp(a) + exp(b)), without overflow. `out` may be `a`."""
    np.minimum(a, b, out=scratch)
    np.maximum(a, b, out=out)
    scratch -= out
    np.exp(scratch, out=scratch)
    np.log1p(scratch, out=scratch)
    out += scratch


def _skips(targets: Targets) -> F64:
    """skip_RL: 0 where symbol l may be entered from symbol l - 1 directly, else NEVER."""
    n, n_symbols = targets.label_NL.shape
    skip_RL = np.zeros((2 * n, n_symbols))
    np.putmask(skip_RL[:n], targets.is_repeat_NL, NEVER)
    skip_RL[:, :1] = NEVER
    skip_RL[n:, 1:] = skip_RL[:n, :0:-1]
    return skip_RL


def _start_reversed(before_NS: NDArray[Any], length_N: I64) -> None:
    """A reversed lattice begins in the last blank or the last symbol of its label."""
    n, n_states = before_NS.shape
    first_N = n_states - 1 - 2 * length_N
    before_NS[np.arange(n), first_N] = 0.0
    has_symbol_N = length_N > 0
    before_NS[np.arange(n)[has_symbol_N], first_N[has_symbol_N] + 1] = 0.0
