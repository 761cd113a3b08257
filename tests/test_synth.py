"""The handwritten-style words: same address, same bits; lists that fit the presets."""

from __future__ import annotations

import numpy as np
import pytest

from crnn.config import preset
from crnn.data.dataset import TrainingSet
from crnn.data.meeting import meet
from crnn.data.prepare import InputSpec, prepare, prepared_width
from crnn.data.synth import FACES, SynthDataset, embedded, lesson, seed_words
from crnn.data.words import EVERYDAY, PLACES, WORDS
from crnn.errors import DatasetError
from crnn.text.hangul import make_alphabet, min_frames


def met(dataset: SynthDataset, name: str) -> TrainingSet:
    config = preset(name)
    return meet(
        dataset,
        spec=config.input,
        alphabet=config.alphabet,
        stride=config.stride,
        seed=config.seed,
        batch_size=config.batch,
    )


def test_the_same_address_gives_the_same_bits_whatever_was_drawn_before() -> None:
    first, second = SynthDataset(40, 5), SynthDataset(40, 5)
    for index in range(30):
        first.sample(index)
    assert first.sample(30).gray_HW.tobytes() == second.sample(30).gray_HW.tobytes()
    assert first.sample(30).text == second.sample(30).text


def test_the_fingerprint_is_stable_and_depends_on_the_seed() -> None:
    prints = [SynthDataset(6, seed, ("대구", "하늘")).fingerprint for seed in (1, 1, 2)]
    assert prints[0] == prints[1] != prints[2]


def test_no_two_drawings_of_a_word_by_one_hand_are_alike() -> None:
    dataset = SynthDataset(8, 1, ("한글",), ("Gaegu",))
    spec = InputSpec(32, 64, 128, "square")
    pictures = [prepare(dataset.sample(i).gray_HW, spec) for i in range(8)]
    for a in range(8):
        for b in range(a):
            assert np.abs(pictures[a] - pictures[b]).mean() > 0.01


def test_every_hand_takes_part() -> None:
    alone = {face: SynthDataset(1, 1, ("가",), (face,)) for face in FACES}
    assert len({dataset.fingerprint for dataset in alone.values()}) == len(FACES)


def test_words_are_dark_on_bright_paper_with_a_margin_all_round() -> None:
    dataset = embedded()
    for index in range(60):
        gray_HW = dataset.sample(index).gray_HW
        paper = float(np.median(gray_HW))
        border = np.concatenate((gray_HW[0], gray_HW[-1], gray_HW[:, 0], gray_HW[:, -1]))
        assert paper > 205, index
        assert int(border.min()) > paper - 60, f"ink is cut off in word {index}"
        assert float(np.percentile(gray_HW, 2)) < paper - 90, f"word {index} is too faint"
        assert not gray_HW.flags.writeable


def test_the_lists_hold_enough_words_of_one_to_six_syllables() -> None:
    assert len(PLACES) >= 150
    assert len(EVERYDAY) >= 250
    assert {len(word) for word in WORDS} == {1, 2, 3, 4, 5, 6}
    assert all("가" <= syllable <= "힣" for word in WORDS for syllable in word)


def test_the_embedded_set_holds_every_word() -> None:
    dataset = embedded()
    assert len(dataset) == 2000
    assert set(dataset.texts) == set(WORDS)


def test_the_lesson_is_64_words_of_one_to_six_syllables_all_usable() -> None:
    dataset = lesson()
    lengths = [len(text) for text in dataset.texts]
    assert len(dataset) == len(set(dataset.texts)) == 64
    assert [lengths.count(n) for n in range(1, 7)] == [8, 24, 18, 8, 4, 2]
    data = met(dataset, "lesson")
    assert data.faults == ()
    widths = [prepared_width(dataset.sample(i).gray_HW.shape, data.spec) for i in range(64)]
    assert max(widths) <= 256
    assert sum(width <= 128 for width in widths) >= 56


def test_the_seed_words_fit_eight_timesteps_in_compatibility_jamo() -> None:
    dataset = seed_words()
    alphabet = make_alphabet("compat", dataset.texts)
    assert dataset.texts[0] == "대구"
    assert len(set(dataset.texts)) == 32
    assert {len(text) for text in dataset.texts} == {2, 3}
    assert max(min_frames(alphabet.encode(text)) for text in dataset.texts) <= 8
    assert met(dataset, "seed").faults == ()


def test_a_character_the_face_does_not_have_is_named_with_the_face() -> None:
    with pytest.raises(DatasetError, match=r"face Gaegu has no glyph for '뵊' \(U\+BD4A\)"):
        SynthDataset(1, 1, ("가뵊",), ("Gaegu",)).sample(0)


def test_an_unknown_face_and_a_blank_text_are_refused() -> None:
    with pytest.raises(DatasetError, match="there is no face Arial"):
        SynthDataset(1, 1, ("가",), ("Arial",))
    with pytest.raises(DatasetError, match="nothing to draw"):
        SynthDataset(1, 1, ("  ",)).sample(0)


def test_digits_letters_and_lone_jamo_can_be_written() -> None:
    for face in FACES:
        gray_HW = SynthDataset(1, 1, ("3rd ㅋㅋ ^_^",), (face,)).sample(0).gray_HW
        assert gray_HW.shape[1] > gray_HW.shape[0]
