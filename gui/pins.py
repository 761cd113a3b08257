"""Pins: samples that a person wants at hand, kept in the settings by the data set they are of.

So they are there again in another run on the same data, and in every branch of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from crnn.debug.messages import Frame
    from gui.settings import Settings
    from gui.views.samples import SamplesView

MAX_PINS = 200
_KEY = "pins/"


class Pins(QObject):
    """`changed` says what is pinned in the data set on screen, oldest pin first."""

    changed = Signal(tuple)

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._key = ""
        self._n = 0
        self.samples: tuple[int, ...] = ()

    def join(self, view: SamplesView) -> None:
        """This list shows the pins and sets them."""
        view.pinned.connect(self.toggle)
        self.changed.connect(view.show_pins)
        view.show_pins(self.samples)

    def show_frame(self, frame: Frame) -> None:
        """Take the pins of the data set of this frame, where it is another."""
        from crnn.data.dataset import Derived

        dataset = frame.run.data.home.dataset
        while isinstance(dataset, Derived):  # a branch changed it by hand: the samples are the same
            dataset = dataset.base
        key = _KEY + dataset.fingerprint[:32]
        if key != self._key:
            self._key, self._n = key, len(dataset)
            kept = self._settings.text(key).split(",")
            numbers = (int(text) for text in kept if text.isascii() and text.isdecimal())
            self._take(tuple(number for number in numbers if number < self._n))

    def toggle(self, sample: int) -> None:
        """Pin a sample of the data set, or let it go. One's own drawings have no number to keep."""
        if not 0 <= sample < self._n:
            return
        others = tuple(other for other in self.samples if other != sample)
        is_new = len(others) == len(self.samples)
        self._take((*others, sample)[-MAX_PINS:] if is_new else others)
        self._settings.set_text(self._key, ",".join(map(str, self.samples)))

    def _take(self, samples: tuple[int, ...]) -> None:
        if samples != self.samples:
            self.samples = samples
            self.changed.emit(samples)
