"""Levels: what it costs to look inside a step: watching it, recording each phase, one move.

`python -m tests.benchmarks.levels [--preset word|line|seed] [--kernels plain|fast]` prints, phase
by phase, the time in training, the time of the recording, its moments and what it keeps, and the
median time to have all names of a moment. Against them stands one plain step.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import replace

from crnn.config import preset
from crnn.data.sources import open_source
from crnn.debug.lines import Recording
from crnn.debug.locals import locals_at
from crnn.debug.phases import passage
from crnn.debug.runs import fitted, training_set
from crnn.train import advance, initial_state

MIB = 2**20
MOVES = 20


def _seconds(started: float) -> float:
    return time.perf_counter() - started


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--preset", default="word")
    parser.add_argument("--kernels", default="fast", choices=("plain", "fast"))
    arguments = parser.parse_args()
    dataset = open_source("embedded")
    config = replace(fitted(preset(arguments.preset), dataset), kernels=arguments.kernels)
    data = training_set(config, dataset)
    state = advance(config, data, initial_state(config)).state
    started = time.perf_counter()
    advance(config, data, state)
    step = _seconds(started)
    started = time.perf_counter()
    made = passage(config, data, state, data.ids(state.step)[0])
    watched = _seconds(started)
    sys.stdout.write(f"step {step * 1e3:.0f} ms, watched {watched * 1e3:.0f} ms\n")
    sys.stdout.write("phase            trained  recorded  moments   kept MiB   a move ms\n")
    n_samples = len(made.of("ctc", "loss")[0].args["frames_N"])
    for phase, calls, seconds in zip(made.phases, made.calls, made.seconds, strict=True):
        started = time.perf_counter()
        recording = Recording(calls)
        recorded = _seconds(started)
        moves = []
        for index in range(0, len(recording), max(1, len(recording) // MOVES)):
            started = time.perf_counter()
            locals_at(recording, index, made.place, n_samples)
            moves.append(_seconds(started))
        name = f"{phase.name} {phase.way}"
        sys.stdout.write(
            f"{name:16} {seconds * 1e3:7.1f}  {recorded * 1e3:8.0f} {len(recording):8}"
            f" {recording.kept_bytes / MIB:10.1f} {statistics.median(moves) * 1e3:11.1f}\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
