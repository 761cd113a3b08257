"""Pen strokes of one letter: a small notation, and what it means as points.

A letter is written in a box, x to the right and y down, 0 to 100. Strokes are parted by "/"; each
is a list of points "x,y". "~" before a stroke draws it as one curve through its points
(Catmull-Rom), without it the pen turns at each. People write one letter in several ways, so a
letter has several forms, each with a care: 0 as taught at school, 1 as dashed off.

The one idea: all forms are sampled at the same small distance once and for all. So a whole word is
a single array of points, and every habit of a hand is one array operation on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from crnn.arrays import C128, F64, I64, frozen

SPACING = 0.07
"""Distance of the points along a stroke, in box sides."""

Box = tuple[float, float, float, float]
"""(left, top, right, bottom)."""


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write one letter. P points, S strokes.

    xy: the points, box 0 to 1. counts: points of each stroke. z: the points as complex numbers,
    0 in the middle of the box. bulge: 0 at a stroke's ends and 1 in its middle, a half sine.
    """

    care: float
    xy: F64
    counts: I64
    z: C128
    bulge: F64


def form(care: float, strokes: str) -> Form:
    """Read the notation."""
    sampled = [_sampled(_points(stroke)) for stroke in strokes.split("/")]
    counts = np.array([len(stroke) for stroke in sampled], np.int64)
    return _form(care, np.concatenate(sampled), counts)


def forms(lines: str) -> tuple[Form, ...]:
    """One form a line: its care, then its strokes. Empty lines are skipped."""
    rows = (line.strip().partition(" ") for line in lines.splitlines() if line.strip())
    return tuple(form(float(care), strokes) for care, _, strokes in rows)


def joined(parts: Iterable[tuple[Form, Box]]) -> Form:
    """Several forms as one, each in its own box (0 to 100), written one after the other."""
    placed = [(part, np.array(box) / 100) for part, box in parts]
    return _form(
        max(part.care for part, _ in placed),
        np.concatenate([part.xy * (box[2:] - box[:2]) + box[:2] for part, box in placed]),
        np.concatenate([part.counts for part, _ in placed]),
    )


def _form(care: float, xy: F64, counts: I64) -> Form:
    middle = np.ascontiguousarray(xy - 0.5).view(np.complex128).ravel()
    bulge = np.concatenate([np.sin(np.pi * np.linspace(0, 1, count)) for count in counts])
    return Form(care, frozen(xy), frozen(counts), frozen(middle), frozen(bulge))


def _points(stroke: str) -> F64:
    """xy of the corners, or of points close together on the curve, box 0 to 1."""
    stroke = stroke.strip()
    corners = [[float(v) for v in point.split(",")] for point in stroke.lstrip("~").split()]
    xy = np.array(corners) / 100
    return _curve(xy) if stroke.startswith("~") else xy


def _curve(xy: F64) -> F64:
    """Catmull-Rom through the points: at each, the tangent is half the way to its neighbours."""
    before = np.concatenate((xy[:1], xy[:-2]))
    first, last = xy[:-1], xy[1:]
    after = np.concatenate((xy[2:], xy[-1:]))
    t = np.linspace(0, 1, 8, endpoint=False)[None, :, None]
    a, b, c, d = (points[:, None] for points in (before, first, last, after))
    inside = b + t / 2 * ((c - a) + t * ((2 * a - 5 * b + 4 * c - d) + t * (3 * (b - c) + d - a)))
    return np.concatenate((inside.reshape(-1, 2), xy[-1:]))


def _sampled(xy: F64) -> F64:
    """Points at even distances along the way, both ends included, at least three."""
    steps = np.hypot(*np.diff(xy, axis=0).T)
    way = np.concatenate(([0.0], np.cumsum(steps)))
    count = max(3, round(way[-1] / SPACING) + 1)
    at = np.linspace(0, way[-1], count)
    return np.stack([np.interp(at, way, xy[:, axis]) for axis in (0, 1)], axis=1)
