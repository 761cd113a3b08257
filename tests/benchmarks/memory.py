"""Memory: the peak of a step against the caches it returns, and growth over many recorded steps.

`python -m tests.benchmarks.memory [--steps N]` prints both. A step may need, at its worst moment,
at most twice what it hands back; with the ring of states full, 10,000 steps may not grow the
process by more than 5 MiB.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tracemalloc
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from crnn.commands.bench_subjects import CLASSES, SIZES, Subject
from crnn.config import Config
from crnn.data.dataset import Batch
from crnn.debug.timeline import Timeline
from crnn.train import ShardPass, advance_on, initial_state
from tests import tiny

MIB = 2**20
RING_BYTES = MIB
_STATM = Path("/proc/self/statm")
_PAGE_BYTES = 4096


def cache_bytes(passes: tuple[ShardPass, ...], given: tuple[np.ndarray[Any, Any], ...]) -> int:
    """Bytes of all memory that these passes hold, each owner once, less what was `given`."""
    owners = {id(owner): owner for owner in map(_owner, _arrays(passes))}
    for array in given:
        owners.pop(id(_owner(array)), None)
    return sum(owner.nbytes for owner in owners.values())


def step_peak(config: Config, batch: Batch) -> tuple[int, int]:
    """(bytes at the worst moment of a step above those before it, bytes of its caches)."""
    state = initial_state(config)
    state = advance_on(config, batch, state).state  # what is made once and kept is made now
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        done = advance_on(config, batch, state)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    given = (batch.x_NCHW, batch.width_N, state.params.flat)
    return peak - before, cache_bytes(done.passes, given)


def growth_bytes(steps: int) -> int:
    """What the process grew by over `steps` steps of a tiny run whose ring of states is full."""
    config = tiny.config()
    data = tiny.training_set(config)
    timeline = Timeline(config, data, initial_state(config), budget_bytes=RING_BYTES)
    for _ in range(500):
        timeline.train()
    before = _resident_bytes()
    for _ in range(steps):
        timeline.train()
    return _resident_bytes() - before


def _resident_bytes() -> int:
    return int(_STATM.read_text().split()[1]) * _PAGE_BYTES


def _owner(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _arrays(value: object) -> Iterator[np.ndarray[Any, Any]]:
    """Every array that `value` holds, however deep."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, Mapping):
        yield from _arrays(tuple(value.values()))
    elif isinstance(value, tuple):
        for part in value:
            yield from _arrays(part)
    elif is_dataclass(value):
        yield from _arrays(tuple(getattr(value, field.name) for field in fields(value)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=10_000)
    options = parser.parse_args()
    for name in SIZES:
        subject = Subject.of(name, None, None, CLASSES)
        for kernels in ("plain", "fast"):
            config = replace(subject.config(), kernels=kernels)
            peak, kept = step_peak(config, subject.fixed_batch())
            sys.stdout.write(
                f"{name:5} {kernels:5}   peak {peak / MIB:6.1f} MiB   caches {kept / MIB:6.1f} MiB"
                f"   {peak / kept:.2f}x\n"
            )
    grown = growth_bytes(options.steps) / MIB
    sys.stdout.write(f"{options.steps:,} steps with the ring full: {grown:+.2f} MiB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
