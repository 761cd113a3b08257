"""INSPECT: the picked number, exactly: value, rank, what it is made of, where it was made."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from gui.bars import LIST_ROW, draw_top_list
from gui.chrome import PanelHeader, Segments, paint_empty
from gui.classes import wrong_classes
from gui.conditions import condition_on, expression_of
from gui.icons import pixmap
from gui.inspection import Inspected, inspect, is_computed
from gui.lens import compared
from gui.letters import sign
from gui.look import FontRole, Look
from gui.numerals import signed
from gui.selection import Cell, Selection
from gui.spread import draw_histogram, draw_row, spread
from gui.view import View

if TYPE_CHECKING:
    from crnn.debug.messages import Command, Frame
    from crnn.debug.trace import Trace

PAD = 12
PLOT = 108
"""Height of a plot where there is room for all of it."""
_RAISED = re.compile(r"\^\{([^}]*)\}")
_MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip


class InspectView(View):
    """The value of selection.cell in the frame on screen, and the most probable classes at t."""

    rests_s = 0.5

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.header = PanelHeader(look)
        self.asks = Segments(look, ("history", "break"), "", exclusive=False)
        self.asks.chosen.connect(self._ask)
        self.header.add(self.asks)
        self.body = InspectBody(self)
        self.names: dict[str, str] = {}
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.header)
        rows.addWidget(self.body, 1)
        self.retranslate()

    def retranslate(self) -> None:
        self.header.set_name(self.tr("Inspect"))
        self.asks.set_labels({"history": self.tr("Last change"), "break": self.tr("Break")})
        self.asks.setToolTip(self.tr("When did this number last change? Stop a run at it (F9)."))
        self.names = {
            "wanted": self.tr("wanted (γ)"),
            "gradient": self.tr("gradient p − γ"),
            "logit": self.tr("logit z"),
            "made by": self.tr("made by"),
            "range": self.tr("range"),
            "mean": self.tr("mean"),
            "field": self.tr("field in pixels"),
            "stay": self.tr("stay: log α of s"),
            "step": self.tr("step: log α of s − 1"),
            "skip": self.tr("skip: log α of s − 2"),
            "γ of this state": self.tr("γ of this state"),
        }
        self.body.setToolTip(
            self.tr("Click the value to copy it in full. Right button: change what makes it.")
        )
        self.body.update()

    @property
    def trace(self) -> Trace | None:
        return self.frame.trace if self.frame else None

    def show_frame(self, frame: Frame) -> None:
        super().show_frame(frame)
        self.body.refresh()

    def show_selection(self, selection: Selection) -> None:
        super().show_selection(selection)
        self.body.refresh()

    def restyle(self) -> None:
        self.body.update()

    def asked(self) -> tuple[str, int]:
        """The number on screen as an expression, and its sample; "" where none names it."""
        cell, trace = self.selection.cell, self.trace
        text = expression_of(cell, trace) if cell is not None else ""
        is_there = trace is not None and self.inspected() is not None
        return (text if is_there else "", trace.sample if trace is not None else -1)

    def _ask(self, key: str) -> None:
        """The two buttons of the header: they ask, they are not switches."""
        from crnn.debug.point_messages import AddPoint, LastChange

        self.asks.checked.clear()
        text, sample = self.asked()
        if text and key == "history":
            self.commanded.emit(LastChange(text, sample))
        elif text:
            shown = self.inspected()
            value = None if shown is None else shown.value
            condition = condition_on(self.selection, value, self.trace)
            if condition is not None:
                self.commanded.emit(AddPoint(condition))

    def menu(self) -> QMenu | None:
        """What can be asked of the number on screen; None where no expression names it."""
        text, sample = self.asked()
        if not text or self.selection.cell is None:
            return None
        from crnn.debug.point_messages import AddPoint, AddWatch, LastChange
        from crnn.debug.points import Condition
        from gui.proposals import of_cell

        menu = self.proposals(of_cell(self.selection.cell))
        menu.addSeparator()
        asks: tuple[tuple[str, Command], ...] = (
            (self.tr("Break when this changes"), AddPoint(Condition("changes", text, sample))),
            (self.tr("Break when its sign changes"), AddPoint(Condition("sign", text, sample))),
            (self.tr("When did it last change?"), LastChange(text, sample)),
            (self.tr("Watch this"), AddWatch(text, sample)),
        )
        for words, command in asks:
            menu.addAction(words, partial(self.commanded.emit, command))
        return menu

    def empty_text(self) -> str:
        """Why there is no number."""
        inner = self.frame.inner if self.frame else None
        if self.selection.cell is not None and not is_computed(inner, self.selection.cell):
            return self.tr("Not computed yet at this place in the step.")
        return self.tr("Click any cell.")

    def inspected(self) -> Inspected | None:
        """The number on screen; None where nothing is picked or this trace has no such number."""
        trace, cell = self.trace, self.selection.cell
        if trace is None or cell is None or self.frame is None:
            return None
        if not is_computed(self.frame.inner, cell):
            return None
        found, b = inspect(trace, self.frame.run.config, cell), compared(self.frame)
        beside = inspect(b.trace, self.frame.run.config, cell) if b and b.trace else None
        if found is None or beside is None:
            return found
        more = ("B", beside.text), ("B − A", signed(beside.value - found.value))
        return replace(found, rows=(*more, *found.rows))


class InspectBody(QWidget):
    """The painted part: click or Ctrl+C copies the value with all its digits."""

    def __init__(self, view: InspectView) -> None:
        super().__init__()
        self._view = view
        self._shown: Inspected | None = None
        self._value_rect = QRect()
        self._is_copied = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(200, 120)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def refresh(self) -> None:
        self._shown = self._view.inspected()
        self._view.asks.setVisible(bool(self._view.asked()[0]))
        self._is_copied = False
        self.update()

    def copy(self) -> None:
        """Put the value on the clipboard, as Python writes it."""
        if self._shown is not None:
            QGuiApplication.clipboard().setText(repr(self._shown.value))
            self._is_copied = True
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._is_value(
            event.position().toPoint()
        ):
            self.copy()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        is_over = self._is_value(event.position().toPoint())
        self.setCursor(Qt.CursorShape.PointingHandCursor if is_over else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self._view.menu()
        if menu is not None:
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(event.globalPos())

    def _is_value(self, at: QPoint) -> bool:
        return self._shown is not None and self._value_rect.contains(at)

    # ---- painting ----

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        px, look = self._view.look.px, self._view.look
        painter.fillRect(self.rect(), look.color("bg1"))
        shown, trace = self._shown, self._view.trace
        y = px(72)
        if shown is None:
            paint_empty(painter, QRect(0, 0, self.width(), y), self._view.empty_text(), look)
        elif trace is not None:
            self._paint_title(painter, shown)
            self._paint_value(painter, shown)
            y = self._paint_formula(painter, shown.formula, px(74)) if shown.formula else px(76)
            y = self._paint_rows(painter, shown, y)
        if trace is not None and 0 <= self._view.selection.t < trace.n_frames:
            y = self._paint_top(painter, trace, y + px(10))
            self._paint_spread(painter, trace, y + px(10))

    def _text(self, painter: QPainter, x: int, y: int, text: str, font: FontRole, role: str) -> int:
        """Text in a line 16 px high from (x, y); the x behind it."""
        painter.setFont(self._view.look.font(font))
        painter.setPen(self._view.look.color(role))
        painter.drawText(QRect(x, y, self.width(), self._view.look.px(16)), _MIDDLE, text)
        return x + painter.fontMetrics().horizontalAdvance(text)

    def _paint_title(self, painter: QPainter, shown: Inspected) -> None:
        look, trace = self._view.look, self._view.trace
        x = self._text(painter, PAD, look.px(12), shown.title, "mono", "t1") + look.px(8)
        icon = pixmap("copy", look.theme.t3, look.px(13), self.devicePixelRatioF())
        painter.drawPixmap(x, look.px(13), icon)
        if self._is_copied:
            self._text(painter, x + look.px(20), look.px(12), self.tr("copied"), "header", "t3")
        elif trace is not None:
            where = f"#{trace.sample:04d} · {trace.step:,}"
            painter.setFont(look.font("mono"))
            left = self.width() - PAD - painter.fontMetrics().horizontalAdvance(where)
            if left > x + look.px(24):
                self._text(painter, left, look.px(12), where, "mono", "t3")

    def _paint_value(self, painter: QPainter, shown: Inspected) -> None:
        look = self._view.look
        top, height = look.px(34), look.px(32)
        painter.setFont(look.font("value"))
        painter.setPen(look.color("t1"))
        width = painter.fontMetrics().horizontalAdvance(shown.text)
        painter.drawText(QRect(PAD, top, width + 4, height), _MIDDLE, shown.text)
        self._value_rect = QRect(0, look.px(8), PAD + width + 8, top + height - look.px(8))
        x = PAD + width + look.px(14)
        if shown.rank is not None:
            text = self.tr("rank {rank} of {all}").format(rank=shown.rank[0], all=shown.rank[1])
            self._text(painter, x, top, text, "header", "t2")
        if shown.truth is not None:
            letter, place = shown.truth
            text = self.tr("truth {letter}: rank {rank}").format(letter=sign(letter), rank=place)
            self._text(painter, x, top + look.px(15), text, "data_small", "t3")

    def _paint_formula(self, painter: QPainter, formula: str, y: int) -> int:
        """The formula in mono, its ^{...} raised and a little smaller; the y below it."""
        look, x = self._view.look, PAD
        small = QFont(look.font("mono"))
        small.setPixelSize(max(10, look.px(11) - 1))
        for index, part in enumerate(_RAISED.split(formula)):
            is_raised = index % 2 == 1
            painter.setFont(small if is_raised else look.font("mono"))
            painter.setPen(look.color("t2"))
            place = QRect(x, y - (look.px(5) if is_raised else 0), self.width(), look.px(18))
            painter.drawText(place, _MIDDLE, part)
            x += painter.fontMetrics().horizontalAdvance(part)
        return y + look.px(26)

    def _paint_rows(self, painter: QPainter, shown: Inspected, y: int) -> int:
        look, names = self._view.look, self._view.names
        painter.setFont(look.font("header"))
        labels = [names.get(name, name) for name, _ in shown.rows]
        widest = max((painter.fontMetrics().horizontalAdvance(text) for text in labels), default=0)
        left = PAD + max(look.px(96), widest + look.px(14))
        for label, (name, value) in zip(labels, shown.rows, strict=True):
            self._text(painter, PAD, y, label, "header", "t3")
            if name == "made by":
                y = self._paint_files(painter, left, y, value)
                continue
            self._text(painter, left, y, value, "mono", "t1")
            y += look.px(19)
        return y

    def _paint_files(self, painter: QPainter, left: int, y: int, value: str) -> int:
        """a.py ← b.py, broken at an arrow where the panel is too narrow."""
        look, x = self._view.look, left
        painter.setFont(look.font("mono"))
        gap = painter.fontMetrics().horizontalAdvance(" ")
        files = value.split(" ← ")
        for index, file in enumerate(files):
            arrow = " ←" if index < len(files) - 1 else ""
            width = painter.fontMetrics().horizontalAdvance(file + arrow)
            if x > left and x + width > self.width() - PAD:
                x, y = left, y + look.px(17)
            x = self._text(painter, x, y, file, "mono", "acc")
            x = self._text(painter, x, y, arrow, "mono", "t3") + gap
        return y + look.px(19)

    def _paint_top(self, painter: QPainter, trace: Trace, y: int) -> int:
        look, t, frame = self._view.look, self._view.selection.t, self._view.frame
        room = self.height() - y - look.px(24 + 8)
        if frame is None or room < look.px(LIST_ROW):
            return y
        if not is_computed(frame.inner, Cell("softmax", t, 0)):
            return y
        top = self._paint_strip(painter, y, self.tr("Top classes at t = {t}").format(t=t))
        place = QRect(PAD - 4, top, self.width() - 2 * PAD + 4, room)
        alphabet = frame.run.config.alphabet
        draw_top_list(painter, look, place, alphabet, trace.prob_TK[t], wrong_classes(trace))
        return top + 5 * look.px(LIST_ROW)

    def _paint_strip(self, painter: QPainter, y: int, title: str) -> int:
        """A heading within the panel; the y below it."""
        look = self._view.look
        painter.fillRect(QRect(0, y, self.width(), look.px(24)), look.color("bg2"))
        self._text(painter, PAD, y + look.px(4), title, "title", "t1")
        return y + look.px(24 + 7)

    def _paint_spread(self, painter: QPainter, trace: Trace, y: int) -> None:
        """The picked number among the others, as far as there is room."""
        look, cell = self._view.look, self._view.selection.cell
        shown = spread(trace, cell) if cell is not None and self._shown is not None else None
        if shown is None:
            return
        titles = (self.tr("This row of the panel"), self.tr("All {n} values"))
        for title, draw in zip(titles, (draw_row, draw_histogram), strict=True):
            room = self.height() - y - look.px(24 + 7 + 8)
            if room < look.px(PLOT // 2):
                return
            top = self._paint_strip(painter, y, title.format(n=f"{shown.every.size:,}"))
            height = min(room, look.px(PLOT))
            draw(painter, look, QRect(PAD, top, self.width() - 2 * PAD, height), shown)
            y = top + height + look.px(10)
