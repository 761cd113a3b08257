"""A step is a value transition: same bits whoever computes it, nothing changed when it fails."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from crnn import model
from crnn.arrays import Real
from crnn.config import Config, ConvBlock
from crnn.errors import ConfigError, InfeasibleLabel, NonFinite
from crnn.optim import RULES, clip, global_norm
from crnn.params import FlatParams
from crnn.train import StepReport, TrainState, advance, digests, initial_state, look
from crnn.workers import Workers
from tests.support import striped_set, tiny_seed, tiny_word

BOTH = pytest.mark.parametrize(
    "config",
    [tiny_word(), tiny_seed(optimiser="sgd")],
    ids=lambda config: f"{config.preset}-{config.optimiser}",
)


def _walk(
    config: Config, n_steps: int, workers: Workers | None = None
) -> tuple[TrainState, list[StepReport]]:
    data, state, reports = striped_set(config), initial_state(config), []
    for _ in range(n_steps):
        after = advance(config, data, state, workers=workers)
        state = after.state
        reports.append(after.report)
    return state, reports


def _with_flat(state: TrainState, flat: Real) -> TrainState:
    return replace(state, params=FlatParams.from_flat(state.params.layout, flat))


@BOTH
def test_a_second_run_gives_the_same_bits_and_the_same_reports(config: Config) -> None:
    (first, reports), (second, again) = _walk(config, 6), _walk(config, 6)
    assert first.params.flat.tobytes() == second.params.flat.tobytes()
    assert [m.tobytes() for m in first.moments_P] == [m.tobytes() for m in second.moments_P]
    assert reports == again
    assert [report.step for report in reports] == list(range(6))


def test_one_and_two_workers_give_the_same_bits() -> None:
    config = tiny_word(shards=3)
    with Workers(1) as one, Workers(2) as two:
        alone, reports = _walk(config, 5, one)
        together, same = _walk(config, 5, two)
    assert reports == same == _walk(config, 5)[1]
    assert alone.params.flat.tobytes() == together.params.flat.tobytes()


def test_only_one_or_two_workers_can_be_asked_for() -> None:
    with pytest.raises(ConfigError, match="workers is 3; allowed: 1 or 2"):
        Workers(3)


@pytest.mark.parametrize("shards", [2, 3, 4, 7])
def test_shards_add_up_to_the_gradient_of_the_whole_batch(shards: int) -> None:
    """Momentum 0 and lr 1 make the step the gradient itself; 7 shards leave 3 of them empty."""
    whole = tiny_word(dtype="float64", optimiser="sgd", momentum=0.0, lr=1.0, shards=1)
    parted = replace(whole, shards=shards)
    (one, reports), (many, others) = _walk(whole, 1), _walk(parted, 1)
    np.testing.assert_allclose(one.params.flat, many.params.flat, rtol=0, atol=1e-13)
    assert reports[0].loss_nats == pytest.approx(others[0].loss_nats, rel=1e-13)
    passes = advance(parted, striped_set(parted), initial_state(parted)).passes
    assert sum((part.ids for part in passes), start=()) == striped_set(parted).ids(0)
    assert len(passes) == min(shards, 4)


@pytest.mark.parametrize("broken", ["forward", "backward"])
@pytest.mark.parametrize("count", [1, 2])
def test_a_step_that_breaks_off_leaves_the_state_as_it_was(
    broken: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tiny_word()
    data, state = striped_set(config), initial_state(config)
    before, expected = digests(state), advance(config, data, state).report

    def stop(*_: Any, **__: Any) -> None:
        raise KeyError("power cut")

    with Workers(count) as workers:
        with monkeypatch.context() as patch:
            patch.setattr(model, broken, stop)
            with pytest.raises(KeyError, match="power cut"):
                advance(config, data, state, workers=workers)
        np.testing.assert_array_equal(digests(state), before)
        assert advance(config, data, state, workers=workers).report == expected


def test_everything_in_a_state_is_read_only() -> None:
    state, _ = _walk(tiny_word(), 1)
    for array in (state.params.flat, *state.params.values(), *state.moments_P):
        assert not array.flags.writeable


@pytest.mark.parametrize(
    "config",
    [tiny_word(lr=0.02), tiny_seed(lr=0.02), tiny_seed(lr=0.1, optimiser="sgd")],
    ids=lambda config: f"{config.preset}-{config.optimiser}",
)
def test_four_samples_are_learnt_by_heart(config: Config) -> None:
    _, reports = _walk(config, 150)
    assert reports[0].nats_per_symbol > 1
    assert reports[-1].nats_per_symbol < 0.05
    assert reports[-1].n_correct == reports[-1].n_samples == 4
    assert reports[-1].cer == 0


def test_a_report_is_what_the_passes_say() -> None:
    config = tiny_word()
    data, state = striped_set(config), initial_state(config)
    after = advance(config, data, state)
    losses = np.concatenate([part.ctc.loss_N for part in after.passes])
    assert after.report.loss_nats == pytest.approx(losses.mean())
    assert after.report.nats_per_symbol == pytest.approx(losses.sum() / len("abcabcab"))
    assert after.report.lr == config.lr
    blank = [
        np.exp(part.ctc.log_prob_NTK[n, :t, 0])
        for part in after.passes
        for n, t in enumerate(part.cache.frames_N)
    ]
    assert after.report.p_blank == pytest.approx(np.concatenate(blank).mean())
    np.testing.assert_array_equal(after.report.digests, digests(after.state))


def test_a_look_at_the_batch_gives_the_bits_that_trained() -> None:
    config = tiny_word()
    data, state = striped_set(config), initial_state(config)
    for seen, trained in zip(
        look(config, state.params, data.batch(0)), advance(config, data, state).passes, strict=True
    ):
        assert seen.ids == trained.ids
        assert seen.texts == trained.texts
        np.testing.assert_equal(seen.cache, trained.cache)
        np.testing.assert_equal(seen.ctc, trained.ctc)


def test_a_report_is_equal_whatever_time_the_step_took() -> None:
    report = _walk(tiny_word(), 1)[1][0]
    assert report == replace(report, seconds=9.0)
    assert hash(report) == hash(replace(report, seconds=9.0))
    assert report != replace(report, digests=report.digests + np.uint64(1))
    assert report != replace(report, cer=0.123)


def test_a_digest_names_the_one_tensor_that_changed() -> None:
    config = tiny_word()
    state = initial_state(config)
    plain, names = digests(state), list(state.params)
    assert plain.dtype == np.uint64
    for place in state.params.layout.places:
        flat = state.params.flat.copy()
        flat[place.stop - 1] = np.nextafter(flat[place.stop - 1], np.float32(9))
        changed = digests(_with_flat(state, flat)) != plain
        assert [name for name, has in zip(names, changed, strict=True) if has] == [place.name]


def test_a_digest_sees_swapped_values_and_swapped_moments() -> None:
    state, _ = _walk(tiny_word(), 1)
    swapped = state.params.flat.copy()
    swapped[[0, 2]] = swapped[[2, 0]]
    assert digests(_with_flat(state, swapped))[0] != digests(state)[0]
    turned = replace(state, moments_P=state.moments_P[::-1])
    assert (digests(turned) != digests(state)).all()


@pytest.mark.parametrize("name", ["conv2.w", "rnn1.bwd.b", "linear.b"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_value_that_is_not_finite_stops_the_step_and_names_the_op(
    name: str, value: float
) -> None:
    config = tiny_word()
    state = initial_state(config)
    flat = state.params.flat.copy()
    place = next(place for place in state.params.layout.places if place.name == name)
    flat[place.start : place.stop] = value
    with pytest.raises(NonFinite) as caught:
        advance(config, striped_set(config), _with_flat(state, flat))
    assert name.rpartition(".")[0] in str(caught.value)


def test_a_gradient_that_is_not_finite_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    config = tiny_word()

    def spoilt(*arguments: Any) -> dict[str, Real]:
        grads = backward(*arguments)
        grads["conv2.b"][1] = np.nan
        return grads

    backward = model.backward
    monkeypatch.setattr(model, "backward", spoilt)
    with pytest.raises(NonFinite, match=r"gradient of conv2\.b is not finite at step 0"):
        advance(config, striped_set(config), initial_state(config))


def test_a_label_that_cannot_fit_is_named_not_fed_as_infinity() -> None:
    config = tiny_word()
    judged_for_another = replace(config, convs=(ConvBlock(3, (2, 1)),))
    data = striped_set(judged_for_another, ("ab", "aabbcc"))
    with pytest.raises(InfeasibleLabel, match="sample 1 has a label of 6 symbols that 7 timesteps"):
        advance(config, data, initial_state(config))


# The optimisers, against their formulas written out for one number.


@pytest.mark.parametrize("optimiser", ["adam", "sgd"])
def test_an_optimiser_follows_its_formula_and_leaves_its_inputs(optimiser: str) -> None:
    config = tiny_word(optimiser=optimiser)
    noise = np.random.default_rng(0)
    param: Real = noise.normal(size=5)
    moments: tuple[Real, ...] = (np.zeros(5), np.zeros(5))[: 2 if optimiser == "adam" else 1]
    expected, m, v = param.copy(), np.zeros(5), np.zeros(5)
    for step in range(4):
        grad = noise.normal(size=5)
        kept = [array.copy() for array in (param, *moments, grad)]
        after, moments_after = RULES[optimiser](config, 0.1, step, param, moments, grad)
        np.testing.assert_equal([param, *moments, grad], kept)
        if optimiser == "adam":
            m, v = 0.9 * m + 0.1 * grad, 0.999 * v + 0.001 * grad**2
            m_hat, v_hat = m / (1 - 0.9 ** (step + 1)), v / (1 - 0.999 ** (step + 1))
            expected -= 0.1 * m_hat / (np.sqrt(v_hat) + 1e-8)
        else:
            m = 0.9 * m + grad
            expected -= 0.1 * m
        np.testing.assert_allclose(after, expected, rtol=1e-12)
        assert not any(array.flags.writeable for array in (after, *moments_after))
        param, moments = after, moments_after


def test_clipping_scales_all_tensors_by_one_number() -> None:
    grad = np.array([3.0, 4.0])
    assert global_norm(grad) == 5
    np.testing.assert_allclose(clip(grad, 5, 2.5), grad * 2.5 / (5 + 1e-6), rtol=1e-15)
    np.testing.assert_array_equal(clip(grad, 5, 6), grad)
    assert global_norm(np.full(4, 3e20, np.float32)) == pytest.approx(6e20)
