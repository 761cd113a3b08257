"""Comparing: the state that stands beside the one on screen, and what two traces differ by.

One idea: the difference of two traces is a trace, array by array, so whatever draws one can draw
it. B - A, with the A that is on screen; both are made in the same way, so the null edit gives 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from crnn.arrays import F64, AnyArray, frozen
from crnn.debug.messages import Branches, Compared
from crnn.debug.observe import observe
from crnn.debug.session import Session
from crnn.debug.timeline import Progress
from crnn.debug.trace import BlockTrace, CtcTrace, DirectionTrace, RecurrentTrace, Trace
from crnn.train import TrainState


def described(session: Session, compared: Compared | None, state: TrainState) -> Branches:
    """What a frame of `state` says of the branches."""
    listed = (session.futures[number].described() for number in sorted(session.futures))
    return Branches(session.active.number, tuple(listed), compared, state.params)


def other_state(session: Session, progress: Progress) -> TrainState | None:
    """The state of B for the one on screen, exactly; None where nothing is compared. Raises what
    `seek` raises."""
    step = _step(session, session.here.step)
    if session.compared is None or session.compared.branch is None:
        return None
    timeline = session.futures[session.compared.branch].timeline
    held = timeline.owner(step).history.get(step)
    return timeline.seek(step, progress) if held is None else held


def compared(session: Session, *, is_exact: bool) -> Compared | None:
    """B with its trace, of the state that was brought for it; without one where that is none yet.

    With `is_exact` made as the trace on screen is, from its batch where the sample is in it.
    """
    other = session.other
    if other is not None and other.step != _step(session, session.here.step):
        other = None
    return _compared(session, session.here.step, other, is_exact)


def compared_at_hand(session: Session, step: int) -> Compared | None:
    """B beside the state of `step`, while that moves: the nearest state in memory."""
    wanted = _step(session, step)
    if session.compared is None or session.compared.branch is None:
        return None
    owner = session.futures[session.compared.branch].timeline.owner(wanted)
    return _compared(session, step, owner.history.nearest(wanted), is_exact=False)


def _compared(
    session: Session, step: int, other: TrainState | None, is_exact: bool
) -> Compared | None:
    asked = session.compared
    if asked is None or asked.branch is None:
        return None
    shown = _step(session, step) if other is None else other.step
    info = session.futures[asked.branch].owner(shown).info
    trace = None
    if other is not None:
        trace = observe(info.config, info.data, other, session.watched, exact=is_exact)
    return Compared(asked.branch, shown, asked.step is not None, trace)


def _step(session: Session, step: int) -> int:
    """The step of B beside `step`."""
    asked = session.compared
    if asked is None or asked.branch is None:
        return step
    timeline = session.futures[asked.branch].timeline
    wanted = step if asked.step is None else asked.step
    return min(max(wanted, timeline.first_step), timeline.head)


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
