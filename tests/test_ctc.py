"""CTC against its definition: every path written out, and the closed cases one can do by hand."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import product

import numpy as np
import pytest

from crnn.arrays import F64, I64
from crnn.ctc.align import count_paths, symbol_spans, viterbi
from crnn.ctc.lattice import require_feasible, states_of
from crnn.ctc.loss import CtcResult, ctc_loss
from crnn.errors import InfeasibleLabel, ShapeError
from tests.enumeration import log_softmax

Label = tuple[int, ...]
ALL_SMALL = [(t, k) for t in range(1, 6) for k in (2, 3)]


def spelled(path: Label) -> Label:
    """Merge equal neighbours, then drop blanks: the definition, in the plainest words."""
    merged = [c for i, c in enumerate(path) if i == 0 or c != path[i - 1]]
    return tuple(c for c in merged if c != 0)


@lru_cache
def paths_by_label(n_frames: int, n_classes: int) -> dict[Label, I64]:
    """Every path of n_frames classes, under the label it spells."""
    found: dict[Label, list[Label]] = {}
    for path in product(range(n_classes), repeat=n_frames):
        found.setdefault(spelled(path), []).append(path)
    return {label: np.array(paths) for label, paths in found.items()}


def all_labels(n_frames: int, n_classes: int) -> list[Label]:
    """Labels up to one symbol too long to be spelled."""
    symbols = range(1, n_classes)
    return [label for length in range(n_frames + 2) for label in product(symbols, repeat=length)]


def mass(paths_PT: I64, prob_TK: F64) -> F64:
    """The probability of each path."""
    mass_P: F64 = prob_TK[np.arange(len(prob_TK)), paths_PT].prod(axis=1)
    return mass_P


def brute_alpha(label: Label, prob_TK: F64) -> F64:
    """alpha[t, s]: paths of t + 1 frames that spell the label up to s and end in the class of s."""
    n_frames, n_classes = prob_TK.shape
    alpha_TS = np.zeros((n_frames, 2 * len(label) + 1))
    for t, s in np.ndindex(alpha_TS.shape):
        paths = paths_by_label(t + 1, n_classes).get(label[: (s + 1) // 2])
        if paths is not None:
            ends = paths[paths[:, -1] == (label[s // 2] if s % 2 else 0)]
            alpha_TS[t, s] = mass(ends, prob_TK[: t + 1]).sum()
    return alpha_TS


def brute_beta(label: Label, prob_TK: F64) -> F64:
    """beta[t, s]: paths from s at frame t that spell the rest, without the emission of frame t."""
    n_frames, n_classes = prob_TK.shape
    beta_TS = np.zeros((n_frames, 2 * len(label) + 1))
    for t, s in np.ndindex(beta_TS.shape):
        paths = paths_by_label(n_frames - t, n_classes).get(label[s // 2 :])
        if paths is not None:
            starts = paths[paths[:, 0] == (label[s // 2] if s % 2 else 0)]
            beta_TS[t, s] = mass(starts[:, 1:], prob_TK[t + 1 :]).sum()
    return beta_TS


def brute_posterior(paths_PT: I64, prob_TK: F64) -> F64:
    """posterior[t, k]: the share of the mass that goes through class k in frame t."""
    mass_P = mass(paths_PT, prob_TK)
    hits_TKP = paths_PT.T[:, None, :] == np.arange(prob_TK.shape[1])[:, None]
    shares: F64 = (hits_TKP * mass_P).sum(axis=2) / mass_P.sum()
    return shares


def as_labels(labels: list[Label]) -> tuple[I64, ...]:
    return tuple(np.array(label, np.int64) for label in labels)


def loss_of(logits_TK: F64, labels: list[Label]) -> CtcResult:
    """The same logits under each label, as one batch."""
    n = len(labels)
    return ctc_loss(np.tile(logits_TK, (n, 1, 1)), np.full(n, len(logits_TK)), as_labels(labels))


def check_against_enumeration(n_frames: int, n_classes: int, labels: list[Label]) -> None:
    rng = np.random.default_rng(100 * n_frames + n_classes)
    logits_TK = 2 * rng.standard_normal((n_frames, n_classes))
    prob_TK = np.exp(log_softmax(logits_TK))
    table = paths_by_label(n_frames, n_classes)
    result = loss_of(logits_TK, labels)
    for n, label in enumerate(labels):
        n_states = 2 * len(label) + 1
        alpha_TS = np.exp(result.lattice.log_alpha_NTS[n])
        beta_TS = np.exp(result.lattice.log_beta_NTS[n])
        gamma_TS = result.lattice.gamma_NTS[n]
        brute_a, brute_b = brute_alpha(label, prob_TK), brute_beta(label, prob_TK)
        np.testing.assert_allclose(alpha_TS[:, :n_states], brute_a, rtol=1e-10, atol=1e-300)
        np.testing.assert_allclose(beta_TS[:, :n_states], brute_b, rtol=1e-10, atol=1e-300)
        for beyond in (alpha_TS, beta_TS, gamma_TS):
            assert not beyond[:, n_states:].any()
        assert result.feasible_N[n] == (label in table)
        if label not in table:
            assert result.loss_N[n] == np.inf
            assert not result.dlogits_NTK[n].any()
            assert not gamma_TS.any()
            continue
        p = mass(table[label], prob_TK).sum()
        np.testing.assert_allclose(result.loss_N[n], -np.log(p), rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(gamma_TS[:, :n_states], brute_a * brute_b / p, atol=1e-10)
        gradient = prob_TK - brute_posterior(table[label], prob_TK)
        np.testing.assert_allclose(result.dlogits_NTK[n], gradient, atol=1e-10)


@pytest.mark.parametrize(("n_frames", "n_classes"), ALL_SMALL)
def test_loss_lattice_and_gradient_equal_enumeration_for_all_small_labels(
    n_frames: int, n_classes: int
) -> None:
    check_against_enumeration(n_frames, n_classes, all_labels(n_frames, n_classes))


@pytest.mark.parametrize(("n_frames", "n_classes"), [(5, 4), (6, 3), (6, 4)])
def test_loss_lattice_and_gradient_equal_enumeration_for_a_sample_of_longer_labels(
    n_frames: int, n_classes: int
) -> None:
    labels = all_labels(n_frames, n_classes)
    chosen = np.random.default_rng(1).choice(len(labels), 24, replace=False)
    check_against_enumeration(n_frames, n_classes, [labels[i] for i in chosen])


def test_the_gradient_is_the_slope_of_the_loss() -> None:
    rng = np.random.default_rng(3)
    logits_NTK = rng.standard_normal((3, 7, 5))
    frames_N = np.array([7, 5, 6])
    labels = as_labels([(1, 2, 2, 4), (3,), (4, 1, 4)])
    slope_NTK = np.zeros_like(logits_NTK)
    for where in np.ndindex(logits_NTK.shape):
        moved = [logits_NTK.copy(), logits_NTK.copy()]
        moved[0][where] += 1e-5
        moved[1][where] -= 1e-5
        up, down = (ctc_loss(x, frames_N, labels).loss_N.sum() for x in moved)
        slope_NTK[where] = (up - down) / 2e-5
    dlogits_NTK = ctc_loss(logits_NTK, frames_N, labels).dlogits_NTK
    np.testing.assert_allclose(dlogits_NTK, slope_NTK, atol=1e-6 * np.abs(slope_NTK).max())


def test_a_label_as_long_as_the_frames_has_one_path_and_gradient_softmax_minus_one_hot() -> None:
    logits_TK = np.random.default_rng(4).standard_normal((4, 6))
    label = (2, 5, 1, 3)
    result = loss_of(logits_TK, [label])
    one_hot = np.eye(6)[list(label)]
    log_prob_TK = log_softmax(logits_TK)
    assert count_paths(4, np.array(label)) == 1
    np.testing.assert_allclose(result.loss_N[0], -log_prob_TK[np.arange(4), label].sum())
    np.testing.assert_allclose(result.dlogits_NTK[0], np.exp(log_prob_TK) - one_hot, atol=1e-12)


def test_the_empty_label_is_spelled_by_the_all_blank_path_alone() -> None:
    logits_TK = np.random.default_rng(5).standard_normal((5, 4))
    result = loss_of(logits_TK, [()])
    np.testing.assert_allclose(result.loss_N[0], -log_softmax(logits_TK)[:, 0].sum())
    assert result.lattice.gamma_NTS.shape == (1, 5, 1)
    np.testing.assert_allclose(result.lattice.gamma_NTS, 1.0)


def test_a_repeat_costs_a_blank_between() -> None:
    result = loss_of(np.zeros((2, 3)), [(1, 1), (1, 2)])
    assert result.feasible_N.tolist() == [False, True]
    only_path = loss_of(np.zeros((3, 3)), [(1, 1)])
    np.testing.assert_allclose(only_path.lattice.gamma_NTS[0].argmax(axis=1), [1, 2, 3])
    np.testing.assert_allclose(only_path.loss_N, 3 * np.log(3))


def test_every_frame_holds_the_whole_mass() -> None:
    rng = np.random.default_rng(6)
    labels = tuple(rng.integers(1, 9, size) for size in (0, 1, 7, 12))
    result = ctc_loss(3 * rng.standard_normal((4, 30, 9)), np.full(4, 30), labels)
    log_total_NTS = result.lattice.log_alpha_NTS + result.lattice.log_beta_NTS
    log_total_NT = np.logaddexp.reduce(log_total_NTS, axis=2)
    np.testing.assert_allclose(log_total_NT, np.tile(result.lattice.log_z_N, (30, 1)).T, rtol=1e-12)
    np.testing.assert_allclose(result.lattice.gamma_NTS.sum(axis=2), 1.0, rtol=1e-10)


def test_a_sample_in_a_padded_batch_equals_the_sample_alone() -> None:
    rng = np.random.default_rng(7)
    logits_NTK = rng.standard_normal((5, 12, 6)).astype(np.float32)
    frames_N = np.array([12, 7, 1, 5, 3])
    labels = as_labels([(1, 1, 2), (5, 4, 3, 2), (2,), (), (3, 3, 3)])
    batch = ctc_loss(logits_NTK, frames_N, labels)
    assert batch.feasible_N.tolist() == [True, True, True, True, False]
    assert batch.dlogits_NTK.dtype == np.float32
    for n, (frames, label) in enumerate(zip(frames_N, labels, strict=True)):
        alone = ctc_loss(logits_NTK[n : n + 1, :frames], frames_N[n : n + 1], (label,))
        n_states = 2 * len(label) + 1
        np.testing.assert_array_equal(batch.loss_N[n], alone.loss_N[0])
        np.testing.assert_array_equal(batch.dlogits_NTK[n, :frames], alone.dlogits_NTK[0])
        assert not batch.dlogits_NTK[n, frames:].any()
        assert not batch.lattice.gamma_NTS[n, frames:].any()
        pairs = zip(batch.lattice[1:4], alone.lattice[1:4], strict=True)
        for together, by_itself in pairs:
            np.testing.assert_array_equal(together[n, :frames, :n_states], by_itself[0])
        for log_x in (batch.lattice.log_alpha_NTS, batch.lattice.log_beta_NTS):
            assert (log_x[n, frames:] == -np.inf).all()
            assert (log_x[n, :, n_states:] == -np.inf).all()


def test_logits_that_are_a_transposed_view_give_the_same_gradient() -> None:
    logits_NTK = np.random.default_rng(10).standard_normal((3, 8, 5))
    view_NTK = np.ascontiguousarray(logits_NTK.swapaxes(0, 1)).swapaxes(0, 1)
    labels = as_labels([(1, 2, 1), (4,), (3, 3)])
    plain, turned = (ctc_loss(x, np.array([8, 6, 8]), labels) for x in (logits_NTK, view_NTK))
    np.testing.assert_allclose(turned.dlogits_NTK, plain.dlogits_NTK, atol=1e-12)
    np.testing.assert_allclose(turned.loss_N, plain.loss_N)


@pytest.mark.parametrize("scale", [1.0, 1000.0])
def test_a_thousand_frames_of_huge_logits_stay_finite(scale: float) -> None:
    rng = np.random.default_rng(8)
    logits_NTK = scale * (2.0 * rng.integers(0, 2, (2, 1000, 20)) - 1)
    labels = (rng.integers(1, 20, 200), rng.integers(1, 20, 3))
    result = ctc_loss(logits_NTK, np.array([1000, 990]), labels)
    assert result.feasible_N.all()
    assert np.isfinite(result.loss_N).all()
    assert np.isfinite(result.dlogits_NTK).all()
    np.testing.assert_allclose(result.lattice.gamma_NTS[0].sum(axis=1), 1.0, rtol=1e-6)
    assert np.isfinite(viterbi(result.log_prob_NTK[0], labels[0]).log_p)


def test_a_certain_label_costs_nothing_and_pulls_at_nothing() -> None:
    logits_TK = np.full((3, 3), -1000.0)
    logits_TK[np.arange(3), [1, 0, 2]] = 1000.0
    result = loss_of(logits_TK, [(1, 2)])
    assert result.loss_N[0] == 0.0
    assert not np.signbit(result.loss_N[0])
    np.testing.assert_array_equal(result.dlogits_NTK, 0.0)


def test_a_nan_in_the_logits_is_seen_in_the_loss_and_in_no_other_sample() -> None:
    logits_NTK = np.zeros((2, 4, 3))
    logits_NTK[0, 1, 2] = np.nan
    result = ctc_loss(logits_NTK, np.array([4, 4]), as_labels([(1,), (2,)]))
    assert np.isnan(result.loss_N[0])
    assert np.isnan(result.dlogits_NTK[0]).any()
    assert np.isfinite(result.dlogits_NTK[1]).all()


def test_a_class_ruled_out_by_a_logit_of_minus_infinity_makes_its_label_infeasible() -> None:
    logits_TK = np.zeros((4, 3))
    logits_TK[:, 2] = -np.inf
    result = loss_of(logits_TK, [(1, 2), (1,)])
    assert result.feasible_N.tolist() == [False, True]
    assert not result.dlogits_NTK[0].any()
    assert np.isfinite(result.dlogits_NTK[1]).all()


def test_foreign_classes_and_frame_counts_are_refused_by_name() -> None:
    logits_NTK, two = np.zeros((2, 4, 3)), np.array([4, 4])
    with pytest.raises(ShapeError, match="label 1 of the batch holds class 3; allowed: 1 to 2"):
        ctc_loss(logits_NTK, two, as_labels([(1, 2), (2, 3)]))
    with pytest.raises(ShapeError, match="label 0 of the batch holds class 0"):
        ctc_loss(logits_NTK, two, as_labels([(0,), (2,)]))
    with pytest.raises(ShapeError, match="frames_N must be 2 numbers of 1 to 4"):
        ctc_loss(logits_NTK, np.array([5, 4]), as_labels([(1,), (2,)]))


@pytest.mark.parametrize(("n_frames", "n_classes"), [*ALL_SMALL, (6, 4)])
def test_path_count_equals_enumeration(n_frames: int, n_classes: int) -> None:
    table = paths_by_label(n_frames, n_classes)
    for label in all_labels(n_frames, n_classes):
        assert count_paths(n_frames, np.array(label)) == len(table.get(label, ()))


def test_path_counts_are_exact_where_floats_are_not() -> None:
    assert count_paths(3, np.array([1])) == 6
    # Without repeats T + L over 2L: 12 over 4, and 168 over 80, which is above 2^64.
    assert count_paths(10, np.array([1, 2])) == 495
    assert count_paths(128, np.tile([1, 2], 20)) == math.comb(168, 80) > 2**64


@pytest.mark.parametrize(("n_frames", "n_classes"), ALL_SMALL)
def test_viterbi_finds_the_best_of_all_paths(n_frames: int, n_classes: int) -> None:
    rng = np.random.default_rng(9)
    log_prob_TK = log_softmax(2 * rng.standard_normal((n_frames, n_classes)))
    for label, paths_PT in paths_by_label(n_frames, n_classes).items():
        log_p_P = np.log(mass(paths_PT, np.exp(log_prob_TK)))
        found = viterbi(log_prob_TK, np.array(label, np.int64))
        np.testing.assert_allclose(found.log_p, log_p_P.max())
        class_T = states_of(np.array([label], np.int64))[0][found.path_T]
        np.testing.assert_array_equal(class_T, paths_PT[log_p_P.argmax()])


def test_symbol_spans_name_the_frames_of_each_symbol() -> None:
    path_T = np.array([0, 1, 1, 3, 4, 4, 5])
    assert symbol_spans(path_T, 3).tolist() == [[1, 3], [3, 4], [6, 7]]
    assert symbol_spans(np.zeros(3, np.int64), 0).shape == (0, 2)


def test_a_label_that_cannot_fit_is_reported_with_what_it_needs() -> None:
    with pytest.raises(InfeasibleLabel, match="3 symbols with 1 repeats needs 4 timesteps"):
        require_feasible(3, np.array([1, 1, 2]))
    with pytest.raises(InfeasibleLabel, match="the image gives 1"):
        viterbi(np.zeros((1, 3)), np.array([1, 2]))
    with pytest.raises(InfeasibleLabel, match="probability 0"):
        viterbi(np.array([[0.0, -np.inf]]), np.array([1]))
