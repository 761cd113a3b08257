"""Tracing: the statements of a call of real code, each told of as it ends.

The call runs under the interpreter's own line tracing, and only the frames of its own package
folder are followed; nothing of the code is rewritten, so what it computes is what it computes
otherwise, bit for bit. The order is that of the ends: a call's own statements come before the one
that made it is done.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType
from typing import Any

from crnn.debug.calls import Call
from crnn.debug.statements import Statement, source


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
                    self.ended(frame, done)
                self.open[frame] = statement
        elif event == "return":
            if done is not None:
                self.ended(frame, done, arg)
            self.open[frame] = None
        return self._on_line


def scope(function: Any) -> str:
    """What the paths of followed files begin with: the folder of ops, kernels or CTC, else the file
    alone."""
    path: str = function.__code__.co_filename
    folder = Path(path).parent
    return f"{folder}/" if folder.name in ("ops", "kernels", "ctc") else path
