"""Recipes: a whole training in one TOML file: the network, the data, and the stages one by one.

A recipe holds the Config fields that differ from a preset, and the plan: `data`, `steps`, `val`,
`val_every`, `ahead`, `start`. Each table of `stages` holds what differs in that stage: its data,
its steps, `begins` where it does not begin with the end of the stage before, and Config fields that
change no weight's shape; all else it has from above. `mean` lists stages whose ends are averaged.
Everything is checked here, before anything is built; messages name file, field, value and what is
allowed.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, get_args

from crnn.config import Config, ConvBlock, from_json, preset, to_json, validate
from crnn.data.prepare import InputSpec
from crnn.errors import ConfigError
from crnn.text.hangul import AlphabetKind, make_alphabet

VAL_EVERY = 500
MAX_STAGES = 99

_CONFIG = tuple(field.name for field in fields(Config))
_SHAPING = {"preset", "input", "alphabet", "convs", "cell", "units", "bidirectional", "layers"}
_SHAPING |= {"dtype"}
"""Config fields that say what the weights are: the same in all stages."""
_BLOCK = tuple(field.name for field in fields(ConvBlock))
_INPUT = tuple(field.name for field in fields(InputSpec))


@dataclass(frozen=True, slots=True)
class Plan:
    """What a recipe says beside its Config; None where it says nothing.

    data, val: sources as of crnn.data.sources. start: a checkpoint whose weights are begun with.
    val_every: steps between readings of `val`. ahead: batches come from a process of their own.
    """

    data: str | None = None
    steps: int | None = None
    val: str | None = None
    val_every: int = VAL_EVERY
    ahead: bool = False
    start: str | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One training from the weights of an earlier stage, with an optimiser at rest.

    begins: the number of that stage, counted from 1; 0: none, it is the first.
    """

    config: Config
    data: str
    steps: int
    begins: int


@dataclass(frozen=True, slots=True)
class Recipe:
    """`stages` is () where the file has none: then it is one plain run of `config`.

    mean: numbers of stages, from 1, whose ends are averaged in the end; () for none.
    """

    path: Path
    config: Config
    plan: Plan
    stages: tuple[Stage, ...] = ()
    mean: tuple[int, ...] = ()

    @property
    def steps(self) -> int:
        """Of all stages."""
        return sum(stage.steps for stage in self.stages)


def read_recipe(path: Path) -> Recipe:
    """Read and check a recipe. Raises ConfigError naming the file and the field."""
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        listed = _tables(table.pop("stages", []), "stages")
        if len(listed) > MAX_STAGES:
            raise ConfigError(f"stages has {len(listed)} tables; allowed: at most {MAX_STAGES}")
        mean = _mean(table.pop("mean", []), len(listed))
        plan = Plan(**_planned(table))
        config = _config(table)
        if mean and any(block.norm != "none" for block in config.convs):
            raise ConfigError(
                f"mean is {list(mean)!r}; allowed: none with batch norm, whose running averages "
                "would not be those of the mean network"
            )
        stages = tuple(
            _stage(config, plan, stage, number) for number, stage in enumerate(listed, start=1)
        )
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ConfigError) as error:
        raise ConfigError(f"{path}: {error}") from error
    return Recipe(path, config, plan, stages, mean)


_SOURCE = "a folder, or a set such as synth:20000:7 or lesson"


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 1


_PLAN: dict[str, tuple[Callable[[object], bool], str]] = {
    "data": (_is_text, _SOURCE),
    "steps": (_is_count, "an integer of 1 or more"),
    "val": (_is_text, _SOURCE),
    "val_every": (_is_count, "an integer of 1 or more"),
    "ahead": (lambda value: type(value) is bool, "true or false"),
    "start": (_is_text, "a checkpoint's path"),
}
_OF_STAGE = ("data", "steps", "begins", *(name for name in _CONFIG if name not in _SHAPING))


def _planned(table: dict[str, Any]) -> dict[str, Any]:
    """The plan's fields, taken out of `table`."""
    found = {name: table.pop(name) for name in _PLAN if name in table}
    for name, value in found.items():
        is_allowed, allowed = _PLAN[name]
        if not is_allowed(value):
            raise ConfigError(f"{name} is {value!r}; allowed: {allowed}")
    return found


def _config(table: dict[str, Any]) -> Config:
    """The Config of the whole recipe; `table` holds nothing else any more."""
    _refuse_unknown(table, _CONFIG, allowed=(*_CONFIG, *_PLAN, "mean", "stages"))
    values: dict[str, Any] = json.loads(to_json(preset(str(table.pop("preset", "word")))))
    kind = table.pop("alphabet", values["alphabet"]["kind"])
    if kind not in get_args(AlphabetKind):
        allowed = ", ".join(get_args(AlphabetKind))
        raise ConfigError(f"alphabet is {kind!r}; allowed: {allowed}")
    for number, block in enumerate(_tables(table.get("convs", []), "convs"), start=1):
        _check_block(block, f"convs[{number}].")
    spec = table.pop("input", {})
    if not isinstance(spec, dict):
        raise ConfigError(f"input is {spec!r}; allowed: a table, [input]")
    _refuse_unknown(spec, _INPUT, "input.")
    if "betas" in table:
        _pair(table["betas"], "betas", "two numbers from 0 to below 1")
    values |= table | {"input": values["input"] | spec}
    config = from_json(json.dumps(values, default=str))
    return replace(config, alphabet=make_alphabet(kind))


def _check_block(block: dict[str, Any], prefix: str) -> None:
    """What `validate` could not say of a block of convs."""
    _refuse_unknown(block, _BLOCK, prefix)
    for name in ("channels", "pool"):
        if name not in block:
            raise ConfigError(f"{prefix}{name} is missing; allowed: channels and pool in each")
    for name in ("pool", "kernel", "stride", "padding"):
        if name in block:
            _pair(block[name], f"{prefix}{name}", "two integers, [rows, columns]")


def _mean(value: object, n_stages: int) -> tuple[int, ...]:
    numbers = value if isinstance(value, list) else [value]
    if not all(type(number) is int and 1 <= number <= n_stages for number in numbers):
        raise ConfigError(f"mean is {value!r}; allowed: numbers of stages, 1 to {n_stages}")
    return tuple(numbers)


def _stage(config: Config, plan: Plan, table: dict[str, Any], number: int) -> Stage:
    prefix = f"stages[{number}]."
    begins = table.pop("begins", number - 1)
    if type(begins) is not int or not min(1, number - 1) <= begins < number:
        earlier = f"1 to {number - 1}" if number > 1 else "none in the first"
        raise ConfigError(f"{prefix}begins is {begins!r}; allowed: an earlier stage, {earlier}")
    for name in table:
        if name in _SHAPING or (name in _PLAN and name not in _OF_STAGE):
            raise ConfigError(
                f"{prefix}{name} is {table[name]!r}; allowed: only above all stages, for all alike"
            )
    _refuse_unknown(table, _OF_STAGE, prefix)
    try:
        own = replace(plan, **_planned(table))
        if "betas" in table:
            table["betas"] = _pair(table["betas"], "betas", "two numbers from 0 to below 1")
        found = validate(replace(config, **table))
    except ConfigError as error:
        raise ConfigError(f"{prefix}{error}") from error
    if own.data is None or own.steps is None:
        name = "data" if own.data is None else "steps"
        raise ConfigError(f"{prefix}{name} is missing; allowed: {_PLAN[name][1]}")
    return Stage(found, own.data, own.steps, begins)


def _refuse_unknown(
    table: dict[str, Any], known: Iterable[str], prefix: str = "", allowed: Iterable[str] = ()
) -> None:
    unknown = sorted(table.keys() - set(known))
    if unknown:
        names = ", ".join(sorted(allowed or known))
        raise ConfigError(f"{prefix}{unknown[0]} is no field; allowed: {names}")


def _tables(value: object, name: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
        raise ConfigError(f"{name} is {value!r}; allowed: tables, [[{name}]]")
    return value


def _pair(value: object, name: str, allowed: str) -> tuple[float, float]:
    if not isinstance(value, list) or [type(x) in (int, float) for x in value] != [True, True]:
        raise ConfigError(f"{name} is {value!r}; allowed: {allowed}")
    return value[0], value[1]
