"""Scripting: the verbs of the window as plain calls, for scripts and for the console.

One idea: a verb sends the same commands that a key or a click sends, waits until the debugger says
that they are done, and returns what a person would then see, as a value. Who carries the commands
to which debugger is behind a Post: one of its own, or that of the window.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from crnn.arrays import F64
from crnn.config import preset as preset_of
from crnn.data.sources import open_source
from crnn.debug import messages as m
from crnn.debug.branch_messages import Branch, BranchInfo, DiscardBranch, SwitchBranch
from crnn.debug.cursor import Level
from crnn.debug.edits import KINDS, ChangeRate, Edit
from crnn.debug.inner import Local
from crnn.debug.level_messages import ChangeLevel, Move, RunOn
from crnn.debug.origins import FOLDER
from crnn.debug.point_messages import (
    AddPoint,
    AddWatch,
    EditPoint,
    GoToHit,
    LastChange,
    RemovePoint,
)
from crnn.debug.points import Condition, Hit, Kind, Watching
from crnn.debug.recording import open_run
from crnn.debug.runs import fitted
from crnn.debug.script_messages import Echo, Echoed, Export, Freeze
from crnn.debug.standing import Standing, standing
from crnn.debug.stops import placed
from crnn.debug.trace import Trace
from crnn.errors import CrnnError
from crnn.train import TrainState


class ScriptError(CrnnError):
    """A verb cannot do what is asked; the message says what to do instead."""


class Post(Protocol):
    """The way to a debugger. `take` waits for its next event, None after `timeout_s`."""

    @property
    def frame(self) -> m.Frame | None: ...
    def send(self, command: m.Command) -> None: ...
    def take(self, timeout_s: float) -> m.Event | None: ...


class Verbs:
    """All verbs, over one Post. Every one raises CrnnError, saying what was wrong."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._token = 0
        self._reason = ""

    # ---- runs and files ----

    def new(self, data: str = "lesson", preset: str = "lesson", **changes: Any) -> Standing:
        """A new run on a data source; `changes` are fields of the Config, such as seed=3."""
        dataset = open_source(data)
        config = replace(fitted(preset_of(preset), dataset), **changes)
        return self._do(m.NewRun(config, dataset, dataset.name))

    def open(self, path: str | Path, data: str | None = None) -> Standing:
        """A run directory, an exported run, or a checkpoint."""
        return self._do(m.Load(Path(path), None if data is None else open_source(data)))

    load = open

    def save(self, path: str | Path) -> Standing:
        """The state on screen as a checkpoint."""
        return self._do(m.Save(Path(path)))

    def export(self, path: str | Path, with_data: bool = False) -> Standing:
        """The whole run as one file, with_data: also the pictures of a data folder."""
        return self._do(Export(Path(path), with_data))

    def freeze(self, path: str | Path, value: str = "") -> Standing:
        """A pytest file that reproduces where the run stands, at level line also every name
        there; value: one number of it as an expression, such as "softmax[3, 0]", "conv1[0, 2, 5]",
        "max(abs(dconv1_w))", or over the names at the line, "hidden[3, 0, 1, 5]"."""
        return self._do(Freeze(Path(path), value))

    # ---- moves ----

    def run(self, steps: int | None = None) -> Standing:
        """So many steps on; without a number, until a breakpoint hits (or `pause` is called): at
        level line also one on a line."""
        if steps is not None:
            return self.run_until(f"step >= {self.here().step + _positive(steps)}")
        return self._move(RunOn(1))

    def run_back(self) -> Standing:
        """Back, until a breakpoint hits: at level line also one on a line."""
        return self._move(RunOn(-1))

    def pause(self) -> Standing:
        return self._do(m.Pause())

    def step(self, count: int = 1) -> Standing:
        """So many batches on."""
        for _ in range(_positive(count) - 1):
            self._post.send(m.Step())
        return self._do(m.Step())

    def back(self, count: int = 1) -> Standing:
        """So many batches back."""
        return self.seek(self.here().step - _positive(count))

    def seek(self, step: int) -> Standing:
        """Any recorded step; the nearest one where it is not recorded."""
        return self._do(m.Seek(int(step)))

    def live(self) -> Standing:
        """The newest state."""
        return self._do(m.ReturnToLive())

    def run_until(self, condition: str) -> Standing:
        """On, to the next step at which an expression over named values is true, e.g. "loss < 1":
        at once where it is true all the way. "loss" is that of the step's own batch."""
        return self._with_point(Condition("when", condition, is_thorough=True), m.Run())

    def back_until(self, condition: str) -> Standing:
        """Back, to where it last became true."""
        return self._with_point(Condition("when", condition), m.RunBack())

    def rate(self, lr: float) -> Standing:
        """Another learning rate from the newest state on; recorded."""
        return self._do(m.SetLearningRate(lr))

    # ---- branches ----

    def branch(self, *edits: Edit, name: str = "", lr: float | None = None) -> Standing:
        """Another future from here, e.g. branch(lr=0.001) or branch(ScaleTensor("conv1.w", 0.0));
        the kinds of edits are those of crnn.debug.edits."""
        rate = () if lr is None else (ChangeRate(lr),)
        return self._do(Branch((*rate, *edits), name))

    def switch(self, branch: int) -> Standing:
        """Move over this branch from now on; 0 is the run as it began."""
        return self._do(SwitchBranch(branch))

    def discard(self, branch: int) -> Standing:
        """Throw a branch away, with its recording."""
        return self._do(DiscardBranch(branch))

    def branches(self) -> tuple[BranchInfo, ...]:
        """All futures of the run, in the order they were made."""
        branches = self._frame().branches
        return () if branches is None else branches.all

    def journal(self) -> tuple[dict[str, Any], ...]:
        """What was done to the branch one is on, edits and commands with their step, as recorded;
        what was done before it branched off, its parents tell."""
        directory, number = self._frame().run.directory, self.here().branch
        if not directory:
            raise ScriptError("this run is not recorded, so it has no journal")
        return open_run(Path(directory, FOLDER, f"{number}") if number else Path(directory)).journal

    # ---- points and watches ----

    def break_at(
        self,
        condition: str = "",
        kind: Kind = "when",
        sample: int = -1,
        logs_only: bool = False,
        ignore: int = 0,
        thorough: bool = False,
    ) -> int:
        """A breakpoint, by its expression or by its kind; returns its number. `thorough`: hit at
        every step at which the expression is true; read the sample at every step, not only where it
        trains; look for NaN in every tensor."""
        return self._armed(Condition(kind, condition, sample, thorough), logs_only, ignore)

    def turn(self, number: int, on: bool) -> None:
        """Turn a breakpoint on or off."""
        rows = (row.point for row in self._watching().points if row.point.number == number)
        point = next(rows, None)
        if point is None:
            raise ScriptError(f"there is no breakpoint {number}")
        self._do(EditPoint(replace(point, is_on=on)))

    def last_change(self, expression: str, sample: int = -1) -> Standing:
        """Back to the step at which the value of an expression last became another."""
        return self._do(LastChange(expression, sample))

    def break_line(self, file: str, line: int, condition: str = "", logs_only: bool = False) -> int:
        """A breakpoint on a line of code, e.g. ("ops/recurrent.py", 98, "t > 20"), for runs at
        level line; returns its number."""
        where = placed(Condition("line", condition, file=file, line=line))
        self._do(AddPoint(where, logs_only))
        return next(r.point.number for r in self._watching().points if r.point.condition == where)

    def hits(self) -> tuple[Hit, ...]:
        """What breakpoints have hit so far, by step."""
        return self._watching().hits

    def go(self, hit: Hit) -> Standing:
        """Stand where a breakpoint hit."""
        return self._do(GoToHit(hit))

    def clear(self, number: int) -> None:
        """Remove a breakpoint."""
        self._do(RemovePoint(number))

    def watch(self, expression: str, sample: int = -1) -> int:
        """Keep a value for every step, also those past; returns the watch's number."""
        self._do(AddWatch(expression, sample))
        return self._watching().watches[-1].watch.number

    def watched(self, number: int) -> F64:
        """The values of a watch, one a state from the run's first step on; NaN where unknown."""
        here = self.here()
        for row in self._watching().watches:
            if row.watch.number == number:
                found = row.series.values()
                n = max(len(found), here.head - self._frame().run.first_step + 1)
                return np.pad(found, (0, n - len(found)), constant_values=np.nan)
        raise ScriptError(f"there is no watch {number}")

    # ---- what there is to see ----

    def here(self) -> Standing:
        """Where the run stands."""
        self._settle()
        return self._standing()

    def sample(self, index: int) -> Standing:
        """Watch this sample."""
        return self._do(m.Watch(index))

    def trace(self, sample: int | None = None) -> Trace:
        """Every array of a sample's forward pass, loss and alignment."""
        if sample is not None:
            self.sample(sample)
        self._settle()
        found = self._frame().trace
        if found is None:
            raise ScriptError("this sample cannot be traced here; choose another one")
        return found

    def trellis(self, what: str = "gamma") -> F64:
        """The CTC lattice of the watched sample, (T, S): gamma, alpha or beta (logs)."""
        ctc = self.trace().ctc
        names = {"gamma": "gamma_TS", "alpha": "log_alpha_TS", "beta": "log_beta_TS"}
        if what not in names:
            raise ScriptError(f"{what!r} is no lattice; allowed: {', '.join(names)}")
        if ctc is None:
            raise ScriptError("this label has no alignment; choose another sample")
        lattice: F64 = getattr(ctc, names[what])
        return lattice

    def level(self, name: Level) -> Standing:
        """step, phase, timestep or line: what `on` and `off` move by."""
        return self._do(ChangeLevel(name))

    def on(self) -> Standing:
        """One further at the level."""
        return self._do(Move(1))

    def off(self) -> Standing:
        """One back at the level."""
        return self._do(Move(-1))

    def locals(self) -> dict[str, Local | str]:
        """The names of the function at the line one stands at; goes to level line where need be."""
        inner = self._frame().inner
        if inner is None or inner.lines is None:
            self.level("line")
            inner = self._frame().inner
        if inner is None or inner.lines is None:
            raise ScriptError("no line is executed here; move to a phase that has source")
        return {held.name: held.text or held for held in inner.lines.locals}

    def state(self) -> TrainState:
        """Parameters, moments and statistics of the state one stands at; read-only."""
        state = self._settle()
        if state is None:
            raise ScriptError("no run is open; use new() or open()")
        return state

    def curve(self, name: str = "loss_nats") -> NDArray[Any]:
        """A column of all reports: loss_nats, cer, p_blank, grad_norm, lr, seconds."""
        frame = self._frame()
        return frame.reports.column(name, frame.n_reports)

    # ---- how ----

    def _frame(self) -> m.Frame:
        if self._post.frame is None:
            raise ScriptError("no run is open; use new() or open()")
        return self._post.frame

    def _watching(self) -> Watching:
        found = self._frame().watching
        assert found is not None
        return found

    def _standing(self) -> Standing:
        return standing(self._frame(), self._reason)

    def _do(self, command: m.Command) -> Standing:
        """Send a command, wait until it is carried out."""
        self._post.send(command)
        self._settle()
        return self._standing()

    def _settle(self) -> TrainState | None:
        """Wait until all that was sent is done. Raises ScriptError where something failed."""
        self._token += 1
        token, failed = self._token, None
        self._post.send(Echo(token))
        while True:
            event = self._post.take(3600.0)
            if isinstance(event, m.Failed):
                failed = event
            elif isinstance(event, m.Parked):
                self._reason = event.reason
            elif isinstance(event, Echoed) and event.token == token:
                if failed is not None:
                    raise ScriptError(failed.message)
                return event.state
            elif event is None:
                raise ScriptError("the debugger does not answer")

    def _move(self, command: m.Command) -> Standing:
        """Set the run moving and wait until it stands."""
        self._settle()
        self._post.send(command)
        while True:
            event = self._post.take(0.5)
            if isinstance(event, m.Failed):
                raise ScriptError(event.message)
            if isinstance(event, m.Parked):
                self._reason = event.reason
                return self._standing()

    def _armed(self, condition: Condition, logs_only: bool = False, ignore: int = 0) -> int:
        """The number of a new breakpoint."""
        self._do(AddPoint(condition, logs_only, ignore))
        return self._watching().points[-1].point.number

    def _with_point(self, condition: Condition, move: m.Command) -> Standing:
        number = self._armed(condition)
        try:
            return self._move(move)
        finally:
            self.clear(number)


def _positive(count: int) -> int:
    if type(count) is not int or count < 1:
        raise ScriptError(f"{count!r} is no count; allowed: 1 or more")
    return count


KINDS_OF_EDIT: dict[str, Any] = {kind.__name__: kind for kind in KINDS.values()}
NAMES = tuple(name for name in vars(Verbs) if not name.startswith("_"))
"""What a script and the console call."""


def namespace(verbs: Verbs) -> dict[str, Any]:
    """The verbs and the kinds of edits by name, as a script sees them."""
    return {**KINDS_OF_EDIT, **{name: getattr(verbs, name) for name in NAMES}}
