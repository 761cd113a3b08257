"""What is drawn over the lattice: alignment paths, and what a person required or forbade.

A ring is required, a cross is forbidden, both in the text colour on a halo: pink stays the path's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from gui.axis import TimeAxis
from gui.constraints import Way
from gui.lattice import LatticeRows, emission_frames
from gui.look import Look

if TYPE_CHECKING:
    from crnn.arrays import I64
    from crnn.ctc.mass import Constraint

FADES = (1.0, 0.75, 0.5, 0.35, 0.25)
"""Opacity of the best path, the second, the third, ...: one step each."""
RING = 9.0
"""Diameter in px of a ring round a cell that is smaller."""


def paint_path(
    painter: QPainter, look: Look, axis: TimeAxis, rows: LatticeRows, path_T: I64
) -> None:
    """The best path: a line through its cells, a node where a letter is emitted."""
    centres = _centres(axis, rows, path_T)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for role, width in (("pathhalo", 3.5), ("path", 1.5)):
        painter.setPen(QPen(look.color(role), width))
        painter.drawPolyline(QPolygonF(list(centres.values())))
    painter.setPen(QPen(look.color("pathhalo"), 1))
    painter.setBrush(look.color("path"))
    for t in emission_frames(path_T).tolist():
        if t in centres:
            painter.drawEllipse(centres[t], 2.75, 2.75)
    painter.restore()


def paint_others(
    painter: QPainter, look: Look, axis: TimeAxis, rows: LatticeRows, ways: Sequence[Way]
) -> None:
    """The paths behind the best (ways[0], not drawn here): thinner, fainter by one step each."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for rank in range(len(ways) - 1, 0, -1):
        line = QPolygonF(list(_centres(axis, rows, ways[rank].path_T).values()))
        for role, width in (("pathhalo", 3.0), ("path", 1.0)):
            painter.setPen(QPen(look.color(role, FADES[rank]), width))
            painter.drawPolyline(line)
    painter.restore()


def _centres(axis: TimeAxis, rows: LatticeRows, path_T: I64) -> dict[int, QPointF]:
    half = axis.pitch / 2
    return {
        t: QPointF(axis.x(t) + half, rows.middle(state))
        for t, state in enumerate(path_T.tolist())
        if rows.holds(state)
    }


def paint_constraints(
    painter: QPainter, look: Look, axis: TimeAxis, rows: LatticeRows, held: Sequence[Constraint]
) -> None:
    """A ring round what is required, a cross over what is forbidden."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    halo = QPen(look.color("canvas"), 4)
    for pen in (halo, QPen(look.color("t1"), 1.75)):
        painter.setPen(pen)
        for constraint in held:
            for states in _runs(constraint.states):
                place = _place(axis, rows, constraint, states)
                if place is not None:
                    _paint_mark(painter, place, constraint.required)
    painter.restore()


def _paint_mark(painter: QPainter, place: QRectF, is_ring: bool) -> None:
    if is_ring:
        radius = min(place.width(), place.height()) / 2
        painter.drawRoundedRect(place, radius, radius)
        return
    painter.drawLine(place.topLeft(), place.bottomRight())
    painter.drawLine(place.bottomLeft(), place.topRight())


def _runs(states: tuple[int, ...]) -> list[list[int]]:
    """States that follow one another, together: a character's are one run, a class's several."""
    runs: list[list[int]] = []
    for state in states:
        if runs and state == runs[-1][-1] + 1:
            runs[-1].append(state)
        else:
            runs.append([state])
    return runs


def _place(
    axis: TimeAxis, rows: LatticeRows, constraint: Constraint, states: list[int]
) -> QRectF | None:
    """These cells of a constraint, or a square of RING round their middle; None out of sight."""
    seen = [state for state in states if rows.holds(state)]
    if not seen:
        return None
    top, bottom = rows.span(min(seen))[0], sum(rows.span(max(seen)))
    left, right = axis.x(constraint.start), axis.x(constraint.stop)
    place = QRectF(QRect(left, top, right - left, bottom - top)).adjusted(1, 1, -1, -1)
    grow_x, grow_y = max(0.0, RING - place.width()) / 2, max(0.0, RING - place.height()) / 2
    if len(states) == 1:
        grow_x = (min(place.height() + 2 * grow_y, place.width()) - place.width()) / 2
    return place.adjusted(-grow_x, -grow_y, grow_x, grow_y)
