"""A word in one hand: the way of the pen, letter by letter in its frame, as one array of points.

A syllable is a frame of unit height. Its letters take the boxes that the vowel asks for: upright
(ㅏ), flat (ㅗ) or both (ㅘ), with or without a final. Then every habit is one operation on all
points of the word: letters differ a little each time, strokes bow and tremble, the pen stays down
between near strokes, smoothing rounds all corners (across joined strokes too, which is what makes
joined writing look joined), then slant, rise, drift of size and base line.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from crnn.arrays import F64, I64, Bool
from crnn.data.hands import HABITS, Hand, chosen
from crnn.data.strokes import Box, Form
from crnn.data.strokes_hangul import CLUSTERS, COMPOUNDS, FLAT, letter_forms
from crnn.data.strokes_latin import MARKS, mark_form, mark_width
from crnn.errors import DatasetError
from crnn.text.jamo import COMPATIBILITY, SHOWN, is_syllable, split

LINK = 5
"""Points between two strokes where the pen stays down."""

_SPACE = 0.45
"""Width of a space."""


@dataclass(frozen=True, slots=True)
class Path:
    """The way of the pen. xy: (points, 2), syllable heights, y down. width: line width there.

    is_down: whether the pen draws from the point before to this one.
    """

    xy: F64
    width: F64
    is_down: Bool


@dataclass(frozen=True, slots=True)
class Place:
    """A letter and its box in the frame; `role` is what of the hand's proportions applies."""

    letter: str
    box: Box
    role: str


Frame = tuple[tuple[Place, ...], float]
"""The letters of a character, and the width of its frame."""


@lru_cache(maxsize=4096)
def _places(character: str) -> Frame:
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


def places_of(text: str) -> tuple[list[Frame], list[tuple[int, Place]]]:
    """The frames of a text, and every letter with the number of its frame.

    Raises DatasetError naming a character that cannot be written, or a text with no ink.
    """
    frames = [_places(character) for character in text]
    placed = [(k, place) for k, (places, _) in enumerate(frames) for place in places]
    if not placed:
        raise DatasetError(f"{text!r} has nothing to write; give a text that is not blank")
    return frames, placed


def write(text: str, hand: Hand, chance: np.random.Generator) -> Path:
    """The way of the pen for `text`; the top left of its first frame is (0, 0).

    Raises DatasetError naming a character that cannot be written, or a text with no ink.
    """
    frames, placed = places_of(text)
    found = [_form_of(place, hand, chance) for _, place in placed]
    frame_of_letter = np.array([k for k, _ in placed])
    xy = _in_boxes(found, [place for _, place in placed], hand, chance)
    counts = np.concatenate([form.counts for form in found])
    along = np.concatenate([form.along for form in found])
    frame = np.repeat(frame_of_letter, [len(form.counts) for form in found])
    xy = stroke_by_stroke(xy, counts, along, hand, chance)
    xy, stroke, is_link = _linked(xy, counts, frame, hand, chance)
    frame = frame[stroke]
    is_down = np.concatenate(([False], (stroke[1:] == stroke[:-1]) | is_link[1:] | is_link[:-1]))
    xy = smoothed(xy, is_down, hand)
    xy = _along_the_line(xy, frame, np.array([width for _, width in frames]), hand, chance)
    return Path(xy, widths(is_down, is_link, hand, chance), is_down)


def _form_of(place: Place, hand: Hand, chance: np.random.Generator) -> Form:
    if place.role == "mark":
        return mark_form(place.letter)
    return chosen(hand, place.letter, _forms(place.letter, place.role), chance)


def _forms(letter: str, role: str) -> tuple[Form, ...]:
    return letter_forms(letter, beside=role == "beside")


def _in_boxes(
    found: list[Form], places: list[Place], hand: Hand, chance: np.random.Generator
) -> F64:
    """Every form in its box, the box changed by the hand's proportions, habit and mess."""
    boxes = np.array([place.box for place in places])
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2
    size = boxes[:, 2:] - boxes[:, :2]
    habit = hand.habit[[ord(place.letter) % HABITS for place in places]]
    scale = np.array([part_scale(place.role, hand) for place in places])
    loose = chance.standard_normal((len(places), 5)) * hand.mess
    scale = np.clip(scale * np.exp(0.07 * habit[:, 2:4] + 0.08 * loose[:, :2]), 0.6, 1.3)
    centre = centre + np.array([part_shift(place.role, hand) for place in places])
    centre += 0.018 * habit[:, 4:6] + 0.022 * loose[:, 2:4]
    turn = 0.05 * habit[:, 6] + 0.05 * loose[:, 4]
    lengths = [len(form.xy) for form in found]
    local = np.concatenate([form.xy for form in found]) - 0.5
    local *= np.repeat(size * scale, lengths, axis=0)
    cos, sin = np.repeat(np.cos(turn), lengths), np.repeat(np.sin(turn), lengths)
    turned = np.stack(
        (cos * local[:, 0] + sin * local[:, 1], cos * local[:, 1] - sin * local[:, 0])
    )
    moved: F64 = turned.T + np.repeat(centre, lengths, axis=0)
    return moved


def part_scale(role: str, hand: Hand) -> tuple[float, float]:
    """(across, down)."""
    return {
        "beside": (hand.initial, hand.initial),
        "above": (hand.initial, hand.initial),
        "flat": (hand.vowel, 1.0),
        "upright": (1.0, hand.vowel),
        "final": (hand.final, hand.final),
    }.get(role, (1.0, 1.0))


def part_shift(role: str, hand: Hand) -> tuple[float, float]:
    """Parts come nearer to each other or stand apart; the final hangs left or right."""
    near = hand.closeness
    return {
        "beside": (near, 0.0),
        "above": (0.0, near / 2),
        "upright": (-near / 2, 0.0),
        "final": (hand.final_right, -near / 2 + 0.25 * (hand.vowel - 1)),
    }.get(role, (0.0, 0.0))


def stroke_by_stroke(
    xy: F64,
    counts: I64,
    along: F64,
    hand: Hand,
    chance: np.random.Generator,
    length: float | F64 = 1.0,
) -> F64:
    """Each stroke a little off: moved, turned, stretched, bowed; and the hand trembles.

    `length` is that of each stroke against what its form says.
    """
    last = np.cumsum(counts) - 1
    first = last - counts + 1
    chord = xy[last] - xy[first]
    loose = chance.standard_normal((len(counts), 5)) * (0.4 + hand.mess)
    centre = (xy[last] + xy[first]) / 2
    angle = 0.05 * loose[:, 0]
    longer = length * np.clip(1 + 0.07 * loose[:, 1], 0.85, 1.15)
    # Less than half a right angle from the line: flat.
    is_flat = np.abs(chord[:, 0]) > np.abs(chord[:, 1])
    bow = np.where(is_flat, hand.arch, hand.bow) + 0.03 * loose[:, 2]
    off = xy - np.repeat(centre, counts, axis=0)
    cos, sin = np.repeat(longer * np.cos(angle), counts), np.repeat(longer * np.sin(angle), counts)
    turned = np.stack((cos * off[:, 0] + sin * off[:, 1], cos * off[:, 1] - sin * off[:, 0]), 1)
    bulge = np.repeat(bow, counts) * np.sin(np.pi * along)
    across = np.repeat(np.stack((chord[:, 1], -chord[:, 0]), 1), counts, axis=0)
    moved = np.repeat(centre + 0.013 * loose[:, 3:], counts, axis=0)
    trembling = chance.standard_normal(xy.shape) * hand.tremor
    written: F64 = moved + turned + bulge[:, None] * across + trembling
    return written


def _linked(
    xy: F64, counts: I64, frame: I64, hand: Hand, chance: np.random.Generator
) -> tuple[F64, I64, Bool]:
    """Points with those of links put in; each one's stroke (a link's: the one before); is_link."""
    last = np.cumsum(counts) - 1
    first = last - counts + 1
    start, stop = xy[last[:-1]], xy[first[1:]]
    far = np.hypot(*(stop - start).T)
    wish = hand.joining * np.exp(-((far / 0.45) ** 2))
    is_joined = (chance.random(len(far)) < wish) & (frame[1:] == frame[:-1])
    where = np.flatnonzero(is_joined)
    stroke = np.repeat(np.arange(len(counts)), counts)
    if where.size == 0:
        return xy, stroke, np.zeros(len(xy), np.bool_)
    share = (np.arange(1, LINK + 1) / (LINK + 1))[None, :, None]
    link = start[where][:, None] * (1 - share) + stop[where][:, None] * share
    order = np.argsort(np.concatenate((stroke, np.repeat(where, LINK) + 0.5)), kind="stable")
    merged = np.concatenate((xy, link.reshape(-1, 2)))[order]
    strokes = np.concatenate((stroke, np.repeat(where, LINK)))[order]
    return merged, strokes, order >= len(xy)


def smoothed(xy: F64, is_down: Bool, hand: Hand) -> F64:
    """Rounded corners: each inner point goes towards the middle of its neighbours."""
    inner = np.zeros((len(xy), 1))
    inner[1:-1, 0] = 0.25 * (is_down[1:-1] & is_down[2:])
    for _ in range(hand.rounding):
        change = np.zeros_like(xy)
        change[1:-1] = xy[:-2] - 2 * xy[1:-1] + xy[2:]
        xy = xy + inner * change
    return xy


def _along_the_line(
    xy: F64, frame: I64, widths: F64, hand: Hand, chance: np.random.Generator
) -> F64:
    """Frames one after the other, each its own size and height, all slanted and rising."""
    n = len(widths)
    loose = chance.standard_normal((n, 4))
    size = np.exp(hand.drift * (0.7 * loose[:, 0] + 0.4 * np.cumsum(loose[:, 1]) / np.sqrt(n)))
    size *= np.exp(0.03 * chance.standard_normal())
    x = (xy[:, 0] - 0.5) * hand.aspect
    y = xy[:, 1] - 0.5
    y = (y - hand.rise * x) * size[frame]
    x = x * size[frame] - hand.slant * y
    present, at = np.unique(frame, return_index=True)
    low, high = -0.5 * widths * hand.aspect * size, 0.5 * widths * hand.aspect * size
    share = hand.proportional
    low[present] += share * (np.minimum.reduceat(x, at) - low[present])
    high[present] += share * (np.maximum.reduceat(x, at) - high[present])
    gaps = hand.spacing * np.exp(0.25 * loose[:, 2]) + 0.02 * loose[:, 3]
    left = np.cumsum(high - low + gaps) - (high - low + gaps)
    slope = 0.02 * chance.standard_normal()
    lift = hand.wander * chance.standard_normal(n)
    return np.stack((x + (left - low)[frame], y + 0.5 + lift[frame] + slope * left[frame]), 1)


def widths(is_down: Bool, is_link: Bool, hand: Hand, chance: np.random.Generator) -> F64:
    """Line width at each point: pressure wanders, ends are thin, links are thinner."""
    n = len(is_down)
    knots = chance.standard_normal(n // 6 + 3)
    press = np.interp(np.arange(n) / 6, np.arange(len(knots)), knots)
    is_end = ~np.concatenate((is_down[1:], [False]))
    near_end = is_end.astype(np.float64)
    near_end[:-1] = np.maximum(near_end[:-1], 0.6 * near_end[1:])
    near_end[:-1] = np.maximum(near_end[:-1], 0.6 * near_end[1:])
    width = hand.pen * np.exp(hand.press * press) * (1 - hand.taper * near_end)
    return width * np.where(is_link, 0.78, 1.0)
