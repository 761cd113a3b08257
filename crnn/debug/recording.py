"""A run directory: everything needed to replay a run bit for bit, growing while it trains.

    config.json       the Config, the environment its bits depend on, the data, the record's layout
    metrics.bin       one fixed-size record a step; record i is the update of state first_step + i
    journal.jsonl     edits, commands and segments with their step, one JSON object a line
    states/           key frames: full checkpoints, evenly spaced by the time of re-execution
    data/             only in a run that came out of an exported file: the samples it trained on

One idea: every file only grows, and a run may be killed at any byte. A torn last record or line is
not read and is written over on resume; all before it is good, since the digests can prove it.
Where training goes on under another environment, a new segment begins at a full state. Here the
run is read; debug.recorder writes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crnn.config import Config, from_json, to_json
from crnn.debug import journal
from crnn.debug.keyframes import load_state, stored_steps
from crnn.debug.reports import record_dtype
from crnn.errors import ConfigError, RecordingError
from crnn.train import TrainState

FORMAT = "crnn-debugger-run/1"
_HOLDS = {
    "config.json": "Config, environment, data and the layout of metrics.bin",
    "metrics.bin": "one record a step: what the update said of itself, and a digest a tensor",
    "journal.jsonl": "edits, commands and segments with their step",
    "states/": "full checkpoints; those in between are re-executed and compared by digest",
}


@dataclass(frozen=True, slots=True)
class Header:
    """config.json: what stays the same for the whole run. `tensors` names the digests in order;
    `code` is the digest of the arithmetic's source text, "" where it is not known."""

    name: str
    config: Config
    environment: Mapping[str, str]
    data_name: str
    data_source: str
    data_fingerprint: str
    first_step: int
    tensors: tuple[str, ...]
    code: str = ""

    @property
    def dtype(self) -> np.dtype[np.void]:
        """The layout of one record of metrics.bin."""
        return record_dtype(len(self.tensors))


@dataclass(frozen=True, slots=True)
class Segment:
    """Training from `step` on ran under `environment`."""

    step: int
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Run:
    """A run directory as read: complete records and lines only. States are loaded one by one."""

    directory: Path
    header: Header
    records: NDArray[np.void]
    journal: tuple[dict[str, Any], ...]

    @property
    def head(self) -> int:
        """The last recorded state's step."""
        return self.header.first_step + len(self.records)

    @property
    def edits(self) -> tuple[tuple[int, float], ...]:
        """Changes of the learning rate: (step of the state changed, new rate), as recorded."""
        return tuple(
            (line["step"], line["lr"])
            for line in self.journal
            if line["do"] == "lr" and line["step"] <= self.head
        )

    @property
    def segments(self) -> tuple[Segment, ...]:
        first = Segment(self.header.first_step, self.header.environment)
        later = (line for line in self.journal if line["do"] == "segment")
        return (first, *(Segment(line["step"], line["environment"]) for line in later))

    @property
    def is_closed(self) -> bool:
        return bool(self.journal) and self.journal[-1]["do"] == "closed"

    @property
    def key_steps(self) -> tuple[int, ...]:
        """Steps with a file in states/, ascending, not after the head."""
        return tuple(step for step in stored_steps(self.directory) if step <= self.head)

    def state(self, step: int) -> TrainState:
        """A stored state. Raises CheckpointError, also where it is not of this run's Config."""
        return load_state(self.directory, step, self.header.config)


def open_run(directory: Path) -> Run:
    """Read a run directory. Raises RecordingError where it is missing, foreign or damaged."""
    header = _read_header(directory)
    try:
        raw = (directory / "metrics.bin").read_bytes()
        lines = (directory / "journal.jsonl").read_bytes()
    except OSError as error:
        raise RecordingError(
            f"{directory}: {error.filename} is missing; take a whole copy"
        ) from error
    try:
        entries = journal.parsed(lines)
    except (ValueError, TypeError) as error:
        raise RecordingError(f"{directory}: journal.jsonl is damaged; take another copy") from error
    return Run(directory, header, _records(directory, header, raw), entries)


def _records(directory: Path, header: Header, raw: bytes) -> NDArray[np.void]:
    """The whole records. Those that a power cut spoiled lie behind the last key frame, with which
    all before them was made safe, and are left out. Raises RecordingError for any other damage."""
    n = len(raw) // header.dtype.itemsize
    records = np.frombuffer(raw, header.dtype, n)
    expected = np.arange(header.first_step, header.first_step + n)
    wrong = np.flatnonzero(records["step"] != expected)
    if not wrong.size:
        return records
    first = int(wrong[0])
    if stored_steps(directory)[-1:] > (header.first_step + first,):
        raise RecordingError(
            f"{directory}: metrics.bin is damaged at record {first}: it says step "
            f"{records['step'][first]}, not {expected[first]}; take another copy"
        )
    return records[:first]


def header_json(header: Header) -> dict[str, Any]:
    """What config.json holds."""
    config = header.config
    return {
        "format": FORMAT,
        "holds": _HOLDS,
        "name": header.name,
        "config": json.loads(to_json(config)),
        "environment": dict(header.environment),
        "data": {
            "name": header.data_name,
            "source": header.data_source,
            "fingerprint": header.data_fingerprint,
        },
        "seed": config.seed,
        "shards": config.shards,
        "kernels": config.kernels,
        "first_step": header.first_step,
        "tensors": list(header.tensors),
        "code": header.code,
        "record": [list(field) for field in header.dtype.descr],
    }


def _read_header(directory: Path) -> Header:
    path = directory / "config.json"
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        if table["format"] != FORMAT:
            raise RecordingError(
                f"{path}: its format is {table['format']!r}, this program reads {FORMAT}"
            )
        return Header(
            name=str(table["name"]),
            config=from_json(json.dumps(table["config"])),
            environment={str(k): str(v) for k, v in table["environment"].items()},
            data_name=str(table["data"]["name"]),
            data_source=str(table["data"]["source"]),
            data_fingerprint=str(table["data"]["fingerprint"]),
            first_step=int(table["first_step"]),
            tensors=tuple(str(name) for name in table["tensors"]),
            code=str(table.get("code", "")),
        )
    except OSError as error:
        if (directory / "stage-1").is_dir():
            raise RecordingError(
                f"{directory}: holds the stages of a recipe; open one of them, such as "
                f"{directory / 'stage-1'}"
            ) from error
        raise RecordingError(f"{directory}: not a run directory (no config.json)") from error
    except (ValueError, KeyError, TypeError, AttributeError, ConfigError) as error:
        raise RecordingError(f"{path}: damaged or foreign ({error}); take another copy") from error
