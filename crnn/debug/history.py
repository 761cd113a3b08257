"""History: states by step under a byte budget, densest where people look.

One idea: where memory ends, the state is dropped that costs least to lose: gap / (1 + distance to
the cursor or the head), the gap being what a seek into it would re-execute. The newest states stay
one step apart, older ones thin out by their distance (about what logarithmic thinning gives), and a
walk back makes its own neighbourhood dense. States share nothing, so their bytes simply add up.
The idea of snapshots and re-execution: O'Callahan et al. 2017, "Engineering record and replay".
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np

from crnn.arrays import F64, I64
from crnn.train import TrainState

GIB = 1 << 30


def state_bytes(state: TrainState) -> int:
    """Bytes that keeping `state` costs: parameters, moments and running statistics."""
    vectors = (state.params.flat, state.statistics.flat, *state.moments_P)
    return sum(vector.nbytes for vector in vectors)


def loss_of_dropping(steps: I64, focus: tuple[int, ...]) -> F64:
    """What dropping each of the ascending `steps` costs; infinitely much for the first and last.

    `focus`: the steps people look at, near which a gap weighs more.
    """
    cost = np.full(len(steps), np.inf)
    if len(steps) > 2:
        gap = steps[2:] - steps[:-2]
        near = np.min(np.abs(steps[1:-1, None] - np.array(focus)[None, :]), axis=1)
        cost[1:-1] = gap / (1.0 + near)
        cost[1:-1][near == 0] = np.inf
    return cost


class History:
    """States of one run. Belongs to the debugger's thread."""

    def __init__(self, budget_bytes: int = GIB) -> None:
        self.budget_bytes = budget_bytes
        self.cursor = 0
        self._states: dict[int, TrainState] = {}
        self._steps: list[int] = []
        self._bytes = 0

    @property
    def bytes(self) -> int:
        return self._bytes

    @property
    def key_steps(self) -> tuple[int, ...]:
        """Steps whose state is kept, ascending."""
        return tuple(self._steps)

    def fit(self, budget_bytes: int) -> None:
        """Another budget from now on."""
        self.budget_bytes = budget_bytes
        if self._bytes > budget_bytes:
            self._thin()

    def add(self, state: TrainState) -> None:
        """Keep `state` (in place of one of the same step), then thin out past the budget."""
        if state.step in self._states:
            self._bytes -= state_bytes(self._states[state.step])
        else:
            self._steps.insert(bisect_left(self._steps, state.step), state.step)
        self._states[state.step] = state
        self._bytes += state_bytes(state)
        if self._bytes > self.budget_bytes:
            self._thin()

    def get(self, step: int) -> TrainState | None:
        return self._states.get(step)

    def nearest(self, step: int) -> TrainState:
        """The last state kept at or before `step`. Raises LookupError before the first."""
        at = bisect_right(self._steps, step)
        if at == 0:
            raise LookupError(f"no state at or before step {step:,}")
        return self._states[self._steps[at - 1]]

    def _thin(self) -> None:
        """Drop cheap states until a sixteenth of the budget is free: one pass serves many steps.

        Never two neighbours in one round, since each was judged with the other in place.
        """
        target = self.budget_bytes - self.budget_bytes // 16
        while self._bytes > target:
            steps = np.array(self._steps, np.int64)
            cost = loss_of_dropping(steps, (self.cursor, int(steps[-1])))
            order = np.argsort(cost, kind="stable")
            dropped: set[int] = set()
            for at in order[np.isfinite(cost[order])].tolist():
                if self._bytes <= target:
                    break
                if at - 1 not in dropped and at + 1 not in dropped:
                    dropped.add(at)
                    self._bytes -= state_bytes(self._states.pop(self._steps[at]))
            if not dropped:
                return
            self._steps = [s for at, s in enumerate(self._steps) if at not in dropped]
