"""Sample delegate: how a row of the SAMPLES list is drawn: picture, reading, number, loss.

What is read is shown, not the truth: a wrong letter in err and underlined, a missing one as an err
dot. Where nothing is read yet the truth stands there, dimmed.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from crnn.text.score import alignment
from gui import engine_words
from gui.look import Look
from gui.marks import paint_chevron, paint_health
from gui.numerals import fixed, signed
from gui.sample_groups import GROUPS, Group
from gui.sample_rows import SampleRows
from gui.thumbnails import Thumbnails

if TYPE_CHECKING:
    from crnn.data.dataset import Fault

ROW, HEADER = 30, 22
NARROW = 220
"""Below this width the picture is smaller and the loss stands in the second line."""
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
MISSING = "·"
"""Stands where the reading lacks a letter of the truth."""


class Piece(NamedTuple):
    """Letters side by side that are drawn alike."""

    text: str
    is_wrong: bool


@lru_cache(maxsize=4096)
def pieces(output: str, truth: str) -> tuple[Piece, ...]:
    """The reading cut into right and wrong stretches, missing letters among them."""
    made: list[Piece] = []
    for edit in alignment(output, truth):
        char = MISSING if edit.kind == "deleted" else output[edit.i]
        is_wrong = edit.kind != "same"
        if made and made[-1].is_wrong == is_wrong:
            made[-1] = Piece(made[-1].text + char, is_wrong)
        else:
            made.append(Piece(char, is_wrong))
    return tuple(made)


class SampleDelegate(QStyledItemDelegate):
    """Draws from the frame that the model holds. `titles`, `order_word` and `nothing`, what
    stands for an empty reading, are set by the view."""

    def __init__(self, look: Look, rows: SampleRows, thumbnails: Thumbnails) -> None:
        super().__init__(rows)
        self._look, self._rows, self._thumbnails = look, rows, thumbnails
        self.titles: dict[Group, str] = dict.fromkeys(GROUPS, "")
        self.order_word = self.nothing = ""
        self.is_delta = False
        self.selected_sample = -1
        self.has_focus = False
        self.measure()

    def measure(self) -> None:
        """The type scale changed: rows have another height."""
        heights = (self._look.px(HEADER), self._look.px(ROW))
        self._sizes = tuple(QSize(self._look.px(100), height) for height in heights)

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return self._sizes[index.internalId() > 0]

    def thumbnail_size(self, width: int) -> QSize:
        """88 x 22, in a narrow panel 64 x 22."""
        wide = width >= self._look.px(NARROW)
        return QSize(self._look.px(88 if wide else 64), self._look.px(22))

    def order_rect(self, header: QRect) -> QRect:
        """Where the word that turns the order stands in the header of "all"."""
        width = QFontMetrics(self._look.font("header")).horizontalAdvance(self.order_word)
        return header.adjusted(header.width() - width - self._look.px(16), 0, 0, 0)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:  # fmt: skip
        rect, state = QRect(option.rect), option.state
        painter.save()
        is_hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        is_current = bool(state & QStyle.StateFlag.State_HasFocus) and self.has_focus
        if index.internalId():
            self._paint_sample(painter, rect, index, is_hovered)
        else:
            is_open = bool(state & QStyle.StateFlag.State_Open)
            self._paint_header(painter, rect, index, is_open, is_hovered)
        if is_current:
            painter.setPen(self._look.color("acc"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        painter.restore()

    def _paint_header(
        self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex,
        is_open: bool, is_hovered: bool,
    ) -> None:  # fmt: skip
        look, group = self._look, GROUPS[index.row()]
        if is_hovered:
            painter.fillRect(rect, look.color("bg3"))
        middle = rect.center().y() + 0.5
        paint_chevron(painter, rect.left() + look.px(14), middle, is_open, look)
        painter.setFont(look.font("body"))
        painter.setPen(look.color("t2"))
        painter.drawText(rect.adjusted(look.px(26), 0, 0, 0), _LEFT, self.titles[group])
        right = rect.adjusted(0, 0, -look.px(10), 0)
        painter.setPen(look.color("t3"))
        if group == "all":
            painter.setFont(look.font("header"))
            painter.drawText(right, _RIGHT, self.order_word)
        else:
            painter.setFont(look.font("mono"))
            painter.drawText(right, _RIGHT, f"{self._rows.rowCount(index):,}")

    def _paint_sample(
        self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex,
        is_hovered: bool,
    ) -> None:  # fmt: skip
        look, sample = self._look, self._rows.sample_at(index)
        is_current = sample >= 0 and sample == self.selected_sample
        if is_current:
            painter.fillRect(rect, look.color("accbg"))
            painter.fillRect(rect.left(), rect.top(), 2, rect.height(), look.color("acc"))
        elif is_hovered:
            painter.fillRect(rect, look.color("bg3"))
        left = self._paint_picture(painter, rect, sample)
        text = rect.adjusted(left, look.px(1), -look.px(10), 0)
        fault = self._rows.fault_at(index)
        if fault is not None:
            self._paint_fault(painter, text, fault)
        else:
            self._paint_reading(painter, text, sample, rect.width() < look.px(NARROW))

    def _paint_picture(self, painter: QPainter, rect: QRect, sample: int) -> int:
        """The picture in its place; returns where the text begins."""
        look, size = self._look, self.thumbnail_size(rect.width())
        left, top = look.px(14), rect.top() + (rect.height() - size.height()) // 2
        place = QRect(rect.left() + left, top, size.width(), size.height())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("canvas"))
        painter.drawRoundedRect(place, 2, 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        made = self._thumbnails.get(sample) if sample >= 0 else None
        if made is not None:
            shown = made.deviceIndependentSize().toSize()
            dx, dy = size.width() - shown.width(), size.height() - shown.height()
            painter.drawPixmap(place.left() + dx // 2, place.top() + dy // 2, made)
        return left + size.width() + look.px(8)

    def _paint_reading(self, painter: QPainter, rect: QRect, sample: int, is_narrow: bool) -> None:
        look, frame = self._look, self._rows.frame
        if frame is None:
            return
        survey, data = frame.survey, frame.run.data
        truth = data.dataset.texts[sample]
        output, loss, step = survey.at(data.row(sample))
        write = signed if self.is_delta else fixed
        value = "" if math.isnan(loss) else write(loss, 2)
        line = QRect(rect.left(), rect.top(), rect.width(), look.px(15))
        beside = rect
        if is_narrow:
            beside = line.translated(0, look.px(14))
        else:
            width = QFontMetrics(look.font("mono")).horizontalAdvance(value)
            line.setWidth(line.width() - width - look.px(8))
        # A value measured more than an epoch ago is older than any that training itself renews.
        is_old = frame.step - step > data.steps_per_epoch
        painter.setFont(look.font("mono"))
        painter.setPen(look.color("t3" if is_old else "t1"))
        painter.drawText(beside, _RIGHT, value)
        is_guest = sample >= data.n_own
        if output:
            # A drawing that nobody has labelled can have no wrong letter.
            self._paint_pieces(painter, line, pieces(output, truth or (output if is_guest else "")))
        else:
            painter.setFont(look.font("data_small"))
            painter.setPen(look.color("t3"))
            said = truth or (self.nothing if is_guest else "")
            painter.drawText(line, _LEFT, self._cut(said, line.width()))
        name = data.dataset.sample(sample).name if is_guest else f"#{sample:04d}"
        self._paint_second(painter, line, name, "data_small" if is_guest else "mono_small")

    def _paint_pieces(self, painter: QPainter, rect: QRect, reading: tuple[Piece, ...]) -> None:
        """Stretch by stretch, cut with an ellipsis where the room ends."""
        look, x = self._look, rect.left()
        painter.setFont(look.font("data_small"))
        metrics = painter.fontMetrics()
        for piece in reading:
            room = rect.right() - x
            text = self._cut(piece.text, room)
            width = metrics.horizontalAdvance(text)
            painter.setPen(look.color("err" if piece.is_wrong else "t1"))
            painter.drawText(QRect(x, rect.top(), width + 4, rect.height()), _LEFT, text)
            if piece.is_wrong:
                painter.fillRect(x, rect.bottom(), width, 1, look.color("err"))
            x += width
            if text != piece.text:
                return

    def _cut(self, text: str, width: int) -> str:
        metrics = QFontMetrics(self._look.font("data_small"))
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, width))

    def _paint_second(self, painter: QPainter, line: QRect, text: str, font: str) -> None:
        look = self._look
        painter.setFont(look.font("mono_small" if font == "mono_small" else "data_small"))
        painter.setPen(look.color("t3"))
        place = line.translated(0, look.px(14))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, _LEFT, shown)

    def _paint_fault(self, painter: QPainter, rect: QRect, fault: Fault) -> None:
        """Name or text, a warning mark, and the sentence that says why."""
        look = self._look
        line = QRect(rect.left(), rect.top(), rect.width() - look.px(16), look.px(15))
        texts = self._rows.frame.run.data.dataset.texts if self._rows.frame else ()
        text = look.legible((texts[fault.index] if fault.index >= 0 else "") or fault.name)
        painter.setFont(look.font("data_small"))
        painter.setPen(look.color("t2"))
        painter.drawText(line, _LEFT, self._cut(text, line.width()))
        paint_health(painter, rect.right() - look.px(5), rect.top() + look.px(8), "warn", look)
        wide = QRect(line.left(), line.top(), rect.width(), line.height())
        self._paint_second(
            painter, wide, look.legible(engine_words.sentence(fault.detail)), "data_small"
        )
