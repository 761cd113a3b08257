"""Docks: the movable panels round the centre column, from one table.

A dock's title bar is its view's own header, so a panel has one title wherever it stands; dragging
the header moves the dock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget

from gui.language import QT_TRANSLATE_NOOP
from gui.layouts import Sizes
from gui.look import Look
from gui.view import View
from gui.views.augmentation import AugmentationView
from gui.views.breakpoints import BreakpointsView
from gui.views.console import ConsoleView
from gui.views.data import DataView
from gui.views.draw import DrawView
from gui.views.inspect import InspectView
from gui.views.model import ModelView
from gui.views.samples import SamplesView
from gui.views.source import SourceView
from gui.views.time import TimeView

_Area = Qt.DockWidgetArea


@dataclass(frozen=True)
class DockSpec:
    """One dock: its key, its place, what makes its view, and its share of the place; or the dock
    that it is a tab beside: always, or where the window is narrow (`folds`)."""

    key: str
    title: str
    area: Qt.DockWidgetArea
    make: Callable[[Look], View]
    share: int = 1
    beside: str = ""
    folds: str = ""


DOCKS = (
    DockSpec(
        "samples",
        QT_TRANSLATE_NOOP("Docks", "Samples"),
        _Area.LeftDockWidgetArea,
        SamplesView,
        58,
    ),
    DockSpec(
        "model",
        QT_TRANSLATE_NOOP("Docks", "Model"),
        _Area.LeftDockWidgetArea,
        ModelView,
        42,
    ),
    DockSpec(
        "inspect",
        QT_TRANSLATE_NOOP("Docks", "Inspect"),
        _Area.RightDockWidgetArea,
        InspectView,
        30,
    ),
    DockSpec(
        "source",
        QT_TRANSLATE_NOOP("Docks", "Source"),
        _Area.RightDockWidgetArea,
        SourceView,
        38,
    ),
    DockSpec(
        "breakpoints",
        QT_TRANSLATE_NOOP("Docks", "Breakpoints"),
        _Area.RightDockWidgetArea,
        BreakpointsView,
        32,
        folds="source",
    ),
    DockSpec(
        "data",
        QT_TRANSLATE_NOOP("Docks", "Data"),
        _Area.RightDockWidgetArea,
        DataView,
        beside="inspect",
    ),
    DockSpec(
        "augmentation",
        QT_TRANSLATE_NOOP("Docks", "Augmentation"),
        _Area.RightDockWidgetArea,
        AugmentationView,
        beside="inspect",
    ),
    DockSpec(
        "draw",
        QT_TRANSLATE_NOOP("Docks", "Draw"),
        _Area.RightDockWidgetArea,
        DrawView,
        beside="breakpoints",
    ),
    DockSpec("time", QT_TRANSLATE_NOOP("Docks", "Time"), _Area.BottomDockWidgetArea, TimeView),
    DockSpec(
        "console",
        QT_TRANSLATE_NOOP("Docks", "Console"),
        _Area.BottomDockWidgetArea,
        ConsoleView,
        beside="time",
    ),
)


class Docks:
    """The docks of one window, by key."""

    def __init__(self, window: QMainWindow, look: Look) -> None:
        self._window = window
        self._docks: dict[str, QDockWidget] = {}
        self.views: dict[str, View] = {}
        window.setDockNestingEnabled(True)
        window.setTabPosition(_Area.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        for spec in DOCKS:
            self._add(spec, look)
        self.retranslate()

    def _add(self, spec: DockSpec, look: Look) -> None:
        view = spec.make(look)
        dock = QDockWidget(self._window)
        dock.setObjectName(spec.key)
        dock.setWidget(view)
        dock.setTitleBarWidget(view.header)
        self._docks[spec.key], self.views[spec.key] = dock, view
        self._put(spec, is_wide=True)

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
