"""The manner "real": quick forms, joined strokes, boxes cut in haste, paper as it is."""

from __future__ import annotations

import numpy as np
import pytest

from crnn.config import preset
from crnn.data.cursive_hangul import quick_forms
from crnn.data.hands import hand
from crnn.data.pen import ink
from crnn.data.prepare import prepare, prepared_width
from crnn.data.real_hands import RealHand, real_hand
from crnn.data.real_paper import box
from crnn.data.real_writing import write_real
from crnn.data.sources import open_source
from crnn.data.strokes_hangul import letter_forms
from crnn.data.strokes_latin import MARKS
from crnn.data.vocabulary import syllables, text_of_sheet
from crnn.data.writing import Path, write
from crnn.data.written import WrittenDataset, by_writers, draw_text
from crnn.debug.runs import training_set
from crnn.errors import DatasetError
from crnn.rng import rng
from crnn.text.hangul import make_alphabet, min_frames
from crnn.text.jamo import (
    COMPATIBILITY,
    FINALS,
    FINALS_SHOWN,
    INITIALS,
    INITIALS_SHOWN,
    MEDIALS,
    MEDIALS_SHOWN,
    is_syllable,
    split,
)

ROOM = 1.1
"""How far beyond its frame, in frame heights, a messy, slanted and climbing hand may reach."""
COMPOUND = set("ㅘㅙㅚㅝㅞㅟㅢ")


def written(text: str, writer: int = 0, index: int = 0) -> Path:
    return write_real(text, real_hand(5, writer), rng(5, index, "test"))


def lifts(path: Path) -> int:
    return int((~path.is_down).sum())


def test_every_letter_has_quick_forms_in_every_role_and_all_lie_near_their_box() -> None:
    placed = (
        [("beside", letter) for letter in INITIALS_SHOWN]
        + [("above", letter) for letter in INITIALS_SHOWN]
        + [("final", letter) for letter in FINALS_SHOWN]
        + [("upright", letter) for letter in MEDIALS_SHOWN if letter not in COMPOUND]
        + [("alone", letter) for letter in COMPATIBILITY if letter not in COMPOUND]
        + [("mark", mark) for mark in MARKS]
    )
    for role, letter in placed:
        found, care = quick_forms(letter, role)
        assert len(found) == len(care), (letter, role)
        for form in found:
            assert form.counts.min() >= 3, (letter, role)
            assert int(form.counts.sum()) == len(form.xy), (letter, role)
            assert form.xy.min() > -0.3, (letter, role)
            assert form.xy.max() < 1.3, (letter, role)
            tall, wide = np.ptp(form.xy[:, 1]), np.ptp(form.xy[:, 0])
            assert max(tall, wide) > (0.02 if role == "mark" else 0.5), (letter, role)


def test_quick_forms_are_more_than_the_taught_ones_where_people_differ() -> None:
    for letter in "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎㅆ":
        taught = len(letter_forms(letter, beside=True))
        assert len(quick_forms(letter, "beside")[0]) >= taught + 3, letter
    for digit in "0123456789":
        assert len(quick_forms(digit, "mark")[0]) >= 3, digit


def test_syllables_are_written_inside_their_frames() -> None:
    for index, syllable in enumerate(syllables()[::4]):
        path, by = written(syllable, writer=index % 97, index=index), real_hand(5, index % 97)
        x, y = path.xy.T
        upright = (x + by.slant * (y - 0.5)) / by.aspect
        assert np.ptp(upright) < 1 + ROOM, syllable
        assert np.ptp(y + by.rise * x) < (1 + ROOM) * float(np.exp(abs(by.stack))), syllable
        assert np.isfinite(path.width).all()
        assert path.width.min() > 0


def test_lone_jamo_and_ascii_are_written_and_what_cannot_be_is_named() -> None:
    for character in (*COMPATIBILITY, *sorted(MARKS)):
        assert written(character).xy.size, character
    with pytest.raises(DatasetError, match=r"knows no '郎'"):
        written("郎")
    with pytest.raises(DatasetError, match="nothing to write"):
        written("  ")


def test_equal_addresses_give_equal_points_and_pictures() -> None:
    assert written("한글", 3, 8).xy.tobytes() == written("한글", 3, 8).xy.tobytes()
    assert written("한글", 3, 8).xy.tobytes() != written("한글", 3, 9).xy.tobytes()
    first, second = WrittenDataset(60, 5, "real"), WrittenDataset(40, 5, "real")
    for index in range(20):
        first.sample(index)
    assert first.sample(20).gray_HW.tobytes() == second.sample(20).gray_HW.tobytes()
    assert first.fingerprint != WrittenDataset(60, 6, "real").fingerprint
    assert open_source("real:60:5").fingerprint == first.fingerprint


def test_every_sample_fits_preset_word_by_construction() -> None:
    data = training_set(preset("word"), WrittenDataset(150, 3, "real"))
    assert data.usable == range(150)
    for index in data.usable:
        gray_HW = data.dataset.sample(index).gray_HW
        width = prepared_width(gray_HW.shape, data.spec)
        assert min_frames(data.label(index)) <= -(-width // data.stride)
        assert width <= data.spec.max_width
        assert not gray_HW.flags.writeable
        assert 0.01 < prepare(gray_HW, data.spec).mean() < 0.6, index


def test_real_hands_lift_the_pen_less_than_drawn_ones_and_cursive_ones_least() -> None:
    by_real = [lifts(written("대한민국", writer)) for writer in range(150)]
    by_drawn = [lifts(write("대한민국", hand(5, w), rng(5, 0, "test"))) for w in range(150)]
    assert np.mean(by_real) < np.mean(by_drawn)
    ranked = sorted(range(150), key=lambda writer: real_hand(5, writer).joining)
    few, many = ([by_real[w] for w in part] for part in (ranked[-15:], ranked[:15]))
    assert np.mean(few) < 0.7 * np.mean(many)


def test_links_and_hooks_begin_where_a_stroke_ends() -> None:
    """The pen never jumps while it is down: no step is longer than a link's."""
    for writer in range(40):
        path = written("학습했다", writer, writer)
        step = np.hypot(*np.diff(path.xy, axis=0).T)
        assert step[path.is_down[1:]].max() < 0.3, writer


def test_one_hand_is_nearer_to_itself_than_to_other_hands() -> None:
    def habits(writer: int) -> RealHand:
        return real_hand(7, writer)

    assert habits(1).taste.tobytes() == habits(1).taste.tobytes()
    for field in ("hurry", "slant", "pen", "aspect", "joining", "rise", "swing", "hooks"):
        assert len({getattr(habits(writer), field) for writer in range(200)}) > 60, field


def test_boxes_cut_a_little_or_leave_up_to_a_third_mostly_little() -> None:
    sides = np.array([box(rng(1, k, "box")) for k in range(2000)])
    assert sides.min() > -0.041
    assert sides.max() < 0.301
    assert 0.05 < (sides < 0).mean() < 0.35
    assert np.median(sides) < 0.08


def test_rare_letters_come_in_every_place() -> None:
    texts = [text_of_sheet(3, index) for index in range(5000)]
    alphabet = make_alphabet("jamo")
    assert all(alphabet.round_trips(text) for text in set(texts))
    letters = [jamo for text in texts for c in text if is_syllable(c) for jamo in split(c)]
    counts = {jamo: letters.count(jamo) for jamo in (*INITIALS, *MEDIALS, *FINALS)}
    assert min(counts.values()) > 12


def test_ink_stands_out_from_paper_also_in_tiny_and_faint_pictures() -> None:
    for index in range(100):
        gray_HW = draw_text("강원도", 4, index, "real")
        darkest, paper = np.percentile(gray_HW, (1, 60))
        assert paper - darkest > 25, index


def test_one_text_by_many_real_writers() -> None:
    first = by_writers("대구", 12, 1, "real")
    pictures = {first.sample(index).gray_HW.tobytes() for index in range(12)}
    assert len(pictures) == 12
    assert ink(written("대구"), 40, (2, 2, 2, 2)).max() > 0.9
