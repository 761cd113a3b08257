"""Training one recorded run up to a step: batches, validation, progress and its last checkpoint."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from crnn import checkpoint
from crnn.commands import console
from crnn.commands.validation import Validation, save
from crnn.config import Config
from crnn.data.ahead import Ahead
from crnn.data.dataset import TrainingSet
from crnn.debug.timeline import Timeline
from crnn.errors import CheckpointError
from crnn.train import StepReport, TrainState, initial_state

SAY_EVERY_S = 2.0
SHOWN_FAULTS = 20
LAST = "last.safetensors"


@dataclass(frozen=True, slots=True)
class Progress:
    """`steps` is how far the run is to go. It stands in stage `stage` of `stages`, after which
    `later` steps remain."""

    steps: int
    stage: int = 1
    stages: int = 1
    later: int = 0

    def line(self, report: StepReport, samples_per_s: float, s_per_step: float) -> str:
        done = report.step + 1
        left_s = (self.steps - done) * s_per_step
        left = f"{duration(left_s)} left"
        if self.stages > 1:
            left = f"{left} of the stage, {duration(left_s + self.later * s_per_step)} of all"
        where = f"stage {self.stage} of {self.stages}   " if self.stages > 1 else ""
        return (
            f"{where}step {done:,} of {self.steps:,}   loss {report.loss_nats:.3f} nats   "
            f"CER {report.cer:.1%}   {samples_per_s:.1f} samples/s   {left}"
        )


def duration(seconds: float) -> str:
    """As a person says it: 40 s, 12 min, 2 h 05 min."""
    minutes = round(seconds / 60)
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02d} min"


@dataclass(frozen=True, slots=True)
class Work:
    """What was done here: samples trained on, and the time it took, validation with it."""

    n_samples: int
    seconds: float

    @property
    def samples_per_s(self) -> float:
        return self.n_samples / self.seconds if self.n_samples else 0.0


def train_to(
    timeline: Timeline,
    progress: Progress,
    directory: Path,
    *,
    validation: Validation | None = None,
    ahead: bool = False,
) -> Work:
    """Train to `progress.steps`, then close the recording and write `directory`/last.safetensors.

    Resumed where a reading of the validation set was due but not made, it is made first.
    """
    begin_s, began_at, n_samples, said = time.perf_counter(), timeline.head, 0, 0.0
    batches = Ahead(timeline.data, timeline.head) if ahead else None
    try:
        if validation and timeline.head > timeline.first_step:
            validation.read_if_due(timeline, progress.steps)
        while timeline.head < progress.steps:
            report = timeline.train(batches.batch if batches else None).report
            n_samples += report.n_samples
            if validation:
                validation.read_if_due(timeline, progress.steps)
            now = time.perf_counter() - begin_s
            if now - said >= SAY_EVERY_S:
                said = now
                s_per_step = now / (timeline.head - began_at)
                console.progress(progress.line(report, n_samples / now, s_per_step))
    finally:
        if batches is not None:
            batches.close()
        timeline.close()
    seconds = time.perf_counter() - begin_s
    save(timeline, directory / LAST)
    return Work(n_samples, seconds)


def say_faults(data: TrainingSet) -> None:
    """Name what is not trained on; nothing is left out in silence."""
    for fault in data.faults[:SHOWN_FAULTS]:
        console.say(f"not trained on: {fault.name}: {fault.kind}: {fault.detail}")
    if len(data.faults) > SHOWN_FAULTS:
        console.say(f"not trained on: {len(data.faults) - SHOWN_FAULTS:,} more")


def begun_with(start: Path, config: Config) -> TrainState:
    """Step 0 of a new run, with the weights of a checkpoint and an optimiser at rest.

    Raises CheckpointError where the checkpoint's network is another.
    """
    found = checkpoint.load(start)
    fresh = initial_state(config)
    same = [config.alphabet == found.config.alphabet]
    same += [mine.layout == its.layout for mine, its in (
        (fresh.params, found.params), (fresh.statistics, found.statistics),
    )]  # fmt: skip
    if not all(same):
        raise CheckpointError(
            f"{start}: its network is not the one that --recipe or --preset asks for; "
            "start with a checkpoint of the same network"
        )
    return replace(fresh, params=found.params, statistics=found.statistics)
