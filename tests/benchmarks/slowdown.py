"""What a step costs beside itself: the bare `advance` loop, and what is attached to it, each in a
process of its own: `python -m tests.benchmarks.slowdown`.

bare: advance alone. recorded: a timeline with history and run directory. attached: the debugger's
command loop as in a hidden window, nothing watched, without a recording. window: the same with the
recording, as the window always has it. points: that, with 20 scalar breakpoints on. watching: as
window, with frames of the watched sample wanted 30 times a second, made when the governor lets.

One idea: processes take turns of half a second, the others being stopped meanwhile, so each has a
heap, caches and collector of its own, as in real use, and all see the same machine. Every turn in
which each ran gives one ratio to bare; the interval is that of the mean of these. POSIX only.
"""

from __future__ import annotations

import argparse
import multiprocessing as mp
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from crnn import train
from crnn.arrays import F64
from crnn.config import Config, preset
from crnn.data.dataset import Dataset
from crnn.data.sources import open_source
from crnn.debug import timeline as timelines
from crnn.debug.debugger import Debugger
from crnn.debug.history import GIB
from crnn.debug.messages import Command, NewRun, Pause, Run
from crnn.debug.outbox import Outbox
from crnn.debug.point_messages import AddPoint
from crnn.debug.points import Condition
from crnn.debug.runs import begin, fitted, training_set
from crnn.heap import keep_freed_memory
from crnn.train import advance, initial_state
from tests.benchmarks.breakpoints import SCALARS

ARMS = ("bare", "recorded", "attached", "window", "points", "watching")
TURN_S = 0.5
_ROWS = 1 << 20
_FIRST = 2
"""Steps of a turn that are left out: the processor has to get used to another process."""


class Clock:
    """Notes wall time and processor time at the start of every step, in memory that is shared."""

    def __init__(self, rows: Any, count: Any) -> None:
        self._rows = np.frombuffer(rows, np.float64).reshape(-1, 2)
        self._count = count

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*args: Any, **named: Any) -> Any:
            at = self._count[0]
            self._rows[at % len(self._rows)] = time.perf_counter(), time.process_time()
            self._count[0] = at + 1
            return function(*args, **named)

        return noted


def _config(name: str, batch: int) -> tuple[Config, Dataset]:
    dataset = open_source({"lesson": "lesson", "seed": "words32"}.get(name, "embedded"))
    config: Config = fitted(preset(name), dataset)
    return (replace(config, batch=batch) if batch else config), dataset


def _bare(config: Config, dataset: Dataset, clock: Clock) -> None:
    train.advance_on = clock.around(train.advance_on)
    data, state = training_set(config, dataset), initial_state(config)
    while True:
        state = advance(config, data, state).state


def _recorded(config: Config, dataset: Dataset, clock: Clock, budget: int, folder: Path) -> None:
    vars(timelines)["advance_on"] = clock.around(train.advance_on)
    data, first = training_set(config, dataset), initial_state(config)
    line = begin(config, data, first, name="b", directory=folder / "run", budget_bytes=budget)
    while True:
        line.train()


def _attached(
    name: str, config: Config, dataset: Dataset, clock: Clock, budget: int, folder: Path
) -> None:
    vars(timelines)["advance_on"] = clock.around(train.advance_on)
    inbox: queue.SimpleQueue[Command] = queue.SimpleQueue()
    outbox = Outbox()
    runs = None if name == "attached" else folder
    debugger = Debugger(inbox, outbox, runs, budget_bytes=budget)
    outbox.watching = name == "watching"
    commands: list[Command] = [NewRun(config, dataset, "b"), Pause()]
    if name == "points":
        commands += [AddPoint(Condition("when", text)) for text in SCALARS]
    for command in (*commands, Run()):
        inbox.put(command)
    threading.Thread(target=debugger.run, daemon=True).start()
    while True:
        time.sleep(1 / 30)
        outbox.events.clear()
        if name == "watching":
            outbox.frames.clear()
            outbox.want_frame.set()


def _arm(name: str, options: argparse.Namespace, rows: Any, count: Any, folder: str) -> None:
    """The process of one of them; ends when it is killed."""
    keep_freed_memory()
    config, dataset = _config(options.preset, options.batch)
    clock, budget = Clock(rows, count), options.budget << 20
    if name == "bare":
        _bare(config, dataset, clock)
    elif name == "recorded":
        _recorded(config, dataset, clock, budget, Path(folder))
    else:
        _attached(name, config, dataset, clock, budget, Path(folder))


class Arm:
    """One process, stopped but for its turns."""

    def __init__(self, name: str, options: argparse.Namespace, folder: str) -> None:
        context = mp.get_context("spawn")
        rows, self._count = context.RawArray("d", 2 * _ROWS), context.RawArray("q", 1)
        self._rows = np.frombuffer(rows, np.float64).reshape(-1, 2)
        self.name = name
        self._process = context.Process(
            target=_arm, args=(name, options, rows, self._count, folder), daemon=True
        )
        self._process.start()

    @property
    def n(self) -> int:
        """Steps begun so far."""
        return int(self._count[0])

    def goes_on(self, is_on: bool) -> None:
        assert self._process.pid is not None
        if not self._process.is_alive():
            raise SystemExit(f"{self.name}: its process has ended")
        os.kill(self._process.pid, signal.SIGCONT if is_on else signal.SIGSTOP)

    def turn(self, seconds: float) -> tuple[int, F64]:
        """Go on for so long: whole steps, and the (wall, processor) s they took together."""
        begun = self.n
        self.goes_on(True)
        time.sleep(seconds)
        self.goes_on(False)
        at = np.arange(begun + _FIRST, self.n) % len(self._rows)
        if len(at) < 2:
            return 0, np.zeros(2)
        return len(at) - 1, self._rows[at[-1]] - self._rows[at[0]]

    def end(self) -> None:
        self._process.kill()
        self._process.join()


def _measured(arms: list[Arm], rounds: int) -> dict[str, F64]:
    """name: (rounds, 2) s a step, wall and processor; a turn that saw no step is left out."""
    found: dict[str, list[F64]] = {arm.name: [] for arm in arms}
    for number in range(rounds):
        turns = {arm.name: arm.turn(TURN_S) for arm in arms[:: 1 if number % 2 else -1]}
        if all(n for n, _ in turns.values()):
            for name, (n, seconds) in turns.items():
                found[name].append(seconds / n)
    return {name: np.array(values) for name, values in found.items()}


def _tell(name: str, spent: F64, bare: F64) -> None:
    """The mean of the ratios, those of the outer eighths left out on both sides, with an interval
    of 95 % by drawing rounds again."""
    drawn = np.random.default_rng(0)
    parts = []
    for column, what in enumerate(("wall", "processor")):
        ratio = 100 * (spent[:, column] / bare[:, column] - 1)
        again = drawn.choice(ratio, (2000, len(ratio)))
        low, high = np.quantile(_trimmed(again), [0.025, 0.975])
        middle = _trimmed(ratio[None])[0]
        whole = 100 * (spent[:, column].sum() / bare[:, column].sum() - 1)
        parts.append(f"{what} {middle:+.2f} % ({low:+.2f} to {high:+.2f}; sums {whole:+.2f})")
    _say(f"  {name:9} {'   '.join(parts)}")


def _trimmed(ratios: F64) -> F64:
    cut = ratios.shape[1] // 8
    kept = np.sort(ratios, axis=1)[:, cut : ratios.shape[1] - cut]
    mean: F64 = kept.mean(axis=1)
    return mean


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    """Let all fill their memory, then by turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="seed")
    parser.add_argument("--batch", type=int, default=0)
    parser.add_argument("--arms", nargs="+", choices=ARMS, default=list(ARMS))
    parser.add_argument("--budget", type=int, default=GIB >> 20, help="MiB of states in memory")
    parser.add_argument("--warm", type=int, default=300, help="steps each takes first")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--wait", type=Path, help="begin the turns when this file is there")
    options = parser.parse_args()
    names = ["bare", *(name for name in options.arms if name != "bare")]
    with TemporaryDirectory(prefix="crnn-") as folder:
        arms = [Arm(name, options, f"{folder}/{name}") for name in names]
        try:
            while any(arm.n < options.warm for arm in arms):
                time.sleep(0.1)
                for arm in arms:
                    arm.goes_on(arm.n < options.warm)
            while options.wait is not None and not options.wait.exists():
                time.sleep(0.1)
            found = _measured(arms, options.rounds)
        finally:
            for arm in arms:
                arm.end()
    bare = found["bare"]
    _say(
        f"{options.preset}, N = {options.batch or preset(options.preset).batch}, {options.budget} "
        f"MiB of memory: {len(bare)} rounds of turns of {TURN_S} s; bare "
        f"{1000 * np.median(bare[:, 1]):.2f} ms a step of the processor"
    )
    for name in names[1:]:
        _tell(name, found[name], bare)


if __name__ == "__main__":
    main()
