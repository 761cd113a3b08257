"""Where a page has ink: its grey levels against the paper round each place, so that shade, a
lamp's falloff or grey paper do not matter, and what is left is one threshold for the whole page.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from crnn.arrays import F32, U8, Bool

BLOCK = 16
"""Pixels a side of the blocks in which the paper's tone is taken."""
REACH = 2
"""Blocks to each side in which the paper is looked for: a bold stroke may fill one block wholly."""
FAINTEST = 0.06
"""Share of the paper's light that ink takes away at least; fainter marks are paper."""
NOISE = 4.5
"""Standard deviations of the paper's grain that ink must stand out by."""


def ink_mask(gray_HW: U8) -> Bool:
    """is_ink_HW. Dark ink on bright paper or the other way round; empty where all is paper.

    After Otsu, "A threshold selection method from gray-level histograms" (1979), on what the paper
    loses of its light.
    """
    lost_HW = _softened(_lost_light(_paper_bright(gray_HW)))
    grain = 1.4826 * float(np.median(np.abs(lost_HW - np.median(lost_HW))))
    level = max(0.75 * _otsu(lost_HW), NOISE * grain, FAINTEST)
    is_ink_HW: Bool = lost_HW > level
    return is_ink_HW


def _paper_bright(gray_HW: U8) -> U8:
    """The page with its paper the brighter tone."""
    low, high = np.percentile(gray_HW, (1, 99))
    return gray_HW if float(np.median(gray_HW)) >= (low + high) / 2 else 255 - gray_HW


def _lost_light(gray_HW: U8) -> F32:
    """1 - tone / paper's tone there: 0 on paper, towards 1 in ink."""
    height, width = gray_HW.shape
    rows, columns = -(-height // BLOCK), -(-width // BLOCK)
    pad = ((0, rows * BLOCK - height), (0, columns * BLOCK - width))
    blocks = np.pad(gray_HW, pad, mode="edge").reshape(rows, BLOCK, columns, BLOCK)
    tone = np.percentile(blocks, 75, axis=(1, 3))
    around = np.pad(tone, REACH, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(around, (2 * REACH + 1, 2 * REACH + 1))
    paper = Image.fromarray(np.percentile(windows, 70, axis=(2, 3)).astype(np.float32))
    size = (columns * BLOCK, rows * BLOCK)
    paper_HW = np.asarray(paper.resize(size, Image.Resampling.BILINEAR))[:height, :width]
    return np.asarray(1 - gray_HW / np.maximum(paper_HW, 1), np.float32)


def _softened(x_HW: F32) -> F32:
    """Mean of each pixel and its neighbours, which halves the grain and keeps strokes."""
    around = np.pad(x_HW, 1, mode="edge")
    across = around[:, :-2] + 2 * around[:, 1:-1] + around[:, 2:]
    return np.asarray((across[:-2] + 2 * across[1:-1] + across[2:]) / 16, np.float32)


def _otsu(lost_HW: F32) -> float:
    """The level that parts what is there best into two classes."""
    counts, edges = np.histogram(lost_HW, bins=256, range=(0, 1))
    middle = (edges[1:] + edges[:-1]) / 2
    below = np.cumsum(counts)
    mass = np.cumsum(counts * middle)
    above = below[-1] - below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (mass / below - (mass[-1] - mass) / above) ** 2
    return float(middle[int(np.nan_to_num(between).argmax())])
