"""The other side of `bench`: the same networks and losses in PyTorch. The only file that knows it.

Two settings: eager, as everybody writes it; best, with channels_last and the fused Adam, which was
the fastest found on a CPU (torch.compile was slower). Clipping, reading and checking the result,
which are part of our step, are left out here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from crnn.arrays import F32, I64
from crnn.config import Config
from crnn.data.dataset import Batch
from crnn.model import Block, build

Tensor = Any


def set_threads(count: int) -> None:
    torch.set_num_threads(count)


def version() -> str:
    return str(torch.__version__)


def training_steps(config: Config, batch: Batch) -> dict[str, Callable[[], object]]:
    """A training step in each setting: forward, CTC, backward, Adam."""
    made = {}
    for setting in ("eager", "best"):
        is_best = setting == "best"
        parts = _network(config)
        if is_best:
            parts.to(memory_format=torch.channels_last)
        optimiser = torch.optim.Adam(parts.parameters(), lr=config.lr, fused=is_best or None)
        made[f"torch_{setting}"] = _step(config, parts, optimiser, batch)
    return made


def ctc_step(logits_NTK: F32, frames_N: I64, labels: Sequence[I64]) -> Callable[[], object]:
    """Log-softmax, CTC loss and the gradient of the logits."""
    logits = torch.from_numpy(np.ascontiguousarray(logits_NTK.swapaxes(0, 1))).requires_grad_()
    targets = _targets(frames_N, labels)

    def step() -> None:
        logits.grad = None
        _loss(logits, targets).backward()

    return step


def _step(config: Config, parts: Any, optimiser: Any, batch: Batch) -> Callable[[], object]:
    x = torch.from_numpy(batch.x_NCHW.copy())
    targets = _targets(-(-batch.width_N // config.stride), batch.labels)

    def step() -> None:
        optimiser.zero_grad(set_to_none=True)
        loss = _loss(_logits(config, parts, x), targets) / len(x)
        loss.backward()
        optimiser.step()

    return step


def _network(config: Config) -> Any:
    net = build(config)
    torch.manual_seed(0)
    convs = [_block(block) for block in net.blocks]
    features = net.layers[0].directions[0][1].d_in
    cell = {"tanh": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[config.cell]
    rnn = cell(features, config.units, config.layers, bidirectional=config.bidirectional)
    linear = nn.Linear(net.linear.d_in, net.linear.d_out)
    return nn.ModuleList([*convs, rnn, linear])


def _block(block: Block) -> Any:
    """The convolution, and the norm where there is one."""
    conv = nn.Conv2d(block.conv.c_in, block.conv.c_out, 3, padding=1)
    return conv if block.norm is None else nn.Sequential(conv, nn.BatchNorm2d(block.conv.c_out))


def _logits(config: Config, parts: Any, x: Tensor) -> Tensor:
    """(T, N, K), as PyTorch likes it."""
    *convs, rnn, linear = parts
    for conv, spec in zip(convs, config.convs, strict=True):
        x = functional.max_pool2d(functional.relu(conv(x)), spec.pool)
    n, c, h, w = x.shape
    hidden, _ = rnn(x.permute(3, 0, 1, 2).reshape(w, n, c * h))
    return linear(hidden)


def _targets(frames_N: I64, labels: Sequence[I64]) -> tuple[Tensor, Tensor, Tensor]:
    lengths = np.array([len(label) for label in labels], np.int64)
    padded = np.zeros((len(labels), int(lengths.max())), np.int64)
    for row, label in zip(padded, labels, strict=True):
        row[: len(label)] = label
    ours = (padded, frames_N, lengths)
    padded_t, frames_t, lengths_t = (torch.from_numpy(x.copy()) for x in ours)
    return padded_t, frames_t, lengths_t


def _loss(logits: Tensor, targets: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    log_prob = functional.log_softmax(logits, -1)
    return functional.ctc_loss(log_prob, *targets, blank=0, reduction="sum")
