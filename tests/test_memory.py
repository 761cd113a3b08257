"""What a step may need: at its worst moment at most twice the caches it returns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crnn.commands.bench_subjects import Subject
from crnn.config import Kernels
from tests.benchmarks.memory import step_peak


@pytest.mark.parametrize("kernels", ["plain", "fast"])
@pytest.mark.parametrize(
    "subject", [Subject("seed", 64, 32, 55), Subject("word", 16, 128, 55)], ids=lambda s: s.preset
)
def test_a_step_peaks_at_no_more_than_twice_its_caches(subject: Subject, kernels: Kernels) -> None:
    config = replace(subject.config(), kernels=kernels)
    peak, kept = step_peak(config, subject.fixed_batch())
    assert peak <= 2 * kept
