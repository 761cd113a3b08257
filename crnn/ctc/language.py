"""What readings are likely before the picture is looked at: character pairs, and a lexicon.

A beam search ranks readings by log P(reading | picture) + weight x log P(reading) + bonus ("shallow
fusion": Graves & Jaitly 2014; Hannun et al. 2014). The mass that CTC gives stays untouched beside
it; only the ranking, and what is dropped, changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from crnn.arrays import F64, I64, Bool, frozen
from crnn.errors import ConfigError

Word = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class LanguageModel:
    """log_next_KK[previous, next]: log p of a class after another; previous 0 is the start of the
    reading, next 0 its end. It counts `weight` times.

    words: labels that are words. A reading is cut into words at class `separator` (0: not at all);
    each that is among them earns `word_bonus` nats. With `only_words` nothing else is read.
    """

    log_next_KK: F64
    weight: float = 1.0
    words: frozenset[Word] = frozenset()
    word_bonus: float = 0.0
    only_words: bool = False
    separator: int = 0

    def __post_init__(self) -> None:
        shape = self.log_next_KK.shape
        if len(shape) != 2 or shape[0] != shape[1]:
            raise ConfigError(f"log_next_KK has shape {shape}; it must be classes x classes")
        if np.isnan(self.log_next_KK).any() or (self.log_next_KK > 0).any():
            raise ConfigError("log_next_KK holds NaN or a probability above 1")
        if not 0 <= self.weight < np.inf:
            raise ConfigError(f"the language model's weight is {self.weight}; allowed: 0 or more")
        if not np.isfinite(self.word_bonus):
            raise ConfigError(f"word_bonus is {self.word_bonus}; use only_words to read no others")
        if self.only_words and not self.words:
            raise ConfigError("only words are to be read, but the lexicon is empty")

    def next_scores(self, previous: I64, words: list[Word]) -> F64:
        """score[b, k - 1] of class k after reading b, which ends in this class and unfinished word.

        -inf where the lexicon has no such word.
        """
        score = self._weighed(previous)[:, 1:].copy()
        for row, word in zip(score, words, strict=True):
            if self.separator and word in self.words:
                row[self.separator - 1] += self.word_bonus
            if self.only_words:
                row[~self._continues(word)] = -np.inf
        return score

    def end_scores(self, previous: I64, words: list[Word]) -> F64:
        """The score of stopping there; -inf where the lexicon does not have the last word."""
        is_word = np.array([word in self.words for word in words], np.bool_)
        score: F64 = self._weighed(previous)[:, 0] + np.where(is_word, self.word_bonus, 0.0)
        if self.only_words:
            score[~is_word] = -np.inf
        return score

    def _weighed(self, previous: I64) -> F64:
        if self.weight == 0:  # 0 x -inf is not a number
            return np.zeros((len(previous), self.log_next_KK.shape[1]))
        score: F64 = self.weight * self.log_next_KK[previous]
        return score

    def _continues(self, word: Word) -> Bool:
        """continues[k - 1]: whether a word of the lexicon goes on with class k."""
        may = np.zeros(self.log_next_KK.shape[1] - 1, np.bool_)
        may[[k - 1 for k in _branches(self.words).get(word, ())]] = True
        if self.separator:
            may[self.separator - 1] = word in self.words
        return may


@lru_cache(maxsize=8)
def _branches(words: frozenset[Word]) -> dict[Word, set[int]]:
    """For each beginning of a word the classes that it goes on with."""
    found: dict[Word, set[int]] = {}
    for word in words:
        for length, symbol in enumerate(word):
            found.setdefault(word[:length], set()).add(symbol)
    return found


def bigrams(labels: Iterable[I64], n_classes: int, smoothing: float = 1.0) -> F64:
    """log_next_KK counted from labels; each pair is taken to have been seen `smoothing` times more.

    Raises ConfigError where smoothing is not positive: a pair never seen would rule a reading out.
    """
    if not smoothing > 0:
        raise ConfigError(f"smoothing is {smoothing}; allowed: above 0")
    # One run of all labels with a 0 around each: its neighbours are the pairs, ends and starts too.
    run_P = np.concatenate([[0], *([*label_L, 0] for label_L in labels)]).astype(np.int64)
    pair_P = run_P[:-1] * n_classes + run_P[1:]
    seen_KK = np.bincount(pair_P, minlength=n_classes**2).reshape(n_classes, n_classes)
    count_KK = seen_KK + smoothing
    return frozen(np.log(count_KK / count_KK.sum(axis=1, keepdims=True)))
