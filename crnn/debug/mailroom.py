"""Inbox: the commands that wait, with those left out that a newer one has made pointless.

A person who drags over the time line asks for a hundred places and wants the last one. So an older
Seek is dropped when a newer one waits, and an older Watch likewise; nothing else is ever dropped.
"""

from __future__ import annotations

import queue
from collections import deque
from typing import Any

from crnn.debug.guest_messages import Draw
from crnn.debug.level_messages import Move
from crnn.debug.messages import Back, Command, Pause, Quit, ReturnToLive, Seek, Step, Stop, Watch
from crnn.debug.point_messages import GoToHit

MOVES = (Step, Back, Move, Seek, ReturnToLive)
INTERRUPTIONS = (Pause, Seek, ReturnToLive, GoToHit, Stop, Quit)
"""What ends a search on the way."""


class Inbox:
    """The engine's end of the queue; used by its thread alone."""

    def __init__(self, source: queue.SimpleQueue[Command]) -> None:
        self._source = source
        self._waiting: deque[Command] = deque()

    def next(self, *, wait: bool) -> Command | None:
        """The next command, or None where none waits and `wait` is false."""
        self._drain()
        if not self._waiting and wait:
            self._waiting.append(self._source.get())
            self._drain()
        return self._waiting.popleft() if self._waiting else None

    def first(self, command: Command) -> None:
        """What is to be carried out next, before everything that waits."""
        self._waiting.appendleft(command)

    def has(self, *kinds: type[Any]) -> bool:
        """Whether a command of one of these kinds waits."""
        self._drain()
        return any(isinstance(command, kinds) for command in self._waiting)

    @property
    def is_waiting(self) -> bool:
        """Whether any command waits."""
        self._drain()
        return bool(self._waiting)

    def is_moving_on(self) -> bool:
        """Whether the very next command moves the cursor, so that nobody will see where it is."""
        self._drain()
        return bool(self._waiting) and isinstance(self._waiting[0], MOVES)

    def pause(self, seconds: float) -> None:
        """Let `seconds` pass, or less where a command comes."""
        if not self._waiting:
            try:
                self._waiting.append(self._source.get(timeout=seconds))
            except queue.Empty:
                return

    def _drain(self) -> None:
        while not self._source.empty():
            self._waiting.append(self._source.get())
        if len(self._waiting) > 1:
            self._waiting = deque(coalesced(list(self._waiting)))


def coalesced(commands: list[Command]) -> list[Command]:
    """`commands` without each Watch that a later one replaces, each drawing that a later one goes
    on with, and each Seek that is followed by another move to a place, with nothing but Watch, Draw
    and Seek between."""
    kept: list[Command] = []
    has_watch = has_goal = has_newer = False
    for command in reversed(commands):
        if isinstance(command, Watch):
            if has_watch:
                continue
            has_watch = True
        elif isinstance(command, Draw):
            if has_newer and not command.is_new:
                continue
            has_newer = not command.is_new
        elif isinstance(command, Seek) and has_goal:
            continue
        else:
            has_goal = isinstance(command, Seek | ReturnToLive)
        kept.append(command)
    return kept[::-1]
