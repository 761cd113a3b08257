"""A hand: the habits of one writer, drawn once at an address, so that there are thousands.

What makes a hand is drawn here: how hurried it is (which forms of the letters it takes, how round
its corners are, how often the pen stays down), its proportions, slant, spacing and pen. How one
word by it differs from the next is drawn where the word is written (writing.py).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from crnn.arrays import F64, frozen
from crnn.data.strokes import Form
from crnn.rng import rng

HABITS = 192
"""Rows of habits: a letter takes the row of its code modulo this."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Lengths are in syllable heights, angles in radians.

    hurry: 0 as at school, 1 dashed off. rounding: passes of smoothing. joining: chance that the pen
    stays down to a near stroke. mess: how much one letter differs from the next of its kind.
    aspect: width of a syllable against its height. initial, vowel, final: sizes of the parts.
    final_right: how far the final stands to the right. proportional: 0 sets syllables in squares,
    1 by their ink. rise: how much flat strokes climb. bow, arch: how much upright and flat strokes
    bend. pen: width of the line. press: how much the width varies. taper: how thin the ends of
    strokes are.
    habit: (HABITS, 8) standard normal, a letter's own bias.
    """

    hurry: float
    rounding: int
    joining: float
    mess: float
    tremor: float
    aspect: float
    initial: float
    vowel: float
    final: float
    final_right: float
    closeness: float
    proportional: float
    spacing: float
    drift: float
    wander: float
    slant: float
    rise: float
    bow: float
    arch: float
    pen: float
    press: float
    taper: float
    habit: F64


@lru_cache(maxsize=1024)
def hand(seed: int, writer: int) -> Hand:
    """Writer number `writer` of `seed`."""
    return hand_from(rng(seed, writer, "hand"), 1.7, 0.15)


@lru_cache(maxsize=1024)
def wild_hand(seed: int, writer: int) -> Hand:
    """Another writer: more of them are in a hurry, and none is like the mean in every habit."""
    chance = rng(seed, writer, "wild hand")
    found = hand_from(chance, 1.3, 0.3)
    return replace(
        found,
        mess=found.mess * float(chance.uniform(0.8, 1.5)),
        aspect=within(chance.normal(0.84, 0.17), 0.5, 1.3),
        initial=within(chance.normal(0.98, 0.17), 0.6, 1.4),
        vowel=within(chance.normal(1.0, 0.17), 0.65, 1.4),
        final=within(chance.normal(0.95, 0.19), 0.55, 1.4),
        final_right=float(chance.normal(0.02, 0.08)),
        closeness=float(chance.normal(0.02, 0.075)),
        spacing=within(chance.normal(0.1, 0.12), -0.06, 0.55),
        slant=within(chance.normal(0.1, 0.2), -0.35, 0.6),
        rise=within(chance.normal(0.06, 0.1), -0.15, 0.35),
        bow=float(chance.normal(0.0, 0.08)),
        arch=float(chance.normal(0.0, 0.045)),
        habit=frozen(found.habit * float(chance.uniform(0.9, 1.6))),
    )


def hand_from(chance: np.random.Generator, calm: float, flowing: float) -> Hand:
    """A hand drawn from `chance`.

    calm: the more, the fewer hurry. flowing: share of those who hardly lift the pen.
    """
    hurry = float(chance.beta(1.5, calm))
    flow = 0.5 if chance.random() < flowing else 0.0
    is_ballpoint = chance.random() < 0.6
    low, high = (0.024, 0.048) if is_ballpoint else (0.045, 0.095)
    mess = float(chance.uniform(0.25, 0.8) + 0.5 * hurry)
    return Hand(
        hurry=hurry,
        rounding=1 + int(chance.integers(0, 3) + 4 * hurry + 4 * flow),
        joining=within(chance.normal(0.7 * hurry - 0.1 + flow, 0.2), 0, 0.95),
        mess=mess,
        tremor=float(abs(chance.normal(0, 0.004)) + 0.002),
        aspect=within(chance.normal(0.84, 0.13), 0.56, 1.2),
        initial=within(chance.normal(0.98, 0.13), 0.7, 1.3),
        vowel=within(chance.normal(1.0, 0.12), 0.75, 1.35),
        final=within(chance.normal(0.95, 0.15), 0.62, 1.3),
        final_right=float(chance.normal(0.02, 0.06)),
        closeness=float(chance.normal(0.015, 0.055)),
        proportional=float(chance.uniform(0.3, 1)),
        spacing=within(chance.normal(0.13, 0.1), -0.02, 0.5),
        drift=float(chance.uniform(0.02, 0.09)),
        wander=float(chance.uniform(0.01, 0.05)),
        slant=within(chance.normal(0.08, 0.16), -0.3, 0.5),
        rise=within(chance.normal(0.05, 0.07), -0.1, 0.25),
        bow=float(chance.normal(0.0, 0.055)),
        arch=float(chance.normal(0.0, 0.03)),
        pen=float(chance.uniform(low, high)),
        press=float(chance.uniform(0.05, 0.3)),
        taper=float(chance.uniform(0, 0.7) * (0.4 + hurry)),
        habit=frozen(chance.standard_normal((HABITS, 8))),
    )


def within(value: float, low: float, high: float) -> float:
    """`value`, or the bound it is beyond."""
    return min(max(value, low), high)


def chosen(hand: Hand, letter: str, forms: tuple[Form, ...], chance: np.random.Generator) -> Form:
    """The form of `letter` this hand takes: nearly always its own, now and then another."""
    habit = hand.habit[ord(letter) % HABITS]
    wanted = hand.hurry + 0.22 * float(habit[0])
    if chance.random() < 0.12:
        wanted += 0.35 * chance.standard_normal()
    # The small term parts forms of the same care, differently for each hand.
    phase = 9 * float(habit[1])
    distances = [
        abs(form.care - wanted) + 0.08 * math.sin(phase + 2.4 * k) for k, form in enumerate(forms)
    ]
    return forms[distances.index(min(distances))]
