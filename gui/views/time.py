"""TIME: the recording as lanes over training steps, and the play head that moves through it.

The play head stands at the step on screen, never at a wish: a drag sends one Seek for each frame
that came back, and draws a thin line where the pointer is until then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.branch_menu import BranchMenu
from gui.chrome import Fact, PanelHeader, Segments, paint_empty
from gui.curves import RunCurves, extent
from gui.future_curves import FutureCurves
from gui.happenings import happenings
from gui.lane_curves import SMOOTH_LOSS, paint_curves
from gui.lane_signs import (
    LINE,
    Happening,
    Named,
    handle_rect,
    paint_happenings,
    paint_live,
    paint_names,
    paint_play_head,
    step_under,
)
from gui.lanes import Lanes, StepAxis, lay_out, paint_ruler, paint_veil
from gui.lens import SIDES, compared
from gui.look import Look
from gui.numerals import amount, fixed, signed, tenths
from gui.selection import Hover
from gui.step_range import Drag, StepRange, sought
from gui.view import View
from gui.watch_curve import WatchCurves

if TYPE_CHECKING:
    from crnn.debug.messages import Frame


class TimeBody(QWidget):
    """The painted lanes. Curves go into a pixmap once a frame; the pointer's line lies over it."""

    def __init__(self, view: TimeView) -> None:
        super().__init__()
        self._view = view
        self._still: QPixmap | None = None
        self.pointer = -1
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(64)

    @property
    def lanes(self) -> Lanes:
        return lay_out(self.width(), self.height(), self._view.look, self._view.watched.n)

    @property
    def axis(self) -> StepAxis:
        lanes = self.lanes
        return StepAxis(lanes.left, lanes.right, *self._view.range.ends)

    def invalidate(self) -> None:
        self._still = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.invalidate()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    # ---- painting ----

    def paintEvent(self, event: QPaintEvent) -> None:
        view, painter = self._view, QPainter(self)
        message = view.empty_text()
        if message or view.frame is None:
            painter.fillRect(self.rect(), view.look.color("bg1"))
            paint_empty(painter, self.rect(), message, view.look)
        else:
            if self._still is None:
                self._still = self._paint_still(view.frame)
            painter.drawPixmap(0, 0, self._still)
            self._paint_pointer(painter)
        if self.hasFocus():
            painter.setPen(view.look.color("acc"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_still(self, frame: Frame) -> QPixmap:
        ratio = self.devicePixelRatioF()
        still = QPixmap(self.size() * ratio)
        still.setDevicePixelRatio(ratio)
        still.fill(self._view.look.color("bg1"))
        painter, lanes, axis = QPainter(still), self.lanes, self.axis
        self._paint_curves(painter, frame, lanes, axis)
        self._paint_names(painter, frame, lanes)
        keys = np.array(frame.key_steps if self._view.shows_key_frames else (), np.float64)
        step = frame.step if frame.is_past else frame.head
        handle = handle_rect(lanes, axis, step, frame.head, self.width(), self._view.look)
        paint_ruler(painter, lanes, axis, keys, handle, self._view.look)
        paint_happenings(painter, lanes, axis, self._view.happenings, self._view.look)
        self._paint_ends(painter, frame, lanes, axis, handle)
        painter.end()
        return still

    def _paint_curves(self, painter: QPainter, frame: Frame, lanes: Lanes, axis: StepAxis) -> None:
        view, look = self._view, self._view.look
        newest = max((frame.head, *(line.head for line in view.futures.lines)))
        live = min(axis.x(newest), float(lanes.right))
        known = QRectF(lanes.left, 0, live - lanes.left, lanes.bottom)
        painter.fillRect(known, look.color("canvas"))
        paint_curves(painter, lanes, axis, view.futures, look, view.is_log, view.is_smooth)
        painter.setClipRect(QRectF(lanes.left, 0, lanes.right - lanes.left, lanes.bottom))
        view.watched.paint(painter, lanes, axis, frame, look, SMOOTH_LOSS * view.is_smooth)
        painter.setClipping(False)

    def _paint_names(self, painter: QPainter, frame: Frame, lanes: Lanes) -> None:
        view, line = self._view, self._view.look.px(LINE)
        role = "past" if frame.is_past else "t1"
        now, is_delta = view.curves.at(frame.step), view.futures.is_delta
        names, write = view.names, signed if is_delta else fixed
        loss = signed(now.loss, 2) if is_delta else amount(now.loss)
        rows = [Named(lanes.loss.top(), names["loss"], "t1", loss, role)]
        if lanes.has_own:
            rows.append(Named(lanes.watches.top(), names["watches"], "t1"))
        if not lanes.is_folded:
            top = lanes.cer.center().y() - line
            rows.append(Named(top, names["cer"], "t1", write(now.cer, 2), role))
            rows.append(Named(top + line, names["blank"], "t3", write(now.blank, 2), role))
        rows.append(Named(lanes.events.center().y() - line // 2 + 1, names["events"], "t1"))
        if view.shows_key_frames:
            n_keys = f"{len(frame.key_steps):,}"
            rows.append(Named(lanes.ruler.top() + 4, names["keys"], "t3", n_keys))
        paint_names(painter, lanes, rows, view.look)

    def _paint_ends(
        self, painter: QPainter, frame: Frame, lanes: Lanes, axis: StepAxis, handle: QRect
    ) -> None:
        look = self._view.look
        live, head = axis.x(frame.head), axis.x(frame.step)
        if frame.is_past:
            left, right = (max(lanes.left, min(x, float(lanes.right))) for x in (head, live))
            paint_veil(painter, QRectF(left, 0, right - left, lanes.bottom), look)
        if lanes.left - 1 <= live <= lanes.right + 1:
            paint_live(painter, lanes, live, self._view.names["live"], frame.head, look)
        if not handle.isEmpty():
            paint_play_head(painter, lanes, head, handle, frame.step, look)

    def _paint_pointer(self, painter: QPainter) -> None:
        view, lanes, axis = self._view, self.lanes, self.axis
        if view.drag.target is not None:
            x = axis.x(view.drag.target)
            painter.fillRect(QRectF(x - 0.5, 0, 1, lanes.bottom), view.look.color("past"))
        elif lanes.left <= self.pointer <= lanes.right:
            painter.fillRect(self.pointer, 0, 1, lanes.bottom, view.look.color("cursor", 0.25))

    # ---- pointer and keys ----

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._is_on_axis(event.position()):
            self._drag_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        self.pointer = int(at.x())
        if self._view.drag.target is not None:
            self._drag_to(at)
        self._view.hover_at(self._step_under(at) if self._is_on_axis(at) else None)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._view.ask(self._view.drag.release())
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._view.range.reset()
        self._view.rescale()

    def _drag_to(self, at: QPointF) -> None:
        step = self._view.clamped(self._step_under(at))
        self._view.ask(self._view.drag.move(step))
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.pointer = -1
        self._view.hover_at(None)
        self.update()

    def _is_on_axis(self, at: QPointF) -> bool:
        return self.lanes.left - 8 <= at.x() and not self._view.empty_text()

    def _step_under(self, at: QPointF) -> int:
        return step_under(self.lanes, self.axis, self._view.happenings, at)

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta, view, lanes = event.angleDelta(), self._view, self.lanes
        if delta.x() and not delta.y():
            view.range.pan(-delta.x() / 1200)
        else:
            x = max(float(lanes.left), min(event.position().x(), float(lanes.right)))
            centre = view.range.ends[0] + (x - lanes.left) / self.axis.pitch
            view.range.zoom(centre, 0.8 ** (delta.y() / 120))
        view.rescale()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        view, key = self._view, Qt.Key(event.key())
        low, high = view.range.ends
        tenth = max(1, round((high - low) / 10))
        steps = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1,
            Qt.Key.Key_PageUp: -tenth, Qt.Key.Key_PageDown: tenth,
        }  # fmt: skip
        zooms = {Qt.Key.Key_Plus: 0.8, Qt.Key.Key_Equal: 0.8, Qt.Key.Key_Minus: 1.25}
        frame = view.frame
        if frame is None or event.modifiers() & Qt.KeyboardModifier.AltModifier:
            super().keyPressEvent(event)
        elif key in steps:
            view.go(steps[key])
        elif key == Qt.Key.Key_Home:
            view.ask(frame.run.first_step)
        elif key in zooms:
            view.range.zoom(max(low, min(frame.step, high)), zooms[key])
            view.rescale()
        elif key == Qt.Key.Key_0:
            view.range.reset()
            view.rescale()
        else:
            super().keyPressEvent(event)


class TimeView(View):
    """Header with three switches, and the lanes. Emits Seek and ReturnToLive."""

    rests_s = 1.0

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.futures, self.watched = FutureCurves(), WatchCurves()
        self.happenings: tuple[Happening, ...] = ()
        self.names: dict[str, str] = {}
        self.range, self.drag = StepRange(), Drag()
        self.header = PanelHeader(look)
        self.scale = Segments(look, ["log", "linear"], "log")
        self.smooth = Segments(look, ["smooth"], "smooth", exclusive=False)
        self.keys = Segments(look, ["keys"], "keys", exclusive=False)
        self.body = TimeBody(self)
        self.branches, self.menu = Segments(look, ["branches"], ""), BranchMenu(look, self)
        self.branches.chosen.connect(self._open_menu)
        self.menu.commanded.connect(self.commanded)
        self.header.add(self.branches)
        for segments in (self.scale, self.smooth, self.keys):
            self.header.add(segments)
            segments.chosen.connect(self._on_chosen)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.header)
        rows.addWidget(self.body, 1)
        self.retranslate()

    def retranslate(self) -> None:
        self.header.set_name(self.tr("Time"))
        self.scale.set_labels({"log": self.tr("log loss"), "linear": self.tr("linear")})
        self.smooth.set_labels({"smooth": self.tr("smooth")})
        self.branches.set_labels({"branches": self.tr("branches")})
        self.branches.setAccessibleName(self.tr("Branches: switch, compare, rename, discard"))
        self.keys.set_labels({"keys": self.tr("key frames")})
        self.scale.setAccessibleName(self.tr("Scale of the loss"))
        self.smooth.setAccessibleName(self.tr("Smooth the curves"))
        self.keys.setAccessibleName(self.tr("Show key frames"))
        self.body.setAccessibleName(self.tr("Time: the recording. Arrow keys move by one step"))
        self.names = {
            "loss": self.tr("loss"), "cer": self.tr("CER"), "blank": self.tr("p(blank)"),
            "events": self.tr("events"), "keys": self.tr("key frames"), "live": self.tr("LIVE"),
            "watches": self.tr("watches"),
        }  # fmt: skip
        self._collect()
        self.body.invalidate()

    def restyle(self) -> None:
        self.body.invalidate()

    def show_frame(self, frame: Frame) -> None:
        if self.frame is None or frame.run.run_id != self.frame.run.run_id:
            self.range, self.drag = StepRange(), Drag()
            self.futures = FutureCurves()
        super().show_frame(frame)
        side = self.lens.side(frame)
        self.futures.take(frame, side)
        self.watched.take(frame)
        self.header.set_side("" if compared(frame) is None else SIDES[side])
        first = frame.run.first_step
        heads = [info.head for info in frame.branches.all] if frame.branches else [frame.head]
        self.range.fit(first, first + extent(max(heads) - first))
        self._collect()
        self.rescale()
        self.ask(self.drag.shown())

    # ---- what the lanes show ----

    @property
    def curves(self) -> RunCurves:
        """Those whose values are written: A's, B's or what they differ by."""
        return self.futures.front

    @property
    def is_log(self) -> bool:
        return "log" in self.scale.checked

    @property
    def is_smooth(self) -> bool:
        return "smooth" in self.smooth.checked

    @property
    def shows_key_frames(self) -> bool:
        return "keys" in self.keys.checked

    def empty_text(self) -> str:
        """The one line where there is no curve yet, else nothing."""
        if self.frame is not None and self.frame.n_reports:
            return ""
        return self.tr("Step {0}. Press F5 to train.").format(f"{getattr(self.frame, 'step', 0):,}")

    def _collect(self) -> None:
        """What the events lane marks, in the language in force."""
        if self.frame is None:
            return
        words = {
            "first_letter": self.tr("first letter"),
            "first_word": self.tr("first word right"),
            "all_right": self.tr("all right"),
        }
        self.happenings = happenings(self.frame, words)

    def _on_chosen(self, key: str) -> None:
        self.body.invalidate()

    def _open_menu(self, key: str) -> None:
        self.branches.set_checked("")
        if self.frame is not None:
            self.menu.show_frame(self.frame)
            self.menu.popup(self.branches.mapToGlobal(self.branches.rect().bottomLeft()))

    def rescale(self) -> None:
        """The range changed: say it, draw it."""
        if self.frame is None:
            return
        whole = (self.frame.run.first_step, self.frame.head)
        low, high = map(round, self.range.ends if self.range.is_zoomed else whole)
        role = "t1" if self.range.is_zoomed else "t2"
        reach = self.tr("any step within {0} s").format(tenths(self.frame.reach.worst_seek_s))
        self.header.set_facts(Fact(f"{low:,} – {high:,}", role, is_mono=True), Fact(reach, "t3"))
        self.body.invalidate()

    def ask(self, step: int | None) -> None:
        """Ask for this step."""
        if self.frame is not None and step is not None:
            self.commanded.emit(sought(self.clamped(step), self.frame.head))

    def go(self, steps: int) -> None:
        """Arrow and page keys."""
        if self.frame is not None and self.clamped(self.frame.step + steps) != self.frame.step:
            self.ask(self.frame.step + steps)

    def clamped(self, step: int) -> int:
        """`step`, or the nearest one the recording has."""
        frame = self.frame
        return step if frame is None else max(frame.run.first_step, min(step, frame.head))

    def hover_at(self, step: int | None) -> None:
        """Say the exact values of the update from `step`, and what happened there."""
        frame = self.frame
        first, end = (frame.run.first_step, frame.n_reports) if frame else (0, 0)
        if step is None or frame is None or not first <= step < first + end:
            self.hovered.emit(Hover())
            return
        at = self.curves.at(step)
        near = (self.range.ends[1] - self.range.ends[0]) / 200
        words = [h.text for h in self.happenings if abs(h.step - step) <= near]
        facts = self.tr("step {0}   loss {1} nats   CER {2}   p(blank) {3}   lr {4}").format(
            f"{step:,}", fixed(at.loss), fixed(at.cer), fixed(at.blank), f"{at.lr:g}"
        )
        self.hovered.emit(Hover(text="   ".join((facts, *self.watched.said(step), *words))))
