"""AUGMENTATION: the sample as it is, and as training shows it: one picture an epoch, at its step.

The arrays are those of the batches, from the address (seed, step, sample), so the past can be
looked at as well as what is still to come. Another strength can be tried; it changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QVBoxLayout, QWidget

from crnn.arrays import F32
from crnn.debug.messages import Frame, Seek
from crnn.errors import DatasetError
from gui import engine_words
from gui.chrome import Fact, PanelHeader, Segments, paint_empty
from gui.heat import indices, picture
from gui.look import Look
from gui.selection import Selection
from gui.variants import Variant, Variants
from gui.view import View

if TYPE_CHECKING:
    from crnn.data.augment import Augment

STRENGTHS = ("none", "light", "strong")
MARGIN, GAP, CAPTION = 12, 10, 18
LARGEST = 3
"""Screen pixels a pixel of the picture has at most; they are whole where one fits."""
POLL_MS = 30
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Grid(QWidget):
    """The painted part: first the sample as it is, then a cell an epoch from `first` on."""

    def __init__(self, view: AugmentationView) -> None:
        super().__init__()
        self._view = view
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.update)

    def picture_size(self, x_HW: F32) -> QSize:
        """Whole screen pixels a pixel where the panel is wide enough; else as wide as it is."""
        height, width = x_HW.shape
        room = self.width() - 2 * self._view.look.px(MARGIN)
        scale = min(LARGEST, room // width)
        if scale < 1:
            return QSize(room, max(1, round(height * room / width)))
        return QSize(width * scale, height * scale)

    def place(self, cell: int, size: QSize) -> QRect:
        """Caption and picture of a cell; 0 is the sample as it is, alone in its row."""
        px = self._view.look.px
        step = QSize(size.width() + px(GAP), size.height() + px(CAPTION) + px(GAP))
        columns = self.columns(size)
        row, column = divmod(cell - 1, columns) if cell else (-1, 0)
        left, top = px(MARGIN) + column * step.width(), px(4) + (row + 1) * step.height()
        return QRect(left, top, size.width(), size.height() + px(CAPTION))

    def columns(self, size: QSize) -> int:
        px = self._view.look.px
        return max(1, (self.width() - 2 * px(MARGIN) + px(GAP)) // (size.width() + px(GAP)))

    def n_cells(self, size: QSize) -> int:
        """Cells with an epoch that can at least be seen in part."""
        high = self.place(1, size).height() + self._view.look.px(GAP)
        rows = max(1, -(-(self.height() - self.place(1, size).top()) // high))
        return rows * self.columns(size)

    def paintEvent(self, event: QPaintEvent) -> None:
        view, painter = self._view, QPainter(self)
        painter.fillRect(self.rect(), view.look.color("bg1"))
        text = view.empty_text()
        if text:
            paint_empty(painter, self.rect().adjusted(12, 0, -12, 0), text, view.look)
            return
        plain = view.variants.plain()
        size = self.picture_size(plain)
        self._paint_cell(painter, self.place(0, size), plain, view.plain_caption(), "t1")
        if view.note():
            self._paint_note(painter, self.place(1, size), view.note())
            return
        cells = range(1, self.n_cells(size) + 1)
        for cell in cells:
            shown = view.shown_in(cell)
            x_HW = shown.x_HW if shown else None
            role = view.role_of(shown)
            self._paint_cell(painter, self.place(cell, size), x_HW, view.caption(shown), role)
        if view.variants.want(view.epoch_in(cell) for cell in cells):
            self._timer.start(POLL_MS)
        if self.hasFocus():
            painter.setPen(view.look.color("acc"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_note(self, painter: QPainter, place: QRect, text: str) -> None:
        look = self._view.look
        painter.setFont(look.font("body"))
        painter.setPen(look.color("t3"))
        room = self.width() - 2 * look.px(MARGIN)
        lines = QRect(place.left(), place.top(), room, self.height())
        painter.drawText(lines, Qt.TextFlag.TextWordWrap.value, text)

    def _paint_cell(
        self, painter: QPainter, place: QRect, x_HW: F32 | None, caption: str, role: str
    ) -> None:
        look = self._view.look
        painter.setFont(look.font("mono"))
        painter.setPen(look.color(role))
        line = QRect(place.left(), place.top(), place.width() + look.px(GAP), look.px(CAPTION))
        painter.drawText(line, _LEFT | Qt.TextFlag.TextDontClip, caption)
        ink = place.adjusted(0, look.px(CAPTION), 0, 0)
        painter.fillRect(ink, look.color("canvas"))
        if x_HW is not None:
            shown = picture(indices(x_HW, 0.0, 1.0), look.theme.ink)
            is_small = ink.width() < x_HW.shape[1]
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_small)
            painter.drawImage(QRectF(ink), shown)
        if role == "acc":
            painter.setPen(look.color("acc"))
            painter.drawRect(ink.adjusted(-1, -1, 0, 0))

    # ---- pointer and keys ----

    def cell_at(self, at: QPoint) -> int:
        """The cell with an epoch under a point, or 0."""
        if self._view.empty_text() or self._view.note():
            return 0
        size = self.picture_size(self._view.variants.plain())
        cells = range(1, self.n_cells(size) + 1)
        return next((cell for cell in cells if self.place(cell, size).contains(at)), 0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position().toPoint())
        if cell and event.button() == Qt.MouseButton.LeftButton:
            self._view.go_to(cell)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._scroll(-1 if event.angleDelta().y() > 0 else 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        rows = {
            Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -4, Qt.Key.Key_PageDown: 4
        }.get(Qt.Key(event.key()), 0)  # fmt: skip
        if rows and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._scroll(rows)
        elif event.key() == Qt.Key.Key_Home:
            self._view.follow()
        else:
            super().keyPressEvent(event)

    def _scroll(self, rows: int) -> None:
        if not self._view.empty_text():
            size = self.picture_size(self._view.variants.plain())
            self._view.move_on(rows * self.columns(size))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self.cell_at(event.pos())
            QToolTip.showText(event.globalPos(), self._view.tip(cell), self)
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.update()


class AugmentationView(View):
    """The header chooses a strength; the grid scrolls over the epochs."""

    rests_s = 0.5

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.variants = Variants()
        self.header = PanelHeader(look)
        self.strength = Segments(look, STRENGTHS, "none")
        self.strength.chosen.connect(self._try)
        self.header.add(self.strength)
        self.grid = Grid(self)
        self._tried = ""
        self._run_id = -1
        self._scrolled = 0
        self._problem = ""
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.header)
        rows.addWidget(self.grid, 1)
        self.retranslate()

    def retranslate(self) -> None:
        self.header.set_name(self.tr("Augmentation"))
        self.strength.set_labels(
            {
                "none": self.tr("none"),
                "light": self.tr("light"),
                "strong": self.tr("strong"),
            }
        )
        self.strength.setAccessibleName(self.tr("Strength to look at; training keeps its own"))
        self.strength.setToolTip(self.strength.accessibleName())
        self.grid.setAccessibleName(self.tr("Augmentation: the sample at its steps"))
        self._say()

    def restyle(self) -> None:
        self.grid.update()

    # ---- frames and selections ----

    def show_frame(self, frame: Frame) -> None:
        super().show_frame(frame)
        if frame.run.run_id != self._run_id:
            self._run_id, self._tried = frame.run.run_id, ""
            self.follow()
        self._look()

    def show_selection(self, selection: Selection) -> None:
        super().show_selection(selection)
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:
        self.variants.stop()
        super().hideEvent(event)

    def _look(self) -> None:
        frame, sample = self.frame, self.selection.sample
        if frame is None or not 0 <= sample < len(frame.run.data.dataset):
            return
        augment = cast("Augment", self._tried or frame.run.config.augment)
        if self.variants.look_at(frame.run.data, sample, augment):
            self.strength.set_checked(augment)
            self._problem = self._why_not(sample)
        self._say()
        self.grid.update()

    def _why_not(self, sample: int) -> str:
        """Why training never shows this sample; "" where it does."""
        assert self.frame is not None
        data = self.frame.run.data
        found = next((fault for fault in data.faults if fault.index == sample), None)
        if found is not None:
            never = self.tr("Training never shows this sample.")
            return f"{never}\n{engine_words.sentence(found.detail)}"
        try:
            data.prepared(sample)
        except DatasetError as error:
            return engine_words.sentence(str(error))
        return ""

    def _say(self) -> None:
        if self.frame is None:
            return
        if self.selection.sample >= 0:
            self.header.set_facts(Fact(f"#{self.selection.sample:04d}", "t3", is_mono=True))

    def empty_text(self) -> str:
        """The line shown instead of the grid, or ""."""
        if self.frame is None or self.variants.data is None:
            return self.tr("Choose a sample.")
        return self._problem

    def note(self) -> str:
        """What is said instead of the steps where nothing is changed at any of them."""
        if self.variants.data is None or self.variants.data.augment != "none":
            return ""
        return self.tr(
            "Nothing is changed: every step shows the sample as it is. Light and strong can be "
            "looked at above; New run… lets a run train with them."
        )

    # ---- what the grid shows ----

    @property
    def _first_epoch(self) -> int:
        """That of the step on screen, moved by what was scrolled."""
        assert self.frame is not None
        return max(0, self.frame.step // self.frame.run.data.steps_per_epoch + self._scrolled)

    def epoch_in(self, cell: int) -> int:
        """The epoch, counted from 0, that cell 1, 2, … shows."""
        return self._first_epoch + cell - 1

    def shown_in(self, cell: int) -> Variant | None:
        """What a cell shows; None while it is being made."""
        return self.variants.held(self.epoch_in(cell))

    def plain_caption(self) -> str:
        own = self.frame.run.config.augment if self.frame else ""
        if self._tried in ("", "none", own):
            return self.tr("as it is")
        return self.tr("as it is; below only looked at")

    def caption(self, shown: Variant | None) -> str:
        return self.tr("step {0}").format(f"{shown.step:,}") if shown else "…"

    def role_of(self, shown: Variant | None) -> str:
        """acc: the batch of the step on screen has it; dim: still to come."""
        assert self.frame is not None
        if shown is None or shown.step > self.frame.head:
            return "t3"
        return "acc" if shown.step == self.frame.step else "t2"

    def tip(self, cell: int) -> str:
        shown = self.shown_in(cell) if cell else None
        if shown is None:
            return ""
        epoch = f"{self.epoch_in(cell) + 1:,}"
        where = self.tr("epoch {0}, step {1}").format(epoch, f"{shown.step:,}")
        if self._is_recorded(shown.step):
            return f"{where}\n{self.tr('Click: go to this step.')}"
        return f"{where}\n{self.tr('Not trained yet.')}"

    def _is_recorded(self, step: int) -> bool:
        assert self.frame is not None
        return self.frame.run.first_step <= step <= self.frame.head

    def go_to(self, cell: int) -> None:
        """Show the recorded step whose batch has this picture."""
        shown = self.shown_in(cell)
        if shown is not None and self._is_recorded(shown.step):
            self.commanded.emit(Seek(shown.step))

    def move_on(self, epochs: int) -> None:
        """So many epochs on; the first one is where it stops."""
        assert self.frame is not None
        now = self.frame.step // self.frame.run.data.steps_per_epoch
        self._scrolled = max(-now, self._scrolled + epochs)
        self.grid.update()

    def follow(self) -> None:
        """Back to the epoch of the step on screen."""
        self._scrolled = 0
        self.grid.update()

    def _try(self, strength: str) -> None:
        self._tried = strength
        self._look()
