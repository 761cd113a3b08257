"""Variants: a sample as it is and as the batches of given steps show it: training's own arrays.

`TrainingSet.varied` is the function that a batch is made with, so what is drawn here is what the
network gets, bit for bit. Kept while they are looked at; made a few at a time.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crnn.arrays import F32
    from crnn.data.augment import Augment
    from crnn.data.dataset import TrainingSet

_KEPT = 200
_EPOCHS_KEPT = 400


class Variants:
    """Of one sample of one set at one strength; `look_at` chooses them."""

    def __init__(self) -> None:
        self.data: TrainingSet | None = None
        self._wanted: tuple[TrainingSet, int, Augment] | None = None
        self._made: OrderedDict[int, F32] = OrderedDict()
        self._steps: OrderedDict[int, int] = OrderedDict()

    def look_at(self, data: TrainingSet, sample: int, augment: Augment) -> bool:
        """Other arrays are wanted from now on; returns whether they are others."""
        wanted = (data, sample, augment)
        now = self._wanted
        if now is not None and now[0] is data and now[1:] == wanted[1:]:
            return False
        self._wanted = wanted
        self.data = data if augment == data.augment else replace(data, augment=augment)
        self._made.clear()
        self._steps.clear()
        return True

    @property
    def _sample(self) -> int:
        assert self._wanted is not None
        return self._wanted[1]

    def step_of(self, epoch: int) -> int:
        """The step of this epoch whose batch has the sample."""
        assert self.data is not None
        if epoch not in self._steps:
            self._steps[epoch] = self.data.step_of(self._sample, epoch)
            while len(self._steps) > _EPOCHS_KEPT:
                self._steps.popitem(last=False)
        return self._steps[epoch]

    def held(self, step: int) -> F32 | None:
        """x_HW of this step where it is made already."""
        return self._made.get(step)

    def make(self, step: int) -> F32:
        """x_HW as the batch of `step` has it. Raises DatasetError."""
        assert self.data is not None
        plain = self.data.augment == "none"
        x_HW = self.plain() if plain else self.data.varied(self._sample, step)
        self._made[step] = x_HW
        while len(self._made) > _KEPT:
            self._made.popitem(last=False)
        return x_HW

    def plain(self) -> F32:
        """x_HW as it is. Raises DatasetError."""
        assert self.data is not None
        return self.data.prepared(self._sample)
