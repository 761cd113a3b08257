"""Real ink on real paper: thin pens and pencils, phone photos, table rules, boxes drawn in haste.

The one idea: what a person cut out of a page is drawn at the size it was seen in, which may be
tiny, and only then blown up, so that a coarse picture looks coarse.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image

from crnn.arrays import F32, U8, frozen
from crnn.data.jpeg import as_jpeg
from crnn.data.paper import blurred, grain, rule, shade, to_bytes, uneven

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
    return Box(*(draw * (most + 0.04) - 0.04 for draw in chance.beta(1.6, 2.4, 4).tolist()))


def on_real_paper(ink_HW: F32, chance: np.random.Generator) -> U8:
    """gray_HW of ink (0 to 1) on a paper drawn from `chance`."""
    strange, bled, patchy, faint, ruled, shaded, soft, coded, smooth = chance.random(9).tolist()
    radius, quality, lightest = chance.random(3).tolist()
    if strange < 0.12:
        ink_HW = np.maximum(ink_HW, _strangers(ink_HW, chance))
    if bled < 0.15:
        ink_HW = _bled(ink_HW, chance)
    if patchy < 0.45:
        ink_HW = uneven(ink_HW, chance)
    paper = float(255 - 80 * chance.beta(1.0, 2.2))
    dark = min(_tone(chance), paper - FAINTEST)
    if faint < 0.05:
        dark = paper - FAINTEST + 20 * lightest
    level_HW = ink_HW * np.float32(dark - paper)
    level_HW += np.float32(paper)
    if ruled < 0.25:
        _put_rules(level_HW, paper, chance)
    if shaded < 0.35 and paper - dark > SHADED:
        level_HW *= shade(level_HW.shape, chance)
    if soft < 0.6:
        softest = max(0.25, min(0.8, len(ink_HW) / 64))
        level_HW = blurred(level_HW, 0.2 + (softest - 0.2) * radius)
    level_HW += grain(level_HW.shape, chance, smooth=smooth < 0.6, share=0.6)
    if coded < 0.25:
        worst = 30 if len(ink_HW) > 32 else 60
        level_HW = as_jpeg(level_HW, worst + int((90 - worst) * quality))
    return to_bytes(level_HW)


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


def _put_rules(level_HW: F32, paper: float, chance: np.random.Generator) -> None:
    """Lines of a table at one or two edges, or a ruled line under or through the word's foot."""
    height, width = level_HW.shape
    tone = float(chance.uniform(60, 0.9 * paper))
    for side in set(chance.integers(6, size=2).tolist()):
        is_flat = side not in (1, 3)
        across = height if is_flat else width
        draw, thickness = chance.random(2).tolist()
        place, level = draw * (0.06 * height + 0.8) - 0.3, tone
        if side in (4, 5):  # a ruled line that the word stands on
            place, level = 0.16 * draw * height, max(tone, 0.6 * paper)
        rule(
            level_HW if is_flat else level_HW.T,
            place if side in (0, 1) else across - 1 - place,
            0.012 * chance.standard_normal(),
            (0.3 + 0.7 * thickness) * max(0.5, height / 60),
            level,
        )
