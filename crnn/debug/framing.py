"""Framing: what goes on screen for a state, and how much of the time it may take.

One idea: while training runs, a frame shows the state whose pass was just computed, so its trace is
a slice of what trained. A watched sample that is not in the batch has to be recomputed; that, like
all making of frames, is governed to a share of the time. Where the governor says no, no frame is
made: a frame with a trace of another step would be a lie.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Sequence

from crnn.debug.health import Evidence, health
from crnn.debug.inner import Inner
from crnn.debug.inside import Inside
from crnn.debug.messages import Frame, Mode, OpHealth
from crnn.debug.observe import trace_of
from crnn.debug.observe_guest import observe_any, reading_of
from crnn.debug.session import Session
from crnn.debug.trace import Trace
from crnn.debug.watching import watching
from crnn.train import Advance, ShardPass, TrainState, look

SHARE = 0.05
RESTING: frozenset[Mode] = frozenset({"paused", "past", "stopped"})
_INFEASIBLE = "too_long"


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

    def moving(
        self, session: Session, mode: Mode, before: TrainState, done: Advance
    ) -> Frame | None:
        """The frame of state `before`, which was just taken on; None where the governor says no."""
        if not self._governor.is_open():
            return None
        started = time.perf_counter()
        info = session.info
        trace = trace_of(done.passes, info.config, info.data, before.step, session.watched)
        if trace is None:
            trace = observe_any(info.config, info.data, before, session.watched)
        evidence = Evidence(
            done.passes, done.state, before, done.report.grad_norm, _n_infeasible(session)
        )
        self._health = health(info.config, evidence)
        frame = self._frame(session, mode, before, trace, self._health)
        self._governor.spent(time.perf_counter() - started)
        return frame

    def parked(self, session: Session, mode: Mode) -> Frame:
        """The frame of the state on screen, exact: the whole batch is run again.

        Raises DatasetError where the watched picture cannot be read.
        """
        info, here = session.info, session.here
        batch = info.data.batch(here.step)
        passes = look(info.config, here.params, batch, training_step=here.step)
        session.book.learn(passes, here.step)
        trace = trace_of(passes, info.config, info.data, here.step, session.watched)
        if trace is None:
            trace = observe_any(info.config, info.data, here, session.watched)
        self._trace = trace
        self._health = health(info.config, _evidence(session, passes))
        return self.again(session, mode)

    def at_once(self, session: Session, mode: Mode) -> Frame:
        """The same, sooner: the watched sample by itself, health as last judged."""
        info, here = session.info, session.here
        self._trace = observe_any(info.config, info.data, here, session.watched)
        return self.again(session, mode)

    def again(self, session: Session, mode: Mode) -> Frame:
        """The last parked frame with today's survey, at the place one stands at within it."""
        inner = self.inside.shown(session, self._trace) if mode in RESTING else None
        return self._frame(session, mode, session.here, self._trace, self._health, inner)

    def bare(self, session: Session, mode: Mode) -> Frame:
        """A frame without a trace and without health: for a state that cannot be observed."""
        self._trace, self._health = None, ()
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
        timeline = session.timeline
        self._generation += 1
        return Frame(
            generation=self._generation,
            mode=mode,
            run=session.info,
            step=state.step,
            head=timeline.head,
            trace=trace,
            batch_ids=session.info.data.ids(state.step),
            survey=session.book.snapshot(),
            reports=timeline.reports,
            n_reports=timeline.reports.n,
            key_steps=timeline.history.key_steps,
            milestones=session.milestones.found,
            edits=timeline.edits,
            health=marks,
            lr=state.lr,
            samples_per_s=self.pace.samples_per_s,
            watch_cost=self.pace.watch_cost,
            n_checked=timeline.n_checked,
            reach=timeline.reach(),
            inner=inner,
            guest=reading_of(session.info.config, session.info.data, trace),
            watching=watching(session.lookout, session.hindsight),
        )


def _evidence(session: Session, passes: Sequence[ShardPass]) -> Evidence:
    """What is known of a parked state: the update that led to it, where that is at hand."""
    here, timeline = session.here, session.timeline
    norm = math.nan
    if here.step > timeline.first_step:
        norm = timeline.reports.at(here.step - 1 - timeline.first_step).grad_norm
    before = timeline.history.get(here.step - 1)
    return Evidence(passes, here, before, norm, _n_infeasible(session))


def _n_infeasible(session: Session) -> int:
    return sum(fault.kind == _INFEASIBLE for fault in session.info.data.faults)
