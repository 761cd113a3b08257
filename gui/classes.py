"""Classes of a trace: which are in use and in what order, which are wrong, what the truth wants.

Pure functions of arrays, no Qt. The order of rows is a promise to the reader: it only grows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from crnn.text.score import Edit, alignment

if TYPE_CHECKING:
    from crnn.arrays import F64, I64
    from crnn.debug.trace import CtcTrace, Trace

IN_USE = 0.01
"""A class is in use where its probability exceeds this, and three times chance, in some frame."""


def wanted_TK(ctc: CtcTrace, n_classes: int) -> F64:
    """The truth's posterior by class: gamma summed over the states that carry the class."""
    wanted = np.zeros((len(ctc.gamma_TS), n_classes))
    np.add.at(wanted.T, ctc.states_S, ctc.gamma_TS.T)
    return wanted


def gradient_TK(trace: Trace) -> F64:
    """softmax - posterior: the derivative of -log P(truth) by the logits. Zeros with no lattice."""
    if trace.ctc is None:
        return np.zeros_like(trace.prob_TK)
    gradient: F64 = trace.prob_TK - wanted_TK(trace.ctc, trace.prob_TK.shape[1])
    return gradient


def rank(values_K: F64, k: int) -> int:
    """1 for the largest; equal values share the better rank."""
    return int(np.count_nonzero(values_K > values_K[k])) + 1


def top(values_K: F64, n: int) -> tuple[int, ...]:
    """The n largest classes, largest first; equal ones in class order."""
    return tuple(int(k) for k in np.argsort(-values_K, kind="stable")[:n])


def _edits(trace: Trace) -> tuple[Edit, ...]:
    """The alignment of the collapsed output with the label, by classes instead of characters."""
    label = trace.ctc.label_L if trace.ctc else np.zeros(0, np.int64)
    return alignment(_as_text(trace.output.collapsed), _as_text(label))


def _as_text(classes: I64) -> str:
    return "".join(chr(k) for k in classes.tolist())


def wrong_classes(trace: Trace) -> frozenset[int]:
    """Classes that the output holds where the truth has another letter, or none."""
    if trace.ctc is None:
        return frozenset()
    wrong = [edit.i for edit in _edits(trace) if edit.kind in ("substituted", "inserted")]
    return frozenset(trace.output.collapsed[wrong].tolist())


def reading_order(trace: Trace) -> tuple[int, ...]:
    """Classes of output and truth, each once, as one reads; a wrong letter before the right one.

    Where more than half is wrong the two cannot be read together: then the truth, then the output.
    """
    edits, label = _edits(trace), trace.ctc.label_L.tolist() if trace.ctc else []
    if 2 * sum(edit.kind != "same" for edit in edits) > len(label):
        return _once([*label, *trace.output.collapsed.tolist()])
    found: list[int] = []
    for edit in edits:
        if edit.kind != "deleted":
            found.append(int(trace.output.collapsed[edit.i]))
        if edit.kind in ("substituted", "deleted"):
            found.append(label[edit.j])
    return _once(found)


def in_use(trace: Trace, held: tuple[int, ...] = ()) -> tuple[int, ...]:
    """`held` (the rows already shown) and, behind them, what this trace adds. Never the blank.

    New rows come in reading order, then the other classes in use. Chance is 1 / K: an untrained net
    gives every class that much, and so none of them is in use yet.
    """
    least = max(IN_USE, 3.0 / trace.prob_TK.shape[1])
    strong = np.flatnonzero((trace.prob_TK > least).any(0)).tolist()
    return tuple(k for k in _once((*held, *reading_order(trace), *strong)) if k)


def _once(classes: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(classes))
