"""Work over spawned processes: tasks as they come, results in their order, little in between.

A process has one task at a time and waits in a read of its pipe, so neither end can block the
other, and the pipe's end is the process's end, in whatever way this one goes. Results that are
early wait here; no more than AHEAD tasks a process are under way.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Generator, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar, cast

from crnn.errors import CrnnError, WorkerDied

Task = TypeVar("Task")
Result = TypeVar("Result")

AHEAD = 4
_END_S = 5.0


def ordered(
    work: Callable[[Task], Result], tasks: Iterable[Task], processes: int
) -> Generator[Result, None, None]:
    """`map(work, tasks)` over `processes`; with 1 the caller does it.

    `work` is a module's function. Raises the CrnnError that a task raised, or WorkerDied where a
    process ended. Closing the generator ends the processes.
    """
    if processes == 1:
        yield from map(work, tasks)
        return
    pool = _Pool(work, processes)
    try:
        yield from _in_order(pool, enumerate(tasks))
    finally:
        pool.close()


def _in_order(pool: _Pool, tasks: Iterator[tuple[int, Any]]) -> Iterator[Any]:
    early: dict[int, Any] = {}
    turn, sent, more = 0, 0, True
    while True:
        while more and pool.idle and sent - turn < AHEAD * pool.size:
            task = next(tasks, None)
            more = task is not None
            if task is not None:
                pool.send(*task)
                sent += 1
        if turn == sent:
            return
        if turn not in early:
            early |= pool.receive()
        while turn in early:
            yield early.pop(turn)
            turn += 1


class _Pool:
    """Processes, each idle or with the number of the task that it has."""

    def __init__(self, work: Callable[[Any], Any], size: int) -> None:
        self.size = size
        self.idle: list[Connection] = []
        self._busy: dict[Connection, int] = {}
        self._processes: dict[Connection, BaseProcess] = {}
        context = multiprocessing.get_context("spawn")
        for _ in range(size):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, work), name="crops", daemon=True)
            process.start()
            theirs.close()
            self.idle.append(ours)
            self._processes[ours] = process

    def send(self, number: int, task: object) -> None:
        peer = self.idle.pop()
        try:
            peer.send(task)
        except OSError as error:
            raise self._died(peer) from error
        self._busy[peer] = number

    def receive(self) -> dict[int, Any]:
        """Task number -> result, of at least one task."""
        found: dict[int, Any] = {}
        for one in wait(list(self._busy)):
            ready = cast("Connection", one)
            try:
                answer = ready.recv()
            except (EOFError, OSError) as error:
                raise self._died(ready) from error
            if isinstance(answer, CrnnError):
                raise answer
            found[self._busy.pop(ready)] = answer
            self.idle.append(ready)
        return found

    def close(self) -> None:
        """Let each finish the task that it has, for no sheet is to be left half written."""
        for peer in self._processes:
            peer.close()
        for process in self._processes.values():
            process.join(_END_S)
            if process.is_alive():
                process.kill()
                process.join()
            process.close()

    def _died(self, peer: Connection) -> WorkerDied:
        process = self._processes[peer]
        process.join(_END_S)
        return WorkerDied(
            f"a process that cuts pages ended with status {process.exitcode}; what is finished is "
            "kept: run the same command again, or with --workers 1"
        )


def _serve(connection: Connection, work: Callable[[Any], Any]) -> None:
    """A process: answer each task with its result, or with the error that stopped it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the first process's to answer
    while True:
        try:
            task = connection.recv()
        except (EOFError, OSError):
            return
        answer: object
        try:
            answer = work(task)
        except CrnnError as error:
            answer = error
        try:
            connection.send(answer)
        except OSError:
            return
