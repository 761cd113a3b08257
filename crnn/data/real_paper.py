"""Real ink on real paper: thin pens and pencils, phone photos, table rules, boxes drawn in haste.

The one idea: what a person cut out of a page is drawn at the size it was seen in, which may be
tiny, and only then blown up, so that a coarse picture looks coarse.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image

from crnn.arrays import F32, U8, frozen
from crnn.data.paper import as_jpeg, blurred, grain, shade, to_bytes, uneven

_INKS = (
    (0.42, 8.0, 85.0),
    (0.66, 40.0, 120.0),
    (0.82, 75.0, 140.0),
    (1.0, 65.0, 140.0),
)
"""Black, blue, red, pencil: share up to and with this one, (darkest, lightest) grey level."""
FAINTEST = 80.0
"""Grey levels between paper and ink at least, but for one word in twenty."""

SHADED = 110.0
"""Grey levels between paper and ink from which on a shadow still is no ink."""


class Box(NamedTuple):
    """How a word was cut out of its page, in shares of a syllable's height; below 0 cuts ink."""

    left: float
    top: float
    right: float
    bottom: float


def box(chance: np.random.Generator) -> Box:
    """-4 % to 30 % on each side, mostly little; who draws one side loosely draws all so."""
    most = 0.12 if chance.random() < 0.6 else 0.3
    sides = chance.beta(1.6, 2.4, 4) * (most + 0.04) - 0.04
    return Box(*sides.tolist())


def on_real_paper(ink_HW: F32, chance: np.random.Generator) -> U8:
    """gray_HW of ink (0 to 1) on a paper drawn from `chance`."""
    flags = chance.random(9)
    if flags[0] < 0.12:
        ink_HW = np.maximum(ink_HW, _strangers(ink_HW, chance))
    if flags[1] < 0.15:
        ink_HW = _bled(ink_HW, chance)
    if flags[2] < 0.45:
        ink_HW = uneven(ink_HW, chance)
    paper = float(255 - 80 * chance.beta(1.0, 2.2))
    dark = min(_tone(chance), paper - FAINTEST)
    if flags[3] < 0.05:
        dark = paper - float(chance.uniform(FAINTEST - 20, FAINTEST))
    level_HW = paper + np.float32(dark - paper) * ink_HW
    if flags[4] < 0.25:
        _rule(level_HW, paper, chance)
    if flags[5] < 0.35 and paper - dark > SHADED:
        level_HW = level_HW * shade(level_HW.shape, chance)
    if flags[6] < 0.6:
        softest = max(0.25, min(0.8, len(ink_HW) / 64))
        level_HW = blurred(level_HW, float(chance.uniform(0.2, softest)))
    level_HW += grain(level_HW.shape, chance, smooth=flags[8] < 0.6, share=0.6)
    gray_HW = to_bytes(level_HW)
    if flags[7] < 0.25:
        gray_HW = frozen(as_jpeg(gray_HW, int(chance.integers(30 if len(ink_HW) > 32 else 60, 90))))
    return gray_HW


def enlarged(gray_HW: U8, times: int) -> U8:
    """A coarse picture blown up `times`; height against width stays exactly."""
    height, width = gray_HW.shape
    size = (times * width, times * height)
    return frozen(np.array(Image.fromarray(gray_HW).resize(size, Image.Resampling.BICUBIC)))


def _tone(chance: np.random.Generator) -> float:
    draw, tone = chance.random(2).tolist()
    low, high = next((low, high) for upto, low, high in _INKS if draw < upto)
    return float(low + tone * (high - low))


def _bled(ink_HW: F32, chance: np.random.Generator) -> F32:
    """Ink that ran a little into the paper round the line."""
    ran_HW = blurred(ink_HW, 1.0) * np.float32(chance.uniform(0.3, 0.8))
    bled_HW: F32 = np.maximum(ink_HW, ran_HW)
    return bled_HW


def _strangers(ink_HW: F32, chance: np.random.Generator) -> F32:
    """A piece of other writing at one edge: rows or columns of the word's own, moved there."""
    height, width = ink_HW.shape
    found = np.zeros_like(ink_HW)
    depth = int(chance.integers(1, max(2, round(0.09 * height)) + 1))
    side = int(chance.integers(4))
    if side < 2:
        rows = ink_HW[height // 3 : height // 3 + depth]
        moved = np.roll(rows, int(chance.integers(width)), 1)
        found[slice(0, depth) if side else slice(height - depth, height)] = moved
    else:
        place = int(chance.integers(max(1, width - depth)))
        columns = np.roll(ink_HW[:, place : place + depth], int(chance.integers(height)), 0)
        columns = columns * (np.arange(height) % height < height // 2)[:, None]
        found[:, : columns.shape[1]] = columns
        found = found if side == 2 else found[:, ::-1]
    return found


def _rule(level_HW: F32, paper: float, chance: np.random.Generator) -> None:
    """Lines of a table at one or two edges, or a ruled line under or through the word's foot."""
    height, width = level_HW.shape
    tone = float(chance.uniform(60, 0.9 * paper))
    for side in {int(chance.integers(6)), int(chance.integers(6))}:
        flat = side not in (1, 3)
        long, across = (width, height) if flat else (height, width)
        place = float(chance.uniform(-0.3, 0.06 * height + 0.5))
        if side in (4, 5):  # a ruled line that the word stands on
            place, level = float(chance.uniform(0, 0.16)) * height, max(tone, 0.6 * paper)
        else:
            level = tone
        place = place if side in (0, 1) else across - 1 - place
        line = place + float(chance.normal(0, 0.012)) * (np.arange(long) - long / 2)
        thick = float(chance.uniform(0.3, 1.0)) * max(0.5, height / 60)
        near = slice(max(0, int(line.min()) - 3), max(0, int(line.max()) + 4))
        rows = np.arange(across)[near]
        cover = np.clip(thick + 0.5 - np.abs(rows[:, None] - line[None]), 0, 1)
        drawn = (255 + (level - 255) * cover).astype(np.float32)
        part = level_HW[near] if flat else level_HW[:, near]
        np.minimum(part, drawn if flat else drawn.T, out=part)
