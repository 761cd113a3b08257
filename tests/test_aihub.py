"""Importing AI Hub 605 from generated trees: exact counts, every planted fault, folder and zip
alike, whatever the interrupt."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from crnn.data.aihub.importing import import_sheets
from crnn.data.aihub.report import ImportOptions, ImportProgress, ImportReport
from crnn.data.folder import open_folder
from crnn.errors import DatasetError
from tests import aihub_tree
from tests.aihub_tree import EXPECTED_FAULTS, EXPECTED_SKIPPED, EXPECTED_WRITTEN


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The 50 sheets three ways."""
    root, sheets = tmp_path_factory.mktemp("605"), aihub_tree.plan()
    return {
        "folders": aihub_tree.as_folders(sheets, root / "folders"),
        "zips": aihub_tree.as_zips(sheets, root / "zips"),
        "cp949": aihub_tree.as_zips(sheets, root / "cp949", "cp949"),
    }


@pytest.fixture(scope="module")
def imported(
    sources: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, ImportReport]:
    root = tmp_path_factory.mktemp("imported")
    return {
        name: import_sheets(ImportOptions(source, root / name, workers=1))
        for name, source in sources.items()
    }


def _one(tmp_path: Path, *sheets: aihub_tree.PlannedSheet) -> Path:
    return aihub_tree.as_folders(list(sheets), tmp_path / "source")


def _lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _crops(out: Path) -> dict[str, bytes]:
    found = aihub_tree.tree(out)
    return {name: data for name, data in found.items() if name.startswith(("train/", "val/"))}


@pytest.mark.parametrize("kind", ["folders", "zips", "cp949"])
def test_fifty_sheets_give_the_exact_counts(imported: dict[str, ImportReport], kind: str) -> None:
    report = imported[kind]
    assert report.counts == EXPECTED_FAULTS
    assert (report.written, report.skipped) == (EXPECTED_WRITTEN, EXPECTED_SKIPPED)
    assert (report.sheets, report.filtered, report.code_differs) == (30, 13, 2)
    assert report.finished


def test_folder_and_zips_give_the_same_crops(imported: dict[str, ImportReport]) -> None:
    folders, zips, cp949 = (_crops(report.out) for report in imported.values())
    assert len(folders) == 2 * EXPECTED_WRITTEN
    assert folders == zips == cp949


def test_cp949_names_are_read_as_hangul(
    sources: dict[str, Path], imported: dict[str, ImportReport]
) -> None:
    (archive,) = sources["cp949"].rglob("TL.zip")
    assert "라벨/HW-OCR".encode("cp949") in archive.read_bytes()
    assert any("TL.zip/라벨/HW-OCR" in fault.file for fault in imported["cp949"].faults)


def test_every_fault_names_its_file_and_value(imported: dict[str, ImportReport]) -> None:
    report = imported["zips"]
    listed = _lines(report.out / "faults.jsonl")
    assert Counter(fault["kind"] for fault in listed) == EXPECTED_FAULTS
    assert len(report.faults) == sum(EXPECTED_FAULTS.values())
    told = {(fault.kind, fault.file.rpartition("_")[2]): fault.value for fault in report.faults}
    assert "-20 to 40" in told["box_clamped", "00110.json"] or "330 to 360" in str(told)
    assert "nested too deeply" in told["bad_json", "00107.json"]
    assert "truncated" in told["unreadable_image", "00105.png"]
    assert "bbox[4].x is None" in told["bad_json", "00112.json"]
    assert all(fault.value for fault in report.faults)


def test_the_result_opens_as_a_data_set_with_its_official_split(
    imported: dict[str, ImportReport],
) -> None:
    report = imported["zips"]
    train, val = (open_folder(report.out, split) for split in ("train", "val"))
    assert (len(train), len(val)) == (report.train, report.val) == (220, 60)
    assert not train.faults
    assert train.sample(0).gray_HW.shape == (32, 32)
    stems = [
        {path.name[:20] for path in (report.out / split).rglob("*.png")}
        for split in ("train", "val")
    ]
    assert not stems[0] & stems[1]
    assert "IMG_OCR_53_4PR_00019" in stems[1]


def test_the_manifest_says_source_box_writer_and_split(imported: dict[str, ImportReport]) -> None:
    report = imported["zips"]
    lines = _lines(report.out / "manifest.jsonl")
    assert len(lines) == EXPECTED_WRITTEN
    found = next(line for line in lines if line["name"] == "IMG_OCR_53_4PR_00001_bbox_000")
    assert found["text"] == "000001"
    assert found["box"] == [12, 30, 46, 46]
    assert found["split"] == "train"
    assert found["picture"].endswith(
        "TS1.zip/HW-OCR/4.Validation/P.Paper/R.Free/IMG_OCR_53_4PR_00001.png"
    )
    assert {"writer_age", "writer_sex", "pen_color"} <= found["fields"].keys()
    assert all("acquistion_location" not in line["fields"] for line in lines)


def test_a_crop_is_the_least_to_the_greatest_corner_whatever_their_order(
    imported: dict[str, ImportReport],
) -> None:
    out = imported["folders"].out
    page = Image.fromarray(np.asarray(aihub_tree.page(111).convert("L")))
    for index, box in ((0, (12, 30, 46, 46)), (2, (128, 30, 164, 46))):
        expected = page.crop(box).resize((32, 32))
        with Image.open(out / f"train/images/IMG_OCR_53_4PR_00111_bbox_{index:03d}.png") as crop:
            assert np.array_equal(np.asarray(crop), np.asarray(expected))


def test_labels_are_nfc_and_unchanged_otherwise(tmp_path: Path) -> None:
    texts = ["\u1112\u1161\u11ab\u1100\u1173\u11af", " ^_^ ", "ㅇ_ㅇ", "\uf92c", "ㄱㅏ"]
    boxes = [aihub_tree.entry(n, text, (5, 5, 50, 20)) for n, text in enumerate(texts)]
    source = _one(tmp_path, aihub_tree.sheet(1, boxes=boxes))
    import_sheets(ImportOptions(source, tmp_path / "out"))
    labels = sorted((tmp_path / "out/train/labels").iterdir())
    found = [path.read_text("utf-8") for path in labels]
    assert found == ["한글", "^_^", "ㅇ_ㅇ", "\u90ce", "ㄱㅏ"]


def test_height_keeps_the_aspect(tmp_path: Path) -> None:
    boxes = [aihub_tree.entry(1, "가로", (10, 10, 90, 30))]
    source = _one(tmp_path, aihub_tree.sheet(1, boxes=boxes))
    import_sheets(ImportOptions(source, tmp_path / "out", shape="height"))
    (picture,) = (tmp_path / "out/train/images").iterdir()
    with Image.open(picture) as crop:
        assert (crop.mode, crop.size) == ("L", (128, 32))


@pytest.mark.parametrize(
    ("media", "content", "sheets"),
    [("any", "any", 43), ("tablet", "free", 5), ("paper", "form", 4), ("any", "free", 35)],
)
def test_filters_go_by_the_numeric_codes(
    sources: dict[str, Path], tmp_path: Path, media: str, content: str, sheets: int
) -> None:
    options = ImportOptions(
        sources["folders"],
        tmp_path / "out",
        media=media,  # type: ignore[arg-type]
        content=content,  # type: ignore[arg-type]
    )
    assert import_sheets(options).sheets == sheets


def test_the_file_name_decides_only_where_the_field_is_absent(tmp_path: Path) -> None:
    sheets = [aihub_tree.sheet(1, "4TO"), aihub_tree.sheet(2, "4PR")]
    for sheet in sheets:
        found = aihub_tree.document(sheet.stem, aihub_tree.words(1))
        del found["Images"]["media_type"], found["Images"]["written_content"]
        sheet.document = aihub_tree.encoded(found)
    report = import_sheets(ImportOptions(_one(tmp_path, *sheets), tmp_path / "out"))
    assert (report.sheets, report.filtered, report.code_differs) == (1, 1, 0)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("labelled", ["upright", "as stored"])
def test_a_page_turned_by_exif_is_cut_where_its_label_means(
    tmp_path: Path, orientation: int, labelled: str
) -> None:
    """The crop is the same whether the boxes were drawn on the upright page or on the stored one.

    A half turn (2 to 4) keeps the size, so there the label can only mean the upright page.
    """
    upright = aihub_tree.page(7)
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    stored = upright.transpose(Image.Transpose(back[orientation])) if orientation > 1 else upright
    marked = Image.new("L", upright.size, 0)
    marked.paste(255, (20, 40, 100, 70))
    turned = marked.transpose(Image.Transpose(back[orientation])) if orientation > 1 else marked
    on_stored = labelled == "as stored" and orientation > 4
    box = (turned if on_stored else marked).getbbox()
    assert box
    sheet = aihub_tree.sheet(1, boxes=[aihub_tree.entry(1, "글", box)])
    assert sheet.document
    found = json.loads(sheet.document)
    found["Images"]["width"], found["Images"]["height"] = (stored if on_stored else upright).size
    sheet.document, sheet.png = aihub_tree.encoded(found), aihub_tree.png(stored, orientation)
    report = import_sheets(ImportOptions(_one(tmp_path, sheet), tmp_path / "out"))
    assert report.size_differs == 0
    (crop,) = (tmp_path / "out/train/images").iterdir()
    expected = upright.convert("L").crop((20, 40, 100, 70)).resize((32, 32))
    with Image.open(crop) as image:
        assert np.array_equal(np.asarray(image), np.asarray(expected))


@pytest.mark.parametrize("stop_after", [1, 13, 37])
@pytest.mark.parametrize("damage", ["none", "cut journal", "half a sheet"])
def test_an_interrupted_import_goes_on_to_the_same_tree(
    sources: dict[str, Path],
    imported: dict[str, ImportReport],
    tmp_path: Path,
    stop_after: int,
    damage: str,
) -> None:
    options = ImportOptions(sources["zips"], tmp_path / "out", workers=1)
    stopped = import_sheets(options, lambda state: state.done < stop_after)
    assert not stopped.finished
    if damage == "cut journal":
        journal = tmp_path / "out/.import/journal.jsonl"
        journal.write_bytes(journal.read_bytes()[:-9])
    elif damage == "half a sheet":
        with (tmp_path / "out/manifest.jsonl").open("ab") as manifest:
            manifest.write(b'{"name": "IMG_OCR_53_4PR_0')
        (tmp_path / "out/.import/draft-1").write_bytes(b"half")
        (tmp_path / "out/train/labels/IMG_OCR_53_4PR_00002_bbox_000.txt").write_bytes(b"ol")
    if damage == "half a sheet" and stop_after > 1:
        return  # the sheet of that label is finished by then, so nothing writes it again
    assert import_sheets(options).counts == EXPECTED_FAULTS
    straight = aihub_tree.tree(imported["zips"].out)
    again = aihub_tree.tree(tmp_path / "out")
    del straight["import.json"], again["import.json"]  # which names its own folder
    assert again == straight


def test_two_processes_give_the_tree_of_one(
    sources: dict[str, Path], imported: dict[str, ImportReport], tmp_path: Path
) -> None:
    report = import_sheets(ImportOptions(sources["zips"], tmp_path / "out", workers=2))
    assert report.counts == EXPECTED_FAULTS
    straight, two = (aihub_tree.tree(out) for out in (imported["zips"].out, tmp_path / "out"))
    del straight["import.json"], two["import.json"]
    assert two == straight


def test_pictures_that_come_later_are_taken_up(tmp_path: Path) -> None:
    """As when one TS part after the other is downloaded."""
    sheets = [aihub_tree.sheet(n) for n in range(1, 5)]
    late = sheets[3].png
    sheets[3].png = None
    options = ImportOptions(_one(tmp_path, *sheets), tmp_path / "out")
    assert import_sheets(options).counts == {"missing_image": 1}
    sheets[3].png = late
    aihub_tree.as_folders(sheets, tmp_path / "source")
    seen: list[ImportProgress] = []

    def see(state: ImportProgress) -> bool:
        seen.append(state)
        return True

    report = import_sheets(options, see)
    assert [state.done for state in seen] == [4]
    assert (report.written, report.counts) == (40, {})


def _loose(tmp_path: Path, count: int) -> Path:
    """Sheets in a folder whose name says no split."""
    for number in range(1, count + 1):
        sheet = aihub_tree.sheet(number)
        (tmp_path / "loose").mkdir(exist_ok=True)
        (tmp_path / f"loose/{sheet.stem}.json").write_bytes(sheet.document or b"")
        (tmp_path / f"loose/{sheet.stem}.png").write_bytes(sheet.png or b"")
    return tmp_path / "loose"


@pytest.mark.parametrize(("count", "val"), [(1, 0), (2, 1), (30, 3)])
def test_an_own_split_is_by_sheet(tmp_path: Path, count: int, val: int) -> None:
    report = import_sheets(ImportOptions(_loose(tmp_path, count), tmp_path / "out"))
    assert (report.train, report.val) == (10 * (count - val), 10 * val)


def test_a_split_by_writer_parts_no_writer(tmp_path: Path) -> None:
    options = ImportOptions(_loose(tmp_path, 60), tmp_path / "out", split="writer")
    report = import_sheets(options)
    splits: dict[tuple[int, int], set[str]] = {}
    for found in _lines(report.out / "manifest.jsonl"):
        writer = (found["fields"]["writer_age"], found["fields"]["writer_sex"])
        splits.setdefault(writer, set()).add(found["split"])
    assert set().union(*splits.values()) == {"train", "val"}
    assert all(len(parts) == 1 for parts in splits.values())


def test_the_folder_4_validation_says_nothing_about_the_split(tmp_path: Path) -> None:
    made = aihub_tree.sheet(1)
    folder = tmp_path / "053" / made.folder
    folder.mkdir(parents=True)
    (folder / f"{made.stem}.json").write_bytes(made.document or b"")
    (folder / f"{made.stem}.png").write_bytes(made.png or b"")
    report = import_sheets(ImportOptions(tmp_path / "053", tmp_path / "out"))
    assert (report.train, report.val) == (10, 0)


def test_a_lone_validation_zip_stays_validation_and_says_so(tmp_path: Path) -> None:
    root = aihub_tree.as_zips([aihub_tree.sheet(1, split="val")], tmp_path / "source")
    report = import_sheets(ImportOptions(root / "01.데이터" / "2.Validation", tmp_path / "out"))
    assert (report.train, report.val) == (0, 10)
    assert "--split sheet" in report.notes[0]


def test_labels_without_any_picture_are_told_apart_from_lost_ones(tmp_path: Path) -> None:
    root = aihub_tree.as_zips([aihub_tree.sheet(n) for n in (1, 2)], tmp_path / "source")
    (labels,) = root.rglob("TL.zip")
    report = import_sheets(ImportOptions(labels, tmp_path / "out"))
    assert report.counts == {"missing_image": 2}
    assert "no picture lies below" in report.notes[0]


def test_other_options_do_not_mix_into_a_folder(tmp_path: Path) -> None:
    source = _one(tmp_path, aihub_tree.sheet(1))
    import_sheets(ImportOptions(source, tmp_path / "out"))
    with pytest.raises(DatasetError, match="--shape square, not height"):
        import_sheets(ImportOptions(source, tmp_path / "out", shape="height"))


def test_a_folder_that_is_no_import_is_not_written_into(tmp_path: Path) -> None:
    source = _one(tmp_path, aihub_tree.sheet(1))
    (tmp_path / "own/train").mkdir(parents=True)
    with pytest.raises(DatasetError, match="already holds train or val"):
        import_sheets(ImportOptions(source, tmp_path / "own"))


@pytest.mark.parametrize("make", ["nothing", "empty", "text"])
def test_a_source_without_labels_is_one_clear_error(tmp_path: Path, make: str) -> None:
    source = tmp_path / "source"
    if make == "empty":
        source.mkdir()
    elif make == "text":
        source.write_text("no zip")
    with pytest.raises(DatasetError, match=str(source)):
        import_sheets(ImportOptions(source, tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_out_inside_the_source_is_not_read_as_source(tmp_path: Path) -> None:
    source = _one(tmp_path, aihub_tree.sheet(1))
    options = ImportOptions(source, source / "out")
    assert import_sheets(options) == import_sheets(options)
