"""Runs: beginning a recorded run, and resuming one.

One idea: whatever a run directory claims can be checked, because every record carries the digests
of the state it led to (debug.proving does). Under another environment than the recorded one,
training goes on as a new segment from a full state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from crnn.config import Config
from crnn.data.dataset import Dataset, TrainingSet
from crnn.data.meeting import meet
from crnn.data.sources import is_drawn
from crnn.debug import environment
from crnn.debug.history import GIB
from crnn.debug.provenance import Provenance
from crnn.debug.recorder import RunWriter
from crnn.debug.recording import Header, Run
from crnn.debug.timeline import Timeline, with_edit
from crnn.errors import CheckpointError, RecordingError
from crnn.text.hangul import make_alphabet
from crnn.train import TrainState

if TYPE_CHECKING:  # so that one worker never loads what two need
    from crnn.workers import Workers


def fitted(config: Config, dataset: Dataset) -> Config:
    """`config` with an alphabet that spells `dataset`, where its kind depends on the data."""
    kind = config.alphabet.kind
    if kind == "jamo":
        return config
    return replace(config, alphabet=make_alphabet(kind, dataset.texts))


def training_set(config: Config, dataset: Dataset) -> TrainingSet:
    """`dataset` as this Config trains on it. Raises DatasetError where nothing is usable."""
    return meet(
        dataset,
        spec=config.input,
        alphabet=config.alphabet,
        stride=config.stride,
        seed=config.seed,
        batch_size=config.batch,
        augment=config.augment,
        alike=config.alike,
    )


def begin(
    config: Config,
    data: TrainingSet,
    first: TrainState,
    *,
    name: str,
    directory: Path | None = None,
    budget_bytes: int = GIB,
    workers: Workers | None = None,
) -> Timeline:
    """A run that starts at `first`; recorded where a `directory` (new or empty) is given.

    Raises RecordingError where it cannot be written.
    """
    writer = None
    if directory is not None:
        header = Header(
            name=name,
            config=config,
            environment=environment.describe(),
            data_name=data.dataset.name,
            data_source=data.dataset.source,
            data_fingerprint=data.dataset.fingerprint,
            first_step=first.step,
            tensors=first.tensors,
            code=environment.code(),
        )
        writer = RunWriter.create(directory, header, first)
    return Timeline(config, data, first, budget_bytes=budget_bytes, writer=writer, workers=workers)


def resume(
    run: Run, data: TrainingSet, *, budget_bytes: int = GIB, workers: Workers | None = None
) -> Timeline:
    """Go on with a recorded run from its last recorded step, or, under another environment, from
    its newest stored state, as a new segment.

    Raises RecordingError where the data is another or no state is readable, and ReplayDivergence
    where re-execution from the newest state gives other bits.
    """
    require_same_data(run, data)
    here = environment.describe()
    newest = newest_state(run)
    is_same = dict(run.segments[-1].environment) == here
    head = run.head if is_same else newest.step
    edits = {step: lr for step, lr in run.edits if step <= head}
    first = with_edit(run.state(run.header.first_step), edits)
    timeline = Timeline(
        *(run.header.config, data, first),
        budget_bytes=budget_bytes,
        workers=workers,
        provenance=Provenance(run.segments, run.header.code),
    )
    timeline.adopt(run.records[: head - run.header.first_step], edits, newest)
    timeline.record_with(RunWriter.resume(run, head=head))
    if not is_same:
        _begin_segment(timeline, newest, here)
    return timeline


def _begin_segment(timeline: Timeline, state: TrainState, here: Mapping[str, str]) -> None:
    """Raises RecordingError; then the run is let go of."""
    try:
        timeline.start_segment(state, here)
    except RecordingError:
        if timeline.writer is not None:
            timeline.writer.abandon()
        raise


def newest_state(run: Run) -> TrainState:
    """The newest stored state that is whole. Raises RecordingError where there is none."""
    for step in reversed(run.key_steps):
        try:
            return run.state(step)
        except CheckpointError:
            continue  # torn by a kill, or damaged: an earlier one leads to the same bits
    raise RecordingError(f"{run.directory}: no state in it can be read; take another copy")


def require_same_data(run: Run, data: TrainingSet) -> None:
    """Raise RecordingError unless `data` is what the run was trained on."""
    if data.dataset.fingerprint != run.header.data_fingerprint:
        if data.dataset.source == run.header.data_source and is_drawn(run.header.data_source):
            raise RecordingError(drawn_otherwise(run.directory, run.header.data_name))
        raise RecordingError(
            f"{run.directory}: was recorded on {run.header.data_name!r}; the data given, "
            f"{data.dataset.name!r}, has other samples. Give the recorded data"
        )


def drawn_otherwise(place: Path, name: str) -> str:
    """What is said where a recording's set is one that this version draws with other pixels."""
    return (
        f"{place}: was recorded on {name!r} as another version of this program draws them; "
        "open it with the version that recorded it, or start a new run"
    )
