"""Proof: one recorded line re-executed from its first state, and everything it claims compared.

A record holds the digests of the state that its update led to, not the state. So where bits differ,
what can be said at once is which tensor; how far it is off shows at the next state that is stored
in full, and whether the record alone was altered shows at the next records, since re-execution then
goes on as they say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from crnn import checkpoint
from crnn.data.dataset import TrainingSet
from crnn.debug import environment
from crnn.debug.keyframes import state_path
from crnn.debug.provenance import Apart, apart
from crnn.debug.recording import Run
from crnn.debug.reports import packed
from crnn.debug.runs import require_same_data
from crnn.debug.timeline import Progress, with_edit
from crnn.errors import CheckpointError
from crnn.train import Advance, TrainState, advance, digests

if TYPE_CHECKING:  # so that one worker never loads what two need
    from crnn.workers import Workers

METRICS, JOURNAL = "metrics.bin", "journal.jsonl"
Passing = Callable[[TrainState], None]
_ALONE = "the record of this step was altered: what comes after it is as recorded"
_ODD_STATE = "the stored state was altered: it is not the one that its record speaks of"
_SPOILED = (
    "the file was altered or damaged since it was written, its tensors do not match their digest; "
    "take another copy of it"
)
_OTHER_START = (
    "the state that this line starts from, or the Config in config.json, was altered, since the "
    "very first update differs; take another copy of the run"
)
_OTHER_RATE = (
    "the learning rate was {then:g} and is {now:g}: an edit in journal.jsonl or the Config in "
    "config.json was altered; take another copy of the run"
)


@dataclass(frozen=True, slots=True)
class Difference:
    """Something recorded is not what re-execution gives: in the update of state `step`, or, with
    `is_state`, in what is stored of that state itself.

    `tensor`: the first that differs, "" where a file cannot be read. `error`: by how much, None
    where nothing with numbers in it is recorded from there on. `file`: where the odd value stands,
    "" where it cannot be told.
    """

    step: int
    tensor: str
    error: Apart | None
    cause: str
    file: str = ""
    is_state: bool = False


@dataclass(frozen=True, slots=True)
class LineProof:
    """`steps_checked` updates led to the states that their records speak of, bit for bit, and so
    many stored states are those. From another environment's first difference on, `steps_elsewhere`
    records were not comparable; their losses differed by at most `largest_loss_difference` nats."""

    steps_checked: int
    states_checked: int
    differences: tuple[Difference, ...]
    steps_elsewhere: int = 0
    largest_loss_difference: float = 0.0

    @property
    def equal(self) -> bool:
        return not self.differences

    @property
    def first_difference(self) -> Difference | None:
        return min(self.differences, key=lambda found: found.step, default=None)


def prove_line(
    run: Run,
    data: TrainingSet,
    *,
    to: int | None = None,
    progress: Progress | None = None,
    workers: Workers | None = None,
    passing: Passing | None = None,
) -> LineProof:
    """Re-execute `run` from its first state to step `to` (default: the last) and compare.

    Ends at a difference that later records go on from; `progress` that returns False ends it early.
    `passing` is given each state that came out bit for bit, the edit of its step not yet made.
    Raises RecordingError where the data is another, CheckpointError where the first state is
    damaged.
    """
    require_same_data(run, data)
    last = run.head if to is None else min(to, run.head)
    prover = _Prover(run, data, workers, last, progress, passing)
    ends = [*(segment.step for segment in run.segments[1:]), run.head]
    for segment, end in zip(run.segments, ends, strict=True):
        start, end = segment.step, min(end, last)
        if start > last or not prover.prove(start, end, segment.environment):
            break
    return LineProof(
        prover.n_steps,
        len(prover.states),
        tuple(prover.differences),
        prover.n_elsewhere,
        prover.largest_loss_difference,
    )


@dataclass(slots=True)
class _Prover:
    """What is known so far of one line."""

    run: Run
    data: TrainingSet
    workers: Workers | None
    last: int
    progress: Progress | None
    passing: Passing | None
    differences: list[Difference] = field(default_factory=list)
    states: set[int] = field(default_factory=set)
    n_steps: int = 0
    n_elsewhere: int = 0
    largest_loss_difference: float = 0.0
    edits: dict[int, float] = field(init=False)
    keys: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self.edits, self.keys = dict(self.run.edits), frozenset(self.run.key_steps)

    def prove(self, start: int, end: int, then: Mapping[str, str]) -> bool:
        """The steps of one segment, recorded under `then`; False where nothing more is to be
        proven."""
        state, is_here = self.run.state(start), dict(then) == environment.describe()
        if not self._stands(state, start):
            return True
        if start == self.run.header.first_step:
            self._pass(state)
        is_lost = False
        while state.step < end:
            if not self._goes_on(state.step):
                return False
            done = self._after(state)
            found = None if is_lost else self._odd_tensor(done)
            if is_lost:
                self._count_elsewhere(done)
            elif found is None:
                self.n_steps += 1
                self._compare_fields(done, then)
                self._visit(done.state)
            elif is_here:
                if not self._judge(done, found, start):
                    return False
            else:
                is_lost = True
                self._part(done, found, then)
            state = done.state
        return True

    # ---- one step ----

    def _after(self, state: TrainState) -> Advance:
        edited = with_edit(state, self.edits)
        return advance(self.run.header.config, self.data, edited, workers=self.workers)

    def _goes_on(self, step: int) -> bool:
        first = self.run.header.first_step
        return self.progress is None or self.progress(step - first, self.last - first)

    def _odd_tensor(self, done: Advance) -> str | None:
        """The first tensor whose digest is not the recorded one."""
        recorded = self._record(done.report.step)
        differs = np.flatnonzero(recorded["digests"] != done.report.digests)
        return self.run.header.tensors[int(differs[0])] if differs.size else None

    def _compare_fields(self, done: Advance, then: Mapping[str, str]) -> None:
        """The numbers that no digest covers, such as the loss; each is named at its first step."""
        step = done.report.step
        made = np.frombuffer(packed(done.report), self.run.header.dtype)[0]
        recorded, named = self._record(step), {found.tensor for found in self.differences}
        elsewhere = environment.differences(then, environment.describe())
        cause, file = ("; ".join(elsewhere), "") if elsewhere else (_ALONE, METRICS)
        for name in made.dtype.names or ():
            is_covered = name in ("seconds", "digests") or name in named
            if not is_covered and made[name].tobytes() != recorded[name].tobytes():
                off = Apart(step, name, abs(float(recorded[name]) - float(made[name])))
                self.differences.append(Difference(step, name, off, cause, file))

    def _record(self, step: int) -> np.void:
        record: np.void = self.run.records[step - self.run.header.first_step]
        return record

    # ---- states ----

    def _visit(self, state: TrainState) -> None:
        """A state that came out as recorded: compare what is stored of it."""
        if state.step in self.keys:
            self._stands(state, state.step)
        self._pass(state)

    def _pass(self, state: TrainState) -> None:
        if self.passing is not None:
            self.passing(state)

    def _stands(self, state: TrainState, step: int) -> bool:
        """Whether the stored state of `step` is `state`, whose record was found right."""
        file = self._file(step)
        try:
            stored = self.run.state(step)
        except CheckpointError as error:
            self.differences.append(self._spoiled(state, file, f"{error}"))
            return False
        found = self._unlike(state, stored)
        if found is None:
            self.states.add(step)
            return True
        off = apart(state, stored)
        self.differences.append(Difference(step, found, off, _ODD_STATE, file, is_state=True))
        return False

    def _spoiled(self, state: TrainState, file: str, error: str) -> Difference:
        """What is stored of `state` cannot be gone on from: by how much it is off, where its
        numbers can be read all the same."""
        path = state_path(self.run.directory, state.step)
        with suppress(CheckpointError):
            stored = checkpoint.load(path, is_spoiled=True)
            if stored.config == self.run.header.config:
                off = apart(state, stored.state())
                if off.tensor:
                    return Difference(state.step, off.tensor, off, _SPOILED, file, is_state=True)
        return Difference(state.step, "", None, error, file, is_state=True)

    def _unlike(self, state: TrainState, stored: TrainState) -> str | None:
        """The first tensor of `stored` that is not as in `state`, or as its record says."""
        theirs = digests(stored)
        wanted = digests(state)
        if state.step > self.run.header.first_step:
            wanted = self._record(state.step - 1)["digests"]
        differs = np.flatnonzero(theirs != wanted)
        if differs.size:
            return stored.tensors[int(differs[0])]
        if stored.lr not in (state.lr, with_edit(state, self.edits).lr):
            return "lr"
        return None if stored.moments_since == state.moments_since else "moments_since"

    # ---- differences ----

    def _part(self, done: Advance, tensor: str, then: Mapping[str, str]) -> None:
        """The first difference from what was recorded under another environment."""
        cause = environment.likely_cause(then, self.run.header.code)
        error = self._error_ahead(done.state)
        self.differences.append(Difference(done.report.step, tensor, error, cause))
        self._count_elsewhere(done)

    def _count_elsewhere(self, done: Advance) -> None:
        self.n_elsewhere += 1
        loss = abs(float(self._record(done.report.step)["loss_nats"]) - done.report.loss_nats)
        self.largest_loss_difference = max(self.largest_loss_difference, loss)

    def _judge(self, done: Advance, tensor: str, start: int) -> bool:
        """A step of this environment that differs: say why. True where only its record is wrong, so
        that the proof goes on from the re-executed state."""
        step, error = done.report.step, self._error_ahead(done.state)
        if self._is_record_alone(done.state, error):
            self.differences.append(Difference(step, tensor, error, _ALONE, METRICS))
            return True
        cause, file = self._cause(done, start)
        self.differences.append(Difference(step, tensor, error, cause, file))
        return False

    def _is_record_alone(self, state: TrainState, error: Apart | None) -> bool:
        """Whether the recording goes on from `state`, so that only the record before is odd."""
        if error is not None and error.step == state.step:
            return error.largest == 0
        if state.step >= self.run.head:
            return False
        return self._odd_tensor(self._after(state)) is None

    def _error_ahead(self, state: TrainState) -> Apart | None:
        """By how much the next stored state is off, re-executed from `state`."""
        for step in (step for step in self.run.key_steps if step >= state.step):
            try:
                stored = self.run.state(step)
            except CheckpointError:
                continue
            while state.step < step:
                state = self._after(state).state
            return apart(state, stored)
        return None

    def _cause(self, done: Advance, start: int) -> tuple[str, str]:
        """Why the update gives other bits under the environment it was recorded in, and the file
        that is to be looked at, "" for none."""
        report, then = done.report, float(self._record(done.report.step)["lr"])
        code = self.run.header.code
        if then != report.lr:
            return _OTHER_RATE.format(then=then, now=report.lr), JOURNAL
        if report.step == start and code in ("", environment.code()):
            return _OTHER_START, self._file(start)
        return environment.likely_cause(environment.describe(), code), ""

    def _file(self, step: int) -> str:
        directory = self.run.directory
        return state_path(directory, step).relative_to(directory).as_posix()
