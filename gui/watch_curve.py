"""Watch curves: the watches that are drawn in TIME, each in its colour, on a scale of its own.

They have a lane where TIME is high enough, and lie over the loss where it is not. The colours are
those of the eyes in BREAKPOINTS, so that the same watch has one colour everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QCoreApplication, QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter

from gui.break_delegate import number, value_near
from gui.curves import Curve
from gui.lane_signs import LINE
from gui.lanes import Lanes, Scale, StepAxis, paint_line, visible
from gui.language import QT_TRANSLATE_NOOP
from gui.look import Look

if TYPE_CHECKING:
    from crnn.debug.messages import Frame
    from crnn.debug.points import WatchRow
    from crnn.debug.series import Series

GAP, LONGEST = 14, 200
"""Pixels between two names, and of one at most."""
MORE = QT_TRANSLATE_NOOP("TimeView", "+{n} more")


@dataclass(slots=True)
class WatchLine:
    """One watch as mirrored so far; `place` is its place among all, which gives its colour."""

    row: WatchRow
    place: int
    curve: Curve = field(default_factory=Curve)
    was_filling: bool = False

    @property
    def series(self) -> Series:
        return self.row.series


class LegendPart(NamedTuple):
    """A name and its value, each with its width; `color` None: no watch, but how many more."""

    name: str
    name_width: int
    value: str
    value_width: int
    color: QColor | None


class WatchCurves:
    """Mirrors the watches of the frame; where the past of one is still being filled, anew each
    time, since rows that were mirrored as unknown are known now."""

    def __init__(self) -> None:
        self.lines: tuple[WatchLine, ...] = ()

    @property
    def n(self) -> int:
        """How many are drawn."""
        return len(self.lines)

    def take(self, frame: Frame) -> None:
        """The frame's watches that are drawn."""
        rows = frame.watching.watches if frame.watching is not None else ()
        before = {line.row.watch.number: line for line in self.lines}
        self.lines = tuple(
            self._line(row, place, before.get(row.watch.number), frame.n_reports)
            for place, row in enumerate(rows)
            if row.watch.is_drawn
        )

    def _line(
        self, row: WatchRow, place: int, before: WatchLine | None, n_reports: int
    ) -> WatchLine:
        is_filling = row.filling is not None
        is_same = before is not None and before.series is row.series
        is_fresh = not is_same or is_filling or (before is not None and before.was_filling)
        curve = Curve() if is_fresh or before is None else before.curve
        curve.take(row.series.values(min(row.n_values, n_reports)))
        return WatchLine(row, place, curve, is_filling)

    def paint(
        self,
        painter: QPainter,
        lanes: Lanes,
        axis: StepAxis,
        frame: Frame,
        look: Look,
        reach: int,
    ) -> None:
        """Each from the lane's foot to its top, the first of them in front; over them their
        names."""
        rect = lanes.watches if lanes.has_own else lanes.loss
        for line in reversed(self.lines):
            shown = visible(line.curve, axis, frame.run.first_step)
            known = np.isfinite(shown.mean)
            if known.any():
                low, high = float(shown.mean[known].min()), float(shown.mean[known].max())
                scale = Scale(rect.adjusted(0, 1, 0, -1), low, high if high > low else low + 1.0)
                paint_line(painter, axis, scale, shown, look.curve(line.place), reach)
        self._paint_legend(painter, lanes, frame, look)

    def _paint_legend(self, painter: QPainter, lanes: Lanes, frame: Frame, look: Look) -> None:
        """One line over the curves: each name in its colour, with the value at the step on screen;
        what has no room is counted."""
        role = "past" if frame.is_past else "t1"
        rect = lanes.watches if lanes.has_own else lanes.loss
        top = rect.top() if lanes.has_own else rect.bottom() - look.px(LINE)
        place = QRect(rect.left() + GAP // 2, top, 0, look.px(LINE))
        for n, part in enumerate(self.legend(rect.width() - GAP, frame.step, look)):
            color = part.color or look.color("t2")
            gap = GAP if n else 0
            place.setRect(place.right() + 1 + gap, top, part.name_width, place.height())
            whole = place.adjusted(-2, 0, part.value_width + 4, 0)
            painter.fillRect(whole, look.color("canvas", 0.8))
            painter.setFont(look.font("mono_small"))
            painter.setPen(color)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, part.name)
            place.setRect(place.right() + 1, top, part.value_width, place.height())
            painter.setPen(look.color(role))
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, part.value)

    def legend(self, width: int, step: int, look: Look) -> list[LegendPart]:
        """The parts of that line which fit."""
        metrics = QFontMetrics(look.font("mono_small"))
        counted = QCoreApplication.translate("TimeView", MORE)
        parts: list[LegendPart] = []
        used = 0
        for n, line in enumerate(self.lines):
            name = metrics.elidedText(
                line.row.watch.text, Qt.TextElideMode.ElideRight, look.px(LONGEST)
            )
            near = value_near(line.row, step)
            value = " –" if np.isnan(near) else f" {number(near)}"
            wide = metrics.horizontalAdvance(name), metrics.horizontalAdvance(value)
            rest = counted.format(n=len(self.lines) - n)
            kept = metrics.horizontalAdvance(rest) + GAP if n + 1 < len(self.lines) else 0
            used += sum(wide) + GAP
            if used + kept > width:
                parts.append(LegendPart(rest, metrics.horizontalAdvance(rest), "", 0, None))
                break
            parts.append(LegendPart(name, wide[0], value, wide[1], look.curve(line.place)))
        return parts

    def said(self, step: int) -> list[str]:
        """Each with its exact value at a step, where it is known."""
        found = ((line.row.watch.text, line.series.at(step)) for line in self.lines)
        return [f"{text} {number(value)}" for text, value in found if not np.isnan(value)]
