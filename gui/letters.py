"""Letters as row names: jamo in three columns (initial, medial, final), the blank a grey _.

A lone vowel fills the line's height, so vowels stacked in one column would fuse into one bar. Three
columns keep neighbours apart, and tell an initial ㅇ from a final one with no extra mark. Letters
are never drawn smaller: where rows are narrower than ROW, show fewer rows.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPainter

from crnn.text.hangul import Alphabet, Letter
from gui.look import Look

ROW = 12
"""The least pitch, in px, at which rows may each carry a letter."""
ROW_APART = 15
"""The same where neighbours may stand in one column, as vowel under vowel."""
COLUMN = 13
EDGE = 15
"""From the centre of the last column to the right edge of the gutter."""

BLANK = Letter("_", "other")
_PLACES = {"initial": 0, "medial": 1, "final": 2, "other": 0}


def letter_of(alphabet: Alphabet, k: int) -> Letter:
    """Class k as it is drawn; class 0 is BLANK itself, so that a literal underscore is not it."""
    return alphabet.letter(k) if k else BLANK


def sign(letter: Letter) -> str:
    """What is drawn: a literal underscore and a space stand in quotes, the blank is a bare _."""
    if letter is not BLANK and letter.char in "_ ":
        return f'"{letter.char}"'
    return letter.char


def spoken(letter: Letter) -> str:
    """The letter inside a line of text such as softmax[t=43, 'ㅓ']."""
    return "blank" if letter is BLANK else f"'{letter.char}'"


def column_x(look: Look, right: int, letter: Letter) -> int:
    """The centre of a letter's column, in a gutter that ends at x = `right`."""
    return right - look.px(EDGE) - (2 - _PLACES[letter.role]) * look.px(COLUMN)


def letters_left(look: Look, right: int) -> int:
    """The left edge of the first column: what may stand beside the letters ends here."""
    return right - look.px(EDGE) - 2 * look.px(COLUMN) - look.px(COLUMN) // 2


def draw_letter(
    painter: QPainter, look: Look, letter: Letter, right: int, row: QRect, role: str = "t1"
) -> None:
    """Draw `letter` in its column, in the middle of `row`."""
    place = QPoint(column_x(look, right, letter), row.center().y())
    draw_sign(painter, look, letter, place, role)


def draw_sign(painter: QPainter, look: Look, letter: Letter, at: QPoint, role: str = "t1") -> None:
    """Draw `letter` round a point. The blank is always the blank grey, whole pixels of it."""
    if letter is BLANK:
        half = look.px(4)
        painter.fillRect(at.x() - half, at.y() + half, 2 * half, 1, look.color("blank"))
        return
    painter.setFont(look.font("data_small"))
    painter.setPen(look.color(role))
    half = look.px(20)
    place = QRect(at.x() - half, at.y() - half, 2 * half, 2 * half + 1)
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, sign(letter))
