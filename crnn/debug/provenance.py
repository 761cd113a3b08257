"""Provenance: under what environment each step was recorded, and what a difference means there.

One idea: bits recorded here must come out again, so a difference is an error that names its likely
cause; bits recorded elsewhere may round otherwise, so a difference is counted and told, never
hidden.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crnn.arrays import Real
from crnn.debug import environment
from crnn.debug.recording import Segment
from crnn.params import FlatParams
from crnn.train import TrainState


class Provenance:
    """Of one run. `n_elsewhere` re-executed steps of other environments gave other bits; the loss
    of each differed by at most `largest_loss_difference` nats."""

    def __init__(self, segments: Sequence[Segment], code: str) -> None:
        self.n_elsewhere = 0
        self.largest_loss_difference = 0.0
        self._segments = list(segments)
        self._code = code
        here = environment.describe()
        self._is_here = [dict(part.environment) == here for part in segments]

    @classmethod
    def of_now(cls, first_step: int) -> Provenance:
        """A run that begins here."""
        return cls((Segment(first_step, environment.describe()),), environment.code())

    def begin(self, step: int, here: Mapping[str, str]) -> None:
        """From `step` on, steps are recorded here."""
        self._segments.append(Segment(step, here))
        self._is_here.append(True)

    def is_of_here(self, step: int) -> bool:
        """Whether the update from state `step` was recorded under the environment of now."""
        return self._is_here[self._of(step)]

    def differed(self, loss: float, recorded: float) -> None:
        """A step of another environment gave other bits."""
        self.n_elsewhere += 1
        self.largest_loss_difference = max(self.largest_loss_difference, abs(loss - recorded))

    def likely_cause(self, step: int) -> str:
        """Why the update from state `step` gives other bits than it did; a clause."""
        return environment.likely_cause(self._segments[self._of(step)].environment, self._code)

    def _of(self, step: int) -> int:
        starts = [part.step for part in self._segments]
        return max(0, bisect_right(starts, step) - 1)


@dataclass(frozen=True, slots=True)
class Apart:
    """By how much two states of `step` differ: `largest` |a - b|, in `tensor` ("" for nothing)."""

    step: int
    tensor: str
    largest: float


def apart(a: TrainState, b: TrainState) -> Apart:
    """The largest |a - b| over all parameters, statistics and moments; infinite beside a NaN."""
    worst = Apart(a.step, "", 0.0)
    mine, theirs = _arrays(a), _arrays(b)
    for name, x in mine.items():
        largest = float(np.abs(x - theirs[name]).max(initial=0.0))
        largest = math.inf if math.isnan(largest) else largest
        if largest > worst.largest:
            worst = Apart(a.step, name, largest)
    return worst


def _arrays(state: TrainState) -> dict[str, Real]:
    """Everything in a state, by name."""
    found = {**state.params, **state.statistics}
    for number, moment_P in enumerate(state.moments_P, start=1):
        laid = FlatParams(state.params.layout, moment_P)
        found |= {f"{name} (moment {number})": laid[name] for name in laid}
    return found
