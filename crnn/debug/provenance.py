"""Provenance: under what environment each step was recorded, and what a difference means there.

One idea: bits recorded here must come out again, so a difference is an error that names its likely
cause; bits recorded elsewhere may round otherwise, so a difference is counted and told, never
hidden.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

import numpy as np

from crnn.debug import environment
from crnn.debug.recording import Segment
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


def largest_difference(a: TrainState, b: TrainState) -> float:
    """The largest |a - b| over all parameters, moments and statistics."""
    pairs = zip(
        (a.params.flat, a.statistics.flat, *a.moments_P),
        (b.params.flat, b.statistics.flat, *b.moments_P),
        strict=True,
    )
    return max((float(np.abs(x - y).max(initial=0.0)) for x, y in pairs), default=0.0)
