"""Text <-> class ids, in three alphabets. Class 0 is the CTC blank and never in an alphabet.

jamo: 67 conjoining jamo and the 95 printable ASCII characters. Decomposing is NFD, composing is
NFC; for complete syllables nothing is ambiguous and no two neighbours are ever equal.
compat: 51 compatibility jamo, clusters and compound vowels whole; 국가 has ㄱㄱ and costs a blank.
syllables: one class a character.

Texts are normalised to NFC on reading, never NFKC (which would turn ㄱㅏ into 가). A lone ㅋ is
encoded as the initial, a lone ㅏ as the vowel, and both are written back as they came; where that
is ambiguous (ㄱㅏ reads 가) `round_trips` says so. A literal underscore is a class of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args
from unicodedata import normalize

import numpy as np

from crnn.arrays import I64
from crnn.errors import AlphabetError
from crnn.text import jamo

AlphabetKind = Literal["jamo", "compat", "syllables"]
Role = Literal["initial", "medial", "final", "other"]

ASCII = tuple(chr(code) for code in range(0x20, 0x7F))


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

    def __hash__(self) -> int:
        """Of the first symbols only: it is asked for at every decoding, and there may be 2,350."""
        return hash((self.kind, len(self.symbols), self.symbols[:8]))

    def __post_init__(self) -> None:
        """Raise AlphabetError unless the symbols are distinct single characters of a known kind."""
        if self.kind not in get_args(AlphabetKind):
            allowed = ", ".join(get_args(AlphabetKind))
            raise AlphabetError(f"the alphabet's kind is {self.kind!r}; allowed: {allowed}")
        if any(len(symbol) != 1 for symbol in self.symbols):
            wrong = next(symbol for symbol in self.symbols if len(symbol) != 1)
            raise AlphabetError(f"the alphabet's symbol {wrong!r} is not one character")
        changed = next((s for s in self.symbols if normalize("NFC", s) != s), None)
        if changed is not None:
            raise AlphabetError(
                f"the alphabet's symbol {_named(changed)} never stands in a label, which is NFC; "
                f"take {', '.join(map(_named, normalize('NFC', changed)))}"
            )
        if len(set(self.symbols)) != len(self.symbols):
            twice = next(s for s in self.symbols if self.symbols.count(s) > 1)
            raise AlphabetError(f"the alphabet holds {_named(twice)} more than once")

    @property
    def n_classes(self) -> int:
        return len(self.symbols) + 1

    def encode(self, text: str) -> I64:
        """label_L. Raises AlphabetError that names the character."""
        spelling = _spelling(self)
        ids: list[int] = []
        for char in normalize("NFC", text):
            classes = spelling[char]
            if not classes:
                raise AlphabetError(
                    f"{_named(char)} in {text!r} is not in the {self.kind} alphabet of "
                    f"{len(self.symbols)} symbols; take it out of the text or choose an alphabet "
                    "that has it"
                )
            ids.extend(classes)
        return np.array(ids, np.int64)

    def missing(self, text: str) -> tuple[str, ...]:
        """The characters of `text`, in NFC and in order, that have no class."""
        spelling = _spelling(self)
        return tuple(char for char in normalize("NFC", text) if not spelling[char])

    def decode(self, label_L: I64) -> str:
        """Compose the symbols to NFC text; lone jamo come out in compatibility form.

        Takes any sequence of classes 1..K-1, as a half-trained net emits; AlphabetError otherwise.
        """
        return "".join([text for text, _, _ in jamo.compose(self._parts(label_L))])

    def round_trips(self, text: str) -> bool:
        """Whether decode(encode(text)) is `text` in NFC. Raises AlphabetError as encode does."""
        return self.decode(self.encode(text)) == normalize("NFC", text)

    def letter(self, k: int) -> Letter:
        """Class k for the screen. Blank is Letter("_", "other"), drawn grey by its class.

        A compatibility consonant is called initial here; `letters` knows its place in a label.
        """
        letters = _letters(self)
        if not 0 <= k < len(letters):
            raise AlphabetError(f"class {k} is not one of the {len(letters)} of this alphabet")
        return letters[k]

    def letters(self, label_L: I64) -> tuple[Letter, ...]:
        """Each symbol of a label for the screen, with the place it takes in its syllable."""
        alone = _letters(self)
        shown = [alone[k] for k in self._checked(label_L)]
        if self.kind == "compat":
            for group in self.groups(label_L):
                if group.stop - group.start == 3:
                    shown[group.stop - 1] = Letter(shown[group.stop - 1].char, "final")
        return tuple(shown)

    def groups(self, label_L: I64) -> tuple[Group, ...]:
        """The composed characters of a label, in order, each with its label positions."""
        return tuple(Group(*piece) for piece in jamo.compose(self._parts(label_L)))

    def _parts(self, label_L: I64) -> list[jamo.Part]:
        parts = _parts(self)
        return [parts[k] for k in self._checked(label_L)]

    def _checked(self, label_L: I64) -> list[int]:
        ids: list[int] = label_L.tolist()
        if ids and not (min(ids) >= 1 and max(ids) <= len(self.symbols)):
            wrong = next(k for k in ids if not 1 <= k <= len(self.symbols))
            raise AlphabetError(
                f"class {wrong} cannot stand in a label; allowed: 1 to {len(self.symbols)}"
                " (0 is the blank)"
            )
        return ids


def make_alphabet(kind: AlphabetKind, texts: Sequence[str] = ()) -> Alphabet:
    """jamo: 67 conjoining jamo + ASCII, whatever the texts.

    compat: 51 compatibility jamo + the printable ASCII characters of `texts`, sorted.
    syllables: the characters of `texts`, sorted, or the 2,350 of KS X 1001 where none are given.
    """
    if kind == "jamo":
        return Alphabet(kind, jamo.CONJOINING + ASCII)
    found = set(normalize("NFC", "".join(texts)))
    if kind == "compat":
        return Alphabet(kind, jamo.COMPATIBILITY + tuple(c for c in ASCII if c in found))
    return Alphabet(kind, tuple(sorted(found)) or _ks_x_1001())


def min_frames(label_L: I64) -> int:
    """L + the number of equal neighbours: the fewest timesteps that can spell the label."""
    return len(label_L) + int(np.count_nonzero(label_L[1:] == label_L[:-1]))


def _ks_x_1001() -> tuple[str, ...]:
    # Rows 16 to 40 of the standard hold its syllables; EUC-KR adds 0xA0 to row and cell.
    cells = bytes(
        byte for row in range(16, 41) for cell in range(1, 95) for byte in (row + 160, cell + 160)
    )
    return tuple(cells.decode("euc_kr"))


def _named(char: str) -> str:
    return f"{char!r} (U+{ord(char):04X})"


class _Spelling(dict[str, tuple[int, ...]]):
    """Character -> its classes, found on first use; empty where the alphabet has not got it."""

    def __init__(self, alphabet: Alphabet) -> None:
        super().__init__()
        self._kind = alphabet.kind
        self._class_of = {symbol: k for k, symbol in enumerate(alphabet.symbols, start=1)}

    def __missing__(self, char: str) -> tuple[int, ...]:
        classes = tuple(self._class_of.get(symbol, 0) for symbol in self._symbols(char))
        self[char] = classes = classes if all(classes) else ()
        return classes

    def _symbols(self, char: str) -> tuple[str, ...]:
        if self._kind == "syllables" or char in self._class_of:
            return (char,)
        symbols = jamo.split(char) if jamo.is_syllable(char) else (jamo.LONE.get(char, char),)
        if self._kind == "compat":
            return tuple(jamo.SHOWN.get(symbol, symbol) for symbol in symbols)
        return symbols


@lru_cache(maxsize=16)
def _spelling(alphabet: Alphabet) -> _Spelling:
    return _Spelling(alphabet)


@lru_cache(maxsize=16)
def _parts(alphabet: Alphabet) -> tuple[jamo.Part, ...]:
    """By class. The syllable alphabet composes nothing: its symbols are only shown."""
    if alphabet.kind == "syllables":
        return tuple(jamo.Part(symbol) for symbol in ("_", *alphabet.symbols))
    return tuple(jamo.part(symbol) for symbol in ("_", *alphabet.symbols))


@lru_cache(maxsize=16)
def _letters(alphabet: Alphabet) -> tuple[Letter, ...]:
    def role(part: jamo.Part) -> Role:
        if part.initial >= 0:
            return "initial"
        if part.medial >= 0:
            return "medial"
        return "final" if part.final >= 0 else "other"

    return tuple(Letter(part.shown, role(part)) for part in _parts(alphabet))
