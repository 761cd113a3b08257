"""Row names and numbers: a letter's column says where it stands, the blank is not an underscore."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from crnn.text.hangul import Letter, make_alphabet
from gui.letters import BLANK, COLUMN, column_x, draw_letter, letter_of, sign, spoken
from gui.look import Look, load_fonts
from gui.numerals import amount, count, fixed, percent, signed

JAMO = make_alphabet("jamo")


def _ink(look: Look, letter: Letter, role: str = "t1") -> tuple[float, set[int]]:
    """The middle column of what is drawn in a gutter 84 px wide, and its colours."""
    image = QImage(84, 24, QImage.Format.Format_RGB32)
    image.fill(look.color("bg1"))
    painter = QPainter(image)
    draw_letter(painter, look, letter, 84, QRect(0, 0, 84, 24), role)
    painter.end()
    raw = np.frombuffer(image.constBits(), np.uint32).reshape(24, 84) & np.uint32(0xFFFFFF)
    drawn = raw != np.uint32(look.color("bg1").rgb() & 0xFFFFFF)
    return float(np.nonzero(drawn)[1].mean()), set(raw[drawn].tolist())


def test_initial_medial_and_final_stand_in_three_columns_in_this_order(qtbot: QtBot) -> None:
    load_fonts()
    look = Look()
    letters = (Letter("ㅇ", "initial"), Letter("ㅣ", "medial"), Letter("ㅇ", "final"))
    places = [_ink(look, letter)[0] for letter in letters]
    assert np.diff(places) == pytest.approx([COLUMN, COLUMN], abs=2.5)
    assert column_x(look, 84, Letter("a", "other")) == column_x(look, 84, Letter("ㄱ", "initial"))


def test_every_jamo_of_the_alphabet_has_a_visible_glyph(qtbot: QtBot) -> None:
    load_fonts()
    look = Look()
    for k in range(1, JAMO.n_classes):
        letter = letter_of(JAMO, k)
        if letter.char != " ":
            assert _ink(look, letter)[1], f"class {k} draws nothing"


def test_the_blank_is_a_bare_grey_low_line_and_a_literal_one_is_quoted(qtbot: QtBot) -> None:
    load_fonts()
    look = Look()
    underscore = letter_of(JAMO, 1 + JAMO.symbols.index("_"))
    assert letter_of(JAMO, 0) is BLANK
    assert (sign(BLANK), sign(underscore)) == ("_", '"_"')
    assert (spoken(BLANK), spoken(underscore)) == ("blank", "'_'")
    assert int(look.color("blank").rgb() & 0xFFFFFF) in _ink(look, BLANK)[1]
    assert int(look.color("blank").rgb() & 0xFFFFFF) not in _ink(look, underscore)[1]


def test_numbers_have_a_real_minus_sign_and_hold_their_decimals() -> None:
    assert (fixed(-0.5, 2), signed(0.25, 2), signed(0.0, 1)) == ("−0.50", "+0.25", "0.0")
    assert (fixed(float("nan")), fixed(float("-inf"))) == ("NaN", "−∞")


def test_long_counts_become_powers_of_ten() -> None:
    assert count(202_112_640_600) == "202,112,640,600"
    assert count(38 * 10**18) == "3.8×10¹⁹"
    assert count(7 * 10**400) == "7.0×10⁴⁰⁰"


def test_shares_and_amounts_keep_two_telling_digits() -> None:
    assert [percent(x) for x in (0.1234, 0.002, 1.8e-9, 0.0)] == [
        "12 %",
        "0.2 %",
        "1.8×10⁻⁷ %",
        "0 %",
    ]
    assert [amount(x) for x in (67.361, 115_830.0, 3.8e19)] == ["67.36", "115,830", "3.8×10¹⁹"]
