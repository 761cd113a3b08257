"""Lane signs: the words round the curves, and the marks of what happened: flags, the two ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from gui.lanes import Lanes, StepAxis
from gui.look import FontRole, Look
from gui.marks import paint_edit, paint_flag, paint_hit

_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
LINE = 15
"""Height of a row of names."""
GRIP = 5
"""Pixels left of a mark that still are the mark; a flag reaches as far again to the right."""


@dataclass(frozen=True, slots=True)
class Happening:
    """A flag (first letter, ...), for a change made by hand a diamond, for a breakpoint's hit a
    disc, in the events lane."""

    step: int
    text: str
    is_edit: bool
    is_hit: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A name in the left column and its value at the play head, each with its colour role."""

    top: int
    name: str
    role: str
    value: str = ""
    value_role: str = "t3"


def draw_text(
    painter: QPainter, look: Look, rect: QRect, text: str, role: str, font: FontRole,
    align: Qt.AlignmentFlag = _MIDDLE,
) -> None:  # fmt: skip
    painter.setFont(look.font(font))
    painter.setPen(look.color(role))
    painter.drawText(rect, align, text)


def paint_names(painter: QPainter, lanes: Lanes, rows: Sequence[Named], look: Look) -> None:
    """Names left, values right-aligned in one column."""
    for row in rows:
        place = QRect(lanes.names, row.top, lanes.values - lanes.names, look.px(LINE))
        draw_text(painter, look, place, row.name, row.role, "header")
        draw_text(painter, look, place, row.value, row.value_role, "mono", _RIGHT)


def paint_happenings(
    painter: QPainter, lanes: Lanes, axis: StepAxis, happenings: Sequence[Happening], look: Look
) -> None:
    """A mark each; its name right of it, else left of it, else (see hover) none."""
    rect = lanes.events
    shown = [h for h in happenings if axis.low <= h.step <= axis.high]
    edges = [*(round(axis.x(h.step)) - look.px(6) for h in shown[1:]), lanes.right][: len(shown)]
    used = lanes.left
    for happening, edge in zip(shown, edges, strict=True):
        x = axis.x(happening.step)
        middle = rect.center().y() + 0.5
        if happening.is_hit:
            paint_hit(painter, x, middle, "rec", look)
        else:
            paint = paint_edit if happening.is_edit else paint_flag
            paint(painter, x, middle, "acc" if happening.is_edit else "live", look)
        painter.setFont(look.font("header"))
        width = painter.fontMetrics().horizontalAdvance(happening.text)
        left = round(x) + look.px(12)
        if left + width > edge:
            left = round(x) - look.px(8) - width
        if left > used:
            place = QRect(left, rect.top(), width + 2, rect.height())
            draw_text(painter, look, place, happening.text, "t2", "header")
        used = max(used, left + width, round(x) + look.px(10))


def step_under(lanes: Lanes, axis: StepAxis, happenings: Sequence[Happening], at: QPointF) -> int:
    """The step below the pointer; on a mark of the events lane, exactly the step of that mark."""
    if lanes.events.top() <= at.y() <= lanes.events.bottom():
        for happening in happenings:
            if -GRIP <= at.x() - axis.x(happening.step) <= 2 * GRIP:
                return happening.step
    return axis.step_at(min(at.x(), float(lanes.right)))


def paint_live(painter: QPainter, lanes: Lanes, x: float, word: str, head: int, look: Look) -> None:
    """The end that trains: a 2 px line, its word, its step."""
    painter.fillRect(QRectF(x, 0, 2, lanes.bottom), look.color("live"))
    place = QRect(round(x) + 8, lanes.loss.top(), look.px(76), look.px(16))
    painter.setFont(look.font("title"))
    wide = max(painter.fontMetrics().horizontalAdvance(text) for text in (word, f"{head:,}"))
    painter.fillRect(
        QRect(round(x) + 4, place.top(), wide + 8, look.px(32)), look.color("bg1", 0.8)
    )
    draw_text(painter, look, place, word, "live", "title")
    place.translate(0, look.px(16))
    draw_text(painter, look, place, f"{head:,}", "t2", "mono")


def handle_rect(
    lanes: Lanes, axis: StepAxis, step: int, head: int, width: int, look: Look
) -> QRect:
    """The play head's handle in the ruler, kept inside `width`; empty at LIVE and out of sight."""
    x = axis.x(step)
    if step == head or not lanes.left - 1 <= x <= lanes.right + 1:
        return QRect()
    size = QFontMetrics(look.font("mono")).horizontalAdvance(f"{step:,}") + look.px(12)
    left = min(round(x) - size // 2, width - size - 2)
    return QRect(left, lanes.ruler.top() + 3, size, min(look.px(17), lanes.ruler.height() - 3))


def paint_play_head(
    painter: QPainter, lanes: Lanes, x: float, handle: QRect, step: int, look: Look
) -> None:
    """Where the past is shown: a 2 px line and a handle with the step."""
    painter.fillRect(QRectF(x - 1, 0, 2, lanes.bottom + 3), look.color("past"))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color("past"))
    painter.drawRoundedRect(handle, 3, 3)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    align = Qt.AlignmentFlag.AlignCenter
    draw_text(painter, look, handle, f"{step:,}", "onpast", "mono", align)
