"""Hindsight: the past of a watch that was added late, computed by a process of low priority.

One idea: the curve to fill is a function of the recording, so somebody else can compute it. A
second process is given the first state, the edits and where the key frames lie; it executes the
run again, interval by interval from the newest to the oldest, and sends back values and digests.
It writes nothing and locks nothing. While training runs it works for a share of the time and rests
for the others, whatever the machine; while the debugger stands still it need not rest. Its pipe's
end, closed or dead, is its own end, at the latest after one step.
The idea of computing logs afterwards: Garcia et al. 2020, "Hindsight logging for model training".
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple

import numpy as np

from crnn.arrays import F64, I64, U64
from crnn.config import Config
from crnn.data.dataset import Dataset
from crnn.debug.keyframes import load_state
from crnn.debug.moment import Catalog, Moment
from crnn.debug.observe import observe
from crnn.debug.points import Condition, Watch
from crnn.debug.reading import Reader, reader
from crnn.debug.runs import training_set
from crnn.debug.timeline import with_edit
from crnn.errors import CheckpointError, CrnnError
from crnn.heap import keep_freed_memory
from crnn.train import TrainState, advance

SHARE = 0.25
"""Of the time, while training runs: how much slower it may get, even on one core."""
LOWEST = 19
CHUNK_S = 0.25
RECENT = 16
"""Chunks by which the time that is left is told."""
_END_S = 5.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Steps start..stop - 1 of one branch, which begins at `first`.

    `key_steps`: states that lie in `directory` when the job begins; those that are gone when they
    are wanted are made from an earlier one.
    """

    config: Config
    dataset: Dataset
    first: TrainState
    edits: dict[int, float]
    directory: Path | None
    key_steps: tuple[int, ...]
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Job:
    """What to fill: the values of `watches` over these stretches of a line, the newest first: that
    of a branch goes on in its parent's."""

    stretches: tuple[Stretch, ...]
    watches: tuple[Watch, ...]


class Chunk(NamedTuple):
    """values_WN[w, n]: watch w at steps[n], NaN where it has none; digests_NX of the steps."""

    steps: I64
    values_WN: F64
    digests_NX: U64


class Progress(NamedTuple):
    """`done` of `total` steps; `eta_s` is NaN until it is known how quickly they come."""

    done: int
    total: int
    eta_s: float


class Hindsight:
    """This process's end. One job at a time; `close` ends it and its process. `numbers`: the
    watches that still want it."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.numbers = {watch.number for watch in job.watches}
        self.steps: list[I64] = []
        """Of all chunks received."""
        self.is_done = False
        self._share = 1.0
        self._arrived: deque[tuple[float, int]] = deque(maxlen=RECENT)
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(
            target=serve, args=(theirs,), name="hindsight", daemon=True
        )
        self._process.start()
        theirs.close()
        self._connection = ours
        # The other process reads only once it has started; training need not wait for that.
        self._sending = threading.Thread(target=self._send_job, name="hindsight", daemon=True)
        self._sending.start()

    @property
    def progress(self) -> Progress:
        done = sum(len(steps) for steps in self.steps)
        total = sum(part.stop - part.start for part in self.job.stretches)
        return Progress(done, total, left_s(self._arrived, total))

    def set_share(self, share: float) -> None:
        """Work for this share of the time from now on."""
        if share != self._share and not self._sending.is_alive():
            self._share = share
            with suppress(OSError):  # it has ended: `poll` says so
                self._connection.send(share)

    def poll(self) -> list[Chunk]:
        """What has arrived. Raises the CrnnError that stopped the other process."""
        chunks: list[Chunk] = []
        try:
            while self._connection.poll():
                answer = self._connection.recv()
                if isinstance(answer, CrnnError):
                    raise answer
                if answer is None:
                    self.is_done = True
                    break
                chunks.append(answer)
                self.steps.append(answer.steps)
        except (EOFError, OSError) as error:
            raise CrnnError(
                "the process that fills the curves of new watches has ended; "
                "remove the watch and add it again to start over"
            ) from error
        if chunks:
            self._arrived.append((time.perf_counter(), self.progress.done))
        return chunks

    def close(self) -> None:
        """End the process: by force, where it does not end in time on a busy machine."""
        self._process.terminate()
        self._process.join(_END_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._sending.join(_END_S)
        self._connection.close()
        self._process.close()

    def _send_job(self) -> None:
        with suppress(OSError):  # it has ended: `poll` says so
            self._connection.send(self.job)


def left_s(arrived: Sequence[tuple[float, int]], total: int) -> float:
    """Seconds until `total` steps are done, by the pace of the last chunks, each the time it came
    and the steps done by then: getting up takes its time once, and the share changes on the way.
    NaN where fewer than two came."""
    if len(arrived) < 2:
        return float("nan")
    (since, before), (until, done) = arrived[0], arrived[-1]
    return (until - since) / (done - before) * (total - done)


class _Gone(Exception):
    """The other end of the pipe is closed, or its process dead."""


def serve(connection: Connection) -> None:
    """The second process: one job, then its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(LOWEST)
    keep_freed_memory()
    try:
        job = connection.recv()
        answer: CrnnError | None = None
        try:
            share = 1.0
            for stretch in job.stretches:
                share = _Filling(stretch, job.watches, connection, share).run()
        except CrnnError as error:
            answer = error
        connection.send(answer)
        connection.poll(_END_S)  # let the pipe be read before it ends
    except (_Gone, EOFError, OSError):
        return


class _Filling:
    """One stretch in the second process."""

    def __init__(
        self, job: Stretch, watches: tuple[Watch, ...], connection: Connection, share: float
    ) -> None:
        self._job, self._connection = job, connection
        self._data = training_set(job.config, job.dataset)
        self._share = share
        self._catalog = Catalog(job.config, job.first)
        self._readers = [self._reader(watch) for watch in watches]

    def run(self) -> float:
        """From the newest interval to the oldest; returns the share of the time it may work now.
        Raises CrnnError, _Gone."""
        end = self._job.stop
        starts = [s for s in self._job.key_steps if self._job.start < s < end]
        for start in [*reversed(starts), self._job.start]:
            if start < end and self._fill(start, end):
                end = start
        return self._share

    def _reader(self, watch: Watch) -> Reader:
        job, trace = self._job, None
        if watch.sample >= 0:
            trace = observe(job.config, self._data, job.first, watch.sample)
        condition = Condition("sign", watch.text, watch.sample)
        return reader(condition, self._catalog, self._data, trace)

    def _fill(self, start: int, end: int) -> bool:
        """Send steps start..end - 1; False where the state of `start` is not to be had."""
        job = self._job
        state = job.first
        if start > job.first.step:
            assert job.directory is not None
            try:
                state = load_state(job.directory, start, job.config)
            except CheckpointError:
                return False
        rows: list[tuple[int, list[float], U64]] = []
        sent = time.perf_counter()
        for step in range(start, end):
            begun = time.perf_counter()
            state = with_edit(state, job.edits)
            done = advance(job.config, self._data, state)
            moment = Moment(job.config, self._data, state, done)
            rows.append((step, [_value(r, moment) for r in self._readers], done.report.digests))
            state = done.state
            now = time.perf_counter()
            if now - sent >= CHUNK_S or step + 1 == end:
                self._send(rows)
                rows, sent = [], now
            self._rest(time.perf_counter() - begun)
        return True

    def _send(self, rows: list[tuple[int, list[float], U64]]) -> None:
        steps, values, digests = zip(*rows, strict=True)
        values_WN = np.array(values, np.float64).T
        self._connection.send(Chunk(np.array(steps, np.int64), values_WN, np.array(digests)))

    def _rest(self, worked_s: float) -> None:
        """Wait as long as the share asks; a message ends the wait, and so does the other end."""
        pause = worked_s * (1 / self._share - 1)
        while self._connection.poll(pause):
            try:
                self._share = float(self._connection.recv())
            except (EOFError, OSError) as error:
                raise _Gone from error
            pause = 0.0


def _value(reads: Reader, moment: Moment) -> float:
    try:
        return float(reads.read(moment))
    except CrnnError:
        return float("nan")
