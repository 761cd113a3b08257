"""A curriculum: the stages of a recipe one after the other, each a recorded run of its own.

    RUN/recipe.toml            the recipe as it was trained by
    RUN/stage-1, stage-2, ...  run directories, which the window and `replay` open
    RUN/best.safetensors       the best state of all stages by the CER over `val`
    RUN/last.safetensors       the last state of the newest finished stage
    RUN/mean.safetensors       the mean of the ends of some stages, where the recipe asks for it

One idea: where a curriculum stands is read off the recordings alone. A stage whose last.safetensors
is at its last step is done; one that is a run goes on; one that is not there yet begins with the
last.safetensors of an earlier one. So it may be killed at any moment, and stages may be added.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from crnn import checkpoint
from crnn.averaging import save_mean
from crnn.commands.training import LAST, Progress, Work, begun_with, say_faults, train_to
from crnn.commands.validation import Validation, logged
from crnn.config import Config, to_json
from crnn.data.dataset import Dataset
from crnn.data.sources import open_source
from crnn.debug.recording import open_run
from crnn.debug.runs import begin, resume, training_set
from crnn.debug.timeline import Timeline
from crnn.errors import ConfigError, DatasetError, EditError, RecordingError
from crnn.recipe import Plan, Recipe
from crnn.text.hangul import make_alphabet
from crnn.train import TrainState, initial_state
from crnn.workers import Workers

KEPT = "recipe.toml"
MEAN = "mean.safetensors"


@dataclass(frozen=True, slots=True)
class OpenStage:
    """A stage with its data at hand; `number` counts from 1, `begins` is 0 or the stage whose end
    it begins with."""

    number: int
    begins: int
    directory: Path
    config: Config
    dataset: Dataset
    steps: int

    @property
    def is_begun(self) -> bool:
        return (self.directory / "config.json").exists()

    @property
    def is_done(self) -> bool:
        last = self.directory / LAST
        return self.is_begun and last.exists() and checkpoint.load(last).step == self.steps


def keep(recipe: Recipe, directory: Path) -> None:
    """Store the recipe's text with the run. Raises RecordingError where the disk refuses."""
    if recipe.path != directory / KEPT:
        _copy(recipe.path, directory / KEPT)


def _copy(source: Path, target: Path) -> None:
    """A whole copy or none. Raises RecordingError."""
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, part)
        os.replace(part, target)
    except OSError as error:
        raise RecordingError(
            f"{target}: cannot be written ({error.strerror}); free some space or choose another "
            "place, then go on with --resume"
        ) from error


def train(recipe: Recipe, directory: Path, *, resumes: bool, workers: Workers) -> dict[str, Any]:
    """All stages, from where they stand; returns what the command prints.

    Raises ConfigError, DatasetError and CheckpointError for what is wrong with the recipe, before
    anything is built; RecordingError where `directory` holds something else.
    """
    _require_place(directory, resumes)
    stages = _opened(recipe, directory)
    val = None if recipe.plan.val is None else _source(recipe, "val", recipe.plan.val, "val")
    _require_as_recorded(stages)
    start = None if stages[0].is_begun else recipe.plan.start
    first = begun_with(Path(start), stages[0].config) if start else initial_state(stages[0].config)
    keep(recipe, directory)
    works = []
    for stage in stages:
        if not stage.is_done:
            works.append(_trained(stages, stage, first, recipe.plan, val, workers))
        _copy(stage.directory / LAST, directory / LAST)
    if recipe.mean:
        ends = [checkpoint.load(stages[number - 1].directory / LAST) for number in recipe.mean]
        save_mean(ends, directory / MEAN)
    return _result(directory, stages, works)


def _trained(
    stages: Sequence[OpenStage],
    stage: OpenStage,
    first: TrainState,
    plan: Plan,
    val: Dataset | None,
    workers: Workers,
) -> Work:
    """`stage` trained to its end; `first` is where the first one begins."""
    earlier = [before.directory for before in stages[: stage.number - 1]]
    if stage.begins:
        first = begun_with(stages[stage.begins - 1].directory / LAST, stage.config)
    timeline = _timeline(stage, first, workers)
    validation = None
    if val is not None:
        validation = Validation(stage.directory, val, plan.val_every, earlier=earlier)
    later = sum(after.steps for after in stages[stage.number :])
    progress = Progress(stage.steps, stage.number, len(stages), later)
    return train_to(timeline, progress, stage.directory, validation=validation, ahead=plan.ahead)


def _timeline(stage: OpenStage, first: TrainState, workers: Workers) -> Timeline:
    """The stage's run, new or as far as it was recorded."""
    data = training_set(stage.config, stage.dataset)
    if stage.is_begun:
        return resume(open_run(stage.directory), data, workers=workers)
    say_faults(data)
    name = f"{stage.directory.parent.name} {stage.directory.name}"
    return begin(
        *(stage.config, data, first), name=name, directory=stage.directory, workers=workers
    )


def _require_place(directory: Path, resumes: bool) -> None:
    """Begin only in a new or empty folder, resume only where a curriculum was begun."""
    if resumes:
        if not (directory / KEPT).exists():
            raise RecordingError(f"{directory}: no stages were begun there; leave out --resume")
    elif directory.exists() and {path.name for path in directory.iterdir()} - {f"{KEPT}.part"}:
        raise RecordingError(
            f"{directory}: not empty; choose a new directory, or go on with it by --resume"
        )


def _opened(recipe: Recipe, directory: Path) -> list[OpenStage]:
    """Every stage with its data, and one alphabet for all of them."""
    datasets = [
        _source(recipe, f"stages[{number}].data", stage.data, "train")
        for number, stage in enumerate(recipe.stages, start=1)
    ]
    alphabet = recipe.config.alphabet
    if alphabet.kind != "jamo":
        texts = tuple(chain.from_iterable(dataset.texts for dataset in datasets))
        alphabet = make_alphabet(alphabet.kind, texts)
    return [
        OpenStage(
            number=number,
            begins=stage.begins,
            directory=directory / f"stage-{number}",
            config=replace(stage.config, alphabet=alphabet),
            dataset=dataset,
            steps=stage.steps,
        )
        for number, (stage, dataset) in enumerate(
            zip(recipe.stages, datasets, strict=True), start=1
        )
    ]


def _source(recipe: Recipe, field: str, source: str, split: str) -> Dataset:
    try:
        return open_source(source, split)
    except (DatasetError, EditError) as error:
        raise ConfigError(f"{recipe.path}: {field} is {source!r}: {error}") from error


def _require_as_recorded(stages: Sequence[OpenStage]) -> None:
    """Stages that were begun stay as they were; only the newest may be made longer.

    Raises ConfigError, and RecordingError where a recording cannot be read.
    """
    begun = [stage for stage in stages if stage.is_begun]
    for stage in begun:
        run = open_run(stage.directory)
        where = f"{stage.directory}: was begun with"
        then, now = (json.loads(to_json(c)) for c in (run.header.config, stage.config))
        for field in then:
            if then[field] != now[field]:
                raise ConfigError(
                    f"{where} {field} {then[field]!r}, the recipe's stage {stage.number} says "
                    f"{now[field]!r}; allowed: only later stages may change"
                )
        if run.header.data_source != stage.dataset.source:
            raise ConfigError(
                f"{where} data {run.header.data_source}, the recipe's stage {stage.number} says "
                f"{stage.dataset.source}; allowed: only later stages may change"
            )
        is_newest = stage is begun[-1]
        if stage.steps < run.head or (stage.steps > run.head and not is_newest):
            least = f"at least {run.head:,}" if is_newest else f"{run.head:,}"
            raise ConfigError(
                f"{stage.directory}: has {run.head:,} steps, the recipe's stage {stage.number} "
                f"says {stage.steps:,}; allowed: {least}"
            )


def _result(directory: Path, stages: Sequence[OpenStage], works: Sequence[Work]) -> dict[str, Any]:
    told = [_told(stage) for stage in stages]
    read = [stage["cer"] for stage in told if stage["cer"] is not None]
    seconds = sum(work.seconds for work in works)
    return {
        "steps": sum(stage.steps for stage in stages),
        "loss_first": told[0]["loss_first"],
        "loss_last": told[-1]["loss_last"],
        "cer": read[-1] if read else None,
        "samples_per_s": sum(work.n_samples for work in works) / seconds if seconds else 0.0,
        "run": str(directory),
        "stages": told,
    }


def _told(stage: OpenStage) -> dict[str, Any]:
    losses = open_run(stage.directory).records["loss_nats"]
    return {
        "run": str(stage.directory),
        "steps": len(losses),
        "loss_first": float(losses[0]),
        "loss_last": float(losses[-1]),
        "cer": next(reversed(logged(stage.directory).values()), None),
    }
