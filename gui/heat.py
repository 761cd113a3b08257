"""Arrays to pictures: float array -> 8-bit index -> RGB32 look-up -> QImage. No axes, no painting.

A pixel is a fact: nothing is smoothed. Ranges come from the caller and are never taken from one
frame. NaN is drawn as a 45 degree hatch in the error colour by the caller, from `nan_mask`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from gui.palette import Lut

Array = NDArray[Any]


def indices(values: Array, lo: float, hi: float) -> NDArray[np.uint8]:
    """0..255 for lo..hi, clipped; NaN becomes 0 (see nan_mask)."""
    span = hi - lo if hi > lo else 1.0
    scaled = (values.astype(np.float32) - lo) * (255.0 / span)
    scaled = np.where(np.isnan(scaled), 0.0, scaled)
    index: NDArray[np.uint8] = np.clip(scaled, 0.0, 255.0).astype(np.uint8)
    return index


def log_indices(values: Array, floor: float, ceiling: float = 1.0) -> NDArray[np.uint8]:
    """0..255 for floor..ceiling on a log scale; zero and below are 0."""
    safe = np.maximum(values.astype(np.float64), floor)
    span = np.log(ceiling) - np.log(floor)
    scaled = np.where(np.isnan(safe), 0.0, (np.log(safe) - np.log(floor)) * (255.0 / span))
    return np.clip(scaled, 0.0, 255.0).astype(np.uint8)


def picture(index_HW: NDArray[np.uint8], lut: Lut) -> QImage:
    """One image pixel a cell; the painter scales it with nearest neighbour. Owns its pixels."""
    height, width = index_HW.shape
    rgb = np.ascontiguousarray(lut[index_HW])
    image = QImage(rgb.data, width, height, width * 4, QImage.Format.Format_RGB32)
    return image.copy()


def nan_mask(values: Array) -> NDArray[np.bool_]:
    """Where a value is NaN."""
    return np.isnan(values)
