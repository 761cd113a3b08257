"""Percentiles and medians of one picture, bit for bit NumPy's own, without its general machinery.

NumPy's take 80 to 150 microseconds each on a word, most of it not arithmetic; preparing a word
needs four. Grey levels are counted once; floats are partitioned once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from PIL import Image

from crnn.arrays import F32, U8


def median_of(gray: U8) -> float:
    """numpy.median of grey levels of any shape."""
    return _median(_counted(gray), gray.size)


def ink_and_paper(gray_HW: U8, border: U8) -> tuple[float, float, float, float]:
    """Medians of `border` and of `gray_HW`, and the 1st and 99th percentiles of `gray_HW`."""
    upto = _counted(gray_HW)
    edge = np.sort(border)  # a few hundred: sorting them is quicker than counting
    middle = (int(edge[(edge.size - 1) // 2]) + int(edge[edge.size // 2])) / 2
    low, high = (_between(upto, gray_HW.size, percent) for percent in (1, 99))
    return middle, _median(upto, gray_HW.size), low, high


def percentiles(values: F32, percents: Sequence[int]) -> list[float]:
    """numpy.percentile of floats of any shape that hold no NaN."""
    places = [_place(values.size, percent) for percent in percents]
    wanted = sorted({at for below, _, above in places for at in (below, above)})
    ordered = np.partition(values.ravel(), wanted)
    found = []
    for below, share, above in places:
        low, high = ordered[below], ordered[above]
        found.append(_lerp(float(low), float(high), float(high - low), share))
    return found


def _counted(gray: U8) -> list[int]:
    """How many are at or below each grey level."""
    counted = Image.fromarray(gray.reshape(-1, gray.shape[-1])).histogram()
    return list(accumulate(counted))


def _at(upto: list[int], place: int) -> int:
    """The level that stands at `place`, from 0, in the sorted picture."""
    return bisect_right(upto, place)


def _median(upto: list[int], size: int) -> float:
    return (_at(upto, (size - 1) // 2) + _at(upto, size // 2)) / 2


def _place(size: int, percent: int) -> tuple[int, float, int]:
    """Where the percentile lies: the place below it, the share of the way on, the place above."""
    virtual = (size - 1) * (percent / 100)
    below = int(virtual)
    return below, virtual - below, min(below + 1, size - 1)


def _between(upto: list[int], size: int, percent: int) -> float:
    below, share, above = _place(size, percent)
    low, high = _at(upto, below), _at(upto, above)
    return _lerp(low, high, high - low, share)


def _lerp(low: float, high: float, apart: float, share: float) -> float:
    """From the nearer end, as NumPy does it."""
    return low + apart * share if share < 0.5 else high - apart * (1 - share)
