"""Greedy and beam decoding against enumeration and the textbook case on which they differ."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from crnn.arrays import F64
from crnn.ctc.decode import beam, emission_spans, greedy
from crnn.ctc.loss import ctc_loss
from crnn.errors import ConfigError
from tests.enumeration import log_softmax


def label_masses(prob_TK: F64) -> dict[tuple[int, ...], float]:
    """P of every label, from all paths."""
    masses: dict[tuple[int, ...], float] = {}
    for path in product(range(prob_TK.shape[1]), repeat=len(prob_TK)):
        label = tuple(c for i, c in enumerate(path) if c and (i == 0 or c != path[i - 1]))
        p = float(np.prod(prob_TK[np.arange(len(path)), path]))
        masses[label] = masses.get(label, 0.0) + p
    return masses


@pytest.mark.parametrize(("n_frames", "n_classes"), [(1, 2), (3, 3), (5, 3), (6, 2), (5, 4)])
def test_an_unlimited_beam_gives_every_label_its_exact_mass(n_frames: int, n_classes: int) -> None:
    rng = np.random.default_rng(n_frames)
    log_prob_TK = log_softmax(2 * rng.standard_normal((n_frames, n_classes)))
    masses = label_masses(np.exp(log_prob_TK))
    found = beam(log_prob_TK, 10_000)
    assert {tuple(h.label_L.tolist()) for h in found} == set(masses)
    for hypothesis in found:
        expected = np.log(masses[tuple(hypothesis.label_L.tolist())])
        np.testing.assert_allclose(hypothesis.log_p, expected, rtol=1e-10)
    assert [h.log_p for h in found] == sorted((h.log_p for h in found), reverse=True)


def test_beam_reads_the_label_that_greedy_misses() -> None:
    with np.errstate(divide="ignore"):
        log_prob_TK = np.log([[0.6, 0.4, 0.0], [0.6, 0.4, 0.0]])  # blank, a, b
    assert greedy(log_prob_TK).collapsed_L.tolist() == []
    best, second = beam(log_prob_TK, 10)
    assert best.label_L.tolist() == [1]
    np.testing.assert_allclose(np.exp([best.log_p, second.log_p]), [0.64, 0.36])


def test_a_narrow_beam_never_claims_more_than_the_true_mass() -> None:
    log_prob_TK = log_softmax(np.random.default_rng(2).standard_normal((12, 9)))
    found = beam(log_prob_TK, 5)
    assert len(found) == 5
    labels = tuple(h.label_L for h in found)
    truth = ctc_loss(np.tile(log_prob_TK, (5, 1, 1)), np.full(5, 12), labels)
    assert all(h.log_p <= -loss + 1e-9 for h, loss in zip(found, truth.loss_N, strict=True))


def test_a_beam_on_certain_frames_reads_them_through_dead_ends() -> None:
    log_prob_TK = np.full((4, 3), -np.inf)
    log_prob_TK[np.arange(4), [1, 0, 1, 2]] = 0.0
    (only,) = beam(log_prob_TK, 3)
    assert only.label_L.tolist() == [1, 1, 2]
    assert only.log_p == 0.0
    assert beam(np.full((2, 3), -np.inf), 3) == ()


def test_greedy_collapses_and_says_which_frames_emitted_what() -> None:
    class_T = [0, 1, 1, 0, 1, 2, 2, 2, 0]
    path = greedy(np.eye(3)[class_T])
    assert path.best_T.tolist() == class_T
    assert path.collapsed_L.tolist() == [1, 1, 2]
    assert path.starts_L.tolist() == [1, 4, 5]
    assert path.stops_L.tolist() == [3, 5, 8]


def test_collapsing_blanks_or_nothing_gives_nothing() -> None:
    for class_T in (np.zeros(4, np.int64), np.zeros(0, np.int64)):
        assert all(len(x) == 0 for x in emission_spans(class_T))


def test_a_beam_without_width_is_refused() -> None:
    with pytest.raises(ConfigError, match="width is 0; allowed: 1 or more"):
        beam(np.zeros((2, 2)), 0)
