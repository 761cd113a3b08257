"""The letters of Hangul: where Unicode keeps them, how syllables split, how letters compose.

A syllable is U+AC00 + 588 initial + 28 medial + final: 19 initials, 21 medials (vowels), 27 finals
and "none". Conjoining jamo (U+1100...) say where a letter stands, compatibility jamo (U+3131...) do
not, so a flat stream of them needs one symbol of look-ahead: a consonant after a vowel is its final
unless the next symbol is a vowel that takes it as initial. One automaton serves both: a conjoining
final simply cannot be an initial, nor the other way round. Source: The Unicode Standard, ch. 3.12.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

INITIALS = tuple(chr(0x1100 + i) for i in range(19))
MEDIALS = tuple(chr(0x1161 + i) for i in range(21))
FINALS = tuple(chr(0x11A8 + i) for i in range(27))
CONJOINING = INITIALS + MEDIALS + FINALS

INITIALS_SHOWN = tuple("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ")
MEDIALS_SHOWN = tuple(chr(0x314F + i) for i in range(21))
FINALS_SHOWN = tuple("ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
COMPATIBILITY = tuple(chr(0x3131 + i) for i in range(30)) + MEDIALS_SHOWN

SHOWN = dict(zip(CONJOINING, INITIALS_SHOWN + MEDIALS_SHOWN + FINALS_SHOWN, strict=True))
"""Conjoining jamo -> the compatibility jamo that looks the same."""

# Finals first, so that a consonant that can be an initial is one; only ㄳ and its like stay finals.
LONE = (
    dict(zip(FINALS_SHOWN, FINALS, strict=True))
    | dict(zip(INITIALS_SHOWN, INITIALS, strict=True))
    | dict(zip(MEDIALS_SHOWN, MEDIALS, strict=True))
)
"""Compatibility jamo -> the conjoining jamo that stands for it where it is written alone."""

_FIRST_SYLLABLE = 0xAC00
_LAST_SYLLABLE = 0xD7A3


class Part(NamedTuple):
    """A symbol as the automaton sees it: what to show alone, and the places it can take (-1: not).

    `final` counts from 1, as in the syllable formula.
    """

    shown: str
    initial: int = -1
    medial: int = -1
    final: int = -1


def part(symbol: str) -> Part:
    """The places a symbol can take; a compatibility consonant may fit two, other text none."""
    if symbol in SHOWN:
        table, shown = (INITIALS, MEDIALS, FINALS), SHOWN[symbol]
    else:
        table, shown = (INITIALS_SHOWN, MEDIALS_SHOWN, FINALS_SHOWN), symbol
    initial, medial, final = (row.index(symbol) if symbol in row else -1 for row in table)
    return Part(shown, initial, medial, final + 1 if final >= 0 else -1)


def is_syllable(char: str) -> bool:
    """Whether `char` is one of the 11,172 composed syllables."""
    return _FIRST_SYLLABLE <= ord(char) <= _LAST_SYLLABLE


def split(syllable: str) -> tuple[str, ...]:
    """The 2 or 3 conjoining jamo of a composed syllable: its NFD."""
    index = ord(syllable) - _FIRST_SYLLABLE
    two = (INITIALS[index // 588], MEDIALS[index % 588 // 28])
    return (*two, FINALS[index % 28 - 1]) if index % 28 else two


def compose(parts: Sequence[Part]) -> Iterator[tuple[str, int, int]]:
    """Yield (text, start, stop) for each composed character of a stream, in order.

    Any stream is taken: what does not compose is shown as it stands, compatibility form for jamo.
    """
    medial = [p.medial for p in parts] + [-1, -1, -1]  # so that looking ahead needs no end check
    i = 0
    while i < len(parts):
        p = parts[i]
        if p.initial < 0 or medial[i + 1] < 0:
            yield p.shown, i, i + 1
            i += 1
            continue
        code = _FIRST_SYLLABLE + 588 * p.initial + 28 * medial[i + 1]
        stop = i + 2
        if stop < len(parts):
            last = parts[stop]
            is_taken = last.initial >= 0 and medial[stop + 1] >= 0
            if last.final > 0 and not is_taken:
                code += last.final
                stop += 1
        yield chr(code), i, stop
        i = stop


def spell(text: str) -> str:
    """`text` with every syllable split and every lone jamo made conjoining; the rest as it is.

    The unit of jamo CER, and the class sequence of the jamo alphabet. Expects NFC.
    """
    return "".join("".join(split(c)) if is_syllable(c) else LONE.get(c, c) for c in text)
