"""What a branch may change: that each edit does what it says, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from crnn.config import ConvBlock
from crnn.data.edited import Drop, EditedDataset, Relabel, Repaint
from crnn.data.sources import open_source
from crnn.debug.edits import (
    ChangeRate,
    ChangeSetting,
    Edit,
    Ground,
    ScaleTensor,
    SetWeight,
    ZeroUnit,
    applied,
    brief,
    from_tables,
    tables,
)
from crnn.debug.observe import observe
from crnn.errors import ConfigError, CrnnError, EditError
from crnn.train import advance, digests, initial_state
from tests import tiny

EDITS: tuple[Edit, ...] = (
    ChangeRate(0.5),
    ChangeSetting("betas", (0.8, 0.99)),
    SetWeight("conv1.w", (0, 0, 1, 2), 0.25),
    ScaleTensor("linear.b", 2.0),
    ZeroUnit("rnn1.fwd", 3),
    Relabel(2, "나"),
    Repaint(1, ((0, 3, 7), (1, 3, 9))),
    Drop(0),
)


def ground(steps: int = 4, **changes: object) -> Ground:
    config = tiny.config(**changes)
    data, state = tiny.training_set(config), initial_state(config)
    for _ in range(steps):
        state = advance(config, data, state).state
    return Ground(config, data, state)


def test_every_edit_survives_json() -> None:
    text = json.dumps(tables(EDITS))
    assert from_tables(json.loads(text)) == EDITS
    assert len({brief(edit) for edit in EDITS}) == len(EDITS)
    for foreign in ({"edit": "run_code"}, {"edit": "drop"}, 7, {"edit": "drop", "x": 1}):
        with pytest.raises(EditError, match="not an edit"):
            from_tables([foreign])


@pytest.mark.parametrize(
    "edits",
    [
        (),
        (ChangeRate(1e-2), ChangeSetting("optimiser", "adam"), ChangeSetting("clip_norm", 5.0)),
        (ScaleTensor("conv1.w", 1.0),),
        (Relabel(2, tiny.TEXTS[2]), Repaint(1, ())),
    ],
)
def test_the_null_edit_gives_the_same_bits(edits: tuple[Edit, ...]) -> None:
    a = ground()
    b = applied(a, edits)
    for _ in range(6):
        assert digests(a.state).tolist() == digests(b.state).tolist()
        a, b = (x._replace(state=advance(*x).state) for x in (a, b))


def test_a_weight_and_a_tensor_are_changed_and_no_other() -> None:
    before = ground().state
    after = applied(ground(), EDITS[2:4]).state
    expected = {name: array.copy() for name, array in before.params.items()}
    expected["conv1.w"][0, 0, 1, 2] = 0.25
    expected["linear.b"] *= 2
    for name, array in after.params.items():
        assert np.array_equal(array, expected[name]), name
    assert applied(ground(), [ScaleTensor("conv1.w", 0)]).state.params["conv1.w"].any() == False  # noqa: E712


@pytest.mark.parametrize("cell", ["tanh", "lstm", "gru"])
def test_a_zeroed_unit_is_silent_and_its_moments_are_at_rest(cell: str) -> None:
    config, data, state = applied(ground(cell=cell), [ZeroUnit("rnn1.bwd", 2)])
    trace = observe(config, data, state, 1)
    bwd_TU = trace.recurrents[0].directions[1].hidden_TU
    assert not bwd_TU[:, 2].any()
    assert bwd_TU[:, 1].any()
    again = advance(config, data, state).state
    assert observe(config, data, again, 1).recurrents[0].directions[1].hidden_TU[:, 2].any(), (
        "zeroed once, not masked: training may bring it back"
    )


@pytest.mark.parametrize("norm", ["none", "batch", "layer"])
def test_a_zeroed_relu_channel_stays_silent_while_training_goes_on(norm: str) -> None:
    made = ground(convs=(ConvBlock(4, (2, 2), norm=norm),))  # type: ignore[arg-type]
    config, data, state = applied(made, [ZeroUnit("conv1", 1)])
    for _ in range(3):
        pool_CHW = observe(config, data, state, 1).blocks[0].pool_CHW
        assert not pool_CHW[1].any()
        assert pool_CHW[[0, 2, 3]].any()
        state = advance(config, data, state).state


def test_another_optimiser_starts_at_rest_and_other_settings_go_on() -> None:
    made = ground()
    sgd = applied(made, [ChangeSetting("optimiser", "sgd")])
    assert len(sgd.state.moments_P) == 1
    assert not sgd.state.moments_P[0].any()
    assert sgd.state.moments_since == made.state.step
    slower = applied(made, [ChangeSetting("betas", (0.5, 0.9))])
    assert slower.state.moments_P is made.state.moments_P
    advance(*sgd)


def test_a_dropped_sample_is_missing_and_all_others_come_when_they_would_have_come() -> None:
    data = ground().data
    dropped = applied(ground(), [Drop(5)]).data
    for step in range(12):
        without = tuple(sample for sample in data.ids(step) if sample != 5)
        assert dropped.ids(step) == without
    assert 5 not in dropped.usable
    assert [fault.kind for fault in dropped.faults if fault.index == 5] == ["dropped"]
    alone = applied(ground(batch=1), [Drop(5)]).data
    empty = next(step for step in range(8) if ground(batch=1).data.ids(step) == (5,))
    assert alone.ids(empty) in [(0,), (1,), (2,), (3,), (4,), (6,), (7,)], "never an empty batch"


def test_label_and_pixels_change_that_sample_alone() -> None:
    made = ground()
    edited = applied(made, EDITS[5:7]).data
    assert edited.label(2).tolist() == made.data.label(5).tolist()
    picture = edited.dataset.sample(1).gray_HW
    assert (picture[0, 3], picture[1, 3]) == (7, 9)
    assert np.count_nonzero(picture != made.data.dataset.sample(1).gray_HW) <= 2
    assert edited.prepared(3).tolist() == made.data.prepared(3).tolist()
    assert edited.dataset.fingerprint != made.data.dataset.fingerprint
    twice = applied(made._replace(data=edited), [Relabel(2, "다")]).data
    assert isinstance(twice.dataset, EditedDataset)
    assert [brief(edit) for edit in twice.dataset.edits][-1] == "#0002 → 다"


def test_edited_data_is_found_again_by_its_source() -> None:
    edits = (Relabel(3, "a#1![{x"), Repaint(1, ((0, 0, 5),)), Drop(2))
    made = EditedDataset(open_source("lesson"), edits)
    found = open_source(made.source)
    assert found.fingerprint == made.fingerprint
    assert found.texts[3] == "a#1![{x"
    assert open_source(made.source + "#1,3").texts[1] == "a#1![{x"


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (ChangeRate(0), "above 0"),
        (ChangeSetting("units", 4), "'units' cannot be changed"),
        (SetWeight("conv9.w", (0,), 1), "no parameter 'conv9.w'"),
        (SetWeight("linear.b", (99999,), 1), "no element"),
        (SetWeight("linear.b", (0,), float("nan")), "not finite"),
        (ScaleTensor("linear.b", float("inf")), "finite number"),
        (ZeroUnit("conv1", 4), "allowed: 0 to 3"),
        (ZeroUnit("linear", 0), "no layer 'linear'"),
        (Relabel(99, "가"), "no sample 99"),
        (Relabel(0, "가" * 40), "could not be trained on"),
        (Relabel(0, "z"), "not in the"),
        (Repaint(0, ((99, 0, 0),)), "no pixel"),
        (Repaint(0, ((0, 0, 256),)), "allowed: 0 to 255"),
    ],
)
def test_what_cannot_be_done_is_said(edit: Edit, message: str) -> None:
    with pytest.raises(CrnnError, match=message):
        applied(ground(0), [edit])


def test_a_setting_out_of_range_is_refused_by_its_name() -> None:
    with pytest.raises(ConfigError, match="momentum"):
        applied(ground(0), [ChangeSetting("momentum", 1.5)])
    made = ground(0)
    only = replace(made.data, usable=(0,))
    with pytest.raises(EditError, match="keep at least one"):
        applied(made._replace(data=only), [Drop(0)])
