"""What a step costs beside itself: the bare `advance` loop, and what is attached to it, each in a
process of its own: `python -m tests.benchmarks.slowdown`.

bare: advance alone. control: the same once more. recorded: a timeline with history and run
directory. attached: the debugger's command loop as in a hidden window, nothing watched, without a
recording. window: the same with the recording, as the window always has it. points: that, with 20
scalar breakpoints on. What a frame of the watched sample may take is governed by wall time, which
turns would stretch; the window's bottom line shows it.

One idea: the processes take turns step by step, so each has a heap, caches and collector of its
own, as in real use, and all see the same machine and the same batches. Compared is the processor's
time, all threads' together, from the start of one step to that of the next.
"""

from __future__ import annotations

import argparse
import multiprocessing as mp
import queue
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
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

ARMS = ("bare", "control", "recorded", "attached", "window", "points")
_BLOCK = 20
"""Steps that are drawn together: a busy machine is busy for a while."""


class Turns:
    """Lets this process take as many steps as it is told, and says what they took."""

    def __init__(self, line: Connection) -> None:
        self._line = line
        self._left = 0
        self._begun = time.perf_counter(), time.process_time()

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def waited(*args: Any, **named: Any) -> Any:
            if not self._left:
                now = time.perf_counter(), time.process_time()
                self._line.send((now[0] - self._begun[0], now[1] - self._begun[1]))
                self._left = self._line.recv()
                # What other threads do meanwhile counts too: the processor's time goes on.
                self._begun = time.perf_counter(), now[1]
            self._left -= 1
            return function(*args, **named)

        return waited


def _config(name: str, batch: int) -> tuple[Config, Dataset]:
    dataset = open_source({"lesson": "lesson", "seed": "words32"}.get(name, "embedded"))
    config: Config = fitted(preset(name), dataset)
    return (replace(config, batch=batch) if batch else config), dataset


def _bare(config: Config, dataset: Dataset, turns: Turns) -> None:
    train.advance_on = turns.around(train.advance_on)
    data, state = training_set(config, dataset), initial_state(config)
    while True:
        state = advance(config, data, state).state


def _recorded(config: Config, dataset: Dataset, turns: Turns, budget: int, folder: Path) -> None:
    vars(timelines)["advance_on"] = turns.around(train.advance_on)
    data, first = training_set(config, dataset), initial_state(config)
    line = begin(config, data, first, name="b", directory=folder / "run", budget_bytes=budget)
    while True:
        line.train()


def _attached(
    name: str, config: Config, dataset: Dataset, turns: Turns, budget: int, folder: Path
) -> None:
    vars(timelines)["advance_on"] = turns.around(train.advance_on)
    inbox: queue.SimpleQueue[Command] = queue.SimpleQueue()
    outbox = Outbox()
    runs = None if name == "attached" else folder
    debugger = Debugger(inbox, outbox, runs, budget_bytes=budget)
    outbox.watching = False
    commands: list[Command] = [NewRun(config, dataset, "b"), Pause()]
    if name == "points":
        commands += [AddPoint(Condition("when", text)) for text in SCALARS]
    for command in (*commands, Run()):
        inbox.put(command)
    threading.Thread(target=debugger.run, daemon=True).start()
    threading.Event().wait()


def _arm(name: str, options: argparse.Namespace, line: Connection, folder: str) -> None:
    """The process of one of them; ends when it is killed."""
    keep_freed_memory()
    config, dataset = _config(options.preset, options.batch)
    turns, budget = Turns(line), options.budget << 20
    if name in ("bare", "control"):
        _bare(config, dataset, turns)
    elif name == "recorded":
        _recorded(config, dataset, turns, budget, Path(folder))
    else:
        _attached(name, config, dataset, turns, budget, Path(folder))


class Arm:
    """One process, which stands between its turns."""

    def __init__(self, name: str, options: argparse.Namespace, folder: str) -> None:
        context = mp.get_context("spawn")
        self._line, there = context.Pipe()
        self.name = name
        self.spent: list[tuple[float, float]] = []
        self._process = context.Process(
            target=_arm, args=(name, options, there, folder), daemon=True
        )
        self._process.start()
        there.close()
        self._line.recv()

    def begin(self, steps: int) -> None:
        self._line.send(steps)

    def finish(self) -> tuple[float, float]:
        """Wait for them: the wall and the processor's time they took, in s."""
        spent: tuple[float, float] = self._line.recv()
        return spent

    def end(self) -> None:
        self._process.kill()
        self._process.join()


def _measure(arms: list[Arm], steps: int) -> None:
    for number in range(steps):
        at = number % len(arms)
        for arm in (*arms[at:], *arms[:at]):
            arm.begin(1)
            arm.spent.append(arm.finish())


def _tell(name: str, spent: F64, bare: F64) -> None:
    """Step by step, as a share of a bare one: the middle of the differences, their mean without the
    outer eighths, and that of all, which alone holds what comes rarely; with an interval of 95 % by
    drawing steps again, in blocks."""
    drawn = np.random.default_rng(0)
    more = 100 * (spent - bare) / np.median(bare)
    parts = []
    starts = np.arange(0, len(more) - len(more) % _BLOCK, _BLOCK)
    again = [
        np.concatenate([more[at : at + _BLOCK] for at in drawn.choice(starts, len(starts))])
        for _ in range(500)
    ]
    for what, measure in (("median", _middle), ("trimmed", _trimmed), ("mean", _mean)):
        low, high = np.quantile([measure(one) for one in again], [0.025, 0.975])
        parts.append(f"{what} {measure(more):+.2f} % ({low:+.2f} to {high:+.2f})")
    _say(f"  {name:9} {'   '.join(parts)}")


def _middle(shares: F64) -> float:
    return float(np.median(shares))


def _mean(shares: F64) -> float:
    return float(np.mean(shares))


def _trimmed(shares: F64) -> float:
    cut = len(shares) // 8
    return float(np.sort(shares)[cut : len(shares) - cut].mean())


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
    parser.add_argument("--steps", type=int, default=300, help="compared after that")
    options = parser.parse_args()
    names = ["bare", *(name for name in options.arms if name != "bare")]
    with TemporaryDirectory(prefix="crnn-") as folder:
        arms = [Arm(name, options, f"{folder}/{name}") for name in names]
        try:
            for arm in arms:
                arm.begin(options.warm)
            for arm in arms:
                arm.finish()
            _measure(arms, options.steps)
        finally:
            for arm in arms:
                arm.end()
    spent = {arm.name: np.array(arm.spent)[:, 1] for arm in arms}
    _say(
        f"{options.preset}, N = {options.batch or preset(options.preset).batch}, {options.budget} "
        f"MiB of memory, {options.steps} steps after {options.warm}: bare "
        f"{1000 * np.median(spent['bare']):.2f} ms of the processor in the median"
    )
    for name in names[1:]:
        _tell(name, spent[name], spent["bare"])


if __name__ == "__main__":
    main()
