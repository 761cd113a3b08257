"""Session: one open run - its branches, where the cursor stands, and what is known of its samples.

Sessions are built whole or not at all: a builder that raises has changed nothing, so the run that
was open before stays open.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from crnn.checkpoint import Checkpoint
from crnn.config import Config
from crnn.data.dataset import Dataset, Sample, subset
from crnn.data.guests import with_guests
from crnn.debug.branch_messages import SetCompare, Unreadable
from crnn.debug.branches import Future, regrown
from crnn.debug.feeding import Feeder
from crnn.debug.hindsight import Hindsight
from crnn.debug.keyframes import DISK_BYTES
from crnn.debug.lookout import Lookout
from crnn.debug.messages import Mode, RunInfo
from crnn.debug.origins import ROOT
from crnn.debug.recording import open_run
from crnn.debug.runs import begin, resume, training_set
from crnn.debug.survey import Milestones, SurveyBook
from crnn.debug.timeline import Timeline
from crnn.model import count_parameters
from crnn.train import Advance, TrainState, initial_state

TELLING = 4
"""Characters of the sample a run opens with, where it has one: a single letter shows little."""


@dataclass(slots=True)
class Session:
    """Belongs to the debugger's thread. `here` is the state on screen, on the line of the `active`
    one of the `futures`; `other` is the state it is compared with, where `compared` asks for one,
    and `other_book` what is known of the samples there.

    The branches that are `unreadable` keep their numbers. Among `guests`, `drawing` is in work and
    `exhibit` comes from the set `evaluated`; -1: none.
    """

    futures: dict[int, Future]
    active: Future
    here: TrainState
    budget_bytes: int
    is_closed: bool = False
    compared: SetCompare | None = None
    other: TrainState | None = None
    other_book: SurveyBook | None = None
    guests: tuple[Sample, ...] = ()
    drawing: int = -1
    exhibit: int = -1
    evaluated: Dataset | None = None
    unreadable: tuple[Unreadable, ...] = ()
    watched: int = field(init=False)
    feeder: Feeder = field(init=False, default_factory=Feeder)
    hindsight: Hindsight | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        texts, usable = self.info.data.dataset.texts, self.info.data.usable
        self.watched = next((i for i in usable if len(texts[i]) >= TELLING), usable[0])
        self.share_budget()

    @property
    def timeline(self) -> Timeline:
        """The line that is moved over."""
        return self.active.timeline

    @property
    def lookout(self) -> Lookout:
        """The points and watches that look at that line."""
        return self.active.lookout

    @property
    def owner(self) -> Future:
        """The branch that the state on screen belongs to: before its first step, a parent."""
        return self.active.owner(self.here.step)

    @property
    def info(self) -> RunInfo:
        """Config and data of the state on screen."""
        return self.owner.info

    @property
    def free_number(self) -> int:
        """One that no branch has, not even one that cannot be read."""
        return max([*self.futures, *(one.branch for one in self.unreadable)]) + 1

    @property
    def root(self) -> Future:
        return self.futures[ROOT]

    @property
    def is_at_head(self) -> bool:
        return self.here.step == self.timeline.head

    @property
    def resting_mode(self) -> Mode:
        """The mode of standing still here."""
        if not self.is_at_head:
            return "past"
        return "stopped" if self.is_closed else "paused"

    def train(self, *, is_on_its_way: bool, done: Advance | None = None) -> Advance:
        """Take the head of the active line one step on, which is `done` where it has been made
        already; raises what `Timeline.train` raises."""
        timeline = self.timeline
        if done is not None:
            return timeline.train(done=done)
        done = timeline.train(lambda step: self.feeder.batch(timeline.data, step))
        if is_on_its_way:
            self.feeder.took(timeline.head, done.report.seconds)
        return done

    def compare(self, asked: SetCompare | None) -> None:
        """Put this beside the state on screen as B; None for nothing."""
        self.compared = None if asked is None or asked.branch is None else asked
        self.other = self.other_book = None

    def invite(self, guests: tuple[Sample, ...], changed: int) -> None:
        """Have these guests, in every branch; those from number `changed` on are new or were
        changed."""
        self.guests = guests
        for future in self.futures.values():
            data = with_guests(future.timeline.data, guests)
            future.info = replace(future.info, data=data)
            future.book.invite(data, data.n_own + changed)

    def take_over(self, other: Session) -> None:
        """Have the guests of another run."""
        if other.guests:
            self.invite(other.guests, 0)
        self.drawing, self.exhibit = other.drawing, other.exhibit

    @property
    def has_hindsight(self) -> bool:
        """Whether the past of a watch is being filled, or waits to be."""
        waits = any(not watched.is_settled for watched in self.lookout.watched.values())
        return waits or self.hindsight is not None

    def note(self, do: str, step: int, **details: object) -> None:
        """A line in the journal of the active branch, while there is one to write; where the disk
        is full, it waits for room."""
        if self.timeline.writer is not None and not self.is_closed:
            self.timeline.writer.remark(do, step, **details)

    def share_budget(self) -> None:
        """All branches together keep as much, in memory and on disk, as the run did alone."""
        n = len(self.futures)
        for future in self.futures.values():
            future.timeline.history.fit(self.budget_bytes // n)
            if future.timeline.writer is not None:
                future.timeline.writer.frames.budget_bytes = DISK_BYTES // n

    def close(self) -> None:
        """Close the recording; the states in memory stay. Raises RecordingError."""
        self.feeder.close()
        if not self.is_closed:
            self.is_closed = True
            for future in self.futures.values():
                future.timeline.close()


class Builder:
    """Builds sessions. `directory` is asked for a place for each new recording, None for none."""

    def __init__(self, budget_bytes: int) -> None:
        self._budget_bytes = budget_bytes
        self._n_built = 0

    def new(self, config: Config, dataset: Dataset, name: str, directory: Path | None) -> Session:
        """A run at step 0. Raises DatasetError, ConfigError, RecordingError."""
        return self._begin(config, dataset, initial_state(config), name, directory)

    def overfit(self, session: Session, directory: Path | None) -> Session:
        """A run on nothing but the batch that takes the state on screen on."""
        data = session.owner.timeline.data
        name = f"{session.info.name} · batch of step {session.here.step:,}"
        part = subset(data.dataset, data.ids(session.here.step), name)
        return self.new(session.info.config, part, name, directory)

    def loaded(
        self, found: Checkpoint, dataset: Dataset, name: str, directory: Path | None
    ) -> Session:
        """A run that starts at a checkpoint's step."""
        return self._begin(found.config, dataset, found.state(), name, directory)

    def reopened(self, directory: Path, dataset: Dataset) -> Session:
        """A recorded run, at its last recorded step. Raises what `resume` raises."""
        run = open_run(directory)
        data = training_set(run.header.config, dataset)
        timeline = resume(run, data, budget_bytes=self._budget_bytes)
        milestones = [
            (line["step"], line["kind"])
            for line in run.journal
            if line["do"] == "milestone" and line["step"] < timeline.head
        ]
        session = self._session(timeline, run.header.name, directory, milestones)
        grown, session.unreadable = regrown(session.root, directory)
        session.futures.update((future.number, future) for future in grown)
        last = [line["branch"] for line in run.journal if line["do"] == "switch"]
        session.active = session.futures.get(last[-1], session.root) if last else session.root
        session.here = session.timeline.live
        session.share_budget()
        return session

    def _begin(
        self,
        config: Config,
        dataset: Dataset,
        first: TrainState,
        name: str,
        directory: Path | None,
    ) -> Session:
        data = training_set(config, dataset)
        timeline = begin(
            *(config, data, first),
            name=name,
            directory=directory,
            budget_bytes=self._budget_bytes,
        )
        return self._session(timeline, name, directory, [])

    def _session(
        self,
        timeline: Timeline,
        name: str,
        directory: Path | None,
        milestones: list[tuple[int, str]],
    ) -> Session:
        self._n_built += 1
        info = RunInfo(
            run_id=self._n_built,
            name=name,
            config=timeline.config,
            data=timeline.data,
            n_parameters=count_parameters(timeline.config),
            first_step=timeline.first_step,
            directory="" if directory is None else str(directory),
        )
        book = SurveyBook(timeline.data)
        root = Future(ROOT, "", timeline, info, book, Milestones(milestones))
        return Session({ROOT: root}, root, timeline.live, self._budget_bytes)
