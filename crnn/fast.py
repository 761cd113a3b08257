"""The fast form of the network's parts: which ops have one, and the convolutions as one chain.

`Config.kernels` chooses between "plain", the text that people read, and "fast", which computes the
same by other means: `Stem` and `Winograd` in place of conv, ReLU, max-pool and mask; `BothWays` in
place of one recurrent direction after another. What is fast depends on shapes alone, never on
timing, so that a recording replays with the kernels that made it. What has no fast form stays
plain: a chain is fast if all of its blocks are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from crnn.arrays import I64, Bool, Params, Real
from crnn.kernels import halving, maps
from crnn.kernels.both_ways import BothWays
from crnn.kernels.maps import Maps
from crnn.kernels.stem import Stem, StemCache
from crnn.kernels.winograd import MIN_CHANNELS, Winograd, WinogradCache
from crnn.network import Block, Layer, Model
from crnn.ops.activation import Relu
from crnn.ops.conv import Conv2d
from crnn.ops.pool import MaxPool


@dataclass(frozen=True, slots=True)
class FastBlockCache:
    """A block's pass. Only the pooled output exists as such; what came before it is made again,
    bit for bit what trained, when somebody asks."""

    op: Stem | Winograd
    params: Params
    run: StemCache | WinogradCache
    norm: None = None

    @property
    def conv_NCHW(self) -> Real:
        if isinstance(self.op, Stem):
            assert isinstance(self.run, StemCache)
            return self.op.conv_nchw(self.params, self.run)
        assert isinstance(self.run, WinogradCache)
        return self.op.conv_nchw(self.params, self.run)

    @property
    def pool_NCHW(self) -> Real:
        return self.run.y.to_nchw()

    def sample(self, n: int) -> tuple[Real, Real, Real]:
        """conv_CHW, act_CHW and pool_CHW of one sample."""
        conv_CHW = self.conv_NCHW[n]
        return conv_CHW, np.maximum(conv_CHW, 0), self.pool_NCHW[n]


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
    model: Model, params: Params, x_NCHW: Real, width_N: I64
) -> tuple[Real, tuple[FastBlockCache, ...]]:
    """frames_NTD, a view of time-major memory, and the caches of the blocks."""
    made: list[FastBlockCache] = []
    y: Maps | None = None
    for block in model.blocks:
        own = {local: params[f"{block.name}.{local}"] for local in ("w", "b")}
        op, keep_NW = _fast(block), _keep(block, width_N, x_NCHW.shape[3])
        run: StemCache | WinogradCache
        if isinstance(op, Stem):
            y, run = op.forward(own, x_NCHW, keep_NW)
        else:
            assert y is not None
            y, run = op.forward(own, y, keep_NW)
        made.append(FastBlockCache(op, own, run))
    assert y is not None
    return y.to_frames().swapaxes(0, 1), tuple(made)


def convs_backward(blocks: tuple[FastBlockCache, ...], dframes_NTD: Real) -> list[dict[str, Real]]:
    """The gradients of each block's parameters, first block first."""
    dframes_TND = np.ascontiguousarray(dframes_NTD.swapaxes(0, 1))
    dy = maps.from_frames(dframes_TND, blocks[-1].run.y.rows)
    grads: list[dict[str, Real]] = []
    for block in reversed(blocks):
        if isinstance(block.op, Stem):
            assert isinstance(block.run, StemCache)
            grads.append(block.op.gradients(block.run, dy))
        else:
            assert isinstance(block.run, WinogradCache)
            dy, found = block.op.backward(block.params, block.run, dy)
            grads.append(found)
    return grads[::-1]


def _is_fast(block: Block) -> bool:
    """3x3 with the padding that keeps the size, ReLU, a max-pool made of halvings; and one input
    channel or enough of them."""
    c_in, c_out = block.conv.c_in, block.conv.c_out
    return (
        block.conv == Conv2d(c_in, c_out)
        and block.norm is None
        and isinstance(block.activation, Relu)
        and isinstance(block.pool, MaxPool)
        and block.pool.height in halving.ROUNDS
        and block.pool.width in halving.ROUNDS
        and (c_in == 1 or c_in >= MIN_CHANNELS)
    )


def _fast(block: Block) -> Stem | Winograd:
    pool = (block.pool.height, block.pool.width)
    if block.conv.c_in == 1:
        return Stem(block.conv.c_out, pool)
    return Winograd(block.conv.c_in, block.conv.c_out, pool)


def _keep(block: Block, width_N: I64, width: int) -> Bool | None:
    """Each sample's own columns of the block's output; None where all are."""
    keep_NW: Bool = np.arange(width // block.stride) < -(-width_N // block.stride)[:, None]
    return None if keep_NW.all() else keep_NW
