"""Chrome: the panel header, its segments, and the one-line empty state. Grey, one accent, no borders."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from gui.look import Look

HEADER_HEIGHT = 24


class Segments(QWidget):
    """A row of texts of which one (or, with exclusive=False, any) is checked: bg3 behind it, t1 on it."""

    chosen = Signal(str)

    def __init__(
        self, look: Look, keys: Sequence[str], checked: str, *, exclusive: bool = True
    ) -> None:
        super().__init__()
        self.look = look
        self._keys = list(keys)
        self._labels = {key: key for key in keys}
        self._exclusive = exclusive
        self.checked = {checked} if checked else set()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        look.changed.connect(self._relayout)
        self._relayout()

    def set_labels(self, labels: dict[str, str]) -> None:
        """Translated text for each key."""
        self._labels.update(labels)
        self._relayout()

    def set_checked(self, key: str) -> None:
        self.checked = {key}
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(sum(self._widths()), self.look.px(20))

    def _widths(self) -> list[int]:
        metrics = self.fontMetrics()
        return [
            metrics.horizontalAdvance(self._labels[key]) + self.look.px(14) for key in self._keys
        ]

    def _relayout(self) -> None:
        self.setFont(self.look.font("header"))
        self.setFixedSize(self.sizeHint())
        self.update()

    def _rects(self) -> list[QRect]:
        left, rects = 0, []
        for width in self._widths():
            rects.append(QRect(left, 0, width, self.height()))
            left += width
        return rects

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for key, rect in zip(self._keys, self._rects(), strict=True):
            on = key in self.checked
            if on:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self.look.color("bg3"))
                painter.drawRoundedRect(rect, 4, 4)
            painter.setPen(self.look.color("t1" if on else "t3"))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._labels[key])
        if self.hasFocus():
            painter.setPen(self.look.color("acc"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for key, rect in zip(self._keys, self._rects(), strict=True):
            if rect.contains(event.position().toPoint()):
                self.choose(key)

    def choose(self, key: str) -> None:
        """Check this key as a click does, and say so."""
        if self._exclusive:
            self.checked = {key}
        else:
            self.checked ^= {key}
        self.update()
        self.chosen.emit(key)


class PanelHeader(QWidget):
    """24 px: name (600, t1), facts (t3), stretch, then at most three segment groups."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self._name = ""
        self._facts: tuple[tuple[str, str, bool], ...] = ()
        self.is_error = False
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 8, 0)
        self._row.setSpacing(8)
        self._row.addStretch(1)
        look.changed.connect(self._restyle)
        self._restyle()

    def add(self, widget: QWidget) -> None:
        """Put a segment group or an icon at the right end."""
        self._row.addWidget(widget)

    def set_name(self, name: str) -> None:
        self._name = name
        self.update()

    def set_facts(self, *facts: tuple[str, str] | tuple[str, str, bool]) -> None:
        """(text, colour role) pairs after the name; a third True draws with the data font."""
        full = tuple((f[0], f[1], len(f) > 2 and bool(f[2])) for f in facts)
        if full != self._facts:
            self._facts = full
            self.update()

    def _restyle(self) -> None:
        self.setFixedHeight(self.look.px(HEADER_HEIGHT))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.look.color("bg2"))
        if self.is_error:
            painter.fillRect(0, 0, 2, self.height(), self.look.color("err"))
        limit = self._row.itemAt(1).geometry().left() - 8 if self._row.count() > 1 else self.width()
        painter.setClipRect(0, 0, max(0, limit), self.height())
        x = self._text(painter, 8, self._name, "t1", "title")
        for text, role, is_data in self._facts:
            x = self._text(
                painter, x + self.look.px(8), text, role, "data_small" if is_data else "header"
            )

    def _text(self, painter: QPainter, x: int, text: str, role: str, font: str) -> int:
        painter.setFont(self.look.font(font))  # type: ignore[arg-type]
        painter.setPen(self.look.color(role))
        rect = QRect(x, 0, self.width(), self.height())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, text)
        return x + painter.fontMetrics().horizontalAdvance(text)


def paint_empty(painter: QPainter, rect: QRect, text: str, look: Look) -> None:
    """The empty state: one line, t3, centred; no picture."""
    painter.setFont(look.font("body"))
    painter.setPen(look.color("t3"))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)
