"""What the engine calls its events, for translation: it speaks English and knows no screen."""

from __future__ import annotations

import re

from PySide6.QtCore import QCoreApplication

from gui.language import QT_TRANSLATE_NOOP

TITLES = (
    QT_TRANSLATE_NOOP("Engine", "Cannot run"),
    QT_TRANSLATE_NOOP("Engine", "Cannot step"),
    QT_TRANSLATE_NOOP("Engine", "Cannot set the learning rate"),
    QT_TRANSLATE_NOOP("Engine", "The run cannot start"),
    QT_TRANSLATE_NOOP("Engine", "Cannot save"),
    QT_TRANSLATE_NOOP("Engine", "Cannot load"),
    QT_TRANSLATE_NOOP("Engine", "Cannot show this sample"),
    QT_TRANSLATE_NOOP("Engine", "Cannot go there"),
    QT_TRANSLATE_NOOP("Engine", "The recording cannot be closed"),
    QT_TRANSLATE_NOOP("Engine", "Training stopped"),
    QT_TRANSLATE_NOOP("Engine", "Error in the engine"),
    QT_TRANSLATE_NOOP("Engine", "Error in the window"),
)
REASONS = {
    "this is the first step of the run": QT_TRANSLATE_NOOP(
        "Engine", "This is the first step of the run."
    ),
    "the recording ends here": QT_TRANSLATE_NOOP("Engine", "The recording ends here."),
    "the seek was cancelled": QT_TRANSLATE_NOOP("Engine", "The search for a step was cancelled."),
    "learning rate": QT_TRANSLATE_NOOP("Engine", "The learning rate is changed from here on."),
    "stopped": QT_TRANSLATE_NOOP("Engine", "The recording is closed."),
}
"""Why the engine parked, where that is worth a sentence."""
NOTES = (
    QT_TRANSLATE_NOOP("Engine", "{} of the channels are {} everywhere"),
    QT_TRANSLATE_NOOP("Engine", "{} of the gates are saturated"),
    QT_TRANSLATE_NOOP("Engine", "the largest logit is {}"),
    QT_TRANSLATE_NOOP("Engine", "its gradient is {} of the largest"),
    QT_TRANSLATE_NOOP("Engine", "the gradient norm is {}, cut to {}"),
    QT_TRANSLATE_NOOP("Engine", "the last update changed its weights by {} of their size"),
    QT_TRANSLATE_NOOP("Engine", "blank has {} of the probability: normal at first, not for long"),
    QT_TRANSLATE_NOOP("Engine", "{} samples need more timesteps than their picture gives"),
)
"""What is said of an op's health, with {} for each number."""
_NUMBER = re.compile(r"\d(?:[\d,.]*\d)?(?:e[+-]?\d+)?%?|\bnan\b|\binf\b")


def title(text: str) -> str:
    """A Failed event's title in the language in force."""
    return QCoreApplication.translate("Engine", text)


def reason(text: str) -> str:
    """A Parked event's reason as a sentence; "" where the state says it all."""
    found = REASONS.get(text, "")
    return QCoreApplication.translate("Engine", found) if found else ""


def note(text: str) -> str:
    """A sentence about an op's health in the language in force, its numbers as they are."""
    translated = QCoreApplication.translate("Engine", _NUMBER.sub("{}", text))
    return translated.format(*_NUMBER.findall(text))
