"""Thumbnails: small pictures of samples in ink colours, made when they are first seen.

Scaled smoothly, unlike every heat map: they are for finding a sample, not for reading its pixels.
A paint makes as many as fit its time budget; the rest follow one by one while the program is idle.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap

from crnn.errors import DatasetError
from gui.heat import indices, picture
from gui.look import Look

if TYPE_CHECKING:
    from crnn.data.dataset import TrainingSet

_KEPT = 600
BUDGET_S = 0.006


class Thumbnails(QObject):
    """`get` answers at once; `ready` says that one more can be had."""

    ready = Signal()

    def __init__(self, look: Look, parent: QObject) -> None:
        super().__init__(parent)
        self._look = look
        self._data: TrainingSet | None = None
        self._made: OrderedDict[int, QPixmap | None] = OrderedDict()
        self._wanted: OrderedDict[int, None] = OrderedDict()
        self._size = QSize()
        self._ratio = 1.0
        self._deadline = 0.0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._make_next)
        look.changed.connect(self.clear)

    def clear(self) -> None:
        """The theme or the data changed."""
        self._made.clear()
        self._wanted.clear()
        self._timer.stop()

    def begin(self, data: TrainingSet, size: QSize, ratio: float) -> None:
        """A paint starts: pictures of this data at most this large (logical pixels)."""
        before, self._data = self._data, data
        is_other = before is None or data.home is not before.home
        if is_other or size != self._size or ratio != self._ratio:
            self._size, self._ratio = size, ratio
            self.clear()
        elif data is not before:  # a drawing went on
            for sample in [sample for sample in self._made if sample >= data.n_own]:
                del self._made[sample]
        self._wanted.clear()
        self._deadline = time.monotonic() + BUDGET_S

    def get(self, sample: int) -> QPixmap | None:
        """The picture, or None where there is none or not yet."""
        if sample in self._made:
            self._made.move_to_end(sample)
            return self._made[sample]
        if time.monotonic() < self._deadline:
            return self._make(sample)
        self._wanted[sample] = None
        self._timer.start()
        return None

    def _make_next(self) -> None:
        if self._wanted:
            self._make(self._wanted.popitem(last=False)[0])
            self.ready.emit()
        else:
            self._timer.stop()

    def _make(self, sample: int) -> QPixmap | None:
        if self._data is None:
            return None
        try:
            x_HW = self._data.prepared(sample)
        except DatasetError:  # its fault is shown beside the empty place
            made = None
        else:
            ink = picture(indices(x_HW, 0.0, 1.0), self._look.theme.ink)
            made = self._scaled(ink)
        self._made[sample] = made
        while len(self._made) > _KEPT:
            self._made.popitem(last=False)
        return made

    def _scaled(self, ink: QImage) -> QPixmap:
        small = ink.scaled(
            self._size * self._ratio,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        made = QPixmap.fromImage(small)
        made.setDevicePixelRatio(self._ratio)
        return made
