"""Reading without knowing the label: greedy, and prefix beam search.

Greedy takes the best class of each frame and collapses that one path. Beam search adds up paths: it
keeps for each prefix the mass of the paths that end in a blank and of those that end in its last
symbol, because only the former may repeat that symbol (Graves & Jaitly 2014; Hannun et al. 2014).
The two differ: with P = [[.4, 0, .6], [.4, 0, .6]] over a, b and blank, greedy reads "" (0.36),
while "a" has 0.64. A LanguageModel changes the ranking, not the masses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
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
    prefixes = _Prefixes(language)
    kept = _Kept(np.zeros(1, np.int64), np.zeros(1), np.full(1, -np.inf))
    for log_prob_K in log_prob_TK:
        symbol_M = 1 + np.flatnonzero(log_prob_K[1:] > least_log_p)
        kept = _advance(prefixes, kept, log_prob_K, symbol_M, width)
    return _hypotheses(prefixes, kept)


def _hypotheses(prefixes: _Prefixes, kept: _Kept) -> tuple[Hypothesis, ...]:
    log_p = np.logaddexp(kept.log_blank, kept.log_symbol)
    nodes = kept.node.tolist()
    score = log_p + prefixes.scores(nodes) + prefixes.ends(nodes)
    order = np.argsort(-score, kind="stable")
    order = order[score[order] > -np.inf]
    share = np.exp(score[order] - np.logaddexp.reduce(score[order]))
    return tuple(
        Hypothesis(prefixes.label(nodes[i]), float(log_p[i]), float(score[i]), float(part))
        for i, part in zip(order.tolist(), share, strict=True)
    )


@dataclass(slots=True)
class _Prefixes:
    """A tree of prefixes. Node 0 is the empty one, whose "last symbol" is 0.

    score: what the language model has given so far. context: what it looks at, see NextLetter.
    word: the symbols since the last separator.
    """

    language: LanguageModel | None
    parent: list[int] = field(default_factory=lambda: [-1])
    last: list[int] = field(default_factory=lambda: [0])
    score: list[float] = field(default_factory=lambda: [0.0])
    context: list[Word] = field(default_factory=lambda: [(0,)])
    word: list[Word] = field(default_factory=lambda: [()])
    child: dict[tuple[int, int], int] = field(default_factory=dict)

    def extend(self, node: int, symbol: int, score: float) -> int:
        key = (node, symbol)
        if key not in self.child:
            self.child[key] = len(self.parent)
            self.parent.append(node)
            self.last.append(symbol)
            self.score.append(score)
            if self.language:
                reach, ends = self.language.reach, symbol == self.language.separator
                self.context.append((*self.context[node], symbol)[-reach:] if reach else ())
                self.word.append(() if ends else (*self.word[node], symbol))
        return self.child[key]

    def scores(self, nodes: list[int]) -> F64:
        return np.array([self.score[node] for node in nodes], np.float64)

    def grown(self, nodes: list[int], symbol_M: I64) -> F64:
        """The score of each prefix grown by each of these symbols."""
        score = np.repeat(self.scores(nodes)[:, None], len(symbol_M), axis=1)
        if self.language:
            score += self.language.next_scores(*self._tails(nodes), symbol_M)
        return score

    def ends(self, nodes: list[int]) -> F64:
        """What is added where the reading stops here."""
        if self.language is None:
            return np.zeros(len(nodes))
        return self.language.end_scores(*self._tails(nodes))

    def _tails(self, nodes: list[int]) -> tuple[list[Word], list[Word]]:
        return [self.context[node] for node in nodes], [self.word[node] for node in nodes]

    def label(self, node: int) -> I64:
        symbols = []
        while node:
            symbols.append(self.last[node])
            node = self.parent[node]
        return np.array(symbols[::-1], np.int64)


class _Kept(NamedTuple):
    """The prefixes of one frame, best first: the mass that ends in a blank, and in a symbol."""

    node: I64
    log_blank: F64
    log_symbol: F64


def _advance(prefixes: _Prefixes, kept: _Kept, log_prob_K: F64, symbol_M: I64, width: int) -> _Kept:
    """One frame: every prefix stays, or grows by each of `symbol_M`; the best `width` are kept."""
    nodes = kept.node.tolist()
    last = np.array([prefixes.last[node] for node in nodes], np.int64)
    total = np.logaddexp(kept.log_blank, kept.log_symbol)
    blank = total + log_prob_K[0]
    symbol = kept.log_symbol + log_prob_K[last]  # -inf for the empty prefix, which ends in none
    if len(symbol_M) == 0 and np.isfinite(blank).all():
        return _Kept(kept.node, blank, symbol)
    grown = total[:, None] + log_prob_K[symbol_M]
    # A symbol equal to the last only starts a new one after a blank.
    rows, columns = np.nonzero(last[:, None] == symbol_M)
    grown[rows, columns] = kept.log_blank[rows] + log_prob_K[last[rows]]
    position = {node: i for i, node in enumerate(nodes)}
    for i, column in zip(rows.tolist(), columns.tolist(), strict=True):
        source = position.get(prefixes.parent[nodes[i]])
        if source is not None:  # growing the parent by our last symbol gives this same prefix
            symbol[i] = np.logaddexp(symbol[i], grown[source, column])
            grown[source, column] = -np.inf
    return _best(prefixes, kept.node, blank, symbol, grown, symbol_M, width)


def _best(
    prefixes: _Prefixes,
    nodes: I64,
    blank: F64,
    symbol: F64,
    grown: F64,
    symbol_M: I64,
    width: int,
) -> _Kept:
    n_stay, n_symbols = grown.shape
    mass = np.concatenate((np.logaddexp(blank, symbol), grown.reshape(-1)))
    old, new = prefixes.scores(nodes.tolist()), prefixes.grown(nodes.tolist(), symbol_M)
    given = np.concatenate((old, new.reshape(-1)))
    score = mass + given
    chosen = np.flatnonzero(score > -np.inf)
    if len(chosen) > width:
        chosen = chosen[np.argpartition(-score[chosen], width - 1)[:width]]
    chosen = chosen[np.lexsort((chosen, -score[chosen]))]
    node = []
    for place, sum_given in zip(chosen.tolist(), given[chosen].tolist(), strict=True):
        if place < n_stay:
            node.append(int(nodes[place]))
        else:
            i, m = divmod(place - n_stay, n_symbols)
            node.append(prefixes.extend(int(nodes[i]), int(symbol_M[m]), sum_given))
    stays = chosen < n_stay
    old_row = np.where(stays, chosen, 0)
    return _Kept(
        np.array(node, np.int64),
        np.where(stays, blank[old_row], -np.inf),
        np.where(stays, symbol[old_row], mass[chosen]),
    )
