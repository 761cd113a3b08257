"""replay: re-execute a recorded run, its branches too, and compare all it claims, bit for bit."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from crnn.commands import console
from crnn.data.sources import open_source
from crnn.debug.capture import is_capture, require_data, unpack
from crnn.debug.proof import Difference
from crnn.debug.proving import BranchProof, RunProof, prove
from crnn.debug.recording import open_run
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
        found = _proven(options)
    except CrnnError as error:
        return console.failed(error)
    console.result(_table(found), as_json=options.json, lines="\n".join(_lines(found)))
    return 1 if options.check and not found.equal else 0


def _proven(options: argparse.Namespace) -> RunProof:
    with TemporaryDirectory(prefix="crnn-") as folder, Workers(options.workers) as workers:
        directory = Path(options.run)
        if is_capture(directory):
            directory = Path(folder) / "run"
            unpack(Path(options.run), directory)
        run = open_run(directory)
        named = open_source(options.data) if options.data else None
        dataset = named or require_data(run.header, directory)
        return prove(run, dataset, to=options.to, progress=_say, workers=workers)


def _say(done: int, total: int) -> bool:
    if done % 100 == 0 and done:
        console.progress(f"step {done:,} of {total:,}")
    return True


# ---- as JSON ----


def _table(found: RunProof) -> dict[str, Any]:
    lines = found.lines
    odd = [branch for branch in found.branches if branch.first_difference is not None]
    return {
        "equal": found.equal,
        "steps_checked": sum(line.steps_checked for line in lines),
        "states_checked": sum(line.states_checked for line in lines),
        "first_difference": _difference(odd[0], odd[0].first_difference) if odd else None,
        "steps_not_comparable": sum(line.steps_elsewhere for line in lines),
        "largest_loss_difference": max(line.largest_loss_difference for line in lines),
        "branches": [_branch(branch) for branch in found.branches],
    }


def _branch(found: BranchProof) -> dict[str, Any]:
    line = found.line
    return {
        "branch": found.branch,
        "name": found.name,
        "parent": found.parent if found.branch else None,
        "first_step": found.start if line else None,
        "head": found.head if line else None,
        "equal": found.equal,
        "begins_as_edited": found.beginning or None,
        "steps_checked": line.steps_checked if line else 0,
        "states_checked": line.states_checked if line else 0,
        "unreadable": found.unreadable or None,
        "differences": [_difference(found, one) for one in line.differences] if line else [],
    }


def _difference(branch: BranchProof, found: Difference | None) -> dict[str, Any] | None:
    """`largest_error` is that of `error_tensor` at `error_step`, all None where it is unknown."""
    if found is None:
        return None
    error = found.error
    largest = error.largest if error is not None and math.isfinite(error.largest) else None
    return {
        "branch": branch.branch,
        "step": found.step,
        "tensor": found.tensor or None,
        "what": "stored state" if found.is_state else "update",
        "largest_error": largest,
        "error_step": error.step if error else None,
        "error_tensor": error.tensor or None if error else None,
        "likely_cause": found.cause,
        "file": found.file or None,
    }


# ---- as text ----


def _lines(found: RunProof) -> list[str]:
    said = []
    for branch in found.branches:
        said += _of_branch(branch)
    odd = [branch for branch in found.branches if not branch.equal]
    n = len(found.branches)
    steps = sum(line.steps_checked for line in found.lines)
    if odd:
        said.append(f"NOT proven: {len(odd):,} of {n:,} lines differ or cannot be read")
    else:
        said.append(f"{steps:,} steps re-executed: every one equal")
    return said


def _of_branch(found: BranchProof) -> list[str]:
    whose = "the run as it began"
    if found.branch:
        whose = f"branch {found.branch} ({found.name or 'no name'})"
    if found.line is None:
        return [f"{whose}: cannot be read: {found.unreadable}"]
    line = found.line
    said = [
        f"{whose}: steps {found.start:,} to {found.head:,}: {line.steps_checked:,} updates and "
        f"{line.states_checked:,} stored states are equal"
    ]
    if found.beginning == "equal":
        said.append(f"  begins with its edits at step {found.start:,} of branch {found.parent}")
    elif found.beginning == "not checked":
        said.append(
            f"  how it begins is not checked: step {found.start:,} of branch {found.parent} did "
            "not come out as recorded"
        )
    said += [f"  {_sentence(one)}" for one in line.differences]
    if line.steps_elsewhere:
        said.append(
            f"  {line.steps_elsewhere:,} steps recorded under another environment are not "
            f"comparable from there on; their loss differs by at most "
            f"{line.largest_loss_difference:.2e} nats"
        )
    return said


def _sentence(found: Difference) -> str:
    what = f"differs at step {found.step:,}"
    if found.is_state:
        what = f"the stored state of step {found.step:,} differs"
    if not found.tensor:
        return f"the stored state of step {found.step:,} cannot be read: {found.cause}"
    where = f" ({found.file})" if found.file else ""
    return f"{what} in {found.tensor}{where}; {_size(found)}; likely cause: {found.cause}"


def _size(found: Difference) -> str:
    """How large the error is, as far as that can be known."""
    error = found.error
    if error is None:
        return (
            "how far it is off cannot be known: only digests are recorded of it, and no stored "
            "state follows"
        )
    if error.step == found.step and error.tensor == found.tensor:
        return f"largest error {error.largest:.3g}"
    if error.largest == 0:
        return f"no number differs at step {error.step:,}, the next state that is stored in full"
    return (
        f"largest error {error.largest:.3g}, in {error.tensor} at step {error.step:,}, the next "
        f"state that is stored in full (of step {found.step:,} only digests are recorded)"
    )
