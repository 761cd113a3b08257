"""The one list of ops and inputs that proofs run over, and the gradient check itself.

Every proof of the ops takes its cases from here: the checks in test_ops, the planted faults of
test_mutations, the comparison with PyTorch. A case keeps its input away from kinks and ties.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from crnn.arrays import F64, I64, Real
from crnn.ctc.loss import CtcResult
from crnn.ops.activation import LeakyRelu, LogSoftmax, Mask, Relu, Sigmoid, Tanh
from crnn.ops.conv import Conv2d
from crnn.ops.dropout import Dropout
from crnn.ops.linear import Linear
from crnn.ops.norm import BatchNorm2d, LayerNorm, Statistics
from crnn.ops.pool import AvgPool, MaxPool
from crnn.ops.recurrent import Recurrent
from crnn.rng import rng
from tests.support import assert_gradient, numeric_gradient, spread

WHOLE, LENGTHS = np.array([5, 5, 5]), np.array([5, 2, 1])


@dataclasses.dataclass(frozen=True)
class Case:
    """An op with an input it likes; is_linear: in x, but for a constant.

    args: what forward takes besides; arrays have an entry a sample, a function is called each time.
    """

    op: Any
    x: F64
    args: tuple[Any, ...] = ()
    is_linear: bool = False
    note: str = ""

    @property
    def label(self) -> str:
        lengths = [str(arg) for arg in self.args if isinstance(arg, np.ndarray)]
        return " ".join([str(self.op), *lengths, self.note]).strip()

    @property
    def first_alone(self) -> Case:
        """The same op on the first sample, a batch of one."""
        args = (arg[:1] if isinstance(arg, np.ndarray) else arg for arg in self.args)
        return dataclasses.replace(self, x=self.x[:1], args=tuple(args), note="alone")

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
        y, cache = self.op.forward(params, x, *(_ready(arg, x) for arg in self.args))
        return y, cache


def _ready(arg: Any, x: Real) -> Any:
    if isinstance(arg, Statistics):
        return Statistics(*(part.astype(x.dtype) for part in arg))
    return arg() if callable(arg) else arg


def noise(*shape: int) -> F64:
    return np.random.default_rng(1).normal(size=shape)


def _fresh_generator() -> np.random.Generator:
    return rng(7, 3, "rnn1.shard0")


RUNNING = Statistics(np.array([0.3, -0.2]), np.array([1.5, 0.4]))

CASES = [
    Case(Conv2d(2, 3), noise(3, 2, 4, 6), is_linear=True),
    Case(Conv2d(1, 2), noise(2, 1, 1, 3), is_linear=True),
    Case(Conv2d(2, 1), noise(1, 2, 5, 1), is_linear=True),
    Case(Conv2d(2, 2, (1, 1), padding=(0, 0)), noise(2, 2, 3, 4), is_linear=True),
    Case(Conv2d(2, 2, (2, 2), padding=(0, 0), right=1), noise(2, 2, 3, 4), is_linear=True),
    Case(Conv2d(1, 2, (3, 2), (2, 1), (1, 0)), noise(2, 1, 5, 4), is_linear=True),
    Case(Conv2d(2, 2, (5, 3), (2, 2), (2, 1)), noise(2, 2, 6, 7), is_linear=True),
    Case(Conv2d(1, 1, (2, 2), (3, 3), (2, 2)), noise(2, 1, 6, 5), is_linear=True),
    Case(MaxPool(2, 2), spread((2, 3, 4, 6))),
    Case(MaxPool(2, 1), spread((2, 3, 4, 3))),
    Case(MaxPool(1, 4), spread((1, 2, 3, 8))),
    Case(MaxPool(3, 5), spread((2, 1, 6, 5))),
    Case(MaxPool(1, 1), spread((1, 2, 2, 2))),
    Case(AvgPool(2, 2), noise(2, 3, 4, 6), is_linear=True),
    Case(AvgPool(3, 1), noise(2, 1, 6, 3), is_linear=True),
    Case(Relu(), spread((3, 4, 5))),
    Case(LeakyRelu(), spread((3, 4, 5))),
    Case(LeakyRelu(0.3), spread((2, 3))),
    Case(Tanh(), noise(3, 4, 5)),
    Case(Sigmoid(), noise(3, 4, 5)),
    Case(LogSoftmax(), noise(3, 4, 5)),
    Case(Mask(), noise(3, 2, 4, 5), (np.array([5, 3, 1]),), is_linear=True),
    Case(BatchNorm2d(2), noise(3, 2, 2, 5), (WHOLE, None), note="train"),
    Case(BatchNorm2d(2), noise(3, 2, 2, 5), (LENGTHS, None), note="train"),
    Case(BatchNorm2d(2), noise(3, 2, 2, 5), (LENGTHS, RUNNING), is_linear=True, note="eval"),
    Case(LayerNorm(4), noise(3, 2, 4)),
    Case(LayerNorm(3, axis=1), noise(2, 3, 2, 4)),
    Case(Dropout(0.4), noise(3, 4, 5), (_fresh_generator,), is_linear=True),
    Case(Linear(4, 6), noise(2, 3, 4), is_linear=True),
    *(
        Case(Recurrent(cell, 3, 4, reverse), noise(3, 5, 3), (frames_N,))
        for cell in ("tanh", "lstm", "gru")
        for reverse in (False, True)
        for frames_N in (WHOLE, LENGTHS)
    ),
    Case(Recurrent("lstm", 2, 3), noise(2, 1, 2), (np.array([1, 1]),)),
    Case(Recurrent("gru", 2, 3), noise(2, 1, 2), (np.array([1, 1]),)),
]


def check_gradients(case: Case) -> None:
    """Analytic against central differences, for x and every parameter. Raises AssertionError."""
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
        numeric = numeric_gradient(loss_of(name), np.asarray(w))
        if np.any(numeric):
            assert_gradient(grads[name], numeric, name)
        else:  # one timestep: nothing has come through w_hh
            assert not np.any(grads[name]), f"{name}: a gradient, though nothing depends on it"


CTC_LABELS: tuple[I64, ...] = tuple(
    np.array(label, np.int64) for label in ([1, 2, 1], [2, 2], [3], [])
)
CTC_FRAMES = np.array([6, 4, 2, 3])


def check_ctc(ctc_loss: Callable[..., CtcResult]) -> None:
    """The gradient of the summed losses against central differences. Raises AssertionError.

    A class that occurs twice, equal neighbours, an empty label, different lengths.
    """
    logits_NTK = noise(len(CTC_LABELS), int(CTC_FRAMES.max()), 4)

    def loss(logits: F64) -> float:
        return float(ctc_loss(logits, CTC_FRAMES, CTC_LABELS).loss_N.sum())

    found = ctc_loss(logits_NTK, CTC_FRAMES, CTC_LABELS)
    assert found.feasible_N.all()
    assert_gradient(found.dlogits_NTK, numeric_gradient(loss, logits_NTK, h=1e-5), "logits")
