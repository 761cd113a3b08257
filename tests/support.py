"""What tests of the engine share: tiny networks and data, and gradients by central differences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np

from crnn.arrays import F64, I64, Real
from crnn.config import Config, ConvBlock, preset, validate
from crnn.data.dataset import MemoryDataset, Sample, TrainingSet
from crnn.data.meeting import meet
from crnn.data.prepare import InputSpec
from crnn.model import layout
from crnn.params import FlatParams
from crnn.text.hangul import make_alphabet

LETTERS = make_alphabet("syllables", ("abc",))
"""Three classes and blank."""


def tiny_word(**changes: object) -> Config:
    """As preset word: kept aspect, pools that are not square, BiLSTM; 4 pixels a timestep."""
    small = replace(
        preset("word", LETTERS),
        input=InputSpec(height=8, width=16, max_width=64, shape="height"),
        convs=(ConvBlock(3, (2, 2)), ConvBlock(4, (2, 2)), ConvBlock(4, (2, 1))),
        units=5,
        batch=4,
    )
    return validate(replace(small, **changes))  # type: ignore[arg-type]


def tiny_seed(**changes: object) -> Config:
    """As preset seed: a square picture, tanh RNN in one direction; 4 timesteps."""
    small = replace(
        preset("seed", LETTERS),
        input=InputSpec(height=16, width=16, max_width=16, shape="square"),
        convs=(ConvBlock(3, (2, 2)), ConvBlock(4, (2, 2))),
        units=6,
        batch=4,
    )
    return validate(replace(small, **changes))  # type: ignore[arg-type]


def striped_set(config: Config, texts: tuple[str, ...] = ("ab", "ca", "b", "cab")) -> TrainingSet:
    """A picture a text: each letter is a dark bar at a height of its own, 8 columns wide."""
    samples = []
    for number, text in enumerate(texts):
        gray_HW = np.full((16, 8 * len(text) + 8), 255, np.uint8)
        for place, letter in enumerate(text):
            row = 2 + 4 * "abc".index(letter)
            gray_HW[row : row + 4, 4 + 8 * place : 10 + 8 * place] = 0
        samples.append(Sample(f"stripes-{number}", text, gray_HW))
    return meet(
        MemoryDataset("stripes", samples),
        spec=config.input,
        alphabet=config.alphabet,
        stride=config.stride,
        seed=config.seed,
        batch_size=config.batch,
    )


def numeric_gradient(loss: Callable[[F64], float], x: F64, h: float = 1e-6) -> F64:
    """Central differences of `loss` in every element of `x`."""
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        ahead, behind = x.copy(), x.copy()
        ahead[index] += h
        behind[index] -= h
        gradient[index] = (loss(ahead) - loss(behind)) / (2 * h)
    return gradient


def assert_gradient(analytic: Real, numeric: F64, name: str, tolerance: float = 1e-6) -> None:
    """max |analytic - numeric| <= tolerance * max |numeric|."""
    worst, scale = np.abs(analytic - numeric).max(), np.abs(numeric).max()
    assert scale > 0, f"{name}: the numeric gradient is zero everywhere, so nothing is checked"
    assert worst <= tolerance * scale, f"{name}: off by {worst:.3g} of {scale:.3g}"


def spread(shape: tuple[int, ...], seed: int = 0) -> F64:
    """Values around 0 that are all different by at least 0.1 and at least 0.05 away from 0.

    So no maximum is tied and no ReLU stands on its kink.
    """
    size = int(np.prod(shape))
    values = (np.arange(size) - size // 2) * 0.1 + 0.05
    assert min(b - a for a, b in pairwise(values)) > 0.09
    return np.random.default_rng(seed).permutation(values).reshape(shape)


def images(config: Config, widths: tuple[int, ...], seed: int = 0) -> tuple[F64, I64]:
    """x_NCHW of noise in each sample's own columns, padded to whole timesteps; and width_N."""
    width_N = np.array(widths, np.int64)
    height, width = config.input.height, -(-max(widths) // config.stride) * config.stride
    noise = np.random.default_rng(seed).random((len(widths), 1, height, width))
    return noise * (np.arange(width) < width_N[:, None])[:, None, None, :], width_N


def random_params(config: Config, scale: float = 0.4, seed: int = 0) -> FlatParams:
    """No bias is 0, so that flat paper stands on no kink of a ReLU."""
    place = layout(config)
    noise = np.random.default_rng(seed)
    arrays = {p.name: noise.normal(0, scale, p.shape) for p in place.places}
    return FlatParams.from_arrays(place, arrays, config.dtype)
