"""Checkpoints: one safetensors file that holds all that training needs to go on bit for bit.

kind "full" holds parameters and the optimiser's moments; kind "weights" the parameters alone, so
that continuing from it starts a fresh optimiser; both hold the statistics BatchNorm reads by, where
there are any. Everything else stands in `__metadata__`, as
strings. Two SHA-256 digests guard the file: one of the tensors' bytes, one of the metadata.
A file is believed only after every field and every shape was compared with its own Config.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from crnn import safetensors_file
from crnn.arrays import Real, frozen
from crnn.config import Config, from_json, preset, to_json
from crnn.errors import CheckpointError, CrnnError
from crnn.model import layout, statistics_layout
from crnn.optim import MOMENT_NAMES, N_MOMENTS
from crnn.params import FlatParams
from crnn.train import TrainState

Kind = Literal["full", "weights"]
FORMAT = "crnn-debugger/1"
_FAMILY = re.compile(r"crnn-debugger/(\d{1,6})")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checked file. `moments_P` (flat vectors, as in TrainState) is empty for kind weights.

    `fingerprint` is that of the data set trained on and `source` what opens it again (see
    crnn.data.sources); "" if none was named.
    """

    kind: Kind
    config: Config
    step: int
    seed: int
    lr: float
    fingerprint: str
    source: str
    params: FlatParams
    moments_P: tuple[Real, ...]
    moments_since: int
    statistics: FlatParams

    def state(self) -> TrainState:
        """The state to train on from; kind weights starts with fresh moments."""
        moments = self.moments_P or tuple(
            frozen(np.zeros_like(self.params.flat)) for _ in range(N_MOMENTS[self.config.optimiser])
        )
        since = self.moments_since if self.moments_P else self.step
        return TrainState(self.step, self.lr, self.params, moments, since, self.statistics)


def save(
    path: Path,
    state: TrainState,
    config: Config,
    *,
    kind: Kind = "full",
    fingerprint: str = "",
    source: str = "",
) -> None:
    """Write `state` as a checkpoint. Atomic. Raises CheckpointError where it cannot be written."""
    arrays: dict[str, NDArray[Any]] = {**state.params, **state.statistics}
    if kind == "full":
        names = _moment_names(config)
        arrays.update(zip(names, state.moments_P, strict=True))
    metadata = {
        "format": FORMAT,
        "kind": kind,
        "config": to_json(config),
        "alphabet": config.alphabet.kind,
        "step": str(state.step),
        "seed": str(config.seed),
        "lr": repr(float(state.lr)),
        "moments_since": str(state.moments_since),
        "fingerprint": fingerprint,
        "source": source,
        "kernels": config.kernels,
        "shards": str(config.shards),
        "digest": safetensors_file.sha256_of(arrays),
    }
    metadata["metadata_digest"] = _metadata_digest(metadata)
    try:
        safetensors_file.write(path, arrays, metadata)
    except OSError as error:
        raise CheckpointError(
            f"{path}: cannot be written ({error.strerror}); free some space or choose another place"
        ) from error


def load(path: Path, *, is_spoiled: bool = False) -> Checkpoint:
    """Read and check a checkpoint. Raises CheckpointError naming file, fault and remedy.

    `is_spoiled`: one whose bytes are known to be other than they were written is read all the same,
    to say how it differs; nothing may go on from it.
    """
    try:
        return _checked(safetensors_file.read(path), is_spoiled=is_spoiled)
    except OSError as error:
        raise CheckpointError(
            f"{path}: cannot be read ({error.strerror}); check the path and its permissions"
        ) from error
    except safetensors_file.Malformed as error:
        raise CheckpointError(
            f"{path}: {error}; it is no checkpoint, or was damaged on the way: take another copy"
        ) from error
    except CheckpointError as error:
        raise CheckpointError(f"{path}: {error}") from error


def _checked(contents: safetensors_file.Contents, *, is_spoiled: bool) -> Checkpoint:
    metadata = contents.metadata
    _check_format(metadata)
    if not is_spoiled:
        _check_digests(contents)
    kind = _field(metadata, "kind")
    if kind not in ("full", "weights"):
        raise _damaged(f"its kind is {kind[:40]!r}, not full or weights")
    config = _config(_field(metadata, "config"))
    places, averages = layout(config), statistics_layout(config)
    shapes = {place.name: place.shape for place in places.places}
    average_shapes = {place.name: place.shape for place in averages.places}
    names = _moment_names(config) if kind == "full" else ()
    moment_shapes = dict.fromkeys(names, (places.size,))
    _check_tensors(contents.arrays, shapes | average_shapes | moment_shapes, config.dtype)
    if not is_spoiled:
        _check_values(contents.arrays, list(average_shapes))
    params, statistics = (
        {name: contents.arrays[name] for name in found} for found in (shapes, average_shapes)
    )
    return Checkpoint(
        kind="full" if kind == "full" else "weights",
        config=config,
        step=_integer(metadata, "step"),
        seed=_integer(metadata, "seed"),
        lr=_learning_rate(metadata),
        fingerprint=_field(metadata, "fingerprint"),
        source=_field(metadata, "source"),
        params=FlatParams.from_arrays(places, params, config.dtype),
        moments_P=tuple(frozen(contents.arrays[name].copy()) for name in names),
        moments_since=_integer(metadata, "moments_since"),
        statistics=FlatParams.from_arrays(averages, statistics, config.dtype),
    )


def _check_digests(contents: safetensors_file.Contents) -> None:
    metadata = contents.metadata
    if _field(metadata, "digest") != contents.sha256:
        raise _damaged("its tensors do not match their digest")
    if _field(metadata, "metadata_digest") != _metadata_digest(metadata):
        raise _damaged("its metadata does not match its digest")


def _check_format(metadata: Mapping[str, str]) -> None:
    found = _FAMILY.fullmatch(metadata.get("format", ""))
    if found is None:
        raise CheckpointError(
            "it is a safetensors file, but not a checkpoint of this program; choose one that "
            "CRNN Debugger saved"
        )
    if found.group() != FORMAT:
        raise CheckpointError(
            f"it is of format {found.group()}, this program reads {FORMAT}; update the program"
        )


def _check_tensors(
    arrays: Mapping[str, NDArray[Any]], shapes: Mapping[str, tuple[int, ...]], dtype: str
) -> None:
    for name, shape in shapes.items():
        if name not in arrays:
            raise _damaged(f"tensor {name} is missing")
        if arrays[name].shape != shape:
            raise _damaged(f"tensor {name} is {arrays[name].shape}, its Config says {shape}")
        if arrays[name].dtype != np.dtype(dtype):
            raise _damaged(f"tensor {name} is {arrays[name].dtype}, its Config says {dtype}")
    for name in arrays:
        if name not in shapes:
            raise _damaged(f"tensor {name[:60]!r} does not belong to its Config")


def _check_values(arrays: Mapping[str, NDArray[Any]], statistics: Iterable[str]) -> None:
    for name, x in arrays.items():
        if not np.isfinite(x).all():
            raise _damaged(f"tensor {name} holds a NaN or an infinity")
    for name in statistics:
        if name.endswith(".var") and (arrays[name] < 0).any():
            raise _damaged(f"tensor {name} holds a variance below 0")


def _config(text: str) -> Config:
    try:
        config = from_json(text)
        _check_types(config, preset("word"), "config")
    except (CrnnError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise _damaged(f"its Config cannot be used ({error})") from error
    return config


def _check_types(value: Any, like: Any, where: str) -> None:
    """Raise TypeError where a field has another type than in a preset: JSON has its own."""
    if isinstance(like, tuple):
        for i, item in enumerate(value):
            _check_types(item, like[0], f"{where}[{i}]")
    elif hasattr(like, "__dataclass_fields__"):
        for name in like.__dataclass_fields__:
            _check_types(getattr(value, name), getattr(like, name), f"{where}.{name}")
    elif type(value) is not type(like) and not (type(like) is float and type(value) is int):
        raise TypeError(f"{where} is of type {type(value).__name__}, not {type(like).__name__}")


def _moment_names(config: Config) -> tuple[str, ...]:
    return tuple(f"optimiser.{name}" for name in MOMENT_NAMES[config.optimiser])


def _metadata_digest(metadata: Mapping[str, str]) -> str:
    rest = {key: value for key, value in metadata.items() if key != "metadata_digest"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def _field(metadata: Mapping[str, str], name: str) -> str:
    if name not in metadata:
        raise _damaged(f"its metadata has no {name}")
    return metadata[name]


def _integer(metadata: Mapping[str, str], name: str) -> int:
    text = _field(metadata, name)
    if not re.fullmatch(r"\d{1,18}", text, re.ASCII):
        raise _damaged(f"its {name} is {text[:40]!r}, not a count")
    return int(text)


def _learning_rate(metadata: Mapping[str, str]) -> float:
    text = _field(metadata, "lr")
    try:
        lr = float(text)
    except ValueError as error:
        raise _damaged(f"its lr is {text[:40]!r}, not a number") from error
    if not 0 < lr < math.inf:
        raise _damaged(f"its lr is {text[:40]!r}, not a number above 0")
    return lr


def _damaged(what: str) -> CheckpointError:
    return CheckpointError(f"{what}; the file is damaged, take another copy of it")
