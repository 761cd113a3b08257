"""Channel: messages between two processes whose large arrays travel through shared memory.

Pickle (protocol 5) can hand over the bytes of arrays beside the message. Small ones stay inside it
and go through the pipe; large ones are laid into a segment of shared memory that the sender owns,
and the receiver copies them out, so nothing received is ever overwritten. One message is on its way
at a time in each direction. A receiver takes the name of a segment off the system as soon as it has
opened it: what is left is memory that ends with the two processes, however they end.

Waking a process that sleeps takes a tenth of a millisecond, and two that share a step wait for each
other. So a receiver looks for a moment at the first byte of the segment, the number of the last
message in it, before it sleeps in a read of the pipe. That read is what gives the message; the
looking changes nothing but the time.
"""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from typing import Any, NamedTuple

import numpy as np

from crnn.arrays import U8, frozen

LARGE_BYTES = 1 << 15
ALIGNMENT = 64
_YIELD: Callable[[], None] = getattr(os, "sched_yield", partial(time.sleep, 0))
"""Leaves the core and the interpreter to whoever wants them. On Linux sleep(0) would take up to a
tenth of a millisecond."""
AWAKE_S = 0.004
"""Longer than a step's pauses, short enough to cost an idle process nothing."""


class _Header(NamedTuple):
    """What goes through the pipe: which message it is, modulo 256, the pickle, and where in which
    segment its arrays lie."""

    number: int
    segment: str
    spans: tuple[tuple[int, int], ...]
    pickled: bytes


class Channel:
    """One end of a pipe and of the segments in both directions."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._outgoing: SharedMemory | None = None
        self._incoming: SharedMemory | None = None
        self._sent = self._received = 0

    def send(self, message: object) -> None:
        """Raises OSError where the other end is gone."""
        large: list[U8] = []

        def is_small(buffer: pickle.PickleBuffer) -> bool:
            raw = buffer.raw()
            if raw.nbytes < LARGE_BYTES:
                return True
            large.append(np.frombuffer(raw, np.uint8))
            return False

        pickled = pickle.dumps(message, protocol=5, buffer_callback=is_small)
        spans, end = [], ALIGNMENT  # after the message's number
        for part in large:
            spans.append((end, part.nbytes))
            end = -(-(end + part.nbytes) // ALIGNMENT) * ALIGNMENT
        name = ""
        if large:
            segment = self._with_room(end)
            for part, (start, size) in zip(large, spans, strict=True):
                _bytes(segment)[start : start + size] = part
            name = segment.name
        self._sent = (self._sent + 1) % 256
        # Connection.send would build a pickler of its own: as slow as all the rest.
        header = (self._sent, name, tuple(spans), pickled)
        self._connection.send_bytes(pickle.dumps(header, protocol=5))
        if self._outgoing is not None:
            _bytes(self._outgoing)[0] = self._sent

    def receive(self, *, lent: bool = False) -> Any:
        """Waits, after a moment without taking time. Raises EOFError or OSError where the other end
        is gone.

        What is lent saves a copy: its large arrays are the segment itself, read-only, and have to
        be let go of before the next message is waited for.
        """
        self._look()
        header = _Header(*pickle.loads(self._connection.recv_bytes()))
        self._received = header.number
        buffers: list[U8] = []
        if header.spans:
            segment = _bytes(self._opened(header.segment))
            parts = [segment[start : start + size] for start, size in header.spans]
            # Mapped memory may change or vanish; what a message leads to must not, unless lent.
            buffers = [frozen(part) for part in parts] if lent else [part.copy() for part in parts]
        return pickle.loads(header.pickled, buffers=buffers)

    def close(self) -> None:
        """Closing twice is harmless."""
        self._connection.close()
        for segment in (self._outgoing, self._incoming):
            if segment is not None:
                segment.close()
        self._outgoing = self._incoming = None

    def _look(self) -> None:
        """Until a message is there, or `AWAKE_S` long; the interpreter is left to other threads."""
        if self._incoming is None or self._incoming.buf is None:
            return
        limit = time.perf_counter() + AWAKE_S
        while self._incoming.buf[0] == self._received and time.perf_counter() < limit:
            _YIELD()

    def _with_room(self, size: int) -> SharedMemory:
        """A segment of our own that is large enough."""
        if self._outgoing is None or self._outgoing.size < size:
            if self._outgoing is not None:
                self._outgoing.close()
            self._outgoing = SharedMemory(create=True, size=size)
        return self._outgoing

    def _opened(self, name: str) -> SharedMemory:
        if self._incoming is None or self._incoming.name != name:
            if self._incoming is not None:
                self._incoming.close()
            self._incoming = SharedMemory(name)
            self._incoming.unlink()
        return self._incoming


def _bytes(segment: SharedMemory) -> U8:
    """A view; it must be gone before the segment is closed."""
    assert segment.buf is not None
    return np.frombuffer(segment.buf, np.uint8)
