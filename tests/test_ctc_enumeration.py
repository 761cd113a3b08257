"""CTC against its definition for every label of up to 8 frames and 4 classes, in one batch each."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from crnn.arrays import F64, I64, Bool
from crnn.ctc import linear
from crnn.ctc.align import (
    Alignment,
    best_paths,
    confidence,
    count_paths,
    place,
    symbol_spans,
    viterbi,
)
from crnn.ctc.loss import ctc_loss
from crnn.ctc.mass import Constraint, cell, character, column, path_mass
from crnn.errors import ConfigError, InfeasibleLabel, ShapeError
from tests.enumeration import Paths, paths, random_log_prob

ALL = [(t, k) for t in range(1, 9) for k in (2, 3, 4)]
EITHER = pytest.mark.parametrize("form", ["ratios", "logarithms"])


def posteriors(table: Paths, mass_P: F64, index_PT: I64, size: int) -> F64:
    """For each label, the share of its mass that has this index in frame t: (labels, T, size)."""
    n, n_frames = len(table.labels), index_PT.shape[1]
    place_PT = (table.label_P[:, None] * n_frames + np.arange(n_frames)) * size + index_PT
    sums = np.bincount(
        place_PT.ravel(), np.repeat(mass_P, n_frames), minlength=n * n_frames * size
    ).reshape(n, n_frames, size)
    shares: F64 = sums / table.of_labels(mass_P)[:, None, None]
    return shares


@EITHER
@pytest.mark.parametrize(("n_frames", "n_classes"), ALL)
def test_loss_gamma_and_gradient_are_right_for_every_label(
    form: str, n_frames: int, n_classes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if form == "logarithms":
        monkeypatch.setattr(linear, "LARGEST_RATIO", -1)
    table, log_prob_TK = paths(n_frames, n_classes), random_log_prob(n_frames, n_classes)
    mass_P, n = table.mass(np.exp(log_prob_TK)), len(table.labels)
    result = ctc_loss(
        np.tile(log_prob_TK, (n, 1, 1)), np.full(n, n_frames, np.int64), table.arrays()
    )
    assert result.feasible_N.all()
    np.testing.assert_allclose(result.loss_N, -np.log(table.of_labels(mass_P)), rtol=1e-10)
    posterior_NTK = posteriors(table, mass_P, table.class_PT, n_classes)
    expected_NTK = np.exp(log_prob_TK) - posterior_NTK
    np.testing.assert_allclose(result.dlogits_NTK, expected_NTK, rtol=0, atol=1e-12)
    if form == "ratios":  # the lattice of a result is the same, whichever made the loss
        gamma_NTS = posteriors(table, mass_P, table.state_PT, 2 * n_frames + 1)
        found = result.lattice.gamma_NTS
        np.testing.assert_allclose(found, gamma_NTS[:, :, : found.shape[2]], rtol=0, atol=1e-12)


@pytest.mark.parametrize(("n_frames", "n_classes"), [(4, 3), (6, 3), (8, 2)])
def test_labels_that_need_more_frames_are_infeasible_and_no_others(
    n_frames: int, n_classes: int
) -> None:
    labels = [
        label
        for length in range(n_frames + 2)
        for label in product(range(1, n_classes), repeat=length)
    ]
    feasible = set(paths(n_frames, n_classes).labels)
    arrays = tuple(np.array(label, np.int64) for label in labels)
    logits_NTK = np.tile(random_log_prob(n_frames, n_classes), (len(labels), 1, 1))
    result = ctc_loss(logits_NTK, np.full(len(labels), n_frames), arrays)
    assert result.feasible_N.tolist() == [label in feasible for label in labels]
    assert (result.loss_N[~result.feasible_N] == np.inf).all()
    assert not result.dlogits_NTK[~result.feasible_N].any()


@pytest.mark.parametrize(("n_frames", "n_classes"), [(8, 3), (8, 4)])
def test_path_counts_are_right_for_every_label(n_frames: int, n_classes: int) -> None:
    table = paths(n_frames, n_classes)
    counted = [count_paths(n_frames, label_L) for label_L in table.arrays()]
    assert counted == np.bincount(table.label_P).tolist()


def check_best_paths(table: Paths, log_prob_TK: F64, which: int, k: int) -> None:
    """The k best: their probabilities, each with the states that give it, none twice."""
    state_PT = table.state_PT[table.label_P == which]
    log_p_P = np.log(table.mass(np.exp(log_prob_TK))[table.label_P == which])
    found = best_paths(log_prob_TK, table.arrays()[which], k)
    expected = np.sort(log_p_P)[::-1][:k]
    np.testing.assert_allclose([path.log_p for path in found], expected, rtol=1e-12)
    by_states = {tuple(row): log_p for row, log_p in zip(state_PT.tolist(), log_p_P, strict=True)}
    states = [tuple(path.path_T.tolist()) for path in found]
    assert len(set(states)) == len(found)
    np.testing.assert_allclose([by_states[path] for path in states], expected, rtol=1e-12)


@pytest.mark.parametrize("k", [1, 3, 1000])
@pytest.mark.parametrize(("n_frames", "n_classes"), [(5, 3), (6, 3), (8, 4)])
def test_the_k_best_paths_are_those_of_all_paths(n_frames: int, n_classes: int, k: int) -> None:
    table, log_prob_TK = paths(n_frames, n_classes), random_log_prob(n_frames, n_classes)
    step = max(1, len(table.labels) // 60)
    for which in range(0, len(table.labels), step):
        check_best_paths(table, log_prob_TK, which, k)


def test_all_paths_together_have_the_whole_share() -> None:
    log_prob_TK, label_L = random_log_prob(7, 4), np.array([1, 3, 3])
    log_p = -float(ctc_loss(log_prob_TK[None], np.array([7]), (label_L,)).loss_N[0])
    found = best_paths(log_prob_TK, label_L, 10_000)
    assert len(found) == count_paths(7, label_L)
    assert sum(path.share(log_p) for path in found) == pytest.approx(1)
    assert found[0].log_p == viterbi(log_prob_TK, label_L).log_p
    assert Alignment(np.zeros(0, np.int64), log_p).share(log_p) == 1.0


def test_no_path_at_all_is_no_answer_to_a_wish_for_none() -> None:
    with pytest.raises(ConfigError, match="0 best paths were asked for; allowed: 1 or more"):
        best_paths(np.zeros((2, 2)), np.array([1]), 0)


def test_confidence_is_the_posterior_of_the_span_a_frame() -> None:
    log_prob_TK, label_L = random_log_prob(8, 4), np.array([2, 1, 1])
    gamma_TS = ctc_loss(log_prob_TK[None], np.array([8]), (label_L,)).lattice.gamma_NTS[0]
    spans_L2 = symbol_spans(viterbi(log_prob_TK, label_L).path_T, 3)
    path_T = viterbi(log_prob_TK, label_L).path_T
    for symbol, (start, stop) in enumerate(spans_L2):
        found = place(path_T, gamma_TS, range(symbol, symbol + 1))
        assert (found.start, found.stop) == (start, stop)
        in_frame = [
            path_mass(log_prob_TK, label_L, [cell(t, 2 * symbol + 1, required=True)]).share
            for t in range(start, stop)
        ]
        assert found.confidence == pytest.approx(np.mean(in_frame))
    # The blank between two equal symbols belongs to the character of both.
    start, stop = int(spans_L2[1, 0]), int(spans_L2[2, 1])
    both = confidence(gamma_TS, range(1, 3), range(start, stop))
    assert both == pytest.approx(gamma_TS[start:stop, 3:6].sum(axis=1).mean())
    assert place(path_T, gamma_TS, range(1, 3)) == (start, stop, both)


def satisfies(state_PT: I64, constraint: Constraint) -> Bool:
    """Path by path, in the words of the definition."""
    inside = np.isin(state_PT[:, constraint.start : constraint.stop], constraint.states)
    return np.asarray(inside.all(axis=1) if constraint.required else ~inside.any(axis=1))


def random_constraint(rng: np.random.Generator, n_frames: int, label_L: I64) -> Constraint:
    kind, required = rng.integers(3), bool(rng.integers(2))
    t = int(rng.integers(n_frames))
    if kind == 0:
        return cell(t, int(rng.integers(2 * len(label_L) + 1)), required=required)
    if kind == 1 or len(label_L) == 0:
        return column(label_L, t, int(rng.integers(4)), required=required)
    first = int(rng.integers(len(label_L)))
    symbols = range(first, int(rng.integers(first, len(label_L))) + 1)
    return character(symbols, range(t, int(rng.integers(t, n_frames)) + 1), required=required)


@pytest.mark.parametrize(("n_frames", "n_classes"), [(1, 2), (4, 3), (6, 3), (8, 4)])
def test_masses_under_several_constraints_are_those_of_the_paths_that_satisfy_them(
    n_frames: int, n_classes: int
) -> None:
    table, log_prob_TK = paths(n_frames, n_classes), random_log_prob(n_frames, n_classes)
    mass_P, rng = table.mass(np.exp(log_prob_TK)), np.random.default_rng(5)
    for which in range(0, len(table.labels), max(1, len(table.labels) // 150)):
        label_L, own_P = table.arrays()[which], table.label_P == which
        constraints = [random_constraint(rng, n_frames, label_L) for _ in range(rng.integers(4))]
        holds_P = np.logical_and.reduce(
            [satisfies(table.state_PT[own_P], constraint) for constraint in constraints],
            initial=True,
        )
        expected = (mass_P[own_P] * holds_P).sum()
        found = path_mass(log_prob_TK, label_L, constraints)
        np.testing.assert_allclose(np.exp(found.log_p), expected, rtol=1e-10)
        np.testing.assert_allclose(found.share, expected / mass_P[own_P].sum(), rtol=1e-10)
        assert (found.log_p == -np.inf) == (not holds_P.any())


@pytest.mark.parametrize(("n_frames", "n_classes"), [(3, 2), (5, 3), (6, 3)])
def test_a_single_cell_has_gamma_of_the_mass_and_without_it_the_rest(
    n_frames: int, n_classes: int
) -> None:
    table, log_prob_TK = paths(n_frames, n_classes), random_log_prob(n_frames, n_classes)
    for label_L in table.arrays()[:: max(1, len(table.labels) // 10)]:
        result = ctc_loss(log_prob_TK[None], np.array([n_frames]), (label_L,))
        gamma_TS = result.lattice.gamma_NTS[0]
        for t, s in np.ndindex(gamma_TS.shape):
            with_it = path_mass(log_prob_TK, label_L, [cell(t, s, required=True)])
            without = path_mass(log_prob_TK, label_L, [cell(t, s, required=False)])
            assert with_it.share == pytest.approx(gamma_TS[t, s], abs=1e-12)
            assert without.share == pytest.approx(1 - gamma_TS[t, s], abs=1e-12)


def test_the_paths_that_are_left_have_a_lattice_of_their_own() -> None:
    log_prob_TK, label_L = random_log_prob(8, 4), np.array([2, 1])
    left = path_mass(log_prob_TK, label_L, [cell(3, 1, required=True), cell(6, 4, required=False)])
    gamma_TS = left.paths.gamma_NTS[0]
    np.testing.assert_allclose(gamma_TS.sum(axis=1), 1)
    assert gamma_TS[3, 1] == pytest.approx(1)
    assert gamma_TS[6, 4] == 0
    assert path_mass(log_prob_TK, label_L, []).share == 1.0


def test_a_class_is_required_of_a_column_with_its_posterior() -> None:
    table, log_prob_TK = paths(6, 3), random_log_prob(6, 3)
    which = table.labels.index((1, 2, 1))
    shares_TK = posteriors(table, table.mass(np.exp(log_prob_TK)), table.class_PT, 3)[which]
    label_L = table.arrays()[which]
    for t, k in np.ndindex(6, 3):
        found = path_mass(log_prob_TK, label_L, [column(label_L, t, k, required=True)])
        assert found.share == pytest.approx(shares_TK[t, k])


def test_a_character_of_several_symbols_holds_the_blanks_between_them() -> None:
    """A syllable made of the symbols 1 and 2 of its label, over the frames 4 to 6."""
    syllable = character(range(1, 3), range(4, 7), required=True)
    assert syllable == Constraint(4, 7, (3, 4, 5), required=True)


def test_constraints_outside_the_lattice_and_impossible_labels_are_refused() -> None:
    log_prob_TK, label_L = random_log_prob(4, 3), np.array([1, 2])
    with pytest.raises(ShapeError, match="frames 4 to 5 of a constraint; the lattice has 4"):
        path_mass(log_prob_TK, label_L, [cell(4, 0, required=True)])
    with pytest.raises(ShapeError, match="names states 5 to 5; allowed: 0 to 4"):
        path_mass(log_prob_TK, label_L, [cell(0, 5, required=False)])
    with pytest.raises(InfeasibleLabel, match="needs 5 timesteps"):
        path_mass(log_prob_TK, np.array([1, 1, 2, 1]), [])
    with pytest.raises(InfeasibleLabel, match="probability 0"):
        path_mass(np.array([[0.0, -np.inf]]), np.array([1]), [])
