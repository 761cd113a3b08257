"""The fast form of the network's parts: which ops have one, and the convolutions as one chain.

`Config.kernels` chooses between "plain", the text that people read, and "fast", which computes the
same by other means: `Stem` and `Winograd` in place of conv, ReLU, max-pool and mask, `Normed` where
batch norm stands between; `BothWays` in place of one recurrent direction after another. What is
fast depends on shapes alone, never on timing, so that a recording replays with the kernels that
made it. What has no fast form stays plain: a chain is fast if all of its blocks are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from crnn.arrays import I64, Bool, Params, Real
from crnn.kernels import halving, maps
from crnn.kernels.both_ways import BothWays
from crnn.kernels.maps import Maps
from crnn.kernels.normed import Normed, NormedCache
from crnn.kernels.stem import Stem
from crnn.kernels.winograd import MIN_CHANNELS, Winograd
from crnn.network import Block, Layer, Model, running
from crnn.ops.activation import Relu
from crnn.ops.conv import Conv2d
from crnn.ops.norm import BatchNorm2d, LayerNorm, Statistics
from crnn.ops.pool import MaxPool


@dataclass(frozen=True, slots=True)
class FastBlockCache:
    """A block's pass. Only the pooled output exists as such; what came before it is made again,
    bit for bit what trained, when somebody asks. `params` are the block's own, the norm's as
    "norm.w" and "norm.b"."""

    op: Stem | Winograd | Normed
    params: Params
    run: Any  # the op's own cache

    @property
    def conv_NCHW(self) -> Real:
        return self.op.conv_nchw(self.params, self.run)

    @property
    def pool_NCHW(self) -> Real:
        y: Maps = self.run.y
        return y.to_nchw()

    @property
    def batch(self) -> Statistics | None:
        """What BatchNorm found in the batch; None where there is none, or in eval."""
        return self.run.batch if isinstance(self.run, NormedCache) else None

    def sample(self, n: int) -> tuple[Real, Real, Real]:
        """conv_CHW, act_CHW and pool_CHW of one sample."""
        conv_CHW, pool_CHW = self.conv_NCHW[n], self.pool_NCHW[n]
        if isinstance(self.op, Normed):
            return conv_CHW, self.op.act_nchw(self.params, self.run)[n], pool_CHW
        return conv_CHW, np.maximum(conv_CHW, 0), pool_CHW


def has_fast_convs(model: Model) -> bool:
    """Whether the chain of blocks has a fast form, and the Config asks for it."""
    return model.config.kernels == "fast" and all(_is_fast(block) for block in model.blocks)


def fast_layer(model: Model, layer: Layer) -> BothWays | None:
    """The layer's fast form, where it has one and the Config asks for it."""
    first = layer.directions[0][1]
    if model.config.kernels != "fast" or first.cell == "gru":
        return None
    cell: Literal["tanh", "lstm"] = first.cell
    return BothWays(cell, first.d_in, first.units, tuple(op.reverse for _, op in layer.directions))


def convs_forward(
    model: Model, params: Params, x_NCHW: Real, width_N: I64, statistics: Params | None
) -> tuple[Real, tuple[FastBlockCache, ...]]:
    """frames_NTD, a view of time-major memory, and the caches of the blocks; without `statistics`,
    BatchNorm makes its own."""
    made: list[FastBlockCache] = []
    y: Any = x_NCHW
    for block in model.blocks:
        op, own = _fast(block), _own(block, params)
        arguments: tuple[Any, ...] = (own, y, _keep(block, width_N, x_NCHW.shape[3]))
        if isinstance(op, Normed):
            used = None if statistics is None else running(block, statistics)
            arguments += (-(-width_N // block.conv_stride), used)
        y, run = op.forward(*arguments)
        made.append(FastBlockCache(op, own, run))
    return y.to_frames().swapaxes(0, 1), tuple(made)


def convs_backward(
    model: Model, blocks: tuple[FastBlockCache, ...], dframes_NTD: Real
) -> dict[str, Real]:
    """The gradients of the blocks' parameters by name."""
    dframes_TND = np.ascontiguousarray(dframes_NTD.swapaxes(0, 1))
    dy: Any = maps.from_frames(dframes_TND, blocks[-1].run.y.rows)
    grads: dict[str, Real] = {}
    for block, made in zip(reversed(model.blocks), reversed(blocks), strict=True):
        if isinstance(made.op, Stem):
            found = made.op.gradients(made.run, dy)
        else:
            dy, found = made.op.backward(made.params, made.run, dy)
        for local, grad in found.items():
            name = block.norm_name if local.startswith("norm.") else block.name
            grads[f"{name}.{local.removeprefix('norm.')}"] = grad
    return grads


def _own(block: Block, params: Params) -> dict[str, Real]:
    """The parameters of the convolution, and of the norm as "norm.w" and "norm.b"."""
    own = {local: params[f"{block.name}.{local}"] for local in ("w", "b")}
    if block.norm is not None:
        own |= {f"norm.{local}": params[f"{block.norm_name}.{local}"] for local in ("w", "b")}
    return own


def _is_fast(block: Block) -> bool:
    """3x3 with the padding that keeps the size, ReLU, a max-pool made of halvings; and, but for the
    first, enough input channels."""
    c_in, c_out = block.conv.c_in, block.conv.c_out
    return (
        block.conv == Conv2d(c_in, c_out)
        and not isinstance(block.norm, LayerNorm)
        and isinstance(block.activation, Relu)
        and isinstance(block.pool, MaxPool)
        and block.pool.height in halving.ROUNDS
        and block.pool.width in halving.ROUNDS
        and (block.name == "conv1" or c_in >= MIN_CHANNELS)
    )


def _fast(block: Block) -> Any:
    """Stem, Winograd, or Normed around one of them."""
    c_in, c_out, pool = block.conv.c_in, block.conv.c_out, (block.pool.height, block.pool.width)
    conv = Stem(c_out, pool) if block.name == "conv1" else Winograd(c_in, c_out, pool)
    return Normed(conv, block.norm) if isinstance(block.norm, BatchNorm2d) else conv


def _keep(block: Block, width_N: I64, width: int) -> Bool | None:
    """Each sample's own columns of the block's output; None where all are."""
    keep_NW: Bool = np.arange(width // block.stride) < -(-width_N // block.stride)[:, None]
    return None if keep_NW.all() else keep_NW
