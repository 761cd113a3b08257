"""Watching: what a frame says of breakpoints, watches and hindsight."""

from __future__ import annotations

from crnn.debug.hindsight import Hindsight
from crnn.debug.lookout import Armed, Lookout, Watched
from crnn.debug.points import Filling, PointRow, Watching, WatchRow

SHOWN_HITS = 200


def watching(lookout: Lookout, hindsight: Hindsight | None) -> Watching:
    """A frozen picture of now; the series may be read on, as reports are."""
    newest = (hit for armed in lookout.armed.values() for hit in list(armed.hits)[-SHOWN_HITS:])
    hits = sorted(newest, key=lambda hit: hit.key)
    watches = tuple(
        WatchRow(
            *(w.watch, w.series, len(w.series.values()), w.cost.ms, w.fault),
            _filling(w, hindsight),
        )
        for w in lookout.watched.values()
    )
    return Watching(
        points=tuple(_row(armed, lookout) for armed in lookout.armed.values()),
        watches=watches,
        hits=tuple(hits[-SHOWN_HITS:]),
        names=lookout.catalog.names,
    )


def _filling(watched: Watched, hindsight: Hindsight | None) -> Filling | None:
    if watched.is_settled:
        return None
    if hindsight is not None and watched.watch.number in hindsight.numbers:
        return Filling(*hindsight.progress)
    return Filling(0, 0, float("nan"))


def _row(armed: Armed, lookout: Lookout) -> PointRow:
    number = armed.point.number
    here = next((hit for hit in lookout.stopped if hit.number == number), None)
    last = max(armed.hits, key=lambda hit: hit.key, default=None)
    return PointRow(armed.point, armed.n_hits, last, here, armed.cost.ms, armed.fault)
