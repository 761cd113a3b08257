"""The fast forms against the plain ones, op by op and as a network; determinism; what is shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pytest

from crnn import model
from crnn.arrays import F64, Params, Real
from crnn.config import Config, ConvBlock
from crnn.debug.observe import observe, trace_of
from crnn.errors import NonFinite
from crnn.fast import FastBlockCache, has_fast_convs
from crnn.kernels import stem, winograd
from crnn.kernels.both_ways import BothWays
from crnn.kernels.stem import Stem
from crnn.kernels.winograd import Winograd
from crnn.ops.activation import Mask, Relu
from crnn.ops.conv import Conv2d
from crnn.ops.pool import MaxPool
from crnn.ops.recurrent import Recurrent
from crnn.train import advance, initial_state
from tests.kernel_cases import KERNEL_CASES, KernelCase, as_maps, check_kernel
from tests.support import images, random_params, striped_set, tiny_seed, tiny_word

NORMED = (
    ConvBlock(16, (2, 2), norm="batch"),
    ConvBlock(17, (2, 1), norm="batch"),
    ConvBlock(18, (1, 2)),
    ConvBlock(20, (1, 1), norm="batch"),
)
DEEP = (ConvBlock(16, (2, 2)), ConvBlock(17, (2, 1)), ConvBlock(20, (1, 2)))
WORD = tiny_word(convs=DEEP, kernels="fast", dtype="float64")
SEED = tiny_seed(convs=DEEP[:2], kernels="fast", dtype="float64")
NETWORKS = pytest.mark.parametrize(
    "config",
    [WORD, SEED, tiny_word(kernels="fast", dtype="float64", layers=2)],
    ids=["word", "seed", "few channels"],
)

SHAPES = [
    (3, 8, 8, (2, 2)),
    (2, 6, 10, (2, 1)),
    (1, 4, 5, (1, 1)),
    (5, 12, 16, (4, 4)),
    (2, 2, 1, (2, 1)),
    (2, 8, 12, (1, 4)),
    (7, 2, 30, (2, 2)),
]


def _plain(
    params: Params, x_NCHW: Real, pool: tuple[int, int], keep_N: Any
) -> tuple[Real, Real, Real, dict[str, Real], Real]:
    """Output of conv and of the block, the gradient fed in, those it gives, and dx."""
    ops = (Conv2d(x_NCHW.shape[1], len(params["b"])), Relu(), MaxPool(*pool))
    conv, conv_cache = ops[0].forward(params, x_NCHW)
    act, act_cache = ops[1].forward({}, conv)
    pooled, pool_cache = ops[2].forward({}, act)
    y, mask_cache = Mask().forward({}, pooled, keep_N)
    dy = np.random.default_rng(9).normal(size=y.shape)
    d, _ = Mask().backward({}, mask_cache, dy)
    d, _ = ops[2].backward({}, pool_cache, d)
    d, _ = ops[1].backward({}, act_cache, d)
    dx, grads = ops[0].backward(params, conv_cache, d)
    return conv, y, dy, grads, dx


def _drawn(n: int, c_in: int, c_out: int, rows: int, columns: int) -> tuple[Params, F64]:
    noise = np.random.default_rng(n)
    params = {"w": noise.normal(size=(c_out, c_in, 3, 3)), "b": noise.normal(size=c_out)}
    return params, noise.normal(size=(n, c_in, rows, columns))


def _close(found: Real, expected: Real) -> None:
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10 * np.abs(expected).max())


@pytest.mark.parametrize("ragged", [False, True])
@pytest.mark.parametrize("block_bytes", [1, 20_000, winograd.BLOCK_BYTES])
@pytest.mark.parametrize(("n", "rows", "columns", "pool"), SHAPES)
def test_winograd_is_conv_relu_pool_and_mask(
    n: int,
    rows: int,
    columns: int,
    pool: tuple[int, int],
    block_bytes: int,
    ragged: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(winograd, "BLOCK_BYTES", block_bytes)
    params, x_NCHW = _drawn(n, 5, 6, rows, columns)
    out = columns // pool[1]
    keep_N = np.maximum(1, out - np.arange(n)) if ragged else np.full(n, out)
    conv, y, dy, grads, dx = _plain(params, x_NCHW, pool, keep_N)
    op = Winograd(5, 6, pool)
    found, cache = op.forward(params, as_maps(x_NCHW), np.arange(out) < keep_N[:, None])
    dx_found, grads_found = op.backward(params, cache, as_maps(dy))
    _close(found.to_nchw(), y)
    _close(op.conv_nchw(params, cache), conv)
    _close(dx_found.to_nchw(), dx)
    _close(grads_found["w"], grads["w"])
    _close(grads_found["b"], grads["b"])


@pytest.mark.parametrize("block_bytes", [1, 10_000, stem.BLOCK_BYTES])
@pytest.mark.parametrize(("n", "rows", "columns", "pool"), SHAPES)
def test_the_stem_is_conv_relu_pool_and_mask(
    n: int,
    rows: int,
    columns: int,
    pool: tuple[int, int],
    block_bytes: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stem, "BLOCK_BYTES", block_bytes)
    params, x_NCHW = _drawn(n, 1, 6, rows, columns)
    out = columns // pool[1]
    keep_N = np.maximum(1, out - np.arange(n))
    conv, y, dy, grads, _ = _plain(params, x_NCHW, pool, keep_N)
    op = Stem(6, pool)
    found, cache = op.forward(params, x_NCHW, np.arange(out) < keep_N[:, None])
    grads_found = op.gradients(cache, as_maps(dy))
    _close(found.to_nchw(), y)
    _close(op.conv_nchw(params, cache), conv)
    _close(grads_found["w"], grads["w"])
    _close(grads_found["b"], grads["b"])


@pytest.mark.parametrize("case", KERNEL_CASES, ids=lambda case: case.label)
def test_gradients_of_a_fast_convolution_agree_with_central_differences(case: KernelCase) -> None:
    check_kernel(case)


def test_the_first_of_tied_cells_takes_the_whole_gradient() -> None:
    """Flat paper ties in every window; as in PyTorch the first in row-major order wins."""
    params = {"w": np.zeros((1, 1, 3, 3)), "b": np.ones(1)}
    _, cache = Stem(1, (2, 2)).forward(params, np.arange(16.0).reshape(1, 1, 4, 4), None)
    grads = Stem(1, (2, 2)).gradients(cache, as_maps(np.ones((1, 1, 2, 2))))
    np.testing.assert_array_equal(grads["w"][0, 0, 1, 1], 0 + 2 + 8 + 10)


@pytest.mark.parametrize("frames", [(6, 6, 6), (6, 2, 1), (1, 6, 3)])
@pytest.mark.parametrize("reverse", [(False,), (True,), (False, True)])
@pytest.mark.parametrize("cell", ["tanh", "lstm"])
def test_both_ways_at_once_are_one_after_the_other(
    cell: Literal["tanh", "lstm"], reverse: tuple[bool, ...], frames: tuple[int, ...]
) -> None:
    noise, frames_N = np.random.default_rng(1), np.array(frames)
    x_NTD = noise.normal(size=(3, 6, 4))
    ops = [Recurrent(cell, 4, 5, turned) for turned in reverse]
    params = [op.init(noise) for op in ops]
    both = BothWays(cell, 4, 5, reverse)
    y, caches = both.forward(params, x_NTD, frames_N)
    dy = noise.normal(size=y.shape)
    dx, grads = both.backward(params, caches, dy)
    expected_dx = np.zeros_like(x_NTD)
    for d, (op, own) in enumerate(zip(ops, params, strict=True)):
        part = slice(5 * d, 5 * d + 5)
        y_plain, cache = op.forward(own, x_NTD, frames_N)
        dx_plain, grads_plain = op.backward(own, cache, dy[:, :, part])
        expected_dx += dx_plain
        _close(y[:, :, part], y_plain)
        for name, grad in grads_plain.items():
            _close(grads[d][name], grad)
        for n in range(3):
            shown, plain = op.states(caches[d], n), op.states(cache, n)
            _close(shown.hidden_TU, plain.hidden_TU)
            for gate, values in plain.gates.items():
                np.testing.assert_allclose(shown.gates[gate], values, rtol=0, atol=1e-12)
    _close(dx, expected_dx)


def _pass(
    config: Config, widths: tuple[int, ...], dtype: str, training: model.Training | None = None
) -> tuple[Real, dict[str, Real], model.ForwardCache]:
    net = model.build(replace(config, dtype=dtype))  # type: ignore[arg-type]
    x_NCHW, width_N = images(config, widths)
    params = {name: w.astype(dtype) for name, w in random_params(config, 0.2).items()}
    statistics = {
        name: (0.1 + np.arange(average.size) / average.size).astype(dtype)
        for name, average in model.init_statistics(config).items()
    }
    logits, cache = model.forward(
        *(net, params, x_NCHW.astype(dtype), width_N), statistics=statistics, training=training
    )
    dlogits = np.random.default_rng(3).normal(size=logits.shape).astype(dtype)
    return logits, model.backward(net, params, cache, dlogits), cache


@pytest.mark.parametrize("widths", [(16, 16, 16), (16,), (9, 16, 3, 14)])
@NETWORKS
def test_the_fast_network_is_the_plain_one(config: Config, widths: tuple[int, ...]) -> None:
    """float64 to 1e-10; float32 gradients within 2e-6 of the largest of float64, plain."""
    logits, grads, _ = _pass(replace(config, kernels="plain"), widths, "float64")
    for dtype, limit in (("float64", 1e-10), ("float32", 2e-6)):
        fast_logits, fast_grads, _ = _pass(config, widths, dtype)
        assert fast_logits.dtype == dtype
        assert np.abs(fast_logits - logits).max() <= limit * np.abs(logits).max()
        for name, grad in grads.items():
            assert fast_grads[name].dtype == dtype
            assert np.abs(fast_grads[name] - grad).max() <= limit * np.abs(grad).max(), name


@pytest.mark.parametrize("block_bytes", [6_000, stem.BLOCK_BYTES])
@pytest.mark.parametrize("training", [model.Training(0, 0), None], ids=["train", "eval"])
@pytest.mark.parametrize("widths", [(16, 16, 16), (9, 16, 3, 14)])
def test_batch_norm_between_fast_kernels_is_the_plain_one(
    widths: tuple[int, ...],
    training: model.Training | None,
    block_bytes: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Outputs, gradients, statistics, and every array that is shown."""
    for module in (stem, winograd):
        monkeypatch.setattr(module, "BLOCK_BYTES", block_bytes)
    plain = replace(WORD, convs=NORMED, kernels="plain")
    expected, grads, cache = _pass(plain, widths, "float64", training)
    for dtype, limit in (("float64", 1e-10), ("float32", 4e-6)):
        fast = replace(plain, kernels="fast")
        found, fast_grads, fast_cache = _pass(fast, widths, dtype, training)
        assert all(isinstance(block, FastBlockCache) for block in fast_cache.blocks)
        assert np.abs(found - expected).max() <= limit * np.abs(expected).max()
        for name, grad in grads.items():
            assert fast_grads[name].dtype == dtype
            idle = training is not None and name in ("conv1.b", "conv2.b", "conv4.b")
            largest = 0 if idle else np.abs(grad).max()
            assert np.abs(fast_grads[name] - grad).max() <= limit * largest + 1e-12, name
        for mine, other in zip(fast_cache.blocks, cache.blocks, strict=True):
            pairs = [*zip(mine.sample(1), other.sample(1), strict=True)]
            pairs += [*zip(mine.batch or (), other.batch or (), strict=True)]
            for array, right in pairs:
                assert array.dtype == dtype
                assert np.abs(array - right).max() <= limit * np.abs(right).max()


@NETWORKS
def test_a_second_pass_between_changes_no_gradient(config: Config) -> None:
    """Two forwards, then backward: nothing that a pass returned is scratch of a later one."""
    net, (x_NCHW, width_N) = model.build(config), images(config, (16, 12))
    params = random_params(config, 0.2)
    logits, cache = model.forward(net, params, x_NCHW, width_N)
    kept, dlogits = logits.copy(), np.ones_like(logits)
    expected = model.backward(net, params, cache, dlogits)
    model.forward(net, params, x_NCHW[::-1] * 0.5, width_N[::-1])
    again = model.backward(net, params, cache, dlogits)
    np.testing.assert_array_equal(logits, kept)
    for name, grad in expected.items():
        np.testing.assert_array_equal(again[name], grad)


@NETWORKS
def test_a_sample_does_not_depend_on_its_neighbours_or_on_padding(config: Config) -> None:
    widths = (5, 16, 11)
    net, (x_NCHW, width_N) = model.build(config), images(config, widths)
    params = random_params(config, 0.2)
    logits, _ = model.forward(net, params, x_NCHW, width_N)
    for n in range(3):
        alone, _ = model.forward(net, params, x_NCHW[n : n + 1], width_N[n : n + 1])
        np.testing.assert_allclose(logits[n, : alone.shape[1]], alone[0], rtol=0, atol=1e-12)


@pytest.mark.parametrize("training", [model.Training(0, 0), None], ids=["train", "eval"])
@pytest.mark.parametrize("convs", [DEEP, NORMED], ids=["no norm", "batch norm"])
def test_what_is_shown_of_a_block_is_what_trained(
    convs: tuple[ConvBlock, ...], training: model.Training | None
) -> None:
    """What came before the pool is made again, and leads to the pooled output bit for bit."""
    config = replace(WORD, convs=convs)
    _, _, cache = _pass(config, (16, 9), "float32", training)
    assert has_fast_convs(model.build(config))
    for block, spec in zip(cache.blocks, config.convs, strict=True):
        assert isinstance(block, FastBlockCache)
        conv_CHW, act_CHW, pool_CHW = block.sample(0)
        if spec.norm == "none":
            np.testing.assert_array_equal(act_CHW, np.maximum(conv_CHW, 0))
        pooled, _ = MaxPool(*spec.pool).forward({}, act_CHW[None])
        np.testing.assert_array_equal(pooled[0], pool_CHW)


def test_a_trace_of_the_fast_network_shows_the_plain_one() -> None:
    fast = replace(WORD, dtype="float32")
    data, state = striped_set(fast), initial_state(fast)
    sample = data.ids(0)[0]
    trained = trace_of(advance(fast, data, state).passes, fast, data, 0, sample)
    exact = observe(fast, data, state, sample, exact=True)
    plain = observe(replace(fast, kernels="plain"), data, state, sample)
    assert trained is not None
    assert trained.source == exact.source == "trained"
    for mine, again, other in zip(trained.blocks, exact.blocks, plain.blocks, strict=True):
        for field in ("conv_CHW", "relu_CHW", "pool_CHW"):
            if hasattr(mine, field):
                np.testing.assert_array_equal(getattr(mine, field), getattr(again, field))
                np.testing.assert_allclose(getattr(mine, field), getattr(other, field), atol=1e-5)
    np.testing.assert_allclose(trained.prob_TK, plain.prob_TK, atol=1e-5)


def test_training_with_fast_kernels_gives_the_same_bits_twice_and_learns() -> None:
    config = replace(WORD, dtype="float32", lr=0.01)
    data, ends = striped_set(config), []
    for _ in range(2):
        state = initial_state(config)
        for _ in range(60):
            done = advance(config, data, state)
            state = done.state
        ends.append(state.params.flat.tobytes())
    assert ends[0] == ends[1]
    assert done.report.nats_per_symbol < 0.3


def test_a_fast_block_that_is_not_finite_is_named() -> None:
    config = replace(WORD, dtype="float32")
    state = initial_state(config)
    flat = state.params.flat.copy()
    place = next(p for p in state.params.layout.places if p.name == "conv2.w")
    flat[place.start : place.stop] = np.nan
    broken = replace(state, params=type(state.params)(state.params.layout, flat))
    with pytest.raises(NonFinite, match="output of conv2 is not finite"):
        advance(config, striped_set(config), broken)
