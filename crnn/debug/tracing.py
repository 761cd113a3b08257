"""Tracing: the statements of a call of real code, each told of as it ends.

The call runs under the interpreter's own line tracing, and only the frames of its own package
folder are followed; nothing of the code is rewritten, so what it computes is what it computes
otherwise, bit for bit. The order is that of the ends: a call's own statements come before the one
that made it is done.

Memory as np.empty gives it holds whatever was there before. It is marked before anything can be
written to it, which changes no result, since nobody may read it: so a call traced twice is the same
twice, and what has not been written yet can be told from what has.
"""

from __future__ import annotations

import sys
from functools import reduce
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crnn.debug.calls import Call
from crnn.debug.statements import RETURNED, Statement, source

UNWRITTEN = 0x5EED
"""The bits of a float that nothing has been written to: as a number next to 0, so that a condition
over such an array is as good as on the written part."""


class Tracer:
    """Follows calls. What it does at each statement is a subclass's business.

    `open`: the statement each frame on the way is at, None before its first.
    """

    def __init__(self) -> None:
        self.open: dict[FrameType, Statement | None] = {}
        self._folder = ""

    def run(self, call: Call) -> Any:
        """What the call returns. Raises what it raises."""
        self._folder = scope(call.function)
        before = sys.gettrace()
        sys.settrace(self._on_call)
        try:
            return call.again()
        finally:
            sys.settrace(before)
            self.open.clear()

    def entered(self, frame: FrameType) -> None:
        """A function was called; its caller's statement is still open."""

    def ended(self, frame: FrameType, done: Statement, *returned: Any) -> None:
        """`done` has been executed; `returned` where it ended the function."""
        raise NotImplementedError

    def _on_call(self, frame: FrameType, event: str, arg: Any) -> Any:
        code = frame.f_code
        if code.co_name.startswith("<") or not code.co_filename.startswith(self._folder):
            return None
        if frame not in self.open:  # else a generator goes on
            self.open[frame] = None
            self.entered(frame)
        return self._on_line

    def _on_line(self, frame: FrameType, event: str, arg: Any) -> Any:
        done = self.open[frame]
        if event == "line":
            statement = source(frame.f_code.co_filename).at(frame.f_lineno)
            if statement is not done:
                if done is not None:
                    _mark(frame, done)
                    self.ended(frame, done)
                self.open[frame] = statement
        elif event == "return":
            if done is not None:
                _mark(frame, done, arg)
                self.ended(frame, done, arg)
            self.open[frame] = None
        return self._on_line


def scope(function: Any) -> str:
    """What the paths of followed files begin with: the folder of ops, kernels or CTC, else the file
    alone."""
    path: str = function.__code__.co_filename
    folder = Path(path).parent
    return f"{folder}/" if folder.name in ("ops", "kernels", "ctc") else path


def _mark(frame: FrameType, done: Statement, returned: Any = None) -> None:
    """Mark the memory that a statement was given and that nothing has been written to."""
    for name in done.unwritten:
        first, *rest = name.split(".")
        value = returned if first == RETURNED else frame.f_locals.get(first)
        mark_unwritten(reduce(lambda held, part: getattr(held, part, None), rest, value))


def mark_unwritten(array: Any) -> None:
    """Say of an array as np.empty gives it that nothing has been written to it; others stay."""
    if isinstance(array, np.ndarray) and array.flags.writeable and array.dtype.kind in "fiu":
        array.view(f"u{array.itemsize}")[...] = UNWRITTEN if array.dtype.kind == "f" else 0


def is_unwritten(array: NDArray[Any]) -> NDArray[np.bool_]:
    """Where nothing has been written to yet."""
    if array.dtype.kind != "f":
        return np.zeros(array.shape, np.bool_)
    found: NDArray[np.bool_] = array.view(f"u{array.itemsize}") == UNWRITTEN
    return found
