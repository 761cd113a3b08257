"""Linear: the same affine map at every timestep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from crnn.arrays import Params, Real, require


class LinearCache(NamedTuple):
    x_NTD: Real


@dataclass(frozen=True, slots=True)
class Linear:
    """y_NTK = x_NTD @ w_KD.T + b_K."""

    d_in: int
    d_out: int

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"w": (self.d_out, self.d_in), "b": (self.d_out,)}

    def init(self, rng: np.random.Generator) -> dict[str, Real]:
        """Uniform within 1/sqrt(d_in), as PyTorch draws it; bias 0."""
        bound = self.d_in**-0.5
        return {"w": rng.uniform(-bound, bound, self.shapes["w"]), "b": np.zeros(self.d_out)}

    def forward(self, params: Params, x_NTD: Real) -> tuple[Real, LinearCache]:
        require(x_NTD, "N T D", D=self.d_in)
        n, t, d = x_NTD.shape
        y = x_NTD.reshape(n * t, d) @ params["w"].T
        y += params["b"]
        return y.reshape(n, t, self.d_out), LinearCache(x_NTD)

    def backward(
        self, params: Params, cache: LinearCache, dy_NTK: Real
    ) -> tuple[Real, dict[str, Real]]:
        n, t, d = cache.x_NTD.shape
        dy = dy_NTK.reshape(n * t, self.d_out)
        dw_KD = dy.T @ cache.x_NTD.reshape(n * t, d)
        dx = dy @ params["w"]
        return dx.reshape(n, t, d), {"w": dw_KD, "b": np.ones(n * t, dy.dtype) @ dy}
