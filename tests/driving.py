"""A debugger in its thread, and the hands that use it. For tests."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from crnn.checkpoint import load
from crnn.config import Config
from crnn.debug.debugger import Debugger
from crnn.debug.messages import Command, Event, Failed, Frame, NewRun, Parked, Quit, Save, Saved
from crnn.debug.outbox import Outbox
from crnn.train import TrainState, advance, digests, initial_state
from tests import tiny

CONFIG = tiny.config()
NEW = NewRun(CONFIG, tiny.dataset(), "tiny run")
PATIENCE_S = 120.0
"""Long enough for a second process of the lowest priority on a machine with much to do."""


class Driver:
    """A debugger in its thread, and the hands that use it. Ends it on leaving."""

    def __init__(self, runs: Path | None = None, **options: Any) -> None:
        self.inbox: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self.outbox = Outbox()
        self.events: list[Event] = []
        self.frame: Frame | None = None
        debugger = Debugger(self.inbox, self.outbox, runs, **options)
        self.thread = threading.Thread(target=debugger.run, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.inbox.put(Quit())
        self.thread.join(PATIENCE_S)
        assert not self.thread.is_alive()

    def do(self, *commands: Command) -> Frame:
        """Send each command and wait until the loop stands; returns the frame it stands at."""
        for command in commands:
            self.inbox.put(command)
            event = self.wait(lambda e: isinstance(e, Parked | Failed))
            assert isinstance(event, Parked), event
            assert self.shown.step == event.step, "the frame comes before the event"
        return self.shown

    def refused(self, command: Command) -> Failed:
        """Send a command that must fail."""
        self.inbox.put(command)
        event = self.wait(lambda e: isinstance(e, Parked | Failed))
        assert isinstance(event, Failed), event
        return event

    def wait(self, is_it: Callable[[Event], bool]) -> Event:
        """The next event that `is_it`; all events are kept."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            while self.outbox.events:
                event = self.outbox.events.popleft()
                self.events.append(event)
                if is_it(event):
                    self._fetch()
                    return event
            time.sleep(0.001)
        raise AssertionError(f"nothing came; so far: {self.events[-5:]}")

    def watch_until(self, is_it: Callable[[Frame], bool]) -> Frame:
        """Fetch frames, asking for each, until one `is_it`."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            self.outbox.want_frame.set()
            time.sleep(0.001)
            self._fetch()
            if self.frame is not None and is_it(self.frame):
                return self.frame
        raise AssertionError(f"no such frame; the last: {self.frame}")

    @property
    def shown(self) -> Frame:
        assert self.frame is not None
        return self.frame

    def _fetch(self) -> None:
        if self.outbox.frames:
            self.frame = self.outbox.frames.popleft()


def straight(steps: int, config: Config = CONFIG) -> TrainState:
    state, data = initial_state(config), tiny.training_set(config)
    for _ in range(steps):
        state = advance(config, data, state).state
    return state


def state_on_screen(driver: Driver, folder: Path) -> TrainState:
    """The state on screen, through a checkpoint."""
    path = folder / "probe.safetensors"
    driver.inbox.put(Save(path))
    driver.wait(lambda e: isinstance(e, Saved))
    return load(path).state()


def same(a: TrainState, b: TrainState) -> bool:
    return a.step == b.step and digests(a).tolist() == digests(b).tolist()


def is_parked(event: Event) -> bool:
    """For Driver.wait."""
    return isinstance(event, Parked)
