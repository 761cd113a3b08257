"""Optimisers on flat vectors, as value transitions: new read-only vectors out, inputs untouched.

The arithmetic is PyTorch's: Adam (Kingma and Ba 2015) with bias correction and eps outside the
root, momentum without dampening, clipping by the norm over all tensors together.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from crnn.arrays import Real, frozen
from crnn.config import Config

CLIP_EPS = 1e-6
"""PyTorch divides by norm + 1e-6, so a norm exactly at the limit is scaled a hair down."""

Update = tuple[Real, tuple[Real, ...]]
"""New parameters, new moments."""


def global_norm(grad_P: Real) -> float:
    """Euclidean norm over all tensors, summed in float64 so that no square overflows."""
    grad: Real = grad_P.astype(np.float64)
    return float(np.sqrt(grad @ grad))


def clip(grad_P: Real, norm: float, limit: float) -> Real:
    """grad scaled by min(1, limit / (norm + 1e-6)); the array itself where that is 1."""
    scale = limit / (norm + CLIP_EPS)
    return grad_P if scale >= 1 else grad_P * grad_P.dtype.type(scale)


def adam(
    config: Config, lr: float, step: int, param_P: Real, moments_P: tuple[Real, ...], grad_P: Real
) -> Update:
    """The update from state `step` (0 is the first); moments_P is (m, v)."""
    beta1, beta2 = config.betas
    m_before, v_before = moments_P
    m = m_before * beta1
    m += grad_P * (1 - beta1)
    v = grad_P * grad_P
    v *= 1 - beta2
    v += v_before * beta2
    scale = np.sqrt(v)
    scale *= (1 - beta2 ** (step + 1)) ** -0.5
    scale += config.eps
    np.divide(m, scale, out=scale)
    scale *= -lr / (1 - beta1 ** (step + 1))
    scale += param_P
    return frozen(scale), (frozen(m), frozen(v))


def sgd(
    config: Config, lr: float, step: int, param_P: Real, moments_P: tuple[Real, ...], grad_P: Real
) -> Update:
    """velocity = momentum velocity + grad; param - lr velocity. moments_P is (velocity,)."""
    (before,) = moments_P
    velocity = before * config.momentum
    velocity += grad_P
    param = velocity * -lr
    param += param_P
    return frozen(param), (frozen(velocity),)


Rule = Callable[[Config, float, int, Real, tuple[Real, ...], Real], Update]
RULES: dict[str, Rule] = {"adam": adam, "sgd": sgd}
N_MOMENTS = {"adam": 2, "sgd": 1}
"""Flat vectors an optimiser carries from step to step."""
