"""Feeding: the batches of a run on its way, from a process of their own where making them is slow.

A word that is drawn anew, or changed at random, takes about as long to make as to learn from. Where
that is so, another process makes the batches ahead, with the same bits (crnn/data/ahead.py): the
machine's second core does what training would wait for. Single steps and small pictures do not pay
for a process, so it is begun by what the steps of a run really took, some steps ahead of where they
are, since it needs a second to get up.
"""

from __future__ import annotations

from crnn.data.ahead import Ahead
from crnn.data.dataset import Batch, TrainingSet, timed_batch
from crnn.errors import CrnnError

LOOKS = 12
"""Steps in a row until it is known what making their batches takes."""
SHARE = 0.15
"""Of a step's time: a batch that takes less is made in between."""
LEAD = 16
"""Steps that are still fed from here while the process gets up."""


class Feeder:
    """Batches by the step, for one run after the other. Belongs to one thread; close it."""

    def __init__(self) -> None:
        self._data: TrainingSet | None = None
        self._ahead: Ahead | None = None
        self._looks: list[tuple[float, float]] = []
        self._batch_s = 0.0

    @property
    def is_ahead(self) -> bool:
        """Whether a process makes the batches."""
        return self._ahead is not None

    def batch(self, data: TrainingSet, step: int) -> tuple[Batch, float]:
        """data.batch(step), and how long making it took, in s. Raises what data.batch raises."""
        if data is not self._data or self._is_left(step):
            self.close()
            self._data = data
        made = self._received(data, step)
        self._batch_s = made[1]
        return made

    def took(self, step: int, seconds: float) -> None:
        """The step to `step`, its batch with it, took `seconds`: see whether a process pays."""
        if self.is_ahead or self._data is None:
            return
        self._looks.append((self._batch_s, seconds))
        if len(self._looks) < LOOKS:
            return
        batches_s, steps_s = (sum(column) for column in zip(*self._looks, strict=True))
        self._looks.clear()
        if batches_s > SHARE * steps_s:
            self._ahead = Ahead(self._data, step + LEAD)

    def close(self) -> None:
        """End the process, and forget what was seen; more batches may follow."""
        if self._ahead is not None:
            self._ahead.close()
        self._ahead = None
        self._looks.clear()

    def _is_left(self, step: int) -> bool:
        """Whether the run has gone elsewhere: back, or past where the process began."""
        return self._ahead is not None and not 0 <= self._ahead.step - step <= LEAD

    def _received(self, data: TrainingSet, step: int) -> tuple[Batch, float]:
        """What the process cannot give, since it ended or met a bad picture, is made here, which
        raises the error anew where there is one; the process would not go on after it."""
        if self._ahead is not None:
            try:
                return self._ahead.batch(step)
            except CrnnError:
                self.close()
        return timed_batch(data, step)
