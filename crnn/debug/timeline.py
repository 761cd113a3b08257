"""Timeline: one run as a line of states, each reachable exactly.

One idea: there is one way to make a state, `advance`, and two reasons to call it. At the head it
trains, and the report is new; behind the head it re-executes, and the report must be equal, digest
by digest, to the recorded one. So going back is going forward from an earlier state.
A learning rate set at a step is an edit of that state and is applied again on every pass over it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from crnn.arrays import U64
from crnn.config import Config
from crnn.data.dataset import Batch, TrainingSet
from crnn.debug.history import GIB, History
from crnn.debug.recording import RunWriter, load_state, stored_steps
from crnn.debug.reports import Reports, pack
from crnn.errors import ReplayDivergence
from crnn.train import Advance, TrainState, advance, advance_on, digests
from crnn.workers import Workers

Batches = Callable[[int], Batch]
Progress = Callable[[int, int], bool]
"""(steps done, steps in all) -> go on? Called before every re-executed step."""

_WORTH_A_LOAD = 8
"""Re-executing fewer steps than this is about as quick as reading a key frame from disk."""


def with_edit(state: TrainState, edits: Mapping[int, float]) -> TrainState:
    """`state` with the learning rate that `edits` sets at its step, if one is set there."""
    lr = edits.get(state.step, state.lr)
    return state if lr == state.lr else replace(state, lr=lr)


class Cancelled(Exception):
    """A seek was told to stop; nothing has moved."""


class Timeline:
    """States first_step..head of one run. `live` is the state at the head."""

    def __init__(
        self,
        config: Config,
        data: TrainingSet,
        first: TrainState,
        *,
        budget_bytes: int = GIB,
        writer: RunWriter | None = None,
        workers: Workers | None = None,
    ) -> None:
        self.config = config
        self.data = data
        self.live = first
        self.first_step = first.step
        self.tensors = first.tensors
        self.reports = Reports(first.step, len(self.tensors))
        self.history = History(budget_bytes)
        self.history.cursor = first.step
        self.history.add(first)
        self.writer = writer
        self.n_checked = 0
        self._workers = workers
        self._edits: dict[int, float] = {}

    @property
    def head(self) -> int:
        """The newest state's step."""
        return self.first_step + self.reports.n

    @property
    def edits(self) -> tuple[tuple[int, float], ...]:
        """(step of the edited state, learning rate), ascending."""
        return tuple(sorted(self._edits.items()))

    def train(self, batches: Batches | None = None) -> Advance:
        """Take the head one step on and record it. Raises what advance and the recording raise.

        `batches` gives data.batch(step) by other means. The record is written before anything
        moves, so a failure leaves the head where it was.
        """
        batch = (batches or self.data.batch)(self.live.step)
        done = advance_on(self.config, batch, self.live, workers=self._workers)
        if self.writer is not None:
            self.writer.report(pack(done.report, self.reports.dtype), done.report.seconds)
        self.reports.append(done.report)
        self.live = done.state
        self.history.cursor = self.head
        self.history.add(done.state)
        if self.writer is not None and self.writer.wants_key_frame:
            self.writer.key_frame(done.state)
        return done

    def set_learning_rate(self, lr: float) -> TrainState:
        """Edit the state at the head; returns the edited state."""
        if self.writer is not None:
            self.writer.note("lr", self.head, lr=lr)
        self._edits[self.head] = lr
        self.live = replace(self.live, lr=lr)
        self.history.add(self.live)
        return self.live

    def replay(self, state: TrainState) -> Advance:
        """Re-execute the step from `state`, behind the head; keeps the state it leads to.

        Raises ReplayDivergence where a digest differs from the recorded one.
        """
        done = advance(self.config, self.data, state, workers=self._workers)
        self._compare(state.step, done.report.digests)
        self.n_checked += 1
        edited = self.edited(done.state)
        if self.history.get(edited.step) is None:
            self.history.add(edited)
        return replace(done, state=edited)

    def seek(self, step: int, progress: Progress | None = None) -> TrainState:
        """The state of `step`, exactly; first_step <= step <= head.

        Raises Cancelled where `progress` says so, ReplayDivergence where the bits differ, and
        CheckpointError where a key frame on disk is damaged.
        """
        if not self.first_step <= step <= self.head:
            raise ValueError(f"step {step} is outside {self.first_step}..{self.head}")
        self.history.cursor = step
        state = self._nearest(step)
        total = step - state.step
        for done in range(total):
            if progress is not None and not progress(done, total):
                raise Cancelled
            state = self.replay(state).state
        return state

    def adopt(
        self, records: NDArray[np.void], edits: Mapping[int, float], state: TrainState
    ) -> None:
        """Take over what was recorded earlier, then re-execute, checked, from `state` to its end.

        Raises as `seek` does.
        """
        self._edits.update(edits)
        self.reports.extend(records)
        if state.step > self.first_step:
            self._compare(state.step - 1, digests(state))
        self.history.add(self.edited(state))
        self.live = self.seek(self.head)

    def close(self) -> None:
        """Close the recording, if there is one. Raises RecordingError."""
        if self.writer is not None:
            self.writer.close(self.live)

    def edited(self, state: TrainState) -> TrainState:
        """`state` with the learning rate that was set at its step, if one was."""
        return with_edit(state, self._edits)

    def _nearest(self, step: int) -> TrainState:
        """The last state kept at or before `step`; from disk where that saves re-execution."""
        kept = self.history.nearest(step)
        if self.writer is None:
            return kept
        on_disk = [s for s in stored_steps(self.writer.directory) if s <= step]
        if not on_disk or on_disk[-1] - kept.step < _WORTH_A_LOAD:
            return kept
        state = load_state(self.writer.directory, on_disk[-1], self.config)
        self._compare(state.step - 1, digests(state))
        state = self.edited(state)
        self.history.add(state)
        return state

    def _compare(self, step: int, found: U64) -> None:
        recorded = self.reports.column("digests")[step - self.first_step]
        differs = np.flatnonzero(recorded != found)
        if differs.size:
            raise ReplayDivergence(step, self.tensors[int(differs[0])])
