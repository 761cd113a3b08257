"""Costs are counted from the Config alone and agree with the arrays and with hand counts."""

from __future__ import annotations

import pytest

from crnn.config import Config, preset
from crnn.cost import costs
from crnn.model import build, forward, init_params, init_statistics
from tests.stacks import STACKS
from tests.support import images


@pytest.mark.parametrize("config", STACKS.values(), ids=STACKS.keys())
def test_activations_are_the_sizes_of_the_arrays(config: Config) -> None:
    """For a width of whole timesteps nothing is computed beyond the sample's own columns."""
    x_NCHW, width_N = images(config, (64,))
    _, cache = forward(
        build(config), init_params(config), x_NCHW, width_N, statistics=init_statistics(config)
    )
    found = {cost.name: cost.n_activations for cost in costs(config, 64)}
    for number, block in enumerate(cache.blocks, start=1):
        names = ("conv", config.convs[number - 1].activation, "pool")
        for name, maps in zip(names, block.sample(0), strict=True):
            assert found[f"{name}{number}"] == maps.size
    assert found["frames"] == cache.frames_NTD.size
    assert found["linear"] == cache.logits_NTK.size


def test_the_seed_network_costs_what_a_count_by_hand_says() -> None:
    config = preset("seed")
    found = {cost.name: cost.flops for cost in costs(config, 32)}
    k = config.n_classes
    assert found == {
        "conv1": 32 * 32 * 32 * (2 * 9 + 1),
        "relu1": 32 * 32 * 32,
        "pool1": 32 * 32 * 32,
        "conv2": 64 * 16 * 16 * (2 * 9 * 32 + 1),
        "relu2": 64 * 16 * 16,
        "pool2": 64 * 16 * 16,
        "frames": 0,
        "rnn1.fwd": 8 * 256 * (2 * 512 + 2 * 256 + 2),
        "linear": 8 * k * (2 * 256 + 1),
    }


def test_products_dominate_and_grow_with_the_width() -> None:
    config = preset("word")
    narrow, wide = (sum(cost.flops for cost in costs(config, w)) for w in (128, 256))
    assert wide == 2 * narrow
    lstm = next(cost for cost in costs(config, 128) if cost.name == "rnn1.fwd")
    assert lstm.flops == pytest.approx(32 * 4 * 128 * 2 * (256 + 128), rel=0.01)
