"""Ink on paper as a scanned form shows it: ink as grey, grain, shade, table lines, neighbours.

Modelled on the words of AI Hub 605: ballpoint and sign pens in black, blue and red on white forms,
cut out of a table at 300 dpi, so that rules and parts of other words stand at the edges.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from crnn.arrays import F32, U8, frozen
from crnn.data.jpeg import as_jpeg
from crnn.rng import rng

_INKS = ((12.0, 80.0, 0.6), (45.0, 115.0, 0.85), (75.0, 135.0, 1.0))
"""Black, blue, red: (darkest, lightest) grey level, and the share up to and with this one."""

_CELL = 8
"""Pixels between the places where the pen's unevenness is drawn."""
_FIELD_HW = (256, 2048)
"""Rows and columns of the noise that grain is cut from; a larger picture has its noise drawn."""


def on_paper(ink_HW: F32, chance: np.random.Generator) -> U8:
    """gray_HW of ink (0 to 1) on a paper drawn from `chance`."""
    strange, ruled, shaded, soft, smooth, coded, tone, radius, quality = chance.random(9).tolist()
    ink_HW = uneven(ink_HW, chance)
    if strange < 0.12:
        _put_neighbours(ink_HW, chance)
    paper = 196 + 58 * tone
    dark = min(_ink_tone(chance), paper - 60)
    level_HW = ink_HW * np.float32(dark - paper)
    level_HW += np.float32(paper)
    if ruled < 0.3:
        _rule(level_HW, paper, chance)
    if shaded < 0.35:
        level_HW *= shade(level_HW.shape, chance)
    if soft < 0.75:
        level_HW = blurred(level_HW, 0.2 + 0.65 * radius)
    level_HW += grain(level_HW.shape, chance, smooth=smooth < 0.5)
    if coded < 0.2:
        level_HW = as_jpeg(level_HW, 35 + int(55 * quality))
    return to_bytes(level_HW)


def _ink_tone(chance: np.random.Generator) -> float:
    draw, tone = chance.random(2).tolist()
    low, high = next((low, high) for low, high, upto in _INKS if draw < upto)
    return float(low + tone * (high - low))


def uneven(ink_HW: F32, chance: np.random.Generator) -> F32:
    """The pen gives less here and there: a coarse field, smooth between."""
    height, width = ink_HW.shape
    cells: F32 = chance.random((height // _CELL + 2, width // _CELL + 2), np.float32)
    cells *= np.float32(-0.35 * chance.random())
    cells += np.float32(1)
    across: F32 = cells @ _between(width).T
    uneven_HW: F32 = _between(height) @ across
    uneven_HW *= ink_HW
    return uneven_HW


def _between(size: int) -> F32:
    """(size, cells): what each cell in a row gives to each of `size` pixels between them."""
    return _shares(-(-size // 256) * 256)[:size, : size // _CELL + 2]


@lru_cache(maxsize=32)
def _shares(size: int) -> F32:
    at = (np.arange(size) + 0.5) / _CELL
    share = np.maximum(0, 1 - np.abs(at[:, None] - np.arange(size // _CELL + 2)))
    return frozen(share.astype(np.float32))


def _put_neighbours(ink_HW: F32, chance: np.random.Generator) -> None:
    """A few rows of other writing above or below: the word's own rows, moved along and faded."""
    height, width = ink_HW.shape
    depth = 2 + int(chance.random() * (max(3, height // 8) - 2))
    start = height // 3
    rows = ink_HW[start : start + depth] * np.float32(0.8)
    cut = int(chance.integers(width // 3, width + 1))
    moved = np.concatenate((rows[:, width - cut :], rows[:, : width - cut]), axis=1)
    edge = ink_HW[:depth] if chance.random() < 0.5 else ink_HW[-depth:]
    np.maximum(edge, moved, out=edge)


def _rule(level_HW: F32, paper: float, chance: np.random.Generator) -> None:
    """The table's lines near one or two edges, a little tilted."""
    height, width = level_HW.shape
    tone = float(chance.uniform(50, 0.85 * paper))
    for side in set(chance.integers(4, size=2).tolist()):
        across = height if side < 2 else width
        draw, thickness = chance.random(2).tolist()
        place = draw * (0.07 * height + 1.5) - 0.5
        thick = 0.4 + 0.7 * thickness
        rule(
            level_HW if side < 2 else level_HW.T,
            place if side % 2 == 0 else across - 1 - place,
            0.012 * chance.standard_normal(),
            thick,
            tone,
        )


def rule(level_HW: F32, place: float, tilt: float, thick: float, tone: float) -> None:
    """Draw a line along the rows: at `place` in the middle, `tilt` rows down a column, two times
    `thick` rows wide, `tone` where it is darker than what is there. For one along the columns
    hand in the transposed picture."""
    height, width = level_HW.shape
    line = (np.arange(width, dtype=np.float32) - np.float32(width / 2)) * np.float32(tilt)
    line += np.float32(place)
    far = abs(tilt) * width / 2 + thick + 1
    low = min(max(0, int(place - far)), height)
    high = min(max(low, int(place + far) + 2), height)
    cover = np.abs(np.arange(low, high, dtype=np.float32)[:, None] - line)
    np.subtract(np.float32(thick + 0.5), cover, out=cover)
    np.maximum(cover, 0, out=cover)
    np.minimum(cover, 1, out=cover)
    cover *= np.float32(tone - 255)
    cover += 255
    np.minimum(level_HW[low:high], cover, out=level_HW[low:high])


def shade(shape_HW: tuple[int, ...], chance: np.random.Generator) -> F32:
    """Light falling off across the picture, or the soft edge of a shadow. 0.75 to 1."""
    height, width = shape_HW
    turn, steepness, place, strength = chance.random(4).tolist()
    deepest = 0.03 + 0.22 * strength
    steep = 4.0 if steepness < 0.33 else 0.5
    x_share = deepest * steep * math.cos(2 * math.pi * turn)
    y_share = deepest * steep * math.sin(2 * math.pi * turn)
    start = deepest * (0.5 - steep * (1.2 * place - 0.6))
    down = _from_end_to_end(height)[:, None] * np.float32(y_share) + np.float32(start)
    fall_HW = down + _from_end_to_end(width) * np.float32(x_share)
    np.maximum(fall_HW, 0, out=fall_HW)
    np.minimum(fall_HW, np.float32(deepest), out=fall_HW)
    light_HW: F32 = np.subtract(1, fall_HW, out=fall_HW)
    return light_HW


@lru_cache(maxsize=1024)
def _from_end_to_end(size: int) -> F32:
    return frozen(np.linspace(-1, 1, size, dtype=np.float32))


def blurred(level_HW: F32, radius: float) -> F32:
    """A blur of standard deviation `radius` pixels: each pixel mixed with its neighbours, by
    weights of that variance in all, as often as it takes to reach so far."""
    times = max(1, math.ceil(2 * radius * radius))
    weight = np.float32(radius * radius / (2 * times))
    for _ in range(times):
        level_HW = _with_neighbours(level_HW, weight)
        level_HW = _with_neighbours(level_HW.T, weight).T
    return level_HW


def _with_neighbours(level_HW: F32, weight: np.float32) -> F32:
    """Each row mixed with those above and below it; beyond an edge the row at the edge counts."""
    part_HW = level_HW * weight
    mixed_HW: F32 = level_HW * (1 - 2 * weight)
    mixed_HW[1:] += part_HW[:-1]
    mixed_HW[:-1] += part_HW[1:]
    mixed_HW[0] += part_HW[0]
    mixed_HW[-1] += part_HW[-1]
    return mixed_HW


def grain(
    shape_HW: tuple[int, ...], chance: np.random.Generator, *, smooth: bool, share: float = 1
) -> F32:
    """`share` of the noise of paper and scanner; smooth grain has the size of fibres.

    Cut out of a field of noise at a place drawn from `chance`, since to draw every pixel anew took
    a tenth of a word's time.
    """
    field_HW = _field(smooth)
    height, width = shape_HW
    down, across = _FIELD_HW[0] - height, _FIELD_HW[1] - width
    place, side, draw = chance.random(3).tolist()
    strength = np.float32(share * (0.5 + 5.5 * draw))
    if min(down, across) < 0:
        return _noise(shape_HW, chance, smooth=smooth) * strength
    top, left = int(place * (down + 1)), int(side * (across + 1))
    cut_HW: F32 = field_HW[top : top + height, left : left + width] * strength
    return cut_HW


@lru_cache(maxsize=2)
def _field(smooth: bool) -> F32:
    return frozen(_noise(_FIELD_HW, rng(0, int(smooth), "grain"), smooth=smooth))


def _noise(shape_HW: tuple[int, ...], chance: np.random.Generator, *, smooth: bool) -> F32:
    noise_HW = chance.standard_normal(shape_HW, np.float32)
    if smooth:
        noise_HW[:, 1:] += noise_HW[:, :-1]
        noise_HW[1:] += noise_HW[:-1]
        noise_HW *= np.float32(0.5)
    return noise_HW


def to_bytes(level_HW: F32) -> U8:
    """Rounded and clipped to 0..255, read-only."""
    rounded = np.rint(level_HW)
    np.maximum(rounded, 0, out=rounded)
    np.minimum(rounded, 255, out=rounded)
    return frozen(rounded.astype(np.uint8))
