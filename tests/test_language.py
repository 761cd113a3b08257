"""A language model changes which reading the beam prefers; the masses stay those of CTC."""

from __future__ import annotations

import math

import numpy as np
import pytest

from crnn.arrays import F64
from crnn.ctc.decode import beam, greedy
from crnn.ctc.language import LanguageModel
from crnn.ctc.letters import Letters, Word
from crnn.errors import ConfigError
from crnn.reading import Search
from tests.enumeration import paths, random_log_prob


class Pairs:
    """A NextLetter that looks one class back: log_next_KK[previous, next]."""

    reach = 1

    def __init__(self, log_next_KK: F64) -> None:
        self.log_next_KK = log_next_KK
        self.n_classes = len(log_next_KK)

    def log_p(self, context: Word, symbol: int) -> float:
        (previous,) = context
        return float(self.log_next_KK[previous, symbol])


def random_pairs(n_classes: int) -> Pairs:
    p_KK = np.random.default_rng(n_classes).random((n_classes, n_classes))
    return Pairs(np.log(p_KK / p_KK.sum(axis=1, keepdims=True)))


def random_letters(n_classes: int, order: int) -> Letters:
    rng = np.random.default_rng(order)
    lengths = rng.integers(0, 7, 40)
    return Letters([rng.integers(1, n_classes, n) for n in lengths], n_classes, order)


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
    score = 0.0
    if language.letters and language.weight:
        whole = (0, *label, 0)
        for place in range(1, len(whole)):
            context = whole[max(0, place - language.reach) : place]
            score += language.weight * language.letters.log_p(context, whole[place])
    for word in words_of(label, language.separator):
        if word in language.words:
            score += language.word_bonus
        elif language.only_words:
            return -np.inf
    return float(score)


LEXICON = frozenset({(1,), (1, 2), (2, 2, 1)})
MODELS = {
    "pairs": LanguageModel(random_pairs(4), 0.7),
    "single letters": LanguageModel(random_letters(4, 1), 0.7),
    "runs of four": LanguageModel(random_letters(4, 4), 0.7),
    "words alone": LanguageModel(words=LEXICON, word_bonus=1.5, separator=3),
    "lexicon": LanguageModel(random_pairs(4), 0.0, LEXICON, 2.5),
    "pairs and words": LanguageModel(random_pairs(4), 1.3, LEXICON, -1.0, separator=3),
    "only words": LanguageModel(random_pairs(4), 0.5, LEXICON, 0.4, only_words=True),
    "only words, many": LanguageModel(
        random_pairs(4), 0.5, LEXICON, 0.4, only_words=True, separator=3
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
    language = LanguageModel(words=frozenset({(1, 2)}), word_bonus=3.0)
    assert beam(log_prob_TK, 4, language)[0].label_L.tolist() == [1, 2]
    only = LanguageModel(words=frozenset({(2, 1, 2)}), only_words=True)
    assert [h.label_L.tolist() for h in beam(log_prob_TK, 4, only)] == [[2, 1, 2]]


def test_the_language_is_asked_only_where_the_picture_leaves_it_open() -> None:
    """Decoder auto: a best path with more than four fifths of the probability is the reading."""
    never_one_then_two = np.log([[0.2, 0.4, 0.4], [0.5, 0.499, 0.001], [0.4, 0.4, 0.2]])
    search = Search("auto", LanguageModel(Pairs(never_one_then_two), 5.0))
    for sure, wanted in ((0.95, [1, 2]), (0.6, [1])):
        rest = (1 - sure) / 2
        p_TK = [[rest, sure, rest], [0.98, 0.01, 0.01], [0.01, 1 - sure, sure - 0.01]]
        logits_TK = np.log(p_TK)
        assert greedy(logits_TK).collapsed_L.tolist() == [1, 2]
        assert [label_L.tolist() for label_L in search.labels(logits_TK)] == [wanted]


def expected_p(labels: list[list[int]], n_classes: int, context: Word) -> F64:
    """Witten and Bell's mixture in the words of its definition, counted anew each time."""
    whole = [(0, *label, 0) for label in labels]
    p_K = np.full(n_classes, 1 / n_classes)
    for length in range(len(context) + 1):
        before = context[len(context) - length :]
        seen_K = np.zeros(n_classes)
        for run in whole:
            for place in range(max(1, length), len(run)):
                if run[place - length : place] == before:
                    seen_K[run[place]] += 1
        kinds = (seen_K > 0).sum()
        if kinds:
            p_K = (seen_K + kinds * p_K) / (seen_K.sum() + kinds)
    return p_K


@pytest.mark.parametrize("order", [1, 2, 3, 6])
def test_counted_letters_mix_longer_and_shorter_contexts(order: int) -> None:
    rng = np.random.default_rng(order)
    labels = [rng.integers(1, 5, rng.integers(0, 8)).tolist() for _ in range(30)]
    letters = Letters([np.array(label, np.int64) for label in labels], 5, order)
    contexts = [(0,), (0, 1), (2, 3), (4, 4, 4, 4, 4), *((0, *label)[-6:] for label in labels)]
    for context in contexts:
        found_K = [math.exp(letters.log_p(context, symbol)) for symbol in range(5)]
        looked_at = context[-(order - 1) :] if order > 1 else ()
        np.testing.assert_allclose(found_K, expected_p(labels, 5, looked_at), rtol=1e-12)
        assert sum(found_K) == pytest.approx(1)


def test_runs_that_are_no_number_are_refused() -> None:
    with pytest.raises(ConfigError, match="in runs of 0 over 3 classes; allowed: 1 to 39"):
        Letters([], 3, 0)
    with pytest.raises(ConfigError, match="in runs of 6 over 2351 classes; allowed: 1 to 5"):
        Letters([], 2351, 6)


@pytest.mark.parametrize("language", [None, MODELS["runs of four"]], ids=["alone", "language"])
def test_classes_that_are_hardly_there_may_be_left_out(language: LanguageModel | None) -> None:
    """The reading is the same, and a hypothesis never has more mass than it has."""
    log_prob_TK = random_log_prob(6, 4)
    log_prob_TK = log_prob_TK - np.array([0, 9.0, 0, 0]) * (np.arange(6) % 3 > 0)[:, None]
    log_prob_TK[4, 1:] -= 20  # a frame of blank alone
    log_prob_TK -= np.logaddexp.reduce(log_prob_TK, axis=1, keepdims=True)
    whole = {tuple(h.label_L.tolist()): h for h in beam(log_prob_TK, 100_000, language)}
    found = beam(log_prob_TK, 100_000, language, np.log(1e-2))
    assert found[0].label_L.tolist() == list(next(iter(whole)))
    assert len(found) < len(whole)
    for hypothesis in found:
        assert hypothesis.log_p <= whole[tuple(hypothesis.label_L.tolist())].log_p + 1e-12
    assert found[0].log_p == pytest.approx(whole[next(iter(whole))].log_p, abs=0.05)


def test_language_models_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ConfigError, match="weight is -1; allowed: 0 or more"):
        LanguageModel(weight=-1)
    with pytest.raises(ConfigError, match="word_bonus is inf; use only_words"):
        LanguageModel(word_bonus=np.inf)
    with pytest.raises(ConfigError, match="the lexicon is empty"):
        LanguageModel(only_words=True)
    with pytest.raises(ConfigError, match="the language model has 3 classes, the network 4"):
        beam(random_log_prob(2, 4), 3, LanguageModel(random_pairs(3)))
