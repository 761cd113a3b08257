"""The safetensors container, read and written by ourselves: named arrays and strings, no code.

Layout: 8 bytes little-endian length of the header, the header (JSON, padded with spaces to 8
bytes), then the bytes of all arrays without a hole. The header gives each array its dtype, shape
and [begin, end) in that data part; "__metadata__" maps strings to strings.
Reading trusts nothing: every number is checked against the size of the file before it is used, so
no file makes the program allocate more than its own size.
Format: https://huggingface.co/docs/safetensors (public specification).
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from crnn import durable
from crnn.errors import CheckpointError

_ALIGNMENT = 8
_DTYPES: dict[str, np.dtype[Any]] = {"F32": np.dtype("<f4"), "F64": np.dtype("<f8")}
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}
_MAX_AXES = 8
_LONGEST_NAME = 60


class Malformed(CheckpointError):
    """The file is not well-formed safetensors; the message is a clause without the file's name."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds. The arrays are views of one read-only buffer; `sha256` is its digest."""

    metadata: Mapping[str, str]
    arrays: Mapping[str, NDArray[Any]]
    sha256: str


def sha256_of(arrays: Mapping[str, NDArray[Any]]) -> str:
    """Hex SHA-256 of the data part that `write` makes of `arrays`."""
    digest = hashlib.sha256()
    for array in arrays.values():
        digest.update(_bytes(array))
    return digest.hexdigest()


def write(path: Path, arrays: Mapping[str, NDArray[Any]], metadata: Mapping[str, str]) -> None:
    """Write `arrays` (float32 or float64) in their order. Atomic: `path` is whole or as it was,
    after a power cut too.

    Raises OSError.
    """
    table: dict[str, Any] = {"__metadata__": dict(metadata)}
    begin = 0
    for name, array in arrays.items():
        end = begin + array.nbytes
        table[name] = {
            "dtype": _NAMES[array.dtype.newbyteorder("<")],
            "shape": list(array.shape),
            "data_offsets": [begin, end],
        }
        begin = end
    header = json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode()
    header += b" " * (-len(header) % _ALIGNMENT)
    durable.make_directory(path.parent)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as file:
            file.write(len(header).to_bytes(8, "little"))
            file.write(header)
            for array in arrays.values():
                file.write(_bytes(array))
            file.flush()
            os.fsync(file.fileno())
        durable.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def read(path: Path) -> Contents:
    """Read and check a whole file. Raises Malformed or OSError."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        table = _header(file, size)
        metadata = _metadata(table.pop("__metadata__", {}))
        data_size = size - file.tell()
        entries = [_entry(name, value) for name, value in table.items()]
        _check_layout(entries, data_size)
        data = np.fromfile(file, np.uint8, data_size)
    if len(data) != data_size:
        raise Malformed(f"{data_size - len(data):,} bytes are missing at its end")
    data.setflags(write=False)
    arrays = {e.name: data[e.begin : e.end].view(e.dtype).reshape(e.shape) for e in entries}
    return Contents(metadata, arrays, hashlib.sha256(data.data).hexdigest())


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    begin: int
    end: int


def _bytes(array: NDArray[Any]) -> memoryview:
    little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    return little.reshape(-1).view(np.uint8).data


def _header(file: BinaryIO, size: int) -> dict[str, Any]:
    if size < 8:
        raise Malformed(f"it has only {size} bytes")
    length = int.from_bytes(file.read(8), "little")
    if length > size - 8:
        raise Malformed(f"its header claims {length:,} bytes, but only {size - 8:,} follow")
    try:
        table = json.loads(file.read(length).decode("utf-8"), object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise Malformed("its header is not readable JSON") from error
    if not isinstance(table, dict):
        raise Malformed("its header is not a JSON object")
    return table


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise Malformed("its header names something twice")
    return table


def _metadata(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise Malformed("its __metadata__ is not a table of strings")
    return value


def _entry(name: str, value: Any) -> _Entry:
    name = name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME] + "…"
    if not isinstance(value, dict) or set(value) != {"dtype", "shape", "data_offsets"}:
        raise Malformed(f"the entry of tensor {name!r} is not complete")
    kind, shape, offsets = value["dtype"], value["shape"], value["data_offsets"]
    if not isinstance(kind, str) or kind not in _DTYPES:
        raise Malformed(f"tensor {name!r} has dtype {kind!r}; F32 and F64 are read")
    if not _are_counts(shape) or len(shape) > _MAX_AXES:
        raise Malformed(f"tensor {name!r} has no usable shape")
    if not _are_counts(offsets) or len(offsets) != 2:
        raise Malformed(f"tensor {name!r} has no usable data_offsets")
    dtype, (begin, end) = _DTYPES[kind], offsets
    if end - begin != math.prod(shape) * dtype.itemsize:
        raise Malformed(f"tensor {name!r} has {end - begin:,} bytes, its shape needs others")
    return _Entry(name, dtype, tuple(shape), begin, end)


def _are_counts(value: Any) -> bool:
    return isinstance(value, list) and all(type(item) is int and item >= 0 for item in value)


def _check_layout(entries: list[_Entry], data_size: int) -> None:
    """The arrays must fill the data part: no hole, no overlap, nothing past the end."""
    reached = 0
    for entry in sorted(entries, key=lambda e: (e.begin, e.end)):
        if entry.begin != reached:
            raise Malformed(f"tensor {entry.name!r} overlaps another or leaves a hole")
        if entry.begin % entry.dtype.itemsize:
            raise Malformed(f"tensor {entry.name!r} is not aligned")
        reached = entry.end
    if reached > data_size:
        raise Malformed(f"it is cut: {reached - data_size:,} bytes are missing at its end")
    if reached < data_size:
        raise Malformed(f"{data_size - reached:,} bytes at its end belong to no tensor")
