"""The console: lines go out one at a time, answers come back; earlier lines and completion."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.look import Look
from gui.views.console import ConsoleView


@pytest.fixture
def console(qtbot: QtBot) -> ConsoleView:
    view = ConsoleView(Look())
    qtbot.addWidget(view)
    return view


def _type(view: ConsoleView, text: str) -> None:
    QTest.keyClicks(view.input, text)
    QTest.keyClick(view.input, Qt.Key.Key_Return)


def test_a_line_is_handed_out_once_and_its_answer_shown(qtbot: QtBot, console: ConsoleView) -> None:
    lines: list[str] = []
    console.entered.connect(lines.append)
    _type(console, "step(2)")
    _type(console, "back()")
    assert lines == ["step(2)"], "the next line waits until the first is answered"
    console.show_answer("step=2")
    assert console.output.toPlainText() == "› step(2)\nstep=2"
    _type(console, "back()")
    assert lines == ["step(2)", "back()"]


def test_up_and_down_walk_the_lines_and_tab_completes(console: ConsoleView) -> None:
    for line in ("a()", "b()"):
        _type(console, line)
        console.show_answer("")
    for key, shown in ((Qt.Key.Key_Up, "b()"), (Qt.Key.Key_Up, "a()"), (Qt.Key.Key_Down, "b()")):
        QTest.keyClick(console.input, key)
        assert console.input.text() == shown
    console.input.clear()
    verbs = ("run", "run_until", "seek")
    console.completions = lambda prefix: [name for name in verbs if name.startswith(prefix)]
    QTest.keyClicks(console.input, "x = se")
    QTest.keyClick(console.input, Qt.Key.Key_Tab)
    assert console.input.text() == "x = seek("
