"""A word in one hand: the way of the pen, letter by letter in its frame, as one array of points.

Every habit is one operation on all points of the word: letters differ a little each time, strokes
bow and tremble, the pen stays down between near strokes, smoothing rounds all corners (across
joined strokes too, which is what makes joined writing look joined), then slant, rise, drift of size
and base line. Points are complex numbers, x + iy: to turn, stretch and move one is a product and a
sum, and there are so few of them that the number of operations is what takes time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from crnn.arrays import C128, F64, I64, Bool, frozen
from crnn.data.frames import Frame, frames_of, letters_of, proportions
from crnn.data.hands import Hand, chosen
from crnn.data.strokes import Form
from crnn.data.strokes_hangul import letter_forms
from crnn.data.strokes_latin import mark_form

LINK = 5
"""Points between two strokes where the pen stays down."""

_SHARES = frozen(np.arange(1, LINK + 1) / (LINK + 1))
# Of scale across and down, place across and down, turn: what a habit gives, and what mess does.
_OF_HABIT = frozen(np.array((0.07, 0.07, 0.018, 0.018, 0.05)))
_OF_MESS = frozen(np.array((0.08, 0.08, 0.022, 0.022, 0.05)))
_SMALLEST, _LARGEST = 0.6, 1.3


@dataclass(frozen=True, slots=True)
class Path:
    """The way of the pen. xy: (points, 2), syllable heights, y down. width: line width there.

    is_down: whether the pen draws from the point before to this one.
    """

    xy: F64
    width: F64
    is_down: Bool


class Strokes(NamedTuple):
    """The strokes of some forms one after the other. P points, S strokes.

    z: (P,), each form's in its box, -0.5 to 0.5. bulge: (P,) 0 at a stroke's ends, 1 in its middle.
    counts: (S,). first, last: (S,) a stroke's ends. stroke: (P,) whose a point is.
    """

    z: C128
    bulge: F64
    counts: I64
    first: I64
    last: I64
    stroke: I64


def strokes_of(found: list[Form]) -> Strokes:
    """The strokes of the forms in their order."""
    counts = np.concatenate([form.counts for form in found])
    end = counts.cumsum()
    return Strokes(
        np.concatenate([form.z for form in found]),
        np.concatenate([form.bulge for form in found]),
        counts,
        end - counts,
        end - 1,
        np.arange(len(counts)).repeat(counts),
    )


def write(text: str, hand: Hand, chance: np.random.Generator) -> Path:
    """The way of the pen for `text`; the top left of its first frame is (0, 0).

    Raises DatasetError naming a character that cannot be written, or a text with no ink.
    """
    frames = frames_of(text)
    letters = letters_of(frames)
    habit = hand.habit[letters.row]
    found = _forms_of(frames, hand, habit, chance)
    strokes = strokes_of(found)
    loose = chance.standard_normal((len(found), 5))
    loose *= _OF_MESS * hand.mess
    loose += habit[:, 2:] * _OF_HABIT
    scale, shift = proportions(hand)
    scale = np.exp(loose[:, :2]) * scale[letters.role]
    size = letters.size * scale.clip(_SMALLEST, _LARGEST)
    centre = letters.centre + shift[letters.role] + loose[:, 2:4]
    z = in_boxes(strokes.z, [len(form.z) for form in found], size, centre, loose[:, 4])
    z = stroke_by_stroke(z, strokes, hand, chance)
    frame = letters.frame.repeat([len(form.counts) for form in found])
    z, frame, is_down, is_link = _linked(z, strokes, frame, hand, chance)
    smooth(z, is_down, hand)
    z = _along_the_line(z, frame, np.array([frame.width for frame in frames]), hand, chance)
    return Path(as_xy(z), widths(is_down, is_link, hand, chance), is_down)


def _forms_of(
    frames: list[Frame], hand: Hand, habit: F64, chance: np.random.Generator
) -> list[Form]:
    """The form of every letter: nearly always the hand's own, now and then another."""
    draws, shifts = chance.random(len(habit)), chance.standard_normal(len(habit))
    wanted = hand.hurry + 0.22 * habit[:, 0] + 0.35 * shifts * (draws < 0.12)
    places = [place for frame in frames for place in frame.places]
    return [
        chosen(_forms(place.letter, place.role), care, phase)
        for place, care, phase in zip(
            places, wanted.tolist(), (9 * habit[:, 1]).tolist(), strict=True
        )
    ]


@lru_cache(maxsize=1024)
def _forms(letter: str, role: str) -> tuple[Form, ...]:
    return (mark_form(letter),) if role == "mark" else letter_forms(letter, beside=role == "beside")


def in_boxes(z: C128, lengths: list[int], size: F64, centre: F64, turn: F64) -> C128:
    """Every form in its box: as large as `size` says, (n, 2), turned, round `centre`, (n, 2)."""
    letter = np.arange(len(lengths)).repeat(lengths)
    placed: C128 = as_z(as_xy(z) * size[letter])
    placed *= np.exp(-1j * turn)[letter]
    placed += as_z(centre)[letter]
    return placed


def stroke_by_stroke(
    z: C128,
    strokes: Strokes,
    hand: Hand,
    chance: np.random.Generator,
    length: float | F64 = 1.0,
) -> C128:
    """Each stroke a little off: moved, turned, stretched, bowed; and the hand trembles.

    `length` is that of each stroke against what its form says.
    """
    start, stop = z[strokes.first], z[strokes.last]
    chord = stop - start
    loose = chance.standard_normal((5, len(chord)))
    loose *= 0.4 + hand.mess
    longer = (1 + 0.07 * loose[1]).clip(0.85, 1.15) * length
    spin = longer * np.exp(-0.05j * loose[0])
    # Less than half a right angle from the line: flat.
    is_flat = abs(chord.real) > abs(chord.imag)
    bow = np.where(is_flat, hand.arch, hand.bow) + 0.03 * loose[2]
    centre = 0.5 * (start + stop)
    move = centre * (1 - spin) + 0.013 * (loose[3] + 1j * loose[4])
    written: C128 = z * spin[strokes.stroke]
    written += move[strokes.stroke]
    written += (-1j * bow * chord)[strokes.stroke] * strokes.bulge
    written += hand.tremor * as_z(chance.standard_normal((len(z), 2)))
    return written


def _linked(
    z: C128, strokes: Strokes, frame: I64, hand: Hand, chance: np.random.Generator
) -> tuple[C128, I64, Bool, Bool]:
    """Points with those of links put in; each one's frame; is_down; is_link."""
    start, stop = z[strokes.last[:-1]], z[strokes.first[1:]]
    wish = hand.joining * np.exp(-((abs(stop - start) / 0.45) ** 2))
    is_joined = (chance.random(len(wish)) < wish) & (frame[1:] == frame[:-1])
    where = is_joined.nonzero()[0]
    ways = start[where][:, None] * (1 - _SHARES) + stop[where][:, None] * _SHARES
    after = np.zeros(len(frame), np.int64)
    after[:-1] = LINK * is_joined
    length = strokes.counts + after
    before = after.cumsum() - after
    place = np.arange(len(z)) + before[strokes.stroke]
    is_link = np.ones(len(z) + LINK * len(where), np.bool_)
    is_link[place] = False
    merged = np.empty(len(is_link), np.complex128)
    merged[place], merged[is_link] = z, ways.ravel()
    is_down = np.ones(len(is_link), np.bool_)
    begin = strokes.first + before
    is_down[begin[0]] = False
    is_down[begin[1:]] = is_joined
    return merged, frame.repeat(length), is_down, is_link


def smooth(z: C128, is_down: Bool, hand: Hand) -> None:
    """Rounded corners: each inner point goes towards the middle of its neighbours."""
    share = 0.25 * (is_down[1:-1] & is_down[2:])
    rest = 1 - 2 * share
    inner = z[1:-1]
    for _ in range(hand.rounding):
        moved = z[:-2] + z[2:]
        moved *= share
        inner *= rest
        inner += moved


def _along_the_line(
    z: C128, frame: I64, wide: F64, hand: Hand, chance: np.random.Generator
) -> C128:
    """Frames one after the other, each its own size and height, all slanted and rising."""
    n = len(wide)
    loose = chance.standard_normal((5, n))
    swell, slope = chance.standard_normal(2).tolist()
    size = hand.drift * (0.7 * loose[0] + (0.4 / n**0.5) * loose[1].cumsum())
    size = np.exp(size + 0.03 * swell)
    x = (z.real - 0.5) * hand.aspect
    y = z.imag - 0.5 - hand.rise * x
    size_of = size[frame]
    y *= size_of
    x *= size_of
    x -= hand.slant * y
    half = (0.5 * hand.aspect) * wide * size
    gaps = hand.spacing * np.exp(0.25 * loose[2]) + 0.02 * loose[3]
    left, start = side_by_side(x, frame, half, gaps, hand)
    x += (left - start)[frame]
    y += (0.5 + hand.wander * loose[4] + 0.02 * slope * left)[frame]
    moved = np.empty(len(x), np.complex128)
    moved.real, moved.imag = x, y
    return moved


def side_by_side(x: F64, frame: I64, half: F64, gaps: F64, hand: Hand) -> tuple[F64, F64]:
    """Where each frame begins on the line, and where in its own x. `half` is half a frame's width
    as a square; the more proportional the hand, the more its ink counts instead."""
    at = np.concatenate(((0,), (frame[1:] != frame[:-1]).nonzero()[0] + 1))
    present = frame[at]
    start, stop = -half, half.copy()
    start[present] += hand.proportional * (np.minimum.reduceat(x, at) - start[present])
    stop[present] += hand.proportional * (np.maximum.reduceat(x, at) - stop[present])
    step = stop - start + gaps
    return step.cumsum() - step, start


def widths(is_down: Bool, is_link: Bool, hand: Hand, chance: np.random.Generator) -> F64:
    """Line width at each point: pressure wanders, ends are thin, links are thinner."""
    n = len(is_down)
    knots = np.exp(hand.press * chance.standard_normal(n // 6 + 3))
    knots *= hand.pen
    width: F64 = np.interp(np.arange(n) / 6, np.arange(len(knots)), knots)
    last = np.concatenate(((~is_down[1:]).nonzero()[0], (n - 1,)))
    for back, share in enumerate((1.0, 0.6, 0.36)):
        width[last - back] *= 1 - share * hand.taper
    width[is_link] *= 0.78
    return width


def as_xy(z: C128) -> F64:
    """(P, 2) of complex numbers one after the other in memory, without a copy."""
    return z.view(np.float64).reshape(-1, 2)


def as_z(xy: F64) -> C128:
    """Complex numbers of a (P, 2) that is one after the other in memory, without a copy."""
    return xy.view(np.complex128).ravel()
