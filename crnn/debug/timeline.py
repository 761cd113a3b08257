"""Timeline: one run as a line of states, each reachable exactly.

One idea: there is one way to make a state, `advance`, and two reasons to call it. At the head it
trains, and the report is new; behind the head it re-executes, and the report must be equal, digest
by digest, to the recorded one. So going back is going forward from an earlier state.
A learning rate set at a step is an edit of that state and is applied again on every pass over it.
A branch is a timeline whose line goes on, before its own first state, in that of its parent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crnn.config import Config
from crnn.data.dataset import Batch, TrainingSet, timed_batch
from crnn.debug.history import GIB, LOAD_S, History
from crnn.debug.messages import Reach
from crnn.debug.provenance import Provenance, apart
from crnn.debug.recorder import RunWriter
from crnn.debug.reports import Reports, packed
from crnn.errors import CheckpointError, ReplayDivergence
from crnn.train import Advance, TrainState, advance, advance_on, digests

if TYPE_CHECKING:  # so that one worker never loads what two need
    from crnn.workers import Workers

Batches = Callable[[int], tuple[Batch, float]]
"""The batch of a step, and how long making it took, in s."""
Progress = Callable[[int, int], bool]
"""(steps done, steps in all) -> go on? Called before every re-executed step."""


def with_edit(state: TrainState, edits: Mapping[int, float]) -> TrainState:
    """`state` with the learning rate that `edits` sets at its step, if one is set there."""
    lr = edits.get(state.step, state.lr)
    return state if lr == state.lr else replace(state, lr=lr)


class Cancelled(Exception):
    """A seek was told to stop; nothing has moved."""


class Timeline:
    """States first_step..head of one run. `live` is the state at the head.

    `start` is the step of the first state of its own; all before it is its parent's.
    """

    def __init__(
        self,
        config: Config,
        data: TrainingSet,
        first: TrainState,
        *,
        budget_bytes: int = GIB,
        writer: RunWriter | None = None,
        workers: Workers | None = None,
        provenance: Provenance | None = None,
    ) -> None:
        """`provenance`: under what the steps were recorded, where that was not here and now."""
        self.config = config
        self.data = data
        self.live = first
        self.first_step = self.start = first.step
        self.parent: Timeline | None = None
        self.tensors = first.tensors
        self.reports = Reports(first.step, len(self.tensors))
        self.writer: RunWriter | None = None
        self.history = self.memory(budget_bytes)
        self.history.cursor = first.step
        self.history.add(first)
        self.n_checked = 0
        self.provenance = provenance or Provenance.of_now(first.step)
        self._workers = workers
        self._edits: dict[int, float] = {}
        if writer is not None:
            self.record_with(writer)

    def memory(self, budget_bytes: int) -> History:
        """Room for states of this line, none in it yet."""
        stored = None if self.writer is None else self.writer.frames.steps
        return History(budget_bytes, stored, lambda steps: self.reports.before_s(steps))

    def record_with(self, writer: RunWriter) -> None:
        """Record from the head on; the key frames of `writer` are those of this line."""
        self.writer = writer
        self.history.stored = writer.frames.steps

    @property
    def head(self) -> int:
        """The newest state's step."""
        return self.first_step + self.reports.n

    @property
    def edits(self) -> tuple[tuple[int, float], ...]:
        """(step of the edited state, learning rate), ascending."""
        own = tuple(sorted(self._edits.items()))
        before = () if self.parent is None else self.parent.edits
        return (*(edit for edit in before if edit[0] < self.start), *own)

    @property
    def key_steps(self) -> tuple[int, ...]:
        """Steps whose state is in memory, ascending."""
        before = () if self.parent is None else self.parent.key_steps
        return (*(step for step in before if step < self.start), *self.history.key_steps)

    def grow_from(self, parent: Timeline) -> None:
        """Put the line of `parent` before the first state: its reports, and its way back."""
        self.parent = parent
        self.first_step = parent.first_step
        joint = Reports(parent.first_step, len(self.tensors))
        joint.extend(parent.reports.rows(self.start - parent.first_step))
        joint.extend(self.reports.rows(self.reports.n))
        self.reports = joint

    def owner(self, step: int) -> Timeline:
        """The timeline whose own state stands at `step` of this line."""
        return self if self.parent is None or step >= self.start else self.parent.owner(step)

    def train(self, batches: Batches | None = None, done: Advance | None = None) -> Advance:
        """Take the head one step on and record it. Raises what advance and the recording raise.

        `batches` gives data.batch(step) by other means; `done` is the step where it has been made
        already. The record is written before anything moves, so a failure leaves the head where it
        was.
        """
        self._keep_on_disk()
        if done is None:
            done = self._advanced(batches)
        record = packed(done.report)
        if self.writer is not None:
            self.writer.report(record, done.report.seconds)
        self.reports.enter(record)
        self.live = done.state
        self.history.cursor = self.head
        self.history.add(done.state)
        return done

    def _advanced(self, batches: Batches | None) -> Advance:
        """The step from the head."""
        step = self.live.step
        batch, batch_s = timed_batch(self.data, step) if batches is None else batches(step)
        return advance_on(self.config, batch, self.live, workers=self._workers, batch_s=batch_s)

    def _keep_on_disk(self) -> None:
        """Store the head where a key frame is due, or where memory leaves it to the disk. Raises
        RecordingError."""
        if self.writer is not None and self.writer.wants_key_frame(self.history.is_for_disk):
            self.writer.key_frame(self.live, waits=False)
            self.history.left()

    def set_learning_rate(self, lr: float) -> TrainState:
        """Edit the state at the head; returns the edited state."""
        if self.writer is not None:
            self.writer.note("lr", self.head, lr=lr)
        self._edits[self.head] = lr
        self.live = replace(self.live, lr=lr)
        self.history.add(self.live)
        return self.live

    def replay(self, state: TrainState, done: Advance | None = None) -> Advance:
        """Re-execute the step from `state`, behind the head, unless it is `done` already; keeps the
        state it leads to.

        Raises ReplayDivergence where a digest differs from the recorded one, unless the step was
        recorded under another environment: then the difference counts as such (see `reach`).
        """
        if self.parent is not None and state.step < self.start:
            done = self.parent.replay(state, done)
            self.n_checked += 1
            return replace(done, state=self.first) if done.state.step == self.start else done
        done = done or advance(self.config, self.data, state, workers=self._workers)
        self._compare(done)
        edited = self.edited(done.state)
        if self.history.get(edited.step) is None:
            self.history.add(edited)
        return replace(done, state=edited)

    @property
    def first(self) -> TrainState:
        """The state at `start`."""
        return self.history.nearest(self.start)

    def seek(self, step: int, progress: Progress | None = None) -> TrainState:
        """The state of `step`, exactly; first_step <= step <= head.

        Raises Cancelled where `progress` says so, and ReplayDivergence where the bits differ. A key
        frame on disk that is damaged is passed over for an earlier one.
        """
        if not self.first_step <= step <= self.head:
            raise ValueError(f"step {step} is outside {self.first_step}..{self.head}")
        owner = self.owner(step)
        if owner is not self:
            return owner.seek(step, progress)
        self.history.cursor = step
        state = self.at_hand(step)
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
        self._require_recorded(state)
        self.history.add(self.edited(state))
        self.live = self.seek(self.head)

    def start_segment(self, state: TrainState, here: Mapping[str, str]) -> None:
        """From `state`, the head, on this environment records. Raises RecordingError."""
        self.provenance.begin(state.step, here)
        if self.writer is not None:
            self.writer.segment(state, here)

    def close(self) -> None:
        """Close the recording, if there is one. Raises RecordingError."""
        if self.writer is not None:
            self.writer.close(self.live)

    def edited(self, state: TrainState) -> TrainState:
        """`state` with the learning rate that was set at its step, if one was."""
        return with_edit(state, self._edits)

    def reach(self) -> Reach:
        """How long the worst seek takes, and how what was re-executed compares."""
        stored: Sequence[int] = () if self.writer is None else self.writer.frames.steps
        kept = np.array(sorted({*self.history.key_steps, *stored}), np.int64)
        edges = np.append(kept[kept >= self.first_step], self.head)
        return Reach(
            stored_steps=tuple(stored),
            worst_seek_s=float(np.diff(self.reports.before_s(edges)).max(initial=0.0)),
            n_elsewhere=self.provenance.n_elsewhere,
            largest_loss_difference=self.provenance.largest_loss_difference,
        )

    def at_hand(self, step: int) -> TrainState:
        """The last state kept at or before `step`; from disk where that saves re-execution.

        Raises ReplayDivergence where one on disk is not the one recorded.
        """
        kept = self.history.nearest(step)
        while self.writer is not None:
            at = self.writer.frames.at_or_before(step)
            if at is None or self.seconds(kept.step, at) < LOAD_S:
                return kept
            try:
                state = self.writer.frames.load(at)
            except CheckpointError:
                self.writer.frames.forget(at)
                continue
            self._require_recorded(state)
            state = self.edited(state)
            self.history.add(state)
            return state
        return kept

    def kept_before(self, step: int) -> int:
        """The last step before `step`, which is after `start`, whose state is kept somewhere."""
        on_disk = None if self.writer is None else self.writer.frames.at_or_before(step - 1)
        return max(self.history.nearest(step - 1).step, self.start if on_disk is None else on_disk)

    def seconds(self, start: int, end: int) -> float:
        """How long re-executing start..end would take."""
        before_s, until_s = self.reports.before_s(np.array([start, end])).tolist()
        return float(until_s - before_s)

    def _require_recorded(self, state: TrainState) -> None:
        """Raise ReplayDivergence unless a stored state is the one that its report speaks of."""
        if state.step > self.start:
            tensor = self._differing(state.step - 1, digests(state).tolist())
            if tensor is not None:
                raise ReplayDivergence(
                    state.step - 1, tensor, cause="the stored state or its record was altered"
                )

    def _differing(self, step: int, found: Sequence[int]) -> str | None:
        """The first tensor whose digest is not the recorded one."""
        recorded = self.reports.column("digests")[step - self.first_step].tolist()
        pairs = zip(self.tensors, recorded, found, strict=True)
        return next((tensor for tensor, then, now in pairs if then != now), None)

    def _compare(self, done: Advance) -> None:
        step = done.report.step
        tensor = self._differing(step, done.report.digests.tolist())
        if tensor is None:
            self.n_checked += 1
        elif self.provenance.is_of_here(step):
            raise self._divergence(done, tensor)
        else:
            recorded = self.reports.at(step - self.first_step)
            self.provenance.differed(done.report.loss_nats, recorded.loss_nats)

    def _divergence(self, done: Advance, tensor: str) -> ReplayDivergence:
        """What there is to say of it: the largest error shows at the next state that is kept."""
        error = float("nan")
        kept = self._next_kept(done.state.step)
        if kept is not None:
            state = self.edited(done.state)
            while state.step < kept.step:
                after = advance(self.config, self.data, state, workers=self._workers).state
                state = self.edited(after)
            error = apart(state, kept).largest
        step = done.report.step
        return ReplayDivergence(step, tensor, error, self.provenance.likely_cause(step))

    def _next_kept(self, step: int) -> TrainState | None:
        """The first recorded state at or after `step` that is at hand, in memory or on disk."""
        kept = self.history.next_after(step)
        at = None if self.writer is None else self.writer.frames.at_or_after(step)
        if self.writer is None or at is None or (kept is not None and kept.step <= at):
            return kept
        try:
            return self.edited(self.writer.frames.load(at))
        except CheckpointError:
            return kept
