"""Optimisers on flat vectors, as value transitions: new read-only vectors out, inputs untouched.

The arithmetic is PyTorch's: Adam (Kingma and Ba 2015) with bias correction and eps outside the
root, momentum without dampening, clipping by the norm over all tensors together. Weight decay is
L2 (added to the gradient, after clipping) but for AdamW, where it is decoupled (Loshchilov and
Hutter 2019): the parameters shrink by lr weight_decay and the moments never see it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from crnn.arrays import Real, empty, frozen
from crnn.config import Config
from crnn.pool import vector

CLIP_EPS = 1e-6
"""PyTorch divides by norm + 1e-6, so a norm exactly at the limit is scaled a hair down."""

BLOCK = 1 << 16
"""Elements Adam takes at a time: its dozen passes over them then stay in the second-level cache."""

Update = tuple[Real, tuple[Real, ...]]
"""New parameters, new moments."""


def global_norm(grad_P: Real) -> float:
    """Euclidean norm over all tensors, summed in float64 so that no square overflows."""
    total = 0.0
    for start in range(0, len(grad_P), BLOCK):
        grad: Real = grad_P[start : start + BLOCK].astype(np.float64)
        total += float(grad @ grad)
    return float(np.sqrt(total))


def clip(grad_P: Real, norm: float, limit: float) -> Real:
    """grad scaled by min(1, limit / (norm + 1e-6)); the array itself where that is 1."""
    scale = limit / (norm + CLIP_EPS)
    return grad_P if scale >= 1 else grad_P * grad_P.dtype.type(scale)


def adam(
    config: Config, lr: float, step: int, param_P: Real, moments_P: tuple[Real, ...], grad_P: Real
) -> Update:
    """The update from state `step` (0 is the first); moments_P is (m, v)."""
    return _adam(config, lr, step, param_P, moments_P, _with_decay(config, param_P, grad_P))


def adamw(
    config: Config, lr: float, step: int, param_P: Real, moments_P: tuple[Real, ...], grad_P: Real
) -> Update:
    """Adam from parameters that were shrunk by lr weight_decay; moments_P is (m, v)."""
    shrunk_P = param_P * param_P.dtype.type(1 - lr * config.weight_decay)
    return _adam(config, lr, step, shrunk_P, moments_P, grad_P)


def _adam(
    config: Config, lr: float, step: int, param_P: Real, moments_P: tuple[Real, ...], grad_P: Real
) -> Update:
    m, v, param = (vector(len(param_P), param_P.dtype) for _ in range(3))
    scratch: Real = empty((min(BLOCK, len(param_P)),), param_P.dtype)
    for start in range(0, len(param_P), BLOCK):
        part = slice(start, start + BLOCK)
        before = (param_P[part], *(moment[part] for moment in moments_P))
        into = (param[part], m[part], v[part], scratch[: len(param[part])])
        _adam_block(config, lr, step, before, grad_P[part], into)
    return frozen(param), (frozen(m), frozen(v))


def _adam_block(
    config: Config,
    lr: float,
    step: int,
    before: tuple[Real, ...],
    grad_P: Real,
    into: tuple[Real, Real, Real, Real],
) -> None:
    """before: param, m, v; into: the same, and scratch."""
    beta1, beta2 = config.betas
    param_before, m_before, v_before = before
    param, m, v, scratch = into
    np.multiply(grad_P, 1 - beta1, out=scratch)
    np.multiply(m_before, beta1, out=m)
    m += scratch
    np.multiply(grad_P, grad_P, out=v)
    v *= 1 - beta2
    np.multiply(v_before, beta2, out=scratch)
    v += scratch
    # Both corrections are taken out of the fraction, which saves a pass.
    correction = (1 - beta2 ** (step + 1)) ** 0.5
    np.sqrt(v, out=scratch)
    scratch += config.eps * correction
    np.divide(m, scratch, out=scratch)
    scratch *= -lr * correction / (1 - beta1 ** (step + 1))
    np.add(scratch, param_before, out=param)


def sgd(
    config: Config, lr: float, step: int, param_P: Real, moments_P: tuple[Real, ...], grad_P: Real
) -> Update:
    """velocity = momentum velocity + grad; param - lr velocity. moments_P is (velocity,).

    With Nesterov's look ahead, param - lr (grad + momentum velocity).
    """
    (before,) = moments_P
    grad_P = _with_decay(config, param_P, grad_P)
    velocity = before * config.momentum
    velocity += grad_P
    if config.nesterov:
        param = velocity * config.momentum
        param += grad_P
        param *= -lr
    else:
        param = velocity * -lr
    param += param_P
    return frozen(param), (frozen(velocity),)


def rmsprop(
    config: Config, lr: float, step: int, param_P: Real, moments_P: tuple[Real, ...], grad_P: Real
) -> Update:
    """square = rho square + (1 - rho) grad^2; param - lr grad / (sqrt(square) + eps).

    Hinton 2012, without momentum. moments_P is (square,).
    """
    (before,) = moments_P
    grad_P = _with_decay(config, param_P, grad_P)
    square = _running_square(config.rho, before, grad_P)
    param = np.sqrt(square)
    param += config.eps
    np.divide(grad_P, param, out=param)
    param *= -lr
    param += param_P
    return frozen(param), (frozen(square),)


def adadelta(
    config: Config, lr: float, step: int, param_P: Real, moments_P: tuple[Real, ...], grad_P: Real
) -> Update:
    """The step is grad sqrt(average step^2 + eps) / sqrt(average grad^2 + eps), times lr.

    Zeiler 2012; what the CRNN paper trained with (lr 1, rho 0.9, eps 1e-6 in PyTorch).
    moments_P is (average grad^2, average step^2).
    """
    square_before, moved_before = moments_P
    grad_P = _with_decay(config, param_P, grad_P)
    square = _running_square(config.rho, square_before, grad_P)
    change = np.sqrt((moved_before + config.eps) / (square + config.eps))
    change *= grad_P
    moved = _running_square(config.rho, moved_before, change)
    change *= -lr
    change += param_P
    return frozen(change), (frozen(square), frozen(moved))


def _with_decay(config: Config, param_P: Real, grad_P: Real) -> Real:
    """The gradient of the loss plus weight_decay |param|^2 / 2; itself where that is 0."""
    return grad_P + param_P * config.weight_decay if config.weight_decay else grad_P


def _running_square(rho: float, before_P: Real, x_P: Real) -> Real:
    square = x_P * x_P
    square *= 1 - rho
    square += before_P * rho
    return square


Rule = Callable[[Config, float, int, Real, tuple[Real, ...], Real], Update]
RULES: dict[str, Rule] = {
    "adam": adam,
    "adamw": adamw,
    "sgd": sgd,
    "rmsprop": rmsprop,
    "adadelta": adadelta,
}
MOMENT_NAMES = {
    "adam": ("m", "v"),
    "adamw": ("m", "v"),
    "sgd": ("velocity",),
    "rmsprop": ("square",),
    "adadelta": ("square", "moved"),
}
"""What an optimiser carries from step to step, each a flat vector."""
N_MOMENTS = {name: len(moments) for name, moments in MOMENT_NAMES.items()}
