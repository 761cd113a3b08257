"""The network: the op list written out once, forward and the same list upside down.

image -> (conv, norm, activation, pool, mask) x blocks -> columns to timesteps -> (RNN layer,
dropout) x layers -> linear. `mask` zeroes what lies right of each sample's own width, so padding
changes nothing. BatchNorm and dropout do something else while training: `Training` says that it
trains and at which address; without it, running statistics are read and nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from crnn.arrays import I64, Params, Real, require
from crnn.errors import ShapeError
from crnn.fast import (
    FastBlockCache,
    convs_backward,
    convs_forward,
    fast_layer,
    has_fast_convs,
)
from crnn.network import (
    Block,
    Layer,
    Model,
    OpShape,
    Trainable,
    build,
    count_parameters,
    flat_statistics,
    init_params,
    init_statistics,
    layout,
    output_shapes,
    running,
    statistics_layout,
)
from crnn.ops.activation import ActivationCache, Mask, MaskCache
from crnn.ops.conv import ConvCache
from crnn.ops.dropout import DropoutCache
from crnn.ops.linear import LinearCache
from crnn.ops.norm import BatchNorm2d, BatchNormCache, LayerNorm, LayerNormCache, Statistics
from crnn.ops.pool import PoolCache
from crnn.ops.recurrent import RecurrentCache
from crnn.params import FlatParams, Layout
from crnn.rng import rng

__all__ = [
    "NO_STATISTICS",
    "Block",
    "BlockCache",
    "ForwardCache",
    "Layer",
    "Model",
    "OpShape",
    "Training",
    "backward",
    "batch_statistics",
    "build",
    "count_parameters",
    "forward",
    "init_params",
    "init_statistics",
    "layout",
    "moved_statistics",
    "output_shapes",
    "statistics_layout",
]

MASK = Mask()
NO_STATISTICS = FlatParams(Layout((), 0), np.zeros(0, np.float32))
"""Of a network without BatchNorm."""


class Training(NamedTuple):
    """That a forward trains, and the address of its dropout: the state's step and the shard."""

    step: int
    shard: int


NormCache = BatchNormCache | LayerNormCache | None


class BlockCache(NamedTuple):
    """One conv block: `pool_NCHW` is its output, after the mask; the others as they came.

    `act_NCHW` is what the activation gave; the norm stands between it and `conv_NCHW`.
    """

    conv_NCHW: Real
    act_NCHW: Real
    pool_NCHW: Real
    conv: ConvCache
    norm: NormCache
    activation: ActivationCache
    pool: PoolCache
    mask: MaskCache

    @property
    def batch(self) -> Statistics | None:
        """What BatchNorm found in the batch; None where there is none, or in eval."""
        return self.norm.batch if isinstance(self.norm, BatchNormCache) else None

    def sample(self, n: int) -> tuple[Real, Real, Real]:
        """conv_CHW, act_CHW and pool_CHW of one sample."""
        return self.conv_NCHW[n], self.act_NCHW[n], self.pool_NCHW[n]


AnyBlockCache = BlockCache | FastBlockCache


class ForwardCache(NamedTuple):
    """Everything the forward pass made. layers[i][j] is direction j of recurrent layer i; drops[i]
    belongs to the dropout after layer i, None where nothing is dropped."""

    width_N: I64
    frames_N: I64
    blocks: tuple[AnyBlockCache, ...]
    frames_NTD: Real
    layers: tuple[tuple[RecurrentCache, ...], ...]
    drops: tuple[DropoutCache | None, ...]
    linear: LinearCache
    logits_NTK: Real


def forward(
    model: Model,
    params: Params,
    x_NCHW: Real,
    width_N: I64,
    *,
    statistics: Params = NO_STATISTICS,
    training: Training | None = None,
) -> tuple[Real, ForwardCache]:
    """logits_NTK (T of the widest sample) and the typed cache of every op.

    `width_N` is each sample's own width in pixels; columns right of it must be 0. Padding beyond
    the last timestep is not computed. `statistics` are read where there is BatchNorm and no
    `training`. Raises ShapeError where x is narrower than T timesteps, or statistics are missing.
    """
    frames_N: I64 = -(-width_N // model.config.stride)
    x_NCHW = _whole_timesteps(model, x_NCHW, frames_N)
    blocks: tuple[AnyBlockCache, ...]
    convs = convs_forward if has_fast_convs(model) else _convs_forward
    frames_NTD, blocks = convs(model, params, x_NCHW, width_N, None if training else statistics)
    h, layers, drops = frames_NTD, [], []
    for layer in model.layers:
        h, runs = layer_forward(model, layer, params, h, frames_N)
        h, drop = _dropped(model, layer, h, training)
        layers.append(runs)
        drops.append(drop)
    logits, linear = model.linear.forward(_of(params, "linear", model.linear), h)
    return logits, ForwardCache(
        *(width_N, frames_N, blocks, frames_NTD, tuple(layers), tuple(drops)),
        *(linear, logits),
    )


def backward(
    model: Model, params: Params, cache: ForwardCache, dlogits_NTK: Real
) -> dict[str, Real]:
    """The gradient of every parameter, by name."""
    grads: dict[str, Real] = {}
    dh, found = model.linear.backward(
        _of(params, "linear", model.linear), cache.linear, dlogits_NTK
    )
    _add(grads, "linear", found)
    reverse = zip(
        *(reversed(part) for part in (model.layers, cache.layers, cache.drops)), strict=True
    )
    for layer, caches, drop in reverse:
        if model.dropout is not None and drop is not None:
            dh, _ = model.dropout.backward({}, drop, dh)
        dh = layer_backward(model, layer, params, caches, dh, grads)
    _convs_backward(model, params, cache.blocks, dh, grads)
    return grads


def _convs_forward(
    model: Model, params: Params, x_NCHW: Real, width_N: I64, statistics: Params | None
) -> tuple[Real, tuple[BlockCache, ...]]:
    """frames_NTD and the caches of the blocks; without `statistics`, BatchNorm makes its own."""
    blocks = []
    for block in model.blocks:
        used = None if statistics is None else running(block, statistics)
        x_NCHW, cache = _block_forward(block, params, x_NCHW, width_N, used)
        blocks.append(cache)
    return _columns_to_frames(x_NCHW), tuple(blocks)


def _convs_backward(
    model: Model,
    params: Params,
    blocks: tuple[AnyBlockCache, ...],
    dframes_NTD: Real,
    grads: dict[str, Real],
) -> None:
    """The gradients of the blocks' parameters go to `grads`."""
    runs = [run for run in blocks if isinstance(run, FastBlockCache)]
    if runs:
        grads |= convs_backward(model, tuple(runs), dframes_NTD)
        return
    plain = [run for run in blocks if isinstance(run, BlockCache)]
    dx = _frames_to_columns(dframes_NTD, plain[-1].pool_NCHW.shape)
    for block, run in zip(reversed(model.blocks), reversed(plain), strict=True):
        dx = _block_backward(block, params, run, dx, grads)
        if block is model.blocks[0]:
            _add(grads, block.name, block.conv.gradients(run.conv, dx))
        else:
            dx, found = block.conv.backward(_of(params, block.name, block.conv), run.conv, dx)
            _add(grads, block.name, found)


def layer_forward(
    model: Model, layer: Layer, params: Params, x_NTD: Real, frames_N: I64
) -> tuple[Real, tuple[RecurrentCache, ...]]:
    own = [_of(params, name, op) for name, op in layer.directions]
    both_ways = fast_layer(model, layer)
    if both_ways is not None:
        return both_ways.forward(own, x_NTD, frames_N)
    ops = [op for _, op in layer.directions]
    runs = [op.forward(mine, x_NTD, frames_N) for op, mine in zip(ops, own, strict=True)]
    return np.concatenate([y for y, _ in runs], axis=2), tuple(cache for _, cache in runs)


def layer_backward(
    model: Model,
    layer: Layer,
    params: Params,
    caches: tuple[RecurrentCache, ...],
    dy_NTD: Real,
    grads: dict[str, Real],
) -> Real:
    """The gradient of the layer's input; what its parameters get goes to `grads`."""
    own = [_of(params, name, op) for name, op in layer.directions]
    both_ways = fast_layer(model, layer)
    if both_ways is not None:
        dx_NTD, found_of_ways = both_ways.backward(own, caches, dy_NTD)
    else:
        parts = np.split(dy_NTD, len(caches), axis=2)
        runs = [
            op.backward(mine, cache, part)
            for (_, op), mine, cache, part in zip(layer.directions, own, caches, parts, strict=True)
        ]
        found_of_ways = [found for _, found in runs]
        dx_NTD = sum((dx for dx, _ in runs[1:]), start=runs[0][0])
    for (name, _), found in zip(layer.directions, found_of_ways, strict=True):
        _add(grads, name, found)
    return dx_NTD


def _whole_timesteps(model: Model, x_NCHW: Real, frames_N: I64) -> Real:
    """The columns of x that the longest sample's timesteps span."""
    require(x_NCHW, "N C H W", N=len(frames_N), C=1, H=model.config.input.height)
    width = int(frames_N.max()) * model.config.stride
    if width > x_NCHW.shape[3]:
        raise ShapeError(
            f"the widest sample needs {width} columns, got {x_NCHW.shape[3]}; pad the batch"
        )
    return x_NCHW[..., :width]


def batch_statistics(cache: ForwardCache) -> tuple[Statistics | None, ...]:
    """What each block's BatchNorm found in the batch; None where there is none, or in eval."""
    return tuple(block.batch for block in cache.blocks)


def moved_statistics(
    model: Model, statistics: FlatParams, seen: Sequence[tuple[Statistics | None, ...]]
) -> FlatParams:
    """The running statistics after these `batch_statistics`, one shard after the other in order."""
    if not statistics.layout.places:
        return statistics
    found: dict[str, Statistics] = {}
    for block, *of_shards in zip(model.blocks, *seen, strict=True):
        if isinstance(block.norm, BatchNorm2d):
            running = Statistics(*(statistics[f"{block.norm_name}.{s}"] for s in ("mean", "var")))
            for batch in of_shards:
                running = block.norm.moved(running, batch)
            found[block.norm_name] = running
    return flat_statistics(model.config, found)


def _block_forward(
    block: Block, params: Params, x_NCHW: Real, width_N: I64, running: Statistics | None
) -> tuple[Real, BlockCache]:
    conv, conv_cache = block.conv.forward(_of(params, block.name, block.conv), x_NCHW)
    normal, norm_cache = _norm_forward(block, params, conv, width_N, running)
    act, act_cache = block.activation.forward({}, normal)
    pooled, pool_cache = block.pool.forward({}, act)
    y, mask_cache = MASK.forward({}, pooled, -(-width_N // block.stride))
    return y, BlockCache(*(conv, act, y, conv_cache, norm_cache, act_cache, pool_cache, mask_cache))


def _block_backward(
    block: Block, params: Params, cache: BlockCache, dy_NCHW: Real, grads: dict[str, Real]
) -> Real:
    """The gradient of the convolution's output; what the norm's parameters get goes to `grads`."""
    dx, _ = MASK.backward({}, cache.mask, dy_NCHW)
    dx, _ = block.pool.backward({}, cache.pool, dx)
    dx, _ = block.activation.backward({}, cache.activation, dx)
    dx, found = _norm_backward(block, params, cache.norm, dx)
    _add(grads, block.norm_name, found)
    return dx


def _norm_forward(
    block: Block, params: Params, x_NCHW: Real, width_N: I64, running: Statistics | None
) -> tuple[Real, NormCache]:
    if block.norm is None:
        return x_NCHW, None
    own = _of(params, block.norm_name, block.norm)
    if isinstance(block.norm, BatchNorm2d):
        return block.norm.forward(own, x_NCHW, -(-width_N // block.conv_stride), running)
    return block.norm.forward(own, x_NCHW)


def _norm_backward(
    block: Block, params: Params, cache: NormCache, dy_NCHW: Real
) -> tuple[Real, dict[str, Real]]:
    if block.norm is None or cache is None:
        return dy_NCHW, {}
    own = _of(params, block.norm_name, block.norm)
    if isinstance(block.norm, BatchNorm2d) and isinstance(cache, BatchNormCache):
        return block.norm.backward(own, cache, dy_NCHW)
    assert isinstance(block.norm, LayerNorm)
    assert isinstance(cache, LayerNormCache)
    return block.norm.backward(own, cache, dy_NCHW)


def _dropped(
    model: Model, layer: Layer, h_NTD: Real, training: Training | None
) -> tuple[Real, DropoutCache | None]:
    if model.dropout is None or training is None:
        return h_NTD, None
    purpose = f"dropout.{layer.name}.shard{training.shard}"
    return model.dropout.forward({}, h_NTD, rng(model.config.seed, training.step, purpose))


def _columns_to_frames(x_NCHW: Real) -> Real:
    """(N, C, H, W) -> (N, T = W, D = C * H): a timestep is one column of all channels and rows."""
    n, c, h, w = x_NCHW.shape
    return np.ascontiguousarray(x_NCHW.transpose(0, 3, 1, 2)).reshape(n, w, c * h)


def _frames_to_columns(x_NTD: Real, shape: tuple[int, ...]) -> Real:
    n, c, h, w = shape
    return np.ascontiguousarray(x_NTD.reshape(n, w, c, h).transpose(0, 2, 3, 1))


def _of(params: Params, name: str, op: Trainable) -> dict[str, Real]:
    """The parameters of one op under their local names."""
    return {local: params[f"{name}.{local}"] for local in op.shapes}


def _add(grads: dict[str, Real], name: str, found: Mapping[str, Real]) -> None:
    grads.update((f"{name}.{local}", grad) for local, grad in found.items())
