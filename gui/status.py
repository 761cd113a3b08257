"""Status: the two thin lines of facts, at the right end of the menu bar and below everything."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import engine_words
from gui.icons import pixmap
from gui.lens import branch_name
from gui.look import FontRole, Look
from gui.selection import Hover

if TYPE_CHECKING:
    from crnn.debug.messages import Frame

STATUS_HEIGHT = 22


class _Line(QWidget):
    """A line of texts; subclasses say which."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.frame: Frame | None = None
        look.changed.connect(self._restyle)

    def show_frame(self, frame: Frame) -> None:
        self.frame = frame
        self.updateGeometry()
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.updateGeometry()
            self.update()
        super().changeEvent(event)

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def _advance(self, text: str, role: FontRole) -> int:
        return QFontMetrics(self.look.font(role)).horizontalAdvance(text)

    def _draw(self, painter: QPainter, x: int, text: str, role: FontRole, color: str) -> int:
        """Draw `text` at x; returns where it ends."""
        painter.setFont(self.look.font(role))
        painter.setPen(self.look.color(color))
        place = QRect(x, 0, self.width() + 400, self.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
        return x + self._advance(text, role)

    def _icon(self, painter: QPainter, x: int, name: str, color: str) -> int:
        size = self.look.px(13)
        drawn = pixmap(name, self.look.color(color).name(), size, self.devicePixelRatioF())
        painter.drawPixmap(x, (self.height() - size) // 2, drawn)
        return x + size + self.look.px(6)


class RunFacts(_Line):
    """run NAME · seed 7 · watch cost 0.8 % · replay exact."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def facts(self) -> list[tuple[str, str]]:
        """(label, value) pairs; the last one's mark depends on what has been replayed."""
        if self.frame is None:
            return []
        run = self.frame.run
        return [
            (self.tr("run"), engine_words.sentence(run.name)),
            *self._branch(),
            (self.tr("seed"), f"{run.config.seed}"),
            (self.tr("watch cost"), f"{100 * self.frame.watch_cost:.1f} %"),
        ]

    def _branch(self) -> list[tuple[str, str]]:
        """The branch that is moved over, where there is a choice."""
        branches = self.frame.branches if self.frame is not None else None
        if branches is None or len(branches.all) < 2:
            return []
        return [(self.tr("branch"), branch_name(branches.of(branches.active).name))]

    def _replay(self) -> tuple[str, str]:
        """What is known about replay, and its colour role."""
        if self.frame is None:
            return "", "t3"
        if self.frame.reach.n_elsewhere:
            return self.tr("replay not exact here"), "past"
        if self.frame.n_checked == 0:
            return self.tr("nothing replayed yet"), "t3"
        return self.tr("replay exact"), "live"

    def sizeHint(self) -> QSize:
        px = self.look.px
        width = sum(
            self._advance(label, "body") + self._advance(value, "mono") + px(6 + 18)
            for label, value in self.facts()
        )
        text, color = self._replay()
        width += self._advance(text, "body") + px(19 if color == "live" else 0)
        return QSize(width + 2, px(28))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and self.frame is not None:
            self.setToolTip(self._compared(self.frame))
        return super().event(event)

    def _compared(self, frame: Frame) -> str:
        """What re-execution has shown so far."""
        reach = frame.reach
        if not reach.n_elsewhere:
            text = self.tr("{n} re-executed steps were compared with the recording; all are equal.")
            return text.format(n=f"{frame.n_checked:,}")
        return self.tr(
            "{m} re-executed steps were recorded under another environment and gave other bits; "
            "their loss differs by at most {x} nats."
        ).format(m=f"{reach.n_elsewhere:,}", x=f"{reach.largest_loss_difference:.2g}")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, px = QPainter(self), self.look.px
        x = 0
        for label, value in self.facts():
            x = self._draw(painter, x, label, "body", "t3") + px(6)
            x = self._draw(painter, x, value, "mono", "t1") + px(18)
        text, color = self._replay()
        if color == "live":
            x = self._icon(painter, x, "check", "live")
        self._draw(painter, x, text, "body", "t2" if color == "live" else "t3")


class StatusLine(_Line):
    """State, last message, hovered value; at the right the speed and the versions."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._message = ""
        self._hover = ""
        self._restyle()

    def show_message(self, message: str) -> None:
        self._message = message
        self.setToolTip(message)
        self.update()

    def show_hover(self, hover: object) -> None:
        """The exact value under the pointer (a Hover)."""
        assert isinstance(hover, Hover)
        if hover.text != self._hover:
            self._hover = hover.text
            self.update()

    @property
    def message(self) -> str:
        return self._message

    def _restyle(self) -> None:
        self.setFixedHeight(self.look.px(STATUS_HEIGHT))
        super()._restyle()

    def state(self) -> tuple[str, str, str]:
        """Icon, colour role and word for the mode."""
        if self.frame is None and self._message:  # the first run could not be opened
            return "", "t3", self.tr("No run yet")
        mode = self.frame.mode if self.frame else "empty"
        words = {
            "empty": ("", "t3", self.tr("Starting")),
            "running": ("disc", "rec", self.tr("Training")),
            "paused": ("pause", "live", self.tr("Paused")),
            "past": ("pause", "past", self.tr("Paused")),
            "past_running": ("play", "past", self.tr("Replaying")),
            "past_running_back": ("rewind", "past", self.tr("Running back")),
            "stopped": ("square", "t2", self.tr("Stopped")),
        }
        return words[mode]

    def machine(self) -> list[str]:
        """What stands at the right end, the most important last to be cut."""
        numpy = ".".join(np.__version__.split(".")[:2])
        threads = os.environ.get("OPENBLAS_NUM_THREADS", "")
        facts = [f"NumPy {numpy}", self.tr("BLAS threads {n}").format(n=threads or "?")]
        if self.frame is not None:
            speed = f"{self.frame.samples_per_s:,.0f}" if self.frame.samples_per_s else "–"
            facts.insert(0, self.tr("{n} samples/s").format(n=speed))
            names = {"plain": self.tr("plain kernels"), "fast": self.tr("fast kernels")}
            facts.insert(0, names[self.frame.run.config.kernels])
        return facts

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, px = QPainter(self), self.look.px
        painter.fillRect(self.rect(), self.look.color("bg2"))
        right = self.width() - px(8)
        for text in reversed(self.machine()):
            left = right - self._advance(text, "header")
            self._draw(painter, left, text, "header", "t3")
            right = left - px(16)
        painter.setClipRect(0, 0, right, self.height())
        icon, color, word = self.state()
        x = px(8)
        if icon == "disc":
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.look.color("rec"))
            painter.drawEllipse(x, (self.height() - px(8)) // 2, px(8), px(8))
            x += px(14)
        elif icon:
            x = self._icon(painter, x, icon, color)
        x = self._draw(painter, x, word, "title", color) + px(14)
        message = self.shortened(right - x)
        if message:
            x = self._draw(painter, x, message, "body", "t1") + px(18)
        self._draw(painter, x, self._hover, "mono", "t2")

    def shortened(self, room: int) -> str:
        """The message as far as it fits beside the hovered value; the tool tip has all of it."""
        if self._hover:
            room -= self._advance(self._hover, "mono") + self.look.px(18)
        metrics = QFontMetrics(self.look.font("body"))
        return metrics.elidedText(self._message, Qt.TextElideMode.ElideRight, max(0, room))
