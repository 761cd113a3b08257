"""Text to classes and back: all of Hangul, the ambiguous rest, and whatever a net may emit."""

from __future__ import annotations

from unicodedata import normalize

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crnn.errors import AlphabetError
from crnn.text.hangul import Alphabet, AlphabetKind, Group, Letter, make_alphabet, min_frames
from crnn.text.jamo import CONJOINING

SYLLABLES = tuple(chr(code) for code in range(0xAC00, 0xD7A4))
JAMO, COMPAT = make_alphabet("jamo"), make_alphabet("compat")
ALL_SYLLABLES = make_alphabet("syllables", SYLLABLES)
KINDS: tuple[AlphabetKind, ...] = ("jamo", "compat", "syllables")


@pytest.mark.parametrize("alphabet", [JAMO, COMPAT, ALL_SYLLABLES], ids=KINDS)
def test_every_syllable_round_trips(alphabet: Alphabet) -> None:
    assert all(alphabet.decode(alphabet.encode(syllable)) == syllable for syllable in SYLLABLES)


@pytest.mark.parametrize("alphabet", [JAMO, COMPAT, ALL_SYLLABLES], ids=KINDS)
def test_every_boundary_of_two_syllables_round_trips(alphabet: Alphabet) -> None:
    """28 finals x 19 initials x 21 vowels, all in one text; a full syllable parts the pairs."""
    firsts = [chr(0xAC00 + 28 * 3 + final) for final in range(28)]
    seconds = SYLLABLES[::28]
    for first in firsts:
        text = "".join(first + second + "힣가" for second in seconds)
        assert alphabet.decode(alphabet.encode(text)) == text


def test_the_jamo_alphabet_is_nfd_of_syllables() -> None:
    for syllable in SYLLABLES[::7]:
        spelled = [JAMO.symbols[k - 1] for k in JAMO.encode(syllable)]
        assert spelled == list(normalize("NFD", syllable))


def test_the_alphabets_have_the_sizes_they_should() -> None:
    assert JAMO.n_classes == 67 + 95 + 1
    assert COMPAT.n_classes == 51 + 1
    assert make_alphabet("syllables").n_classes == 2350 + 1
    with_digits = make_alphabet("compat", ("1동 2호", "A-1"))
    assert "".join(with_digits.symbols[51:]) == " -12A"
    assert make_alphabet("syllables", ("대구", "구미")).symbols == ("구", "대", "미")


@pytest.mark.parametrize(
    ("text", "jamo", "compat", "needs"),
    [("값", 3, 3, 3), ("과", 2, 2, 2), ("국가", 5, 5, 6), ("대구", 4, 4, 4), ("ㅋㅋ", 2, 2, 3)],
)
def test_lengths_and_frames_are_those_of_the_tables(
    text: str, jamo: int, compat: int, needs: int
) -> None:
    assert len(JAMO.encode(text)) == jamo
    assert len(COMPAT.encode(text)) == compat
    assert min_frames(COMPAT.encode(text)) == needs


def test_jamo_has_no_equal_neighbours_in_words() -> None:
    assert min_frames(JAMO.encode("국가안녕엄마")) == len(JAMO.encode("국가안녕엄마"))


@pytest.mark.parametrize(
    "text", ["국가", "각ㅏ", "ㅋㅋ", "ㅇ_ㅇ", "하ㅋㅋ", "^_^", "ㄳ", "", "ㅏㅏ"]
)
def test_the_jamo_alphabet_keeps_lone_jamo(text: str) -> None:
    assert JAMO.round_trips(text)


@pytest.mark.parametrize(
    ("alphabet", "text", "reads"),
    [
        (JAMO, "ㄱㅏ", "가"),
        (JAMO, "가ㄳ", "갃"),
        (COMPAT, "각ㅏ", "가가"),
        (COMPAT, "하ㅋㅋ", "핰ㅋ"),
    ],
)
def test_ambiguous_text_is_reported(alphabet: Alphabet, text: str, reads: str) -> None:
    assert not alphabet.round_trips(text)
    assert alphabet.decode(alphabet.encode(text)) == reads


def test_labels_are_read_as_nfc_and_never_nfkc() -> None:
    for alphabet in (JAMO, COMPAT):
        nfd = alphabet.encode(normalize("NFD", "한글"))
        np.testing.assert_array_equal(nfd, alphabet.encode("한글"))
        assert alphabet.round_trips(normalize("NFD", "값과"))
    assert JAMO.decode(JAMO.encode("ㅏㄱ")) == "ㅏㄱ"
    assert normalize("NFKC", "ㅏㄱ") != "ㅏㄱ"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["가漢", "漢ㄱ", "각漢ㄱ漢각", "漢字", "郎君ㅋㅋ", "ㅏ漢ㅏ"])
def test_hanja_part_jamo_and_are_joined_to_none(kind: AlphabetKind, text: str) -> None:
    """No shipped alphabet of jamo has hanja; one that is given them keeps letters beside them."""
    plain = make_alphabet(kind, ("가",))
    assert set(plain.missing(text)) >= set("漢字郎君") & set(normalize("NFC", text))
    symbols = dict.fromkeys((*plain.symbols, *normalize("NFC", "漢字郎君ㄱㅋㅏ각")))
    alphabet = Alphabet(kind, tuple(symbols))
    assert alphabet.missing(text) == ()
    assert alphabet.round_trips(text)
    label = alphabet.encode(text)
    assert "".join(group.text for group in alphabet.groups(label)) == normalize("NFC", text)


def test_a_hanja_of_compatibility_is_the_one_that_nfc_makes_it() -> None:
    """605 has U+F92C, which NFC rewrites as U+90CE: one character, one class, one name."""
    alphabet = make_alphabet("syllables", ("\uf92c군",))
    assert alphabet.symbols == ("郎", "군")
    np.testing.assert_array_equal(alphabet.encode("\uf92c군"), alphabet.encode("郎군"))
    assert JAMO.missing("\uf92c군") == ("郎",)
    with pytest.raises(AlphabetError, match=r"U\+F92C.*U\+90CE"):
        Alphabet("syllables", ("\uf92c",))


@pytest.mark.parametrize("char", ["\u3164", "\u115f", "\uffa1", "\u119e", "\ua960", "\u312f"])
def test_fillers_halfwidth_and_old_hangul_are_no_letters_of_ours(char: str) -> None:
    for alphabet in (JAMO, COMPAT):
        assert alphabet.missing(f"가{char}나") == (char,)
        with pytest.raises(AlphabetError, match=f"U\\+{ord(char):04X}"):
            alphabet.encode(f"가{char}나")


def test_a_foreign_character_is_named_with_its_text() -> None:
    with pytest.raises(AlphabetError, match=r"'é' \(U\+00E9\) in '카페é' is not in the jamo"):
        JAMO.encode("카페é")
    with pytest.raises(AlphabetError, match="'_'"):
        COMPAT.encode("ㅇ_ㅇ")
    with pytest.raises(AlphabetError, match="'뷁'"):
        make_alphabet("syllables").encode("뷁")


def test_a_net_that_emits_nonsense_is_still_shown() -> None:
    final, vowel, initial = (CONJOINING.index(c) + 1 for c in ("ᆨ", "ᅡ", "ᄀ"))
    assert JAMO.decode(np.array([final, vowel, initial, vowel, vowel, final])) == "ㄱㅏ가ㅏㄱ"


def test_blank_and_foreign_classes_cannot_stand_in_a_label() -> None:
    for wrong in (0, -1, JAMO.n_classes):
        with pytest.raises(AlphabetError, match=f"class {wrong} cannot stand in a label"):
            JAMO.decode(np.array([1, wrong]))
    with pytest.raises(AlphabetError, match="class -1"):
        JAMO.letter(-1)


@pytest.mark.parametrize("alphabet", [JAMO, COMPAT, make_alphabet("syllables")], ids=KINDS)
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_classes_decode_and_their_text_encodes_stably(
    alphabet: Alphabet, data: st.DataObject
) -> None:
    jamo_mostly = st.integers(1, min(67, alphabet.n_classes - 1))
    classes = st.one_of(jamo_mostly, st.integers(1, alphabet.n_classes - 1))
    ids = np.array(data.draw(st.lists(classes, max_size=30)), np.int64)
    text = alphabet.decode(ids)
    again = alphabet.encode(text)
    np.testing.assert_array_equal(alphabet.encode(alphabet.decode(again)), again)
    groups = alphabet.groups(ids)
    assert "".join(group.text for group in groups) == text
    bounds = [(group.start, group.stop) for group in groups]
    assert [i for start, stop in bounds for i in range(start, stop)] == list(range(len(ids)))
    assert len(alphabet.letters(ids)) == len(ids)
    assert not set(text) & set(CONJOINING)


def test_groups_name_each_character_and_its_classes() -> None:
    groups = (Group("국", 0, 3), Group("가", 3, 5), Group("ㅋ", 5, 6))
    assert JAMO.groups(JAMO.encode("국가ㅋ")) == groups
    assert COMPAT.groups(COMPAT.encode("국가")) == groups[:2]


def test_letters_show_compatibility_jamo_and_where_they_stand() -> None:
    shown = [Letter("ㄱ", "initial"), Letter("ㅜ", "medial"), Letter("ㄱ", "final")]
    for alphabet in (JAMO, COMPAT):
        label = alphabet.encode("국")
        assert list(alphabet.letters(label)) == shown
        assert alphabet.letter(0) == Letter("_", "other")
    assert [JAMO.letter(int(k)) for k in JAMO.encode("국")] == shown
    assert COMPAT.letter(1) == Letter("ㄱ", "initial")
    assert COMPAT.letter(3) == Letter("ㄳ", "final")
    assert make_alphabet("syllables").letter(1) == Letter("가", "other")


def test_a_literal_underscore_is_not_the_blank() -> None:
    (k,) = JAMO.encode("_")
    assert k != 0
    assert JAMO.letter(int(k)) == Letter("_", "other")


def test_a_broken_alphabet_is_refused() -> None:
    with pytest.raises(AlphabetError, match="more than once"):
        Alphabet("syllables", ("가", "나", "가"))
    with pytest.raises(AlphabetError, match="not one character"):
        Alphabet("syllables", ("가나",))
    with pytest.raises(AlphabetError, match="kind is 'words'"):
        Alphabet("words", ("가",))  # type: ignore[arg-type]
