"""Lane curves: loss, CER and blank of the branch in front, the other branches behind it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter

from gui.curves import Buckets, Curve, round_range
from gui.future_curves import FutureCurves, FutureLine
from gui.lane_signs import LINE, draw_text
from gui.lanes import (
    Lanes,
    Scale,
    StepAxis,
    loss_scale,
    paint_area,
    paint_band,
    paint_line,
    paint_marks,
    visible,
)
from gui.look import Look

SMOOTH_LOSS, SMOOTH_CER = 9, 4
"""Buckets each way."""


def paint_curves(
    painter: QPainter,
    lanes: Lanes,
    axis: StepAxis,
    futures: FutureCurves,
    look: Look,
    log: bool,
    smooth: bool,
) -> None:
    """All of them on the canvas; differences around a line at zero."""
    front = futures.front
    loss, cer, blank = (
        visible(curve, axis, front.first_step) for curve in (front.loss, front.cer, front.blank)
    )
    behind = [(line, *_both(line, axis)) for line in futures.lines if line.curves is not front]
    beside = [found for line, found, _ in behind if line.role == "acc"]
    if futures.is_delta:
        scale, unit = _around_zero(loss, lanes.loss), _around_zero(cer, lanes.cer)
    else:
        scale = loss_scale(_together([loss, *beside]), lanes.loss, log=log)
        unit = Scale(lanes.cer, 0.0, 1.0)
    _paint_scales(painter, lanes, (scale, unit), look, has_zero=futures.is_delta)
    painter.setClipRect(QRectF(lanes.left, 0, lanes.right - lanes.left, lanes.bottom))
    if not lanes.is_folded and not futures.is_delta:
        paint_area(painter, axis, unit, blank, look.color("blank", 0.28), look.color("blank"))
    role = next((line.role for line in futures.lines if line.curves is front), "t1")
    drawn = [(line.role, of_loss, of_cer) for line, of_loss, of_cer in behind]
    for tone, of_loss, of_cer in (*drawn, (role, loss, cer)):
        color = look.color(tone, 0.55 if tone == "t3" else 1.0)
        if not lanes.is_folded:
            paint_line(painter, axis, unit, of_cer, color, SMOOTH_CER * smooth)
        if of_loss is loss:
            paint_band(painter, axis, scale, loss, look.color("t3", 0.5))
        paint_line(painter, axis, scale, of_loss, color, SMOOTH_LOSS * smooth)
    _paint_ends(painter, lanes, axis, scale, futures.lines, look)
    painter.setClipping(False)


def _paint_scales(
    painter: QPainter, lanes: Lanes, scales: tuple[Scale, Scale], look: Look, *, has_zero: bool
) -> None:
    """The numbers of both lanes, and of differences the line at zero."""
    for scale in scales[: 1 if lanes.is_folded else 2]:
        paint_marks(painter, lanes, scale, look)
        if has_zero:
            y = round(float(scale.y(np.zeros(1))[0]))
            painter.fillRect(lanes.left, y, lanes.right - lanes.left, 1, look.color("line2"))


def _both(line: FutureLine, axis: StepAxis) -> tuple[Buckets, Buckets]:
    """Loss and CER of a branch."""
    curves: tuple[Curve, Curve] = (line.curves.loss, line.curves.cer)
    loss, cer = (visible(curve, axis, line.curves.first_step) for curve in curves)
    return loss, cer


def _together(found: list[Buckets]) -> Buckets:
    return Buckets(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _around_zero(buckets: Buckets, rect: QRect) -> Scale:
    """A linear range as far below zero as above, that holds what is visible."""
    known = np.abs(np.concatenate([buckets.low, buckets.high]))
    most = float(known[np.isfinite(known)].max(initial=0.0))
    high = round_range(0.0, most, log=False)[1] if most else 1.0
    return Scale(rect, -high, high)


def _paint_ends(
    painter: QPainter,
    lanes: Lanes,
    axis: StepAxis,
    scale: Scale,
    lines: tuple[FutureLine, ...],
    look: Look,
) -> None:
    """Each branch's name at its newest step, on the side of the line where there is room, and
    none over another's."""
    taken: list[QRect] = []
    painter.setFont(look.font("data_small"))
    for line in reversed(lines):
        values = line.curves.loss.values
        x = axis.x(line.head)
        if not len(values) or not lanes.left <= x <= lanes.right + 1:
            continue
        tail = values[-SMOOTH_LOSS:]
        y = round(float(scale.y(np.array([np.nanmean(tail)]))[0]))
        width, height = painter.fontMetrics().horizontalAdvance(line.name), look.px(LINE)
        place = QRect(round(x) - width - 6, y - height, width + 2, height)
        free = (place.translated(0, shift) for shift in (-2, height + 3, -height - 2, 2 * height))
        inside = QRect(lanes.left, lanes.loss.top() - 2, lanes.right - lanes.left, lanes.bottom)
        for candidate in free:
            is_free = not any(candidate.intersects(other) for other in taken)
            if is_free and inside.contains(candidate):
                taken.append(candidate)
                painter.fillRect(candidate, look.color("canvas", 0.75))
                role = "t2" if line.role == "t3" else line.role
                align = Qt.AlignmentFlag.AlignVCenter
                draw_text(painter, look, candidate, line.name, role, "data_small", align)
                break
