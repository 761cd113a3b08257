"""Axes: what the axes of an array mean, by its name, or by the names of others in the same memory.

A name says it in its letters: `log_alpha_TNS` has time, samples and states. Where a name says
nothing, the memory often does: `gates = z_TNG[t]` is a part of what is called z_TNG, and an axis of
it that has the stride and the size of one of z_TNG's is that axis. What nobody names stays unknown.
"""

from __future__ import annotations

import re

from crnn.debug.buffers import Ref

UNKNOWN = "·"
"""Stands for an axis that nobody names."""
_SUFFIX = re.compile(r"_([A-Z0-9]+)$")
_PLACES = re.compile(r"(\[[^\]]*\])+$")


def axes_of(name: str, n_axes: int) -> str:
    """The letters of a name's axes, "" where it does not tell, or tells of another shape."""
    last = _PLACES.sub("", name).rpartition(".")[2]
    found = _SUFFIX.search(last)
    axes = found.group(1) if found else ""
    return axes if len(axes) == n_axes else ""


class Axes:
    """What is known of the pieces of memory of one recording."""

    def __init__(self) -> None:
        self._letters: dict[int, dict[tuple[int, int], str]] = {}

    def learn(self, name: str, ref: Ref) -> None:
        """`name` stands for this array."""
        letters = axes_of(name, len(ref.shape))
        known = self._letters.setdefault(ref.piece, {})
        for letter, *place in zip(letters, ref.strides, ref.shape, strict=False):
            stride, size = place
            if size > 1 and known.setdefault((stride, size), letter) != letter:
                known[stride, size] = UNKNOWN

    def of(self, name: str, ref: Ref) -> str:
        """A letter for each axis, UNKNOWN where none is known; "" where none is at all."""
        said = axes_of(name, len(ref.shape))
        if said:
            return said
        known = self._letters.get(ref.piece, {})
        places = zip(ref.strides, ref.shape, strict=True)
        found = "".join(known.get(place, UNKNOWN) for place in places)
        return found if found.strip(UNKNOWN) else ""
