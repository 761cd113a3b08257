"""What `bench` measures: fixed networks, batches and CTC problems, the same for both programs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from crnn.arrays import F32, I64, frozen
from crnn.config import Config, Norm, preset, validate
from crnn.cost import costs
from crnn.data.dataset import Batch
from crnn.text.hangul import Alphabet

SIZES = {"seed": (64, 32, 4), "word": (32, 128, 12), "line": (16, 256, 40)}
"""Preset -> samples a batch, width in pixels, longest label."""
CLASSES = 55
FIRST_SYLLABLE = 0xAC00


@dataclass(frozen=True, slots=True)
class Subject:
    """A network and the shape of its batch."""

    preset: str
    batch: int
    width: int
    classes: int
    norm: Norm = "none"

    @classmethod
    def of(
        cls, name: str, batch: int | None, width: int | None, classes: int, norm: Norm = "none"
    ) -> Subject:
        usual_batch, usual_width, _ = SIZES[name]
        return cls(name, batch or usual_batch, width or usual_width, classes, norm)

    def config(self) -> Config:
        """The preset with an alphabet of that many classes. Raises ConfigError."""
        symbols = tuple(chr(FIRST_SYLLABLE + k) for k in range(self.classes - 1))
        made = preset(self.preset, Alphabet("syllables", symbols))
        widest = max(self.width, made.input.max_width)
        sizes = replace(made.input, width=self.width, max_width=widest)
        convs = tuple(replace(block, norm=self.norm) for block in made.convs)
        changed = replace(made, input=sizes, convs=convs, batch=self.batch, lr=1e-4, kernels="fast")
        return validate(changed)

    def fixed_batch(self) -> Batch:
        """Noise of the full width, and labels of half the longest length to all of it."""
        draw, longest = np.random.default_rng(0), SIZES[self.preset][2]
        x_NCHW = draw.random((self.batch, 1, 32, self.width), dtype=np.float32)
        lengths = draw.integers((longest + 1) // 2, longest + 1, self.batch)
        labels = tuple(_label(draw, int(n), self.classes) for n in lengths)
        width_N = np.full(self.batch, self.width, np.int64)
        return Batch(tuple(range(self.batch)), frozen(x_NCHW), frozen(width_N), labels)

    def step_flops(self) -> int:
        """Of a training step by direct convolution: three forward passes of the batch."""
        return 3 * self.batch * sum(op.flops for op in costs(self.config(), self.width))


class CtcSubject(NamedTuple):
    """A batch of N label problems over T frames and K classes, labels up to L."""

    n_frames: int
    batch: int
    classes: int
    longest: int

    def problem(self) -> tuple[F32, I64, tuple[I64, ...]]:
        """logits_NTK, frames_N and labels."""
        draw = np.random.default_rng(1)
        shape = (self.batch, self.n_frames, self.classes)
        lengths = draw.integers((self.longest + 1) // 2, self.longest + 1, self.batch)
        labels = tuple(_label(draw, int(n), self.classes) for n in lengths)
        logits_NTK = draw.normal(size=shape).astype(np.float32)
        return logits_NTK, np.full(self.batch, self.n_frames, np.int64), labels


CTC_SUBJECTS = (
    CtcSubject(8, 64, 55, 4),
    CtcSubject(64, 16, 55, 40),
    CtcSubject(64, 16, 1000, 40),
    CtcSubject(256, 32, 1000, 100),
)


def _label(draw: np.random.Generator, length: int, classes: int) -> I64:
    """Random symbols, no two neighbours equal, so that any length fits."""
    steps = draw.integers(1, classes - 1, length)
    label_L: I64 = (np.cumsum(steps) % (classes - 1)) + 1
    return label_L
