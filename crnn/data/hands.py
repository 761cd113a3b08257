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

HABITS = 64
"""Rows of habits: a letter takes the row of its code modulo this, so that no two jamo share one."""
_HELD = 4096
"""Hands kept, of 4 KiB each: in a long training they come again and again."""


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
    habit: (HABITS, 7) standard normal, a letter's own bias: of its form, how that is chosen among
    equals, scale across and down, place across and down, turn.
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


@lru_cache(maxsize=_HELD)
def hand(seed: int, writer: int) -> Hand:
    """Writer number `writer` of `seed`."""
    return hand_from(rng(seed, writer, "hand"), 1.7, 0.15)


@lru_cache(maxsize=_HELD)
def wild_hand(seed: int, writer: int) -> Hand:
    """Another writer: more of them are in a hurry, and none is like the mean in every habit."""
    chance = rng(seed, writer, "wild hand")
    found = hand_from(chance, 1.3, 0.3)
    normal = chance.standard_normal(10).tolist()
    messier, stronger = chance.random(2).tolist()
    return replace(
        found,
        mess=found.mess * (0.8 + 0.7 * messier),
        aspect=within(0.84 + 0.17 * normal[0], 0.5, 1.3),
        initial=within(0.98 + 0.17 * normal[1], 0.6, 1.4),
        vowel=within(1.0 + 0.17 * normal[2], 0.65, 1.4),
        final=within(0.95 + 0.19 * normal[3], 0.55, 1.4),
        final_right=0.02 + 0.08 * normal[4],
        closeness=0.02 + 0.075 * normal[5],
        spacing=within(0.1 + 0.12 * normal[6], -0.06, 0.55),
        slant=within(0.1 + 0.2 * normal[7], -0.35, 0.6),
        rise=within(0.06 + 0.1 * normal[8], -0.15, 0.35),
        bow=0.08 * normal[9],
        arch=0.045 * float(chance.standard_normal()),
        habit=frozen(found.habit * (0.9 + 0.7 * stronger)),
    )


def hand_from(chance: np.random.Generator, calm: float, flowing: float) -> Hand:
    """A hand drawn from `chance`.

    calm: the more, the fewer hurry. flowing: share of those who hardly lift the pen.
    """
    hurry = float(chance.beta(1.5, calm))
    normal = chance.standard_normal(13).tolist()
    draw = chance.random(10).tolist()
    flow = 0.5 if draw[0] < flowing else 0.0
    low, high = (0.024, 0.048) if draw[1] < 0.6 else (0.045, 0.095)
    return Hand(
        hurry=hurry,
        rounding=1 + int(int(3 * draw[2]) + 4 * hurry + 4 * flow),
        joining=within(0.7 * hurry - 0.1 + flow + 0.2 * normal[0], 0, 0.95),
        mess=0.25 + 0.55 * draw[3] + 0.5 * hurry,
        tremor=0.004 * abs(normal[1]) + 0.002,
        aspect=within(0.84 + 0.13 * normal[2], 0.56, 1.2),
        initial=within(0.98 + 0.13 * normal[3], 0.7, 1.3),
        vowel=within(1.0 + 0.12 * normal[4], 0.75, 1.35),
        final=within(0.95 + 0.15 * normal[5], 0.62, 1.3),
        final_right=0.02 + 0.06 * normal[6],
        closeness=0.015 + 0.055 * normal[7],
        proportional=0.3 + 0.7 * draw[4],
        spacing=within(0.13 + 0.1 * normal[8], -0.02, 0.5),
        drift=0.02 + 0.07 * draw[5],
        wander=0.01 + 0.04 * draw[6],
        slant=within(0.08 + 0.16 * normal[9], -0.3, 0.5),
        rise=within(0.05 + 0.07 * normal[10], -0.1, 0.25),
        bow=0.055 * normal[11],
        arch=0.03 * normal[12],
        pen=low + (high - low) * draw[7],
        press=0.05 + 0.25 * draw[8],
        taper=0.7 * draw[9] * (0.4 + hurry),
        habit=frozen(chance.standard_normal((HABITS, 7))),
    )


def within(value: float, low: float, high: float) -> float:
    """`value`, or the bound it is beyond."""
    return min(max(value, low), high)


def chosen(forms: tuple[Form, ...], wanted: float, phase: float) -> Form:
    """The form whose care is nearest to what is wanted."""
    # The small term parts forms of the same care, differently for each phase.
    distances = [
        abs(form.care - wanted) + 0.08 * math.sin(phase + 2.4 * k) for k, form in enumerate(forms)
    ]
    return forms[distances.index(min(distances))]
