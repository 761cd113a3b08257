"""The network's structure: the ops a Config asks for, their names, parameters and statistics.

Names are addresses everywhere (files, digests, the screen): conv1, norm1, conv2, ..., rnn1.fwd,
rnn1.bwd, ..., linear; a tensor is the op's name and its own, "conv1.w". Parameters are what the
optimiser moves; statistics are what BatchNorm averages while training (norm1.mean, norm1.var): a
second flat vector, empty where no block has norm "batch".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Protocol

import numpy as np

from crnn.arrays import Params, Real
from crnn.config import Config, ConvBlock
from crnn.errors import ShapeError
from crnn.geometry import n_columns, n_rows
from crnn.ops.activation import LeakyRelu, Relu, Sigmoid, Tanh
from crnn.ops.conv import Conv2d
from crnn.ops.dropout import Dropout
from crnn.ops.linear import Linear
from crnn.ops.norm import BatchNorm2d, LayerNorm, Statistics
from crnn.ops.pool import AvgPool, MaxPool
from crnn.ops.recurrent import Recurrent
from crnn.params import FlatParams, Layout
from crnn.rng import rng

ActivationOp = Relu | LeakyRelu | Tanh | Sigmoid
_ACTIVATIONS: dict[str, ActivationOp] = {
    "relu": Relu(),
    "leaky_relu": LeakyRelu(),
    "tanh": Tanh(),
    "sigmoid": Sigmoid(),
}


class Trainable(Protocol):
    """An op with parameters."""

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]: ...
    def init(self, rng: np.random.Generator) -> dict[str, Real]: ...


class Block(NamedTuple):
    """conv -> norm -> activation -> pool -> mask.

    One column spans `conv_stride` pixels of the image before the pool, `stride` after it.
    """

    name: str
    conv: Conv2d
    pool: MaxPool | AvgPool
    stride: int
    conv_stride: int
    norm_name: str
    norm: BatchNorm2d | LayerNorm | None
    activation: ActivationOp


class Layer(NamedTuple):
    """One recurrent layer: its directions read the same input, their outputs stand side by side."""

    name: str
    directions: tuple[tuple[str, Recurrent], ...]


@dataclass(frozen=True, slots=True)
class Model:
    """Built from a Config by `build`; holds ops only, no weights. `dropout` follows each layer."""

    config: Config
    blocks: tuple[Block, ...]
    layers: tuple[Layer, ...]
    linear: Linear
    dropout: Dropout | None

    def trainable(self) -> Iterator[tuple[str, Trainable]]:
        """Every op with parameters and its name, in the order of the data's way."""
        for block in self.blocks:
            yield block.name, block.conv
            if block.norm is not None:
                yield block.norm_name, block.norm
        for layer in self.layers:
            yield from layer.directions
        yield "linear", self.linear

    def averaging(self) -> Iterator[tuple[str, BatchNorm2d]]:
        """Every op with running statistics and its name."""
        for block in self.blocks:
            if isinstance(block.norm, BatchNorm2d):
                yield block.norm_name, block.norm


@lru_cache(maxsize=32)
def build(config: Config) -> Model:
    """The ops of `config`: conv1, norm1, conv2, ..., rnn1.fwd, rnn1.bwd, ..., linear."""
    blocks: list[Block] = []
    channels, stride = 1, 1
    for number, spec in enumerate(config.convs, start=1):
        blocks.append(_block(number, spec, channels, stride))
        channels, stride = spec.channels, blocks[-1].stride
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
    linear = Linear(features, config.n_classes)
    dropout = Dropout(config.dropout) if config.dropout else None
    return Model(config, tuple(blocks), tuple(layers), linear, dropout)


def _block(number: int, spec: ConvBlock, channels: int, stride: int) -> Block:
    # Blank paper on the right, as much as the last column needs beyond the padding.
    paper = max(0, spec.kernel[1] - spec.stride[1] - 2 * spec.padding[1])
    conv = Conv2d(channels, spec.channels, spec.kernel, spec.stride, spec.padding, paper)
    norm: BatchNorm2d | LayerNorm | None = None
    if spec.norm != "none":
        is_batch = spec.norm == "batch"
        norm = BatchNorm2d(spec.channels) if is_batch else LayerNorm(spec.channels, axis=1)
    pool = (MaxPool if spec.pool_kind == "max" else AvgPool)(*spec.pool)
    conv_stride = stride * spec.stride[1]
    return Block(
        *(f"conv{number}", conv, pool, conv_stride * spec.pool[1], conv_stride),
        *(f"norm{number}", norm, _ACTIVATIONS[spec.activation]),
    )


@lru_cache(maxsize=32)
def layout(config: Config) -> Layout:
    """Where each parameter lies in the flat vector."""
    shapes = {
        f"{name}.{local}": shape
        for name, op in build(config).trainable()
        for local, shape in op.shapes.items()
    }
    return Layout.of(shapes)


@lru_cache(maxsize=32)
def statistics_layout(config: Config) -> Layout:
    """Where each running statistic lies in its flat vector; empty without BatchNorm."""
    shapes = {
        f"{name}.{local}": (norm.channels,)
        for name, norm in build(config).averaging()
        for local in ("mean", "var")
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


def init_statistics(config: Config) -> FlatParams:
    """Running statistics of step 0: mean 0, variance 1."""
    return flat_statistics(config, {name: op.fresh() for name, op in build(config).averaging()})


def flat_statistics(config: Config, found: Mapping[str, Statistics]) -> FlatParams:
    """Statistics by op name as views of one vector."""
    arrays: dict[str, Real] = {}
    for name, (mean_C, var_C) in found.items():
        arrays |= {f"{name}.mean": mean_C, f"{name}.var": var_C}
    return FlatParams.from_arrays(statistics_layout(config), arrays, config.dtype)


def running(block: Block, statistics: Params) -> Statistics | None:
    """The running statistics of the block's BatchNorm; None where it has none. Raises ShapeError
    where they are not among `statistics`."""
    if not isinstance(block.norm, BatchNorm2d):
        return None
    names = [f"{block.norm_name}.{local}" for local in ("mean", "var")]
    if names[0] not in statistics:
        raise ShapeError(f"there is no {names[0]}; give the running statistics of the state")
    return Statistics(*(statistics[name] for name in names))


class OpShape(NamedTuple):
    """One op's output for one image: its axes by the axis key, e.g. "C H W", and their sizes."""

    name: str
    kind: str
    axes: str
    shape: tuple[int, ...]
    n_parameters: int


def output_shapes(config: Config, width: int) -> tuple[OpShape, ...]:
    """Every op of the network in order, for an image `width` pixels wide.

    Kinds: conv, norm, the activation's own name (relu, leaky_relu, tanh, sigmoid), pool, frames,
    recurrent, dropout, linear.
    """
    model = build(config)
    shapes: list[OpShape] = []
    for number, block in enumerate(model.blocks, start=1):
        shapes += _block_shapes(config, number, block, width)
    t = config.n_frames(width)
    d = model.blocks[-1].conv.c_out * config.frame_height
    shapes.append(OpShape("frames", "frames", "T D", (t, d), 0))
    for number, layer in enumerate(model.layers, start=1):
        for name, op in layer.directions:
            shapes.append(OpShape(name, "recurrent", "T U", (t, op.units), _size(op)))
        if model.dropout is not None:
            d = config.units * config.n_directions
            shapes.append(OpShape(f"dropout{number}", "dropout", "T D", (t, d), 0))
    shapes.append(OpShape("linear", "linear", "T K", (t, config.n_classes), _size(model.linear)))
    return tuple(shapes)


def _block_shapes(config: Config, number: int, block: Block, width: int) -> list[OpShape]:
    before, after = (
        (block.conv.c_out, n_rows(config, number, stage), n_columns(config, number, width, stage))
        for stage in ("conv", "pool")
    )
    activation = config.convs[number - 1].activation
    shapes = [OpShape(block.name, "conv", "C H W", before, _size(block.conv))]
    if block.norm is not None:
        shapes.append(OpShape(block.norm_name, "norm", "C H W", before, _size(block.norm)))
    shapes.append(OpShape(f"{activation}{number}", activation, "C H W", before, 0))
    shapes.append(OpShape(f"pool{number}", "pool", "C H W", after, 0))
    return shapes


def _size(op: Trainable) -> int:
    return sum(int(np.prod(shape)) for shape in op.shapes.values())
