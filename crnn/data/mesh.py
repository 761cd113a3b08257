"""Bending a picture: a mesh of few knots says where every pixel comes from.

The one idea: between four knots a place is mixed from them in proportion, which for the whole
picture is two products with matrices that depend on its size alone; then each pixel is mixed from
the four that its place lies between.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from crnn.arrays import F32, F64, I64, U8, frozen


def warped(gray_HW: U8, knots: F64, fill: int) -> F32:
    """Levels of `gray_HW` bent on a mesh, same size; what comes from outside is `fill`.

    knots: (x and y, rows, columns), the places in `gray_HW` that the mesh's knots show, spread
    evenly over the result from edge to edge; 0 to width and 0 to height are the picture's edges.
    """
    height, width = gray_HW.shape
    rows, columns = knots.shape[1:]
    # Pixel centres lie at halves; a frame of `fill` takes what lies outside.
    stride = width + 3
    framed = np.empty((height + 3, stride), np.float32)
    framed.fill(fill)
    framed[1:-2, 1:-2] = gray_HW
    moved = (knots + 0.5).astype(np.float32)
    x_HW, y_HW = _shares(height, rows) @ (moved @ _shares(width, columns).T)
    column_HW, row_HW = _whole(x_HW, width), _whole(y_HW, height)
    at = row_HW * stride + column_HW
    pixels = framed.ravel()
    above: F32 = pixels.take(at)
    beside: F32 = pixels[1:].take(at)
    beside -= above
    beside *= x_HW
    above += beside
    below, beside = pixels[stride:].take(at), pixels[stride + 1 :].take(at)
    beside -= below
    beside *= x_HW
    below += beside
    below -= above
    below *= y_HW
    above += below
    return above


def _whole(place_HW: F32, size: int) -> I64:
    """The pixel before each place, of which the place is left with what is beyond it. Places
    outside the frame are taken into it, where the tone is the same."""
    np.maximum(place_HW, 0, out=place_HW)
    np.minimum(place_HW, np.float32(size + 1), out=place_HW)
    whole_HW = np.floor(place_HW)
    place_HW -= whole_HW
    return whole_HW.astype(np.int64)


@lru_cache(maxsize=1024)
def _shares(size: int, knots: int) -> F32:
    """(size, knots): what each knot gives to each of `size` pixels between them."""
    at = (np.arange(size) + 0.5) * ((knots - 1) / size)
    share = np.maximum(0, 1 - np.abs(at[:, None] - np.arange(knots)))
    return frozen(share.astype(np.float32))
