"""Agreement with PyTorch in float64, to 1e-9: every op, CTC, optimisers, schedules, whole steps.

Optional: skipped where torch is not installed. What must hold without it is proven elsewhere; this
shows that the numbers are also those of the program most people would compare with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from crnn.arrays import F64, I64, Real
from crnn.config import Config
from crnn.ctc.loss import ctc_loss
from crnn.ops.activation import LeakyRelu, LogSoftmax, Mask, Relu, Sigmoid, Tanh
from crnn.ops.conv import Conv2d
from crnn.ops.dropout import Dropout
from crnn.ops.linear import Linear
from crnn.ops.norm import BatchNorm2d, LayerNorm
from crnn.ops.pool import AvgPool, MaxPool
from crnn.ops.recurrent import Recurrent
from crnn.optim import N_MOMENTS, RULES, clip, global_norm
from crnn.schedule import factor
from tests.op_cases import CASES, RUNNING, WHOLE, Case, noise
from tests.support import tiny_word

torch = pytest.importorskip("torch")
F = pytest.importorskip("torch.nn.functional")
Tensor = Any
TOLERANCE = 1e-9


def tensor(x: Real) -> Tensor:
    return torch.from_numpy(np.array(x, np.float64)).requires_grad_()


def close(ours: Real, theirs: Any, name: str, at_most: float = TOLERANCE) -> None:
    """Equal to `at_most` of the largest value."""
    expected = theirs.detach().numpy() if hasattr(theirs, "detach") else np.asarray(theirs)
    scale = max(1.0, float(np.abs(expected).max(initial=0)))
    np.testing.assert_allclose(ours, expected, rtol=0, atol=at_most * scale, err_msg=name)


# Ops.


def _batch_norm(case: Case, x: Tensor, p: dict[str, Tensor]) -> Tensor:
    op, (columns_N, running) = case.op, case.args
    if running is not None:
        mean, var = (torch.from_numpy(part) for part in running)
        return F.batch_norm(x, mean, var, p["w"], p["b"], False, op.momentum, op.eps)
    if (columns_N == x.shape[3]).all():
        return F.batch_norm(x, None, None, p["w"], p["b"], True, op.momentum, op.eps)
    keep = torch.from_numpy(np.arange(x.shape[3]) < columns_N[:, None])
    pixels = x.permute(1, 0, 3, 2)[:, keep].reshape(x.shape[1], -1)
    mean, var = (part[:, None, None] for part in (pixels.mean(1), pixels.var(1, unbiased=False)))
    w, b = (p[name][:, None, None] for name in "wb")
    return (x - mean) / torch.sqrt(var + op.eps) * w + b


def _layer_norm(case: Case, x: Tensor, p: dict[str, Tensor]) -> Tensor:
    op = case.op
    moved = x.movedim(op.axis, -1)
    return F.layer_norm(moved, (op.size,), p["w"], p["b"], op.eps).movedim(-1, op.axis)


def _recurrent(case: Case, x: Tensor, p: dict[str, Tensor]) -> Tensor:
    op, (frames_N,) = case.op, case.args
    kinds = {"tanh": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
    net = kinds[op.cell](op.d_in, op.units, batch_first=True, bidirectional=True).double()
    way = "_reverse" if op.reverse else ""
    second_bias = torch.zeros_like(p["b"])
    if op.cell == "gru":
        second_bias = torch.cat([second_bias[: 2 * op.units], p["b_hn"]])
    own = {"weight_ih": p["w_ih"], "weight_hh": p["w_hh"], "bias_ih": p["b"]}
    own["bias_hh"] = second_bias
    weights = dict(net.named_parameters()) | {f"{n}_l0{way}": w for n, w in own.items()}
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        x, torch.from_numpy(frames_N), batch_first=True, enforce_sorted=False
    )
    y, _ = torch.func.functional_call(net, weights, (packed,))
    y, _ = torch.nn.utils.rnn.pad_packed_sequence(y, batch_first=True, total_length=x.shape[1])
    return y[..., op.units :] if op.reverse else y[..., : op.units]


def _masked(case: Case, x: Tensor, p: dict[str, Tensor]) -> Tensor:
    keep = np.arange(x.shape[3]) < case.args[0][:, None]
    return x * torch.from_numpy(keep)[:, None, None, :]


def _dropped(case: Case, x: Tensor, p: dict[str, Tensor]) -> Tensor:
    """PyTorch draws another mask; with ours, its rule is x * mask / (1 - p)."""
    kept = case.args[0]().random(tuple(x.shape), np.float32) >= case.op.rate
    return x * torch.from_numpy(kept) / (1 - case.op.rate)


def _conv(case: Case, x: Tensor, p: dict[str, Tensor]) -> Tensor:
    op = case.op
    return F.conv2d(F.pad(x, (0, op.right)), p["w"], p["b"], op.stride, op.padding)


THEIRS: dict[type, Callable[[Case, Tensor, dict[str, Tensor]], Tensor]] = {
    Conv2d: _conv,
    MaxPool: lambda case, x, p: F.max_pool2d(x, (case.op.height, case.op.width)),
    AvgPool: lambda case, x, p: F.avg_pool2d(x, (case.op.height, case.op.width)),
    Relu: lambda case, x, p: F.relu(x),
    LeakyRelu: lambda case, x, p: F.leaky_relu(x, case.op.slope),
    Tanh: lambda case, x, p: torch.tanh(x),
    Sigmoid: lambda case, x, p: torch.sigmoid(x),
    LogSoftmax: lambda case, x, p: F.log_softmax(x, -1),
    Mask: _masked,
    BatchNorm2d: _batch_norm,
    LayerNorm: _layer_norm,
    Dropout: _dropped,
    Linear: lambda case, x, p: F.linear(x, p["w"], p["b"]),
    Recurrent: _recurrent,
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_forward_and_gradients_of_an_op_are_theirs(case: Case) -> None:
    params = case.params()
    y, cache = case.forward(params, case.x)
    dy = np.random.default_rng(2).normal(size=y.shape)
    dx, grads = case.op.backward(params, cache, dy)
    x_t, params_t = tensor(case.x), {name: tensor(w) for name, w in params.items()}
    y_t = THEIRS[type(case.op)](case, x_t, params_t)
    (y_t * torch.from_numpy(dy)).sum().backward()
    close(y, y_t, "y")
    close(dx, x_t.grad, "dx")
    for name, w in params_t.items():
        close(grads[name], w.grad, f"d{name}")


def test_running_statistics_are_theirs() -> None:
    op, x = BatchNorm2d(2), noise(3, 2, 2, 5)
    mean, var = (torch.from_numpy(part.copy()) for part in RUNNING)
    for scale in (1.0, 3.0):
        F.batch_norm(torch.from_numpy(scale * x), mean, var, None, None, True, op.momentum)
    running, params = RUNNING, {"w": np.ones(2), "b": np.zeros(2)}
    for scale in (1.0, 3.0):
        running = op.moved(running, op.forward(params, scale * x, WHOLE, None)[1].batch)
    close(running.mean_C, mean, "mean")
    close(running.var_C, var, "var")


# CTC.

CTC_CASES: dict[str, tuple[int, int, list[int], list[list[int]]]] = {
    "one sample": (5, 4, [5], [[1, 2]]),
    "repeats": (8, 4, [8, 8], [[1, 1, 2], [3, 3, 3]]),
    "lengths": (9, 5, [9, 4, 6], [[1, 2, 3, 4], [2], [4, 4]]),
    "just long enough": (5, 3, [5, 3], [[1, 1, 2], [2, 1, 2]]),
    "empty label": (4, 3, [4, 4], [[], [1]]),
    "many classes": (30, 60, [30, 17], [list(range(1, 13)), [5, 5, 9, 9, 9]]),
}


@pytest.mark.parametrize("name", CTC_CASES)
@pytest.mark.parametrize("scale", [1.0, 20.0])
def test_ctc_loss_and_gradient_are_theirs(name: str, scale: float) -> None:
    n_frames, n_classes, lengths, labels = CTC_CASES[name]
    logits_NTK: F64 = scale * np.random.default_rng(0).normal(
        size=(len(lengths), n_frames, n_classes)
    )
    frames_N: I64 = np.array(lengths)
    found = ctc_loss(logits_NTK, frames_N, [np.array(label, np.int64) for label in labels])
    logits = tensor(logits_NTK)
    theirs = F.ctc_loss(
        F.log_softmax(logits, 2).transpose(0, 1),
        torch.tensor([symbol for label in labels for symbol in label], dtype=torch.long),
        torch.from_numpy(frames_N),
        torch.tensor([len(label) for label in labels]),
        reduction="none",
    )
    theirs.sum().backward()
    close(found.loss_N, theirs, "loss")
    close(found.dlogits_NTK, logits.grad, "dlogits")


# Optimisers and schedules.


def their_optimiser(config: Config, params: list[Tensor]) -> Any:
    decay, eps = config.weight_decay, config.eps
    if config.optimiser in ("adam", "adamw"):
        kind = torch.optim.Adam if config.optimiser == "adam" else torch.optim.AdamW
        return kind(params, config.lr, betas=config.betas, eps=eps, weight_decay=decay)
    if config.optimiser == "rmsprop":
        return torch.optim.RMSprop(params, config.lr, alpha=config.rho, eps=eps, weight_decay=decay)
    if config.optimiser == "adadelta":
        return torch.optim.Adadelta(params, config.lr, rho=config.rho, eps=eps, weight_decay=decay)
    return torch.optim.SGD(
        *(params, config.lr, config.momentum),
        weight_decay=decay,
        nesterov=config.nesterov,
    )


RULED = [
    *(
        tiny_word(optimiser=name, weight_decay=decay, lr=0.03, eps=1e-6)
        for name in RULES
        for decay in (0.0, 0.02)
    ),
    tiny_word(optimiser="sgd", momentum=0.0, lr=0.03),
    tiny_word(optimiser="sgd", nesterov=True, weight_decay=0.02, lr=0.03),
]


def _rule_name(config: Config) -> str:
    return f"{config.optimiser} decay={config.weight_decay} nesterov={config.nesterov}"


@pytest.mark.parametrize("config", RULED, ids=_rule_name)
def test_fifty_steps_of_an_optimiser_are_theirs(config: Config) -> None:
    """On a valley ten times as steep one way as the other, with noise on the gradient."""
    steep, noises = np.linspace(1, 10, 6), noise(50, 6)
    param: Real = np.linspace(-1, 1, 6)
    moments: tuple[Real, ...] = tuple(np.zeros(6) for _ in range(N_MOMENTS[config.optimiser]))
    theirs = tensor(param)
    optimiser = their_optimiser(config, [theirs])
    for step in range(50):
        grad = steep * param + noises[step]
        param, moments = RULES[config.optimiser](config, config.lr, step, param, moments, grad)
        theirs.grad = torch.from_numpy(steep * theirs.detach().numpy() + noises[step])
        optimiser.step()
        close(param, theirs, f"step {step}")


def test_clipping_by_the_global_norm_is_theirs() -> None:
    for limit in (0.5, 100.0):
        grad = noise(7)
        theirs = [tensor(np.zeros(3)), tensor(np.zeros(4))]
        theirs[0].grad, theirs[1].grad = torch.from_numpy(grad[:3]), torch.from_numpy(grad[3:])
        ours = clip(grad.copy(), global_norm(grad), limit)
        torch.nn.utils.clip_grad_norm_(theirs, limit)
        close(ours, np.concatenate([p.grad.numpy() for p in theirs]), "clipped")


SCHEDULED = [
    tiny_word(schedule="constant"),
    tiny_word(schedule="step", schedule_steps=7, schedule_factor=0.3),
    tiny_word(schedule="cosine", schedule_steps=40, schedule_factor=0.0),
    tiny_word(schedule="cosine", schedule_steps=40, schedule_factor=0.1),
    tiny_word(schedule="one_cycle", schedule_steps=40),
    tiny_word(schedule="one_cycle", schedule_steps=13),
    tiny_word(schedule="warmup", schedule_steps=9),
]


def their_schedule(config: Config, optimiser: Any) -> Any:
    kinds, steps = torch.optim.lr_scheduler, config.schedule_steps
    if config.schedule == "step":
        return kinds.StepLR(optimiser, steps, config.schedule_factor)
    if config.schedule == "cosine":
        return kinds.CosineAnnealingLR(optimiser, steps, config.schedule_factor * config.lr)
    if config.schedule == "one_cycle":
        return kinds.OneCycleLR(optimiser, config.lr, total_steps=steps, cycle_momentum=False)
    if config.schedule == "warmup":
        return kinds.LinearLR(optimiser, 1 / steps, total_iters=steps - 1)
    return kinds.ConstantLR(optimiser, 1.0)


@pytest.mark.parametrize(
    "config", SCHEDULED, ids=lambda c: f"{c.schedule} {c.schedule_steps} {c.schedule_factor}"
)
def test_a_schedule_is_theirs(config: Config) -> None:
    optimiser = torch.optim.SGD([tensor(np.zeros(1))], config.lr)
    schedule = their_schedule(config, optimiser)
    n_steps = config.schedule_steps if config.schedule in ("cosine", "one_cycle") else 40
    for step in range(n_steps):
        theirs = optimiser.param_groups[0]["lr"]
        assert factor(config, step) * config.lr == pytest.approx(theirs, rel=1e-9), step
        optimiser.step()
        if step + 1 < n_steps:
            schedule.step()
