"""Finding: from a picture of writing to the boxes of its words, in reading order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from crnn.arrays import I64, U8, Bool, frozen
from crnn.page.ink import ink_mask
from crnn.page.lines import lines_of
from crnn.page.pieces import Pieces, pieces
from crnn.page.rules import without_rules
from crnn.page.slope import slope_of
from crnn.page.words import groups_of, line_of, parted, threshold

LARGEST = 2400
"""Pixels of the longer side at most; larger pictures are looked at smaller."""
LONGEST = 3.0
"""Syllable heights that a stroke may be long; longer ones are rules."""
TALLEST = 3.2
"""Syllable heights of the tallest writing, letters of two lines that touch; taller are frames."""
SPECK = 0.09
"""Syllable heights below which a piece is a speck; a full stop is larger."""
SMALL = 0.3
"""Syllable heights below which a piece may be dirt."""
HOLLOW = 0.08
"""Share of its box that a letter fills at least."""
BAR = 0.4
"""Share of its box that a level stroke fills at least."""
MARGIN = 0.1
"""Paper round a word, in syllable heights, as training pictures have it."""


@dataclass(frozen=True, slots=True)
class Found:
    """A word's place in source pixels, `line` from 0, and its own picture: what is not its own ink
    - rules, neighbours, specks - is paper there."""

    x: int
    y: int
    w: int
    h: int
    line: int
    gray_HW: U8


def find_words(gray_HW: U8) -> list[Found]:
    """The words of a picture, line by line, each from left to right; none where it is blank."""
    scale = max(1.0, max(gray_HW.shape) / LARGEST)
    mask_HW = ink_mask(_smaller(gray_HW, scale))
    slope = slope_of(mask_HW)
    found, size = _letters(mask_HW, slope)
    if not len(found):
        return []
    grouped = [
        groups_of(found, members, slope) for members in lines_of(found, size, slope, mask_HW.shape)
    ]
    size = _syllable(found, [group for groups, _ in grouped for group in groups])
    lines = [line_of(found, groups, free, size) for groups, free in grouped]
    level = threshold(np.concatenate([line.gap for line in lines]))
    sheet = _Sheet(gray_HW, mask_HW, found.label_map(mask_HW.shape), scale, size)
    return [
        _cut(sheet, found, members, number)
        for number, line in enumerate(lines)
        for members in parted(line, level)
    ]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page and what is known of it; `gray_HW` is `scale` times as large as the other two."""

    gray_HW: U8
    mask_HW: Bool
    label_HW: I64
    scale: float
    size: float


def _smaller(gray_HW: U8, scale: float) -> U8:
    if scale == 1.0:
        return gray_HW
    height, width = gray_HW.shape
    size = max(1, round(width / scale)), max(1, round(height / scale))
    small = Image.fromarray(gray_HW).resize(size, Image.Resampling.BOX)
    return np.asarray(small, np.uint8)


def _letters(mask_HW: Bool, slope: float) -> tuple[Pieces, float]:
    """The pieces that are writing, and how many pixels a syllable is high."""
    # Letters that touch a frame are one piece with it, so the frame goes before sizes are taken.
    rough = _size(pieces(without_rules(mask_HW, slope, max(mask_HW.shape) // 3)))
    found = pieces(without_rules(mask_HW, slope, round(LONGEST * rough)))
    size = _size(found)
    large = np.maximum(found.width, found.height)
    found = found.only((large >= SPECK * size) & (found.height <= TALLEST * size))
    return found.only(~_is_stray(found, size)), size


def _is_stray(found: Pieces, size: float) -> Bool:
    """Small marks with no letter near: dirt, not full stops."""
    is_small = np.maximum(found.width, found.height) < SMALL * size
    small, letters = np.flatnonzero(is_small), np.flatnonzero(~is_small)
    across = np.maximum(
        found.x[small, None] - found.right[letters], found.x[letters] - found.right[small, None]
    )
    down = np.maximum(
        found.y[small, None] - found.bottom[letters], found.y[letters] - found.bottom[small, None]
    )
    is_near = (np.maximum(across, down) < 1.2 * size).any(axis=1)
    is_stray = np.zeros(len(found), np.bool_)
    is_stray[small[~is_near]] = True
    return is_stray


def _size(found: Pieces) -> float:
    """A syllable's height: as high as the higher pieces, each counted by its ink. Frames, rules
    and other hollow or long things are not asked, nor is what is far higher than most."""
    filled = found.area / np.maximum(1, found.width * found.height)
    long = np.maximum(found.width, found.height) / np.maximum(
        1, np.minimum(found.width, found.height)
    )
    is_letter = (filled > HOLLOW) & (long < 12) & (found.area > 4)
    # A level stroke such as ㅡ is as long as a syllable; of what is one connected word, only the
    # height says how large the writing is.
    is_bar = (filled > BAR) & (found.width > found.height)
    height = np.where(is_bar, found.width, found.height)[is_letter]
    area = found.area[is_letter]
    if not height.size:
        return 0.0
    first = _percentile(height, area, 0.5)
    kept = height < TALLEST * first
    return _percentile(height[kept], area[kept], 0.75)


def _syllable(found: Pieces, groups: list[I64]) -> float:
    """A syllable's height, once it is known which pieces stand above one another."""
    top = np.array([found.y[group].min() for group in groups])
    bottom = np.array([found.bottom[group].max() for group in groups])
    area = np.array([found.area[group].sum() for group in groups])
    return _percentile(bottom - top, area, 0.6)


def _percentile(x: I64, weight: I64, share: float) -> float:
    order = np.argsort(x, kind="stable")
    total = np.cumsum(weight[order])
    return float(x[order][int(np.searchsorted(total, share * total[-1]))])


def _cut(sheet: _Sheet, found: Pieces, members: I64, line: int) -> Found:
    """The word of these pieces, out of the page."""
    rows, columns = sheet.mask_HW.shape
    room = round(MARGIN * sheet.size)
    x, y = max(0, int(found.x[members].min()) - room), max(0, int(found.y[members].min()) - room)
    right = min(columns, int(found.right[members].max()) + room)
    bottom = min(rows, int(found.bottom[members].max()) + room)
    own = np.isin(sheet.label_HW[y:bottom, x:right], members)
    foreign = _grown(sheet.mask_HW[y:bottom, x:right] & ~own) & ~_grown(own)
    tall, wide = sheet.gray_HW.shape
    left, top = round(x * sheet.scale), round(y * sheet.scale)
    w = min(wide, round(right * sheet.scale)) - left
    h = min(tall, round(bottom * sheet.scale)) - top
    gray_HW = sheet.gray_HW[top : top + h, left : left + w].copy()
    at = np.ix_(
        np.minimum((np.arange(h) / sheet.scale).astype(np.int64), bottom - y - 1),
        np.minimum((np.arange(w) / sheet.scale).astype(np.int64), right - x - 1),
    )
    paper = np.percentile(gray_HW, 75)
    gray_HW[foreign[at]] = np.uint8(paper)
    return Found(left, top, w, h, line, frozen(gray_HW))


def _grown(mask_HW: Bool) -> Bool:
    """The mask and two pixels round it, where ink fades into paper."""
    for axis in (0, 1):
        for _ in range(2):
            wider = mask_HW.copy()
            ahead, behind = (slice(1, None), slice(None, -1))
            if axis == 0:
                wider[ahead] |= mask_HW[behind]
                wider[behind] |= mask_HW[ahead]
            else:
                wider[:, ahead] |= mask_HW[:, behind]
                wider[:, behind] |= mask_HW[:, ahead]
            mask_HW = wider
    return mask_HW
