"""Veil and fault: no picture of another step or sample is shown as if it were the one asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from crnn.debug import messages as m
from crnn.debug.messages import Failed, Seeking
from gui.desk import NOT_SHOWN
from gui.dialogs.error import ErrorDialog
from gui.selection import Cell
from tests.gui.conftest import Rig
from tests.gui.engine import FakeEngine

FAILED = Failed(NOT_SHOWN, "x.png: there is no such file; check the path", "Traceback…", 3)


@pytest.fixture
def rig(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Rig]:
    made = Rig(qtbot, qapp, tmp_path, FakeEngine(3, 5))
    yield made
    made.close()


def _dialogs() -> list[ErrorDialog]:
    shown = QApplication.topLevelWidgets()
    return [w for w in shown if isinstance(w, ErrorDialog) and w.isVisible()]


def test_a_long_seek_dims_the_last_frame_until_the_next_one(rig: Rig) -> None:
    veils = rig.window.veils
    rig.bridge.seeking.emit(Seeking(1, 2, 9))
    assert not veils.is_computing
    rig.qtbot.waitUntil(lambda: veils.is_computing, timeout=20_000)
    rig.trigger("back")
    rig.wait_step(2)
    assert not veils.is_computing


def test_a_long_seek_says_how_far_it_is_and_escape_ends_it(rig: Rig) -> None:
    rig.bridge.select(rig.bridge.selection.pick(Cell("softmax", 1, 1)))
    cell = rig.bridge.selection.cell
    rig.bridge.seeking.emit(Seeking(1, 2, 9))
    rig.qtbot.waitUntil(lambda: rig.window.veils.is_computing, timeout=20_000)
    assert rig.window.transport.pill.words()[3].endswith(" 22 %")
    assert rig.window.actions_["pause"].isEnabled()
    QTest.keyClick(rig.window, Qt.Key.Key_Escape)
    rig.qtbot.waitUntil(lambda: m.Pause() in rig.engine.seen, timeout=20_000)
    rig.qtbot.waitUntil(lambda: not rig.window.veils.is_computing, timeout=20_000)
    assert not rig.window.actions_["pause"].isEnabled()
    assert rig.bridge.selection.cell == cell, "Escape did that alone"
    QTest.keyClick(rig.window, Qt.Key.Key_Escape)
    assert rig.bridge.selection.cell is None


def test_a_seek_that_ends_at_once_dims_nothing(rig: Rig) -> None:
    rig.bridge.seeking.emit(Seeking(1, 2, 9))
    rig.window.veils.arrive()
    rig.qtbot.wait(60)
    assert not rig.window.veils.is_computing


def test_a_sample_that_cannot_be_shown_is_said_in_the_panels(rig: Rig) -> None:
    window, header = rig.window, rig.window.panels["image"].header
    shown = rig.bridge.selection
    rig.bridge.selection = shown.on(shown.sample + 1)
    rig.bridge.failed.emit(FAILED)
    assert header.is_error
    assert window.fault.strip.isVisible()
    assert "no such file" in window.fault.strip.toolTip()
    assert not _dialogs()
    window.fault.strip.show_button.click()
    assert len(_dialogs()) == 1
    rig.bridge.select(shown)
    assert not header.is_error
    assert not window.fault.strip.isVisible()


def test_a_failure_while_the_sample_is_on_screen_leaves_the_panels_alone(rig: Rig) -> None:
    rig.bridge.failed.emit(Failed("Cannot load", "x: cut", "", 3))
    assert not rig.window.fault.strip.isVisible()
    assert len(_dialogs()) == 1


def test_the_last_good_data_stay_where_the_engine_cannot_look(rig: Rig) -> None:
    frame = rig.bridge.frame
    assert frame is not None
    panel = rig.window.panels["softmax"]
    blind = replace(frame, trace=None, generation=frame.generation + 1)
    rig.bridge.frame = blind
    rig.bridge.frame_changed.emit(blind)
    assert panel.frame is not None
    assert panel.frame.trace is not None
    rig.bridge.failed.emit(Failed("Training stopped", "overflow", "Traceback…", 3))
    assert rig.window.fault.strip.isVisible()


def test_the_panel_that_takes_the_keys_is_marked(rig: Rig) -> None:
    image, softmax = (rig.window.panels[key] for key in ("image", "softmax"))
    for panel, event in ((image, QEvent.Type.FocusIn), (image, QEvent.Type.FocusOut)):
        QApplication.sendEvent(panel.body, QFocusEvent(event))
        assert image.header.is_focused is (event == QEvent.Type.FocusIn)
        assert not softmax.header.is_focused
