"""The phase strip: a training step as a row of its phases, with the time each takes.

It stands above the time axis while one looks inside a step. What has been done is solid, what is
still to come faint; the bar below a name is its share of the slowest phase.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from gui.look import Look
from gui.numerals import percent

if TYPE_CHECKING:
    from crnn.debug.inner import Inner, PhaseInfo, TensorUpdate

CELLS, FACTS = 24, 18
PAD, GAP = 8, 7
"""Pixels at the ends, and between one way and the next."""
USUAL = 1e-3
"""A healthy update / weight ratio."""


class PhaseStrip(QWidget):
    """Shows an Inner; hidden where there is none. `commanded` carries a GoToPhase."""

    commanded = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.inner: Inner | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        look.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def _restyle(self) -> None:
        self.setFixedHeight(self.look.px(CELLS) + self.look.px(FACTS) + 4)
        self.update()

    def show_inner(self, inner: Inner | None) -> None:
        self.inner = inner
        self.setVisible(inner is not None)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.update()
        super().changeEvent(event)

    # ---- geometry ----

    def cells(self) -> list[QRect]:
        """Where each phase stands: as wide as its name where there is room, else all alike."""
        inner = self.inner
        if inner is None:
            return []
        metrics = QFontMetrics(self.look.font("mono_small"))
        wanted = [metrics.horizontalAdvance(_short(phase)) + 10 for phase in inner.phases]
        ways = [phase.way for phase in inner.phases]
        gaps = [GAP if i and ways[i] != ways[i - 1] else 1 for i in range(len(ways))]
        room = self.width() - 2 * PAD - sum(gaps)
        scale = room / sum(wanted)
        found, x = [], float(PAD)
        for gap, wide in zip(gaps, wanted, strict=True):
            x += gap
            left = round(x)
            x += wide * scale
            found.append(QRect(left, 2, max(1, round(x) - left), self.look.px(CELLS)))
        return found

    def phase_at(self, x: int) -> int:
        """The phase under x, -1 between and beside them."""
        cells = self.cells()
        return next((i for i, cell in enumerate(cells) if cell.left() <= x <= cell.right()), -1)

    # ---- painting ----

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look, inner = QPainter(self), self.look, self.inner
        painter.fillRect(self.rect(), look.color("bg1"))
        if inner is None:
            return
        slowest = max(phase.seconds for phase in inner.phases) or 1.0
        for number, (phase, cell) in enumerate(zip(inner.phases, self.cells(), strict=True)):
            self._paint_cell(painter, cell, number, phase.seconds / slowest)
        self._paint_facts(painter, inner)
        if self.hasFocus():
            painter.setPen(look.color("acc"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_cell(self, painter: QPainter, cell: QRect, number: int, share: float) -> None:
        look, inner = self.look, self.inner
        assert inner is not None
        phase, here = inner.phases[number], inner.cursor.phase
        is_here, is_done = number == here, number < here
        surface = "pastbg" if is_here else "bg3" if is_done else "bg2"
        painter.fillRect(cell, look.color(surface))
        bar = QRect(cell.left(), cell.bottom() - 2, max(1, round(share * cell.width())), 3)
        painter.fillRect(bar, look.color("past" if is_here else "t3", 1.0 if is_done else 0.7))
        painter.setFont(look.font("mono_small"))
        role = "past" if is_here else "t1" if is_done else "t3"
        painter.setPen(look.color(role if phase.is_reached else "line2"))
        text = _short(phase)
        place = cell.adjusted(0, 0, 0, -3)
        if painter.fontMetrics().horizontalAdvance(text) <= cell.width():
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_facts(self, painter: QPainter, inner: Inner) -> None:
        look = self.look
        place = QRect(PAD, self.look.px(CELLS) + 2, self.width() - 2 * PAD, self.look.px(FACTS))
        middle = Qt.AlignmentFlag.AlignVCenter
        x = place.left()
        facts = [
            (self.says(inner.phase), "t1"),
            (self._time(inner), "t3"),
            (self._more(inner), "t2"),
        ]
        if inner.is_alone:
            facts.append((self.tr("not in this batch: run alone"), "warn"))
        if inner.fault:
            facts.append((inner.fault, "err"))
        for text, role in facts:
            painter.setFont(look.font("header"))
            painter.setPen(look.color(role))
            painter.drawText(QRect(x, place.top(), place.right() - x, place.height()), middle, text)
            x += painter.fontMetrics().horizontalAdvance(text) + (look.px(14) if text else 0)
        if inner.updates:
            self._paint_updates(painter, place.adjusted(x - place.left(), 0, 0, 0), inner.updates)

    def _paint_updates(
        self, painter: QPainter, place: QRect, updates: tuple[TensorUpdate, ...]
    ) -> None:
        """A bar a tensor: update / weight on a log scale from 1e-6 to 1; the line is at 1e-3."""
        look, pitch = self.look, max(3, min(12, place.width() // max(1, len(updates))))
        high = place.height() - 4
        for number, update in enumerate(updates):
            level = (math.log10(min(1.0, max(1e-6, update.ratio))) + 6) / 6
            tall = max(1, round(level * high))
            left = place.left() + number * pitch
            bar = QRect(left, place.bottom() - 1 - tall, pitch - 1, tall)
            painter.fillRect(bar, look.color("warn" if update.ratio > 100 * USUAL else "ok"))
        y = place.bottom() - 1 - round(0.5 * high)
        painter.fillRect(place.left(), y, pitch * len(updates), 1, look.color("t3"))

    # ---- words ----

    def says(self, phase: PhaseInfo) -> str:
        """A phase in words."""
        ways = {
            "data": self.tr("the batch is put together"),
            "forward": self.tr("{op} forward"),
            "loss": self.tr("{op}"),
            "backward": self.tr("{op} backward"),
            "update": self.tr("{op}"),
        }
        special = {
            "softmax": self.tr("softmax"),
            "ctc": self.tr("CTC: alpha, beta, gradient"),
            "clip": self.tr("the gradient is clipped"),
            "update": self.tr("the weights are updated"),
        }
        return special.get(phase.name, ways[phase.way].format(op=phase.name))

    def _time(self, inner: Inner) -> str:
        total = sum(phase.seconds for phase in inner.phases)
        share = inner.phase.seconds / total if total else 0.0
        text = self.tr("{ms} ms, {share} of the step")
        return text.format(ms=f"{inner.phase.seconds * 1e3:.2f}", share=percent(share))

    def _more(self, inner: Inner) -> str:
        """What clipping did, the range of the updates, or the place in the recursion."""
        clip, cursor = inner.clip, inner.cursor
        if inner.updates:
            ratios = [update.ratio for update in inner.updates]
            text = self.tr("update / weight {low} … {high}")
            return text.format(low=f"{min(ratios):.0e}", high=f"{max(ratios):.0e}")
        if clip is not None:
            text = self.tr("norm {before} → {after}, factor {factor}")
            numbers = (f"{x:.4g}" for x in (clip.before, clip.after, clip.factor))
            return text.format(**dict(zip(("before", "after", "factor"), numbers, strict=True)))
        if cursor.level == "timestep" and inner.phase.places > 1:
            text = self.tr("place {k} of {n} of the recursion")
            return text.format(k=cursor.t + 1, n=inner.phase.places)
        if inner.lines is not None:
            text = self.tr("line {k} of {n}")
            return text.format(k=f"{cursor.line + 1:,}", n=f"{inner.lines.n_places:,}")
        return ""

    def hint(self, number: int) -> str:
        """The tooltip of a phase."""
        assert self.inner is not None
        phase = self.inner.phases[number]
        return f"{self.says(phase)} · {phase.seconds * 1e3:.2f} ms"

    def _update_hint(self) -> str:
        assert self.inner is not None
        return "\n".join(f"{u.name}  {u.ratio:.1e}" for u in self.inner.updates)

    # ---- hands ----

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.inner:
            number = self.phase_at(event.x())
            is_below = event.y() > self.look.px(CELLS) + 2
            text = self._update_hint() if is_below else self.hint(number) if number >= 0 else ""
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self.phase_at(int(event.position().x()))
        if number >= 0 and event.position().y() <= self.look.px(CELLS) + 2:
            self._go_to(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if step and self.inner is not None:
            self._go_to(self.inner.cursor.phase + step)
        else:
            super().keyPressEvent(event)

    def _go_to(self, number: int) -> None:
        from crnn.debug.level_messages import GoToPhase

        self.commanded.emit(GoToPhase(number))


def _short(phase: PhaseInfo) -> str:
    """On the way back a phase is the derivative of its op."""
    return f"∂{phase.name}" if phase.way == "backward" else phase.name
