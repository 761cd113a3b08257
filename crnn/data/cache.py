"""A memo of pure values under a byte budget.

It may be read from several threads without a lock: values are pure, so the worst that a race does
is to compute one twice. Once the budget is full, new values are computed each time, not evicted:
epochs visit samples in random order, where eviction would gain nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

import numpy as np

Key = TypeVar("Key", bound=Hashable)
Array = TypeVar("Array", bound=np.ndarray[Any, Any])


class ArrayCache(Generic[Key, Array]):
    """Arrays by key, kept until `budget_bytes` are held."""

    __slots__ = ("_arrays", "_held_bytes", "budget_bytes")

    def __init__(self, budget_bytes: int) -> None:
        self.budget_bytes = budget_bytes
        self._arrays: dict[Key, Array] = {}
        self._held_bytes = 0

    def get(self, key: Key, make: Callable[[], Array]) -> Array:
        """The array of `key`, made by `make` where it is not held."""
        held = self._arrays.get(key)
        if held is not None:
            return held
        made = make()
        if self._held_bytes + made.nbytes <= self.budget_bytes:
            self._held_bytes += made.nbytes
            self._arrays[key] = made
        return made
