"""The network: the op list written out once, forward and the same list upside down.

image -> (conv3x3, ReLU, max-pool, mask) x blocks -> columns to timesteps -> RNN layers -> linear.
`mask` zeroes what lies right of each sample's own width, so padding changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Protocol

import numpy as np

from crnn.arrays import I64, Params, Real, require
from crnn.config import Config
from crnn.errors import ShapeError
from crnn.geometry import n_columns
from crnn.ops.activation import Mask, MaskCache, Relu, ActivationCache
from crnn.ops.conv import Conv2d, ConvCache
from crnn.ops.linear import Linear, LinearCache
from crnn.ops.pool import MaxPool, PoolCache
from crnn.ops.recurrent import Recurrent, RecurrentCache
from crnn.params import FlatParams, Layout
from crnn.rng import rng

RELU, MASK = Relu(), Mask()


class Trainable(Protocol):
    """An op with parameters."""

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]: ...
    def init(self, rng: np.random.Generator) -> dict[str, Real]: ...


class Block(NamedTuple):
    """conv -> ReLU -> pool -> mask; one output column spans `stride` pixels of the image."""

    name: str
    conv: Conv2d
    pool: MaxPool
    stride: int


class Layer(NamedTuple):
    """One recurrent layer: its directions read the same input, their outputs stand side by side."""

    name: str
    directions: tuple[tuple[str, Recurrent], ...]


class BlockCache(NamedTuple):
    """One conv block: `pool_NCHW` is its output, after the mask; the others as they came."""

    conv_NCHW: Real
    act_NCHW: Real
    pool_NCHW: Real
    conv: ConvCache
    relu: ActivationCache
    pool: PoolCache
    mask: MaskCache


class ForwardCache(NamedTuple):
    """Everything the forward pass made. layers[i][j] is direction j of recurrent layer i."""

    width_N: I64
    frames_N: I64
    blocks: tuple[BlockCache, ...]
    frames_NTD: Real
    layers: tuple[tuple[RecurrentCache, ...], ...]
    linear: LinearCache
    logits_NTK: Real


@dataclass(frozen=True, slots=True)
class Model:
    """Built from a Config by `build`; holds ops only, no weights."""

    config: Config
    blocks: tuple[Block, ...]
    layers: tuple[Layer, ...]
    linear: Linear

    def trainable(self) -> Iterator[tuple[str, Trainable]]:
        """Every op with parameters and its name, in the order of the data's way."""
        for block in self.blocks:
            yield block.name, block.conv
        for layer in self.layers:
            yield from layer.directions
        yield "linear", self.linear


@lru_cache(maxsize=32)
def build(config: Config) -> Model:
    """The ops of `config`: conv1, conv2, ..., rnn1.fwd, rnn1.bwd, ..., linear."""
    blocks: list[Block] = []
    channels, stride = 1, 1
    for number, spec in enumerate(config.convs, start=1):
        stride *= spec.pool[1]
        conv = Conv2d(channels, spec.channels)
        blocks.append(Block(f"conv{number}", conv, MaxPool(*spec.pool), stride))
        channels = spec.channels
    features = channels * config.frame_height
    layers: list[Layer] = []
    for number in range(1, config.layers + 1):
        ways = (("fwd", False), ("bwd", True))[: config.n_directions]
        directions = tuple(
            (f"rnn{number}.{way}", Recurrent(config.cell, features, config.units, reverse))
            for way, reverse in ways
        )
        layers.append(Layer(f"rnn{number}", directions))
        features = config.units * config.n_directions
    return Model(config, tuple(blocks), tuple(layers), Linear(features, config.n_classes))


@lru_cache(maxsize=32)
def layout(config: Config) -> Layout:
    """Where each parameter lies in the flat vector."""
    shapes = {
        f"{name}.{local}": shape
        for name, op in build(config).trainable()
        for local, shape in op.shapes.items()
    }
    return Layout.of(shapes)


def count_parameters(config: Config) -> int:
    return layout(config).n_elements


def init_params(config: Config) -> FlatParams:
    """Parameters of step 0, op by op drawn at (config.seed, 0, op name).

    Names: conv1.w, conv1.b, ..., rnn1.fwd.w_ih, rnn1.fwd.w_hh, rnn1.fwd.b, rnn1.bwd..., linear.w,
    linear.b. All are views of one flat vector.
    """
    drawn = {
        f"{name}.{local}": array
        for name, op in build(config).trainable()
        for local, array in op.init(rng(config.seed, 0, name)).items()
    }
    return FlatParams.from_arrays(layout(config), drawn, config.dtype)


def forward(model: Model, params: Params, x_NCHW: Real, width_N: I64) -> tuple[Real, ForwardCache]:
    """logits_NTK (T of the widest sample) and the typed cache of every op.

    `width_N` is each sample's own width in pixels; columns right of it must be 0. Padding beyond
    the last timestep is not computed. Raises ShapeError where x is narrower than T timesteps.
    """
    config = model.config
    require(x_NCHW, "N C H W", N=len(width_N), C=1, H=config.input.height)
    frames_N: I64 = -(-width_N // config.stride)
    width = int(frames_N.max()) * config.stride
    if width > x_NCHW.shape[3]:
        raise ShapeError(
            f"the widest sample needs {width} columns, got {x_NCHW.shape[3]}; pad the batch"
        )
    x = x_NCHW[..., :width]
    blocks = []
    for block in model.blocks:
        x, block_cache = _block_forward(block, params, x, width_N)
        blocks.append(block_cache)
    frames_NTD = _columns_to_frames(x)
    h, layers = frames_NTD, []
    for layer in model.layers:
        runs = [op.forward(_of(params, name, op), h, frames_N) for name, op in layer.directions]
        h = np.concatenate([y for y, _ in runs], axis=2)
        layers.append(tuple(cache for _, cache in runs))
    logits, linear = model.linear.forward(_of(params, "linear", model.linear), h)
    return logits, ForwardCache(
        width_N, frames_N, tuple(blocks), frames_NTD, tuple(layers), linear, logits
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
    for layer, caches in zip(reversed(model.layers), reversed(cache.layers), strict=True):
        parts = np.split(dh, len(caches), axis=2)
        dxs = []
        for (name, op), run, part in zip(layer.directions, caches, parts, strict=True):
            dx, found = op.backward(_of(params, name, op), run, part)
            _add(grads, name, found)
            dxs.append(dx)
        dh = sum(dxs[1:], start=dxs[0])
    dx = _frames_to_columns(dh, cache.blocks[-1].pool_NCHW.shape)
    for block, run_cache in zip(reversed(model.blocks), reversed(cache.blocks), strict=True):
        dx, _ = MASK.backward({}, run_cache.mask, dx)
        dx, _ = block.pool.backward({}, run_cache.pool, dx)
        dx, _ = RELU.backward({}, run_cache.relu, dx)
        if block is model.blocks[0]:
            _add(grads, block.name, block.conv.gradients(run_cache.conv, dx))
        else:
            dx, found = block.conv.backward(_of(params, block.name, block.conv), run_cache.conv, dx)
            _add(grads, block.name, found)
    return grads


def _block_forward(
    block: Block, params: Params, x_NCHW: Real, width_N: I64
) -> tuple[Real, BlockCache]:
    conv, conv_cache = block.conv.forward(_of(params, block.name, block.conv), x_NCHW)
    act, relu_cache = RELU.forward({}, conv)
    pooled, pool_cache = block.pool.forward({}, act)
    y, mask_cache = MASK.forward({}, pooled, -(-width_N // block.stride))
    return y, BlockCache(conv, act, y, conv_cache, relu_cache, pool_cache, mask_cache)


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


class OpShape(NamedTuple):
    """One op's output for one image: its axes by the axis key, e.g. "C H W", and their sizes."""

    name: str
    kind: str
    axes: str
    shape: tuple[int, ...]
    n_parameters: int


def output_shapes(config: Config, width: int) -> tuple[OpShape, ...]:
    """Every op of the network in order, for an image `width` pixels wide.

    Kinds: conv, relu, pool, frames, recurrent, linear.
    """
    model, rows = build(config), config.input.height
    shapes: list[OpShape] = []
    for number, block in enumerate(model.blocks, start=1):
        wide = n_columns(config, number - 1, width)
        channels = block.conv.c_out
        before = (channels, rows, wide)
        shapes.append(OpShape(block.name, "conv", "C H W", before, _size(block.conv)))
        shapes.append(OpShape(f"relu{number}", "relu", "C H W", before, 0))
        rows //= block.pool.height
        after = (channels, rows, n_columns(config, number, width))
        shapes.append(OpShape(f"pool{number}", "pool", "C H W", after, 0))
    t, d = config.n_frames(width), model.blocks[-1].conv.c_out * rows
    shapes.append(OpShape("frames", "frames", "T D", (t, d), 0))
    for layer in model.layers:
        for name, op in layer.directions:
            shapes.append(OpShape(name, "recurrent", "T U", (t, op.units), _size(op)))
    shapes.append(OpShape("linear", "linear", "T K", (t, config.n_classes), _size(model.linear)))
    return tuple(shapes)


def _size(op: Trainable) -> int:
    return sum(int(np.prod(shape)) for shape in op.shapes.values())
