"""A manifest and a single picture are data sets like a folder."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from crnn.commands import evaluate, train, verify
from crnn.data.dataset import Described
from crnn.data.sources import open_source
from crnn.errors import DatasetError

TEXTS = {"train": ("대구", "부산", "서울"), "val": ("제주", "인천")}


def picture(path: Path, seed: int) -> Path:
    gray_HW = np.full((32, 70), 240, np.uint8)
    gray_HW[8:24, 10 + seed : 50 : 6] = 20
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(gray_HW).save(path)
    return path


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """An import of five words, the later ones first, by two writers."""
    lines: list[str] = []
    for part, texts in TEXTS.items():
        for number, text in enumerate(texts):
            name = f"{part}_bbox_{number:03d}"
            picture(tmp_path / f"{part}/images/{name}.png", number)
            label = tmp_path / f"{part}/labels/{name}.txt"
            label.parent.mkdir(exist_ok=True)
            label.write_text(text)
            fields = {"writer_age": 20 + number % 2}
            entry = {"name": name, "text": text, "split": part, "label": "a", "fields": fields}
            lines.insert(0, json.dumps(entry, ensure_ascii=False))
    path = tmp_path / "manifest.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def test_a_manifest_is_the_folder_of_its_part(manifest: Path) -> None:
    for split, source in (("train", f"{manifest}"), ("val", f"{manifest}:val")):
        found, folder = open_source(source), open_source(f"{manifest.parent}:{split}")
        assert tuple(found.texts) == tuple(folder.texts) == TEXTS[split]
        assert found.fingerprint == folder.fingerprint
        assert open_source(found.source).fingerprint == found.fingerprint
    assert tuple(open_source(str(manifest), "val").texts) == TEXTS["val"]
    assert tuple(open_source(f"{manifest}:val#1").texts) == ("인천",)


def test_a_manifest_knows_its_writers(manifest: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = open_source(str(manifest))
    assert isinstance(found, Described)
    assert dict(found.about(1)) == {"sheet": "a", "writer_age": "21"}
    asked = ["--data", f"{manifest}:train", "--json", "--by"]
    assert evaluate.main([*asked, "writer_age=.*"]) == 0
    assert len(json.loads(capsys.readouterr().out)["cer_95"]) == 2
    assert evaluate.main([*asked, "writer_id=.*"]) == 1
    assert "nor in sheet=a, writer_age=20" in capsys.readouterr().err


def test_what_manifest_and_pictures_do_not_share_is_named(
    manifest: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    images = manifest.parent / "train/images"
    (images / "train_bbox_001.png").unlink()
    picture(images / "stray.png", 1)
    with manifest.open("a") as lines:
        lines.write(json.dumps({"name": "train_bbox_000", "text": "x", "split": "train"}) + "\n")
    found = open_source(str(manifest))
    assert found.texts == ("대구", "서울")
    assert {(fault.kind, fault.name) for fault in found.faults} == {
        ("missing_image", "train_bbox_001"),
        ("missing_label", "stray"),
        ("duplicate_stem", "train_bbox_000"),
    }
    assert verify.main([str(manifest), "--json"]) == 0
    seen = json.loads(capsys.readouterr().out)
    assert seen["samples"] == {"train": 2, "val": 2}
    assert seen["faults"] == {"duplicate_stem": 1, "missing_image": 1, "missing_label": 1}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "damaged at line 1"),
        ('{"name": "a"}\n', "damaged at line 1"),
        ('{"name": "a", "text": "b", "split": "test"}\n', "split is 'test', allowed: train or val"),
        ('{"name": "a", "text": "b", "split": "val"}\n', r"has val 1.*manifest.jsonl:val"),
        ('{"name": "a", "text": "b", "split": "train"}\n', "none of the 1 pictures"),
        ("", r"no sample of train \(it has nothing\)"),
    ],
)
def test_a_manifest_that_cannot_be_used_says_why(
    tmp_path: Path, content: str, message: str
) -> None:
    path = tmp_path / "manifest.jsonl"
    path.write_text(content)
    with pytest.raises(DatasetError, match=message):
        open_source(str(path))


@pytest.mark.parametrize("label", ["images/word.txt", "labels/word.txt"])
def test_a_picture_finds_its_label(tmp_path: Path, label: str) -> None:
    alone = picture(tmp_path / "images/word.png", 0)
    (tmp_path / label).parent.mkdir(exist_ok=True)
    (tmp_path / label).write_text("대구\n")
    found = open_source(str(alone))
    assert (found.texts, found.faults, len(found)) == (("대구",), (), 1)
    run = str(tmp_path / "run")
    asked = ["--data", str(alone), "--preset", "lesson", "--steps", "1", "--out", run]
    assert train.main(asked) == 0


def test_a_picture_without_a_label_is_looked_at_and_not_trained_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = picture(tmp_path / "word.png", 0)
    assert open_source(str(alone)).sample(0).gray_HW.shape == (32, 70)
    assert train.main(["--data", str(alone), "--out", str(tmp_path / "run")]) == 1
    assert f"write its text into {tmp_path / 'word.txt'}" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
    assert evaluate.main(["--data", str(alone)]) == 1
    assert "no label to train on or to score by" in capsys.readouterr().err
    assert verify.main([str(alone), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["faults"] == {"missing_label": 1}


def test_what_is_no_data_says_what_would_be(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("x")
    for name, message in (
        ("notes.md", "manifest.jsonl of an import, or a picture"),
        ("gone.png", "no such picture"),
        ("gone.jsonl", "no such file"),
        ("gone", "does not exist"),
    ):
        with pytest.raises(DatasetError, match=message):
            open_source(str(tmp_path / name))
