"""Breakpoints: forwards and backwards stop at the same steps, which are those of a linear scan."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crnn.debug import reverse
from crnn.debug.lookout import Lookout
from crnn.debug.messages import (
    Load,
    ReturnToLive,
    Run,
    RunBack,
    Seek,
    SetLearningRate,
    Step,
)
from crnn.debug.moment import Moment
from crnn.debug.nonfinite import first_broken, hidden
from crnn.debug.point_messages import (
    AddPoint,
    Changed,
    EditPoint,
    LastChange,
    PointHit,
    RemovePoint,
)
from crnn.debug.points import Condition, Point
from crnn.debug.reading import NOTHING, reader
from crnn.debug.timeline import Cancelled, Timeline
from crnn.params import FlatParams
from crnn.train import initial_state
from tests import tiny
from tests.driving import CONFIG, NEW, Driver, same, state_on_screen, straight

N = 124
SAMPLE = 0
CONDITIONS = {
    "recorded": Condition("when", "loss > 3.5"),
    "gradient": Condition("when", "norm(dconv1_w) > 2"),
    "weights": Condition("when", "mean(conv1_w) > -0.1"),
    "ratio": Condition("when", "norm(update_linear_w) / norm(linear_w) > 0.01"),
    "both": Condition("when", "cer < 1 and norm(m_linear_w) < 1"),
    "batch": Condition("when", "max(batch_logits) > 3 and dead_conv1 < 1"),
    "activation": Condition("when", "max(softmax[0]) > 0.9", SAMPLE),
    "sign": Condition("sign", "m_linear_b[1]"),
    "text": Condition("text", sample=SAMPLE),
    "text at every step": Condition("text", sample=SAMPLE, is_thorough=True),
    "right": Condition("right", sample=SAMPLE),
    "forgotten": Condition("forgotten", sample=SAMPLE, is_thorough=True),
    "in batch": Condition("in_batch", sample=SAMPLE),
    "step": Condition("when", "step == 57"),
}


@lru_cache(maxsize=1)
def _moments() -> list[Moment]:
    """Every step of the run, straight."""
    timeline = _timeline(10**9)
    states = [timeline.live]
    done = []
    for _ in range(N):
        done.append(timeline.train())
        states.append(timeline.live)
    data = timeline.data
    return [Moment(CONFIG, data, state, step) for state, step in zip(states, done, strict=False)]


def _timeline(budget_bytes: int) -> Timeline:
    first = initial_state(CONFIG)
    return Timeline(CONFIG, tiny.training_set(CONFIG), first, budget_bytes=budget_bytes)


def _scanned(condition: Condition) -> list[int]:
    """The steps at which it hits, from a linear scan over all of them."""
    moments = _moments()
    lookout = Lookout(Timeline(CONFIG, moments[0].data, moments[0].state))
    trace = moments[0].trace(SAMPLE)
    reads = reader(condition, lookout.catalog, moments[0].data, trace)
    before: Any = NOTHING
    steps = []
    for moment in moments:
        now = reads.read(moment)
        if now is not NOTHING:
            if reads.is_hit(before, now):
                steps.append(moment.state.step)
            before = now
    return steps


@pytest.mark.parametrize("name", CONDITIONS)
def test_forwards_and_backwards_stop_where_a_linear_scan_does(name: str) -> None:
    condition = CONDITIONS[name]
    expected = _scanned(condition)
    assert any(expected), "the case shows nothing"
    with Driver(budget_bytes=400_000) as driver:  # keeps few states: intervals of many steps
        driver.do(NEW)
        driver.inbox.put(AddPoint(Condition("when", f"step == {N}")))
        driver.inbox.put(AddPoint(condition))
        forwards = []
        while (frame := driver.do(Run())).step < N:
            forwards += [frame.step] if frame.step else []
        backwards = []
        while (frame := driver.do(RunBack())).step > 0:
            backwards.append(frame.step)
        assert driver.do(RunBack()).step == 0, "there is no step before"
        assert forwards == backwards[::-1] == [step for step in expected if step > 0]
        assert frame.watching is not None
        number = frame.watching.points[-1].point.number
        noted = {hit.step for hit in frame.watching.hits if hit.number == number}
        assert noted - {0, N} == set(expected) - {0, N}


def test_a_planted_write_is_found_and_equals_a_linear_scan() -> None:
    """Weights stand still but for steps at which a rate is planted for one step."""
    draw = np.random.default_rng(11)
    timeline = _timeline(300_000)
    planted = sorted(draw.choice(np.arange(2, 90), 6, replace=False).tolist())
    timeline.set_learning_rate(1e-30)
    flats = [timeline.live.params]
    for step in range(100):
        if step in planted:
            timeline.set_learning_rate(1e-2)
        elif step - 1 in planted:
            timeline.set_learning_rate(1e-30)
        timeline.train()
        flats.append(timeline.live.params)
    assert len(timeline.history.key_steps) < 50
    lookout = Lookout(timeline)
    for _ in range(12):
        here = int(draw.integers(1, 101))
        name = str(draw.choice(["conv1.w", "rnn1.fwd.w_ih", "linear.w"]))
        index = tuple(int(draw.integers(n)) for n in flats[0][name].shape)
        subscript = ", ".join(map(str, index))
        condition = Condition("changes", f"{name.replace('.', '_')}[{subscript}]")
        reads = reader(condition, lookout.catalog, timeline.data, None)
        found = reverse.last_hits(timeline, [reads], here + 1, lambda done, step: True)
        values = [float(flat[name][index]) for flat in flats]
        scan = [s for s in range(1, here + 1) if values[s] != values[s - 1]]
        assert [hit.step for hit in found] == scan[-1:]
        assert not scan or scan[-1] - 1 in planted


def test_a_search_costs_the_distance_and_can_be_cancelled() -> None:
    timeline = _timeline(2_000_000)
    timeline.history.clock = lambda steps: steps.astype(np.float64)  # a second each: spread out
    for _ in range(100):
        timeline.train()
    lookout = Lookout(timeline)
    near = Condition("changes", "conv1_w[0, 0, 0, 0]")
    reads = reader(near, lookout.catalog, timeline.data, None)
    looked: list[int] = []

    def count(done: int, step: int) -> bool:
        looked.append(step)
        return True

    assert reverse.last_hits(timeline, [reads], 101, count)[0].step == 100
    assert len(looked) < 10
    never = reader(Condition("when", "norm(conv1_w) > 1e9"), lookout.catalog, timeline.data, None)
    with pytest.raises(Cancelled):
        reverse.last_hits(timeline, [never], 100, lambda done, step: done < 7)
    looked.clear()
    assert reverse.last_hits(timeline, [never], 100, count) == ()
    assert sorted(looked) == list(range(100)), "each step once"


def test_when_did_it_last_change_goes_there() -> None:
    with Driver() as driver:
        driver.do(NEW)
        driver.do(*[Step()] * 9)
        driver.do(Seek(6))
        frame = driver.do(LastChange("linear_b[0]"))
        event = [e for e in driver.events if isinstance(e, Changed)][-1]
        assert (event.step, frame.step) == (6, 6)
        assert event.before != event.now
        frame = driver.do(LastChange("linear_b[0] * 0"))
        assert [e for e in driver.events if isinstance(e, Changed)][-1].step == -1
        assert frame.step == 6
        for sample in range(3):  # at the head, of a state that no update has left yet
            driver.do(ReturnToLive())
            frame = driver.do(LastChange("softmax[1, 2]", sample))
            assert [e for e in driver.events if isinstance(e, Changed)][-1].step == 9
            assert frame.step == 9


def test_points_change_no_bit_and_hits_are_counted_once(tmp_path: Path) -> None:
    with Driver() as driver:
        driver.do(NEW)
        for condition in CONDITIONS.values():
            driver.inbox.put(AddPoint(condition, logs_only=True))
        driver.inbox.put(AddPoint(Condition("when", "step == 60")))
        frame = driver.do(Run())
        assert frame.step == 60
        assert same(state_on_screen(driver, tmp_path), straight(60))
        counts = [row.n_hits for row in frame.watching.points] if frame.watching else []
        driver.do(Seek(0))
        frame = driver.do(Run())
        assert frame.watching is not None
        assert [row.n_hits for row in frame.watching.points] == counts
        assert frame.step == 60


def test_ignored_hits_pass_and_points_can_be_turned_off() -> None:
    expected = _scanned(CONDITIONS["in batch"])
    with Driver() as driver:
        driver.do(NEW)
        driver.inbox.put(AddPoint(CONDITIONS["in batch"], ignore=3))
        frame = driver.do(Run())
        assert frame.step == expected[3]
        assert frame.watching is not None
        row = frame.watching.points[-1]
        driver.inbox.put(EditPoint(Point(row.point.number, row.point.condition, is_on=False)))
        driver.inbox.put(AddPoint(Condition("when", "step == 90")))
        assert driver.do(Run()).step == 90
        driver.inbox.put(RemovePoint(row.point.number))
        frame = driver.do(Seek(0))
        assert frame.watching is not None
        assert [p.point.condition.kind for p in frame.watching.points] == ["non_finite", "when"]


def test_training_that_breaks_stops_at_the_point_that_names_the_place() -> None:
    with Driver() as driver:
        driver.do(NEW)
        driver.do(Step())
        driver.do(SetLearningRate(1e37))
        frame = driver.do(Run())
        hit = next(e for e in driver.events if isinstance(e, PointHit)).hit
        assert hit.step == frame.step
        assert any(phase in hit.now for phase in ("forward: ", "backward: ", "update: ", "state: "))
        assert "nan" in hit.now or "inf" in hit.now
        assert frame.watching is not None
        assert frame.watching.points[0].here == hit


def test_what_training_does_not_look_at_is_found_too() -> None:
    """An infinite second moment stops a weight for good and never shows in the loss."""
    moment = _moments()[5]
    state, place = moment.state, moment.state.params.layout.places[2]
    v_P = state.moments_P[1].copy()
    v_P[place.start + 7] = np.inf
    planted = replace(state, moments_P=(state.moments_P[0], v_P))
    found = hidden(CONFIG, planted, moment.done)
    assert found is not None
    assert (found.phase, found.tensor) == ("state", f"v of {place.name}")
    assert np.ravel_multi_index(found.index, place.shape) == 7
    assert hidden(CONFIG, state, moment.done) is None
    assert first_broken(CONFIG, moment.data, state) is None


def test_a_broken_activation_is_named_with_its_sample() -> None:
    moment = _moments()[5]
    flat_P = moment.state.params.flat.copy()
    place = moment.state.params.layout.places[0]
    flat_P[place.start : place.stop] = 3e38  # finite itself; what it makes is not
    planted = replace(moment.state, params=FlatParams(moment.state.params.layout, flat_P))
    found = first_broken(CONFIG, moment.data, planted)
    assert found is not None
    assert (found.phase, found.tensor) == ("forward", "conv1.conv")
    assert found.sample == moment.data.ids(5)[0]
    assert str(found).startswith("forward: conv1.conv[0, ")


def test_a_wrong_condition_is_refused_and_changes_nothing() -> None:
    with Driver() as driver:
        driver.do(NEW)
        for condition, said in (
            (Condition("when", "loss.real > 1"), "not allowed"),
            (Condition("when", "softmax[0, 0] > 1"), "no such name"),
            (Condition("text", sample=99), "no sample 99"),
            (Condition("sign", "conv1_w"), "values, not one"),
        ):
            assert said in driver.refused(AddPoint(condition)).message
        frame = driver.do(Step())
        assert frame.watching is not None
        assert len(frame.watching.points) == 1


def test_points_and_hits_are_there_again_after_reopening(tmp_path: Path) -> None:
    with Driver(tmp_path) as driver:
        driver.do(NEW)
        driver.inbox.put(AddPoint(CONDITIONS["in batch"]))
        frame = driver.do(Run())
        step, directory = frame.step, Path(frame.run.directory)
    with Driver(tmp_path) as driver:
        frame = driver.do(Load(directory, NEW.dataset))
        assert frame.watching is not None
        row = frame.watching.points[-1]
        assert row.point.condition == CONDITIONS["in batch"]
        assert [hit.step for hit in frame.watching.hits] == [step]
    (directory / "points.json").write_text("{", encoding="utf-8")
    with Driver(tmp_path) as driver:
        assert "points.json" in driver.refused(Load(directory, NEW.dataset)).message
