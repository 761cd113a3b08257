"""A word in a real hand: few lifts of the pen, links as fast curves, parts of uneven size.

The way from letters to points is that of writing.py, but strokes are joined after the syllables
stand on their line, so that a link goes where the pen really went: from letter to letter and from
syllable to syllable, or shows only its first or last bit, as a hook.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from crnn.arrays import F64, I64, Bool
from crnn.data.hands import HABITS
from crnn.data.real_hands import RealHand, liked
from crnn.data.strokes import Form
from crnn.data.writing import (
    Frame,
    Path,
    Place,
    part_scale,
    part_shift,
    places_of,
    smoothed,
    stroke_by_stroke,
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

_SHARES = np.arange(1, LINK + 1) / (LINK + 1)


class _Strokes(NamedTuple):
    """The strokes of a word one after the other. P points, S strokes.

    xy: (P, 2). first: (S,) where each begins. frame, letter: (S,) whose it is.
    """

    xy: F64
    first: I64
    frame: I64
    letter: I64


def write_real(text: str, hand: RealHand, chance: np.random.Generator) -> Path:
    """The way of the pen for `text`, as writing.write gives it.

    Raises DatasetError naming a character that cannot be written, or a text with no ink.
    """
    frames, placed = places_of(text)
    found = [liked(hand, place.letter, place.role, chance) for _, place in placed]
    places = [place for _, place in placed]
    of_letter = np.array([k for k, _ in placed])
    unruly = np.exp(hand.unruly * chance.standard_normal(len(frames)))[of_letter]
    xy = _in_boxes(found, places, unruly, hand, chance)
    strokes_of = np.array([len(form.counts) for form in found])
    counts = np.concatenate([form.counts for form in found])
    along = np.concatenate([form.along for form in found])
    letter = np.repeat(np.arange(len(found)), strokes_of)
    later = np.arange(len(counts)) - np.repeat(np.cumsum(strokes_of) - strokes_of, strokes_of)
    xy = stroke_by_stroke(xy, counts, along, hand, chance, hand.dwindle**later)
    frame = of_letter[letter]
    xy = _on_the_line(xy, np.repeat(frame, counts), frames, hand, chance)
    strokes = _Strokes(xy, np.cumsum(counts) - counts, frame, letter)
    return _inked(*_linked(strokes, hand, chance), hand, chance)


def _in_boxes(
    found: list[Form], places: list[Place], unruly: F64, hand: RealHand, chance: np.random.Generator
) -> F64:
    """Every form in its box, by one affine map a letter: proportion, habit, and mess."""
    n = len(found)
    boxes = np.array([place.box for place in places])
    habit = hand.habit[[ord(place.letter) % HABITS for place in places]]
    loose = chance.standard_normal((n, 5)) * (hand.mess * unruly)[:, None]
    scale = np.array([part_scale(place.role, hand) for place in places])
    scale = np.clip(scale * np.exp(0.08 * habit[:, 2:4] + 0.09 * loose[:, :2]), 0.55, 1.3)
    size = (boxes[:, 2:] - boxes[:, :2]) * scale
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2 + 0.02 * habit[:, 4:6] + 0.028 * loose[:, 2:4]
    centre += np.array([part_shift(place.role, hand) for place in places])
    turn = 0.05 * habit[:, 6] + 0.05 * loose[:, 4]
    cos, sin = np.cos(turn), np.sin(turn)
    maps = np.stack((cos * size[:, 0], sin * size[:, 1], -sin * size[:, 0], cos * size[:, 1]), 1)
    point_of = np.repeat(np.arange(n), [len(form.xy) for form in found])
    local = np.concatenate([form.xy for form in found]) - 0.5
    turned = (maps[point_of].reshape(-1, 2, 2) * local[:, None]).sum(2)
    placed: F64 = turned + centre[point_of]
    return placed


def _on_the_line(
    xy: F64, frame: I64, frames: list[Frame], hand: RealHand, chance: np.random.Generator
) -> F64:
    """Frames one after the other on a line that waves, sizes that drift, gaps that may close."""
    n = len(frames)
    wide = np.array([width for _, width in frames])
    taller = np.exp(hand.stack * np.array([_storeys(letters) - EVEN for letters, _ in frames]))
    loose = chance.standard_normal((n, 5))
    swell, turn, phase = chance.standard_normal(3).tolist()
    k = np.arange(n)
    size = np.exp(
        hand.drift * (0.7 * loose[:, 0] + 0.5 * np.cumsum(loose[:, 1]) / np.sqrt(n))
        + hand.trend * swell * (k - (n - 1) / 2) / max(n, 3)
    )
    across = size * hand.aspect * np.exp(0.5 * hand.drift * loose[:, 4])
    x = (xy[:, 0] - 0.5) * across[frame]
    high = size * taller
    y = (xy[:, 1] - 0.5) * high[frame] - hand.rise * x
    x = x - hand.slant * y
    half = 0.5 * wide * across
    left_end, right_end = -half, half.copy()
    present, at = np.unique(frame, return_index=True)
    share = hand.proportional
    left_end[present] += share * (np.minimum.reduceat(x, at) - left_end[present])
    right_end[present] += share * (np.maximum.reduceat(x, at) - right_end[present])
    gaps = hand.spacing * np.exp(0.4 * loose[:, 2]) + 0.03 * loose[:, 3]
    step = right_end - left_end + np.maximum(gaps, CLOSEST)
    left = np.cumsum(step) - step
    lift = hand.wander * loose[:, 3] + hand.wave * np.sin(1.1 * k + 3 * phase)
    lift += 0.5 * hand.hang * (high - size)
    moved: F64 = np.stack(
        (x + (left - left_end)[frame], y + 0.5 + (lift + 0.025 * turn * left)[frame]), axis=1
    )
    return moved


def _storeys(letters: tuple[Place, ...]) -> float:
    """How many letters stand over one another in a syllable; EVEN for everything else."""
    roles = {place.role for place in letters}
    if not roles & {"beside", "above"}:
        return EVEN
    return 1 + 0.7 * ("flat" in roles) + ("final" in roles)


def _linked(
    strokes: _Strokes, hand: RealHand, chance: np.random.Generator
) -> tuple[F64, Bool, Bool]:
    """(xy, is_down, is_link) with the points of links and hooks put in."""
    xy, first, frame, letter = strokes
    is_down = np.ones(len(xy), np.bool_)
    is_down[first] = False
    end, begin = first[1:] - 1, first[1:]
    start, stop = xy[end], xy[begin]
    far = np.hypot(*(stop - start).T)
    wish = hand.joining * np.exp(-((far / hand.reach) ** 4))
    wish *= np.where(letter[1:] == letter[:-1], 1.0, hand.across)
    wish *= np.where(frame[1:] == frame[:-1], 1.0, hand.onward)
    draw = chance.random((3, len(far)))
    is_joined = draw[0] < wish
    is_hook = ~is_joined & (draw[1] < hand.hooks) & (far > HOOK)
    where = np.flatnonzero(is_joined | is_hook)
    if where.size == 0:
        return xy, is_down, np.zeros(len(xy), np.bool_)
    is_entry = is_hook[where] & (draw[2][where] < 0.4)
    bit = np.where(is_joined[where], 1.0, HOOK / far[where])
    t = np.where(is_entry, 1 - bit, 0.0)[:, None] + bit[:, None] * _SHARES
    ways = _curves(xy, end[where], begin[where], far[where], t, hand.swing)
    new = np.ones((len(where), LINK), np.bool_)
    new[:, 0] = ~is_entry
    is_down[begin[where]] = is_joined[where] | is_entry
    at = np.repeat(begin[where], LINK)
    is_link = np.insert(np.zeros(len(xy), np.bool_), at, True)
    merged = np.empty((len(is_link), 2))
    merged[is_link], merged[~is_link] = ways.reshape(-1, 2), xy
    down = np.empty(len(is_link), np.bool_)
    down[is_link], down[~is_link] = new.ravel(), is_down
    return merged, down, is_link


def _curves(xy: F64, end: I64, begin: I64, far: F64, t: F64, swing: float) -> F64:
    """(links, LINK, 2): from the way the pen came to the way it goes on, as cubic curves."""
    start, stop = xy[end], xy[begin]
    came, goes = start - xy[end - 1], xy[begin + 1] - stop
    reach = swing * far
    came = came * (reach / (np.hypot(*came.T) + 1e-9))[:, None]
    goes = goes * (reach / (np.hypot(*goes.T) + 1e-9))[:, None]
    t = t[:, :, None]
    back = 1 - t
    points = (start, start + came, stop - goes, stop)
    a, b, c, d = (point[:, None] for point in points)
    curve: F64 = back**3 * a + 3 * back**2 * t * b + 3 * back * t**2 * c + t**3 * d
    return curve


def _inked(
    xy: F64, is_down: Bool, is_link: Bool, hand: RealHand, chance: np.random.Generator
) -> Path:
    """Corners rounded, a slow tremor, widths; some strokes again, some bits without ink."""
    xy = smoothed(xy, is_down, hand)
    if hand.shake:
        tremble = chance.standard_normal((len(xy) + 2, 2))
        xy = xy + hand.shake * (tremble[:-2] + tremble[1:-1] + tremble[2:])
    width = widths(is_down, is_link, hand, chance)
    width[~is_down] *= 1 + hand.blob * chance.random()
    if hand.again:
        xy, width, is_down = _again(xy, width, is_down, hand, chance)
    if hand.dry:
        is_down = is_down & (chance.random(len(xy)) >= hand.dry)
    return Path(xy, width, is_down)


def _again(
    xy: F64, width: F64, is_down: Bool, hand: RealHand, chance: np.random.Generator
) -> tuple[F64, F64, Bool]:
    """Some strokes are drawn once more, a little beside themselves."""
    stroke = np.cumsum(~is_down) - 1
    count = int(stroke[-1]) + 1
    chosen = (chance.random(count) < hand.again)[stroke]
    shift = 0.02 * chance.standard_normal((count, 2))
    twice = xy[chosen] + shift[stroke[chosen]]
    return (
        np.concatenate((xy, twice)),
        np.concatenate((width, width[chosen])),
        np.concatenate((is_down, is_down[chosen])),
    )
