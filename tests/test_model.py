"""The whole network: gradients through CTC, padding, parameters as views of one vector, shapes."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from crnn.arrays import I64, Real
from crnn.config import Config, preset
from crnn.ctc.loss import ctc_loss
from crnn.errors import ShapeError
from crnn.model import (
    BlockCache,
    Training,
    backward,
    batch_statistics,
    build,
    count_parameters,
    forward,
    init_params,
    init_statistics,
    layout,
    moved_statistics,
    output_shapes,
)
from crnn.params import ALIGNMENT, FlatParams
from tests.stacks import STACKS
from tests.support import (
    assert_gradient,
    images,
    numeric_gradient,
    random_params,
    tiny_seed,
    tiny_word,
)

LABELS: tuple[I64, ...] = (np.array([1, 2]), np.array([3, 3]), np.array([2]))
NETWORKS = [
    (tiny_word(dtype="float64"), (16, 13, 5)),
    (tiny_word(dtype="float64", cell="tanh", layers=2), (22, 16, 9)),
    (tiny_word(dtype="float64", layers=2, units=3), (16, 13, 5)),
    (tiny_seed(dtype="float64"), (16, 16, 16)),
    *((stack, (22, 17, 13)) for stack in STACKS.values()),
]
every_network = pytest.mark.parametrize(
    ("config", "widths"), NETWORKS, ids=lambda value: getattr(value, "preset", None)
)


@every_network
def test_gradients_through_ctc_agree_with_central_differences(
    config: Config, widths: tuple[int, ...]
) -> None:
    model, params = build(config), random_params(config)
    x_NCHW, width_N = images(config, widths)

    def loss(flat: Real) -> float:
        shifted = FlatParams(params.layout, flat)
        logits, cache = forward(model, shifted, x_NCHW, width_N, training=Training(5, 1))
        return float(ctc_loss(logits, cache.frames_N, LABELS).loss_N.sum())

    logits, cache = forward(model, params, x_NCHW, width_N, training=Training(5, 1))
    ctc = ctc_loss(logits, cache.frames_N, LABELS)
    assert ctc.feasible_N.all()
    grads = backward(model, params, cache, ctc.dlogits_NTK)
    flat = np.asarray(params.flat, np.float64)
    numeric = numeric_gradient(loss, flat, h=1e-5)
    for place in params.layout.places:
        part = numeric[place.start : place.stop].reshape(place.shape)
        if place.name in shifts_taken_off(config):
            np.testing.assert_allclose(grads[place.name], 0, atol=1e-12)
            np.testing.assert_allclose(part, 0, atol=1e-8)
        else:
            assert_gradient(grads[place.name], part, place.name)


def shifts_taken_off(config: Config) -> set[str]:
    """Biases before a batch norm: it takes off the mean, so they change nothing."""
    blocks = enumerate(config.convs, start=1)
    return {f"conv{number}.b" for number, block in blocks if block.norm == "batch"}


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-12), ("float32", 1e-6)])
@pytest.mark.parametrize("layers", [1, 2])
def test_a_sample_reads_the_same_alone_and_beside_wider_ones(
    layers: int, dtype: str, tolerance: float
) -> None:
    config = tiny_word(dtype=dtype, layers=layers)
    model, params = build(config), random_params(config)
    x, width_N = images(config, (31, 64, 5))
    x_NCHW = x.astype(dtype)
    logits, _ = forward(model, params, x_NCHW, width_N)
    for n, width in enumerate(width_N):
        t = config.n_frames(int(width))
        part = slice(n, n + 1)
        alone, _ = forward(model, params, x_NCHW[part, ..., : 4 * t], width_N[part])
        padded, _ = forward(model, params, x_NCHW[part], width_N[part])
        assert alone.shape[1] == padded.shape[1] == t
        np.testing.assert_array_equal(padded, alone)
        np.testing.assert_allclose(logits[n, :t], alone[0], rtol=0, atol=tolerance)


@pytest.mark.parametrize("config", STACKS.values(), ids=STACKS.keys())
def test_any_stack_reads_a_sample_the_same_alone_and_beside_wider_ones(config: Config) -> None:
    model, params, statistics = build(config), random_params(config), init_statistics(config)
    x_NCHW, width_N = images(config, (31, 64, 5))
    logits, _ = forward(model, params, x_NCHW, width_N, statistics=statistics)
    for n, width in enumerate(width_N):
        t, part = config.n_frames(int(width)), slice(n, n + 1)
        alone, cache = forward(
            *(model, params, x_NCHW[part, ..., : config.stride * t], width_N[part]),
            statistics=statistics,
        )
        assert cache.drops == (None,) * config.layers
        assert alone.shape[1] == t == -(-int(width) // config.stride)
        np.testing.assert_allclose(logits[n, :t], alone[0], rtol=0, atol=1e-12)


@pytest.mark.parametrize("config", STACKS.values(), ids=STACKS.keys())
def test_stated_shapes_of_any_stack_are_those_of_the_arrays(config: Config) -> None:
    x_NCHW, width_N = images(config, (61,))
    _, cache = forward(
        build(config), init_params(config), x_NCHW, width_N, statistics=init_statistics(config)
    )
    stated = {op.name: op for op in output_shapes(config, 61)}
    for level, block in enumerate(cache.blocks, start=1):
        channels, rows, columns = stated[f"conv{level}"].shape
        assert (channels, rows) == block.conv_NCHW.shape[1:3]
        assert columns <= block.conv_NCHW.shape[3]
        assert stated[f"pool{level}"].shape[:2] == block.pool_NCHW.shape[1:3]
        assert not block.pool_NCHW[..., stated[f"pool{level}"].shape[2] :].any()
        assert isinstance(block, BlockCache)
        assert (f"norm{level}" in stated) == (block.norm is not None)
    assert ("dropout1" in stated) == (config.dropout > 0)
    assert stated["frames"].shape == cache.frames_NTD.shape[1:]
    assert stated["linear"].shape == cache.logits_NTK.shape[1:]


def test_statistics_move_by_one_shard_after_the_other_and_are_what_reading_uses() -> None:
    config = STACKS["batch norm, GRU"]
    model, params, fresh = build(config), random_params(config), init_statistics(config)
    assert list(fresh) == ["norm1.mean", "norm1.var", "norm2.mean", "norm2.var"]
    passes = []
    for shard, seed in enumerate((1, 2)):
        x_NCHW, width_N = images(config, (22, 17), seed)
        passes.append(forward(model, params, x_NCHW, width_N, training=Training(0, shard))[1])
    seen = [batch_statistics(cache) for cache in passes]
    both = moved_statistics(model, fresh, seen)
    one = moved_statistics(model, fresh, seen[:1])
    np.testing.assert_array_equal(moved_statistics(model, one, seen[1:]).flat, both.flat)
    assert (moved_statistics(model, fresh, seen[::-1])["norm1.mean"] != both["norm1.mean"]).any()
    read, _ = forward(model, params, x_NCHW, width_N, statistics=both)
    assert (read != forward(model, params, x_NCHW, width_N, statistics=fresh)[0]).any()
    with pytest.raises(ShapeError, match=r"there is no norm1\.mean; give the running statistics"):
        forward(model, params, x_NCHW, width_N)


def test_dropout_falls_by_step_shard_and_layer_and_never_while_reading() -> None:
    config = STACKS["strides and even kernels, dropout"]
    model, params = build(config), random_params(config)
    x_NCHW, width_N = images(config, (22, 17))

    def drops(step: int, shard: int) -> list[Real]:
        cache = forward(model, params, x_NCHW, width_N, training=Training(step, shard))[1]
        return [drop.factor for drop in cache.drops if drop is not None]

    first = drops(3, 0)
    assert len(first) == 2
    np.testing.assert_equal(first, drops(3, 0))
    for other in (drops(4, 0), drops(3, 1), first[::-1]):
        assert all((a != b).any() for a, b in zip(first, other, strict=True))


def test_a_batch_too_narrow_for_its_samples_is_refused() -> None:
    config = tiny_word()
    x_NCHW, width_N = images(config, (30,))
    x_NCHW = x_NCHW[..., :30]
    with pytest.raises(ShapeError, match="needs 32 columns, got 30"):
        forward(build(config), init_params(config), x_NCHW.astype(np.float32), width_N)


def test_parameters_are_read_only_aligned_views_of_one_vector() -> None:
    params = init_params(tiny_word())
    assert list(params)[:3] == ["conv1.w", "conv1.b", "conv2.w"]
    assert list(params)[-5:] == [
        "rnn1.bwd.w_ih",
        "rnn1.bwd.w_hh",
        "rnn1.bwd.b",
        "linear.w",
        "linear.b",
    ]
    for place in params.layout.places:
        assert place.start % ALIGNMENT == 0
        assert np.shares_memory(params[place.name], params.flat)
        with pytest.raises(ValueError, match="read-only"):
            params[place.name][...] = 0
    gaps = itertools.pairwise([*params.layout.places, None])
    assert not any(params.flat[a.stop : b.start].any() for a, b in gaps if a and b)
    assert params.flat.dtype == np.float32


def test_a_parameter_of_another_shape_or_name_is_refused_by_name() -> None:
    place = layout(tiny_word())
    arrays = dict(init_params(tiny_word()))
    with pytest.raises(ShapeError, match=r"linear\.w has shape \(3,\)"):
        place.flatten({**arrays, "linear.w": np.zeros(3)}, "float32")
    with pytest.raises(ShapeError, match=r"called conv9\.w"):
        place.flatten({**arrays, "conv9.w": np.zeros(3)}, "float32")
    del arrays["conv1.b"]
    with pytest.raises(ShapeError, match=r"no array for conv1\.b"):
        place.flatten(arrays, "float32")


def test_an_op_is_drawn_at_its_own_address_whatever_the_rest_is() -> None:
    short, long = init_params(tiny_word()), init_params(tiny_word(layers=2))
    np.testing.assert_array_equal(short["conv2.w"], long["conv2.w"])
    assert not np.array_equal(short["rnn1.fwd.w_hh"], short["rnn1.bwd.w_hh"])
    assert not np.array_equal(short["conv2.w"], init_params(tiny_word(seed=8))["conv2.w"])


def test_fresh_lstms_remember_and_other_biases_are_zero() -> None:
    params = init_params(tiny_word())
    np.testing.assert_array_equal(params["rnn1.fwd.b"], np.repeat([0, 1, 0, 0], 5))
    assert not params["conv1.b"].any()
    assert not params["linear.b"].any()


@pytest.mark.parametrize("name", ["seed", "word", "line", "lesson"])
def test_stated_shapes_and_counts_are_those_of_the_arrays(name: str) -> None:
    config = preset(name)
    width = config.input.width - 2 if config.input.shape == "height" else 32
    x_NCHW, width_N = images(config, (width,))
    x_NCHW, statistics = x_NCHW.astype(np.float32), init_statistics(config)
    model, params = build(config), init_params(config)
    _, cache = forward(model, params, x_NCHW, width_N, statistics=statistics)
    stated = {op.name: op for op in output_shapes(config, width)}
    for level, block in enumerate(cache.blocks, start=1):
        _, rows, columns = stated[f"conv{level}"].shape
        assert rows == block.conv_NCHW.shape[2]
        assert columns <= block.conv_NCHW.shape[3]
        assert stated[f"pool{level}"].shape[:2] == block.pool_NCHW.shape[1:3]
    assert stated["frames"].shape == cache.frames_NTD.shape[1:]
    assert stated["linear"].shape == cache.logits_NTK.shape[1:]
    total = sum(op.n_parameters for op in stated.values())
    assert total == count_parameters(config) == sum(w.size for w in init_params(config).values())


def test_the_ops_are_built_once_for_equal_configs() -> None:
    assert build(tiny_word()) is build(replace(tiny_word()))
