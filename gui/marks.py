"""Marks: small shapes that pair a status colour with a form, so that no colour stands alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from gui.look import Look

if TYPE_CHECKING:
    from crnn.debug.messages import HealthMark


def paint_health(painter: QPainter, x: float, y: float, mark: HealthMark, look: Look) -> None:
    """10 px round (x, y): ok a slate dash, warn a triangle, bad a diamond with !, none nothing."""
    if mark == "none":
        return
    half = look.px(10) / 2
    if mark == "ok":
        painter.fillRect(QRectF(x - half + 1, y - 2, 2 * half - 2, 4), look.color("ok"))
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    if mark == "warn":
        painter.setBrush(look.color("warn"))
        corners = [(0.0, -half), (half + 0.5, half - 0.5), (-half - 0.5, half - 0.5)]
    else:
        painter.setBrush(look.color("err"))
        corners = [(0.0, -half - 1), (half + 1, 0.0), (0.0, half + 1), (-half - 1, 0.0)]
    painter.drawPolygon(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners]))
    if mark == "bad":
        painter.fillRect(QRectF(x - 0.75, y - 3, 1.5, 3.5), look.color("bg1"))
        painter.fillRect(QRectF(x - 0.75, y + 1.5, 1.5, 1.5), look.color("bg1"))
    painter.restore()


def paint_flag(painter: QPainter, x: float, middle: float, role: str, look: Look) -> None:
    """A milestone: a pole at x and a pennant to its right."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color(role))
    painter.drawRect(QRectF(x, middle - 6, 1.5, 12))
    pennant = [QPointF(x, middle - 6), QPointF(x + 8, middle - 3), QPointF(x, middle)]
    painter.drawPolygon(QPolygonF(pennant))
    painter.restore()


def paint_edit(painter: QPainter, x: float, middle: float, role: str, look: Look) -> None:
    """A change made by hand: an open diamond with its middle at x."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(look.color(role), 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    corners = [(0, -4.5), (4.5, 0), (0, 4.5), (-4.5, 0)]
    painter.drawPolygon(QPolygonF([QPointF(x + dx, middle + dy) for dx, dy in corners]))
    painter.restore()


def paint_hit(painter: QPainter, x: float, middle: float, role: str, look: Look) -> None:
    """A breakpoint's hit: a disc with its middle at x."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color(role))
    painter.drawEllipse(QPointF(x, middle), 4.0, 4.0)
    painter.restore()


def paint_chevron(painter: QPainter, x: float, middle: float, is_open: bool, look: Look) -> None:
    """A group's mark, 8 px: down where it is open, right where it is folded."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(look.color("t2"), 1.25))
    points = [(-4, -2), (0, 2), (4, -2)] if is_open else [(-2, -4), (2, 0), (-2, 4)]
    painter.drawPolyline(QPolygonF([QPointF(x + dx, middle + dy) for dx, dy in points]))
    painter.restore()
