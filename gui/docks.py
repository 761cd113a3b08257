"""Docks: the movable panels round the centre column, from one table.

A dock's title bar is its view's own header, so a panel has one title wherever it stands; dragging
the header moves the dock. A view is made when its dock is first shown: a start pays for what it
shows, and a view that comes later knows theme and language from its first moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget

from gui.language import QT_TRANSLATE_NOOP
from gui.layouts import Sizes
from gui.look import Look
from gui.view import View

_Area = Qt.DockWidgetArea


@dataclass(frozen=True)
class DockSpec:
    """One dock: its key, its place and its share of that place; or the dock that it is a tab
    beside: always, or where the window is narrow (`folds`)."""

    key: str
    title: str
    area: Qt.DockWidgetArea
    share: int = 1
    beside: str = ""
    folds: str = ""


DOCKS = (
    DockSpec(
        "samples",
        QT_TRANSLATE_NOOP("Docks", "Samples"),
        _Area.LeftDockWidgetArea,
        58,
    ),
    DockSpec(
        "model",
        QT_TRANSLATE_NOOP("Docks", "Model"),
        _Area.LeftDockWidgetArea,
        42,
    ),
    DockSpec(
        "inspect",
        QT_TRANSLATE_NOOP("Docks", "Inspect"),
        _Area.RightDockWidgetArea,
        30,
    ),
    DockSpec(
        "source",
        QT_TRANSLATE_NOOP("Docks", "Source"),
        _Area.RightDockWidgetArea,
        38,
    ),
    DockSpec(
        "breakpoints",
        QT_TRANSLATE_NOOP("Docks", "Breakpoints"),
        _Area.RightDockWidgetArea,
        32,
        folds="source",
    ),
    DockSpec(
        "data",
        QT_TRANSLATE_NOOP("Docks", "Data"),
        _Area.RightDockWidgetArea,
        beside="inspect",
    ),
    DockSpec(
        "augmentation",
        QT_TRANSLATE_NOOP("Docks", "Augmentation"),
        _Area.RightDockWidgetArea,
        beside="inspect",
    ),
    DockSpec(
        "draw",
        QT_TRANSLATE_NOOP("Docks", "Draw"),
        _Area.RightDockWidgetArea,
        beside="breakpoints",
    ),
    DockSpec("time", QT_TRANSLATE_NOOP("Docks", "Time"), _Area.BottomDockWidgetArea),
    DockSpec(
        "console",
        QT_TRANSLATE_NOOP("Docks", "Console"),
        _Area.BottomDockWidgetArea,
        beside="time",
    ),
)


def make_view(key: str, look: Look) -> View:
    """The view of this dock: "samples" is SamplesView of gui.views.samples, and so is every one."""
    made = getattr(import_module(f"gui.views.{key}"), f"{key.capitalize()}View")(look)
    assert isinstance(made, View)
    return made


class Dock(QDockWidget):
    """Says that it is `needed` before it is first shown, by whatever way: it has no view yet."""

    needed = Signal(str)

    def setVisible(self, is_shown: bool) -> None:
        if is_shown and self.widget() is None:
            self.needed.emit(self.objectName())
        super().setVisible(is_shown)


class Docks(QObject):
    """The docks of one window, by key. `views` are those made so far; `made` carries key and view,
    once each, so that whoever cares for a view need not wait for it."""

    made = Signal(str, object)

    def __init__(self, window: QMainWindow, look: Look) -> None:
        super().__init__(window)
        self._window, self._look = window, look
        self._docks: dict[str, Dock] = {}
        self.views: dict[str, View] = {}
        window.setDockNestingEnabled(True)
        window.setTabPosition(_Area.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        for spec in DOCKS:
            dock = Dock(window)
            dock.setObjectName(spec.key)
            dock.hide()
            dock.needed.connect(self.view)
            self._docks[spec.key] = dock
            self._put(spec, is_wide=True)
        self.retranslate()

    def __iter__(self) -> Iterator[str]:
        return iter(self._docks)

    def view(self, key: str) -> View:
        """The view of this dock, made now where it was never shown."""
        if key not in self.views:
            made = self.views[key] = make_view(key, self._look)
            self._docks[key].setWidget(made)
            self._docks[key].setTitleBarWidget(made.header)
            self.made.emit(key, made)
        return self.views[key]

    def _put(self, spec: DockSpec, is_wide: bool) -> None:
        """In its place of the table."""
        dock, other = self._docks[spec.key], spec.beside or ("" if is_wide else spec.folds)
        self._window.addDockWidget(spec.area, dock)
        if other:
            self._window.tabifyDockWidget(self._docks[other], dock)
        if spec.folds and other:
            self._docks[other].raise_()

    def bring(self, key: str) -> None:
        """Show this dock, in front of the tabs beside it."""
        self._docks[key].show()
        self._docks[key].raise_()

    def grow(self, key: str, height: int) -> None:
        """Make this dock at least so high."""
        if self._docks[key].height() < height:
            self._window.resizeDocks([self._docks[key]], [height], Qt.Orientation.Vertical)

    def __getitem__(self, key: str) -> QDockWidget:
        return self._docks[key]

    def visible_views(self) -> list[View]:
        """Views somebody can see: not those of closed docks, nor of tabs behind others."""
        return [view for view in self.views.values() if view.isVisible()]

    def retranslate(self) -> None:
        for spec in DOCKS:
            self._docks[spec.key].setWindowTitle(QCoreApplication.translate("Docks", spec.title))

    def show_only(self, keys: tuple[str, ...]) -> None:
        for key, dock in self._docks.items():
            dock.setVisible(key in keys)

    def reset(self, wanted: Sizes, height: int) -> None:
        """Back to the table's places and the mock-ups' sizes."""
        shown = [key for key, dock in self._docks.items() if not dock.isHidden()]
        for dock in self._docks.values():  # out first: a tab bar that lost its tabs stays painted
            dock.setFloating(False)
            self._window.removeDockWidget(dock)
        for spec in DOCKS:
            self._put(spec, wanted.is_wide)
            self._docks[spec.key].setVisible(spec.key in shown)
        widths = {_Area.LeftDockWidgetArea: wanted.left, _Area.RightDockWidgetArea: wanted.right}
        folded = {spec.key for spec in DOCKS if spec.folds and not wanted.is_wide}
        beside = [s for s in DOCKS if s.area in widths and not (s.beside or s.key in folded)]
        self._window.resizeDocks(
            [self._docks[spec.key] for spec in beside],
            [widths[spec.area] for spec in beside],
            Qt.Orientation.Horizontal,
        )
        shares = [spec for spec in beside if spec.area is not _Area.BottomDockWidgetArea]
        docks = [self._docks[spec.key] for spec in shares] + [self._docks["time"]]
        heights = [height * spec.share // 100 for spec in shares] + [wanted.time]
        self._window.resizeDocks(docks, heights, Qt.Orientation.Vertical)
