"""Recorder: the writing side of a run directory.

One idea: what is written can always be read. A new run appears whole, with its first state, when
its config.json does; a record, a line or a state is there entirely or not at all; and before a key
frame is stored, all that led to it is made to survive a power cut. A disk may take its time for
that, so training goes on meanwhile, and hears of a failure before its next step.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from crnn import durable
from crnn.arrays import F64
from crnn.debug import journal
from crnn.debug.claim import METRICS, is_claimed, release
from crnn.debug.journal import Journal
from crnn.debug.keyframes import DISK_BYTES, FOLDER, KeyFrames
from crnn.debug.recording import Header, Run, header_json
from crnn.errors import RecordingError
from crnn.train import TrainState

_OWN = (METRICS, "journal.jsonl", "config.part", FOLDER)
"""What a start that was killed leaves behind, config.json being the last to come."""


class _Storing:
    """A key frame on its way to the disk, in a thread of its own."""

    def __init__(self, step: int, elapsed_s: float, work: Callable[[], None]) -> None:
        self.step, self.elapsed_s = step, elapsed_s
        self._work = work
        self._error: RecordingError | None = None
        self._thread = threading.Thread(target=self._run, name="key frame")
        self._thread.start()

    @property
    def is_done(self) -> bool:
        return not self._thread.is_alive()

    def settle(self) -> None:
        """Wait until it is stored. Raises RecordingError."""
        self._thread.join()
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            self._work()
        except RecordingError as error:
            self._error = error


class RunWriter:
    """Writes one run directory, alone. Every method raises RecordingError where the disk refuses,
    and making one where another writes there.

    `frames` are its key frames; `elapsed_s` is how long re-executing all of the run would take.
    """

    def __init__(
        self, directory: Path, header: Header, disk_bytes: int, fixed: tuple[int, ...]
    ) -> None:
        self.directory = directory
        self.header = header
        self.elapsed_s = 0.0
        self._last_s = 0.0
        self._n = 0
        self._storing: _Storing | None = None
        self._unsaid: deque[journal.Line] = deque()
        self.frames = KeyFrames(directory, header.config, disk_bytes, fixed)
        with _refusals(directory):
            self._metrics: BinaryIO = (directory / METRICS).open("r+b", buffering=0)
        if is_claimed(self._metrics):
            self._metrics.close()
            raise RecordingError(
                f"{directory}: this run is open already, here or in another window or command; "
                "close it there first"
            )
        with _refusals(directory):
            self._journal = Journal(directory / "journal.jsonl")

    @classmethod
    def create(
        cls, directory: Path, header: Header, first: TrainState, disk_bytes: int = DISK_BYTES
    ) -> RunWriter:
        """Start a run at the state `first` in `directory`, which must be new or empty."""
        with _refusals(directory):
            durable.make_directory(directory)
            _clear(directory)
            (directory / FOLDER).mkdir()
            (directory / METRICS).touch()
            (directory / "journal.jsonl").touch()
        writer = cls(directory, header, disk_bytes, (header.first_step,))
        try:
            writer.key_frame(first)
            with _refusals(directory):
                text = json.dumps(header_json(header), ensure_ascii=False, indent=1)
                durable.write(directory / "config.json", text.encode() + b"\n")
        except RecordingError:
            writer.abandon()
            raise
        return writer

    @classmethod
    def resume(cls, run: Run, *, head: int, disk_bytes: int = DISK_BYTES) -> RunWriter:
        """Go on writing `run` after the record that led to `head`; what lies behind it is cut."""
        directory, first = run.directory, run.header.first_step
        kept = [line for line in run.journal if line["step"] <= head]
        fixed = tuple(part.step for part in run.segments)
        writer = cls(directory, run.header, disk_bytes, fixed)
        try:
            with _refusals(directory):
                writer._journal.rewrite(kept)
                before_s = seconds_before(run)
                writer.frames.find(head, before_s.tolist(), first)
                writer.elapsed_s = float(before_s[head - first])
                writer._n = head - first
                writer._metrics.truncate(writer._n * run.header.dtype.itemsize)
        except RecordingError:
            writer.abandon()
            raise
        return writer

    def report(self, record: bytes, seconds: float) -> None:
        """Append one step's record; `seconds` is what re-executing it would take.

        Where it fails nothing has changed: the next one is written over what arrived.
        """
        self._say()
        with _refusals(self.directory):
            self._metrics.seek(self._n * len(record))
            written = self._metrics.write(record)
        if written != len(record):
            raise RecordingError(f"{self.directory}: the disk is full; free some space, then go on")
        self._n += 1
        self._last_s = seconds
        self.elapsed_s += seconds

    def segment(self, state: TrainState, environment: Mapping[str, str]) -> None:
        """From `state` on, training runs under another environment."""
        self.frames.keep(state.step)
        self.key_frame(state)
        self.note("segment", state.step, environment=dict(environment))

    def note(self, do: str, step: int, **details: Any) -> None:
        """Append one line to the journal."""
        self._say()
        with _refusals(self.directory):
            self._journal.append({"do": do, "step": step, **details})

    def remark(self, do: str, step: int, **details: Any) -> None:
        """Append one line of what has happened already: where the disk refuses it, it waits for
        room, and nothing else is written before it."""
        self._unsaid.append({"do": do, "step": step, **details})
        with suppress(RecordingError):
            self._say()

    def wants_key_frame(self, is_asked: bool) -> bool:
        """True where one is asked for, or where one more step like the last would make the gap
        wider than the spacing, and none is on its way. Says here what went wrong with one that
        was."""
        if self._storing is not None:
            if not self._storing.is_done:
                return False
            self._settle()
        since_s = self.elapsed_s - self.frames.last_s + self._last_s
        return is_asked or since_s > self.frames.spacing_s

    def key_frame(self, state: TrainState, *, waits: bool = True) -> None:
        """Store `state`, the one all records written so far lead to. It is there on return, unless
        nobody `waits`: then it, or its failure, is seen by the next `wants_key_frame`."""
        with suppress(RecordingError):  # what went wrong with an earlier one, this one will say
            self._settle()
        self._say()
        self._storing = _Storing(state.step, self.elapsed_s, lambda: self._store(state))
        if waits:
            self._settle()

    def _store(self, state: TrainState) -> None:
        with _refusals(self.directory):
            os.fsync(self._metrics.fileno())
            self._journal.sync()
        if not self.frames.has(state.step):
            header = self.header
            self.frames.write(state, fingerprint=header.data_fingerprint, source=header.data_source)

    def _settle(self) -> None:
        """Let the key frame on its way arrive."""
        storing, self._storing = self._storing, None
        if storing is not None:
            storing.settle()
            with _refusals(self.directory):
                self.frames.enter(storing.step, storing.elapsed_s)

    def _say(self) -> None:
        """Write the lines that wait."""
        while self._unsaid:
            with _refusals(self.directory):
                self._journal.append(self._unsaid[0])
            self._unsaid.popleft()

    def close(self, state: TrainState) -> None:
        """Store the last state, note "closed", and let go of the files."""
        try:
            self.key_frame(state)
            self.note("closed", state.step)
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Let go of the files without a closing note, as a killed process would."""
        with suppress(RecordingError):
            self._settle()
        release(self._metrics)
        self._metrics.close()
        self._journal.close()


def seconds_before(run: Run) -> F64:
    """(steps + 1,): how long re-executing the steps before each state takes, in s."""
    return np.concatenate([[0.0], np.cumsum(run.records["seconds"], dtype=np.float64)])


def _clear(directory: Path) -> None:
    """Remove what a killed start left. Raises RecordingError where there is anything else."""
    found = {path.name for path in directory.iterdir()}
    if not found <= set(_OWN):
        raise RecordingError(f"{directory}: not empty; choose a new directory for the run")
    for name in found:
        path = directory / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()


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
