"""The window: centre column, docks, bars and menus round one bridge. It decides nothing itself.

A frame goes to the column first (which fits the shared time axis), then to the views that can be
seen; a view that becomes visible is given the frame on screen.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMainWindow, QVBoxLayout, QWidget

from gui.actions import Actions
from gui.axis import TimeAxis
from gui.bridge import Bridge
from gui.column import Column
from gui.docks import Docks
from gui.fault import PanelFault
from gui.layouts import LAYOUTS, PANELS, sizes
from gui.lens import Lens, Side
from gui.look import Look
from gui.menus import Menus
from gui.panel import AxisPanel
from gui.room import Room
from gui.selection import Selection
from gui.specs import LOOSE
from gui.start import StartStrip
from gui.status import RunFacts, StatusLine
from gui.transport import Transport
from gui.turns import Turns
from gui.veil import Veils
from gui.view import View
from gui.views.ctc import CtcPanel
from gui.views.features import FeaturesPanel
from gui.views.image import ImagePanel
from gui.views.rnn import RnnPanel
from gui.views.softmax import SoftmaxPanel

if TYPE_CHECKING:
    from crnn.debug.cursor import Level
    from crnn.debug.messages import Frame, Seeking


class Window(QMainWindow):
    """Everything on the screen. `painted` is emitted after the first paint, `filled` after the
    first one in which every visible view had a frame with a trace; `closing` before it goes."""

    painted = Signal()
    filled = Signal()
    closing = Signal()
    dropped = Signal(str)
    proposed = Signal(object)

    def __init__(self, look: Look, bridge: Bridge, handlers: dict[str, Callable[[], None]]) -> None:
        super().__init__()
        self.look, self.bridge = look, bridge
        self.actions_ = Actions(handlers)
        self.axis = TimeAxis(self)
        self.lens = Lens(self)
        self.panels: dict[str, AxisPanel] = {
            "image": ImagePanel(look, self.axis),
            "features": FeaturesPanel(look, self.axis),
            "rnn": RnnPanel(look, self.axis),
            "softmax": SoftmaxPanel(look, self.axis),
            "ctc": CtcPanel(look, self.axis),
        }
        self.column = Column(look, self.axis, tuple(self.panels.values()))
        self.docks = Docks(self, look)
        self.room = Room(self, self.docks, look)
        self.transport = Transport(look, self.actions_)
        self.start = StartStrip(look)
        self.veils = Veils(look, [panel.body for panel in self.panels.values()])
        self.fault = PanelFault(look, self.column, self.veils)
        self.facts = RunFacts(look)
        self.status = StatusLine(look)
        self.setCentralWidget(self.column)
        self.menus = Menus(look, self.actions_, self.docks, self.panels)
        self._build_bars()
        self._connect()
        self._shown_at: dict[View, float] = {}
        self._turns = Turns(self)
        self._is_painted = self._is_filled = False
        self.column.overlay.installEventFilter(self)
        self.setAcceptDrops(True)
        self.retranslate()

    # ---- building ----

    def _build_bars(self) -> None:
        self.title = QLabel("CRNN Debugger")
        top = QWidget()
        top.setObjectName("top")
        row = QHBoxLayout()
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(self.title)
        row.addWidget(self.menus.bar)
        row.addStretch(1)
        row.addWidget(self.facts)
        rows = QVBoxLayout(top)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(row)
        rows.addWidget(self.transport)
        rows.addWidget(self.start)
        self.setMenuWidget(top)
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(0, 0, 0, 0)
        bar.addWidget(self.status, 1)
        for action in self.actions_.all():
            self.addAction(action)

    def _connect(self) -> None:
        bridge = self.bridge
        bridge.frame_changed.connect(self._show_frame)
        bridge.selection_changed.connect(self._show_selection)
        bridge.seeking.connect(self._show_seeking)
        self.actions_.sent.connect(bridge.send)
        self.transport.level_chosen.connect(self._choose_level)
        self.column.strip.commanded.connect(bridge.send)
        self.start.chosen.connect(self._do)
        self.column.selected.connect(bridge.select)
        for panel in self.panels.values():
            self._join(panel)
        self.docks.made.connect(self._welcome)
        self.transport.side_chosen.connect(self.choose_side)
        self.menus.branches.commanded.connect(bridge.send)
        for key in self.docks:
            self.docks[key].visibilityChanged.connect(self.refresh)
        self.menus.panel_toggled.connect(self._toggle_panel)
        self.look.changed.connect(self._restyle)
        self._restyle()

    def _join(self, view: View) -> None:
        view.selected.connect(self.bridge.select)
        view.hovered.connect(self.status.show_hover)
        view.commanded.connect(self.bridge.send)
        view.proposed.connect(self.proposed)
        view.look_through(self.lens)

    def _welcome(self, key: str, view: View) -> None:
        """A dock's view is there; its frame comes when it can be seen."""
        self._join(view)
        view.show_selection(self.bridge.selection)
        if key != "time":
            self.veils.add(view)

    def _choose_level(self, level: Level) -> None:
        from crnn.debug.level_messages import ChangeLevel

        self.bridge.send(ChangeLevel(level))

    def views(self) -> list[View]:
        """Every view that was made, whether it can be seen or not."""
        return [*self.panels.values(), *self.docks.views.values()]

    def visible_views(self) -> list[View]:
        return [*self.column.visible_panels(), *self.docks.visible_views()]

    def _do(self, name: str) -> None:
        self.actions_[name].trigger()

    # ---- frames and selections ----

    def _show_frame(self, frame: Frame) -> None:
        self.veils.arrive()
        self.fault.show_frame(frame, self.bridge.selection)
        if not self._is_blind(frame):
            self.column.show_frame(frame)
        self.refresh()
        self.transport.show_frame(frame)
        self.start.show_frame(frame)
        self.facts.show_frame(frame)
        self.status.show_frame(frame)
        self.actions_.show_frame(frame)
        self.menus.branches.show_frame(frame)
        self.room.show_frame(frame)

    def refresh(self) -> None:
        """Give every view that can be seen the frame on screen, where it has another."""
        frame = self.bridge.frame
        if frame is None:
            return
        now, is_training = time.monotonic(), frame.mode == "running"
        jobs = []
        for view in self.visible_views():
            rests = is_training and now < self._shown_at.get(view, 0.0) + view.rests_s
            is_kept = isinstance(view, AxisPanel) and self._is_blind(frame)
            if view.frame is not frame and not rests and not is_kept:
                jobs.append(partial(view.show_frame, frame))
                self._shown_at[view] = now
        self._turns.take(jobs if is_training else ())
        for show in () if is_training else jobs:
            show()

    def _show_seeking(self, seeking: Seeking) -> None:
        """A seek that takes long: how far it is, and that it can be stopped."""
        self.transport.pill.show_seeking(seeking)
        self.veils.show_seeking(seeking)
        self.actions_.show_seeking()
        self.status.show_message(
            self.tr("Recomputing: {done} of {total} steps. Esc or F6 stops it.").format(
                done=f"{seeking.done:,}", total=f"{seeking.total:,}"
            )
        )

    def _is_blind(self, frame: Frame) -> bool:
        """Whether the engine could not look at the sample: the last good data of this run stay."""
        shown = next((panel.frame for panel in self.column.visible_panels()), None)
        if frame.trace is not None or shown is None:
            return False
        return shown.trace is not None and shown.run is frame.run

    def _show_selection(self, selection: Selection) -> None:
        if self.bridge.frame is not None:
            self.fault.show_frame(self.bridge.frame, selection)
        self.column.show_selection(selection)
        for view in self.views():
            view.show_selection(selection)

    def describe(self) -> str:
        """The selected cell's exact value as text; "" where none is selected."""
        cell = self.bridge.selection.cell
        if cell is None:
            return ""
        shown = (p.describe(cell) for p in self.panels.values() if p.rect_of(cell) is not None)
        return next(shown, "")

    # ---- looks ----

    def apply_layout(self, name: str) -> None:
        """One of the presets: its panels, its docks, its type scale, the mock-ups' sizes."""
        layout = LAYOUTS[name]
        self.look.set_scale(layout.scale)
        wanted = sizes(self.width(), layout.scale)
        self.docks.show_only(layout.docks)
        self.docks.reset(wanted, self.height() - self.look.px(92) - wanted.time)
        for key in PANELS:
            self.panels[key].setVisible(key in layout.panels)
            self.menus.check_panel(key, key in layout.panels)
        self.column.splitter.setSizes([172, 122, 107, 196, 207])
        self.room.forget()
        self.actions_.check(name)
        self.transport.presets.set_checked(name)
        self.refresh()

    def choose_side(self, side: Side) -> None:
        """Show A, B or their difference in every view."""
        self.transport.sides.set_checked(side)
        self.actions_.check(f"side_{side}")
        self.lens.choose(side)

    def show_alone(self, name: str) -> None:
        """Only this view of its place: one panel of the column, or one dock."""
        if name in self.panels:
            for key, panel in self.panels.items():
                panel.setVisible(key == name)
                self.menus.check_panel(key, key == name)
        else:
            self.docks.show_only((name,))

    def _toggle_panel(self, key: str, is_shown: bool) -> None:
        self.panels[key].setVisible(is_shown)
        self.refresh()

    def _restyle(self) -> None:
        self.title.setFont(self.look.font("title"))

    def retranslate(self) -> None:
        self.setWindowTitle("CRNN Debugger")
        self.actions_.retranslate()
        self.docks.retranslate()
        self.menus.retranslate()

    # ---- events ----

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The overlay is painted last: after that, what was to be seen can be seen."""
        if event.type() == QEvent.Type.Paint and not self._is_filled:
            QTimer.singleShot(0, self._after_paint)
        return super().eventFilter(watched, event)

    def _after_paint(self) -> None:
        if not self._is_painted:
            self._is_painted = True
            self.painted.emit()
        frame = self.bridge.frame
        if self._is_filled or frame is None or frame.trace is None:
            return
        if all(view.frame is not None and view.frame.trace for view in self.visible_views()):
            self._is_filled = True
            self.column.overlay.removeEventFilter(self)
            self.filled.emit()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.WindowStateChange:
            self.bridge.watch_screen(not self.isMinimized())
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = LOOSE.get(QKeySequence(event.keyCombination()).toString())
        if name is None:
            super().keyPressEvent(event)
            return
        action: QAction = self.actions_[name]
        if action.isEnabled():
            action.trigger()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        urls = event.mimeData().urls()
        if len(urls) == 1 and urls[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.dropped.emit(event.mimeData().urls()[0].toLocalFile())

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        self.bridge.shutdown()
        super().closeEvent(event)
