"""Hands as they really are: hurried, cursive, childish or trembling, of the source `real:`.

The one idea: a kind of writer is drawn first, then its habits, so that what belongs together comes
together: who hardly lifts the pen also rounds corners, lets lines climb and lets strokes dwindle.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from crnn.arrays import F64, frozen
from crnn.data.cursive_hangul import quick_forms
from crnn.data.hands import Hand, hand_from, within
from crnn.data.strokes import Form
from crnn.rng import rng

TASTES = 461
"""Numbers of taste a hand has: form k of a letter where it stands takes one of them."""
_MOST_FORMS = 64
"""Of one letter; a hand has so many numbers of taste more than TASTES."""

Kind = Literal["usual", "neat", "cursive", "child", "old"]
_KINDS: tuple[tuple[float, Kind], ...] = (
    (0.48, "usual"),
    (0.12, "neat"),
    (0.28, "cursive"),
    (0.06, "child"),
    (0.06, "old"),
)
"""Shares of the kinds, 1 in all."""


@dataclass(frozen=True, slots=True)
class RealHand(Hand):
    """A hand, and what hurried hands have besides; lengths in syllable heights.

    across, onward: the share of `joining` that is left between the letters of a syllable, and
    between syllables. reach: how far the pen stays down. swing: how round a link is. hooks: chance
    that a stroke shows where the pen came from or went. dwindle: size of a stroke against the one
    before it in a letter. unruly: how much one syllable is messier than the next. trend: how much
    a word grows or shrinks. wave: height of the waves of the base line. stack: how much higher a
    syllable of more storeys is. hang: where that height goes, 0 up and down, 1 down. shake: a slow
    tremor.
    blob: how much wider a stroke begins. again: chance that a stroke is drawn twice. dry: share of
    the way the pen gives no ink. taste: (TASTES + _MOST_FORMS,) which forms it likes.
    """

    across: float
    onward: float
    reach: float
    swing: float
    hooks: float
    dwindle: float
    unruly: float
    trend: float
    wave: float
    stack: float
    hang: float
    shake: float
    blob: float
    again: float
    dry: float
    taste: F64


@lru_cache(maxsize=2048)
def real_hand(seed: int, writer: int) -> RealHand:
    """Writer number `writer` of `seed`."""
    chance = rng(seed, writer, "real hand")
    kind = _kind(chance)
    base = hand_from(chance, 1.3, 0.0)
    values: dict[str, Any] = {field.name: getattr(base, field.name) for field in fields(Hand)}
    values |= _proportions(chance) | _pen_and_mess(base, chance) | _joins(base.hurry, chance)
    return RealHand(**(values | _of_kind(kind, values, chance)))


def _kind(chance: np.random.Generator) -> Kind:
    draw = chance.random()
    for share, kind in _KINDS:
        draw -= share
        if draw < 0:
            return kind
    return "usual"


def _proportions(chance: np.random.Generator) -> dict[str, float]:
    """Real lines climb to the right, upright vowels are long, finals hang lower and smaller."""
    return {
        "aspect": within(chance.normal(0.84, 0.14), 0.52, 1.25),
        "initial": within(chance.normal(0.94, 0.15), 0.6, 1.3),
        "vowel": within(chance.normal(1.04, 0.14), 0.72, 1.4),
        "final": within(chance.normal(0.92, 0.17), 0.58, 1.35),
        "final_right": float(chance.normal(0.03, 0.08)),
        "closeness": float(chance.normal(0.025, 0.06)),
        "spacing": within(chance.normal(0.08, 0.09), -0.07, 0.5),
        "slant": within(chance.normal(0.1, 0.17), -0.3, 0.6),
        "rise": within(chance.normal(0.1, 0.09), -0.12, 0.38),
        "bow": float(chance.normal(0.0, 0.07)),
        "arch": float(chance.normal(0.0, 0.04)),
        "drift": float(chance.uniform(0.02, 0.13)),
        "trend": float(abs(chance.normal(0, 0.12))),
        "wave": float(chance.uniform(0, 0.06)),
        "stack": within(chance.normal(0.11, 0.1), -0.05, 0.35),
        "hang": float(chance.random()),
        "unruly": float(chance.uniform(0.1, 0.5)),
        "dwindle": within(chance.normal(0.98, 0.03), 0.88, 1.04),
    }


def _pen_and_mess(base: Hand, chance: np.random.Generator) -> dict[str, Any]:
    """Most pens are thin; some blot, some are dry, some strokes are drawn twice."""
    rare = chance.random(3)
    thin = chance.random() < 0.62
    return {
        "pen": float(chance.uniform(0.026, 0.056) if thin else chance.uniform(0.056, 0.1)),
        "blob": float(chance.uniform(0, 0.35) if rare[0] < 0.7 else chance.uniform(0.4, 0.9)),
        "dry": float(chance.uniform(0.02, 0.08)) if rare[1] < 0.07 else 0.0,
        "again": float(chance.uniform(0.03, 0.2)) if rare[2] < 0.08 else 0.0,
        "mess": base.mess * float(chance.uniform(0.7, 1.25)),
        "shake": 0.0,
        "taste": frozen(chance.gumbel(size=TASTES + _MOST_FORMS)),
        "habit": frozen(base.habit * float(chance.uniform(0.8, 1.4))),
    }


def _joins(hurry: float, chance: np.random.Generator) -> dict[str, float]:
    return {
        "joining": within(chance.normal(0.85 * hurry + 0.03, 0.2), 0, 0.95),
        "across": float(chance.uniform(0.2, 0.8)),
        "onward": float(chance.uniform(0, 0.35)) if chance.random() < 0.4 else 0.0,
        "reach": float(chance.uniform(0.35, 0.7)),
        "swing": float(chance.uniform(0, 0.45)),
        "hooks": within(chance.normal(0.5 * hurry, 0.2), 0, 0.8),
    }


def _of_kind(kind: Kind, usual: dict[str, Any], chance: np.random.Generator) -> dict[str, float]:
    """What the kind of writer changes in habits drawn as usual."""
    if kind == "neat":
        return {
            "hurry": float(chance.uniform(0, 0.35)),
            "joining": float(chance.uniform(0, 0.2)),
            "hooks": float(chance.uniform(0, 0.3)),
            "mess": 0.6 * usual["mess"],
            "unruly": 0.1,
        }
    if kind == "cursive":
        return _cursive(usual["rounding"], chance)
    if kind == "child":
        return _child(usual["mess"], chance)
    if kind == "old":
        return {
            "shake": float(chance.uniform(0.002, 0.0055)),
            "rounding": min(usual["rounding"], 4),
            "hooks": 0.1,
            "joining": float(chance.uniform(0, 0.4)),
        }
    return {}


def _cursive(rounding: int, chance: np.random.Generator) -> dict[str, float]:
    return {
        "hurry": float(chance.uniform(0.6, 1.0)),
        "joining": float(chance.uniform(0.7, 0.98)),
        "across": float(chance.uniform(0.5, 0.95)),
        "reach": float(chance.uniform(0.5, 0.85)),
        "rounding": rounding + int(chance.integers(1, 4)),
        "dwindle": float(chance.uniform(0.88, 0.98)),
        "rise": within(chance.normal(0.18, 0.09), -0.05, 0.42),
    }


def _child(mess: float, chance: np.random.Generator) -> dict[str, float]:
    return {
        "hurry": float(chance.uniform(0, 0.4)),
        "joining": 0.0,
        "hooks": 0.05,
        "rounding": 3 + int(chance.integers(0, 5)),
        "mess": 0.8 + 0.4 * mess,
        "drift": float(chance.uniform(0.1, 0.2)),
        "wave": float(chance.uniform(0.03, 0.1)),
        "aspect": float(chance.uniform(0.85, 1.2)),
        "pen": float(chance.uniform(0.04, 0.085)),
    }


def liked(hand: RealHand, letter: str, role: str, chance: np.random.Generator) -> Form:
    """The form this hand takes: the one it likes best of those about as hurried as itself."""
    found, care = quick_forms(letter, role)
    at = (31 * ord(letter) + 7 * len(role)) % TASTES
    wish = hand.taste[at : at + len(found)] - 4.5 * abs(care - hand.hurry)
    if chance.random() < 0.25:
        wish += chance.gumbel(size=len(found))
    return found[int(wish.argmax())]
