"""Words a second of the synthesiser on one core: `python -m tests.benchmarks.synth`.

Cold: never drawn before, each with its own hand. Cached: the raw picture is held, only augmenting
and preparing is done. Batches are those of preset word; the first one is timed on its own, with
opening the set.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median

from crnn.config import Config, preset
from crnn.data.dataset import TrainingSet
from crnn.data.sources import open_source
from crnn.data.written import draw_text
from crnn.debug.runs import training_set

STEPS = 40


def rate(work: Callable[[int], object], images: int) -> float:
    """Images a second, the median over STEPS calls of `work`, each making `images`."""
    times = []
    for step in range(STEPS):
        begin = time.perf_counter()
        work(step)
        times.append(time.perf_counter() - begin)
    return images / median(times)


def opened(config: Config, seed: int) -> TrainingSet:
    return training_set(config, open_source(f"synth:{STEPS * config.batch}:{seed}"))


def main() -> int:
    config = preset("word")
    strong = replace(config, augment="strong")
    begin = time.perf_counter()
    first = opened(config, 1)
    first.batch(0)
    first_s = time.perf_counter() - begin
    texts = first.dataset.texts

    def draw(step: int) -> None:
        for index in range(32 * step, 32 * step + 32):
            draw_text(texts[index], 2, index)

    fresh, varied = opened(config, 3), opened(strong, 4)
    lines = {
        "drawn (ink and paper), cold": rate(draw, 32),
        "batch: drawn and prepared to 32 high, cold": rate(fresh.batch, 32),
        "the same, cached": rate(fresh.batch, 32),
        "batch: drawn, augmented again (strong), prepared, cold": rate(varied.batch, 32),
        "the same, picture cached": rate(varied.batch, 32),
    }
    sys.stdout.write(f"open and first batch of 32: {1000 * first_s:.0f} ms\n")
    for name, images_per_s in lines.items():
        sys.stdout.write(f"{name}: {images_per_s:,.0f} images/s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
