"""Where the time of a step goes, op by op: each op of one shard by itself, times the shards."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from crnn import model, shard
from crnn.arrays import Real
from crnn.commands.bench_clock import best_ms
from crnn.config import Config
from crnn.ctc.loss import ctc_loss
from crnn.data.dataset import Batch
from crnn.fast import FastBlockCache
from crnn.kernels import maps
from crnn.kernels.maps import Maps
from crnn.kernels.normed import Normed, NormedCache
from crnn.kernels.stem import Stem, StemCache
from crnn.kernels.winograd import Winograd, WinogradCache
from crnn.optim import RULES, global_norm
from crnn.train import TrainState, digests

OpTimes = dict[str, tuple[float, float]]
"""Name -> milliseconds a step, forward and backward; 0 where there is no backward."""


def breakdown(config: Config, batch: Batch, state: TrainState) -> OpTimes:
    """The shortest of a few calls of each op. The sum is less than a step: here all is in cache."""
    parts = shard.split(batch, config.shards)
    training = model.Training(state.step, 0)
    made = shard.forward(config, state.params, parts[0], state.statistics, training)
    found = _convs(config, made)
    found |= _layers(config, state, made)
    scaled = {name: (f * len(parts), b * len(parts)) for name, (f, b) in found.items()}
    frames_N, labels = made.cache.frames_N, parts[0].labels
    ctc_ms = best_ms(lambda: ctc_loss(made.cache.logits_NTK, frames_N, labels))
    scaled["ctc"] = (ctc_ms * len(parts), 0.0)
    grad_P = state.params.flat * np.float32(1e-3)
    update, step = RULES[config.optimiser], state.step
    flats = (state.params.flat, state.moments_P, grad_P)
    scaled["update"] = (best_ms(lambda: update(config, config.lr, step, *flats)), 0.0)
    scaled["norm, digests"] = (best_ms(lambda: (global_norm(grad_P), digests(state))), 0.0)
    return scaled


def _convs(config: Config, made: shard.ShardPass) -> OpTimes:
    """Each block with norm, ReLU, pool and mask; in their fast form, which all subjects have."""
    found: OpTimes = {}
    x: Maps | None = None
    for block, cache in zip(model.build(config).blocks, made.cache.blocks, strict=True):
        assert isinstance(cache, FastBlockCache)
        forward, backward = _block_calls(cache, made.x_NCHW, x)
        found[block.name] = (best_ms(forward), best_ms(backward))
        x = cache.run.y
    assert x is not None
    frames_TND, rows = x.to_frames(), x.rows
    found["frames"] = (best_ms(x.to_frames), best_ms(lambda: maps.from_frames(frames_TND, rows)))
    return found


def _block_calls(
    cache: FastBlockCache, x_NCHW: Real, x: Maps | None
) -> tuple[Callable[[], object], Callable[[], object]]:
    op, run, params = cache.op, cache.run, cache.params
    if isinstance(op, Normed):
        assert isinstance(run, NormedCache)
        given = x_NCHW if x is None else x
        return (
            lambda: op.forward(params, given, None, run.columns_N, None),
            lambda: op.backward(params, run, run.y),
        )
    if isinstance(op, Stem):
        assert isinstance(run, StemCache)
        return lambda: op.forward(params, x_NCHW, None), lambda: op.gradients(run, run.y)
    assert isinstance(op, Winograd)
    assert isinstance(run, WinogradCache)
    assert x is not None
    return lambda: op.forward(params, x, None), lambda: op.backward(params, run, run.y)


def _layers(config: Config, state: TrainState, made: shard.ShardPass) -> OpTimes:
    net, cache, found = model.build(config), made.cache, OpTimes()
    h_NTD = cache.frames_NTD
    for layer, runs in zip(net.layers, cache.layers, strict=True):
        arguments = (net, layer, state.params, h_NTD, cache.frames_N)
        forward = partial(model.layer_forward, *arguments)
        h_NTD, _ = forward()
        backward = partial(model.layer_backward, net, layer, state.params, runs, h_NTD, {})
        found[layer.name] = (best_ms(forward), best_ms(backward))
    own = {name: state.params[f"linear.{name}"] for name in ("w", "b")}
    found["linear"] = (
        best_ms(lambda: net.linear.forward(own, h_NTD)),
        best_ms(lambda: net.linear.backward(own, cache.linear, made.ctc.dlogits_NTK)),
    )
    return found
