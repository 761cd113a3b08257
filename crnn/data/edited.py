"""Edited data: a data set with labels, pixels or whole samples changed by hand, for a branch.

One idea: the changes are values, and the set is its base with them on top. So it has a fingerprint
of its own, its source says both ("lesson![...]", see crnn.data.sources), and it is found again from
what a recording or a checkpoint holds. A dropped sample keeps its index and its place in the order
of the batches: everything that was not changed happens as it would have happened.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, overload

import numpy as np

from crnn.arrays import U8, frozen
from crnn.data.dataset import Dataset, Fault, Sample, TrainingSet
from crnn.data.meeting import misfit
from crnn.errors import EditError

MARK = "!["
"""Between the base and the edits in a source."""


@dataclass(frozen=True, slots=True)
class Relabel:
    """Another text for a sample, read as NFC."""

    sample: int
    text: str


@dataclass(frozen=True, slots=True)
class Repaint:
    """Other values for some pixels (y, x, gray 0..255) of a sample's picture as it came."""

    sample: int
    pixels: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Drop:
    """A sample that is not trained on any more."""

    sample: int


DataEdit = Relabel | Repaint | Drop
KINDS: dict[str, type[DataEdit]] = {"label": Relabel, "pixels": Repaint, "drop": Drop}
"""The word of each kind in JSON."""


def to_table(edit: Any, kinds: Mapping[str, type[Any]] = KINDS) -> dict[str, Any]:
    """An edit as a JSON object."""
    word = next(word for word, kind in kinds.items() if kind is type(edit))
    return {"edit": word, **asdict(edit)}


def from_table(table: Any, kinds: Mapping[str, type[Any]] = KINDS) -> Any:
    """The edit that `to_table` wrote. Raises EditError."""
    try:
        fields = {name: _fixed(value) for name, value in table.items() if name != "edit"}
        return kinds[table["edit"]](**fields)
    except (AttributeError, KeyError, TypeError) as error:
        raise EditError(f"{str(table)[:80]} is not an edit of this program ({error})") from error


def _fixed(value: Any) -> Any:
    """JSON has lists for tuples."""
    return tuple(map(_fixed, value)) if isinstance(value, list) else value


class EditedDataset:
    """`base` with `edits` on top, in order. Raises EditError where one does not fit the base."""

    def __init__(self, base: Dataset, edits: Iterable[DataEdit]) -> None:
        before = base.edits if isinstance(base, EditedDataset) else ()
        self.base: Dataset = base.base if isinstance(base, EditedDataset) else base
        self.edits: tuple[DataEdit, ...] = (*before, *edits)
        self.name = self.base.name
        self.faults = self.base.faults
        self._texts: dict[int, str] = {}
        self._pictures: dict[int, U8] = {}
        for edit in self.edits:
            self._take(edit)
        self.texts: Sequence[str] = _Texts(self.base.texts, self._texts)
        listed = json.dumps([to_table(edit) for edit in self.edits])
        self.source = f"{self.base.source}!{listed}" if self.base.source else ""
        whole = f"{self.base.fingerprint}!{listed}"
        self.fingerprint = hashlib.sha256(whole.encode()).hexdigest()

    def __len__(self) -> int:
        return len(self.base)

    def sample(self, index: int) -> Sample:
        found = self.base.sample(index)
        text = self._texts.get(index, found.text)
        return replace(found, text=text, gray_HW=self._pictures.get(index, found.gray_HW))

    @property
    def dropped(self) -> frozenset[int]:
        return frozenset(edit.sample for edit in self.edits if isinstance(edit, Drop))

    def over(self, met: TrainingSet) -> TrainingSet:
        """`met` without what was dropped; all else keeps its place. Raises EditError where a sample
        was not trained on before, or could not be any more."""
        for index in sorted({edit.sample for edit in self.edits}):
            if index not in met.usable:
                raise EditError(f"sample {index} is not trained on; choose one that is")
            if index not in self.dropped:
                self._require_fit(index, met)
        usable = tuple(index for index in met.usable if index not in self.dropped)
        if not usable:
            raise EditError("every sample is dropped; keep at least one")
        faults = tuple(
            Fault(index, self.base.sample(index).name, "dropped", "dropped by hand in this branch")
            for index in sorted(self.dropped)
        )
        return replace(
            met,
            dataset=self,
            usable=usable,
            places=met.usable,
            dropped=self.dropped,
            faults=(*met.faults, *faults),
        )

    def _require_fit(self, index: int, met: TrainingSet) -> None:
        sample = self.sample(index)
        shape_HW = sample.gray_HW.shape
        found = misfit(sample.text, shape_HW, met.spec, met.alphabet, met.stride)
        if found is not None:
            raise EditError(f"sample {index} could not be trained on: {found[1]}")

    def _take(self, edit: DataEdit) -> None:
        if not (type(edit.sample) is int and 0 <= edit.sample < len(self.base)):
            raise EditError(
                f"there is no sample {edit.sample} in {self.name}; allowed: 0 to {len(self) - 1}"
            )
        if isinstance(edit, Relabel):
            if not isinstance(edit.text, str):
                raise EditError(f"the label is {edit.text!r}; allowed: a text")
            self._texts[edit.sample] = unicodedata.normalize("NFC", edit.text)
        elif isinstance(edit, Repaint):
            before = self._pictures.get(edit.sample)
            gray_HW = self.base.sample(edit.sample).gray_HW if before is None else before
            self._pictures[edit.sample] = _painted(gray_HW, edit)


def _painted(gray_HW: U8, edit: Repaint) -> U8:
    height, width = gray_HW.shape
    after_HW = gray_HW.copy()
    for pixel in edit.pixels:
        is_whole = len(pixel) == 3 and all(type(value) is int for value in pixel)
        if not (is_whole and 0 <= pixel[0] < height and 0 <= pixel[1] < width):
            raise EditError(
                f"{pixel} is no pixel (y, x, gray) of sample {edit.sample}, which is {height} rows "
                f"of {width}"
            )
        if not 0 <= pixel[2] <= 255:
            raise EditError(f"gray is {pixel[2]}; allowed: 0 to 255")
        after_HW[pixel[0], pixel[1]] = np.uint8(pixel[2])
    return frozen(after_HW)


class _Texts(Sequence[str]):
    """The texts of the base, some replaced; the base may be endless."""

    def __init__(self, base: Sequence[str], replaced: Mapping[int, str]) -> None:
        self._base = base
        self._replaced = replaced

    def __len__(self) -> int:
        return len(self._base)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        text: str = self._replaced.get(index % len(self), self._base[index])
        return text


def edits_in(source: str) -> tuple[str, tuple[DataEdit, ...]] | None:
    """The base's source and the edits, of the source of an edited set; None of any other.

    Raises EditError where what follows the mark cannot be read.
    """
    base, mark, listed = source.partition(MARK)
    if not (mark and source.endswith("]")):
        return None
    try:
        tables = json.loads("[" + listed)
    except ValueError as error:
        raise EditError(f"{source[:80]}: the edits in it cannot be read ({error})") from error
    return base, tuple(from_table(table) for table in tables)
