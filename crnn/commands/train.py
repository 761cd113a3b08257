"""train: the loop without a window, recorded, so that the window and `replay` can open it."""

from __future__ import annotations

import argparse
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from crnn import checkpoint
from crnn.commands import console, sources
from crnn.commands.validation import Validation
from crnn.config import Config, preset, validate
from crnn.data.ahead import Ahead
from crnn.data.sources import open_source, usual_source
from crnn.debug.recording import Run, open_run
from crnn.debug.runs import begin, fitted, resume, training_set
from crnn.debug.timeline import Timeline
from crnn.errors import CheckpointError, ConfigError, CrnnError
from crnn.heap import keep_freed_memory
from crnn.train import TrainState, initial_state
from crnn.workers import Workers

STEPS = 1000
SAY_EVERY_S = 2.0


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
        "--val-every", type=_count, metavar="N", default=500,
        help="steps between readings of --val; the best state so far is RUN/best.safetensors",
    )  # fmt: skip
    first = parser.add_mutually_exclusive_group()
    first.add_argument("--preset", metavar="P", help="seed, word (default), line or lesson")
    first.add_argument("--recipe", metavar="FILE", help="a TOML file of Config fields")
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
    timeline = _opened(options, workers)
    data, config = timeline.data, timeline.config
    steps = options.steps or (options.epochs or 0) * data.steps_per_epoch or STEPS
    begin_s, began_at, n_samples, said = time.perf_counter(), timeline.head, 0, 0.0
    validation = Validation(Path(options.out), options.val) if options.val else None
    ahead = Ahead(data, timeline.head) if options.ahead else None
    batches = ahead.batch if ahead else None
    try:
        while timeline.head < steps:
            report = timeline.train(batches).report
            n_samples += report.n_samples
            if validation and (timeline.head % options.val_every == 0 or timeline.head == steps):
                validation.read(timeline)
            now = time.perf_counter() - begin_s
            if now - said >= SAY_EVERY_S:
                said = now
                left = (steps - timeline.head) * now / (timeline.head - began_at)
                console.progress(
                    f"step {timeline.head:,} of {steps:,}   loss {report.loss_nats:.3f} nats   "
                    f"CER {report.cer:.1%}   {n_samples / now:.1f} samples/s   {left:,.0f} s left"
                )
    finally:
        if ahead is not None:
            ahead.close()
        timeline.close()
    seconds = time.perf_counter() - begin_s
    last = Path(options.out) / "last.safetensors"
    seen = data.dataset
    checkpoint.save(last, timeline.live, config, fingerprint=seen.fingerprint, source=seen.source)
    losses = timeline.reports.column("loss_nats")
    return {
        "steps": timeline.head,
        "loss_first": float(losses[0]),
        "loss_last": float(losses[-1]),
        "cer": validation.last if validation else None,
        "samples_per_s": n_samples / seconds,
        "run": options.out,
        "infeasible": len(data.faults),
    }


def _opened(options: argparse.Namespace, workers: Workers) -> Timeline:
    """A new run in --out, or the one that is there."""
    directory = Path(options.out)
    if options.resume:
        run = open_run(directory)
        _refuse_changes(options, run)
        dataset = open_source(options.data or run.header.data_source)
        return resume(run, training_set(run.header.config, dataset), workers=workers)
    config = _config(options)
    dataset = open_source(options.data or usual_source(config.preset))
    config = fitted(config, dataset)
    data = training_set(config, dataset)
    for fault in data.faults[:20]:
        console.say(f"not trained on: {fault.name}: {fault.kind}: {fault.detail}")
    if len(data.faults) > 20:
        console.say(f"not trained on: {len(data.faults) - 20:,} more")
    first = _begun_with(options.start, config) if options.start else initial_state(config)
    return begin(config, data, first, name=directory.name, directory=directory, workers=workers)


def _begun_with(start: str, config: Config) -> TrainState:
    """Step 0 of a new run, with the weights of a checkpoint and a fresh optimiser.

    Raises CheckpointError where the checkpoint's network is another.
    """
    found = checkpoint.load(Path(start))
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
    console.say(f"begun with the weights of {start}; the optimiser starts afresh")
    return replace(fresh, params=found.params, statistics=found.statistics)


def _config(options: argparse.Namespace) -> Config:
    if options.recipe:
        config = sources.recipe(Path(options.recipe))
    else:
        config = preset(options.preset or "word")
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
