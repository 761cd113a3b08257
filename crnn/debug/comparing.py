"""Comparing: the state that stands beside the one on screen, and what two traces differ by.

One idea: the difference of two traces is a trace, array by array, so whatever draws one can draw
it. B - A, with the A that is on screen; both are made in the same way, so the null edit gives 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from crnn.arrays import F64, AnyArray, frozen
from crnn.debug.branch_messages import Branches, Compared
from crnn.debug.branches import Future
from crnn.debug.looking import looked
from crnn.debug.messages import OpHealth
from crnn.debug.observe_guest import observe_any
from crnn.debug.session import Session
from crnn.debug.survey import SurveyBook
from crnn.debug.timeline import Progress
from crnn.debug.trace import BlockTrace, CtcTrace, DirectionTrace, RecurrentTrace, Trace
from crnn.train import TrainState


def described(session: Session, compared: Compared | None, state: TrainState) -> Branches:
    """What a frame of `state` says of the branches."""
    listed = (session.futures[number].described() for number in sorted(session.futures))
    active, broken = session.active.number, session.unreadable
    return Branches(active, tuple(listed), compared, state.params, broken)


def other_state(session: Session, progress: Progress) -> TrainState | None:
    """The state of B for the one on screen, exactly; None where nothing is compared. Raises what
    `seek` raises."""
    future = _other(session)
    if future is None:
        return None
    step = _step(session, future, session.here.step)
    held = future.timeline.owner(step).history.get(step)
    return future.timeline.seek(step, progress) if held is None else held


def is_brought(session: Session) -> bool:
    """Whether the state of B is the one that belongs beside the state on screen."""
    future, other = _other(session), session.other
    if future is None:
        return True
    return other is not None and other.step == _step(session, future, session.here.step)


def compared(session: Session) -> Compared | None:
    """B beside the state on screen, made as that one is: the whole batch is run again. Without a
    trace where its state was not brought yet."""
    future, other = _other(session), session.other
    if future is None:
        return None
    if other is None or not is_brought(session):
        step = _step(session, future, session.here.step)
        return _compared(session, future.owner(step), step, None, ())
    owner = future.owner(other.step)
    seen = looked(owner, other, session.watched)
    _book(session, owner).learn(seen.passes, other.step)
    return _compared(session, owner, other.step, seen.trace, seen.health)


def compared_at_hand(session: Session, step: int) -> Compared | None:
    """B beside the state of `step`, while that moves: the nearest state in memory, the sample by
    itself."""
    future = _other(session)
    if future is None:
        return None
    wanted = _step(session, future, step)
    owner = future.owner(wanted)
    state = owner.timeline.history.nearest(wanted)
    trace = observe_any(owner.info.config, owner.info.data, state, session.watched)
    return _compared(session, owner, state.step, trace, ())


def survey_other(session: Session) -> bool:
    """Read some more samples at the state of B; False where nothing is left to read."""
    future, other = _other(session), session.other
    if future is None or other is None or not is_brought(session):
        return False
    owner = future.owner(other.step)
    book = _book(session, owner)
    stale = book.stale(other.step)
    if stale:
        book.measure(owner.info.config, other, stale)
    return bool(stale)


def surveyed(session: Session, before: Compared | None) -> Compared | None:
    """`before` with today's survey."""
    if before is None or session.other_book is None:
        return before
    return replace(before, survey=session.other_book.snapshot())


def _compared(
    session: Session,
    owner: Future,
    step: int,
    trace: Trace | None,
    health: tuple[OpHealth, ...],
) -> Compared:
    assert session.compared is not None
    assert session.compared.branch is not None
    is_fixed = session.compared.step is not None
    survey = _book(session, owner).snapshot()
    return Compared(session.compared.branch, step, is_fixed, trace, survey, health)


def _other(session: Session) -> Future | None:
    """The branch that B is of."""
    asked = session.compared
    return None if asked is None or asked.branch is None else session.futures[asked.branch]


def _book(session: Session, owner: Future) -> SurveyBook:
    """What is known of the samples at B: a book of its own, for B may be another step of A."""
    book = session.other_book
    if book is None or book.data is not owner.info.data:
        book = session.other_book = SurveyBook(owner.info.data)
    return book


def _step(session: Session, future: Future, step: int) -> int:
    """The step of B beside `step`."""
    asked = session.compared
    wanted = step if asked is None or asked.step is None else asked.step
    return min(max(wanted, future.timeline.first_step), future.timeline.head)


# ---- the difference ----


class Unlike(ValueError):
    """Two traces that cannot be subtracted; the message is the reason."""


def difference(a: Trace, b: Trace) -> Trace:
    """b - a: arrays subtracted, texts and paths those of b, characters marked that a did not read.

    log alpha and log beta are subtracted where both are reachable, else 0. Raises Unlike where the
    samples, the label or the shapes are not the same.
    """
    if a.sample != b.sample:
        raise Unlike("another sample")
    if a.n_frames != b.n_frames or a.image_HW.shape != b.image_HW.shape:
        raise Unlike("another width")
    return replace(
        b,
        image_HW=_minus(a.image_HW, b.image_HW),
        blocks=tuple(_block(x, y) for x, y in zip(a.blocks, b.blocks, strict=True)),
        frames_TD=_minus(a.frames_TD, b.frames_TD),
        recurrents=tuple(_layer(x, y) for x, y in zip(a.recurrents, b.recurrents, strict=True)),
        logits_TK=_minus(a.logits_TK, b.logits_TK),
        prob_TK=_minus(a.prob_TK, b.prob_TK),
        dlogits_TK=_minus(a.dlogits_TK, b.dlogits_TK),
        ctc=_ctc(a.ctc, b.ctc),
    )


def _minus(a: AnyArray, b: AnyArray) -> AnyArray:
    with np.errstate(invalid="ignore"):
        found: AnyArray = b - a
    return frozen(found)


def _block(a: BlockTrace, b: BlockTrace) -> BlockTrace:
    pairs = ((getattr(a, name), getattr(b, name)) for name in ("conv_CHW", "act_CHW", "pool_CHW"))
    return BlockTrace(b.name, *(_minus(x, y) for x, y in pairs))


def _layer(a: RecurrentTrace, b: RecurrentTrace) -> RecurrentTrace:
    ways: Iterable[tuple[DirectionTrace, DirectionTrace]]
    ways = zip(a.directions, b.directions, strict=True)
    return RecurrentTrace(
        b.name,
        tuple(
            DirectionTrace(
                y.name,
                _minus(x.hidden_TU, y.hidden_TU),
                {gate: _minus(x.gates[gate], y.gates[gate]) for gate in y.gates},
            )
            for x, y in ways
        ),
    )


def _ctc(a: CtcTrace | None, b: CtcTrace | None) -> CtcTrace | None:
    """None where one of them has none, or where the labels are not the same."""
    if a is None or b is None or not np.array_equal(a.label_L, b.label_L):
        return None
    return replace(
        b,
        log_alpha_TS=_log_minus(a.log_alpha_TS, b.log_alpha_TS),
        log_beta_TS=_log_minus(a.log_beta_TS, b.log_beta_TS),
        gamma_TS=_minus(a.gamma_TS, b.gamma_TS),
        path_share=b.path_share - a.path_share,
        loss_nats=b.loss_nats - a.loss_nats,
    )


def _log_minus(a: F64, b: F64) -> F64:
    reached = np.isfinite(a) & np.isfinite(b)
    return frozen(np.where(reached, b, 0.0) - np.where(reached, a, 0.0))
