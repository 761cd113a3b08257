"""History: states by step under a byte budget, densest where people look.

One idea: how far apart two states lie is the time that re-executing from one to the other takes.
At the head every state is kept; what leaves that dense end is let go but for those on a grid (see
debug.grid) that the last `RECENT` steps fit into the budget with, some of it left to the key frames
of the run directory. So little new memory is asked for, and any recent step is near.
Where memory ends all the same, the state is dropped that costs least to lose: what a seek into its
gap would re-execute, divided by how far from the cursor and from the head it lies. A walk back
makes its own neighbourhood dense. States share nothing, so bytes add up.
The idea of snapshots and re-execution: O'Callahan et al. 2017, "Engineering record and replay".
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

import numpy as np

from crnn.arrays import F64, I64
from crnn.debug.grid import Grid
from crnn.train import TrainState

GIB = 1 << 30
RECENT = 1000
"""Steps behind the head that are to be reached at once."""
VICINITY = 128
"""Steps round the cursor that are, when it is in the past."""
LOAD_S = 0.03
"""Re-executing for less than this is about as quick as reading a key frame from disk."""
_DENSE = 64
"""Steps over which states thin out from one step apart to the grid, where memory is ample."""
_MARGIN = 8
"""States that fit in beside the dense end and the grid, for what is not quite as planned."""
_PLANNED = 16
"""Steps for which a plan of the grid is good."""

Clock = Callable[[I64], F64]
"""Steps -> s that re-executing everything before each of them takes."""


def _by_step(steps: I64) -> F64:
    return steps.astype(np.float64)


def state_bytes(state: TrainState) -> int:
    """Bytes that keeping `state` costs: parameters, moments and running statistics."""
    vectors = (state.params.flat, state.statistics.flat, *state.moments_P)
    return sum(vector.nbytes for vector in vectors)


def loss_of_dropping(
    steps: I64,
    cursor: int,
    stored: Sequence[int] = (),
    clock: Clock = _by_step,
    dense: int = _DENSE,
) -> F64:
    """What dropping each of the ascending `steps` costs; infinitely much for the first, the last
    and the cursor's. `stored`: steps that can be had from disk, ascending. While the cursor is at
    the head, states thin out there over `dense` steps."""
    cost = np.full(len(steps), np.inf)
    if len(steps) > 2:
        inner, head = steps[1:-1], int(steps[-1])
        disk = np.array(stored, np.int64)
        union = np.union1d(steps, disk)
        at_s, at = clock(union), np.searchsorted(union, inner)
        gap = np.where(np.isin(inner, disk), LOAD_S, at_s[at + 1] - at_s[at - 1])
        ease = _ease(head - inner, RECENT, dense)
        if cursor != head:
            ease = _DENSE * np.maximum(1.0, (head - inner) / RECENT)
            ease = np.minimum(ease, _ease(np.abs(inner - cursor), VICINITY, _DENSE))
        if len(disk):
            is_far = (head - inner > RECENT) & (np.abs(inner - cursor) > VICINITY)
            ease[is_far & (inner > disk[0]) & (inner < disk[-1])] = np.inf
        cost[1:-1] = gap / ease
        cost[1:-1][inner == cursor] = np.inf
    return cost


def _ease(distance: I64, near: int, dense: int) -> F64:
    """How wide a gap may be, relatively, this many steps from where people look."""
    grid = np.minimum(distance + 1.0, dense)
    ease: F64 = grid * np.maximum(1.0, distance / near)
    return ease


class History:
    """States of one run. Belongs to the debugger's thread. `stored`: the steps that the run
    directory holds, a list that its owner keeps up to date; None without one. `clock` tells how far
    apart steps lie; by default each is a second from the next."""

    def __init__(
        self,
        budget_bytes: int = GIB,
        stored: Sequence[int] | None = None,
        clock: Clock = _by_step,
    ) -> None:
        self.budget_bytes = budget_bytes
        self.stored = stored
        self.clock = clock
        self.cursor = 0
        self._states: dict[int, TrainState] = {}
        self._steps: list[int] = []
        self._bytes = 0
        self._grid = Grid()

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
        is_newest = not self._steps or state.step > self._steps[-1]
        if state.step in self._states:
            self._bytes -= state_bytes(self._states[state.step])
        else:
            self._steps.insert(bisect_left(self._steps, state.step), state.step)
        self._states[state.step] = state
        self._bytes += state_bytes(state)
        if is_newest:
            self._place(state.step)
            self._pass_on(state.step)
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

    @property
    def alone_s(self) -> float:
        """How far apart, in s, the last RECENT steps' states would lie without the disk's."""
        return self._recent_s() / self._n_on_grid

    def _recent_s(self) -> float:
        """How long re-executing the last RECENT steps takes; from fewer, where there are no more
        yet."""
        head = self._steps[-1]
        first = max(self._steps[0], head - RECENT)
        before_s, until_s = self.clock(np.array([first, head])).tolist()
        return float((until_s - before_s) * RECENT / max(1, head - first))

    @property
    def _n_on_grid(self) -> int:
        """States that fit into the budget beside the dense end."""
        return max(1, self._limit - self._limit // 32 - self._dense - _MARGIN)

    @property
    def _limit(self) -> int:
        """States that fit into the budget, by the size of the mean one."""
        return self.budget_bytes * len(self._steps) // max(1, self._bytes)

    @property
    def _dense(self) -> int:
        """Steps of the dense end: of a budget for few states, no more than a twelfth."""
        return max(1, min(_DENSE, self._limit // 12))

    @property
    def is_for_disk(self) -> bool:
        """Whether memory leaves the newest state to the disk, if that takes it."""
        return self._grid.for_disk == self._steps[-1]

    def left(self) -> None:
        """The newest state is on its way to the disk."""
        self._grid.left(self._steps[-1])

    def _place(self, head: int) -> None:
        """Decide whether the newest state is on the grid."""
        if not head % _PLANNED or len(self._steps) < _PLANNED:
            self._grid.plan(self.alone_s, has_disk=self.stored is not None)
        self._grid.place(head, float(self.clock(np.array(head))))

    def _pass_on(self, head: int) -> None:
        """Drop the state that has just left the dense end, where it is not on the grid, or on disk
        by now."""
        step = head - self._dense
        at = bisect_left(self._steps, step)
        is_inner = 0 < at < len(self._steps) - 1 and step != self.cursor
        if not is_inner or self._steps[at] != step:
            return
        if not self._grid.has(step) or self._is_stored(step):
            del self._steps[at]
            self._bytes -= state_bytes(self._states.pop(step))

    def _is_stored(self, step: int) -> bool:
        stored = self.stored or ()
        at = bisect_left(stored, step)
        return at < len(stored) and stored[at] == step

    def _thin(self) -> None:
        """Drop cheap states until a bit of the budget is free: one pass serves some steps.

        Never two neighbours in one round, since each was judged with the other in place.
        """
        target = self.budget_bytes - self.budget_bytes // 64
        while self._bytes > target:
            steps = np.array(self._steps, np.int64)
            dense = min(_DENSE, 4 * self._dense)
            cost = loss_of_dropping(steps, self.cursor, self.stored or (), self.clock, dense)
            recent = bisect_left(self._steps, self._steps[-1] - dense)
            cost[recent:][[self._grid.has(step) for step in self._steps[recent:]]] = np.inf
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
