"""Proofs of the time machine that take a size: a random walk, and kills at random moments."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from crnn.debug.history import state_bytes
from crnn.debug.recording import open_run
from crnn.debug.runs import begin, resume
from crnn.train import advance, digests, initial_state
from tests import tiny

CONFIG = tiny.config(dropout=0.2, augment="light")
ROOT = Path(__file__).parent.parent


DATA = replace(tiny.training_set(CONFIG), augment=CONFIG.augment)


@dataclass(frozen=True)
class Walk:
    """`n_equal` of the moves stood at a state whose every digest is the straight run's."""

    n_equal: int
    n_replayed: int
    longest_s: float


def walk(directory: Path, *, steps: int, moves: int, states: int, seed: int = 0) -> Walk:
    """Train so far, then move at random: a step on, a step back, or a jump, as often each."""
    first = initial_state(CONFIG)
    line = begin(
        CONFIG, DATA, first, name="walk", directory=directory,
        budget_bytes=states * state_bytes(first),
    )  # fmt: skip
    reports = (line.train().report for _ in range(steps))
    straight = [digests(first).tolist(), *(report.digests.tolist() for report in reports)]
    drawn, here = np.random.default_rng(seed), line.live
    n_equal, longest_s = 0, 0.0
    for kind in drawn.integers(0, 3, moves).tolist():
        goal = (here.step + 1, here.step - 1, int(drawn.integers(0, steps + 1)))[kind]
        started = time.perf_counter()
        if kind == 0 and here.step < steps:
            here = line.replay(here).state
        else:
            here = line.seek(min(max(goal, 0), steps))
        longest_s = max(longest_s, time.perf_counter() - started)
        n_equal += digests(here).tolist() == straight[here.step]
    line.close()
    return Walk(n_equal, line.n_checked, longest_s)


@dataclass(frozen=True)
class Kills:
    """`n_told` steps were finished, by word of the killed processes; `is_equal`: the run's every
    digest and edit is that of a run nobody killed."""

    head: int
    n_told: int
    n_edits: int
    is_equal: bool


def kill_at_random(directory: Path, *, kills: int, seed: int = 0) -> Kills:
    """A process trains, and edits the learning rate every 7 steps; it is killed after a random time
    and the next one goes on, `kills` times."""
    drawn, told = np.random.default_rng(seed), 0
    for _ in range(kills):
        command = [sys.executable, "-m", "tests.walking", str(directory)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            started = process.stdout.readline()
            assert started, "it ended by itself"
            time.sleep(float(drawn.uniform(0.0, 0.25)))
            process.kill()
            lines = process.stdout.read().split(b"\n")[:-1]
        told = max([told, int(started), *map(int, lines)])
    run = open_run(directory)
    line = resume(run, DATA)
    head, edits = line.head, dict(line.edits)
    line.close()
    state, is_equal = initial_state(CONFIG), True
    for step in range(head):
        if step in edits:
            state = replace(state, lr=edits[step])
        done = advance(CONFIG, DATA, state)
        is_equal &= done.report.digests.tolist() == run.records["digests"][step].tolist()
        state = done.state
    is_equal &= all(edits.get(step) == _rate(step) for step in range(0, head, 7))
    return Kills(head, told, len(edits), bool(is_equal))


def _rate(step: int) -> float:
    return 0.01 / (1 + step)


def _train_until_killed(directory: Path) -> None:
    if (directory / "config.json").exists():
        line = resume(open_run(directory), DATA)
    else:
        line = begin(CONFIG, DATA, initial_state(CONFIG), name="k", directory=directory)
    while True:
        sys.stdout.write(f"{line.head}\n")
        sys.stdout.flush()
        if line.head % 7 == 0 and line.head not in dict(line.edits):
            line.set_learning_rate(_rate(line.head))
        line.train()
        if line.head % 20 == 0 and line.writer is not None:
            line.writer.key_frame(line.live)


if __name__ == "__main__":
    _train_until_killed(Path(sys.argv[1]))
