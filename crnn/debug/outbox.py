"""Outbox: what the engine's thread puts out and another thread fetches, without a lock.

Frames go into one slot where the newest wins, so a slow screen never piles them up. Events go into
a list where none is lost; only the progress of a seek replaces its own predecessor. The fetching
side says when it wants a frame, and whether anybody is watching at all.
"""

from __future__ import annotations

import threading
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crnn.debug.messages import Event, Frame


class Outbox:
    """One engine puts, one fetcher takes with popleft; `deque` makes both atomic."""

    def __init__(self) -> None:
        self.frames: deque[Frame] = deque(maxlen=1)
        self.events: deque[Event] = deque()
        self.want_frame = threading.Event()
        self.watching = True

    def put_frame(self, frame: Frame) -> None:
        self.want_frame.clear()
        self.frames.append(frame)

    def put_event(self, event: Event) -> None:
        from crnn.debug.messages import Seeking

        # This thread alone appends, so the last event is that Seeking, unless it was just fetched.
        with suppress(IndexError):
            if isinstance(event, Seeking) and isinstance(self.events[-1], Seeking):
                self.events.pop()
        self.events.append(event)
