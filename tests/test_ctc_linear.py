"""The fast form of CTC against the logarithmic one: equal where it claims to be right."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from crnn.arrays import F64, I64, Bool
from crnn.ctc import linear
from crnn.ctc.lattice import pack
from crnn.ctc.loss import CtcResult, ctc_loss

Batch = tuple[F64, I64, tuple[I64, ...]]


def random_batch(n: int, t: int, k: int, longest: int, scale: float, blank: float) -> Batch:
    """Labels that have nothing to do with the logits, of all lengths up to the longest."""
    rng = np.random.default_rng(1000 * t + k)
    logits_NTK = scale * rng.standard_normal((n, t, k))
    logits_NTK[:, :, 0] += blank
    frames_N = rng.integers(max(1, t // 2), t + 1, n)
    frames_N[0] = t
    labels = [rng.integers(1, k, size) for size in rng.integers(0, longest + 1, n)]
    return logits_NTK, frames_N, tuple(labels)


def by_logarithms(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> CtcResult:
    """The same with no ratio small enough for the fast form."""
    with monkeypatch.context() as patch:
        patch.setattr(linear, "LARGEST_RATIO", -1)
        return ctc_loss(*batch)


def proven(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> Bool:
    """Which samples the fast form vouches for."""
    verdicts: list[Bool] = []
    judge = linear.judge

    def watched(*given: object) -> tuple[Bool, F64]:
        verdict = judge(*given)  # type: ignore[arg-type]
        verdicts.append(verdict[0])
        return verdict

    with monkeypatch.context() as patch:
        patch.setattr(linear, "judge", watched)
        ctc_loss(*batch)
    return verdicts[0]


def check_equal(fast: CtcResult, slow: CtcResult) -> None:
    np.testing.assert_array_equal(fast.feasible_N, slow.feasible_N)
    np.testing.assert_allclose(fast.loss_N, slow.loss_N, rtol=1e-12, atol=1e-11)
    np.testing.assert_allclose(fast.dlogits_NTK, slow.dlogits_NTK, rtol=0, atol=1e-9)


@pytest.mark.parametrize("shape", [(12, 7, 5, 3), (12, 40, 9, 30), (6, 200, 30, 80)])
@pytest.mark.parametrize(
    ("scale", "blank"), [(0, 0), (1, 0), (3, 0), (1, 12), (1, 80), (1, -20), (10, 0), (30, 0)]
)
def test_the_fast_form_equals_logarithms_whatever_the_logits(
    shape: tuple[int, int, int, int], scale: float, blank: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = random_batch(*shape, scale, blank)
    assert not np.isnan(ctc_loss(*batch).loss_N).any()
    check_equal(ctc_loss(*batch), by_logarithms(batch, monkeypatch))


@pytest.mark.parametrize(("scale", "blank"), [(0, 0), (1, 0), (1, 12), (1, 40), (1, 80)])
def test_what_training_meets_is_proven(
    scale: float, blank: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = random_batch(6, 200, 30, 80, scale, blank)
    assert (proven(batch, monkeypatch) == ctc_loss(*batch).feasible_N).all()


def test_a_trained_output_of_sharp_peaks_is_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    labels = tuple(rng.integers(1, 30, 12) for _ in range(4))
    logits_NTK = rng.standard_normal((4, 48, 30))
    logits_NTK[:, :, 0] += 12
    for logits_TK, label_L in zip(logits_NTK, labels, strict=True):
        logits_TK[4 * np.arange(12) + 1, label_L] += 30
    batch = logits_NTK, np.full(4, 48), labels
    assert proven(batch, monkeypatch).all()
    assert (ctc_loss(*batch).loss_N < 0.1).all()
    check_equal(ctc_loss(*batch), by_logarithms(batch, monkeypatch))


@pytest.mark.parametrize(("scale", "blank"), [(1000, 0), (1, 1000), (1, -1000), (30, 80), (60, 0)])
def test_where_the_range_of_floats_ends_nothing_is_claimed(
    scale: float, blank: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    logits_NTK, frames_N, labels = random_batch(4, 1000, 12, 200, scale, blank)
    labels = tuple(np.append(label_L, (1, 2, 3)) for label_L in labels)
    batch = logits_NTK, np.maximum(frames_N, 900), labels
    assert not proven(batch, monkeypatch).any()
    found = ctc_loss(*batch)
    assert found.feasible_N.all()
    assert np.isfinite(found.loss_N).all()
    assert np.isfinite(found.dlogits_NTK).all()


def test_the_floor_is_laid_and_totals_too_near_it_prove_nothing() -> None:
    rng = np.random.default_rng(4)
    blank_SR, before_LR, symbol_LR = (np.exp2(rng.uniform(-900, 90, (s, 6))) for s in (4, 3, 3))
    whole_SR = blank_SR.copy()
    exponent_R = linear._rescale(blank_SR, before_LR, symbol_LR)
    assert min(blank_SR.min(), symbol_LR.min()) == 2.0**linear.FLOOR
    assert ((blank_SR.max(axis=0) >= 0.5) & (blank_SR.max(axis=0) < 1)).all()
    np.testing.assert_array_equal(np.ldexp(blank_SR, exponent_R).max(axis=0), whole_SR.max(axis=0))
    logits_NTK, frames_N, labels = random_batch(3, 20, 5, 4, 1.0, 0.0)
    targets = pack(labels, 5)
    blocks = linear.blocks(logits_NTK.shape)
    places = [linear.flat_index(logits_NTK.shape, block, targets) for block in blocks]
    emitted = linear.ratios(logits_NTK, frames_N, targets, places)
    reached = linear.sweep(emitted, targets)
    for power, enough in ((0, True), (-500, True), (-600, False), (-700, False)):
        total_TN = np.ldexp(np.ones((20, 3)), power - reached.shift_TR[:, :3])
        total_TN = np.ldexp(total_TN, -reached.shift_TR[::-1, 3:])
        assert (linear.judge(emitted, reached, total_TN)[0] == enough).all()
        total_TN[11, 1] *= 1 + 1e-8
        assert linear.judge(emitted, reached, total_TN)[0].tolist() == [enough, False, enough]


@pytest.mark.parametrize("sure", [25.0, 1000.0])
def test_no_label_is_more_than_certain(sure: float) -> None:
    """The first frame may be blank or the symbol, the second is the symbol: P is 1 but for digits,
    and what rounding adds to it must not make a loss below 0."""
    logits_NTK = np.random.default_rng(6).standard_normal((500, 2, 2))
    logits_NTK[:, 1] = -sure / 2, sure / 2
    result = ctc_loss(logits_NTK, np.full(500, 2), (np.array([1]),) * 500)
    assert (result.loss_N >= 0).all()
    np.testing.assert_allclose(result.loss_N, np.exp(-sure), rtol=1, atol=1e-12)


def test_mass_that_both_directions_lost_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap at first, dear later, and the other way round: a path through the corner that both
    alpha and beta forget would leave sums that agree with one another and are wrong."""
    logits_NTK = np.zeros((1, 400, 4))
    logits_NTK[0, :200, 1] = -4.0
    logits_NTK[0, 200:, 2] = -4.0
    for steep in (1.0, 3.0, 10.0):
        label_L = np.tile([1, 2], 60)
        batch = steep * logits_NTK, np.array([400]), (label_L,)
        check_equal(ctc_loss(*batch), by_logarithms(batch, monkeypatch))


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_one_sample_or_many_padded_or_not_gives_the_same_bits(kind: type) -> None:
    logits_NTK, frames_N, labels = random_batch(9, 70, 11, 20, 2.0, 3.0)
    logits_NTK = logits_NTK.astype(kind)
    logits_NTK[4] *= 50  # one that only logarithms can do
    logits_NTK[np.arange(70) >= frames_N[:, None]] *= 1e4  # beyond its frames is nobody's business
    together = ctc_loss(logits_NTK, frames_N, labels)
    for n, frames in enumerate(frames_N):
        alone = ctc_loss(logits_NTK[n : n + 1, :frames], frames_N[n : n + 1], labels[n : n + 1])
        np.testing.assert_equal(together.only(n), alone)
    np.testing.assert_equal(ctc_loss(logits_NTK, frames_N, labels), together)


def test_one_sample_of_a_result_holds_its_own_lattice() -> None:
    logits_NTK, frames_N, labels = random_batch(5, 30, 8, 9, 1.0, 0.0)
    result = ctc_loss(logits_NTK, frames_N, labels)
    for n, (t, label_L) in enumerate(zip(frames_N, labels, strict=True)):
        own, whole = result.only(n), result.lattice
        n_states = 2 * len(label_L) + 1
        np.testing.assert_array_equal(own.log_prob_NTK[0], result.log_prob_NTK[n, :t])
        np.testing.assert_array_equal(own.lattice.gamma_NTS[0], whole.gamma_NTS[n, :t, :n_states])
        np.testing.assert_allclose(-own.lattice.log_z_N, own.loss_N, rtol=1e-12)
        np.testing.assert_array_equal(own.log_blank_NT[0], own.log_prob_NTK[0, :, 0])


def test_float32_logits_lose_nothing_but_their_own_digits() -> None:
    logits_NTK, frames_N, labels = random_batch(8, 60, 40, 20, 2.0, 0.0)
    logits_NTK[3, :, 0] += 200  # label probabilities below the smallest float32
    logits_NTK = logits_NTK.astype(np.float32)
    single = ctc_loss(logits_NTK, frames_N, labels)
    double = ctc_loss(logits_NTK.astype(np.float64), frames_N, labels)
    np.testing.assert_allclose(single.loss_N, double.loss_N, rtol=1e-7)
    np.testing.assert_allclose(single.dlogits_NTK, double.dlogits_NTK, rtol=0, atol=2e-7)


@pytest.mark.parametrize("longest", [0, 1])
def test_batches_without_symbols_or_samples_have_their_shapes(longest: int) -> None:
    empty = ctc_loss(np.zeros((0, 3, 4)), np.zeros(0, np.int64), ())
    assert empty.loss_N.shape == (0,)
    assert empty.dlogits_NTK.shape == (0, 3, 4)
    labels = (np.ones(longest, np.int64), np.zeros(0, np.int64))
    result = ctc_loss(np.zeros((2, 3, 4)), np.array([3, 1]), labels)
    np.testing.assert_allclose(result.loss_N[1], np.log(4))
    np.testing.assert_allclose(result.loss_N[0], 3 * np.log(4) - np.log([1, 6][longest]))


@pytest.mark.parametrize("n", [1, 2, 3, 7, 8, 9, 100])
def test_rows_are_added_whole_and_zeros_behind_them_change_no_bit(n: int) -> None:
    x_TSN = np.random.default_rng(n).random((2, n, 3))
    padded_TSN = np.concatenate((x_TSN, np.zeros((2, 13, 3))), axis=1)
    np.testing.assert_allclose(linear.added(x_TSN.copy()), x_TSN.sum(axis=1))
    np.testing.assert_array_equal(linear.added(padded_TSN), linear.added(x_TSN.copy()))


@pytest.mark.parametrize("scale", [1.0, 60.0])
def test_besides_the_gradient_no_more_is_held_than_twice_the_logits(scale: float) -> None:
    """By ratios and by logarithms; T 256, K 1000, L 100, half of the samples of the bench."""
    rng = np.random.default_rng(3)
    logits_NTK = np.float32(scale) * rng.standard_normal((16, 256, 1000), np.float32)
    labels = tuple(rng.permutation(999)[:100] + 1 for _ in range(16))
    tracemalloc.start()
    ctc_loss(logits_NTK, np.full(16, 256), labels)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * logits_NTK.nbytes
