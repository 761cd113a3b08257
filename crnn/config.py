"""Config: one frozen value that says everything about a network and its training.

The presets are values of it, and a variant is `dataclasses.replace(preset, ...)`. `validate` runs
before anything is built, and its messages name field, value and the allowed range.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

from crnn.data.prepare import InputSpec
from crnn.errors import ConfigError
from crnn.text.hangul import Alphabet, make_alphabet

Cell = Literal["tanh", "lstm"]
Optimiser = Literal["adam", "sgd"]
Kernels = Literal["plain"]
Dtype = Literal["float32", "float64"]


@dataclass(frozen=True, slots=True)
class ConvBlock:
    """conv3x3 to `channels`, ReLU, max-pool by (height, width)."""

    channels: int
    pool: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Config:
    """What is built and how it learns. See `validate` for the ranges."""

    preset: str
    input: InputSpec
    alphabet: Alphabet
    convs: tuple[ConvBlock, ...]
    cell: Cell = "lstm"
    units: int = 128
    bidirectional: bool = True
    layers: int = 1
    optimiser: Optimiser = "adam"
    lr: float = 1e-3
    momentum: float = 0.9
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    clip_norm: float = 5.0
    batch: int = 32
    seed: int = 7
    shards: int = 2
    kernels: Kernels = "plain"
    dtype: Dtype = "float32"

    @property
    def n_classes(self) -> int:
        """K: every symbol of the alphabet, and blank."""
        return self.alphabet.n_classes

    @property
    def stride(self) -> int:
        """Pixels of image a timestep: the product of the pools' widths."""
        product = 1
        for block in self.convs:
            product *= block.pool[1]
        return product

    @property
    def frame_height(self) -> int:
        """Rows left after all pools; a timestep has this many times the last channel count features."""
        rows = self.input.height
        for block in self.convs:
            rows //= block.pool[0]
        return rows

    @property
    def n_directions(self) -> int:
        return 2 if self.bidirectional else 1

    def n_frames(self, width: int) -> int:
        """T of an image `width` pixels wide: ceil(width / stride)."""
        return -(-width // self.stride)


_POSITIVE_INTEGERS = ("units", "layers", "batch", "shards")


def validate(config: Config) -> Config:
    """Return `config`, or raise ConfigError naming the field, its value and the allowed range."""
    for field in _POSITIVE_INTEGERS:
        _check(getattr(config, field) >= 1, config, field, "an integer of 1 or more")
    _check(config.lr > 0, config, "lr", "a number above 0")
    _check(config.clip_norm > 0, config, "clip_norm", "a number above 0")
    _check(0 <= config.momentum < 1, config, "momentum", "0 to below 1")
    _check(all(0 <= b < 1 for b in config.betas), config, "betas", "two numbers from 0 to below 1")
    _check(0 <= config.seed < 2**63, config, "seed", "0 to 2^63 - 1")
    _check(config.cell in get_args(Cell), config, "cell", " or ".join(get_args(Cell)))
    _check(config.optimiser in get_args(Optimiser), config, "optimiser", "adam or sgd")
    _check(config.kernels in get_args(Kernels), config, "kernels", "plain")
    _check(config.dtype in get_args(Dtype), config, "dtype", "float32 or float64")
    _check(1 <= len(config.convs) <= 8, config, "convs", "1 to 8 blocks")
    _validate_blocks(config)
    return config


def _validate_blocks(config: Config) -> None:
    rows = config.input.height
    for number, block in enumerate(config.convs, start=1):
        field = f"convs[{number}]"
        if block.channels < 1:
            raise ConfigError(f"{field}.channels is {block.channels}; allowed: 1 or more")
        if block.pool[0] not in (1, 2, 4) or block.pool[1] not in (1, 2, 4):
            raise ConfigError(f"{field}.pool is {block.pool}; allowed: 1, 2 or 4 each way")
        if rows % block.pool[0]:
            raise ConfigError(
                f"{field}.pool is {block.pool}, but {rows} rows are left there and "
                f"{block.pool[0]} does not divide them; change the pool or input.height"
            )
        rows //= block.pool[0]
    if config.input.width % config.stride:
        raise ConfigError(
            f"input.width is {config.input.width}; allowed: a multiple of the stride {config.stride}"
        )


def _check(ok: bool, config: Config, field: str, allowed: str) -> None:
    if not ok:
        raise ConfigError(f"{field} is {getattr(config, field)!r}; allowed: {allowed}")


def preset(name: str, alphabet: Alphabet | None = None) -> Config:
    """The design's presets seed, word and line, and `lesson`: a small `word` for the first minutes."""
    jamo = alphabet or make_alphabet("jamo")
    kept = InputSpec(height=32, width=128, max_width=512, shape="height")
    word = Config(
        preset="word",
        input=kept,
        alphabet=jamo,
        convs=(
            ConvBlock(32, (2, 2)),
            ConvBlock(64, (2, 2)),
            ConvBlock(128, (2, 1)),
            ConvBlock(128, (2, 1)),
        ),
    )
    presets = {
        "word": word,
        "line": replace(
            word, preset="line", input=replace(kept, width=256, max_width=1024), batch=16
        ),
        "seed": Config(
            preset="seed",
            input=InputSpec(height=32, width=32, max_width=32, shape="square"),
            alphabet=alphabet or make_alphabet("compat"),
            convs=(ConvBlock(32, (2, 2)), ConvBlock(64, (2, 2))),
            cell="tanh",
            units=256,
            bidirectional=False,
        ),
        "lesson": replace(
            word,
            preset="lesson",
            convs=(
                ConvBlock(16, (2, 2)),
                ConvBlock(32, (2, 2)),
                ConvBlock(48, (2, 1)),
                ConvBlock(64, (2, 1)),
            ),
            units=64,
            batch=16,
            lr=3e-3,
        ),
    }
    if name not in presets:
        raise ConfigError(f"preset is {name!r}; allowed: {', '.join(presets)}")
    return validate(presets[name])


def to_json(config: Config) -> str:
    """One line of JSON that `from_json` reads back to an equal Config."""
    return json.dumps(asdict(config), ensure_ascii=False, sort_keys=True)


def from_json(text: str) -> Config:
    """Read what `to_json` wrote. Raises ConfigError where a field is missing, unknown or out of range."""
    try:
        fields: dict[str, Any] = json.loads(text)
        fields["input"] = InputSpec(**fields["input"])
        alphabet = fields["alphabet"]
        fields["alphabet"] = Alphabet(alphabet["kind"], tuple(alphabet["symbols"]))
        fields["convs"] = tuple(
            ConvBlock(int(b["channels"]), (int(b["pool"][0]), int(b["pool"][1])))
            for b in fields["convs"]
        )
        fields["betas"] = (float(fields["betas"][0]), float(fields["betas"][1]))
        config = Config(**fields)
    except (json.JSONDecodeError, KeyError, TypeError, IndexError, ValueError) as error:
        raise ConfigError(f"this is not a Config of the program: {error}") from error
    return validate(config)
