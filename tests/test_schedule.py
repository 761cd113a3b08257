"""Schedules are pure functions of the step; the rate of a step is schedule x state.lr."""

from __future__ import annotations

import math

import numpy as np
import pytest

from crnn.config import Config, Schedule
from crnn.schedule import factor
from tests.support import tiny_word


def scheduled(kind: Schedule, steps: int = 10, to: float = 0.1) -> Config:
    return tiny_word(schedule=kind, schedule_steps=steps, schedule_factor=to)


def _walk(config: Config, n: int) -> list[float]:
    return [factor(config, step) for step in range(n)]


def test_a_constant_rate_is_exactly_the_rate() -> None:
    assert _walk(scheduled("constant"), 3) == [1.0] * 3


def test_step_falls_by_its_factor_every_so_many_steps() -> None:
    found = _walk(scheduled("step", 4, 0.5), 12)
    np.testing.assert_allclose(found, np.repeat([1, 0.5, 0.25], 4))


def test_cosine_starts_at_1_is_halfway_at_half_and_stays_at_its_end() -> None:
    config = scheduled("cosine", 10, 0.2)
    assert [factor(config, step) for step in (0, 5, 10, 25)] == pytest.approx([1, 0.6, 0.2, 0.2])


def test_one_cycle_rises_to_1_and_ends_low_for_good() -> None:
    found = _walk(scheduled("one_cycle", 20), 40)
    assert found[0] == pytest.approx(1 / 25)
    assert max(found) == found[5] == pytest.approx(1)
    assert found[:6] == sorted(found[:6])
    assert found[5:] == sorted(found[5:], reverse=True)
    assert found[19:] == pytest.approx([1 / 250_000] * 21)


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 7])
def test_one_cycle_of_a_few_steps_is_a_number_everywhere(steps: int) -> None:
    found = _walk(scheduled("one_cycle", steps), 9)
    assert all(math.isfinite(f) and 0 < f <= 1 for f in found)


def test_warm_up_reaches_1_at_its_last_step() -> None:
    np.testing.assert_allclose(_walk(scheduled("warmup", 4), 6), [0.25, 0.5, 0.75, 1, 1, 1])
