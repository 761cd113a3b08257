"""A census: what labels are made of and how an alphabet meets them; how wide the pictures are.

`verify` counts a whole folder with it, the window's data view a spread of the run's own set.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from crnn.data.dataset import Dataset, Fitting, TrainingSet
from crnn.data.prepare import prepared_width
from crnn.errors import DatasetError
from crnn.text.hangul import Alphabet, min_frames

MOST_LABELS, MOST_PICTURES = 20_000, 2_000
"""How many a view of the data looks at, evenly spread: enough to see a shape, done in seconds."""
MOST_DRAWN = 400
"""Pictures instead of that where each is drawn to be looked at."""
LISTED = 100
"""Ambiguous labels kept by name; all are counted."""


@dataclass(slots=True)
class LabelCount:
    """Labels met by one alphabet.

    needed: timesteps -> labels that need so many. classes: class -> how often it occurs. foreign:
    character the alphabet has not got -> how often. ambiguous: label -> what its classes read
    instead (ㄱㅏ reads 가), the first LISTED of n_ambiguous.
    """

    alphabet: Alphabet
    needed: Counter[int] = field(default_factory=Counter)
    classes: Counter[int] = field(default_factory=Counter)
    foreign: Counter[str] = field(default_factory=Counter)
    ambiguous: dict[str, str] = field(default_factory=dict)
    n_ambiguous: int = 0

    def add(self, text: str) -> None:
        """Count one label, in NFC; an empty one has nothing to count."""
        foreign = self.alphabet.missing(text)
        self.foreign.update(foreign)
        if foreign or not text:
            return
        label_L = self.alphabet.encode(text)
        self.needed[min_frames(label_L)] += 1
        self.classes.update(label_L.tolist())
        reads = self.alphabet.decode(label_L)
        if reads != text:
            self.n_ambiguous += 1
            if len(self.ambiguous) < LISTED:
                self.ambiguous[text] = reads

    @property
    def unseen(self) -> tuple[str, ...]:
        """Symbols of the alphabet that no label has."""
        symbols = enumerate(self.alphabet.symbols, start=1)
        return tuple(symbol for k, symbol in symbols if not self.classes[k])


@dataclass(frozen=True, slots=True)
class Census:
    """Of `n_labels` labels and `n_pictures` readable pictures of a set.

    lengths: characters -> labels. widths: columns of the prepared picture -> pictures. frames:
    timesteps -> pictures that give so many.
    """

    n_labels: int
    n_pictures: int
    labels: LabelCount
    lengths: Counter[int]
    widths: Counter[int]
    frames: Counter[int]


def spread(n: int, most: int) -> Sequence[int]:
    """At most `most` of n indices, evenly spread."""
    return range(n) if n <= most else [index * n // most for index in range(most)]


def looked_at(dataset: Dataset, places: Sequence[int]) -> list[int]:
    """Those of `places` whose pictures are looked at."""
    most = MOST_DRAWN if isinstance(dataset, Fitting) else MOST_PICTURES
    return [places[index] for index in spread(len(places), most)]


def census(data: TrainingSet, goes_on: Callable[[], bool] = lambda: True) -> Census | None:
    """Look at MOST_LABELS labels of `data` and at the pictures that `looked_at` picks.

    None where `goes_on`, asked before each, says no. Faults are not looked for: `data` has them.
    """
    dataset, labels = data.dataset, LabelCount(data.alphabet)
    lengths: Counter[int] = Counter()
    widths: Counter[int] = Counter()
    for index in spread(len(dataset), MOST_LABELS):
        if not goes_on():
            return None
        text = dataset.texts[index]
        lengths[len(text)] += 1
        labels.add(text)
    for index in looked_at(dataset, range(len(dataset))):
        if not goes_on():
            return None
        try:
            widths[prepared_width(dataset.sample(index).gray_HW.shape, data.spec)] += 1
        except DatasetError:
            continue  # among the faults of `data`, by name
    frames: Counter[int] = Counter()
    for width, count in widths.items():
        frames[-(-width // data.stride)] += count
    return Census(lengths.total(), widths.total(), labels, lengths, widths, frames)
