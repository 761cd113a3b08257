"""TimeAxis: the one map from timestep to pixel that all panels of the centre column share.

x(t) = left + pitch * t - offset, with a whole-number pitch, so cell edges fall on pixels. Three
zones have the same x in every panel: the gutter (row names), the axis, and the slice at the cursor.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, Signal

PITCHES = (24, 20, 16, 12, 10)
"""Pixels a timestep, widest first; the image is `stride` pixels a timestep and grows along."""
GAP = 6
"""Between the axis and the slice zone."""


class TimeAxis(QObject):
    """Geometry only: sizes come from `fit`, scrolling from `scroll_to`."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.width = 0
        self.gutter = 84
        self.slice_min = 156
        self.pitch = 16
        self.n_frames = 0
        self.n_reference = 32
        self.offset = 0

    def fit(self, *, width: int, n_frames: int, n_reference: int, pitch_max: int) -> None:
        """Choose the widest pitch at which both `n_frames` and the run's usual `n_reference`
        timesteps fit a column `width` pixels wide; where even the narrowest does not, scroll."""
        small = width < 1000
        gutter, slice_min = (60, 96) if small else (84, 156)
        room = width - gutter - slice_min - GAP
        wanted = max(n_frames, n_reference, 1)
        allowed = [pitch for pitch in PITCHES if pitch <= pitch_max]
        pitch = next((p for p in allowed if p * wanted <= room), PITCHES[-1])
        state = (width, gutter, slice_min, pitch, n_frames, n_reference)
        old = (self.width, self.gutter, self.slice_min, self.pitch, self.n_frames, self.n_reference)
        if state != old:
            self.width, self.gutter, self.slice_min, self.pitch, self.n_frames, self.n_reference = (
                state
            )
            self.offset = min(self.offset, self.offset_max)
            self.changed.emit()

    @property
    def length(self) -> int:
        """Pixels of axis on the screen."""
        room = self.width - self.gutter - self.slice_min - GAP
        return max(0, min(room, self.pitch * max(self.n_frames, self.n_reference)))

    @property
    def offset_max(self) -> int:
        return max(0, self.pitch * self.n_frames - self.length)

    @property
    def slice_left(self) -> int:
        return self.gutter + self.length + GAP

    def scroll_to(self, offset: int) -> None:
        clamped = max(0, min(offset, self.offset_max))
        if clamped != self.offset:
            self.offset = clamped
            self.changed.emit()

    def reveal(self, t: int) -> None:
        """Scroll as little as needed to bring column t into view."""
        left = self.pitch * t
        if left < self.offset:
            self.scroll_to(left)
        elif left + self.pitch > self.offset + self.length:
            self.scroll_to(left + self.pitch - self.length)

    def x(self, t: float) -> int:
        """Left edge of column t; t may be fractional (image and conv columns)."""
        return self.gutter + round(self.pitch * t) - self.offset

    def t_at(self, x: int) -> int:
        """The timestep under x, or -1 outside the axis."""
        if not self.gutter <= x < self.gutter + self.length:
            return -1
        t = (x - self.gutter + self.offset) // self.pitch
        return t if t < self.n_frames else -1

    def column_rect(self, t: int, top: int, height: int) -> QRect:
        return QRect(self.x(t), top, self.pitch, height)

    def data_rect(self, top: int, height: int) -> QRect:
        """Where the n_frames columns lie (may reach beyond the axis when scrolled)."""
        return QRect(self.x(0), top, self.pitch * self.n_frames, height)

    def axis_rect(self, top: int, height: int) -> QRect:
        return QRect(self.gutter, top, self.length, height)

    def slice_rect(self, top: int, height: int) -> QRect:
        return QRect(self.slice_left, top, max(0, self.width - self.slice_left - 8), height)
