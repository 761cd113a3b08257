"""Moving over training steps: which steps the axis shows, and how often a drag may ask for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crnn.debug.messages import Command

LEAST_SPAN = 20
"""Steps; zooming in ends here."""


class StepRange:
    """The steps at both ends of an axis: the whole run, or what the person zoomed to."""

    def __init__(self) -> None:
        self._whole = (0.0, 1.0)
        self._zoom: tuple[float, float] | None = None

    @property
    def ends(self) -> tuple[float, float]:
        return self._zoom or self._whole

    @property
    def is_zoomed(self) -> bool:
        return self._zoom is not None

    def fit(self, first: int, last: int) -> None:
        """The run now reaches from `first` to `last`; a zoom stays as it is."""
        self._whole = float(first), float(last)

    def show(self, low: float, high: float) -> None:
        """Zoom to low..high, kept inside the run and no narrower than LEAST_SPAN."""
        first, last = self._whole
        span = min(max(high - low, LEAST_SPAN), last - first)
        low = max(first, min((low + high - span) / 2, last - span))
        self._zoom = None if span >= last - first else (low, low + span)

    def zoom(self, centre: float, factor: float) -> None:
        """Make the span `factor` times as wide; `centre` stays where it is."""
        low, high = self.ends
        span = max((high - low) * factor, LEAST_SPAN)
        share = (centre - low) / (high - low)
        self.show(centre - share * span, centre + (1 - share) * span)

    def pan(self, share: float) -> None:
        """Move by this share of the span; a positive one towards later steps."""
        low, high = self.ends
        if self._zoom is not None:
            self.show(low + share * (high - low), high + share * (high - low))

    def reset(self) -> None:
        self._zoom = None


class Drag:
    """Paces a drag: a step is asked for only when the answer to the last one was shown, so a fast
    hand cannot fill the queue. The last wish is always asked for."""

    def __init__(self) -> None:
        self.target: int | None = None
        self._asked: int | None = None
        self._is_waiting = False

    def move(self, step: int) -> int | None:
        """The pointer is at `step`; returns the step to ask for now, if any."""
        self.target = step
        return self._next()

    def shown(self) -> int | None:
        """A frame was shown; returns the step to ask for now, if any."""
        self._is_waiting = False
        return self._next()

    def release(self) -> int | None:
        """The pointer let go; returns the step still to be asked for, if any."""
        self._is_waiting = False
        step = self._next()
        self.target = self._asked = None
        self._is_waiting = False
        return step

    def _next(self) -> int | None:
        if self._is_waiting or self.target is None or self.target == self._asked:
            return None
        self._asked, self._is_waiting = self.target, True
        return self.target


def sought(step: int, head: int) -> Command:
    """How to get to a recorded step; the head is LIVE, which may have moved on meanwhile."""
    from crnn.debug.messages import ReturnToLive, Seek

    return ReturnToLive() if step == head else Seek(step)
