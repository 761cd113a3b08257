"""Data figures: counts as bars, an alphabet as a grid of letters. Painting only; see views/data.py.

A figure knows its height for a width and what is under a point; it draws from a Census.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from gui.look import Look

BARS, TICKS = 44, 16
CELL_WIDE, CELL_HIGH = 24, 24
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter


class Bars(NamedTuple):
    """How often each value occurs: one bar a bin from `low` to `high`, both bins inclusive."""

    counts: tuple[int, ...]
    low: int
    high: int
    step: int

    def bin_of(self, value: int) -> int:
        return (value - self.low) // self.step

    def said(self, at: int) -> str:
        """The values of a bin: "7" or "64–67"."""
        first = self.low + at * self.step
        return f"{first}" if self.step == 1 else f"{first}–{first + self.step - 1}"


def bars(counts: Mapping[int, int], room: int, low: int = -1, high: int = -1) -> Bars:
    """At most `room` bins over all values, and over low..high where they are given."""
    lows = [*counts, low] if low >= 0 else list(counts)
    highs = [*counts, high] if high >= 0 else list(counts)
    first, last = min(lows, default=0), max(highs, default=0)
    step = max(1, -(-(last - first + 1) // max(1, room)))
    made = [0] * ((last - first) // step + 1)
    for value, count in counts.items():
        made[(value - first) // step] += count
    return Bars(tuple(made), first, last, step)


class Histogram:
    """Bars over a line with its least and greatest value. With `behind`, other counts of the same
    quantity stand behind them as steps (timesteps given behind timesteps needed)."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self.counts: Mapping[int, int] = Counter()
        self.behind: Mapping[int, int] = Counter()

    def height(self, width: int) -> int:
        return self._look.px(BARS + TICKS)

    def _bars(self, width: int) -> tuple[Bars, Bars | None]:
        room = max(8, width // 5)
        if not self.behind:
            return bars(self.counts, room), None
        every = [*self.counts, *self.behind]
        low, high = min(every), max(every)
        return bars(self.counts, room, low, high), bars(self.behind, room, low, high)

    def paint(self, painter: QPainter, rect: QRect) -> None:
        look = self._look
        front, back = self._bars(rect.width())
        plot = QRect(rect.left(), rect.top(), rect.width(), look.px(BARS))
        painter.fillRect(plot, look.color("canvas"))
        if back is not None:
            self._paint_bars(painter, plot, back, "line2")
        self._paint_bars(painter, plot, front, "t2" if back is None else "ok")
        ticks = QRect(rect.left(), plot.bottom() + 1, rect.width(), look.px(TICKS))
        painter.setFont(look.font("mono_small"))
        painter.setPen(look.color("t3"))
        painter.drawText(ticks, _LEFT, f"{front.low:,}")
        painter.drawText(ticks, _RIGHT, f"{front.high:,}")

    def _paint_bars(self, painter: QPainter, plot: QRect, shown: Bars, role: str) -> None:
        n, most = len(shown.counts), max(shown.counts, default=0)
        for at, count in enumerate(shown.counts):
            if count:
                left = plot.left() + plot.width() * at // n
                right = plot.left() + plot.width() * (at + 1) // n
                # The least of bars is still to be seen.
                high = max(1, round((plot.height() - 4) * count / most))
                wide = max(1, right - left - (1 if right - left > 2 else 0))
                bar = QRect(left, plot.bottom() + 1 - high, wide, high)
                painter.fillRect(bar, self._look.color(role))

    def at(self, at: QPoint, width: int) -> tuple[str, int, int] | None:
        """(values, count, count behind) of the bin under a point; None where there is none."""
        front, back = self._bars(width)
        if not (0 <= at.x() < width and 0 <= at.y() < self._look.px(BARS)):
            return None
        place = at.x() * len(front.counts) // width
        return front.said(place), front.counts[place], back.counts[place] if back else 0


class LetterGrid:
    """Letters in rows, each over a bar as long as the logarithm of its count; a letter that never
    occurs is dim and has none."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self.letters: Sequence[tuple[str, int]] = ()
        self.most = 1

    def columns(self, width: int) -> int:
        return max(1, width // self._look.px(CELL_WIDE))

    def height(self, width: int) -> int:
        return -(-len(self.letters) // self.columns(width)) * self._look.px(CELL_HIGH)

    def paint(self, painter: QPainter, rect: QRect, exposed: QRect) -> None:
        """Only the rows of `exposed`: an alphabet of syllables has thousands of letters."""
        look, columns = self._look, self.columns(rect.width())
        wide, high = look.px(CELL_WIDE), look.px(CELL_HIGH)
        first = max(0, (exposed.top() - rect.top()) // high) * columns
        last = max(0, (exposed.bottom() - rect.top()) // high + 1) * columns
        for number in range(first, min(last, len(self.letters))):
            letter, count = self.letters[number]
            left = rect.left() + number % columns * wide
            top = rect.top() + number // columns * high
            # Korean fonts draw the backslash as a won sign.
            painter.setFont(look.font("mono" if letter.isascii() else "data_small"))
            painter.setPen(look.color("t1") if count else look.color("t3", 0.6))
            shown = "␣" if letter == " " else letter
            painter.drawText(QRect(left, top, wide, high - 5), _CENTRE, shown)
            if count:
                share = math.log1p(count) / math.log1p(self.most)
                length = max(2, round((wide - 6) * share))
                painter.fillRect(left + 3, top + high - 5, length, 2, look.color("ok"))

    def at(self, at: QPoint, width: int) -> tuple[str, int] | None:
        """The letter under a point and its count."""
        column, row = at.x() // self._look.px(CELL_WIDE), at.y() // self._look.px(CELL_HIGH)
        number = row * self.columns(width) + column
        inside = 0 <= column < self.columns(width) and 0 <= number < len(self.letters)
        return self.letters[number] if inside else None


class Symbol(NamedTuple):
    """One character of a label as it is spelled: its letters, and whether the alphabet has them."""

    char: str
    letters: tuple[str, ...]
    is_known: bool


class Spelling:
    """A label spelled out: each character a box with its letters below; unknown ones in err."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self.symbols: Sequence[Symbol] = ()

    def _places(self, width: int) -> list[QRect]:
        look = self._look
        small, high = QFontMetrics(look.font("data_small")), look.px(38)
        places: list[QRect] = []
        x = y = 0
        for symbol in self.symbols:
            letters = small.horizontalAdvance(" ".join(symbol.letters))
            wide = max(look.px(26), letters + look.px(10))
            if x and x + wide > width:
                x, y = 0, y + high + 4
            places.append(QRect(x, y, wide, high))
            x += wide + 4
        return places

    def height(self, width: int) -> int:
        places = self._places(width)
        return places[-1].bottom() + 1 if places else 0

    def paint(self, painter: QPainter, rect: QRect) -> None:
        look = self._look
        for symbol, place in zip(self.symbols, self._places(rect.width()), strict=True):
            box = place.translated(rect.topLeft())
            painter.fillRect(box, look.color("bg3"))
            role = "t1" if symbol.is_known else "err"
            if not symbol.is_known:
                painter.setPen(look.color("err"))
                painter.drawRect(box.adjusted(0, 0, -1, -1))
            painter.setPen(look.color(role))
            painter.setFont(look.font("data"))
            upper = QRect(box.left(), box.top() + 2, box.width(), box.height() // 2)
            char = "␣" if symbol.char == " " else symbol.char
            # What no font draws is named below by its code point alone.
            painter.drawText(upper, _CENTRE, char if look.legible(char) == char else "?")
            painter.setFont(look.font("data_small"))
            painter.setPen(look.color("t3" if symbol.is_known else "err"))
            lower = QRect(box.left(), upper.bottom(), box.width(), box.height() // 2 - 1)
            painter.drawText(lower, _CENTRE, " ".join(symbol.letters))
