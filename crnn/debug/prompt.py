"""Prompt: one line of Python at a time against the verbs, with what it says as text.

One idea: whatever a person types, the answer is text and nothing breaks: an array is told by shape,
type and range, an error of ours by its sentence, any other by its last line.
"""

from __future__ import annotations

import ast
import sys
import traceback
from code import InteractiveInterpreter
from collections.abc import Mapping
from typing import Any

import numpy as np

from crnn.errors import CrnnError

_LONGEST = 2000


class Prompt(InteractiveInterpreter):
    """`run_line` runs a line in `names`, to which it adds what the line assigns."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self._said: list[str] = []
        super().__init__({**names, "np": np, "print": self._print, "_show": self._show})

    def run_line(self, text: str) -> str:
        """What the line says; "" where it says nothing."""
        self._said.clear()
        try:
            tree = ast.parse(text, "<console>")
        except SyntaxError as error:
            return f"SyntaxError: {error.msg}"
        for place, node in enumerate(tree.body):
            if isinstance(node, ast.Expr):
                shown = ast.Call(ast.Name("_show", ast.Load()), [node.value], [])
                tree.body[place] = ast.copy_location(ast.Expr(shown), node)
        self.runcode(compile(ast.fix_missing_locations(tree), "<console>", "exec"))
        return "".join(self._said).rstrip("\n")

    def showtraceback(self) -> None:
        """The error as a line."""
        kind, error, _ = sys.exc_info()
        if isinstance(error, CrnnError):
            self.write(f"{error}\n")
        else:
            self.write("".join(traceback.format_exception_only(kind, error)))

    def write(self, data: str) -> None:
        self._said.append(data)

    def completions(self, prefix: str) -> list[str]:
        """Names that begin with `prefix`."""
        return sorted(name for name in self.locals if name.startswith(prefix) and name[0] != "_")

    def _print(self, *values: object, sep: str = " ", end: str = "\n") -> None:
        self.write(sep.join(str(value) for value in values) + end)

    def _show(self, value: object) -> None:
        if value is not None:
            self.locals["_"] = value
            self.write(summary(value) + "\n")


def summary(value: object) -> str:
    """A value in a few lines; an array by its shape, type and range."""
    if isinstance(value, np.ndarray) and value.size > 8:
        text = f"{value.dtype} {value.shape}"
        if np.issubdtype(value.dtype, np.number):
            usual = value[np.isfinite(value)]
            n_not = value.size - usual.size
            text += f"  {usual.min():.6g} … {usual.max():.6g}" if usual.size else ""
            text += f"  {n_not:,} not finite" if n_not else ""
        return text
    fields = getattr(type(value), "__dataclass_fields__", None)
    if fields is not None:
        listed = (f"{name}={_brief(getattr(value, name))}" for name in fields)
        return f"{type(value).__name__}({', '.join(listed)})"
    text = repr(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " …"


def _brief(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"<{value.dtype} {value.shape}>"
    text = f"{value:.6g}" if isinstance(value, float) else repr(value)
    return text if len(text) <= 80 else text[:80] + "…"
