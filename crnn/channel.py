"""Channel: messages between two processes whose large arrays travel through shared memory.

Pickle (protocol 5) can hand over the bytes of arrays beside the message. Small ones stay inside it
and go through the pipe; large ones are laid into a segment of shared memory that the sender owns,
and the receiver copies them out, so nothing received is ever overwritten. One message is on its way
at a time in each direction. A receiver takes the name of a segment off the system as soon as it has
opened it: what is left is memory that ends with the two processes, however they end.
"""

from __future__ import annotations

import pickle
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from typing import Any, NamedTuple

import numpy as np

from crnn.arrays import U8

LARGE_BYTES = 1 << 15
ALIGNMENT = 64


class _Header(NamedTuple):
    """What goes through the pipe: the pickle, and where in which segment its arrays lie."""

    segment: str
    spans: tuple[tuple[int, int], ...]
    pickled: bytes


class Channel:
    """One end of a pipe and of the segments in both directions."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._outgoing: SharedMemory | None = None
        self._incoming: SharedMemory | None = None

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
        spans, end = [], 0
        for part in large:
            spans.append((end, part.nbytes))
            end = -(-(end + part.nbytes) // ALIGNMENT) * ALIGNMENT
        name = ""
        if large:
            segment = self._with_room(end)
            for part, (start, size) in zip(large, spans, strict=True):
                _bytes(segment)[start : start + size] = part
            name = segment.name
        self._connection.send(_Header(name, tuple(spans), pickled))

    def receive(self) -> Any:
        """Waits without taking time. Raises EOFError or OSError where the other end is gone."""
        header: _Header = self._connection.recv()
        buffers: list[U8] = []
        if header.spans:
            segment = _bytes(self._opened(header.segment))
            # Mapped memory may change or vanish; what a message leads to must not.
            buffers = [segment[start : start + size].copy() for start, size in header.spans]
        return pickle.loads(header.pickled, buffers=buffers)

    def close(self) -> None:
        """Closing twice is harmless."""
        self._connection.close()
        for segment in (self._outgoing, self._incoming):
            if segment is not None:
                segment.close()
        self._outgoing = self._incoming = None

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
