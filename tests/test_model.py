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
    backward,
    build,
    count_parameters,
    forward,
    init_params,
    layout,
    output_shapes,
)
from crnn.params import ALIGNMENT, FlatParams
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
        shifted = FlatParams.from_flat(params.layout, flat)
        logits, cache = forward(model, shifted, x_NCHW, width_N)
        return float(ctc_loss(logits, cache.frames_N, LABELS).loss_N.sum())

    logits, cache = forward(model, params, x_NCHW, width_N)
    ctc = ctc_loss(logits, cache.frames_N, LABELS)
    assert ctc.feasible_N.all()
    grads = backward(model, params, cache, ctc.dlogits_NTK)
    flat = np.asarray(params.flat, np.float64)
    numeric = numeric_gradient(loss, flat, h=1e-5)
    for place in params.layout.places:
        part = numeric[place.start : place.stop].reshape(place.shape)
        assert_gradient(grads[place.name], part, place.name)


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
    _, cache = forward(build(config), init_params(config), x_NCHW.astype(np.float32), width_N)
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
