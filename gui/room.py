"""Room: what docks are given while something needs it: SOURCE at level line, TIME with watches.

At level line a person reads code, so SOURCE comes to the front, and the right column becomes wider
and mostly its own; going back up gives the others what they had, unless a hand has moved something
meanwhile. TIME grows once, when the first watch is drawn, by a lane.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QMainWindow

from gui.docks import Docks
from gui.look import Look
from gui.specs import PARKED, level_of

if TYPE_CHECKING:
    from crnn.debug.messages import Frame

WIDTH = {True: 528, False: 396}
"""Of the right column at level line, in a wide window and in a narrow one."""
SHARES = {"inspect": 18, "source": 62, "breakpoints": 20}
"""Of its height, in a wide window; in a narrow one BREAKPOINTS is a tab behind SOURCE."""
TIME_WITH_WATCHES, TALL = 184, 1000
"""Height of TIME with a lane for watches, in windows of at least this height."""
_SLACK = 8


class Room(QObject):
    """One window's. Told of every frame."""

    def __init__(self, window: QMainWindow, docks: Docks, look: Look) -> None:
        super().__init__(window)
        self._window, self._docks, self._look = window, docks, look
        self._was_line = False
        self._n_drawn = 0
        self._before: dict[str, tuple[int, int]] = {}
        self._given: dict[str, tuple[int, int]] = {}

    def show_frame(self, frame: Frame) -> None:
        """A run that moves shows no level; it keeps the room of where it set out."""
        if frame.mode in PARKED:
            is_line = level_of(frame) == "line"
            if is_line != self._was_line:
                self._was_line = is_line
                self._widen() if is_line else self._restore()
        watches = frame.watching.watches if frame.watching is not None else ()
        n_drawn = sum(row.watch.is_drawn for row in watches)
        if n_drawn and not self._n_drawn and self._window.height() >= self._look.px(TALL):
            self._docks.grow("time", self._look.px(TIME_WITH_WATCHES))
        self._n_drawn = n_drawn

    def forget(self) -> None:
        """The layout was chosen anew: nothing is to be given back; at level line it is given."""
        self._before, self._given = {}, {}
        if self._was_line:
            self._widen()

    def _stacked(self) -> list[str]:
        """The docks that stand one above the other in the right column with SOURCE in it."""
        right = Qt.DockWidgetArea.RightDockWidgetArea
        shown = []
        for key in SHARES:
            dock = self._docks[key]
            is_there = not dock.isFloating() and self._window.dockWidgetArea(dock) == right
            behind = key != "source" and dock in self._window.tabifiedDockWidgets(
                self._docks["source"]
            )
            if is_there and not dock.isHidden() and not behind:
                shown.append(key)
        return shown

    def _widen(self) -> None:
        keys = self._stacked()
        if "source" not in keys:
            return
        self._docks["source"].raise_()
        self._before = self._sizes(keys)
        total = sum(height for _, height in self._before.values())
        shares = {key: SHARES[key] for key in keys}
        heights = [total * share // sum(shares.values()) for share in shares.values()]
        is_wide = self._window.width() >= self._look.px(1600)
        width = max(self._before["source"][0], self._look.px(WIDTH[is_wide]))
        self._resize(keys, [width] * len(keys), heights)
        QTimer.singleShot(0, self._note)  # the layout has its say first

    def _note(self) -> None:
        """What the docks were given in the end."""
        self._given = self._sizes(list(self._before))

    def _restore(self) -> None:
        """Give back what the others had, where nobody has moved anything since."""
        now = self._sizes(list(self._given))
        is_ours = all(
            abs(a - b) <= _SLACK
            for key, given in self._given.items()
            for a, b in zip(given, now[key], strict=True)
        )
        if self._given and is_ours:
            widths, heights = zip(*self._before.values(), strict=True)
            self._resize(list(self._before), list(widths), list(heights))
        self._before, self._given = {}, {}

    def _sizes(self, keys: list[str]) -> dict[str, tuple[int, int]]:
        return {key: (self._docks[key].width(), self._docks[key].height()) for key in keys}

    def _resize(self, keys: list[str], widths: list[int], heights: list[int]) -> None:
        docks = [self._docks[key] for key in keys]
        self._window.resizeDocks(docks, widths, Qt.Orientation.Horizontal)
        self._window.resizeDocks(docks, heights, Qt.Orientation.Vertical)
