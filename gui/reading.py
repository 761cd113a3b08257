"""Reading: the greedy reading made visible, from the best class a timestep to the composed text.

    _ㄷㄷ_ㅐ_ㄱㅜ_  ->  ㄷㅐㄱㅜ  ->  대구

Repeats are merged, blanks dropped, letters joined. Blank is a grey low line; a literal underscore
or space is a class of its own and stands in quotes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QPainter

from gui.axis import TimeAxis
from gui.letters import letter_of, sign
from gui.look import Look

if TYPE_CHECKING:
    from crnn.debug.trace import Output
    from crnn.text.hangul import Alphabet

_CENTRE = Qt.AlignmentFlag.AlignCenter
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_INDENT = 18
"""Room for the arrow before the second and third line."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What one timestep reads: "" for blank; `index` counts the collapsed letters up to here (-1 in
    a blank); `is_first` where it emits its letter rather than repeats it."""

    text: str
    index: int
    is_first: bool


def read(output: Output, alphabet: Alphabet) -> tuple[Mark, ...]:
    """One Mark a timestep of the greedy reading."""
    marks: list[Mark] = []
    before, index = 0, -1
    for k in output.best_T.tolist():
        is_first = k != 0 and k != before
        index += is_first
        marks.append(Mark(_shown(alphabet, k), index if k else -1, is_first))
        before = k
    return tuple(marks)


def _shown(alphabet: Alphabet, k: int) -> str:
    return sign(letter_of(alphabet, k)) if k else ""


def _letter_font(look: Look, width: int) -> QFont:
    """The data font: lone jamo are drawn small in their square, so it is as large as columns allow
    (11 px is the least for Hangul)."""
    font = QFont(look.font("data_small"))
    font.setPixelSize(min(look.px(14), max(11, width)))
    return font


def paint_letters(
    painter: QPainter, axis: TimeAxis, top: int, height: int, marks: Sequence[Mark], look: Look
) -> None:
    """One small letter under each timestep: emitting ones in full, repeats and blanks quieter."""
    painter.setFont(_letter_font(look, axis.pitch))
    for t, mark in enumerate(marks):
        _paint_mark(painter, axis.column_rect(t, top, height), mark, look)


def _paint_mark(painter: QPainter, box: QRect, mark: Mark, look: Look) -> None:
    if not mark.text:
        middle, below = box.left() + box.width() // 2, box.top() + box.height() * 3 // 4
        painter.fillRect(middle - 3, below, 6, 1, look.color("blank"))
        return
    painter.setPen(look.color("t1" if mark.is_first else "t3"))
    painter.drawText(box.adjusted(-6, 0, 6, 0), _CENTRE, mark.text)


def paint_collapse(
    painter: QPainter,
    rect: QRect,
    marks: Sequence[Mark],
    output: Output,
    t: int,
    captions: tuple[str, str, str],
    look: Look,
) -> None:
    """Three lines, best class, collapsed, composed, with what timestep t gave marked in each."""
    pitch = rect.height() // 3
    has_captions = pitch >= look.px(34)
    emitted = [mark for mark in marks if mark.is_first]
    spans = output.spans
    at_span = next((i for i, span in enumerate(spans) if span.start <= t < span.stop), -1)
    texts: tuple[list[Mark], ...] = (
        list(marks),
        emitted,
        [Mark(span.text, i, not span.is_wrong) for i, span in enumerate(spans)],
    )
    chosen = (t, marks[t].index if 0 <= t < len(marks) else -1, at_span)
    for number, (line, at, caption) in enumerate(zip(texts, chosen, captions, strict=True)):
        top = rect.top() + number * pitch
        if has_captions:
            painter.setFont(look.font("header"))
            painter.setPen(look.color("t3"))
            place = QRect(rect.left() + _INDENT, top, rect.width() - _INDENT, look.px(16))
            text = painter.fontMetrics().elidedText(
                caption, Qt.TextElideMode.ElideRight, place.width()
            )
            painter.drawText(place, _LEFT, text)
            top += look.px(16)
        place = QRect(rect.left(), top, rect.width(), look.px(18))
        _paint_line(painter, place, line, at, number, look)


def _paint_line(
    painter: QPainter, rect: QRect, line: list[Mark], at: int, number: int, look: Look
) -> None:
    """One line of equal cells; where they do not fit, the part round `at`, cut with an ellipsis."""
    if number:
        painter.setFont(look.font("mono"))
        painter.setPen(look.color("t3"))
        painter.drawText(QRect(rect.left(), rect.top(), _INDENT, rect.height()), _LEFT, "→")
    cell = look.px(17 if number == 2 else 14)
    n_fit = max(1, (rect.width() - _INDENT) // cell)
    start = min(max(0, at - n_fit // 2), max(0, len(line) - n_fit))
    stop = min(len(line), start + n_fit)
    painter.setFont(look.font("data") if number == 2 else _letter_font(look, cell))
    for i in range(start, stop):
        box = QRect(rect.left() + _INDENT + (i - start) * cell, rect.top(), cell, rect.height())
        cut = (i == start and start > 0) or (i == stop - 1 and stop < len(line))
        if i == at and not cut:
            painter.fillRect(box.adjusted(0, 0, -1, 0), look.color("accbg"))
        if cut:
            painter.setPen(look.color("t3"))
            painter.drawText(box, _CENTRE, "…")
        elif number == 2:
            painter.setPen(look.color("t1" if line[i].is_first else "err"))
            painter.drawText(box, _CENTRE, line[i].text)
        else:
            _paint_mark(painter, box, line[i], look)
