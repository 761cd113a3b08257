"""Buffers: what the memory behind arrays held, moment by moment, without a copy of all of it.

One idea: an array and its views are one piece of memory. Each piece is copied once, when it is
first seen; after that a moment adds only the words it changed, found by comparing the memory with
a shadow of what it held before, so a write through a view or by `out=` is seen like any other.
What is read-only is not copied at all.

Copies have a budget. Where it ends, changes are still found but no longer kept: `stop` says up to
which moment contents can be given. A later window of moments is had by running the same again with
another `start`; then nothing is copied or compared before it.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Words = NDArray[Any]
"""Memory as 64-bit words, or as bytes where it is not made of whole words."""


class Ref(NamedTuple):
    """An array as a place in a piece of memory."""

    piece: int
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: np.dtype[Any]


class Patch(NamedTuple):
    """The words that a moment changed: all of a run, or some at an index each."""

    moment: int
    where: slice | NDArray[np.intp]
    words: Words


@dataclass(slots=True, eq=False)
class _Piece:
    """`shadow`: what the memory held last, None where it cannot change; `initial`: what it held
    when it was first kept; `version` counts the changes."""

    owner: Any
    address: int
    initial: Words | None
    shadow: Words | None
    version: int = 0
    patches: list[Patch] = field(default_factory=list)


class Buffers:
    """Keeps contents from moment `start` on, as long as `budget_bytes` lasts."""

    def __init__(self, start: int, budget_bytes: int) -> None:
        self.start, self.stop = start, -1
        self.kept_bytes = 0
        self._budget = budget_bytes
        self._pieces: list[_Piece] = []
        self._by_owner: dict[int, int] = {}
        self._is_keeping = start == 0
        self._made: dict[int, tuple[int, Words]] = {}

    # ---- while it is recorded ----

    def begin(self, moment: int) -> None:
        """`moment` is about to be compared: from `start` on contents are kept."""
        if moment == self.start and not self._is_keeping:
            self._is_keeping = True
            for piece in self._pieces:
                owner = piece.owner() if isinstance(piece.owner, weakref.ref) else None
                if owner is not None:
                    piece.initial = piece.shadow = _words(owner).copy()
                    self.kept_bytes += piece.initial.nbytes

    def end(self, moment: int) -> None:
        """`moment` has been compared."""
        if self._is_keeping and self.kept_bytes > self._budget and self.stop < 0:
            self._is_keeping = False
            self.stop = moment + 1

    @property
    def is_full(self) -> bool:
        """Whether nothing more is kept."""
        return self.stop >= 0

    def clear(self) -> None:
        """Keep nothing any more."""
        self._pieces.clear()
        self._made.clear()
        self.start = self.stop = self.kept_bytes = 0

    def finish(self, n_moments: int) -> None:
        """Nothing more comes: contents can be given, shadows are not needed."""
        if self.stop < 0:
            self.stop = n_moments
        for piece in self._pieces:
            piece.shadow = None
            if isinstance(piece.owner, weakref.ref):
                piece.owner = None
        self._by_owner.clear()

    def ref(self, array: NDArray[Any]) -> Ref:
        """The place of an array; its memory is copied where it is seen for the first time."""
        owner = array
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        number = self._by_owner.get(id(owner))
        if number is None:
            if not (owner.flags.c_contiguous or owner.flags.f_contiguous):
                owner = array = array.copy()
                owner.setflags(write=False)
            number = self._add(owner)
        offset = array.__array_interface__["data"][0] - self._pieces[number].address
        return Ref(number, offset, array.shape, array.strides, array.dtype)

    def version(self, number: int) -> int:
        """How often the memory was seen to have changed."""
        return self._pieces[number].version

    def compare(self, number: int, moment: int) -> bool:
        """Whether the memory has changed since it was last compared; keeps what is new."""
        piece = self._pieces[number]
        owner = piece.owner() if isinstance(piece.owner, weakref.ref) else None
        if piece.shadow is None or owner is None:
            return False
        now = _words(owner)
        changed = np.flatnonzero(now != piece.shadow)
        if not changed.size:
            return False
        if piece.shadow is piece.initial:
            piece.shadow = piece.initial.copy()
        where: slice | NDArray[np.intp] = slice(int(changed[0]), int(changed[-1]) + 1)
        piece.shadow[where] = now[where]
        piece.version += 1
        if self._is_keeping:
            if 2 * changed.size < changed[-1] - changed[0]:
                where = changed
                self.kept_bytes += changed.nbytes
            words = now[where].copy()
            piece.patches.append(Patch(moment, where, words))
            self.kept_bytes += words.nbytes
        return True

    def _add(self, owner: NDArray[Any]) -> int:
        number = len(self._pieces)
        address = owner.__array_interface__["data"][0]
        if owner.flags.writeable:
            gone = weakref.ref(owner, partial(self._forget, id(owner)))
            is_ahead = self.start > 0 and not self._is_keeping and not self.is_full
            copy = None if is_ahead else _words(owner).copy()
            self.kept_bytes += copy.nbytes if self._is_keeping and copy is not None else 0
            piece = _Piece(gone, address, copy if self._is_keeping else None, copy)
        else:
            piece = _Piece(owner, address, _words(owner), None)
        self._pieces.append(piece)
        self._by_owner[id(owner)] = number
        return number

    def _forget(self, owner: int, _gone: object) -> None:
        self._by_owner.pop(owner, None)

    # ---- afterwards ----

    def array(self, ref: Ref, moment: int) -> NDArray[Any] | None:
        """The array as it was after `moment`, start <= moment < stop; None where not kept."""
        words = self._content(ref.piece, moment)
        if words is None:
            return None
        found: NDArray[Any] = np.ndarray(ref.shape, ref.dtype, words, ref.offset, ref.strides)
        found.setflags(write=False)
        return found

    def _content(self, number: int, moment: int) -> Words | None:
        piece = self._pieces[number]
        if piece.initial is None or not piece.patches:
            return piece.initial
        seen, words = self._made.get(number, (-1, piece.initial))
        if seen > moment or seen < 0:
            seen, words = -1, piece.initial.copy()
        for patch in piece.patches:
            if seen < patch.moment <= moment:
                words[patch.where] = patch.words
        self._made[number] = (moment, words)
        return words


def _words(owner: NDArray[Any]) -> Words:
    flat = owner.reshape(-1, order="A") if owner.ndim else owner.reshape(1)
    return flat.view(np.uint64 if flat.nbytes % 8 == 0 and flat.nbytes else np.uint8)
