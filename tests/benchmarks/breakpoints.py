"""What breakpoints and hindsight cost: training with 20 scalar points on, with all of them off, and
with none, by turns step by step, and beside a hindsight process. Ratios of the sums of a round.
And the looking alone, thousands of times over, since a ratio of steps hides it in noise."""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import replace

from crnn.config import preset
from crnn.data.sources import open_source
from crnn.debug.hindsight import SHARE, Hindsight, Job, Stretch
from crnn.debug.lookout import Lookout
from crnn.debug.points import Condition, Point, Watch
from crnn.debug.runs import fitted, training_set
from crnn.debug.timeline import Timeline
from crnn.debug.trace import Trace
from crnn.heap import keep_freed_memory
from crnn.train import initial_state

SCALARS = (
    "loss > 1e9", "cer > 1e9", "grad_norm > 1e9", "p_blank > 2", "lr > 1", "loss < -1", "cer < -1",
    "nats_per_symbol > 1e9", "n_correct > 1e9", "step == 1000000000", "loss > 2 * 1e9 and cer < 9",
    "loss / nats_per_symbol > 1e9", "abs(loss) > 1e9", "not grad_norm < 1e9", "0 > lr > -1",
    "grad_norm * lr > 1e9", "p_blank + cer > 1e9", "loss - cer > 1e9", "grad_norm < 0 or lr < 0",
    "n_samples < 1",
)  # fmt: skip


FAR = 1_000_000
"""The hindsight job must not end while it is measured."""


class Bench:
    """One training run in this process, looked at by one lookout or another."""

    def __init__(self, name: str, batch: int) -> None:
        dataset = open_source({"lesson": "lesson", "seed": "words32"}.get(name, "embedded"))
        config = fitted(preset(name), dataset)
        self.config = replace(config, batch=batch) if batch else config
        self.data = training_set(self.config, dataset)
        first = initial_state(self.config)
        self.timeline = Timeline(self.config, self.data, first, budget_bytes=64 << 20)
        self.on, self.off, self.none = (
            self._lookout(True),
            self._lookout(False),
            self._lookout(None),
        )

    def _lookout(self, is_on: bool | None) -> Lookout:
        made = Lookout(self.timeline)
        for text in SCALARS if is_on is not None else ():
            made.add(Point(0, Condition("when", text), is_on=bool(is_on)), _never)
        return made

    def block(self, lookout: Lookout, n: int) -> float:
        """Milliseconds a step over n steps."""
        started = time.perf_counter()
        for _ in range(n):
            before = self.timeline.live
            done = self.timeline.train()
            lookout.leave(before, done)
            lookout.arrive(done.state)
        return 1000 * (time.perf_counter() - started) / n

    def looking(self, lookout: Lookout, n: int) -> float:
        """Microseconds of this thread that looking at one step takes: the least of ten n."""
        before = self.timeline.live
        done, took = self.timeline.train(), []
        for _ in range(10):
            started = time.thread_time()
            for _ in range(n):
                lookout.leave(before, done)
                lookout.arrive(done.state)
            took.append(1e6 * (time.thread_time() - started) / n)
        return min(took)

    def hindsight(self) -> Hindsight:
        timeline = self.timeline
        first = timeline.history.nearest(0)
        watches = (Watch(1, "norm(dlinear_w)"),)
        stretch = Stretch(self.config, self.data.dataset, first, {}, None, (), 0, FAR)
        return Hindsight(Job((stretch,), watches))


def _never(sample: int) -> Trace:
    raise AssertionError(f"a scalar names no sample, {sample} was asked for")


def main() -> None:
    """Print each ratio, with quartiles."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="lesson")
    parser.add_argument("--batch", type=int, default=0)
    parser.add_argument("--steps", type=int, default=30, help="steps a round, of each")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--hindsight", action="store_true", help="measure that instead")
    options = parser.parse_args()
    keep_freed_memory()
    bench = Bench(options.preset, options.batch)
    bench.block(bench.none, 20)
    if not options.hindsight:
        _tell_looking(bench)
    measure = _hindsight if options.hindsight else _points
    for name, ratios, ms in measure(bench, options):
        low, middle, high = statistics.quantiles([100 * (r - 1) for r in ratios], n=4)
        sys.stdout.write(
            f"{name:24} {middle:+6.2f} %   (quartiles {low:+.2f} to {high:+.2f} %)   "
            f"{statistics.median(ms):.2f} ms a step\n"
        )


def _tell_looking(bench: Bench) -> None:
    """Against the least processor time of 20 steps, so that the share is an upper bound."""
    steps = []
    for _ in range(20):
        started = time.thread_time()
        bench.timeline.train()
        steps.append(1e6 * (time.thread_time() - started))
    for name in ("none", "off", "on"):
        spent = bench.looking(getattr(bench, name), 1000)
        sys.stdout.write(
            f"looking, 20 points {name:5} {spent:8.2f} µs of {min(steps) / 1000:.2f} ms a step: "
            f"{100 * spent / min(steps):.3f} %\n"
        )


Rows = list[tuple[str, list[float], list[float]]]


def _points(bench: Bench, options: argparse.Namespace) -> Rows:
    subjects = {"none": bench.none, "off": bench.off, "on": bench.on}
    times: dict[str, list[float]] = {name: [] for name in subjects}
    names = list(subjects)
    for _ in range(options.rounds):
        spent = dict.fromkeys(names, 0.0)
        for number in range(options.steps):
            for turn in range(3):  # each comes first, second and third as often
                name = names[(number + turn) % 3]
                spent[name] += bench.block(subjects[name], 1) / options.steps
        for name in names:
            times[name].append(spent[name])
    ratio = {
        name: [a / b for a, b in zip(times[name], times["none"], strict=True)]
        for name in ("off", "on")
    }
    return [
        ("20 scalar points on", ratio["on"], times["on"]),
        ("20 points off (idle)", ratio["off"], times["off"]),
    ]


def _hindsight(bench: Bench, options: argparse.Namespace) -> Rows:
    ratios, times = [], []
    for _ in range(max(4, options.rounds // 4)):
        alone = bench.block(bench.none, 2 * options.steps)
        running = bench.hindsight()
        while not running.steps:
            running.poll()
            time.sleep(0.01)
        running.set_share(SHARE)
        beside = bench.block(bench.none, 2 * options.steps)
        running.close()
        ratios.append(beside / alone)
        times.append(beside)
    return [(f"beside hindsight {SHARE:.0%}", ratios, times)]


if __name__ == "__main__":
    main()
