"""What JPEG does to grey levels, without writing a file: blocks of 8 x 8, their cosines rounded.

The one idea: the cosine transform of a block, and the division by what the quality rounds to, are
one product with a matrix of 64 x 64; so are the ways back. A file of a word's size costs Pillow six
times as long, most of it around the picture.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from crnn.arrays import F32, F64, frozen

_SIDE = 8
# ITU-T T.81, Annex K, table K.1: the steps of luminance at quality 50.
_STEPS = np.array(
    (
        *(16, 11, 10, 16, 24, 40, 51, 61),
        *(12, 12, 14, 19, 26, 58, 60, 55),
        *(14, 13, 16, 24, 40, 57, 69, 56),
        *(14, 17, 22, 29, 51, 87, 80, 62),
        *(18, 22, 37, 56, 68, 109, 103, 77),
        *(24, 35, 55, 64, 81, 104, 113, 92),
        *(49, 64, 78, 87, 103, 121, 120, 101),
        *(72, 92, 95, 98, 112, 100, 103, 99),
    )
)


def as_jpeg(level_HW: F32, quality: int) -> F32:
    """Grey levels after a round through JPEG at `quality`, 1 to 95; not yet rounded to bytes.

    Beyond the right and the lower edge the pixels at the edge count, as in libjpeg.
    """
    height, width = level_HW.shape
    high, wide = -(-height // _SIDE), -(-width // _SIDE)
    whole = level_HW
    if (height, width) != (_SIDE * high, _SIDE * wide):
        whole = level_HW.take(np.arange(_SIDE * high), 0, mode="clip")
        whole = whole.take(np.arange(_SIDE * wide), 1, mode="clip")
    there, back = _products(quality)
    blocks = whole.reshape(high, _SIDE, wide, _SIDE).transpose(0, 2, 1, 3).reshape(-1, _SIDE**2)
    kept = (np.clip(blocks, 0, 255) - np.float32(128)) @ there
    found = np.rint(kept, out=kept) @ back
    found += np.float32(128)
    page = found.reshape(high, wide, _SIDE, _SIDE).transpose(0, 2, 1, 3)
    decoded_HW: F32 = page.reshape(_SIDE * high, _SIDE * wide)[:height, :width]
    return decoded_HW


@lru_cache(maxsize=100)
def _products(quality: int) -> tuple[F32, F32]:
    """Block to rounded cosines, and those to the block, each (64, 64)."""
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    steps = np.clip((_STEPS * scale + 50) // 100, 1, 255)
    cosines = _cosines()
    return (
        frozen((cosines.T / steps).astype(np.float32)),
        frozen((cosines * steps[:, None]).astype(np.float32)),
    )


@lru_cache(maxsize=1)
def _cosines() -> F64:
    """(64, 64): every cosine of a block, a row each; orthonormal."""
    k = np.arange(_SIDE)
    wave = np.cos(np.pi * (2 * k + 1) * k[:, None] / (2 * _SIDE)) * np.sqrt(2 / _SIDE)
    wave[0] *= np.sqrt(0.5)
    return frozen(np.kron(wave, wave))
