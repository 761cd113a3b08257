"""Levels: one verb at four levels, through a debugger in its thread; the state is never touched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from crnn.debug.cursor import Level
from crnn.debug.guest_messages import Draw
from crnn.debug.inner import Inner
from crnn.debug.level_messages import (
    ChangeLevel,
    ChooseForm,
    GoToLine,
    GoToPhase,
    Move,
)
from crnn.debug.messages import Frame, NewRun, Seek, Step, Watch
from crnn.debug.phases import plan
from crnn.train import digests
from tests import tiny
from tests.driving import CONFIG, NEW, Driver, same, state_on_screen, straight

N_PHASES = len(plan(CONFIG))


def _inner(frame: Frame) -> Inner:
    assert frame.inner is not None
    return frame.inner


def test_moving_within_a_step_never_touches_the_training_state(tmp_path: Path) -> None:
    """At every level, on and back, then training goes on: the bits of a straight run."""
    with Driver() as driver:
        driver.do(NEW, Step(), Step())
        before = digests(state_on_screen(driver, tmp_path)).tolist()
        levels: tuple[Level, ...] = ("phase", "timestep", "line")
        for level in levels:
            driver.do(ChangeLevel(level), GoToPhase(2))
            for by in (1, 1, -1, 1, -1, -1):
                driver.do(Move(by))
            assert _inner(driver.shown).cursor.level == level
            assert digests(state_on_screen(driver, tmp_path)).tolist() == before
        driver.do(ChangeLevel("step"), Move(1), Move(1))
        assert same(state_on_screen(driver, tmp_path), straight(4))


def test_the_phases_of_a_step_come_in_order_and_lead_into_the_next_step_and_back() -> None:
    with Driver() as driver:
        driver.do(NEW, Step(), ChangeLevel("phase"))
        seen = [_inner(driver.shown).cursor.phase]
        for _ in range(N_PHASES):
            driver.do(Move(1))
            seen.append(_inner(driver.shown).cursor.phase)
        assert seen == [*range(N_PHASES), 0]
        assert driver.shown.step == 2
        frame = driver.do(Move(-1))
        assert (frame.step, _inner(frame).cursor.phase) == (1, N_PHASES - 1)
        assert frame.is_past
        driver.do(Move(1))
        assert driver.shown.step == 2


def test_arrays_become_known_phase_by_phase_and_timestep_by_timestep() -> None:
    with Driver() as driver:
        frame = driver.do(NEW, ChangeLevel("phase"))
        names = [phase.name for phase in _inner(frame).phases]
        assert _inner(frame).known.keys() == {"image"}
        frame = driver.do(GoToPhase(names.index("rnn1")), ChangeLevel("timestep"))
        assert frame.trace is not None
        t = frame.trace.n_frames
        for k in range(t):
            inner = _inner(driver.shown)
            assert inner.column == k
            assert inner.known["rnn1.fwd"] == (0, k + 1)
            assert inner.known["rnn1.bwd"] == (t - 1 - k, t)
            driver.do(Move(1))
        driver.do(GoToPhase(names.index("ctc")))
        columns = []
        for _ in range(2 * t):
            columns.append(_inner(driver.shown).column)
            driver.do(Move(1))
        assert columns == [*range(t), *reversed(range(t))]
        driver.do(Move(-1))
        assert _inner(driver.shown).known["gamma"] == (0, t)


def test_the_way_back_shows_gradients_once_they_are_there_and_the_end_what_was_clipped() -> None:
    with Driver() as driver:
        frame = driver.do(NEW, Step(), ChangeLevel("phase"))
        ways = [(phase.name, phase.way) for phase in _inner(frame).phases]
        frame = driver.do(GoToPhase(ways.index(("linear", "backward"))))
        assert _inner(frame).gradients.keys() == {"rnn1.fwd", "rnn1.bwd"}
        frame = driver.do(Move(1))
        inner = _inner(frame)
        assert "conv1.pool" in inner.gradients
        assert frame.trace is not None
        assert inner.gradients["conv1.pool"].shape == frame.trace.blocks[0].pool_CHW.shape
        clip = _inner(driver.do(GoToPhase(N_PHASES - 2))).clip
        assert clip is not None
        frame = driver.do(Move(1))
        assert [u.name for u in _inner(frame).updates] == list(straight(1).params)
        driver.do(ChangeLevel("step"), Step())
        report = driver.shown.reports.at(1)
        assert clip.before == report.grad_norm
        before, after = straight(1).params, straight(2).params
        for update in _inner(frame).updates:
            moved = np.linalg.norm(after[update.name] - before[update.name])
            assert update.change == pytest.approx(float(moved), rel=1e-5)


def test_lines_are_walked_both_ways_and_readable_text_is_close_to_what_trained() -> None:
    with Driver() as driver:
        frame = driver.do(NEW, Step(), ChangeLevel("line"), GoToPhase(2))
        view = _inner(frame).lines
        assert view is not None
        assert view.file == "kernels/both_ways.py"
        assert view.differs is None
        driver.do(GoToLine(40))
        there = _inner(driver.shown).lines
        assert there is not None
        driver.do(Move(1), Move(-1))
        again = _inner(driver.shown).lines
        assert again is not None
        for a, b in zip(there.locals, again.locals, strict=True):
            assert a.name == b.name
            assert (a.picture_RC is None) == (b.picture_RC is None)
            if a.picture_RC is not None and b.picture_RC is not None:
                assert a.picture_RC.tobytes() == b.picture_RC.tobytes()
        frame = driver.do(ChooseForm("readable"))
        view = _inner(frame).lines
        assert view is not None
        assert view.file == "ops/recurrent.py"
        assert view.differs is not None
        assert view.differs < 1e-5
        assert frame.trace is not None
        n, last = frame.trace.n_frames, view.n_places - 1
        here = _inner(driver.do(GoToLine(last - 60)))
        assert here.known["rnn1.fwd"] == (0, n), "one direction has been walked, then the other"
        assert here.known["rnn1.bwd"][0] == here.column + 1


def test_a_sample_outside_the_batch_is_walked_alone_and_seek_keeps_the_level() -> None:
    with Driver() as driver:
        frame = driver.do(NEW, ChangeLevel("phase"), GoToPhase(3))
        outside = next(i for i in frame.run.data.usable if i not in frame.batch_ids)
        driver.inbox.put(Watch(outside))
        frame = driver.do(ChangeLevel("timestep"))
        assert _inner(frame).is_alone
        assert _inner(frame).cursor.phase == 3
        driver.do(Step(), Step())
        frame = driver.do(Seek(1))
        assert _inner(frame).cursor.level == "timestep"
        assert _inner(frame).cursor.phase == 0


@pytest.mark.parametrize("kernels", ["plain", "fast"])
def test_every_phase_has_lines_and_the_plan_is_what_ran(kernels: str) -> None:
    config = tiny.config(kernels=kernels, layers=2, dropout=0.2)
    with Driver() as driver:
        frame = driver.do(NewRun(config, tiny.dataset(), "all"))
        driver.inbox.put(Watch(frame.batch_ids[0]))
        phases = _inner(driver.do(ChangeLevel("phase"))).phases
        assert all(phase.is_reached and phase.seconds > 0 for phase in phases)
        assert not _inner(driver.shown).is_alone
        for number in range(len(phases)):
            view = _inner(driver.do(GoToPhase(number), GoToLine(3))).lines
            assert view is not None
            assert view.text[view.line - 1].strip()


def test_a_drawing_is_walked_too_and_anew_when_it_goes_on() -> None:
    """It has no truth; what is read in it stands for one, as in the panels."""
    strokes = (((4.0, 4.0, 1.0), (30.0, 30.0, 1.0)), ((4.0, 30.0, 1.0), (90.0, 4.0, 1.0)))
    with Driver() as driver:
        driver.do(NEW)
        places = []
        for n in (1, 2):
            driver.inbox.put(Draw(strokes[:n], is_new=n == 1))
            frame = driver.do(ChangeLevel("line"), GoToPhase(2))
            assert frame.trace is not None
            assert _inner(frame).is_alone
            assert _inner(frame).phases[2].places == frame.trace.n_frames
            places.append(frame.trace.n_frames)
        assert places[0] != places[1], "the second stroke has made it wider"
        view = _inner(driver.do(GoToPhase(N_PHASES - 3), GoToLine(2))).lines
        assert view is not None
