"""A Config is judged before anything is built, by messages that name field, value and range."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from crnn.config import Config, ConvBlock, from_json, preset, to_json, validate
from crnn.data.prepare import InputSpec
from crnn.errors import ConfigError
from tests.support import tiny_word

EVERY_FIELD = tiny_word(
    convs=(
        ConvBlock(3, (2, 2), (5, 3), (1, 1), (2, 1), "leaky_relu", "batch", "avg"),
        ConvBlock(4, (1, 1), (2, 2), (2, 2), (0, 0), "tanh", "layer"),
    ),
    cell="gru",
    layers=2,
    dropout=0.25,
    optimiser="sgd",
    nesterov=True,
    weight_decay=0.01,
    rho=0.8,
    schedule="cosine",
    schedule_steps=50,
    schedule_factor=0.0,
)


def block(**changes: Any) -> dict[str, Any]:
    return {"convs": (replace(ConvBlock(3, (2, 2)), **changes),)}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"cell": "elman"}, "cell is 'elman'; allowed: tanh or lstm or gru"),
    ({"units": 0}, "units is 0; allowed: an integer of 1 or more"),
    ({"units": 2.5}, "units is 2.5; allowed: an integer"),
    ({"layers": -1}, "layers is -1; allowed"),
    ({"bidirectional": 1}, "bidirectional is 1; allowed: true or false"),
    ({"optimiser": "lion"}, "optimiser is 'lion'; allowed: adam or adamw or sgd or rmsprop or ada"),
    ({"lr": 0.0}, "lr is 0.0; allowed: a number above 0"),
    ({"lr": float("inf")}, "lr is inf; allowed"),
    ({"lr": float("nan")}, "lr is nan; allowed"),
    ({"momentum": 1.0}, "momentum is 1.0; allowed: 0 to below 1"),
    ({"betas": (0.9, 1.0)}, r"betas is \(0.9, 1.0\); allowed"),
    ({"betas": (0.9,)}, "betas is"),
    ({"eps": 0.0}, "eps is 0.0; allowed: a number above 0"),
    ({"clip_norm": -1}, "clip_norm is -1; allowed"),
    ({"batch": True}, "batch is True; allowed"),
    ({"seed": 2**63}, "seed is .*; allowed: 0 to 2"),
    ({"shards": 0}, "shards is 0"),
    ({"kernels": "quick"}, "kernels is 'quick'; allowed: plain"),
    ({"dtype": "float16"}, "dtype is 'float16'; allowed: float32 or float64"),
    ({"dropout": 1.0}, "dropout is 1.0; allowed: 0 to below 1"),
    ({"nesterov": True, "momentum": 0}, "momentum is 0; allowed with nesterov"),
    ({"weight_decay": -0.1}, "weight_decay is -0.1; allowed: a number of 0 or more"),
    ({"rho": 1.5}, "rho is 1.5; allowed"),
    ({"schedule": "linear"}, "schedule is 'linear'; allowed: constant or step or cosine"),
    ({"schedule_steps": 0}, "schedule_steps is 0"),
    ({"schedule_factor": 2.0}, "schedule_factor is 2.0; allowed: 0 to 1"),
    ({"augment": "much"}, "augment is 'much'; allowed: none or light or strong"),
    ({"alike": 0}, "alike is 0; allowed: an integer of 1 or more"),
    ({"convs": ()}, "convs has 0 blocks; allowed: 1 to 16"),
    ({"input": InputSpec(0, 16, 64, "height")}, "input.height is 0; allowed"),
    ({"input": InputSpec(8, 15, 64, "height")}, "input.width is 15; allowed: a multiple of the s"),
    ({"input": InputSpec(8, 16, 64, "round")}, "input.shape is 'round'"),  # type: ignore[arg-type]
    (block(channels=0), r"convs\[1\].channels is 0; allowed"),
    (block(pool=(2, 0)), r"convs\[1\].pool is \(2, 0\); allowed: 1 to 16 each way"),
    (block(pool=(3, 1)), r"convs\[1\].pool is \(3, 1\), but 8 rows are left .* a divisor of 8"),
    (block(pool=(2, 2, 2)), r"convs\[1\].pool is \(2, 2, 2\)"),
    (block(kernel=(0, 3)), r"convs\[1\].kernel is \(0, 3\); allowed: 1 to 31"),
    (block(kernel=(9, 3), padding=(0, 1)), r"convs\[1\].kernel is \(9, 3\); allowed: at most 8"),
    (block(stride=(4, 1)), r"convs\[1\].stride is \(4, 1\); allowed with a kernel of \(3, 3\)"),
    (block(padding=(2, 1)), r"convs\[1\].padding is \(2, 1\); .* at most \(1, 1\)"),
    (block(activation="swish"), r"convs\[1\].activation is 'swish'; allowed: relu or leaky_relu"),
    (block(norm="group"), r"convs\[1\].norm is 'group'; allowed: none or batch or layer"),
    (block(pool_kind="min"), r"convs\[1\].pool_kind is 'min'; allowed: max or avg"),
]


@pytest.mark.parametrize(("changes", "message"), WRONG, ids=lambda value: str(value)[:40])
def test_a_wrong_field_is_named_with_its_value_and_its_range(
    changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        validate(replace(tiny_word(), **changes))


def test_every_field_of_config_and_block_is_judged() -> None:
    """No field can be added without a range: each appears in a message above."""
    judged = {name for changes, _ in WRONG for name in changes}
    assert judged == set(Config.__dataclass_fields__) - {"preset", "alphabet"}
    of_blocks = " ".join(message for changes, message in WRONG if "convs" in changes)
    assert all(f".{name} is" in of_blocks for name in ConvBlock.__dataclass_fields__)


@pytest.mark.parametrize("config", [EVERY_FIELD, *map(preset, ("seed", "word", "line", "lesson"))])
def test_json_comes_back_equal(config: Config) -> None:
    assert from_json(to_json(config)) == config


def test_a_file_from_before_a_field_was_added_means_what_it_did() -> None:
    fields = json.loads(to_json(preset("word")))
    added = ("dropout", "nesterov", "weight_decay", "rho", "schedule")
    for name in (*added, "schedule_steps", "schedule_factor"):
        del fields[name]
    for conv in fields["convs"]:
        for name in ("kernel", "stride", "padding", "activation", "norm", "pool_kind"):
            del conv[name]
    assert from_json(json.dumps(fields)) == preset("word")


def test_an_unknown_field_is_refused() -> None:
    fields = json.loads(to_json(preset("word")))
    fields["convs"][0]["dilation"] = 2
    with pytest.raises(ConfigError, match="dilation"):
        from_json(json.dumps(fields))
