"""Held choices: what a panel chooses once a run and keeps until the reader says otherwise.

Ranges that follow every frame flicker and make frames incomparable, and rows that re-sort under the
reader cannot be read. A choice made from nothing (all zero, all NaN) is not kept.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

PERCENTILE = 99.5
OUTGROWN = 2.0
LEAST_SPREAD = 1e-3
"""Standard deviation over time below which hidden units say nothing about one another."""


class HeldRange:
    """Largest magnitude of each layer: the 99.5th percentile of what was seen first.

    It never shrinks. It grows only where training has left it far behind: from twice the range on,
    so a rescale is rare and plain to see, not a flicker.
    """

    def __init__(self) -> None:
        self._high: dict[tuple[str, str], float] = {}

    def clear(self) -> None:
        self._high.clear()

    def hold(self, key: tuple[str, str], values: Array) -> None:
        """Keep the range of `values` under `key` = (layer, array), unless one is kept already
        that is more than half as large."""
        kept = self._high.get(key, 0.0)
        if kept and not np.abs(values).max(initial=0.0) > OUTGROWN * kept:
            return
        finite = np.abs(values[np.isfinite(values)])
        high = float(np.percentile(finite, PERCENTILE)) if finite.size else 0.0
        if high > OUTGROWN * kept:
            self._high[key] = high

    def high(self, key: tuple[str, str]) -> float:
        """The range kept, or 1 where none is."""
        return self._high.get(key, 1.0)


class HeldChannels:
    """Channels of each layer by mean activation, and those that have a strip."""

    def __init__(self, n_strips: int) -> None:
        self._n_strips = n_strips
        self._ranked: dict[str, list[int]] = {}
        self._shown: dict[str, list[int]] = {}
        self._slot: dict[str, int] = {}

    def clear(self) -> None:
        for kept in (self._ranked, self._shown, self._slot):
            kept.clear()

    def hold(self, name: str, maps_CHW: Array) -> None:
        """Rank the channels of layer `name`, unless that was done already."""
        if name not in self._ranked and maps_CHW.max(initial=0) > 0:
            mean_C = maps_CHW.mean(axis=(1, 2))
            self._ranked[name] = np.argsort(-mean_C, kind="stable").tolist()
            self._shown[name] = self._ranked[name][: self._n_strips]

    def shown(self, name: str, n: int) -> list[int]:
        """The channels of the first `n` strips; the first ones where nothing was ranked yet."""
        return self._shown.get(name, list(range(self._n_strips)))[:n]

    def strongest(self, name: str, n: int, n_channels: int) -> list[int]:
        """The `n` strongest channels in their own order."""
        return sorted(self._ranked.get(name, list(range(n_channels)))[:n])

    def choose(self, name: str, channel: int, n: int) -> bool:
        """Give `channel` one of the first `n` strips: its own, or that of the one chosen before.

        Returns whether any strip changed.
        """
        shown = self._shown.get(name)
        if shown is None or channel not in self._ranked[name]:
            return False
        if channel in shown[:n]:
            self._slot[name] = shown.index(channel)
            return False
        slot = min(self._slot.get(name, 0), n - 1)
        if channel in shown:
            shown[shown.index(channel)] = shown[slot]
        shown[slot] = channel
        return True


class HeldUnits:
    """Hidden units of each direction: those that vary most, in the order of their peaks."""

    def __init__(self) -> None:
        self._ranked: dict[str, list[int]] = {}
        self._peak_U: dict[str, Array] = {}
        self._rows: dict[str, list[int]] = {}
        self._picked: dict[str, int] = {}

    def clear(self) -> None:
        for kept in (self._ranked, self._peak_U, self._rows, self._picked):
            kept.clear()

    def hold(self, key: str, hidden_TU: Array) -> None:
        """Rank the units of `key` by variance over time, unless done already or nothing varies."""
        if key in self._ranked or not np.isfinite(hidden_TU).all():
            return
        spread_U = hidden_TU.std(axis=0)
        if spread_U.max(initial=0) < LEAST_SPREAD:
            return
        self._ranked[key] = np.argsort(-spread_U, kind="stable").tolist()
        self._peak_U[key] = np.abs(hidden_TU).argmax(axis=0)
        self._rows.pop(key, None)

    def rows(self, key: str, n: int, n_units: int) -> list[int]:
        """The units of the `n` rows, by time of peak; the same list until `n` changes."""
        n = min(n, n_units)
        rows = self._rows.get(key)
        if rows is None or len(rows) != n:
            rows = self._ranked.get(key, list(range(n_units)))[:n]
            if key in self._peak_U:
                rows.sort(key=lambda unit: int(self._peak_U[key][unit]))
            self._rows[key] = rows
            if key in self._picked:
                self.pick(key, self._picked[key])
        return rows

    def picked(self, key: str) -> int:
        """The unit picked last; before that the one that varies most."""
        return self._picked.get(key, self._ranked.get(key, [0])[0])

    def pick(self, key: str, unit: int) -> None:
        """Pick a unit; where it has no row yet it takes that of the one that varies least."""
        self._picked[key] = unit
        rows, ranked = self._rows.get(key), self._ranked.get(key)
        if rows and ranked and unit in ranked and unit not in rows:
            rows[rows.index(max(rows, key=ranked.index))] = unit
