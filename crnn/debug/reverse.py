"""Reverse: the last step before now at which something happened, found without a log.

One idea: key frames cut the past into intervals. The newest is executed again, forwards, and every
reading in it is compared with the one before; only where nothing is found is the next older one
taken. So the cost grows with the distance to what is looked for, not with the length of the run;
each step is executed at most once. What the reports alone answer is read from them.
The idea: rr's reverse-continue (O'Callahan et al. 2017), here for training steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from crnn.debug.moment import REPORTED, Moment, moment_at
from crnn.debug.reading import NOTHING, Reader, phrase
from crnn.debug.timeline import Cancelled, Timeline

GoesOn = Callable[[int, int], bool]
"""(steps looked at, step reached) -> go on?"""
_LOOKED_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Seen:
    """A reading at a step, and the words to show for it."""

    step: int
    reading: Any
    words: str


@dataclass(frozen=True, slots=True)
class Found:
    """Reader `which` of those asked hit at `step`; `before` is "" where nothing came before."""

    which: int
    step: int
    before: str
    now: str


def last_hits(
    timeline: Timeline,
    readers: Sequence[Reader],
    below: int,
    goes_on: GoesOn,
    floor: int = -1,
) -> tuple[Found, ...]:
    """The hits of the newest step before `below` that any of `readers` hits at; () where none does.
    Nobody wants those before `floor`.

    Raises Cancelled where `goes_on` says so, and what re-execution raises.
    """
    recorded = [(i, r) for i, r in enumerate(readers) if r.is_recorded]
    others = [(i, r) for i, r in enumerate(readers) if not r.is_recorded]
    found = [_in_reports(timeline, i, r, below, goes_on) for i, r in recorded]
    kept = [hit for hit in found if hit is not None]
    floor = max([floor, timeline.first_step - 1, *(hit.step for hit in kept)])
    if others:
        kept += _Search(timeline, others, below, goes_on).newest(floor)
    newest = max((hit.step for hit in kept), default=None)
    return tuple(hit for hit in kept if hit.step == newest)


def key_steps(timeline: Timeline) -> list[int]:
    """Steps whose state is at hand, in memory or on disk, ascending."""
    steps, part, end = set(timeline.key_steps), timeline, timeline.head
    while True:
        if part.writer is not None:
            steps |= {step for step in part.writer.frames.steps if step <= end}
        if part.parent is None:
            break
        part, end = part.parent, part.start - 1
    return sorted(step for step in steps if timeline.first_step <= step <= timeline.head)


@dataclass(slots=True)
class _Trail:
    """One reader's readings over an interval: the ends, and its newest hit as (before, now)."""

    first: Seen | None = None
    last: Seen | None = None
    hit: tuple[Seen, Seen] | None = None

    def add(self, reader: Reader, seen: Seen) -> None:
        if self.last is not None and reader.is_hit(self.last.reading, seen.reading):
            self.hit = (self.last, seen)
        self.first, self.last = self.first or seen, seen


class _Search:
    """One search backwards, interval by interval."""

    def __init__(
        self,
        timeline: Timeline,
        readers: Sequence[tuple[int, Reader]],
        below: int,
        goes_on: GoesOn,
    ) -> None:
        self._timeline, self._readers, self._below = timeline, readers, below
        self._goes_on = goes_on
        self._needs_update = any(reader.stage != "state" for _, reader in readers)
        self._n = 0
        self._oldest: dict[int, Seen] = {}
        """Each reader's oldest reading so far: what came before it is not known yet."""

    def newest(self, floor: int) -> list[Found]:
        """The newest hits, as far back as one could be newer than `floor`, or at it."""
        keys = [step for step in key_steps(self._timeline) if step < self._below]
        if not keys:  # there is no step before
            return []
        ends = [*keys[1:], self._below]
        best: list[Found] = []
        for start, end in reversed(list(zip(keys, ends, strict=True))):
            if end - start == 1 and not self._is_read(start):
                continue  # both its ends are at hand, and nobody looks at what lies between
            best += self._judged(self._executed(start, end))
            floor = max([floor, *(hit.step for hit in best)])
            open_ends = [seen.step for seen in self._oldest.values()]
            if max([start - 1, *open_ends]) < floor:
                return best
        return best + self._at_the_beginning()

    def _is_read(self, step: int) -> bool:
        """Whether any reader has a reading at `step`: some only where their sample trains."""
        ids = self._timeline.data.ids(step)
        return any(not r.skips or r.condition.sample in ids for _, r in self._readers)

    def _executed(self, start: int, end: int) -> dict[int, _Trail]:
        """The readings of steps start..end - 1 of each reader."""
        timeline = self._timeline
        trails = {i: _Trail() for i, _ in self._readers}
        state = timeline.seek(start)
        for step in range(start, end):
            if not self._goes_on(self._n, step):
                raise Cancelled
            self._n += 1
            is_taken = self._needs_update or step + 1 < end
            done = timeline.replay(state) if is_taken and step < timeline.head else None
            moment = moment_at(timeline, state, done)
            for i, reader in self._readers:
                reading = reader.read(moment)
                if reading is not NOTHING:
                    trails[i].add(reader, Seen(step, reading, _words(reader, moment, reading)))
            state = state if done is None else done.state
        return trails

    def _judged(self, trails: dict[int, _Trail]) -> list[Found]:
        """The newest hit of each reader, the reading that followed the interval included."""
        found = []
        for i, reader in self._readers:
            trail, followed = trails[i], self._oldest.get(i)
            self._oldest |= {i: trail.first} if trail.first is not None else {}
            if followed is not None:
                trail.add(reader, followed)
            if trail.hit is not None:
                before, now = trail.hit
                was = "" if reader.condition.kind == "when" else before.words
                found.append(Found(i, now.step, was, now.words))
        return found

    def _at_the_beginning(self) -> list[Found]:
        """Hits of the first readings of the run: nothing came before them."""
        return [
            Found(i, self._oldest[i].step, "", self._oldest[i].words)
            for i, reader in self._readers
            if i in self._oldest and reader.is_hit(NOTHING, self._oldest[i].reading)
        ]


def _words(reader: Reader, moment: Moment, reading: Any) -> str:
    """What to show for a reading: of a comparison that is true, its left side."""
    if reader.condition.kind == "when":
        return phrase(reader.shown(moment)) if reading else ""
    return phrase(reading)


def _in_reports(
    timeline: Timeline, which: int, reader: Reader, below: int, goes_on: GoesOn
) -> Found | None:
    """The newest hit before `below` of a reader that reports and batches alone answer."""
    first = timeline.first_step
    read = recorded_reader(timeline, reader)
    last = below - 1 if reader.stage == "state" else min(below, timeline.head) - 1
    now = read(last) if last >= first else NOTHING
    for step in range(last, first - 1, -1):
        if (last - step) % _LOOKED_AT_ONCE == 0 and not goes_on(last - step, step):
            raise Cancelled
        before = read(step - 1) if step > first else NOTHING
        if reader.is_hit(before, now):
            return Found(which, step, "", _recorded_words(timeline, reader, step))
        now = before
    return None


def recorded_reader(timeline: Timeline, reader: Reader) -> Callable[[int], Any]:
    """step -> the reading of a reader that `is_recorded`, from the columns of the reports."""
    if reader.expression is None:
        sample = reader.condition.sample
        return lambda step: sample in timeline.owner(step).data.ids(step)
    value, lookup = reader.expression.value, _lookup(timeline)
    return lambda step: value(lambda name: lookup(step, name))


def _recorded_words(timeline: Timeline, reader: Reader, step: int) -> str:
    if reader.expression is None:
        return ""
    lookup = _lookup(timeline)
    return phrase(reader.expression.shown(lambda name: lookup(step, name)))


def _lookup(timeline: Timeline) -> Callable[[int, str], Any]:
    """(step, name) -> what the report of that step says."""
    reports, first = timeline.reports, timeline.first_step
    columns = {name: reports.column(field) for name, field in REPORTED.items()}

    def lookup(step: int, name: str) -> Any:
        return step if name == "step" else columns[name][step - first]

    return lookup
