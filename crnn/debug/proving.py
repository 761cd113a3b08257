"""Proving: a whole recorded run, all its branches with it, re-executed and compared.

Each line is proven from its own first state on; and where a parent comes by the state that a branch
grew from, its edits are made once more, so that the branch is proven to begin where it says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from crnn.data.dataset import Dataset, TrainingSet
from crnn.debug.branch_messages import Unreadable
from crnn.debug.edits import Ground, applied, edited_data
from crnn.debug.origins import FOLDER, ORIGIN, ROOT, Origin, data_of_line, origins
from crnn.debug.proof import Difference, LineProof, prove_line
from crnn.debug.provenance import apart
from crnn.debug.recording import Run, open_run
from crnn.debug.runs import training_set
from crnn.debug.timeline import Progress, with_edit
from crnn.errors import CrnnError
from crnn.train import TrainState, digests

if TYPE_CHECKING:  # so that one worker never loads what two need
    from crnn.workers import Workers

Beginning = Literal["", "equal", "different", "not checked"]
_ODD_BEGINNING = (
    "the edits in branch.json, or the first state of the branch, were altered; take another copy "
    "of the run"
)


@dataclass(frozen=True, slots=True)
class BranchProof:
    """One line of the run. `line` is None where it could not be read, and `unreadable` says why.

    `beginning`: whether its first state is the parent's with the edits made; "not checked" where
    the parent's state of that step did not come out as recorded. "" for the run as it began.
    """

    branch: int
    name: str
    parent: int
    start: int
    head: int
    beginning: Beginning
    line: LineProof | None
    unreadable: str = ""

    @property
    def equal(self) -> bool:
        return self.line is not None and self.line.equal

    @property
    def first_difference(self) -> Difference | None:
        return None if self.line is None else self.line.first_difference


@dataclass(frozen=True, slots=True)
class RunProof:
    """The run as it began and all its branches, parents first."""

    branches: tuple[BranchProof, ...]

    @property
    def equal(self) -> bool:
        return all(branch.equal for branch in self.branches)

    @property
    def lines(self) -> tuple[LineProof, ...]:
        """Of all branches that could be read."""
        return tuple(branch.line for branch in self.branches if branch.line is not None)


def prove(
    run: Run,
    dataset: Dataset,
    *,
    to: int | None = None,
    progress: Progress | None = None,
    workers: Workers | None = None,
) -> RunProof:
    """Prove `run`, recorded on `dataset`, up to step `to` of every line (default: all of it).

    A branch that cannot be read is told, not raised. Raises RecordingError, DatasetError and
    CheckpointError where the run as it began cannot be read.
    """
    book = _Book(training_set(run.header.config, dataset), origins(run.directory))
    root = prove_line(
        *(run, book.data[ROOT]),
        to=to, progress=progress, workers=workers, passing=book.passing(ROOT, run),
    )  # fmt: skip
    first, head = run.header.first_step, run.head
    proven = [BranchProof(ROOT, "", -1, first, head, "", root)]
    for found in book.found:
        if isinstance(found, Unreadable):
            proven.append(_unread(found.branch, found.name, found.parent, found.reason))
        elif to is None or found.step <= to:
            proven.append(_branch(book, found, to, progress, workers))
    return RunProof(tuple(proven))


class _Book:
    """The data of each line, and what its parent's replay has shown of its first state."""

    def __init__(self, data: TrainingSet, found: tuple[Origin | Unreadable, ...]) -> None:
        self.data = {ROOT: data}
        self.found = found
        self.odd: dict[int, Difference | None] = {}
        """By branch: its first state was compared; None where that was equal."""

    def passing(self, number: int, run: Run) -> _Passing:
        """To be told of the states of line `number`."""
        here = (one for one in self.found if isinstance(one, Origin) and one.parent == number)
        return _Passing(self, run, self.data[number], tuple(here))


@dataclass(frozen=True, slots=True)
class _Passing:
    """Called with each proven state of a line: begins, once more, what grew from it."""

    book: _Book
    run: Run
    data: TrainingSet
    children: tuple[Origin, ...]

    def __call__(self, state: TrainState) -> None:
        for child in self.children:
            if child.step == state.step:
                try:
                    self.book.odd[child.number] = self._begun(child, state)
                except CrnnError:
                    continue  # the branch's own proof says what cannot be read

    def _begun(self, child: Origin, state: TrainState) -> Difference | None:
        """What is odd about the first state of `child`, which grew from `state`."""
        recorded = open_run(child.directory)
        stored, at = recorded.state(child.step), child.step
        grounds = [
            applied(Ground(self.run.header.config, self.data, before), child.edits)
            for before in (state, with_edit(state, dict(self.run.edits)))
        ]
        made = grounds[0].state
        file = f"{FOLDER}/{child.number}/{ORIGIN}"
        unequal = [
            name
            for name, x, y in zip(made.tensors, digests(made), digests(stored), strict=True)
            if x != y
        ]
        if unequal:
            off = apart(made, stored)
            return Difference(at, unequal[0], off, _ODD_BEGINNING, file, is_state=True)
        if grounds[0].config != recorded.header.config:
            return Difference(at, "Config", None, _ODD_BEGINNING, file, is_state=True)
        if stored.lr not in [ground.state.lr for ground in grounds]:
            return Difference(at, "lr", None, _ODD_BEGINNING, file, is_state=True)
        return None


def _branch(
    book: _Book,
    found: Origin,
    to: int | None,
    progress: Progress | None,
    workers: Workers | None,
) -> BranchProof:
    try:
        if found.parent in book.data:
            book.data[found.number] = edited_data(book.data[found.parent], found.edits)
        run = open_run(found.directory)
        book.data[found.number] = data = data_of_line(book.data, found, run.header)
        line = prove_line(
            *(run, data),
            to=to, progress=progress, workers=workers, passing=book.passing(found.number, run),
        )  # fmt: skip
    except CrnnError as error:
        return _unread(found.number, found.name, found.parent, f"{error}")
    beginning: Beginning = "not checked"
    if found.number in book.odd:
        odd = book.odd[found.number]
        beginning = "equal" if odd is None else "different"
        if odd is not None:
            line = replace(line, differences=(odd, *line.differences))
    start, head = run.header.first_step, run.head
    return BranchProof(found.number, found.name, found.parent, start, head, beginning, line)


def _unread(number: int, name: str, parent: int, reason: str) -> BranchProof:
    return BranchProof(number, name, parent, -1, -1, "not checked", None, reason)
