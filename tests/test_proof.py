"""A whole run is proven, branches of branches too, and whatever was altered is named."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from crnn import checkpoint
from crnn.data.edited import Drop, Relabel
from crnn.debug import environment, proof
from crnn.debug.branch_messages import Branch
from crnn.debug.edits import ChangeSetting, ZeroUnit
from crnn.debug.keyframes import load_state, state_path
from crnn.debug.messages import Seek, SetLearningRate, Step
from crnn.debug.proving import BranchProof, RunProof, prove
from crnn.debug.recording import open_run
from crnn.params import FlatParams
from crnn.train import Advance, advance, digests
from tests import tiny
from tests.driving import NEW, Driver


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of 8 steps with an edit of the rate at 6; branch 1 grows from 5, branch 2 from 7 of
    that one, branch 3, without a change, from 8 of the run."""
    run = tmp_path_factory.mktemp("proof") / "run"
    with Driver(run_dir=run) as driver:
        driver.do(NEW, *[Step()] * 6, SetLearningRate(0.03), Step(), Step(), Seek(5))
        driver.do(Branch((ZeroUnit("conv1", 2), Relabel(1, "라"))), *[Step()] * 4, Seek(7))
        driver.do(Branch((ChangeSetting("optimiser", "adamw"), Drop(2))), *[Step()] * 3, Seek(6))
    return run


@pytest.fixture
def run(recorded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(recorded, tmp_path / "run"))


def _proven(run: Path) -> RunProof:
    return prove(open_run(run), tiny.dataset())


def _odd(found: RunProof, branch: int) -> tuple[BranchProof, proof.Difference]:
    """The only difference there is."""
    assert [one.branch for one in found.branches if not one.equal] == [branch]
    only = found.branches[branch]
    assert only.line is not None
    assert len(only.line.differences) == 1
    return only, only.line.differences[0]


def test_every_line_is_proven_and_where_it_begins(run: Path) -> None:
    found = _proven(run)
    assert found.equal
    listed = [(b.branch, b.parent, b.start, b.head, b.beginning) for b in found.branches]
    assert listed == [(0, -1, 0, 8, ""), (1, 0, 5, 9, "equal"), (2, 1, 7, 10, "equal")]
    assert [line.steps_checked for line in found.lines] == [8, 4, 3]
    assert all(line.states_checked == 2 for line in found.lines), "the first and the last"
    assert [line.steps_checked for line in prove(open_run(run), tiny.dataset(), to=6).lines] == [
        6,
        1,
    ]


def _flip_digest(directory: Path, record: int) -> None:
    dtype = open_run(directory).header.dtype
    raw = bytearray((directory / "metrics.bin").read_bytes())
    raw[record * dtype.itemsize + dtype.fields["digests"][1]] ^= 1  # type: ignore[index]
    (directory / "metrics.bin").write_bytes(raw)


def test_a_record_of_a_nested_branch_is_told_from_the_state_it_led_to(run: Path) -> None:
    _flip_digest(run / "branches" / "2", 1)
    branch, found = _odd(_proven(run), 2)
    assert (found.step, found.tensor, found.file) == (8, "conv1.w", "metrics.bin")
    assert "record of this step was altered" in found.cause
    assert branch.line is not None
    assert branch.line.steps_checked == 2


def test_a_number_that_no_digest_covers_is_compared_too(run: Path) -> None:
    dtype = open_run(run).header.dtype
    records = np.frombuffer((run / "metrics.bin").read_bytes(), dtype).copy()
    records["loss_nats"][3] += 0.25
    (run / "metrics.bin").write_bytes(records.tobytes())
    _, found = _odd(_proven(run), 0)
    assert (found.step, found.tensor) == (3, "loss_nats")
    assert found.error is not None
    assert found.error.largest == pytest.approx(0.25)


def test_a_stored_state_that_is_whole_but_another_is_named_with_its_error(run: Path) -> None:
    config = open_run(run).header.config
    state = load_state(run, 8, config)
    flat = state.params.flat.copy()
    place = next(p for p in state.params.layout.places if p.name == "linear.b")
    flat[place.start] += 0.5
    other = replace(state, params=FlatParams(state.params.layout, flat))
    checkpoint.save(state_path(run, 8), other, config)
    _, found = _odd(_proven(run), 0)
    assert (found.step, found.tensor, found.is_state) == (8, "linear.b", True)
    assert found.error is not None
    assert found.error.tensor == "linear.b"
    assert found.error.largest == pytest.approx(0.5)
    raw = bytearray(state_path(run, 8).read_bytes())
    raw[-1] ^= 0x40  # the exponent of the last number
    state_path(run, 8).write_bytes(raw)
    _, found = _odd(_proven(run), 0)
    assert (found.step, found.is_state) == (8, True)
    assert found.error is not None
    assert found.tensor == found.error.tensor != ""
    assert found.error.largest > 1e-3
    assert "do not match their digest" in found.cause
    state_path(run, 8).write_bytes(b"cut")
    _, found = _odd(_proven(run), 0)
    assert (found.tensor, found.file) == ("", "states/step_000000008.safetensors")


def test_edits_that_are_not_those_the_branch_began_with_are_named(run: Path) -> None:
    unit = {"edit": "zero", "layer": "conv1", "unit": 1}
    path = run / "branches" / "1" / "branch.json"
    table = json.loads(path.read_text(encoding="utf-8"))
    assert table["edits"][0] == unit | {"unit": 2}
    table["edits"][0] = unit
    path.write_text(json.dumps(table), encoding="utf-8")
    branch, found = _odd(_proven(run), 1)
    assert (branch.beginning, found.step, found.is_state) == ("different", 5, True)
    assert found.file == "branches/1/branch.json"
    assert found.error is not None
    assert found.error.largest > 0


def test_an_edit_of_the_rate_that_was_taken_out_is_the_cause(run: Path) -> None:
    path = run / "journal.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if '"lr"' not in line), encoding="utf-8")
    _, found = _odd(_proven(run), 0)
    assert found.step == 6
    assert "the learning rate was 0.03 and is 0.01" in found.cause
    assert found.error is not None
    assert (found.error.step, found.error.largest > 0) == (8, True)


def _drifting(*args: object, **options: object) -> Advance:
    """A machine whose kernels round otherwise from step 4 on."""
    done = advance(*args, **options)  # type: ignore[arg-type]
    if done.report.step < 4:
        return done
    flat = done.state.params.flat * np.float32(1 + 1e-6)
    state = replace(done.state, params=FlatParams(done.state.params.layout, flat))
    report = replace(done.report, digests=digests(state))
    return replace(done, state=state, report=report)


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"blas_threads": "64", "numpy": "1.0"}, "blas threads was"),
        ({}, "libraries, threads and code are as recorded"),
    ],
)
def test_other_bits_are_named_with_step_tensor_error_and_cause(
    run: Path, changes: dict[str, str], cause: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = environment.describe() | changes
    monkeypatch.setattr(environment, "describe", lambda: here)
    monkeypatch.setattr(proof, "advance", _drifting)
    found = _proven(run).branches[0]
    assert found.line is not None
    first = found.first_difference
    assert first is not None
    assert (first.step, first.tensor) == (4, "conv1.w")
    assert cause in first.cause
    assert first.error is not None
    assert first.error.step == 8, "the next state that is stored in full"
    assert 0 < first.error.largest < 1e-3
    assert found.line.steps_elsewhere == (4 if changes else 0)


def test_a_branch_that_cannot_be_read_is_told_and_the_others_are_proven(run: Path) -> None:
    (run / "branches" / "1" / "config.json").write_text("{", encoding="utf-8")
    found = _proven(run)
    assert "config.json: damaged or foreign" in found.branches[1].unreadable
    assert [branch.equal for branch in found.branches] == [True, False, True]
    assert found.branches[2].beginning == "not checked"


def test_only_a_rate_can_make_a_difference_that_no_digest_sees(run: Path) -> None:
    place = run / "branches" / "1"
    config = open_run(place).header.config
    state = load_state(place, 5, config)
    checkpoint.save(state_path(place, 5), replace(state, lr=0.02), config)
    found = [one.tensor for line in _proven(run).lines for one in line.differences]
    assert found == ["lr", "conv1.w"], "where it begins, and the first update"
