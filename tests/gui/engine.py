"""An engine that trains nothing: it takes commands and puts out frames as the real one would."""

from __future__ import annotations

import queue
from dataclasses import replace
from pathlib import Path

from crnn.debug import messages as m
from crnn.debug.level_messages import Move, RunOn
from crnn.debug.outbox import Outbox
from tests.gui.fakes import fake_trace
from tests.gui.runs import fake_frame


class FakeEngine:
    """`run` is the thread's target. A Step fails where `fails` is set, and the loop goes on."""

    def __init__(self, step: int = 0, head: int = 0) -> None:
        self.inbox: queue.SimpleQueue[m.Command] = queue.SimpleQueue()
        self.outbox = Outbox()
        self.seen: list[m.Command] = []
        self.fails = False
        frame = fake_frame(step=step, head=head, n=16)
        trace = fake_trace(frame.run.config, step=step)
        self.frame = replace(frame, trace=replace(trace, sample=frame.run.data.usable[0]))

    def run(self) -> None:
        self._open()
        while True:
            try:
                command = self.inbox.get(timeout=0.005)
            except queue.Empty:
                if self.frame.mode == "running":
                    self._show("running", self.frame.step + 1)
                continue
            self.seen.append(command)
            if isinstance(command, m.Quit):
                return
            self._obey(command)

    def _open(self) -> None:
        self.outbox.put_event(m.RunOpened(self.frame.run))
        self._park("opened")

    def _obey(self, command: m.Command) -> None:
        """At level step alone, where Move and RunOn are other words for these."""
        step = self.frame.step
        if isinstance(command, Move):
            command = m.Step() if command.by > 0 else m.Back()
        elif isinstance(command, RunOn) and command.by > 0:
            command = m.Run()
        if isinstance(command, m.Run):
            self._show("running", step)
        elif isinstance(command, m.Step) and self.fails:
            self.outbox.put_event(m.Failed("The step failed", "nan in conv1", "Traceback…", step))
        elif isinstance(command, m.Step):
            self._show("paused", step + 1)
            self._park("stepped")
        elif isinstance(command, m.Back):
            self._show("past", step - 1)
            self._park("stepped back")
        elif isinstance(command, m.Pause):
            self._park("paused")
        elif isinstance(command, m.Watch) and self.frame.trace is not None:
            trace = replace(self.frame.trace, sample=command.sample)
            self.frame = replace(self.frame, trace=trace)
            self._show(self.frame.mode, step)
        elif isinstance(command, m.Load):
            self.outbox.put_event(m.Failed("No checkpoint", f"{command.path}: cut", "", step))
        elif isinstance(command, m.Save):
            self.outbox.put_event(m.Saved(Path(command.path), step))

    def _show(self, mode: m.Mode, step: int) -> None:
        head = max(step, self.frame.head)
        trace = replace(self.frame.trace, step=step) if self.frame.trace else None
        self.frame = replace(
            self.frame, mode=mode, step=step, head=head, trace=trace,
            generation=self.frame.generation + 1,
        )  # fmt: skip
        if self.outbox.want_frame.is_set() or mode != "running":
            self.outbox.put_frame(self.frame)

    def _park(self, reason: str) -> None:
        mode: m.Mode = "paused" if self.frame.step == self.frame.head else "past"
        self._show(mode, self.frame.step)
        self.outbox.put_event(m.Parked(self.frame.step, reason))
