"""Percentiles and rank filters of our own are those of NumPy and Pillow, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageFilter

from crnn.data.augment import _of_neighbours
from crnn.data.quantiles import in_order, percentile

SHAPES = [(1, 1), (1, 2), (2, 1), (3, 5), (32, 97), (41, 160)]


def _pictures(shape_HW: tuple[int, int]) -> list[np.ndarray]:
    draw = np.random.default_rng(shape_HW)
    flat = draw.integers(0, 256, shape_HW).astype(np.uint8)
    paper = np.clip(draw.normal(210, 9, shape_HW), 0, 255).astype(np.uint8)
    return [flat, paper, np.full(shape_HW, 255, np.uint8)]


@pytest.mark.parametrize("shape_HW", SHAPES)
def test_floats_have_the_percentiles_of_numpy(shape_HW: tuple[int, int]) -> None:
    values = np.random.default_rng(shape_HW).normal(80, 60, shape_HW).astype(np.float32)
    ordered = in_order(values)
    for percent in (0, 20, 50, 99, 100):
        assert percentile(ordered, percent) == np.percentile(values, percent)


@pytest.mark.parametrize("shape_HW", SHAPES)
def test_neighbours_are_those_of_pillow(shape_HW: tuple[int, int]) -> None:
    for gray_HW in _pictures(shape_HW):
        image = Image.fromarray(gray_HW)
        for least, reach in (
            (np.minimum, ImageFilter.MinFilter),
            (np.maximum, ImageFilter.MaxFilter),
        ):
            expected = np.asarray(image.filter(reach(3)))
            assert (_of_neighbours(gray_HW.astype(np.float32), least) == expected).all()
