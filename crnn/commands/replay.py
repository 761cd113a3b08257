"""replay: re-execute a recorded run from its first state and compare it, bit for bit."""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from crnn.commands import console
from crnn.data.sources import open_source
from crnn.debug.capture import is_capture, require_data, unpack
from crnn.debug.recording import open_run
from crnn.debug.runs import ReplayResult, replay, training_set
from crnn.errors import CrnnError
from crnn.workers import Workers


def main(argv: list[str]) -> int:
    """Run the command; 0 every step equal, 1 a difference or a failure."""
    parser = console.parser("replay", __doc__ or "")
    parser.add_argument("run", metavar="RUN", help="a run directory, or an exported run")
    parser.add_argument("--workers", type=int, choices=(1, 2), default=1)
    parser.add_argument("--data", metavar="DIR", help="where the run's data is now")
    parser.add_argument("--to", type=int, metavar="STEP", help="stop there")
    parser.add_argument("--check", action="store_true", help="exit 1 on a difference")
    options = parser.parse_args(argv)
    try:
        found = _replayed(options)
    except CrnnError as error:
        return console.failed(error)
    first = found.first_difference
    values = {
        "steps_checked": found.steps_checked,
        "equal": found.equal,
        "first_difference": first and {"step": first.step, "tensor": first.tensor},
        "steps_not_comparable": found.steps_elsewhere,
        "largest_loss_difference": found.largest_loss_difference,
    }
    lines = [
        f"{found.steps_checked:,} steps re-executed: {'every one equal' if found.equal else ''}"
    ]
    if first:
        lines = [f"differs at step {first.step:,} in {first.tensor}, after {found.steps_checked:,}"]
    if found.steps_elsewhere:
        lines.append(
            f"{found.steps_elsewhere:,} steps were recorded under another environment and are not "
            f"comparable here; loss differs by at most {found.largest_loss_difference:.2e} nats"
        )
    console.result(values, as_json=options.json, lines="\n".join(lines))
    return 1 if options.check and not found.equal else 0


def _replayed(options: argparse.Namespace) -> ReplayResult:
    with TemporaryDirectory(prefix="crnn-") as folder, Workers(options.workers) as workers:
        directory = Path(options.run)
        if is_capture(directory):
            directory = Path(folder) / "run"
            unpack(Path(options.run), directory)
        run = open_run(directory)
        named = open_source(options.data) if options.data else None
        dataset = named or require_data(run.header, directory)
        data = training_set(run.header.config, dataset)
        return replay(run, data, to=options.to, progress=_say, workers=workers)


def _say(done: int, total: int) -> bool:
    if done % 100 == 0:
        console.progress(f"step {done:,} of {total:,}")
    return True
