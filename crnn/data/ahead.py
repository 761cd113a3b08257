"""Batches made ahead of training, in a process of their own: the same bits, only sooner.

Drawing, changing and preparing pictures takes about as long as learning from them, so a second core
can do it meanwhile. The process sends the batches in order through a pipe and stays a few of them
ahead; the pipe's end, when this process closes it or dies in whatever way, is its own end.
"""

from __future__ import annotations

import multiprocessing
import signal
from dataclasses import replace
from multiprocessing.connection import Connection
from queue import Queue
from threading import Thread

from crnn.arrays import frozen
from crnn.data.dataset import Batch, TrainingSet, timed_batch
from crnn.errors import CrnnError, WorkerDied
from crnn.heap import keep_freed_memory

DEPTH = 24
"""Batches that wait, so that drawing the pictures of a whole pool does not stop training."""
_END_S = 5.0


class Ahead:
    """The batches of `data` from `step` on. Close it, or use `with`."""

    def __init__(self, data: TrainingSet, step: int) -> None:
        self._data = data
        self.step = step
        """The next that comes from the process."""
        context = multiprocessing.get_context("spawn")
        self._batches, theirs = context.Pipe(duplex=False)
        self._process = context.Process(
            target=_serve, args=(theirs, data, step), name="batches", daemon=True
        )
        self._process.start()
        theirs.close()

    def batch(self, step: int) -> tuple[Batch, float]:
        """data.batch(step), and how long making it took, in s: the next one from the process; one
        out of order is made here.

        Raises WorkerDied where the process ended, and what data.batch raises.
        """
        if step != self.step:
            return timed_batch(self._data, step)
        try:
            found = self._batches.recv()
        except (EOFError, OSError) as error:
            raise WorkerDied(
                "the process that makes the batches ended; the state is unharmed: go on with "
                "--resume, or without --ahead"
            ) from error
        if isinstance(found, CrnnError):
            raise found
        batch, seconds = found
        assert isinstance(batch, Batch)
        self.step += 1
        return replace(batch, x_NCHW=frozen(batch.x_NCHW), width_N=frozen(batch.width_N)), seconds

    def close(self) -> None:
        """End the process; closing twice is harmless."""
        self._batches.close()
        self._process.join(_END_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _serve(connection: Connection, data: TrainingSet, step: int) -> None:
    """The process: one thread makes batches, this one waits until they are taken."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the first process's to answer
    keep_freed_memory()
    made: Queue[tuple[Batch, float] | CrnnError] = Queue(DEPTH)
    Thread(target=_make, args=(made, data, step), daemon=True).start()
    try:
        while True:
            connection.send(made.get())
    except OSError:
        return


def _make(made: Queue[tuple[Batch, float] | CrnnError], data: TrainingSet, step: int) -> None:
    try:
        while True:
            made.put(timed_batch(data, step))
            step += 1
    except CrnnError as error:
        made.put(error)
