"""Every op, by one list: gradients against central differences, purity, shapes, dtype, adjoints."""

from __future__ import annotations

import dataclasses
import pkgutil
from typing import Any

import numpy as np
import pytest

import crnn.ops
from crnn.errors import ShapeError
from crnn.ops import conv
from crnn.ops.conv import Conv2d
from crnn.ops.dropout import Dropout
from crnn.ops.norm import BatchNorm2d, LayerNorm
from crnn.ops.pool import AvgPool, MaxPool
from crnn.ops.recurrent import Recurrent
from crnn.rng import rng
from tests.op_cases import CASES, LENGTHS, RUNNING, Case, check_gradients, noise

CONVS = [case for case in CASES if isinstance(case.op, Conv2d)]
every_op = pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)


def test_every_module_of_ops_has_an_entry_in_the_list() -> None:
    modules = {f"crnn.ops.{found.name}" for found in pkgutil.iter_modules(crnn.ops.__path__)}
    assert modules == {type(case.op).__module__ for case in CASES}


@every_op
def test_gradients_agree_with_central_differences(case: Case) -> None:
    check_gradients(case)


@every_op
def test_a_batch_of_one_has_the_right_gradients_too(case: Case) -> None:
    check_gradients(case.first_alone)


@every_op
def test_an_op_is_a_frozen_value_without_a_dict(case: Case) -> None:
    assert not hasattr(case.op, "__dict__")
    for field in dataclasses.fields(case.op):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(case.op, field.name, 1)
    assert case.op == dataclasses.replace(case.op)


@every_op
def test_a_second_forward_does_not_disturb_the_backward_of_the_first(case: Case) -> None:
    params = case.params()
    y, cache = case.forward(params, case.x)
    kept, dy = y.copy(), np.ones_like(y)
    alone = case.op.backward(params, cache, dy)
    y, cache = case.forward(params, case.x)
    case.forward(params, 2 * case.x[::-1])
    after = case.op.backward(params, cache, dy)
    np.testing.assert_array_equal(y, kept)
    np.testing.assert_equal(after, alone)


@every_op
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dtype_and_shapes_are_kept_and_inputs_untouched(case: Case, dtype: str) -> None:
    params, x = case.params(dtype), case.x.astype(dtype)
    for array in (x, *params.values()):
        array.setflags(write=False)
    y, cache = case.forward(params, x)
    dy = np.ones_like(y)
    dy.setflags(write=False)
    dx, grads = case.op.backward(params, cache, dy)
    assert dx.shape == x.shape
    assert {name: grad.shape for name, grad in grads.items()} == getattr(case.op, "shapes", {})
    assert {array.dtype for array in (y, dx, *grads.values())} == {np.dtype(dtype)}
    assert not np.shares_memory(y, x)
    assert not np.shares_memory(dx, dy)


@pytest.mark.parametrize("case", [c for c in CASES if c.is_linear], ids=lambda c: c.label)
def test_backward_of_a_linear_op_is_its_adjoint(case: Case) -> None:
    """<A x, y> = <x, A' y>, A x being what x adds to the output for an input of 0."""
    params = case.params()
    y, cache = case.forward(params, case.x)
    constant, _ = case.forward(params, np.zeros_like(case.x))
    other = np.random.default_rng(5).normal(size=y.shape)
    dx, _ = case.op.backward(params, cache, other)
    np.testing.assert_allclose(((y - constant) * other).sum(), (case.x * dx).sum(), rtol=1e-11)


@pytest.mark.parametrize("block_bytes", [1, 2000, conv.BLOCK_BYTES])
@pytest.mark.parametrize("case", CONVS, ids=lambda case: case.label)
def test_conv_is_its_definition_whatever_the_block(
    case: Case, block_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conv, "BLOCK_BYTES", block_bytes)
    op, params = case.op, case.params()
    (kh, kw), (sh, sw), (ph, pw) = op.kernel, op.stride, op.padding
    padded = np.pad(case.x, ((0, 0), (0, 0), (ph, ph), (pw, pw + op.right)))
    y, _ = case.forward(params, case.x)
    assert y.shape[2:] == ((padded.shape[2] - kh) // sh + 1, (padded.shape[3] - kw) // sw + 1)
    for i, j in np.ndindex(y.shape[2:]):
        window = padded[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
        expected = np.einsum("ncpq,ocpq->no", window, params["w"]) + params["b"]
        np.testing.assert_allclose(y[:, :, i, j], expected, rtol=1e-12)


def test_a_kernel_larger_than_its_input_is_refused() -> None:
    op = Conv2d(1, 1, (5, 3))
    with pytest.raises(ShapeError, match="kernel of 5 x 3 does not fit"):
        op.forward(Case(op, noise(1, 1, 2, 4)).params(), noise(1, 1, 2, 4))


def test_the_first_of_tied_cells_takes_the_whole_gradient() -> None:
    """PyTorch's rule; flat paper ties in every window."""
    x = np.array([[[[1.0, 1, 0, 2], [1, 1, 2, 2]]]])
    y, cache = MaxPool(2, 2).forward({}, x)
    dx, _ = MaxPool(2, 2).backward({}, cache, np.array([[[[5.0, 7]]]]))
    np.testing.assert_array_equal(y, [[[[1, 2]]]])
    np.testing.assert_array_equal(dx, [[[[5, 0, 0, 7], [0, 0, 0, 0]]]])


def test_windows_that_do_not_tile_are_refused_with_the_shape() -> None:
    with pytest.raises(ShapeError, match="2 x 2 do not tile"):
        MaxPool(2, 2).forward({}, np.zeros((1, 1, 4, 5)))


def test_a_mean_pool_gives_every_cell_its_share() -> None:
    y, cache = AvgPool(2, 3).forward({}, np.arange(12.0).reshape(1, 1, 2, 6))
    np.testing.assert_array_equal(y, [[[[4, 7]]]])
    dx, _ = AvgPool(2, 3).backward({}, cache, np.array([[[[6.0, 12]]]]))
    np.testing.assert_array_equal(dx, [[[[1, 1, 1, 2, 2, 2]] * 2]])


def test_batch_norm_counts_only_the_columns_of_each_sample() -> None:
    """Padding of any value changes neither the statistics nor the pixels that count."""
    op, x = BatchNorm2d(2), noise(3, 2, 2, 5)
    params = Case(op, x).params()
    keep = np.arange(5) < LENGTHS[:, None]
    pixels = x.transpose(1, 0, 3, 2)[:, keep].reshape(2, -1)
    y, cache = op.forward(params, x, LENGTHS, None)
    assert cache.batch is not None
    np.testing.assert_allclose(cache.batch.mean_C, pixels.mean(axis=1), rtol=1e-12)
    np.testing.assert_allclose(cache.batch.var_C, pixels.var(axis=1, ddof=1), rtol=1e-12)
    normal = (pixels - pixels.mean(axis=1)[:, None]) / np.sqrt(pixels.var(axis=1) + 1e-5)[:, None]
    expected = normal * params["w"][:, None] + params["b"][:, None]
    np.testing.assert_allclose(y.transpose(1, 0, 3, 2)[:, keep].reshape(2, -1), expected)
    padded = np.where(keep[:, None, None, :], x, 1e3)
    again, _ = op.forward(params, padded, LENGTHS, None)
    np.testing.assert_array_equal(again[0], y[0])


def test_running_statistics_move_a_tenth_towards_the_batch_and_only_while_training() -> None:
    op, x = BatchNorm2d(2), noise(3, 2, 2, 5)
    _, cache = op.forward(Case(op, x).params(), x, LENGTHS, None)
    assert cache.batch is not None
    moved = op.moved(RUNNING, cache.batch)
    np.testing.assert_allclose(moved.mean_C, 0.9 * RUNNING.mean_C + 0.1 * cache.batch.mean_C)
    np.testing.assert_allclose(moved.var_C, 0.9 * RUNNING.var_C + 0.1 * cache.batch.var_C)
    _, judged = op.forward(Case(op, x).params(), x, LENGTHS, moved)
    assert op.moved(moved, judged.batch) is moved


def test_fresh_statistics_change_nothing_but_eps() -> None:
    op, x = BatchNorm2d(2), noise(1, 2, 2, 3)
    y, _ = op.forward({"w": np.ones(2), "b": np.zeros(2)}, x, np.array([3]), op.fresh())
    np.testing.assert_allclose(y, x / np.sqrt(1 + 1e-5), rtol=1e-14)


def test_batch_norm_of_a_single_pixel_is_refused() -> None:
    with pytest.raises(ShapeError, match="2 pixels a channel or more, got 1"):
        BatchNorm2d(1).forward({}, np.zeros((1, 1, 1, 4)), np.array([1]), None)


def test_layer_norm_makes_every_place_mean_0_and_variance_1() -> None:
    op, x = LayerNorm(3, axis=1, eps=0.0), noise(2, 3, 2, 4)
    y, _ = op.forward({"w": np.ones(3), "b": np.zeros(3)}, x)
    np.testing.assert_allclose(y.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(y.var(axis=1), 1, rtol=1e-12)
    with pytest.raises(ShapeError, match="expected 4 on axis 1"):
        LayerNorm(4, axis=1).forward({}, x)


def test_dropout_is_a_function_of_its_address_and_keeps_the_mean() -> None:
    op, x = Dropout(0.3), np.ones((100, 100))
    y, _ = op.forward({}, x, rng(7, 5, "rnn1.shard0"))
    again, _ = op.forward({}, x, rng(7, 5, "rnn1.shard0"))
    np.testing.assert_array_equal(y, again)
    assert set(np.unique(y)) == {0, 1 / 0.7}
    assert y.mean() == pytest.approx(1, abs=0.02)
    single, _ = op.forward({}, x.astype(np.float32), rng(7, 5, "rnn1.shard0"))
    np.testing.assert_array_equal(single > 0, y > 0)
    for other in (rng(7, 6, "rnn1.shard0"), rng(7, 5, "rnn1.shard1"), rng(8, 5, "rnn1.shard0")):
        assert (op.forward({}, x, other)[0] != y).any()


@pytest.mark.parametrize("cell", ["tanh", "lstm", "gru"])
def test_a_cell_is_its_textbook_recursion(cell: Any) -> None:
    op = Recurrent(cell, 3, 4)
    case = Case(op, noise(2, 6, 3), (np.array([6, 6]),))
    params = case.params()
    hidden, memory = np.zeros((2, 4)), np.zeros((2, 4))
    for t in range(6):
        by_input, by_state = (
            case.x[:, t] @ params["w_ih"].T + params["b"],
            hidden @ params["w_hh"].T,
        )
        if cell == "tanh":
            hidden = np.tanh(by_input + by_state)
        elif cell == "lstm":
            i, f, g, o = np.split(by_input + by_state, 4, axis=1)
            i, f, o = (1 / (1 + np.exp(-gate)) for gate in (i, f, o))
            memory = f * memory + i * np.tanh(g)
            hidden = o * np.tanh(memory)
        else:
            both = 1 / (1 + np.exp(-(by_input + by_state)))
            r, z = both[:, :4], both[:, 4:8]
            candidate = np.tanh(by_input[:, 8:] + r * (by_state[:, 8:] + params["b_hn"]))
            hidden = (1 - z) * candidate + z * hidden
        np.testing.assert_allclose(case.forward(params, case.x)[0][:, t], hidden, rtol=1e-12)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("cell", ["tanh", "lstm", "gru"])
def test_a_padded_batch_gives_each_sample_what_it_gets_alone(cell: Any, reverse: bool) -> None:
    op = Recurrent(cell, 3, 4, reverse)
    case = Case(op, noise(3, 5, 3), (LENGTHS,))
    params = case.params()
    y, cache = case.forward(params, case.x)
    dy = np.random.default_rng(6).normal(size=y.shape)
    dx, _ = op.backward(params, cache, dy)
    for n, t in enumerate(LENGTHS):
        part = slice(n, n + 1)
        alone, own = op.forward(params, case.x[part, :t], LENGTHS[part])
        dx_alone, _ = op.backward(params, own, dy[part, :t])
        np.testing.assert_allclose(y[n, :t], alone[0], rtol=1e-12)
        np.testing.assert_allclose(dx[n, :t], dx_alone[0], rtol=1e-12)
        assert not y[n, t:].any()
        assert not dx[n, t:].any()


@pytest.mark.parametrize("reverse", [False, True])
def test_states_of_one_sample_stand_in_image_order(reverse: bool) -> None:
    op = Recurrent("lstm", 3, 4, reverse)
    case = Case(op, noise(3, 5, 3), (LENGTHS,))
    y, cache = case.forward(case.params(), case.x)
    for n, t in enumerate(LENGTHS):
        hidden_TU, gates = op.states(cache, n)
        np.testing.assert_array_equal(hidden_TU, y[n, :t])
        np.testing.assert_allclose(gates["o"] * np.tanh(gates["c"]), hidden_TU, rtol=1e-12)
        assert all(0 < gates[gate].min() <= gates[gate].max() < 1 for gate in "ifo")
    assert op.states(cache, 1).gates.keys() == {"i", "f", "g", "o", "c"}


def test_a_gru_shows_its_own_gates_and_a_tanh_rnn_none() -> None:
    for cell, names in (("gru", {"r", "z", "n"}), ("tanh", set())):
        op = Recurrent(cell, 3, 4)  # type: ignore[arg-type]
        case = Case(op, noise(3, 5, 3), (LENGTHS,))
        _, cache = case.forward(case.params(), case.x)
        states = op.states(cache, 0)
        assert states.gates.keys() == names
