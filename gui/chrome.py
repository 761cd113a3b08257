"""Chrome: panel header, its segments and icons, the empty state. Grey, one accent, no borders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from gui.icons import pixmap
from gui.look import FontRole, Look

HEADER_HEIGHT = 24


class Segments(QWidget):
    """A row of texts of which one (or, with exclusive=False, any) is checked: bg3 and t1.
    `is_framed`: on the tool bar, with a line round it."""

    chosen = Signal(str)

    def __init__(
        self,
        look: Look,
        keys: Sequence[str],
        checked: str,
        *,
        exclusive: bool = True,
        is_framed: bool = False,
    ) -> None:
        super().__init__()
        self.look = look
        self._keys = list(keys)
        self._labels = {key: key for key in keys}
        self._exclusive, self._is_framed = exclusive, is_framed
        self.checked = {checked} if checked else set()
        self._at = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        look.changed.connect(self._relayout)
        self._relayout()

    def set_labels(self, labels: dict[str, str]) -> None:
        """Translated text for each key."""
        self._labels.update(labels)
        self._relayout()

    def set_keys(self, keys: Sequence[str], checked: str) -> None:
        """Other choices, e.g. the gates of another cell; labels are kept."""
        if list(keys) != self._keys:
            self._keys, self._at = list(keys), 0
            self._labels = {key: self._labels.get(key, key) for key in keys}
            self._relayout()
        self.set_checked(checked)

    def set_checked(self, key: str) -> None:
        self.checked = {key}
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(sum(self._widths()), self.look.px(24 if self._is_framed else 20))

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
        if self._is_framed:
            self._paint_frame(painter)
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
            outlined = self.rect() if self._exclusive else self._rects()[self._at]
            painter.drawRoundedRect(outlined.adjusted(0, 0, -1, -1), 4, 4)

    def _paint_frame(self, painter: QPainter) -> None:
        """A line round them all, and one between any two."""
        painter.setPen(self.look.color("line2"))
        painter.setBrush(self.look.color("bg1"))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        for rect in self._rects()[1:]:
            painter.drawLine(rect.left(), 1, rect.left(), self.height() - 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for key, rect in zip(self._keys, self._rects(), strict=True):
            if rect.contains(event.position().toPoint()):
                self.choose(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows check the neighbour; where nothing excludes anything, they go to it, and Space
        toggles it."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if self._exclusive and step:
            at = next((i for i, key in enumerate(self._keys) if key in self.checked), 0)
            wanted = max(0, min(len(self._keys) - 1, at + step))
            if self._keys[wanted] not in self.checked:
                self.choose(self._keys[wanted])
        elif step:
            self._at = max(0, min(len(self._keys) - 1, self._at + step))
            self.update()
        elif not self._exclusive and event.key() == Qt.Key.Key_Space:
            self.choose(self._keys[self._at])
        else:
            super().keyPressEvent(event)

    def choose(self, key: str) -> None:
        """Check this key as a click does, and say so."""
        if self._exclusive:
            self.checked = {key}
        else:
            self.checked ^= {key}
        self.update()
        self.chosen.emit(key)


class IconButton(QAbstractButton):
    """20 px of icon in a header; what it does stands in its tooltip and accessible name."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self.look, self._icon_name = look, name
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        look.changed.connect(self._relayout)
        self._relayout()

    def _relayout(self) -> None:
        self.setFixedSize(self.look.px(20), self.look.px(20))
        self.update()

    def set_text(self, text: str) -> None:
        """Translated tooltip and accessible name."""
        self.setToolTip(text)
        self.setAccessibleName(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked() or self.underMouse()
        painter.setPen(self.look.color("acc") if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(self.look.color("bg3") if on else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        color = self.look.theme.t1 if self.isChecked() else self.look.theme.t3
        size = self.look.px(13)
        place = (self.width() - size) // 2
        painter.drawPixmap(
            place, place, pixmap(self._icon_name, color, size, self.devicePixelRatioF())
        )


class Fact(NamedTuple):
    """One piece of header text: `is_data` draws it with the data font, `is_mono` as a number,
    `glued` leaves no gap before it, `underlined` marks a wrong letter."""

    text: str
    role: str
    is_data: bool = False
    glued: bool = False
    underlined: bool = False
    is_mono: bool = False


class PanelHeader(QWidget):
    """24 px: name (600, t1), facts (t3), stretch, then at most three segment groups."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self._name = ""
        self._side = ""
        self._facts: tuple[Fact, ...] = ()
        self.is_error = self.is_focused = False
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 8, 0)
        self._row.setSpacing(8)
        self._row.addStretch(1)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        look.changed.connect(self._restyle)
        self._restyle()

    def add(self, widget: QWidget) -> None:
        """Put a segment group or an icon at the right end."""
        self._row.addWidget(widget)

    def set_name(self, name: str) -> None:
        self._name = name
        self.update()

    def set_side(self, side: str) -> None:
        """Whose numbers are shown while two futures are compared: a sign behind the name."""
        if side != self._side:
            self._side = side
            self.update()

    def set_facts(self, *facts: tuple[str, str] | tuple[str, str, bool] | Fact) -> None:
        """(text, colour role) pairs after the name; a third True draws with the data font, and a
        Fact says the rest."""
        full = tuple(f if isinstance(f, Fact) else Fact(*f) for f in facts)
        if full != self._facts:
            self._facts = full
            self.update(0, 0, self._facts_end(), self.height())

    def _restyle(self) -> None:
        self.setFixedHeight(self.look.px(HEADER_HEIGHT))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """A dock takes the height of its title bar from here."""
        return QSize(super().sizeHint().width(), self.look.px(HEADER_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.look.color("bg2"))
        if self.is_error:
            painter.fillRect(0, 0, 2, self.height(), self.look.color("err"))
        end = self._facts_end()
        painter.setClipRect(0, 0, end, self.height())
        x = self._text(painter, 8, self._name, "acc" if self.is_focused else "t1", "title")
        if self._side:
            x = self._text(painter, x + self.look.px(8), self._side, "acc", "title")
        for fact in self._facts:
            left = x + (0 if fact.glued else self.look.px(8))
            font: FontRole = "data_small" if fact.is_data else "mono" if fact.is_mono else "header"
            painter.setFont(self.look.font(font))
            shown = painter.fontMetrics().elidedText(
                fact.text, Qt.TextElideMode.ElideRight, max(0, end - left)
            )
            x = self._text(painter, left, shown, fact.role, font)
            if shown != fact.text:
                return
            if fact.underlined:
                painter.fillRect(left, self.height() - 5, x - left, 1, self.look.color(fact.role))

    def _facts_end(self) -> int:
        """Where the facts must end: 8 px before the first widget at the right."""
        widgets = [item.widget() for i in range(self._row.count()) if (item := self._row.itemAt(i))]
        lefts = [widget.x() for widget in widgets if widget is not None and widget.isVisible()]
        return max(0, min(lefts) - 8) if lefts else self.width()

    def _text(self, painter: QPainter, x: int, text: str, role: str, font: FontRole) -> int:
        painter.setFont(self.look.font(font))
        painter.setPen(self.look.color(role))
        rect = QRect(x, 0, self.width(), self.height())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, text)
        return x + painter.fontMetrics().horizontalAdvance(text)


def paint_empty(
    painter: QPainter, rect: QRect, text: str, look: Look, *, is_data: bool = False
) -> None:
    """The empty state: one line, t3, centred; no picture. `is_data`: it may name what data hold."""
    painter.setFont(look.font("data_small" if is_data else "body"))
    painter.setPen(look.color("t3"))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)
