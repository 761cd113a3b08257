"""Fault words: what a fault of the data is called on the screen. The engine names kinds in code."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gui.language import QT_TRANSLATE_NOOP

NAMES = {
    "not_in_alphabet": QT_TRANSLATE_NOOP("Faults", "not in the alphabet"),
    "too_long": QT_TRANSLATE_NOOP("Faults", "label does not fit in T"),
    "too_wide": QT_TRANSLATE_NOOP("Faults", "picture too wide"),
    "empty_text": QT_TRANSLATE_NOOP("Faults", "empty label"),
    "unreadable_image": QT_TRANSLATE_NOOP("Faults", "unreadable picture"),
    "unreadable_label": QT_TRANSLATE_NOOP("Faults", "unreadable label"),
    "unreadable_archive": QT_TRANSLATE_NOOP("Faults", "unreadable zip"),
    "missing_image": QT_TRANSLATE_NOOP("Faults", "picture missing"),
    "missing_label": QT_TRANSLATE_NOOP("Faults", "label missing"),
    "duplicate_stem": QT_TRANSLATE_NOOP("Faults", "name twice"),
    "bad_json": QT_TRANSLATE_NOOP("Faults", "broken JSON"),
    "empty_box": QT_TRANSLATE_NOOP("Faults", "box without area"),
    "box_clamped": QT_TRANSLATE_NOOP("Faults", "box cut to the page (written)"),
    "box_outside": QT_TRANSLATE_NOOP("Faults", "box outside the page"),
    "dont_care": QT_TRANSLATE_NOOP("Faults", "marked as not to be read"),
}


def fault_name(kind: str) -> str:
    """A fault's kind in the language in force."""
    return QCoreApplication.translate("Faults", NAMES[kind])
