"""Framing: what goes on screen for a state, and how much of the time it may take.

One idea: while training runs, a frame shows the state whose pass was just computed, so its trace is
a slice of what trained. A watched sample that is not in the batch has to be recomputed; that, like
all making of frames, is governed to a share of the time. Where the governor says no, no frame is
made: a frame with a trace of another step would be a lie.
"""

from __future__ import annotations

import time
from collections import deque

from crnn.debug.branch_messages import Compared
from crnn.debug.comparing import compared, compared_at_hand, described, surveyed
from crnn.debug.health import Evidence, health
from crnn.debug.inner import Inner
from crnn.debug.inside import Inside
from crnn.debug.looking import count_infeasible, looked
from crnn.debug.messages import Frame, Mode, OpHealth
from crnn.debug.observe import trace_of
from crnn.debug.observe_guest import observe_any, reading_of
from crnn.debug.session import Session
from crnn.debug.trace import Trace
from crnn.debug.watching import watching
from crnn.effort import Effort
from crnn.train import Advance, TrainState

SHARE = 0.05
RESTING: frozenset[Mode] = frozenset({"paused", "past", "stopped"})


class Governor:
    """Lets work through that takes at most `share` of the time."""

    def __init__(self, share: float = SHARE) -> None:
        self._share = share
        self._due = 0.0

    def is_open(self) -> bool:
        return time.perf_counter() >= self._due

    def spent(self, seconds: float) -> None:
        """`seconds` were used just now."""
        self._due = time.perf_counter() + seconds * (1 / self._share - 1)


class Pace:
    """Samples a second, and watching's share of the time, over the last steps."""

    def __init__(self) -> None:
        self._steps: deque[tuple[float, float, int]] = deque(maxlen=64)

    def add(self, wall_s: float, step_s: float, n_samples: int) -> None:
        """A step took `step_s` of the `wall_s` that passed while it was on."""
        self._steps.append((wall_s, step_s, n_samples))

    @property
    def samples_per_s(self) -> float:
        wall = sum(wall for wall, _, _ in self._steps)
        return sum(n for _, _, n in self._steps) / wall if wall else 0.0

    @property
    def watch_cost(self) -> float:
        """Time beside the steps, in proportion to the steps."""
        stepping = sum(step for _, step, _ in self._steps)
        beside = sum(wall - step for wall, step, _ in self._steps)
        return max(0.0, beside / stepping) if stepping else 0.0


class Framer:
    """Makes the frames of a session. `inside` is where one stands within the step."""

    def __init__(self) -> None:
        self.inside = Inside()
        self.pace = Pace()
        self._governor = Governor()
        self._generation = 0
        self._trace: Trace | None = None
        self._health: tuple[OpHealth, ...] = ()
        self._compared: Compared | None = None

    def moving(
        self, session: Session, mode: Mode, before: TrainState, done: Advance
    ) -> Frame | None:
        """The frame of state `before`, which was just taken on; None where the governor says no."""
        if not self._governor.is_open():
            return None
        effort = Effort()  # on a busy machine, waiting for the processor is not this frame's doing
        info = session.active.owner(before.step).info
        trace = trace_of(done.passes, info.config, info.data, before.step, session.watched)
        if trace is None:
            trace = observe_any(info.config, info.data, before, session.watched)
        norm, n_infeasible = done.report.grad_norm, count_infeasible(info.data)
        evidence = Evidence(done.passes, done.state, before, norm, n_infeasible)
        self._health = health(info.config, evidence)
        self._compared = compared_at_hand(session, before.step)
        frame = self._frame(session, mode, before, trace, self._health)
        self._governor.spent(effort.seconds())
        return frame

    def parked(self, session: Session, mode: Mode) -> Frame:
        """The frame of the state on screen, exact: the whole batch is run again.

        Raises DatasetError where the watched picture cannot be read.
        """
        seen = looked(session.owner, session.here, session.watched)
        session.owner.book.learn(seen.passes, session.here.step)
        self._trace, self._health = seen.trace, seen.health
        self._compared = compared(session)
        return self.again(session, mode)

    def at_once(self, session: Session, mode: Mode) -> Frame:
        """The same, sooner: the watched sample by itself, health as last judged."""
        info, here = session.info, session.here
        self._trace = observe_any(info.config, info.data, here, session.watched)
        self._compared = compared_at_hand(session, here.step)
        return self.again(session, mode)

    def again(self, session: Session, mode: Mode) -> Frame:
        """The last parked frame with today's surveys, at the place one stands at within it."""
        self._compared = surveyed(session, self._compared)
        inner = self.inside.shown(session, self._trace) if mode in RESTING else None
        return self._frame(session, mode, session.here, self._trace, self._health, inner)

    def bare(self, session: Session, mode: Mode) -> Frame:
        """A frame without a trace and without health: for a state that cannot be observed."""
        self._trace, self._health, self._compared = None, (), None
        return self._frame(session, mode, session.here, None, ())

    def _frame(
        self,
        session: Session,
        mode: Mode,
        state: TrainState,
        trace: Trace | None,
        marks: tuple[OpHealth, ...],
        inner: Inner | None = None,
    ) -> Frame:
        timeline, owner = session.timeline, session.active.owner(state.step)
        self._generation += 1
        return Frame(
            generation=self._generation,
            mode=mode,
            run=owner.info,
            step=state.step,
            head=timeline.head,
            trace=trace,
            batch_ids=owner.info.data.ids(state.step),
            survey=owner.book.snapshot(),
            reports=timeline.reports,
            n_reports=timeline.reports.n,
            key_steps=timeline.key_steps,
            milestones=session.active.milestones.found,
            edits=timeline.edits,
            health=marks,
            lr=state.lr,
            samples_per_s=self.pace.samples_per_s,
            watch_cost=self.pace.watch_cost,
            n_checked=timeline.n_checked,
            reach=timeline.reach(),
            branches=described(session, self._compared, state),
            inner=inner,
            guest=reading_of(session.info.config, session.info.data, trace),
            watching=watching(session.lookout, session.hindsight),
        )
