"""CTC loss and its gradient with respect to the logits: softmax - posterior, in one pass.

The gradient is analytic (Graves 2006, eq. 15): no pass back through the recursion. See the package
for the conventions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from crnn.arrays import F64, I64, Bool, Real, require
from crnn.ctc.lattice import Lattice, flat_index, frames_needed, lattice, pack


class CtcResult(NamedTuple):
    """loss_N: -log P(label) in nats, inf where the label cannot be spelled (feasible_N False).

    dlogits_NTK: gradient of the sum of the feasible losses, in the dtype of the logits; zero beyond
    a sample's frames and for infeasible samples. log_prob_NTK: log softmax of the logits.
    """

    loss_N: F64
    feasible_N: Bool
    dlogits_NTK: Real
    log_prob_NTK: F64
    lattice: Lattice


def log_softmax(logits: Real) -> F64:
    """Log softmax over the last axis, in float64."""
    log_prob, _, sums = _exponentials(logits)
    log_prob -= np.log(sums)
    return log_prob


def ctc_loss(logits_NTK: Real, frames_N: I64, labels: Sequence[I64]) -> CtcResult:
    """Loss and gradient of a batch; frames_N are the valid timesteps of each sample, 1..T.

    NaN and inf in the logits come out as NaN. Raises ShapeError where shapes or classes misfit.
    """
    require(logits_NTK, "N T K", N=len(labels))
    targets = pack(labels, logits_NTK.shape[2])
    log_prob_NTK, dlogits_NTK, sums = _exponentials(logits_NTK)
    dlogits_NTK /= sums
    log_prob_NTK -= np.log(sums)
    paths = lattice(log_prob_NTK, frames_N, targets)
    # A label can also be impossible because a logit is -inf; NaN must not be taken for that.
    feasible_N = (frames_N >= frames_needed(targets)) & (paths.log_z_N != -np.inf)
    _subtract_posterior(dlogits_NTK, paths, targets.label_NL)
    dlogits_NTK[~feasible_N] = 0.0
    if frames_N.min(initial=logits_NTK.shape[1]) < logits_NTK.shape[1]:
        dlogits_NTK[np.arange(logits_NTK.shape[1]) >= frames_N[:, None]] = 0.0
    return CtcResult(
        0.0 - paths.log_z_N,  # not -log_z_N: a certain label has loss 0, not -0
        feasible_N,
        dlogits_NTK.astype(logits_NTK.dtype, copy=False),
        log_prob_NTK,
        paths,
    )


def _exponentials(logits: Real) -> tuple[F64, F64, F64]:
    """(logits - max, exp of that, sum of that), the last with its axis kept."""
    with np.errstate(invalid="ignore"):  # inf - inf: the NaN is meant to be seen by the caller
        # order="C": logits may be a transposed view; the gradient is scattered into flat memory.
        largest = logits.max(axis=-1, keepdims=True)
        shifted = np.subtract(logits, largest, dtype=np.float64, order="C")
    exponentials = np.exp(shifted)
    return shifted, exponentials, exponentials.sum(axis=-1, keepdims=True)


def _subtract_posterior(prob_NTK: F64, paths: Lattice, label_NL: I64) -> None:
    """prob -= gamma summed over the states of each class, in place."""
    prob_NTK[:, :, 0] -= paths.gamma_NTS[:, :, 0::2].sum(axis=2)
    index_TNL = flat_index(prob_NTK.shape, label_NL)
    gamma_TNL = paths.gamma_NTS.swapaxes(0, 1)[:, :, 1::2]
    # subtract.at, not -=: a symbol that occurs twice in a label must be taken off twice.
    np.subtract.at(prob_NTK.reshape(-1), index_TNL.reshape(-1), gamma_TNL.reshape(-1))
