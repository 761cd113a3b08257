"""Prompt: one line of Python at a time against the verbs, with what it says as text.

One idea: whatever a person types, the answer is text and nothing breaks: an array is told by shape,
type and range, an error of ours by its sentence, any other by its last line.
"""

from __future__ import annotations

import ast
import inspect
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
        own = {"np": np, "print": self._print, "help": self._help, "_show": self._show}
        super().__init__({**names, **own})
        self._verbs = [name for name, what in names.items() if inspect.ismethod(what)]

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

    def _help(self, what: object = None) -> None:
        """help(): every verb with what it does; help(seek): all that is said of one."""
        if what is None:
            for name in self._verbs:
                told = " ".join((inspect.getdoc(self.locals[name]) or "").split())
                self.write(f"{name:<12} {told.partition('. ')[0]}\n")
            return
        name, doc = getattr(what, "__name__", type(what).__name__), inspect.getdoc(what)
        arguments = str(inspect.signature(what)) if callable(what) else ""
        self.write(f"{name}{arguments}\n{doc or ''}\n")

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
