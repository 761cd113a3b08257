"""Edit distance, alignment and corpus rates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crnn.errors import DatasetError
from crnn.text.score import Edit, Score, alignment, edit_distance, score, wrong_positions

SHORT = st.text("abc", max_size=12)


def plain_distance(a: str, b: str) -> int:
    """The textbook table, as the reference of the bit-parallel one."""
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, start=1):
        above, row = row, [i]
        for j, right in enumerate(b, start=1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (left != right)))
    return row[-1]


@given(SHORT, SHORT)
def test_the_bit_parallel_distance_equals_the_table(a: str, b: str) -> None:
    assert edit_distance(a, b) == plain_distance(a, b)


def test_the_distance_holds_beyond_a_machine_word() -> None:
    a, b = "가나다라" * 30, "나다마" * 33
    assert edit_distance(a, b) == plain_distance(a, b)


@given(SHORT, SHORT)
def test_an_alignment_is_shortest_and_walks_both_texts(output: str, truth: str) -> None:
    edits = alignment(output, truth)
    assert sum(edit.kind != "same" for edit in edits) == edit_distance(output, truth)
    assert [e.i for e in edits if e.kind != "deleted"] == list(range(len(output)))
    assert [e.j for e in edits if e.kind != "inserted"] == list(range(len(truth)))
    for edit in edits:
        if edit.kind == "same":
            assert output[edit.i] == truth[edit.j]
    assert len(wrong_positions(output, truth)) == len(output)


def test_wrong_characters_are_marked_where_they_stand() -> None:
    assert wrong_positions("한굴날", "한글날") == (False, True, False)
    assert wrong_positions("한글글날", "한글날").count(True) == 1
    assert wrong_positions("한날", "한글날") == (False, False)
    assert wrong_positions("", "한글날") == ()
    assert alignment("한날", "한글날")[1] == Edit("deleted", 1, 1)


def test_corpus_cer_is_total_edits_over_total_length() -> None:
    result = score([("한굴날", "한글날"), ("가", "가"), ("", "나")])
    assert (result.n, result.n_exact) == (3, 1)
    assert result.cer == pytest.approx(2 / 5)
    assert result.exact == pytest.approx(1 / 3)
    assert result.jamo_cer == pytest.approx((1 + 2) / (9 + 2 + 2))


def test_one_wrong_jamo_costs_one_of_three() -> None:
    result = score([("핟", "한")])
    assert result.cer == 1.0
    assert result.jamo_cer == pytest.approx(1 / 3)


def test_lone_jamo_count_as_the_letters_they_are() -> None:
    assert score([("ㅋㅋ", "ㅋㅋㅋ")]).jamo_cer == pytest.approx(1 / 3)


def test_scores_add_up() -> None:
    pairs = [("한굴날", "한글날"), ("ㅋ", "가"), ("", "")]
    assert score(pairs) == score(pairs[:1]) + score(pairs[1:])
    assert score([]) == Score()


def test_a_rate_of_nothing_is_refused() -> None:
    with pytest.raises(DatasetError, match="no text to score"):
        _ = Score().cer


def test_jamo_errors_are_told_by_place() -> None:
    """핟 for 한: a final; 굴 for 글: a vowel; a lost 나: both its letters; one ㄱ too many."""
    result = score([("핟굴", "한글나"), ("각", "가"), ("A1", "B1")])
    assert result.place_jamo == (4, 4, 2)
    assert result.place_edits == (1, 2, 2)
    assert sum(result.place_edits) == result.jamo_edits - 1
    assert result.place_cer == (1 / 4, 2 / 4, 2 / 2)
    assert score([("A", "B")]).place_cer == (None, None, None)
