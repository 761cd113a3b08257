"""verify: a finished folder judged again, its statistics, its warnings and its contact sheet."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from crnn.commands import preprocess, verify
from crnn.data.census import spread
from crnn.data.contact_sheet import contact_sheet
from crnn.data.dataset import Sample
from crnn.data.examination import percentile
from tests import aihub_tree
from tests.aihub_tree import EXPECTED_FAULTS, EXPECTED_SKIPPED, EXPECTED_WRITTEN


def _command(
    capsys: pytest.CaptureFixture[str], command: Any, *arguments: str | Path
) -> dict[str, Any]:
    assert command.main([*map(str, arguments), "--json"]) == 0
    values: dict[str, Any] = json.loads(capsys.readouterr().out)
    return values


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("verify")
    source = aihub_tree.as_zips(aihub_tree.plan(), root / "source")
    for shape in ("square", "height"):
        words = ["--source", str(source), "--out", str(root / shape), "--shape", shape]
        assert preprocess.main([*words, "--workers", "1"]) == 0
    return {shape: root / shape for shape in ("square", "height")}


def _folder(root: Path, words: dict[str, str], size: tuple[int, int] = (32, 90)) -> Path:
    """A data folder with these labels by name."""
    for part in ("images", "labels"):
        (root / part).mkdir(parents=True)
    for name, text in words.items():
        picture = np.full(size, 220, np.uint8)
        picture[10:20, 10:20] = 30
        Image.fromarray(picture).save(root / "images" / f"{name}.png")
        (root / "labels" / f"{name}.txt").write_text(text, encoding="utf-8")
    return root


def test_preprocess_prints_the_counts_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = aihub_tree.as_folders(aihub_tree.plan(), tmp_path / "source")
    found = _command(capsys, preprocess, "--source", source, "--out", tmp_path / "out")
    assert found["written"] == EXPECTED_WRITTEN
    assert found["skipped"] == EXPECTED_SKIPPED
    assert found["faults"] == EXPECTED_FAULTS
    assert found["disagreements"] == 2


def test_preprocess_ends_with_a_table_of_faults(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = aihub_tree.as_folders(aihub_tree.plan(), tmp_path / "source")
    assert preprocess.main(["--source", str(source), "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    for kind, count in EXPECTED_FAULTS.items():
        assert [line.split()[1] for line in said.splitlines() if line.split()[0] == kind] == [
            str(count)
        ]


def test_preprocess_of_nothing_is_one_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = str(tmp_path / "none"), str(tmp_path / "out")
    assert preprocess.main(["--source", source, "--out", out]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert source in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize("arguments", [["--media", "chalk"], ["--shape", "round"], []])
def test_preprocess_leaves_with_status_two_on_wrong_usage(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        preprocess.main(arguments)
    assert left.value.code == 2


def test_verify_counts_what_the_import_wrote(
    imported: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    found = _command(capsys, verify, imported["height"])
    assert (found["written"], found["skipped"], found["faults"]) == (EXPECTED_WRITTEN, 0, {})
    assert found["samples"] == {"train": 220, "val": 60}
    labels = [path.read_text("utf-8") for path in imported["height"].rglob("labels/*.txt")]
    assert found["characters"] == dict(Counter("".join(labels)))
    assert found["lengths"] == {str(k): v for k, v in Counter(map(len, labels)).items()}
    assert found["heights"] == dict.fromkeys(("min", "p5", "p50", "p95", "max"), 32)
    assert sum(found["scripts"].values()) == pytest.approx(1)


def test_squashed_crops_are_warned_of_with_preset_word_alone(
    imported: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    warned = {
        (shape, preset): _command(capsys, verify, imported[shape], "--preset", preset)["warnings"]
        for shape in ("square", "height")
        for preset in ("word", "seed")
    }
    (text,) = warned.pop(("square", "word"))
    assert "280 of 280 pictures are 32 x 32" in text
    assert "--shape height" in text
    assert list(warned.values()) == [[], [], []]


def test_a_preset_names_what_it_cannot_train_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = {"a": "대구", "b": "郎君", "c": "대구광역시", "d": "", "e": "서울특별시청앞광장"}
    folder = _folder(tmp_path / "words", words, (32, 32))
    found = _command(capsys, verify, folder, "--preset", "seed")
    kinds = {fault["name"]: fault["kind"] for fault in found["fault_list"]}
    assert kinds == {"b": "not_in_alphabet", "c": "too_long", "d": "empty_text", "e": "too_long"}
    assert (found["written"], found["skipped"]) == (1, 4)
    assert found["presets"]["seed"]["infeasible"] == 2
    assert found["presets"]["word"]["misfits"] == {"not_in_alphabet": 1, "too_long": 2}


def test_a_label_that_an_alphabet_cannot_tell_apart_is_reported_not_guessed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _folder(tmp_path / "words", {"a": "ㄱㅏ", "b": "하ㅋㅋ", "c": "郎ㅋ", "d": "대구"})
    found = _command(capsys, verify, folder)
    word, seed = (found["presets"][name] for name in ("word", "seed"))
    assert word["ambiguous_list"] == {"ㄱㅏ": "가"}
    assert seed["ambiguous_list"] == {"ㄱㅏ": "가", "하ㅋㅋ": "핰ㅋ"}
    assert (word["ambiguous"], seed["ambiguous"]) == (1, 2)
    assert word["foreign"] == seed["foreign"] == {"郎": 1}
    assert (folder / "labels/a.txt").read_text("utf-8") == "ㄱㅏ"
    assert len(word["unseen"]) == 162 - 7
    assert verify.main([str(folder)]) == 0
    assert "1 labels are ambiguous in its alphabet, as ㄱㅏ, which reads 가" in (
        capsys.readouterr().out
    )


def test_without_a_preset_misfits_are_statistics(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _folder(tmp_path / "words", {"a": "대구", "b": "郎"})
    found = _command(capsys, verify, folder)
    assert found["faults"] == {}
    assert found["presets"]["word"]["misfits"] == {"not_in_alphabet": 1}


def test_faults_of_the_files_have_the_names_of_the_import(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _folder(tmp_path / "words", dict.fromkeys("abcdef", "글"))
    (folder / "labels/a.txt").unlink()
    (folder / "images/b.png").unlink()
    (folder / "images/c.png").write_bytes(b"no picture")
    Image.new("L", (9, 9)).save(folder / "images/d.bmp")
    found = _command(capsys, verify, folder)
    assert found["faults"] == {
        "missing_image": 1,
        "missing_label": 1,
        "unreadable_image": 1,
        "duplicate_stem": 1,
    }
    assert (found["written"], found["skipped"]) == (3, 1)


def test_a_crop_that_the_manifest_lists_and_nobody_has_is_missed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = aihub_tree.as_folders([aihub_tree.sheet(1)], tmp_path / "source")
    out = tmp_path / "out"
    _command(capsys, preprocess, "--source", source, "--out", out)
    for path in out.rglob("*_bbox_004.*"):
        path.unlink()
    found = _command(capsys, verify, out)
    assert found["faults"] == {"missing_image": 1}
    assert found["fault_list"][0]["name"] == "IMG_OCR_53_4PR_00001_bbox_004"
    assert "no val part" in found["warnings"][0]


@pytest.mark.parametrize("damage", ["not json\n", '{"name": 1}\n', "[]\n"])
def test_a_damaged_manifest_is_one_clear_error(
    tmp_path: Path, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _folder(tmp_path / "words", {"a": "글"})
    (folder / "manifest.jsonl").write_text(damage, encoding="utf-8")
    assert verify.main([str(folder)]) == 1
    assert "manifest.jsonl is damaged" in capsys.readouterr().err


def test_a_person_reads_the_statistics_and_the_table(
    imported: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify.main([str(imported["square"]), "--preset", "word"]) == 0
    said = capsys.readouterr().out
    for text in ("280 samples   train 220   val 60", "different characters", "not_in_alphabet"):
        assert text in said
    assert said.splitlines()[-1].startswith("warning: 280 of 280")


def test_the_contact_sheet_shows_every_sample_once(
    imported: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "sheet.png"
    _command(capsys, verify, imported["height"], "--sheet", sheet)
    with Image.open(sheet) as picture:
        assert picture.size == (10 * 184 + 8, 20 * 94 + 8)
    assert list(spread(5, 200)) == [0, 1, 2, 3, 4]
    assert len(set(spread(100_000, 200))) == 200


def test_a_label_the_font_lacks_is_drawn_by_its_code_point() -> None:
    gray_HW = np.full((32, 64), 200, np.uint8)
    alike = [contact_sheet([Sample("a", text, gray_HW)]) for text in ("\u3402", "<U+3402>")]
    assert alike[0].tobytes() == alike[1].tobytes()


def test_a_contact_sheet_that_cannot_be_written_is_one_clear_error(
    imported: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = str(tmp_path / "none" / "sheet.png")
    assert verify.main([str(imported["height"]), "--sheet", sheet]) == 1
    assert sheet in capsys.readouterr().err


def test_an_empty_folder_is_one_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify.main([str(tmp_path)]) == 1
    assert "holds no data" in capsys.readouterr().err


def test_percentiles_of_counts_are_those_of_the_list() -> None:
    values = [3, 1, 1, 8, 5, 5, 5, 2, 9, 4]
    for percent in (5, 50, 95, 100):
        expected = np.percentile(values, percent, method="inverted_cdf")
        assert percentile(Counter(values), percent) == expected
    assert percentile(Counter(), 50) == 0
