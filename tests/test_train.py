"""A step is a value transition: same bits whoever computes it, nothing changed when it fails."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from crnn import model
from crnn.arrays import Real
from crnn.config import Config, ConvBlock, Kernels
from crnn.ctc.decode import greedy
from crnn.errors import ConfigError, InfeasibleLabel, NonFinite
from crnn.optim import N_MOMENTS, RULES, clip, global_norm
from crnn.params import FlatParams
from crnn.schedule import factor
from crnn.train import StepReport, TrainState, advance, digests, initial_state, look
from crnn.workers import Workers
from tests.stacks import STACKS
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
    return replace(state, params=FlatParams(state.params.layout, flat))


@BOTH
def test_a_second_run_gives_the_same_bits_and_the_same_reports(config: Config) -> None:
    (first, reports), (second, again) = _walk(config, 6), _walk(config, 6)
    assert first.params.flat.tobytes() == second.params.flat.tobytes()
    assert [m.tobytes() for m in first.moments_P] == [m.tobytes() for m in second.moments_P]
    assert reports == again
    assert [report.step for report in reports] == list(range(6))


@pytest.mark.parametrize("kernels", ["plain", "fast"])
def test_one_and_two_workers_give_the_same_bits(kernels: Kernels) -> None:
    wide = (ConvBlock(16, (2, 2), norm="batch"), ConvBlock(17, (2, 2)))
    config = tiny_word(shards=3, kernels=kernels, convs=wide, dropout=0.2)
    with Workers(1) as one, Workers(2) as two:
        alone, reports = _walk(config, 5, one)
        together, same = _walk(config, 5, two)
    assert reports == same == _walk(config, 5)[1]
    assert alone.params.flat.tobytes() == together.params.flat.tobytes()
    assert alone.statistics.flat.tobytes() == together.statistics.flat.tobytes()


def test_passes_of_the_other_process_stay_there() -> None:
    config = tiny_word()
    data, state = striped_set(config), initial_state(config)
    with Workers(2) as workers:
        done = advance(config, data, state, workers=workers)
    assert [part.ids for part in done.passes] == [data.ids(0)[:2]]


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


# What a step carries on besides parameters: schedules, statistics, dropout.

EVERYTHING = STACKS["strides and even kernels, dropout"]


def test_the_rate_of_a_step_is_the_schedule_times_the_rate_of_its_state() -> None:
    config = tiny_word(schedule="cosine", schedule_steps=8, optimiser="sgd", momentum=0.0)
    state, reports = _walk(config, 5)
    assert [r.lr for r in reports] == [factor(config, step) * config.lr for step in range(5)]
    assert state.lr == config.lr
    data = striped_set(config)
    halved = advance(config, data, replace(state, lr=state.lr / 2))
    whole = advance(config, data, state)
    assert halved.report.lr == whole.report.lr / 2 == factor(config, 5) * config.lr / 2
    moved, half = (after.state.params.flat - state.params.flat for after in (whole, halved))
    np.testing.assert_allclose(half, moved / 2, rtol=1e-3, atol=1e-7)


@pytest.mark.parametrize("name", STACKS)
def test_any_stack_gives_the_same_bits_for_one_and_two_workers(name: str) -> None:
    config = replace(STACKS[name], dtype="float32", lr=0.01)
    with Workers(2) as two:
        (alone, reports), (together, same) = _walk(config, 4), _walk(config, 4, two)
    assert reports == same
    assert alone.params.flat.tobytes() == together.params.flat.tobytes()
    assert alone.statistics.flat.tobytes() == together.statistics.flat.tobytes()
    assert alone.tensors == (*alone.params, *alone.statistics)
    assert len(reports[0].digests) == len(alone.tensors)


def test_a_digest_names_the_one_statistic_that_changed() -> None:
    state, _ = _walk(EVERYTHING, 2)
    plain = digests(state)
    for place in state.statistics.layout.places:
        flat = state.statistics.flat.copy()
        flat[place.stop - 1] += 1e-9
        other = replace(state, statistics=FlatParams(state.statistics.layout, flat))
        changed = digests(other) != plain
        names = [name for name, has in zip(state.tensors, changed, strict=True) if has]
        assert names == [place.name]


def test_a_look_with_the_step_is_bit_for_bit_what_trains_and_one_without_is_reading() -> None:
    data, (state, _) = striped_set(EVERYTHING), _walk(EVERYTHING, 2)
    batch, trained = data.batch(2), advance(EVERYTHING, data, state).passes
    again = look(EVERYTHING, state.params, batch, training_step=2)
    reading = look(EVERYTHING, state.params, batch, statistics=state.statistics)
    for one, other, read in zip(trained, again, reading, strict=True):
        np.testing.assert_equal(one.cache, other.cache)
        assert read.cache.drops == (None, None)
        assert (read.cache.logits_NTK != one.cache.logits_NTK).any()


@pytest.mark.parametrize("name", ["batch norm, GRU", "layer norm, mean pools, tanh RNN"])
def test_other_stacks_learn_four_samples_by_heart_too(name: str) -> None:
    config = replace(STACKS[name], units=8, lr=0.03, optimiser="adamw", weight_decay=1e-3)
    _, reports = _walk(config, 200)
    assert reports[-1].nats_per_symbol < 0.2
    assert reports[-1].n_correct == 4


# The optimisers, against their formulas written out for one number.


class _ByHand:
    """One number under every rule, in Python floats, as the papers and PyTorch write them."""

    def __init__(self, config: Config, param: float) -> None:
        self.config, self.param = config, param
        self.first = self.second = 0.0

    def take(self, lr: float, step: int, grad: float) -> None:
        config, decay = self.config, self.config.weight_decay
        if config.optimiser == "adamw":
            self.param *= 1 - lr * decay
        else:
            grad += decay * self.param
        if config.optimiser in ("adam", "adamw"):
            beta1, beta2 = config.betas
            self.first = beta1 * self.first + (1 - beta1) * grad
            self.second = beta2 * self.second + (1 - beta2) * grad**2
            m = self.first / (1 - beta1 ** (step + 1))
            v = self.second / (1 - beta2 ** (step + 1))
            self.param -= lr * m / (v**0.5 + config.eps)
        elif config.optimiser == "sgd":
            self.first = config.momentum * self.first + grad
            ahead = grad + config.momentum * self.first
            self.param -= lr * (ahead if config.nesterov else self.first)
        else:
            self.first = config.rho * self.first + (1 - config.rho) * grad**2
            if config.optimiser == "rmsprop":
                self.param -= lr * grad / (self.first**0.5 + config.eps)
            else:
                change = ((self.second + config.eps) / (self.first + config.eps)) ** 0.5 * grad
                self.second = config.rho * self.second + (1 - config.rho) * change**2
                self.param -= lr * change


RULED = [
    *(tiny_word(optimiser=name, weight_decay=decay) for name in RULES for decay in (0.0, 0.03)),
    tiny_word(optimiser="sgd", nesterov=True, weight_decay=0.03),
]


@pytest.mark.parametrize(
    "config", RULED, ids=lambda c: f"{c.optimiser} {c.weight_decay} {c.nesterov}"
)
def test_an_optimiser_follows_its_formula_and_leaves_its_inputs(config: Config) -> None:
    noise = np.random.default_rng(0)
    param: Real = noise.normal(size=5)
    by_hand = [_ByHand(config, float(value)) for value in param]
    moments: tuple[Real, ...] = tuple(np.zeros(5) for _ in range(N_MOMENTS[config.optimiser]))
    for step in range(4):
        grad = noise.normal(size=5)
        kept = [array.copy() for array in (param, *moments, grad)]
        after, moments_after = RULES[config.optimiser](config, 0.1, step, param, moments, grad)
        np.testing.assert_equal([param, *moments, grad], kept)
        for one, value in zip(by_hand, grad, strict=True):
            one.take(0.1, step, float(value))
        np.testing.assert_allclose(after, [one.param for one in by_hand], rtol=1e-12)
        assert not any(array.flags.writeable for array in (after, *moments_after))
        param, moments = after, moments_after


@pytest.mark.parametrize("optimiser", RULES)
def test_every_optimiser_keeps_float32_and_moves(optimiser: str) -> None:
    config = tiny_word(optimiser=optimiser, lr=0.01, weight_decay=0.01)
    state, _ = _walk(config, 3)
    assert {x.dtype for x in (state.params.flat, *state.moments_P)} == {np.dtype("float32")}
    assert len(state.moments_P) == N_MOMENTS[optimiser]
    assert (state.params.flat != initial_state(config).params.flat).any()


def test_clipping_scales_all_tensors_by_one_number() -> None:
    grad = np.array([3.0, 4.0])
    assert global_norm(grad) == 5
    np.testing.assert_allclose(clip(grad, 5, 2.5), grad * 2.5 / (5 + 1e-6), rtol=1e-15)
    np.testing.assert_array_equal(clip(grad, 5, 6), grad)
    assert global_norm(np.full(4, 3e20, np.float32)) == pytest.approx(6e20)


def test_the_texts_of_a_pass_are_what_greedy_reads() -> None:
    config = tiny_word()
    for made in advance(config, striped_set(config), _walk(config, 40)[0]).passes:
        for n, t in enumerate(made.cache.frames_N.tolist()):
            path = greedy(made.cache.logits_NTK[n, :t])
            assert made.texts[n] == config.alphabet.decode(path.collapsed_L)
