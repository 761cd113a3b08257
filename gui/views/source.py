"""SOURCE: the line of code that was just executed, its function's names as pictures, its loop."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QSplitter, QVBoxLayout, QWidget

from gui.chrome import Fact, PanelHeader, Segments
from gui.code import CodeArea
from gui.iteration import IterationBar
from gui.local_strips import LocalStrips
from gui.look import Look
from gui.selection import Hover, Selection
from gui.view import View

if TYPE_CHECKING:
    from crnn.debug.inner import LineView
    from crnn.debug.messages import Frame
    from crnn.debug.points import Point


class SourceView(View):
    """Draws frame.inner.lines; segments choose the text that trained or the readable one. `wanted`
    asks for the dialog of a Point on a line, new where its number is 0."""

    wanted = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.header = PanelHeader(look)
        self.forms = Segments(look, ("readable", "trained"), "trained")
        self.header.add(self.forms)
        self.code = CodeArea(look)
        self.iteration = IterationBar(look)
        self.strips = LocalStrips(look)
        self._lay_out()
        self.forms.chosen.connect(self._choose)
        self.code.toggled.connect(self._toggle)
        self.code.asked.connect(self._ask)
        self.code.offered.connect(self._offer)
        self.iteration.sought.connect(self._go_to)
        self.strips.hovered.connect(lambda text: self.hovered.emit(Hover(text=text)))
        self.strips.picked.connect(self._pick)
        self.retranslate()

    def _lay_out(self) -> None:
        below = QWidget()
        rows = QVBoxLayout(below)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.iteration)
        rows.addWidget(self.strips, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        split.addWidget(self.code)
        split.addWidget(below)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([600, 400])
        self._below = below
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.header)
        outer.addWidget(split, 1)

    def retranslate(self) -> None:
        self.header.set_name(self.tr("Source"))
        self.forms.set_labels({"readable": self.tr("plain"), "trained": self.tr("as trained")})
        self.forms.setToolTip(
            self.tr(
                "As trained: the kernel that ran, on its whole batch, to the last bit. Plain: the "
                "text that says the same, on the same batch, and how far its result is from what "
                "trained."
            )
        )
        self.strips.meanings = {
            "N": self.tr("samples"), "C": self.tr("channels"), "H": self.tr("height"),
            "W": self.tr("width"), "T": self.tr("timesteps"), "D": self.tr("features"),
            "U": self.tr("hidden units"), "G": self.tr("gates"), "K": self.tr("classes"),
            "S": self.tr("lattice states"), "L": self.tr("label"), "P": self.tr("parameters"),
            "R": self.tr("samples, both ways"),
        }  # fmt: skip
        self.strips.words_unwritten = self.tr("not written yet")
        self._show()

    def show_frame(self, frame: Frame) -> None:
        super().show_frame(frame)
        self._show()

    def show_selection(self, selection: Selection) -> None:
        super().show_selection(selection)
        self.strips.show_selected(selection.local)

    def restyle(self) -> None:
        self._show()

    @property
    def lines(self) -> LineView | None:
        inner = self.frame.inner if self.frame else None
        return inner.lines if inner else None

    def _show(self) -> None:
        view = self.lines
        self.code.show_view(view, self._message())
        self.iteration.show_view(view)
        self.strips.heading = self._heading(view) if view else ""
        self.strips.show_locals(view.locals if view else ())
        self._below.setVisible(view is not None)
        self.forms.setVisible(view is not None)
        inner = self.frame.inner if self.frame else None
        self.header.is_error = inner is not None and bool(inner.fault) and view is None
        self.header.set_facts(*(self._facts(view) if view else ()))
        if view is not None:
            self.forms.set_checked(view.form)
        self.header.update()

    def _message(self) -> str:
        inner = self.frame.inner if self.frame else None
        if inner is None or inner.cursor.level != "line":
            return self.tr("F11 steps into the code.")
        if inner.fault:
            return inner.fault
        return self.tr("Nothing is computed here for this sample. F10 goes on.")

    def _facts(self, view: LineView) -> list[Fact]:
        name = view.file if self.width() >= self.look.px(340) else view.file.rpartition("/")[2]
        return [Fact(f"{name}:{view.line}", "t2", is_mono=True)]

    def _heading(self, view: LineView) -> str:
        if view.form == "trained" or view.differs is None:
            return self.tr("locals")
        text = self.tr("locals · result within {difference} of what trained")
        return text.format(difference=f"{view.differs:.0e}" if view.differs else "0")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.lines is not None:
            self.header.set_facts(*self._facts(self.lines))

    # ---- intent ----

    def _pick(self, text: str) -> None:
        self.selected.emit(self.selection.pick_local(text))

    def _go_to(self, place: int) -> None:
        from crnn.debug.level_messages import GoToLine

        self.commanded.emit(GoToLine(place))

    def _choose(self, form: str) -> None:
        from crnn.debug.level_messages import ChooseForm

        self.commanded.emit(ChooseForm("readable" if form == "readable" else "trained"))

    def _point_at(self, line: int) -> Point | None:
        view = self.lines
        found = view.points if view else ()
        return next((point for point in found if point.condition.line == line), None)

    def toggle_here(self, is_caret: bool) -> None:
        """A breakpoint on the line that the keys are at, or on the one just executed; or off."""
        if self.lines is not None:
            line = self.code.head(self.code.caret if is_caret else self.lines.line)
            self._toggle(line or self.lines.line)

    def _toggle(self, line: int) -> None:
        """Off, on, and off again: a point with a condition is not lost by one click."""
        from crnn.debug.point_messages import AddPoint, EditPoint, RemovePoint
        from crnn.debug.points import Condition

        view, point = self.lines, self._point_at(line)
        if view is None:
            return
        if point is None:
            self.commanded.emit(AddPoint(Condition("line", file=view.file, line=line)))
        elif point.condition.text and point.is_on:
            self.commanded.emit(EditPoint(replace(point, is_on=False)))
        else:
            self.commanded.emit(RemovePoint(point.number))

    def _ask(self, line: int) -> None:
        from crnn.debug.points import Condition, Point

        view, point = self.lines, self._point_at(line)
        if view is not None:
            code = view.text[line - 1].strip()
            where = Condition("line", file=view.file, line=line, code=code)
            self.wanted.emit(point or Point(0, where))

    def _offer(self, line: int, at: QPoint) -> None:
        menu = self.menu(line)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def menu(self, line: int) -> QMenu:
        """What can be done with the statement that begins at a line."""
        from crnn.debug.point_messages import EditPoint, RemovePoint

        menu, point = QMenu(self), self._point_at(line)
        toggle, ask = partial(self._toggle, line), partial(self._ask, line)
        if point is None:
            menu.addAction(self.tr("Break here"), toggle)
            menu.addAction(self.tr("Break here where…"), ask)
            return menu
        turn = self.tr("Turn off") if point.is_on else self.tr("Turn on")
        menu.addAction(self.tr("Edit…"), ask)
        menu.addAction(turn, partial(self._send, EditPoint(replace(point, is_on=not point.is_on))))
        changed = EditPoint(replace(point, logs_only=not point.logs_only))
        only = menu.addAction(self.tr("Only note hits"), partial(self._send, changed))
        only.setCheckable(True)
        only.setChecked(point.logs_only)
        menu.addAction(self.tr("Remove"), partial(self._send, RemovePoint(point.number)))
        return menu

    def _send(self, command: object) -> None:
        self.commanded.emit(command)
