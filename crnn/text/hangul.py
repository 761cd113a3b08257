"""Text <-> class ids, in three alphabets. Class 0 is the CTC blank and never in an alphabet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crnn.arrays import I64

AlphabetKind = Literal["jamo", "compat", "syllables"]
Role = Literal["initial", "medial", "final", "other"]


@dataclass(frozen=True, slots=True)
class Letter:
    """One label symbol as the screen shows it: jamo in compatibility form, and where it stands."""

    char: str
    role: Role


@dataclass(frozen=True, slots=True)
class Group:
    """One composed character of a text and the label positions [start, stop) it is made of."""

    text: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Alphabet:
    """`symbols[k - 1]` is class k."""

    kind: AlphabetKind
    symbols: tuple[str, ...]

    @property
    def n_classes(self) -> int:
        return len(self.symbols) + 1

    def encode(self, text: str) -> I64:
        """label_L. Raises AlphabetError that names the character."""
        raise NotImplementedError

    def decode(self, label_L: I64) -> str:
        """Compose the symbols to NFC text; lone jamo come out in compatibility form."""
        raise NotImplementedError

    def letter(self, k: int) -> Letter:
        """Class k for the screen. Blank is Letter("_", "other"), drawn grey by its class, not its character."""
        raise NotImplementedError

    def groups(self, label_L: I64) -> tuple[Group, ...]:
        """The composed characters of a label, in order, each with its label positions."""
        raise NotImplementedError


def make_alphabet(kind: AlphabetKind, texts: tuple[str, ...] = ()) -> Alphabet:
    """jamo: 67 conjoining + ASCII. compat: 51 compatibility jamo + ASCII digits and letters of `texts`.
    syllables: the characters of `texts`, or KS X 1001 where none are given."""
    raise NotImplementedError


def min_frames(label_L: I64) -> int:
    """L + the number of equal neighbours: the fewest timesteps that can spell the label."""
    raise NotImplementedError
