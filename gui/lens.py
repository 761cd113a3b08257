"""Lens: which of two futures the window shows: A, the state on screen, B beside it, or B - A.

One switch for all views. Where nothing is compared there is only A, whatever the switch says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from PySide6.QtCore import QCoreApplication, QObject, Signal

from gui.language import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from crnn.debug.branch_messages import Compared
    from crnn.debug.messages import Frame, HealthMark, OpHealth, Survey
    from crnn.debug.trace import Trace

Side = Literal["a", "b", "difference"]
SIDES: dict[str, str] = {"a": "A", "b": "B", "difference": "Δ"}
"""What each side is called, in both languages."""
NOT_YET = QT_TRANSLATE_NOOP("Lens", "B is being recomputed…")
WHY = {
    "another sample": QT_TRANSLATE_NOOP("Lens", "A and B show different samples."),
    "another width": QT_TRANSLATE_NOOP(
        "Lens", "A and B have pictures of different widths, so nothing can be subtracted."
    ),
}


def compared(frame: Frame) -> Compared | None:
    """B of a frame, if there is one."""
    return frame.branches.compared if frame.branches is not None else None


def branch_name(name: str) -> str:
    """A branch as the screen calls it: the run as it began has no name of its own."""
    return name or QCoreApplication.translate("Lens", QT_TRANSLATE_NOOP("Lens", "original"))


def _changed(a: OpHealth, b: OpHealth) -> OpHealth:
    """The marks of `b` that `a` does not have; its sentences where there is one."""
    from crnn.debug.messages import OpHealth

    marks: dict[str, HealthMark] = {
        name: "none" if getattr(a, name) == getattr(b, name) else getattr(b, name)
        for name in ("act", "grad", "upd")
    }
    notes = b.notes if set(marks.values()) & {"warn", "bad"} else ()
    return OpHealth(b.name, b.shape, marks["act"], marks["grad"], marks["upd"], notes)


class Lens(QObject):
    """The switch. The difference is made once a frame, whoever asks first."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._side: Side = "a"
        self._made: tuple[Frame, Trace | None, str] | None = None

    def choose(self, side: Side) -> None:
        """Turn the switch."""
        if side != self._side:
            self._side = side
            self.changed.emit()

    def side(self, frame: Frame | None) -> Side:
        """What is shown of this frame."""
        return self._side if frame is not None and compared(frame) is not None else "a"

    def trace(self, frame: Frame | None) -> Trace | None:
        """The trace to draw; None where there is none, see `problem`."""
        side = self.side(frame)
        if frame is None or side == "a":
            return frame.trace if frame is not None else None
        b = compared(frame)
        if side == "b":
            return b.trace if b is not None else None
        return self._difference(frame)[0]

    def survey(self, frame: Frame) -> Survey:
        """Every sample's loss and reading on this side; of a difference, B's reading and by how
        many nats its loss is more than A's."""
        a, b, side = frame.survey, compared(frame), self.side(frame)
        if side == "a" or b is None:
            return a
        if side == "b":
            return b.survey
        from crnn.debug.messages import Survey

        step_M = np.where(a.step_M < 0, a.step_M, b.survey.step_M)
        return Survey(b.survey.loss_nats_M - a.loss_nats_M, b.survey.text_M, step_M)

    def health(self, frame: Frame) -> tuple[OpHealth, ...]:
        """The marks of the ops on this side; of a difference, B's where they are not A's."""
        b, side = compared(frame), self.side(frame)
        if side == "a" or b is None:
            return frame.health
        if side == "b" or len(b.health) != len(frame.health):
            return b.health
        return tuple(_changed(x, y) for x, y in zip(frame.health, b.health, strict=True))

    def problem(self, frame: Frame | None) -> str:
        """Why there is no trace though A has one, as a sentence; "" where there is one."""
        b = compared(frame) if frame is not None else None
        if frame is None or b is None or self.side(frame) == "a":
            return ""
        text = NOT_YET
        if b.trace is not None:
            text = self._difference(frame)[1] if self._side == "difference" else ""
        return QCoreApplication.translate("Lens", text) if text else ""

    def _difference(self, frame: Frame) -> tuple[Trace | None, str]:
        if self._made is None or self._made[0] is not frame:
            self._made = frame, *self._subtract(frame)
        return self._made[1:]

    def _subtract(self, frame: Frame) -> tuple[Trace | None, str]:
        from crnn.debug.comparing import Unlike, difference

        b = compared(frame)
        if frame.trace is None or b is None or b.trace is None:
            return None, NOT_YET
        try:
            return difference(frame.trace, b.trace), ""
        except Unlike as error:
            return None, WHY[str(error)]
