"""Bars with numbers: one probability as a length, the same in every slice zone and list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QPainter

from gui.classes import top
from gui.letters import BLANK, draw_sign, letter_of
from gui.look import Look
from gui.numerals import fixed

if TYPE_CHECKING:
    from crnn.arrays import F64
    from crnn.text.hangul import Alphabet

LIST_ROW = 18
SEEN = 0.0005
"""The least share that is drawn at all: below it three decimals are 0.000."""
_LESS, _MORE = 43, 212
"""Which of the signed colours a bar of a difference has."""
_TONE = 185
"""Which of the 256 probability colours a bar has: away from the canvas in both themes."""


def bar_color(look: Look, is_blank: bool) -> QColor:
    """Grey for the blank, the probability scale's own colour for letters."""
    if is_blank:
        return look.color("blank")
    return QColor.fromRgb(int(look.theme.probability[_TONE]))


def draw_bar(painter: QPainter, rect: QRect, share: float, color: QColor, track: QColor) -> None:
    """`share` (0..1) of `rect`; from SEEN on at least one pixel long."""
    painter.fillRect(rect, track)
    if share >= SEEN:
        length = max(1, round(rect.width() * min(share, 1.0)))
        painter.fillRect(QRect(rect.left(), rect.top(), length, rect.height()), color)


def draw_delta(painter: QPainter, look: Look, rect: QRect, value: float, high: float) -> None:
    """`value` (-high..high) from the middle of `rect`: to the left where it is below 0."""
    painter.fillRect(rect, look.color("bg3"))
    half = rect.width() // 2
    if abs(value) >= SEEN * high:
        length = max(1, round(half * min(abs(value) / high, 1.0)))
        left = rect.left() + half - (length if value < 0 else 0)
        color = QColor.fromRgb(int(look.theme.signed[_MORE if value > 0 else _LESS]))
        painter.fillRect(QRect(left, rect.top(), length, rect.height()), color)
    painter.fillRect(rect.left() + half, rect.top() - 1, 1, rect.height() + 2, look.color("t2"))


def draw_span(
    painter: QPainter, look: Look, track: QRect, value: float, ends: tuple[float, float]
) -> None:
    """From zero to `value` on a track from ends[0] to ends[1]: zero is the left end of a gate and
    the middle of what has a sign."""
    low, high = ends
    if not np.isfinite(value):
        return
    share = (min(max(value, low), high) - low) / (high - low)
    zero = round(-low / (high - low) * track.width())
    at = round(share * track.width())
    color = QColor.fromRgb(int(look.theme.signed[_MORE if value >= 0 else _LESS]))
    left = track.left() + min(zero, at)
    painter.fillRect(left, track.top(), abs(at - zero), track.height(), color)
    if low < 0:
        painter.fillRect(track.left() + zero, track.top() - 1, 1, 8, look.color("t2"))


def draw_number(painter: QPainter, look: Look, rect: QRect, text: str, role: str) -> None:
    """A number right-aligned in `rect`, in mono."""
    painter.setFont(look.font("mono"))
    painter.setPen(look.color(role))
    painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)


def draw_top_list(
    painter: QPainter, look: Look, rect: QRect, alphabet: Alphabet, p_K: F64, wrong: frozenset[int]
) -> None:
    """The most probable classes, one a line: letter, bar, four decimals. At most five, as fit."""
    height = look.px(LIST_ROW)
    letters, numbers = look.px(24), look.px(52)
    for index, k in enumerate(top(p_K, max(0, min(5, rect.height() // height)))):
        row = QRect(rect.left(), rect.top() + index * height, rect.width(), height)
        letter = letter_of(alphabet, k)
        place = QPoint(row.left() + letters // 2, row.center().y())
        draw_sign(painter, look, letter, place, "err" if k in wrong else "t1")
        bar = QRect(row.left() + letters + 6, row.top() + (height - 8) // 2, 0, 8)
        bar.setRight(row.right() - numbers)
        draw_bar(painter, bar, float(p_K[k]), bar_color(look, letter is BLANK), look.color("bg3"))
        draw_number(painter, look, row, fixed(float(p_K[k])), "t1" if index == 0 else "t2")
