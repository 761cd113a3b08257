"""What a step may need: at its worst moment at most twice the caches it returns."""

from __future__ import annotations

import platform
from dataclasses import replace

import pytest

from crnn.commands.bench_subjects import Subject
from crnn.config import Kernels
from crnn.heap import keep_freed_memory
from tests.benchmarks.memory import step_peak


@pytest.mark.parametrize("kernels", ["plain", "fast"])
@pytest.mark.parametrize(
    "subject",
    [
        Subject("seed", 64, 32, 55),
        Subject("word", 16, 128, 55),
        Subject("word", 16, 128, 55, "batch"),
    ],
    ids=lambda s: f"{s.preset}, norm {s.norm}",
)
def test_a_step_peaks_at_no_more_than_twice_its_caches(subject: Subject, kernels: Kernels) -> None:
    config = replace(subject.config(), kernels=kernels)
    peak, kept = step_peak(config, subject.fixed_batch())
    assert peak <= 2 * kept


def test_freed_memory_is_kept_where_the_c_library_can_be_told() -> None:
    """A second step then takes its pages from the first instead of from the system."""
    assert keep_freed_memory() == (platform.libc_ver()[0] == "glibc")
