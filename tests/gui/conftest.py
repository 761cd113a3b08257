"""A whole window on an engine that trains nothing, closed after each test."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.appearance import Appearance
from gui.bridge import Bridge
from gui.desk import Desk
from gui.look import Look, load_fonts
from gui.settings import Settings
from tests.gui.engine import FakeEngine


class Rig:
    """Engine, bridge and desk of one test."""

    def __init__(self, qtbot: QtBot, app: QApplication, folder: Path, engine: FakeEngine) -> None:
        self.qtbot, self.engine = qtbot, engine
        self.settings = Settings(folder / "window.ini")
        look = Look()
        self.bridge = Bridge(engine.inbox, engine.outbox, engine.run)
        self.appearance = Appearance(app, look, self.settings)
        self.appearance.start("dark", "en")
        self.desk = Desk(look, self.bridge, self.settings, self.appearance)
        self.window = self.desk.window
        self.window.resize(1280, 800)
        self.desk.restore(None)
        self.bridge.start()
        self.window.show()
        qtbot.waitUntil(lambda: self.bridge.selection.t >= 0, timeout=20_000)

    def trigger(self, name: str) -> None:
        self.window.actions_[name].trigger()

    def wait_for(self, kind: type[Any]) -> None:
        """Until the engine has seen a command of this kind."""
        self.qtbot.waitUntil(
            lambda: any(isinstance(seen, kind) for seen in self.engine.seen), timeout=20_000
        )

    def wait_step(self, step: int) -> None:
        def is_there() -> bool:
            return self.bridge.frame is not None and self.bridge.frame.step == step

        self.qtbot.waitUntil(is_there, timeout=20_000)

    def close(self) -> None:
        self.appearance.languages.choose("en")
        for widget in QApplication.topLevelWidgets():
            widget.close()


@pytest.fixture(autouse=True, scope="package")
def _collect_here() -> Iterator[None]:
    """Garbage may hold widgets, and a collection runs in whichever thread allocates: in these
    tests an engine's, where destroying a widget is a crash. So they collect by hand, here."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True, scope="package")
def _fonts(qapp: QApplication) -> None:
    """Those that the program ships: without them no font here draws Hangul."""
    load_fonts()


def collect() -> None:
    """Destroy what the test has left, on the thread of the widgets."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()


@pytest.fixture
def make_rig(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Callable[..., Rig]]:
    """make_rig(step=0, head=0) -> a shown window on a fake engine."""
    made: list[Rig] = []

    def make(step: int = 0, head: int = 0) -> Rig:
        made.append(Rig(qtbot, qapp, tmp_path, FakeEngine(step, head)))
        return made[-1]

    yield make
    for rig in made:
        rig.close()
        rig.window.deleteLater()
    made.clear()
    collect()


@pytest.fixture
def rig(make_rig: Callable[..., Rig]) -> Rig:
    """At step 3 of 5: there is a past on one side and a recorded step on the other."""
    return make_rig(3, 5)
