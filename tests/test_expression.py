"""Expressions: what is on the list is computed, everything else is refused when it is entered."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from crnn.debug.expression import MAX_NODES, parse
from crnn.errors import ExpressionError

SHAPES = {"loss": (), "cer": (), "w": (2, 3), "softmax": (5, 4)}
VALUES: dict[str, Any] = {
    "loss": 4.0,
    "cer": 0.5,
    "w": np.array([[1.0, -2.0, 0.0], [0.0, 3.0, 4.0]]),
    "softmax": np.arange(20.0).reshape(5, 4),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("loss > 3", True),
        ("1 < loss < 4", False),
        ("loss > 3 and not cer > 1", True),
        ("loss < 3 or cer == 0.5", True),
        ("any(w < -1)", True),
        ("all(0 <= w)", False),
        ("mean(w == 0) > 0.3", True),
        ("max(abs(w)) == 4", True),
        ("norm(w[1]) == 5", True),
        ("w[0, -2] == -2", True),
        ("std(w[:, 0:1]) == 0.5", True),
        ("min(softmax[1:3, 2]) / 2 + loss * 2 - 1 == 10", True),
        ("-loss < +cer", True),
        ("loss != loss", False),
    ],
)
def test_the_grammar_computes_what_numpy_does(text: str, expected: bool) -> None:
    assert bool(parse(text, SHAPES, "condition").value(VALUES.__getitem__)) is expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("loss.real > 1", "not allowed"),
        ("w.__class__ == 1", "not allowed"),
        ("loss ** 2 > 1", "not allowed"),
        ("loss // 2 > 1", "not allowed"),
        ("loss @ w > 1", "not allowed"),
        ("loss < 1 if cer else 2", "not allowed"),
        ("(lambda: 1)() > 0", "not allowed"),
        ("[1][0] > 0", "not allowed"),
        ("any(x > 1 for x in w)", "not allowed"),
        ("'a' == 'a'", "not allowed"),
        ("True", "not allowed"),
        ("1e999 > loss", "not allowed"),
        ("loss in (1, 2)", "not allowed"),
        ("loss is 1", "not allowed"),
        ("~loss > 1", "not allowed"),
        ("__import__('os') == 1", "not allowed"),
        ("eval(loss) > 1", "not allowed"),
        ("(loss := 3) > 1", "not allowed"),
        ("max(loss, cer) > 1", "one argument"),
        ("std(w, axis=0) > 1", "one argument"),
        ("lss > 1", "did you mean loss"),
        ("w[loss] > 1", "no subscript"),
        ("w[None] > 1", "no subscript"),
        ("w[...] > 1", "no subscript"),
        ("w[0, 0, 0] > 1", "subscripts"),
        ("w[2, 0] > 1", "out of bounds"),
        ("w[::0] > 1", "step 0"),
        ("w > 1", "6 values"),
        ("w and loss", "any or all"),
        ("loss", "compare it"),
        ("loss >", "syntax"),
        ("loss > 1; loss", "syntax"),
        ("\0", "null bytes"),
        ("(" * 400 + "loss" + ")" * 400 + " > 1", "parentheses"),
        ("loss > " + "+".join(["1"] * MAX_NODES), "parts"),
        ("loss > " + "1" * 2000, "characters"),
    ],
)
def test_everything_else_is_refused_when_entered(text: str, said: str) -> None:
    with pytest.raises(ExpressionError, match=said):
        parse(text, SHAPES, "condition")


def test_a_watch_is_a_number_and_a_region_is_anything() -> None:
    assert parse("norm(w)", SHAPES, "number").names == {"w"}
    with pytest.raises(ExpressionError, match="needs a number"):
        parse("loss > 1", SHAPES, "number")
    region = parse("w[0:1]", SHAPES, "value").value(VALUES.__getitem__)
    assert region.tolist() == [[1.0, -2.0, 0.0]]


def test_nan_is_a_value_like_any_other_and_warns_nobody() -> None:
    broken = {**VALUES, "w": np.array([[np.nan, np.inf, 1.0], [0.0, 0.0, 0.0]])}
    assert not parse("max(w) > 1", SHAPES, "condition").value(broken.__getitem__)
    assert parse("any(w != w)", SHAPES, "condition").value(broken.__getitem__)
    assert parse("loss / w[1, 0] > 1e300", SHAPES, "condition").value(broken.__getitem__)
