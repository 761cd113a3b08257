"""Workers: who computes a shard. The same bits come out whoever it is.

A batch is split by `Config.shards`, not by the number of workers, and every shard is a pure
function of its own samples, so workers change the time of a step and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

from crnn.errors import ConfigError

Task = TypeVar("Task")
Result = TypeVar("Result")

ALLOWED = (1, 2)


class Workers:
    """1 or 2 threads; with 1 the caller's own thread does the work. Close it, or use `with`."""

    def __init__(self, count: int) -> None:
        if count not in ALLOWED:
            raise ConfigError(f"workers is {count}; allowed: 1 or 2")
        self.count = count
        self._pool = ThreadPoolExecutor(count, "shard") if count > 1 else None

    def map(self, work: Callable[[Task], Result], tasks: Iterable[Task]) -> list[Result]:
        """The results in the order of the tasks; the first task's exception, if one fails."""
        if self._pool is None:
            return [work(task) for task in tasks]
        return list(self._pool.map(work, tasks))

    def close(self) -> None:
        """Wait for the threads and end them; closing twice is harmless."""
        if self._pool is not None:
            self._pool.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
