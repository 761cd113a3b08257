"""Frames: where the letters of a character stand, and how large, before any hand changes it.

A syllable is a frame of unit height. Its letters take the boxes that the vowel asks for: upright
(ㅏ), flat (ㅗ) or both (ㅘ), with or without a final. A character's frame never changes, so it is
made once, as arrays that those of a word are strung together from.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from crnn.arrays import F64, I64, frozen
from crnn.data.hands import HABITS, Hand
from crnn.data.strokes import Box
from crnn.data.strokes_hangul import CLUSTERS, COMPOUNDS, FLAT
from crnn.data.strokes_latin import MARKS, mark_width
from crnn.errors import DatasetError
from crnn.text.jamo import COMPATIBILITY, SHOWN, is_syllable, split

_SPACE = 0.45
"""Width of a space."""
ROLES = ("beside", "above", "flat", "upright", "final", "alone", "mark")
"""Where a letter stands: before an upright or over a flat vowel, as that vowel, below as a final,
by itself, or no letter of Hangul at all."""


class Place(NamedTuple):
    """A letter and its box in the frame; `role` is what of the hand's proportions applies."""

    letter: str
    box: Box
    role: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The n letters of a character. centre, size: (n, 2). role: (n,) numbers in ROLES. row: (n,)
    rows of a hand's habits. storeys: how many letters stand over one another; 0 for no syllable."""

    places: tuple[Place, ...]
    width: float
    centre: F64
    size: F64
    role: I64
    row: I64
    storeys: float


class Letters(NamedTuple):
    """The letters of a word, as arrays like a frame's, and the number of each one's frame."""

    frame: I64
    centre: F64
    size: F64
    role: I64
    row: I64


def frames_of(text: str) -> list[Frame]:
    """The frame of each character.

    Raises DatasetError naming a character that cannot be written, or a text with no ink.
    """
    frames = [_frame(character) for character in text]
    if not any(frame.places for frame in frames):
        raise DatasetError(f"{text!r} has nothing to write; give a text that is not blank")
    return frames


def letters_of(frames: list[Frame]) -> Letters:
    """Their letters in the order of writing."""
    return Letters(
        np.arange(len(frames)).repeat([len(frame.places) for frame in frames]),
        np.concatenate([frame.centre for frame in frames]),
        np.concatenate([frame.size for frame in frames]),
        np.concatenate([frame.role for frame in frames]),
        np.concatenate([frame.row for frame in frames]),
    )


def proportions(hand: Hand) -> tuple[F64, F64]:
    """What the hand makes of each role: how large across and down, and moved by how much, (7, 2).

    Parts come nearer to each other or stand apart; the final hangs left or right.
    """
    near, initial, final = hand.closeness, hand.initial, hand.final
    scale = (initial, initial, initial, initial, hand.vowel, 1, 1, hand.vowel, final, final)
    lower = -near / 2 + 0.25 * (hand.vowel - 1)
    shift = (near, 0, 0, near / 2, 0, 0, -near / 2, 0, hand.final_right, lower)
    return np.array((*scale, 1, 1, 1, 1)).reshape(-1, 2), np.array((*shift, 0, 0, 0, 0)).reshape(
        -1, 2
    )


@lru_cache(maxsize=4096)
def _frame(character: str) -> Frame:
    places, width = _places(character)
    boxes = np.array([place.box for place in places]).reshape(-1, 4)
    return Frame(
        places,
        width,
        frozen((boxes[:, :2] + boxes[:, 2:]) / 2),
        frozen(boxes[:, 2:] - boxes[:, :2]),
        frozen(np.array([ROLES.index(place.role) for place in places], np.int64)),
        frozen(np.array([ord(place.letter) % HABITS for place in places], np.int64)),
        _storeys(places),
    )


def _storeys(places: tuple[Place, ...]) -> float:
    roles = {place.role for place in places}
    if not roles & {"beside", "above"}:
        return 0.0
    return 1 + 0.7 * ("flat" in roles) + ("final" in roles)


def _places(character: str) -> tuple[tuple[Place, ...], float]:
    """The letters of one character with their boxes, and the width of its frame."""
    if is_syllable(character):
        return _syllable(*(SHOWN[jamo] for jamo in split(character))), 1.0
    if character in COMPATIBILITY:
        if character in COMPOUNDS:
            return _vowel(character, has_final=False), 1.0
        return (Place(character, (0.12, 0.12, 0.78, 0.92), "alone"),), 0.9
    if character in MARKS:
        wide = mark_width(character)
        return (Place(character, (0.04, 0.0, 0.04 + wide, 1.0), "mark"),), wide + 0.08
    if character.isspace():
        return (), _SPACE
    raise DatasetError(
        f"the stroke writer knows no {character!r} (U+{ord(character):04X}); "
        "use syllables, jamo or ASCII"
    )


def _syllable(initial: str, vowel: str, final: str = "") -> tuple[Place, ...]:
    """Boxes by the shape of the vowel and by whether there is a final."""
    role = "beside"
    if vowel in COMPOUNDS:
        box = (0.1, 0.02, 0.56, 0.3) if final else (0.08, 0.08, 0.56, 0.48)
        role = "above"
    elif vowel in FLAT:
        box = (0.2, 0.0, 0.8, 0.31) if final else (0.17, 0.06, 0.83, 0.5)
        role = "above"
    else:
        right = {"ㅏ": 0.56, "ㅑ": 0.56, "ㅣ": 0.6, "ㅐ": 0.5, "ㅒ": 0.5}.get(vowel, 0.46)
        box = (0.06, 0.05, right, 0.5) if final else (0.03, 0.16, right, 0.84)
    if initial == "ㅇ":
        box = _shrunk(box, 0.84)
    places = (Place(initial, box, role), *_vowel(vowel, has_final=bool(final)))
    if not final:
        return places
    below = (0.2, 0.64, 0.86, 1.0) if role == "above" else (0.22, 0.63, 0.9, 1.0)
    if final in CLUSTERS:
        below = (0.08, 0.62, 0.96, 1.02)
    return (*places, Place(final, _shrunk(below, 0.86) if final == "ㅇ" else below, "final"))


_UPRIGHT = {"ㅏ": (0.58, 0.98), "ㅑ": (0.58, 0.98), "ㅣ": (0.66, 0.88), "ㅐ": (0.55, 0.97)}


def _vowel(vowel: str, *, has_final: bool) -> tuple[Place, ...]:
    foot = 0.58 if has_final else 1.0
    if vowel in COMPOUNDS:
        flat, upright = tuple(COMPOUNDS[vowel])
        left, right = _UPRIGHT.get(upright, (0.6, 1.02))
        low = {"ㅗ": (0.3, 0.54), "ㅜ": (0.36, 0.58), "ㅡ": (0.38, 0.54)}
        high = {"ㅗ": (0.5, 0.86), "ㅜ": (0.58, 0.94), "ㅡ": (0.62, 0.86)}
        top, bottom = (low if has_final else high)[flat]
        return (
            Place(flat, (0.0, top, 0.64, bottom), "flat"),
            Place(upright, (left + 0.05, 0.0, right + 0.05, foot), "upright"),
        )
    if vowel in FLAT:
        low = {"ㅗ": (0.33, 0.57), "ㅛ": (0.33, 0.57), "ㅡ": (0.36, 0.56)}
        high = {"ㅗ": (0.5, 0.88), "ㅛ": (0.5, 0.88), "ㅡ": (0.6, 0.86)}
        default = (0.37, 0.6) if has_final else (0.56, 1.0)
        top, bottom = (low if has_final else high).get(vowel, default)
        return (Place(vowel, (0.0, top, 1.0, bottom), "flat"),)
    left, right = _UPRIGHT.get(vowel, (0.55, 0.97) if vowel == "ㅒ" else (0.48, 0.96))
    return (Place(vowel, (left, 0.0, right, foot), "upright"),)


def _shrunk(box: Box, share: float) -> Box:
    across, down = (box[2] - box[0]) * (1 - share) / 2, (box[3] - box[1]) * (1 - share) / 2
    return box[0] + across, box[1] + down, box[2] - across, box[3] - down
