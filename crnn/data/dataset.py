"""What a data set is, and the batches of a run: addressed by (seed, step), honest epochs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, NamedTuple, Protocol, runtime_checkable

import numpy as np

from crnn.arrays import F32, I64, U8, frozen
from crnn.data.augment import Augment, augmented
from crnn.data.cache import ArrayCache
from crnn.data.prepare import InputSpec, prepare, prepared_width
from crnn.effort import Effort
from crnn.rng import rng
from crnn.text.hangul import Alphabet

BUCKET = 64
"""Batch widths are multiples of this or of a smaller spec.width, so that few shapes occur."""

LISTED = 10_000
"""Samples of a set that a screen lists and an engine at rest reads; it may have millions."""
_PREPARED_BYTES = 512 * 2**20


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture (gray, paper bright or dark, as it came) and its text, NFC."""

    name: str
    text: str
    gray_HW: U8


FaultKind = Literal[
    "not_in_alphabet",
    "too_long",
    "too_wide",
    "empty_text",
    "unreadable_image",
    "unreadable_label",
    "missing_image",
    "missing_label",
    "duplicate_stem",
    "dropped",
]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a sample is not trained on: shown, counted, never dropped in silence.

    `index` is -1 where there is no sample at all, e.g. a label without a picture.
    """

    index: int
    name: str
    kind: FaultKind
    detail: str


class Dataset(Protocol):
    """Immutable. `sample` is pure and may be called from any thread."""

    @property
    def name(self) -> str: ...
    @property
    def fingerprint(self) -> str:
        """SHA-256 over names, texts and pixels, hex."""

    @property
    def source(self) -> str:
        """What crnn.data.sources opens the same set by; "" where nothing does."""

    @property
    def texts(self) -> Sequence[str]: ...
    @property
    def faults(self) -> tuple[Fault, ...]:
        """What could not even become a sample when the set was opened."""

    def __len__(self) -> int: ...
    def sample(self, index: int) -> Sample:
        """Raises DatasetError where the picture cannot be read."""


@runtime_checkable
class Fitting(Protocol):
    """A data set made to fit: where it says so, `meet` judges no sample, so it may be endless."""

    def fits(self, spec: InputSpec, alphabet: Alphabet, stride: int) -> bool: ...


@runtime_checkable
class Described(Protocol):
    """A data set that knows more of a sample than its text: of its writer, of its sheet."""

    def about(self, index: int) -> Mapping[str, str]: ...


@runtime_checkable
class Derived(Protocol):
    """A data set that another one was made into by hand: it is met as that one is, then `over` says
    what the changes mean."""

    @property
    def base(self) -> Dataset: ...
    def over(self, met: TrainingSet) -> TrainingSet:
        """`met`, what the base was met as, with the changes. Raises EditError."""


def fingerprint(samples: Iterable[Sample]) -> str:
    """SHA-256 over names, texts, shapes and pixels in order, hex."""
    digest = hashlib.sha256()
    for sample in samples:
        height, width = sample.gray_HW.shape
        digest.update(f"{sample.name}\0{sample.text}\0{height}x{width}\0".encode())
        digest.update(sample.gray_HW.tobytes())
    return digest.hexdigest()


class MemoryDataset:
    """Samples at hand: a subset, a single picture, the user's own ink."""

    def __init__(self, name: str, samples: Iterable[Sample], source: str = "") -> None:
        self.name = name
        self.source = source
        self._samples = tuple(_held(sample) for sample in samples)
        self.texts = tuple(sample.text for sample in self._samples)
        self.faults: tuple[Fault, ...] = ()

    @cached_property
    def fingerprint(self) -> str:
        return fingerprint(self._samples)

    def __len__(self) -> int:
        return len(self._samples)

    def sample(self, index: int) -> Sample:
        return self._samples[index]


def _held(sample: Sample) -> Sample:
    """`sample` with a picture that nobody can write to; the caller's own array is left alone."""
    if not sample.gray_HW.flags.writeable:
        return sample
    return replace(sample, gray_HW=frozen(sample.gray_HW.copy()))


def subset(dataset: Dataset, ids: Iterable[int], name: str) -> MemoryDataset:
    """These samples of `dataset` as a set of their own. Raises DatasetError for unreadable ones."""
    chosen = tuple(ids)
    listed = ",".join(map(str, chosen))
    source = f"{dataset.source}#{listed}" if dataset.source else ""
    return MemoryDataset(name, (dataset.sample(index) for index in chosen), source)


@dataclass(frozen=True, slots=True)
class Batch:
    """N samples padded with paper (0) to one width W, see `BUCKET`."""

    ids: tuple[int, ...]
    x_NCHW: F32
    width_N: I64
    labels: tuple[I64, ...]

    def __reduce__(self) -> tuple[Callable[..., Batch], tuple[object, ...]]:
        """Travels with its labels as one array: there are dozens, and each costs as much as one."""
        ends = tuple(np.cumsum([len(label_L) for label_L in self.labels]).tolist())
        return _unpacked, (self.ids, self.x_NCHW, self.width_N, np.concatenate(self.labels), ends)


def _unpacked(
    ids: tuple[int, ...], x_NCHW: F32, width_N: I64, all_labels: I64, ends: tuple[int, ...]
) -> Batch:
    starts = (0, *ends[:-1])
    labels = tuple(all_labels[start:end] for start, end in zip(starts, ends, strict=True))
    return Batch(ids, x_NCHW, width_N, labels)


class _Pool(NamedTuple):
    """Batches in a row as one: the positions in their order, and the pictures of those in it."""

    epoch: int
    number: int
    order: I64
    pictures: dict[int, U8]


class _Caches:
    """What a TrainingSet has already computed; pure values, so no lock."""

    __slots__ = ("labels", "order", "pools", "prepared")

    def __init__(self) -> None:
        self.prepared: ArrayCache[int, F32] = ArrayCache(_PREPARED_BYTES)
        self.labels: dict[int, I64] = {}
        self.order: tuple[int, I64] | None = None
        self.pools: tuple[_Pool, ...] = ()
        """The last two: at a border, the steps before and after it are asked for in turn."""


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """A data set met by an input spec, an alphabet and a stride.

    Says what fits and what does not, and deals out the batches. With `augment`, a batch shows every
    sample changed as drawn at (seed, step, sample); `prepared` and `collate` show it as it is.
    With `alike` above 1, samples of like width share a batch, so that little of it is padding: the
    shuffled epoch is cut into pools of that many batches, and each pool is sorted by width.
    Samples that were `dropped` from a run keep their place among `places`, over which the order is
    drawn, so that all others come when they would have come with them; () stands for `usable`.
    """

    dataset: Dataset
    spec: InputSpec
    alphabet: Alphabet
    stride: int
    seed: int
    batch_size: int
    usable: Sequence[int]
    faults: tuple[Fault, ...]
    augment: Augment = "none"
    alike: int = 1
    places: Sequence[int] = ()
    dropped: frozenset[int] = frozenset()
    _caches: _Caches = field(default_factory=_Caches, init=False, compare=False, repr=False)

    @property
    def home(self) -> TrainingSet:
        """The set itself, without guests (crnn.data.guests)."""
        return self

    @property
    def n_own(self) -> int:
        """Samples of the set itself; what comes after them are guests."""
        return len(self.home.dataset)

    @property
    def n_listed(self) -> int:
        """Samples that are listed and surveyed one by one: all, or the first LISTED."""
        return min(self.n_own, LISTED)

    @property
    def n_rows(self) -> int:
        """Of a survey: the listed samples, and after them the guests."""
        return self.n_listed + len(self.dataset) - self.n_own

    def row(self, sample: int) -> int:
        """The row of a sample in a survey; -1 where it has none."""
        if sample < self.n_listed:
            return sample
        return self.n_listed + sample - self.n_own if sample >= self.n_own else -1

    def sample_in(self, row: int) -> int:
        """The sample of a row."""
        return row if row < self.n_listed else self.n_own + row - self.n_listed

    @property
    def steps_per_epoch(self) -> int:
        return -(-len(self._places) // self.batch_size)

    @property
    def _places(self) -> Sequence[int]:
        return self.places or self.usable

    def ids(self, step: int) -> tuple[int, ...]:
        """The samples of the batch that takes state `step` to `step + 1`.

        An epoch shows each usable sample once, in an order drawn at (seed, epoch, "shuffle"); its
        last batch may be smaller, and so are those whose samples were dropped. A batch of which
        none is left shows the first sample of its epoch that is.
        """
        epoch, part = divmod(step, self.steps_per_epoch)
        pool, place = divmod(part, self.alike)
        order = self._pool(epoch, pool).order
        batch = order[place * self.batch_size : (place + 1) * self.batch_size]
        return self._kept(batch) or self._kept(self._order(epoch))[:1]

    def _kept(self, order: I64) -> tuple[int, ...]:
        samples = (self._places[position] for position in order.tolist())
        return tuple(sample for sample in samples if sample not in self.dropped)

    def _pool(self, epoch: int, number: int) -> _Pool:
        """`alike` batches in a row, those of like width together."""
        for held in self._caches.pools:
            if held[:2] == (epoch, number):
                return held
        size = self.alike * self.batch_size
        order = self._order(epoch)[number * size : (number + 1) * size]
        pictures: dict[int, U8] = {}
        if self.alike > 1:
            ids = [self._places[position] for position in order.tolist()]
            pictures = {index: self.dataset.sample(index).gray_HW for index in ids}
            widths = [prepared_width(pictures[index].shape, self.spec) for index in ids]
            order = self._by_width(order, widths, rng(self.seed, epoch, f"pool-{number}"))
        made = _Pool(epoch, number, order, pictures)
        self._caches.pools = (made, *self._caches.pools[:1])
        return made

    def _by_width(self, order: I64, widths: list[int], chance: np.random.Generator) -> I64:
        """Sorted and cut into batches, in an order of their own; one not full stays the last."""
        order = order[np.argsort(widths, kind="stable")]
        full, rest = np.split(order, [len(order) // self.batch_size * self.batch_size])
        batches = chance.permutation(full.reshape(-1, self.batch_size))
        return np.concatenate((batches.ravel(), rest))

    def step_of(self, index: int, epoch: int) -> int:
        """The step of `epoch` whose batch shows this usable sample; ValueError for others."""
        position = self._places.index(index)
        place = int(np.flatnonzero(self._order(epoch) == position)[0])
        size = self.alike * self.batch_size
        pool = self._pool(epoch, place // size).order
        place = place // size * size + int(np.flatnonzero(pool == position)[0])
        return epoch * self.steps_per_epoch + place // self.batch_size

    def _order(self, epoch: int) -> I64:
        held = self._caches.order
        if held is not None and held[0] == epoch:
            return held[1]
        order = rng(self.seed, epoch, "shuffle").permutation(len(self._places))
        self._caches.order = (epoch, order)
        return order

    def batch(self, step: int) -> Batch:
        """ids(step), augmented, prepared and padded."""
        ids = self.ids(step)
        if self.augment == "none":
            return self.collate(ids)
        return self._padded_batch(ids, [self.varied(index, step) for index in ids])

    def collate(self, ids: tuple[int, ...]) -> Batch:
        """These samples as one batch, in this order; x_NCHW is (N, 1, height, W), contiguous."""
        return self._padded_batch(ids, [self.prepared(index) for index in ids])

    def _padded_batch(self, ids: tuple[int, ...], prepared: list[F32]) -> Batch:
        widths = [x_HW.shape[1] for x_HW in prepared]
        x_NCHW = np.zeros((len(ids), 1, self.spec.height, self._padded(max(widths))), np.float32)
        for n, x_HW in enumerate(prepared):
            x_NCHW[n, 0, :, : widths[n]] = x_HW
        labels = tuple(self.label(index) for index in ids)
        return Batch(ids, frozen(x_NCHW), frozen(np.array(widths, np.int64)), labels)

    def _padded(self, width: int) -> int:
        if width <= self.spec.width:
            return self.spec.width
        unit = min(BUCKET, self.spec.width) if BUCKET % self.stride == 0 else self.spec.width
        return -(-width // unit) * unit

    def label(self, index: int) -> I64:
        """label_L of one sample, read-only; cached. Raises AlphabetError."""
        held = self._caches.labels.get(index)
        if held is None:
            held = frozen(self.alphabet.encode(self.dataset.texts[index]))
            self._caches.labels[index] = held
        return held

    def prepared(self, index: int) -> F32:
        """x_HW of one sample, unpadded; cached."""
        return self._caches.prepared.get(
            index, lambda: prepare(self.dataset.sample(index).gray_HW, self.spec)
        )

    def varied(self, index: int, step: int) -> F32:
        """x_HW of one sample as the batch of `step` shows it, as wide as `prepared`; not cached."""
        pools = self._caches.pools
        drawn = next((pool.pictures[index] for pool in pools if index in pool.pictures), None)
        gray_HW = self.dataset.sample(index).gray_HW if drawn is None else drawn
        return prepare(
            augmented(gray_HW, self.spec, self.augment, self.seed, step, index), self.spec
        )


def timed_batch(data: TrainingSet, step: int) -> tuple[Batch, float]:
    """data.batch(step), and how long making it takes, in s."""
    effort = Effort()
    batch = data.batch(step)
    return batch, effort.seconds()
