"""Cost: what one image takes, counted from the Config alone: arithmetic, stored values, parameters.

A floating-point operation is one addition, multiplication, comparison or squashing; so a product
of matrices takes 2 per multiply-add, zeros of the padding included. This counts a forward pass of
one picture as the network is used (dropout costs nothing then); a training step is about three.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from crnn.config import Config
from crnn.network import Block, build, output_shapes
from crnn.ops.recurrent import N_GATES, Recurrent

_NORM_FLOPS = {"none": 0, "batch": 4, "layer": 7}
"""Per element: mean off, times scale, times w, plus b; a layer also makes its mean and variance."""
_STATE_FLOPS = {"tanh": 0, "lstm": 5, "gru": 6}
"""Per unit and timestep, beside the products, biases and squashing of the gates."""


class OpCost(NamedTuple):
    """One op for one image: the values it hands on, and the operations that makes."""

    name: str
    n_activations: int
    flops: int


def costs(config: Config, width: int) -> tuple[OpCost, ...]:
    """Every op in the order of `output_shapes`, for an image `width` pixels wide."""
    each = dict(_flops_per_value(config))
    found = []
    for op in output_shapes(config, width):
        size = math.prod(op.shape)
        found.append(OpCost(op.name, size, size * each.get(op.name, 0)))
    return tuple(found)


def _flops_per_value(config: Config) -> Iterator[tuple[str, int]]:
    """(op name, operations for each value of its output); ops that only move values are missing."""
    model = build(config)
    for number, block in enumerate(model.blocks, start=1):
        yield from _block_flops(config, number, block)
    for layer in model.layers:
        for name, op in layer.directions:
            yield name, _recurrent_flops(op)
    yield "linear", 2 * model.linear.d_in + 1


def _block_flops(config: Config, number: int, block: Block) -> Iterator[tuple[str, int]]:
    spec = config.convs[number - 1]
    yield block.name, 2 * block.conv.c_in * math.prod(spec.kernel) + 1
    yield block.norm_name, _NORM_FLOPS[spec.norm]
    yield f"{spec.activation}{number}", 1
    yield f"pool{number}", math.prod(spec.pool)


def _recurrent_flops(op: Recurrent) -> int:
    """A gate takes two products, an addition for the bias and one squashing."""
    gates = N_GATES[op.cell] * (2 * op.d_in + 2 * op.units + 2)
    return gates + _STATE_FLOPS[op.cell]
