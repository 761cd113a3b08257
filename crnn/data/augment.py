"""Augmentation: another picture of the same word, of the same size, from an address.

The one idea: the picture is bent on a mesh whose knots move smoothly (perspective, slant, waves)
and each a little on its own (letters jitter); Pillow draws the mesh in one call. Stroke weight,
tone, blur, shade, grain and JPEG follow. Height over width stays, so what fitted the network's
timesteps still does, and batches keep their widths.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Literal

import numpy as np
from PIL import Image, ImageFilter

from crnn.arrays import F64, U8, frozen
from crnn.data.paper import as_jpeg, grain, shade, to_bytes
from crnn.data.prepare import InputSpec, prepared_width
from crnn.data.quantiles import median_of
from crnn.rng import rng

Augment = Literal["none", "light", "strong"]

STRENGTH: dict[Augment, float] = {"none": 0.0, "light": 0.5, "strong": 1.0}

_ROWS = 2
"""Cells of the mesh from top to bottom; along the line it has one for every square of height."""


def augmented(
    gray_HW: U8, spec: InputSpec, augment: Augment, seed: int, step: int, sample: int
) -> U8:
    """Another gray_HW of the same word, drawn at (seed, step, sample); equal addresses give equal
    bits. Larger pictures are first shrunk to twice what `spec` asks for. "none" gives it back."""
    if augment == "none" or gray_HW.size == 0:
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
    image = _weighed(image, chance, strength)
    return _toned(image, chance, strength, paper)


def bent(
    image: Image.Image, chance: np.random.Generator, strength: float, fill: int
) -> Image.Image:
    """`image` (8 bits) on a bent mesh of the same size; what comes from outside is `fill`."""
    across, down, boxes = _mesh(*image.size)
    height = image.size[1]
    move = strength * height * _displacement(across / height, down / height, chance)
    source = np.stack((across, down)) + move
    # A quadrilateral's corners go down the left side and up the right one.
    corners = np.concatenate(
        (source[:, :-1, :-1], source[:, 1:, :-1], source[:, 1:, 1:], source[:, :-1, 1:])
    )
    quads = corners.reshape(8, -1).T.tolist()
    return image.transform(
        image.size,
        Image.Transform.MESH,
        list(zip(boxes, quads, strict=True)),
        Image.Resampling.BILINEAR,
        fillcolor=fill,
    )


@lru_cache(maxsize=1024)
def _mesh(width: int, height: int) -> tuple[F64, F64, tuple[tuple[int, int, int, int], ...]]:
    """The knots' x and y, each (rows, columns), and the cells between them in pixels."""
    x = np.linspace(0, width, max(2, round(1.3 * width / height)) + 1)
    y = np.linspace(0, height, _ROWS + 1)
    across, down = np.meshgrid(x, y)
    edges_x, edges_y = np.rint(x).astype(int).tolist(), np.rint(y).astype(int).tolist()
    boxes = tuple(
        (left, top, right, bottom)
        for top, bottom in pairwise(edges_y)
        for left, right in pairwise(edges_x)
    )
    return frozen(across), frozen(down), boxes


def _displacement(x: F64, y: F64, chance: np.random.Generator) -> F64:
    """(2, rows, columns) for knots at x, y, all in heights: the smooth part and the loose one."""
    slant, slope, stretch, keystone, squeeze = chance.normal(0, (0.16, 0.03, 0.05, 0.05, 0.05))
    wave, phase = chance.uniform(0.7, 2.5), chance.uniform(0, 2 * np.pi)
    middle_x, middle_y = x - x.mean(), y - 0.5
    long = max(1.0, float(x.max()))
    dx = slant * middle_y + stretch * middle_x
    dy = slope * middle_x + (squeeze + keystone * middle_x / long) * middle_y
    dy = dy + 0.03 * np.sin(2 * np.pi * x / wave + phase)
    dx = dx + 0.03 * np.sin(2 * np.pi * y / 1.5 + 2 * phase)
    return np.stack((dx, dy)) + 0.022 * chance.standard_normal((2, *x.shape))


def _weighed(image: Image.Image, chance: np.random.Generator, strength: float) -> Image.Image:
    """A thicker or a thinner pen: mixed with the darkest or the brightest of the neighbours."""
    draw = float(chance.uniform(-1, 1))
    if abs(draw) < 0.3:
        return image
    is_tall = image.size[1] >= 44
    limit = 0.9 if draw < 0 else (0.55 if is_tall else 0.25)
    reach = _of_neighbours(np.asarray(image), np.minimum if draw < 0 else np.maximum)
    return Image.blend(image, Image.fromarray(reach), strength * limit * (abs(draw) - 0.3) / 0.7)


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


def _toned(image: Image.Image, chance: np.random.Generator, strength: float, paper: int) -> U8:
    """Blur, contrast round the paper's tone, shade, grain, JPEG."""
    flags = chance.random(4)
    if flags[0] < 0.5:
        radius = strength * float(chance.uniform(0.2, 1.0)) * image.size[1] / 64
        image = image.filter(ImageFilter.GaussianBlur(radius))
    level_HW = np.asarray(image, np.float32)
    contrast = 1 + strength * float(chance.uniform(-0.4, 0.2))
    level_HW = paper + (level_HW - paper) * np.float32(contrast)
    if flags[1] < 0.4 * strength:
        level_HW = level_HW * shade(level_HW.shape, chance)
    noise = grain(level_HW.shape, chance, smooth=flags[2] < 0.5)
    gray_HW = to_bytes(level_HW + np.float32(strength) * noise)
    if flags[3] < 0.2 * strength:
        return frozen(as_jpeg(gray_HW, int(chance.integers(35, 90))))
    return gray_HW
