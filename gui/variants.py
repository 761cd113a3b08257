"""Variants: a sample as it is and as the batches of its steps show it: training's own arrays.

`TrainingSet.varied` is the function that a batch is made with, so what is drawn here is what the
network gets, bit for bit. A thread makes them, on a copy of the set with caches of its own, so that
neither the window nor training waits for a look ahead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from gui.job import Job

if TYPE_CHECKING:
    from crnn.arrays import F32
    from crnn.data.augment import Augment
    from crnn.data.dataset import TrainingSet

_KEPT = 400


class Variant(NamedTuple):
    """The sample in the batch of one step."""

    step: int
    x_HW: F32


class Variants:
    """Of one sample of one set at one strength, by epoch; `look_at` chooses them."""

    def __init__(self) -> None:
        self.data: TrainingSet | None = None
        self._wanted: tuple[TrainingSet, int, Augment] | None = None
        self._made: dict[int, Variant] = {}
        self._job: Job[None] | None = None

    def look_at(self, data: TrainingSet, sample: int, augment: Augment) -> bool:
        """Other arrays are wanted from now on; returns whether they are others."""
        wanted = (data, sample, augment)
        now = self._wanted
        if now is not None and now[0] is data and now[1:] == wanted[1:]:
            return False
        self.stop()
        self._wanted = wanted
        self.data = replace(data, augment=augment)
        self._made = {}
        return True

    def plain(self) -> F32:
        """x_HW as it is. Raises DatasetError."""
        assert self.data is not None
        assert self._wanted is not None
        return self.data.prepared(self._wanted[1])

    def held(self, epoch: int) -> Variant | None:
        """That of this epoch, where it is made already."""
        return self._made.get(epoch)

    def want(self, epochs: Iterable[int]) -> bool:
        """Have these made; returns whether any is still missing."""
        missing = [epoch for epoch in epochs if epoch not in self._made]
        if missing and (self._job is None or not self._job.is_running):
            if len(self._made) > _KEPT:
                self._made = {}
            self._job = Job(self._maker(missing))
        return bool(missing)

    def stop(self) -> None:
        """Nothing more is wanted for now."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _maker(self, epochs: Sequence[int]) -> Callable[[Callable[[], bool]], None]:
        assert self.data is not None
        assert self._wanted is not None
        data, sample, made = self.data, self._wanted[1], self._made

        def make(goes_on: Callable[[], bool]) -> None:
            for epoch in epochs:
                if not goes_on():
                    return
                step = data.step_of(sample, epoch)
                made[epoch] = Variant(step, data.varied(sample, step))

        return make
