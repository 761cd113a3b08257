"""Every op, by one list: gradients against central differences, purity, shapes, dtype, adjoints."""

from __future__ import annotations

import dataclasses
import pkgutil
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import crnn.ops
from crnn.arrays import F64, Real
from crnn.errors import ShapeError
from crnn.ops import conv
from crnn.ops.activation import LogSoftmax, Mask, Relu
from crnn.ops.conv import Conv2d
from crnn.ops.linear import Linear
from crnn.ops.pool import MaxPool
from crnn.ops.recurrent import Recurrent
from tests.support import assert_gradient, numeric_gradient, spread

WHOLE, LENGTHS = np.array([5, 5, 5]), np.array([5, 2, 1])


@dataclasses.dataclass(frozen=True)
class Case:
    """An op with an input it likes; is_linear: in x, once the bias is 0."""

    op: Any
    x: F64
    args: tuple[Any, ...] = ()
    is_linear: bool = False

    def params(self, dtype: str = "float64") -> dict[str, Real]:
        if not hasattr(self.op, "init"):
            return {}
        drawn = self.op.init(np.random.default_rng(3))
        noise = np.random.default_rng(4)
        return {
            name: (array + 0.1 * noise.normal(size=array.shape)).astype(dtype)
            for name, array in drawn.items()
        }

    def forward(self, params: dict[str, Real], x: Real) -> tuple[Real, Any]:
        y, cache = self.op.forward(params, x, *self.args)
        return y, cache


def _noise(*shape: int) -> F64:
    return np.random.default_rng(1).normal(size=shape)


CASES = [
    Case(Conv2d(2, 3), _noise(3, 2, 4, 6), is_linear=True),
    Case(Conv2d(1, 2), _noise(2, 1, 1, 3), is_linear=True),
    Case(Conv2d(2, 1), _noise(1, 2, 5, 1), is_linear=True),
    Case(MaxPool(2, 2), spread((2, 3, 4, 6))),
    Case(MaxPool(2, 1), spread((2, 3, 4, 3))),
    Case(MaxPool(1, 4), spread((1, 2, 3, 8))),
    Case(MaxPool(1, 1), spread((1, 2, 2, 2))),
    Case(Relu(), spread((3, 4, 5))),
    Case(LogSoftmax(), _noise(3, 4, 5)),
    Case(Mask(), _noise(3, 2, 4, 5), (np.array([5, 3, 1]),), is_linear=True),
    Case(Linear(4, 6), _noise(2, 3, 4), is_linear=True),
    *(
        Case(Recurrent(cell, 3, 4, reverse), _noise(3, 5, 3), (frames_N,))
        for cell in ("tanh", "lstm")
        for reverse in (False, True)
        for frames_N in (WHOLE, LENGTHS)
    ),
    Case(Recurrent("lstm", 2, 3), _noise(2, 1, 2), (np.array([1, 1]),)),
]
every_op = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.op}{case.args}")


def test_every_module_of_ops_has_an_entry_in_the_list() -> None:
    modules = {f"crnn.ops.{found.name}" for found in pkgutil.iter_modules(crnn.ops.__path__)}
    assert modules == {type(case.op).__module__ for case in CASES}


@every_op
def test_gradients_agree_with_central_differences(case: Case) -> None:
    params = case.params()
    y, cache = case.forward(params, case.x)
    weights = np.random.default_rng(2).normal(size=y.shape)
    dx, grads = case.op.backward(params, cache, weights)

    def loss_of(name: str) -> Callable[[F64], float]:
        return lambda w: float((case.forward({**params, name: w}, case.x)[0] * weights).sum())

    def loss_of_x(x: F64) -> float:
        return float((case.forward(params, x)[0] * weights).sum())

    assert grads.keys() == params.keys()
    assert_gradient(dx, numeric_gradient(loss_of_x, case.x), "x")
    for name, w in params.items():
        if np.any(grads[name]):
            assert_gradient(grads[name], numeric_gradient(loss_of(name), np.asarray(w)), name)
        else:  # one timestep: nothing has come through w_hh
            assert not np.any(numeric_gradient(loss_of(name), np.asarray(w)))


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


@pytest.mark.parametrize("case", [c for c in CASES if c.is_linear], ids=lambda c: str(c.op))
def test_backward_of_a_linear_op_is_its_adjoint(case: Case) -> None:
    """<A x, y> = <x, A' y>."""
    params = {name: w if name == "w" else 0 * w for name, w in case.params().items()}
    y, cache = case.forward(params, case.x)
    other = np.random.default_rng(5).normal(size=y.shape)
    dx, _ = case.op.backward(params, cache, other)
    np.testing.assert_allclose((y * other).sum(), (case.x * dx).sum(), rtol=1e-12)


@pytest.mark.parametrize("block_bytes", [1, 2000, conv.BLOCK_BYTES])
def test_conv_is_its_definition_whatever_the_block(
    block_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conv, "BLOCK_BYTES", block_bytes)
    case = CASES[0]
    params, (n, _, h, w) = case.params(), case.x.shape
    padded = np.pad(case.x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    expected = np.zeros((n, 3, h, w))
    for i, j in np.ndindex(h, w):
        window = padded[:, :, i : i + 3, j : j + 3]
        expected[:, :, i, j] = np.einsum("ncpq,ocpq->no", window, params["w"]) + params["b"]
    np.testing.assert_allclose(case.forward(params, case.x)[0], expected, rtol=1e-12)


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


@pytest.mark.parametrize("cell", ["tanh", "lstm"])
def test_a_cell_is_its_textbook_recursion(cell: Any) -> None:
    op = Recurrent(cell, 3, 4)
    case = Case(op, _noise(2, 6, 3), (np.array([6, 6]),))
    params = case.params()
    hidden, memory = np.zeros((2, 4)), np.zeros((2, 4))
    for t in range(6):
        z = case.x[:, t] @ params["w_ih"].T + hidden @ params["w_hh"].T + params["b"]
        if cell == "tanh":
            hidden = np.tanh(z)
        else:
            i, f, g, o = np.split(z, 4, axis=1)
            i, f, o = (1 / (1 + np.exp(-gate)) for gate in (i, f, o))
            memory = f * memory + i * np.tanh(g)
            hidden = o * np.tanh(memory)
        np.testing.assert_allclose(case.forward(params, case.x)[0][:, t], hidden, rtol=1e-12)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("cell", ["tanh", "lstm"])
def test_a_padded_batch_gives_each_sample_what_it_gets_alone(cell: Any, reverse: bool) -> None:
    op = Recurrent(cell, 3, 4, reverse)
    case = Case(op, _noise(3, 5, 3), (LENGTHS,))
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
    case = Case(op, _noise(3, 5, 3), (LENGTHS,))
    y, cache = case.forward(case.params(), case.x)
    for n, t in enumerate(LENGTHS):
        hidden_TU, gates = op.states(cache, n)
        np.testing.assert_array_equal(hidden_TU, y[n, :t])
        np.testing.assert_allclose(gates["o"] * np.tanh(gates["c"]), hidden_TU, rtol=1e-12)
        assert all(0 < gates[gate].min() <= gates[gate].max() < 1 for gate in "ifo")
    assert op.states(cache, 1).gates.keys() == {"i", "f", "g", "o", "c"}
