"""Timing on a machine that is not ours alone: candidates take turns, disturbed rounds are dropped.

Between runs the same step may move by a third, so only numbers of one run are compared, and they
are medians over quiet rounds, with the minimum beside them. A round is quiet if the processor time
of the whole machine (where it can be read) less our own is small, or else if our own processor time
fills the wall time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

FOREIGN = 0.15
"""CPUs that others may use during a quiet round."""
FILLED = 0.95
ENOUGH = 3
LEAST_S = 0.08
"""A candidate's turn lasts at least this long."""
_TICKS_PER_S = 100
_STAT = Path("/proc/stat")


class Candidate(NamedTuple):
    """`step` is timed; `cpu_s` is the processor time its processes beside this one have used."""

    name: str
    step: Callable[[], object]
    cpu_s: Callable[[], float] = float


class Times(NamedTuple):
    """Milliseconds a step, over the quiet rounds."""

    median_ms: float
    min_ms: float


class Rounds(NamedTuple):
    """What came of a run; where fewer than `ENOUGH` rounds were quiet, all of them count."""

    times: dict[str, Times]
    n_quiet: int
    n_tried: int


def alternate(candidates: Sequence[Candidate], rounds: int) -> Rounds:
    """Rounds in which each has a turn, until `rounds` were quiet or thrice as many ran."""
    repeats = {candidate.name: _repeats(candidate) for candidate in candidates}
    made: list[tuple[bool, dict[str, float]]] = []
    while sum(quiet for quiet, _ in made) < rounds and len(made) < 3 * rounds:
        made.append(_round(candidates, repeats))
    quiet_rounds = [times for quiet, times in made if quiet]
    counted = quiet_rounds if len(quiet_rounds) >= ENOUGH else [times for _, times in made]
    found = {}
    for name in repeats:
        of_rounds = [times[name] for times in counted]
        found[name] = Times(median(of_rounds), min(of_rounds))
    return Rounds(found, len(quiet_rounds), len(made))


def best_ms(step: Callable[[], object], repeats: int = 7) -> float:
    """The shortest of a few calls, after one that warms up."""
    step()
    return min(_timed(step) for _ in range(repeats)) * 1e3


def _repeats(candidate: Candidate) -> int:
    for _ in range(2):
        candidate.step()
    return max(1, round(LEAST_S / _timed(candidate.step)))


def _round(
    candidates: Sequence[Candidate], repeats: dict[str, int]
) -> tuple[bool, dict[str, float]]:
    """(whether it was quiet, milliseconds a step of each)"""
    started, used, busy = time.perf_counter(), _used(candidates), _busy_s()
    times = {}
    for candidate in candidates:
        candidate.step()  # the caches are the last candidate's
        n = repeats[candidate.name]
        begin = time.perf_counter()
        for _ in range(n):
            candidate.step()
        times[candidate.name] = (time.perf_counter() - begin) * 1e3 / n
    wall, own = time.perf_counter() - started, _used(candidates) - used
    if busy is None:
        return own >= FILLED * wall, times
    return (_busy_s() or 0.0) - busy - own <= FOREIGN * wall, times


def _used(candidates: Sequence[Candidate]) -> float:
    return time.process_time() + sum(candidate.cpu_s() for candidate in candidates)


def _busy_s() -> float | None:
    """Processor seconds the whole machine has used, where the system tells."""
    if not _STAT.exists():
        return None
    user, nice, system, _, _, irq, softirq, steal = _STAT.read_text().split()[1:9]
    return sum(map(int, (user, nice, system, irq, softirq, steal))) / _TICKS_PER_S


def _timed(step: Callable[[], object]) -> float:
    begin = time.perf_counter()
    step()
    return time.perf_counter() - begin
