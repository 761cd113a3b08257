"""Expressions: what a person may ask of a step, written as Python and read by a short list.

One idea: text is parsed by Python's own parser, then every node is held against a list of what is
allowed; what is not on it is refused when it is entered, with a sentence that says what to write
instead. What passes becomes a closure over a function that looks names up, so nothing is ever
handed to `eval`, and evaluating costs about a tenth of a microsecond a node. A dry run on zeros of
the right shapes finds a wrong subscript, and a result that is no single number, at the same time.

Allowed: names, numbers, comparisons (also chained), and / or / not, + - * /, constant subscripts
and slices, and abs, min, max, mean, std, norm, any, all of one argument. At most 200 nodes.
"""

from __future__ import annotations

import ast
import difflib
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from crnn.errors import ExpressionError

MAX_NODES = 200
MAX_LENGTH = 1000
MAX_INDEX = 1 << 31
LARGEST = 1e308

Value = Any
"""A number, a bool, or an array of either."""
Lookup = Callable[[str], Value]
Wanted = Literal["condition", "number", "value"]
"""What the result must be: true or false, one number, or anything."""
_Run = Callable[[Lookup], Value]

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: np.true_divide,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def _norm(x: Value) -> float:
    """Euclidean, summed in float64 so that no square overflows."""
    flat = np.asarray(x, np.float64).ravel()
    return float(np.sqrt(flat @ flat))


FUNCTIONS: dict[str, Callable[[Value], Value]] = {
    "abs": np.abs,
    "min": np.min,
    "max": np.max,
    "mean": lambda x: float(np.mean(x, dtype=np.float64)),
    "std": lambda x: float(np.std(x, dtype=np.float64)),
    "norm": _norm,
    "any": lambda x: bool(np.any(x)),
    "all": lambda x: bool(np.all(x)),
}


_ALLOWED = (
    "is not allowed; use names, numbers, comparisons, and/or/not, + - * /, subscripts and "
    + ", ".join(FUNCTIONS)
)


@dataclass(frozen=True, slots=True)
class Expression:
    """A text that passed. `names` are those it looks up; `left` is the first operand of a
    comparison that is the whole text, which is what a person wants to see beside it."""

    text: str
    names: frozenset[str]
    run: _Run
    left: _Run | None

    def value(self, lookup: Lookup) -> Value:
        """Raises ExpressionError where an array is smaller than a subscript needs."""
        with np.errstate(all="ignore"):
            try:
                return self.run(lookup)
            except (IndexError, ValueError) as error:
                raise ExpressionError(f"{self.text}: {error}") from error

    def shown(self, lookup: Lookup) -> Value:
        """The number to show: the left side of a comparison, else the value itself."""
        with np.errstate(all="ignore"):
            return (self.left or self.run)(lookup)


def parse(text: str, shapes: Mapping[str, tuple[int, ...]], wanted: Wanted) -> Expression:
    """`text` over the names of `shapes`. Raises ExpressionError saying what is wrong with it."""
    tree = _tree(text)
    builder = _Builder(text, shapes)
    run = builder.run(tree)
    left = builder.run(tree.left) if isinstance(tree, ast.Compare) else None
    made = Expression(text, frozenset(builder.names), run, left)
    result = made.value(lambda name: np.zeros(shapes[name]) if shapes[name] else 0.0)
    _require(text, result, wanted)
    return made


def require_allowed(text: str, names: Iterable[str]) -> None:
    """What `parse` refuses that can be told before the shapes of the names are known."""
    _Builder(text, dict.fromkeys(names, ())).run(_tree(text))


def _tree(text: str) -> ast.expr:
    if not text.strip():
        raise ExpressionError("the expression is empty; write one such as loss > 5")
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"the expression has {len(text):,} characters; at most {MAX_LENGTH}")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        reason = getattr(error, "msg", None) or "it cannot be read"
        raise ExpressionError(f"{text}: {reason}") from error
    size = sum(isinstance(node, ast.expr) for node in ast.walk(tree))
    if size > MAX_NODES:
        raise ExpressionError(f"the expression has {size} parts; at most {MAX_NODES} are allowed")
    return tree


def _require(text: str, result: Value, wanted: Wanted) -> None:
    if wanted == "value":
        return
    if np.ndim(result):
        raise ExpressionError(
            f"{text}: gives {np.size(result):,} values, not one; "
            "use min, max, mean, std, norm, any, all or a subscript"
        )
    is_bool = isinstance(result, bool | np.bool_)
    if wanted == "condition" and not is_bool:
        raise ExpressionError(f"{text}: is a number; compare it with another, as in {text} > 5")
    if wanted == "number" and is_bool:
        raise ExpressionError(f"{text}: is true or false; a watch needs a number")


class _Builder:
    """Turns allowed nodes into closures and collects the names."""

    def __init__(self, text: str, shapes: Mapping[str, tuple[int, ...]]) -> None:
        self._text = text
        self._shapes = shapes
        self.names: set[str] = set()
        self._allowed: dict[type[ast.expr], Callable[[Any], _Run]] = {
            ast.Constant: self._constant,
            ast.Name: self._name,
            ast.BinOp: self._binary,
            ast.UnaryOp: self._unary,
            ast.BoolOp: self._logical,
            ast.Compare: self._comparison,
            ast.Call: self._call,
            ast.Subscript: self._subscript,
        }

    def run(self, node: ast.expr) -> _Run:
        """The closure of one node. Raises ExpressionError for one that is not allowed."""
        make = self._allowed.get(type(node))
        if make is None:
            raise self._refused(node)
        return make(node)

    def _refused(self, node: ast.AST, why: str = "") -> ExpressionError:
        part = ast.get_source_segment(self._text.strip(), node) or type(node).__name__
        return ExpressionError(f"{part}: {why or _ALLOWED}")

    def _constant(self, node: ast.Constant) -> _Run:
        value = node.value
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not -LARGEST <= value <= LARGEST:  # type: ignore[operator]
            raise self._refused(node)
        number = float(value)  # type: ignore[arg-type]
        return lambda lookup: number

    def _name(self, node: ast.Name) -> _Run:
        name = node.id
        if name not in self._shapes:
            near = difflib.get_close_matches(name, [*self._shapes, *FUNCTIONS], 1)
            hint = f"; did you mean {near[0]}?" if near else "; choose one of the list"
            raise ExpressionError(f"{name}: there is no such name{hint}")
        self.names.add(name)
        return lambda lookup: lookup(name)

    def _binary(self, node: ast.BinOp) -> _Run:
        function = _BINARY.get(type(node.op))
        if function is None:
            raise self._refused(node)
        left, right = self.run(node.left), self.run(node.right)
        return lambda lookup: function(left(lookup), right(lookup))

    def _unary(self, node: ast.UnaryOp) -> _Run:
        if isinstance(node.op, ast.Invert):
            raise self._refused(node)
        operand = self.run(node.operand)
        if isinstance(node.op, ast.Not):
            single = self._single(node, operand)
            return lambda lookup: not single(lookup)
        sign = -1.0 if isinstance(node.op, ast.USub) else 1.0
        return lambda lookup: sign * operand(lookup)

    def _logical(self, node: ast.BoolOp) -> _Run:
        parts = [self._single(value, self.run(value)) for value in node.values]
        if isinstance(node.op, ast.And):
            return lambda lookup: all(part(lookup) for part in parts)
        return lambda lookup: any(part(lookup) for part in parts)

    def _comparison(self, node: ast.Compare) -> _Run:
        functions = [_COMPARE.get(type(op)) for op in node.ops]
        operands = [self.run(part) for part in (node.left, *node.comparators)]
        first = functions[0]
        if first is None or None in functions:
            raise self._refused(node)
        if len(functions) == 1:
            left, right = operands
            return lambda lookup: first(left(lookup), right(lookup))
        known = [function for function in functions if function is not None]

        def chained(lookup: Lookup) -> Value:
            values = [operand(lookup) for operand in operands]
            found: Value = True
            for function, left, right in zip(known, values, values[1:], strict=False):
                found = np.logical_and(found, function(left, right))
            return found

        return chained

    def _call(self, node: ast.Call) -> _Run:
        function = FUNCTIONS.get(node.func.id) if isinstance(node.func, ast.Name) else None
        if function is None:
            raise self._refused(node)
        if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
            raise self._refused(node, "takes one argument")
        argument = self.run(node.args[0])
        return lambda lookup: function(argument(lookup))

    def _subscript(self, node: ast.Subscript) -> _Run:
        base = self.run(node.value)
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        key = tuple(self._index(part) for part in parts)

        def picked(lookup: Lookup) -> Value:
            array = np.asarray(base(lookup))
            if len(key) > array.ndim:
                raise IndexError(f"{len(key)} subscripts for {array.ndim} axes")
            return array[key]

        return picked

    def _index(self, node: ast.expr | None) -> int | slice:
        if isinstance(node, ast.Slice):
            bounds = [self._integer(part) for part in (node.lower, node.upper, node.step)]
            if bounds[2] == 0:
                raise self._refused(node, "a slice cannot have step 0")
            return slice(*bounds)
        found = self._integer(node)
        if node is None or found is None:
            raise ExpressionError(f"{self._text}: a subscript must be a whole number or a slice")
        return found

    def _integer(self, node: ast.expr | None) -> int | None:
        """A literal whole number, perhaps negative; None where nothing stands there."""
        if node is None:
            return None
        is_negative = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
        inner = node.operand if isinstance(node, ast.UnaryOp) and is_negative else node
        value = inner.value if isinstance(inner, ast.Constant) else None
        if type(value) is not int or value >= MAX_INDEX:
            raise self._refused(node, "is no subscript; only whole numbers and slices of them are")
        return -value if is_negative else value

    def _single(self, node: ast.expr, run: _Run) -> Callable[[Lookup], bool]:
        """`run` where one truth is needed: an array has many."""
        text = ast.get_source_segment(self._text.strip(), node) or self._text

        def truth(lookup: Lookup) -> bool:
            value = run(lookup)
            if np.ndim(value):
                raise ValueError(f"{text} has {np.size(value):,} values; use any or all")
            return bool(value)

        return truth
