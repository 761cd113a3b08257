"""Lookout: the breakpoints and watches of one run, held against every step that goes by.

One idea: a state is looked at twice. On arrival, by what needs the state alone: its step, its
batch, parameters, moments; and when it is left, by what the update from it made: loss, gradients,
activations, texts. A hit belongs to the state it was seen at, so the screen shows what hit.
Looking happens in the engine's thread between two steps; it reads frozen values and so cannot
change what trains. What each point costs is measured.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from crnn.arrays import I64
from crnn.debug.moment import Catalog, Moment, moment_at
from crnn.debug.nonfinite import Broken
from crnn.debug.points import Condition, Hit, Kept, Point, Watch
from crnn.debug.reading import NOTHING, Reader, phrase, reader
from crnn.debug.series import Series
from crnn.debug.stops import found_again
from crnn.debug.timeline import Timeline
from crnn.debug.trace import Trace
from crnn.errors import CrnnError
from crnn.train import Advance, TrainState

KEPT_HITS = 1000
"""Hits listed of each point; their number is known beyond."""
_COST_STEPS = 50

TraceOf = Callable[[int], Trace]
"""A sample's trace at the state on screen: its shapes are checked when an expression is entered."""


class Cost:
    """Milliseconds a step, averaged over the last steps."""

    def __init__(self) -> None:
        self.ms = 0.0
        self._n = 0

    def add(self, seconds: float) -> None:
        self._n = min(self._n + 1, _COST_STEPS)
        self.ms += (1000 * seconds - self.ms) / self._n


class Armed:
    """A point on its run: its reader, its last reading, its hits."""

    def __init__(self, point: Point, reads: Reader) -> None:
        self.point, self.reads = point, reads
        self.cost = Cost()
        self.fault = ""
        self.last: tuple[int, Any] = (-1, NOTHING)
        self.hits: deque[Hit] = deque(maxlen=KEPT_HITS)
        self._keys: list[tuple[int, int, int]] = []

    @property
    def n_hits(self) -> int:
        """Where it has hit; going over a step again does not count it again."""
        return len(self._keys)

    def look(self, moment: Moment) -> Hit | None:
        """Read this moment; the hit, where it is one."""
        started = time.perf_counter()
        now = self.read(moment)
        hit = None
        if now is not NOTHING:
            before = self.before(moment.state.step)
            if self.reads.is_hit(before, now):
                hit = self.hit(moment, before, now)
            self.last = (moment.state.step, now)
        self.cost.add(time.perf_counter() - started)
        return hit

    def read(self, moment: Moment) -> Any:
        """The reading; NOTHING, and a `fault` to show, where it cannot be had."""
        try:
            now = self.reads.read(moment)
        except CrnnError as error:
            self.fault = str(error)
            return NOTHING
        self.fault = ""
        return now

    def hit(self, moment: Moment, before: Any, now: Any) -> Hit:
        """The hit of reading `now` after `before`, in words."""
        shown = self.reads.shown(moment) if self.point.condition.kind == "when" else now
        was = "" if self.point.condition.kind == "when" else phrase(before)
        return Hit(self.point.number, moment.state.step, was, phrase(shown))

    def before(self, step: int) -> Any:
        """The last reading, where it is of the step before; of a sample that is not in every batch
        any earlier one."""
        at, value = self.last
        is_next = at < step if self.reads.skips else at == step - 1
        return value if at >= 0 and is_next else NOTHING

    def note(self, hit: Hit) -> bool:
        """Add a hit to the list, where it is not there yet; whether it stops the run."""
        rank = bisect_right(self._keys, hit.key)
        if not rank or self._keys[rank - 1] != hit.key:
            self._keys.insert(rank, hit.key)
            self.hits.append(hit)
            rank += 1
        return not self.point.logs_only and rank > self.point.ignore


class Watched:
    """A watch on its run: its reader and the values so far."""

    def __init__(self, watch: Watch, reads: Reader, first_step: int) -> None:
        self.watch, self.reads = watch, reads
        self.series = Series(first_step)
        self.cost = Cost()
        self.fault = ""
        self.is_settled = False
        """Whether its past is filled, or nobody wants it filled."""
        self.wanted: I64 = np.empty(0, np.int64)
        """The steps that are being filled."""

    def look(self, moment: Moment) -> None:
        """Keep this moment's value."""
        started = time.perf_counter()
        try:
            self.series.put(moment.state.step, float(self.reads.read(moment)))
            self.fault = ""
        except CrnnError as error:
            self.fault = str(error)
        self.cost.add(time.perf_counter() - started)


class Lookout:
    """All points and watches of one run. Belongs to the debugger's thread.

    `origin`: the step that a run set out from; it does not stop there again. `stopped`: the hits
    that the run stands at.
    """

    def __init__(self, timeline: Timeline) -> None:
        self.timeline, self.data = timeline, timeline.data
        self.first_step = timeline.first_step
        self.catalog = Catalog(timeline.config, timeline.live)
        self.armed: dict[int, Armed] = {}
        self.watched: dict[int, Watched] = {}
        self.origin = -1
        self.stopped: tuple[Hit, ...] = ()
        self._next = 1

    # ---- what there is ----

    def add(self, point: Point, trace_of: TraceOf) -> Armed:
        """Arm a point; number 0 is given a new one, or that of the same line. Raises
        ExpressionError, changing nothing."""
        reads = self._reader(point.condition, trace_of)
        held = self._on_line(point.condition)
        if held is not None and not point.number:
            point = replace(point, number=held.point.number)
        made = Armed(self._numbered(point), reads)
        former = self.armed.get(made.point.number)
        if former is not None and former.point.condition == point.condition:
            former.point = made.point
            return former
        self.armed[made.point.number] = made
        return made

    def watch(self, watch: Watch, trace_of: TraceOf) -> Watched:
        """Keep a watch; as `add`. It must be a number."""
        reads = self._reader(Condition("sign", watch.text, watch.sample), trace_of)
        made = Watched(self._numbered(watch), reads, self.first_step)
        self.watched[made.watch.number] = made
        return made

    def adopt(self, kept: Kept, trace_of: TraceOf) -> None:
        """Take over what another session kept; what this run has no names for is left out."""
        for point in kept.points:
            try:
                is_line = point.condition.kind == "line"
                armed = self.add(found_again(point) if is_line else point, trace_of)
            except CrnnError:
                continue
            for hit in kept.hits:
                if hit.number == point.number:
                    armed.note(hit)
        for watch in kept.watches:
            try:
                self.watch(watch, trace_of)
            except CrnnError:
                continue

    def take_over(self, former: Lookout, until: int, trace_of: TraceOf) -> None:
        """The points and watches of another branch of this run, with what both lines share: hits
        and values of steps before `until`."""
        shared = tuple(hit for hit in former.kept().hits if hit.step < until)
        self.adopt(replace(former.kept(), hits=shared), trace_of)
        for number, watched in self.watched.items():
            values = former.watched[number].series.values(max(0, until - self.first_step))
            known = np.flatnonzero(~np.isnan(values))
            watched.series.fill(known + self.first_step, values[known])

    def remember(self, earlier: Lookout) -> None:
        """What was seen on this branch before another was moved over, of what is still asked."""
        for number, armed in self.armed.items():
            before = earlier.armed.get(number)
            if before is not None and before.point.condition == armed.point.condition:
                for hit in before.hits:
                    armed.note(hit)
        for number, watched in self.watched.items():
            old = earlier.watched.get(number)
            if old is not None and old.watch == watched.watch:
                values = old.series.values()
                known = np.flatnonzero(~np.isnan(values))
                watched.series.fill(known + self.first_step, values[known])

    def kept(self) -> Kept:
        """What outlives the session."""
        points = tuple(armed.point for armed in self.armed.values())
        watches = tuple(watched.watch for watched in self.watched.values())
        hits = tuple(hit for armed in self.armed.values() for hit in armed.hits)
        return Kept(points, watches, hits)

    @property
    def searched(self) -> list[Armed]:
        """The points that a run stops at, and that can hit at a step that has been taken."""
        return [a for a in self._active() if a.reads.is_read and not a.point.logs_only]

    @property
    def lines(self) -> tuple[Point, ...]:
        """The points on lines, also those that are off."""
        held = (armed.point for armed in self.armed.values())
        return tuple(point for point in held if point.condition.kind == "line")

    @property
    def catches_non_finite(self) -> Armed | None:
        """The point that is told where training breaks, if one is on."""
        kinds = (a for a in self._active() if a.point.condition.kind == "non_finite")
        return next(kinds, None)

    def _active(self) -> Iterator[Armed]:
        return (armed for armed in self.armed.values() if armed.point.is_on)

    def _on_line(self, condition: Condition) -> Armed | None:
        """The point that is already on that line."""
        where = ("line", condition.file, condition.line)
        held = ((a, a.point.condition) for a in self.armed.values())
        return next((a for a, c in held if (c.kind, c.file, c.line) == where), None)

    def _reader(self, condition: Condition, trace_of: TraceOf) -> Reader:
        trace = None
        if 0 <= condition.sample < len(self.data.dataset) and condition.text:
            trace = trace_of(condition.sample)
        return reader(condition, self.catalog, self.data, trace)

    def _numbered(self, what: Any) -> Any:
        numbered = what if what.number else replace(what, number=self._next)
        self._next = max(self._next, numbered.number + 1)
        return numbered

    # ---- looking ----

    def leave(self, before: TrainState, done: Advance) -> tuple[Hit, ...]:
        """Look at the update that took `before` on; the hits that stop a run."""
        if not self.armed and not self.watched:
            return ()
        moment = moment_at(self.timeline, before, done)
        stops = self._look(moment, is_left=True)
        return () if before.step == self.origin else stops

    def arrive(self, state: TrainState) -> tuple[Hit, ...]:
        """Look at a state by itself; the hits that stop a run."""
        if not self.armed and not self.watched:
            return ()
        return self._look(moment_at(self.timeline, state, None), is_left=False)

    def _look(self, moment: Moment, *, is_left: bool) -> tuple[Hit, ...]:
        stops = []
        for armed in self._active():
            if armed.reads.is_read and (armed.reads.stage != "state") == is_left:
                hit = armed.look(moment)
                if hit is not None and armed.note(hit):
                    stops.append(hit)
        for watched in self.watched.values():
            if (watched.reads.stage != "state") == is_left:
                watched.look(moment)
        return tuple(stops)

    def broke(self, armed: Armed, step: int, found: Broken) -> Hit:
        """Training broke at `step`: the hit of the point that waits for it."""
        hit = Hit(armed.point.number, step, "", str(found))
        armed.note(hit)
        return hit

    def unprimed(self, here: int) -> list[tuple[Armed, int]]:
        """Points whose last reading is not of the step before the next they look at, and that step:
        they could not tell a change. Steps whose batch lacks the sample do not count."""
        active = [a for a in self._active() if a.reads.is_read and not a.reads.skips]
        wanted = ((a, here if a.reads.stage == "state" else here - 1) for a in active)
        return [(a, step) for a, step in wanted if step >= self.first_step and a.last[0] != step]
