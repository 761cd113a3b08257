"""History: states by step under a byte budget, densest where people look.

One idea: where memory ends, the state is dropped that costs least to lose: what a seek into its gap
would re-execute, divided by how far from the cursor and from the head it lies. Close by, states
stay one step apart; up to `RECENT` steps behind the head they thin out no further than to an even
grid; beyond, the run directory's own key frames serve, or, without one, the grid widens with the
distance. A walk back makes its own neighbourhood dense. States share nothing, so bytes add up.
The idea of snapshots and re-execution: O'Callahan et al. 2017, "Engineering record and replay".
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import numpy as np

from crnn.arrays import F64, I64
from crnn.train import TrainState

GIB = 1 << 30
RECENT = 1000
"""Steps behind the head that are to be reached at once."""
VICINITY = 128
"""Steps round the cursor that are, when it is in the past."""
_DENSE = 64
"""Steps over which states thin out from one step apart to the even grid."""


def state_bytes(state: TrainState) -> int:
    """Bytes that keeping `state` costs: parameters, moments and running statistics."""
    vectors = (state.params.flat, state.statistics.flat, *state.moments_P)
    return sum(vector.nbytes for vector in vectors)


def loss_of_dropping(steps: I64, cursor: int, stored: Sequence[int] = ()) -> F64:
    """What dropping each of the ascending `steps` costs; infinitely much for the first, the last
    and the cursor's. `stored`: steps that can be had from disk, ascending."""
    cost = np.full(len(steps), np.inf)
    if len(steps) > 2:
        inner, head = steps[1:-1], int(steps[-1])
        disk = np.array(stored, np.int64)
        union = np.union1d(steps, disk)
        at = np.searchsorted(union, inner)
        gap = np.where(np.isin(inner, disk), 1, union[at + 1] - union[at - 1])
        ease = np.minimum(_ease(head - inner, RECENT), _ease(np.abs(inner - cursor), VICINITY))
        if len(disk):
            is_far = (head - inner > RECENT) & (np.abs(inner - cursor) > VICINITY)
            ease[is_far & (inner > disk[0]) & (inner < disk[-1])] = np.inf
        cost[1:-1] = gap / ease
        cost[1:-1][inner == cursor] = np.inf
    return cost


def _ease(distance: I64, reach: int) -> F64:
    """How wide a gap may be, relatively, this many steps from where people look."""
    grid = np.minimum(distance + 1.0, _DENSE)
    ease: F64 = grid * np.maximum(1.0, distance / reach)
    return ease


class History:
    """States of one run. Belongs to the debugger's thread. `stored`: the steps that the run
    directory holds, a list that its owner keeps up to date."""

    def __init__(self, budget_bytes: int = GIB, stored: Sequence[int] = ()) -> None:
        self.budget_bytes = budget_bytes
        self.stored = stored
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

    def next_after(self, step: int) -> TrainState | None:
        """The first state kept at or after `step`, if there is one."""
        at = bisect_left(self._steps, step)
        return self._states[self._steps[at]] if at < len(self._steps) else None

    def _thin(self) -> None:
        """Drop cheap states until a sixteenth of the budget is free: one pass serves many steps.

        Never two neighbours in one round, since each was judged with the other in place.
        """
        target = self.budget_bytes - self.budget_bytes // 16
        while self._bytes > target:
            steps = np.array(self._steps, np.int64)
            cost = loss_of_dropping(steps, self.cursor, self.stored)
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
