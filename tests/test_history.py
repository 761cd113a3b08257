"""History and timeline: a budget that holds, and any step again, exactly."""

from __future__ import annotations

import numpy as np
import pytest

from crnn.arrays import F64, I64
from crnn.debug.grid import CLOSEST_S
from crnn.debug.history import History, loss_of_dropping, state_bytes
from crnn.debug.reports import Reports, packed, record_dtype, unpack
from crnn.debug.runs import begin
from crnn.debug.timeline import Cancelled, Timeline
from crnn.errors import RecordingError, ReplayDivergence
from crnn.params import FlatParams
from crnn.train import StepReport, TrainState, digests, initial_state
from tests import tiny

CONFIG = tiny.config()
DATA = tiny.training_set(CONFIG)
BYTES = state_bytes(initial_state(CONFIG))


def _timeline(steps: int, states: int = 1000) -> Timeline:
    timeline = begin(CONFIG, DATA, initial_state(CONFIG), name="t", budget_bytes=states * BYTES)
    for _ in range(steps):
        timeline.train()
    return timeline


def _all_digests(steps: int) -> list[list[int]]:
    timeline = _timeline(steps)
    return [digests(timeline.seek(step)).tolist() for step in range(steps + 1)]


def _state(step: int) -> TrainState:
    base = initial_state(CONFIG)
    return TrainState(step, base.lr, base.params, base.moments_P)


def _kept_after(steps: int, states: int, every: int | None = None) -> I64:
    """Steps kept after training so far; with `every`, the disk holds each such step."""
    stored: list[int] = []
    history = History(states * BYTES, stored)
    for step in range(steps):
        history.cursor = step
        if every and step % every == 0:
            stored.append(step)
        history.add(_state(step))
        assert history.bytes == len(history.key_steps) * BYTES <= states * BYTES
    return np.array(history.key_steps)


def test_the_budget_holds_and_the_first_and_newest_stay() -> None:
    kept = _kept_after(3000, 120)
    assert kept[0] == 0
    assert kept[-4:].tolist() == [2996, 2997, 2998, 2999], "one step apart at the head"
    gaps, recent = np.diff(kept), kept[1:] > 2000
    assert gaps[recent].max() < 40 < gaps[~recent].max(), "an even grid, then thin far away"


def test_what_the_disk_holds_leaves_the_memory_to_the_last_thousand_steps() -> None:
    kept = _kept_after(3000, 120, every=50)
    assert kept[-4:].tolist() == [2996, 2997, 2998, 2999]
    assert np.count_nonzero(kept > 2000) >= 80
    union = np.union1d(kept, np.arange(2000, 3000, 50))
    assert np.diff(union[union >= 2000]).max() <= 10


@pytest.mark.parametrize(("mean_s", "bound_s"), [(0.158, 0.65), (0.25, 0.75)])
def test_any_of_the_last_thousand_steps_of_preset_word_is_near(
    mean_s: float, bound_s: float
) -> None:
    """133 of its states fit into 1 GiB; the disk takes 0.3 s for each that is left to it."""
    drawn = np.random.default_rng(0)
    seconds = mean_s * np.exp(0.1 * drawn.standard_normal(1600))
    before_s: F64 = np.concatenate([[0.0], np.cumsum(seconds)])
    stored, on_its_way, worst_s = [0], list[int](), []
    history = History(133 * BYTES, stored, lambda steps: before_s[steps])
    for step in range(1600):
        history.cursor = step
        history.add(_state(step))
        if on_its_way and before_s[step] > before_s[on_its_way[-1]] + 0.3:
            stored.append(on_its_way.pop())
        if not on_its_way and history.is_for_disk:
            history.left()
            on_its_way.append(step)
        if step > 200:
            kept = np.union1d(history.key_steps, stored)
            edges = np.append(kept[kept > step - 1000], step + 1)
            worst_s.append((before_s[edges[1:] - 1] - before_s[edges[:-1]]).max())
    assert max(worst_s) < bound_s
    assert before_s[-1] / len(stored) > CLOSEST_S, "and the disk is not written to more often"
    assert history.bytes <= 133 * BYTES


def test_a_disk_that_takes_nothing_leaves_no_hole_in_memory() -> None:
    history = History(133 * BYTES, [0], lambda steps: np.asarray(0.158 * steps, np.float64))
    for step in range(1600):
        history.cursor = step
        history.add(_state(step))
    kept = np.array(history.key_steps)
    assert np.diff(kept[kept > 700]).max() <= 20, "older steps have their share of it"


def test_what_leaves_the_dense_end_goes_on_to_a_grid_that_nobody_notices() -> None:
    """With room for all of them, memory grows by a state every tenth of a second, not every step:
    new memory costs time, and that of a state that was let go is used again."""
    history = History(10_000 * BYTES, (), lambda steps: np.asarray(0.01 * steps, np.float64))
    for step in range(2000):
        history.cursor = step
        history.add(_state(step))
    gaps = np.diff(history.key_steps)
    assert (gaps[-60:] == 1).all()
    assert set(gaps[10:-70].tolist()) <= {10, 11}
    history.cursor = 500
    for step in range(490, 500):
        history.add(_state(step))
    assert set(range(490, 500)) <= set(history.key_steps), "but for what is walked over again"


def test_states_are_dense_near_the_cursor() -> None:
    history = History(100 * BYTES)
    for step in range(0, 2000, 20):
        history.add(_state(step))
    history.cursor = 500
    for step in range(480, 520):
        history.add(_state(step))
    assert {498, 499, 500, 501, 502} <= set(history.key_steps)
    assert sum(480 <= step < 520 for step in history.key_steps) >= 15
    assert history.bytes <= 100 * BYTES


def test_a_budget_below_three_states_still_keeps_the_first_and_the_newest() -> None:
    history = History(1)
    for step in range(20):
        history.cursor = step
        history.add(_state(step))
    assert history.key_steps == (0, 19)


def test_dropping_the_first_the_last_or_the_focus_costs_infinitely_much() -> None:
    cost = loss_of_dropping(np.array([0, 10, 20, 30]), 20)
    assert np.isinf(cost).tolist() == [True, False, True, True]


def test_nearest_is_the_last_state_not_after_the_step() -> None:
    history = History()
    for step in (5, 10, 15):
        history.add(_state(step))
    assert history.nearest(14).step == 10
    with pytest.raises(LookupError):
        history.nearest(4)


def test_any_step_is_reached_exactly_with_few_states_kept() -> None:
    straight = _all_digests(60)
    timeline = _timeline(60, states=6)
    for step in (59, 3, 30, 31, 30, 60, 0, 17):
        assert digests(timeline.seek(step)).tolist() == straight[step]
    assert timeline.n_checked > 0


def test_a_walk_back_replays_a_gap_once_and_not_once_a_step() -> None:
    timeline = _timeline(200, states=60)
    before = timeline.n_checked
    for step in range(199, -1, -1):
        timeline.seek(step)
    assert timeline.n_checked - before < 400


def test_a_changed_learning_rate_is_applied_again_on_every_pass() -> None:
    timeline = _timeline(10, states=3)
    timeline.set_learning_rate(0.05)
    for _ in range(10):
        timeline.train()
    after = digests(timeline.live).tolist()
    assert timeline.edits == ((10, 0.05),)
    assert timeline.reports.column("lr").tolist() == [0.01] * 10 + [0.05] * 10
    timeline.history = History(BYTES)
    timeline.history.add(initial_state(CONFIG))
    assert digests(timeline.seek(20)).tolist() == after
    assert timeline.seek(10).lr == 0.05
    assert timeline.seek(9).lr == 0.01


def test_other_bits_raise_and_name_step_and_tensor() -> None:
    timeline = _timeline(5, states=2)
    first = timeline.history.nearest(0)
    flat = first.params.flat.copy()
    flat[0] += 1
    params = FlatParams(first.params.layout, flat)
    timeline.history = History()
    timeline.history.add(TrainState(0, first.lr, params, first.moments_P))
    with pytest.raises(ReplayDivergence, match=r"conv1\.w") as caught:
        timeline.seek(3)
    assert (caught.value.step, caught.value.tensor) == (0, "conv1.w")


def test_a_seek_can_be_cancelled_and_tells_how_far_it_is() -> None:
    timeline = _timeline(20, states=2)
    seen: list[tuple[int, int]] = []

    def three(done: int, total: int) -> bool:
        seen.append((done, total))
        return done < 3

    with pytest.raises(Cancelled):
        timeline.seek(18, three)
    assert seen == [(0, 18), (1, 18), (2, 18), (3, 18)]


def test_a_step_outside_the_run_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        _timeline(3).seek(4)


def _report(step: int) -> StepReport:
    return StepReport(
        step=step,
        loss_nats=0.1 * step,
        nats_per_symbol=0.3,
        cer=0.5,
        p_blank=0.25,
        grad_norm=1 / 3,
        lr=1e-3,
        n_samples=3,
        n_correct=1,
        seconds=0.5,
        digests=np.array([step, 2**63], np.uint64),
    )


def test_a_report_comes_back_as_it_was() -> None:
    record = np.frombuffer(packed(_report(7)), record_dtype(2))[0]
    assert unpack(record) == _report(7)


def test_a_report_of_preset_word_takes_at_most_200_bytes() -> None:
    assert record_dtype(16).itemsize <= 200


def test_a_column_held_by_a_reader_stays_while_the_store_grows() -> None:
    reports = Reports(first_step=10, n_tensors=2)
    for step in range(10, 40):
        reports.append(_report(step))
    early = reports.column("loss_nats")
    for step in range(40, 5000):
        reports.append(_report(step))
    assert early.tolist() == [0.1 * step for step in range(10, 40)]
    assert reports.n == 4990
    assert reports.at(4989) == _report(4999)
    assert reports.column("step", 3).tolist() == [10, 11, 12]
    assert not early.flags.writeable


def test_a_report_out_of_order_is_refused() -> None:
    reports = Reports(first_step=0, n_tensors=2)
    with pytest.raises(RecordingError, match="step 0 was due"):
        reports.append(_report(1))
    with pytest.raises(IndexError):
        reports.at(0)
