"""The time machine at full size: `python -m tests.benchmarks.time_machine WHAT`.

walk: 1,000 moves over 2,000 steps, every digest compared with the straight run. kills: a run of
2,000 steps that is killed at 20 random moments. seeks: how long a seek takes by distance, in a new
run (--preset, --batch, --steps; with --out DIR it stays, and goes on where it was stopped), or in a
recorded one (--run DIR) as memory is when it was opened.
cost: a step with recording and history on against off, by turns, while memory fills, or with --full
where it has long been full; and bytes a step.
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
from crnn.debug.keyframes import DISK_BYTES
from crnn.debug.recording import open_run
from crnn.debug.runs import begin, fitted, resume, training_set
from crnn.debug.timeline import Timeline
from crnn.heap import keep_freed_memory
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
    began = time.perf_counter()
    found = kill_at_random(folder / "run", kills=20, steps=2000)
    _say(
        f"20 kills in {found.head:,} steps: {found.n_told:,} steps told, {found.steps_lost} lost; "
        f"{found.n_edits} edits, {found.n_commands} commands kept; every digest, edit and "
        f"command as in a run nobody killed: {found.is_equal}; {time.perf_counter() - began:.0f} s"
    )


def _opened(options: argparse.Namespace, directory: Path | None) -> Timeline:
    dataset = open_source({"lesson": "lesson", "seed": "words32"}.get(options.preset, "embedded"))
    config: Config = fitted(preset(options.preset), dataset)
    if options.batch:
        config = replace(config, batch=options.batch)
    if options.vary:
        config = replace(config, dropout=0.2, augment="light")
    data = training_set(config, dataset)
    line = begin(config, data, initial_state(config), name="b", directory=directory)
    assert line.writer is not None
    line.writer.frames.budget_bytes = options.disk << 20
    return line


def _reopened(directory: Path) -> Timeline:
    """A recorded run with the disk's states alone in memory's place."""
    run = open_run(directory)
    data = training_set(run.header.config, open_source(run.header.data_source))
    return resume(run, data)


def _seeks(options: argparse.Namespace, folder: Path) -> None:
    if options.run:
        line = _reopened(options.run)
    else:
        kept = options.out or folder / "run"
        line = _reopened(kept) if (kept / "config.json").exists() else _opened(options, kept)
        while line.head < options.steps:
            line.train()
    config, reach, head = line.config, line.reach(), line.head
    spacing_s = 0.0 if line.writer is None else line.writer.frames.spacing_s
    step_ms = 1000 * statistics.median(line.reports.column("seconds"))
    _say(
        f"{config.preset}, N = {config.batch}, dropout {config.dropout}, augment {config.augment}: "
        f"{head:,} steps, median {step_ms:.1f} ms as recorded, {len(line.history.key_steps):,} "
        f"states in {line.history.bytes / GIB:.2f} GiB, {len(reach.stored_steps):,} on disk, worst "
        f"gap {reach.worst_seek_s:.2f} s, key frames at most {spacing_s:.1f} s apart"
    )
    drawn, kept = np.random.default_rng(0), line.history
    for distance in (d for d in DISTANCES if d <= head):
        places = drawn.integers(0, 1 + distance // 10, options.seeks)
        goals = [max(0, head - distance + int(place)) for place in places]
        _say(f"{distance:7,} back: {_told(line, kept, goals)}")
    for name, first in (("the last 1,000", head - 1000), ("all", 0)):
        _say(f"  worst places of {name}: {_told(line, kept, _worst(line, first, options.seeks))}")
    line.writer.abandon() if line.writer is not None else None


def _worst(line: Timeline, first: int, count: int) -> list[int]:
    """The `count` steps after `first` that lie farthest behind a state that is kept."""
    kept = np.array(sorted({*line.history.key_steps, *line.reach().stored_steps}), np.int64)
    edges = np.append(kept[kept < line.head], line.head)
    lasts = edges[1:] - 1
    far_s = line.reports.before_s(lasts) - line.reports.before_s(edges[:-1])
    order = np.argsort(np.where(lasts >= first, far_s, -1.0))[::-1]
    return [int(step) for step in lasts[order[:count]]]


def _told(line: Timeline, kept: History, goals: list[int]) -> str:
    """How long going to each takes, none of them helped by the one before; and in processor time,
    which is what an idle machine would show."""
    took, used = [], []
    for goal in goals:
        line.history = _copied(line, kept)
        began = time.perf_counter(), time.process_time()
        line.seek(goal)
        took.append(time.perf_counter() - began[0])
        used.append(time.process_time() - began[1])
    line.history = kept
    return (
        f"median {statistics.median(took):.3f} s, max {max(took):.3f} s "
        f"(processor: {statistics.median(used):.3f}, {max(used):.3f})"
    )


def _copied(line: Timeline, history: History) -> History:
    """The same states, so that no seek profits from the one before."""
    made = line.memory(history.budget_bytes)
    made.cursor = history.cursor
    for step in history.key_steps[::-1]:  # the newest first: none is taken for a new head
        state = history.get(step)
        assert state is not None
        made.add(state)
    return made


def _cost(options: argparse.Namespace, folder: Path) -> None:
    """On and off by turns, step by step, so that both see the same machine; a ratio of the sums a
    round. Wall time and the processor's: the second does not know what else runs here."""
    line = _opened(options, folder / "run")
    plain = line.live

    def bare() -> None:
        nonlocal plain
        plain = advance(line.config, line.data, plain).state

    def recorded() -> None:
        line.train()

    for _ in range(10):
        bare()
    if options.full:
        line.history.budget_bytes = FULL_BYTES
        for _ in range(4 * FULL_BYTES // state_bytes(plain)):
            recorded()
    plain = line.live  # so that both take the same batches, which are not all equally long
    ratios = np.array([_ratios(bare, recorded, options.segment) for _ in range(options.rounds)])
    size = (folder / "run" / "metrics.bin").stat().st_size / line.head
    _say(
        f"{options.preset}, N = {line.config.batch}, {'full' if options.full else 'filling'} "
        f"memory: {options.rounds} rounds of {options.segment} steps, "
        f"{len(line.history.key_steps):,} states of {line.head:,} in memory, "
        f"{len(line.reach().stored_steps)} on disk; {size:.0f} bytes a step in metrics.bin"
    )
    for name, column in zip(("wall", "processor"), 100 * ratios.T, strict=True):
        low, middle, high = np.quantile(column, [0.25, 0.5, 0.75])
        error = column.std() / np.sqrt(len(column))
        _say(
            f"  {name:9} time: history and recording cost {column.mean():+.2f} +- {error:.2f} % of "
            f"a step (median {middle:+.2f}, quartiles {low:+.2f} to {high:+.2f})"
        )
    line.close()


def _ratios(off: Callable[[], None], on: Callable[[], None], count: int) -> tuple[float, float]:
    """How much longer so many `on` take than as many `off` between them, (wall, processor)."""
    spent = {off: np.zeros(2), on: np.zeros(2)}
    for number in range(count):
        for step in (off, on)[:: 1 if number % 2 else -1]:
            began = time.perf_counter(), time.process_time()
            step()
            spent[step] += time.perf_counter() - began[0], time.process_time() - began[1]
    wall, processor = (spent[on] / spent[off] - 1).tolist()
    return wall, processor


def main() -> None:
    """Run one of the four."""
    parser = argparse.ArgumentParser(description=__doc__)
    jobs = {"walk": _walk, "kills": _kills, "seeks": _seeks, "cost": _cost}
    parser.add_argument("what", choices=jobs)
    parser.add_argument("--preset", default="seed")
    parser.add_argument("--batch", type=int, default=0)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--vary", action="store_true", help="with dropout and augmentation")
    parser.add_argument("--run", type=Path, metavar="DIR", help="seeks in this recorded run")
    parser.add_argument("--out", type=Path, metavar="DIR", help="record the new run here")
    parser.add_argument("--seeks", type=int, default=SEEKS, help="at each distance")
    parser.add_argument("--disk", type=int, default=DISK_BYTES >> 20, help="MiB of key frames")
    parser.add_argument("--full", action="store_true", help="cost where memory is full")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--segment", type=int, default=60)
    options = parser.parse_args()
    keep_freed_memory()
    with TemporaryDirectory(prefix="crnn-") as folder:
        jobs[options.what](options, Path(folder))


if __name__ == "__main__":
    main()
