"""The synthesiser's set, its texts, and the augmentation of training."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from crnn.arrays import frozen
from crnn.commands import replay, train
from crnn.commands import synth as command
from crnn.config import from_json, preset, to_json
from crnn.data import written
from crnn.data.augment import augmented
from crnn.data.dataset import MemoryDataset, TrainingSet, subset
from crnn.data.folder import open_folder
from crnn.data.prepare import prepare, prepared_width
from crnn.data.sources import open_source
from crnn.data.synth import FACES, SynthDataset
from crnn.data.vocabulary import MAX_CHARACTERS, syllables, text_at
from crnn.data.written import WrittenDataset, by_writers, draw_text
from crnn.debug.history import GIB
from crnn.debug.messages import Load
from crnn.debug.opening import Opener
from crnn.debug.runs import fitted
from crnn.debug.runs import training_set as met
from crnn.errors import ConfigError, DatasetError, RecordingError
from crnn.text.hangul import make_alphabet, min_frames
from crnn.train import advance, initial_state

ONE = ["--batch", "4", "--steps", "1"]


def training(count: int = 64, **fields: object) -> TrainingSet:
    return met(replace(preset("word"), **fields), WrittenDataset(count, 3))  # type: ignore[arg-type]


def test_the_same_address_gives_the_same_bits_whatever_was_drawn_before() -> None:
    first, second = WrittenDataset(90, 5), WrittenDataset(40, 5)
    for index in range(30):
        first.sample(index)
    assert first.sample(30).gray_HW.tobytes() == second.sample(30).gray_HW.tobytes()
    assert first.sample(30).gray_HW.tobytes() == first.sample(30).gray_HW.tobytes()
    assert WrittenDataset(40, 6).sample(30).gray_HW.tobytes() != second.sample(30).gray_HW.tobytes()


def test_texts_are_short_spellable_and_reach_every_syllable() -> None:
    texts = [text_at(1, index) for index in range(20_000)]
    alphabet = make_alphabet("jamo")
    found = set(texts)
    assert len(found) > 10_000
    assert max(map(len, texts)) <= MAX_CHARACTERS
    assert all(alphabet.round_trips(text) for text in found)
    assert len(set(syllables()) & set("".join(texts))) > 2100
    for kind in ("ㅇ_ㅇ", "^_^", "ㅋㅋ", "대구", "KTX"):
        assert kind in found


def test_every_sample_fits_preset_word_by_construction() -> None:
    data = training(400)
    assert data.usable == range(400)
    for index in data.usable:
        width = prepared_width(data.dataset.sample(index).gray_HW.shape, data.spec)
        assert min_frames(data.label(index)) <= -(-width // data.stride)
        assert width <= data.spec.max_width


def test_other_specs_judge_the_words_one_by_one() -> None:
    words = WrittenDataset(60, 3)
    data = met(fitted(preset("seed"), words), words)
    assert {fault.kind for fault in data.faults} == {"too_long"}
    assert len(data.usable) + len(data.faults) == 60


def test_words_are_dark_enough_on_paper_that_is_bright_enough_to_read() -> None:
    spec = preset("word").input
    shares = [prepare(draw_text(text_at(2, i), 2, i), spec).mean() for i in range(300)]
    assert np.percentile(shares, 2) > 0.02
    assert np.percentile(shares, 98) < 0.55


def test_a_million_words_open_at_once_and_deal_a_batch() -> None:
    dataset = open_source("synth:1000000:9")
    assert len(dataset) == 1_000_000
    batch = met(preset("word"), dataset).batch(0)
    assert batch.x_NCHW.shape[0] == 32
    assert len(dataset.texts[10:13]) == 3
    assert not dataset.sample(0).gray_HW.flags.writeable


def test_sources_name_the_synthesiser() -> None:
    dataset = open_source("synth:40:7")
    assert (len(dataset), dataset.source) == (40, "synth:40:7")
    assert open_source("synth:40").source == "synth:40:1"
    assert open_source("synth:40:7#3,5").texts == (dataset.texts[3], dataset.texts[5])
    assert open_source(dataset.source).fingerprint == dataset.fingerprint
    assert open_source("synth:40:8").fingerprint != dataset.fingerprint
    with pytest.raises(DatasetError, match="synth:COUNT:SEED"):
        open_source("synth:many")
    with pytest.raises(DatasetError, match="count from 1"):
        open_source("synth:0")


def test_augmentation_is_addressed_by_seed_step_and_sample() -> None:
    gray_HW = WrittenDataset(1, 1).sample(0).gray_HW
    spec = preset("word").input
    first = augmented(gray_HW, spec, "strong", 7, 100, 3)
    assert first.tobytes() == augmented(gray_HW, spec, "strong", 7, 100, 3).tobytes()
    for address in ((8, 100, 3), (7, 101, 3), (7, 100, 4)):
        assert first.tobytes() != augmented(gray_HW, spec, "strong", *address).tobytes()
    assert augmented(gray_HW, spec, "none", 7, 100, 3) is gray_HW


def test_blank_paper_stays_blank() -> None:
    """Its grain would be stretched to ink."""
    spec = preset("word").input
    blank_HW = np.full((40, 90), 231, np.uint8)
    assert prepare(augmented(blank_HW, spec, "strong", 1, 2, 3), spec).max() == 0


def test_augmentation_keeps_the_width_and_leaves_the_word_legible() -> None:
    spec = preset("word").input
    words = WrittenDataset(60, 4)
    faces = SynthDataset(60, 4)
    for index in range(120):
        dataset = words if index < 60 else faces
        gray_HW = dataset.sample(index % 60).gray_HW
        before, after = (
            prepare(p, spec) for p in (gray_HW, augmented(gray_HW, spec, "strong", 1, 2, index))
        )
        assert before.shape == after.shape
        assert 0.3 * before.mean() < after.mean() < 3 * before.mean() + 0.05, index


def test_batches_are_augmented_only_where_asked_and_replay_exactly() -> None:
    plain, light, again = training(), training(augment="light"), training(augment="light")
    assert plain.batch(5).x_NCHW.tobytes() == plain.collate(plain.ids(5)).x_NCHW.tobytes()
    for step in (0, 5, 3):
        light.batch(step)
    batch = light.batch(5)
    assert batch.x_NCHW.tobytes() == again.batch(5).x_NCHW.tobytes()
    assert batch.x_NCHW.tobytes() != plain.batch(5).x_NCHW.tobytes()
    assert (batch.width_N == plain.batch(5).width_N).all()
    assert batch.ids == plain.batch(5).ids


def test_a_large_picture_is_augmented_at_the_same_width() -> None:
    gray_HW = np.full((141, 377), 240, np.uint8)
    gray_HW[40:100, 60:300:9] = 30
    spec = preset("word").input
    after = augmented(gray_HW, spec, "light", 1, 1, 1)
    assert after.shape[0] == 2 * spec.height
    assert prepared_width(after.shape, spec) == prepared_width(gray_HW.shape, spec)


def test_training_with_augmentation_takes_steps() -> None:
    config = replace(preset("lesson"), batch=4, augment="strong")
    data = met(config, subset(WrittenDataset(8, 1), range(8), "eight"))
    report = advance(config, data, initial_state(config)).report
    assert np.isfinite(report.loss_nats)
    assert isinstance(data.dataset, MemoryDataset)


def test_config_keeps_augment_and_an_older_file_means_none() -> None:
    config = replace(preset("word"), augment="strong")
    assert from_json(to_json(config)) == config
    fields = json.loads(to_json(config))
    del fields["augment"]
    assert from_json(json.dumps(fields)).augment == "none"
    with pytest.raises(ConfigError, match="augment is 'much'"):
        from_json(json.dumps({**fields, "augment": "much"}))


def test_the_faces_take_part_and_the_embedded_set_keeps_its_own_six() -> None:
    assert len(FACES) >= 8
    drawn = {SynthDataset(1, 1, ("가",)).sample(0).gray_HW.tobytes() for _ in range(2)}
    assert len(drawn) == 1
    assert (
        SynthDataset(9, 1, ("가",), tuple(FACES)[:6]).fingerprint
        == SynthDataset(9, 1, ("가",)).fingerprint
    )


def test_the_command_writes_the_same_words_as_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "words"
    assert command.main(["--out", str(out), "--count", "12", "--seed", "4", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["written"] == 12
    folder, dataset = open_folder(out), WrittenDataset(12, 4)
    assert folder.texts == tuple(dataset.texts)
    for index in range(12):
        assert (folder.sample(index).gray_HW == dataset.sample(index).gray_HW).all()


def test_the_command_refuses_a_folder_that_holds_something(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("x")
    assert command.main(["--out", str(tmp_path), "--count", "2"]) == 1
    assert "is not empty" in capsys.readouterr().err
    assert command.main(["--out", str(tmp_path / "new"), "--count", "0"]) == 1
    assert "count from 1" in capsys.readouterr().err


def test_one_text_by_many_writers_is_theirs_alone_and_differs() -> None:
    first, again = by_writers("대구", 40, 1), by_writers("대구", 40, 1)
    pictures = [first.sample(index).gray_HW.tobytes() for index in range(40)]
    assert pictures == [again.sample(index).gray_HW.tobytes() for index in range(40)]
    assert len(set(pictures)) == 40
    assert set(first.texts) == {"대구"}


def test_a_contact_sheet_needs_no_folder(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.png"
    asked = ["--count", "12", "--text", "대구광역시", "--sheet", str(sheet), "--json"]
    assert command.main(asked) == 0
    with Image.open(sheet) as drawn:
        assert drawn.size[1] > 2 * 64
    assert list(tmp_path.iterdir()) == [sheet]
    with pytest.raises(SystemExit):
        command.main(["--count", "12"])


def test_what_another_version_drew_is_told_from_data_that_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    assert train.main(["--out", str(run), "--preset", "lesson", "--data", "synth:8:2", *ONE]) == 0
    draw = written.draw_text
    monkeypatch.setattr(written, "draw_text", lambda *address: frozen(255 - draw(*address)))
    assert replay.main([str(run), "--check"]) == 1
    assert "as another version of this program draws them" in capsys.readouterr().err
    opener = Opener(None, None, GIB)
    with pytest.raises(RecordingError, match="start a new run"):
        opener.open(Load(run), None)
    session, loaded = opener.open(Load(run / "last.safetensors"), None)
    assert loaded is not None
    assert "another version of this program" in " ".join(loaded.notes)
    assert session.info.data.dataset.source == "synth:8:2"
