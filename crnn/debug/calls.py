"""Calls: what chosen functions were given and gave back while real code ran, and how long it took.

One idea: the algorithm has no hooks, so it is watched from outside. While `watch` runs something,
the interpreter reports the calls of the functions named, and nothing else; afterwards no trace of
it is left. Since the ops are pure, a call that was watched can be made again, and gives the same
bits: that is what the line recorder does.
"""

from __future__ import annotations

import copy
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, TypeVar

import numpy as np

from crnn.errors import CrnnError

Result = TypeVar("Result")


@dataclass(slots=True)
class Call:
    """One call of a plain function: its arguments by name, its result, and the watched calls made
    within it.

    A generator among the arguments is a copy from before the call: it is what a call consumes.
    `is_done` is False where it raised; none of those watched returns None.
    """

    function: Callable[..., Any]
    args: dict[str, Any]
    result: Any = None
    seconds: float = 0.0
    is_done: bool = False
    within: list[Call] = field(default_factory=list)

    def again(self) -> Any:
        """The same call, made anew."""
        return self.function(**{name: _fresh(value) for name, value in self.args.items()})


def watch(
    functions: Iterable[Any], run: Callable[[], Result]
) -> tuple[Result | None, CrnnError | None, Call]:
    """What `run()` returned, or the error it raised; and a call that holds those watched."""
    by_code = {function.__code__: function for function in functions}
    root = Call(_outside, {})
    open_calls = [root]

    def on_call(frame: FrameType, event: str, arg: Any) -> Any:
        function = by_code.get(frame.f_code)
        if function is None:
            return None
        args = {name: _fresh(value) for name, value in frame.f_locals.items()}
        call = Call(function, args, seconds=time.perf_counter())
        open_calls[-1].within.append(call)
        open_calls.append(call)
        frame.f_trace_lines = False

        def on_return(frame: FrameType, event: str, arg: Any) -> Any:
            if event == "return":
                call.seconds = time.perf_counter() - call.seconds
                call.result, call.is_done = arg, arg is not None
                open_calls.pop()
            return on_return

        return on_return

    before = sys.gettrace()
    sys.settrace(on_call)
    try:
        return run(), None, root
    except CrnnError as error:
        return None, error, root
    finally:
        sys.settrace(before)


def _outside() -> None:
    """Stands for whatever made the watched calls."""


def _fresh(value: Any) -> Any:
    return copy.deepcopy(value) if isinstance(value, np.random.Generator) else value
