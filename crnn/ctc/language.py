"""What readings are likely before the picture is looked at: letters that follow, and a lexicon.

A beam search ranks readings by log P(reading | picture) + weight x log P(reading) + bonus ("shallow
fusion": Graves & Jaitly 2014; Hannun et al. 2014). The mass that CTC gives stays untouched beside
it; only the ranking, and what is dropped, changes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

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
        if not 0 <= self.weight < math.inf:
            raise ConfigError(f"the language model's weight is {self.weight}; allowed: 0 or more")
        if not math.isfinite(self.word_bonus):
            raise ConfigError(f"word_bonus is {self.word_bonus}; use only_words to read no others")
        if self.only_words and not self.words:
            raise ConfigError("only words are to be read, but the lexicon is empty")

    @property
    def reach(self) -> int:
        """How many classes before are looked at."""
        return self.letters.reach if self.letters else 0

    @property
    def most(self) -> float:
        """No symbol gains more than this."""
        return max(0.0, self.word_bonus) if self.words else 0.0

    def follow(self, word: Word, symbols: Sequence[int]) -> Sequence[int]:
        """Those of `symbols` that may come after this unfinished word."""
        if not self.only_words:
            return symbols
        may = _branches(self.words).get(word, frozenset())
        if self.separator and word in self.words:
            may |= {self.separator}
        return [symbol for symbol in symbols if symbol in may]

    def next_score(self, context: Word, word: Word, symbol: int) -> float:
        """What class `symbol` gains after a reading of this context and unfinished word."""
        ends_word = symbol == self.separator and word in self.words
        return self._weighed(context, symbol) + (self.word_bonus if ends_word else 0.0)

    def end_score(self, context: Word, word: Word) -> float:
        """What stopping there gains; -inf where the lexicon does not have the last word."""
        is_word = word in self.words
        if self.only_words and not is_word:
            return -math.inf
        return self._weighed(context, 0) + (self.word_bonus if is_word else 0.0)

    def _weighed(self, context: Word, symbol: int) -> float:
        if self.letters is None or self.weight == 0:  # 0 x -inf is not a number
            return 0.0
        return self.weight * self.letters.log_p(context, symbol)


@lru_cache(maxsize=8)
def _branches(words: frozenset[Word]) -> dict[Word, frozenset[int]]:
    """For each beginning of a word the classes that it goes on with."""
    found: dict[Word, set[int]] = {}
    for word in words:
        for length, symbol in enumerate(word):
            found.setdefault(word[:length], set()).add(symbol)
    return {beginning: frozenset(symbols) for beginning, symbols in found.items()}
