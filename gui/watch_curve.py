"""Watch curve: the newest watch over the loss lane of TIME, on a scale of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QPainter

from gui.break_delegate import number, value_near
from gui.curves import Curve
from gui.lane_signs import LINE, Named
from gui.lanes import Lanes, Scale, StepAxis, paint_line, visible
from gui.look import Look

if TYPE_CHECKING:
    from crnn.arrays import F64
    from crnn.debug.messages import Frame
    from crnn.debug.points import WatchRow


class WatchCurve:
    """Mirrors the newest watch of the frame; where its past is still being filled, anew each time,
    since rows that were mirrored as unknown are known now."""

    def __init__(self) -> None:
        self._curve = Curve()
        self._row: WatchRow | None = None
        self._was_filling = False

    @property
    def values(self) -> F64:
        """The rows mirrored so far."""
        return self._curve.values

    def take(self, frame: Frame) -> None:
        """The frame's newest watch, or none."""
        watching = frame.watching
        row = watching.watches[-1] if watching is not None and watching.watches else None
        is_filling = watching is not None and watching.filling is not None
        is_same = row is not None and self._row is not None and row.series is self._row.series
        if not is_same or is_filling or self._was_filling:
            self._curve = Curve()
        self._row, self._was_filling = row, is_filling
        if row is not None:
            self._curve.take(row.series.values(min(row.n_values, frame.n_reports)))

    def paint(
        self,
        painter: QPainter,
        lanes: Lanes,
        axis: StepAxis,
        first_step: int,
        look: Look,
        reach: int,
    ) -> None:
        """In the accent, from the lane's foot to its top."""
        if self._row is None:
            return
        shown = visible(self._curve, axis, first_step)
        known = np.isfinite(shown.mean)
        if known.any():
            low, high = float(shown.mean[known].min()), float(shown.mean[known].max())
            scale = Scale(lanes.loss, low, high if high > low else low + 1.0)
            paint_line(painter, axis, scale, shown, look.color("acc"), reach)

    def named(self, lanes: Lanes, step: int, role: str, look: Look) -> list[Named]:
        """Its row in the column of names and values, where the lane has room for a second."""
        line = look.px(LINE)
        if self._row is None or lanes.loss.height() < 2 * line:
            return []
        value = number(value_near(self._row, step))
        metrics, numbers = QFontMetrics(look.font("header")), QFontMetrics(look.font("mono"))
        room = lanes.values - lanes.names - numbers.horizontalAdvance(value) - look.px(8)
        name = metrics.elidedText(self._row.watch.text, Qt.TextElideMode.ElideRight, room)
        return [Named(lanes.loss.top() + line, name, "acc", value, role)]
