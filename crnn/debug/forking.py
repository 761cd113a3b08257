"""Forking: the commands that make, choose, name and discard branches, and compare them."""

from __future__ import annotations

from typing import Any

from crnn.debug import branches, watches
from crnn.debug.branch_messages import Branch, DiscardBranch, RenameBranch, SetCompare, SwitchBranch
from crnn.debug.branches import ROOT, Future
from crnn.debug.edits import brief
from crnn.debug.moves import go_to
from crnn.debug.session import Session
from crnn.debug.stage import Handler, Refused, Stage

LONGEST = 60
"""Characters of a name."""


def _branch(stage: Stage, command: Branch) -> None:
    session = stage.open_session()
    stage.require_open(session)
    parent, here = session.owner, session.here
    number = max(session.futures) + 1
    name = _free_name(session, command.name or ", ".join(map(brief, command.edits)))
    future = branches.grown(parent, here, command.edits, number, name)
    session.futures[number] = future
    session.invite(session.guests, 0)
    session.share_budget()
    former, session.active = session.active, future
    session.here = future.timeline.live
    watches.move_to(session, former)
    session.compare(SetCompare(parent.number))
    _note(session, "switch", branch=number)
    stage.park("a branch")


def _switch(stage: Stage, command: SwitchBranch) -> None:
    session = stage.open_session()
    before, session.active = session.active, _future(session, command.branch)
    head = session.timeline.head
    step = min(max(session.here.step, session.timeline.first_step), head)
    if session.compared is not None and session.compared.branch == command.branch:
        session.compare(SetCompare(before.number))
    session.here = session.timeline.live
    watches.move_to(session, before)
    _note(session, "switch", branch=command.branch)
    go_to(stage, session, step, "another branch")


def _rename(stage: Stage, command: RenameBranch) -> None:
    session = stage.open_session()
    future = _future(session, command.branch)
    _require_not_root(future, "renamed")
    branches.rename(future, _free_name(session, command.name, but=future))
    _show(stage, session)


def _discard(stage: Stage, command: DiscardBranch) -> None:
    session = stage.open_session()
    future = _future(session, command.branch)
    _require_not_root(future, "discarded")
    if any(other.parent is future for other in session.futures.values()):
        raise Refused(f"other branches grow from {future.name!r}; discard those first")
    is_active = future is session.active
    del session.futures[command.branch]
    if session.compared is not None and session.compared.branch == command.branch:
        session.compare(None)
    branches.discard(future)
    session.share_budget()
    if not is_active:
        _show(stage, session)
        return
    assert future.parent is not None
    session.active = future.parent
    step = min(session.here.step, future.timeline.start, session.timeline.head)
    session.here = session.timeline.live
    watches.move_to(session, future)
    _note(session, "switch", branch=session.active.number)
    go_to(stage, session, step, "another branch")


def _compare(stage: Stage, command: SetCompare) -> None:
    session = stage.open_session()
    if command.branch is not None:
        timeline = _future(session, command.branch).timeline
        if command.step is not None and not timeline.first_step <= command.step <= timeline.head:
            raise Refused(
                f"step {command.step:,} is not recorded there; allowed: "
                f"{timeline.first_step:,} to {timeline.head:,}"
            )
    session.compare(command)
    _show(stage, session)


def _show(stage: Stage, session: Session) -> None:
    """A frame that says it, where no other one is on its way; the cursor stays."""
    if not stage.is_moving:
        stage.park("branches")


def _future(session: Session, number: int) -> Future:
    if number not in session.futures:
        raise Refused(f"there is no branch {number}; choose one that the list shows")
    return session.futures[number]


def _require_not_root(future: Future, what: str) -> None:
    if future.number == ROOT:
        raise Refused(f"the run as it began cannot be {what}; choose a branch")


def _free_name(session: Session, wanted: str, but: Future | None = None) -> str:
    """`wanted` in one line ("=" where nothing is changed and nothing said), with a number behind it
    where another branch than `but` is called so."""
    name = " ".join(wanted.split())[:LONGEST] or "="
    taken = {future.name for future in session.futures.values() if future is not but}
    numbered = (f"{name} ({n})" if n > 1 else name for n in range(1, len(taken) + 2))
    return next(candidate for candidate in numbered if candidate not in taken)


def _note(session: Session, do: str, **details: object) -> None:
    """A line in the journal of the run itself, which says what is to be open again."""
    writer = session.root.timeline.writer
    if writer is not None and not session.is_closed:
        writer.remark(do, session.root.timeline.head, **details)


HANDLERS: dict[type[Any], Handler] = {
    Branch: _branch,
    SwitchBranch: _switch,
    RenameBranch: _rename,
    DiscardBranch: _discard,
    SetCompare: _compare,
}
