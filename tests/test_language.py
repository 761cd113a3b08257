"""A language model changes which reading the beam prefers; the masses stay those of CTC."""

from __future__ import annotations

import numpy as np
import pytest

from crnn.arrays import F64
from crnn.ctc.decode import beam, greedy
from crnn.ctc.language import LanguageModel, Word, bigrams
from crnn.errors import ConfigError
from crnn.reading import Search
from tests.enumeration import paths, random_log_prob


def random_bigrams(n_classes: int) -> F64:
    p_KK = np.random.default_rng(n_classes).random((n_classes, n_classes))
    log_next_KK: F64 = np.log(p_KK / p_KK.sum(axis=1, keepdims=True))
    return log_next_KK


def words_of(label: Word, separator: int) -> list[Word]:
    if not separator:
        return [label]
    words: list[Word] = [()]
    for symbol in label:
        if symbol == separator:
            words.append(())
        else:
            words[-1] = (*words[-1], symbol)
    return words


def expected_score(language: LanguageModel, label: Word) -> float:
    """In the words of the definition; -inf where it may not be read at all."""
    pairs = zip((0, *label), (*label, 0), strict=True)
    score = language.weight * sum(language.log_next_KK[pair] for pair in pairs)
    for word in words_of(label, language.separator):
        if word in language.words:
            score += language.word_bonus
        elif language.only_words:
            return -np.inf
    return float(score)


LEXICON = frozenset({(1,), (1, 2), (2, 2, 1)})
MODELS = {
    "pairs": LanguageModel(random_bigrams(4), 0.7),
    "lexicon": LanguageModel(random_bigrams(4), 0.0, LEXICON, 2.5),
    "pairs and words": LanguageModel(random_bigrams(4), 1.3, LEXICON, -1.0, separator=3),
    "only words": LanguageModel(random_bigrams(4), 0.5, LEXICON, 0.4, only_words=True),
    "only words, many": LanguageModel(
        random_bigrams(4), 0.5, LEXICON, 0.4, only_words=True, separator=3
    ),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("n_frames", [1, 4, 6])
def test_an_unlimited_beam_ranks_every_reading_by_mass_and_language(
    name: str, n_frames: int
) -> None:
    language, table = MODELS[name], paths(n_frames, 4)
    log_prob_TK = random_log_prob(n_frames, 4)
    log_p = np.log(table.of_labels(table.mass(np.exp(log_prob_TK))))
    score = log_p + np.array([expected_score(language, label) for label in table.labels])
    found = beam(log_prob_TK, 100_000, language)
    assert len(found) == np.isfinite(score).sum()
    order = np.argsort(-score)[: len(found)]
    assert [tuple(h.label_L.tolist()) for h in found] == [table.labels[i] for i in order]
    np.testing.assert_allclose([h.log_p for h in found], log_p[order], rtol=1e-10)
    np.testing.assert_allclose([h.score for h in found], score[order], rtol=1e-10)
    np.testing.assert_allclose([h.share for h in found], np.exp(score[order]) / np.exp(score).sum())


def test_without_a_language_model_the_score_is_the_mass() -> None:
    found = beam(random_log_prob(6, 4), 5)
    assert [h.score for h in found] == [h.log_p for h in found]
    assert sum(h.share for h in found) == pytest.approx(1)


def test_a_narrow_beam_finds_the_word_that_the_picture_alone_would_not_read() -> None:
    log_prob_TK = np.log([[0.1, 0.7, 0.2], [0.8, 0.1, 0.1], [0.1, 0.7, 0.2]])
    assert beam(log_prob_TK, 4)[0].label_L.tolist() == [1, 1]
    even = np.full((3, 3), np.log(1 / 3))
    language = LanguageModel(even, words=frozenset({(1, 2)}), word_bonus=3.0)
    assert beam(log_prob_TK, 4, language)[0].label_L.tolist() == [1, 2]
    only = LanguageModel(even, words=frozenset({(2, 1, 2)}), only_words=True)
    assert [h.label_L.tolist() for h in beam(log_prob_TK, 4, only)] == [[2, 1, 2]]


def test_the_language_is_asked_only_where_the_picture_leaves_it_open() -> None:
    """Decoder auto: a best path with more than half of the probability is the reading."""
    never_one_then_two = np.log([[0.2, 0.4, 0.4], [0.5, 0.499, 0.001], [0.4, 0.4, 0.2]])
    search = Search("auto", LanguageModel(never_one_then_two, 5.0))
    for sure, wanted in ((0.9, [1, 2]), (0.6, [1])):
        rest = (1 - sure) / 2
        p_TK = [[rest, sure, rest], [0.98, 0.01, 0.01], [0.01, 1 - sure, sure - 0.01]]
        logits_TK = np.log(p_TK)
        assert greedy(logits_TK).collapsed_L.tolist() == [1, 2]
        assert [label_L.tolist() for label_L in search.labels(logits_TK)] == [wanted]


def test_counted_pairs_are_probabilities_and_favour_what_was_seen() -> None:
    log_next_KK = bigrams([np.array([1, 2, 1]), np.array([1, 2])], 4, smoothing=0.5)
    np.testing.assert_allclose(np.exp(log_next_KK).sum(axis=1), 1)
    np.testing.assert_allclose(np.exp(log_next_KK[0]), np.array([0.5, 2.5, 0.5, 0.5]) / 4)
    np.testing.assert_allclose(np.exp(log_next_KK[2]), np.array([1.5, 1.5, 0.5, 0.5]) / 4)
    assert not log_next_KK.flags.writeable
    with pytest.raises(ConfigError, match="smoothing is 0; allowed: above 0"):
        bigrams([], 3, 0)


def test_language_models_that_make_no_sense_are_refused() -> None:
    even = np.full((3, 3), np.log(1 / 3))
    with pytest.raises(ConfigError, match=r"shape \(3, 2\); it must be classes x classes"):
        LanguageModel(even[:, :2])
    with pytest.raises(ConfigError, match="probability above 1"):
        LanguageModel(-even)
    with pytest.raises(ConfigError, match="weight is -1; allowed: 0 or more"):
        LanguageModel(even, -1)
    with pytest.raises(ConfigError, match="word_bonus is inf; use only_words"):
        LanguageModel(even, word_bonus=np.inf)
    with pytest.raises(ConfigError, match="the lexicon is empty"):
        LanguageModel(even, only_words=True)
    with pytest.raises(ConfigError, match="the language model has 3 classes, the network 4"):
        beam(random_log_prob(2, 4), 3, LanguageModel(even))
