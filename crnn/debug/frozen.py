"""Frozen: what is on screen as a pytest file that makes it again and compares.

One idea: a state is a function of (config, data, edits, step), so a test needs no picture of the
program, only these. Where the run began long before, the test starts at a stored state beside it, a
few steps earlier; where its data can be found nowhere, the samples lie beside it too.
"""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from crnn import checkpoint
from crnn.config import Config, from_json, to_json
from crnn.data.dataset import MemoryDataset, TrainingSet
from crnn.data.guests import with_guests
from crnn.data.sources import open_source
from crnn.debug import carried, environment, frozen_line
from crnn.debug.expression import parse
from crnn.debug.frozen_line import AtLine, Line, found_at, near
from crnn.debug.moment import Catalog, Moment, sample_arrays
from crnn.debug.observe import observe
from crnn.debug.observe_guest import observe_any
from crnn.debug.runs import training_set
from crnn.debug.session import Session
from crnn.debug.timeline import with_edit
from crnn.debug.trace import Trace
from crnn.errors import RecordingError
from crnn.train import TrainState, advance, digests, initial_state

_MOST_STEPS, _FEW_STEPS = 200, 10


@dataclass(frozen=True, slots=True)
class Frozen:
    """What to make again. `state`, `samples` and `guest`, the drawing or opened picture that is on
    screen in place of a sample, name what lies beside the test, "" for nothing;
    `value` is one number as an expression (see moment), "" for none; `line` is the line of code one
    stands at, None at the other levels."""

    config: str
    source: str
    fingerprint: str
    environment: dict[str, str]
    state: str
    samples: str
    edits: tuple[tuple[int, float], ...]
    step: int
    sample: int
    value: str = ""
    line: Line | None = None
    guest: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What came out. `is_same_environment`: bits may be compared."""

    step: int
    digests: dict[str, int]
    loss_nats: float
    text: str
    value: float
    line: AtLine | None
    is_same_environment: bool


def reproduce(frozen: Frozen, beside: Path) -> Found:
    """Make it again from what lies in the directory `beside`. Raises CrnnError of every kind."""
    config = from_json(frozen.config)
    held = carried.read(beside / frozen.samples) if frozen.samples else None
    dataset = held or open_source(frozen.source)
    if dataset.fingerprint != frozen.fingerprint:
        raise RecordingError(f"{dataset.name} has other samples than those the test was made with")
    data = training_set(config, dataset)
    guest = carried.read(beside / frozen.guest) if frozen.guest else None
    if guest is not None:
        data = with_guests(data, (guest.sample(0),))
    state = initial_state(config)
    if frozen.state:
        state = checkpoint.load(beside / frozen.state).state()
    edits = dict(frozen.edits)
    while state.step < frozen.step:
        state = advance(config, data, with_edit(state, edits)).state
    state = with_edit(state, edits)
    trace, line = _traced(config, data, state, frozen.sample), frozen.line
    return Found(
        step=state.step,
        digests=dict(zip(state.tensors, digests(state).tolist(), strict=True)),
        loss_nats=trace.ctc.loss_nats if trace.ctc else float("nan"),
        text=trace.output.text,
        value=_value(config, data, state, trace, frozen.value),
        line=None if line is None else found_at(config, data, state, frozen.sample, line),
        is_same_environment=frozen.environment == environment.describe(),
    )


def _traced(config: Config, data: TrainingSet, state: TrainState, sample: int) -> Trace:
    """What is on screen of a sample or a guest."""
    if sample < data.n_own:
        return observe(config, data, state, sample, exact=True)
    return observe_any(config, data, state, sample)


def _value(config: Config, data: TrainingSet, state: TrainState, trace: Trace, text: str) -> float:
    """The number that `text` names; NaN for "". The update is made only where it needs it. Raises
    ExpressionError where it names none."""
    if not text:
        return float("nan")
    catalog, own = Catalog(config, state), sample_arrays(trace)
    expression = parse(text, catalog.shapes(trace), "number")
    is_of_state = catalog.stage(expression.names - own.keys()) == "state"
    done = None if is_of_state else advance(config, data, state)
    moment = Moment(config, data, state, done)

    def lookup(name: str) -> Any:
        return own[name] if name in own else catalog.read(moment, trace.sample, name)

    return float(expression.value(lookup))


def write_test(session: Session, path: Path, value: str, line: Line | None = None) -> None:
    """Write the test, and beside it the state and samples it needs. Raises CrnnError."""
    if value:
        require_number(session, value)
    try:
        frozen = replace(_frozen(session, path), value=value, line=line)
        made = reproduce(frozen, path.parent)
        path.write_text(_source(frozen, made, session.owner.info.name), encoding="utf-8")
    except OSError as error:
        raise RecordingError(f"{path}: cannot be written ({error.strerror})") from error


def require_number(session: Session, value: str) -> None:
    """Raise ExpressionError where `value` names no number of the state on screen."""
    info, here = session.owner.info, session.here
    trace = _traced(info.config, info.data, here, session.watched)
    parse(value, Catalog(info.config, here).shapes(trace), "number")


def _frozen(session: Session, path: Path) -> Frozen:
    """The state and the sample on screen."""
    info, here, timeline = session.owner.info, session.here, session.owner.timeline
    dataset, sample = info.data.home.dataset, session.watched
    state = samples = guest = ""
    own = timeline.start
    began = timeline.seek(own)
    fresh = with_edit(initial_state(info.config), dict(timeline.edits))
    is_fresh = (
        timeline.parent is None
        and began.step == 0
        and digests(began).tolist() == digests(fresh).tolist()
    )
    start = own
    if not is_fresh or here.step - start > _MOST_STEPS:
        start = max(own, here.step - _FEW_STEPS)
        state = f"{path.stem}.safetensors"
        checkpoint.save(path.with_name(state), timeline.seek(start), info.config)
    if not dataset.source or carried.is_folder(dataset.source):
        samples = f"{path.stem}_samples"
        carried.write(path.with_name(samples), dataset)
    if sample >= len(dataset):
        guest = f"{path.stem}_guest"
        carried.write(
            path.with_name(guest), MemoryDataset(guest, [info.data.dataset.sample(sample)])
        )
        sample = len(dataset)
    return Frozen(
        config=to_json(info.config),
        source=dataset.source,
        fingerprint=dataset.fingerprint,
        environment=environment.describe(),
        state=state,
        samples=samples,
        edits=tuple(edit for edit in timeline.edits if start <= edit[0] <= here.step),
        step=here.step,
        sample=sample,
        guest=guest,
    )


def _source(frozen: Frozen, made: Found, name: str) -> str:
    """The text of the test."""
    fields = ",\n    ".join(
        f"{field}={getattr(frozen, field)!r}" for field in Frozen.__dataclass_fields__
    )
    checks = [
        f"assert found.step == {made.step}",
        f"assert found.text == {made.text!r}",
        f"assert found.loss_nats == {near(made.loss_nats)}",
    ]
    if frozen.value:
        checks.append(f"assert found.value == {near(made.value)}")
    held = ""
    if frozen.line is not None and made.line is not None:
        checks += frozen_line.checks(frozen.line, made.line)
        held = f"LINE = {frozen_line.text(made.line)}\n"
    checks += ["if found.is_same_environment:", "    assert found.digests == DIGESTS"]
    checks += ["    assert found.line.names == LINE.names"] if held else []
    body = textwrap.indent("\n".join(checks), "    ")
    title = json.dumps(f"Frozen from run {name} at step {made.step:,} by CRNN Debugger.")
    return (
        f"# ruff: noqa\n{title}\n\nfrom pathlib import Path\n\nimport pytest\n\n"
        "from crnn.debug.frozen import Frozen, reproduce\n"
        + ("from crnn.debug.frozen_line import Array, AtLine, Line\n" if held else "")
        + f"\nFROZEN = Frozen(\n    {fields},\n)\n"
        f"DIGESTS = {json.dumps(made.digests, indent=4)}\n{held}\n\n"
        f"def test_step_{made.step}_comes_out_again() -> None:\n"
        f"    found = reproduce(FROZEN, Path(__file__).parent)\n{body}\n"
    )
