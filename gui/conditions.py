"""Conditions in words: what a breakpoint waits for, what it found, and what a cell is called in an
expression. Pure functions; the words are those of the language in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from gui.language import QT_TRANSLATE_NOOP
from gui.selection import Cell, Selection

if TYPE_CHECKING:
    from crnn.debug.point_messages import Changed
    from crnn.debug.points import Condition, Hit, Point
    from crnn.debug.trace import Trace

TITLES = {
    "changes": QT_TRANSLATE_NOOP("Conditions", "{what} changes"),
    "sign": QT_TRANSLATE_NOOP("Conditions", "sign of {what} changes"),
    "text": QT_TRANSLATE_NOOP("Conditions", "text of #{sample} changes"),
    "right": QT_TRANSLATE_NOOP("Conditions", "#{sample} becomes right"),
    "forgotten": QT_TRANSLATE_NOOP("Conditions", "#{sample} is forgotten"),
    "in_batch": QT_TRANSLATE_NOOP("Conditions", "#{sample} enters the batch"),
    "non_finite": QT_TRANSLATE_NOOP("Conditions", "any non-finite value"),
    "line": "{place}",
    "line_where": QT_TRANSLATE_NOOP("Conditions", "{place} where {what}"),
}
"""What a point waits for; an expression that becomes true is its own title."""
FOUND = {
    "when": QT_TRANSLATE_NOOP("Conditions", "{what} at step {step}: {now}"),
    "true": QT_TRANSLATE_NOOP("Conditions", "{what} at step {step}"),
    "changes": QT_TRANSLATE_NOOP("Conditions", "{what} changed at step {step}: {before} → {now}"),
    "sign": QT_TRANSLATE_NOOP(
        "Conditions", "sign of {what} changed at step {step}: {before} → {now}"
    ),
    "text": QT_TRANSLATE_NOOP(
        "Conditions", "text of #{sample} changed at step {step}: {before} → {now}"
    ),
    "right": QT_TRANSLATE_NOOP("Conditions", "#{sample} became right at step {step}: {now}"),
    "forgotten": QT_TRANSLATE_NOOP(
        "Conditions", "#{sample} was forgotten at step {step}: {before} → {now}"
    ),
    "in_batch": QT_TRANSLATE_NOOP("Conditions", "#{sample} is in the batch of step {step}"),
    "non_finite": QT_TRANSLATE_NOOP("Conditions", "non-finite at step {step}: {now}"),
    "line": QT_TRANSLATE_NOOP("Conditions", "{place} at step {step}: {now}"),
    "line_true": QT_TRANSLATE_NOOP("Conditions", "{place} at step {step}"),
}
SHORT = {
    "changes": QT_TRANSLATE_NOOP("Conditions", "{what} changed"),
    "sign": QT_TRANSLATE_NOOP("Conditions", "sign of {what} changed"),
    "text": QT_TRANSLATE_NOOP("Conditions", "text of #{sample} changed"),
    "right": QT_TRANSLATE_NOOP("Conditions", "#{sample} became right"),
    "forgotten": QT_TRANSLATE_NOOP("Conditions", "#{sample} was forgotten"),
    "in_batch": QT_TRANSLATE_NOOP("Conditions", "#{sample} in the batch"),
    "non_finite": QT_TRANSLATE_NOOP("Conditions", "non-finite value"),
    "line": "{place}",
}
"""What a hit was, where there is little room."""
LAST_CHANGE = (
    QT_TRANSLATE_NOOP("Conditions", "{what} last changed at step {step}: {before} → {now}"),
    QT_TRANSLATE_NOOP("Conditions", "{what} has not changed since the run began."),
)
NOTHING = "∅"
"""Stands for a text that is empty."""


def title(condition: Condition) -> str:
    """What the point waits for."""
    is_where = condition.kind == "line" and condition.text
    return _words(TITLES.get("line_where" if is_where else condition.kind, "{what}"), condition)


def place(condition: Condition) -> str:
    """Where a line stands, as code is spoken of: "recurrent.py:223"."""
    return f"{condition.file.rpartition('/')[2]}:{condition.line}"


def short(condition: Condition) -> str:
    """What happened, in a few words: for a flag and for the pill."""
    return _words(SHORT.get(condition.kind, "{what}"), condition)


def found(point: Point, hit: Hit) -> str:
    """What happened, with its step and its values."""
    words = {"step": f"{hit.step:,}", "before": hit.before or NOTHING, "now": hit.now or NOTHING}
    kind = point.condition.kind
    truths = {"when": "true", "line": "line_true"}
    template = FOUND[kind if hit.now else truths.get(kind, kind)]
    return _words(template, point.condition, **words)


def last_change(event: Changed) -> str:
    """The answer to "when did it last change?"."""
    template = QCoreApplication.translate("Conditions", LAST_CHANGE[event.step < 0])
    return template.format(
        what=event.text, step=f"{event.step:,}", before=event.before, now=event.now
    )


def _words(template: str, condition: Condition, **more: str) -> str:
    translated = QCoreApplication.translate("Conditions", template)
    names = {"what": condition.text, "sample": f"{condition.sample:04d}", "place": place(condition)}
    return translated.format(**names, **more)


def expression_of(cell: Cell, trace: Trace | None) -> str:
    """What `cell` of `trace` is called in an expression; "" where there is no such number."""
    name = cell.tensor.replace(".", "_")
    if cell.tensor == "grad":
        states_S = () if trace is None or trace.ctc is None else trace.ctc.states_S
        is_there = cell.row < len(states_S)
        return f"dlogits[{cell.t}, {int(states_S[cell.row])}]" if is_there else ""
    if cell.tensor == "image":
        return f"image[{cell.row}, {cell.x}]"
    if cell.tensor.startswith("conv"):
        return f"{name}[{cell.row}, {cell.y}, {cell.x}]"
    return f"{name}[{cell.t}, {cell.row}]"


def region_of(selection: Selection, trace: Trace | None) -> str:
    """What the selected number or region is called in an expression; "" where nothing is."""
    cell, corner = selection.cell, selection.corner
    text = "" if cell is None else expression_of(cell, trace)
    if not text or cell is None or corner is None:
        return text
    name, t = text.partition("[")[0], _span(cell.t, corner.t)
    if cell.tensor == "image":
        return f"{name}[{_span(cell.row, corner.row)}, {_span(cell.x, corner.x)}]"
    if cell.tensor.startswith("conv"):
        return f"{name}[{cell.row}, {_span(cell.y, corner.y)}, {_span(cell.x, corner.x)}]"
    if cell.row != corner.row:
        return f"{name}[{t}, {_span(cell.row, corner.row)}]"
    return f"{name}[{t}, {text.rpartition(', ')[2]}"


def _span(a: int, b: int) -> str:
    """A slice of both, as Python writes it."""
    return f"{min(a, b)}:{max(a, b) + 1}"


_PROBABILITIES = ("softmax", "gamma")


def condition_on(
    selection: Selection, value: float | None, trace: Trace | None
) -> Condition | None:
    """What F9 breaks on: a probability crossing one half, another number changing sign, a region
    changing, or with no cell the sample's text changing; None where nothing is selected."""
    from crnn.debug.points import Condition

    if selection.sample < 0:
        return None
    text = expression_of(selection.cell, trace) if selection.cell is not None else ""
    if not text or selection.cell is None:
        return Condition("text", sample=selection.sample)
    if selection.corner is not None:
        return Condition("changes", region_of(selection, trace), selection.sample)
    if selection.cell.tensor in _PROBABILITIES:
        way = "<" if value is not None and value > 0.5 else ">"
        return Condition("when", f"{text} {way} 0.5", selection.sample)
    return Condition("sign", text, selection.sample)
