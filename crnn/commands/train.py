"""train: the loop without a window, recorded, so that the window and `replay` can open it."""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from crnn.commands import console, curriculum
from crnn.commands.training import Progress, begun_with, say_faults, train_to
from crnn.commands.validation import Validation
from crnn.config import Config, preset, validate
from crnn.data.sources import open_source, usual_source
from crnn.debug.recording import Run, open_run
from crnn.debug.runs import begin, fitted, resume, training_set
from crnn.debug.timeline import Timeline
from crnn.errors import ConfigError, CrnnError
from crnn.heap import keep_freed_memory
from crnn.recipe import Plan, Recipe, read_recipe
from crnn.train import initial_state
from crnn.workers import Workers

STEPS = 1000
_OF_STAGES = ("data", "steps", "epochs", "batch", "lr", "seed", "preset")
"""Options that a recipe of stages has no room for: each stage says its own."""


def main(argv: list[str]) -> int:
    """Run the command; 0 done, 1 the work failed."""
    parser = _parser()
    options = parser.parse_args(argv)
    if options.steps is not None and options.epochs is not None:
        parser.error("give --steps or --epochs, not both")
    try:
        keep_freed_memory()
        with closing(Workers(options.workers)) as workers:
            values = _run(options, workers)
    except CrnnError as error:
        return console.failed(error)
    except KeyboardInterrupt:
        console.say(f"stopped; the same command with --resume goes on with {options.out}")
        return 1
    cer = "-" if values["cer"] is None else f"{values['cer']:.1%}"
    lines = (
        f"{values['steps']:,} steps   loss {values['loss_first']:.3f} -> {values['loss_last']:.3f} "
        f"nats   CER {cer}   {values['samples_per_s']:.1f} samples/s   {values['run']}"
    )
    console.result(values, as_json=options.json, lines=lines)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = console.parser("train", __doc__ or "")
    parser.add_argument("--out", metavar="RUN", required=True, help="the run directory")
    parser.add_argument(
        "--data", metavar="DIR",
        help="a folder, its parent or a manifest.jsonl (its train), a picture, synth:N, …",
    )  # fmt: skip
    parser.add_argument("--val", metavar="DIR", help="read this set, also at the end, for its CER")
    parser.add_argument(
        "--val-every", type=_count, metavar="N",
        help="steps between readings of --val (500); the best so far is RUN/best.safetensors",
    )  # fmt: skip
    first = parser.add_mutually_exclusive_group()
    first.add_argument("--preset", metavar="P", help="seed, word (default), line or lesson")
    first.add_argument("--recipe", metavar="FILE", help="a TOML file: Config fields, data, stages")
    parser.add_argument(
        "--start", metavar="FILE", help="begin with the weights of a checkpoint, at step 0"
    )
    parser.add_argument("--steps", type=_count, metavar="N", help="in all, also with --resume")
    parser.add_argument("--epochs", type=_count, metavar="N", help="in all, also with --resume")
    parser.add_argument("--batch", type=int, metavar="N")
    parser.add_argument("--lr", type=float, metavar="X")
    parser.add_argument("--seed", type=int, metavar="S")
    parser.add_argument("--workers", type=int, choices=(1, 2), default=1)
    parser.add_argument(
        "--ahead", action="store_true", help="make the batches in a process of their own"
    )
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out")
    return parser


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return value


def _run(options: argparse.Namespace, workers: Workers) -> dict[str, Any]:
    directory = Path(options.out)
    recipe = _recipe(options, directory)
    plan = _plan(options, recipe.plan if recipe else Plan())
    if recipe is not None and recipe.stages:
        _refuse_beside_stages(options, recipe)
        recipe = replace(recipe, plan=plan)
        return curriculum.train(recipe, directory, resumes=options.resume, workers=workers)
    timeline = _opened(options, plan, recipe, workers)
    per_epoch = timeline.data.steps_per_epoch
    steps = options.steps or (options.epochs or 0) * per_epoch or plan.steps or STEPS
    validation = None
    if plan.val is not None:
        validation = Validation(directory, open_source(plan.val, "val"), plan.val_every)
    work = train_to(
        *(timeline, Progress(steps), directory), validation=validation, ahead=plan.ahead
    )
    losses = timeline.reports.column("loss_nats")
    return {
        "steps": timeline.head,
        "loss_first": float(losses[0]),
        "loss_last": float(losses[-1]),
        "cer": validation.last if validation else None,
        "samples_per_s": work.samples_per_s,
        "run": options.out,
        "infeasible": len(timeline.data.faults),
    }


def _recipe(options: argparse.Namespace, directory: Path) -> Recipe | None:
    """The recipe named, or the one that the run in `directory` was begun with."""
    if options.recipe is not None:
        return read_recipe(Path(options.recipe))
    kept = directory / curriculum.KEPT
    return read_recipe(kept) if options.resume and kept.exists() else None


def _plan(options: argparse.Namespace, plan: Plan) -> Plan:
    """`plan` with what the command line says otherwise."""
    names = ("data", "val", "val_every", "start")
    given = {name: getattr(options, name) for name in names}
    given = {name: value for name, value in given.items() if value is not None}
    return replace(plan, **given, ahead=plan.ahead or options.ahead)


def _refuse_beside_stages(options: argparse.Namespace, recipe: Recipe) -> None:
    for name in _OF_STAGES:
        if getattr(options, name) is not None:
            raise ConfigError(
                f"--{name} is {getattr(options, name)}, but each stage of {recipe.path} has its "
                f"own {name}; write it there, or leave it out"
            )


def _opened(
    options: argparse.Namespace, plan: Plan, recipe: Recipe | None, workers: Workers
) -> Timeline:
    """A new run in --out, or the one that is there."""
    directory = Path(options.out)
    if options.resume:
        run = open_run(directory)
        _refuse_changes(options, run)
        dataset = open_source(options.data or run.header.data_source)
        return resume(run, training_set(run.header.config, dataset), workers=workers)
    config = _config(options, recipe)
    dataset = open_source(plan.data or usual_source(config.preset))
    config = fitted(config, dataset)
    data = training_set(config, dataset)
    say_faults(data)
    first = begun_with(Path(plan.start), config) if plan.start else initial_state(config)
    made = begin(config, data, first, name=directory.name, directory=directory, workers=workers)
    if recipe is not None:
        curriculum.keep(recipe, directory)
    return made


def _config(options: argparse.Namespace, recipe: Recipe | None) -> Config:
    config = recipe.config if recipe else preset(options.preset or "word")
    changes = {name: getattr(options, name) for name in ("batch", "lr", "seed")}
    given = {name: value for name, value in changes.items() if value is not None}
    return validate(replace(config, **given))


def _refuse_changes(options: argparse.Namespace, run: Run) -> None:
    """A run goes on with the Config it began with; anything else would be another run."""
    for name in ("preset", "batch", "seed", "lr"):
        given = getattr(options, name)
        recorded = getattr(run.header.config, name)
        if given is not None and given != recorded:
            raise ConfigError(
                f"--{name} is {given}, but {options.out} was begun with {recorded}; "
                "leave it out, or start another run"
            )
    if options.recipe is not None:
        raise ConfigError(f"--recipe cannot change {options.out}; leave it out with --resume")
