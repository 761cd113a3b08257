"""Reading: a condition made ready for one run - what it reads at a step, and when that is a hit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from crnn.data.dataset import TrainingSet
from crnn.debug.expression import Expression, Wanted, parse
from crnn.debug.moment import Catalog, Moment, Stage
from crnn.debug.nonfinite import hidden
from crnn.debug.points import ABOUT_TEXT, WITH_EXPRESSION, Condition
from crnn.debug.trace import Trace
from crnn.errors import ExpressionError

_WANTED: dict[str, Wanted] = {"when": "condition", "changes": "value", "sign": "number"}


class _Nothing:
    """No reading: the step before the first, or one whose batch does not hold the sample."""


NOTHING: Final = _Nothing()


@dataclass(frozen=True, slots=True)
class Reader:
    """One condition over the names of one run."""

    condition: Condition
    expression: Expression | None
    catalog: Catalog
    data: TrainingSet
    stage: Stage

    @property
    def is_recorded(self) -> bool:
        """Whether reports and batches alone answer it, with nothing executed again."""
        if self.condition.kind == "in_batch":
            return True
        return self.expression is not None and self.catalog.is_recorded(self.expression.names)

    @property
    def is_shown_at_head(self) -> bool:
        """Whether it has a reading at the newest state, which no update has left yet."""
        made = self.expression
        return made is not None and self.catalog.is_shown_at_head(made.names)

    @property
    def is_read(self) -> bool:
        """Whether it reads steps at all: what training itself stops at needs no reading, and lines
        are looked for within a step."""
        kind = self.condition.kind
        return kind != "line" and (kind != "non_finite" or self.condition.is_thorough)

    @property
    def skips(self) -> bool:
        """Whether it has no reading at steps whose batch does not hold its sample."""
        return self.condition.kind in ABOUT_TEXT and not self.condition.is_thorough

    def read(self, moment: Moment) -> Any:
        """The reading at this step, or NOTHING. Raises CrnnError where it cannot be had."""
        condition, sample = self.condition, self.condition.sample
        if self.expression is not None:
            return self.expression.value(partial(self.catalog.read, moment, sample))
        if condition.kind == "in_batch":
            return sample in self.data.ids(moment.state.step)
        if condition.kind == "non_finite":
            return hidden(moment.config, moment.state, moment.done)
        text = moment.text(sample, everywhere=condition.is_thorough)
        return NOTHING if text is None else text

    def is_hit(self, before: Any, now: Any) -> bool:
        """Whether reading `now` after `before` is what the condition waits for."""
        kind = self.condition.kind
        if kind in ("when", "in_batch"):
            is_every = kind == "when" and self.condition.is_thorough
            return bool(now) and (is_every or before is NOTHING or not before)
        if kind == "non_finite":
            return now is not None and (before is NOTHING or before is None)
        if before is NOTHING:
            return False
        if kind == "changes":
            return not np.array_equal(before, now, equal_nan=True)
        if kind == "sign":
            return bool(np.sign(before) != np.sign(now))
        truth = self.data.dataset.texts[self.condition.sample]
        if kind == "text":
            return bool(before != now)
        return bool(now == truth != before if kind == "right" else before == truth != now)

    def shown(self, moment: Moment) -> Any:
        """What to say beside a hit: of a comparison, its left side."""
        if self.expression is None:
            return self.read(moment)
        return self.expression.shown(partial(self.catalog.read, moment, self.condition.sample))


def reader(
    condition: Condition, catalog: Catalog, data: TrainingSet, trace: Trace | None
) -> Reader:
    """`condition` made ready; `trace` is of its sample, where it names that sample's arrays.

    Raises ExpressionError saying what is wrong with it.
    """
    kind, sample = condition.kind, condition.sample
    n = len(data.dataset)
    if (kind in ABOUT_TEXT or kind == "in_batch") and not 0 <= sample < n:
        raise ExpressionError(f"there is no sample {sample}; choose one of 0 to {n - 1}")
    if kind not in WITH_EXPRESSION:
        stage: Stage = "state" if kind == "in_batch" else "pass"
        return Reader(condition, None, catalog, data, stage)
    made = parse(condition.text, catalog.shapes(trace), _WANTED[kind])
    if not made.names:
        raise ExpressionError(f"{condition.text}: names nothing that could change")
    return Reader(condition, made, catalog, data, catalog.stage(made.names))


def phrase(value: Any) -> str:
    """A reading as a person reads it: six digits of a number, a text as it is; that something is
    true, the condition itself says."""
    if value is NOTHING or value is None or isinstance(value, bool | np.bool_):
        return ""
    if isinstance(value, str):
        return value
    if np.ndim(value):
        return f"{np.size(value):,} values, norm {np.linalg.norm(np.ravel(value)):.6g}"
    return f"{float(value):.6g}" if isinstance(value, float | int | np.number) else str(value)
