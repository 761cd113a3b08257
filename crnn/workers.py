"""Workers: who computes a shard. The same bits come out whoever it is.

A batch is split by `Config.shards`, not by the number of workers, and every shard is a pure
function of its own samples, so workers change the time of a step and nothing else. With two, this
process is one of them and a second, spawned at the first task, is the other: threads would take
turns in the loops over time. The second process waits in a read of its pipe, taking no time; the
pipe's end, when this process closes it or dies in whatever way, is its own end.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar

from crnn.channel import Channel
from crnn.errors import ConfigError, CrnnError, WorkerDied
from crnn.heap import keep_freed_memory

Task = TypeVar("Task")
Result = TypeVar("Result")

ALLOWED = (1, 2)
_END_S = 5.0


class _Peer(NamedTuple):
    process: BaseProcess
    channel: Channel


class Workers:
    """1 or 2; with 1 the caller does all the work. Close it, or use `with`."""

    def __init__(self, count: int) -> None:
        if count not in ALLOWED:
            raise ConfigError(f"workers is {count}; allowed: 1 or 2")
        self.count = count
        self._peer: _Peer | None = None

    def map(
        self,
        work: Callable[[Task], Result],
        tasks: Iterable[Task],
        away: Callable[[Task], Result] | None = None,
    ) -> list[Result]:
        """The results in the order of the tasks; the first failing task's exception, if one fails.

        Every second task goes to the second process. It runs `away` instead of `work` where given:
        the same, less what should not travel. Both must be functions of a module. Raises WorkerDied
        where the second process ended; the next call starts another.
        """
        todo = list(tasks)
        if self.count == 1 or len(todo) < 2:
            return [work(task) for task in todo]
        peer = self._started()
        self._send(peer, (away or work, todo[1::2]))
        try:
            own = [work(task) for task in todo[0::2]]
        finally:
            answer = self._receive(peer)
        if isinstance(answer, CrnnError):
            raise answer
        return [(own, answer)[number % 2][number // 2] for number in range(len(todo))]

    def close(self) -> None:
        """End the second process; closing twice is harmless."""
        if self._peer is None:
            return
        process, channel = self._peer
        self._peer = None
        channel.close()
        process.join(_END_S)
        if process.is_alive():
            process.kill()
            process.join()
        process.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _started(self) -> _Peer:
        if self._peer is None:
            context = multiprocessing.get_context("spawn")
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs,), name="shards", daemon=True)
            process.start()
            theirs.close()
            self._peer = _Peer(process, Channel(ours))
        return self._peer

    def _send(self, peer: _Peer, message: object) -> None:
        try:
            peer.channel.send(message)
        except OSError as error:
            raise self._died(peer) from error

    def _receive(self, peer: _Peer) -> Any:
        try:
            return peer.channel.receive()
        except (EOFError, OSError) as error:
            raise self._died(peer) from error

    def _died(self, peer: _Peer) -> WorkerDied:
        peer.process.join(_END_S)
        status = peer.process.exitcode
        self.close()
        return WorkerDied(
            f"the worker process ended with status {status} in the middle of a step; "
            "the state before it is unharmed: go on, or use --workers 1"
        )


def _serve(connection: Connection) -> None:
    """The second process: answer each message with results, or with the error that stopped them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the first process's to answer
    keep_freed_memory()
    channel = Channel(connection)
    while True:
        try:
            work, tasks = channel.receive(lent=True)
        except (EOFError, OSError):
            return
        answer: object
        try:
            answer = [work(task) for task in tasks]
        except CrnnError as error:
            answer = error.with_traceback(None)  # whose frames would hold on to the tasks
        tasks = ()
        try:
            channel.send(answer)
        except OSError:
            return
        answer = None
