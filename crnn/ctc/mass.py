"""What if: the mass of the paths that spell a label and keep to a condition.

P(label, constraint) is the sum over the paths that spell the label and satisfy the constraint. It
is the same recursion over a lattice with cells taken out: a path has one cell in every frame, so
requiring a set of cells in a frame is forbidding the others, and several constraints are the
intersection of what each leaves. For a single cell the answer is known beforehand: required it is
gamma[t, s] P(label), forbidden (1 - gamma[t, s]) P(label).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from crnn.arrays import F64, I64, Bool, require
from crnn.ctc.lattice import (
    Lattice,
    Scores,
    Targets,
    lattice_of,
    pack,
    require_feasible,
    states_of,
)
from crnn.errors import InfeasibleLabel, ShapeError


@dataclass(frozen=True, slots=True)
class Constraint:
    """Required: in each frame of [start, stop) the path is in one of `states`. Else: in none.

    So a forbidden character is nowhere in its range, and a required one is throughout. That it
    occurs somewhere in a range is the opposite of being forbidden there: 1 - P(forbidden | label).
    """

    start: int
    stop: int
    states: tuple[int, ...]
    required: bool


class PathMass(NamedTuple):
    """log_p: log P(label, constraints); -inf where no path is left. share: P(constraints | label).

    paths: the lattice of the paths that are left (N = 1), its gamma being the posterior among them.
    """

    log_p: float
    share: float
    paths: Lattice


def cell(t: int, s: int, *, required: bool) -> Constraint:
    """Frame t is in state s."""
    return Constraint(t, t + 1, (s,), required)


def column(label_L: I64, t: int, k: int, *, required: bool) -> Constraint:
    """Frame t scores class k, whatever the state: required, it has posterior[t, k] of the mass."""
    states_S = states_of(label_L[None])[0]
    return Constraint(t, t + 1, tuple(np.flatnonzero(states_S == k).tolist()), required)


def character(symbols: range, frames: range, *, required: bool) -> Constraint:
    """These frames belong to a character: to its symbols [start, stop) of the label.

    A syllable of several symbols includes the blanks between them, not those around it.
    """
    states = range(2 * symbols.start + 1, 2 * symbols.stop)
    return Constraint(frames.start, frames.stop, tuple(states), required)


def path_mass(log_prob_TK: F64, label_L: I64, constraints: Sequence[Constraint]) -> PathMass:
    """The mass of the label's paths that satisfy all the constraints.

    Raises InfeasibleLabel where no path of positive probability spells the label, ShapeError where
    a class is foreign or a constraint lies outside the lattice.
    """
    require(log_prob_TK, "T K")
    n_frames, n_classes = log_prob_TK.shape
    require_feasible(n_frames, label_L)
    allowed_TS = _allowed(n_frames, 2 * len(label_L) + 1, constraints)
    # Two lattices side by side: without the constraints, and with them.
    targets: Targets = pack((label_L, label_L), n_classes)
    blank_NT = np.stack((log_prob_TK[:, 0], log_prob_TK[:, 0]))
    symbol_TL = log_prob_TK[:, label_L]
    scores = Scores(blank_NT, np.stack((symbol_TL, symbol_TL)))
    allowed_NTS = np.stack((np.ones_like(allowed_TS), allowed_TS))
    both = lattice_of(scores, np.full(2, n_frames), targets, allowed_NTS)
    log_label, log_p = both.log_z_N.tolist()
    if log_label == -np.inf:
        raise InfeasibleLabel("every path that spells the label has probability 0")
    return PathMass(log_p, float(np.exp(log_p - log_label)), both.only(1))


def _allowed(n_frames: int, n_states: int, constraints: Sequence[Constraint]) -> Bool:
    """allowed_TS: the cells that every constraint leaves."""
    allowed_TS = np.ones((n_frames, n_states), np.bool_)
    for constraint in constraints:
        start, stop = constraint.start, constraint.stop
        states = np.array(constraint.states, np.int64)
        if not 0 <= start < stop <= n_frames:
            raise ShapeError(
                f"frames {start} to {stop} of a constraint; the lattice has {n_frames}"
            )
        if len(states) and not 0 <= states.min() <= states.max() < n_states:
            raise ShapeError(
                f"a constraint names states {states.min()} to {states.max()}; allowed: "
                f"0 to {n_states - 1}"
            )
        named_S = np.zeros(n_states, np.bool_)
        named_S[states] = True
        allowed_TS[start:stop] &= named_S if constraint.required else ~named_S
    return allowed_TS
