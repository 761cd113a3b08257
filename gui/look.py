"""Look: the theme and the fonts in force, one object handed to every widget.

Widgets read `look.theme` and `look.font(role)` while they paint and repaint on `look.changed`.
Interface words use Inter and NanumSquare; whatever comes from data or the net uses NanumGothic,
because NanumSquare has 8,693 empty syllable glyphs; numbers and code use JetBrains Mono.
"""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics

import assets
from gui.palette import DARK, Theme

FontRole = Literal[
    "body", "title", "header", "data", "data_small", "reading", "mono", "mono_small", "value"
]

_SIZES: dict[FontRole, tuple[str, int, QFont.Weight]] = {
    "body": ("sans", 12, QFont.Weight.Normal),
    "title": ("sans", 12, QFont.Weight.DemiBold),
    "header": ("sans", 12, QFont.Weight.Normal),
    "data": ("data", 13, QFont.Weight.DemiBold),
    "data_small": ("data", 12, QFont.Weight.Normal),
    "reading": ("data", 22, QFont.Weight.Normal),
    "mono": ("mono", 11, QFont.Weight.Normal),
    "mono_small": ("mono", 11, QFont.Weight.Normal),
    "value": ("mono", 24, QFont.Weight.Medium),
}
_FAMILIES = {
    "sans": ["Inter", "NanumSquare"],
    "data": ["NanumGothic"],
    "mono": ["JetBrains Mono", "NanumGothic"],
}


def load_fonts() -> None:
    """Register the shipped interface fonts with Qt; call once, after QApplication."""
    for file in sorted(assets.path("fonts").glob("*.[to]tf")):
        QFontDatabase.addApplicationFont(str(file))


class Look(QObject):
    """The theme, the type scale (1.35 in the Teach layout), and the fonts made from them."""

    changed = Signal()

    def __init__(self, theme: Theme = DARK, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.scale = 1.0
        self._fonts: dict[FontRole, QFont] = {}
        self._colors: dict[tuple[str, float], QColor] = {}

    def set_theme(self, theme: Theme) -> None:
        if theme is not self.theme:
            self.theme = theme
            self._colors.clear()
            self.changed.emit()

    def set_scale(self, scale: float) -> None:
        if scale != self.scale:
            self.scale = scale
            self._fonts.clear()
            self.changed.emit()

    def font(self, role: FontRole) -> QFont:
        """The font of a role at the current scale, in whole pixels."""
        if role not in self._fonts:
            family, size, weight = _SIZES[role]
            font = QFont(_FAMILIES[family])
            font.setPixelSize(round(size * self.scale))
            font.setWeight(weight)
            if family == "mono":
                font.setFeature(QFont.Tag("calt"), 0)
                font.setFeature(QFont.Tag("zero"), 0)
            self._fonts[role] = font
        return self._fonts[role]

    def legible(self, text: str) -> str:
        """`text` with every character that no font here draws named by its code point, U+90CE:
        an empty box would say nothing."""
        metrics = QFontMetrics(self.font("data"))
        return "".join(
            char if char.isspace() or metrics.inFontUcs4(ord(char)) else f"U+{ord(char):04X}"
            for char in text
        )

    def color(self, role: str, alpha: float = 1.0) -> QColor:
        """The colour of a theme role, e.g. color("acc", 0.12). Shared: do not change it."""
        found = self._colors.get((role, alpha))
        if found is None:
            found = QColor(getattr(self.theme, role))
            found.setAlphaF(alpha)
            self._colors[role, alpha] = found
        return found

    def curve(self, place: int, alpha: float = 1.0) -> QColor:
        """The colour of the curve at this place among its likes. Shared: do not change it."""
        found = self._colors.get((f"curve {place}", alpha))
        if found is None:
            found = QColor(self.theme.curves[place % len(self.theme.curves)])
            found.setAlphaF(alpha)
            self._colors[f"curve {place}", alpha] = found
        return found

    def px(self, size: int) -> int:
        """A length at the current scale."""
        return size if self.scale == 1.0 else round(size * self.scale)
