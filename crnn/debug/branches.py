"""Branches: the futures of one run, each a recording of its own that grows from another's state.

    RUN/                     the run as it began
    RUN/branches/1/          a whole run directory: its first state is the edited one
    RUN/branches/1/branch.json   its name, its parent, the step it grew from, its edits

One idea: a branch is a run that starts at an edited state, and its timeline goes on, backwards, in
its parent's. So moving, replaying and proving need nothing new: `replay RUN/branches/1 --check`.
The file branch.json is written last, so a branch that a kill left half-made is none.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from crnn import durable
from crnn.debug.branch_messages import BranchInfo
from crnn.debug.edits import Edit, Ground, applied, edited_data, from_tables, tables
from crnn.debug.lookout import Lookout
from crnn.debug.messages import RunInfo
from crnn.debug.recording import open_run
from crnn.debug.runs import begin, resume
from crnn.debug.survey import Milestones, SurveyBook
from crnn.debug.timeline import Timeline
from crnn.errors import RecordingError
from crnn.train import TrainState

FOLDER, ORIGIN = "branches", "branch.json"
ROOT = 0
"""The number of the run as it began."""


@dataclass(slots=True)
class Future:
    """One branch; the run as it began is number ROOT and has no parent."""

    number: int
    name: str
    timeline: Timeline
    info: RunInfo
    book: SurveyBook
    milestones: Milestones
    parent: Future | None = None
    edits: tuple[Edit, ...] = ()
    lookout: Lookout = field(init=False)

    def __post_init__(self) -> None:
        self.lookout = Lookout(self.timeline)

    def owner(self, step: int) -> Future:
        """The branch whose own state stands at `step` of this line."""
        before = step < self.timeline.start
        return self.parent.owner(step) if before and self.parent is not None else self

    @property
    def directory(self) -> Path | None:
        """Where it is recorded; None where it is not."""
        writer = self.timeline.writer
        return None if writer is None else writer.directory

    def described(self) -> BranchInfo:
        """What a frame says of it."""
        return BranchInfo(
            branch=self.number,
            name=self.name,
            parent=-1 if self.parent is None else self.parent.number,
            start=self.timeline.start,
            head=self.timeline.head,
            edits=self.edits,
            reports=self.timeline.reports,
            n_reports=self.timeline.reports.n,
        )


def grown(
    parent: Future, state: TrainState, edits: tuple[Edit, ...], number: int, name: str
) -> Future:
    """A branch that begins with `edits` at `state`, one of the parent's own.

    Recorded below the run where that is. Raises EditError, ConfigError and RecordingError.
    """
    ground = applied(Ground(parent.timeline.config, parent.timeline.data, state), edits)
    root = _root(parent).directory
    directory = None if root is None else _new_directory(root, number)
    timeline = begin(*ground, name=name, directory=directory)
    future = _joined(timeline, parent, edits, number, name)
    if directory is not None:
        _write_origin(future, directory)
    return future


def regrown(root: Future, directory: Path) -> tuple[Future, ...]:
    """All branches recorded below `directory`, parents first. Raises what `resume` raises."""
    found = sorted(int(path.parent.name) for path in directory.glob(f"{FOLDER}/[0-9]*/{ORIGIN}"))
    futures = {root.number: root}
    for number in found:
        path = directory / FOLDER / f"{number}"
        origin = _origin(path)
        parent = futures.get(origin["parent"])
        if parent is None:
            raise RecordingError(f"{path}: its parent is missing; take a whole copy of the run")
        edits = from_tables(origin["edits"])
        run = open_run(path)
        timeline = resume(run, edited_data(parent.timeline.data, edits))
        future = _joined(timeline, parent, edits, number, origin["name"])
        own = [(line["step"], line["kind"]) for line in run.journal if line["do"] == "milestone"]
        future.milestones = Milestones((*future.milestones.found, *own))
        futures[number] = future
    return tuple(futures.values())[1:]


def parting(a: Future, b: Future) -> int:
    """The step from which the states of two lines are not the same ones any more; the head of the
    shorter line at most."""
    line_a, line_b = _stretches(a), _stretches(b)
    same = [x == y for x, y in zip(line_a, line_b, strict=False)]
    shared = same.index(False) if False in same else len(same)
    after = [line[shared][1] for line in (line_a, line_b) if shared < len(line)]
    return min([*after, a.timeline.head, b.timeline.head])


def _stretches(future: Future) -> list[tuple[int, int]]:
    """(number, first own step) of the branches of a line, oldest first."""
    before = [] if future.parent is None else _stretches(future.parent)
    return [*before, (future.number, future.timeline.start)]


def rename(future: Future, name: str) -> None:
    """Call it `name` from now on. Raises RecordingError."""
    future.name = name
    if future.directory is not None:
        _write_origin(future, future.directory)


def discard(future: Future) -> None:
    """Close its recording and remove it. Raises RecordingError."""
    directory = future.directory
    if future.timeline.writer is not None:
        future.timeline.writer.abandon()
    if directory is None:
        return
    try:
        (directory / ORIGIN).unlink(missing_ok=True)  # from here on it is no branch any more
        shutil.rmtree(directory)
    except OSError as error:
        raise RecordingError(f"{directory}: cannot be removed ({error.strerror})") from error


def _root(future: Future) -> Future:
    return future if future.parent is None else _root(future.parent)


def _joined(
    timeline: Timeline, parent: Future, edits: tuple[Edit, ...], number: int, name: str
) -> Future:
    """The branch of `timeline`, whose line goes on in its parent's as far as that is there: under
    another environment a parent may have been cut before the branch."""
    start = timeline.start
    if parent.timeline.head >= start:
        timeline.grow_from(parent.timeline)
    info = replace(
        parent.info,
        config=timeline.config,
        data=timeline.data,
        first_step=timeline.first_step,
    )
    before = [mark for mark in parent.milestones.found if mark[0] < start]
    book = SurveyBook(timeline.data)
    return Future(number, name, timeline, info, book, Milestones(before), parent, edits)


def _new_directory(root: Path, number: int) -> Path:
    """Its directory; what a kill left of one that never came to be is cleared away."""
    directory = root / FOLDER / f"{number}"
    if directory.exists():
        shutil.rmtree(directory, ignore_errors=True)
    return directory


def _write_origin(future: Future, directory: Path) -> None:
    assert future.parent is not None
    table = {
        "name": future.name,
        "parent": future.parent.number,
        "step": future.timeline.start,
        "edits": tables(future.edits),
    }
    path = directory / ORIGIN
    try:
        durable.write(path, json.dumps(table, ensure_ascii=False).encode() + b"\n")
    except OSError as error:
        raise RecordingError(f"{path}: cannot be written ({error.strerror})") from error


def _origin(directory: Path) -> dict[str, Any]:
    path = directory / ORIGIN
    try:
        table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        kinds = {"name": str, "parent": int, "edits": list}
        if all(type(table[field]) is kind for field, kind in kinds.items()):
            return table
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecordingError(f"{path}: damaged ({error}); take another copy") from error
    raise RecordingError(f"{path}: damaged; take another copy")
