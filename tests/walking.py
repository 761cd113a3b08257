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
    """`n_told` steps were finished, by word of the killed processes; `is_equal`: every digest is
    that of a run nobody killed, and every edit and command is there, none twice."""

    head: int
    n_told: int
    n_edits: int
    n_commands: int
    steps_lost: int
    is_equal: bool


def kill_at_random(directory: Path, *, kills: int, steps: int, seed: int = 0) -> Kills:
    """A process trains to `steps`, edits the learning rate every 7 steps and notes a command every
    5; it is killed at `kills` random moments of the way, each between two steps told or inside
    one, and the next one goes on."""
    drawn, told, lost = np.random.default_rng(seed), 0, 0
    for goal in [*np.sort(drawn.integers(0, steps, kills)).tolist(), steps]:
        command = [sys.executable, "-m", "tests.walking", str(directory), str(steps)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            for line in process.stdout:
                told = max(told, int(line))
                if goal < steps and told >= goal:
                    time.sleep(float(drawn.uniform(0.0, 0.02)))
                    process.kill()
                    break
            rest = process.stdout.read().split(b"\n")[:-1]
        told = max([told, *map(int, rest)])
        lost += max(0, told - open_run(directory).head)
    return _judged(directory, told, lost)


def _judged(directory: Path, told: int, lost: int) -> Kills:
    """Held against a run from the first step on that nobody killed."""
    run = open_run(directory)
    edits = dict(run.edits)
    commands = [line["step"] for line in run.journal if line["do"] == "seek"]
    state, is_equal = initial_state(CONFIG), True
    for step in range(run.head):
        state = replace(state, lr=edits.get(step, state.lr))
        done = advance(CONFIG, DATA, state)
        is_equal &= done.report.digests.tolist() == run.records["digests"][step].tolist()
        state = done.state
    is_equal &= all(edits.get(step) == _rate(step) for step in range(0, run.head, 7))
    is_equal &= len(run.edits) == len(edits) == len(range(0, run.head, 7))
    is_equal &= commands == list(range(0, run.head, 5))
    return Kills(run.head, told, len(edits), len(commands), lost, bool(is_equal))


def _rate(step: int) -> float:
    return 0.01 / (1 + step)


def _train_until_killed(directory: Path, steps: int) -> None:
    commands: set[int] = set()
    if (directory / "config.json").exists():
        run = open_run(directory)
        commands = {line["step"] for line in run.journal if line["do"] == "seek"}
        line = resume(run, DATA)
    else:
        line = begin(CONFIG, DATA, initial_state(CONFIG), name="k", directory=directory)
    assert line.writer is not None
    line.writer.frames.spacing_s = 0.05  # often enough that kills meet one on its way
    edits = dict(line.edits)
    while line.head < steps:
        if line.head % 7 == 0 and line.head not in edits:
            line.set_learning_rate(_rate(line.head))
        if line.head % 5 == 0 and line.head not in commands:
            line.writer.remark("seek", line.head)
        line.train()
        sys.stdout.write(f"{line.head}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _train_until_killed(Path(sys.argv[1]), int(sys.argv[2]))
