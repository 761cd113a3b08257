"""Augmentation: another picture of the same word, of the same size, from an address.

The one idea: the picture is bent on a mesh whose knots move smoothly (perspective, slant, waves)
and each a little on its own (letters jitter); Pillow draws the mesh in one call. Stroke weight,
tone, blur, shade, grain and JPEG follow. Height over width stays, so what fitted the network's
timesteps still does, and batches keep their widths.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import numpy as np
from PIL import Image

from crnn.arrays import F32, F64, U8, frozen
from crnn.data.paper import as_jpeg, blurred, grain, shade, to_bytes
from crnn.data.prepare import MIN_CONTRAST, InputSpec, prepared_width
from crnn.data.quantiles import median_of
from crnn.rng import rng

Augment = Literal["none", "light", "strong"]

STRENGTH: dict[Augment, float] = {"none": 0.0, "light": 0.5, "strong": 1.0}

_ROWS = 2
"""Cells of the mesh from top to bottom; along the line it has 1.3 for every square of height."""
_DOWN = frozen(np.linspace(0, 1, _ROWS + 1)[:, None])
_SPREAD = (0.16, 0.03, 0.05, 0.05, 0.05)
"""Of slant, slope, stretch, keystone and squeeze."""


def augmented(
    gray_HW: U8, spec: InputSpec, augment: Augment, seed: int, step: int, sample: int
) -> U8:
    """Another gray_HW of the same word, drawn at (seed, step, sample); equal addresses give equal
    bits. Larger pictures are first shrunk to twice what `spec` asks for. "none" gives it back, and
    so does blank paper, whose grain would be read as ink."""
    if augment == "none" or gray_HW.size == 0 or np.ptp(gray_HW) < MIN_CONTRAST:
        return gray_HW
    chance = rng(seed, step, f"augment-{sample}")
    strength = STRENGTH[augment]
    image = Image.fromarray(gray_HW)
    if gray_HW.shape[0] > 2 * spec.height:
        width = prepared_width(gray_HW.shape, spec)
        image = image.resize(
            (2 * width, 2 * spec.height), Image.Resampling.BILINEAR, reducing_gap=2
        )
    paper = int(median_of(gray_HW))
    image = bent(image, chance, strength, paper)
    level_HW = _weighed(np.asarray(image), chance, strength)
    return _toned(level_HW, chance, strength, paper)


def bent(
    image: Image.Image, chance: np.random.Generator, strength: float, fill: int
) -> Image.Image:
    """`image` (8 bits) on a bent mesh of the same size; what comes from outside is `fill`."""
    width, height = image.size
    columns = max(2, round(1.3 * width / height))
    knots = height * _knots(width / height, columns, chance, strength)
    # A quadrilateral's corners go down the left side and up the right one.
    corners = (knots[:, :-1, :-1], knots[:, 1:, :-1], knots[:, 1:, 1:], knots[:, :-1, 1:])
    quads = np.concatenate(corners).reshape(8, -1).T.tolist()
    across, down = (
        [round(size * k / cells) for k in range(cells + 1)]
        for size, cells in ((width, columns), (height, _ROWS))
    )
    boxes = [
        (left, top, right, bottom)
        for top, bottom in pairwise(down)
        for left, right in pairwise(across)
    ]
    return image.transform(
        image.size,
        Image.Transform.MESH,
        list(zip(boxes, quads, strict=True)),
        Image.Resampling.BILINEAR,
        fillcolor=fill,
    )


def _knots(long: float, columns: int, chance: np.random.Generator, strength: float) -> F64:
    """(x and y, rows + 1, columns + 1) of the moved knots, in heights of a picture `long` of them:
    the smooth part of the move, and the loose one."""
    slant, slope, stretch, keystone, squeeze = chance.normal(0, _SPREAD).tolist()
    wave, phase = float(chance.uniform(0.7, 2.5)), float(chance.uniform(0, 2 * np.pi))
    x = np.arange(columns + 1) * (long / columns)
    y = _DOWN
    middle_x, middle_y = x - long / 2, y - 0.5
    found = chance.standard_normal((2, _ROWS + 1, columns + 1))
    found *= 0.022
    found[0] += (slant * middle_y + 0.03 * np.sin(2 * np.pi / 1.5 * y + 2 * phase)) + (
        stretch * middle_x
    )
    found[1] += slope * middle_x + 0.03 * np.sin(2 * np.pi / wave * x + phase)
    found[1] += (squeeze + keystone / max(1.0, long) * middle_x) * middle_y
    found *= strength
    found[0] += x
    found[1] += y
    return found


def _weighed(gray_HW: U8, chance: np.random.Generator, strength: float) -> F32:
    """A thicker or a thinner pen: mixed with the darkest or the brightest of the neighbours."""
    draw = float(chance.uniform(-1, 1))
    level_HW = gray_HW.astype(np.float32)
    if abs(draw) < 0.3:
        return level_HW
    is_tall = len(gray_HW) >= 44
    limit = 0.9 if draw < 0 else (0.55 if is_tall else 0.25)
    share = np.float32(strength * limit * (abs(draw) - 0.3) / 0.7)
    reach = _of_neighbours(gray_HW, np.minimum if draw < 0 else np.maximum)
    level_HW += share * (reach - level_HW)
    return level_HW


def _of_neighbours(gray_HW: U8, least: np.ufunc) -> U8:
    """The least or the greatest of 3 x 3 pixels at each place: first of rows, then of columns.

    Bit for bit Pillow's MinFilter(3) and MaxFilter(3), which take ten times as long.
    """
    across = gray_HW.copy()
    least(across[:, 1:], gray_HW[:, :-1], out=across[:, 1:])
    least(across[:, :-1], gray_HW[:, 1:], out=across[:, :-1])
    both = across.copy()
    least(both[1:], across[:-1], out=both[1:])
    least(both[:-1], across[1:], out=both[:-1])
    return both


def _toned(level_HW: F32, chance: np.random.Generator, strength: float, paper: int) -> U8:
    """Blur, contrast round the paper's tone, shade, grain, JPEG."""
    flags = chance.random(4)
    if flags[0] < 0.5:
        radius = strength * float(chance.uniform(0.2, 1.0)) * len(level_HW) / 64
        level_HW = blurred(level_HW, radius)
    contrast = 1 + strength * float(chance.uniform(-0.4, 0.2))
    level_HW *= np.float32(contrast)
    level_HW += np.float32(paper * (1 - contrast))
    if flags[1] < 0.4 * strength:
        level_HW *= shade(level_HW.shape, chance)
    level_HW += grain(level_HW.shape, chance, smooth=flags[2] < 0.5, share=strength)
    gray_HW = to_bytes(level_HW)
    if flags[3] < 0.2 * strength:
        return frozen(as_jpeg(gray_HW, int(chance.integers(35, 90))))
    return gray_HW
