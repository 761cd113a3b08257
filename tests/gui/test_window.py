"""The window: commands by mode, keys, layouts, errors, and which views are given frames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from crnn.debug import messages as m
from crnn.debug.level_messages import RunOn
from crnn.debug.shelf import PREFIX
from gui.commands_palette import CommandPalette, matches
from gui.dialogs.error import ErrorDialog
from gui.layouts import LAYOUTS
from gui.selection import Cell, Hover, Selection
from gui.specs import SPECS, available, sent_by
from tests.driving import NEW, Driver
from tests.gui.conftest import Rig
from tests.gui.runs import fake_frame

EDITS = {"rate", "branch"}
ENABLED: dict[m.Mode, set[str]] = {
    "empty": set(),
    "running": {"pause", "stop", "toggle", *EDITS},
    "paused": {"run", "stop", "step", "back", "run_back", "overfit", "toggle", *EDITS},
    "past": {"run", "stop", "step", "back", "run_back", "overfit", "live", "toggle", *EDITS},
    "past_running": {"pause", "stop", "live", "toggle", *EDITS},
    "past_running_back": {"pause", "stop", "live", "toggle", *EDITS},
    "stopped": {"run", "toggle", "back", "run_back", "overfit"},  # run: to be told why not
}
JUDGED = set().union(*ENABLED.values())


@pytest.mark.parametrize("mode", get_args(m.Mode))
def test_a_command_is_enabled_where_it_makes_sense(mode: m.Mode) -> None:
    is_past = mode.startswith("past")
    frame = replace(fake_frame(step=3, head=5 if is_past else 3, n=16), mode=mode)
    enabled = {spec.id for spec in SPECS if available(spec, None if mode == "empty" else frame)}
    assert enabled & JUDGED == ENABLED[mode]
    assert {"new", "open", "palette", "quit", "dark", "ko"} <= enabled


def test_there_is_nothing_before_the_first_step() -> None:
    frame = fake_frame(step=0, head=5, n=16)
    enabled = {spec.id for spec in SPECS if available(spec, frame)}
    assert enabled.isdisjoint({"back", "run_back"})
    assert {"step", "live"} <= enabled


def test_no_two_commands_share_a_key() -> None:
    keys = Counter(key for spec in SPECS if spec.key for key in spec.key.split("; "))
    assert [key for key, n in keys.items() if n > 1] == []


def test_every_command_does_something(rig: Rig) -> None:
    handled = set(rig.desk._handlers())
    sent = {spec.id for spec in SPECS if sent_by(spec.id) is not None}
    assert not handled & sent
    assert {spec.id for spec in SPECS} == handled | sent


def test_keys_step_the_engine_on_and_back(rig: Rig) -> None:
    QTest.keyClick(rig.window, Qt.Key.Key_F3)
    rig.wait_step(2)
    assert rig.window.transport.pill.words()[2:] == ("PAST", "2 / 5")
    QTest.keyClick(rig.window, Qt.Key.Key_F10)
    rig.wait_step(3)


def test_space_runs_and_pauses_unless_a_field_has_the_focus(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig()
    field = QLineEdit(rig.window)
    field.show()
    QTest.keyClick(field, Qt.Key.Key_Space)
    assert field.text() == " "
    body = rig.window.panels["ctc"].body
    QTest.keyClick(body, Qt.Key.Key_Space)
    rig.wait_for(RunOn)
    rig.qtbot.waitUntil(lambda: rig.window.actions_["pause"].isEnabled(), timeout=20_000)
    QTest.keyClick(body, Qt.Key.Key_Space)
    rig.wait_for(m.Pause)


def test_end_returns_to_live(rig: Rig) -> None:
    QTest.keyClick(rig.window, Qt.Key.Key_End)
    rig.wait_for(m.ReturnToLive)


def test_every_visible_view_shows_the_frame_and_hidden_ones_wait(rig: Rig) -> None:
    window = rig.window
    window.docks["model"].hide()
    rig.trigger("back")
    rig.wait_step(2)
    frame = rig.bridge.frame
    assert all(view.frame is frame for view in window.visible_views())
    assert window.docks.views["model"].frame is not frame
    window.docks["model"].show()
    rig.qtbot.waitUntil(lambda: window.docks.views["model"].frame is frame, timeout=20_000)


def test_one_selection_reaches_every_view(rig: Rig) -> None:
    selection = replace(rig.bridge.selection, t=7)
    rig.window.panels["softmax"].selected.emit(selection)
    assert {view.selection.t for view in rig.window.views()} == {7}
    assert rig.window.column.overlay.selection.t == 7


def test_escape_drops_the_cell_and_keeps_the_sample(rig: Rig) -> None:
    rig.bridge.select(rig.bridge.selection.pick(Cell("softmax", 4, 2)))
    QTest.keyClick(rig.window, Qt.Key.Key_Escape)
    assert rig.bridge.selection == Selection(rig.bridge.selection.sample, 4)


def test_the_selected_value_can_be_copied(rig: Rig) -> None:
    rig.bridge.select(rig.bridge.selection.pick(Cell("image", 4, 2, x=16)))
    rig.trigger("copy_value")
    assert QApplication.clipboard().text().startswith("image[")


def test_an_error_of_the_engine_is_shown_and_the_window_goes_on(
    make_rig: Callable[..., Rig],
) -> None:
    rig = make_rig()
    rig.engine.fails = True
    rig.trigger("step")
    rig.qtbot.waitUntil(lambda: bool(_dialogs(rig)), timeout=20_000)
    (dialog,) = _dialogs(rig)
    assert not dialog.details.isVisible()
    dialog.show_details.click()
    assert "Traceback" in dialog.details.toPlainText()
    dialog.copy.click()
    assert "nan in conv1" in QApplication.clipboard().text()
    dialog.close()
    rig.engine.fails = False
    rig.trigger("step")
    rig.wait_step(1)


def _dialogs(rig: Rig) -> list[ErrorDialog]:
    return [dialog for dialog in rig.window.findChildren(ErrorDialog) if dialog.isVisible()]


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_a_layout_shows_its_panels_and_type(rig: Rig, name: str) -> None:
    rig.trigger(name)
    shown = {key for key, panel in rig.window.panels.items() if panel.isVisible()}
    docks = {key for key in rig.window.docks.views if rig.window.docks[key].isVisible()}
    assert (shown, docks) == (set(LAYOUTS[name].panels), set(LAYOUTS[name].docks))
    assert rig.desk.look.scale == LAYOUTS[name].scale
    assert rig.settings.text("layout") == name


def test_the_window_comes_back_as_it_was_left(make_rig: Callable[..., Rig]) -> None:
    first = make_rig()
    first.window.docks["model"].hide()
    first.window.close()
    second = make_rig()
    assert not second.window.docks["model"].isVisible()


def test_the_theme_changes_while_it_runs(rig: Rig) -> None:
    rig.trigger("light")
    assert rig.desk.look.theme.name == "light"
    assert QApplication.palette().window().color().name() == "#ffffff"
    rig.trigger("dark")
    assert QApplication.palette().window().color().name() == "#15181d"


def test_the_language_changes_while_it_runs(rig: Rig) -> None:
    def titles() -> list[str]:
        return [action.text() for action in rig.window.menus.bar.actions()]

    rig.trigger("ko")
    korean = ["파일", "편집", "보기", "실행", "디버그", "모델", "도움말"]
    rig.qtbot.waitUntil(lambda: titles() == korean, timeout=20_000)
    assert rig.window.docks["samples"].windowTitle() == "샘플"
    assert rig.window.transport.pill.words()[2] == "과거"
    rig.trigger("en")
    rig.qtbot.waitUntil(lambda: titles()[0] == "File", timeout=20_000)


def test_a_dropped_file_is_a_checkpoint_and_a_folder_is_data(rig: Rig, tmp_path: Path) -> None:
    rig.window.dropEvent(_drop(tmp_path / "old.safetensors"))
    rig.wait_for(m.Load)
    rig.qtbot.waitUntil(lambda: bool(_dialogs(rig)), timeout=20_000)
    folder = tmp_path / "words"
    folder.mkdir()
    rig.window.dropEvent(_drop(folder))
    from gui.dialogs.new_run import NewRunDialog

    (dialog,) = rig.window.findChildren(NewRunDialog)
    assert dialog.choices.source == str(folder)


def _drop(path: Path) -> QDropEvent:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    _kept.append(data)
    return QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip


_kept: list[QMimeData] = []
"""A drop event does not own its data."""


def test_saving_remembers_the_file(rig: Rig, tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes(b"")
    rig.bridge.send(m.Save(path))
    rig.qtbot.waitUntil(lambda: rig.settings.recent == [path], timeout=20_000)
    rig.trigger("save")
    rig.qtbot.waitUntil(
        lambda: sum(isinstance(seen, m.Save) for seen in rig.engine.seen) == 2, timeout=20_000
    )


def test_recent_lists_the_runs_that_the_window_recorded_by_itself(rig: Rig, tmp_path: Path) -> None:
    """Newest first, by name and step; the one on screen and what cannot be read are not opened."""
    for second in (1, 2):
        with Driver(run_dir=tmp_path / f"{PREFIX}2024010{second}-000000") as driver:
            driver.do(NEW, *[m.Step()] * second)
    (tmp_path / f"{PREFIX}20240103-000000").mkdir()
    (tmp_path / f"{PREFIX}20240103-000000" / "config.json").write_text("{")
    file = tmp_path / "a.safetensors"
    file.touch()
    rig.settings.remember(file)
    rig.settings.remember(tmp_path / f"{PREFIX}20240101-000000")
    rig.bridge.runs_dir = tmp_path
    menu = rig.window.menus.recent
    menu.aboutToShow.emit()
    words = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert words[0] == str(file) or "…" in words[0]
    assert words[1] == "Recorded by this window"
    assert ["step 2" in words[2], "step 1" in words[3], len(words)] == [True, True, 4]
    menu.actions()[-1].trigger()
    load = m.Load(tmp_path / f"{PREFIX}20240101-000000")
    rig.qtbot.waitUntil(lambda: load in rig.engine.seen, timeout=20_000)
    rig.bridge.runs_dir = tmp_path / "empty"
    rig.settings.set_text("recent", "")
    menu.aboutToShow.emit()
    assert [(a.text(), a.isEnabled()) for a in menu.actions()] == [("Nothing yet", False)]


def test_the_palette_finds_steps_commands_and_samples(rig: Rig) -> None:
    rig.trigger("palette")
    (palette,) = rig.window.findChildren(CommandPalette)

    def found(wanted: str) -> tuple[str, object]:
        palette.search(wanted)
        return palette.entries[0].text, palette.entries[0].does

    assert found("4") == ("Go to step 4", m.Seek(4))
    assert found("reset lay")[0] == "Reset layout"
    assert found("서울") == ("서울", 1)
    palette.field.setText("4")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    rig.wait_for(m.Seek)


def test_letters_match_in_order() -> None:
    assert matches("gts", "Go to step…")
    assert not matches("stg", "Go to step…")


def test_minimised_the_engine_makes_no_frames(rig: Rig, qtbot: QtBot) -> None:
    rig.window.showMinimized()
    qtbot.waitUntil(lambda: not rig.engine.outbox.watching, timeout=20_000)
    rig.window.showNormal()
    qtbot.waitUntil(lambda: rig.engine.outbox.watching, timeout=20_000)


@pytest.mark.parametrize("layout", ["debug", "teach"])
@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
def test_nothing_in_the_tool_bar_lies_over_anything_else(
    rig: Rig, layout: str, size: tuple[int, int]
) -> None:
    """Whatever the pill says; where it says less again, the keys come back."""
    bar = rig.window.transport
    rig.trigger(layout)
    rig.window.resize(*size)
    hints = []
    for step in (7, 123_456, 7):
        frame = replace(fake_frame(step=5, head=8, n=16), step=step, head=step + 9, mode="past")
        bar.show_frame(frame)
        QApplication.processEvents()
        parts = [part for part in bar.findChildren(QWidget) if part.parent() is bar]
        places = [part.geometry() for part in parts if part.isVisible()]
        shown = sorted(places, key=lambda place: place.left())
        assert all(a.right() < b.left() for a, b in pairwise(shown)), step
        assert shown[-1].right() <= bar.width()
        hints.append(bar.buttons["run"].sizeHint().width())
    assert hints[0] == hints[2] >= hints[1]


def test_while_training_the_frame_is_live_though_the_head_is_one_on(rig: Rig) -> None:
    """A frame made while training shows the state that was trained on."""
    frame = replace(fake_frame(step=7, head=8, n=16), mode="running")
    assert not frame.is_past
    rig.window.transport.show_frame(frame)
    assert rig.window.transport.pill.words()[2:] == ("LIVE", "step 7")
    rig.window.transport.show_frame(replace(frame, mode="past_running"))
    assert rig.window.transport.pill.words()[2:] == ("PAST", "7 / 8")


def test_a_long_message_leaves_room_for_the_hovered_value(rig: Rig) -> None:
    status, hover = rig.window.status, Hover(text="softmax[t=3, ㅏ] 0.9987")
    status.show_message("model.safetensors " * 20)
    assert status.shortened(600).endswith("…")
    without = len(status.shortened(600))
    status.show_hover(hover)
    assert 0 < len(status.shortened(600)) < without
    assert status.toolTip() == status.message
    status.show_message("Copied")
    assert status.shortened(600) == "Copied"
