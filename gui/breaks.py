"""Breaks: what the window does about breakpoints and watches - dialogs, F9, and what a hit says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from gui import conditions
from gui.bridge import Bridge
from gui.inspection import inspect
from gui.look import Look
from gui.selection import Selection
from gui.window import Window

if TYPE_CHECKING:
    from crnn.debug.point_messages import Changed, PointHit
    from crnn.debug.points import Condition
    from gui.dialogs.line import LineDialog
    from gui.dialogs.point import PointDialog
    from gui.views.breakpoints import BreakpointsView
    from gui.views.source import SourceView


class Breaks(QObject):
    """One window's. Knows the dialogs, so that views need not."""

    def __init__(self, window: Window, bridge: Bridge, look: Look) -> None:
        super().__init__()
        self.window, self.bridge, self.look = window, bridge, look
        self.source: SourceView | None = None
        bridge.point_hit.connect(self._tell_hit)
        bridge.changed.connect(self._tell_change)
        bridge.selection_changed.connect(self._tell_region)

    def join(self, view: BreakpointsView) -> None:
        """Answer what this view asks for."""
        view.wanted.connect(self.open_point)
        view.watch_wanted.connect(self.ask_watch)
        view.commanded.connect(self._show_code)

    def _show_code(self, command: object) -> None:
        """What leads to a line brings SOURCE to the front, where it is not closed."""
        from crnn.debug.point_messages import GoToHit, ShowLine

        is_hit = isinstance(command, GoToHit) and command.hit.spot is not None
        if isinstance(command, ShowLine):
            self.window.docks.bring("source")
        elif is_hit:
            self._raise_source()

    def _raise_source(self) -> None:
        dock = self.window.docks["source"]
        if not dock.isHidden():
            dock.raise_()

    def join_source(self, view: SourceView) -> None:
        """Answer what this view asks for; F9 is about it at level line."""
        self.source = view
        view.wanted.connect(self.open_point)

    def described(self) -> str:
        """The selected number of the line on screen with its value; "" where there is none."""
        return self.source.strips.described() if self.source is not None else ""

    def add_point(self) -> None:
        """Add a breakpoint…"""
        self.open_point(None)

    def open_point(self, point: object) -> None:
        """The dialog: of a new breakpoint, or of a Point to edit."""
        from crnn.debug.points import Point
        from gui.dialogs.line import LineDialog
        from gui.dialogs.point import PointDialog

        frame = self.bridge.frame
        if frame is None:
            return
        assert point is None or isinstance(point, Point)
        dialog: PointDialog | LineDialog
        if point is not None and point.condition.kind == "line":
            dialog = LineDialog(self.window, self.look, point)
        else:
            dialog = PointDialog(self.window, self.look, frame, point, self._selected())
        dialog.chosen.connect(self.bridge.send)
        dialog.open()

    def _selected(self) -> str:
        """The selected number or region as an expression, "" for none."""
        frame = self.bridge.frame
        return "" if frame is None else conditions.region_of(self.bridge.selection, frame.trace)

    def _tell_region(self, selection: Selection) -> None:
        """What a region is called, and what can be done with it."""
        if selection.corner is not None:
            text = self.tr("{what}: Ctrl+F9 breaks on its statistics, F9 when it changes")
            self.window.status.show_message(text.format(what=self._selected()))

    def ask_watch(self) -> None:
        """Add a watch…: an expression that is a number."""
        from gui.dialogs.point import WatchDialog

        frame = self.bridge.frame
        if frame is None:
            return
        text = self._selected() or "grad_norm"
        text = f"mean({text})" if self.bridge.selection.corner is not None else text
        dialog = WatchDialog(self.window, self.look, frame, text)
        dialog.chosen.connect(self.bridge.send)
        dialog.open()

    def toggle(self) -> None:
        """F9: a breakpoint on what is selected, at level line on the line; or none there any
        more."""
        from crnn.debug.point_messages import AddPoint, RemovePoint

        frame = self.bridge.frame
        if self._toggle_line():
            return
        condition = self._on_selection()
        if frame is None or frame.watching is None or condition is None:
            return
        for row in frame.watching.points:
            held = row.point.condition
            is_same = held.kind == condition.kind and held.sample == condition.sample
            same_place = held.text.split(" ")[0] == condition.text.split(" ")[0]
            if is_same and (held.text == condition.text or (held.text and same_place)):
                self.bridge.send(RemovePoint(row.point.number))
                return
        self.bridge.send(AddPoint(condition))
        text = self.tr("Breakpoint: {what}").format(what=conditions.title(condition))
        self.window.status.show_message(text)

    def _toggle_line(self) -> bool:
        """At level line, unless the keyboard is in TIME: the line that the keys are at in SOURCE,
        or the one just executed."""
        source = self.source
        if source is None or source.lines is None or not source.isVisible():
            return False
        focus = self.window.focusWidget()
        if focus is not None and self.window.docks["time"].isAncestorOf(focus):
            return False
        source.toggle_here(focus is source.code)
        return True

    def _on_selection(self) -> Condition | None:
        """With the keyboard in TIME the step on screen, else the selected number or sample."""
        from crnn.debug.points import Condition

        frame, selection = self.bridge.frame, self.bridge.selection
        if frame is None:
            return None
        focus = self.window.focusWidget()
        if focus is not None and self.window.docks["time"].isAncestorOf(focus):
            return Condition("when", f"step == {frame.step}")
        value = None
        if frame.trace is not None and selection.cell is not None:
            shown = inspect(frame.trace, frame.run.config, selection.cell)
            value = None if shown is None else shown.value
        return conditions.condition_on(selection, value, frame.trace)

    def _tell_hit(self, event: PointHit) -> None:
        if event.hit.spot is not None:
            self._raise_source()
        self.window.status.show_message(conditions.found(event.point, event.hit))

    def _tell_change(self, event: Changed) -> None:
        self.window.status.show_message(conditions.last_change(event))
