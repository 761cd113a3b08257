"""The time machine at full size: `python -m tests.benchmarks.time_machine WHAT`.

walk: 1,000 moves over 2,000 steps, every digest compared with the straight run. kills: a run that
is killed at 20 random moments. seeks: how long a seek takes by distance (--preset, --steps).
cost: a step with recording and history on against off, interleaved, and bytes a step.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from crnn.config import Config, preset
from crnn.data.sources import open_source
from crnn.debug.history import GIB, History, state_bytes
from crnn.debug.runs import begin, fitted, training_set
from crnn.debug.timeline import Timeline
from crnn.train import advance, initial_state
from tests.walking import kill_at_random, walk

DISTANCES = (1, 10, 100, 300, 600, 1000, 3000, 10_000, 30_000, 100_000)
FULL_BYTES = 100 << 20
"""A budget that is soon full: from then on memory is used again, as in a long run."""
SEEKS = 12
"""Seeks at each distance, each to a place of its own that memory has not been warmed for."""


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _walk(options: argparse.Namespace, folder: Path) -> None:
    found = walk(folder / "run", steps=2000, moves=1000, states=200)
    _say(
        f"{found.n_equal} of 1000 moves equal, {found.n_replayed:,} steps re-executed, "
        f"longest move {found.longest_s:.3f} s"
    )


def _kills(options: argparse.Namespace, folder: Path) -> None:
    found = kill_at_random(folder / "run", kills=20)
    _say(
        f"20 kills: head {found.head:,}, told {found.n_told:,}, {found.n_edits} edits, "
        f"equal to a run nobody killed: {found.is_equal}"
    )


def _opened(options: argparse.Namespace, directory: Path | None) -> Timeline:
    dataset = open_source("lesson" if options.preset == "lesson" else "embedded")
    config: Config = fitted(preset(options.preset), dataset)
    if options.batch:
        config = replace(config, batch=options.batch)
    data = training_set(config, dataset)
    return begin(config, data, initial_state(config), name="b", directory=directory)


def _seeks(options: argparse.Namespace, folder: Path) -> None:
    line = _opened(options, folder / "run")
    started = time.perf_counter()
    while line.head < options.steps:
        line.train()
    step_ms = 1000 * (time.perf_counter() - started) / options.steps
    reach = line.reach()
    _say(
        f"{options.preset}: {options.steps:,} steps, {step_ms:.1f} ms a step, "
        f"{len(line.history.key_steps):,} states in {line.history.bytes / GIB:.2f} GiB, "
        f"{len(reach.stored_steps)} on disk, worst gap {reach.worst_seek_s:.2f} s"
    )
    drawn, kept = np.random.default_rng(0), line.history
    for distance in (d for d in DISTANCES if d <= options.steps):
        took = []
        for _ in range(SEEKS):
            goal = max(0, options.steps - distance + int(drawn.integers(0, 1 + distance // 10)))
            line.history = _copied(kept)
            began = time.perf_counter()
            line.seek(goal)
            took.append(time.perf_counter() - began)
        _say(f"{distance:7,} back: median {statistics.median(took):.3f} s, max {max(took):.3f} s")
    line.close()


def _copied(history: History) -> History:
    """The same states, so that no seek profits from the one before."""
    made = History(history.budget_bytes, history.stored)
    made.cursor = history.cursor
    for step in history.key_steps:
        state = history.get(step)
        assert state is not None
        made.add(state)
    return made


def _cost(options: argparse.Namespace, folder: Path) -> None:
    """Segments of the same steps, on and off by turns, so that both see the same machine."""
    line = _opened(options, folder / "run")
    plain = line.live

    def bare() -> None:
        nonlocal plain
        plain = advance(line.config, line.data, plain).state

    def recorded() -> None:
        line.train()

    line.history.budget_bytes = FULL_BYTES
    for _ in range(FULL_BYTES // state_bytes(plain) + 1):
        recorded()
    ratios = []
    for _ in range(options.rounds):
        off, on = _timed(bare, options.segment), _timed(recorded, options.segment)
        ratios.append(on / off - 1)
    low, middle, high = np.quantile(ratios, [0.25, 0.5, 0.75])
    size = (folder / "run" / "metrics.bin").stat().st_size / line.head
    _say(
        f"{options.preset}: history and recording cost {100 * middle:.2f} % of a step "
        f"(quartiles {100 * low:.2f} to {100 * high:.2f}, {options.rounds} rounds of "
        f"{options.segment}); {size:.0f} bytes a step in metrics.bin"
    )
    line.close()


def _timed(step: Callable[[], None], count: int) -> float:
    started = time.perf_counter()
    for _ in range(count):
        step()
    return time.perf_counter() - started


def main() -> None:
    """Run one of the four."""
    parser = argparse.ArgumentParser(description=__doc__)
    jobs = {"walk": _walk, "kills": _kills, "seeks": _seeks, "cost": _cost}
    parser.add_argument("what", choices=jobs)
    parser.add_argument("--preset", default="seed")
    parser.add_argument("--batch", type=int, default=0)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--segment", type=int, default=60)
    options = parser.parse_args()
    with TemporaryDirectory(prefix="crnn-") as folder:
        jobs[options.what](options, Path(folder))


if __name__ == "__main__":
    main()
