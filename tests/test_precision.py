"""How far float32 gradients are from float64's: 2e-6 of the largest, once both decide alike.

ReLU and max-pool decide. Where two values are closer than float32 resolves, it may decide otherwise
than float64, and a whole path of the gradient goes another way: one such cell in millions moves a
tensor by 1e-4, in PyTorch as here (docs/performance.md). So float64 is made to decide as float32
did; what is left is what the arithmetic itself loses.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crnn import model
from crnn.arrays import Real
from crnn.commands.bench_subjects import Subject
from crnn.config import Config, Kernels, Norm
from crnn.ctc.loss import ctc_loss
from crnn.data.dataset import Batch
from crnn.fast import FastBlockCache
from crnn.kernels import stem, winograd
from crnn.model import AnyBlockCache, BlockCache
from crnn.train import initial_state

LIMIT = 2e-6
NORMED_LIMIT = 3e-6
"""With batch norm: every gradient that passes it is a difference of larger sums."""
BLOCK_BYTES = (stem.BLOCK_BYTES, winograd.BLOCK_BYTES)


def _pass(config: Config, batch: Batch, dtype: str) -> tuple[model.ForwardCache, dict[str, Real]]:
    """The forward pass from the same drawn parameters, and the logits' gradient by name."""
    params = {name: w.astype(dtype) for name, w in initial_state(config).params.items()}
    net = model.build(replace(config, dtype=dtype))  # type: ignore[arg-type]
    x_NCHW, training = batch.x_NCHW.astype(dtype), model.Training(0, 0)
    _, cache = model.forward(net, params, x_NCHW, batch.width_N, training=training)
    return cache, params


def _gradients(
    config: Config, batch: Batch, cache: model.ForwardCache, params: dict[str, Real]
) -> dict[str, Real]:
    ctc = ctc_loss(cache.logits_NTK, cache.frames_N, batch.labels)
    return model.backward(model.build(config), params, cache, ctc.dlogits_NTK / len(batch.ids))


def _deciding_as(block: AnyBlockCache, other: AnyBlockCache) -> AnyBlockCache:
    """`block` with the ReLU and max-pool decisions of `other`."""
    if isinstance(block, FastBlockCache):
        assert isinstance(other, FastBlockCache)
        run = block.run._replace(won=other.run.won, alive=other.run.alive)
        return replace(block, run=run)
    assert isinstance(other, BlockCache)
    return block._replace(activation=other.activation, pool=other.pool)


@pytest.mark.parametrize("kernels", ["plain", "fast"])
@pytest.mark.parametrize(
    ("preset", "norm", "limit"),
    [
        *((name, "none", LIMIT) for name in ("seed", "word", "line")),
        *((name, "batch", NORMED_LIMIT) for name in ("seed", "word")),
    ],
)
def test_float32_loses_two_millionths_where_both_decide_alike(
    preset: str, norm: Norm, limit: float, kernels: Kernels, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = Subject.of(preset, {"seed": 32, "word": 16, "line": 4}[preset], None, 55)
    config, batch = replace(subject.config(), kernels=kernels), subject.fixed_batch()
    config = replace(config, convs=tuple(replace(block, norm=norm) for block in config.convs))
    cache, params = _pass(config, batch, "float32")
    grads = _gradients(config, batch, cache, params)
    for module, size in zip((stem, winograd), BLOCK_BYTES, strict=True):  # the same blocks
        monkeypatch.setattr(module, "BLOCK_BYTES", 2 * size)
    exact, exact_params = _pass(config, batch, "float64")
    for made, right in zip(cache.blocks, exact.blocks, strict=True):
        largest = np.abs(right.conv_NCHW).max()
        # So only values within twice that of each other, or of 0, can be decided differently.
        assert np.abs(made.conv_NCHW - right.conv_NCHW).max() <= limit * largest
    blocks = tuple(map(_deciding_as, exact.blocks, cache.blocks))
    expected = _gradients(config, batch, exact._replace(blocks=blocks), exact_params)
    for name, grad in expected.items():
        if norm == "batch" and name.startswith("conv") and name.endswith(".b"):
            continue  # the norm takes it off: its gradient is 0 but for rounding
        assert np.abs(grads[name] - grad).max() <= limit * np.abs(grad).max(), name
