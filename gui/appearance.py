"""Appearance: theme, language and layout: chosen, applied to the application, remembered."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from gui.language import Languages, system_language
from gui.look import Look
from gui.palette import DARK, LIGHT, THEMES
from gui.settings import Settings
from gui.style import qpalette, stylesheet


class Appearance(QObject):
    """Writes the look into the QApplication whenever it changes."""

    def __init__(self, app: QApplication, look: Look, settings: Settings) -> None:
        super().__init__()
        self._app, self._look, self._settings = app, look, settings
        self.languages = Languages()
        self.theme = "auto"
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._system_changed)
        look.changed.connect(self._apply)

    def start(self, theme: str | None, language: str | None) -> None:
        """What the command line says, else what was chosen last, else what the system has."""
        self._set_theme(theme or self._settings.text("theme", "auto"))
        self._apply()
        self.languages.choose(language or self._settings.text("language") or system_language())

    def choose_theme(self, name: str) -> None:
        """ "dark", "light" or "auto"."""
        self._settings.set_text("theme", name)
        self._set_theme(name)

    def choose_language(self, code: str) -> None:
        self._settings.set_text("language", code)
        self.languages.choose(code)

    def _set_theme(self, name: str) -> None:
        self.theme = name if name in THEMES else "auto"
        if self.theme == "auto":
            is_light = self._app.styleHints().colorScheme() == Qt.ColorScheme.Light
            self._look.set_theme(LIGHT if is_light else DARK)
        else:
            self._look.set_theme(THEMES[self.theme])

    def _system_changed(self) -> None:
        if self.theme == "auto":
            self._set_theme("auto")

    def _apply(self) -> None:
        self._app.setPalette(qpalette(self._look.theme))
        self._app.setFont(self._look.font("body"))
        self._app.setStyleSheet(stylesheet(self._look))
