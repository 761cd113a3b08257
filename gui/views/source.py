"""SOURCE: the line of code that was just executed, its function's names as pictures, its loop."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from gui.chrome import Fact, PanelHeader, Segments
from gui.code import CodeArea
from gui.iteration import IterationBar
from gui.local_strips import LocalStrips
from gui.look import Look
from gui.selection import Hover
from gui.view import View

if TYPE_CHECKING:
    from crnn.debug.inner import LineBreak, LineView
    from crnn.debug.messages import Frame


class SourceView(View):
    """Draws frame.inner.lines; segments choose the text that trained or the readable one."""

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
        self.iteration.sought.connect(self._go_to)
        self.strips.hovered.connect(lambda text: self.hovered.emit(Hover(text=text)))
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
        split.setSizes([45, 55])
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
        self._show()

    def show_frame(self, frame: Frame) -> None:
        super().show_frame(frame)
        self._show()

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

    def _go_to(self, place: int) -> None:
        from crnn.debug.level_messages import GoToLine

        self.commanded.emit(GoToLine(place))

    def _choose(self, form: str) -> None:
        from crnn.debug.level_messages import ChooseForm

        self.commanded.emit(ChooseForm("readable" if form == "readable" else "trained"))

    def _stop_at(self, line: int) -> LineBreak | None:
        view = self.lines
        found = view.breaks if view else ()
        return next((stop for stop in found if stop.line == line), None)

    def _toggle(self, line: int) -> None:
        """Off, on, and off again: a stop with a condition is not lost by one click."""
        from crnn.debug.inner import LineBreak
        from crnn.debug.level_messages import SetLineBreak

        view, stop = self.lines, self._stop_at(line)
        if view is None:
            return
        if stop is None:
            self.commanded.emit(SetLineBreak(LineBreak(view.file, line)))
        elif stop.condition and stop.is_on:
            self.commanded.emit(SetLineBreak(replace(stop, is_on=False)))
        else:
            self.commanded.emit(SetLineBreak(stop, remove=True))

    def _ask(self, line: int) -> None:
        from gui.dialogs.ask import AskDialog

        view, stop = self.lines, self._stop_at(line)
        if view is None:
            return
        label = self.tr("Stop at line {line} where, e.g. t > 20 and max(gates) > 0.9:")
        dialog = AskDialog(
            self.window(),
            self.tr("Condition"),
            label.format(line=line),
            stop.condition if stop else "",
            lambda text: "",
        )
        dialog.answered.connect(partial(self._stop_where, view.file, line))
        dialog.open()

    def _stop_where(self, file: str, line: int, condition: str) -> None:
        from crnn.debug.inner import LineBreak
        from crnn.debug.level_messages import SetLineBreak

        self.commanded.emit(SetLineBreak(LineBreak(file, line, condition.strip())))
