"""The fast convolutions and inputs that gradient checks and planted faults run over.

What `op_cases` is for the plain ops. A kernel reads and writes `Maps`; here it is fed pictures and
asked for pictures.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from crnn.arrays import F64, I64, Real
from crnn.kernels import maps
from crnn.kernels.maps import Maps
from crnn.kernels.normed import Normed
from crnn.kernels.stem import Stem
from crnn.kernels.winograd import Winograd
from crnn.ops.norm import BatchNorm2d, Statistics
from tests.support import assert_gradient, numeric_gradient

RUNNING = Statistics(np.array([0.3, -0.2]), np.array([1.5, 0.4]))


@dataclasses.dataclass(frozen=True)
class KernelCase:
    """An op on a picture whose samples have `columns_N` columns of their own.

    `running` is for `Normed`: None in training. The second channel's norm falls.
    """

    op: Any
    shape: tuple[int, int, int, int]
    columns_N: I64
    running: Statistics | None = None

    @property
    def label(self) -> str:
        way = "" if self.norm is None else "train" if self.running is None else "eval"
        return f"{type(self.op).__name__} of {self.conv} {self.columns_N} {way}".strip()

    @property
    def conv(self) -> Any:
        return getattr(self.op, "conv", self.op)

    @property
    def norm(self) -> BatchNorm2d | None:
        return getattr(self.op, "norm", None)

    @property
    def x(self) -> F64:
        return np.random.default_rng(11).normal(size=self.shape)

    @property
    def idle(self) -> tuple[str, ...]:
        """Parameters that change nothing: the norm takes the bias off with the mean."""
        return ("b",) if self.norm is not None and self.running is None else ()

    def params(self) -> dict[str, F64]:
        draw = np.random.default_rng(3)
        shapes = {"w": (2, self.shape[1], 3, 3), "b": (2,)}
        made = {name: draw.normal(size=shape) for name, shape in shapes.items()}
        if self.norm is not None:
            made |= {"norm.w": np.array([1.2, -0.7]), "norm.b": np.array([0.1, 0.3])}
        return made

    def forward(self, params: dict[str, F64], x_NCHW: F64) -> tuple[Real, Any]:
        down = self.conv.pool[1]
        keep_NW = np.arange(self.shape[3] // down) < -(-self.columns_N // down)[:, None]
        x = x_NCHW if type(self.conv).__name__ == "Stem" else as_maps(x_NCHW)
        more = () if self.norm is None else (self.columns_N, self.running)
        y, cache = self.op.forward(params, x, keep_NW, *more)
        return y.to_nchw(), cache

    def backward(
        self, params: dict[str, F64], cache: Any, dy_NCHW: F64
    ) -> tuple[Real | None, dict[str, Real]]:
        if hasattr(self.op, "gradients"):
            return None, self.op.gradients(cache, as_maps(dy_NCHW))
        dx, grads = self.op.backward(params, cache, as_maps(dy_NCHW))
        return (None if dx is None else dx.to_nchw()), grads


def as_maps(x_NCHW: Real) -> Maps:
    n, c, rows, _ = x_NCHW.shape
    x_TND = x_NCHW.transpose(3, 0, 1, 2).reshape(-1, n, c * rows)
    return maps.from_frames(x_TND, rows)


_RAGGED = np.array([10, 7, 4])
_OPS = (
    (Stem(2, (2, 2)), (3, 1, 4, 10)),
    (Stem(2, (1, 1)), (3, 1, 3, 10)),
    (Winograd(3, 2, (2, 2)), (3, 3, 4, 10)),
    (Winograd(3, 2, (2, 1)), (3, 3, 6, 10)),
    (Winograd(2, 2, (1, 1)), (3, 2, 3, 10)),
)
KERNEL_CASES = [
    *(KernelCase(op, shape, _RAGGED) for op, shape in _OPS),
    *(
        KernelCase(Normed(op, BatchNorm2d(2)), shape, columns_N, running)
        for op, shape in _OPS
        for running, columns_N in ((None, _RAGGED), (None, np.full(3, 10)), (RUNNING, _RAGGED))
    ),
]


def check_kernel(case: KernelCase) -> None:
    """Analytic against central differences, for x and every parameter. Raises AssertionError."""
    params, x = case.params(), case.x
    y, cache = case.forward(params, x)
    weights = np.random.default_rng(2).normal(size=y.shape)
    dx, grads = case.backward(params, cache, weights)

    def loss_of(name: str) -> Callable[[F64], float]:
        return lambda w: float((case.forward({**params, name: w}, x)[0] * weights).sum())

    def loss_of_x(x_NCHW: F64) -> float:
        return float((case.forward(params, x_NCHW)[0] * weights).sum())

    assert grads.keys() == params.keys()
    if dx is not None:
        assert_gradient(dx, numeric_gradient(loss_of_x, x), "x")
    for name, w in params.items():
        numeric = numeric_gradient(loss_of(name), w)
        if name in case.idle:
            assert not grads[name].any()
            assert np.abs(numeric).max() < 1e-7, "it changes something"
        else:
            assert_gradient(grads[name], numeric, name)
