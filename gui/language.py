"""Language: English in the source, Korean from assets/i18n/ko.qm, switched in a running window."""

from __future__ import annotations

from typing import Literal, cast

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

import assets

Code = Literal["en", "ko"]


def system_language() -> Code:
    """Korean where the system's locale is, English everywhere else."""
    return "ko" if QLocale.system().language() == QLocale.Language.Korean else "en"


def QT_TRANSLATE_NOOP(_context: str, text: str) -> str:
    """Marks `text` for lupdate, which knows this name; PySide6's own is typed as object."""
    return text


class Languages:
    """The translators in force. Widgets are told by Qt's LanguageChange event."""

    def __init__(self) -> None:
        self.code: Code = "en"
        self._installed: list[QTranslator] = []

    def choose(self, code: str) -> None:
        """Switch to "en" or "ko"; every widget gets a LanguageChange event."""
        if code == self.code:
            return
        for translator in self._installed:
            QCoreApplication.removeTranslator(translator)
        self._installed.clear()
        self.code = cast(Code, code)
        if code == "ko":
            qt = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
            self._install(f"{qt}/qtbase_ko.qm")
            self._install(str(assets.path("i18n", "ko.qm")))
        QLocale.setDefault(QLocale("ko_KR" if code == "ko" else "en_US"))

    def _install(self, file: str) -> None:
        translator = QTranslator()
        if translator.load(file):
            QCoreApplication.installTranslator(translator)
            self._installed.append(translator)
