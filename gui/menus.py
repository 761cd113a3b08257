"""Menus: the menu bar, filled from the action table."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar

from gui.actions import Actions
from gui.branch_menu import BranchMenu
from gui.docks import Docks
from gui.look import Look
from gui.panel import AxisPanel

_SEPARATE_BEFORE = {
    *("quit", "save", "palette", "copy_value", "restart", "goto", "about", "branch", "side_a"),
}


class Menus(QObject):
    """File Edit View Run Debug Model Help. `panel_toggled` carries a panel's name and its state."""

    panel_toggled = Signal(str, bool)

    def __init__(
        self, look: Look, actions: Actions, docks: Docks, panels: dict[str, AxisPanel]
    ) -> None:
        super().__init__()
        self.bar = QMenuBar()
        self.bar.setNativeMenuBar(False)
        self._menus = {
            name: QMenu() for name in ("file", "edit", "view", "run", "debug", "model", "help")
        }
        self.branches = BranchMenu(look, self.bar)
        self.recent, self._panels, self._theme, self._language = (QMenu() for _ in range(4))
        self._toggles = {name: self._toggle(name) for name in panels}
        self._fill(actions)
        self._fill_view(actions, docks)

    def _fill(self, actions: Actions) -> None:
        for name, menu in self._menus.items():
            for action in actions.menu(name):
                if action.objectName() in _SEPARATE_BEFORE:
                    menu.addSeparator()
                menu.addAction(action)
            self.bar.addMenu(menu)
        self._menus["file"].insertMenu(actions["save"], self.recent)
        self._menus["debug"].addMenu(self.branches)

    def _fill_view(self, actions: Actions, docks: Docks) -> None:
        view = self._menus["view"]
        for menu, name in ((self._theme, "theme"), (self._language, "language")):
            menu.addActions(actions.menu(name))
        for toggle in self._toggles.values():
            self._panels.addAction(toggle)
        self._panels.addSeparator()
        for key in docks:
            self._panels.addAction(docks[key].toggleViewAction())
        view.insertSeparator(actions["reset_layout"])
        view.addSeparator()
        for menu in (self._panels, self._theme, self._language):
            view.addMenu(menu)

    def _toggle(self, name: str) -> QAction:
        action = QAction(self)
        action.setCheckable(True)
        action.setChecked(True)
        action.triggered.connect(partial(self.panel_toggled.emit, name))
        return action

    def check_panel(self, name: str, is_shown: bool) -> None:
        self._toggles[name].setChecked(is_shown)

    def retranslate(self) -> None:
        texts = {
            "file": self.tr("File"),
            "edit": self.tr("Edit"),
            "view": self.tr("View"),
            "run": self.tr("Run"),
            "debug": self.tr("Debug"),
            "model": self.tr("Model"),
            "help": self.tr("Help"),
        }
        for name, menu in self._menus.items():
            menu.setTitle(texts[name])
        panels = {
            "image": self.tr("Image"),
            "features": self.tr("Features"),
            "rnn": self.tr("RNN"),
            "softmax": self.tr("Softmax"),
            "ctc": self.tr("CTC"),
        }
        for name, toggle in self._toggles.items():
            toggle.setText(panels[name])
        self.branches.setTitle(self.tr("Branches"))
        self.recent.setTitle(self.tr("Recent"))
        self._panels.setTitle(self.tr("Panels"))
        self._theme.setTitle(self.tr("Theme"))
        self._language.setTitle(self.tr("Language"))
