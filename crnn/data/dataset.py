"""What a data set is, and the batches of a run: addressed by (seed, step), honest epochs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from crnn.arrays import F32, I64, U8
from crnn.data.prepare import InputSpec
from crnn.text.hangul import Alphabet


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture (gray, paper bright or dark, as it came) and its text, NFC."""

    name: str
    text: str
    gray_HW: U8


class Dataset(Protocol):
    """Immutable. `sample` is pure and may be called from any thread."""

    @property
    def name(self) -> str: ...
    @property
    def fingerprint(self) -> str:
        """SHA-256 over names, texts and pixels, hex."""
    @property
    def texts(self) -> tuple[str, ...]: ...
    def __len__(self) -> int: ...
    def sample(self, index: int) -> Sample: ...


FaultKind = Literal["not_in_alphabet", "too_long", "too_wide", "empty_text", "unreadable_image"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a sample is not trained on: shown, counted, never dropped in silence."""

    index: int
    name: str
    kind: FaultKind
    detail: str


@dataclass(frozen=True, slots=True)
class Batch:
    """N samples padded with paper (0) to one width W, a multiple of the bucket."""

    ids: tuple[int, ...]
    x_NCHW: F32
    width_N: I64
    labels: tuple[I64, ...]


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """A data set met by an input spec, an alphabet and a stride: what fits, what does not, and the batches."""

    dataset: Dataset
    spec: InputSpec
    alphabet: Alphabet
    stride: int
    seed: int
    batch_size: int
    usable: tuple[int, ...]
    faults: tuple[Fault, ...]

    def ids(self, step: int) -> tuple[int, ...]:
        """The samples of the batch that takes state `step` to `step + 1`. An epoch shows each usable
        sample once, in an order drawn at (seed, epoch, "shuffle"); its last batch may be smaller."""
        raise NotImplementedError

    def batch(self, step: int) -> Batch:
        """ids(step), prepared and padded."""
        raise NotImplementedError

    def collate(self, ids: tuple[int, ...]) -> Batch:
        """These samples as one batch, in this order."""
        raise NotImplementedError

    def label(self, index: int) -> I64:
        raise NotImplementedError

    def prepared(self, index: int) -> F32:
        """x_HW of one sample, unpadded; cached."""
        raise NotImplementedError


def meet(
    dataset: Dataset, *, spec: InputSpec, alphabet: Alphabet, stride: int, seed: int, batch_size: int
) -> TrainingSet:
    """Judge every sample of `dataset`: usable, or a Fault."""
    raise NotImplementedError
