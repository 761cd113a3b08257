"""CTC loss and its gradient with respect to the logits: softmax - posterior, in one pass.

The gradient is analytic (Graves 2006, eq. 15): no pass back through the recursion. See the package
for the conventions. The posterior comes from `linear`, which proves its result sample by sample,
and from `lattice` for the samples where it could not. What only a viewer wants, the log softmax and
the lattice, is computed when it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crnn.arrays import F64, I64, Bool, Real, empty, require
from crnn.ctc import linear
from crnn.ctc.lattice import (
    Lattice,
    Scores,
    Targets,
    frames_needed,
    lattice,
    lattice_of,
    pack,
    require_frames,
)

MODERATE = 30.0
"""A frame whose largest logit is within this needs no shift before exp, in float32 either."""

GROUP = 8
"""Samples that go through `lattice` together; more would only take more memory."""


class CtcResult(NamedTuple):
    """loss_N: -log P(label) in nats, inf where the label cannot be spelled (feasible_N False).

    dlogits_NTK: gradient of the sum of the feasible losses, in the dtype of the logits; zero beyond
    a sample's frames and for infeasible samples. log_blank_NT: log P(blank) of each frame.
    log_sum_NT: log of the sum of exp(logits) over the classes. The rest is what was given.
    """

    loss_N: F64
    feasible_N: Bool
    dlogits_NTK: Real
    log_blank_NT: F64
    log_sum_NT: F64
    logits_NTK: Real
    frames_N: I64
    targets: Targets

    @property
    def log_prob_NTK(self) -> F64:
        """Log softmax of the logits, in float64, computed now."""
        with np.errstate(invalid="ignore"):  # inf - inf: the NaN is meant to be seen by the caller
            log_prob_NTK: F64 = self.logits_NTK.astype(np.float64) - self.log_sum_NT[:, :, None]
        return log_prob_NTK

    @property
    def lattice(self) -> Lattice:
        """Alpha, beta and gamma in logarithms, computed now."""
        return lattice(self.log_prob_NTK, self.frames_N, self.targets)

    def only(self, n: int) -> CtcResult:
        """The result of sample n alone, its own frames and symbols: views, with the same bits."""
        row, t, length = slice(n, n + 1), int(self.frames_N[n]), int(self.targets.length_N[n])
        label_NL, length_N, is_repeat_NL = self.targets
        return CtcResult(
            *(self.loss_N[row], self.feasible_N[row], self.dlogits_NTK[row, :t]),
            *(self.log_blank_NT[row, :t], self.log_sum_NT[row, :t], self.logits_NTK[row, :t]),
            self.frames_N[row],
            Targets(label_NL[row, :length], length_N[row], is_repeat_NL[row, :length]),
        )


def ctc_loss(logits_NTK: Real, frames_N: I64, labels: Sequence[I64]) -> CtcResult:
    """Loss and gradient of a batch; frames_N are the valid timesteps of each sample, 1..T.

    NaN and inf in the logits come out as NaN. Raises ShapeError where shapes or classes misfit.
    """
    require(logits_NTK, "N T K", N=len(labels))
    require_frames(logits_NTK.shape, frames_N)
    targets = pack(labels, logits_NTK.shape[2])
    logits_NTK = np.ascontiguousarray(logits_NTK)  # labels are gathered from flat memory
    dlogits_NTK, log_sum_NT, log_p_N, proven_N = _by_ratios(logits_NTK, frames_N, targets)
    unproven = np.flatnonzero(~proven_N)
    for start in range(0, len(unproven), GROUP):
        rows = unproven[start : start + GROUP]
        part = dlogits_NTK[rows]
        scores = _scores(logits_NTK, log_sum_NT, rows, targets)
        log_p_N[rows] = _subtract_by_lattice(part, scores, frames_N[rows], targets.rows(rows))
        dlogits_NTK[rows] = part
    # A label can also be impossible because a logit is -inf; NaN must not be taken for that.
    feasible_N = (frames_N >= frames_needed(targets)) & (log_p_N != -np.inf)
    dlogits_NTK[~feasible_N] = 0.0
    if frames_N.min(initial=logits_NTK.shape[1]) < logits_NTK.shape[1]:
        dlogits_NTK[np.arange(logits_NTK.shape[1]) >= frames_N[:, None]] = 0.0
    # Not -log_p_N: a certain label has loss 0, not -0. Nor below: rounding may claim P > 1.
    loss_N = np.maximum(0.0 - log_p_N, 0.0)
    log_blank_NT = logits_NTK[:, :, 0] - log_sum_NT
    found = loss_N, feasible_N, dlogits_NTK, log_blank_NT, log_sum_NT
    return CtcResult(*found, logits_NTK, frames_N, targets)


def softmax(logits_NTK: Real, out_NTK: Real) -> F64:
    """log_sum_NT; the softmax goes to out_NTK, in its dtype."""
    shift_NT1 = np.zeros((*logits_NTK.shape[:2], 1), logits_NTK.dtype)
    if not (logits_NTK.max(initial=0) <= MODERATE and logits_NTK.min(initial=0) >= -MODERATE):
        largest_NT1 = logits_NTK.max(axis=2, keepdims=True)
        np.copyto(shift_NT1, largest_NT1, where=np.abs(largest_NT1) > MODERATE)
        with np.errstate(invalid="ignore"):  # inf - inf: the NaN is meant to be seen by the caller
            logits_NTK = logits_NTK - shift_NT1
    np.exp(logits_NTK, out=out_NTK)
    sum_NT1 = out_NTK.sum(axis=2, keepdims=True, dtype=np.float64)
    out_NTK *= (1.0 / sum_NT1).astype(out_NTK.dtype)
    log_sum_NT: F64 = (shift_NT1 + np.log(sum_NT1))[:, :, 0]
    return log_sum_NT


def _by_ratios(logits_NTK: Real, frames_N: I64, targets: Targets) -> tuple[Real, F64, F64, Bool]:
    """(dlogits_NTK, log_sum_NT, log_p_N, proven_N); what is not proven has the softmax elsewhere
    than at its label's classes, and nothing of use there."""
    blocks = linear.blocks(logits_NTK.shape)
    places = [linear.flat_index(logits_NTK.shape, block, targets) for block in blocks]
    emitted = linear.ratios(logits_NTK, frames_N, targets, places)
    reached = linear.sweep(emitted, targets)
    n, n_frames, _ = logits_NTK.shape
    dlogits_NTK = empty(logits_NTK.shape, logits_NTK.dtype)
    log_sum_NT, log_blank_TN = np.empty((n, n_frames)), np.empty((n_frames, n))
    total_TN = np.empty((n_frames, n))
    again = _repeated(targets)
    for block, index_TLN in zip(blocks, places, strict=True):
        x_NTK, out_NTK = logits_NTK[:, block], dlogits_NTK[:, block]
        log_sum_NT[:, block] = softmax(x_NTK, out_NTK)
        log_blank_TN[block] = (x_NTK[:, :, 0] - log_sum_NT[:, block]).T
        p_blank_TN = np.exp(log_blank_TN[block])
        mass_TLN, blank_TN = linear.meet(emitted, reached, block)
        total_TN[block] = linear.added(mass_TLN.copy()) + blank_TN
        with np.errstate(divide="ignore", invalid="ignore"):  # such a sample is not proven
            share_TN = 1.0 / total_TN[block]
            mass_TLN *= share_TN[:, None]
            blank_TN *= share_TN
        p_TLN = emitted.ratio_TLR[block, :, :n] * p_blank_TN[:, None]
        _write(dlogits_NTK, index_TLN, again, p_TLN, mass_TLN)
        out_NTK[:, :, 0] = (p_blank_TN - blank_TN).T  # last: beyond a label stands class 0 too
    proven_N, log_odds_N = linear.judge(emitted, reached, total_TN)
    log_blank_TN[np.arange(n_frames)[:, None] >= frames_N] = 0.0
    log_p_N = log_odds_N + linear.added(log_blank_TN[None])[0]
    return dlogits_NTK, log_sum_NT, log_p_N, proven_N


def _subtract_by_lattice(prob_NTK: Real, scores: Scores, frames_N: I64, targets: Targets) -> F64:
    """log_p_N: the softmax becomes the gradient, in place, by sums of logarithms."""
    paths = lattice_of(scores, frames_N, targets)
    gamma_TSN = paths.gamma_NTS.transpose(1, 2, 0)
    index_TLN = linear.flat_index(prob_NTK.shape, slice(0, len(gamma_TSN)), targets)
    p_TLN = np.exp(scores.symbol_NTL).transpose(1, 2, 0)
    _write(prob_NTK, index_TLN, _repeated(targets), p_TLN, gamma_TSN[:, 1::2].copy())
    prob_NTK[:, :, 0] = np.exp(scores.blank_NT) - linear.added(gamma_TSN[:, 0::2].copy()).T
    return paths.log_z_N


def _scores(logits_NTK: Real, log_sum_NT: F64, rows: I64, targets: Targets) -> Scores:
    picked_NTL = logits_NTK[
        rows[:, None, None],
        np.arange(logits_NTK.shape[1])[:, None],
        targets.label_NL[rows][:, None],
    ]
    with np.errstate(invalid="ignore"):  # as in the softmax
        blank_NT = logits_NTK[rows, :, 0] - log_sum_NT[rows]
        return Scores(blank_NT, picked_NTL - log_sum_NT[rows, :, None])


class _Repeated(NamedTuple):
    """Symbols that stood in the label before: their sample, place, and the class's first place.

    One entry for each rank, that is for each second, each third, ... occurrence.
    """

    n: I64
    place: I64
    first: I64


def _repeated(targets: Targets) -> list[_Repeated]:
    label_NL = targets.label_NL
    place_L = np.arange(label_NL.shape[1])
    is_symbol_NL = place_L < targets.length_N[:, None]
    is_same_NLL = label_NL[:, :, None] == label_NL[:, None, :]
    is_same_NLL &= place_L < place_L[:, None]  # only those that stood before
    rank_NL = is_same_NLL.sum(axis=2) * is_symbol_NL
    found = []
    for rank in range(1, int(rank_NL.max(initial=0)) + 1):
        n, place = np.nonzero(rank_NL == rank)
        found.append(_Repeated(n, place, is_same_NLL[n, place].argmax(axis=1)))
    return found


def _write(
    out_NTK: Real,
    index_TLN: NDArray[np.intp],
    again: list[_Repeated],
    p_TLN: F64,
    gamma_TLN: F64,
) -> None:
    """out[n, t, class of symbol l] = p - posterior; `index_TLN` says where that is in flat memory.

    A class that occurs twice in a label has the posterior of both places; all its places are given
    the same value, so that the order of writing does not matter.
    """
    for n, place, first in again:
        gamma_TLN[:, first, n] += gamma_TLN[:, place, n]
    for n, place, first in again:
        gamma_TLN[:, place, n] = gamma_TLN[:, first, n]
    p_TLN -= gamma_TLN
    out_NTK.reshape(-1)[index_TLN] = p_TLN.astype(out_NTK.dtype)
