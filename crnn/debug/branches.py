"""Branches: the futures of one run, each a recording of its own that grows from another's state.

    RUN/                     the run as it began
    RUN/branches/1/          a whole run directory: its first state is the edited one
    RUN/branches/1/branch.json   its name, its parent, the step it grew from, its edits

One idea: a branch is a run that starts at an edited state, and its timeline goes on, backwards, in
its parent's. So moving, replaying and proving need nothing new.
The file branch.json is written last, so a branch that a kill left half-made is none. One that
cannot be read is told and left as it is: the run opens without it, and so do its own branches.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

from crnn.debug.branch_messages import BranchInfo, Unreadable
from crnn.debug.edits import Edit, Ground, applied, edited_data
from crnn.debug.lookout import Lookout
from crnn.debug.messages import RunInfo
from crnn.debug.origins import FOLDER, ROOT, Origin, data_of_line, origins, write_origin
from crnn.debug.recording import open_run
from crnn.debug.runs import begin, resume
from crnn.debug.survey import Milestones, SurveyBook
from crnn.debug.timeline import Timeline
from crnn.errors import CrnnError, RecordingError
from crnn.train import TrainState


@dataclass(slots=True)
class Future:
    """One branch; the run as it began is number ROOT and has no parent. Where the branch it grew
    from cannot be read, `parent` is the nearest one before that, and its line begins with itself;
    `grew_from` is the true one's number."""

    number: int
    name: str
    timeline: Timeline
    info: RunInfo
    book: SurveyBook
    milestones: Milestones
    parent: Future | None = None
    edits: tuple[Edit, ...] = ()
    grew_from: int = ROOT
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
    future = _joined(timeline, parent, name, number, edits)
    if directory is not None:
        write_origin(_origin_of(future, directory))
    return future


def regrown(root: Future, directory: Path) -> tuple[tuple[Future, ...], tuple[Unreadable, ...]]:
    """All branches recorded below `directory`, parents first, and those that cannot be read."""
    futures = {root.number: root}
    broken: list[Unreadable] = []
    data = {root.number: root.timeline.data}
    for found in origins(directory):
        if isinstance(found, Unreadable):
            broken.append(found)
            continue
        near = _nearest(futures, broken, found)
        try:
            if found.parent in data:
                data[found.number] = edited_data(data[found.parent], found.edits)
            run = open_run(found.directory)
            data[found.number] = data_of_line(data, found, run.header)
            timeline = resume(run, data[found.number])
        except CrnnError as error:
            broken.append(Unreadable(found.number, found.name, found.parent, str(error)))
            continue
        is_whole = near.number == found.parent
        future = _joined(timeline, near, found.name, found.number, found.edits, is_whole=is_whole)
        future.grew_from = found.parent
        own = [(line["step"], line["kind"]) for line in run.journal if line["do"] == "milestone"]
        future.milestones = Milestones((*future.milestones.found, *own))
        futures[found.number] = future
    return tuple(futures.values())[1:], tuple(broken)


def _nearest(futures: dict[int, Future], broken: list[Unreadable], found: Origin) -> Future:
    """What `found` grew from, or the nearest one before it that can be read."""
    number, before = found.parent, {one.branch: one.parent for one in broken}
    while number not in futures:
        number = before.get(number, ROOT)
    return futures[number]


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
        write_origin(_origin_of(future, future.directory))


def discard(future: Future) -> None:
    """Close its recording and remove it. Raises RecordingError."""
    directory = future.directory
    if future.timeline.writer is not None:
        future.timeline.writer.abandon()
    if directory is None:
        return
    gone = directory.with_name(f".discarded-{directory.name}")
    try:
        shutil.rmtree(gone, ignore_errors=True)  # of a removal that a kill cut short
        os.replace(directory, gone)  # from here on it is no branch any more
        shutil.rmtree(gone)
    except OSError as error:
        raise RecordingError(f"{directory}: cannot be removed ({error.strerror})") from error


def _root(future: Future) -> Future:
    return future if future.parent is None else _root(future.parent)


def _joined(
    timeline: Timeline,
    parent: Future,
    name: str,
    number: int,
    edits: tuple[Edit, ...],
    *,
    is_whole: bool = True,
) -> Future:
    """The branch of `timeline`, whose line goes on in its parent's as far as that is there: under
    another environment a parent may have been cut before the branch. Not `is_whole`: what it grew
    from cannot be read, and `parent` is one before that."""
    start = timeline.start
    if is_whole and parent.timeline.head >= start:
        timeline.grow_from(parent.timeline)
    info = replace(
        parent.info,
        config=timeline.config,
        data=timeline.data,
        first_step=timeline.first_step,
    )
    before = [mark for mark in parent.milestones.found if mark[0] < start]
    book = SurveyBook(timeline.data)
    marks = Milestones(before)
    return Future(number, name, timeline, info, book, marks, parent, edits, parent.number)


def _new_directory(root: Path, number: int) -> Path:
    """Its directory; what a kill left of one that never came to be is cleared away."""
    directory = root / FOLDER / f"{number}"
    if directory.exists():
        shutil.rmtree(directory, ignore_errors=True)
    return directory


def _origin_of(future: Future, directory: Path) -> Origin:
    step = future.timeline.start
    return Origin(future.number, future.name, future.grew_from, step, future.edits, directory)
