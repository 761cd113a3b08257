"""What if: conditions that a person puts on the paths of one lattice, and the best paths beside.

A condition requires or forbids a cell, or at a timestep a character, or a class wherever the label
has it. What is left of the label's
mass is computed from the trace alone, once a trace, and shown in place of the lattice as it was.
Pure, no painting.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import exp, isfinite
from typing import TYPE_CHECKING

import numpy as np

from crnn.arrays import F64, I64, frozen
from crnn.ctc.align import Place, best_paths, place
from crnn.ctc.mass import Constraint, PathMass, cell, column, path_mass

if TYPE_CHECKING:
    from crnn.debug.messages import Frame
    from crnn.debug.trace import CtcTrace, Trace

N_BEST = 3
CHEAP = 16_000
"""Cells (timesteps x states) up to which the best paths cost about 3 ms, cheap enough to run."""


@dataclass(frozen=True, slots=True)
class Way:
    """One path through the lattice, and its part of the label's mass."""

    path_T: I64
    share: float


def log_prob_TK(trace: Trace) -> F64:
    """Log softmax of the trace's logits in float64, never rounded to log 0."""
    from crnn.ops.activation import LogSoftmax

    log_prob, _ = LogSoftmax().forward({}, trace.logits_TK.astype(np.float64))
    return np.asarray(log_prob, np.float64)


def best_ways(trace: Trace, ctc: CtcTrace, k: int) -> tuple[Way, ...]:
    """The k best paths of the label, best first; none where the lattice holds no finite mass."""
    if not isfinite(ctc.loss_nats):
        return ()
    found = best_paths(log_prob_TK(trace), ctc.label_L, k)
    return tuple(Way(way.path_T, exp(way.log_p + ctc.loss_nats)) for way in found)


def place_of(ctc: CtcTrace, symbols: range) -> Place:
    """Where the label's best path has these symbols of it."""
    return place(ctc.path_T, ctc.gamma_TS, symbols)


def condition(ctc: CtcTrace, t: int, state: int, *, required: bool, everywhere: bool) -> Constraint:
    """On one cell; or `everywhere`, on all cells of its class at that timestep."""
    if not everywhere:
        return cell(t, state, required=required)
    return column(ctc.label_L, t, int(ctc.states_S[state]), required=required)


def toggled(held: tuple[Constraint, ...], new: Constraint) -> tuple[Constraint, ...]:
    """With `new`, in place of its opposite; or without it, where it was held already."""
    if new in held:
        return tuple(one for one in held if one != new)
    opposite = replace(new, required=not new.required)
    return (*(one for one in held if one != opposite), new)


@dataclass(slots=True)
class Conditions:
    """The constraints held on one sample of one run; another sample or label starts with none.

    Augmentation may show the sample narrower for a step: what lies beyond its end waits till then.
    """

    held: tuple[Constraint, ...] = ()
    _of: tuple[int, ...] = ()
    _trace: Trace | None = None
    _found: PathMass | None = None
    _left: CtcTrace | None = field(default=None)

    def within(self, trace: Trace) -> tuple[Constraint, ...]:
        """Those that lie in this trace."""
        return tuple(one for one in self.held if one.stop <= trace.n_frames)

    def show(self, frame: Frame) -> None:
        """Drop them where this frame shows another sample, or the sample in another lattice."""
        trace = frame.trace
        if trace is None or trace.ctc is None:
            return
        of = (frame.run.run_id, trace.sample, trace.ctc.gamma_TS.shape[1])
        if of != self._of:
            self._of = of
            self._set(())

    def toggle(self, new: Constraint) -> None:
        self._set(toggled(self.held, new))

    def clear(self) -> None:
        self._set(())

    def at(self, t: int, state: int) -> Constraint | None:
        """The newest constraint that names this cell."""
        named = (c for c in reversed(self.held) if c.start <= t < c.stop and state in c.states)
        return next(named, None)

    def mass(self, trace: Trace) -> PathMass | None:
        """What the constraints leave; None without any, or where there was no mass to begin with.

        Raises ShapeError where the trace is not of the sample last shown.
        """
        ctc, held = trace.ctc, self.within(trace)
        if ctc is None or not held or not isfinite(ctc.loss_nats):
            return None
        if self._trace is not trace or self._found is None:
            self._trace, self._left = trace, None
            self._found = path_mass(log_prob_TK(trace), ctc.label_L, held)
        return self._found

    def lattice(self, trace: Trace) -> CtcTrace | None:
        """The lattice of the paths that are left; as it was where nothing is required.

        Its loss is that of label and constraints together, so that in every cell log gamma is
        log alpha + log beta + loss. The best path stays the label's own.
        """
        ctc, found = trace.ctc, self.mass(trace)
        if ctc is None or found is None:
            return ctc
        if self._left is None:
            paths = found.paths
            self._left = replace(
                ctc,
                log_alpha_TS=frozen(paths.log_alpha_NTS[0]),
                log_beta_TS=frozen(paths.log_beta_NTS[0]),
                gamma_TS=frozen(paths.gamma_NTS[0]),
                loss_nats=-found.log_p,
            )
        return self._left

    def _set(self, held: tuple[Constraint, ...]) -> None:
        self.held, self._trace, self._found, self._left = held, None, None, None
