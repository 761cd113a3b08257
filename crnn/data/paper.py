"""Ink on paper as a scanned form shows it: ink as grey, grain, shade, table lines, neighbours.

Modelled on the words of AI Hub 605: ballpoint and sign pens in black, blue and red on white forms,
cut out of a table at 300 dpi, so that rules and parts of other words stand at the edges.
"""

from __future__ import annotations

import io
import math
from functools import lru_cache

import numpy as np
from PIL import Image

from crnn.arrays import F32, U8, frozen
from crnn.rng import rng

_INKS = ((12.0, 80.0, 0.6), (45.0, 115.0, 0.85), (75.0, 135.0, 1.0))
"""Black, blue, red: (darkest, lightest) grey level, and the share up to and with this one."""

_CELL = 8
"""Pixels between the places where the pen's unevenness is drawn."""
_FIELD_HW = (256, 2048)
"""Rows and columns of the noise that grain is cut from; a larger picture has its noise drawn."""


def on_paper(ink_HW: F32, chance: np.random.Generator) -> U8:
    """gray_HW of ink (0 to 1) on a paper drawn from `chance`."""
    flags = chance.random(6)
    ink_HW = uneven(ink_HW, chance)
    if flags[0] < 0.12:
        ink_HW = np.maximum(ink_HW, _neighbours(ink_HW, chance))
    paper = float(chance.uniform(196, 254))
    dark = _ink_tone(chance)
    level_HW = paper + (min(dark, paper - 60) - paper) * ink_HW
    if flags[1] < 0.3:
        level_HW = np.minimum(level_HW, _rules(level_HW.shape, paper, chance))
    if flags[2] < 0.35:
        level_HW = level_HW * shade(level_HW.shape, chance)
    if flags[3] < 0.75:
        level_HW = blurred(level_HW, float(chance.uniform(0.2, 0.85)))
    level_HW += grain(level_HW.shape, chance, smooth=flags[4] < 0.5)
    gray_HW = to_bytes(level_HW)
    return frozen(as_jpeg(gray_HW, int(chance.integers(35, 90)))) if flags[5] < 0.2 else gray_HW


def _ink_tone(chance: np.random.Generator) -> float:
    draw, tone = chance.random(2).tolist()
    low, high = next((low, high) for low, high, upto in _INKS if draw < upto)
    return float(low + tone * (high - low))


def uneven(ink_HW: F32, chance: np.random.Generator) -> F32:
    """The pen gives less here and there: a coarse field, smooth between."""
    height, width = ink_HW.shape
    cells = chance.random((height // _CELL + 2, width // _CELL + 2), np.float32)
    depth = np.float32(chance.uniform(0, 0.35))
    uneven_HW = _between(height) @ (cells * -depth) @ _between(width).T
    uneven_HW += 1
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


def _neighbours(ink_HW: F32, chance: np.random.Generator) -> F32:
    """A few rows of other writing above or below: the word's own rows, moved along and faded."""
    height, width = ink_HW.shape
    found = np.zeros_like(ink_HW)
    depth = int(chance.integers(2, max(3, height // 8)))
    start = height // 3
    rows = np.roll(ink_HW[start : start + depth], int(chance.integers(width // 3, width + 1)), 1)
    if chance.random() < 0.5:
        found[:depth] = rows
    else:
        found[-depth:] = rows
    return found * np.float32(0.8)


def _rules(shape_HW: tuple[int, ...], paper: float, chance: np.random.Generator) -> F32:
    """The table's lines near one or two edges, a little tilted; elsewhere 255."""
    height, width = shape_HW
    level_HW = np.full(shape_HW, 255, np.float32)
    tone = float(chance.uniform(50, 0.85 * paper))
    first, second = int(chance.integers(4)), int(chance.integers(4))
    for side in {first, second}:
        is_flat = side < 2
        long, across = (width, height) if is_flat else (height, width)
        place = float(chance.uniform(-0.5, 0.07 * height + 1))
        place = place if side % 2 == 0 else across - 1 - place
        line = place + float(chance.normal(0, 0.012)) * (np.arange(long) - long / 2)
        thick = float(chance.uniform(0.4, 1.1))
        low = min(max(0, int(line.min() - thick)), across)
        high = min(max(low, int(line.max() + thick) + 2), across)
        gap = np.abs(np.arange(low, high)[:, None] - line[None])
        cover = np.clip(thick + 0.5 - gap, 0, 1).astype(np.float32)
        drawn = 255 + (tone - 255) * cover
        near_HW = level_HW[low:high] if is_flat else level_HW[:, low:high].T
        np.minimum(near_HW, drawn, out=near_HW)
    return level_HW


def shade(shape_HW: tuple[int, ...], chance: np.random.Generator) -> F32:
    """Light falling off across the picture, or the soft edge of a shadow. 0.75 to 1."""
    height, width = shape_HW
    angle = float(chance.uniform(0, 2 * np.pi))
    x, y = _from_end_to_end(width), _from_end_to_end(height)[:, None]
    along = np.float32(np.cos(angle)) * x + np.float32(np.sin(angle)) * y
    steep = 4.0 if chance.random() < 0.33 else 0.5
    fall = np.clip(0.5 + steep * (along - np.float32(chance.uniform(-0.6, 0.6))), 0, 1)
    light_HW: F32 = 1 - np.float32(chance.uniform(0.03, 0.25)) * fall
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
    free = [room - need for room, need in zip(field_HW.shape, shape_HW, strict=True)]
    strength = np.float32(share * chance.uniform(0.5, 6))
    if min(free) < 0:
        return _noise(shape_HW, chance, smooth=smooth) * strength
    top, left = chance.integers(0, free, endpoint=True).tolist()
    cut_HW: F32 = field_HW[top : top + shape_HW[0], left : left + shape_HW[1]] * strength
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
    return frozen(np.clip(rounded, 0, 255, out=rounded).astype(np.uint8))


def as_jpeg(gray_HW: U8, quality: int) -> U8:
    """`gray_HW` after a round through JPEG at `quality`, 1 to 95."""
    held = io.BytesIO()
    Image.fromarray(gray_HW).save(held, "JPEG", quality=quality)
    return np.array(Image.open(held, formats=("JPEG",)))
