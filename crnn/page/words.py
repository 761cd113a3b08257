"""Words: where a line of writing is parted, by the gaps between its letters.

How far letters and words stand apart is the writer's own, so the gaps of one page, as shares of a
syllable's height, are parted into narrow and wide where the two classes fall apart best; only where
they do not is a fixed share used.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from crnn.arrays import F64, I64
from crnn.page.pieces import Pieces

USUAL = 0.8
"""Share of a syllable's height from which a gap parts words where the page says nothing."""
NARROWEST, WIDEST = 0.28, 1.0
"""Gaps below the one never part words, gaps above the other always do."""
FEW, MANY = 3, 10
"""Gaps needed on the page before it is asked; and gaps so many that some of them part words."""
APART = 2.2
"""How many times wider than the narrow gaps the wide ones are, where there are two kinds."""
_BLUNT = 0.1
"""Gaps below this are all alike: whether strokes touch says nothing about words."""
_PLAIN = 1.6
"""Gaps above this are all alike: how far a column or a margin is off says nothing either."""
_SYLLABLE = 1.15
"""Widths a syllable at most, in heights."""
_POINT = 0.35
"""Heights of a mark such as a full stop at most: it belongs to the word before it."""
_SLANTS = np.linspace(-0.6, 0.6, 25)


@dataclass(frozen=True, slots=True)
class Line:
    """One line from left to right: the pieces of each unit, which is about a syllable, and the gaps
    after each but the last, in syllable heights."""

    units: tuple[I64, ...]
    gap: F64


def groups_of(found: Pieces, members: I64, slope: float) -> tuple[list[I64], F64]:
    """Pieces that overlap along the line, from left to right, and the pixels free after each but
    the last. Letters of a slanted hand are set upright first."""
    low, high = _sides(found, members, slope)
    order = np.argsort(low, kind="stable")
    reach = np.maximum.accumulate(high[order])
    free = low[order][1:] - reach[:-1]
    cuts = np.flatnonzero(free > 0) + 1
    return np.split(members[order], cuts), np.asarray(free[cuts - 1])


def line_of(found: Pieces, groups: list[I64], free: F64, size: float) -> Line:
    """The line in units: letters of a syllable are brought together, the nearest first, for gaps
    inside a syllable say nothing about words; a full stop goes to the unit before it."""
    units, gap = list(groups), (free / size).tolist()
    wide = [_extent(found.x, found.right, unit) / size for unit in units]
    high = [_extent(found.y, found.bottom, unit) / size for unit in units]
    while True:
        fits = [
            (gap[k], k)
            for k in range(len(gap))
            if wide[k] + gap[k] + wide[k + 1] <= _SYLLABLE
            or (max(wide[k + 1], high[k + 1]) < _POINT and gap[k] < WIDEST)
        ]
        if not fits:
            return Line(tuple(units), np.array(gap))
        _, k = min(fits)
        wide[k] += gap.pop(k) + wide.pop(k + 1)
        high[k] = max(high[k], high.pop(k + 1))
        units[k : k + 2] = [np.concatenate(units[k : k + 2])]


def _extent(low: I64, high: I64, members: I64) -> int:
    return int(high[members].max() - low[members].min())


def threshold(gap: F64) -> float:
    """The gap from which on words are parted, from all gaps of a page.

    Otsu's criterion on square roots, whose spread is about the same for narrow and wide gaps.
    """
    if len(gap) < FEW:
        return USUAL
    ordered = np.sort(np.sqrt(np.clip(gap, _BLUNT, _PLAIN)))
    n = np.arange(1, len(ordered))
    total = np.cumsum(ordered)
    narrow, wide = total[:-1] / n, (total[-1] - total[:-1]) / (len(ordered) - n)
    best = int((n * (len(ordered) - n) * (wide - narrow) ** 2).argmax())
    if len(gap) < MANY and wide[best] ** 2 < APART * narrow[best] ** 2:
        return WIDEST
    middle = float((ordered[best] + ordered[best + 1]) / 2) ** 2
    return min(max(middle, NARROWEST), WIDEST)


def parted(line: Line, level: float) -> list[I64]:
    """The pieces of each word of a line."""
    cuts = np.flatnonzero(line.gap > level) + 1
    ends = [0, *cuts.tolist(), len(line.units)]
    return [np.concatenate(line.units[a:b]) for a, b in pairwise(ends)]


def _sides(found: Pieces, members: I64, slope: float) -> tuple[F64, F64]:
    """(left, right) of each piece along the line, its slant taken out."""
    place = np.full(len(found), -1)
    place[members] = np.arange(len(members))
    own = np.flatnonzero(place[found.label_R] >= 0)
    piece = place[found.label_R[own]]
    row = found.row_R[own] - slope * (found.start_R[own] + found.stop_R[own]) / 2
    row = row - row.mean()
    slant = _slant(row, found.start_R[own], found.stop_R[own])
    low = np.full(len(members), np.inf)
    high = np.full(len(members), -np.inf)
    np.minimum.at(low, piece, found.start_R[own] + slant * row)
    np.maximum.at(high, piece, found.stop_R[own] + slant * row)
    return low, high


def _slant(row: F64, start: I64, stop: I64) -> float:
    """Pixels to the left a pixel down at which the line's upright strokes stand straight: where its
    ink falls into the fewest columns."""
    middle, weight = (start + stop) / 2, (stop - start).astype(np.float64)
    scores = []
    for slant in _SLANTS:
        column = middle + slant * row
        ink = np.bincount((column - column.min()).astype(np.int64), weight)
        scores.append(float((ink**2).sum()))
    best = int(np.argmax(scores))
    return float(_SLANTS[best]) if scores[best] > 1.1 * scores[len(_SLANTS) // 2] else 0.0
