"""Lattice geometry and values: which state lies in which pixel row, and what a cell is worth.

Letter states are taller than blank states, and letters are never drawn smaller. Where a label is
too long even so, a window of states is shown. Pure, no painting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gui.classes import gradient_TK
from gui.letters import BLANK, sign

if TYPE_CHECKING:
    from crnn.arrays import F64, I64, Bool
    from crnn.debug.inner import Inner
    from crnn.debug.trace import CtcTrace, Trace
    from crnn.text.hangul import Letter

FLOOR = 1e-6
"""The log scale of alpha, beta and gamma runs from here to 1."""
QUANTITIES = ("alpha", "beta", "gamma", "grad")
NARROW, WIDE = 5, 28
"""Least and largest height in px of a letter state and a blank state together."""


@dataclass(frozen=True, slots=True)
class LatticeRows:
    """The visible states from the top: state first + i lies in tops[i]..tops[i + 1]."""

    first: int
    tops: tuple[int, ...]

    @property
    def count(self) -> int:
        return len(self.tops) - 1

    def holds(self, state: int) -> bool:
        return self.first <= state < self.first + self.count

    def span(self, state: int) -> tuple[int, int]:
        """Top and height of a visible state."""
        i = state - self.first
        return self.tops[i], self.tops[i + 1] - self.tops[i]

    def middle(self, state: int) -> float:
        """The centre of a visible state."""
        top, height = self.span(state)
        return top + height / 2

    def state_at(self, y: int) -> int:
        """The state at height y, or -1 above or below the rows."""
        if not self.tops[0] <= y < self.tops[-1]:
            return -1
        return self.first + int(np.searchsorted(self.tops, y, side="right")) - 1


def pair_height(n_states: int, height: int) -> int:
    """Pixels for a letter and a blank together, in a panel `height` px high."""
    n_letters = n_states // 2
    if n_letters == 0:
        return WIDE
    pair = max(NARROW, min(WIDE, height // n_letters))
    while pair > NARROW and n_letters * pair + _blank(pair) > height:
        pair -= 1
    return pair


def _blank(pair: int) -> int:
    return max(2, pair * 2 // 5)


def lay_rows(n_states: int, top: int, height: int, first: int) -> LatticeRows:
    """Rows of `height` px from `top` on. Where not all states fit, `first` (made even) leads."""
    pair = pair_height(n_states, height)
    blank = _blank(pair)
    fit = 2 * max(1, (height - blank) // pair) + 1
    first = max(0, min(first - first % 2, n_states - fit))
    count = min(n_states, fit)
    heights = [pair - blank if state % 2 else blank for state in range(first, first + count)]
    return LatticeRows(first, tuple(np.cumsum([top, *heights]).tolist()))


def relative_TS(log_x_TS: F64) -> F64:
    """exp(log_x) over the largest of its column; 0 where unreachable."""
    peak_T = log_x_TS.max(axis=1, keepdims=True)
    return np.exp(log_x_TS - np.where(np.isfinite(peak_T), peak_T, 0.0))


def is_unreachable_TS(ctc: CtcTrace) -> Bool:
    """Where no legal path passes."""
    return np.isneginf(ctc.log_alpha_TS) | np.isneginf(ctc.log_beta_TS)


def gradient_TS(trace: Trace, ctc: CtcTrace) -> F64:
    """softmax - posterior of the class that each state carries."""
    by_state: F64 = gradient_TK(trace)[:, ctc.states_S]
    return by_state


def emission_frames(path_T: I64) -> I64:
    """The frames in which the path enters a letter state: there a letter is emitted."""
    entered_T = np.diff(path_T, prepend=-1) != 0
    return np.flatnonzero(entered_T & (path_T % 2 == 1))


def quantity_TS(trace: Trace, ctc: CtcTrace, name: str) -> F64:
    """The exact numbers: log alpha, log beta, gamma, or softmax - posterior ("grad")."""
    if name == "grad":
        return gradient_TS(trace, ctc)
    arrays = {"alpha": ctc.log_alpha_TS, "beta": ctc.log_beta_TS, "gamma": ctc.gamma_TS}
    return arrays[name]


def letter_at(ctc: CtcTrace, state: int) -> Letter:
    """What a state emits; BLANK itself for an even one."""
    return ctc.letters[state // 2] if state % 2 else BLANK


def name_of(letter: Letter) -> str:
    """A letter in a line of text, as it is drawn; the blank as a word."""
    return "blank" if letter is BLANK else sign(letter)


def filled(inner: Inner) -> str:
    """What one sees being filled while one walks the recursion of the CTC: alpha, then beta, and
    gamma once both are there; "" elsewhere."""
    if inner.phase.name != "ctc" or not inner.is_within:
        return ""
    start, stop = inner.known["gamma"]
    if start == stop:
        return "alpha"
    return "beta" if start else "gamma"
