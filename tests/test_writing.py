"""The stroke writer: every syllable, in its frame, by hands that differ."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from crnn.data.hands import hand
from crnn.data.pen import ink
from crnn.data.strokes import form
from crnn.data.strokes_hangul import letter_forms
from crnn.data.strokes_latin import MARKS
from crnn.data.vocabulary import syllables
from crnn.data.writing import Path, write
from crnn.errors import DatasetError
from crnn.rng import rng
from crnn.text.jamo import COMPATIBILITY, FINALS_SHOWN, INITIALS_SHOWN, MEDIALS_SHOWN

ROOM = 0.7
"""How far beyond its frame, in frame heights, a big and slanted hand may reach."""


def written(text: str, writer: int = 0, index: int = 0) -> Path:
    return write(text, hand(5, writer), rng(5, index, "test"))


def same_size(text: str, writer: int, index: int) -> np.ndarray:
    """The word at 24 x 72, so that two drawings of it can be compared."""
    page_HW = ink(written(text, writer, index), 48, (2, 2, 2, 2))
    return np.asarray(Image.fromarray(page_HW).resize((72, 24)))


def test_every_syllable_of_ks_x_1001_is_written_inside_its_frame() -> None:
    for index, syllable in enumerate(syllables()):
        path, by = written(syllable, writer=index % 97, index=index), hand(5, index % 97)
        x, y = path.xy.T
        x = (x + by.slant * (y - 0.5)) / by.aspect  # upright, and as wide as high
        assert len(path.xy) >= 6, syllable
        assert x.max() - x.min() < 1 + ROOM, syllable
        assert y.min() > -ROOM, syllable
        assert y.max() < 1 + ROOM, syllable


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_any_word_of_any_syllables_leaves_ink(text: str) -> None:
    page_HW = ink(written(text), 40, (3, 3, 3, 3))
    assert 0.01 < page_HW.mean() < 0.5
    assert page_HW.max() == 1 or page_HW.max() > 0.5


def test_every_jamo_has_a_form_and_several_where_people_differ() -> None:
    for letter in {*INITIALS_SHOWN, *FINALS_SHOWN}:
        assert len(letter_forms(letter)) >= 3, letter
    for letter in set(MEDIALS_SHOWN) - set("ㅘㅙㅚㅝㅞㅟㅢ"):
        assert len(letter_forms(letter)) >= 2, letter


def test_lone_jamo_and_ascii_are_written() -> None:
    for character in (*COMPATIBILITY, *sorted(MARKS)):
        assert written(character).xy.size, character
    assert {chr(code) for code in range(0x21, 0x7F)} == MARKS


def test_equal_addresses_give_equal_points() -> None:
    assert written("한글", 3, 8).xy.tobytes() == written("한글", 3, 8).xy.tobytes()
    assert written("한글", 3, 8).xy.tobytes() != written("한글", 3, 9).xy.tobytes()


def test_one_hand_is_nearer_to_itself_than_to_other_hands() -> None:
    word = "대한민국"
    own = [same_size(word, writer, 0) for writer in range(40)]
    again = [same_size(word, writer, 1) for writer in range(40)]
    within = np.mean([np.abs(a - b).mean() for a, b in zip(own, again, strict=True)])
    between = np.mean([np.abs(a - b).mean() for i, a in enumerate(own) for b in again[:i]])
    assert within < 0.85 * between


def test_hands_differ_in_every_habit() -> None:
    hands = [hand(1, writer) for writer in range(200)]
    for field in ("hurry", "slant", "pen", "aspect", "spacing", "joining", "rise", "final"):
        assert len({getattr(one, field) for one in hands}) > 60, field


def test_a_hurried_hand_lifts_the_pen_less() -> None:
    """Joined strokes: fewer breaks in the way of the pen."""
    ranked = sorted(range(200), key=lambda writer: hand(5, writer).joining)
    breaks = [
        sum(int((~written("대한민국", w, k).is_down).sum()) for k in range(3))
        for w in (*ranked[:10], *ranked[-10:])
    ]
    assert sum(breaks[10:]) < 0.8 * sum(breaks[:10])


def test_a_line_is_as_wide_as_its_pen_and_dark_in_the_middle() -> None:
    xy = np.array([[0.0, 0.0], [1.0, 0.0]])
    path = Path(xy, np.array([0.1, 0.1]), np.array([False, True]))
    page_HW = ink(path, 40, (4, 4, 4, 4))
    column = page_HW[:, page_HW.shape[1] // 2]
    assert column.sum() == pytest.approx(4.0, abs=0.3)
    assert column.max() == 1


def test_a_lifted_pen_draws_nothing_on_its_way() -> None:
    xy = np.array([[0.0, 0.0], [0.2, 0.0], [0.8, 0.0], [1.0, 0.0]])
    path = Path(xy, np.full(4, 0.05), np.array([False, True, False, True]))
    page_HW = ink(path, 40, (2, 2, 2, 2))
    middle = page_HW.shape[1] // 2
    assert page_HW[:, middle - 5 : middle + 5].max() == 0


def test_a_negative_margin_cuts_ink_off_without_wrapping_it_round() -> None:
    whole_HW, cut_HW = (ink(written("강"), 40, (m, m, m, m)) for m in (0, -3))
    assert np.abs(cut_HW - whole_HW[3:-3, 3:-3]).max() < 1e-4


def test_the_notation_reads_straight_and_curved_strokes() -> None:
    read = form(0.5, "0,0 100,0/~0,0 50,50 100,0")
    straight, curved = np.split(read.xy, [read.counts[0]])
    assert len(read.counts) == 2
    assert straight[:, 1].max() == 0
    assert curved[:, 1].max() == pytest.approx(0.5, abs=0.02)
    assert np.diff(straight[:, 0]).std() < 1e-9


def test_what_cannot_be_written_is_named() -> None:
    with pytest.raises(DatasetError, match=r"knows no '郎' \(U\+90CE\)"):
        written("郎")
    with pytest.raises(DatasetError, match="nothing to write"):
        written("  ")
