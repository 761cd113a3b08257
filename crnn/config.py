"""Config: one frozen value that says everything about a network and its training.

The presets are values of it, and a variant is `dataclasses.replace(preset, ...)`. `validate` runs
before anything is built, and its messages name field, value and the allowed range. Fields added
later have defaults that mean what was done before, so that an older file reads as it was written.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

from crnn.data.augment import Augment
from crnn.data.prepare import InputSpec
from crnn.errors import ConfigError
from crnn.text.hangul import Alphabet, make_alphabet

Pair = tuple[int, int]
"""(vertical, horizontal), always."""
Cell = Literal["tanh", "lstm", "gru"]
Activation = Literal["relu", "leaky_relu", "tanh", "sigmoid"]
Norm = Literal["none", "batch", "layer"]
PoolKind = Literal["max", "avg"]
Optimiser = Literal["adam", "adamw", "sgd", "rmsprop", "adadelta"]
Schedule = Literal["constant", "step", "cosine", "one_cycle", "warmup"]
Kernels = Literal["plain", "fast"]
Dtype = Literal["float32", "float64"]


@dataclass(frozen=True, slots=True)
class ConvBlock:
    """conv to `channels`, norm, activation, pool by (height, width); all pairs are (rows, columns).

    Rows are PyTorch's: floor((rows + 2 padding - kernel) / stride) + 1. Columns are ceil(columns /
    stride) for every kernel, since a picture is followed by as much blank paper as its last column
    needs; so T = ceil(width / Config.stride) holds for every stack.
    """

    channels: int
    pool: Pair
    kernel: Pair = (3, 3)
    stride: Pair = (1, 1)
    padding: Pair = (1, 1)
    activation: Activation = "relu"
    norm: Norm = "none"
    pool_kind: PoolKind = "max"

    def rows(self, rows: int) -> int:
        """Rows of the convolution's output, before the pool."""
        return (rows + 2 * self.padding[0] - self.kernel[0]) // self.stride[0] + 1


@dataclass(frozen=True, slots=True)
class Config:
    """What is built and how it learns. See `validate` for the ranges.

    dropout: after every recurrent layer. weight_decay: decoupled for adamw, else L2. rho: the decay
    of the squared average of rmsprop (PyTorch's alpha) and adadelta. schedule_steps and
    schedule_factor: see crnn/schedule.py. augment: how much training changes pictures, see
    crnn/data/augment.py. alike: batches in a pool that is sorted by width, see
    crnn/data/dataset.py.
    """

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
    dropout: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0
    rho: float = 0.9
    schedule: Schedule = "constant"
    schedule_steps: int = 1000
    schedule_factor: float = 0.1
    augment: Augment = "none"
    alike: int = 1

    @property
    def n_classes(self) -> int:
        """K: every symbol of the alphabet, and blank."""
        return self.alphabet.n_classes

    @property
    def stride(self) -> int:
        """Pixels of image a timestep: the product of the strides and the pools' widths."""
        return math.prod(block.stride[1] * block.pool[1] for block in self.convs)

    @property
    def frame_height(self) -> int:
        """Rows left after all pools; a timestep has this many features a channel."""
        rows = self.input.height
        for block in self.convs:
            rows = block.rows(rows) // block.pool[0]
        return rows

    @property
    def n_directions(self) -> int:
        return 2 if self.bidirectional else 1

    def n_frames(self, width: int) -> int:
        """T of an image `width` pixels wide: ceil(width / stride)."""
        return -(-width // self.stride)


def _whole(low: int, high: float = math.inf) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and low <= value <= high


def _number(is_allowed: Callable[[float], bool]) -> Callable[[Any], bool]:
    return lambda value: type(value) in (int, float) and math.isfinite(value) and is_allowed(value)


def _one_of(names: Any) -> tuple[Callable[[Any], bool], str]:
    allowed = get_args(names)
    return (lambda value: value in allowed), " or ".join(allowed)


Check = tuple[Callable[[Any], bool], str]
_COUNT: Check = _whole(1), "an integer of 1 or more"
_ABOVE_0: Check = _number(lambda value: value > 0), "a number above 0"
_BELOW_1: Check = _number(lambda value: 0 <= value < 1), "0 to below 1"

_CONFIG: dict[str, Check] = {
    "cell": _one_of(Cell),
    "units": _COUNT,
    "layers": _COUNT,
    "bidirectional": (lambda value: type(value) is bool, "true or false"),
    "optimiser": _one_of(Optimiser),
    "lr": _ABOVE_0,
    "momentum": _BELOW_1,
    "eps": _ABOVE_0,
    "clip_norm": _ABOVE_0,
    "batch": _COUNT,
    "seed": (_whole(0, 2**63 - 1), "0 to 2^63 - 1"),
    "shards": _COUNT,
    "kernels": _one_of(Kernels),
    "dtype": _one_of(Dtype),
    "dropout": _BELOW_1,
    "nesterov": (lambda value: type(value) is bool, "true or false"),
    "weight_decay": (_number(lambda value: value >= 0), "a number of 0 or more"),
    "rho": _BELOW_1,
    "schedule": _one_of(Schedule),
    "schedule_steps": _COUNT,
    "schedule_factor": (_number(lambda value: 0 <= value <= 1), "0 to 1"),
    "augment": _one_of(Augment),
    "alike": _COUNT,
}
_INPUT: dict[str, Check] = {
    "height": _COUNT,
    "width": _COUNT,
    "max_width": _COUNT,
    "shape": (lambda value: value in ("square", "height"), "square or height"),
}


def _pair(low: int, high: int) -> Check:
    is_whole = _whole(low, high)
    return (
        lambda pair: isinstance(pair, tuple) and len(pair) == 2 and all(map(is_whole, pair)),
        f"{low} to {high} each way, (rows, columns)",
    )


_BLOCK: dict[str, Check] = {
    "channels": _COUNT,
    "pool": _pair(1, 16),
    "kernel": _pair(1, 31),
    "stride": _pair(1, 16),
    "padding": _pair(0, 15),
    "activation": _one_of(Activation),
    "norm": _one_of(Norm),
    "pool_kind": _one_of(PoolKind),
}


def validate(config: Config) -> Config:
    """Return `config`, or raise ConfigError naming the field, its value and the allowed range."""
    _check(config, _CONFIG)
    is_below_1, _ = _BELOW_1
    if not (len(config.betas) == 2 and all(map(is_below_1, config.betas))):
        raise ConfigError(f"betas is {config.betas}; allowed: two numbers from 0 to below 1")
    if config.nesterov and not config.momentum:
        raise ConfigError("momentum is 0; allowed with nesterov: a number above 0")
    _check(config.input, _INPUT, "input.")
    if not 1 <= len(config.convs) <= 16:
        raise ConfigError(f"convs has {len(config.convs)} blocks; allowed: 1 to 16")
    rows = config.input.height
    for number, block in enumerate(config.convs, start=1):
        rows = _rows_after(block, rows, f"convs[{number}].")
    if config.input.width % config.stride:
        raise ConfigError(
            f"input.width is {config.input.width}; allowed: a multiple of the stride, "
            f"{config.stride}"
        )
    return config


def _rows_after(block: ConvBlock, rows: int, field: str) -> int:
    """Rows of the block's output for `rows` of input, once every field of it is found right."""
    _check(block, _BLOCK, field)
    for name, limit in (("stride", block.kernel), ("padding", _half(block.kernel))):
        if any(value > most for value, most in zip(getattr(block, name), limit, strict=True)):
            raise ConfigError(
                f"{field}{name} is {getattr(block, name)}; allowed with a kernel of "
                f"{block.kernel}: at most {limit}"
            )
    after = block.rows(rows)
    if after < 1:
        raise ConfigError(
            f"{field}kernel is {block.kernel}; allowed: at most "
            f"{rows + 2 * block.padding[0]} rows, which is what is left there and its padding"
        )
    if after % block.pool[0]:
        raise ConfigError(
            f"{field}pool is {block.pool}, but {after} rows are left there and "
            f"{block.pool[0]} does not divide them; allowed: a divisor of {after}"
        )
    return after // block.pool[0]


def _half(kernel: Pair) -> Pair:
    """A window with more padding than this sees more of it on one side than a middle pixel can."""
    return (kernel[0] - 1) // 2, (kernel[1] - 1) // 2


def _check(value: object, checks: dict[str, Check], prefix: str = "") -> None:
    for field, (is_allowed, allowed) in checks.items():
        found = getattr(value, field)
        if not is_allowed(found):
            raise ConfigError(f"{prefix}{field} is {found!r}; allowed: {allowed}")


def _blocks(*sizes: tuple[int, Pair]) -> tuple[ConvBlock, ...]:
    return tuple(ConvBlock(channels, pool) for channels, pool in sizes)


def preset(name: str, alphabet: Alphabet | None = None) -> Config:
    """The design's presets seed, word, line; `lesson` is a small `word` for the first minutes."""
    kept = InputSpec(height=32, width=128, max_width=512, shape="height")
    word = Config(
        preset="word",
        input=kept,
        alphabet=alphabet or make_alphabet("jamo"),
        convs=_blocks((32, (2, 2)), (64, (2, 2)), (128, (2, 1)), (128, (2, 1))),
        kernels="fast",
    )
    wide = replace(kept, width=256, max_width=1024)
    *small, last = _blocks((16, (2, 2)), (32, (2, 2)), (48, (2, 1)), (64, (2, 1)))
    # A norm before the RNN keeps its gates from saturating in the first steps: all 64 words are
    # read after about 230 steps instead of 480.
    normed = (*small, replace(last, norm="batch"))
    presets = {
        "word": word,
        "line": replace(word, preset="line", input=wide, batch=16),
        "seed": _seed(alphabet or make_alphabet("compat")),
        "lesson": replace(word, preset="lesson", convs=normed, units=64, batch=16, lr=3e-3),
    }
    if name not in presets:
        raise ConfigError(f"preset is {name!r}; allowed: {', '.join(presets)}")
    return validate(presets[name])


def _seed(alphabet: Alphabet) -> Config:
    return Config(
        preset="seed",
        input=InputSpec(height=32, width=32, max_width=32, shape="square"),
        alphabet=alphabet,
        convs=_blocks((32, (2, 2)), (64, (2, 2))),
        cell="tanh",
        units=256,
        bidirectional=False,
        kernels="fast",
    )


def to_json(config: Config) -> str:
    """One line of JSON that `from_json` reads back to an equal Config."""
    return json.dumps(asdict(config), ensure_ascii=False, sort_keys=True)


def from_json(text: str) -> Config:
    """Read what `to_json` wrote. Raises ConfigError where a field is missing, unknown or wrong."""
    try:
        fields: dict[str, Any] = json.loads(text)
        fields["input"] = InputSpec(**fields["input"])
        alphabet = fields["alphabet"]
        fields["alphabet"] = Alphabet(alphabet["kind"], tuple(alphabet["symbols"]))
        fields["convs"] = tuple(_block_of(block) for block in fields["convs"])
        fields["betas"] = (float(fields["betas"][0]), float(fields["betas"][1]))
        config = Config(**fields)
    except (json.JSONDecodeError, KeyError, TypeError, IndexError, ValueError) as error:
        raise ConfigError(f"this is not a Config of the program: {error}") from error
    return validate(config)


def _block_of(fields: dict[str, Any]) -> ConvBlock:
    """JSON has lists for pairs. A field that an earlier version did not write keeps its default."""
    pairs = ("pool", "kernel", "stride", "padding")
    made: dict[str, Any] = {
        name: tuple(value) if name in pairs else value for name, value in fields.items()
    }
    return ConvBlock(**made)
