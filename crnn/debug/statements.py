"""Statements: the text of a source file, and for each line the statement it belongs to.

A statement may span several lines; the interpreter reports each of them, a reader thinks of one. Of
a compound statement (for, if, while) the head alone counts: its body has statements of its own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

PACKAGE = Path(__file__).parent.parent
RETURNED = "return"
"""The name under which a return statement shows what it gives back."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Lines [line, stop) and the names they mention. `loop` is the variable of a for loop; `loops`
    are the first lines of the loops around it, outermost first. `unwritten`: the names it binds
    to memory that nothing has been written to, as np.empty gives it."""

    line: int
    stop: int
    names: frozenset[str]
    loop: str
    loops: tuple[int, ...]
    unwritten: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Source:
    """A file: its name within the package ("ops/linear.py"), its lines, its statements by line."""

    name: str
    lines: tuple[str, ...]
    by_line: dict[int, Statement]
    names: dict[int, frozenset[str]]
    """By line: the local names of the function round it."""

    @property
    def heads(self) -> tuple[int, ...]:
        """Of each line the first one of its statement; 0 where none stands there."""
        lines = range(1, len(self.lines) + 1)
        return tuple(self.by_line[n].line if n in self.by_line else 0 for n in lines)

    def at(self, line: int) -> Statement:
        """The statement of a line (from 1)."""
        found = self.by_line.get(line)
        return found or Statement(line, line + 1, frozenset(), "", ())


@lru_cache(maxsize=64)
def source(path: str) -> Source:
    """The source at `path`, read once."""
    text = Path(path).read_text(encoding="utf-8")
    by_line: dict[int, Statement] = {}
    tree = ast.parse(text)
    _collect(tree, (), by_line)
    name = Path(path).relative_to(PACKAGE).as_posix() if is_ours(path) else Path(path).name
    return Source(name, tuple(text.splitlines()), by_line, _names(tree))


def own_source(name: str) -> Source | None:
    """The source of a file of the package by its name within it; None where there is none."""
    path = PACKAGE / name
    is_there = ".." not in path.parts and path.suffix == ".py" and path.is_file()
    return source(str(path)) if is_there else None


def _names(tree: ast.AST) -> dict[int, frozenset[str]]:
    found: dict[int, frozenset[str]] = {}
    for node in ast.walk(tree):  # outer functions come first, so the innermost one is what stays
        if isinstance(node, ast.FunctionDef):
            parts = list(ast.walk(node))
            bound = (part for part in parts if isinstance(part, ast.Name))
            names = {part.id for part in bound if isinstance(part.ctx, ast.Store)}
            names |= {part.arg for part in parts if isinstance(part, ast.arg)} - {"self"}
            lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            found.update(dict.fromkeys(lines, frozenset(names)))
    return found


def is_ours(path: str) -> bool:
    """Whether a file is one of the package's own."""
    return Path(path).is_relative_to(PACKAGE)


def _collect(node: ast.AST, loops: tuple[int, ...], by_line: dict[int, Statement]) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            _add(child, loops, by_line)
            is_loop = isinstance(child, ast.For | ast.While)
            _collect(child, (*loops, child.lineno) if is_loop else loops, by_line)
        elif isinstance(child, ast.ExceptHandler | ast.match_case):
            _collect(child, loops, by_line)


def _add(node: ast.stmt, loops: tuple[int, ...], by_line: dict[int, Statement]) -> None:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return
    body = getattr(node, "body", None)
    last = node.end_lineno or node.lineno
    stop = max(node.lineno + 1, body[0].lineno) if body else last + 1
    heads = [node] if not body else [
        part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr | ast.withitem)
    ]  # fmt: skip
    names = frozenset(
        part.id for head in heads for part in ast.walk(head) if isinstance(part, ast.Name)
    )
    target = node.target if isinstance(node, ast.For) else None
    loop = target.id if isinstance(target, ast.Name) else ""
    if isinstance(target, ast.Tuple) and isinstance(target.elts[0], ast.Name):
        loop = target.elts[0].id
    statement = Statement(node.lineno, stop, names, loop, loops, frozenset(_unwritten(node)))
    by_line.update(dict.fromkeys(range(node.lineno, stop), statement))


def _unwritten(node: ast.stmt) -> Iterator[str]:
    """Names bound to what np.empty, np.empty_like or crnn.arrays.empty give, one or several, and
    attributes; RETURNED where that is given back."""
    if isinstance(node, ast.Return) and node.value is not None and _is_unwritten(node.value):
        yield RETURNED
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            yield from _unwritten_in(target, node.value)


def _unwritten_in(target: ast.expr, value: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Name | ast.Attribute) and _is_unwritten(value):
        yield ast.unparse(target)
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for part, given in zip(target.elts, value.elts, strict=False):
            yield from _unwritten_in(part, given)
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.GeneratorExp):
        for part in target.elts:
            yield from _unwritten_in(part, value.elt)


def _is_unwritten(value: ast.expr) -> bool:
    while isinstance(value, ast.Subscript):
        value = value.value
    called = value.func if isinstance(value, ast.Call) else None
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in ("empty", "empty_like")
