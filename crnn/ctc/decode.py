"""Reading without knowing the label: greedy, and prefix beam search.

Greedy takes the best class of each frame and collapses that one path. Beam search adds up paths: it
keeps for each prefix the mass of the paths that end in a blank and of those that end in its last
symbol, because only the former may repeat that symbol (Graves & Jaitly 2014; Hannun et al. 2014).
The two differ: with P = [[.4, 0, .6], [.4, 0, .6]] over a, b and blank, greedy reads "" (0.36),
while "a" has 0.64. A LanguageModel changes the ranking, not the masses.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from heapq import heappush, heappushpop
from typing import NamedTuple

import numpy as np

from crnn.arrays import F64, I64, Real, require
from crnn.ctc.language import LanguageModel
from crnn.ctc.letters import Word
from crnn.errors import ConfigError


class GreedyPath(NamedTuple):
    """best_T: the likeliest class of each frame (of equals the lowest). Symbol l of collapsed_L was
    emitted by the timesteps [starts_L[l], stops_L[l])."""

    best_T: I64
    collapsed_L: I64
    starts_L: I64
    stops_L: I64


class Hypothesis(NamedTuple):
    """A label and the log of the mass of its paths that the beam kept: at most log P(label).

    score: what it was ranked by, log_p and what the language model adds. share: its part of the
    exp(score) of all the hypotheses returned; the shares add up to 1.
    """

    label_L: I64
    log_p: float
    score: float
    share: float


def greedy(logits_TK: Real) -> GreedyPath:
    """The best class of each frame, collapsed. Takes logits or log probabilities."""
    require(logits_TK, "T K")
    best_T: I64 = logits_TK.argmax(axis=1).astype(np.int64)
    return GreedyPath(best_T, *emission_spans(best_T))


def emission_spans(class_T: I64) -> tuple[I64, I64, I64]:
    """Collapse a path: (collapsed_L, starts_L, stops_L), merging equal neighbours, then blanks."""
    is_new_T = np.ones(len(class_T), np.bool_)
    np.not_equal(class_T[1:], class_T[:-1], out=is_new_T[1:])
    starts = np.flatnonzero(is_new_T)
    stops = np.append(starts[1:], len(class_T)) if len(starts) else starts
    is_symbol = class_T[starts] != 0
    return class_T[starts[is_symbol]], starts[is_symbol], stops[is_symbol]


def beam(
    log_prob_TK: F64,
    width: int,
    language: LanguageModel | None = None,
    least_log_p: float = -np.inf,
) -> tuple[Hypothesis, ...]:
    """The `width` prefixes with the best score, best first; prefixes without mass are left out.

    A prefix grows in a frame by the classes above `least_log_p` alone. The mass of a hypothesis is
    exact (-> log P) where neither this nor the width ever dropped anything.
    Raises ConfigError where `width` is below 1 or the language model has other classes.
    """
    require(log_prob_TK, "T K")
    if width < 1:
        raise ConfigError(f"the beam's width is {width}; allowed: 1 or more")
    letters = language.letters if language else None
    if letters and letters.n_classes != log_prob_TK.shape[1]:
        raise ConfigError(
            f"the language model has {letters.n_classes} classes, "
            f"the network {log_prob_TK.shape[1]}"
        )
    search = _Search(width, language)
    kept = [_Prefix(None, 0, 0.0, (0,), ())]
    kept[0].log_blank = 0.0
    for log_prob_K in log_prob_TK:
        symbols = (1 + np.flatnonzero(log_prob_K[1:] > least_log_p)).tolist()
        kept = search.advance(kept, log_prob_K.tolist(), symbols)
    return search.hypotheses(kept)


@dataclass(slots=True, eq=False)
class _Prefix:
    """A prefix in the tree of those that were ever kept; the root is empty, its last symbol 0.

    score: what the language model has given so far. context: what it looks at, see NextLetter.
    word: the symbols since the last separator. log_blank, log_symbol: the mass of its paths that
    end in a blank, and in its last symbol, as of the frame that it was last kept in.
    """

    parent: _Prefix | None
    last: int
    score: float
    context: Word
    word: Word
    log_blank: float = -math.inf
    log_symbol: float = -math.inf
    children: dict[int, _Prefix] = field(default_factory=dict)

    @property
    def log_p(self) -> float:
        return _added(self.log_blank, self.log_symbol)

    def label(self) -> I64:
        symbols, prefix = [], self
        while prefix.parent is not None:
            symbols.append(prefix.last)
            prefix = prefix.parent
        return np.array(symbols[::-1], np.int64)


class _Grown(NamedTuple):
    """A prefix that may come into being: its mass and its score, or at first a bound of it."""

    score: float
    prefix: _Prefix
    symbol: int
    log_p: float


@dataclass(frozen=True, slots=True)
class _Search:
    """In plain Python: a frame has a handful of prefixes and classes, too few for arrays to pay."""

    width: int
    language: LanguageModel | None

    def advance(
        self, kept: list[_Prefix], log_prob: list[float], symbols: list[int]
    ) -> list[_Prefix]:
        """One frame: every prefix stays, or grows by each of `symbols`; the best are kept."""
        grown, joined = self._grown(kept, log_prob, symbols)
        for prefix in kept:
            blank = prefix.log_p + log_prob[0]
            # -inf for the empty prefix, which ends in no symbol
            symbol = prefix.log_symbol + log_prob[prefix.last]
            prefix.log_blank = blank
            prefix.log_symbol = _added(symbol, joined.get(prefix, -math.inf))
        stay = [prefix for prefix in kept if prefix.log_p > -math.inf]
        if not grown and len(stay) == len(kept):
            return kept
        return self._best(stay, grown)

    def _grown(
        self, kept: list[_Prefix], log_prob: list[float], symbols: list[int]
    ) -> tuple[list[_Grown], dict[_Prefix, float]]:
        """What the prefixes grow to, the language not yet asked, and the mass that reaches other
        kept ones: growing a parent by its child's last symbol gives that child."""
        grown: list[_Grown] = []
        joined: dict[_Prefix, float] = {}
        there = set(kept)
        for prefix in kept:
            log_p, score = prefix.log_p, prefix.score
            may = self.language.follow(prefix.word, symbols) if self.language else symbols
            for symbol in may:
                # A symbol equal to the last only starts a new one after a blank.
                mass = (prefix.log_blank if symbol == prefix.last else log_p) + log_prob[symbol]
                if mass == -math.inf:
                    continue
                child = prefix.children.get(symbol)
                if child is not None and child in there:
                    joined[child] = mass
                else:
                    grown.append(_Grown(mass + score, prefix, symbol, mass))
        return grown, joined

    def _best(self, stay: list[_Prefix], grown: list[_Grown]) -> list[_Prefix]:
        """The language is asked about no more prefixes than may be among the best."""
        most = self.language.most if self.language else 0.0
        ranked: list[tuple[float, _Prefix | _Grown]] = [(p.log_p + p.score, p) for p in stay]
        lowest = sorted((score for score, _ in ranked), reverse=True)[: self.width]
        lowest.reverse()  # a heap: its first is the score to beat, once there are enough
        for one in sorted(grown, key=_score, reverse=True):
            if len(lowest) == self.width and one.score + most < lowest[0]:
                break
            score = one.score + self._gain(one)
            ranked.append((score, one._replace(score=score)))
            push = heappushpop if len(lowest) == self.width else heappush
            push(lowest, score)
        ranked.sort(key=_first, reverse=True)
        return [self._come(one) for _, one in ranked[: self.width]]

    def _gain(self, one: _Grown) -> float:
        """What the language model adds for the symbol."""
        if self.language is None:
            return 0.0
        return self.language.next_score(one.prefix.context, one.prefix.word, one.symbol)

    def _come(self, one: _Prefix | _Grown) -> _Prefix:
        if isinstance(one, _Prefix):
            return one
        parent, symbol = one.prefix, one.symbol
        child = parent.children.get(symbol)
        if child is None:
            context: Word = ()
            word: Word = ()
            if self.language:
                reach = self.language.reach
                context = (*parent.context, symbol)[-reach:] if reach else ()
                word = () if symbol == self.language.separator else (*parent.word, symbol)
            child = _Prefix(parent, symbol, one.score - one.log_p, context, word)
            parent.children[symbol] = child
        child.log_blank, child.log_symbol = -math.inf, one.log_p
        return child

    def hypotheses(self, kept: list[_Prefix]) -> tuple[Hypothesis, ...]:
        ends = self.language.end_score if self.language else (lambda *_: 0.0)
        found = [(p.log_p + p.score + ends(p.context, p.word), p) for p in kept]
        found = sorted((one for one in found if one[0] > -math.inf), key=_first, reverse=True)
        score = np.array([score for score, _ in found])
        share = np.exp(score - np.logaddexp.reduce(score))
        return tuple(
            Hypothesis(prefix.label(), prefix.log_p, score, float(part))
            for (score, prefix), part in zip(found, share, strict=True)
        )


def _score(one: _Grown) -> float:
    return one.score


def _first(pair: tuple[float, object]) -> float:
    return pair[0]


def _added(a: float, b: float) -> float:
    """log(exp a + exp b)."""
    if a < b:
        a, b = b, a
    return a if b == -math.inf else a + math.log1p(math.exp(b - a))
