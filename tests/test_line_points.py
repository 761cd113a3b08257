"""Breakpoints on lines: a run at level line stops, on and back and over steps, exactly where a full
recording of every step says that the line was executed with its condition true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crnn.debug import stops
from crnn.debug.inner import LineView
from crnn.debug.level_messages import ChangeLevel, ChooseForm, GoToPhase, RunOn
from crnn.debug.lines import Recording
from crnn.debug.messages import Frame, Load, Run, RunBack, Seek, Step
from crnn.debug.phases import passage, readable, readable_calls
from crnn.debug.point_messages import AddPoint, EditPoint, GoToHit, PointHit, RemovePoint, ShowLine
from crnn.debug.points import Condition, Point, Spot
from crnn.debug.statements import own_source
from crnn.train import advance, initial_state
from tests import tiny
from tests.driving import CONFIG, NEW, Driver, is_parked, same, state_on_screen, straight

FILE = "ops/recurrent.py"
N = 4
Key = tuple[int, int, int]


def _line(code: str, file: str = FILE) -> int:
    """Where a statement stands today."""
    text = own_source(file)
    assert text is not None
    return next(n for n, line in enumerate(text.lines, 1) if line.strip().startswith(code))


def _condition(code: str, text: str = "") -> Condition:
    return Condition("line", text, file=FILE, line=_line(code))


CELL = _condition("np.multiply(o, tanh_cell[t], out=hidden[t])", "t == 2 and max(hidden[2]) > 0.05")


def _scanned(condition: Condition, sample: int) -> list[Key]:
    """Every moment of every step at which it holds, from whole recordings."""
    point = Point(1, stops.placed(condition))
    data, state = tiny.training_set(CONFIG), initial_state(CONFIG)
    found: list[Key] = []
    for step in range(N + 1):
        made = passage(CONFIG, data, state, sample)
        plain = readable(made)
        for phase in range(len(made.phases)):
            calls = readable_calls(made, plain, phase)
            if calls:
                recording = Recording(calls)
                places = range(len(recording))
                found += [(step, phase, k) for k in places if stops.at((point,), recording, k)]
        state = advance(CONFIG, data, state).state
    return found


def _view(frame: Frame) -> LineView:
    assert frame.inner is not None
    assert frame.inner.lines is not None
    return frame.inner.lines


def _here(frame: Frame) -> Key:
    assert frame.inner is not None
    return frame.step, frame.inner.cursor.phase, frame.inner.cursor.line


@pytest.fixture
def driver() -> Iterator[Driver]:
    """At the first line of the plain text of step 0 of a run of N steps."""
    with Driver() as hands:
        hands.do(NEW, *[Step()] * N, Seek(0), ChangeLevel("line"), ChooseForm("readable"))
        yield hands


def test_on_and_back_over_all_steps_it_stops_where_whole_recordings_say(driver: Driver) -> None:
    expected = _scanned(CELL, driver.shown.trace.sample)  # type: ignore[union-attr]
    assert len({step for step, _, _ in expected}) > 2, "the case shows nothing"
    driver.inbox.put(AddPoint(CELL))
    forwards = []
    for _ in expected:
        frame = driver.do(RunOn(1))
        forwards.append(_here(frame))
        assert _view(frame).is_hit
        assert _view(frame).loop == ("t", "2")
    assert forwards == expected
    backwards = [_here(driver.do(RunOn(-1))) for _ in expected[1:]]
    assert backwards == expected[-2::-1]
    frame = driver.do(RunOn(-1))
    assert _here(frame)[0] == 0, "nothing holds before: the first step"
    assert frame.watching is not None
    hits = [hit for hit in frame.watching.hits if hit.spot is not None]
    assert [hit.key for hit in hits] == expected, "each is listed once"
    assert {hit.now for hit in hits} == {"t = 2"}
    assert frame.watching.points[-1].cost_ms > 0
    last = hits[-1]
    assert _here(driver.do(ChangeLevel("step"), GoToHit(last))) == last.key
    assert _view(driver.shown).form == "readable"


def test_at_the_head_it_trains_on_and_the_training_is_that_of_a_straight_run(
    driver: Driver, tmp_path: Path
) -> None:
    driver.do(Seek(N))
    driver.inbox.put(AddPoint(replace(CELL, text="t == 2")))
    steps = [driver.do(RunOn(1)).step for _ in range(8)]
    assert steps[0] == N
    assert steps[-1] == driver.shown.head > N
    assert same(state_on_screen(driver, tmp_path), straight(steps[-1]))


def test_other_breakpoints_stop_such_a_run_too_and_other_runs_pass_lines_by(
    driver: Driver,
) -> None:
    driver.inbox.put(AddPoint(replace(CELL, text="t == 2")))
    driver.inbox.put(AddPoint(Condition("when", "step == 2")))
    seen: list[Key] = []
    while driver.shown.step < 2 and len(seen) < 20:
        seen.append(_here(driver.do(RunOn(1))))
    assert seen[-1] == (2, 0, 0), "before the lines of step 2"
    lines = seen[:-1]
    assert [_here(driver.do(RunOn(-1))) for _ in lines] == lines[::-1]
    driver.do(Seek(N))
    back = [_here(driver.do(RunOn(-1))) for _ in range(8)]
    assert next(key for key in back if key[0] == 2)[1] > 0, "its lines come first from behind"
    driver.do(ChangeLevel("step"), Seek(0))
    assert driver.do(Run()).step == 2, "a run at level step looks at no line"
    driver.do(Seek(N))
    assert driver.do(RunBack()).step == 2


def test_hits_are_let_pass_noted_and_counted(driver: Driver) -> None:
    sample = driver.shown.trace.sample  # type: ignore[union-attr]
    every = _scanned(replace(CELL, text="t == 2"), sample)
    driver.inbox.put(AddPoint(replace(CELL, text="t == 2"), ignore=3))
    assert _here(driver.do(RunOn(1))) == every[3]
    point = driver.shown.watching.points[-1].point  # type: ignore[union-attr]
    driver.inbox.put(EditPoint(replace(point, logs_only=True)))
    driver.inbox.put(AddPoint(Condition("when", f"step == {N}")))
    frame = driver.do(RunOn(1))
    assert _here(frame) == (N, 0, 0)
    row = frame.watching.points[1]  # type: ignore[union-attr]
    assert row.n_hits == len([key for key in every if key[0] < N])
    driver.inbox.put(EditPoint(replace(point, is_on=False)))
    driver.inbox.put(RemovePoint(3))
    assert driver.do(Seek(0), RunOn(-1)).step == 0, "nothing is on: a run back as ever"


def test_what_cannot_be_asked_is_refused_and_what_can_never_stop_too(driver: Driver) -> None:
    for condition, said in (
        (replace(CELL, text="__import__('os')"), "is not allowed"),
        (replace(CELL, text="nothing > 1"), "there is no such name"),
        (replace(CELL, line=1), "no statement of a function stands there"),
        (replace(CELL, file="ops/none.py"), "there is no such file"),
        (replace(CELL, file="../main.py"), "there is no such file"),
    ):
        assert said in driver.refused(AddPoint(condition)).message
    driver.do(ChooseForm("trained"))
    driver.inbox.put(AddPoint(_condition("np.multiply(o, tanh_cell[t], out=hidden[t])")))
    assert "runs here" in driver.refused(RunOn(1)).message, (
        "the kernel that trained has no such line"
    )
    driver.do(ShowLine(FILE, CELL.line))
    assert (_view(driver.shown).form, _view(driver.shown).line) == ("readable", CELL.line)
    wrong = replace(CELL, text="hidden > 0")
    assert "use min, max" in driver.refused(AddPoint(wrong)).message
    assert (
        "is not executed"
        in driver.refused(ShowLine("ops/dropout.py", _line("return", "ops/dropout.py"))).message
    )


def test_a_condition_that_turns_out_wrong_says_so_beside_its_point(driver: Driver) -> None:
    driver.do(GoToPhase(0))
    driver.inbox.put(AddPoint(replace(CELL, text="hidden > 0")))  # its shapes are not known here
    driver.inbox.put(AddPoint(Condition("when", "step == 1")))
    row = driver.do(RunOn(1)).watching.points[1]  # type: ignore[union-attr]
    assert "use min, max" in row.fault


def test_they_are_kept_with_the_run_and_found_again_where_the_code_has_moved(
    tmp_path: Path,
) -> None:
    with Driver(tmp_path) as first:
        frame = first.do(NEW, Step(), ChangeLevel("line"), ChooseForm("readable"), Seek(0))
        first.inbox.put(AddPoint(replace(CELL, text="t == 2"), ignore=1))
        frame = first.do(RunOn(1))
        event = next(e for e in reversed(first.events) if isinstance(e, PointHit))
        directory = Path(frame.run.directory)
        # what a kill would leave: the file as it is now
        kept = (directory / "points.json").read_text(encoding="utf-8")
    moved = kept.replace(f'"line": {CELL.line}', f'"line": {CELL.line - 7}')
    assert moved != kept
    (directory / "points.json").write_text(moved, encoding="utf-8")
    with Driver(tmp_path) as again:
        frame = again.do(Load(directory, NEW.dataset))
        assert frame.watching is not None
        point = frame.watching.points[-1].point
        assert point.condition == stops.placed(replace(CELL, text="t == 2"))
        assert (point.ignore, point.is_on) == (1, True)
        assert event.hit in frame.watching.hits
        assert isinstance(event.hit.spot, Spot)
        again.inbox.put(GoToHit(event.hit))
        again.wait(is_parked)
        assert _here(again.shown) == event.hit.key


def test_code_that_is_gone_leaves_its_point_off() -> None:
    gone = Point(1, replace(stops.placed(CELL), code="there_was = 1"))
    assert not stops.found_again(gone).is_on
