"""Recent: files opened or saved last, and the runs that the window has recorded by itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QLocale, QObject, Qt
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtWidgets import QMenu

from gui import engine_words
from gui.bridge import Bridge
from gui.look import Look
from gui.settings import Settings

if TYPE_CHECKING:
    from crnn.debug.shelf import Shelved

WIDEST = 420
"""Pixels of a path; its middle goes first."""


class RecentMenu(QObject):
    """Fills `menu` anew each time it is opened; `load` is told which path was chosen."""

    def __init__(
        self,
        menu: QMenu,
        look: Look,
        bridge: Bridge,
        settings: Settings,
        load: Callable[[Path], None],
    ) -> None:
        super().__init__(menu)
        self._menu, self._look, self._bridge = menu, look, bridge
        self._settings, self._load = settings, load
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        from crnn.debug.shelf import shelved

        self._menu.clear()
        runs = self._bridge.runs_dir
        found = shelved(runs) if runs is not None else ()
        own = {run.directory.resolve() for run in found}
        for path in self._settings.recent:
            if path not in own:
                self._add(self._elided(path), path)
        self._add_runs(found)
        if self._menu.isEmpty():
            self._menu.addAction(self.tr("Nothing yet")).setEnabled(False)

    def _add_runs(self, found: tuple[Shelved, ...]) -> None:
        """Those without a name of their own, newest first; the one on screen cannot be opened."""
        frame = self._bridge.frame
        shown = Path(frame.run.directory) if frame is not None and frame.run.directory else None
        if found:
            self._menu.addSeparator()
            self._menu.addAction(self.tr("Recorded by this window")).setEnabled(False)
        for run in found:
            when = QDateTime.fromSecsSinceEpoch(int(run.written_s))
            text = self.tr("{name}   step {step}   {when}").format(
                name=engine_words.sentence(run.name).replace("&", "&&"),
                step=f"{run.head:,}",
                when=QLocale().toString(when, QLocale.FormatType.ShortFormat),
            )
            action = self._add(text, run.directory)
            if run.directory == shown:
                action.setCheckable(True)
                action.setChecked(True)
            action.setEnabled(run.directory != shown)

    def _add(self, text: str, path: Path) -> QAction:
        action = self._menu.addAction(text)
        action.setToolTip(str(path))
        action.triggered.connect(partial(self._choose, path))
        return action

    def _choose(self, path: Path, _checked: bool = False) -> None:
        self._load(path)

    def _elided(self, path: Path) -> str:
        metrics = QFontMetrics(self._menu.font())
        middle = Qt.TextElideMode.ElideMiddle
        return metrics.elidedText(str(path), middle, self._look.px(WIDEST)).replace("&", "&&")
