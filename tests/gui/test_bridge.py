"""Bridge: what crosses between the engine's thread and the window, and in which order."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

import gui.bridge
from crnn.debug import messages as m
from gui.bridge import POLL_MS, REST_MS, Bridge, Governor
from gui.selection import Cell
from tests.gui.conftest import collect
from tests.gui.engine import FakeEngine


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def bridge(qtbot: QtBot, engine: FakeEngine) -> Iterator[Bridge]:
    made = Bridge(engine.inbox, engine.outbox, engine.run)
    made.start()
    qtbot.waitUntil(lambda: made.frame is not None, timeout=20_000)
    yield made
    made.shutdown()
    collect()


def test_a_parked_state_is_shown_before_it_is_told(qtbot: QtBot, bridge: Bridge) -> None:
    told: list[tuple[int, int]] = []

    class Listener(QObject):
        def hear(self, event: m.Parked) -> None:
            assert bridge.frame is not None
            told.append((event.step, bridge.frame.step))

    listener = Listener()
    bridge.parked.connect(listener.hear)
    for _ in range(3):
        bridge.send(m.Step())
    qtbot.waitUntil(lambda: bool(told) and told[-1][0] == 3, timeout=20_000)
    assert all(shown >= step for step, shown in told)
    assert told[-1] == (3, 3)


def test_frames_flow_while_the_engine_runs(qtbot: QtBot, bridge: Bridge) -> None:
    bridge.send(m.Run())
    with qtbot.waitSignals([bridge.frame_changed] * 3, timeout=20_000):
        pass
    assert bridge.frame is not None
    assert bridge.frame.mode == "running"


def test_minimised_no_frame_is_fetched(qtbot: QtBot, bridge: Bridge, engine: FakeEngine) -> None:
    bridge.watch_screen(False)
    assert not engine.outbox.watching
    before = bridge.frame
    bridge.send(m.Step())
    qtbot.waitUntil(lambda: any(isinstance(c, m.Step) for c in engine.seen), timeout=20_000)
    bridge.poll()
    assert bridge.frame is before
    bridge.watch_screen(True)
    qtbot.waitUntil(lambda: bridge.frame is not before, timeout=20_000)


def test_a_new_run_puts_the_cursor_on_its_first_sample(qtbot: QtBot, bridge: Bridge) -> None:
    qtbot.waitUntil(lambda: bridge.selection.t >= 0, timeout=20_000)
    assert bridge.frame is not None
    trace = bridge.frame.trace
    assert trace is not None
    assert bridge.selection.sample == bridge.frame.run.data.usable[0]
    assert 0 <= bridge.selection.t < trace.n_frames
    assert bridge.selection.cell is not None
    assert trace.ctc is not None
    assert bridge.selection.symbol in trace.ctc.label_L


def test_another_sample_is_asked_of_the_engine_and_history_walks_back(
    qtbot: QtBot, bridge: Bridge, engine: FakeEngine
) -> None:
    qtbot.waitUntil(lambda: bridge.selection.t >= 0, timeout=20_000)
    first = bridge.selection
    bridge.select(first.on(5))
    qtbot.waitUntil(lambda: m.Watch(5) in engine.seen, timeout=20_000)
    qtbot.waitUntil(lambda: bridge.selection.t >= 0, timeout=20_000)
    bridge.select(bridge.selection.pick(Cell("softmax", 2, 4)))
    assert (bridge.selection.symbol, bridge.selection.t) == (4, 2)
    bridge.look_back()
    assert (bridge.selection.sample, bridge.selection.symbol) != (5, 4)
    bridge.look_back()
    assert bridge.selection == first
    bridge.look_forward()
    bridge.look_forward()
    assert (bridge.selection.symbol, bridge.selection.t) == (4, 2)


def test_selecting_what_is_selected_says_nothing(qtbot: QtBot, bridge: Bridge) -> None:
    with qtbot.assertNotEmitted(bridge.selection_changed):
        bridge.select(replace(bridge.selection))


def test_shutting_down_while_it_runs_ends_the_thread(qtbot: QtBot, engine: FakeEngine) -> None:
    bridge = Bridge(engine.inbox, engine.outbox, engine.run)
    bridge.start()
    bridge.send(m.Run())
    qtbot.waitUntil(lambda: bridge.frame is not None, timeout=20_000)
    bridge.shutdown()
    assert all(thread.name != "engine" for thread in threading.enumerate())


def test_an_engine_that_ends_by_itself_is_told_once(qtbot: QtBot, engine: FakeEngine) -> None:
    bridge = Bridge(engine.inbox, engine.outbox, lambda: None)
    told: list[m.Failed] = []
    bridge.failed.connect(told.append)
    bridge.start()
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    bridge.poll()
    assert len(told) == 1


def test_the_governor_gives_drawing_its_share_of_a_core(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = {"now": 0.0, "cpu": 0.0}
    monkeypatch.setattr(time, "monotonic", lambda: clock["now"])
    monkeypatch.setattr(time, "thread_time", lambda: clock["cpu"])
    for cost, wanted in ((0.001, 1 / 30), (0.010, 0.2), (0.5, 1.0)):
        governor = Governor()
        governor.begin()
        clock["cpu"] += cost
        governor.settle(True)
        clock["now"] += wanted - 0.002
        assert not governor.is_due()
        clock["now"] += 0.004
        assert governor.is_due()


def test_drawing_is_not_slowed_down_while_nothing_trains(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = {"now": 0.0, "cpu": 0.0}
    monkeypatch.setattr(time, "monotonic", lambda: clock["now"])
    monkeypatch.setattr(time, "thread_time", lambda: clock["cpu"])
    governor = Governor()
    governor.begin()
    clock["cpu"] = 0.2
    governor.settle(False)
    clock["now"] = 0.034
    assert governor.is_due()


class _Bell(QObject):
    rung = Signal(bool)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="True is immortal from Python 3.12 on")
def test_emitting_does_not_lose_references_to_true(qtbot: QtBot) -> None:
    """PySide6 6.12.0 lost one at each emit and aborted the process after some hundred."""
    bell = _Bell()
    heard: list[bool] = []
    bell.rung.connect(heard.append)
    before = sys.getrefcount(True)
    for _ in range(2000):
        bell.rung.emit(True)
        heard.clear()
    assert abs(sys.getrefcount(True) - before) < 100


def test_no_lambda_is_connected_in_the_bridge() -> None:
    """A lambda connected to a worker's signal would run in the worker's thread."""
    from pathlib import Path

    import gui.bridge

    assert "lambda" not in Path(gui.bridge.__file__).read_text(encoding="utf-8")


def test_at_rest_the_poll_is_slow_and_a_command_wakes_it(
    qtbot: QtBot, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gui.bridge, "RESTS_AFTER_S", 0.0)
    qtbot.waitUntil(lambda: bridge._timer.interval() == REST_MS, timeout=20_000)
    monkeypatch.setattr(gui.bridge, "RESTS_AFTER_S", 60.0)
    threading.Thread(target=bridge.send, args=[m.Step()]).start()  # as the console does
    qtbot.waitUntil(lambda: bridge._timer.interval() == POLL_MS, timeout=20_000)
    qtbot.waitUntil(lambda: bridge.frame is not None and bridge.frame.step == 1, timeout=20_000)
    assert bridge._timer.interval() == POLL_MS
