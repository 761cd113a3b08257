"""The shipped models and what training them took: like widths, batches ahead, validation."""

from __future__ import annotations

import json
import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import assets
from crnn import checkpoint
from crnn.commands import train
from crnn.commands.evaluate import evaluate
from crnn.config import preset
from crnn.data.ahead import Ahead
from crnn.data.dataset import MemoryDataset, Sample
from crnn.data.prepare import prepare, read_gray
from crnn.data.sources import open_source
from crnn.data.written import FACES_SEEN, UNSEEN, WrittenDataset
from crnn.debug.runs import training_set
from crnn.reading import read
from crnn.recipe import read_recipe
from crnn.train import look

TINY = """
preset = "word"
units = 8
batch = 4
convs = [{channels = 2, pool = [4, 2]}, {channels = 4, pool = [4, 2]}]
"""


@pytest.fixture
def recipe(tmp_path: Path) -> list[str]:
    file = tmp_path / "tiny.toml"
    file.write_text(TINY, encoding="utf-8")
    return ["--recipe", str(file), "--data", "lesson"]


def test_the_shipped_word_model_is_small_has_its_recipes_network_and_reads_unseen_hands() -> None:
    file = assets.path("models", "word.safetensors")
    assert file.stat().st_size <= 6_000_000
    found = checkpoint.load(file)
    assert found.kind == "weights"
    asked = read_recipe(assets.path("recipes", "word.toml")).config
    assert (found.config.convs, found.config.units) == (asked.convs, asked.units)
    unseen = WrittenDataset(60, 99)
    made = evaluate(found.config, found.params, unseen, statistics=found.statistics)
    assert made.score is not None
    assert made.score.cer < 0.15


def test_the_shipped_seed_model_has_learned_its_32_words() -> None:
    found = checkpoint.load(assets.path("models", "seed.safetensors"))
    made = evaluate(found.config, found.params, open_source("words32"))
    assert made.score is not None
    assert made.score.exact == 1


def test_no_word_of_training_is_drawn_in_the_unseen_face() -> None:
    assert UNSEEN not in FACES_SEEN
    face = open_source("face:3:5")
    assert face.source == "face:3:5"
    assert face.sample(0).gray_HW.tobytes() != open_source("wild:3:5").sample(0).gray_HW.tobytes()


def test_loose_words_have_more_paper_round_them_than_wild_ones() -> None:
    sizes = [
        [open_source(f"{manner}:20:5").sample(index).gray_HW.size for index in range(20)]
        for manner in ("loose", "wild")
    ]
    assert all(loose >= wild for loose, wild in zip(*sizes, strict=True))
    assert sum(sizes[0]) > 1.2 * sum(sizes[1])


def test_like_widths_share_a_batch_and_each_sample_is_still_shown_once_an_epoch() -> None:
    config = replace(
        preset("word"), batch=8, alike=4, input=replace(preset("word").input, width=16)
    )
    words = WrittenDataset(100, 3)
    data, plain = training_set(config, words), training_set(replace(config, alike=1), words)
    shown = [data.ids(step) for step in range(data.steps_per_epoch)]
    assert sorted(index for ids in shown for index in ids) == list(range(100))
    assert shown != [plain.ids(step) for step in range(plain.steps_per_epoch)]
    assert all(data.step_of(index, 0) == step for step, ids in enumerate(shown) for index in ids)
    columns = [
        sum(which.batch(step).x_NCHW.shape[3] for step in range(12)) for which in (data, plain)
    ]
    assert columns[0] < 0.9 * columns[1]


def test_batches_made_ahead_are_the_same_bits() -> None:
    config = replace(preset("word"), batch=4, alike=2, augment="strong")
    data = training_set(config, WrittenDataset(40, 3))
    with closing(Ahead(data, 2)) as ahead:
        for step in (2, 3, 9, 4):  # the third is out of order
            (batch, seconds), wanted = ahead.batch(step), data.batch(step)
            assert seconds > 0
            assert batch.ids == wanted.ids
            assert batch.x_NCHW.tobytes() == wanted.x_NCHW.tobytes()
            assert [x.tolist() for x in batch.labels] == [x.tolist() for x in wanted.labels]


def test_validation_keeps_the_best_state_and_changes_no_bit(
    recipe: list[str], tmp_path: Path
) -> None:
    watched, plain = tmp_path / "watched", tmp_path / "plain"
    val = ["--val", "lesson", "--val-every", "2"]
    assert train.main(["--out", str(watched), "--steps", "4", *recipe, *val, "--ahead"]) == 0
    assert train.main(["--out", str(plain), "--steps", "4", *recipe]) == 0
    ends = [checkpoint.load(run / "last.safetensors") for run in (watched, plain)]
    assert ends[0].params.flat.tobytes() == ends[1].params.flat.tobytes()
    log = [json.loads(line) for line in (watched / "validation.jsonl").read_text().splitlines()]
    assert [found["step"] for found in log] == [2, 4]
    best = min(log, key=lambda found: float(found["cer"]))
    assert checkpoint.load(watched / "best.safetensors").step == best["step"]
    assert train.main(["--out", str(watched), "--resume", "--steps", "6", *val]) == 0
    assert len((watched / "validation.jsonl").read_text().splitlines()) == 3


def test_a_run_may_begin_with_the_weights_of_a_checkpoint_of_the_same_network(
    recipe: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert train.main(["--out", str(first), "--steps", "2", *recipe]) == 0
    start = ["--start", str(first / "last.safetensors")]
    assert train.main(["--out", str(second), "--steps", "1", *recipe, *start]) == 0
    begun = checkpoint.load(second / "states" / "step_000000000.safetensors")
    assert begun.params.flat.tobytes() == checkpoint.load(Path(start[1])).params.flat.tobytes()
    assert train.main(["--out", str(tmp_path / "third"), "--preset", "lesson", *start]) == 1
    assert "its network is not the one" in capsys.readouterr().err


def test_reading_shows_the_network_what_training_does() -> None:
    """One door: the pixels, and the logits of the same words, whoever asks."""
    found = checkpoint.load(assets.path("models", "word.safetensors"))
    words = WrittenDataset(4, 8)
    batch = training_set(found.config, words).collate((0, 1, 2, 3))
    pictures = [prepare(words.sample(index).gray_HW, found.config.input) for index in range(4)]
    for n, x_HW in enumerate(pictures):
        assert np.array_equal(batch.x_NCHW[n, 0, :, : x_HW.shape[1]], x_HW)
    (made,) = look(replace(found.config, shards=1), found.params, batch)
    for reading in read(found.config, found.params, pictures):
        logits_TK = made.cache.logits_NTK[reading.index, : len(reading.logits_TK)]
        np.testing.assert_allclose(reading.logits_TK, logits_TK, atol=2e-4)


@pytest.mark.parametrize("ink", [(25, 40, 160), (190, 30, 40)])
@pytest.mark.parametrize("paper", [(255, 255, 255), (205, 203, 198)])
def test_coloured_ink_on_any_paper_comes_out_as_black_on_white_does(
    ink: tuple[int, int, int], paper: tuple[int, int, int], tmp_path: Path
) -> None:
    spec = preset("word").input
    black_HW = WrittenDataset(1, 4).sample(0).gray_HW.astype(np.float64)
    share = np.clip((black_HW.max() - black_HW) / np.ptp(black_HW), 0, 1)[..., None]
    coloured = (1 - share) * np.array(paper) + share * np.array(ink)
    Image.fromarray(coloured.astype(np.uint8)).save(tmp_path / "ink.png")
    plain = prepare((255 * (1 - share[..., 0])).astype(np.uint8), spec)
    assert np.abs(prepare(read_gray(tmp_path / "ink.png"), spec) - plain).mean() < 0.02


def test_eval_scores_texts_outside_the_alphabet_apart_and_draws_writers_anew() -> None:
    found = checkpoint.load(assets.path("models", "word.safetensors"))
    words = WrittenDataset(6, 9)
    samples = [
        Sample(f"w{index % 2}-{index}", "大邱" if index == 5 else words.texts[index], picture)
        for index, picture in enumerate(words.sample(k).gray_HW for k in range(6))
    ]
    made = evaluate(found.config, found.params, MemoryDataset("six", samples))
    assert made.score is not None
    assert made.foreign is not None
    assert (made.score.n, made.foreign.n) == (5, 1)
    low, high = made.interval(re.compile(r"w\d"))
    assert low <= high
