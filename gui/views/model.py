"""MODEL: the network's ops in order, the shape each puts out, and how healthy it is.

Three marks a row: act (what flows forward), grad (what flows back), upd (how far the update moves
the weights). Good is a quiet slate dash; what is not good has a shape, a sentence below the list,
and only then a colour.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QScrollArea, QToolTip, QVBoxLayout, QWidget

from gui import engine_words
from gui.chrome import Fact, PanelHeader, paint_empty
from gui.lens import SIDES, compared
from gui.look import FontRole, Look
from gui.marks import paint_health
from gui.selection import Selection
from gui.view import View

if TYPE_CHECKING:
    from crnn.debug.messages import Frame, HealthMark, OpHealth

ROW = 24
TITLE_ROW = 20
NOTE_ROW = 20
MARK_FROM_RIGHT = (94, 58, 22)
"""Middles of the three columns of marks, from the right edge."""


def _in_millions(n: int) -> str:
    return f"{n / 1e6:.2f} M" if n >= 10_000 else f"{n:,}"


def _notes(op: OpHealth) -> list[tuple[HealthMark, str]]:
    """The sentences of an op, each with the mark it explains."""
    marks = [mark for mark in (op.act, op.grad, op.upd) if mark in ("warn", "bad")]
    return list(zip(marks, map(engine_words.note, op.notes), strict=False))


class ModelBody(QWidget):
    """The painted list. It asks its view what is selected and tells it what was picked."""

    def __init__(self, view: ModelView) -> None:
        super().__init__()
        self._view = view
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _px(self, size: int) -> int:
        return self._view.look.px(size)

    def sizeHint(self) -> QSize:
        """Tall enough for every row and note at the present width."""
        notes = sum(rect.height() for rect, *_ in self._note_places())
        rows = len(self._view.health)
        return QSize(self._px(160), self._px(TITLE_ROW) + rows * self._px(ROW) + notes + 12)

    def row_rect(self, row: int) -> QRect:
        top = self._px(TITLE_ROW) + row * self._px(ROW)
        return QRect(0, top, self.width(), self._px(ROW))

    def row_at(self, at: QPoint) -> int:
        """The op under a point, or -1."""
        row = (at.y() - self._px(TITLE_ROW)) // self._px(ROW)
        inside = at.y() >= self._px(TITLE_ROW) and row < len(self._view.health)
        return row if inside else -1

    def _columns(self) -> tuple[int, ...]:
        return tuple(self.width() - self._px(back) for back in MARK_FROM_RIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        view, painter = self._view, QPainter(self)
        painter.fillRect(self.rect(), view.look.color("bg1"))
        if not view.health:
            paint_empty(painter, self.rect().adjusted(12, 0, -12, 0), view.empty_text(), view.look)
            return
        self._paint_titles(painter)
        shapes_left = self._shapes_left()
        for row, op in enumerate(view.health):
            self._paint_row(painter, self.row_rect(row), op, shapes_left)
        for rect, mark, name, text in self._note_places():
            self._paint_note(painter, rect, mark, name, text)

    def _paint_titles(self, painter: QPainter) -> None:
        painter.setFont(self._view.look.font("header"))
        painter.setPen(self._view.look.color("t3"))
        width = self._px(40)
        for x, text in zip(self._columns(), self._view.mark_names(), strict=True):
            place = QRect(x - width // 2, 0, width, self._px(TITLE_ROW))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _shapes_left(self) -> int:
        """Where the shapes begin; 0 where the panel is too narrow to show them."""
        look, health = self._view.look, self._view.health
        names = self._advance("body", max((op.name for op in health), key=len))
        shapes = self._advance("mono", max((op.shape for op in health), key=len))
        left = max(look.px(78), look.px(10) + names + look.px(10))
        return left if left + shapes + look.px(16) <= self._columns()[0] else 0

    def _advance(self, role: FontRole, text: str) -> int:
        return QFontMetrics(self._view.look.font(role)).horizontalAdvance(text)

    def _paint_row(self, painter: QPainter, rect: QRect, op: OpHealth, shapes_left: int) -> None:
        look = self._view.look
        if self._view.is_selected(op):
            painter.fillRect(rect, look.color("accbg"))
            painter.fillRect(0, rect.top(), 2, rect.height(), look.color("acc"))
            if self.hasFocus():
                painter.setPen(look.color("acc"))
                painter.drawRect(rect.adjusted(0, 0, -1, -1))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(look.font("body"))
        painter.setPen(look.color("t1"))
        painter.drawText(rect.adjusted(look.px(10), 0, 0, 0), middle, op.name)
        if shapes_left:
            painter.setFont(look.font("mono"))
            painter.setPen(look.color("t3"))
            painter.drawText(rect.adjusted(shapes_left, 0, 0, 0), middle, op.shape)
        for x, mark in zip(self._columns(), (op.act, op.grad, op.upd), strict=True):
            paint_health(painter, x, rect.center().y() + 0.5, mark, look)

    def _note_places(self) -> list[tuple[QRect, HealthMark, str, str]]:
        """Each sentence below the list, with the room its lines need."""
        look = self._view.look
        places: list[tuple[QRect, HealthMark, str, str]] = []
        metrics = QFontMetrics(look.font("body"))
        top = self.row_rect(len(self._view.health)).top() + 6
        for op in self._view.health:
            for mark, text in _notes(op):
                width = max(40, self.width() - look.px(28) - 8)
                room = QRect(0, 0, width, 1000)
                need = metrics.boundingRect(
                    room, Qt.TextFlag.TextWordWrap.value, f"{op.name}  {text}"
                )
                height = max(self._px(NOTE_ROW), need.height() + 4)
                places.append((QRect(look.px(28), top, width, height), mark, op.name, text))
                top += height
        return places

    def _paint_note(
        self, painter: QPainter, rect: QRect, mark: HealthMark, name: str, text: str
    ) -> None:
        look = self._view.look
        paint_health(painter, look.px(15), rect.top() + self._px(NOTE_ROW) / 2, mark, look)
        painter.setFont(look.font("body"))
        painter.setPen(look.color("t2"))
        painter.drawText(
            rect.adjusted(0, 2, 0, 0), Qt.TextFlag.TextWordWrap.value, f"{name}  {text}"
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position().toPoint())
        if row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._view.pick(row)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The parameters of the op under the pointer can be changed in a branch."""
        from gui.proposals import of_op

        row, frame = self.row_at(event.pos()), self._view.frame
        if row >= 0 and frame is not None and frame.branches is not None:
            name = self._view.health[row].name
            self._view.offer(of_op(name, frame.branches.params), event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if step and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._view.go(step)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            row = self.row_at(event.pos())
            QToolTip.showText(event.globalPos(), self._view.tip(row) if row >= 0 else "", self)
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.updateGeometry()


class ModelView(View):
    """Rows of frame.health; a click selects the op's layer."""

    rests_s = 1.0

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.health: tuple[OpHealth, ...] = ()
        self.header = PanelHeader(look)
        self.body = ModelBody(self)
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidgetResizable(True)
        self.area.setWidget(self.body)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.header)
        rows.addWidget(self.area, 1)
        self.retranslate()

    def retranslate(self) -> None:
        self.header.set_name(self.tr("Model"))
        self.body.setAccessibleName(self.tr("Model: ops and their health"))
        self.body.update()

    def restyle(self) -> None:
        self.body.updateGeometry()
        self.body.update()

    def show_frame(self, frame: Frame) -> None:
        health, is_compared = self.lens.health(frame), compared(frame) is not None
        is_new = self.frame is None or health != self.health
        super().show_frame(frame)
        self.header.set_side(SIDES[self.lens.side(frame)] if is_compared else "")
        preset, size = frame.run.config.preset, _in_millions(frame.run.n_parameters)
        marks = {mark for op in health for mark in (op.act, op.grad, op.upd)}
        is_same = self.lens.side(frame) == "difference" and marks == {"none"}
        same = Fact(self.tr("same marks in A and B"), "t2")
        self.header.set_facts(same if is_same else Fact(f"{preset} · {size}", "t3", is_mono=True))
        if is_new:
            self.health = health
            self.body.setMinimumHeight(self.body.sizeHint().height())
            self.body.update()

    def show_selection(self, selection: Selection) -> None:
        super().show_selection(selection)
        self.body.update()

    def empty_text(self) -> str:
        return self.tr("No model yet. Choose a preset.")

    def mark_names(self) -> tuple[str, str, str]:
        return self.tr("act"), self.tr("grad"), self.tr("upd")

    def is_selected(self, op: OpHealth) -> bool:
        """Whether the selected unit belongs to this op: "rnn1" owns "rnn1.fwd.h"."""
        layer = self.selection.unit[0] if self.selection.unit else ""
        return layer == op.name or layer.startswith(f"{op.name}.")

    def pick(self, row: int) -> None:
        """Select the layer of this row: its first unit."""
        self.selected.emit(replace(self.selection, unit=(self.health[row].name, 0)))

    def go(self, step: int) -> None:
        """Arrow keys: the row above or below the selected one."""
        if not self.health:
            return
        at = next((i for i, op in enumerate(self.health) if self.is_selected(op)), None)
        row = 0 if at is None else max(0, min(len(self.health) - 1, at + step))
        self.pick(row)
        rect = self.body.row_rect(row)
        self.area.ensureVisible(0, rect.center().y(), 0, rect.height())

    def tip(self, row: int) -> str:
        """What the marks of a row mean, and why one of them is not well."""
        op = self.health[row]
        lines = [f"{op.name}  {op.shape}", *(text for _, text in _notes(op))]
        lines += [
            self.tr("act: the op's output. Dead units, saturation, values that are not finite."),
            self.tr("grad: the loss's gradient for its weights. Vanishing or exploding."),
            self.tr("upd: the size of the update beside the size of the weights."),
            self.tr("Dash: well. Triangle: look. Diamond: bad."),
        ]
        return "\n".join(lines)
