"""Branch messages: the commands about branches, and what a frame says of them and of B."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crnn.debug.edits import Edit
    from crnn.debug.messages import OpHealth, Survey
    from crnn.debug.reports import Reports
    from crnn.debug.trace import Trace
    from crnn.params import FlatParams


# ---- commands ----


@dataclass(frozen=True, slots=True)
class Branch:
    """Another future from the state on screen, which begins with `edits`; it becomes the one that
    is moved over. "" lets its edits name it."""

    edits: tuple[Edit, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class SwitchBranch:
    """Move over this branch from now on: at the step on screen, or at its head before that."""

    branch: int


@dataclass(frozen=True, slots=True)
class RenameBranch:
    branch: int
    name: str


@dataclass(frozen=True, slots=True)
class DiscardBranch:
    """Throw a branch away, with its recording. Refused for the first one and for one that others
    grow from."""

    branch: int


@dataclass(frozen=True, slots=True)
class SetCompare:
    """What stands beside the state on screen as B: a branch at the same step (at its head where it
    ends before that), or at a fixed `step`; None for nothing."""

    branch: int | None
    step: int | None = None


BranchCommand = Branch | SwitchBranch | RenameBranch | DiscardBranch | SetCompare

# ---- frames ----


@dataclass(frozen=True, slots=True)
class BranchInfo:
    """One future. `branch` 0 is the run as it began, without edits and with parent -1.

    start: the step of its first state; all before it is its parent's. head: of its newest. The
    first `n_reports` of `reports` are those of the whole line, from the run's first step on.
    """

    branch: int
    name: str
    parent: int
    start: int
    head: int
    edits: tuple[Edit, ...]
    reports: Reports
    n_reports: int


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A recorded branch that cannot be opened, and why, as a sentence. Its files are left as they
    are. `name` is "" where not even that can be read."""

    branch: int
    name: str
    parent: int
    reason: str


@dataclass(frozen=True, slots=True)
class Compared:
    """B: what the frame has of A, of `branch` at `step`: the same sample's trace (None until the
    state has been recomputed), every sample's reading, the marks of the ops. `is_fixed` where that
    step was chosen, not that of the state on screen."""

    branch: int
    step: int
    is_fixed: bool
    trace: Trace | None
    survey: Survey
    health: tuple[OpHealth, ...]


@dataclass(frozen=True, slots=True)
class Branches:
    """All futures of the run in the order they were made, which one is moved over, B, and the
    recorded futures that cannot be opened.

    `params` are the parameters of the state on screen, which a branch would begin with.
    """

    active: int
    all: tuple[BranchInfo, ...]
    compared: Compared | None
    params: FlatParams
    unreadable: tuple[Unreadable, ...] = ()

    def of(self, branch: int) -> BranchInfo:
        return next(info for info in self.all if info.branch == branch)
