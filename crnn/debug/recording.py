"""A run directory: everything needed to replay a run bit for bit, growing while it trains.

    config.json       the Config, the environment its bits depend on, the data, the record's layout
    metrics.bin       one fixed-size record a step; record i is the update of state first_step + i
    journal.jsonl     edits, commands and segments with their step, one JSON object a line
    states/           key frames: full checkpoints, about 4 s of re-execution apart

One idea: every file only grows, and a run may be killed at any byte. A torn last record or line is
not read and is written over on resume; all before it is good, since the digests can prove it.
Where training goes on under another environment, a new segment begins at a full state.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from crnn import checkpoint
from crnn.config import Config, from_json, to_json
from crnn.debug.history import GIB, loss_of_dropping
from crnn.debug.reports import record_dtype
from crnn.errors import CheckpointError, ConfigError, RecordingError
from crnn.train import TrainState

FORMAT = "crnn-debugger-run/1"
KEY_FRAME_S = 4.0
_HOLDS = {
    "config.json": "Config, environment, data and the layout of metrics.bin",
    "metrics.bin": "one record a step: what the update said of itself, and a digest a tensor",
    "journal.jsonl": "edits, commands and segments with their step",
    "states/": "full checkpoints; those in between are re-executed and compared by digest",
}


@dataclass(frozen=True, slots=True)
class Header:
    """config.json: what stays the same for the whole run. `tensors` names the digests in order."""

    name: str
    config: Config
    environment: Mapping[str, str]
    data_name: str
    data_source: str
    data_fingerprint: str
    first_step: int
    tensors: tuple[str, ...]

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
    n = len(raw) // header.dtype.itemsize
    records = np.frombuffer(raw, header.dtype, n)
    expected = np.arange(header.first_step, header.first_step + n)
    wrong = np.flatnonzero(records["step"] != expected)
    if wrong.size:
        raise RecordingError(
            f"{directory}: metrics.bin is damaged at record {wrong[0]}: it says step "
            f"{records['step'][wrong[0]]}, not {expected[wrong[0]]}; take another copy"
        )
    return Run(directory, header, records, tuple(_journal(directory, lines)))


def stored_steps(directory: Path) -> tuple[int, ...]:
    """Steps of the files in states/, ascending."""
    names = (file.stem for file in (directory / "states").glob("step_*.safetensors"))
    return tuple(sorted(int(name[5:]) for name in names if name[5:].isdecimal()))


def state_path(directory: Path, step: int) -> Path:
    return directory / "states" / f"step_{step:09d}.safetensors"


def load_state(directory: Path, step: int, config: Config) -> TrainState:
    """The key frame of `step`. Raises CheckpointError."""
    path = state_path(directory, step)
    found = checkpoint.load(path)
    if found.config != config or found.kind != "full" or found.step != step:
        raise CheckpointError(f"{path}: it belongs to another run; remove it")
    return found.state()


class RunWriter:
    """Writes one run directory. Every method raises RecordingError where the disk refuses.

    `disk_bytes` bounds states/: past it, key frames are thinned like the history in memory.
    """

    def __init__(
        self,
        directory: Path,
        header: Header,
        n_records: int,
        disk_bytes: int,
        segments: tuple[int, ...] = (),
    ) -> None:
        self.directory = directory
        self.header = header
        self._n = n_records
        self.disk_bytes = disk_bytes
        self._uncovered_s = 0.0
        self._segments = segments
        with _refusals(directory):
            self._metrics: BinaryIO = (directory / "metrics.bin").open("r+b", buffering=0)
            self._journal: BinaryIO = (directory / "journal.jsonl").open("ab", buffering=0)

    @classmethod
    def create(cls, directory: Path, header: Header, disk_bytes: int = GIB) -> RunWriter:
        """Start a run in `directory`, which must be new or empty."""
        with _refusals(directory):
            directory.mkdir(parents=True, exist_ok=True)
            if any(directory.iterdir()):
                raise RecordingError(f"{directory}: not empty; choose a new directory for the run")
            (directory / "states").mkdir()
            text = json.dumps(_header_json(header), ensure_ascii=False, indent=1)
            (directory / "config.json").write_text(text + "\n", encoding="utf-8")
            (directory / "metrics.bin").touch()
            (directory / "journal.jsonl").touch()
        return cls(directory, header, 0, disk_bytes)

    @classmethod
    def resume(cls, run: Run, *, head: int, disk_bytes: int = GIB) -> RunWriter:
        """Go on writing `run` after the record that led to `head`; what lies behind it is cut."""
        n = head - run.header.first_step
        journal = run.directory / "journal.jsonl"
        kept = [line for line in run.journal if line["step"] <= head]
        with _refusals(run.directory):
            for step in stored_steps(run.directory):
                if step > head:
                    state_path(run.directory, step).unlink()
            text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in kept)
            whole = journal.with_suffix(".part")
            whole.write_text(text, encoding="utf-8")
            os.replace(whole, journal)
        segments = tuple(segment.step for segment in run.segments)
        writer = cls(run.directory, run.header, n, disk_bytes, segments)
        writer.cut()
        return writer

    def cut(self) -> None:
        """Drop bytes behind the last whole record, e.g. those of a write that failed half-way."""
        with _refusals(self.directory):
            self._metrics.truncate(self._n * self.header.dtype.itemsize)

    def report(self, record: np.void, seconds: float) -> None:
        """Append one step's record; `seconds` is what re-executing it would take."""
        with _refusals(self.directory):
            self._metrics.seek(self._n * self.header.dtype.itemsize)
            written = self._metrics.write(record.tobytes())
        if written != self.header.dtype.itemsize:
            raise RecordingError(f"{self.directory}: the disk is full; free some space, then go on")
        self._n += 1
        self._uncovered_s += seconds

    def segment(self, state: TrainState, environment: Mapping[str, str]) -> None:
        """From `state` on, training runs under another environment."""
        self._segments = (*self._segments, state.step)
        self.key_frame(state)
        self.note("segment", state.step, environment=dict(environment))

    def note(self, do: str, step: int, **details: Any) -> None:
        """Append one line to the journal."""
        line = json.dumps({"do": do, "step": step, **details}, ensure_ascii=False)
        with _refusals(self.directory):
            self._journal.write(line.encode() + b"\n")

    @property
    def wants_key_frame(self) -> bool:
        """True where re-executing all steps since the last key frame would take KEY_FRAME_S."""
        return self._uncovered_s >= KEY_FRAME_S

    def key_frame(self, state: TrainState) -> None:
        """Store `state`, then thin states/ down to its budget; the first and newest stay."""
        path = state_path(self.directory, state.step)
        if not path.exists():
            try:
                checkpoint.save(
                    path,
                    state,
                    self.header.config,
                    fingerprint=self.header.data_fingerprint,
                    source=self.header.data_source,
                )
            except CheckpointError as error:
                raise RecordingError(str(error)) from error
        self._uncovered_s = 0.0
        self._thin(path.stat().st_size)

    def close(self, state: TrainState) -> None:
        """Store the last state, note "closed", and let go of the files."""
        try:
            self.key_frame(state)
            self.note("closed", state.step)
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Let go of the files without a closing note, as a killed process would."""
        self._metrics.close()
        self._journal.close()

    def _thin(self, bytes_each: int) -> None:
        steps = list(stored_steps(self.directory))
        while len(steps) * bytes_each > self.disk_bytes and len(steps) > 2:
            cost = loss_of_dropping(np.array(steps, np.int64), (steps[-1], *self._segments))
            state_path(self.directory, steps.pop(int(np.argmin(cost)))).unlink(missing_ok=True)


@contextmanager
def _refusals(directory: Path) -> Iterator[None]:
    """Turn an OSError into a RecordingError that names the run and the remedy."""
    try:
        yield
    except OSError as error:
        raise RecordingError(
            f"{directory}: the recording cannot be written ({error.strerror}); "
            "free some space or choose another place, then go on"
        ) from error


def _header_json(header: Header) -> dict[str, Any]:
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
        )
    except OSError as error:
        raise RecordingError(f"{directory}: not a run directory (no config.json)") from error
    except (ValueError, KeyError, TypeError, AttributeError, ConfigError) as error:
        raise RecordingError(f"{path}: damaged or foreign ({error}); take another copy") from error


def _journal(directory: Path, raw: bytes) -> list[dict[str, Any]]:
    """The whole lines of a journal; a last one without its newline was torn by a kill."""
    lines = raw.split(b"\n")[:-1]
    try:
        entries: list[dict[str, Any]] = [json.loads(line) for line in lines]
        if all(isinstance(entry["do"], str) and type(entry["step"]) is int for entry in entries):
            return entries
    except (ValueError, KeyError, TypeError) as error:
        raise RecordingError(f"{directory}: journal.jsonl is damaged; take another copy") from error
    raise RecordingError(f"{directory}: journal.jsonl is damaged; take another copy")
