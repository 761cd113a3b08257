"""Forms: the ways to say a condition in the breakpoint dialog, as data, and what they make.

Each form shows some of the dialog's fields and writes its condition from them; whatever compares
numbers becomes an expression, so that all of them can be edited as one later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crnn.debug.expression import FUNCTIONS, parse
from crnn.debug.messages import Frame
from crnn.debug.moment import sample_names
from crnn.debug.points import Condition, Kind
from crnn.errors import CrnnError
from gui import engine_words
from gui.language import QT_TRANSLATE_NOOP

Fields = Mapping[str, str]
"""Field -> what stands in it."""


@dataclass(frozen=True)
class Form:
    """`fields` in the order they are shown; `kind` is that of the condition it makes; `value` is
    the number that stands in it at first: one that is worth to be told of."""

    title: str
    kind: Kind
    fields: tuple[str, ...]
    template: str = ""
    hint: str = ""
    value: str = "5"


FORMS = {
    "step": Form(
        QT_TRANSLATE_NOOP("Forms", "A step is reached"), "when", ("step",), "step == {step}"
    ),
    "number": Form(
        QT_TRANSLATE_NOOP("Forms", "Loss, CER, gradient norm … crosses a value"),
        "when",
        ("number", "way", "value"),
        "{number} {way} {value}",
    ),
    "statistic": Form(
        QT_TRANSLATE_NOOP("Forms", "A statistic of a tensor crosses a value"),
        "when",
        ("statistic", "tensor", "way", "value"),
        "{statistic} {way} {value}",
        QT_TRANSLATE_NOOP(
            "Forms", "A region is a subscript: conv1_w[0:4, 0]. The key ↓ lists the names."
        ),
    ),
    "ratio": Form(
        QT_TRANSLATE_NOOP("Forms", "The update is too large for the weights"),
        "when",
        ("weights", "way", "value"),
        "norm(update_{weights}) / norm({weights}) {way} {value}",
        QT_TRANSLATE_NOOP("Forms", "About 0.001 is usual."),
        "0.01",
    ),
    "dead": Form(
        QT_TRANSLATE_NOOP("Forms", "Too many channels are dead"),
        "when",
        ("dead", "way", "value"),
        "{dead} {way} {value}",
        QT_TRANSLATE_NOOP("Forms", "A share, 0 to 1, of channels that are 0 in the whole batch."),
        "0.25",
    ),
    "changes": Form(
        QT_TRANSLATE_NOOP("Forms", "A number or region changes"), "changes", ("tensor",), "{tensor}"
    ),
    "sign": Form(
        QT_TRANSLATE_NOOP("Forms", "A number changes its sign"), "sign", ("tensor",), "{tensor}"
    ),
    "text": Form(
        QT_TRANSLATE_NOOP("Forms", "The text read in a sample changes"),
        "text",
        ("sample", "everywhere"),
    ),
    "right": Form(
        QT_TRANSLATE_NOOP("Forms", "A sample becomes right"), "right", ("sample", "everywhere")
    ),
    "forgotten": Form(
        QT_TRANSLATE_NOOP("Forms", "A sample is forgotten"), "forgotten", ("sample", "everywhere")
    ),
    "in_batch": Form(
        QT_TRANSLATE_NOOP("Forms", "A sample enters the batch"), "in_batch", ("sample",)
    ),
    "non_finite": Form(
        QT_TRANSLATE_NOOP("Forms", "Any value is NaN or infinite"),
        "non_finite",
        ("thorough",),
        hint=QT_TRANSLATE_NOOP("Forms", "Found where it began: phase, tensor, index, sample."),
    ),
    "expression": Form(
        QT_TRANSLATE_NOOP("Forms", "An expression becomes true"),
        "when",
        ("expression",),
        "{expression}",
        QT_TRANSLATE_NOOP(
            "Forms",
            "Names, numbers, < > == and or not, + - * /, [subscripts], and {functions}. "
            "The key ↓ lists the names.",
        ),
    ),
}
STATISTICS = {
    "min": "min({tensor})",
    "max": "max({tensor})",
    "mean": "mean({tensor})",
    "std": "std({tensor})",
    "norm": "norm({tensor})",
    "zeros": "mean({tensor} == 0)",
    "abs": "max(abs({tensor}))",
}
FUNCTION_NAMES = ", ".join(FUNCTIONS)


def made(form: str, fields: Fields, sample: int) -> Condition:
    """The condition that the form's fields say; `sample` is the one on screen."""
    spec, values = FORMS[form], dict(fields)
    if "sample" in spec.fields:
        digits = fields["sample"].lstrip("#")
        chosen = int(digits) if digits.isascii() and digits.isdecimal() else -1
        return Condition(spec.kind, sample=chosen, is_thorough=bool(fields.get("everywhere")))
    if form == "non_finite":
        return Condition("non_finite", is_thorough=bool(fields["thorough"]))
    if form == "statistic":
        values["statistic"] = STATISTICS[fields["statistic"]].format(tensor=fields["tensor"])
    return Condition(spec.kind, spec.template.format(**values).strip(), sample)


def element(name: str, shape: tuple[int, ...]) -> str:
    """The first number of a tensor."""
    return f"{name}[{', '.join('0' for _ in shape)}]" if shape else name


def shapes(frame: Frame) -> dict[str, tuple[int, ...]]:
    """Every name of this run, and of the sample on screen."""
    own = () if frame.trace is None else sample_names(frame.trace)
    known = () if frame.watching is None else frame.watching.names
    return {name.name: name.shape for name in (*known, *own)}


def settled(condition: Condition, frame: Frame) -> Condition:
    """Without the sample, where the expression names nothing of it."""
    if not condition.text or frame.watching is None:
        return condition
    wanted = {"changes": "value", "sign": "number"}.get(condition.kind, "condition")
    names = parse(condition.text, shapes(frame), wanted).names  # type: ignore[arg-type]
    if names <= {name.name for name in frame.watching.names}:
        return Condition(condition.kind, condition.text)
    return condition


def problem(condition: Condition, frame: Frame) -> str:
    """What is wrong with it, in the language in force; "" where nothing is."""
    n = len(frame.run.data.dataset)
    if not condition.text and condition.kind != "non_finite" and not 0 <= condition.sample < n:
        return engine_words.sentence(
            f"there is no sample {condition.sample}; choose one of 0 to {n - 1}"
        )
    try:
        settled(condition, frame)
    except CrnnError as error:
        return engine_words.sentence(str(error))
    return ""
