"""What readings are likely before the picture is looked at: letters that follow, and a lexicon.

A beam search ranks readings by log P(reading | picture) + weight x log P(reading) + bonus ("shallow
fusion": Graves & Jaitly 2014; Hannun et al. 2014). The mass that CTC gives stays untouched beside
it; only the ranking, and what is dropped, changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from crnn.arrays import F64, I64, Bool
from crnn.ctc.letters import NextLetter, Word
from crnn.errors import ConfigError


@dataclass(frozen=True, slots=True, eq=False)
class LanguageModel:
    """letters: how likely a class is after those before (None: all alike); counts `weight` times.

    words: labels that are words. A reading is cut into words at class `separator` (0: not at all);
    each that is among them earns `word_bonus` nats. With `only_words` nothing else is read.
    """

    letters: NextLetter | None = None
    weight: float = 1.0
    words: frozenset[Word] = frozenset()
    word_bonus: float = 0.0
    only_words: bool = False
    separator: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.weight < np.inf:
            raise ConfigError(f"the language model's weight is {self.weight}; allowed: 0 or more")
        if not np.isfinite(self.word_bonus):
            raise ConfigError(f"word_bonus is {self.word_bonus}; use only_words to read no others")
        if self.only_words and not self.words:
            raise ConfigError("only words are to be read, but the lexicon is empty")

    @property
    def reach(self) -> int:
        """How many classes before are looked at."""
        return self.letters.reach if self.letters else 0

    def next_scores(self, contexts: list[Word], words: list[Word], symbol_M: I64) -> F64:
        """score[b, m] of class symbol_M[m] after reading b, of this context and unfinished word.

        -inf where the lexicon has no such word.
        """
        score = np.zeros((len(words), len(symbol_M)))
        if self.letters and self.weight:  # 0 x -inf is not a number
            for row, context in zip(score, contexts, strict=True):
                row[:] = self.weight * self.letters.after(context)[symbol_M]
        if self.words:
            for row, word in zip(score, words, strict=True):
                if self.separator and word in self.words:
                    row[symbol_M == self.separator] += self.word_bonus
                if self.only_words:
                    row[~self._continues(word, symbol_M)] = -np.inf
        return score

    def end_scores(self, contexts: list[Word], words: list[Word]) -> F64:
        """The score of stopping there; -inf where the lexicon does not have the last word."""
        score = np.zeros(len(words))
        if self.letters and self.weight:
            score += [self.weight * self.letters.after(context)[0] for context in contexts]
        is_word = np.array([word in self.words for word in words], np.bool_)
        score[is_word] += self.word_bonus
        if self.only_words:
            score[~is_word] = -np.inf
        return score

    def _continues(self, word: Word, symbol_M: I64) -> Bool:
        """Whether a word of the lexicon goes on with each of these classes."""
        may = np.isin(symbol_M, list(_branches(self.words).get(word, ())))
        if self.separator:
            may[symbol_M == self.separator] = word in self.words
        return may


@lru_cache(maxsize=8)
def _branches(words: frozenset[Word]) -> dict[Word, set[int]]:
    """For each beginning of a word the classes that it goes on with."""
    found: dict[Word, set[int]] = {}
    for word in words:
        for length, symbol in enumerate(word):
            found.setdefault(word[:length], set()).add(symbol)
    return found
