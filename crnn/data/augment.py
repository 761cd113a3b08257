"""Augmentation: another picture of the same word, of the same size, from an address.

The one idea: the picture is bent on a mesh whose knots move smoothly (perspective, slant, waves)
and each a little on its own (letters jitter). Stroke weight,
tone, blur, shade, grain and JPEG follow. Height over width stays, so what fitted the network's
timesteps still does, and batches keep their widths.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from PIL import Image

from crnn.arrays import F32, F64, U8, frozen
from crnn.data.jpeg import as_jpeg
from crnn.data.mesh import warped
from crnn.data.paper import blurred, grain, shade, to_bytes
from crnn.data.prepare import MIN_CONTRAST, InputSpec, prepared_width
from crnn.rng import rng

Augment = Literal["none", "light", "strong"]

STRENGTH: dict[Augment, float] = {"none": 0.0, "light": 0.5, "strong": 1.0}

_ROWS = 2
"""Cells of the mesh from top to bottom; along the line it has 1.3 for every square of height."""
_DOWN = frozen(np.linspace(0, 1, _ROWS + 1)[:, None])
_MIDDLE = frozen(_DOWN - 0.5)
_SPREAD = frozen(np.array((0.16, 0.03, 0.05, 0.05, 0.05)))
"""Of slant, slope, stretch, keystone and squeeze."""


def augmented(
    gray_HW: U8, spec: InputSpec, augment: Augment, seed: int, step: int, sample: int
) -> U8:
    """Another gray_HW of the same word, drawn at (seed, step, sample); equal addresses give equal
    bits. Larger pictures are first shrunk to twice what `spec` asks for. "none" gives it back, and
    so does blank paper, whose grain would be read as ink."""
    if (
        augment == "none"
        or gray_HW.size == 0
        or int(gray_HW.max()) - int(gray_HW.min()) < MIN_CONTRAST
    ):
        return gray_HW
    chance = rng(seed, step, f"augment-{sample}")
    strength = STRENGTH[augment]
    if gray_HW.shape[0] > 2 * spec.height:
        gray_HW = _shrunk(gray_HW, prepared_width(gray_HW.shape, spec), spec.height)
    paper = _paper_of(gray_HW)
    level_HW = bent(gray_HW, chance, strength, paper)
    return _toned(_weighed(level_HW, chance, strength), chance, strength, paper)


def _paper_of(gray_HW: U8) -> int:
    """The tone in the middle, of every ninth pixel: as good, and quickly found."""
    ordered = np.sort(gray_HW[::3, ::3], axis=None, kind="stable")
    return int(ordered[ordered.size // 2])


def _shrunk(gray_HW: U8, width: int, height: int) -> U8:
    """`gray_HW` at twice `width` x `height`."""
    image = Image.fromarray(gray_HW)
    size = (2 * width, 2 * height)
    return np.asarray(image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2))


def bent(gray_HW: U8, chance: np.random.Generator, strength: float, fill: int) -> F32:
    """`gray_HW` on a bent mesh of the same size; what comes from outside is `fill`."""
    height, width = gray_HW.shape
    columns = max(2, round(1.3 * width / height))
    return warped(gray_HW, height * _knots(width / height, columns, chance, strength), fill)


def _knots(long: float, columns: int, chance: np.random.Generator, strength: float) -> F64:
    """(x and y, rows + 1, columns + 1) of the moved knots, in heights of a picture `long` of them:
    the smooth part of the move, and the loose one."""
    normal = chance.standard_normal(len(_SPREAD) + 2 * (_ROWS + 1) * (columns + 1))
    slant, slope, stretch, keystone, squeeze = (_SPREAD * normal[: len(_SPREAD)]).tolist()
    first, second = chance.random(2).tolist()
    wave, phase = 0.7 + 1.8 * first, 2 * math.pi * second
    x = np.arange(columns + 1) * (long / columns)
    middle_x = x - long / 2
    found = normal[len(_SPREAD) :].reshape(2, _ROWS + 1, columns + 1)
    found *= 0.022
    found[0] += slant * _MIDDLE + 0.03 * np.sin(2 * math.pi / 1.5 * _DOWN + 2 * phase)
    found[0] += stretch * middle_x
    found[1] += slope * middle_x + 0.03 * np.sin(2 * math.pi / wave * x + phase)
    found[1] += (squeeze + keystone / max(1.0, long) * middle_x) * _MIDDLE
    found *= strength
    found[0] += x
    found[1] += _DOWN
    return found


def _weighed(level_HW: F32, chance: np.random.Generator, strength: float) -> F32:
    """A thicker or a thinner pen: mixed with the darkest or the brightest of the neighbours."""
    draw = 2 * chance.random() - 1
    if abs(draw) < 0.3:
        return level_HW
    is_tall = len(level_HW) >= 44
    limit = 0.9 if draw < 0 else (0.55 if is_tall else 0.25)
    share = np.float32(strength * limit * (abs(draw) - 0.3) / 0.7)
    reach = _of_neighbours(level_HW, np.minimum if draw < 0 else np.maximum)
    reach -= level_HW
    reach *= share
    level_HW += reach
    return level_HW


def _of_neighbours(level_HW: F32, least: np.ufunc) -> F32:
    """The least or the greatest of 3 x 3 pixels at each place: first of rows, then of columns.

    As Pillow's MinFilter(3) and MaxFilter(3), which take ten times as long.
    """
    across = level_HW.copy()
    least(across[:, 1:], level_HW[:, :-1], out=across[:, 1:])
    least(across[:, :-1], level_HW[:, 1:], out=across[:, :-1])
    both = across.copy()
    least(both[1:], across[:-1], out=both[1:])
    least(both[:-1], across[1:], out=both[:-1])
    return both


def _toned(level_HW: F32, chance: np.random.Generator, strength: float, paper: int) -> U8:
    """Blur, contrast round the paper's tone, shade, grain, JPEG."""
    is_soft, shading, smooth, coding, radius, tone, quality = chance.random(7).tolist()
    if is_soft < 0.5:
        level_HW = blurred(level_HW, strength * (0.2 + 0.8 * radius) * len(level_HW) / 64)
    contrast = 1 + strength * (0.6 * tone - 0.4)
    level_HW *= np.float32(contrast)
    level_HW += np.float32(paper * (1 - contrast))
    if shading < 0.4 * strength:
        level_HW *= shade(level_HW.shape, chance)
    level_HW += grain(level_HW.shape, chance, smooth=smooth < 0.5, share=strength)
    if coding < 0.2 * strength:
        level_HW = as_jpeg(level_HW, 35 + int(55 * quality))
    return to_bytes(level_HW)
