"""A word in a real hand: few lifts of the pen, links as fast curves, parts of uneven size.

The way from letters to points is that of writing.py, but strokes are joined after the syllables
stand on their line, so that a link goes where the pen really went: from letter to letter and from
syllable to syllable, or shows only its first or last bit, as a hook.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from crnn.arrays import C128, F64, I64, Bool, frozen
from crnn.data.frames import Frame, frames_of, letters_of, proportions
from crnn.data.real_hands import RealHand, liked
from crnn.data.writing import (
    Path,
    as_xy,
    as_z,
    in_boxes,
    side_by_side,
    smooth,
    stroke_by_stroke,
    strokes_of,
    widths,
)

LINK = 6
"""Points of a link or of a hook."""
HOOK = 0.1
"""Length of a hook, in syllable heights."""
EVEN = 1.7
"""Storeys at which a syllable is as high as its hand's syllables are."""
CLOSEST = -0.12
"""How far one syllable may reach into the next."""

_SHARES = frozen(np.arange(1, LINK + 1) / (LINK + 1))
# Of scale across and down, place across and down, turn: what a habit gives, and what mess does.
_OF_HABIT = frozen(np.array((0.08, 0.08, 0.02, 0.02, 0.05)))
_OF_MESS = frozen(np.array((0.09, 0.09, 0.028, 0.028, 0.05)))
_SMALLEST, _LARGEST = 0.55, 1.3


class _Placed(NamedTuple):
    """The strokes of a word on its line. P points, S strokes.

    z: (P,). counts: (S,). first: (S,) where each begins. stroke: (P,) whose a point is. frame,
    letter: (S,) whose a stroke is.
    """

    z: C128
    counts: I64
    first: I64
    stroke: I64
    frame: I64
    letter: I64


def write_real(text: str, hand: RealHand, chance: np.random.Generator) -> Path:
    """The way of the pen for `text`, as writing.write gives it.

    Raises DatasetError naming a character that cannot be written, or a text with no ink.
    """
    frames = frames_of(text)
    letters = letters_of(frames)
    n = len(letters.frame)
    found = [liked(hand, *place[::2], chance) for frame in frames for place in frame.places]
    strokes = strokes_of(found)
    unruly = np.exp(hand.unruly * chance.standard_normal(len(frames)))
    loose = chance.standard_normal((n, 5)) * (hand.mess * unruly)[letters.frame, None]
    loose *= _OF_MESS
    loose += hand.habit[letters.row, 2:] * _OF_HABIT
    scale, shift = proportions(hand)
    scale = np.exp(loose[:, :2]) * scale[letters.role]
    size = letters.size * scale.clip(_SMALLEST, _LARGEST)
    centre = letters.centre + shift[letters.role] + loose[:, 2:4]
    z = in_boxes(strokes.z, [len(form.z) for form in found], size, centre, loose[:, 4])
    of_letter = np.array([len(form.counts) for form in found])
    letter = np.arange(n).repeat(of_letter)
    later = np.arange(len(letter)) - (of_letter.cumsum() - of_letter)[letter]
    z = stroke_by_stroke(z, strokes, hand, chance, hand.dwindle**later)
    frame = letters.frame[letter]
    z = _on_the_line(z, frame[strokes.stroke], frames, hand, chance)
    placed = _Placed(z, strokes.counts, strokes.first, strokes.stroke, frame, letter)
    return _inked(*_linked(placed, hand, chance), hand, chance)


def _on_the_line(
    z: C128, frame: I64, frames: list[Frame], hand: RealHand, chance: np.random.Generator
) -> C128:
    """Frames one after the other on a line that waves, sizes that drift, gaps that may close."""
    n = len(frames)
    storeys = np.array([frame.storeys or EVEN for frame in frames])
    loose = chance.standard_normal((5, n))
    swell, turn, phase = chance.standard_normal(3).tolist()
    k = np.arange(n)
    size = hand.drift * (0.7 * loose[0] + (0.5 / n**0.5) * loose[1].cumsum())
    size += (hand.trend * swell / max(n, 3)) * (k - (n - 1) / 2)
    size = np.exp(size)
    across = (hand.aspect * size) * np.exp(0.5 * hand.drift * loose[4])
    high = size * np.exp(hand.stack * (storeys - EVEN))
    x = (z.real - 0.5) * across[frame]
    y = (z.imag - 0.5) * high[frame]
    y -= hand.rise * x
    x -= hand.slant * y
    half = 0.5 * np.array([frame.width for frame in frames]) * across
    gaps = np.maximum(hand.spacing * np.exp(0.4 * loose[2]) + 0.03 * loose[3], CLOSEST)
    left, start = side_by_side(x, frame, half, gaps, hand)
    lift = hand.wander * loose[3] + hand.wave * np.sin(1.1 * k + 3 * phase)
    lift += 0.5 * hand.hang * (high - size) + 0.025 * turn * left
    x += (left - start)[frame]
    y += (0.5 + lift)[frame]
    moved = np.empty(len(x), np.complex128)
    moved.real, moved.imag = x, y
    return moved


def _linked(
    placed: _Placed, hand: RealHand, chance: np.random.Generator
) -> tuple[C128, Bool, Bool]:
    """(z, is_down, is_link) with the points of links and hooks put in."""
    z, counts, first, stroke, frame, letter = placed
    end, begin = first[1:] - 1, first[1:]
    far = abs(z[begin] - z[end])
    wish = hand.joining * np.exp(-((far / hand.reach) ** 4))
    wish *= np.where(letter[1:] == letter[:-1], 1.0, hand.across)
    wish *= np.where(frame[1:] == frame[:-1], 1.0, hand.onward)
    draw = chance.random((3, len(far)))
    is_joined = draw[0] < wish
    is_hook = ~is_joined & (draw[1] < hand.hooks) & (far > HOOK)
    is_there = is_joined | is_hook
    where = is_there.nonzero()[0]
    is_entry = is_hook & (draw[2] < 0.4)
    bit = np.where(is_joined, 1.0, HOOK / (far + 1e-9))[where]
    t = ((1 - bit) * is_entry[where])[:, None] + bit[:, None] * _SHARES
    ways = _curves(z, end[where], begin[where], far[where], t, hand.swing)
    after = np.zeros(len(counts), np.int64)
    after[:-1] = LINK * is_there
    place = np.arange(len(z)) + (after.cumsum() - after)[stroke]
    is_link = np.ones(len(z) + LINK * len(where), np.bool_)
    is_link[place] = False
    merged = np.empty(len(is_link), np.complex128)
    merged[place], merged[is_link] = z, ways.ravel()
    is_down = np.ones(len(is_link), np.bool_)
    is_down[place[0]] = False
    # A hook that shows where the pen comes from is parted from the stroke before, others from the
    # next.
    is_down[place[begin]] = is_joined | is_entry
    is_down[place[end[is_entry]] + 1] = False
    return merged, is_down, is_link


def _curves(z: C128, end: I64, begin: I64, far: F64, t: F64, swing: float) -> C128:
    """(links, LINK): from the way the pen came to the way it goes on, as cubic curves."""
    start, stop = z[end], z[begin]
    came, goes = start - z[end - 1], z[begin + 1] - stop
    reach = swing * far
    came *= reach / (abs(came) + 1e-9)
    goes *= reach / (abs(goes) + 1e-9)
    back = 1 - t
    curve: C128 = (back * back) * (back * start[:, None] + 3 * t * (start + came)[:, None])
    curve += (t * t) * (3 * back * (stop - goes)[:, None] + t * stop[:, None])
    return curve


def _inked(
    z: C128, is_down: Bool, is_link: Bool, hand: RealHand, chance: np.random.Generator
) -> Path:
    """Corners rounded, a slow tremor, widths; some strokes again, some bits without ink."""
    smooth(z, is_down, hand)
    if hand.shake:
        tremble = as_z(chance.standard_normal((len(z) + 2, 2)))
        z += hand.shake * (tremble[:-2] + tremble[1:-1] + tremble[2:])
    width = widths(is_down, is_link, hand, chance)
    width[~is_down] *= 1 + hand.blob * chance.random()
    if hand.again:
        z, width, is_down = _again(z, width, is_down, hand, chance)
    if hand.dry:
        is_down = is_down & (chance.random(len(z)) >= hand.dry)
    return Path(as_xy(z), width, is_down)


def _again(
    z: C128, width: F64, is_down: Bool, hand: RealHand, chance: np.random.Generator
) -> tuple[C128, F64, Bool]:
    """Some strokes are drawn once more, a little beside themselves."""
    stroke = np.cumsum(~is_down) - 1
    count = int(stroke[-1]) + 1
    chosen = (chance.random(count) < hand.again)[stroke]
    shift = 0.02 * as_z(chance.standard_normal((count, 2)))
    twice = z[chosen] + shift[stroke[chosen]]
    return (
        np.concatenate((z, twice)),
        np.concatenate((width, width[chosen])),
        np.concatenate((is_down, is_down[chosen])),
    )
