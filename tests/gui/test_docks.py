"""Docks: a view is made when its dock is first shown, and then lacks nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from gui.docks import DOCKS, make_view
from gui.layouts import LAYOUTS
from gui.look import Look
from gui.options import VIEWS
from gui.view import View
from tests.gui.conftest import Rig

BY_COMMAND = {
    "console": "console",
    "draw": "draw",
    "show_data": "data",
    "show_augmentation": "augmentation",
}
"""Command -> the dock that it brings."""


def test_every_dock_has_a_view_of_its_name(qapp: object) -> None:
    look = Look()
    views = [make_view(spec.key, look) for spec in DOCKS]
    assert all(isinstance(view, View) and view.header for view in views)
    assert {spec.key for spec in DOCKS} <= set(VIEWS)


def test_a_start_makes_the_views_that_it_shows(make_rig: Callable[..., Rig]) -> None:
    first = make_rig()
    assert set(first.window.docks.views) == set(LAYOUTS["debug"].docks)
    first.trigger("learn")
    first.window.close()
    second = make_rig()
    assert set(second.window.docks.views) == set(LAYOUTS["learn"].docks)
    second.trigger("debug")
    assert set(second.window.docks.views) == set(LAYOUTS["debug"].docks)


def test_a_command_brings_a_dock_that_was_never_shown(rig: Rig) -> None:
    docks = rig.window.docks
    assert not set(BY_COMMAND.values()) & set(docks.views)
    rig.bridge.select(replace(rig.bridge.selection, t=5))
    rig.trigger("light")
    rig.trigger("ko")
    rig.qtbot.waitUntil(lambda: docks["console"].windowTitle() == "콘솔", timeout=20_000)
    for command, key in BY_COMMAND.items():
        rig.trigger(command)
        rig.qtbot.waitUntil(docks[key].isVisible, timeout=20_000)
        view = docks.views[key]
        assert docks[key].widget() is view
        assert docks[key].titleBarWidget() is view.header
        rig.qtbot.waitUntil(partial(_shows, view, rig), timeout=20_000)
        assert view.selection == rig.bridge.selection
        assert view.look.theme.name == "light"
        assert view.header._name == docks[key].windowTitle()
        step = 5 - rig.bridge.frame.step  # type: ignore[union-attr]
        rig.trigger("back" if step == 2 else "step")
        rig.wait_step(step)
        assert _shows(view, rig)


def _shows(view: View, rig: Rig) -> bool:
    return view.frame is rig.bridge.frame


def test_a_menu_s_tick_shows_a_dock_that_was_never_shown(rig: Rig) -> None:
    rig.window.docks["data"].toggleViewAction().trigger()
    rig.qtbot.waitUntil(lambda: "data" in rig.window.docks.views, timeout=20_000)
    assert rig.window.docks["data"].widget() is rig.window.docks.views["data"]


def test_a_dock_left_open_is_there_at_the_next_start(make_rig: Callable[..., Rig]) -> None:
    first = make_rig()
    first.trigger("console")
    first.window.docks["model"].hide()
    first.window.close()
    second = make_rig()
    docks = second.window.docks
    assert docks["console"].isVisible()
    assert docks["console"].widget() is docks.views["console"]
    assert not docks["model"].isVisible()


def test_lines_of_a_console_brought_late_are_answered(rig: Rig) -> None:
    rig.trigger("console")
    view = rig.window.docks.views["console"]
    view.input.setText("1 + 1")  # type: ignore[attr-defined]
    view.input.returnPressed.emit()  # type: ignore[attr-defined]
    rig.qtbot.waitUntil(
        lambda: view.output.toPlainText().endswith("2"),  # type: ignore[attr-defined]
        timeout=20_000,
    )
