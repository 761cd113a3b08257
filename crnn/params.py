"""FlatParams: named arrays that are views of one read-only vector.

One vector makes the optimiser, a snapshot and a digest one operation each instead of one a tensor.
Each tensor starts at a multiple of 16 elements, so that its bytes can be read as whole 64-bit words
and its rows start on cache lines; the gap holds zeros.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from numpy.typing import DTypeLike

from crnn.arrays import Real, frozen, zeros
from crnn.errors import ShapeError

ALIGNMENT = 16


class Place(NamedTuple):
    """Where a tensor lies in the flat vector: elements [start, stop)."""

    name: str
    shape: tuple[int, ...]
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The places of all tensors, in order, and the length of the vector with its gaps."""

    places: tuple[Place, ...]
    size: int

    @classmethod
    def of(cls, shapes: Mapping[str, tuple[int, ...]]) -> Layout:
        places, start = [], 0
        for name, shape in shapes.items():
            stop = start + math.prod(shape)
            places.append(Place(name, shape, start, stop))
            start = -(-stop // ALIGNMENT) * ALIGNMENT
        return cls(tuple(places), start)

    @property
    def n_elements(self) -> int:
        """Without the gaps."""
        return sum(place.stop - place.start for place in self.places)

    def flatten(self, arrays: Mapping[str, Real], dtype: DTypeLike) -> Real:
        """A fresh flat vector of these arrays. Raises ShapeError naming what does not fit."""
        flat: Real = zeros((self.size,), dtype)
        if missing := [p.name for p in self.places if p.name not in arrays]:
            raise ShapeError(f"there is no array for {', '.join(missing)}")
        if unknown := sorted(set(arrays) - {p.name for p in self.places}):
            raise ShapeError(f"no tensor of this network is called {', '.join(unknown)}")
        for name, shape, start, stop in self.places:
            if arrays[name].shape != shape:
                raise ShapeError(f"{name} has shape {arrays[name].shape}, needed is {shape}")
            flat[start:stop] = arrays[name].ravel()
        return flat


class FlatParams(Mapping[str, Real]):
    """Name -> read-only view of `flat`, in the order of the layout."""

    __slots__ = ("_views", "flat", "layout")

    def __init__(self, layout: Layout, flat: Real) -> None:
        """Freezes `flat`; raises ShapeError where its length is not the layout's."""
        if flat.shape != (layout.size,):
            raise ShapeError(f"a flat vector of shape {(layout.size,)} is needed, got {flat.shape}")
        self.layout = layout
        self.flat = frozen(flat)
        self._views = {
            name: flat[start:stop].reshape(shape) for name, shape, start, stop in layout.places
        }

    @classmethod
    def from_arrays(
        cls, layout: Layout, arrays: Mapping[str, Real], dtype: DTypeLike
    ) -> FlatParams:
        """Copies `arrays`; raises ShapeError naming a missing, unknown or wrongly shaped tensor."""
        return cls(layout, layout.flatten(arrays, dtype))

    def __reduce__(self) -> tuple[type[FlatParams], tuple[Layout, Real]]:
        """Travels as its vector; the views are made anew."""
        return FlatParams, (self.layout, self.flat)

    def __getitem__(self, name: str) -> Real:
        return self._views[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._views)

    def __len__(self) -> int:
        return len(self._views)

    def __repr__(self) -> str:
        return f"FlatParams({len(self)} tensors, {self.layout.n_elements:,} elements)"
