"""The siblings of 605, each with a tiny document of its own key names; the one big file of 81."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from crnn.data.aihub.collection import elements
from crnn.data.aihub.documents import read_sheet
from crnn.data.aihub.importing import import_sheets
from crnn.data.aihub.members import official_split
from crnn.data.aihub.report import ImportOptions, ImportReport
from crnn.data.aihub.sheet import Corners, Sheet
from tests import aihub_tree

CORNERS = {"x": [10, 10, 60, 60], "y": [20, 40, 20, 40]}
RECTANGLE = [10, 20, 50, 20]

EDUCATION = {
    "Annotation": {"object_recognition": 1, "text_language": 0},
    "Bbox": [{"data": "받아쓰기", "id": 1, "type": 0} | CORNERS, {"data": "둘", "id": 3} | CORNERS],
    "Images": {
        "acquisition_location": "교육",
        "class": "3",
        "data_captured": "2022.07.11 10:20:30",
        "dpi": 300,
        "grade": "2",
        "height": 350,
        "identifier": "EDU_E1_038049",
        "make_id": 17,
        "section": "국어",
        "width": 250,
    },
}
PUBLIC = {
    "Images": {"width": 250, "height": 350, "identifier": "5350093-1998-0001-0303"},
    "Bbox": [{"data": "허가", "id": 1} | CORNERS],
}
FINANCE = {
    "Images": {"width": 250, "height": 350, "identifier": "IMG_OCR_6_F_0000001"},
    "bbox": [{"data": "보험", "id": 1} | CORNERS],
}
ADMINISTRATION = {
    "images": [
        {
            "image.width": 250,
            "image.height": 350,
            "image.file.name": "5350.jpg",
            "image.category": "인.허가",
        }
    ],
    "annotations": [
        {
            "id": 1,
            "annotation.type": "rectangle",
            "annotation.text": "건축",
            "annotation.ttype": "textType1",
            "annotation.bbox": RECTANGLE,
        },
        {
            "id": 1,
            "annotation.type": "rectangle",
            "annotation.text": "",
            "annotation.ttype": "textType1",
            "annotation.bbox": RECTANGLE,
        },
    ],
}
OUTDOOR = {
    "images": [{"id": 1, "width": 250, "height": 350, "file_name": "간판_000001.jpg"}],
    "annotations": [
        {"id": 1, "text": "식당", "bbox": RECTANGLE},
        {"id": 2, "text": "xxx", "bbox": RECTANGLE},
    ],
}

DOCUMENTS: dict[str, tuple[Any, str]] = {
    "education": (EDUCATION, "받아쓰기"),
    "023 public": (PUBLIC, "허가"),
    "025 finance and logistics": (FINANCE, "보험"),
    "88 public administration": (ADMINISTRATION, "건축"),
    "105 outdoor": (OUTDOOR, "식당"),
    "605 handwriting": (
        aihub_tree.document("IMG_OCR_53_4PR_00001", [{"data": "강원도", "id": 1} | CORNERS]),
        "강원도",
    ),
}


def _read(document: Any, encoding: str = "utf-8") -> Sheet:
    return read_sheet(json.dumps(document, ensure_ascii=False).encode(encoding))


@pytest.mark.parametrize("dataset", DOCUMENTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_every_set_gives_the_same_kind_of_sheet(dataset: str, encoding: str) -> None:
    document, text = DOCUMENTS[dataset]
    sheet = _read(document, encoding)
    assert (sheet.dataset, sheet.size) == (dataset, (250, 350))
    assert (sheet.boxes[0].text, sheet.boxes[0].corners) == (text, Corners(10, 20, 60, 40))
    assert (sheet.media, sheet.content) == ((0, 1) if "605" in dataset else (None, None))


def test_the_education_set_keeps_its_writer_fields() -> None:
    fields = _read(EDUCATION).fields
    assert fields["acquisition_location"] == "교육"
    assert (fields["grade"], fields["class"], fields["make_id"]) == ("2", "3", 17)


@pytest.mark.parametrize("key", ["bbox", "Bbox", "BBox"])
@pytest.mark.parametrize("text", ["data", "text"])
def test_605_is_read_with_either_spelling_of_its_keys(key: str, text: str) -> None:
    document = aihub_tree.document("IMG_OCR_53_4PR_00001", [])
    del document["bbox"]
    document[key] = [{text: "강원도", "id": "BBX_001"} | CORNERS]
    (box,) = _read(document).boxes
    assert (box.text, box.index, box.problem) == ("강원도", 0, "")


@pytest.mark.parametrize(
    ("document", "cause"),
    [
        ([], "not an object"),
        ({"info": 1}, "no boxes in it"),
        ({"Images": {}, "bbox": "none"}, "bbox is 'none', not a list"),
        ({"annotations": {}}, "annotations is {}, not a list"),
        ({"bbox": [1] * 10_001}, "10,001 boxes"),
    ],
)
def test_a_document_of_no_set_says_why(document: object, cause: str) -> None:
    with pytest.raises(ValueError, match=cause.replace("(", r"\(")):
        _read(document)


@pytest.mark.parametrize(
    ("entry", "cause"),
    [
        (7, "bbox[0] is 7, not an object"),
        ({"data": 9180} | CORNERS, "the text is 9180, not a string"),
        ({"data": "\ud800"} | CORNERS, "half a character"),
        ({"data": "글", "x": [1, 2]}, "bbox[0].y is None"),
        ({"data": "글", "x": [1], "y": [1, 2]}, "bbox[0].x is [1]"),
        ({"data": "글", "x": [1, True], "y": [1, 2]}, "bbox[0].x is True"),
        ({"data": "글", "x": [1, float("nan")], "y": [1, 2]}, "bbox[0].x is nan"),
        ({"data": "글", "x": [1, 10**400], "y": [1, 2]}, "which no page has"),
    ],
)
def test_a_wrong_box_is_its_own_problem(entry: object, cause: str) -> None:
    text = json.dumps({"Images": {}, "bbox": [entry, {"data": "나", "id": 2} | CORNERS]})
    wrong, sound = read_sheet(text.encode()).boxes
    assert cause in wrong.problem
    assert sound.problem == ""


def _pair(folder: Path, stem: str, document: Any, encoding: str = "utf-8") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document, ensure_ascii=False)
    (folder / f"{stem}.json").write_bytes(text.encode(encoding))
    aihub_tree.page(1).save(folder / f"{stem}.jpg")


@pytest.mark.parametrize("dataset", DOCUMENTS)
def test_every_set_is_imported_into_the_same_layout(tmp_path: Path, dataset: str) -> None:
    document, text = DOCUMENTS[dataset]
    _pair(tmp_path / "source" / "라벨링데이터", "문서_4PR_1", document, "cp949")
    report = import_sheets(ImportOptions(tmp_path / "source", tmp_path / "out"))
    label = tmp_path / "out/train/labels/문서_4PR_1_bbox_000.txt"
    assert label.read_text("utf-8") == text
    extra = {"88 public administration": {"empty_text": 1}, "105 outdoor": {"dont_care": 1}}
    assert report.counts == extra.get(dataset, {})


def _of_81(tmp_path: Path) -> ImportReport:
    """Four pictures; c has no file, d no annotation, and one annotation no picture."""

    def annotation(number: int, image: str, text: str, kind: str, **more: Any) -> dict[str, Any]:
        about = {"type": kind, "gender": "여", "age": "23"}
        return {"id": number, "image_id": image, "text": text, "attributes": about} | more

    source = tmp_path / "81"
    for name in ("a", "b", "d"):
        folder = source / "1_word" / name
        folder.mkdir(parents=True)
        Image.new("L", (60, 30), 200).save(folder / f"{name}.png")
    document = {
        "info": {"name": "한국어 글자체"},
        "images": [{"id": name, "file_name": f"{name}.png", "width": 60} for name in "abcd"],
        "annotations": [
            annotation(1, "b", "단어", "단어(어절)"),
            annotation(2, "a", "글", "글자(음절)"),
            annotation(3, "c", "없음", "단어(어절)"),
            annotation(4, "z", "유령", "단어(어절)"),
        ],
        "licenses": [{"id": 1}],
    }
    text = json.dumps(document, ensure_ascii=False, indent=1)
    (source / "handwriting_data_info1.json").write_text(text, encoding="utf-8")
    return import_sheets(ImportOptions(source, tmp_path / "out"))


def test_the_one_file_of_81_is_cut_into_pictures(tmp_path: Path) -> None:
    report = _of_81(tmp_path)
    assert report.counts == {"missing_image": 2, "missing_label": 1}
    assert report.written == 2
    lines = (tmp_path / "out/manifest.jsonl").read_text("utf-8").splitlines()
    first, second = (json.loads(line) for line in lines)
    assert (first["text"], first["box"], first["fields"]["type"]) == (
        "글",
        [0, 0, 60, 30],
        "글자(음절)",
    )
    assert (second["text"], second["fields"]["gender"]) == ("단어", "여")


def test_text_in_the_wild_has_boxes_that_may_be_negative(tmp_path: Path) -> None:
    source = tmp_path / "wild"
    source.mkdir()
    aihub_tree.page(3).save(source / "street.jpg")
    boxes = [("간판", [-5, 10, 50, 20]), (None, [1, 1, 5, 5]), ("뒤집힘", [50, 50, -20, 10])]
    document = {
        "annotations": [
            {
                "id": str(n),
                "image_id": "7",
                "text": text,
                "bbox": box,
                "attributes": {"class": "word"},
            }
            for n, (text, box) in enumerate(boxes)
        ],
        "images": [{"id": "7", "file_name": "wild/street.jpg", "width": 250, "height": 350}],
    }
    (source / "textinthewild_data_info.json").write_text(json.dumps(document), encoding="utf-8")
    report = import_sheets(ImportOptions(source, tmp_path / "out"))
    assert report.counts == {"box_clamped": 1, "empty_text": 1, "empty_box": 1}
    assert report.written == 1


def _pieces(data: bytes, size: int) -> Iterator[bytes]:
    file = BytesIO(data)
    while piece := file.read(size):
        yield piece


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_the_stream_gives_what_json_gives_wherever_it_is_cut(size: int) -> None:
    document = {
        "info": {"a": [1, 2, {"images": [3]}]},
        "images": [{"글": '가나\\"', "n": -1.5e3}, 12345, "x", None, [[]]],
        "none": [],
        "annotations": [True, {}],
        "last": 123,
    }
    expected = [(key, value) for key in ("images", "annotations") for value in document[key]]  # type: ignore[attr-defined]
    for indent in (None, 2):
        text = json.dumps(document, ensure_ascii=False, indent=indent)
        for encoding in ("utf-8", "utf-8-sig"):
            assert list(elements(_pieces(text.encode(encoding), size))) == expected
    assert list(elements([b" {} "])) == []


@pytest.mark.parametrize(
    "text", ["", "[1]", '{"images": [1 2]}', '{"images": [1', '{"a" 1}', '{"a": tru', "{1: [2]"]
)
def test_a_broken_stream_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"missing|Expecting|at "):
        list(elements([text.encode()]))


def test_a_cut_collection_is_bad_json_and_what_came_before_is_read(tmp_path: Path) -> None:
    source = tmp_path / "81"
    source.mkdir()
    Image.new("L", (60, 30), 200).save(source / "a.png")
    text = '{"images": [{"id": "a"}], "annotations": [{"image_id": "a", "text": "글"}, {"image'
    (source / "handwriting_data_info_clean.json").write_text(text, encoding="utf-8")
    report = import_sheets(ImportOptions(source, tmp_path / "out"))
    assert (report.written, report.counts) == (1, {"bad_json": 1})


@pytest.mark.parametrize(
    ("path", "split"),
    [
        ("01.데이터/1.Training/라벨링데이터/TL.zip", "train"),
        ("2.Validation/원천데이터/VS.zip", "val"),
        ("Training/[라벨]Training_필기체.zip", "train"),
        ("[원천]validation_필기체", "val"),
        ("TS_금융_2.보험_2-1.신청서.zip", "train"),
        ("VL9.zip", "val"),
        ("TS9", "train"),
        ("HW-OCR/4.Validation/P.Paper", None),
        ("TLS/valid/tsunami.zip", None),
    ],
)
def test_the_official_split_is_read_from_the_path(path: str, split: str | None) -> None:
    assert official_split(tuple(path.split("/"))) == split
