"""A network and a data set so small that a hundred steps take a blink."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from crnn.arrays import U8
from crnn.config import Config, ConvBlock, preset, validate
from crnn.data.dataset import MemoryDataset, Sample, TrainingSet
from crnn.data.meeting import meet
from crnn.data.prepare import InputSpec
from crnn.text.hangul import make_alphabet

TEXTS = ("가", "나다", "다", "가나", "라", "나", "다라", "가가")
TOO_LONG, FOREIGN = "가가가가가가가가가가가가", "뷁"


def picture(seed: int, width: int = 32) -> U8:
    """Dark strokes on bright paper, 16 rows high, drawn from `seed`."""
    gray_HW = np.full((16, width), 250, np.uint8)
    drawn = np.random.Generator(np.random.Philox(seed))
    for x in drawn.integers(2, width - 4, 5):
        gray_HW[3:13, x : x + 2] = drawn.integers(0, 90)
    return gray_HW


def dataset(texts: tuple[str, ...] = TEXTS) -> MemoryDataset:
    """One picture a text, of different widths."""
    samples = (Sample(f"tiny_{i}", t, picture(i, 24 + 8 * (i % 3))) for i, t in enumerate(texts))
    return MemoryDataset("tiny", samples)


def config(**changes: object) -> Config:
    """One conv block of 4 channels, 8 units, batches of 3 in two shards."""
    tiny = replace(
        preset("word", make_alphabet("syllables", TEXTS)),
        preset="tiny",
        input=InputSpec(height=8, width=16, max_width=64, shape="height"),
        convs=(ConvBlock(4, (2, 2)),),
        units=8,
        batch=3,
        lr=1e-2,
    )
    return validate(replace(tiny, **changes))  # type: ignore[arg-type]


def training_set(of: Config, data: MemoryDataset | None = None) -> TrainingSet:
    """The tiny data met by `of`."""
    return meet(
        data or dataset(),
        spec=of.input,
        alphabet=of.alphabet,
        stride=of.stride,
        seed=of.seed,
        batch_size=of.batch,
    )
