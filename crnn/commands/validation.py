"""Validation while training: a set is read now and then, the best state so far is kept.

It only looks: no bit of training depends on it, so a run with it and one without are the same run.
"""

from __future__ import annotations

import json
from pathlib import Path

from crnn import checkpoint
from crnn.commands import console
from crnn.commands.evaluate import evaluate
from crnn.data.sources import open_source
from crnn.debug.timeline import Timeline

LOG = "validation.jsonl"
BEST = "best.safetensors"


class Validation:
    """Of the run in `directory`; a resumed run goes on with its log. `last` is the newest CER."""

    def __init__(self, directory: Path, source: str) -> None:
        self._directory = directory
        self._dataset = open_source(source, "val")
        self._cer_of_step: dict[int, float] = {}
        self.last: float | None = None
        log = directory / LOG
        for line in log.read_text(encoding="utf-8").splitlines() if log.exists() else ():
            found = json.loads(line)
            self._cer_of_step[found["step"]] = self.last = found["cer"]

    def read(self, timeline: Timeline) -> None:
        """Read the set with the state at the head, log it, and keep the state if it is the best."""
        state = timeline.live
        if state.step in self._cer_of_step:
            return
        made = evaluate(
            timeline.config, state.params, self._dataset, statistics=state.statistics
        ).score
        if made is None:
            return
        is_best = made.cer < min(self._cer_of_step.values(), default=float("inf"))
        self._cer_of_step[state.step] = self.last = made.cer
        found = {"step": state.step, "cer": made.cer, "jamo_cer": made.jamo_cer}
        with (self._directory / LOG).open("a", encoding="utf-8") as log:
            log.write(json.dumps(found) + "\n")
        console.say(f"step {state.step:,}   CER {made.cer:.1%} of {made.n:,} over --val")
        if is_best:
            seen = timeline.data.dataset
            checkpoint.save(
                *(self._directory / BEST, state, timeline.config),
                fingerprint=seen.fingerprint,
                source=seen.source,
            )
