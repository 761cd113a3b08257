"""Inside: where one stands within the step on screen, and what is shown of it there.

Everything is made when it is asked for and kept for as long as the state and the sample on screen
stay the same: the passage at the first phase one looks at, a recording at the first line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from crnn.arrays import F32
from crnn.data.dataset import TrainingSet
from crnn.debug import reached, stops
from crnn.debug.calls import Call
from crnn.debug.cursor import Cursor, Level, edge, moved
from crnn.debug.differences import apart, outputs
from crnn.debug.inner import Form, Inner, LineView, PhaseInfo
from crnn.debug.lines import Recording
from crnn.debug.locals import locals_at, plain
from crnn.debug.phases import Passage, Phase, passage, readable, readable_calls
from crnn.debug.points import Point, Spot
from crnn.debug.session import Session
from crnn.debug.statements import source
from crnn.debug.trace import Trace
from crnn.errors import ReplayDivergence
from crnn.train import Advance, TrainState


class Inside:
    """The cursor of one session. `form`: which text of a phase its lines are."""

    def __init__(self) -> None:
        self.cursor = Cursor()
        self.form: Form = "trained"
        self._passage: Passage | None = None
        self._plain: Passage | None = None
        self._taken: Advance | None = None
        self._data: TrainingSet | None = None
        self._gradients: Mapping[str, tuple[int, F32]] | None = None
        self._recordings: dict[tuple[int, Form], Recording] = {}
        self._n_frames = 1
        self._by = 1
        self._expected: Spot | None = None
        self._shown: tuple[Trace, tuple[object, ...], Inner] | None = None

    @property
    def level(self) -> Level:
        return self.cursor.level

    def enter(self, by: int) -> None:
        """The next state on screen is entered at its first place (by 1) or its last (by -1)."""
        self._by = by

    def leave(self) -> None:
        """What was kept of another state or sample says nothing any more."""
        self._passage = self._plain = self._taken = self._shown = self._gradients = None
        self._recordings.clear()

    # ---- moving ----

    def move(self, session: Session, by: int) -> bool:
        """One place on or back; False where that leaves the step."""
        if self.level == "step":
            return False
        self._look(session)
        there = moved(self.cursor, by, len(self._phases()), self._size)
        if there is None:
            return False
        self.cursor = there
        return True

    def change_level(self, session: Session, level: Level) -> None:
        """See the same place at another level. Going down keeps the timestep."""
        if level == self.level:
            return
        if self.level == "step":
            self._by = 1
        here, self.cursor = self.cursor, self.cursor.at(level)
        if level == "step":
            return
        self._look(session)
        if level == "line" and here.level == "timestep":
            self.cursor = replace(self.cursor, line=self._line_at(here.t))
        if level == "timestep" and here.level == "line":
            self.cursor = replace(self.cursor, t=self._walked(here) or 0)

    def go_to_phase(self, session: Session, number: int) -> None:
        """Stand at a phase, at level phase where one stood at a whole step."""
        if self.level == "step":
            self.cursor = self.cursor.at("phase")
        self._look(session)
        number = min(max(number, 0), len(self._phases()) - 1)
        self.cursor = replace(self.cursor, phase=number, t=0, line=0)

    def go_to_line(self, session: Session, place: int) -> None:
        """Stand at a moment of the phase's recording."""
        self._look(session)
        place = min(max(place, 0), max(0, self._size(self.cursor.phase) - 1))
        self.cursor = replace(self.cursor.at("line"), line=place)

    def choose_form(self, form: Form) -> None:
        if form != self.form:
            self.form = form
            self.cursor = replace(self.cursor, line=0)

    def recording_here(self, session: Session) -> Recording | None:
        """The lines of the phase on screen; None at a level that shows none."""
        if self.level != "line":
            return None
        self._look(session)
        return self._recording(self.cursor.phase)

    def executed(self, session: Session) -> tuple[Recording, int, Phase, Form] | None:
        """The lines of the phase on screen, which of them is, and of which text; None at a level
        that shows none."""
        recording = self.recording_here(session)
        if recording is None:
            return None
        return recording, self.cursor.line, self._phases()[self.cursor.phase], self.form

    def calls(self, session: Session) -> tuple[tuple[Call, ...], ...]:
        """The calls of each phase, of the text on screen; none where it was not reached."""
        self._look(session)
        return tuple(self._calls(number) for number in range(len(self._phases())))

    def taken(self, state: TrainState) -> Advance | None:
        """The step from `state` where it was made to be looked at last; given once."""
        done, self._taken = self._taken, None
        return done if self._passage is not None and self._passage.state is state else None

    @property
    def taken_s(self) -> float:
        """How long that step took, where there is one."""
        return 0.0 if self._taken is None else self._taken.report.seconds

    def stand(self, phase: int, place: int) -> None:
        """Stand at a moment of a phase's recording, of the state last looked at."""
        self.cursor = replace(self.cursor.at("line"), phase=phase, t=0, line=place)

    def expect(self, spot: Spot | None) -> None:
        """Where to stand in the state that is looked at next; None: where it begins."""
        self._expected = spot
        if spot is not None:
            self.leave()
            self.form = spot.form
            self.cursor = replace(self.cursor.at("line"), step=-1)

    # ---- what is shown ----

    def shown(self, session: Session, trace: Trace | None) -> Inner | None:
        """The place on screen; None at level step, and where the sample cannot be looked at.

        Raises ReplayDivergence where the step, done again, is not the one that is recorded.
        """
        if self.level == "step" or trace is None or trace.sample != session.watched:
            return None
        self._look(session)
        self._taken = None
        lines = session.lookout.lines
        seen = (self.cursor, self.form, lines)
        last = self._shown
        if last is None or last[0] is not trace or last[1] != seen:
            last = self._shown = trace, seen, self._inner(trace, lines)
        return last[2]

    def _inner(self, trace: Trace, points: tuple[Point, ...]) -> Inner:
        made = self._passage
        assert made is not None
        cursor, n_frames = self.cursor, trace.n_frames
        phase = made.phases[cursor.phase]
        infos = tuple(
            PhaseInfo(p.name, p.part, p.way, s, reached.places(p, n_frames), bool(calls))
            for p, s, calls in zip(made.phases, made.seconds, made.calls, strict=True)
        )
        walked = self._walked(cursor) if cursor.level == "line" else cursor.t
        if self._gradients is None:
            self._gradients = reached.gradients(made, trace)
        came = self._gradients.items()
        gradients = {name: grad for name, (after, grad) in came if after <= cursor.phase}
        known = reached.known(made, cursor, n_frames, self._share(walked))
        known |= {f"grad.{name}": (0, n_frames) for name in gradients if name.startswith("conv")}
        column = self._column(phase, walked)
        recording = self._recording(cursor.phase) if cursor.level == "line" else None
        if recording is not None and len(recording.calls) > 1 and phase.part.startswith("rnn"):
            at = recording.call(cursor.line)
            way = reached.one_by_one(known, phase, recording.calls, at, n_frames)
            column = n_frames - 1 - column if way == "bwd" and column >= 0 else column
        return Inner(
            cursor,
            infos,
            column,
            known,
            gradients,
            reached.clipping(made) if phase.way == "update" else None,
            reached.updates(made) if phase.name == "update" else (),
            self._lines(points) if cursor.level == "line" else None,
            made.is_alone,
            made.fault,
        )

    def _column(self, phase: Phase, walked: int | None) -> int:
        if walked is None or self.level == "phase":
            return -1
        return reached.column(phase, walked, self._n_frames)

    def _share(self, walked: int | None) -> float:
        """How much of the cursor's phase has been done."""
        cursor, size = self.cursor, self._places(self.cursor.phase)
        if cursor.level == "phase":
            return 1.0
        if cursor.level == "line" and cursor.line >= self._size(cursor.phase) - 1:
            return 1.0
        if walked is None:
            return 0.0
        return min(1.0, (walked + (cursor.level == "timestep")) / size)

    def _lines(self, points: tuple[Point, ...]) -> LineView | None:
        recording = self._recording(self.cursor.phase)
        if recording is None:
            return None
        place, made = self.cursor.line, self._passage
        assert made is not None
        moment, activation = recording.moment(place), recording.activation(place)
        text = source(activation.path)
        variable, value = recording.loop(place)
        return LineView(
            *(text.name, text.lines, activation.function, moment.line, text.at(moment.line).stop),
            *(place, len(recording), self.form),
            differs=self._difference(),
            loop=(variable, plain(value) if variable else ""),
            executions=recording.executions(activation.path, moment.line),
            locals=locals_at(recording, place, made.place, self._n_samples()),
            stack=tuple(_stack(recording, place)),
            heads=text.heads,
            points=tuple(p for p in points if p.condition.file == text.name),
            is_hit=stops.at(points, recording, place) is not None,
        )

    def _difference(self) -> float | None:
        """What LineView.differs says; None for the form that trained."""
        if self.form == "trained":
            return None
        made = self._passage
        assert made is not None
        phase = made.phases[self.cursor.phase]
        recording = self._recording(self.cursor.phase)
        if phase.way in ("data", "update") or recording is None:
            return None
        is_same = self._plain is made and phase.way != "loss"
        calls = made.calls[self.cursor.phase] if is_same else made.of(phase.part, phase.way)
        return apart(outputs(calls), outputs(recording.calls))

    # ---- what is kept ----

    def _look(self, session: Session) -> None:
        """Have the passage of the state and sample on screen, and stand in it."""
        made = self._passage
        is_other = made is None or made.state is not session.here
        info = session.info
        is_same_data = self._data is info.data  # a drawing that goes on is the same sample, but not
        if made is None or is_other or not is_same_data or made.sample != session.watched:
            self.leave()
            self._data = info.data
            made = passage(info.config, info.data, session.here, session.watched)
            _require_recorded(session, made)
            self._taken = made.done  # with its passes, which nobody needs who stands still
            if made.done is not None:
                made = replace(made, done=replace(made.done, passes=()))
            self._passage = made
            self._n_frames = info.config.n_frames(info.data.prepared(session.watched).shape[1])
            if is_other and self.cursor.step != session.here.step:
                self.cursor = replace(self.cursor, step=session.here.step)
                self._enter(made)
            else:  # another picture may be narrower
                self.cursor = replace(self.cursor, t=0, line=0)
        if self.form == "readable" and self._plain is None:
            self._plain = readable(made)

    def _enter(self, made: Passage) -> None:
        """Stand where the state is entered: where that is expected, else at one of its ends."""
        spot, by = self._expected, self._by
        self._expected, self._by = None, 1
        if spot is None:
            self.cursor = edge(self.cursor, by, len(made.phases), self._size)
            return
        phase = min(max(spot.phase, 0), len(made.phases) - 1)
        self.cursor = replace(self.cursor, phase=phase, t=0)
        self.cursor = replace(self.cursor, line=min(max(spot.place, 0), self._size(phase) - 1))

    def _phases(self) -> tuple[Phase, ...]:
        assert self._passage is not None
        return self._passage.phases

    def _places(self, number: int) -> int:
        return reached.places(self._phases()[number], self._n_frames)

    def _size(self, number: int) -> int:
        """Places of a phase at the cursor's level."""
        if self.level == "timestep":
            return self._places(number)
        recording = self._recording(number)
        return len(recording) if recording else 1

    def _calls(self, number: int) -> tuple[Call, ...]:
        made, plain_one = self._passage, self._plain
        assert made is not None
        if self.form == "trained" or plain_one is None:
            return made.calls[number]
        return readable_calls(made, plain_one, number)

    def _recording(self, number: int) -> Recording | None:
        """The lines of a phase; None where it was not reached."""
        key = (number, self.form)
        if key not in self._recordings:
            calls = self._calls(number)
            if not calls:
                return None
            self._recordings.clear()  # one at a time: each may take its whole budget
            self._recordings[key] = Recording(calls)
        return self._recordings[key]

    def _n_samples(self) -> int:
        """Of the shard, or 1 where the sample is alone."""
        assert self._passage is not None
        ctc = self._passage.of("ctc", "loss")
        return len(ctc[0].args["frames_N"]) if ctc else 1

    def _line_at(self, t: int) -> int:
        """The first moment at which the recursion of the phase stands at its place `t`."""
        recording = self._recording(self.cursor.phase)
        for place in range(len(recording) if recording else 0):
            if self._walked(replace(self.cursor, line=place)) == t:
                return place
        return 0

    def _walked(self, cursor: Cursor) -> int | None:
        """The place of the recursion at a line: what the loop variable t says of it."""
        recording = self._recording(cursor.phase)
        if recording is None or self._places(cursor.phase) == 1:
            return None
        variable, value = recording.loop(cursor.line)
        if variable != "t" or not isinstance(value, int):
            return None
        is_back = self._phases()[cursor.phase].way == "backward"
        return self._n_frames - 1 - value if is_back else value


def _require_recorded(session: Session, made: Passage) -> None:
    """Where this step is on record, the passage must be that step, digest by digest."""
    timeline = session.timeline
    if made.done is None or made.state.step >= timeline.head:
        return
    recorded = timeline.reports.column("digests")[made.state.step - timeline.first_step]
    differs = np.flatnonzero(recorded != made.done.report.digests)
    if differs.size:
        raise ReplayDivergence(made.state.step, timeline.tensors[int(differs[0])])


def _stack(recording: Recording, place: int) -> Iterator[tuple[str, str, int]]:
    activation, line = recording.activation(place), recording.moment(place).line
    while True:
        yield activation.function, source(activation.path).name, line
        caller = recording.caller(activation)
        if caller is None:
            return
        activation, line = caller, activation.call_line
