"""Transport: the tool bar. Left of F5 is the past; the pill in the middle says where one stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QFontMetrics,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QSizePolicy, QWidget

from crnn.debug.cursor import LEVELS
from gui import conditions
from gui.actions import Actions
from gui.chrome import Segments
from gui.icons import pixmap
from gui.lens import SIDES, compared
from gui.look import Look
from gui.search_field import SearchField
from gui.specs import Spec, level_of

if TYPE_CHECKING:
    from crnn.debug.messages import Frame, Seeking

HEIGHT, EDGE = 40, 2
WIDE = 1600
"""Window width from which the presets and the whole search field are shown."""

_BUTTONS = ("run_back", "back", "", "pause", "run", "stop", "", "step", "deeper", "shallower")


class KeyButton(QAbstractButton):
    """An action as icon and key hint (or text); `is_primary` fills it with the accent."""

    def __init__(self, look: Look, action: QAction, spec: Spec) -> None:
        super().__init__()
        self.look, self.action, self._icon, self._texts = look, action, spec.icon, False
        native = QKeySequence.SequenceFormat.NativeText
        self._hint = QKeySequence(spec.key).toString(native).replace("Shift+", "⇧")
        self._shown_hint = self._hint
        self.is_primary = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._sync)
        look.changed.connect(self.updateGeometry)
        self._sync()

    def set_texts(self, texts: bool, *, keys: bool = True) -> None:
        """Whether the words stand beside the icon, and whether its key does."""
        self._texts, self._shown_hint = texts, self._hint if keys else ""
        self.updateGeometry()
        self.update()

    def set_primary(self, is_primary: bool) -> None:
        if is_primary != self.is_primary:
            self.is_primary = is_primary
            self.update()

    def _sync(self) -> None:
        self.setEnabled(self.action.isEnabled())
        self.setToolTip(self.action.toolTip())
        self.setAccessibleName(self.action.text())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = self.look.px(16 + 16)
        if self._shown_hint:
            width += self.look.px(6) + self._width(self._shown_hint, "mono_small")
        if self._texts:
            width += self._width(self.action.text(), "body") + self.look.px(4)
        return QSize(width, self.look.px(28))

    def _width(self, text: str, role: str) -> int:
        return QFontMetrics(self.look.font(role)).horizontalAdvance(text)  # type: ignore[arg-type]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look = QPainter(self), self.look
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on, primary = self.isEnabled(), self.is_primary and self.isEnabled()
        hovered = on and (self.underMouse() or self.isDown())
        painter.setPen(QPen(look.color("acc"), 1) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(
            look.color("accfill") if primary else look.color("bg3", 1.0 if hovered else 0.0)
        )
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        role = "t1" if on else "t3"
        color = "#FFFFFF" if primary else look.color(role).name()
        size, x = look.px(16), look.px(8)
        painter.setOpacity(1.0 if on else 0.6)
        drawn = pixmap(self._icon, color, size, self.devicePixelRatioF())
        painter.drawPixmap(x, (self.height() - size) // 2, drawn)
        x += size + look.px(6)
        if self._texts:
            painter.setFont(look.font("body"))
            painter.setPen(look.color(role))
            painter.drawText(
                QRect(x, 0, self.width(), self.height()),
                Qt.AlignmentFlag.AlignVCenter,
                self.action.text(),
            )
            x += self._width(self.action.text(), "body") + look.px(4)
        painter.setFont(look.font("mono_small"))
        painter.setPen(Qt.GlobalColor.white if primary else look.color("t3"))
        painter.drawText(
            QRect(x, 0, self.width(), self.height()),
            Qt.AlignmentFlag.AlignVCenter,
            self._shown_hint,
        )


class StatePill(QWidget):
    """LIVE with a disc while it trains, LIVE with bars while parked, an amber pill in the past."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self._frame: Frame | None = None
        self._seeking: Seeking | None = None
        self._short = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.updateGeometry)

    def show_frame(self, frame: Frame) -> None:
        self._frame, self._seeking = frame, None
        self._changed()

    def show_seeking(self, seeking: Seeking) -> None:
        """A seek that takes long: its target instead of the step still on screen."""
        self._seeking = seeking
        self._changed()

    def set_short(self, short: bool) -> None:
        self._short = short
        self._changed()

    def _changed(self) -> None:
        self.updateGeometry()
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._changed()
        super().changeEvent(event)

    def words(self) -> tuple[str, str, str, str]:
        """Icon, its colour role, the strong word, and the rest."""
        frame = self._frame
        if frame is None:
            return "", "t3", "", self.tr("No run yet")
        step, head = f"{frame.step:,}", f"{frame.head:,}"
        if self._seeking is not None:
            text = self.tr("recomputing step {step}").format(step=f"{self._seeking.target:,}")
            return "history", "past", self.tr("PAST"), f"{text} {100 * self._share():3.0f} %"
        hit = self._hit(frame)
        if frame.is_past:
            text = f"{step} / {head}" if self._short else self.tr("step {step} of {head}")
            return "history", "past", self.tr("PAST"), text.format(step=step, head=head) + hit
        text = self.tr("step {step}").format(step=step) + hit
        if frame.mode == "running":
            return "disc", "rec", self.tr("LIVE"), text
        if frame.mode == "stopped":
            return "square", "t2", self.tr("Stopped"), text
        return "pause", "live", self.tr("LIVE"), text

    def _share(self) -> float:
        """How much of the seek has been done."""
        seeking = self._seeking
        return min(1.0, seeking.done / max(1, seeking.total)) if seeking is not None else 0.0

    def _hit(self, frame: Frame) -> str:
        """What the run stopped at, where there is room for it."""
        if self._short or frame.watching is None:
            return ""
        here = (row.point for row in frame.watching.points if row.here is not None)
        point = next(here, None)
        return "" if point is None else f" · {conditions.short(point.condition)}"

    def sizeHint(self) -> QSize:
        _, _, strong, rest = self.words()
        width = QFontMetrics(self.look.font("title")).horizontalAdvance(strong)
        width += QFontMetrics(self.look.font("mono")).horizontalAdvance(rest)
        return QSize(width + self.look.px(56), self.look.px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look = QPainter(self), self.look
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        icon, role, strong, rest = self.words()
        is_past = role == "past"
        painter.setPen(QPen(look.color("past"), 1) if is_past else Qt.PenStyle.NoPen)
        painter.setBrush(look.color("pastbg" if is_past else "bg3"))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        done = round((self.width() - 8) * self._share())
        painter.fillRect(4, self.height() - 4, done, 2, look.color("past"))
        size, x = look.px(16), look.px(12)
        if icon == "disc":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("rec"))
            half = look.px(10)
            painter.drawEllipse(x + 3, (self.height() - half) // 2, half, half)
        elif icon:
            drawn = pixmap(icon, look.color(role).name(), size, self.devicePixelRatioF())
            painter.drawPixmap(x, (self.height() - size) // 2, drawn)
        x += size + look.px(8)
        for text, font, color in (
            (strong, "title", "past" if is_past else "t1"),
            (rest, "mono", "past" if is_past else "t2"),
        ):
            painter.setFont(look.font(font))  # type: ignore[arg-type]
            painter.setPen(look.color(color))
            place = QRect(x, 0, self.width(), self.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
            x += painter.fontMetrics().horizontalAdvance(text) + look.px(6)


class Transport(QWidget):
    """The whole bar, 40 px, and the 2 px edge below it that turns amber in the past."""

    layout_chosen = Signal(str)
    level_chosen = Signal(str)
    side_chosen = Signal(str)

    def __init__(self, look: Look, actions: Actions) -> None:
        super().__init__()
        self.look = look
        self._is_past = False
        self.buttons = {
            name: KeyButton(look, actions[name], actions.spec(name))
            for name in (*_BUTTONS, "live")
            if name
        }
        self.step_by = QLabel()
        self.levels = Segments(look, LEVELS, "step", is_framed=True)
        self.levels.chosen.connect(self.level_chosen)
        self.pill = StatePill(look)
        self.presets = Segments(look, ("learn", "debug", "teach", "compare"), "debug")
        self.presets.chosen.connect(self.layout_chosen)
        self.sides = Segments(look, tuple(SIDES), "a")
        self.sides.set_labels(SIDES)
        self.sides.chosen.connect(self.side_chosen)
        self.sides.hide()
        self.search = SearchField(look, actions["palette"])
        self._lay_out()
        look.changed.connect(self._restyle)
        self.retranslate()
        self._restyle()

    def _lay_out(self) -> None:
        row = self._row = QHBoxLayout(self)
        self._used = 0
        row.setContentsMargins(12, 0, 12, EDGE)
        row.setSpacing(4)
        for name in _BUTTONS:
            if name:
                row.addWidget(self.buttons[name])
            else:
                row.addSpacing(17)
        row.addSpacing(8)
        row.addWidget(self.step_by)
        row.addSpacing(2)
        row.addWidget(self.levels)
        row.addStretch(1)
        row.addWidget(self.pill)
        row.addSpacing(4)
        row.addWidget(self.buttons["live"])
        row.addSpacing(8)
        row.addWidget(self.sides)
        row.addStretch(1)
        row.addWidget(self.presets)
        row.addSpacing(8)
        row.addWidget(self.search)

    def show_frame(self, frame: Frame) -> None:
        self.pill.show_frame(frame)
        is_moving = frame.mode in ("running", "past_running", "past_running_back")
        self.buttons["pause"].set_primary(is_moving)
        self.buttons["run"].set_primary(not is_moving)
        self.sides.setVisible(compared(frame) is not None)
        self.levels.setEnabled(not is_moving)
        if not is_moving:
            self.levels.set_checked(level_of(frame))
        is_past = frame.is_past
        if is_past != self._is_past:
            self._is_past = is_past
            self.update()

    def retranslate(self) -> None:
        self.presets.set_labels(
            {
                "learn": self.tr("Learn"),
                "debug": self.tr("Debug"),
                "teach": self.tr("Teach"),
                "compare": self.tr("Compare"),
            }
        )
        self.sides.setToolTip(
            self.tr("A: the state on screen. B: what it is compared with. Δ: B − A. Alt+1, 2, 3")
        )
        self.sides.setAccessibleName(self.tr("Which side the panels show"))
        self.step_by.setText(self.tr("Step by"))
        self.levels.set_labels(
            {
                "step": self.tr("step"),
                "phase": self.tr("phase"),
                "timestep": self.tr("timestep"),
                "line": self.tr("line"),
            }
        )
        self.levels.setToolTip(
            self.tr(
                "How far F10 and F3 go: a whole training step; one op forward or back; one "
                "timestep of its recursion; one line of its code. F11 is finer, Shift+F11 coarser."
            )
        )

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fold()

    def _restyle(self) -> None:
        self.setFixedHeight(self.look.px(HEIGHT) + EDGE)
        self._fold()
        self.update()

    def event(self, event: QEvent) -> bool:
        """What a part wants to say may have become longer or shorter."""
        if event.type() == QEvent.Type.LayoutRequest and self._row.sizeHint().width() != self._used:
            self._fold()
        return super().event(event)

    def _fold(self) -> None:
        """Say as much as there is room for: first go presets and words, then the keys."""
        for room in range(2 if self.width() >= self.look.px(WIDE) else 1, -1, -1):
            self._unfold(room)
            self._row.invalidate()
            self._used = self._row.sizeHint().width()
            if self._used <= self.width():
                break
        self._row.activate()

    def _unfold(self, room: int) -> None:
        """2: all; 1: no presets, nothing in words; 0: no keys either."""
        is_wide, has_keys = room == 2, room > 0
        self.presets.setVisible(is_wide)
        self.step_by.setVisible(is_wide)
        self.search.is_small = not is_wide
        self.search.updateGeometry()
        self.pill.set_short(not is_wide)
        for name, button in self.buttons.items():
            button.set_texts(is_wide and name == "live", keys=has_keys)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look = QPainter(self), self.look
        painter.fillRect(self.rect(), look.color("bg2"))
        for name in ("pause", "step"):
            left = self.buttons[name].x() - 13
            painter.fillRect(left, look.px(10), 1, look.px(20), look.color("line"))
        edge = QRect(0, self.height() - EDGE, self.width(), EDGE)
        painter.fillRect(edge, look.color("past" if self._is_past else "bg0"))
