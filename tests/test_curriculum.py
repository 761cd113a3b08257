"""Recipes of several stages: one file, one command, stopped anywhere and gone on with."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import assets
from crnn import checkpoint
from crnn.commands import replay, train
from crnn.commands.training import Progress, duration
from crnn.debug.recording import open_run
from crnn.debug.timeline import Batches, Timeline
from crnn.errors import ConfigError
from crnn.recipe import Recipe, read_recipe
from crnn.train import Advance

TINY = """
preset = "word"
units = 8
batch = 4
augment = "light"
val = "lesson"
val_every = 2
convs = [{channels = 2, pool = [4, 2]}, {channels = 4, pool = [4, 2]}]

[[stages]]
data = "lesson"
steps = 5
lr = 2e-3

[[stages]]
data = "synth:40:3"
steps = 4
schedule = "cosine"
schedule_steps = 4
seed = 8
"""
FILES = ("stage-1/last", "stage-2/last", "stage-1/best", "stage-2/best", "last", "best")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recipe") / "tiny.toml"
    path.write_text(TINY, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def whole(file: Path) -> Path:
    """The uninterrupted curriculum. Beside it, NAME-at-STEP: the folder as a kill had left it."""
    run = file.parent / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Timeline, "train", _copying(Timeline.train, run))
        assert train.main(["--recipe", str(file), "--out", str(run)]) == 0
    return run


def _copying(
    one_step: Callable[[Timeline, Batches | None], Advance], run: Path
) -> Callable[[Timeline, Batches | None], Advance]:
    """Steps that first copy the folder: what is on disk then is what a kill would leave."""

    def step(timeline: Timeline, batches: Batches | None = None) -> Advance:
        stage = 2 if (run / "stage-2").exists() else 1
        shutil.copytree(run, run.parent / f"stage-{stage}-at-{timeline.head}")
        return one_step(timeline, batches)

    return step


def _bits(run: Path) -> list[bytes]:
    return [(run / f"{name}.safetensors").read_bytes() for name in FILES]


@pytest.mark.parametrize("stopped", ["stage-1-at-3", "stage-2-at-0", "stage-2-at-2"])
def test_a_curriculum_killed_in_any_stage_goes_on_to_the_same_bits(
    stopped: str, whole: Path, file: Path
) -> None:
    run, ahead = whole.parent / stopped, ["--ahead"] if stopped == "stage-1-at-3" else []
    assert train.main(["--out", str(run), "--resume", *ahead]) == 0
    assert _bits(run) == _bits(whole)
    logs = [[(folder / f"stage-{n}" / "validation.jsonl").read_text() for n in (1, 2)]
            for folder in (run, whole)]  # fmt: skip
    assert logs[0] == logs[1]


def test_each_stage_is_a_run_that_replays_and_begins_with_the_weights_before(
    whole: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, steps in ((1, 5), (2, 4)):
        assert replay.main([str(whole / f"stage-{number}"), "--check", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["steps_checked"] == steps
    begun = open_run(whole / "stage-2").state(0)
    ended = checkpoint.load(whole / "stage-1" / "last.safetensors")
    assert begun.params.flat.tobytes() == ended.params.flat.tobytes()
    assert not any(moment_P.any() for moment_P in begun.moments_P)
    assert replay.main([str(whole)]) == 1
    assert "stage-1" in capsys.readouterr().err


def test_the_best_state_is_the_best_of_all_stages(whole: Path) -> None:
    read = [
        (json.loads(line)["cer"], number, json.loads(line)["step"])
        for number in (1, 2)
        for line in (whole / f"stage-{number}" / "validation.jsonl").read_text().splitlines()
    ]
    assert [where[1:] for where in read] == [(1, 2), (1, 4), (1, 5), (2, 2), (2, 4)]
    _, number, step = min(read, key=lambda found: float(found[0]))
    best = checkpoint.load(whole / "best.safetensors")
    assert (best.config, best.step) == (open_run(whole / f"stage-{number}").header.config, step)


def test_stages_may_be_added_to_a_curriculum_that_is_done_but_not_changed(
    whole: Path, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, longer = tmp_path / "run", tmp_path / "longer.toml"
    shutil.copytree(whole, run)
    longer.write_text(TINY + '[[stages]]\ndata = "lesson"\nsteps = 2\n', encoding="utf-8")
    resumed = ["--out", str(run), "--resume", "--json", "--recipe", str(longer)]
    capsys.readouterr()
    assert train.main(resumed) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["steps"], [stage["steps"] for stage in found["stages"]]) == (11, [5, 4, 2])
    assert {"loss_first", "loss_last", "cer", "samples_per_s", "run"} <= found.keys()
    assert found["loss_last"] == found["stages"][2]["loss_last"]
    assert checkpoint.load(run / "last.safetensors").step == 2
    for old, new, named in (("2e-3", "3e-3", "lr"), ("steps = 5", "steps = 6", "5 steps")):
        longer.write_text(TINY.replace(old, new), encoding="utf-8")
        assert train.main(resumed) == 1
        assert named in capsys.readouterr().err


def test_a_stage_may_begin_with_any_earlier_one_and_ends_may_be_averaged(
    whole: Path, tmp_path: Path
) -> None:
    """The third stage's step 0 is the first's end, and the mean that of the two vectors."""
    run, longer = tmp_path / "run", tmp_path / "longer.toml"
    shutil.copytree(whole, run)
    more = '[[stages]]\ndata = "lesson"\nsteps = 2\nbegins = 1\n'
    longer.write_text("mean = [2, 3]\n" + TINY + more, encoding="utf-8")
    assert train.main(["--out", str(run), "--resume", "--recipe", str(longer)]) == 0
    ends = [checkpoint.load(run / f"stage-{n}/last.safetensors").params.flat for n in (1, 2, 3)]
    begun = open_run(run / "stage-3").state(0).params.flat
    assert np.array_equal(begun, ends[0])
    mean = checkpoint.load(run / "mean.safetensors")
    np.testing.assert_allclose(mean.params.flat, (ends[1] + ends[2]) / 2, rtol=1e-6)
    assert mean.kind == "weights"


def test_no_mean_of_networks_with_batch_norm(tmp_path: Path) -> None:
    path = tmp_path / "normed.toml"
    normed = TINY.replace("channels = 4,", 'channels = 4, norm = "batch",')
    path.write_text("mean = [1, 2]\n" + normed, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"mean is \[1, 2\]; allowed: none with batch norm"):
        read_recipe(path)


def test_stages_refuse_a_folder_in_use_and_options_they_have_themselves(
    whole: Path, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train.main(["--recipe", str(file), "--out", str(whole)]) == 1
    assert "--resume" in capsys.readouterr().err
    assert train.main(["--recipe", str(file), "--out", str(tmp_path / "r"), "--lr", "1"]) == 1
    assert "--lr is 1.0" in capsys.readouterr().err
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("lr = 2e-3", "lr = -1", "stages[1].lr is -1; allowed: a number above 0"),
        ("steps = 4", "steps = 0", "stages[2].steps is 0; allowed: an integer of 1 or more"),
        ("seed = 8", "sead = 8", "stages[2].sead is no field; allowed: alike"),
        ("seed = 8", "units = 9", "stages[2].units is 9; allowed: only above all stages"),
        ("seed = 8", 'val = "lesson"', "stages[2].val is 'lesson'; allowed: only above"),
        ('data = "lesson"', "", "stages[1].data is missing; allowed: a folder"),
        ("seed = 8", "betas = 3", "stages[2].betas is 3; allowed: two numbers"),
        ("val_every = 2", "val_every = true", "val_every is True; allowed: an integer"),
        ("units = 8", 'alphabet = "hanja"', "alphabet is 'hanja'; allowed: jamo, compat"),
        ("units = 8", "input = 3", "input is 3; allowed: a table"),
        ("pool = [4, 2]}]", "pool = 4}]", "convs[2].pool is 4; allowed: two integers"),
        ("channels = 4,", "", "convs[2].channels is missing"),
        ("channels = 4,", "chanels = 4,", "convs[2].chanels is no field"),
        ("synth:40:3", "synth:x", "stages[2].data is 'synth:x': synth:x is not synth:COUNT"),
        ('val = "lesson"', 'val = "./none"', "val is './none': "),
        ("units = 8", 'units = 8\nstart = "none.safetensors"', "none.safetensors: cannot be read"),
        ("units = 8", "units = 8\nmean = [3]", "mean is [3]; allowed: numbers of stages, 1 to 2"),
        ("units = 8", "units = 8\nmean = 1.5", "mean is 1.5; allowed: numbers of stages"),
        ("lr = 2e-3", "begins = 1", "stages[1].begins is 1; allowed: an earlier stage, none in"),
        ("seed = 8", "begins = 2", "stages[2].begins is 2; allowed: an earlier stage, 1 to 1"),
    ],
)
def test_a_wrong_field_is_named_before_anything_is_built(
    old: str, new: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(TINY.replace(old, new, 1), encoding="utf-8")
    assert train.main(["--recipe", str(wrong), "--out", str(tmp_path / "run")]) == 1
    error = capsys.readouterr().err
    assert said in error
    assert str(wrong) in error or "start" in new
    assert not (tmp_path / "run").exists()


def test_progress_says_the_stage_and_the_time_of_all(whole: Path) -> None:
    report = open_run(whole / "stage-2")
    timeline = _reports(report)
    line = Progress(1000, stage=2, stages=3, later=9000).line(timeline, 50.0, 1.0)
    assert re.match(r"stage 2 of 3   step 2 of 1,000   loss \d", line)
    assert line.endswith("17 min left of the stage, 2 h 47 min of all")
    assert Progress(60).line(timeline, 50.0, 1.0).endswith("58 s left")
    assert duration(99 * 60) == "99 min"


def _reports(run: Any) -> Any:
    from crnn.debug.reports import Reports

    reports = Reports(0, len(run.header.tensors))
    reports.extend(run.records)
    return reports.at(1)


def test_one_plain_run_may_have_its_data_and_steps_in_the_recipe_too(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = tmp_path / "plain.toml"
    plain.write_text(TINY.partition("[[stages]]")[0] + 'data = "lesson"\nsteps = 3\n', "utf-8")
    run = tmp_path / "run"
    assert train.main(["--recipe", str(plain), "--out", str(run), "--steps", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["steps"] == 2
    assert train.main(["--out", str(run), "--resume", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["steps"] == 3
    assert len((run / "validation.jsonl").read_text().splitlines()) == 2


def test_the_shipped_recipes_can_be_read_and_hold_the_whole_plan() -> None:
    word: Recipe = read_recipe(assets.path("recipes", "word.toml"))
    assert [stage.steps for stage in word.stages][:3] == [10_619, 1_500, 1_000]
    assert len({stage.config.convs for stage in word.stages}) == 1
    assert read_recipe(assets.path("recipes", "seed.toml")).plan.steps == 200
    with pytest.raises(ConfigError, match="cannot be read"):
        read_recipe(Path("nowhere.toml"))
