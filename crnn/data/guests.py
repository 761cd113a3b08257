"""Guests: pictures that are looked at beside a data set, and never trained on.

A drawing, an opened picture or one of another folder gets a number after the set's own samples, so
that whatever can show a sample can show a guest. Batches, faults and the fingerprint are the set's
own: what trains does not know who is watching.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import overload

import numpy as np

from crnn.arrays import F32, I64
from crnn.data.dataset import Batch, Dataset, Fault, Sample, TrainingSet
from crnn.data.prepare import prepare


class _Texts(Sequence[str]):
    """One sequence after the other; the first may be endless work to list, so nothing is copied."""

    def __init__(self, own: Sequence[str], more: tuple[str, ...]) -> None:
        self._own, self._more = own, more

    def __len__(self) -> int:
        return len(self._own) + len(self._more)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...
    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        if isinstance(index, slice):
            return tuple(self[k] for k in range(*index.indices(len(self))))
        at = range(len(self))[index]
        n = len(self._own)
        return self._own[at] if at < n else self._more[at - n]


class Visited:
    """A data set with guests after its own samples."""

    def __init__(self, own: Dataset, guests: tuple[Sample, ...]) -> None:
        self.own, self._guests = own, guests
        self.name, self.source = own.name, own.source
        self.texts: Sequence[str] = _Texts(own.texts, tuple(guest.text for guest in guests))

    @property
    def fingerprint(self) -> str:
        return self.own.fingerprint

    @property
    def faults(self) -> tuple[Fault, ...]:
        return self.own.faults

    def __len__(self) -> int:
        return len(self.own) + len(self._guests)

    def sample(self, index: int) -> Sample:
        n = len(self.own)
        return self.own.sample(index) if index < n else self._guests[index - n]


@dataclass(frozen=True, slots=True)
class GuestSet(TrainingSet):
    """`own` with guests: its batches and what it has computed are shared, not copied.

    A guest with an empty text has no truth.
    """

    own: TrainingSet = field(kw_only=True)
    guests: tuple[Sample, ...] = field(kw_only=True)

    @property
    def home(self) -> TrainingSet:
        return self.own

    def ids(self, step: int) -> tuple[int, ...]:
        return self.own.ids(step)

    def batch(self, step: int) -> Batch:
        return self.own.batch(step)

    def label(self, index: int) -> I64:
        if index < self.n_own:
            return self.own.label(index)
        text = self.guests[index - self.n_own].text
        return self.alphabet.encode(text) if text else np.zeros(0, np.int64)

    def prepared(self, index: int) -> F32:
        if index < self.n_own:
            return self.own.prepared(index)
        return prepare(self.guests[index - self.n_own].gray_HW, self.spec)

    def spelled(self, index: int, text: str) -> GuestSet:
        """The same with `text` as the truth of guest number `index`."""
        at = index - self.n_own
        said = replace(self.guests[at], text=text)
        return with_guests(self, (*self.guests[:at], said, *self.guests[at + 1 :]))


def with_guests(data: TrainingSet, guests: tuple[Sample, ...]) -> GuestSet:
    """`data` with these guests in place of those it may have."""
    own = data.home
    values = {part.name: getattr(own, part.name) for part in fields(TrainingSet) if part.init}
    values["dataset"] = Visited(own.dataset, guests)
    return GuestSet(**values, own=own, guests=guests)
