"""Validation while training: a set is read now and then, the best state so far is kept.

It only looks: no bit of training depends on it, so a run with it and one without are the same run.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from crnn import checkpoint
from crnn.commands import console
from crnn.commands.evaluate import evaluate
from crnn.data.dataset import Dataset
from crnn.debug.timeline import Timeline

LOG = "validation.jsonl"
BEST = "best.safetensors"


def logged(directory: Path) -> dict[int, float]:
    """CER by step, as read so far in the run in `directory`. A torn last line is not read."""
    log = directory / LOG
    found = {}
    for line in log.read_text(encoding="utf-8").splitlines(keepends=True) if log.exists() else ():
        if line.endswith("\n"):
            read = json.loads(line)
            found[int(read["step"])] = float(read["cer"])
    return found


def save(timeline: Timeline, path: Path) -> None:
    """The state at the head as a checkpoint that knows its data. Raises CheckpointError."""
    seen = timeline.data.dataset
    checkpoint.save(
        *(path, timeline.live, timeline.config),
        fingerprint=seen.fingerprint,
        source=seen.source,
    )


class Validation:
    """Of the run in `directory`, every `every` steps; a resumed run goes on with its log.

    `last` is the newest CER. Where the run is a stage of several, `earlier` has the runs of those
    before it, and the best state of them all is kept in the folder above.
    """

    def __init__(
        self,
        directory: Path,
        dataset: Dataset,
        every: int,
        *,
        earlier: Sequence[Path] | None = None,
    ) -> None:
        self._directory = directory
        self._dataset = dataset
        self._every = every
        self._cer_of_step = logged(directory)
        self._is_stage = earlier is not None
        self._cers_before = [cer for run in earlier or () for cer in logged(run).values()]
        self.last = next(reversed(self._cer_of_step.values()), None)

    def read_if_due(self, timeline: Timeline, end: int) -> None:
        """Read the set if the head is at a multiple of `every` or at `end`, and was not read."""
        if timeline.head % self._every == 0 or timeline.head == end:
            self._read(timeline)

    def _read(self, timeline: Timeline) -> None:
        """Read with the state at the head, keep it if it is the best, and then log that."""
        state = timeline.live
        if state.step in self._cer_of_step:
            return
        made = evaluate(
            timeline.config, state.params, self._dataset, statistics=state.statistics
        ).score
        if made is None:
            return
        own = [*self._cer_of_step.values()]
        if made.cer < min(own, default=float("inf")):
            save(timeline, self._directory / BEST)
        if self._is_stage and made.cer < min(own + self._cers_before, default=float("inf")):
            save(timeline, self._directory.parent / BEST)
        self._cer_of_step[state.step] = self.last = made.cer
        found = {"step": state.step, "cer": made.cer, "jamo_cer": made.jamo_cer}
        with (self._directory / LOG).open("a", encoding="utf-8") as log:
            log.write(json.dumps(found) + "\n")
        console.say(f"step {state.step:,}   CER {made.cer:.1%} of {made.n:,} over --val")
